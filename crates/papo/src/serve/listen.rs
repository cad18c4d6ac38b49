//! Where a server listens, whether others reach it there, and under which address others reach it. Not here:
//! the sockets themselves.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};

use papo_proto::Address;
use papo_words::{system, t};

use crate::exit::{Exit, Failure};
use crate::layers::Sourced;

/// The addresses that a host stands for.
pub(super) fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
    let found = (host, port).to_socket_addrs().map(Vec::from_iter).unwrap_or_default();
    if found.is_empty() {
        return Err(Failure::new(Exit::Other, t!("cli-no-host", host = host)));
    }
    // Two free ports for one server would need two invites.
    let many = if port == 0 { 1 } else { found.len() };
    let mut listen: Vec<SocketAddr> = Vec::new();
    for address in found.into_iter().take(many) {
        if !listen.contains(&address) {
            listen.push(address);
        }
    }
    Ok(listen)
}

/// What sockets listen on that somebody else has opened.
pub(super) fn addresses(opened: &[TcpListener]) -> Result<Vec<SocketAddr>, Failure> {
    let addresses = opened.iter().map(TcpListener::local_addr).collect::<io::Result<_>>();
    addresses.map_err(|error| Failure::new(Exit::Other, t!("cli-socket-wrong", cause = system(&error))))
}

/// The host by which a socket is reached that somebody else has opened.
pub(super) fn host(listen: &[SocketAddr]) -> String {
    listen.first().map_or_else(String::new, |first| first.ip().to_string())
}

/// Whether others can reach one of the addresses.
pub(super) fn is_public(listen: &[SocketAddr]) -> bool {
    listen.iter().any(|address| !address.ip().is_loopback())
}

/// What an invite names: the address that was said for it; or the host as it was typed; or, where the server
/// listens on every address, the one that leads to the others.
pub(super) fn reached_under(
    said: Option<&str>,
    host: &str,
    bound: &[SocketAddr],
) -> Result<Address, Failure> {
    let Some(first) = bound.first() else { return Ok(Address::default()) };
    if let Some(said) = said {
        let address = Sourced::typed("--address", said.to_owned()).parse(str::parse::<Address>)?;
        let names_port = said.ends_with(&format!(":{}", address.port)) && said.parse::<IpAddr>().is_err();
        return Ok(if names_port { address } else { Address::new(address.host, first.port()) });
    }
    let host = if first.ip().is_unspecified() { outward(first.ip()).to_string() } else { host.to_owned() };
    Ok(Address::new(host, first.port()))
}

/// The address that leads here from elsewhere; this computer's own where it is in no network.
pub(crate) fn outward(listening: IpAddr) -> IpAddr {
    papo_server::outward(listening).unwrap_or(if listening.is_ipv4() {
        Ipv4Addr::LOCALHOST.into()
    } else {
        Ipv6Addr::LOCALHOST.into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(text: &str) -> Vec<SocketAddr> {
        vec![text.parse().unwrap()]
    }

    #[test]
    fn only_loopback_is_for_this_computer_alone() {
        for good in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1"] {
            assert!(!is_public(&bound(good)), "{good}");
        }
        for public in ["0.0.0.0:1", "[::]:1", "192.168.0.2:1"] {
            assert!(is_public(&bound(public)), "{public}");
        }
    }

    #[test]
    fn invites_name_an_address_that_leads_here() {
        let check = |said, host: &str, listening: &str, expected: &str| {
            let reached = reached_under(said, host, &bound(listening)).unwrap();
            assert_eq!(reached.to_string(), expected);
        };
        check(None, "localhost", "127.0.0.1:9", "localhost:9");
        check(None, "::1", "[::1]:9", "[::1]:9");
        check(Some("chat.example"), "0.0.0.0", "0.0.0.0:9", "chat.example:9");
        check(Some("chat.example:443"), "0.0.0.0", "0.0.0.0:9", "chat.example:443");
        let guessed = reached_under(None, "0.0.0.0", &bound("0.0.0.0:9")).unwrap();
        assert!(!guessed.host.parse::<IpAddr>().unwrap().is_unspecified(), "{guessed}");
    }

    #[test]
    fn a_name_may_stand_for_several_addresses() {
        assert!(resolve("127.0.0.1", 5).unwrap() == bound("127.0.0.1:5"));
        assert_eq!(resolve("localhost", 0).unwrap().len(), 1);
        assert!(resolve("nothing.invalid", 5).unwrap_err().text.contains("no host called nothing.invalid"));
    }
}
