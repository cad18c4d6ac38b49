//! What stands on a terminal of a line that was typed there, and how it goes away when the room shows the line
//! with time and name. The terminal itself draws what is typed, so that this has to be worked out; where it
//! cannot be known, the line stays and is there twice. It is pure. Not here: reading lines, and writing.

use std::time::{Duration, Instant};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A line and what is known of how it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TypedLine {
    pub(super) text: String,
    /// When the line before it was there, or reading began.
    pub(super) awaited_at: Instant,
    /// When it was there.
    pub(super) read_at: Instant,
    /// Whether it ended with a line feed; else the cursor stands behind it.
    pub(super) is_whole: bool,
}

/// A line read this long after something was written was ended after that: nobody sees a line and hits a key
/// faster, and by then even a busy computer has woken the reader.
const REACTION: Duration = Duration::from_millis(50);

/// How long a person needs for a row of text at most.
const ROW_TYPED_IN: Duration = Duration::from_mins(1);

/// What takes the line off a terminal of this many columns and rows, if what is above the cursor is certain to
/// be the line and nothing else. `written_at` is when something was last written there.
pub(super) fn erasure(
    typed: &TypedLine,
    written_at: Option<Instant>,
    columns: u16,
    rows: u16,
) -> Option<String> {
    let taken = rows_taken(&typed.text, columns)?;
    if !typed.is_whole || taken >= rows.into() || !is_whole_on_screen(typed, written_at, taken) {
        return None;
    }
    // The rows are deleted rather than cleared, and the cursor keeps its column: the next line may have been
    // begun already.
    Some(format!("\x1b7\x1b[{taken}A\x1b[{taken}M\x1b8\x1b[{taken}A"))
}

/// Whether nothing was written between the rows of the line, nor after it.
fn is_whole_on_screen(typed: &TypedLine, written_at: Option<Instant>, rows: u32) -> bool {
    let Some(written_at) = written_at else { return true };
    let Some(quiet) = typed.read_at.checked_duration_since(written_at) else { return false };
    // What is written meanwhile tears a line apart. The row in which it ended is its own all the same.
    let cannot_be_torn = rows == 1 || written_at <= typed.awaited_at || quiet >= ROW_TYPED_IN * rows;
    quiet >= REACTION && cannot_be_torn
}

/// How many rows a line takes where terminals agree on that.
fn rows_taken(text: &str, columns: u16) -> Option<u32> {
    let columns = usize::from(columns);
    if columns == 0 || text.contains(char::is_control) {
        return None;
    }
    // Some join what makes up one emoji, some do not, and a wide character may leave the last column empty.
    let narrow = text.width();
    let sum: usize = text.chars().map(|c| c.width().unwrap_or(0) + usize::from(c == '\u{FE0F}')).sum();
    let wide = if text.is_ascii() { sum } else { sum + sum / columns };
    let rows = |width: usize| width.div_ceil(columns).max(1);
    let taken = rows(wide.max(narrow));
    if rows(narrow.min(sum)) == taken { u32::try_from(taken).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_where_terminals_agree() {
        for (text, expected) in [
            ("", Some(1)),
            ("0123456789", Some(1)),
            ("0123456789a", Some(2)),
            ("olá, Zoë", Some(1)),
            ("日本語", Some(1)),
            ("日本語日本語", Some(2)),
            ("日本語日本", None),
            ("a\tb", None),
            ("a\u{1b}b", None),
            ("👍", Some(1)),
            ("👩‍👩‍👧", Some(1)),
            ("👩‍👩‍👧👩‍👩‍👧", None),
        ] {
            assert_eq!(rows_taken(text, 10), expected, "{text:?}");
        }
        assert_eq!(rows_taken("x", 0), None);
    }

    #[test]
    fn nothing_but_the_line_itself_goes_away() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let (short, long) = ("short", "this takes two rows");
        let minutes = 60_000;
        for (text, awaited_ms, written_ms, read_ms, goes) in [
            (short, 0, None, 9, true),
            (short, 5, Some(0), 100, true),
            (long, 5, Some(0), 100, true),
            // Something was written while it was typed.
            (short, 0, Some(5), 100, true),
            (long, 0, Some(5), 100, false),
            (long, 0, Some(5), 3 * minutes, true),
            // Something may have been written after it.
            (short, 0, Some(51), 100, false),
            (short, 0, Some(101), 100, false),
            // It was typed before it was waited for.
            (short, 99, Some(98), 100, false),
        ] {
            let typed = TypedLine {
                text: text.to_owned(),
                awaited_at: after(awaited_ms),
                read_at: after(read_ms),
                is_whole: true,
            };
            let erasure = erasure(&typed, written_ms.map(after), 10, 24);
            assert_eq!(erasure.is_some(), goes, "{text} {written_ms:?} {read_ms}");
        }
        let typed = |text: &str, is_whole| TypedLine {
            text: text.to_owned(),
            awaited_at: start,
            read_at: start,
            is_whole,
        };
        assert_eq!(erasure(&typed(short, false), None, 10, 24), None, "the cursor is still behind it");
        assert_eq!(erasure(&typed(long, true), None, 10, 2), None, "its beginning is off the screen");
        let two = erasure(&typed(long, true), None, 10, 24);
        assert_eq!(two.as_deref(), Some("\x1b7\x1b[2A\x1b[2M\x1b8\x1b[2A"));
    }
}
