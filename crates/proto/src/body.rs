//! What a message says. The server checks its size and shape and otherwise carries it unread; what a
//! reply or an edit means is for clients. Not here: the envelope around it (who, when, which place).

use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::id::Seq;
use crate::limits::{BODY_BYTES_MAX, EMOJI_BYTES_MAX, WHY_CHARS_MAX};

/// The body of a message. At least one field is there; every message that another one is about is named
/// by its place in the room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// What is said, in a small subset of Markdown. Not empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The message that this one answers. Needs `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Seq>,
    /// The message of the same sender whose text `text` replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Seq>,
    /// The message of the same sender that is taken back. Stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete: Option<Seq>,
    /// An emoji put under a message. Stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub react: Option<Reaction>,
    /// A change of the room itself. Stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Act>>,
}

/// An emoji under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// The message.
    pub to: Seq,
    /// The emoji: 1 to 64 bytes of UTF-8.
    pub emoji: String,
    /// Whether the sender's own earlier reaction with this emoji is taken back instead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remove: bool,
}

impl Body {
    /// A body that only says something.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// A body that changes the room.
    pub fn act(act: Act) -> Self {
        Self { act: Some(Box::new(act)), ..Self::default() }
    }

    /// The body as JSON, if it makes sense and fits.
    pub fn to_json(&self) -> Result<String, BodyError> {
        self.check_shape()?;
        self.to_json_unchecked()
    }

    /// The body as JSON, if it fits, also where no client could ask for it: the server's own acts.
    pub fn to_json_unchecked(&self) -> Result<String, BodyError> {
        let json = serde_json::to_string(self).map_err(|_| BodyError::Shape)?;
        if json.len() > BODY_BYTES_MAX { Err(BodyError::TooLarge { bytes: json.len() }) } else { Ok(json) }
    }

    /// Reads a body from the JSON that [`to_json`](Self::to_json) made.
    pub fn from_json(json: &str) -> Result<Self, BodyError> {
        serde_json::from_str(json).map_err(|_| BodyError::Shape)
    }

    fn check_shape(&self) -> Result<(), BodyError> {
        let alone = |others: usize| if others == 0 { Ok(()) } else { Err(BodyError::Shape) };
        let count = |present: bool| usize::from(present);
        let others = count(self.reply.is_some()) + count(self.edit.is_some());
        if let Some(act) = &self.act {
            let others = others + count(self.text.is_some()) + count(self.delete.is_some());
            return alone(others + count(self.react.is_some())).and_then(|()| act.check_shape());
        }
        match (&self.text, &self.delete, &self.react) {
            (Some(text), None, None) if text.trim().is_empty() => Err(BodyError::Empty),
            (Some(_), None, None) if others < 2 => Ok(()),
            (None, Some(_), None) => alone(others),
            (None, None, Some(reaction)) => {
                let bytes = reaction.emoji.len();
                alone(others + count(bytes == 0 || bytes > EMOJI_BYTES_MAX))
            }
            (None, None, None) if others == 0 => Err(BodyError::Empty),
            _ => Err(BodyError::Shape),
        }
    }
}

/// Why a body cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Nothing is said.
    #[error("the message is empty: write something into `text`")]
    Empty,
    /// More than fits.
    #[error("the message has {bytes} bytes, at most {BODY_BYTES_MAX} can be sent: split it into several")]
    TooLarge {
        /// How many it has, as JSON.
        bytes: usize,
    },
    /// Fields that do not go together.
    #[error(
        "the message has fields that do not go together: send `text` (alone, or with `reply` or `edit`), or `delete`, or `react`, or `act`"
    )]
    Shape,
    /// An act that nobody can ask for.
    #[error(
        "this act is not known here, is the server's own, or has a value it cannot have: a reason has at most {WHY_CHARS_MAX} characters, numbers are at least 1, and a role is moderator or owner"
    )]
    Act,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_says_one_thing() {
        let reaction = |emoji: &str| Reaction { to: Seq::new(1), emoji: emoji.into(), remove: false };
        let text = Body::text("oi");
        let one = Some(Seq::new(1));
        for good in [
            text.clone(),
            Body { reply: one, ..text.clone() },
            Body { edit: one, ..text.clone() },
            Body { delete: one, ..Body::default() },
            Body { react: Some(reaction("👍")), ..Body::default() },
        ] {
            assert_eq!(Body::from_json(&good.to_json().unwrap()), Ok(good));
        }
        for (bad, error) in [
            (Body::default(), BodyError::Empty),
            (Body::text(" \n"), BodyError::Empty),
            (Body { reply: one, ..Body::default() }, BodyError::Shape),
            (Body { reply: one, edit: one, ..text.clone() }, BodyError::Shape),
            (Body { delete: one, ..text.clone() }, BodyError::Shape),
            (Body { react: Some(reaction("")), ..Body::default() }, BodyError::Shape),
            (Body { react: Some(reaction("👍")), delete: one, ..Body::default() }, BodyError::Shape),
        ] {
            assert_eq!(bad.to_json(), Err(error), "{bad:?}");
        }
    }

    #[test]
    fn the_limit_counts_the_json_and_not_the_text() {
        let fits = BODY_BYTES_MAX - r#"{"text":""}"#.len();
        assert!(Body::text("x".repeat(fits)).to_json().is_ok());
        assert_eq!(
            Body::text("x".repeat(fits + 1)).to_json(),
            Err(BodyError::TooLarge { bytes: BODY_BYTES_MAX + 1 })
        );
        assert!(Body::text("\"".repeat(fits / 2 + 1)).to_json().is_err());
    }
}
