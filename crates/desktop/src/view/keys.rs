//! The list of keys, drawn from the tables of them, and of commands. Not here: what they do.

use egui::{Grid, Key, KeyboardShortcut, Modifiers, RichText, Ui};
use papo_client::State;
use papo_client::state::Action;
use papo_words::t;

use super::card::{self, Tone};
use super::shortcuts::{BINDINGS, CHOSEN, NUMBERS, WHILE_EMPTY, shown};
use crate::theme::{self, size, space};

/// Shows every key and what it does. Where two keys do the same, both stand there.
pub(super) fn view(ui: &Ui, state: &State, out: &mut Vec<Action>) {
    let mut is_done = false;
    let is_closed = card::dialog(ui, "keys", size::SETTINGS, |ui| {
        card::title(ui, Tone::Calm, t!("screen-keys"));
        Grid::new("keys").num_columns(2).spacing([space::LARGE, space::TINY]).show(ui, |ui| {
            for binding in &BINDINGS {
                entry(ui, &shown(ui, &binding.keys), binding.what.help());
            }
            entry(ui, &numbers(ui), t!("window-key-room-number"));
        });
        card::title(ui, Tone::Calm, t!("screen-keys-writing"));
        Grid::new("writing").num_columns(2).spacing([space::LARGE, space::TINY]).show(ui, |ui| {
            for (modifiers, key, help) in writing(state.settings.enter_sends) {
                entry(ui, &shown(ui, &KeyboardShortcut::new(modifiers, key)), help);
            }
            for binding in &WHILE_EMPTY {
                entry(ui, &shown(ui, &binding.keys), t!("window-key-empty", what = binding.what.help()));
            }
        });
        card::title(ui, Tone::Calm, t!("screen-keys-chosen"));
        Grid::new("chosen").num_columns(2).spacing([space::LARGE, space::TINY]).show(ui, |ui| {
            for (key, what) in CHOSEN {
                entry(ui, key.symbol_or_name(), what.help());
            }
            let shift = |key| shown(ui, &KeyboardShortcut::new(Modifiers::SHIFT, key));
            let both = format!("{} {}", shift(Key::ArrowUp), shift(Key::ArrowDown));
            entry(ui, &both, t!("window-key-select-more"));
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

fn entry(ui: &mut Ui, keys: &str, help: String) {
    ui.label(RichText::new(keys).font(theme::mono(size::CODE)));
    ui.label(RichText::new(help).font(theme::plain(size::LABEL)));
    ui.end_row();
}

/// The first and the last of the keys that show a room by its number.
fn numbers(ui: &Ui) -> String {
    let one = |key| shown(ui, &KeyboardShortcut::new(Modifiers::ALT, key));
    format!("{} … {}", one(NUMBERS[0]), NUMBERS[NUMBERS.len() - 1].symbol_or_name())
}

/// The keys of the field in which one writes.
fn writing(enter_sends: bool) -> [(Modifiers, Key, String); 5] {
    let (sends, breaks) =
        if enter_sends { (Modifiers::NONE, Modifiers::SHIFT) } else { (Modifiers::SHIFT, Modifiers::NONE) };
    [
        (sends, Key::Enter, t!("window-key-send")),
        (breaks, Key::Enter, t!("window-key-break")),
        (Modifiers::NONE, Key::Tab, t!("window-key-complete")),
        (Modifiers::NONE, Key::ArrowUp, t!("window-key-edit-last")),
        (Modifiers::NONE, Key::Escape, t!("window-key-cancel")),
    ]
}

/// The commands that a message can begin with, each with what it does.
fn commands() -> [String; 26] {
    [
        t!("screen-command-me"),
        t!("screen-command-shrug"),
        t!("screen-command-text"),
        t!("screen-command-reply"),
        t!("screen-command-react"),
        t!("screen-command-edit"),
        t!("screen-command-delete"),
        t!("screen-command-nick"),
        t!("screen-command-call"),
        t!("screen-command-who"),
        t!("screen-command-ignore"),
        t!("screen-command-search"),
        t!("screen-command-clear"),
        t!("screen-command-theme"),
        t!("screen-command-timestamp"),
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
