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

mod composer;
mod header;
mod members;
mod sidebar;
mod start;
mod timeline;

use egui::{CentralPanel, Frame, Margin, Panel, Ui};
use papo_client::State;
use papo_client::state::{Action, Room, Screen};
use papo_proto::Timestamp;

use crate::theme::{self, size, space};

/// What the views keep for themselves: nothing that matters when the program ends.
#[derive(Debug, Default)]
pub struct Local {
    /// The time of this frame, by our own clock.
    pub now: Timestamp,
    timeline: timeline::Local,
}

/// Draws everything.
pub fn root(ui: &mut Ui, state: &State, local: &mut Local, out: &mut Vec<Action>) {
    let width = ui.available_width();
    let palette = theme::palette(ui);
    let pane = |ground| Frame::new().fill(ground).inner_margin(Margin::same(0));
    if width >= size::FOLD_SIDEBAR_BELOW {
        Panel::left("sidebar")
            .exact_size(size::SIDEBAR)
            .resizable(false)
            .frame(pane(palette.panel).inner_margin(space::SMALL))
            .show(ui, |ui| sidebar::view(ui, state, out));
    }
    match (state.screen, state.current()) {
        (Screen::Room(_), Some(room)) => {
            if width >= size::FOLD_MEMBERS_BELOW && state.settings.members_shown {
                Panel::right("members")
                    .exact_size(size::MEMBERS)
                    .resizable(false)
                    .frame(pane(palette.paper).inner_margin(space::MEDIUM))
                    .show(ui, |ui| members::view(ui, room));
            }
            self::room(ui, state, room, local, out);
        }
        _ => {
            CentralPanel::default().frame(pane(palette.paper)).show(ui, |ui| start::view(ui, state, out));
        }
    }
}

fn room(ui: &mut Ui, state: &State, room: &Room, local: &mut Local, out: &mut Vec<Action>) {
    let palette = theme::palette(ui);
    let pane = Frame::new().fill(palette.paper);
    Panel::top("header")
        .exact_size(size::HEADER)
        .frame(pane.inner_margin(Margin::symmetric(20, 0)))
        .show(ui, |ui| header::view(ui, room, out));
    Panel::bottom("composer")
        .frame(pane.inner_margin(Margin { left: 20, right: 20, top: 4, bottom: 16 }))
        .show(ui, |ui| composer::view(ui, state, room, local.now, out));
    CentralPanel::default().frame(pane).show(ui, |ui| {
        timeline::view(ui, state, room, &mut local.timeline, out);
    });
}

/// What the window's title says: how much is unread, and where one is.
pub fn title(state: &State) -> String {
    let place = state.current().map(|room| format!("{} - ", room.place.room.as_str())).unwrap_or_default();
    match state.unread() {
        0 => format!("{place}papo"),
        unread => format!("({unread}) {place}papo"),
    }
}
