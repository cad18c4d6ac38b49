//! Under which names the server may be asked, and from which pages a WebSocket may be opened. A page of somebody
//! else's whose name suddenly leads to this computer (DNS rebinding) is thereby no page of ours. Not here: reading
//! requests.

use std::net::{IpAddr, Ipv6Addr};

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
