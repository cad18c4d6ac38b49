//! The first words of the messages that were shown last, so that an answer or a change can say what it is about, and
//! so that a command can point at one. Not here: whole messages, and how a quote is worded.

use std::collections::BTreeMap;

use papo_client::state::emoji;
use papo_client::text::for_terminal_line;
use papo_client::timeline::EMOJI_PER_MESSAGE_MAX;
use papo_proto::{Member, MemberId, Message, Reaction, Seq};

/// How many messages are remembered. What is older is named by its number.
const QUOTES_MAX: usize = 10_000;

/// How long a quote is, in characters: enough to recognise a message, short enough for one line.
const QUOTE_CHARS_MAX: usize = 40;

/// What is remembered of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    /// Who said it.
    pub(super) from: Member,
    /// Its first words, safe to show, and without quotation marks that could end the quote too early.
    pub(super) words: String,
    /// The emoji that the reader has put under it.
    own_emoji: Vec<String>,
}

impl Quote {
    /// The reader's own emoji there that is this one.
    pub(super) fn own_emoji(&self, emoji: &str) -> Option<&str> {
        self.own_emoji.iter().map(String::as_str).find(|one| emoji::is_same(one, emoji))
    }
}

/// The messages that can be quoted, by their places.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    quotes: BTreeMap<Seq, Quote>,
}

impl Quotes {
    pub(super) fn find(&self, seq: Seq) -> Option<&Quote> {
        self.quotes.get(&seq)
    }

    /// All of them, the newest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = (Seq, &Quote)> {
        self.quotes.iter().rev().map(|(seq, quote)| (*seq, quote))
    }

    /// Takes note of a message once it has been shown. `us` is the reader.
    pub(super) fn note(&mut self, message: &Message, us: Option<&MemberId>) {
        let body = &message.body;
        if let Some(reaction) = body.react.as_ref().filter(|_| us == Some(&message.from.id)) {
            self.note_own(reaction);
            return;
        }
        let is_own = |quote: &&mut Quote| quote.from.id == message.from.id;
        if let Some(seq) = body.delete {
            // What was taken back is quoted to nobody.
            if self.quotes.get_mut(&seq).as_ref().is_some_and(is_own) {
                self.quotes.remove(&seq);
            }
            return;
        }
        let Some(text) = &body.text else { return };
        let Some(seq) = body.edit else {
            let (from, words) = (message.from.clone(), first_words(text));
            self.insert(message.seq, Quote { from, words, own_emoji: Vec::new() });
            return;
        };
        if let Some(quote) = self.quotes.get_mut(&seq).filter(is_own) {
            quote.words = first_words(text);
        }
    }

    /// The room has begun anew, and its numbers too.
    pub(super) fn clear(&mut self) {
        self.quotes.clear();
    }

    fn note_own(&mut self, reaction: &Reaction) {
        let Some(quote) = self.quotes.get_mut(&reaction.to) else { return };
        quote.own_emoji.retain(|one| *one != reaction.emoji);
        if !reaction.remove && quote.own_emoji.len() < EMOJI_PER_MESSAGE_MAX {
            quote.own_emoji.push(reaction.emoji.clone());
        }
    }

    fn insert(&mut self, seq: Seq, quote: Quote) {
        self.quotes.entry(seq).or_insert(quote);
        if self.quotes.len() > QUOTES_MAX {
            self.quotes.pop_first();
        }
    }
}

/// The first words of a text, on one line.
fn first_words(text: &str) -> String {
    // What follows can be no part of the quote, and there may be much of it.
    let beginning: String = text.chars().take(QUOTE_CHARS_MAX * 8).collect();
    let line = beginning.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = for_terminal_line(&line).replace(['"', '“', '”', '„', '‟', '″', '＂'], "'");
    let Some((end, _)) = line.char_indices().nth(QUOTE_CHARS_MAX) else {
        return if beginning.len() < text.len() { format!("{line}…") } else { line };
    };
    let (beginning, rest) = line.split_at(end);
    // Inside a word only where it alone is too long.
    let at_space = if rest.starts_with(' ') { Some(end) } else { beginning.rfind(' ') };
    let end = at_space.filter(|&space| space > end / 2).unwrap_or(end);
    format!("{}…", &line[..end])
}

#[cfg(test)]
mod tests {
    use papo_proto::{Body, MemberId, MessageId, Name, Timestamp};

    use super::*;

    fn said(seq: u64, from: u8, body: Body) -> Message {
        Message {
            seq: Seq::new(seq),
            time: Timestamp::from_unix_ms(0),
            from: Member { id: MemberId::of_guest([from; 8]), name: Name::parse("Ana").unwrap() },
            id: MessageId::parse("1").unwrap(),
            body,
        }
    }

    #[test]
    fn a_quote_is_one_short_line() {
        for (text, expected) in [
            ("oi", "oi"),
            (" two\n  lines ", "two lines"),
            ("he said \"no\"", "he said 'no'"),
            ("\u{1b}[2J", "␛[2J"),
            ("exactly forty characters fit in and stay", "exactly forty characters fit in and stay"),
            ("what is longer than forty characters ends at a word", "what is longer than forty characters…"),
            ("áááááááááááááááááááááááááááááááááááááááááááá", "áááááááááááááááááááááááááááááááááááááááá…"),
        ] {
            assert_eq!(first_words(text), expected);
        }
        assert!(first_words(&format!("a{}b", " ".repeat(900))).ends_with("a…"));
    }

    #[test]
    fn only_the_sender_changes_what_is_quoted() {
        let words = |quotes: &Quotes| quotes.find(Seq::new(1)).map(|quote| quote.words.clone());
        let mut quotes = Quotes::default();
        let edit = |text: &str| Body { edit: Some(Seq::new(1)), ..Body::text(text) };
        let delete = || Body { delete: Some(Seq::new(1)), ..Body::default() };
        quotes.note(&said(1, 7, Body::text("first")), None);
        quotes.note(&said(2, 8, edit("hostile")), None);
        quotes.note(&said(3, 8, delete()), None);
        assert_eq!(words(&quotes).as_deref(), Some("first"));
        quotes.note(&said(4, 7, edit("better")), None);
        quotes.note(&said(1, 7, Body::text("first")), None);
        assert_eq!(words(&quotes).as_deref(), Some("better"), "an older page changes nothing");
        assert!(quotes.find(Seq::new(4)).is_none(), "a change is no message of its own");
        quotes.note(&said(5, 7, delete()), None);
        assert_eq!(words(&quotes), None);
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut quotes = Quotes::default();
        (1..=QUOTES_MAX as u64 + 1).for_each(|seq| quotes.note(&said(seq, 7, Body::text("oi")), None));
        assert_eq!((quotes.quotes.len(), quotes.find(Seq::new(1))), (QUOTES_MAX, None));
    }

    #[test]
    fn only_the_readers_own_emoji_are_remembered() {
        let us = MemberId::of_guest([8; 8]);
        let mut quotes = Quotes::default();
        let react = |emoji: &str, remove| {
            let react = Some(Reaction { to: Seq::new(1), emoji: emoji.into(), remove });
            Body { react, ..Body::default() }
        };
        let own = |quotes: &Quotes| {
            let quote = quotes.find(Seq::new(1)).unwrap();
            quote.own_emoji("❤️").map(str::to_owned)
        };
        quotes.note(&said(1, 7, Body::text("oi")), Some(&us));
        quotes.note(&said(2, 7, react("❤", false)), Some(&us));
        assert_eq!(own(&quotes), None);
        quotes.note(&said(3, 8, react("❤", false)), Some(&us));
        assert_eq!(own(&quotes).as_deref(), Some("❤"), "with or without its colours");
        quotes.note(&said(4, 8, react("❤", true)), Some(&us));
        assert_eq!(own(&quotes), None);
    }
}
