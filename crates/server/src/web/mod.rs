//! What the server is to a browser: the page with its assets, and the way to a WebSocket, all over HTTP/1.1 on the
//! same port as everything else. Pure: bytes and time come in, bytes to be sealed come out. Not here: rooms, which
//! are the same however one comes in.

mod assets;
pub(crate) mod frame;
pub(crate) mod head;
mod host;
pub(crate) mod reply;
mod visit;

pub(crate) use host::{Hosts, Others};
pub(crate) use visit::{Site, Step, Visit, Visitor, ready};

/// The ALPN name of HTTP/1.1 (RFC 7301, section 6).
pub(crate) const ALPN_HTTP: &[u8] = b"http/1.1";

/// Whether the first byte of a connection without ALPN begins an HTTP request: methods are capital letters, and an
/// object of the protocol begins with a brace or a blank.
pub(crate) fn begins_request(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_uppercase)
}
