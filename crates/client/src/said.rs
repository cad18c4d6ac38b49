//! What the protocol's errors and a server's codes mean, in the reader's language. The protocol's own texts are
//! English, since a server does not know who reads them; the closed lists of codes say the same. Not here: failed
//! connections, which say so themselves.

use papo_proto::invite::InviteError;
use papo_proto::limits::{BODY_BYTES_MAX, NAME_CHARS_MAX, ROOM_BYTES_MAX, WHY_CHARS_MAX};
use papo_proto::{BodyError, ClosingCode, ErrorCode, NameError, Refusal, RoomNameError};
use papo_words::t;

use crate::text::for_terminal_line;

/// What a server says where it has nothing to add to the code; a reason follows behind a colon. Another server's
/// sentence that is not among these is shown as it is.
const OF_CODES: [&str; 3] = [
    "the server is stopping or restarting; nothing is lost",
    "you were put out of this room",
    "you were shut out of this room",
];

/// Something that can be said to a person in the current language: cause and remedy, as a clause that may stand
/// behind a colon.
pub trait Said {
    /// The clause.
    fn said(&self) -> String;
}

/// What has been said already.
impl Said for String {
    fn said(&self) -> String {
        self.clone()
    }
}

impl Said for NameError {
    fn said(&self) -> String {
        match *self {
            Self::Empty => t!("client-name-empty", most = NAME_CHARS_MAX),
            Self::TooLong { chars } => t!("client-name-too-long", chars = chars, most = NAME_CHARS_MAX),
            Self::Character(found) => {
                t!("client-name-character", character = format!("U+{:04X}", u32::from(found)))
            }
        }
    }
}

impl Said for RoomNameError {
    fn said(&self) -> String {
        match *self {
            Self::Length { bytes } => t!("client-room-length", bytes = bytes, most = ROOM_BYTES_MAX),
            Self::Character => t!("client-room-character"),
            Self::Reserved => t!("client-room-reserved"),
        }
    }
}

impl Said for InviteError {
    fn said(&self) -> String {
        match self {
            Self::Address(text) => t!("client-address", text = format!("{text:?}")),
            Self::Link => t!("client-invite-link"),
            Self::Fingerprint => t!("client-invite-fingerprint"),
            Self::Secret => t!("client-invite-secret"),
        }
    }
}

impl Said for BodyError {
    fn said(&self) -> String {
        match *self {
            Self::Empty => t!("client-body-empty"),
            Self::TooLarge { bytes } => t!("client-body-too-large", bytes = bytes, most = BODY_BYTES_MAX),
            Self::Shape => t!("client-body-shape"),
            Self::Act => t!("client-body-act", most = WHY_CHARS_MAX),
        }
    }
}

impl Said for Refusal {
    /// By the code. The server's own words are shown where the code is not known, and as a detail where only they
    /// say what was not understood; they are made harmless.
    fn said(&self) -> String {
        let text = || for_terminal_line(&self.text).into_owned();
        match self.code {
            ErrorCode::BadUtf8 | ErrorCode::BadJson | ErrorCode::UnknownType | ErrorCode::BadField => {
                t!("client-said-misunderstood", text = text())
            }
            ErrorCode::BadName => t!("client-said-name"),
            ErrorCode::BadRoom => t!("client-said-room"),
            ErrorCode::BadBody => t!("client-said-body"),
            ErrorCode::TooLarge => t!("client-said-too-large"),
            ErrorCode::JoinFirst => t!("client-said-join-first"),
            ErrorCode::AlreadyJoined => t!("client-said-already-joined"),
            ErrorCode::BadProof => t!("client-said-bad-proof"),
            ErrorCode::IdReused => t!("client-said-id-reused"),
            ErrorCode::TooFast => t!("client-said-too-fast"),
            ErrorCode::LogFailed => t!("client-said-log-failed"),
            ErrorCode::NoEntry => t!("client-said-no-entry"),
            ErrorCode::InviteExpired => t!("client-said-invite-expired"),
            ErrorCode::InviteUsed => t!("client-said-invite-used"),
            ErrorCode::InviteRevoked => t!("client-said-invite-revoked"),
            ErrorCode::Banned => t!("client-said-banned"),
            ErrorCode::Locked => t!("client-said-locked"),
            ErrorCode::Muted => t!("client-said-muted"),
            ErrorCode::SlowMode => t!("client-said-slow-mode"),
            ErrorCode::AnnounceOnly => t!("client-said-announce-only"),
            ErrorCode::NotAllowed => t!("client-said-not-allowed"),
            ErrorCode::BadAct => t!("client-said-bad-act"),
            ErrorCode::Unknown => text(),
        }
    }
}

/// Why a server has closed the connection, as [`Said`] has it; `text` is the server's own.
pub(crate) fn closing(code: ClosingCode, text: &str) -> String {
    match code {
        ClosingCode::Stopping => match own_words(text) {
            Some(text) => t!("client-closing-stopping-words", text = text),
            None => t!("client-closing-stopping"),
        },
        ClosingCode::TooLarge => t!("client-closing-too-large"),
        ClosingCode::TooLate => t!("client-closing-too-late"),
        ClosingCode::Silent => t!("client-closing-silent"),
        ClosingCode::TooSlow => t!("client-closing-too-slow"),
        ClosingCode::Full => t!("client-closing-full"),
        ClosingCode::Left => t!("client-closing-left"),
        ClosingCode::Kicked => match own_words(text) {
            Some(why) => t!("client-closing-kicked-why", why = why),
            None => t!("client-closing-kicked"),
        },
        ClosingCode::Banned => match own_words(text) {
            Some(why) => t!("client-closing-banned-why", why = why),
            None => t!("client-closing-banned"),
        },
        ClosingCode::TooMany => t!("client-closing-too-many"),
        ClosingCode::Unknown => for_terminal_line(text).into_owned(),
    }
}

/// What a server's text says beyond its code, made harmless: the reason that somebody has typed for the one who is
/// put out. `None` where it says no more.
fn own_words(text: &str) -> Option<String> {
    let rest = OF_CODES.iter().find_map(|known| text.strip_prefix(known)).unwrap_or(text);
    let rest = rest.trim_start_matches(':').trim();
    (!rest.is_empty()).then(|| for_terminal_line(rest).into_owned())
}

#[cfg(test)]
mod tests {
    use papo_words::{Language, in_language};

    use super::*;

    /// A code that a person meets has words of its own in each language, and not the server's.
    #[test]
    fn a_code_is_said_in_the_readers_language() {
        let said = |language, code| in_language(language, || Refusal::new(code, "SERVER").said());
        for code in ErrorCode::ALL {
            let [english, portuguese] = Language::ALL.map(|language| said(language, code));
            assert_ne!(english, portuguese, "{code:?}");
            let is_detail = english.contains("do not understand each other");
            assert_eq!(english.contains("SERVER"), is_detail, "{code:?}: {english}");
        }
        let closing = |language, code| in_language(language, || closing(code, OF_CODES[0]));
        for code in ClosingCode::ALL {
            let [english, portuguese] = Language::ALL.map(|language| closing(language, code));
            assert!(english != portuguese && !portuguese.contains("restarting"), "{code:?}: {portuguese}");
        }
    }

    /// Whoever is put out is told why, in the words of the one who did it; a server's own sentence is not repeated.
    #[test]
    fn a_reason_stands_beside_the_words_of_the_code() {
        for (code, text, expected) in [
            (ClosingCode::Kicked, "you were put out of this room", "has put you out of the room."),
            (ClosingCode::Kicked, "you were put out of this room: no ads", "out of the room: “no ads”"),
            (ClosingCode::Banned, "you were shut out of this room: a\u{1b}[2J", "the room: “a␛[2J”"),
            (ClosingCode::Banned, "go away", "has shut you out of the room: “go away”"),
            (
                ClosingCode::Stopping,
                "the room cannot be opened now",
                "It says: “the room cannot be opened now”",
            ),
            (ClosingCode::Stopping, "", "nothing is lost."),
        ] {
            let said = closing(code, text);
            assert!(said.ends_with(expected), "{said}");
        }
        let said = in_language(Language::Portuguese, || closing(ClosingCode::Kicked, "spam"));
        assert!(said.ends_with("sala: “spam”"), "{said}");
    }

    #[test]
    fn a_code_that_is_not_known_is_said_in_the_servers_words_made_harmless() {
        assert_eq!(Refusal::new(ErrorCode::Unknown, "no\u{1b}[2J").said(), "no␛[2J");
        assert_eq!(closing(ClosingCode::Unknown, "a\u{202e}b"), "a⟪U+202E⟫b");
    }
}
