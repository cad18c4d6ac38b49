//! What a message's text looks like: the cases of `vectors/markup.json`, which the page passes as well, and what
//! holds for every text, however hostile.

use std::time::{Duration, Instant};

use papo_client::markup::{self, Block, Item, Kind, Link, SPANS_MAX, Span};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

#[test]
fn every_case_of_the_vectors_holds() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/markup.json")).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let blocks = markup::parse(case["text"].as_str().unwrap());
        let shown: Vec<Value> = blocks.iter().map(block).collect();
        assert_eq!(Value::from(shown), case["blocks"], "{}", case["name"]);
    }
}

fn block(block: &Block) -> Value {
    match block {
        Block::Paragraph(parts) => json!({"paragraph": spans(parts)}),
        Block::Quote(parts) => json!({"quote": spans(parts)}),
        Block::List(items) => json!({"list": items.iter().map(item).collect::<Vec<_>>()}),
        Block::Code { text, language } => {
            let mut shown = json!({"code": text});
            if let Some(language) = language {
                shown["language"] = json!(language);
            }
            shown
        }
    }
}

fn item(item: &Item) -> Value {
    let mut shown = json!({"spans": spans(&item.spans)});
    if item.depth > 0 {
        shown["depth"] = json!(item.depth);
    }
    if let Some(number) = item.number {
        shown["number"] = json!(number);
    }
    shown
}

fn spans(spans: &[Span]) -> Vec<Value> {
    spans.iter().map(span).collect()
}

fn span(span: &Span) -> Value {
    let mut shown = Map::new();
    for (name, is_on) in [("bold", span.bold), ("italic", span.italic), ("struck", span.struck)] {
        if is_on {
            shown.insert(name.into(), true.into());
        }
    }
    match &span.kind {
        Kind::Plain => {}
        Kind::Code => drop(shown.insert("code".into(), true.into())),
        Kind::Link(link) => drop(shown.insert("link".into(), link.target().into())),
        Kind::Mention(mention) => {
            let mut who = json!({"name": mention.name});
            if let Some(badge) = &mention.badge {
                who["badge"] = json!(badge);
            }
            shown.insert("mention".into(), who);
        }
    }
    if shown.is_empty() {
        return json!(span.text);
    }
    shown.insert("text".into(), json!(span.text));
    Value::Object(shown)
}

#[test]
fn the_plain_text_is_without_the_signs_that_mark_it() {
    let text = markup::plain_text(&markup::parse("**a** `b`\n> c\n- d\n2. e\n```\nf\n```"));
    assert_eq!(text, "a b\nc\n• d\n2. e\nf");
}

#[test]
fn what_deceives_is_neutralised_before_it_is_read() {
    let blocks = markup::parse_safe("a\r\n**b\u{202E}c** https://a.org/\u{202E}gpj.exe");
    let Block::Paragraph(spans) = &blocks[0] else { panic!("{blocks:?}") };
    assert_eq!(markup::plain_text(&blocks), "a\nb⟪U+202E⟫c https://a.org/⟪U+202E⟫gpj.exe");
    let links: Vec<&str> = spans
        .iter()
        .filter_map(|span| match &span.kind {
            Kind::Link(link) => Some(link.target()),
            _ => None,
        })
        .collect();
    assert_eq!(links, ["https://a.org/"]);
}

/// The largest text that a message can have, of one short pattern over and over.
fn repeated(pattern: &str) -> String {
    pattern.repeat(64 * 1024 / pattern.len())
}

#[test]
fn no_text_takes_long_however_it_is_made() {
    for pattern in [
        "*",
        "**",
        "***",
        "*a",
        "**a ",
        "_a_",
        "~~",
        "a~~b",
        "`",
        "`a",
        "``a`",
        "[",
        "[a",
        "[](",
        "](",
        "[a](",
        "[x](http://a ",
        "[a](http://a)",
        "http://",
        "http://a.",
        "http://a?",
        "https://a(",
        "https://a)",
        "@",
        "@a",
        "@a#",
        "@a.",
        "\\",
        "\\*",
        "> ",
        "> a\n",
        "- a\n",
        "- **a** `b`\n",
        "```\n",
        "```a",
        "\n",
        " ",
        "\t",
        "*a**b***c",
        "mailto:a@b ",
        "[a ",
        "a]b(c",
        "1. a\n",
        "🎉*",
        "e\u{301}",
        "***a* b**",
        "[ [ ](http://x) ",
    ] {
        let text = repeated(pattern);
        let began_at = Instant::now();
        let blocks = markup::parse(&text);
        let took = began_at.elapsed();
        assert!(took < Duration::from_secs(3), "{pattern:?} took {took:?}");
        let spans: usize = blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph(spans) | Block::Quote(spans) => spans.len(),
                Block::List(items) => items.len(),
                Block::Code { .. } => 1,
            })
            .sum();
        assert!(spans <= SPANS_MAX, "{pattern:?}: {spans}");
    }
}

#[test]
fn a_text_of_too_many_pieces_is_shown_as_it_was_typed() {
    let text = "*a* ".repeat(SPANS_MAX);
    assert_eq!(markup::parse(&text), [Block::Paragraph(vec![Span::plain(text)])]);
}

/// Texts in which signs come in every order.
fn signs() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "*",
        "**",
        "***",
        "_",
        "__",
        "~~",
        "`",
        "``",
        "```",
        "\\",
        "[",
        "](",
        ")",
        "@",
        "#",
        "a",
        "b2",
        " ",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "https://x.org",
        "javascript:",
        "é",
        "日",
        "🎉",
        ".",
        ",",
    ]);
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_letter_comes_out_and_in_order(text in signs()) {
        // Only signs and blanks may vanish; the letters are all there.
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
        let blocks = markup::parse(&text);
        let targets_aside = markup::plain_text(&blocks);
        let hides_a_target = text.contains("](") || text.contains("```");
        prop_assert!(hides_a_target || letters(&targets_aside) == letters(&text), "{text:?}: {blocks:?}");
    }

    #[test]
    fn every_link_may_be_followed(text in ".{0,200}|[a-z:/@\\[\\]() .]{0,200}") {
        for block in markup::parse(&text) {
            let spans = match block {
                Block::Paragraph(spans) | Block::Quote(spans) => spans,
                Block::List(items) => items.into_iter().flat_map(|item| item.spans).collect(),
                Block::Code { .. } => Vec::new(),
            };
            for span in spans {
                if let Kind::Link(link) = span.kind {
                    prop_assert_eq!(Link::new(link.target()), Some(link));
                }
                prop_assert!(!span.text.is_empty());
            }
        }
    }

    #[test]
    fn a_text_without_signs_comes_out_as_it_is(text in "[a-zA-Zà-ü0-9,.!? ]{0,200}") {
        // A number at the beginning of a line makes a list.
        prop_assume!(!text.trim_start().starts_with(|c: char| c.is_ascii_digit()));
        prop_assert_eq!(markup::plain_text(&markup::parse(&text)), text.trim_end());
    }
}
