//! The first screen: joining a room, opening one here, and the rooms known from before. Not here: what an
//! invite is, and the server.
//!
//! ```text
//!   ● papo
//!   what it is, in a sentence
//!  ┌─────────────────────────────┐
//!  │ Join a room                 │
//!  │ [ invite or address       ] │
//!  │ [ name           ] [ Join ] │
//!  └─────────────────────────────┘
//!  [ Open a room here ]  Recent: lobby, class
//! ```

use egui::{Align, Event, Key, Layout, RichText, Sense, Ui, Vec2};
use papo_client::State;
use papo_client::state::{Action, Dialog, Hosted, Hosting, JoinProblem, Reach};
use papo_proto::{Address, Invite};
use papo_words::t;

use super::card::{self, Tone};
use super::qr;
use crate::bubble;
use crate::theme::{self, size, space};

/// How many rooms known from before are listed.
const RECENT_MAX: usize = 4;

/// Draws the start screen.
pub(super) fn view(ui: &mut Ui, state: &State, out: &mut Vec<Action>) {
    take_paste(ui, state, out);
    card::middle(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::LARGE;
        brand(ui);
        card::card(ui, Tone::Calm, |ui| join(ui, state, out));
        match &state.hosting {
            Hosting::Off => {
                ui.horizontal_wrapped(|ui| {
                    if card::button(ui, t!("screen-open")).clicked() {
                        out.push(Action::Show(Dialog::Open));
                    }
                    recent(ui, state, out);
                });
            }
            Hosting::Starting => {
                card::aside(ui, t!("screen-opening"));
            }
            Hosting::On(hosted) => {
                card::card(ui, Tone::Calm, |ui| opened(ui, state, hosted, out));
            }
            Hosting::Failed(text) => card::card(ui, Tone::Warn, |ui| failed(ui, text, out)),
        }
    });
}

fn brand(ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::MEDIUM;
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(size::BUBBLE), Sense::hover());
        ui.painter().add(bubble::shape(rect, theme::palette(ui).accent));
        ui.add(egui::Label::new(RichText::new("papo").font(theme::bold(size::BRAND))).selectable(false));
    });
    let soft = theme::palette(ui).soft;
    ui.label(RichText::new(t!("screen-lead")).color(soft).line_height(Some(size::TEXT_LINE)));
}

fn join(ui: &mut Ui, state: &State, out: &mut Vec<Action>) {
    card::title(ui, Tone::Calm, t!("screen-join-title"));
    let (mut target, mut name) = (state.start.target.clone(), state.start.name.clone());
    let width = ui.available_width();
    let usual = Address::default().to_string();
    let typed = card::field(ui, t!("screen-target"), &usual, &mut target, width);
    // A dialog over it has fields of its own.
    let is_first = state.dialog.is_none() && ui.memory(|memory| memory.focused().is_none());
    if is_first {
        typed.request_focus();
    }
    let mut is_asked = false;
    let word = t!("screen-join");
    let named = ui.horizontal(|ui| {
        let button = card::main_button_width(ui, &word);
        let named = card::field(ui, t!("screen-name"), "", &mut name, width - button - space::SMALL);
        ui.with_layout(Layout::bottom_up(Align::RIGHT), |ui| {
            is_asked = card::main_button_of(ui, word, size::FIELD).clicked();
        });
        named
    });
    if typed.changed() || named.inner.changed() {
        out.push(Action::TypeStart { target, name });
    }
    let is_entered =
        (typed.lost_focus() || named.inner.lost_focus()) && ui.input(|input| input.key_pressed(Key::Enter));
    if is_asked || is_entered {
        out.push(Action::Join);
    }
    if let Ok(invite) = state.start.target.parse::<Invite>() {
        // A link is too long to be read; where it leads is not.
        let address = invite.address.to_string();
        card::aside(ui, t!("screen-leads-to", room = invite.room.as_str(), address = address));
    }
    if let Some(wrong) = &state.start.problem {
        card::problem(ui, problem_words(wrong));
    }
}

fn problem_words(problem: &JoinProblem) -> String {
    let text = problem.to_string();
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn recent(ui: &mut Ui, state: &State, out: &mut Vec<Action>) {
    if state.start.recent.is_empty() {
        return;
    }
    card::aside(ui, t!("screen-recent"));
    for place in state.start.recent.iter().take(RECENT_MAX) {
        let room = card::word_button(ui, place.room.as_str());
        if room.on_hover_text(place.address.to_string()).clicked() {
            out.push(Action::JoinPlace(Box::new(place.clone())));
        }
    }
}

/// The room in this program.
fn opened(ui: &mut Ui, state: &State, hosted: &Hosted, out: &mut Vec<Action>) {
    card::title(ui, Tone::Calm, t!("screen-opened", room = hosted.invite.room.as_str()));
    let address = hosted.invite.address.to_string();
    card::words(
        ui,
        match hosted.reach {
            Reach::Network => t!("screen-opened-network", address = address),
            Reach::ThisComputer => t!("screen-opened-here", address = address),
        },
    );
    ui.horizontal_wrapped(|ui| {
        if let Some(room) = state.rooms.iter().find(|room| state.is_hosted(room)) {
            if card::button(ui, t!("screen-go")).clicked() {
                out.push(Action::ShowRoom(room.id));
            }
            if card::button(ui, t!("screen-show-invite")).clicked() {
                out.push(Action::Show(Dialog::Invite(room.id)));
            }
        }
        if card::word_button(ui, t!("screen-stop")).clicked() {
            out.push(Action::StopHosting);
        }
    });
}

/// An invite link with its code and a way to copy it.
pub(super) fn link(ui: &mut Ui, link: &str, out: &mut Vec<Action>) {
    card::literal(ui, link);
    ui.horizontal_top(|ui| {
        qr::view(ui, link, &t!("screen-qr"));
        ui.vertical(|ui| {
            if card::main_button(ui, t!("screen-copy-link")).clicked() {
                out.push(Action::Copy(link.to_owned()));
            }
            card::aside(ui, t!("screen-qr-words"));
        });
    });
}

fn failed(ui: &mut Ui, text: &str, out: &mut Vec<Action>) {
    card::title(ui, Tone::Warn, t!("screen-open-failed"));
    card::words(ui, text);
    if card::main_button(ui, t!("screen-again")).clicked() {
        out.push(Action::Show(Dialog::Open));
    }
}

/// A link that is pasted while no field has the keyboard goes where it belongs.
fn take_paste(ui: &Ui, state: &State, out: &mut Vec<Action>) {
    if ui.memory(|memory| memory.focused().is_some()) || state.dialog.is_some() {
        return;
    }
    let pasted = ui.input(|input| {
        input.events.iter().find_map(|event| match event {
            Event::Paste(text) => Some(text.trim().to_owned()),
            _ => None,
        })
    });
    if let Some(target) = pasted {
        out.push(Action::TypeStart { target, name: state.start.name.clone() });
    }
}
