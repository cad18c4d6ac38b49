//! The list of keys, drawn from the one table of them, and of commands. Not here: what they do.

use egui::{Grid, RichText, Ui};
use papo_client::state::Action;
use papo_words::t;

use super::card::{self, Tone};
use super::shortcuts::BINDINGS;
use crate::theme::{self, size, space};

/// Shows every key and what it does. Where two keys do the same, both stand there.
pub(super) fn view(ui: &Ui, out: &mut Vec<Action>) {
    let mut is_done = false;
    let is_closed = card::dialog(ui, "keys", size::SETTINGS, |ui| {
        card::title(ui, Tone::Calm, t!("screen-keys"));
        Grid::new("keys").num_columns(2).spacing([space::LARGE, space::TINY]).show(ui, |ui| {
            for binding in &BINDINGS {
                let keys = ui.ctx().format_shortcut(&binding.keys);
                ui.label(RichText::new(keys).font(theme::mono(size::CODE)));
                ui.label(RichText::new(binding.what.help()).font(theme::plain(size::LABEL)));
                ui.end_row();
            }
        });
        card::title(ui, Tone::Calm, t!("screen-commands"));
        for line in commands() {
            ui.label(RichText::new(line).font(theme::plain(size::LABEL)));
        }
        is_done = card::main_button(ui, t!("screen-close")).clicked();
    });
    if is_closed || is_done {
        out.push(Action::CloseDialog);
    }
}

/// The commands that a message can begin with, each with what it does.
fn commands() -> [String; 14] {
    [
        t!("screen-command-me"),
        t!("screen-command-nick"),
        t!("screen-command-search"),
        t!("screen-command-leave"),
        t!("screen-command-invite"),
        t!("screen-command-access"),
        t!("screen-command-audit"),
        t!("screen-command-kick"),
        t!("screen-command-ban"),
        t!("screen-command-mute"),
        t!("screen-command-op"),
        t!("screen-command-slow"),
        t!("screen-command-announce"),
        t!("screen-command-lock"),
    ]
}
