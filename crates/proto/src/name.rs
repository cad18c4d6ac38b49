//! What people and rooms are called. A string from outside becomes one of these types at the edge, and
//! only the type travels inward. Not here: whether two names look alike, which is for whoever shows them.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::limits::{NAME_CHARS_MAX, ROOM_BYTES_MAX, ROOM_DEFAULT};

/// What a member is called: 1 to 64 characters, no control or direction characters, not only blanks.
/// Names are free and may repeat; who somebody is, is their [`MemberId`](crate::MemberId).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Arc<str>);

impl Name {
    /// The name without blanks around it.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let trimmed = text.trim();
        if let Some(found) = trimmed.chars().find(|&c| is_refused_in_names(c)) {
            return Err(NameError::Character(found));
        }
        if !trimmed.chars().any(shows_something) {
            return Err(NameError::Empty);
        }
        match trimmed.chars().count() {
            0..=NAME_CHARS_MAX => Ok(Self(trimmed.into())),
            chars => Err(NameError::TooLong { chars }),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as shared text, for records that keep it.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or nothing that can be seen.
    #[error("the name is empty: say what you want to be called, with 1 to {NAME_CHARS_MAX} characters")]
    Empty,
    /// More characters than fit.
    #[error("the name has {chars} characters: shorten it to at most {NAME_CHARS_MAX}")]
    TooLong {
        /// How many it has.
        chars: usize,
    },
    /// A character that could disguise a name or drive a terminal.
    #[error("the name holds the character U+{:04X}, which cannot be seen or changes the text's direction: remove it", u32::from(*.0))]
    Character(char),
}

/// Controls drive terminals; direction marks let one name pass for another.
fn is_refused_in_names(c: char) -> bool {
    c.is_control() || is_direction_mark(c) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

/// Whether a character changes the direction of the text around it (Unicode UAX #9: marks, embeddings,
/// overrides and isolates).
pub fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character leaves ink or is at least attached to something that does. Blanks, zero-width
/// characters and fillers do not.
fn shows_something(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2065}' | '\u{2800}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

/// What a room is called: 1 to 64 of `a-z 0-9 . _ -`, beginning with a letter or digit. It stands in the
/// path of an invite link, beside the page's own paths, which are therefore no names of rooms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomName(Arc<str>);

/// Paths that the server keeps for itself on the same port.
const ROOMS_RESERVED: [&str; 7] =
    ["socket", "healthz", "readyz", "metrics", "assets", "favicon.ico", "robots.txt"];

impl RoomName {
    /// The room of this name; capitals are taken as small letters.
    pub fn parse(text: &str) -> Result<Self, RoomNameError> {
        let lower = text.trim().to_ascii_lowercase();
        let bytes = lower.as_bytes();
        if bytes.is_empty() || bytes.len() > ROOM_BYTES_MAX {
            return Err(RoomNameError::Length { bytes: bytes.len() });
        }
        let plain = |b: &u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
        if !bytes[0].is_ascii_alphanumeric() || !bytes.iter().all(plain) {
            return Err(RoomNameError::Character);
        }
        if ROOMS_RESERVED.contains(&lower.as_str()) {
            return Err(RoomNameError::Reserved);
        }
        Ok(Self(lower.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as shared text, for records that keep it.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl Default for RoomName {
    fn default() -> Self {
        Self(ROOM_DEFAULT.into())
    }
}

/// Why a text is no name of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoomNameError {
    /// Empty or too long.
    #[error("the room's name has {bytes} characters: it needs 1 to {ROOM_BYTES_MAX}")]
    Length {
        /// How many bytes it has.
        bytes: usize,
    },
    /// Something else than the plain characters.
    #[error(
        "the room's name holds a character it cannot have: use a-z, 0-9, '.', '_' and '-', and begin with a letter or digit"
    )]
    Character,
    /// A path that the server keeps for itself.
    #[error("this name is reserved for the server's own pages: choose another one for the room")]
    Reserved,
}

macro_rules! text_type {
    ($type:ty, $error:ty) => {
        impl TryFrom<String> for $type {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }
        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.as_str().to_owned()
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl std::str::FromStr for $type {
            type Err = $error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
    };
}
pub(crate) use text_type;

text_type!(Name, NameError);
text_type!(RoomName, RoomNameError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_checked() {
        let long = "e\u{301}".repeat(32);
        for good in ["Ana", "  Zoë ", "名前", "علي", "👩‍👩‍👧", long.as_str()] {
            assert_eq!(Name::parse(good).unwrap().as_str(), good.trim(), "{good:?}");
        }
        for empty in ["", "   ", "\u{200B}\u{200D}", "\u{2800}", "\u{3164}"] {
            assert_eq!(Name::parse(empty), Err(NameError::Empty), "{empty:?}");
        }
        for bad in ['\u{1b}', '\u{202e}', '\u{7f}', '\n', '\u{85}', '\u{2066}'] {
            assert_eq!(Name::parse(&format!("A{bad}b")), Err(NameError::Character(bad)));
        }
        assert_eq!(Name::parse(&"x".repeat(65)), Err(NameError::TooLong { chars: 65 }));
    }

    #[test]
    fn rooms_are_plain_and_not_the_servers_own_paths() {
        for good in ["lobby", "Sala-1", "a", "2026.event_x"] {
            assert_eq!(RoomName::parse(good).unwrap().as_str(), good.to_lowercase());
        }
        assert_eq!(RoomName::parse(""), Err(RoomNameError::Length { bytes: 0 }));
        for bad in ["-a", "..", "a/b", "café", "a b", "a%20b"] {
            assert_eq!(RoomName::parse(bad), Err(RoomNameError::Character), "{bad:?}");
        }
        assert_eq!(RoomName::parse("Socket"), Err(RoomNameError::Reserved));
    }
}
