//! Every way in which reaching a server, trusting it or talking to it can fail. Each text names the cause
//! and the remedy, for the person who reads it. Not here: what a server says about a single message, which
//! is a [`Refusal`] and no end of the connection.

use std::io;
use std::path::Path;

use papo_proto::limits::PROTOCOL_VERSION;
use papo_proto::{Address, ClosingCode, Fingerprint, Refusal, Timestamp};

/// Why there is no connection, or no longer one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The host answers, but no program listens on this port.
    #[error(
        "Nothing is listening on {address}. Start a server there with `papo serve`, or check address and port."
    )]
    Refused {
        /// Where nothing listens.
        address: Address,
    },
    /// The name has no address.
    #[error(
        "There is no host called {host}. Check how the name is spelt and whether this computer is online, or use an IP address."
    )]
    UnknownHost {
        /// The name.
        host: String,
    },
    /// No network leads there.
    #[error(
        "No network leads to {address}. Check whether this computer is online and in the right network (Wi-Fi, VPN)."
    )]
    NoRoute {
        /// Where no network leads.
        address: Address,
    },
    /// There was no answer within the deadline.
    #[error(
        "{address} did not answer in time. Check address and port, and whether a firewall on either side lets the port through."
    )]
    TimedOut {
        /// Where the answer should have come from.
        address: Address,
    },
    /// The connection was accepted, but no word of TLS came within the deadline.
    #[error(
        "Something listens at {address} but does not answer as a papo server does. Check host and port; \
         if they are right, the server is overloaded or hangs."
    )]
    NoHandshake {
        /// What was connected to.
        address: Address,
    },
    /// What answers does not speak TLS.
    #[error(
        "What answers at {address} does not speak TLS, so it is no papo server. Check the port; a server started with `papo serve` shows its address."
    )]
    NotTls {
        /// What was connected to.
        address: Address,
    },
    /// What answers speaks TLS, but too old a version or with algorithms that are not accepted.
    #[error(
        "What answers at {address} cannot agree on TLS 1.3 with this program ({detail}). Check the port; where a proxy stands in between, let it speak TLS 1.3 or pass the connection through."
    )]
    TlsMismatch {
        /// What was connected to.
        address: Address,
        /// What was not agreed on.
        detail: String,
    },
    /// The server's key is another one than the invite or the memory of earlier connections says.
    #[error(
        "The server at {address} does not have the expected key. Expected: {}. Found: {}. \
         Either the server has been set up anew, or somebody sits in between. Ask its operator for the fingerprint \
         (`papo cert fingerprint`) in another way; only if it is the one found: {remedy}.",
        expected.grouped(),
        found.grouped()
    )]
    NotTrusted {
        /// What was connected to.
        address: Address,
        /// The fingerprint that the server should have.
        expected: Fingerprint,
        /// The fingerprint that it has.
        found: Fingerprint,
        /// What to do if the key found is the right one.
        remedy: Box<str>,
    },
    /// The server's certificate is neither the one given with `--ca` nor signed by it.
    #[error(
        "The certificate of the server at {address} is not the one in {}, nor signed by it. In the file: {}. Found: {}. \
         Get the server's current certificate from its operator and check that the file is the right one.",
        file.display(),
        expected.grouped(),
        found.grouped()
    )]
    OtherCertificate {
        /// What was connected to.
        address: Address,
        /// The file given with `--ca`.
        file: Box<Path>,
        /// The fingerprint of the (first) certificate in the file.
        expected: Fingerprint,
        /// The fingerprint that the server has.
        found: Fingerprint,
    },
    /// Nothing says that the server can be trusted, and nobody is there to ask.
    #[error(
        "The server at {address} is not known here yet, and the system does not vouch for it ({detail}). \
         Its fingerprint: {}. Use its invite link, or its certificate \
         (`--ca FILE`), or connect once with `papo join` and compare the fingerprint with what its operator says.",
        fingerprint.grouped()
    )]
    UnknownServer {
        /// What was connected to.
        address: Address,
        /// The fingerprint that the server has.
        fingerprint: Fingerprint,
        /// Why the system's certificate authorities do not help.
        detail: String,
    },
    /// The server's certificate is no longer valid, by this computer's clock.
    #[error(
        "The server's certificate expired on {}. If that day has not come yet, set this computer's clock; \
         else its operator has to renew the certificate (`papo cert make`).",
        day(*not_after)
    )]
    Expired {
        /// When it expired.
        not_after: Timestamp,
    },
    /// The server's certificate is not valid yet, by this computer's clock.
    #[error(
        "The server's certificate is valid from {} only. If that day has passed already, set this computer's clock; \
         else the clock of the computer that made the certificate was wrong: make a new one (`papo cert make`).",
        day(*not_before)
    )]
    NotYetValid {
        /// When it begins to be valid.
        not_before: Timestamp,
    },
    /// The certificate is trusted, but for another name.
    #[error(
        "The server's certificate is not for {host} but for {}. Connect by a name that it holds, or let its operator \
         make one for this name (`papo cert make`).",
        list(presented)
    )]
    WrongHostName {
        /// The name or address that was connected to.
        host: String,
        /// The names in the certificate.
        presented: Vec<String>,
    },
    /// The server's certificate, or its proof that it holds the key, is damaged or of a kind not accepted.
    #[error(
        "The server's certificate cannot be accepted: {detail}. Let its operator make a new one (`papo cert make`)."
    )]
    BadCertificate {
        /// What is wrong.
        detail: String,
    },
    /// The server speaks another version of the protocol.
    #[error("{}", version_text(*server))]
    Version {
        /// The version that the server has named, if it has.
        server: Option<u32>,
    },
    /// What answers speaks TLS, but not this protocol.
    #[error(
        "What answers there speaks TLS but is no papo server. Check address and port; a proxy in between has to pass \
         TLS and its ALPN through."
    )]
    NotPapo,
    /// The server has refused the name, the room or the proof of the key.
    #[error("The server has refused to let you in: {}", sentence(&.0.text))]
    JoinRefused(Refusal),
    /// The server has closed the connection and said why.
    #[error("{}", closed_text(*code, text))]
    Closed {
        /// Why, for programs.
        code: ClosingCode,
        /// Why and what to do, for people.
        text: String,
        /// After how many seconds coming back makes sense, where the server has said so.
        after: Option<u32>,
    },
    /// The connection broke.
    #[error("The connection was lost ({detail}). Check the network; the server may also have stopped.")]
    Lost {
        /// What the system says.
        detail: String,
    },
    /// The connection is there, but nothing comes from the server any more, or nothing ever came.
    #[error("The server is silent. Check the network; the server may also be overloaded or hang.")]
    Silent,
    /// The server has said something that cannot be read.
    #[error(
        "The server has said something that this program cannot read ({detail}). Update the older of the two."
    )]
    Garbled {
        /// What cannot be read.
        detail: String,
    },
    /// A file of one's own is missing, damaged or not to be used.
    #[error("{text}")]
    Local {
        /// Cause and remedy.
        text: String,
    },
}

/// Whose fault a [`ConnectError`] is, roughly; a program's exit code follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// There is no way to a papo server at that address.
    Unreachable,
    /// A server is there, but it is not, or not any more, to be trusted.
    Untrusted,
    /// A server is there and has refused.
    Refused,
    /// There was a connection, and it broke.
    Lost,
    /// A file of one's own.
    Local,
}

impl ConnectError {
    /// Whether trying again cannot help before a person has done something.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Refused { .. }
            | Self::UnknownHost { .. }
            | Self::NoRoute { .. }
            | Self::TimedOut { .. }
            | Self::NoHandshake { .. }
            | Self::Lost { .. }
            | Self::Silent
            | Self::Garbled { .. } => false,
            // `left` that nobody has asked for is a server's whim; who was put out must not run back in.
            Self::Closed { code, .. } => code.is_final() && *code != ClosingCode::Left,
            Self::NotTls { .. }
            | Self::TlsMismatch { .. }
            | Self::NotTrusted { .. }
            | Self::OtherCertificate { .. }
            | Self::UnknownServer { .. }
            | Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::WrongHostName { .. }
            | Self::BadCertificate { .. }
            | Self::Version { .. }
            | Self::NotPapo
            | Self::JoinRefused(_)
            | Self::Local { .. } => true,
        }
    }

    /// Whose fault it is.
    pub fn category(&self) -> Category {
        match self {
            Self::Refused { .. }
            | Self::UnknownHost { .. }
            | Self::NoRoute { .. }
            | Self::TimedOut { .. }
            | Self::NoHandshake { .. }
            | Self::NotTls { .. }
            | Self::TlsMismatch { .. }
            | Self::Version { .. }
            | Self::NotPapo => Category::Unreachable,
            Self::NotTrusted { .. }
            | Self::OtherCertificate { .. }
            | Self::UnknownServer { .. }
            | Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::WrongHostName { .. }
            | Self::BadCertificate { .. } => Category::Untrusted,
            Self::JoinRefused(_) | Self::Closed { code: ClosingCode::Kicked | ClosingCode::Banned, .. } => {
                Category::Refused
            }
            Self::Closed { .. } | Self::Lost { .. } | Self::Silent | Self::Garbled { .. } => Category::Lost,
            Self::Local { .. } => Category::Local,
        }
    }

    /// What a failure of the socket means while it is being connected to `address`.
    pub fn from_connecting(error: &io::Error, address: &Address) -> Self {
        let address = address.clone();
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused { address },
            io::ErrorKind::TimedOut => Self::TimedOut { address },
            // "No address of that kind here": IPv6 where the computer has only IPv4, for example.
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable => Self::NoRoute { address },
            _ => Self::Lost { detail: error.to_string() },
        }
    }
}

impl From<&io::Error> for ConnectError {
    /// What a failure of the socket means once the connection is there.
    fn from(error: &io::Error) -> Self {
        Self::Lost { detail: error.to_string() }
    }
}

impl ConnectError {
    /// The failure of a file of one's own, in the words of its own error.
    pub fn local(error: &dyn std::error::Error) -> Self {
        Self::Local { text: error.to_string() }
    }
}

/// The day of a point in time: what a person compares with a calendar.
pub(crate) fn day(time: Timestamp) -> String {
    time.to_string().chars().take_while(|&c| c != 'T').collect()
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "no name at all".to_owned() } else { names.join(", ") }
}

/// A server that stops says all there is to know; of any other end one wants to know who has caused it.
fn closed_text(code: ClosingCode, text: &str) -> String {
    match code {
        ClosingCode::Stopping | ClosingCode::Kicked | ClosingCode::Banned => {
            let mut letters = text.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            sentence(&first.chain(letters).collect::<String>())
        }
        _ => format!("The server has closed the connection: {}", sentence(text)),
    }
}

/// A server's words with a full stop, which they need not have: something may follow them.
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{text}{stop}")
}

fn version_text(server: Option<u32>) -> String {
    match server {
        Some(version) => format!(
            "The server speaks version {version} of the protocol, this program version {PROTOCOL_VERSION}. Update the older of the two."
        ),
        None => format!(
            "What answers there has no version of the protocol in common with this program (papo/{PROTOCOL_VERSION}). \
             Update the older of the two; or it is no papo server: check address and port."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_of_a_socket_has_its_cause() {
        let address = Address::default();
        let check = |kind: io::ErrorKind, expected: ConnectError| {
            assert_eq!(ConnectError::from_connecting(&kind.into(), &address), expected, "{kind:?}");
        };
        check(io::ErrorKind::ConnectionRefused, ConnectError::Refused { address: address.clone() });
        check(io::ErrorKind::TimedOut, ConnectError::TimedOut { address: address.clone() });
        for kind in [
            io::ErrorKind::HostUnreachable,
            io::ErrorKind::NetworkUnreachable,
            io::ErrorKind::NetworkDown,
            io::ErrorKind::AddrNotAvailable,
        ] {
            check(kind, ConnectError::NoRoute { address: address.clone() });
        }
        let reset = ConnectError::from_connecting(&io::ErrorKind::ConnectionReset.into(), &address);
        assert_eq!(reset.category(), Category::Lost);
        let no_route = ConnectError::NoRoute { address };
        assert_eq!(
            no_route.to_string(),
            "No network leads to 127.0.0.1:12345. Check whether this computer is online and in the right network (Wi-Fi, VPN)."
        );
    }

    #[test]
    fn what_a_server_says_becomes_a_sentence() {
        let closed =
            |code, text: &str| ConnectError::Closed { code, text: text.into(), after: None }.to_string();
        for text in ["the server is stopping", "The server is stopping."] {
            assert_eq!(closed(ClosingCode::Stopping, text), "The server is stopping.");
        }
        let full = closed(ClosingCode::Full, "the server is full: come back later");
        assert_eq!(full, "The server has closed the connection: the server is full: come back later.");
        let refusal = Refusal::new(papo_proto::ErrorCode::BadRoom, "there is no such room");
        let refused = ConnectError::JoinRefused(refusal).to_string();
        assert_eq!(refused, "The server has refused to let you in: there is no such room.");
    }

    #[test]
    fn dates_are_shown_as_days() {
        let not_after = Timestamp::parse("2020-02-03T04:05:06Z").unwrap();
        let text = ConnectError::Expired { not_after }.to_string();
        assert!(text.starts_with("The server's certificate expired on 2020-02-03. If"), "{text}");
    }
}
