//! What is within a line: emphasis, code, links, mentions. One pass finds the pieces, a second one tells which
//! marks belong together; neither looks at a character more than a fixed number of times. Not here: blocks.

use std::collections::HashMap;
use std::mem;

use super::link::{self, Bare, Link};
use super::{Kind, Mention, Span, push_span};

/// The longest name behind an `@`, in characters; names are not longer.
const MENTION_CHARS_MAX: usize = 64;
/// How many characters of an id stand behind a mention: those of a badge, up to a whole id.
const BADGE_CHARS: std::ops::RangeInclusive<usize> = 4..=24;

/// The spans of one line.
pub(super) fn parse(line: &str) -> Vec<Span> {
    // Most lines have nothing in them.
    if !line.contains(['*', '_', '~', '`', '\\', '@', '[', ':']) {
        return vec![Span::plain(line)];
    }
    let mut pieces = Reader::new(line).read();
    pair(&mut pieces);
    spans(pieces)
}

/// A piece of a line.
enum Piece {
    Text(String),
    Whole(String, Kind),
    Mark { mark: Mark, can_open: bool, can_close: bool, role: Role },
}

/// A sign of emphasis: which character, and once or twice.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mark {
    sign: char,
    is_double: bool,
}

/// What a mark turned out to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The sign itself.
    Literal,
    Opens,
    Closes,
}

impl Mark {
    /// A place for each kind of mark.
    fn index(self) -> usize {
        let sign = ['*', '_', '~'].iter().position(|&sign| sign == self.sign).unwrap_or(0);
        sign * 2 + usize::from(self.is_double)
    }

    fn text(self) -> String {
        self.sign.to_string().repeat(1 + usize::from(self.is_double))
    }
}

/// Finds the pieces of a line.
struct Reader<'a> {
    line: &'a str,
    at: usize,
    pieces: Vec<Piece>,
    text: String,
    /// The character before `at`.
    before: Option<char>,
    /// For each run of backticks, by its beginning, where the next one of the same length begins.
    next_ticks: HashMap<usize, usize>,
    /// Where the next `](` is, and what follows it if that is a target: found once for all brackets before it.
    target: Option<(usize, Option<(usize, Link)>)>,
    /// Where the next `)` or blank is that could end such a target.
    target_end: Option<usize>,
}

impl<'a> Reader<'a> {
    fn new(line: &'a str) -> Self {
        Self {
            line,
            at: 0,
            pieces: Vec::new(),
            text: String::new(),
            before: None,
            next_ticks: next_ticks(line),
            target: None,
            target_end: None,
        }
    }

    fn read(mut self) -> Vec<Piece> {
        while let Some(c) = self.rest().chars().next() {
            let taken = match c {
                '\\' => self.escaped(),
                '`' => self.code(),
                '*' | '_' | '~' => self.marks(c),
                '[' => self.labelled(),
                '@' => self.mention(),
                'h' | 'H' | 'm' | 'M' => self.bare_link(),
                _ => false,
            };
            if !taken {
                self.text.push(c);
                self.advance(c.len_utf8());
            }
        }
        self.end_text();
        self.pieces
    }

    fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    fn advance(&mut self, bytes: usize) {
        let end = self.at + bytes;
        self.before = self.line[self.at..end].chars().next_back().or(self.before);
        self.at = end;
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(mem::take(&mut self.text)));
        }
    }

    fn whole(&mut self, text: String, kind: Kind, bytes: usize) -> bool {
        self.end_text();
        self.pieces.push(Piece::Whole(text, kind));
        self.advance(bytes);
        true
    }

    /// `\*`: the sign as it stands.
    fn escaped(&mut self) -> bool {
        let Some(sign) = self.rest()[1..].chars().next().filter(char::is_ascii_punctuation) else {
            return false;
        };
        self.text.push(sign);
        self.advance(2);
        true
    }

    /// `` `code` ``, between as many backticks on either side.
    fn code(&mut self) -> bool {
        let rest = self.rest();
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        let Some(&close) = self.next_ticks.get(&self.at) else {
            // Not even the rest of this run is code.
            self.text.push_str(&rest[..ticks]);
            self.advance(ticks);
            return true;
        };
        let inside = &self.line[self.at + ticks..close];
        // A blank on either side makes room for a backtick in the code.
        let padded = inside.strip_prefix(' ').and_then(|text| text.strip_suffix(' '));
        let text = padded.filter(|_| !inside.trim().is_empty()).unwrap_or(inside);
        self.whole(text.to_owned(), Kind::Code, close + ticks - self.at)
    }

    /// A run of signs of emphasis. Three of them are two marks, and more than three none.
    fn marks(&mut self, sign: char) -> bool {
        let rest = self.rest();
        let count = rest.len() - rest.trim_start_matches(sign).len();
        let after = rest[count..].chars().next();
        let lengths: &[bool] = match (sign, count) {
            ('*' | '_', 1) => &[false],
            ('*' | '_' | '~', 2) => &[true],
            ('*' | '_', 3) => &[true, false],
            _ => &[],
        };
        if lengths.is_empty() {
            self.text.push_str(&rest[..count]);
        } else {
            self.end_text();
        }
        for &is_double in lengths {
            let mark = Mark { sign, is_double };
            let can_open = after.is_some_and(|c| !c.is_whitespace()) && may_stand_after(mark, self.before);
            let can_close = self.before.is_some_and(|c| !c.is_whitespace()) && may_stand_after(mark, after);
            self.pieces.push(Piece::Mark { mark, can_open, can_close, role: Role::Literal });
        }
        self.advance(count);
        true
    }

    /// `[label](target)`.
    fn labelled(&mut self) -> bool {
        let from = self.at + 1;
        if self.target.as_ref().is_none_or(|(close, _)| *close < from) {
            let close = self.line[from..].find("](").map_or(usize::MAX, |offset| from + offset);
            self.target = Some((close, self.target_at(close)));
        }
        let Some((close, Some((end, link)))) = &self.target else { return false };
        let label = &self.line[from..*close];
        if label.contains('[') || label.trim().is_empty() {
            return false;
        }
        let (end, kind) = (*end, Kind::Link(link.clone()));
        self.whole(unescaped(label), kind, end - self.at)
    }

    /// The target between the round brackets behind `](`, and where it ends.
    fn target_at(&mut self, close: usize) -> Option<(usize, Link)> {
        let from = close.checked_add(2)?;
        let rest = self.line.get(from..)?;
        if self.target_end.is_none_or(|end| end < from) {
            self.target_end = Some(rest.find([')', ' ']).map_or(usize::MAX, |offset| from + offset));
        }
        let target = self.line.get(from..self.target_end?)?;
        let link = Link::new(target).filter(|_| rest[target.len()..].starts_with(')'))?;
        Some((from + target.len() + 1, link))
    }

    /// `https://…` as it stands in a sentence.
    fn bare_link(&mut self) -> bool {
        if self.before.is_some_and(char::is_alphanumeric) {
            return false;
        }
        let rest = self.rest();
        match link::bare(rest) {
            Some(Bare::Link(len)) => {
                let Some(link) = Link::new(&rest[..len]) else { return false };
                self.whole(rest[..len].to_owned(), Kind::Link(link), len)
            }
            Some(Bare::Text(len)) => {
                self.text.push_str(&rest[..len]);
                self.advance(len);
                true
            }
            None => false,
        }
    }

    /// `@Ana` or `@Ana#abcd`.
    fn mention(&mut self) -> bool {
        // What has a letter before it is the address of a mail.
        if self.before.is_some_and(|c| c.is_alphanumeric() || c == '.') {
            return false;
        }
        let behind = &self.rest()[1..];
        let len = behind.find(|c| !is_of_name(c)).unwrap_or(behind.len());
        let name = behind[..len].trim_end_matches(['.', '-']);
        if name.is_empty() || name.chars().count() > MENTION_CHARS_MAX {
            return false;
        }
        let badge = behind[name.len()..].strip_prefix('#').and_then(badge_of);
        let bytes = 1 + name.len() + badge.map_or(0, |badge| 1 + badge.len());
        let text = self.rest()[..bytes].to_owned();
        let mention = Mention { name: name.to_owned(), badge: badge.map(str::to_owned) };
        self.whole(text, Kind::Mention(mention), bytes)
    }
}

/// Whether the name behind an `@` may hold this character.
pub(super) fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// The beginning of an id that a text begins with.
fn badge_of(text: &str) -> Option<&str> {
    let len = text.find(|c: char| !matches!(c, 'a'..='z' | '2'..='7')).unwrap_or(text.len());
    BADGE_CHARS.contains(&len).then(|| &text[..len])
}

/// Whether a mark may have this character on its outer side. `snake_case` and `2*3*4` have no emphasis; but a
/// script without blanks between its words has to be able to stress one of them.
fn may_stand_after(mark: Mark, outer: Option<char>) -> bool {
    match mark {
        Mark { sign: '_', .. } => outer.is_none_or(|c| !c.is_alphanumeric()),
        Mark { is_double: false, .. } => outer.is_none_or(|c| !c.is_ascii_alphanumeric()),
        _ => true,
    }
}

/// A label without the backslashes before its signs.
fn unescaped(label: &str) -> String {
    let mut text = String::with_capacity(label.len());
    let mut letters = label.chars().peekable();
    while let Some(c) = letters.next() {
        let escaped = letters.next_if(|next| c == '\\' && next.is_ascii_punctuation());
        text.push(escaped.unwrap_or(c));
    }
    text
}

/// For each run of backticks, by its beginning, where the next one of the same length begins.
fn next_ticks(line: &str) -> HashMap<usize, usize> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in line.match_indices('`') {
        match runs.last_mut() {
            Some((start, len)) if *start + *len == at => *len += 1,
            _ => runs.push((at, 1)),
        }
    }
    let mut nearest = HashMap::new();
    let mut next = HashMap::new();
    for (start, len) in runs.into_iter().rev() {
        if let Some(later) = nearest.insert(len, start) {
            next.insert(start, later);
        }
    }
    next
}

/// Tells which marks belong together: a mark closes the nearest open one of its kind, and what was opened in
/// between stays as it was typed.
fn pair(pieces: &mut [Piece]) {
    let mut open: Vec<(usize, Mark)> = Vec::new();
    let mut open_counts = [0_usize; 6];
    for at in 0..pieces.len() {
        let Piece::Mark { mark, can_open, can_close, .. } = pieces[at] else { continue };
        if let Some(closed) = closes(mark, can_close, pieces, at, &open, &open_counts) {
            // Three signs close in the order in which they were opened.
            set_mark(pieces, at, closed, Role::Closes);
            while let Some((opener, opened)) = open.pop() {
                open_counts[opened.index()] -= 1;
                if opened == closed {
                    set_mark(pieces, opener, opened, Role::Opens);
                    break;
                }
            }
        } else if can_open {
            let Piece::Mark { mark, .. } = pieces[at] else { continue };
            open.push((at, mark));
            open_counts[mark.index()] += 1;
        }
    }
}

/// Which mark the piece at `at` closes. Of three signs in a row, which are two marks, the first one is the one
/// that was opened last; the two change places if need be.
fn closes(
    mark: Mark,
    can_close: bool,
    pieces: &mut [Piece],
    at: usize,
    open: &[(usize, Mark)],
    open_counts: &[usize; 6],
) -> Option<Mark> {
    if !can_close {
        return None;
    }
    let other = Mark { is_double: !mark.is_double, ..mark };
    let is_first_of_two = mark.is_double
        && mark.sign != '~'
        && matches!(pieces.get(at + 1), Some(Piece::Mark { mark: next, .. }) if *next == other);
    if is_first_of_two && open.last().is_some_and(|(_, opened)| *opened == other) {
        if let Some(Piece::Mark { mark, .. }) = pieces.get_mut(at) {
            *mark = other;
        }
        if let Some(Piece::Mark { mark: next, .. }) = pieces.get_mut(at + 1) {
            *next = mark;
        }
        return Some(other);
    }
    (open_counts[mark.index()] > 0).then_some(mark)
}

fn set_mark(pieces: &mut [Piece], at: usize, to: Mark, is: Role) {
    if let Piece::Mark { mark, role, .. } = &mut pieces[at] {
        (*mark, *role) = (to, is);
    }
}

/// The pieces with their looks.
fn spans(pieces: Vec<Piece>) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut look = Span::default();
    let mut depths = [0_u16; 6];
    for piece in pieces {
        match piece {
            Piece::Text(text) => push_span(&mut spans, Span { text, ..look.clone() }),
            Piece::Whole(text, kind) => push_span(&mut spans, Span { text, kind, ..look.clone() }),
            Piece::Mark { mark, role: Role::Literal, .. } => {
                push_span(&mut spans, Span { text: mark.text(), ..look.clone() });
            }
            Piece::Mark { mark, role, .. } => {
                let depth = &mut depths[mark.index()];
                *depth = if role == Role::Opens { depth.saturating_add(1) } else { depth.saturating_sub(1) };
                let is_on = |sign, is_double| depths[Mark { sign, is_double }.index()] > 0;
                look.bold = is_on('*', true) || is_on('_', true);
                look.italic = is_on('*', false) || is_on('_', false);
                look.struck = is_on('~', true);
            }
        }
    }
    spans
}
