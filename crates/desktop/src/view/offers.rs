//! How what is being written may go on, over the field: a press of Tab or of the pointer takes one up. Not here: what there
//! is to offer ([`papo_client::state::complete`]).

use egui::text::{CCursor, CCursorRange};
use egui::{
    Id, Key, Label, Modifiers, Popup, PopupCloseBehavior, RectAlign, Response, RichText, Role, Sense,
    TextEdit, Ui, UiBuilder, Vec2, WidgetInfo,
};
use papo_client::State;
use papo_client::state::complete::{Completion, Offer, completion};
use papo_client::state::{Action, Room};
use papo_words::t;

use super::parts;
use crate::theme::{self, radius, size, space};

/// What the offers keep for themselves.
#[derive(Debug, Default)]
pub(super) struct Local {
    /// Which one is chosen.
    at: usize,
    /// The draft for which the person wants none.
    refused: Option<String>,
    /// What was offered last.
    shown: Option<Completion>,
    /// Where the cursor goes once the draft is this: the field knows an offer only when it is drawn with it.
    cursor: Option<(String, usize)>,
}

impl Local {
    /// Takes the keys that are for the offers. Called before the field sees them. Returns whether something is offered.
    pub(super) fn keys(
        &mut self,
        ui: &Ui,
        state: &State,
        room: &Room,
        id: Id,
        out: &mut Vec<Action>,
    ) -> bool {
        self.place_cursor(ui, room, id);
        self.shown = self.find(ui, state, room, id);
        let Some(shown) = self.shown.clone() else {
            self.at = 0;
            return false;
        };
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        self.at = self.at.min(shown.offers.len() - 1);
        if pressed(Key::ArrowDown) {
            self.at = (self.at + 1) % shown.offers.len();
        }
        if pressed(Key::ArrowUp) {
            self.at = self.at.checked_sub(1).unwrap_or(shown.offers.len() - 1);
        }
        if pressed(Key::Escape) {
            self.refused = Some(room.composer.draft.clone());
            self.shown = None;
            return false;
        }
        if pressed(Key::Tab)
            && let Some(offer) = shown.offers.get(self.at)
        {
            self.take(ui, room, id, &shown, offer, out);
        }
        true
    }

    fn find(&self, ui: &Ui, state: &State, room: &Room, id: Id) -> Option<Completion> {
        // A press on an offer takes the keyboard from the field before it is a click.
        let is_pressed = ui.input(|input| input.pointer.any_down() || input.pointer.any_released());
        let is_writing = ui.memory(|memory| memory.has_focus(id)) || (self.shown.is_some() && is_pressed);
        if !is_writing || self.refused.as_ref() == Some(&room.composer.draft) {
            return None;
        }
        let range = TextEdit::load_state(ui.ctx(), id)?.cursor.char_range()?;
        // What is selected will be replaced, not gone on with.
        let at = (range.primary == range.secondary).then_some(range.primary.index)?;
        let draft = &room.composer.draft;
        let byte = draft.char_indices().nth(at.0).map_or(draft.len(), |(byte, _)| byte);
        completion(state, room, draft, byte)
    }

    /// Writes an offer into the draft.
    fn take(
        &mut self,
        ui: &Ui,
        room: &Room,
        id: Id,
        shown: &Completion,
        offer: &Offer,
        out: &mut Vec<Action>,
    ) {
        let (draft, byte) = shown.applied(&room.composer.draft, offer);
        ui.memory_mut(|memory| memory.request_focus(id));
        *self = Self { cursor: Some((draft.clone(), draft[..byte].chars().count())), ..Self::default() };
        out.push(Action::Draft(room.id, draft));
    }

    fn place_cursor(&mut self, ui: &Ui, room: &Room, id: Id) {
        let Some((_, at)) = self.cursor.take_if(|(draft, _)| *draft == room.composer.draft) else { return };
        let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
        state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(at))));
        TextEdit::store_state(ui.ctx(), id, state);
    }

    /// Draws what is offered over the field.
    pub(super) fn view(&mut self, ui: &Ui, room: &Room, field: &Response, out: &mut Vec<Action>) {
        let Some(shown) = self.shown.clone() else { return };
        let mut taken = None;
        Popup::from_response(field)
            .open(true)
            .align(RectAlign::TOP_START)
            .gap(space::MEDIUM)
            .close_behavior(PopupCloseBehavior::IgnoreClicks)
            .show(|ui| {
                let builder =
                    UiBuilder::new().accessibility_role(Role::List).accessibility_label(t!("window-offers"));
                ui.scope_builder(builder, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for (at, offer) in shown.offers.iter().enumerate() {
                        if entry(ui, room, offer, at == self.at) {
                            taken = Some(offer.clone());
                        }
                    }
                    parts::soft(ui, t!("window-offers-key"));
                });
            });
        if let Some(offer) = taken {
            self.take(ui, room, field.id, &shown, &offer, out);
        }
    }
}

fn entry(ui: &mut Ui, room: &Room, offer: &Offer, is_chosen: bool) -> bool {
    let palette = theme::palette(ui);
    let words = match &offer.member {
        Some(member) => parts::name_in_words(member, room.timeline.needs_badge(member)),
        None => offer.shown.clone().unwrap_or_else(|| offer.text.trim().to_owned()),
    };
    let (rect, response) =
        ui.allocate_exact_size(Vec2::new(size::OFFERS, size::ROOM_ROW - space::SMALL), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_chosen, &words));
    if is_chosen || response.hovered() {
        ui.painter().rect_filled(rect, radius::ROW, palette.accent_wash);
    }
    let builder = UiBuilder::new()
        .max_rect(rect.shrink2(Vec2::new(space::SMALL, 0.0)))
        .layout(egui::Layout::left_to_right(egui::Align::Center));
    ui.scope_builder(builder, |ui| {
        if let Some(member) = &offer.member {
            parts::avatar(ui, member, size::AVATAR_TINY);
        }
        let text = RichText::new(words).font(theme::plain(size::LABEL)).color(palette.ink);
        ui.add(Label::new(text).truncate().selectable(false));
    });
    response.clicked()
}
