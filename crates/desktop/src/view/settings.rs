//! The settings, which hold for every room and take effect at once. Not here: what they do.

use egui::{Align, Layout, Role, Ui, Vec2, WidgetInfo};
use papo_client::State;
use papo_client::state::{Action, Clock, Dialog, Links, Notify, OnClose, Pair, QuietHours, Settings, Theme};
use papo_words::{Language, t};

use super::card::{self, Tone};
use super::moments;
use crate::theme::{size, space};

/// How much larger or smaller one press makes the text, in percent.
const STEP_PERCENT: i16 = 10;

/// How much earlier or later one press makes a time of day.
const STEP_MINUTES: i16 = 30;

/// Draws the settings as a dialog.
pub(super) fn view(ui: &Ui, state: &State, out: &mut Vec<Action>) {
    let mut settings = state.settings.clone();
    let mut is_done = false;
    let mut foot = Vec::new();
    let all = |ui: &mut Ui| {
        card::title(ui, Tone::Calm, t!("screen-settings"));
        let configuration = &state.configuration;
        for fault in [&configuration.fault, &configuration.rest].into_iter().flatten() {
            card::problem(ui, fault);
        }
        look(ui, &mut settings);
        telling(ui, &mut settings);
        writing(ui, &mut settings);
        closing(ui, &mut settings);
        links(ui, state, out);
        pair(ui, out);
        file(ui, state, out);
    };
    // Another dialog than the usual one, which may be scrolled: what is wrong is at its upper end.
    let name = if state.configuration.fault.is_some() { "settings_fault" } else { "settings" };
    let is_closed = card::dialog_with_foot(ui, name, size::SETTINGS, all, |ui| {
        is_done = card::main_button(ui, t!("screen-done")).clicked();
        if card::word_button(ui, t!("screen-keys")).clicked() {
            foot.push(Action::Show(Dialog::Keys));
        }
    });
    out.extend(foot);
    if settings != state.settings {
        out.push(Action::Change(Box::new(settings)));
    }
    if is_closed || is_done {
        out.push(Action::CloseDialog);
    }
}

fn look(ui: &mut Ui, settings: &mut Settings) {
    row(ui, t!("screen-theme"), |ui| {
        choose(ui, &mut settings.theme, Theme::System, t!("screen-theme-system"));
        choose(ui, &mut settings.theme, Theme::Light, t!("screen-theme-light"));
        choose(ui, &mut settings.theme, Theme::Dark, t!("screen-theme-dark"));
    });
    row(ui, t!("screen-language"), |ui| {
        choose(ui, &mut settings.language, None, t!("screen-language-system"));
        let chosen = settings.language.as_deref().and_then(Language::from_tag);
        // A language is called by its own name, so that who cannot read the other one finds it.
        for language in Language::ALL {
            if card::choice(ui, chosen == Some(language), language.name()) {
                settings.language = Some(language.tag().to_owned());
            }
        }
    });
    row(ui, t!("screen-text-size"), |ui| {
        if card::button(ui, t!("screen-smaller")).clicked() {
            *settings = settings.zoomed(-STEP_PERCENT);
        }
        ui.label(t!("screen-percent", percent = settings.text_percent));
        if card::button(ui, t!("screen-larger")).clicked() {
            *settings = settings.zoomed(STEP_PERCENT);
        }
    });
    row(ui, t!("screen-clock"), |ui| {
        choose(ui, &mut settings.clock, Clock::Hours24, t!("screen-clock-24"));
        choose(ui, &mut settings.clock, Clock::Hours12, t!("screen-clock-12"));
    });
    check(ui, &mut settings.times_shown, t!("screen-times-shown"));
    check(ui, &mut settings.moves_shown, t!("screen-moves-shown"));
    check(ui, &mut settings.reduced_motion, t!("screen-reduced-motion"));
}

fn telling(ui: &mut Ui, settings: &mut Settings) {
    row(ui, t!("screen-notify"), |ui| {
        choose(ui, &mut settings.notify, Notify::Mentions, t!("screen-notify-mentions"));
        choose(ui, &mut settings.notify, Notify::All, t!("screen-notify-all"));
        choose(ui, &mut settings.notify, Notify::None, t!("screen-notify-none"));
    });
    quiet(ui, settings);
    check(ui, &mut settings.hide_content, t!("screen-hide-content"));
}

/// Between which times nothing is told.
fn quiet(ui: &mut Ui, settings: &mut Settings) {
    let mut is_quiet = settings.quiet_hours.is_some();
    check(ui, &mut is_quiet, t!("screen-quiet"));
    settings.quiet_hours = is_quiet.then(|| settings.quiet_hours.unwrap_or_default());
    let clock = settings.clock;
    if let Some(hours) = &mut settings.quiet_hours {
        moment(ui, &t!("screen-quiet-from"), clock, &mut hours.from);
        moment(ui, &t!("screen-quiet-until"), clock, &mut hours.until);
    }
}

/// A time of day, earlier and later.
fn moment(ui: &mut Ui, words: &str, clock: Clock, minute: &mut u16) {
    row(ui, words.to_owned(), |ui| {
        let mut step = |ui: &mut Ui, sign: &str, label: String, by: i16| {
            let button = card::button(ui, sign);
            button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
            if button.clicked() {
                *minute = QuietHours::later(*minute, by);
            }
        };
        step(ui, "−", t!("screen-earlier", what = words), -STEP_MINUTES);
        step(ui, "+", t!("screen-later", what = words), STEP_MINUTES);
        ui.label(moments::time_of_minute(*minute, clock));
    });
}

fn writing(ui: &mut Ui, settings: &mut Settings) {
    row(ui, t!("screen-enter"), |ui| {
        choose(ui, &mut settings.enter_sends, true, t!("screen-enter-sends"));
        choose(ui, &mut settings.enter_sends, false, t!("screen-enter-breaks"));
    });
}

/// What closing the window does.
fn closing(ui: &mut Ui, settings: &mut Settings) {
    row(ui, t!("screen-on-close"), |ui| {
        choose(ui, &mut settings.on_close, OnClose::Quit, t!("screen-on-close-quit"));
        choose(ui, &mut settings.on_close, OnClose::Minimise, t!("screen-on-close-minimise"));
    });
    if settings.on_close == OnClose::Minimise {
        // Below the choices, not behind them.
        ui.horizontal_top(|ui| {
            ui.add_space(size::SETTING_LABEL + ui.spacing().item_spacing.x);
            card::aside(ui, t!("screen-on-close-minimise-words"));
        });
    }
}

/// Being the same person on another device.
fn pair(ui: &mut Ui, out: &mut Vec<Action>) {
    row(ui, t!("screen-pair"), |ui| {
        if card::button(ui, t!("screen-pair-offer")).clicked() {
            out.push(Action::Pair(Pair::Offer));
        }
        if card::button(ui, t!("screen-pair-take")).clicked() {
            out.push(Action::Show(Dialog::Pair));
        }
    });
}

/// The file in which all this stands.
fn file(ui: &mut Ui, state: &State, out: &mut Vec<Action>) {
    if state.configuration.path.is_none() {
        return;
    }
    row(ui, t!("screen-config"), |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::TINY;
            card::aside(ui, t!("screen-config-words", file = state.configuration.shown.as_str()));
            if card::word_button(ui, t!("screen-config-folder")).clicked() {
                out.push(Action::OpenConfigurationFolder);
            }
        });
    });
}

/// Which program opens links, where the system lets a person choose.
fn links(ui: &mut Ui, state: &State, out: &mut Vec<Action>) {
    let is_here = match &state.links {
        Links::NotHere => return,
        Links::Here => true,
        Links::No | Links::Failed(_) => false,
    };
    let mut wanted = is_here;
    check(ui, &mut wanted, t!("screen-links"));
    if wanted != is_here {
        out.push(Action::OpenLinksHere(wanted));
    }
    if let Links::Failed(text) = &state.links {
        card::problem(ui, text.as_str());
    }
}

/// A switch. Several of them stand closer together than buttons do.
fn check(ui: &mut Ui, value: &mut bool, words: String) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = size::TEXT_LINE;
        ui.checkbox(value, words);
    });
}

/// A word, and beside it what there is to choose from.
fn row(ui: &mut Ui, label: String, add: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(
            Vec2::new(size::SETTING_LABEL, size::BUTTON),
            Layout::left_to_right(Align::Center),
            |ui| {
                ui.set_min_width(size::SETTING_LABEL);
                card::aside(ui, label);
            },
        );
        ui.horizontal_wrapped(add);
    });
}

fn choose<T: PartialEq>(ui: &mut Ui, value: &mut T, choice: T, text: String) {
    if card::choice(ui, *value == choice, text) {
        *value = choice;
    }
}
