//! Targets: what stands between what others have written and a reader. Not here: surfaces.

use papo_client::Timeline;
use papo_client::event::Event;
use papo_client::markup::{self, Block, Kind, LIST_DEPTH_MAX, SPANS_MAX, Span};
use papo_client::text::{MARKS_PER_CHARACTER_MAX, for_terminal, for_terminal_line};
use papo_proto::name::is_direction_mark;
use papo_proto::{Body, Member, MemberId, Message, MessageId, Name, Reaction, Seq, Timestamp};

use super::Script;

/// Nothing that a terminal would obey comes through, and what is safe already stays as it is.
pub fn sanitiser(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (shown, line) = (for_terminal(&text), for_terminal_line(&text));
    check_safe(&shown, &['\n', '\t']);
    check_safe(&line, &[]);
    assert_eq!(for_terminal(&shown), shown, "what is safe stays as it is");
    assert_eq!(for_terminal_line(&line), line, "what is safe stays as it is");
    let plain = |c: char| matches!(c, ' '..='~' | '\n');
    if text.chars().all(plain) {
        assert_eq!(shown, text, "plain text stays as it is");
    }
}

/// Whatever is marked up, what comes out is bounded, safe to show, and leads nowhere but to pages and mail.
pub fn markup(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let blocks = markup::parse_safe(&text);
    let mut spans_len = 0;
    for block in &blocks {
        match block {
            Block::Paragraph(spans) | Block::Quote(spans) => {
                spans_len += spans.len();
                spans.iter().for_each(check_span);
            }
            Block::List(items) => {
                for item in items {
                    assert!(item.depth <= LIST_DEPTH_MAX);
                    spans_len += item.spans.len() + 1;
                    item.spans.iter().for_each(check_span);
                }
            }
            Block::Code { text, language } => {
                spans_len += 1;
                check_safe(text, &['\n', '\t']);
                check_safe(language.as_deref().unwrap_or(""), &[]);
            }
        }
    }
    assert!(spans_len <= SPANS_MAX, "{spans_len} pieces");
    check_safe(&markup::plain_text(&blocks), &['\n', '\t']);
}

fn check_span(span: &Span) {
    check_safe(&span.text, &['\n', '\t']);
    if let Kind::Link(link) = &span.kind {
        let target = link.target();
        let scheme = ["https://", "http://", "mailto:"].into_iter().find(|scheme| {
            target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        assert!(scheme.is_some(), "a link to {target:?}");
        let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\');
        assert!(!target.contains(is_odd), "a link to {target:?}");
        let ends_host: &[char] = if scheme == Some("mailto:") { &['?'] } else { &['/', '?', '#', '@'] };
        let destination = link.destination();
        assert!(target.contains(destination) && !destination.contains(ends_host), "{target:?}");
    }
}

fn check_safe(shown: &str, stays: &[char]) {
    let mut marks = 0;
    for c in shown.chars() {
        assert!(!c.is_control() || stays.contains(&c), "U+{:04X} in {shown:?}", u32::from(c));
        assert!(!is_direction_mark(c) && !matches!(c, '\u{2028}' | '\u{2029}'), "U+{:04X}", u32::from(c));
        marks = if is_combining(c) { marks + 1 } else { 0 };
        assert!(marks <= MARKS_PER_CHARACTER_MAX, "{marks} marks on one character in {shown:?}");
    }
}

/// Some of the marks that are drawn on the character before them.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}' | '\u{20D0}'..='\u{20F0}')
}

/// What a reader sees does not depend on the order in which it became known, nor on how often.
pub fn timeline(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let members = ["Ana", "Bia", "Zoë"].map(member);
    let count = 1 + script.below(24);
    let messages: Vec<Message> = (1..=count).map(|place| message(&mut script, place, &members)).collect();
    let mut sorted = Timeline::new(members[0].clone());
    messages.iter().for_each(|message| sorted.apply(&Event::Message(message.clone())));
    let mut jumbled = Timeline::new(members[0].clone());
    while !script.is_over() {
        let at = usize::from(script.below(count));
        if script.byte().is_multiple_of(2) {
            jumbled.apply(&Event::Message(messages[at].clone()));
        } else {
            let len = usize::from(script.below(8)).min(messages.len() - at);
            let page = messages[at..at + len].to_vec();
            jumbled.apply(&Event::History { messages: page, more: true });
        }
        jumbled.rows().count();
    }
    jumbled.apply(&Event::History { messages, more: false });
    assert_eq!(sorted.rows().collect::<Vec<_>>(), jumbled.rows().collect::<Vec<_>>());
    assert_eq!(sorted.history_before(), jumbled.history_before());
    for member in &members {
        assert_eq!(sorted.needs_badge(member), jumbled.needs_badge(member));
    }
}

/// A member, always the same for the same name.
pub(super) fn member(name: &str) -> Member {
    let mut random = [0; 8];
    random[..name.len()].copy_from_slice(name.as_bytes());
    Member { id: MemberId::of_guest(random), name: Name::parse(name).unwrap() }
}

fn message(script: &mut Script<'_>, place: u8, members: &[Member; 3]) -> Message {
    let from = members[usize::from(script.below(3))].clone();
    let kind = script.below(6);
    let about = Seq::new(script.below(26).into());
    let text = || Body::text(format!("text {place}"));
    let body = match kind {
        0 | 1 => text(),
        2 => Body { reply: Some(about), ..text() },
        3 => Body { edit: Some(about), ..text() },
        4 => Body { delete: Some(about), ..Body::default() },
        _ => {
            let emoji = ["+", "-", "👍"][usize::from(script.below(3))].to_owned();
            let react = Reaction { to: about, emoji, remove: script.below(4) == 0 };
            Body { react: Some(react), ..Body::default() }
        }
    };
    let id = MessageId::parse(&place.to_string()).unwrap();
    Message { seq: Seq::new(place.into()), time: Timestamp::from_unix_ms(place.into()), from, id, body }
}
