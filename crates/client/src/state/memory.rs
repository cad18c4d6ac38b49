//! What a surface remembers from one start to the next: rooms, drafts, what was read, settings, the window.
//! Not here: messages, which the store has, and the file itself, which the profile has.

use papo_proto::{Name, Seq};
use serde::{Deserialize, Serialize};

use super::settings::{Notify, Settings};
use super::{Opening, Place, Room};

/// What outlives the program. Anything may be missing from a file of another version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Memory {
    /// What the person is called.
    pub name: Option<Name>,
    /// What the person has chosen, where it does not stand in the configuration file: a version before that file was
    /// gone by has left it here, the file has had a fault since, or there is no place for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
    /// What is shown beside the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panes: Option<Panes>,
    /// Which of the rooms was shown.
    pub current: Option<usize>,
    /// Rooms that were left, newest first.
    pub recent: Vec<Place>,
    /// The room that was opened here last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening: Option<Opening>,
    /// The window.
    pub window: WindowMemory,
    /// The rooms, in their order.
    pub rooms: Vec<RoomMemory>,
}

/// What is remembered of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RoomMemory {
    /// Where it is.
    #[serde(flatten)]
    pub place: Place,
    /// The newest message that was read.
    #[serde(default)]
    pub read: Seq,
    /// The message that the reader was at, where that was not the end.
    #[serde(default)]
    pub reading: Option<Seq>,
    /// What was being written.
    #[serde(default)]
    pub draft: String,
    /// How it notifies.
    #[serde(default)]
    pub notify: Option<Notify>,
}

/// What is shown beside the room where there is room for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Panes {
    /// The list of rooms.
    pub rooms: bool,
    /// The list of members.
    pub members: bool,
}

/// Where the window was, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct WindowMemory {
    /// Width and height.
    pub size: Option<(f32, f32)>,
    /// The upper left corner.
    pub position: Option<(f32, f32)>,
    /// Whether it filled the screen.
    pub is_maximised: bool,
}

impl RoomMemory {
    pub(super) fn of(room: &Room) -> Self {
        Self {
            place: room.place.clone(),
            read: room.read,
            reading: room.reading,
            draft: room.composer.to_keep().to_owned(),
            notify: room.notify,
        }
    }
}

impl Memory {
    /// Reads what [`to_text`](Self::to_text) has made, also an older or newer program's. `None` if it cannot
    /// be read.
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The memory as text, for a file.
    pub fn to_text(&self) -> String {
        // Nothing in here can fail to be written: plain fields, and keys that are texts.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

/// Writes as text what has a text form but none of its own for files.
pub(super) mod as_text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::state) fn serialize<T: Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(in crate::state) fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error>
    where
        T::Err: Display,
    {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
