//! What a message's text looks like: a small subset of Markdown, for people who chat. Every surface draws what
//! comes out of here. It is pure, takes time in proportion to the text, and knows no toolkit. Not here: making
//! foreign text safe to show ([`crate::text`]), which comes first; see [`parse_safe`].
//!
//! A text is blocks: paragraphs (blank lines divide them and vanish), quotes (`> `), lists (`- `, `1. `) and code
//! between fences (three backticks). Within a line: `**bold**`, `*italic*` or `_italic_`, `~~struck~~`, `` `code` ``,
//! links, `@mentions`, and a backslash before a sign that is meant as it stands. What is not closed on its line
//! stays as it was typed. There are no headings, tables, pictures and no HTML. `vectors/markup.json` holds cases
//! for every implementation.
//!
//! - `mod.rs`: what comes out, and the blocks.
//! - `inline.rs`: what is within a line.
//! - `link.rs`: which links there are, and where they lead.

mod inline;
mod link;

pub use link::Link;

use papo_proto::Member;

use crate::text;

/// A text of more pieces than this is shown as it was typed: whoever writes so means to keep readers busy.
pub const SPANS_MAX: usize = 4096;

/// How deep a list goes; deeper items stand at this depth.
pub const LIST_DEPTH_MAX: u8 = 3;

/// The longest word after the fence that is taken for the name of a language, in characters.
const LANGUAGE_CHARS_MAX: usize = 32;

const FENCE: &str = "```";

/// A part of a text that begins on a new line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Lines of text; a line feed within a span is one.
    Paragraph(Vec<Span>),
    /// Lines that somebody else has said.
    Quote(Vec<Span>),
    /// The items of a list.
    List(Vec<Item>),
    /// Lines of code, as they are.
    Code {
        /// The lines, without the fences.
        text: String,
        /// What stood behind the fence: mostly the name of a language.
        language: Option<String>,
    },
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// How deep it stands, from 0 to [`LIST_DEPTH_MAX`].
    pub depth: u8,
    /// Its number, if it has one; else it has a bullet.
    pub number: Option<u32>,
    /// What it says.
    pub spans: Vec<Span>,
}

/// A piece of text that looks the same throughout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The text to be shown.
    pub text: String,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is italic.
    pub italic: bool,
    /// Whether it is struck through.
    pub struck: bool,
    /// What it is besides text.
    pub kind: Kind,
}

/// What a span is besides text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    #[default]
    Plain,
    /// Code within a line.
    Code,
    /// A link. Where it leads is shown before it is followed.
    Link(Link),
    /// Somebody is spoken to.
    Mention(Mention),
}

/// Who is spoken to: `@Ana`, or `@Ana#abcd` where several are called so. A blank in a name is written `_`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// What stands behind the `@`.
    pub name: String,
    /// The beginning of the member's id, at least the four characters of the badge.
    pub badge: Option<String>,
}

/// The blocks of a text that comes from others, safe to show.
pub fn parse_safe(text: &str) -> Vec<Block> {
    // Where lines end as on Windows, the sign for it is none of the text's.
    parse(&text::for_terminal(&text.replace("\r\n", "\n")))
}

/// The blocks of a text. What is in the text comes out as it is; see [`parse_safe`].
pub fn parse(text: &str) -> Vec<Block> {
    let blocks = Blocks::default().read(text);
    let spans: usize = blocks.iter().map(Block::spans_len).sum();
    if spans > SPANS_MAX { vec![Block::Paragraph(vec![Span::plain(text)])] } else { blocks }
}

/// The text alone, as it is read aloud, searched and told in a notification: without the signs that mark it.
pub fn plain_text(blocks: &[Block]) -> String {
    blocks.iter().map(Block::plain_text).collect::<Vec<_>>().join("\n")
}

impl Mention {
    /// How a member is written so that it reads as a mention.
    pub fn word(member: &Member, needs_badge: bool) -> String {
        let name: String = letters(member.name.as_str()).collect();
        if needs_badge { format!("@{name}#{}", member.id.badge()) } else { format!("@{name}") }
    }

    /// Whether it means this member, or may mean this one among others of the name.
    pub fn is_of(&self, member: &Member) -> bool {
        let small = |name: &str| letters(name).flat_map(char::to_lowercase).collect::<String>();
        let is_badge = |badge: &String| {
            member.id.badge().starts_with(&**badge) || member.id.as_str().starts_with(&**badge)
        };
        small(&self.name) == small(member.name.as_str()) && self.badge.as_ref().is_none_or(is_badge)
    }
}

/// The characters of a name that a mention may hold.
fn letters(name: &str) -> impl Iterator<Item = char> {
    let shown = |c: char| if c.is_whitespace() { '_' } else { c };
    name.chars().map(shown).filter(|c| inline::is_of_name(*c))
}

impl Block {
    /// Every span in it, in order.
    pub fn spans(&self) -> Vec<&Span> {
        match self {
            Self::Paragraph(spans) | Self::Quote(spans) => spans.iter().collect(),
            Self::List(items) => items.iter().flat_map(|item| &item.spans).collect(),
            Self::Code { .. } => Vec::new(),
        }
    }

    fn spans_len(&self) -> usize {
        match self {
            Self::Paragraph(spans) | Self::Quote(spans) => spans.len(),
            Self::List(items) => items.iter().map(|item| item.spans.len() + 1).sum(),
            Self::Code { .. } => 1,
        }
    }

    fn plain_text(&self) -> String {
        let joined = |spans: &[Span]| spans.iter().map(|span| span.text.as_str()).collect::<String>();
        match self {
            Self::Paragraph(spans) | Self::Quote(spans) => joined(spans),
            Self::List(items) => {
                let item = |item: &Item| format!("{} {}", item.marker(), joined(&item.spans));
                items.iter().map(item).collect::<Vec<_>>().join("\n")
            }
            Self::Code { text, .. } => text.clone(),
        }
    }
}

impl Item {
    /// What stands before it: a bullet, or its number and a full stop.
    pub fn marker(&self) -> String {
        self.number.map_or_else(|| "•".to_owned(), |number| format!("{number}."))
    }
}

impl Span {
    /// A piece of text that is nothing besides.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Whether it may be one piece with a plain one that looks like it.
    fn looks_like(&self, other: &Self) -> bool {
        let look = |span: &Self| (span.bold, span.italic, span.struck);
        look(self) == look(other) && self.kind == Kind::Plain && other.kind == Kind::Plain
    }
}

/// Appends a span; two pieces of plain text that look the same become one.
fn push_span(spans: &mut Vec<Span>, span: Span) {
    if span.text.is_empty() {
        return;
    }
    match spans.last_mut() {
        Some(last) if last.looks_like(&span) => last.text.push_str(&span.text),
        _ => spans.push(span),
    }
}

/// The blocks read so far; the last one may still grow.
#[derive(Default)]
struct Blocks {
    done: Vec<Block>,
    is_open: bool,
}

impl Blocks {
    fn read(mut self, text: &str) -> Vec<Block> {
        let mut lines = text.lines().map(str::trim_end);
        while let Some(line) = lines.next() {
            if let Some(behind) = opening_fence(line) {
                let code: Vec<&str> = lines.by_ref().take_while(|line| *line != FENCE).collect();
                self.done.push(Block::Code { text: code.join("\n"), language: language(behind) });
                self.is_open = false;
            } else if line.is_empty() {
                self.is_open = false;
            } else {
                self.line(line);
                self.is_open = true;
            }
        }
        self.done
    }

    /// A line with something on it, outside of code.
    fn line(&mut self, line: &str) {
        let last = self.done.last_mut().filter(|_| self.is_open);
        if let Some(quoted) = line.strip_prefix('>') {
            let spans = inline::parse(quoted.strip_prefix(' ').unwrap_or(quoted));
            match last {
                Some(Block::Quote(before)) => append_line(before, spans),
                _ => self.done.push(Block::Quote(spans)),
            }
        } else if let Some(item) = item(line) {
            match last {
                Some(Block::List(items)) => items.push(item),
                _ => self.done.push(Block::List(vec![item])),
            }
        } else {
            let spans = inline::parse(line);
            match last {
                Some(Block::Paragraph(before)) => append_line(before, spans),
                _ => self.done.push(Block::Paragraph(spans)),
            }
        }
    }
}

fn append_line(before: &mut Vec<Span>, spans: Vec<Span>) {
    push_span(before, Span::plain("\n"));
    spans.into_iter().for_each(|span| push_span(before, span));
}

/// What stands behind the fence, if a line opens a block of code; it may be nothing.
fn opening_fence(line: &str) -> Option<&str> {
    // Code within a line may be written with as many backticks.
    line.strip_prefix(FENCE).filter(|behind| !behind.contains('`')).map(str::trim)
}

/// The name of a language, if this is one.
fn language(behind_fence: &str) -> Option<String> {
    let is_language = !behind_fence.is_empty()
        && behind_fence.chars().count() <= LANGUAGE_CHARS_MAX
        && behind_fence.chars().all(|c| c.is_ascii_alphanumeric() || "+-#._".contains(c));
    is_language.then(|| behind_fence.to_owned())
}

/// The item of a list that a line is.
fn item(line: &str) -> Option<Item> {
    let behind = line.trim_start_matches(' ');
    let depth = u8::try_from((line.len() - behind.len()) / 2).unwrap_or(u8::MAX).min(LIST_DEPTH_MAX);
    let (number, text) = if let Some(text) = behind.strip_prefix(['-', '*', '+']) {
        (None, text)
    } else {
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        // Nine digits fit into the number.
        let number = behind.get(..digits).filter(|_| (1..=9).contains(&digits))?.parse().ok()?;
        (Some(number), behind[digits..].strip_prefix(['.', ')'])?)
    };
    let text = text.strip_prefix(' ')?;
    (!text.is_empty()).then(|| Item { depth, number, spans: inline::parse(text) })
}
