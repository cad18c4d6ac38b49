//! Asks for how long and why something is to be done to somebody, before it is. Not here: who may.

use egui::Ui;
use papo_client::orders::{self, Verb};
use papo_client::state::{Action, Room};
use papo_proto::limits::WHY_CHARS_MAX;
use papo_proto::{Member, Whom};
use papo_words::t;

use super::card::{self, Tone};
use super::parts;
use crate::theme::size;

/// What can be chosen, in seconds; at the end for good.
const TIMES: [Option<u32>; 4] = [Some(10 * 60), Some(60 * 60), Some(24 * 60 * 60), None];

/// What was typed and chosen so far.
#[derive(Debug, Default)]
pub(super) struct Local {
    why: String,
    seconds: Option<u32>,
}

/// Draws the question.
pub(super) fn view(
    ui: &Ui,
    room: &Room,
    verb: Verb,
    member: &Member,
    local: &mut Local,
    out: &mut Vec<Action>,
) {
    let name = parts::name_in_words(member, room.timeline.needs_badge(member));
    let Some((question, words, confirm)) = words(verb, &name) else {
        out.push(Action::CloseDialog);
        return;
    };
    let (mut is_done, mut is_cancelled) = (false, false);
    let denied = room.may(verb, &member.id).err();
    let is_closed = card::dialog(ui, "about", size::CARD, |ui| {
        card::title(ui, Tone::Calm, question);
        card::words(ui, words);
        if matches!(verb, Verb::Ban | Verb::Mute) {
            card::aside(ui, t!("window-how-long"));
            ui.horizontal_wrapped(|ui| {
                for seconds in TIMES {
                    if card::choice(ui, local.seconds == seconds, time_in_words(seconds)) {
                        local.seconds = seconds;
                    }
                }
            });
        }
        if verb != Verb::Own {
            let width = ui.available_width();
            card::field(ui, t!("window-why"), "", &mut local.why, width);
        }
        let is_too_long = local.why.trim().chars().count() > WHY_CHARS_MAX;
        if is_too_long {
            card::problem(ui, t!("window-why-too-long", most = WHY_CHARS_MAX));
        }
        if let Some(denied) = denied {
            card::problem(ui, super::members::denied_in_words(denied));
        }
        ui.horizontal_wrapped(|ui| {
            is_cancelled = card::main_button(ui, t!("screen-cancel")).clicked();
            ui.add_enabled_ui(denied.is_none() && !is_too_long, |ui| {
                is_done = card::button(ui, confirm).clicked();
            });
        });
    });
    if is_done {
        let why = Some(local.why.trim().to_owned()).filter(|why| !why.is_empty());
        let act = orders::act(verb, Whom::new(member.id.clone()), local.seconds, why);
        out.push(Action::Act(room.id, act));
    }
    if is_done || is_cancelled || is_closed {
        *local = Local::default();
        out.push(Action::CloseDialog);
    }
}

/// The question, what follows, and the word on the button; nothing for what is done without a question.
fn words(verb: Verb, name: &str) -> Option<(String, String, String)> {
    Some(match verb {
        Verb::Kick => (t!("window-ask-kick", name = name), t!("window-ask-kick-words"), t!("window-do-kick")),
        Verb::Ban => (t!("window-ask-ban", name = name), t!("window-ask-ban-words"), t!("window-do-ban")),
        Verb::Mute => (t!("window-ask-mute", name = name), t!("window-ask-mute-words"), t!("window-do-mute")),
        Verb::Own => (t!("window-ask-own", name = name), t!("window-ask-own-words"), t!("window-do-own")),
        _ => return None,
    })
}

/// For how long, as one chooses it.
pub(super) fn time_in_words(seconds: Option<u32>) -> String {
    const HOUR: u32 = 60 * 60;
    match seconds {
        None => t!("window-for-good"),
        Some(seconds) if seconds.is_multiple_of(24 * HOUR) => {
            t!("window-days", count = seconds / (24 * HOUR))
        }
        Some(seconds) if seconds.is_multiple_of(HOUR) => t!("window-hours", count = seconds / HOUR),
        Some(seconds) if seconds.is_multiple_of(60) => t!("window-minutes", count = seconds / 60),
        Some(seconds) => t!("window-seconds", count = seconds),
    }
}
