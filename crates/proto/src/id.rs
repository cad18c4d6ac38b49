//! What tells members, messages, logs and servers apart. Not here: signing and hashing, which need
//! cryptography and therefore belong to those who have it.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use data_encoding::{BASE64URL_NOPAD, Encoding, Specification};
use serde::{Deserialize, Serialize};

use crate::limits::{MESSAGE_ID_BYTES_MAX, SEQ_MAX};
use crate::name::{Name, text_type};

/// How many bytes of a public key make the id: 120 bits, so that finding a second key with the same id
/// takes 2^120 tries.
const MEMBER_ID_KEY_BYTES: usize = 15;

/// The length of a member's id that comes from a key, in characters.
const MEMBER_ID_CHARS: usize = 24;

/// The id of whoever runs the server.
const OPERATOR: &str = "operator2222222222222222";

/// How the id of a guest begins. No id made from a key holds a hyphen.
const GUEST_PREFIX: &str = "guest-";

/// Base32 (RFC 4648, section 6) in small letters without padding: survives being read aloud, typed and
/// put into a QR code, whatever happens to capitals.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a constant specification, which the tests encode with"
)]
pub fn base32() -> Encoding {
    let mut specification = Specification::new();
    specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification.translate.from.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    specification.translate.to.push_str("abcdefghijklmnopqrstuvwxyz");
    specification.encoding().expect("32 different symbols")
}

/// Who a member is: 24 characters of base32 made from the first 15 bytes of the member's Ed25519 public
/// key, or, for a guest without a key, `guest-` and 13 random ones that hold for one connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MemberId(Arc<str>);

impl MemberId {
    /// The id of whoever holds this key.
    pub fn of_key(key: &PublicKey) -> Self {
        Self(base32().encode(&key.0[..MEMBER_ID_KEY_BYTES]).into())
    }

    /// The id of a guest, from 8 random bytes.
    pub fn of_guest(random: [u8; 8]) -> Self {
        Self(format!("{GUEST_PREFIX}{}", base32().encode(&random)).into())
    }

    /// The id under which whoever runs the server acts in its rooms. It is none that a key can be found for: that
    /// would take 2^120 tries.
    pub fn operator() -> Self {
        Self(OPERATOR.into())
    }

    /// Whether this is whoever runs the server.
    pub fn is_operator(&self) -> bool {
        &*self.0 == OPERATOR
    }

    /// Reads an id that a server has sent.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let symbols = |text: &str| text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        let good = match text.strip_prefix(GUEST_PREFIX) {
            Some(random) => random.len() == 13 && symbols(random),
            None => text.len() == MEMBER_ID_CHARS && symbols(text),
        };
        if good { Ok(Self(text.into())) } else { Err(IdError::Member) }
    }

    /// Whether this is a guest: somebody who has not proven a key.
    pub fn is_guest(&self) -> bool {
        self.0.starts_with(GUEST_PREFIX)
    }

    /// The few characters that tell two members of one name apart on a screen: the first four of a key's
    /// id, or of a guest's random part.
    pub fn badge(&self) -> &str {
        let random = self.0.strip_prefix(GUEST_PREFIX).unwrap_or(&self.0);
        &random[..4]
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as shared text, for records that keep it.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl Borrow<str> for MemberId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The id that a client gives to a message, unique for its sender: 1 to 64 visible ASCII characters.
/// Sent again, it never makes a second message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(Box<str>);

impl MessageId {
    /// Reads an id.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let good =
            (1..=MESSAGE_ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if good { Ok(Self(text.into())) } else { Err(IdError::Message) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not the id of a member.
    #[error("a member's id has {MEMBER_ID_CHARS} characters of a-z and 2-7")]
    Member,
    /// Not the id of a message.
    #[error(
        "a message's id has 1 to {MESSAGE_ID_BYTES_MAX} visible ASCII characters: give every message its own"
    )]
    Message,
}

text_type!(MemberId, IdError);
text_type!(MessageId, IdError);

/// The place of a message in its room: 1, 2, 3 … without gaps. 0 is the place before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct Seq(u64);

impl Seq {
    /// The place before the first message.
    pub const ZERO: Self = Self(0);

    /// The place of this number; above 2^53 - 1, that.
    pub fn new(number: u64) -> Self {
        Self(number.min(SEQ_MAX))
    }

    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }

    /// The place after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self::new(self.0 + 1)
    }
}

impl TryFrom<u64> for Seq {
    type Error = String;
    fn try_from(number: u64) -> Result<Self, Self::Error> {
        if number <= SEQ_MAX {
            Ok(Self(number))
        } else {
            Err(format!("a sequence number is at most {SEQ_MAX}"))
        }
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Defines a type of a fixed number of bytes that travels as text.
macro_rules! bytes_type {
    ($(#[$doc:meta])* $type:ident, $len:expr, $encoding:expr, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(pub [u8; $len]);

        impl std::str::FromStr for $type {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let bytes = $encoding.decode(text.as_bytes()).ok();
                let bytes: Option<[u8; $len]> = bytes.and_then(|bytes| bytes.try_into().ok());
                bytes.map(Self).ok_or_else(|| format!("{} is {} bytes in {}", stringify!($type), $len, $what))
            }
        }
        impl TryFrom<String> for $type {
            type Error = String;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
        impl From<$type> for String {
            fn from(value: $type) -> Self {
                $encoding.encode(&value.0)
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&$encoding.encode(&self.0))
            }
        }
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($type))
            }
        }
    };
}

bytes_type!(
    /// A member's Ed25519 public key (RFC 8032), in base64url (RFC 4648, section 5).
    PublicKey,
    32,
    BASE64URL_NOPAD,
    "base64url"
);
bytes_type!(
    /// An Ed25519 signature (RFC 8032), in base64url.
    Signature,
    64,
    BASE64URL_NOPAD,
    "base64url"
);
bytes_type!(
    /// What the server makes up for each connection, so that a proof holds for that connection only.
    Nonce,
    crate::limits::NONCE_BYTES,
    BASE64URL_NOPAD,
    "base64url"
);
bytes_type!(
    /// Which log a sequence number belongs to. It changes when a log is recreated or restored; then what a
    /// client has cached of it is void.
    Epoch,
    8,
    data_encoding::HEXLOWER,
    "hexadecimal"
);
bytes_type!(
    /// A server's fingerprint: the SHA-256 of its certificate's `SubjectPublicKeyInfo` (RFC 5280, section
    /// 4.1.2.7) in base32. It stays when a certificate is renewed with the same key.
    Fingerprint,
    32,
    base32(),
    "base32"
);

bytes_type!(
    /// Which invite: the SHA-256 of its secret together with the room's name, in base32. It lets nobody in.
    InviteId,
    32,
    base32(),
    "base32"
);

bytes_type!(
    /// The mark of an address: a keyed hash of it, in base32. Only the server that has the key can tell whose it is,
    /// and only by trying.
    AddressTag,
    16,
    base32(),
    "base32"
);

impl InviteId {
    /// The few characters by which people name an invite.
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl Fingerprint {
    /// The fingerprint in groups of four, for people to compare.
    pub fn grouped(&self) -> String {
        let text = self.to_string();
        let groups: Vec<&str> =
            text.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
        groups.join(" ")
    }
}

/// A member as messages name one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Member {
    /// Who it is.
    pub id: MemberId,
    /// What it is called now, or was when the message was said.
    pub name: Name,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_keys_and_can_be_read_back() {
        let id = MemberId::of_key(&PublicKey([0xab; 32]));
        assert_eq!(id.as_str(), "vov2xk5lvov2xk5lvov2xk5l");
        assert_eq!(MemberId::parse(id.as_str()), Ok(id.clone()));
        assert!(!id.is_guest());
        assert_eq!(id.badge(), "vov2");
        let guest = MemberId::of_guest([7; 8]);
        assert_eq!(MemberId::parse(guest.as_str()), Ok(guest.clone()));
        assert!(guest.is_guest());
        for bad in
            ["", "guest-", "VOV2XK5LVOV2XK5LVOV2XK5L", "vov2xk5lvov2xk5lvov2xk5l1", "guest-!!!!!!!!!!!!!"]
        {
            assert_eq!(MemberId::parse(bad), Err(IdError::Member), "{bad:?}");
        }
    }

    #[test]
    fn message_ids_are_visible_ascii() {
        assert!(MessageId::parse("0190c9d2-7a5e-7cc1-8e1f-000000000001").is_ok());
        for bad in ["", " ", "a b", "é", "a\n", &"x".repeat(65)] {
            assert_eq!(MessageId::parse(bad), Err(IdError::Message), "{bad:?}");
        }
    }

    #[test]
    fn fingerprints_read_back_in_any_case_and_show_in_groups() {
        let fingerprint = Fingerprint([0x5a; 32]);
        let text = fingerprint.to_string();
        assert_eq!(text.len(), 52);
        assert_eq!(text.to_uppercase().parse(), Ok(fingerprint));
        assert_eq!(fingerprint.grouped().replace(' ', ""), text);
        assert!(text[1..].parse::<Fingerprint>().is_err());
    }

    #[test]
    fn sequence_numbers_stay_exact_in_javascript() {
        assert_eq!(Seq::try_from(SEQ_MAX).unwrap().number(), SEQ_MAX);
        assert!(Seq::try_from(SEQ_MAX + 1).is_err());
        assert_eq!(Seq::new(u64::MAX).next().number(), SEQ_MAX);
    }
}
