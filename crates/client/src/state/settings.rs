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
    /// Whether a notification leaves out who has said what.
    pub hide_content: bool,
    /// Whether Enter sends and Shift+Enter breaks the line; else the other way round.
    pub enter_sends: bool,
    /// Whether nothing moves that need not.
    pub reduced_motion: bool,
    /// How times of day are written.
    pub clock: Clock,
    /// Whether the list of members is shown where there is room for it.
    pub members_shown: bool,
    /// Whether it is told in the timeline who comes and goes.
    pub moves_shown: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: None,
            text_percent: 100,
            notify: Notify::Mentions,
            hide_content: false,
            enter_sends: true,
            reduced_motion: false,
            clock: Clock::Hours24,
            members_shown: true,
            moves_shown: true,
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
