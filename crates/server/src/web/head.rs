//! The head of an HTTP request (RFC 9112), read strictly: what two readers could understand in two ways is refused,
//! since that is how requests are smuggled. Not here: what is answered.

use httparse::{EMPTY_HEADER, Header, Status};

/// The longest head. Browsers send one to two KiB; nothing here needs more.
pub(crate) const HEAD_BYTES_MAX: usize = 8 * 1024;

/// The most header fields. Browsers send about fifteen.
const HEADERS_MAX: usize = 64;

/// What a client asks for, as far as anything here depends on it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// Whether the answer goes without its content: `HEAD`.
    pub(crate) is_head: bool,
    /// The target without its query.
    pub(crate) path: String,
    /// As it was sent, in small letters.
    pub(crate) host: String,
    /// `Origin`, where there is one.
    pub(crate) origin: Option<String>,
    pub(crate) accept_encoding: String,
    pub(crate) if_none_match: String,
    /// Whether the client wants to close after the answer.
    pub(crate) closes: bool,
    /// Where it asks for a WebSocket: the key, or what is wrong with how it asks.
    pub(crate) upgrade: Option<Result<String, &'static str>>,
}

/// A head that is refused, with its status. The connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) text: &'static str,
}

const fn refused(status: u16, text: &'static str) -> Refused {
    Refused { status, text }
}

/// Reads a head, if it is whole. Returns the request and how many bytes it took.
pub(crate) fn read(bytes: &[u8]) -> Result<Option<(Request, usize)>, Refused> {
    let mut fields = [EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Request::new(&mut fields);
    let len = match parsed.parse(bytes) {
        Ok(Status::Complete(len)) if len <= HEAD_BYTES_MAX => len,
        Ok(Status::Partial) if bytes.len() <= HEAD_BYTES_MAX => return Ok(None),
        Ok(_) | Err(httparse::Error::TooManyHeaders) => {
            return Err(refused(431, "the request's head is too large"));
        }
        Err(httparse::Error::Version) => return Err(refused(505, "speak HTTP/1.1")),
        Err(_) => return Err(refused(400, "this is no request of HTTP/1.1")),
    };
    // A bare line feed ends a line for some and not for others.
    if (0..len).any(|at| bytes[at] == b'\n' && (at == 0 || bytes[at - 1] != b'\r')) {
        return Err(refused(400, "a line of the head ends without a carriage return"));
    }
    if parsed.version != Some(1) {
        return Err(refused(505, "speak HTTP/1.1"));
    }
    let is_head = match parsed.method {
        Some("GET") => false,
        Some("HEAD") => true,
        _ => return Err(refused(405, "nothing can be done here but GET and HEAD")),
    };
    let target = parsed.path.unwrap_or_default();
    if !target.starts_with('/') || target.contains('#') {
        return Err(refused(400, "the target must be a path"));
    }
    let path = target.split('?').next().unwrap_or_default().to_owned();
    Ok(Some((request(is_head, path, parsed.headers)?, len)))
}

fn request(is_head: bool, path: String, fields: &[Header<'_>]) -> Result<Request, Refused> {
    let fields = Fields(fields);
    if fields.has("transfer-encoding") {
        return Err(refused(400, "a request here has no content"));
    }
    match fields.once("content-length")? {
        None | Some("0") => {}
        Some(_) => return Err(refused(413, "a request here has no content")),
    }
    if fields.has("expect") {
        return Err(refused(417, "nothing is expected here"));
    }
    let host = fields.once("host")?.ok_or(refused(400, "the request names no host"))?.to_ascii_lowercase();
    // Whatever is no host is refused as such (RFC 9112, section 3.2), before anything compares it.
    if !host.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(refused(400, "this is no host"));
    }
    let is_upgrade = fields.lists("upgrade", "websocket") && fields.lists("connection", "upgrade");
    Ok(Request {
        is_head,
        path,
        host,
        origin: fields.once("origin")?.map(str::to_owned),
        accept_encoding: fields.joined("accept-encoding"),
        if_none_match: fields.joined("if-none-match"),
        closes: fields.lists("connection", "close"),
        upgrade: if is_upgrade { Some(fields.web_socket()) } else { None },
    })
}

/// The header fields of a head.
struct Fields<'a>(&'a [Header<'a>]);

impl<'a> Fields<'a> {
    fn values(&self, name: &'static str) -> impl Iterator<Item = &'a str> {
        let of_name = self.0.iter().filter(move |field| field.name.eq_ignore_ascii_case(name));
        // What is not text is nothing that anything here asks for, and must not look like it.
        of_name.map(|field| str::from_utf8(field.value).unwrap_or("\u{fffd}").trim())
    }

    fn has(&self, name: &'static str) -> bool {
        self.values(name).next().is_some()
    }

    /// The field that may stand there once at most.
    fn once(&self, name: &'static str) -> Result<Option<&'a str>, Refused> {
        let mut values = self.values(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(refused(400, "a field stands there twice that means one thing"));
        }
        Ok(first)
    }

    fn joined(&self, name: &'static str) -> String {
        self.values(name).collect::<Vec<_>>().join(",")
    }

    /// Whether a field that is a list holds this word.
    fn lists(&self, name: &'static str, word: &str) -> bool {
        self.values(name).flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(word))
    }

    /// The key of an opening handshake (RFC 6455, section 4.2.1).
    fn web_socket(&self) -> Result<String, &'static str> {
        if self.joined("sec-websocket-version") != "13" {
            return Err("the version of WebSocket must be 13");
        }
        let key = self.joined("sec-websocket-key");
        match data_encoding::BASE64.decode(key.as_bytes()) {
            Ok(bytes) if bytes.len() == 16 => Ok(key),
            _ => Err("the key of the WebSocket must be 16 bytes in base64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = "GET / HTTP/1.1\r\nHost: papo\r\n\r\n";

    #[test]
    fn what_can_be_understood_in_two_ways_is_refused() {
        let long = format!("GET / HTTP/1.1\r\nHost: papo\r\nX: {}\r\n\r\n", "x".repeat(HEAD_BYTES_MAX));
        let many = format!("GET / HTTP/1.1\r\nHost: papo\r\n{}\r\n", "X: y\r\n".repeat(HEADERS_MAX));
        let rows = [
            (
                "two lengths",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
                400,
            ),
            (
                "length and chunks",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                400,
            ),
            ("chunks", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("hidden chunks", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n", 400),
            ("content", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", 413),
            ("a length that is a sum", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n", 413),
            ("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("no host", "GET / HTTP/1.1\r\n\r\n", 400),
            ("a host with a tab", "GET / HTTP/1.1\r\nHost: a\tb\r\n\r\n", 400),
            ("two origins", "GET / HTTP/1.1\r\nHost: a\r\nOrigin: x\r\nOrigin: y\r\n\r\n", 400),
            ("an absolute target", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("a target that is a star", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("a bare line feed", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400),
            ("only line feeds", "GET / HTTP/1.1\nHost: a\n\n", 400),
            ("a folded line", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
            ("another method", "POST / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
            ("HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 505),
            ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
            ("TLS within TLS", "\u{16}\u{3}\u{1}", 400),
            ("a NUL", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("too long", &long, 431),
            ("too many", &many, 431),
        ];
        for (row, bytes, status) in rows {
            let refusal = read(bytes.as_bytes()).expect_err(row);
            assert_eq!(refusal.status, status, "{row}");
        }
        let endless = format!("GET /{}", "x".repeat(HEAD_BYTES_MAX));
        assert_eq!(read(endless.as_bytes()).unwrap_err().status, 431, "a head that never ends");
    }

    #[test]
    fn a_browsers_head_is_read() {
        let bytes = "GET /sala-1?x=y HTTP/1.1\r\nHost: Papo.example:12345\r\nConnection: keep-alive, Upgrade\r\n\
            Upgrade: websocket\r\nOrigin: https://papo.example:12345\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAccept-Encoding: gzip, br\r\n\r\nrest";
        let (request, len) = read(bytes.as_bytes()).unwrap().unwrap();
        assert_eq!(&bytes[len..], "rest");
        assert_eq!((&*request.path, &*request.host), ("/sala-1", "papo.example:12345"));
        assert_eq!(request.upgrade, Some(Ok("dGhlIHNhbXBsZSBub25jZQ==".to_owned())));
        assert!(!request.closes && !request.is_head);
        for len in 0..GOOD.len() {
            assert_eq!(read(&GOOD.as_bytes()[..len]), Ok(None), "not whole yet: {len} bytes");
        }
    }

    proptest! {
        /// Invariant: no bytes panic.
        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300), line in "[ -~]{0,60}") {
            let _ = read(&bytes);
            let _ = read(format!("GET / HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n").as_bytes());
        }
    }
}
