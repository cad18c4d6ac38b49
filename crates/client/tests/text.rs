//! What others have written is safe to show: no text drives a terminal, turns the reading direction round or
//! paints over its neighbours, and a harmless one stays as it is.

use std::borrow::Cow;

use papo_client::text::{MARKS_PER_CHARACTER_MAX, for_terminal, for_terminal_line};
use proptest::prelude::*;
use unicode_width::UnicodeWidthChar;

#[test]
fn harmless_texts_stay_as_they_are_and_are_not_copied() {
    for text in [
        "",
        "oi, tudo bem?",
        "one\n\ttwo\n",
        "São João — ação",
        "e\u{301} o\u{302}\u{323}",
        "名前 علي שלום नमस्ते ไทย",
        "👩‍👩‍👧 👍🏽 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} ❤\u{FE0F}",
    ] {
        assert!(matches!(for_terminal(text), Cow::Borrowed(same) if same == text), "{text:?}");
    }
}

#[test]
fn what_a_terminal_obeys_or_a_reader_is_deceived_by_becomes_visible() {
    for (text, shown) in [
        ("\u{1b}[31mred", "␛[31mred"),
        ("\u{1b}]0;title\u{7}", "␛]0;title␇"),
        ("a\rb\u{8}\0\u{7f}", "a␍b␈␀␡"),
        ("\u{9b}2J\u{85}", "⟪U+009B⟫2J⟪U+0085⟫"),
        ("exe.\u{202e}gpj", "exe.⟪U+202E⟫gpj"),
        ("\u{2066}a\u{2069}\u{200f}\u{61c}", "⟪U+2066⟫a⟪U+2069⟫⟪U+200F⟫⟪U+061C⟫"),
        ("a\u{2028}b\u{2029}\u{fff9}", "a⟪U+2028⟫b⟪U+2029⟫⟪U+FFF9⟫"),
        ("\u{301}a\n\u{301}b", "\u{25cc}\u{301}a\n\u{25cc}\u{301}b"),
    ] {
        assert_eq!(for_terminal(text), shown, "{text:?}");
    }
}

#[test]
fn a_letter_carries_a_bounded_number_of_marks() {
    let marks = |count: usize| format!("a{}b", "\u{308}".repeat(count));
    assert_eq!(for_terminal(&marks(MARKS_PER_CHARACTER_MAX)), marks(MARKS_PER_CHARACTER_MAX));
    assert_eq!(for_terminal(&marks(500)), marks(MARKS_PER_CHARACTER_MAX));
}

#[test]
fn a_name_stays_on_its_line() {
    assert_eq!(for_terminal_line("Ana\nBob\tx\u{1b}"), "Ana Bob x␛");
    assert!(matches!(for_terminal_line("Ana"), Cow::Borrowed("Ana")));
}

proptest! {
    /// Whatever comes in: nothing comes out that a terminal obeys, the marks are bounded, and a second pass
    /// changes nothing more.
    #[test]
    fn nothing_that_a_terminal_obeys_comes_out(text in prop::collection::vec(hostile_char(), 0..60)) {
        let text = String::from_iter(text);
        let (safe, line) = (for_terminal(&text).into_owned(), for_terminal_line(&text).into_owned());
        let obeyed = |c: char| c.is_control() || papo_proto::name::is_direction_mark(c);
        prop_assert!(!safe.chars().any(|c| obeyed(c) && c != '\n' && c != '\t'), "{safe:?}");
        prop_assert!(!line.chars().any(obeyed), "{line:?}");
        for row in safe.split(['\n', '\t']).chain([line.as_str()]) {
            let mut marks = 0;
            for (at, c) in row.chars().enumerate() {
                marks = if c.width() == Some(0) { marks + 1 } else { 0 };
                prop_assert!(marks <= MARKS_PER_CHARACTER_MAX && at + 1 > marks, "{row:?}");
            }
        }
        prop_assert_eq!(for_terminal(&safe), safe.as_str());
        prop_assert_eq!(for_terminal_line(&line), line.as_str());
    }
}

/// Characters, with those that matter here among them far more often than by chance.
fn hostile_char() -> impl Strategy<Value = char> {
    prop_oneof![
        any::<char>(),
        prop::char::range('\0', '\u{a0}'),
        prop::char::range('\u{300}', '\u{330}'),
        prop::char::range('\u{2000}', '\u{2070}'),
    ]
}
