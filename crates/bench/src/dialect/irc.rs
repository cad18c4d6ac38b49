//! Internet Relay Chat, as RFC 2812 has it. A writer does not get its own messages. Not here: everything else of
//! IRC.

use std::io::Write as _;

use super::{Dialect, Heard, Room, Seat, Strange, cut_line, stamp_before};

pub(super) struct Irc(Seat);

impl Irc {
    pub(super) fn new(seat: Seat) -> Self {
        Self(seat)
    }
}

impl Dialect for Irc {
    fn hello(&mut self, out: &mut Vec<u8>) {
        // Writing to memory cannot fail, here and below.
        let _ = write!(out, "NICK m{0}\r\nUSER m{0} 0 * :m{0}\r\n", self.0.index);
    }

    fn cut(&mut self, stream: &[u8]) -> Result<Option<usize>, Strange> {
        Ok(cut_line(stream))
    }

    fn hear(&mut self, part: &[u8], answer: &mut Vec<u8>) -> Heard {
        let line = part.trim_ascii_end();
        if let Some(token) = line.strip_prefix(b"PING ") {
            answer.extend_from_slice(b"PONG ");
            answer.extend_from_slice(token);
            answer.extend_from_slice(b"\r\n");
            return Heard::Nothing;
        }
        if line.starts_with(b"ERROR ") {
            return Heard::Refused;
        }
        // `:ORIGIN COMMAND PARAMETERS`; a message's text is the last parameter.
        let Some(origin_len) = memchr::memchr(b' ', line) else { return Heard::Nothing };
        let command = &line[origin_len + 1..];
        if command.starts_with(b"PRIVMSG ") {
            let stamp = stamp_before(line, 0, self.0.text_len);
            return stamp.map_or(Heard::Nothing, |stamp| Heard::Message { seq: None, stamp });
        }
        // RPL_WELCOME and RPL_ENDOFNAMES. Whoever has nothing to listen to stays outside: a server tells
        // everybody of everybody who comes in, and that is not what is measured there.
        match self.0.room {
            Room::Loud(_) if command.starts_with(b"001 ") => {
                let _ = write!(answer, "JOIN #{}\r\n", self.0.room);
                Heard::Nothing
            }
            Room::Loud(_) if command.starts_with(b"366 ") => Heard::Joined { next: 0 },
            Room::Idle | Room::Storm if command.starts_with(b"001 ") => Heard::Joined { next: 0 },
            _ => Heard::Nothing,
        }
    }

    fn say(&self, _id: u64, text: &[u8], out: &mut Vec<u8>) {
        let _ = write!(out, "PRIVMSG #{} :", self.0.room);
        out.extend_from_slice(text);
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::testing::{STAMP, hear_all, seat, text};

    #[test]
    fn the_stream_is_understood_however_it_is_cut() {
        let mut stream =
            b"PING :cookie\r\n:irc 001 m7 :Welcome\r\n:irc 366 m7 #bench-0 :End\r\n:m1!m1@h ".to_vec();
        Irc::new(seat()).say(1, &text(), &mut stream);
        let (heard, answer) = hear_all(|| Box::new(Irc::new(seat())), &stream);
        assert_eq!(heard, [Heard::Joined { next: 0 }, Heard::Message { seq: None, stamp: STAMP }]);
        assert_eq!(answer, b"PONG :cookie\r\nJOIN #bench-0\r\n");
    }

    #[test]
    fn who_only_stays_joins_no_channel() {
        let idle = || -> Box<dyn Dialect> { Box::new(Irc::new(Seat { room: Room::Idle, ..seat() })) };
        let (heard, answer) = hear_all(idle, b":irc 001 m7 :Welcome\r\n");
        assert_eq!((heard, answer), (vec![Heard::Joined { next: 0 }], Vec::new()));
    }
}
