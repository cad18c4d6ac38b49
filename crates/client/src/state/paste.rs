//! A large text that was pasted: when it is one, and how it is cut into messages. It is pure. Not here: the question that
//! the person is asked, and what is sent.

use std::iter;
use std::sync::Arc;

use papo_proto::limits::BODY_BYTES_MAX;

/// From how many lines on a person is asked first: more than a screen of them is rarely meant as one message.
pub const LINES_MAX: usize = 20;

/// How many messages a pasted text is sent as at most. A server slows whoever says more than that at once, and what has
/// more is a file.
pub const MESSAGES_MAX: usize = 30;

/// How many bytes of a text may go into the field, which is laid out anew with each letter that is written.
pub const FIELD_BYTES_MAX: usize = 1024 * 1024;

/// How many bytes of a text fit into a message, as JSON; what stands around it is no more than this.
const TEXT_BYTES_MAX: usize = BODY_BYTES_MAX - 64;

/// How far before the end of a message a long line is cut at a blank rather than in the middle of a word, in characters.
const CUT_CHARS_MAX: usize = 100;

/// A large text that was pasted, with what a person is told of it. It is counted once, since it may be of any size and is
/// asked about for many frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// The text.
    pub text: Arc<str>,
    /// How many lines it has.
    pub line_count: usize,
    /// How many messages it makes, counted up to one more than may be sent ([`MESSAGES_MAX`]).
    pub message_count: usize,
}

impl Pasted {
    /// Counts a text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let (line_count, message_count) = (text.lines().count(), messages(&text).len());
        Self { text, line_count, message_count }
    }

    /// Whether it may go into the field ([`FIELD_BYTES_MAX`]).
    pub fn fits_into_field(&self) -> bool {
        self.text.len() <= FIELD_BYTES_MAX
    }
}

/// Whether a person is asked before this text is put into the field.
pub fn is_large(text: &str) -> bool {
    text.lines().nth(LINES_MAX).is_some() || size(text) > TEXT_BYTES_MAX
}

/// The text as messages: at most so many lines in each ([`LINES_MAX`]), cut between lines where that is possible. No more
/// than one behind those that may be sent ([`MESSAGES_MAX`]): a text of any size costs no more than that.
pub fn messages(text: &str) -> Vec<String> {
    let mut messages = Vec::new();
    let mut message = String::new();
    let mut lines = 0;
    for part in text.lines().flat_map(parts) {
        if lines == LINES_MAX || size(&message) + size("\n") + size(part) > TEXT_BYTES_MAX {
            finish(std::mem::take(&mut message), &mut messages);
            if messages.len() > MESSAGES_MAX {
                return messages;
            }
            lines = 0;
        }
        if lines > 0 {
            message.push('\n');
        }
        message.push_str(part);
        lines += 1;
    }
    finish(message, &mut messages);
    messages
}

/// Puts a message behind the others, unless there is nothing in it.
fn finish(mut message: String, messages: &mut Vec<String>) {
    message.truncate(message.trim_end().len());
    if !message.is_empty() {
        messages.push(message);
    }
}

/// A line, cut where it alone is more than a message.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    iter::from_fn(move || {
        let (part, behind) = cut(rest?);
        rest = behind;
        Some(part)
    })
}

/// As much of a line as fits into a message, and what is behind it, if anything is. It looks no further than that.
fn cut(line: &str) -> (&str, Option<&str>) {
    let mut bytes = 0;
    let is_too_much = |c: &(usize, char)| {
        bytes += size_of_char(c.1);
        bytes > TEXT_BYTES_MAX
    };
    let Some((end, _)) = line.char_indices().find(is_too_much) else { return (line, None) };
    let blank = line[..end].char_indices().rev().take(CUT_CHARS_MAX).find(|(_, c)| *c == ' ');
    let (part, behind) = line.split_at(blank.map_or(end, |(at, _)| at + 1));
    (part, Some(behind))
}

/// How many bytes a text takes as JSON.
fn size(text: &str) -> usize {
    text.chars().map(size_of_char).sum()
}

fn size_of_char(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        '\u{0}'..='\u{1f}' => 6,
        c => c.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use papo_proto::Body;

    use super::*;

    #[test]
    fn what_a_person_pastes_now_and_then_is_not_asked_about() {
        let lines = |count: usize| "a line\n".repeat(count);
        for (text, expected) in [
            (String::new(), false),
            (lines(LINES_MAX), false),
            (lines(LINES_MAX + 1), true),
            ("x".repeat(TEXT_BYTES_MAX), false),
            ("\"".repeat(TEXT_BYTES_MAX), true),
        ] {
            assert_eq!(is_large(&text), expected, "{} bytes", text.len());
        }
    }

    /// Invariant: each piece can be said, and together they are the text.
    #[test]
    fn nothing_of_a_pasted_text_is_lost_between_messages() {
        let long_word = "ã\"".repeat(TEXT_BYTES_MAX);
        let long_line = "some words \\ ".repeat(TEXT_BYTES_MAX / 5);
        let many = (1..=45).map(|number| format!("line {number}\n")).collect::<Vec<String>>().concat();
        let mixed = format!("{many}\n\n{long_line}\n{long_word}\nthe end");
        for text in [&many, &long_word, &long_line, &mixed] {
            let messages = messages(text);
            for message in &messages {
                assert!(Body::text(message.clone()).to_json().is_ok(), "{} bytes", message.len());
                assert!(message.lines().count() <= LINES_MAX);
            }
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert!(letters(&messages.concat()) == letters(text), "in the same order");
        }
        assert_eq!(messages(&many).len(), 3);
        assert!(messages(&many)[1].starts_with("line 21\n") && messages(&many)[1].ends_with("line 40"));
        assert_eq!(messages(" \n\n "), Vec::<String>::new());
    }

    /// Invariant: what is far too much is not cut to its end, and what is blank counts for nothing.
    #[test]
    fn a_text_of_any_size_is_cut_no_further_than_it_can_be_sent() {
        let blank = "\n".repeat(LINES_MAX * (MESSAGES_MAX + 10));
        for (text, expected) in [
            ("a line\n".repeat(LINES_MAX * MESSAGES_MAX), MESSAGES_MAX),
            ("a line\n".repeat(LINES_MAX * MESSAGES_MAX + 1), MESSAGES_MAX + 1),
            ("a line\n".repeat(LINES_MAX * MESSAGES_MAX * 10), MESSAGES_MAX + 1),
            ("x".repeat(TEXT_BYTES_MAX * MESSAGES_MAX * 2), MESSAGES_MAX + 1),
            (format!("{blank}the end"), 1),
        ] {
            assert_eq!(messages(&text).len(), expected, "{} bytes", text.len());
        }
        assert!(Pasted::new("x".repeat(FIELD_BYTES_MAX)).fits_into_field());
        assert!(!Pasted::new("x".repeat(FIELD_BYTES_MAX + 1)).fits_into_field());
    }
}
