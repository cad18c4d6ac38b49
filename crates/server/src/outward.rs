//! The address by which this computer reaches others, for invites of a server that listens on every address. Not here:
//! where a server listens.

use std::net::{IpAddr, UdpSocket};

/// The address of this computer by which it reaches others, of the same kind as `listening`; none where it is in no
/// network. Connecting a UDP socket sends nothing; it only asks the system for a route (the addresses are for
/// documentation, RFC 5737 and RFC 3849).
pub fn outward(listening: IpAddr) -> Option<IpAddr> {
    let ask = |from: &str, to: &str| {
        let socket = UdpSocket::bind(from).ok()?;
        socket.connect(to).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    if listening.is_ipv4() { ask("0.0.0.0:0", "192.0.2.1:9") } else { ask("[::]:0", "[2001:db8::1]:9") }
}
