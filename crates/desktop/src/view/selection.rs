//! Messages that were selected to be copied together: by drawing the pointer over them, one by one, or with the
//! keyboard. They are kept as text from the moment they are selected, so that it does not matter what is still in
//! memory when they are copied. Not here: selecting a part of one message, which the toolkit does.

use std::collections::BTreeMap;

use egui::{Frame, Margin, Rect, RichText, Ui, UiBuilder, Vec2};
use papo_client::State;
use papo_client::state::{Action, Room, RoomId};
use papo_proto::Seq;
use papo_words::t;

use super::{message, parts};
use crate::theme::{self, radius, size, space};

/// The messages that were selected.
#[derive(Debug, Default)]
pub(super) struct Selection {
    room: Option<RoomId>,
    texts: BTreeMap<Seq, String>,
    /// The message from which on a longer selection reaches.
    from: Option<Seq>,
    drag: Option<Drag>,
}

/// The pointer is held down.
#[derive(Debug)]
struct Drag {
    /// The message on which it was pressed.
    from: Seq,
    /// Whether it has been over another one since.
    is_long: bool,
}

impl Selection {
    /// Whether nothing is selected.
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether this message is selected.
    pub(super) fn has(&self, seq: Seq) -> bool {
        self.texts.contains_key(&seq)
    }

    /// Whether whole messages are being selected with the pointer.
    pub(super) fn is_dragged(&self) -> bool {
        self.drag.as_ref().is_some_and(|drag| drag.is_long)
    }

    /// Forgets what was selected in another room.
    pub(super) fn stay_in(&mut self, room: &Room) {
        if self.room.replace(room.id) != Some(room.id) {
            self.clear();
        }
    }

    /// Selects nothing any more.
    pub(super) fn clear(&mut self) {
        *self = Self { room: self.room, ..Self::default() };
    }

    /// Everything that is selected, from the oldest to the newest: who, when and what.
    pub(super) fn text(&self) -> String {
        let texts: Vec<&str> = self.texts.values().map(String::as_str).collect();
        texts.join("\n")
    }

    /// Selects a message, or takes it away from what is selected.
    pub(super) fn turn(&mut self, state: &State, room: &Room, seq: Seq) {
        if self.texts.remove(&seq).is_none() {
            self.add(state, room, seq, seq);
        }
        self.from = Some(seq);
    }

    /// Selects everything from the message that was selected last to this one, and nothing else.
    pub(super) fn extend(&mut self, state: &State, room: &Room, seq: Seq) {
        let from = *self.from.get_or_insert(seq);
        self.texts.retain(|known, _| (from.min(seq)..=from.max(seq)).contains(known));
        self.add(state, room, from.min(seq), from.max(seq));
    }

    /// The pointer was pressed on a message, or beside all of them.
    pub(super) fn press(&mut self, on: Option<Seq>) {
        self.drag = on.map(|from| Drag { from, is_long: false });
    }

    /// The pointer is held down and is now over this message. Returns whether other messages are selected by that.
    pub(super) fn drag_to(&mut self, state: &State, room: &Room, seq: Seq) -> bool {
        let Some(drag) = &mut self.drag else { return false };
        drag.is_long |= drag.from != seq;
        if !drag.is_long {
            return false;
        }
        let ends =
            |texts: &BTreeMap<Seq, String>| (texts.keys().next().copied(), texts.keys().last().copied());
        let before = ends(&self.texts);
        self.from = Some(drag.from);
        self.extend(state, room, seq);
        ends(&self.texts) != before
    }

    /// The pointer is not held down any more.
    pub(super) fn let_go(&mut self) {
        self.drag = None;
    }

    fn add(&mut self, state: &State, room: &Room, first: Seq, last: Seq) {
        let rows = room.timeline.rows().filter_map(|row| Some((row.seq?, row)));
        for (seq, row) in rows.filter(|(seq, _)| (first..=last).contains(seq)) {
            self.texts.entry(seq).or_insert_with(|| message::to_copy(state, room, &row));
        }
    }
}

/// Draws how many messages are selected, and what can be done with them; nothing where none are. It lies over the
/// timeline's upper edge: if it took space, the messages would move away from under the pointer that selects them.
pub(super) fn bar(ui: &mut Ui, selection: &mut Selection, rect: Rect, out: &mut Vec<Action>) {
    if selection.is_empty() {
        return;
    }
    let palette = theme::palette(ui);
    let at = rect.shrink2(Vec2::new(space::LARGE, space::SMALL));
    let mut ui = ui.new_child(UiBuilder::new().id_salt("selection").max_rect(at));
    let frame = Frame::new().fill(palette.paper).stroke(palette.hairline()).corner_radius(radius::ROW);
    frame.inner_margin(Margin::symmetric(12, 4)).show(&mut ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::MEDIUM;
            let words = t!("window-selected", count = selection.texts.len());
            ui.label(RichText::new(words).font(theme::bold(size::LABEL)));
            if parts::quiet_button(ui, t!("window-copy")).clicked() {
                out.push(Action::Copy(selection.text()));
                selection.clear();
            }
            if parts::quiet_button(ui, t!("window-cancel")).clicked() {
                selection.clear();
            }
        });
    });
}
