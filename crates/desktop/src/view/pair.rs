//! Being one person on two devices: the code of this one's key, shown large, or the field for the code of the other one's.
//! Not here: what goes over, and how.

use egui::{Key, Label, RichText, Ui};
use papo_client::State;
use papo_client::state::{Action, Clock, Offering, Pair, Pairing};
use papo_words::t;

use super::card::{self, Tone};
use super::moments;
use crate::theme::{self, size, space};

/// What was typed so far, and whether the field has been shown.
#[derive(Debug, Default)]
pub(super) struct Local {
    typed: String,
    is_begun: bool,
}

/// Draws the dialog.
pub(super) fn view(ui: &Ui, state: &State, local: &mut Local, out: &mut Vec<Action>) {
    let mut is_done = false;
    let is_closed = card::dialog(ui, "pair", size::CARD, |ui| {
        is_done = match &state.pairing {
            Pairing::Off | Pairing::Failed { is_offer: false, .. } => ask(ui, state, local, out),
            Pairing::Preparing => waits(ui, t!("screen-pair-offer"), t!("screen-pair-preparing")),
            Pairing::Taking => waits(ui, t!("screen-pair-take"), t!("screen-pair-taking")),
            Pairing::Offering(offering) => offer(ui, offering, state.settings.clock, out),
            Pairing::Given { from, member } => {
                let (from, badge) = (from.to_string(), member.badge());
                done(
                    ui,
                    t!("screen-pair-given"),
                    &[t!("screen-pair-given-words", from = from, badge = badge)],
                )
            }
            Pairing::Taken { member, old } => {
                let mut words = vec![t!("screen-pair-taken-words", badge = member.badge())];
                words.extend(old.as_ref().map(|old| t!("screen-pair-old", file = old.display().to_string())));
                done(ui, t!("screen-pair-taken"), &words)
            }
            Pairing::Same(member) => {
                done(ui, t!("screen-pair-taken"), &[t!("screen-pair-same", badge = member.badge())])
            }
            Pairing::Failed { text, .. } => failed(ui, text, out),
        };
    });
    if is_closed || is_done {
        *local = Local::default();
        out.push(Action::CloseDialog);
    }
}

/// The field for the code, and what it does. Returns whether the dialog is to be closed, as all below.
fn ask(ui: &mut Ui, state: &State, local: &mut Local, out: &mut Vec<Action>) -> bool {
    card::title(ui, Tone::Calm, t!("screen-pair-take"));
    card::words(ui, t!("screen-pair-take-words"));
    let width = ui.available_width();
    let field = card::field(ui, t!("screen-pair-code"), "", &mut local.typed, width);
    if !std::mem::replace(&mut local.is_begun, true) {
        field.request_focus();
    }
    let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if let Pairing::Failed { text, .. } = &state.pairing {
        card::problem(ui, text);
    }
    card::aside(ui, t!("screen-pair-take-care"));
    let mut is_cancelled = false;
    ui.horizontal_wrapped(|ui| {
        if card::main_button(ui, t!("screen-pair-take-do")).clicked() || is_entered {
            out.push(Action::Pair(Pair::Take(local.typed.clone())));
        }
        is_cancelled = card::button(ui, t!("screen-cancel")).clicked();
    });
    is_cancelled
}

/// The code, and until when it holds.
fn offer(ui: &mut Ui, offering: &Offering, clock: Clock, out: &mut Vec<Action>) -> bool {
    card::title(ui, Tone::Calm, t!("screen-pair-offer"));
    card::words(ui, t!("screen-pair-offer-words"));
    let code = offering.code.reveal();
    large(ui, &code);
    card::aside(ui, t!("screen-pair-offer-care", time = moments::time(offering.ends, clock)));
    if offering.is_alone {
        card::problem(ui, t!("screen-pair-alone"));
    }
    if offering.strangers > 0 {
        card::problem(ui, t!("screen-pair-strangers", count = offering.strangers));
    }
    let mut is_cancelled = false;
    ui.horizontal_wrapped(|ui| {
        is_cancelled = card::main_button(ui, t!("screen-cancel")).clicked();
        if card::button(ui, t!("screen-pair-copy")).clicked() {
            out.push(Action::Copy(code.clone()));
        }
    });
    is_cancelled
}

/// A code that is read from one screen and typed at another: where to go above, the letters below it.
fn large(ui: &mut Ui, code: &str) {
    let (place, letters) = code.rsplit_once('/').unwrap_or((code, ""));
    let text = RichText::new(format!("{place}/\n{letters}"))
        .font(theme::mono(size::PAIRING_CODE))
        .line_height(Some(size::PAIRING_CODE_LINE));
    card::boxed(ui, theme::palette(ui).code, |ui| {
        let shown = ui.add(Label::new(text).wrap());
        // Whoever hears it hears it whole.
        shown.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, code));
    });
    ui.add_space(space::TINY);
}

fn waits(ui: &mut Ui, title: String, words: String) -> bool {
    card::title(ui, Tone::Calm, title);
    card::words(ui, words);
    card::main_button(ui, t!("screen-cancel")).clicked()
}

fn done(ui: &mut Ui, title: String, words: &[String]) -> bool {
    card::title(ui, Tone::Calm, title);
    words.iter().for_each(|words| card::words(ui, words));
    card::main_button(ui, t!("screen-done")).clicked()
}

fn failed(ui: &mut Ui, text: &str, out: &mut Vec<Action>) -> bool {
    card::title(ui, Tone::Warn, t!("screen-pair-failed"));
    card::words(ui, text);
    let mut is_done = false;
    ui.horizontal_wrapped(|ui| {
        if card::main_button(ui, t!("screen-pair-again")).clicked() {
            out.push(Action::Pair(Pair::Offer));
        }
        is_done = card::button(ui, t!("screen-close")).clicked();
    });
    is_done
}
