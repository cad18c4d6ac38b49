//! The views, one file for each thing on the screen. A view is `fn view(ui, state, local, out)`: it reads the
//! state, changes only what is its own ([`Local`]), and pushes [`Action`]s. It never talks to the core, and
//! has no colour, size or text of its own: those are in [`crate::theme`] and in the catalogues of words.
//!
//! This file: which views there are, and where they stand.
//!
//! ```text
//! ┌─────────┬───────────────────────────┬─────────┐
//! │ sidebar │ header                    │ members │
//! │         ├───────────────────────────┤         │
//! │         │ timeline                  │         │
//! │         ├───────────────────────────┤         │
//! │         │ composer                  │         │
//! └─────────┴───────────────────────────┴─────────┘
//! ```

mod about;
mod access;
mod acts;
mod announce;
mod audit;
mod body;
mod card;
mod composer;
mod confirm;
mod doubles;
mod header;
mod invite;
mod keys;
mod link_confirm;
mod loud;
mod members;
mod message;
mod moments;
mod moves;
mod offers;
mod open;
mod pair;
mod parts;
mod paste;
mod place;
mod qr;
mod search;
mod selection;
mod settings;
pub mod shortcuts;
mod sidebar;
mod start;
mod switcher;
mod timeline;
mod trouble;
mod trust;

pub(crate) use moments::minute_of_day;
pub(crate) use parts::set_petnames;

use egui::{CentralPanel, Frame, Id, Margin, Panel, Ui};
use papo_client::State;
use papo_client::state::{Action, Dialog, Room, RoomId, Screen};
use papo_proto::Timestamp;

use crate::theme::{self, size, space};

/// What the views keep for themselves: nothing that matters when the program ends.
#[derive(Debug, Default)]
pub struct Local {
    /// The time of this frame, by our own clock.
    pub now: Timestamp,
    /// Whether the rooms are shown though the window is narrow.
    is_rooms_open: bool,
    /// What was shown in the last frame.
    was: Option<Screen>,
    /// What the composer did in the last frame.
    mode: papo_client::state::Mode,
    /// What lay over the window in the last frame.
    dialog: Option<Dialog>,
    /// The room that was searched in the last frame.
    searched: Option<RoomId>,
    /// What has the keyboard from the next frame on.
    lead: Option<Id>,
    /// Whether the draft was put there by something else than typing, so that the cursor belongs behind it.
    is_recalled: bool,
    timeline: timeline::Local,
    switcher: switcher::Local,
    trust: trust::Local,
    announce: announce::Local,
    open: open::Local,
    pair: pair::Local,
    about: about::Local,
    offers: offers::Local,
    invite: invite::Local,
}

/// What has folded away because the window is narrow.
#[derive(Clone, Copy, Debug)]
struct Fold {
    sidebar: bool,
    members: bool,
}

impl Local {
    fn scroll(&mut self, scroll: place::Scroll) -> Option<Action> {
        self.timeline.scroll = Some(scroll);
        None
    }
}

/// How far the content of the members' pane stands from its edge, in points.
const PANE_EDGE: f32 = 14.0;

/// Draws everything.
pub fn root(ui: &mut Ui, state: &State, local: &mut Local, out: &mut Vec<Action>) {
    if std::mem::take(&mut local.is_recalled)
        && let Some(room) = state.current()
    {
        composer::cursor_to_end(ui, room);
    }
    shortcuts::handle(ui, state, local, out);
    let width = ui.available_width();
    let fold = Fold {
        sidebar: width < size::FOLD_SIDEBAR_BELOW || !state.settings.rooms_shown,
        members: width < size::FOLD_MEMBERS_BELOW,
    };
    let palette = theme::palette(ui);
    if local.was.replace(state.screen) != Some(state.screen) {
        on_other_screen(ui, state, local);
    }
    if local.dialog != state.dialog {
        let before = std::mem::replace(&mut local.dialog, state.dialog.clone());
        on_dialog(ui, state);
        let was_asked = matches!(before, Some(Dialog::Paste(..) | Dialog::Delete(..)));
        if let Some(room) = state.current().filter(|_| was_asked && local.timeline.chosen.is_none()) {
            // At the end of this frame: until then what lay above the field keeps the keyboard from it.
            local.lead = Some(composer::field_id(room.id));
            ui.ctx().request_repaint();
        }
    }
    let has_rooms = !state.rooms.is_empty();
    if has_rooms && (!fold.sidebar || local.is_rooms_open) {
        Panel::left("sidebar")
            .exact_size(size::SIDEBAR)
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(10, 14)))
            .show(ui, |ui| sidebar::view(ui, state, out));
    }
    match (state.screen, state.current()) {
        (Screen::Room(_), Some(room)) => {
            if !fold.members && state.settings.members_shown {
                Panel::right("members")
                    .exact_size(size::MEMBERS)
                    .resizable(false)
                    .show_separator_line(false)
                    .frame(Frame::new().fill(palette.paper).inner_margin(Margin::symmetric(14, 16)))
                    .show(ui, |ui| {
                        let pane = ui.max_rect().expand(size::MEMBERS);
                        let left = ui.max_rect().left() - PANE_EDGE;
                        ui.painter().vline(left, pane.y_range(), palette.hairline());
                        members::view(ui, room, out);
                    });
            }
            self::room(ui, state, room, fold, local, out);
        }
        _ => {
            CentralPanel::default()
                .frame(Frame::new().fill(palette.paper))
                .show(ui, |ui| start::view(ui, state, out));
        }
    }
    announce::view(ui, state, local.now, &mut local.announce);
    dialog(ui, state, local, out);
    if let Some(id) = local.lead.take() {
        // Behind the fields, each of which has taken by now what was typed into it.
        ui.memory_mut(|memory| memory.request_focus(id));
    }
}

/// A dialog was opened: what was typed behind the key that has opened it is for nothing below it.
fn on_dialog(ui: &Ui, state: &State) {
    ui.memory_mut(|memory| match (&state.dialog, memory.focused()) {
        (Some(Dialog::Switcher), _) => memory.request_focus(switcher::field_id()),
        (Some(_), Some(focused)) => memory.surrender_focus(focused),
        _ => {}
    });
}

/// A room was opened, or another one: the composer has the keyboard, and nothing is chosen.
fn on_other_screen(ui: &Ui, state: &State, local: &mut Local) {
    local.is_rooms_open = false;
    local.timeline.chosen = None;
    if let Some(room) = state.current() {
        local.searched = room.search.as_ref().map(|_| room.id);
        composer::cursor_to_end(ui, room);
        ui.memory_mut(|memory| memory.request_focus(composer::field_id(room.id)));
    }
}

fn room(ui: &mut Ui, state: &State, room: &Room, fold: Fold, local: &mut Local, out: &mut Vec<Action>) {
    let palette = theme::palette(ui);
    let pane = Frame::new().fill(palette.paper);
    if std::mem::replace(&mut local.mode, room.composer.mode) != room.composer.mode {
        // Taking up a message, or giving it up, is done in order to write.
        composer::cursor_to_end(ui, room);
        ui.memory_mut(|memory| memory.request_focus(composer::field_id(room.id)));
    }
    Panel::top("header")
        .exact_size(size::HEADER)
        .frame(pane.inner_margin(Margin::symmetric(20, 0)))
        .show(ui, |ui| header::view(ui, state, room, fold, &mut local.is_rooms_open, out));
    let searched = room.search.as_ref().map(|_| room.id);
    if std::mem::replace(&mut local.searched, searched) != searched && searched.is_some() {
        // Before the field is drawn, so that it takes what was typed behind the key that has opened it.
        ui.memory_mut(|memory| memory.request_focus(search::field_id(room.id)));
    }
    if let Some(search) = &room.search {
        Panel::top("search")
            .frame(pane.inner_margin(Margin::symmetric(20, 6)))
            .show(ui, |ui| search::view(ui, state, room, search, out));
    }
    if trust::is_shown(room) {
        CentralPanel::default().frame(pane).show(ui, |ui| trust::view(ui, room, &mut local.trust, out));
        return;
    }
    Panel::bottom("composer")
        .show_separator_line(false)
        .frame(pane.inner_margin(Margin { left: 20, right: 20, top: 4, bottom: 16 }))
        .show(ui, |ui| composer::view(ui, state, room, local.now, &mut local.offers, out));
    CentralPanel::default().frame(pane.inner_margin(Margin::ZERO)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::TINY;
        if !trouble::view(ui, state, room, out) {
            trouble::strip(ui, state, room, out);
            doubles::view(ui, room, out);
            timeline::view(ui, state, room, local.now, &mut local.timeline, out);
        }
    });
}

fn dialog(ui: &mut Ui, state: &State, local: &mut Local, out: &mut Vec<Action>) {
    match &state.dialog {
        None => {}
        Some(Dialog::Switcher) => switcher::view(ui, state, &mut local.switcher, out),
        Some(Dialog::Settings) => settings::view(ui, state, out),
        Some(Dialog::Keys) => keys::view(ui, state, out),
        Some(Dialog::Open) => open::view(ui, state, &mut local.open, out),
        Some(Dialog::Pair) => pair::view(ui, state, &mut local.pair, out),
        Some(Dialog::Link(target)) => link_confirm::view(ui, target, out),
        Some(Dialog::Invite(id)) => {
            if let Some(room) = state.room(*id) {
                invite::view(ui, state, room, &mut local.invite, out);
            }
        }
        Some(Dialog::Access(id)) => {
            if let Some(room) = state.room(*id) {
                access::view(ui, room, state.settings.clock, out);
            }
        }
        Some(Dialog::Audit(id)) => {
            if let Some(room) = state.room(*id) {
                audit::view(ui, room, state.settings.clock, out);
            }
        }
        Some(Dialog::About(id, verb, member)) => {
            if let Some(room) = state.room(*id) {
                about::view(ui, room, *verb, member, &mut local.about, out);
            }
        }
        Some(Dialog::Paste(id, pasted)) => {
            if let Some(room) = state.room(*id) {
                paste::view(ui, room, pasted, out);
            }
        }
        Some(dialog) => confirm::view(ui, state, dialog, out),
    }
}

/// What the window's title says: how much is unread, and where one is.
pub fn title(state: &State) -> String {
    let place = state.current().map(|room| format!("{} - ", room.place.room.as_str())).unwrap_or_default();
    match state.unread() {
        0 => format!("{place}papo"),
        unread => format!("({unread}) {place}papo"),
    }
}
