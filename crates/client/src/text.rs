//! The one place that makes what others have written safe to show. A terminal obeys control characters, the
//! direction of a text can be turned round so that it reads as something else, and a hundred marks on one
//! letter paint over the lines around it. Names and messages go through here before they reach a screen.
//! Not here: the web page, which has its own way (text nodes), and what a name may hold at all, which the
//! protocol says.

use std::borrow::Cow;

use papo_proto::name::is_direction_mark;
use unicode_width::UnicodeWidthChar;

/// How many characters without a width may follow one that has one: enough for every script's marks and for
/// the flags and families among the emoji, too few to paint over neighbouring lines.
pub const MARKS_PER_CHARACTER_MAX: usize = 8;

/// What carries a mark that stands at the beginning of a line, lest it sits on whatever was drawn before.
const CARRIER: char = '\u{25CC}';

/// The text of a message, safe for a terminal: lines and tabs stay, other control characters become visible
/// pictures (`␛`), what changes the direction becomes its number (`⟪U+202E⟫`), and marks beyond
/// [`MARKS_PER_CHARACTER_MAX`] are dropped. A text without any of these is handed back as it is.
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    neutralise(text, |c| matches!(c, '\n' | '\t'))
}

/// The same for what stands on one line, such as a name: line feeds and tabs become blanks.
pub fn for_terminal_line(text: &str) -> Cow<'_, str> {
    if text.contains(['\n', '\t']) {
        Cow::Owned(neutralise(&text.replace(['\n', '\t'], " "), |_| false).into_owned())
    } else {
        neutralise(text, |_| false)
    }
}

fn neutralise(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    // Nearly every text is plain ASCII: one pass over its bytes, and no copy.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') || stays(char::from(byte))) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut marks = Marks::AtStart;
    for c in text.chars() {
        if stays(c) {
            safe.push(c);
            marks = Marks::AtStart;
        } else if let Some(shown) = shown_instead(c) {
            safe.push_str(&shown);
            marks = Marks::Since(0);
        } else if c.width() == Some(0) {
            marks = marks.push(c, &mut safe);
        } else {
            safe.push(c);
            marks = Marks::Since(0);
        }
    }
    if safe == text { Cow::Borrowed(text) } else { Cow::Owned(safe) }
}

/// How many characters without a width precede the next one.
#[derive(Clone, Copy)]
enum Marks {
    /// There is nothing on the line yet that could carry one.
    AtStart,
    /// So many since the last character with a width.
    Since(usize),
}

impl Marks {
    /// Appends a character without a width, if it may stay.
    fn push(self, c: char, safe: &mut String) -> Self {
        match self {
            Self::AtStart => {
                safe.extend([CARRIER, c]);
                Self::Since(1)
            }
            Self::Since(count) if count < MARKS_PER_CHARACTER_MAX => {
                safe.push(c);
                Self::Since(count + 1)
            }
            full @ Self::Since(_) => full,
        }
    }
}

/// What is shown in place of a character that a terminal would obey, or that deceives a reader.
fn shown_instead(c: char) -> Option<String> {
    match c {
        // The block "Control Pictures" has a picture for each of C0, in order.
        '\0'..='\u{1F}' => char::from_u32(0x2400 + u32::from(c)).map(String::from),
        '\u{7F}' => Some('\u{2421}'.into()),
        // C1; separators that some programs take for line feeds; deprecated direction characters; and
        // annotations, which hide text.
        '\u{80}'..='\u{9F}' | '\u{2028}' | '\u{2029}' | '\u{206A}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}' => {
            Some(number(c))
        }
        c if is_direction_mark(c) => Some(number(c)),
        _ => None,
    }
}

fn number(c: char) -> String {
    format!("\u{27EA}U+{:04X}\u{27EB}", u32::from(c))
}
