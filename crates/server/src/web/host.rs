//! Under which names the server may be asked, and from which pages a WebSocket may be opened. A page of somebody
//! else's whose name suddenly leads to this computer (DNS rebinding) is thereby no page of ours. Not here: reading
//! requests.

use std::net::{IpAddr, Ipv6Addr};

use papo_proto::Address;

/// The names that the server answers to, besides every IP address: nobody can make an address lead elsewhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts {
    /// In small letters; `*.example.org` stands for one more label.
    names: Vec<String>,
}

impl Hosts {
    /// `localhost` and these names.
    pub(crate) fn new(names: impl IntoIterator<Item = String>) -> Self {
        let mut names: Vec<String> = names.into_iter().map(|name| name.to_ascii_lowercase()).collect();
        names.push("localhost".to_owned());
        Self { names }
    }

    /// Whether the server may be asked under this `Host`.
    pub(crate) fn allow(&self, host: &str) -> bool {
        let Some(name) = name_of(host) else { return false };
        let is_name = |known: &String| match known.strip_prefix('*') {
            Some(domain) => {
                name.strip_suffix(domain).is_some_and(|label| !label.is_empty() && !label.contains('.'))
            }
            None => known == name,
        };
        is_address(name) || self.names.iter().any(is_name)
    }
}

/// The further servers with the same rooms and the same key. A page of theirs that has lost its server may speak with
/// this one, and this one's page with them: its key, its drafts and what is unsent belong to its origin and cannot be
/// taken along to another page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Others {
    addresses: Vec<String>,
    /// Where the page may connect to, as a policy lists it: a blank before each.
    sources: String,
    /// A short sign of the sources: the page with another policy is another page.
    sign: String,
}

impl Others {
    /// These servers.
    pub(crate) fn new(addresses: &[Address]) -> Self {
        // A policy cannot name an IPv6 address (CSP 3, `host-source`), and a browser would complain of it.
        let named = addresses.iter().filter(|address| !address.host.contains(':'));
        let sources = named.fold(String::new(), |sources, address| format!("{sources} wss://{address}"));
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, sources.as_bytes());
        let sign = data_encoding::HEXLOWER.encode(digest.as_ref().get(..4).unwrap_or_default());
        let sign = if sources.is_empty() { String::new() } else { format!("-{sign}") };
        Self { addresses: addresses.iter().map(Address::to_string).collect(), sources, sign }
    }

    /// Whether a page of this origin is one of theirs.
    pub(crate) fn allow(&self, origin: &str) -> bool {
        self.addresses.iter().any(|address| is_own_origin(origin, address))
    }

    /// Where else the page may connect to, to be put behind `connect-src 'self'`.
    pub(crate) fn sources(&self) -> &str {
        &self.sources
    }

    /// What tells the page with these sources from the one with others; empty where there are none.
    pub(crate) fn sign(&self) -> &str {
        &self.sign
    }
}

/// Whether a page of this origin is the one that the server itself has served under this `Host`.
pub(crate) fn is_own_origin(origin: &str, host: &str) -> bool {
    let plain = |host: &str| host.strip_suffix(":443").unwrap_or(host).to_ascii_lowercase();
    origin.strip_prefix("https://").is_some_and(|of_page| plain(of_page) == plain(host))
}

/// The name in a `Host` without its port.
fn name_of(host: &str) -> Option<&str> {
    let end = if host.starts_with('[') { host.find(']')? + 1 } else { host.find(':').unwrap_or(host.len()) };
    let (name, port) = host.split_at(end);
    let is_port = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| digits.parse::<u16>().is_ok() && !digits.starts_with('+'));
    (is_port && !name.is_empty()).then_some(name)
}

fn is_address(name: &str) -> bool {
    match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(inside) => inside.parse::<Ipv6Addr>().is_ok(),
        None => name.parse::<IpAddr>().is_ok_and(|address| address.is_ipv4()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_own_names_are_allowed_and_others_are_not() {
        let hosts = Hosts::new(["Chat.example".to_owned(), "*.sala.example".to_owned()]);
        for good in [
            "127.0.0.1:12345",
            "192.168.0.10",
            "[::1]:12345",
            "[2001:db8::1]",
            "localhost",
            "localhost:12345",
            "chat.example:443",
            "a.sala.example",
        ] {
            assert!(hosts.allow(good), "{good}");
        }
        for bad in [
            "",
            ":12345",
            "evil.example",
            "chat.example.evil",
            "evilchat.example",
            "sala.example",
            "a.b.sala.example",
            ".sala.example",
            "localhost:",
            "localhost:x",
            "localhost:123456",
            "localhost:+80",
            "[::1",
            "::1",
            "[chat.example]",
            "127.0.0.1.evil.example",
            "chat.example@evil",
            "user@localhost",
        ] {
            assert!(!hosts.allow(bad), "{bad}");
        }
    }

    #[test]
    fn pages_of_the_other_servers_are_let_in_and_named_in_the_policy() {
        let addresses =
            ["b.example:12345", "c.example:443", "[2001:db8::1]:9"].map(|one| one.parse().unwrap());
        let others = Others::new(&addresses);
        for good in ["https://b.example:12345", "https://C.example", "https://[2001:db8::1]:9"] {
            assert!(others.allow(good), "{good}");
        }
        for bad in [
            "http://b.example:12345",
            "https://b.example",
            "https://b.example:123456",
            "null",
            "https://evil.example",
        ] {
            assert!(!others.allow(bad), "{bad}");
        }
        assert_eq!(others.sources(), " wss://b.example:12345 wss://c.example:443");
        assert_ne!(others.sign(), Others::new(&addresses[..1]).sign(), "another policy is another page");
        let none = Others::new(&[]);
        assert_eq!((none.sources(), none.sign(), none.allow("https://b.example:12345")), ("", "", false));
    }

    #[test]
    fn an_origin_is_the_servers_own_only_whole() {
        for (origin, host, own) in [
            ("https://localhost:12345", "localhost:12345", true),
            ("https://LOCALHOST:12345", "localhost:12345", true),
            ("https://chat.example", "chat.example:443", true),
            ("https://[::1]:12345", "[::1]:12345", true),
            ("http://localhost:12345", "localhost:12345", false),
            ("https://localhost:12346", "localhost:12345", false),
            ("https://localhost:12345.evil.example", "localhost:12345", false),
            ("https://evil.example", "localhost:12345", false),
            ("null", "localhost:12345", false),
            ("", "localhost:12345", false),
        ] {
            assert_eq!(is_own_origin(origin, host), own, "{origin} at {host}");
        }
    }
}
