//! What was said, in virtual rows: only what is on the screen is drawn, whatever the length of the room. Not here:
//! one message (`message.rs`), where the reader is among them (`place.rs`), and which messages are in memory (`papo_client::state`).
//!
//! A row's height is estimated until it is measured, and it is measured before it is drawn: everything near the
//! window's edge is laid out invisibly first. So a reader never sees text move, whichever way the list grows.
//! The place in the list is held by the topmost row on the screen (the anchor), not by a number of points.

use std::collections::HashMap;

use egui::text_selection::LabelSelectionState;
use egui::{Id, Rangef, Rect, Role, ScrollArea, Ui, UiBuilder, Vec2};
use papo_client::State;
use papo_client::state::rows::{Key, Line};
use papo_client::state::{Action, Room, RoomId, Wanted};
use papo_proto::{Seq, Timestamp};
use papo_words::t;

use super::body::Bodies;
use super::message::{self, Drawn, Press, Selected};
use super::place::{Place, Scroll, as_points};
use super::selection::{self, Selection};
use super::{composer, moments, moves, parts};
use crate::theme::{self, radius, size, space};

/// From how many window heights to an end on more is asked for.
const NEAR_END: f64 = 3.0;

/// How far one frame goes at most while messages are selected beyond the edge, as a part of the window's height.
const DRAG_PAGES_MAX: f64 = 0.05;

/// How long a message that was jumped to is marked, in seconds.
pub(super) const MARKED_SECONDS: f32 = 2.0;

/// What the timelines keep for themselves.
#[derive(Debug, Default)]
pub(super) struct Local {
    rooms: HashMap<RoomId, Place>,
    bodies: Bodies,
    /// The message that was chosen with the keyboard.
    pub(super) chosen: Option<Key>,
    /// How far the keyboard wants to scroll.
    pub(super) scroll: Option<Scroll>,
    /// The messages that are to be copied.
    pub(super) selection: Selection,
}

/// What drawing a row needs.
pub(super) struct Shown<'a> {
    pub(super) state: &'a State,
    pub(super) room: &'a Room,
    pub(super) now: Timestamp,
    pub(super) bodies: &'a mut Bodies,
    pub(super) chosen: Option<&'a Key>,
    pub(super) selection: &'a mut Selection,
    /// Whether this is for its height alone, and not to be seen.
    pub(super) is_hidden: bool,
    pub(super) out: &'a mut Vec<Action>,
}

/// Draws the timeline of a room.
pub(super) fn view(
    ui: &mut Ui,
    state: &State,
    room: &Room,
    now: Timestamp,
    local: &mut Local,
    out: &mut Vec<Action>,
) {
    let Local { rooms, bodies, chosen, scroll, selection } = local;
    rooms.retain(|id, _| state.room(*id).is_some());
    let place = rooms.entry(room.id).or_default();
    let width = ui.available_width() - 2.0 * space::LARGE;
    let height = f64::from(ui.available_height());
    place.update(room, now, width);
    selection.stay_in(room);
    if selection.is_dragged() {
        // What is selected now are whole messages.
        ui.ctx().plugin::<LabelSelectionState>().lock().clear_selection();
    }
    let chosen = chosen.as_ref();
    let mut shown = Shown { state, room, now, bodies, chosen, selection, is_hidden: false, out };
    let offset = place.aim(ui, &mut shown, height, scroll.take());

    // The list is longer from one frame to the next, which is no pull beyond its edge.
    ui.spacing_mut().scroll.kinetic.rubber_band = false;
    let mut area =
        ScrollArea::vertical().id_salt(("timeline", room.id.number())).auto_shrink(false).animated(false);
    if let Some(offset) = offset {
        area = area.vertical_scroll_offset(as_points(offset));
    }
    let builder = UiBuilder::new()
        .accessibility_role(Role::List)
        .accessibility_label(t!("window-timeline", room = room.place.room.as_str()));
    let mut on_screen = Vec::new();
    let draw = |ui: &mut Ui, view| on_screen = place.draw(ui, &mut shown, view);
    let output = ui.scope_builder(builder, |ui| area.show_viewport(ui, draw)).inner;
    *scroll = follow_pointer(ui, &mut shown, &on_screen, output.inner_rect);
    let after = f64::from(output.state.clamped_offset().y);
    place.settle(after, offset.unwrap_or(after), height, room.paging.is_at_end);
    place.ask_for_more(&mut shown, height);
    place.tell_read(&mut shown, height);
    place.tell_place(&mut shown);
    pills(ui, place, &mut shown, output.inner_rect);
    selection::bar(ui, shown.selection, output.inner_rect, shown.out);
    if place.marked.is_some() {
        ui.ctx().request_repaint_after_secs(MARKED_SECONDS);
    }
}

impl Place {
    /// Draws the rows on the screen. Returns which messages they are, and where.
    fn draw(&mut self, ui: &mut Ui, shown: &mut Shown<'_>, view: Rect) -> Vec<(Seq, Rangef)> {
        let mut on_screen = Vec::new();
        ui.set_height(as_points(self.heights.total()));
        // A short room stands above the composer, where one writes.
        let gap = (view.height() - as_points(self.heights.total())).max(0.0);
        let top = ui.min_rect().min + Vec2::new(0.0, gap);
        let now = ui.input(|input| input.time);
        self.marked.take_if(|(_, until)| *until <= now);
        let mut row = self.heights.at(f64::from(view.min.y));
        let mut y = self.heights.before(row);
        while y < f64::from(view.max.y) && row < self.lines.len() {
            let line = &self.lines[row];
            let is_marked = match (line, &self.marked, shown.chosen) {
                (Line::Message { key, .. }, Some((marked, _)), _) if key == marked => true,
                (Line::Message { key, .. }, _, Some(chosen)) => key == chosen,
                _ => false,
            };
            let place = Rect::from_min_size(
                top + Vec2::new(space::LARGE, as_points(y)),
                Vec2::new(self.width, self.heights.get(row)),
            );
            let builder = UiBuilder::new().id_salt(("row", line)).max_rect(place);
            let drawn = ui.scope_builder(builder, |ui| {
                ui.set_width(self.width);
                draw_line(ui, shown, line, is_marked);
                ui.min_rect().height()
            });
            if (drawn.inner - self.heights.get(row)).abs() > 0.1 {
                self.measured.insert(line.clone(), drawn.inner);
                self.heights.set(row, drawn.inner);
                ui.ctx().request_repaint();
            }
            if let Line::Message { key: Key::Stored(seq), .. } = &self.lines[row] {
                on_screen.push((*seq, drawn.response.rect.y_range()));
            }
            y += f64::from(drawn.inner);
            row += 1;
        }
        on_screen
    }

    fn ask_for_more(&self, shown: &mut Shown<'_>, height: f64) {
        let paging = &shown.room.paging;
        if paging.waits_for.is_some() || shown.room.timeline.oldest().is_none() {
            return;
        }
        let offset = self.anchored().unwrap_or_default();
        if paging.has_older && shown.room.cleared.is_none() && offset < height * NEAR_END {
            shown.out.push(Action::WantOlder(shown.room.id));
        } else if !paging.is_at_end && offset > self.heights.total() - height * (NEAR_END + 1.0) {
            shown.out.push(Action::WantNewer(shown.room.id));
        }
    }

    /// Tells which messages have been before the reader's eyes.
    fn tell_read(&self, shown: &mut Shown<'_>, height: f64) {
        let room = shown.room;
        if !shown.state.is_focused || shown.state.dialog.is_some() || room.read >= room.head {
            return;
        }
        let bottom = self.anchored().unwrap_or_default() + height;
        let mut row = self.heights.at(bottom);
        if self.heights.before(row) + f64::from(self.heights.get(row)) > bottom + 1.0 {
            row = row.saturating_sub(1);
        }
        let seen = self.lines.get(..=row).into_iter().flatten().rev().find_map(|line| match line {
            Line::Message { key: Key::Stored(seq), .. } => Some(*seq),
            _ => None,
        });
        let is_last = self.is_at_end && room.paging.is_at_end;
        let seen = if is_last { Some(room.head) } else { seen };
        if let Some(seq) = seen.filter(|seq| *seq > room.read) {
            shown.out.push(Action::Read(room.id, seq));
        }
    }

    /// Tells where the reader is, so that they are there again when the program is started again.
    fn tell_place(&self, shown: &mut Shown<'_>) {
        let room = shown.room;
        let is_on_the_way = matches!(room.paging.waits_for, Some(Wanted::Newest | Wanted::Around(_)))
            || room.jump.is_some_and(|jump| jump.serial != self.jumped)
            || room.timeline.oldest().is_none();
        if is_on_the_way {
            return;
        }
        let reading = match &self.anchor {
            Some((Line::Message { key: Key::Stored(seq), .. }, _)) if !self.is_at_end => Some(*seq),
            _ => None,
        };
        if reading != room.reading {
            shown.out.push(Action::Stay(room.id, reading));
        }
    }
}

impl Local {
    /// Chooses the message so many messages further down with the keyboard. Returns whether there is one.
    pub(super) fn choose(&mut self, room: RoomId, by: isize) -> bool {
        let Some(place) = self.rooms.get(&room) else { return false };
        self.chosen = place.step(self.chosen.as_ref(), by);
        self.scroll = self.chosen.is_some().then_some(Scroll::Chosen);
        self.chosen.is_some()
    }

    /// Chooses the message so many messages further down, and selects everything from where that began.
    pub(super) fn extend(&mut self, state: &State, room: &Room, by: isize) {
        let before = self.chosen.clone();
        if !self.choose(room.id, by) {
            self.chosen = before;
            return;
        }
        if let (true, Some(Key::Stored(seq))) = (self.selection.is_empty(), before) {
            self.selection.turn(state, room, seq);
        }
        if let Some(Key::Stored(seq)) = self.chosen {
            self.selection.extend(state, room, seq);
        }
    }
}

impl Shown<'_> {
    pub(super) fn reborrow(&mut self) -> Shown<'_> {
        Shown {
            state: self.state,
            room: self.room,
            now: self.now,
            bodies: self.bodies,
            chosen: self.chosen,
            selection: self.selection,
            is_hidden: self.is_hidden,
            out: self.out,
        }
    }
}

pub(super) fn draw_line(ui: &mut Ui, shown: &mut Shown<'_>, line: &Line, is_marked: bool) {
    match line {
        Line::Older => alone(ui, t!("window-older")),
        Line::Beginning => alone(ui, t!("window-beginning")),
        Line::Cleared => alone(ui, t!("window-cleared")),
        Line::Day { time, .. } => {
            spaced(ui, |ui| parts::line_with_word(ui, &moments::day(*time, shown.now), false));
        }
        Line::Unread => spaced(ui, |ui| parts::line_with_word(ui, &t!("window-unread-line"), true)),
        Line::Gap(_) => spaced(ui, |ui| parts::line_with_word(ui, &t!("window-gap"), true)),
        Line::Moves(serial) => moves::view(ui, shown.room, *serial),
        Line::Message { key, is_grouped } => {
            let row = match key {
                Key::Stored(seq) => shown.room.timeline.row(*seq),
                Key::Own(id) => shown.room.timeline.row_of(id),
            };
            let Some(row) = row else { return };
            let seq = row.seq.filter(|_| !shown.is_hidden);
            let drawn = Drawn {
                state: shown.state,
                room: shown.room,
                key,
                row: &row,
                is_grouped: *is_grouped,
                is_marked,
                selected: match seq {
                    Some(seq) if shown.selection.has(seq) => Selected::Yes,
                    Some(_) if !shown.selection.is_empty() => Selected::No,
                    _ => Selected::Off,
                },
            };
            if let (Some(press), Some(seq)) = (message::view(ui, &drawn, shown.bodies, shown.out), seq) {
                match press {
                    Press::Alone => shown.selection.turn(shown.state, shown.room, seq),
                    Press::UpToHere => shown.selection.extend(shown.state, shown.room, seq),
                }
                ui.memory_mut(|memory| memory.surrender_focus(composer::field_id(shown.room.id)));
                ui.ctx().request_repaint();
            }
        }
    }
}

/// Selects whole messages where the pointer is drawn over several of them. Returns how far to scroll for that.
fn follow_pointer(ui: &Ui, shown: &mut Shown<'_>, on_screen: &[(Seq, Rangef)], rect: Rect) -> Option<Scroll> {
    let (is_pressed, is_down, at) = ui.input(|input| {
        let pointer = &input.pointer;
        (pointer.primary_pressed(), pointer.primary_down(), pointer.interact_pos())
    });
    let Some(at) = at.filter(|_| is_down) else {
        shown.selection.let_go();
        return None;
    };
    let rows = rect.shrink2(Vec2::new(space::LARGE, 0.0));
    if is_pressed {
        let is_free = rows.contains(at) && ui.ctx().layer_id_at(at) == Some(ui.layer_id());
        let pressed = on_screen.iter().find(|(_, range)| is_free && range.contains(at.y));
        shown.selection.press(pressed.map(|(seq, _)| *seq));
        return None;
    }
    let y = rows.y_range().clamp(at.y);
    let distance = |range: &Rangef| (range.clamp(y) - y).abs();
    let nearest = on_screen.iter().min_by(|one, other| distance(&one.1).total_cmp(&distance(&other.1)));
    if let Some((seq, _)) = nearest
        && shown.selection.drag_to(shown.state, shown.room, *seq)
    {
        // How many they are is told by what was drawn before.
        ui.ctx().request_repaint();
    }
    if !shown.selection.is_dragged() {
        return None;
    }
    // From here on keys are for what is selected.
    ui.memory_mut(|memory| memory.surrender_focus(composer::field_id(shown.room.id)));
    let beyond = f64::from(at.y - y);
    let pages = (beyond / f64::from(rows.height())).clamp(-DRAG_PAGES_MAX, DRAG_PAGES_MAX);
    (beyond.abs() > 0.0).then(|| {
        ui.ctx().request_repaint();
        Scroll::Pages(pages)
    })
}

/// A quiet line of its own.
fn alone(ui: &mut Ui, words: String) {
    spaced(ui, |ui| {
        ui.vertical_centered(|ui| parts::soft(ui, words));
    });
}

fn spaced<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) {
    ui.add_space(space::MEDIUM);
    content(ui);
    ui.add_space(space::SMALL);
}

/// The buttons over the timeline: to the first unread message, and to the end.
fn pills(ui: &mut Ui, place: &mut Place, shown: &mut Shown<'_>, rect: Rect) {
    let room = shown.room;
    let line = room.unread_line.and_then(|_| place.index.get(&Line::Unread)).copied();
    let is_above = match (line, place.anchored()) {
        (Some(row), Some(top)) => place.heights.before(row) + 1.0 < top,
        // It is in none of the rows in memory.
        (None, _) => room.unread > 0 && room.timeline.oldest() > Some(room.read.next()),
        _ => false,
    };
    if is_above && room.unread > 0 {
        let at = rect.center_top() + Vec2::new(0.0, space::LARGE);
        if over(ui, "unread", at, t!("window-to-unread", count = room.unread)) {
            shown.out.push(Action::JumpToUnread(room.id));
        }
    }
    if !place.is_at_end || !room.paging.is_at_end {
        let at = rect.center_bottom() - Vec2::new(0.0, space::LARGE);
        let words = if room.unread > 0 { t!("window-new", count = room.unread) } else { t!("window-to-end") };
        if over(ui, "end", at, words) {
            shown.out.push(Action::JumpToEnd(room.id));
        }
    }
}

/// A button over everything else, around this place. Returns whether it was pressed.
fn over(ui: &mut Ui, salt: &str, at: egui::Pos2, words: String) -> bool {
    let palette = theme::palette(ui);
    let text = egui::RichText::new(words).font(theme::plain(size::SMALL)).color(palette.on_accent);
    let button =
        egui::Button::new(text).fill(palette.accent).stroke(egui::Stroke::NONE).corner_radius(radius::PILL);
    let place = Rect::from_center_size(at, Vec2::new(size::PILL_WIDTH, size::BUTTON));
    ui.push_id(Id::unique(salt), |ui| ui.put(place, button).clicked()).inner
}
