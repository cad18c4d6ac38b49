//! What a person has chosen for every room. Not here: where it is kept.

use serde::{Deserialize, Serialize};

/// The smallest and the largest size of the text, in percent.
pub const TEXT_PERCENT: (u16, u16) = (70, 250);

/// What the person has chosen. A file of another version may lack any of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent switch on the settings' page")]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// The language as `en` or `pt`; the system's where none is said.
    pub language: Option<String>,
    /// The size of the text in percent, within [`TEXT_PERCENT`].
    pub text_percent: u16,
    /// When the person is told of a message.
    pub notify: Notify,
    /// Between which times of day nothing is told.
    pub quiet_hours: Option<QuietHours>,
    /// Whether a notification leaves out who has said what.
    pub hide_content: bool,
    /// Whether Enter sends and Shift+Enter breaks the line; else the other way round.
    pub enter_sends: bool,
    /// Whether nothing moves that need not.
    pub reduced_motion: bool,
    /// How times of day are written.
    pub clock: Clock,
    /// Whether messages have their time beside them.
    pub times_shown: bool,
    /// Whether the list of rooms is shown where there is room for it.
    pub rooms_shown: bool,
    /// Whether the list of members is shown where there is room for it.
    pub members_shown: bool,
    /// Whether it is told in the timeline who comes and goes.
    pub moves_shown: bool,
    /// What closing the window does.
    pub on_close: OnClose,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: None,
            text_percent: 100,
            notify: Notify::Mentions,
            quiet_hours: None,
            hide_content: false,
            enter_sends: true,
            reduced_motion: false,
            clock: Clock::Hours24,
            times_shown: true,
            rooms_shown: true,
            members_shown: true,
            moves_shown: true,
            on_close: OnClose::Quit,
        }
    }
}

impl Settings {
    /// The settings with the text so many percent larger, within the bounds.
    #[must_use]
    pub fn zoomed(&self, percent: i16) -> Self {
        let (least, most) = TEXT_PERCENT;
        let text_percent = self.text_percent.saturating_add_signed(percent).clamp(least, most);
        Self { text_percent, ..self.clone() }
    }
}

/// What closing the window does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnClose {
    /// It ends the program.
    #[default]
    Quit,
    /// The program goes on in the task bar, and notifies.
    Minimise,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Ink on paper.
    Light,
    /// Its own palette, not the light one turned round.
    Dark,
}

/// When a person is told of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notify {
    /// Where the person is named or answered.
    #[default]
    Mentions,
    /// Always.
    All,
    /// Never.
    None,
}

/// From when to when nothing is told, in minutes after midnight by this computer's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct QuietHours {
    /// When it becomes quiet.
    pub from: u16,
    /// When it is over; the next day where that is the earlier time.
    pub until: u16,
}

/// How many minutes a day has.
const DAY_MINUTES: u16 = 24 * 60;

impl Default for QuietHours {
    /// From ten in the evening until seven in the morning.
    fn default() -> Self {
        Self { from: 22 * 60, until: 7 * 60 }
    }
}

impl QuietHours {
    /// Whether it is quiet at this minute of the day. Hours that end when they begin are the whole day.
    pub fn hold(self, minute: u16) -> bool {
        let (from, until) = (self.from % DAY_MINUTES, self.until % DAY_MINUTES);
        if from < until { (from..until).contains(&minute) } else { minute >= from || minute < until }
    }

    /// A time of day so many minutes later.
    pub fn later(minute: u16, by: i16) -> u16 {
        let moved = i32::from(minute) + i32::from(by);
        u16::try_from(moved.rem_euclid(i32::from(DAY_MINUTES))).unwrap_or_default()
    }
}

/// How times of day are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// 14:05.
    #[default]
    Hours24,
    /// 2:05 pm.
    Hours12,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_may_go_over_midnight() {
        let night = QuietHours::default();
        let siesta = QuietHours { from: 13 * 60, until: 14 * 60 };
        for (hours, minute, is_quiet) in [
            (night, 22 * 60, true),
            (night, 0, true),
            (night, 7 * 60 - 1, true),
            (night, 7 * 60, false),
            (night, 12 * 60, false),
            (siesta, 13 * 60, true),
            (siesta, 14 * 60, false),
            (siesta, 3, false),
            (QuietHours { from: 60, until: 60 }, 59, true),
        ] {
            assert_eq!(hours.hold(minute), is_quiet, "{hours:?} {minute}");
        }
        assert_eq!((QuietHours::later(0, -30), QuietHours::later(23 * 60 + 45, 30)), (23 * 60 + 30, 15));
    }
}
