//! A large text that was pasted: when it is one, and how it is cut into messages. It is pure. Not here: the question that
//! the person is asked, and what is sent.

use papo_proto::limits::BODY_BYTES_MAX;

/// From how many lines on a person is asked first: more than a screen of them is rarely meant as one message.
pub const LINES_MAX: usize = 20;

/// How many messages a pasted text is sent as at most. A server slows whoever says more than that at once, and what has
/// more is a file.
pub const MESSAGES_MAX: usize = 30;

/// How many bytes of a text fit into a message, as JSON; what stands around it is no more than this.
const TEXT_BYTES_MAX: usize = BODY_BYTES_MAX - 64;

/// How far before the end of a message a long line is cut at a blank rather than in the middle of a word, in characters.
const CUT_CHARS_MAX: usize = 100;

/// Whether a person is asked before this text is put into the field.
pub fn is_large(text: &str) -> bool {
    text.lines().count() > LINES_MAX || size(text) > TEXT_BYTES_MAX
}

/// The text as messages: at most so many lines in each ([`LINES_MAX`]), cut between lines where that is possible.
pub fn messages(text: &str) -> Vec<String> {
    let mut messages = vec![String::new()];
    let mut lines = 0;
    for part in text.lines().flat_map(parts) {
        let Some(message) = messages.last_mut() else { break };
        if lines == LINES_MAX || size(message) + size("\n") + size(part) > TEXT_BYTES_MAX {
            messages.push(part.to_owned());
            lines = 1;
            continue;
        }
        if lines > 0 {
            message.push('\n');
        }
        message.push_str(part);
        lines += 1;
    }
    messages.iter_mut().for_each(|message| message.truncate(message.trim_end().len()));
    messages.retain(|message| !message.trim().is_empty());
    messages
}

/// A line, cut where it alone is more than a message.
fn parts(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = line;
    while size(rest) > TEXT_BYTES_MAX {
        let mut bytes = 0;
        let fits = |c: &(usize, char)| {
            bytes += size_of_char(c.1);
            bytes <= TEXT_BYTES_MAX
        };
        let end = rest.char_indices().take_while(fits).last().map_or(rest.len(), |(at, c)| at + c.len_utf8());
        let near = rest[..end].char_indices().rev().take(CUT_CHARS_MAX);
        let blank = near.into_iter().find(|(_, c)| *c == ' ').map(|(at, _)| at + 1);
        let (part, behind) = rest.split_at(blank.unwrap_or(end));
        parts.push(part);
        rest = behind;
    }
    parts.push(rest);
    parts
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
}
