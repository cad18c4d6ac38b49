//! XMPP (RFC 6120) over direct TLS, with an anonymous login (RFC 4505) and rooms of XEP-0045. Not here:
//! everything else of XMPP, and of XML all that such servers do not send: comments, CDATA, `>` in attributes.

use std::io::Write as _;

use memchr::memmem;
use papo_words::t;

use super::{Dialect, Heard, Room, Seat, Strange};
use crate::stamp::Stamp;

/// The domain that the servers are set up with.
const DOMAIN: &str = "localhost";

pub(super) struct Xmpp {
    seat: Seat,
    logged_in: bool,
}

impl Xmpp {
    pub(super) fn new(seat: Seat) -> Self {
        Self { seat, logged_in: false }
    }

    /// Goes on after the server has said what it can.
    fn features(&self, answer: &mut Vec<u8>) {
        answer.extend_from_slice(if self.logged_in {
            b"<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
        } else {
            b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>"
        });
    }

    /// Goes on after the server has given the member its address.
    fn bound(&self, answer: &mut Vec<u8>) -> Heard {
        if !matches!(self.seat.room, Room::Loud(_)) {
            return Heard::Joined { next: 0 };
        }
        // Writing to memory cannot fail, here and below.
        let _ = write!(
            answer,
            "<presence to='{}@conference.{DOMAIN}/m{}'><x xmlns='http://jabber.org/protocol/muc'>\
             <history maxstanzas='0'/></x></presence>",
            self.seat.room, self.seat.index
        );
        Heard::Nothing
    }

    fn presence(&self, part: &[u8]) -> Heard {
        // Status 110 is one's own presence in the room: everybody else's has come before.
        let own = [b"code='110'", b"code=\"110\""].iter().any(|code| memmem::find(part, *code).is_some());
        if own && matches!(self.seat.room, Room::Loud(_)) {
            Heard::Joined { next: 0 }
        } else {
            Heard::Nothing
        }
    }
}

impl Dialect for Xmpp {
    fn hello(&mut self, out: &mut Vec<u8>) {
        let _ = write!(
            out,
            "<?xml version='1.0'?><stream:stream to='{DOMAIN}' version='1.0' xmlns='jabber:client' \
             xmlns:stream='http://etherx.jabber.org/streams'>"
        );
    }

    fn cut(&mut self, stream: &[u8]) -> Result<Option<usize>, Strange> {
        let (mut at, mut depth) = (0, 0_usize);
        loop {
            let Some(begin) = memchr::memchr(b'<', &stream[at..]) else {
                // Blanks between stanzas keep connections alive.
                return Ok((depth == 0 && at == 0 && !stream.is_empty()).then_some(stream.len()));
            };
            let Some(len) = memchr::memchr(b'>', &stream[at + begin..]) else { return Ok(None) };
            let tag = &stream[at + begin..=at + begin + len];
            at += begin + len + 1;
            if tag.starts_with(b"<?") || tag.starts_with(b"<stream:stream") || tag == b"</stream:stream>" {
                return Ok(Some(at));
            }
            if tag.starts_with(b"</") {
                depth = depth.checked_sub(1).ok_or_else(|| Strange(t!("bench-strange-element")))?;
            } else if !tag.ends_with(b"/>") {
                depth += 1;
            }
            if depth == 0 {
                return Ok(Some(at));
            }
        }
    }

    fn hear(&mut self, part: &[u8], answer: &mut Vec<u8>) -> Heard {
        if part.starts_with(b"<message") {
            let stamp = memmem::find(part, b"<body>").and_then(|at| Stamp::read(&part[at + 6..]));
            return stamp.map_or(Heard::Nothing, |stamp| Heard::Message { seq: None, stamp });
        }
        if part.starts_with(b"<presence") {
            return self.presence(part);
        }
        if part.starts_with(b"<stream:features") {
            self.features(answer);
        } else if part.starts_with(b"<success") {
            self.logged_in = true;
            self.hello(answer);
        } else if part.starts_with(b"<iq") && memmem::find(part, b"<jid>").is_some() {
            return self.bound(answer);
        } else if part.starts_with(b"<failure") || part.starts_with(b"<stream:error") {
            return Heard::Refused;
        }
        Heard::Nothing
    }

    fn say(&self, id: u64, text: &[u8], out: &mut Vec<u8>) {
        let room = self.seat.room;
        let _ = write!(out, "<message type='groupchat' id='{id}' to='{room}@conference.{DOMAIN}'><body>");
        out.extend_from_slice(text);
        out.extend_from_slice(b"</body></message>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::testing::{STAMP, hear_all, seat, text};

    #[test]
    fn the_stream_is_understood_however_it_is_cut() {
        let mut stream = b"<?xml version='1.0'?><stream:stream id='1'><stream:features><mechanisms><mechanism>ANONYMOUS</mechanism></mechanisms></stream:features><success/><stream:stream id='2'><stream:features><bind/></stream:features><iq type='result' id='bind'><bind><jid>a@localhost/b</jid></bind></iq><presence from='a'/><presence from='b'><x><status code='110'/></x></presence>".to_vec();
        Xmpp::new(seat()).say(1, &text(), &mut stream);
        let (heard, answer) = hear_all(|| Box::new(Xmpp::new(seat())), &stream);
        assert_eq!(heard, [Heard::Joined { next: 0 }, Heard::Message { seq: None, stamp: STAMP }]);
        let answer = String::from_utf8(answer).unwrap();
        for part in ["ANONYMOUS", "<stream:stream", "<bind", "bench-0@conference.localhost/m7"] {
            assert!(answer.contains(part), "{part} in {answer}");
        }
    }

    #[test]
    fn an_end_without_a_beginning_is_told() {
        Xmpp::new(seat()).cut(b"</message>").expect_err("nothing had begun");
    }
}
