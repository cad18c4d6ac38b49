//! Answers as bytes: the head with everything that keeps a page safe, and the content behind it. Not here: which
//! answer a request gets.

use std::time::SystemTime;

use time::OffsetDateTime;
use time::macros::format_description;

/// What every answer says, whatever it is. The page needs no script but its own files, no style but its own files,
/// and speaks with this server and those that it names as having the same rooms; nobody may frame it, and no string
/// becomes markup (Trusted Types; the one policy is for the service worker's address). Those further servers stand
/// between this and [`ALWAYS`].
const BEFORE_SOURCES: &str = "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; font-src 'self'; connect-src 'self'";

/// The rest of the policy, and what else every document says.
const ALWAYS: &str = "; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types papo-worker\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Referrer-Policy: no-referrer\r\n\
    Cross-Origin-Opener-Policy: same-origin\r\n\
    Cross-Origin-Resource-Policy: same-origin\r\n\
    Permissions-Policy: camera=(), microphone=(), geolocation=(), payment=(), usb=()\r\n";

/// The same for a file of the page, which is no document: forty of them come with the first visit, and each with a
/// head. Their policies are [`POLICY_OF_FILES`] and [`POLICY_OF_WORKER`].
const OF_FILES: &str = "X-Content-Type-Options: nosniff\r\n\
    Cross-Origin-Resource-Policy: same-origin\r\n";

/// What a file may do that somebody opens by itself: nothing.
pub(crate) const POLICY_OF_FILES: &str =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'";

/// What the service worker may do, which is the one file that does something by itself: ask this server.
pub(crate) const POLICY_OF_WORKER: &str = "Content-Security-Policy: default-src 'none'; connect-src 'self'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'";

/// For how long a browser asks for this host over TLS only: thirty days, so that a mistake ends.
const HSTS: &str = "Strict-Transport-Security: max-age=2592000\r\n";

/// An answer that is on its way.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Further header lines, each with its end.
    pub(crate) fields: String,
    pub(crate) content: Content,
    /// Whether it is a file of the page's and no document.
    pub(crate) is_file: bool,
    /// Whether the connection ends behind it.
    pub(crate) closes: bool,
}

/// What an answer holds.
#[derive(Debug, Default)]
pub(crate) enum Content {
    #[default]
    None,
    Fixed(&'static [u8]),
    Made(Vec<u8>),
}

impl Content {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::None => &[],
            Self::Fixed(bytes) => bytes,
            Self::Made(bytes) => bytes,
        }
    }
}

impl Reply {
    /// A line of text for whoever reads it.
    pub(crate) fn text(status: u16, text: &str) -> Self {
        Self {
            status,
            fields: "Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n".to_owned(),
            content: Content::Made(format!("{text}\n").into_bytes()),
            is_file: false,
            closes: false,
        }
    }

    /// The same, and the connection ends: what follows on it cannot be trusted to be a request.
    pub(crate) fn closing(self) -> Self {
        Self { closes: true, ..self }
    }

    pub(crate) fn with(mut self, field: &str) -> Self {
        self.fields.push_str(field);
        self.fields.push_str("\r\n");
        self
    }

    /// The head as it is sent. `sources` is where a page may connect to besides this server, each with a blank before it.
    pub(crate) fn head(&self, now: SystemTime, is_trusted: bool, sources: &str) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\nDate: {}\r\n", self.status, reason(self.status), date(now));
        if self.is_file {
            head.push_str(OF_FILES);
        } else {
            head.extend([BEFORE_SOURCES, sources, ALWAYS]);
        }
        if is_trusted && !self.is_file {
            head.push_str(HSTS);
        }
        head.push_str(&self.fields);
        // An answer without content says so by its status (RFC 9110, section 15.4.5).
        if !matches!(self.status, 101 | 304) {
            head.push_str("Content-Length: ");
            head.push_str(&self.content.bytes().len().to_string());
            head.push_str("\r\n");
        }
        if self.closes {
            head.push_str("Connection: close\r\n");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// The answer that makes the connection a WebSocket (RFC 6455, section 4.2.2). No extension, no subprotocol.
pub(crate) fn upgrade(key: &str) -> Vec<u8> {
    const UUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    let digest = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY,
        format!("{key}{UUID}").as_bytes(),
    );
    let accept = data_encoding::BASE64.encode(digest.as_ref());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: {accept}\r\n\r\n"
    )
    .into_bytes()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        304 => "Not Modified",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Bad Request",
    }
}

/// A date as HTTP writes it (RFC 9110, section 5.6.7).
fn date(now: SystemTime) -> String {
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    OffsetDateTime::from(now).format(&format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        let answer = String::from_utf8(upgrade("dGhlIHNhbXBsZSBub25jZQ==")).unwrap();
        assert!(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{answer}");
        assert_eq!(date(UNIX_EPOCH + Duration::from_secs(784_111_777)), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn hsts_is_said_only_where_browsers_accept_the_certificate() {
        let said =
            |is_trusted| String::from_utf8(Reply::text(200, "ok").head(UNIX_EPOCH, is_trusted, "")).unwrap();
        assert!(said(true).contains("Strict-Transport-Security"));
        assert!(!said(false).contains("Strict-Transport-Security"));
        assert!(said(false).ends_with("Content-Length: 3\r\n\r\n"));
    }
}
