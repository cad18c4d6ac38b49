//! Every way in which reaching a server, trusting it or talking to it can fail. Each text names the cause
//! and the remedy, for the person who reads it. Not here: what a server says about a single message, which
//! is a [`Refusal`] and no end of the connection.

use std::io;
use std::path::Path;

use papo_proto::limits::PROTOCOL_VERSION;
use papo_proto::{Address, ClosingCode, Fingerprint, Refusal, Timestamp};
use papo_words::{dates, t};

use crate::said::{Said, closing};

/// Why there is no connection, or no longer one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The host answers, but no program listens on this port.
    #[error("{}", t!("client-refused", address = %address))]
    Refused {
        /// Where nothing listens.
        address: Address,
    },
    /// The name has no address.
    #[error("{}", t!("client-unknown-host", host = host))]
    UnknownHost {
        /// The name.
        host: String,
    },
    /// No network leads there.
    #[error("{}", t!("client-no-route", address = %address))]
    NoRoute {
        /// Where no network leads.
        address: Address,
    },
    /// There was no answer within the deadline.
    #[error("{}", t!("client-timed-out", address = %address))]
    TimedOut {
        /// Where the answer should have come from.
        address: Address,
    },
    /// The connection was accepted, but no word of TLS came within the deadline.
    #[error("{}", t!("client-no-handshake", address = %address))]
    NoHandshake {
        /// What was connected to.
        address: Address,
    },
    /// What answers does not speak TLS.
    #[error("{}", t!("client-not-tls", address = %address))]
    NotTls {
        /// What was connected to.
        address: Address,
    },
    /// What answers speaks TLS, but too old a version or with algorithms that are not accepted.
    #[error("{}", t!("client-tls-mismatch", address = %address, detail = detail))]
    TlsMismatch {
        /// What was connected to.
        address: Address,
        /// What was not agreed on.
        detail: String,
    },
    /// The server's key is another one than the invite or the memory of earlier connections says.
    #[error("{}", t!("client-not-trusted", address = %address, expected = expected.grouped(), found = found.grouped(), remedy = &**remedy))]
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
    #[error("{}", t!("client-other-certificate", address = %address, file = %file.display(), expected = expected.grouped(), found = found.grouped()))]
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
    #[error("{}", t!("client-unknown-server", address = %address, detail = detail, fingerprint = fingerprint.grouped()))]
    UnknownServer {
        /// What was connected to.
        address: Address,
        /// The fingerprint that the server has.
        fingerprint: Fingerprint,
        /// Why the system's certificate authorities do not help.
        detail: String,
    },
    /// The server's certificate is no longer valid, by this computer's clock.
    #[error("{}", t!("client-expired", day = day(*not_after)))]
    Expired {
        /// When it expired.
        not_after: Timestamp,
    },
    /// The server's certificate is not valid yet, by this computer's clock.
    #[error("{}", t!("client-not-yet-valid", day = day(*not_before)))]
    NotYetValid {
        /// When it begins to be valid.
        not_before: Timestamp,
    },
    /// The certificate is trusted, but for another name.
    #[error("{}", t!("client-wrong-host-name", host = host, names = list(presented)))]
    WrongHostName {
        /// The name or address that was connected to.
        host: String,
        /// The names in the certificate.
        presented: Vec<String>,
    },
    /// The server's certificate, or its proof that it holds the key, is damaged or of a kind not accepted.
    #[error("{}", t!("client-bad-certificate", detail = detail))]
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
    #[error("{}", t!("client-not-papo"))]
    NotPapo,
    /// The server has refused the name, the room or the proof of the key.
    #[error("{}", t!("client-join-refused", text = sentence(&.0.said())))]
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
    #[error("{}", t!("client-lost", detail = detail))]
    Lost {
        /// What the system says.
        detail: String,
    },
    /// The connection is there, but nothing comes from the server any more, or nothing ever came.
    #[error("{}", t!("client-silent"))]
    Silent,
    /// The server has said something that cannot be read.
    #[error("{}", t!("client-garbled", detail = detail))]
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
            _ => Self::Lost { detail: papo_words::system(error) },
        }
    }
}

impl From<&io::Error> for ConnectError {
    /// What a failure of the socket means once the connection is there.
    fn from(error: &io::Error) -> Self {
        Self::Lost { detail: papo_words::system(error) }
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
    dates::short_of(&time.to_string().chars().take_while(|&c| c != 'T').collect::<String>())
}

fn list(names: &[String]) -> String {
    if names.is_empty() { t!("client-no-name") } else { names.join(", ") }
}

/// A server that stops says all there is to know; of any other end one wants to know who has caused it.
fn closed_text(code: ClosingCode, text: &str) -> String {
    let why = sentence(&closing(code, text));
    match code {
        ClosingCode::Stopping | ClosingCode::Kicked | ClosingCode::Banned => why,
        _ => t!("client-closed", text = why),
    }
}

/// A clause with a full stop: something may follow it.
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{text}{stop}")
}

fn version_text(server: Option<u32>) -> String {
    let ours = PROTOCOL_VERSION.to_string();
    match server {
        Some(server) => t!("client-other-version", server = server.to_string(), ours = ours),
        None => t!("client-no-common-version", ours = ours),
    }
}

#[cfg(test)]
mod tests {
    use papo_words::Language;

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
        let stopping = closed(ClosingCode::Stopping, "");
        assert_eq!(stopping, "The server is stopping or restarting; nothing is lost.");
        let full = closed(ClosingCode::Full, "full");
        let expected = "The server has closed the connection: the server holds as many connections as it may: try \
                        again in a while.";
        assert_eq!(full, expected);
        for text in ["moved", "moved.", "moved. "] {
            assert_eq!(closed(ClosingCode::Unknown, text), "The server has closed the connection: moved.");
        }
        let refusal = Refusal::new(papo_proto::ErrorCode::BadRoom, "x");
        let refused = ConnectError::JoinRefused(refusal).to_string();
        let expected =
            "The server has refused to let you in: this room's name cannot be used: choose another one.";
        assert_eq!(refused, expected);
    }

    #[test]
    fn a_cause_is_said_in_the_readers_language() {
        let not_after = Timestamp::parse("2020-02-03T04:05:06Z").unwrap();
        let said = |error: ConnectError| papo_words::in_language(Language::Portuguese, || error.to_string());
        let refused = said(ConnectError::Refused { address: Address::default() });
        assert!(refused.starts_with("Nada está escutando em 127.0.0.1:12345."), "{refused}");
        let expired = said(ConnectError::Expired { not_after });
        assert!(expired.starts_with("O certificado do servidor venceu em 03/02/2020."), "{expired}");
        let stopping =
            said(ConnectError::Closed { code: ClosingCode::Stopping, text: "x".into(), after: None });
        assert_eq!(stopping, "O servidor está parando ou reiniciando; nada se perde. Ele diz: “x”.");
    }

    #[test]
    fn dates_are_shown_as_days() {
        let not_after = Timestamp::parse("2020-02-03T04:05:06Z").unwrap();
        let text = ConnectError::Expired { not_after }.to_string();
        assert!(text.starts_with("The server's certificate expired on 2020-02-03. If"), "{text}");
    }
}
