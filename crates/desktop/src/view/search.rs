//! Searching in what this computer has kept of a room. Not here: the searching itself, and the marks in the
//! messages.

use egui::{
    Frame, Id, Key, Label, Margin, Modifiers, RichText, Role, ScrollArea, Sense, TextEdit, Ui, UiBuilder,
    WidgetInfo,
};
use papo_client::State;
use papo_client::state::{Action, Room, RoomId, Search};
use papo_client::text::for_terminal_line;
use papo_words::t;

use super::{moments, parts};
use crate::theme::{self, radius, size, space};

/// The id of the field in which is written what to search for.
pub(super) fn field_id(room: RoomId) -> Id {
    Id::unique(("search", room.number()))
}

/// Draws the search of a room, if there is one.
pub(super) fn view(ui: &mut Ui, state: &State, room: &Room, search: &Search, out: &mut Vec<Action>) {
    let id = field_id(room.id);
    ui.horizontal(|ui| {
        let mut text = search.text.clone();
        let label = ui.add(Label::new(RichText::new(t!("window-search")).font(theme::plain(size::LABEL))));
        let edit = TextEdit::singleline(&mut text).id(id).desired_width(size::SEARCH);
        let response = ui.add(edit).labelled_by(label.id);
        if response.changed() {
            out.push(Action::Search(room.id, text));
        }
        keys(ui, room.id, id, out);
        if parts::quiet_button(ui, t!("window-search-older")).clicked() {
            out.push(Action::StepHit(room.id, 1));
        }
        if parts::quiet_button(ui, t!("window-search-newer")).clicked() {
            out.push(Action::StepHit(room.id, -1));
        }
        parts::soft(ui, found_words(search));
        if parts::quiet_button(ui, t!("window-close")).clicked() {
            out.push(Action::EndSearch(room.id));
        }
    });
    if !search.hits.is_empty() {
        hits(ui, state, room, search, out);
    }
}

fn keys(ui: &Ui, room: RoomId, id: Id, out: &mut Vec<Action>) {
    if ui.memory(|memory| memory.had_focus_last_frame(id)) {
        let pressed = |key, modifiers| ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Key::Enter, Modifiers::SHIFT) || pressed(Key::ArrowDown, Modifiers::NONE) {
            out.push(Action::StepHit(room, -1));
        } else if pressed(Key::Enter, Modifiers::NONE) || pressed(Key::ArrowUp, Modifiers::NONE) {
            out.push(Action::StepHit(room, 1));
            ui.memory_mut(|memory| memory.request_focus(id));
        }
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        out.push(Action::EndSearch(room));
    }
}

fn found_words(search: &Search) -> String {
    match (search.text.trim().is_empty(), search.is_complete, search.at) {
        (true, ..) => String::new(),
        (_, false, _) => t!("window-searching"),
        (_, _, Some(at)) => t!("window-found-at", at = at + 1, count = search.hits.len()),
        (_, _, None) => t!("window-found", count = search.hits.len()),
    }
}

fn hits(ui: &mut Ui, state: &State, room: &Room, search: &Search, out: &mut Vec<Action>) {
    let builder =
        UiBuilder::new().accessibility_role(Role::List).accessibility_label(t!("window-search-hits"));
    ui.scope_builder(builder, |ui| {
        ScrollArea::vertical().id_salt("hits").max_height(size::HITS).auto_shrink([false, true]).show_rows(
            ui,
            size::HIT_ROW,
            search.hits.len(),
            |ui, rows| {
                for at in rows {
                    let Some(hit) = search.hits.get(at) else { continue };
                    let is_at = search.at == Some(at);
                    let who = parts::name(&hit.from);
                    let when = moments::full(hit.time, state.settings.clock);
                    let words = format!("{who}, {when}: {}", for_terminal_line(&hit.excerpt));
                    let palette = theme::palette(ui);
                    let ground = if is_at { palette.accent_wash } else { egui::Color32::TRANSPARENT };
                    let frame = Frame::new()
                        .fill(ground)
                        .corner_radius(radius::TINY)
                        .inner_margin(Margin::symmetric(8, 2));
                    let shown = frame.show(ui, |ui| {
                        ui.set_width(ui.available_width());
                        let text = RichText::new(&words).font(theme::plain(size::LABEL));
                        ui.add(Label::new(text).truncate().selectable(false))
                    });
                    let id = ui.scope_id().with(("hit", hit.seq.number()));
                    let response = ui.interact(shown.response.rect, id, Sense::click());
                    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_at, &words));
                    if response.clicked() {
                        let from = search.at.map_or(-1, usize::cast_signed);
                        let by = if search.at.is_none() { 0 } else { at.cast_signed() - from };
                        out.push(if search.at.is_none() && at > 0 {
                            Action::JumpTo(room.id, hit.seq)
                        } else {
                            Action::StepHit(room.id, by)
                        });
                    }
                }
            },
        );
    });
    ui.add_space(space::TINY);
}
