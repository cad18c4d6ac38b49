//! Addresses and the invite link `https://HOST:PORT/ROOM#FINGERPRINT.SECRET.HOST:PORT,…`. What follows `#` is never sent to
//! a server by a browser. Not here: resolving a host, which needs a network.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{Fingerprint, base32};
use crate::limits::{INVITE_SECRET_BYTES, PORT_DEFAULT, SERVERS_MAX};
use crate::name::RoomName;

/// The longest host name (RFC 1035, section 2.3.4).
const HOST_BYTES_MAX: usize = 253;

/// How a link may begin. The second one opens the program instead of the page, where the system was told so.
const SCHEMES: [&str; 2] = ["https://", "papo://"];

/// Where a server is: a host name or address, and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    /// A host name, an IPv4 address, or an IPv6 address without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

impl Address {
    /// The address of this host and port.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port }
    }
}

impl Default for Address {
    fn default() -> Self {
        Self::new("127.0.0.1", PORT_DEFAULT)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

impl FromStr for Address {
    type Err = InviteError;

    /// Reads `HOST`, `HOST:PORT`, `[IPV6]`, `[IPV6]:PORT` or a bare IPv6 address.
    fn from_str(text: &str) -> Result<Self, InviteError> {
        let wrong = || InviteError::Address(text.to_owned());
        let bare_ipv6 = text.parse::<Ipv6Addr>().is_ok();
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest.split_once(']').ok_or_else(wrong)?;
                host.parse::<Ipv6Addr>().map_err(|_| wrong())?;
                (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':').ok_or_else(wrong)?) })
            }
            None if bare_ipv6 => (text, None),
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let port = match port {
            Some(port) => port.parse().map_err(|_| wrong())?,
            None => PORT_DEFAULT,
        };
        let host_byte = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':');
        let good =
            !host.is_empty() && host.len() <= HOST_BYTES_MAX && host.bytes().all(host_byte) && port != 0;
        if good { Ok(Self::new(host, port)) } else { Err(wrong()) }
    }
}

impl TryFrom<String> for Address {
    type Error = InviteError;

    fn try_from(text: String) -> Result<Self, InviteError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

/// Everything that one needs to come in: where, into which room, and whom to trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Where the server is.
    pub address: Address,
    /// The room.
    pub room: RoomName,
    /// The server's fingerprint: whoever answers with another key is refused.
    pub fingerprint: Fingerprint,
    /// What lets in somebody whom the room does not know yet. An open room needs none, and nor does a member.
    pub secret: Option<InviteSecret>,
    /// Where the same rooms are as well, on servers with the same key; at most [`SERVERS_MAX`].
    pub others: Vec<Address>,
}

impl fmt::Display for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}/{}#{}", self.address, self.room, self.fingerprint)?;
        self.secret.as_ref().map_or(Ok(()), |secret| write!(f, ".{}", secret.reveal()))?;
        if self.others.is_empty() {
            return Ok(());
        }
        let others: Vec<String> = self.others.iter().map(Address::to_string).collect();
        let no_secret = if self.secret.is_none() { "." } else { "" };
        write!(f, "{no_secret}.{}", others.join(","))
    }
}

impl FromStr for Invite {
    type Err = InviteError;

    fn from_str(text: &str) -> Result<Self, InviteError> {
        let wrong = || InviteError::Link;
        let text = text.trim();
        let rest = SCHEMES.into_iter().find_map(|scheme| text.strip_prefix(scheme)).ok_or_else(wrong)?;
        let (place, fragment) = rest.split_once('#').ok_or(InviteError::Fingerprint)?;
        let (address, room) = place.split_once('/').unwrap_or((place, ""));
        let room = if room.is_empty() { RoomName::default() } else { room.parse().map_err(|_| wrong())? };
        let mut parts = fragment.splitn(3, '.');
        let fingerprint = parts.next().unwrap_or_default().parse().map_err(|_| InviteError::Fingerprint)?;
        let (secret, others) = (parts.next(), parts.next());
        // Without a secret there is nothing between the dots.
        let secret = secret.filter(|secret| !(secret.is_empty() && others.is_some()));
        let secret = secret.map(str::parse).transpose().map_err(|_| InviteError::Secret)?;
        // What is no whole address here is a later version's.
        let others = others.into_iter().flat_map(|others| others.split(','));
        let others = others.filter_map(|other| Some((other, other.parse::<Address>().ok()?)));
        let others = others.filter(|(text, other)| other.to_string() == *text).map(|(_, other)| other);
        let others = others.take(SERVERS_MAX).collect();
        Ok(Self { address: address.parse()?, room, fingerprint, secret, others })
    }
}

/// Why a text is neither address nor invite.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// Not an address.
    #[error("{0:?} is not an address: write HOST, HOST:PORT or [IPV6]:PORT, for example 127.0.0.1:12345")]
    Address(String),
    /// Not an invite link.
    #[error("this is not an invite: it looks like https://HOST:PORT/ROOM#FINGERPRINT; copy it whole")]
    Link,
    /// The part that carries the trust is missing or damaged.
    #[error("the invite's fingerprint (52 characters after '#') is missing or damaged: copy the link whole")]
    Fingerprint,
    /// The part that lets in is damaged.
    #[error("the invite's secret (32 characters after the dot) is damaged: copy the link whole")]
    Secret,
}

/// What lets in whoever knows it: 160 random bits, 32 characters of base32 in a link. It shows itself only where that
/// is asked for by name, so that it cannot get into a log by accident.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InviteSecret([u8; INVITE_SECRET_BYTES]);

impl InviteSecret {
    /// The secret of these random bytes.
    pub fn new(random: [u8; INVITE_SECRET_BYTES]) -> Self {
        Self(random)
    }

    /// The secret as text, for the link and for the server.
    pub fn reveal(&self) -> String {
        base32().encode(&self.0)
    }

    /// What the invite's id is the SHA-256 of: a label that nothing else of papo begins with, a zero byte, the room's
    /// name behind its length (32 bits, big-endian), and the secret. So a server keeps nothing that lets in, and a
    /// secret belongs to one room. A plain hash is enough, without salt or delay: nobody can try 2^160 secrets.
    pub fn preimage(&self, room: &RoomName) -> Vec<u8> {
        let mut bytes = b"papo invite 1\0".to_vec();
        bytes.extend_from_slice(&u32::try_from(room.as_str().len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(room.as_str().as_bytes());
        bytes.extend_from_slice(&self.0);
        bytes
    }
}

impl fmt::Debug for InviteSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteSecret(…)")
    }
}

impl FromStr for InviteSecret {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = base32().decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        // The words must not repeat what was sent: it may be a secret with a letter too many.
        bytes.map(Self).ok_or_else(|| "an invite's secret is 32 characters of a-z and 2-7".to_owned())
    }
}

impl TryFrom<String> for InviteSecret {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<InviteSecret> for String {
    fn from(secret: InviteSecret) -> Self {
        secret.reveal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_may_begin_with_the_programs_own_scheme() {
        let link = format!("https://chat.example:9/sala#{}", Fingerprint([7; 32]));
        let own = link.replacen("https://", "papo://", 1);
        assert_eq!(own.parse::<Invite>().unwrap().to_string(), link);
        for wrong in ["http", "papo:", "PAPO:/"] {
            assert!(link.replacen("https:/", wrong, 1).parse::<Invite>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_read_back_as_they_are_shown() {
        for (text, host, port) in [
            ("127.0.0.1", "127.0.0.1", 12_345),
            ("chat.example:443", "chat.example", 443),
            ("[::1]:9", "::1", 9),
            ("[::1]", "::1", 12_345),
            ("fe80::1", "fe80::1", 12_345),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address, Address::new(host, port), "{text}");
            assert_eq!(address.to_string().parse(), Ok(address));
        }
        for bad in ["", ":1", "a:", "a:0", "a:65536", "a b", "[::1", "[::1]x", "[a]:1", "a:1:2", "a/b", "ü"]
        {
            assert_eq!(bad.parse::<Address>(), Err(InviteError::Address(bad.into())), "{bad:?}");
        }
    }

    #[test]
    fn invites_carry_address_room_and_trust() {
        let invite = Invite {
            address: Address::new("::1", 12_345),
            room: RoomName::parse("sala").unwrap(),
            fingerprint: Fingerprint([9; 32]),
            secret: None,
            others: Vec::new(),
        };
        let link = invite.to_string();
        assert_eq!(link.parse(), Ok(invite.clone()));
        let secret = InviteSecret::new([0xab; 20]);
        let whole = Invite { secret: Some(secret.clone()), ..invite.clone() };
        assert_eq!(whole.to_string(), format!("{link}.{}", secret.reveal()));
        assert_eq!(format!(" {whole}\n").parse(), Ok(whole.clone()));
        assert_eq!(format!("{whole}.later,").parse(), Ok(whole.clone()));
        let others = vec![Address::new("b.example", 9), Address::new("::1", 12_345)];
        for (begin, invite) in [(format!("{link}."), &invite), (whole.to_string(), &whole)] {
            let several = Invite { others: others.clone(), ..invite.clone() };
            assert_eq!(several.to_string(), format!("{begin}.b.example:9,[::1]:12345"));
            assert_eq!(several.to_string().parse(), Ok(several));
        }
        let many = format!("{whole}.{}", vec!["a:1"; 99].join(","));
        assert_eq!(many.parse::<Invite>().unwrap().others.len(), SERVERS_MAX);
        assert_eq!(format!("{link}.short").parse::<Invite>(), Err(InviteError::Secret));
        assert!(!format!("{whole:?}").contains(&secret.reveal()), "a secret is not shown by accident");
        assert_eq!("https://a:1/#".parse::<Invite>(), Err(InviteError::Fingerprint));
        assert_eq!("https://a:1/sala".parse::<Invite>(), Err(InviteError::Fingerprint));
        assert_eq!("http://a:1/#x".parse::<Invite>(), Err(InviteError::Link));
        assert!(link.replace("sala", "a/b").parse::<Invite>().is_err());
    }
}
