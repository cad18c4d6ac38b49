//! A message as lines of text for a terminal or a pipe. What others have written is made harmless here, by
//! way of the client library. Not here: where the lines go.

use jiff::tz::TimeZone;
use papo_client::ignored::Ignored;
use papo_client::names::Names;
use papo_client::orders;
use papo_client::petnames::Petnames;
use papo_client::pointed::{self, Candidate, Which, Whose};
use papo_client::state::Hit;
use papo_client::text::{for_terminal, for_terminal_line};
use papo_proto::name::is_direction_mark;
use papo_proto::{Member, MemberId, Message, Name, Seq, ServerMessage, Timestamp, Whom};
use papo_words::{dates, t};

use super::quotes::{Quote, Quotes};
use super::style::Style;
use super::words;
use crate::output;

/// What further lines of one message begin with, so that none of them can pass for a message.
const CONTINUATION: &str = "\n      ";

/// Marks that stand between a name and what its bearer says or does, and what looks like them. A name that
/// holds one could pass for more than a name, and is shown with its badge.
const MARKS: [char; 14] = ['#', '＃', '♯', ':', '：', '﹕', '꞉', '∶', '"', '“', '”', '„', '″', '＂'];

/// The reader's clock: days and hours where the reader is.
pub(crate) struct Clock {
    zone: TimeZone,
    now: fn() -> jiff::Timestamp,
    /// Whether a person reads it, in their language. A program gets days that sort, whatever the language.
    is_read: bool,
}

impl Clock {
    /// The computer's clock and time zone.
    pub(crate) fn system() -> Self {
        Self { zone: TimeZone::system(), now: jiff::Timestamp::now, is_read: output::data_is_read() }
    }

    /// Hours and minutes, and the day if it is not today.
    pub(crate) fn time(&self, time: Timestamp) -> String {
        let ms = i64::try_from(time.unix_ms()).unwrap_or(i64::MAX);
        let then =
            jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX).to_zoned(self.zone.clone());
        let today = (self.now)().to_zoned(self.zone.clone()).date();
        if self.is_read {
            return dates::moment(then.datetime(), today);
        }
        let format = if then.date() == today { "%H:%M" } else { "%Y-%m-%d %H:%M" };
        then.strftime(format).to_string()
    }
}

/// Writes messages down for one reader, and remembers for that who and what there was.
pub(super) struct Scribe {
    names: Names,
    petnames: Petnames,
    ignored: Ignored,
    quotes: Quotes,
    clock: Clock,
    style: Style,
    /// Whether lines begin with the time.
    times_shown: bool,
    us: Option<Member>,
}

/// What is known of a message that another one is about.
enum About<'a> {
    /// Who has said it, and its first words.
    Said(&'a Quote),
    /// Whoever has said it is not to be seen.
    Ignored,
    /// Only its number.
    Number,
}

impl Scribe {
    /// A scribe who has seen nothing yet and writes for standard output.
    pub(super) fn new() -> Self {
        Self::with(Clock::system(), Style { is_coloured: output::data_coloured() })
    }

    fn with(clock: Clock, style: Style) -> Self {
        let (names, petnames, ignored, quotes) = Default::default();
        Self { names, petnames, ignored, quotes, clock, style, times_shown: true, us: None }
    }

    /// Who the reader is, and is called now.
    pub(super) fn set_us(&mut self, us: &Member) {
        self.us = Some(us.clone());
        self.names.see([us]);
    }

    /// What the reader calls others from now on.
    pub(super) fn set_petnames(&mut self, petnames: Petnames) {
        self.petnames = petnames;
    }

    /// Whose messages the reader does not see from now on, nor what is quoted of them.
    pub(super) fn set_ignored(&mut self, ignored: Ignored) {
        self.ignored = ignored;
    }

    /// Whose messages the reader does not see.
    pub(super) fn ignored(&self) -> &Ignored {
        &self.ignored
    }

    /// Whether lines begin with the time from now on.
    pub(super) fn show_times(&mut self, are_shown: bool) {
        self.times_shown = are_shown;
    }

    /// The message that a command means, among those that were shown.
    pub(super) fn pointed(&self, which: Which, whose: Whose) -> Result<Seq, String> {
        let shown = self.quotes.newest_first().filter(|(_, quote)| !self.ignored.has(&quote.from.id));
        let is_own = |quote: &Quote| self.us.as_ref().is_some_and(|us| us.id == quote.from.id);
        pointed::find(
            which,
            whose,
            shown.map(|(seq, quote)| Candidate { seq: Some(seq), is_own: is_own(quote) }),
        )
    }

    /// The reader's own emoji under a message that is this one.
    pub(super) fn own_emoji(&self, seq: Seq, emoji: &str) -> Option<&str> {
        self.quotes.find(seq)?.own_emoji(emoji)
    }

    /// What the reader calls others.
    pub(super) fn petnames(&self) -> &Petnames {
        &self.petnames
    }

    /// Takes note of members. Returns the one, if any, because of whom the reader's own name no longer says
    /// who that is.
    pub(super) fn see<'a>(&mut self, members: impl IntoIterator<Item = &'a Member>) -> Option<&'a Member> {
        let mut namesake = None;
        for member in members {
            let was_shared = self.is_own_name_shared();
            self.names.see([member]);
            if !was_shared && self.is_own_name_shared() {
                namesake = Some(member);
            }
        }
        namesake
    }

    fn is_own_name_shared(&self) -> bool {
        self.us.as_ref().is_some_and(|us| self.names.is_shared(&us.name))
    }

    /// Forgets what was said: the room has begun anew.
    pub(super) fn forget(&mut self) {
        self.quotes.clear();
    }

    /// A member's name: the reader's own for them, where there is one, and the one that they give themselves; with the
    /// badge where the name alone does not say who it is, or pretends to more. Whoever has no key is marked as a guest:
    /// nobody can tell whether the same one comes back.
    pub(super) fn who(&self, member: &Member) -> String {
        let mut who = name_alone(&member.name);
        if let Some(petname) = self.petnames.of(&member.id) {
            // The key is known by that name, so a badge says nothing more.
            return words::petname(&name_alone(petname), &who);
        }
        let is_taken = self.names.is_shared(&member.name) || self.petnames.is_mimicked_by(member);
        if is_taken || who.contains(MARKS) {
            who = format!("{who}#{}", member.id.badge());
        }
        if member.id.is_guest() { words::guest(&who) } else { who }
    }

    /// What a message looks like. Its sender has been seen.
    pub(super) fn message(&mut self, message: &Message) -> String {
        let said = self.said(message);
        self.quotes.note(message, self.us.as_ref().map(|us| &us.id));
        if !self.times_shown {
            return said;
        }
        let time = self.style.aside(&self.clock.time(message.time));
        format!("{time} {said}")
    }

    /// What a message looks like that was found among earlier ones.
    pub(super) fn found(&self, hit: &Hit) -> String {
        let time = self.clock.time(hit.time);
        format!("{time} {}: {}", self.styled(&hit.from), for_terminal_line(&hit.excerpt))
    }

    fn said(&self, message: &Message) -> String {
        let body = &message.body;
        let who = self.styled(&message.from);
        let text = for_terminal(body.text.as_deref().unwrap_or_default()).replace('\n', CONTINUATION);
        if let Some(act) = &body.act {
            let whom = |whom: &Whom| match &whom.name {
                Some(name) => self.styled(&Member { id: whom.id.clone(), name: name.clone() }),
                None => format!("#{}", whom.id.badge()),
            };
            let who = if message.from.id.is_operator() { t!("chat-operator") } else { who };
            return orders::told(&who, act, whom);
        }
        if let Some(reaction) = &body.react {
            let emoji = for_terminal_line(&reaction.emoji);
            return words::reacts(&who, &emoji, &self.quoted(reaction.to), reaction.remove);
        }
        if let Some(seq) = body.delete {
            return match self.of_another(seq, &message.from.id) {
                Some(About::Said(quote)) => {
                    words::cannot_take_back(&who, &self.styled(&quote.from), &quote.words)
                }
                _ => words::took_back(&who, &self.quoted(seq)),
            };
        }
        if let Some(seq) = body.edit {
            return match self.of_another(seq, &message.from.id) {
                Some(About::Said(quote)) => {
                    words::cannot_change(&who, &self.styled(&quote.from), &quote.words, &text)
                }
                _ => words::changed(&who, &self.quoted(seq), &text),
            };
        }
        match body.reply.map(|seq| (seq, self.about(seq))) {
            Some((_, About::Said(quote))) => {
                words::replies(&who, &self.styled(&quote.from), &quote.words, &text)
            }
            Some((_, About::Ignored)) => words::replies_to_ignored(&who, &text),
            Some((seq, About::Number)) => words::replies_to_number(&who, seq, &text),
            None => format!("{who}: {text}"),
        }
    }

    fn styled(&self, member: &Member) -> String {
        let is_own = self.us.as_ref().is_some_and(|us| us.id == member.id);
        self.style.name(&self.who(member), &member.id, is_own)
    }

    /// What the reader may see of a message that another one is about.
    fn about(&self, seq: Seq) -> About<'_> {
        match self.quotes.find(seq) {
            Some(quote) if self.ignored.has(&quote.from.id) => About::Ignored,
            Some(quote) => About::Said(quote),
            None => About::Number,
        }
    }

    /// The first words of a message, or its number where it was not shown.
    fn quoted(&self, seq: Seq) -> String {
        match self.about(seq) {
            About::Said(quote) => words::quote(&quote.words),
            About::Ignored => words::quote_of_ignored(),
            About::Number => words::number(seq),
        }
    }

    /// The message, if it is known to be somebody else's. Anybody can send a change of anything; it counts
    /// only for one's own.
    fn of_another(&self, seq: Seq, id: &MemberId) -> Option<About<'_>> {
        self.quotes.find(seq).filter(|quote| quote.from.id != *id).map(|_| self.about(seq))
    }
}

/// A name as it is shown. The colon and the number sign belong to whoever writes the line: the one ends a name,
/// the other begins a badge. In a name they are shown as others that look much the same.
pub(super) fn name_alone(name: &Name) -> String {
    for_terminal_line(name.as_str()).replace(':', "∶").replace('#', "＃")
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

#[cfg(test)]
mod tests {
    use papo_proto::{Body, MessageId, Reaction};
    use papo_words::{Language, in_language};

    use super::*;

    /// 2026-11-22T14:06:57Z, the "now" of these tests.
    const NOW_MS: u64 = 1_795_356_417_000;

    fn clock() -> Clock {
        Clock {
            zone: TimeZone::fixed(jiff::tz::offset(-3)),
            now: || jiff::Timestamp::from_millisecond(1_795_356_417_000).unwrap(),
            is_read: false,
        }
    }

    /// The id of somebody with a key.
    fn id(byte: u8) -> MemberId {
        MemberId::parse(&papo_proto::id::base32().encode(&[byte; 15])).unwrap()
    }

    fn said(name: &str, body: Body) -> Message {
        Message {
            seq: Seq::new(9),
            time: Timestamp::from_unix_ms(NOW_MS),
            from: Member { id: id(7), name: Name::parse(name).unwrap() },
            id: MessageId::parse("1").unwrap(),
            body,
        }
    }

    fn scribe(is_coloured: bool) -> Scribe {
        Scribe::with(clock(), Style { is_coloured })
    }

    #[test]
    fn each_text_has_its_line() {
        for (name, text, expected) in [
            ("Ana", "oi", "11:06 Ana: oi"),
            ("Ana", "a\nb", "11:06 Ana: a\n      b"),
            ("Ana", "\u{1b}[2J\u{9b}\u{202e}", "11:06 Ana: ␛[2J⟪U+009B⟫⟪U+202E⟫"),
            // What could pass for more than a name.
            ("Ana: oi", "x", "11:06 Ana∶ oi#a4dq: x"),
            ("Ana#vov2", "x", "11:06 Ana＃vov2#a4dq: x"),
            ("Ana took back “x” and", "x", "11:06 Ana took back “x” and#a4dq: x"),
        ] {
            assert_eq!(scribe(false).message(&said(name, Body::text(text))), expected);
        }
    }

    #[test]
    fn what_is_about_a_message_quotes_it_and_its_senders_changes_count() {
        let mut scribe = scribe(false);
        let one = Some(Seq::new(1));
        let react = |remove| {
            let react = Some(Reaction { to: Seq::new(1), emoji: "👍".into(), remove });
            Body { react, ..Body::default() }
        };
        let delete = || Body { delete: one, ..Body::default() };
        let zoe = |body| Message { seq: Seq::new(1), ..said("Zoë", body) };
        let eva = |body| {
            let from = Member { id: id(8), name: Name::parse("Eva").unwrap() };
            Message { from, ..said("Eva", body) }
        };
        let mut check = |message: &Message, expected: &str| assert_eq!(scribe.message(message), expected);
        check(&eva(Body { reply: one, ..Body::text("sim") }), "11:06 Eva replies to #1: sim");
        check(&eva(Body { edit: one, ..Body::text("sim") }), "11:06 Eva changed #1 to: sim");
        check(&eva(delete()), "11:06 Eva took back #1");
        check(&eva(react(false)), "11:06 Eva reacts with 👍 to #1");
        check(&zoe(Body::text("Café \"às três\"?")), "11:06 Zoë: Café \"às três\"?");
        let reply = Body { reply: one, ..Body::text("sim\n!") };
        check(&eva(reply), "11:06 Eva replies to Zoë (\"Café 'às três'?\"): sim\n      !");
        check(&eva(react(false)), "11:06 Eva reacts with 👍 to \"Café 'às três'?\"");
        check(&eva(react(true)), "11:06 Eva no longer reacts with 👍 to \"Café 'às três'?\"");
        let edit = |text: &str| Body { edit: one, ..Body::text(text) };
        check(&eva(edit("não")), "11:06 Eva cannot change what Zoë said (\"Café 'às três'?\") to: não");
        check(&eva(delete()), "11:06 Eva cannot take back what Zoë said (\"Café 'às três'?\")");
        check(&zoe(edit("Café?")), "11:06 Zoë changed \"Café 'às três'?\" to: Café?");
        check(&zoe(delete()), "11:06 Zoë took back: \"Café?\"");
        check(&eva(reply_to(1)), "11:06 Eva replies to #1: sim");
    }

    fn reply_to(seq: u64) -> Body {
        Body { reply: Some(Seq::new(seq)), ..Body::text("sim") }
    }

    /// Their words came through in the answers of others.
    #[test]
    fn nothing_of_an_ignored_person_is_quoted() {
        let mut scribe = scribe(false);
        let bad = || Member { id: id(8), name: Name::parse("Bad").unwrap() };
        let hostile = Message { seq: Seq::new(1), from: bad(), ..said("Bad", Body::text("hostile words")) };
        scribe.message(&hostile);
        scribe.set_ignored(Ignored::default().with(&id(8), true));
        let one = Some(Seq::new(1));
        let react = Some(Reaction { to: Seq::new(1), emoji: "👍".into(), remove: false });
        for (body, expected) in [
            (reply_to(1), "11:06 Ana replies to an ignored person: sim"),
            (Body { react, ..Body::default() }, "11:06 Ana reacts with 👍 to what an ignored person said"),
            (Body { delete: one, ..Body::default() }, "11:06 Ana took back: what an ignored person said"),
        ] {
            assert_eq!(scribe.message(&said("Ana", body)), expected);
        }
        let last = |scribe: &Scribe| scribe.pointed(Which::FromEnd(1), Whose::Others).map(Seq::number);
        assert_eq!(last(&scribe), Ok(9), "the answer of Ana, who is not the reader");
        scribe.set_ignored(Ignored::default());
        assert!(scribe.message(&said("Ana", reply_to(1))).contains("hostile words"));
    }

    #[test]
    fn lines_are_without_the_time_where_the_reader_wants_none() {
        let mut scribe = scribe(false);
        scribe.show_times(false);
        assert_eq!(scribe.message(&said("Ana", Body::text("oi"))), "Ana: oi");
        scribe.show_times(true);
        assert_eq!(scribe.message(&said("Ana", Body::text("oi"))), "11:06 Ana: oi");
    }

    #[test]
    fn guests_are_marked() {
        let mut scribe = scribe(false);
        let guest = Member { id: MemberId::of_guest([7; 8]), name: Name::parse("Ana").unwrap() };
        let message = Message { from: guest.clone(), ..said("Ana", Body::text("oi")) };
        assert_eq!(scribe.message(&message), "11:06 Ana (guest): oi");
        scribe.see([&guest, &said("Ana", Body::default()).from]);
        assert_eq!(scribe.who(&guest), "Ana#a4dq (guest)");
    }

    #[test]
    fn another_day_is_told() {
        let mut yesterday = said("Ana", Body::text("oi"));
        yesterday.time = Timestamp::from_unix_ms(NOW_MS - 86_400_000);
        assert_eq!(scribe(false).message(&yesterday), "2026-11-21 11:06 Ana: oi");
    }

    /// A person reads days as the language has them; what a program reads is the same in every language.
    #[test]
    fn only_a_person_is_told_days_in_their_language() {
        let mut old = said("Ana", Body::text("oi"));
        old.time = Timestamp::from_unix_ms(NOW_MS - 86_400_000);
        for (is_read, language, expected) in [
            (true, Language::English, "2026-11-21 11:06 Ana: oi"),
            (true, Language::Portuguese, "21/11/2026 11:06 Ana: oi"),
            (false, Language::Portuguese, "2026-11-21 11:06 Ana: oi"),
        ] {
            let mut scribe = Scribe::with(Clock { is_read, ..clock() }, Style { is_coloured: false });
            assert_eq!(in_language(language, || scribe.message(&old)), expected);
        }
    }

    #[test]
    fn colours_are_around_times_and_names_and_nowhere_else() {
        let mut scribe = scribe(true);
        let message = said("Ana", Body::text("oi"));
        let line = scribe.message(&message);
        let (time, name) = line.split_once(' ').unwrap();
        assert_eq!(time, "\x1b[2m11:06\x1b[22m");
        assert!(name.starts_with("\x1b[38;5;") && name.ends_with("mAna\x1b[0m: oi"), "{line:?}");
        scribe.set_us(&message.from);
        assert!(scribe.message(&message).contains("\x1b[1;38;5;"), "one's own name is bold");
    }

    #[test]
    fn whoever_shares_the_readers_name_is_noticed_once() {
        let mut scribe = scribe(false);
        let member = |name: &str, id: u8| Member { id: self::id(id), name: Name::parse(name).unwrap() };
        let (us, zoe, other) = (member("Ana", 7), member("Zoë", 8), member("ana", 9));
        scribe.set_us(&us);
        assert_eq!(scribe.see([&us, &zoe]), None);
        assert_eq!(scribe.who(&us), "Ana");
        assert_eq!(scribe.see([&zoe, &other]), Some(&other));
        assert_eq!(scribe.who(&us), "Ana#a4dq");
        assert_eq!(scribe.see([&other]), None, "that is known by now");
    }

    #[test]
    fn json_holds_nothing_that_a_terminal_obeys_and_means_the_same() {
        let original = said("Ana", Body::text("a\u{1b}\u{7f}\u{9b}2J\u{202e}é"));
        let json = json(original.clone()).unwrap();
        assert!(json.contains("\\u009b2J\\u202eé") && !json.contains(char::is_control), "{json}");
        assert_eq!(serde_json::from_str(&json).ok(), Some(ServerMessage::Message(original)));
    }
}
