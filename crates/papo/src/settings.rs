//! What the options mean: the text of each layer becomes a type here, with its default, and an error names
//! where the text came from. Nothing is opened or resolved yet.

mod client;
mod key;
mod limits;
mod server;

use std::fmt;
use std::str::FromStr;

use papo_client::said::Said;
use papo_proto::Address;
use papo_proto::invite::InviteError;
use papo_words::t;

use crate::layers::Sourced;

pub(crate) use client::{Client, Join, Send, Start, Tail, join, send, tail};
#[cfg(feature = "desktop")]
pub(crate) use client::{Desktop, desktop};
pub(crate) use key::{KeyExport, KeyFile, KeyImport, KeyPair, PairingWay, key_export, key_import, key_pair};
pub(crate) use server::{
    CertFile, CertMake, Durability, Health, History, Invite, LogFormat, LogLevel, Room, Serve, cert_file,
    cert_make, cert_trust, health, invite, room, serve,
};

/// A whole number of at least `least`.
fn number<T: FromStr + PartialOrd + Copy + fmt::Display>(text: &str, least: T) -> Result<T, String> {
    let wrong = || t!("cli-not-number", text = format!("{text:?}"), least = %least);
    text.trim().parse::<T>().ok().filter(|number| *number >= least).ok_or_else(wrong)
}

/// A TCP port. 0 is one only for a server, which then takes any free port.
fn port(text: &str, least: u16) -> Result<u16, String> {
    number(text, least).map_err(|_| t!("cli-not-port", text = format!("{text:?}"), least = %least))
}

/// A host without a port: a name or an address, an IPv6 one with or without brackets.
fn host(text: &str) -> Result<String, String> {
    let address: Address = text.parse().map_err(|error: InviteError| error.said())?;
    if has_port(text, &address) {
        return Err(t!("cli-host-port", text = format!("{text:?}")));
    }
    Ok(address.host)
}

/// Whether a text that was read as this address names a port.
fn has_port(text: &str, address: &Address) -> bool {
    // A bare IPv6 address has the default port, whose five digits are no group of such an address.
    text.ends_with(&format!(":{}", address.port))
}

/// One of a few words.
fn choice<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, String> {
    let found = choices.iter().find(|(word, _)| *word == text.trim());
    let words = || choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    found
        .map(|(_, choice)| *choice)
        .ok_or_else(|| t!("cli-none-of", text = format!("{text:?}"), words = words()))
}

/// Parses a text if there is one.
fn parsed<T, E: Said>(
    said: Option<Sourced<String>>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, crate::exit::Failure> {
    said.map(|said| said.parse(parse)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ports_have_a_least_value() {
        assert_eq!(number(" 3 ", 1_u32), Ok(3));
        assert_eq!(number("0", 1_u32), Err("\"0\" is not a whole number from 1 on".to_owned()));
        assert_eq!(port("0", 0), Ok(0));
        for bad in ["0", "65536", "-1", "http", ""] {
            assert!(port(bad, 1).unwrap_err().contains("is not a port"), "{bad:?}");
        }
    }

    #[test]
    fn hosts_have_no_port() {
        for (text, expected) in [
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("chat.example", "chat.example"),
            ("fe80::1:2345", "fe80::1:2345"),
        ] {
            assert_eq!(host(text).as_deref(), Ok(expected));
        }
        for bad in ["a:1", "a:12345", "[::1]:2", "a b", ""] {
            assert!(host(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_choice_names_its_words() {
        assert_eq!(choice("json", &[("text", 1), ("json", 2)]), Ok(2));
        assert_eq!(
            choice("xml", &[("text", 1), ("json", 2)]),
            Err("\"xml\" is none of text, json".to_owned())
        );
    }
}
