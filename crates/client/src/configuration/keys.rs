//! The keys of the configuration file that are about the window: their names, what they may hold, and which choice each
//! of them is. Not here: reading and writing the file.

use papo_proto::Name;
use papo_words::{Language, t};
use toml_edit::{Item, Value};

use super::Choices;
use crate::said::Said as _;
use crate::state::{Clock, Notify, OnClose, QuietHours, Settings, TEXT_PERCENT, Theme};

/// The section that is the window's alone.
pub const SECTION: &str = "window";

/// Where the name stands, which is for every command.
const CLIENT: &str = "client";

/// How the file says that there are no quiet hours.
const OFF: &str = "off";

/// A key.
pub(super) struct Key {
    /// Its section; above all sections where there is none.
    pub(super) section: Option<&'static str>,
    pub(super) name: &'static str,
    /// What it is to hold; nothing where the key is to be missing.
    pub(super) get: fn(&Choices) -> Option<Plain>,
    /// Takes what it holds; the error says what it may hold.
    pub(super) set: fn(&mut Choices, &Plain) -> Result<(), String>,
    /// Takes it from other choices.
    copy: fn(&Choices, &mut Choices),
}

impl Key {
    /// The key behind its section, as people write it.
    pub(super) fn shown(&self) -> String {
        self.section.map_or_else(|| self.name.to_owned(), |section| format!("{section}.{}", self.name))
    }

    /// Takes what one has over into the other.
    pub(super) fn copy(&self, from: &Choices, to: &mut Choices) {
        (self.copy)(from, to);
    }
}

/// A value of the file, of those kinds that are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    Text(String),
    Number(i64),
    Truth(bool),
}

impl Plain {
    /// What an item of the file holds; the error says that it is of another kind.
    pub(super) fn of(item: &Item) -> Result<Self, String> {
        match item {
            Item::Value(Value::String(text)) => Ok(Self::Text(text.value().clone())),
            Item::Value(Value::Integer(number)) => Ok(Self::Number(*number.value())),
            Item::Value(Value::Boolean(truth)) => Ok(Self::Truth(*truth.value())),
            _ => Err(t!("client-config-kind")),
        }
    }

    /// As one would type it.
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => format!("{text:?}"),
            Self::Number(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
        }
    }

    fn truth(&self) -> Result<bool, String> {
        match self {
            Self::Truth(truth) => Ok(*truth),
            other => Err(t!("client-config-not-truth", text = other.shown())),
        }
    }

    /// One of a few words or numbers.
    fn choice<T: Copy>(&self, choices: &[(Self, T)]) -> Result<T, String> {
        let found = choices.iter().find(|(value, _)| value == self);
        let bare = |value: &Self| match value {
            Self::Text(text) => text.clone(),
            other => other.shown(),
        };
        let words = || choices.iter().map(|(value, _)| bare(value)).collect::<Vec<_>>().join(", ");
        found
            .map(|(_, choice)| *choice)
            .ok_or_else(|| t!("client-config-none-of", text = self.shown(), words = words()))
    }
}

impl From<Plain> for Value {
    fn from(plain: Plain) -> Self {
        match plain {
            Plain::Text(text) => text.into(),
            Plain::Number(number) => number.into(),
            Plain::Truth(truth) => truth.into(),
        }
    }
}

/// A switch of the settings.
macro_rules! truth {
    ($name:literal, $field:ident) => {
        Key {
            section: Some(SECTION),
            name: $name,
            get: |choices| Some(Plain::Truth(choices.settings.$field)),
            set: |choices, value| value.truth().map(|truth| choices.settings.$field = truth),
            copy: |from, to| to.settings.$field = from.settings.$field,
        }
    };
}

/// A setting that is one of a few.
macro_rules! choice {
    ($name:literal, $field:ident, $kinds:ident) => {
        Key {
            section: Some(SECTION),
            name: $name,
            get: |choices| of_choice(&$kinds(), choices.settings.$field),
            set: |choices, value| value.choice(&$kinds()).map(|choice| choices.settings.$field = choice),
            copy: |from, to| to.settings.$field = from.settings.$field,
        }
    };
}

/// Every key.
pub(super) const KEYS: [Key; 13] = [
    Key {
        section: None,
        name: "lang",
        get: |choices| choices.settings.language.clone().map(Plain::Text),
        set: set_language,
        copy: |from, to| to.settings.language.clone_from(&from.settings.language),
    },
    choice!("theme", theme, themes),
    Key {
        section: Some(SECTION),
        name: "text-percent",
        get: |choices| Some(Plain::Number(choices.settings.text_percent.into())),
        set: set_text_percent,
        copy: |from, to| to.settings.text_percent = from.settings.text_percent,
    },
    choice!("notify", notify, notices),
    Key {
        section: Some(SECTION),
        name: "quiet-hours",
        get: |choices| Some(quiet_hours(choices.settings.quiet_hours)),
        set: set_quiet_hours,
        copy: |from, to| to.settings.quiet_hours = from.settings.quiet_hours,
    },
    truth!("hide-content", hide_content),
    truth!("enter-sends", enter_sends),
    truth!("reduced-motion", reduced_motion),
    choice!("clock", clock, clocks),
    truth!("times-shown", times_shown),
    truth!("moves-shown", moves_shown),
    choice!("on-close", on_close, ends),
    Key {
        section: Some(CLIENT),
        name: "name",
        get: |choices| choices.name.as_ref().map(|name| Plain::Text(name.to_string())),
        set: set_name,
        copy: |from, to| to.name.clone_from(&from.name),
    },
];

fn word(text: &str) -> Plain {
    Plain::Text(text.to_owned())
}

fn themes() -> [(Plain, Theme); 3] {
    [(word("system"), Theme::System), (word("light"), Theme::Light), (word("dark"), Theme::Dark)]
}

fn notices() -> [(Plain, Notify); 3] {
    [(word("mentions"), Notify::Mentions), (word("all"), Notify::All), (word("none"), Notify::None)]
}

fn clocks() -> [(Plain, Clock); 2] {
    [(Plain::Number(12), Clock::Hours12), (Plain::Number(24), Clock::Hours24)]
}

fn ends() -> [(Plain, OnClose); 2] {
    [(word("quit"), OnClose::Quit), (word("minimise"), OnClose::Minimise)]
}

fn of_choice<T: Copy + PartialEq>(choices: &[(Plain, T)], chosen: T) -> Option<Plain> {
    choices.iter().find(|(_, choice)| *choice == chosen).map(|(value, _)| value.clone())
}

fn set_language(choices: &mut Choices, value: &Plain) -> Result<(), String> {
    let wrong = || {
        let words = Language::ALL.map(Language::tag).join(", ");
        t!("client-config-none-of", text = value.shown(), words = words)
    };
    let Plain::Text(text) = value else { return Err(wrong()) };
    Language::from_tag(text).ok_or_else(wrong)?;
    choices.settings.language = Some(text.clone());
    Ok(())
}

fn set_text_percent(choices: &mut Choices, value: &Plain) -> Result<(), String> {
    let (least, most) = TEXT_PERCENT;
    let number = match value {
        Plain::Number(number) => u16::try_from(*number).ok(),
        _ => None,
    };
    let percent = number.filter(|percent| (least..=most).contains(percent));
    let wrong = || t!("client-config-not-between", text = value.shown(), least = least, most = most);
    choices.settings.text_percent = percent.ok_or_else(wrong)?;
    Ok(())
}

fn set_quiet_hours(choices: &mut Choices, value: &Plain) -> Result<(), String> {
    let wrong = || t!("client-config-not-hours", text = value.shown());
    choices.settings.quiet_hours = match value {
        Plain::Text(text) if text == OFF => None,
        Plain::Text(text) => Some(hours(text).ok_or_else(wrong)?),
        _ => return Err(wrong()),
    };
    Ok(())
}

fn quiet_hours(hours: Option<QuietHours>) -> Plain {
    Plain::Text(hours.map_or_else(|| OFF.to_owned(), hours_text))
}

/// Two times of day as the file has them: `22:00-07:00`.
fn hours_text(hours: QuietHours) -> String {
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    format!("{}-{}", time(hours.from), time(hours.until))
}

fn hours(text: &str) -> Option<QuietHours> {
    let (from, until) = text.split_once('-')?;
    Some(QuietHours { from: minute(from)?, until: minute(until)? })
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |text: &str, below: u16| text.parse::<u16>().ok().filter(|number| *number < below);
    Some(number(hour, 24)? * 60 + number(minute, 60)?)
}

fn set_name(choices: &mut Choices, value: &Plain) -> Result<(), String> {
    // Every other command takes a number for a name as well.
    let text = match value {
        Plain::Text(text) => text.clone(),
        other => other.shown(),
    };
    choices.name = Some(Name::parse(&text).map_err(|error| error.said())?);
    Ok(())
}

/// The settings name every key, so that none is forgotten when one is added.
const _: fn(Settings) = |settings| {
    let Settings {
        theme: _,
        language: _,
        text_percent: _,
        notify: _,
        quiet_hours: _,
        hide_content: _,
        enter_sends: _,
        reduced_motion: _,
        clock: _,
        times_shown: _,
        moves_shown: _,
        on_close: _,
        // What is shown at the sides is remembered with the window.
        rooms_shown: _,
        members_shown: _,
    } = settings;
};
