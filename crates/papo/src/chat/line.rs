//! A message as lines of text for a terminal or a pipe. What others have written is made harmless here, by
//! way of the client library. Not here: where the lines go.

use jiff::tz::TimeZone;
use papo_client::names::Names;
use papo_client::text::{for_terminal, for_terminal_line};
use papo_proto::name::is_direction_mark;
use papo_proto::{Member, Message, ServerMessage, Timestamp};

use super::words;

/// What further lines of one message begin with, so that none of them can pass for a message.
const CONTINUATION: &str = "\n      ";

/// The reader's clock: days and hours where the reader is.
pub(super) struct Clock {
    zone: TimeZone,
    now: fn() -> jiff::Timestamp,
}

impl Clock {
    /// The computer's clock and time zone.
    pub(super) fn system() -> Self {
        Self { zone: TimeZone::system(), now: jiff::Timestamp::now }
    }

    /// Hours and minutes, and the day if it is not today.
    fn time(&self, time: Timestamp) -> String {
        let ms = i64::try_from(time.unix_ms()).unwrap_or(i64::MAX);
        let then =
            jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX).to_zoned(self.zone.clone());
        let today = (self.now)().to_zoned(self.zone.clone()).date();
        let format = if then.date() == today { "%H:%M" } else { "%Y-%m-%d %H:%M" };
        then.strftime(format).to_string()
    }
}

/// What a message looks like.
pub(super) fn message(message: &Message, names: &Names, clock: &Clock) -> String {
    let body = &message.body;
    let who = who(&message.from, names);
    let time = clock.time(message.time);
    if let Some(seq) = body.delete {
        return format!("{time} {}", words::taken_back(&who, seq));
    }
    if let Some(reaction) = &body.react {
        let emoji = for_terminal_line(&reaction.emoji);
        return format!("{time} {}", words::reacted(&who, &emoji, reaction.to, reaction.remove));
    }
    let about = match (body.reply, body.edit) {
        (Some(seq), _) => words::answers(seq),
        (None, Some(seq)) => words::corrects(seq),
        (None, None) => String::new(),
    };
    let text = for_terminal(body.text.as_deref().unwrap_or_default());
    format!("{time} {who}{about}: {}", text.replace('\n', CONTINUATION))
}

/// A message as the protocol has it. Characters that a terminal might obey are escaped, which changes nothing
/// of what the JSON means.
pub(super) fn json(message: Message) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(&ServerMessage::Message(message))?;
    let obeyed = |c: char| c.is_control() || is_direction_mark(c);
    if !json.contains(obeyed) {
        return Ok(json);
    }
    let escape = |c: char| if obeyed(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    Ok(json.chars().map(escape).collect())
}

/// A member's name; with the badge where the name alone does not say who it is, or pretends to hold one.
pub(super) fn who(member: &Member, names: &Names) -> String {
    let name = for_terminal_line(member.name.as_str());
    if names.is_shared(&member.name) || name.contains(['#', ':']) {
        format!("{name}#{}", member.id.badge())
    } else {
        name.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use papo_proto::{Body, MemberId, MessageId, Name, Reaction, Seq};

    use super::*;

    /// 2026-11-22T14:06:57Z, the "now" of these tests.
    const NOW_MS: u64 = 1_795_356_417_000;

    fn clock() -> Clock {
        Clock {
            zone: TimeZone::fixed(jiff::tz::offset(-3)),
            now: || jiff::Timestamp::from_millisecond(1_795_356_417_000).unwrap(),
        }
    }

    fn said(name: &str, body: Body) -> Message {
        Message {
            seq: Seq::new(9),
            time: Timestamp::from_unix_ms(NOW_MS),
            from: Member { id: MemberId::of_guest([7; 8]), name: Name::parse(name).unwrap() },
            id: MessageId::parse("1").unwrap(),
            body,
        }
    }

    #[test]
    fn each_kind_of_body_has_its_line() {
        let one = Some(Seq::new(1));
        let react = |remove| Reaction { to: Seq::new(1), emoji: "👍".into(), remove };
        for (name, body, expected) in [
            ("Ana", Body::text("oi"), "11:06 Ana: oi"),
            ("Ana", Body::text("a\nb"), "11:06 Ana: a\n      b"),
            ("Ana", Body::text("\u{1b}[2J\u{9b}\u{202e}"), "11:06 Ana: ␛[2J⟪U+009B⟫⟪U+202E⟫"),
            ("Ana", Body { reply: one, ..Body::text("sim") }, "11:06 Ana (to 1): sim"),
            ("Ana", Body { edit: one, ..Body::text("sim") }, "11:06 Ana (instead of 1): sim"),
            ("Ana", Body { delete: one, ..Body::default() }, "11:06 Ana has taken back 1"),
            ("Ana", Body { react: Some(react(false)), ..Body::default() }, "11:06 Ana: 👍 (to 1)"),
            ("Ana", Body { react: Some(react(true)), ..Body::default() }, "11:06 Ana no longer: 👍 (to 1)"),
            ("Ana: oi", Body::text("x"), "11:06 Ana: oi#a4dq: x"),
            ("Ana#vov2", Body::text("x"), "11:06 Ana#vov2#a4dq: x"),
        ] {
            assert_eq!(message(&said(name, body), &Names::default(), &clock()), expected);
        }
    }

    #[test]
    fn another_day_is_told() {
        let mut yesterday = said("Ana", Body::text("oi"));
        yesterday.time = Timestamp::from_unix_ms(NOW_MS - 86_400_000);
        assert_eq!(message(&yesterday, &Names::default(), &clock()), "2026-11-21 11:06 Ana: oi");
    }

    #[test]
    fn json_holds_nothing_that_a_terminal_obeys_and_means_the_same() {
        let original = said("Ana", Body::text("a\u{1b}\u{7f}\u{9b}2J\u{202e}é"));
        let json = json(original.clone()).unwrap();
        assert!(json.contains("\\u009b2J\\u202eé") && !json.contains(char::is_control), "{json}");
        assert_eq!(serde_json::from_str(&json).ok(), Some(ServerMessage::Message(original)));
    }
}
