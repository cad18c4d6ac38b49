//! Terminals as an SVG: one pane across the picture, two below it. Text stays text, so that it can be searched,
//! read out and copied. Not here: what the terminals hold.
//!
//! ```text
//! ┌──────────────────────┐
//! │ wide                 │
//! └──────────────────────┘
//! ┌──────────┐┌──────────┐
//! │ left     ││ right    │
//! └──────────┘└──────────┘
//! ```

use std::fmt::Write;

use super::{palette, terminal::Entry};

/// As wide as a page of text with a picture in it is on most screens.
const WIDTH_PX: usize = 900;
const GAP_PX: usize = 12;
const PADDING_PX: usize = 22;
const LINE_HEIGHT_PX: usize = 20;
/// From a pane's upper edge to the base of its heading, to the hairline, and to the base of its first line.
const HEADING_PX: usize = 27;
const RULE_PX: usize = 41;
const FIRST_LINE_PX: usize = 68;
/// A command that follows something stands apart from it.
const BEFORE_COMMAND_PX: usize = 10;

/// How wide a character may be: 13 px in the widest of the fonts below (0.62 em), times ten.
const CELL_TENTHS_PX: usize = 81;

/// What is no colour.
const STYLE: &str = "\
text { font: 13px ui-monospace, 'SF Mono', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre }
.label { font-family: Inter, system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', sans-serif }
.strong { font-weight: 600 }
.remark { font-style: italic }
";

/// A terminal with its heading.
pub(super) struct Pane<'a> {
    /// Whose it is.
    pub(super) name: &'static str,
    /// What happens in it, in a few words.
    pub(super) note: &'static str,
    /// What it shows, from top to bottom.
    pub(super) entries: &'a [Entry],
}

/// Draws the picture.
pub(super) fn draw(title: &str, description: &str, wide: &Pane<'_>, below: &[Pane<'_>; 2]) -> String {
    let half_px = (WIDTH_PX - GAP_PX) / 2;
    let wide = Layout::new(wide, WIDTH_PX);
    let below = below.each_ref().map(|pane| Layout::new(pane, half_px));
    let below_height_px = below.iter().map(|layout| layout.height_px).max().unwrap_or(0);
    let below_y_px = wide.height_px + GAP_PX;
    let height_px = below_y_px + below_height_px;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH_PX}\" height=\"{height_px}\" \
         viewBox=\"0 0 {WIDTH_PX} {height_px}\" aria-labelledby=\"title\" aria-describedby=\"description\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"description\">{}</desc>\n<style>\n{STYLE}{}</style>\n",
        escaped(title),
        escaped(description),
        palette::style(),
    );
    wide.draw(&mut svg, 0, 0, wide.height_px);
    for (layout, x_px) in below.iter().zip([0, WIDTH_PX - half_px]) {
        layout.draw(&mut svg, x_px, below_y_px, below_height_px);
    }
    svg.push_str("</svg>\n");
    svg
}

/// A pane whose lines have their places.
struct Layout<'a> {
    pane: &'a Pane<'a>,
    width_px: usize,
    height_px: usize,
    /// Each line's base, from the pane's upper edge, and its spans.
    lines: Vec<(usize, Vec<Span>)>,
}

/// A piece of a line in one tone.
#[derive(Debug, PartialEq, Eq)]
struct Span {
    classes: &'static str,
    text: String,
}

impl<'a> Layout<'a> {
    fn new(pane: &'a Pane<'a>, width_px: usize) -> Self {
        let columns = (width_px - 2 * PADDING_PX) * 10 / CELL_TENTHS_PX;
        let mut lines = Vec::new();
        let mut y_px = FIRST_LINE_PX;
        for (index, entry) in pane.entries.iter().enumerate() {
            if index > 0 && matches!(entry, Entry::Command(_)) {
                y_px += BEFORE_COMMAND_PX;
            }
            for spans in lines_of(entry, columns) {
                lines.push((y_px, spans));
                y_px += LINE_HEIGHT_PX;
            }
        }
        Self { pane, width_px, height_px: y_px - LINE_HEIGHT_PX + PADDING_PX, lines }
    }

    fn draw(&self, svg: &mut String, x_px: usize, y_px: usize, height_px: usize) {
        let Pane { name, note, .. } = self.pane;
        let (right_px, rule_y_px) = (x_px + self.width_px, y_px + RULE_PX);
        let (text_x_px, heading_y_px) = (x_px + PADDING_PX, y_px + HEADING_PX);
        // Half a pixel in, so that the hairlines are one pixel and not two pale ones.
        let _ = write!(
            svg,
            "<rect class=\"paper line\" x=\"{x_px}.5\" y=\"{y_px}.5\" width=\"{}\" height=\"{}\" rx=\"12\"/>\n\
             <path class=\"line\" d=\"M{x_px}.5 {rule_y_px}.5H{right_px}\"/>\n\
             <text class=\"label\" x=\"{text_x_px}\" y=\"{heading_y_px}\"><tspan class=\"ink strong\">{}</tspan>\
             <tspan class=\"soft\" dx=\"9\">{}</tspan></text>\n",
            self.width_px - 1,
            height_px - 1,
            escaped(name),
            escaped(note),
        );
        for (line_y_px, spans) in &self.lines {
            let line_y_px = y_px + line_y_px;
            let _ = write!(svg, "<text x=\"{text_x_px}\" y=\"{line_y_px}\" xml:space=\"preserve\">");
            for Span { classes, text } in spans {
                let _ = write!(svg, "<tspan class=\"{classes}\">{}</tspan>", escaped(text));
            }
            svg.push_str("</text>\n");
        }
    }
}

/// An entry as lines of at most so many columns, each in its tones.
fn lines_of(entry: &Entry, columns: usize) -> Vec<Vec<Span>> {
    let (mark, mark_classes, text, classes) = match entry {
        Entry::Command(text) => ("$ ", "soft", text, "ink strong"),
        Entry::Typed(text) if text == "^C" => ("", "", text, "accent strong"),
        Entry::Typed(text) => ("> ", "accent", text, "accent"),
        Entry::Printed(text) if is_aside(text) => ("", "", text, "soft"),
        Entry::Printed(text) => {
            let (time, rest) = split_time(text);
            (time, "soft", &rest.to_owned(), "ink")
        }
        Entry::Remark(text) => ("", "", text, "soft remark"),
    };
    let mut lines = Vec::new();
    for (index, line) in wrapped(text, mark.chars().count(), columns).into_iter().enumerate() {
        let span = |classes, text| Span { classes, text };
        let is_marked = index == 0 && !mark.is_empty();
        let first = is_marked.then(|| span(mark_classes, mark.to_owned()));
        lines.push(first.into_iter().chain([span(classes, line)]).collect());
    }
    lines
}

/// Whether a line is the program's own and not somebody's word.
fn is_aside(line: &str) -> bool {
    line.starts_with("* ")
}

/// A line with its time (`14:02 `) taken off its beginning.
fn split_time(line: &str) -> (&str, &str) {
    const SHAPE: &[u8] = b"00:00 ";
    let shape_of = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    let has_time =
        line.len() > SHAPE.len() && line.bytes().zip(SHAPE).all(|(byte, &shape)| shape_of(byte) == shape);
    line.split_at(if has_time { SHAPE.len() } else { 0 })
}

/// Breaks a text at spaces, and inside a word that no line could hold. The first line has `mark_len` columns
/// less; the others begin with as many spaces, and two more than the text itself begins with where that is none.
///
/// A character counts as one column. An emoji takes two, and the margin has room for some.
fn wrapped(text: &str, mark_len: usize, columns: usize) -> Vec<String> {
    let own_indent = text.len() - text.trim_start_matches(' ').len();
    let indent_len = if mark_len > 0 { mark_len } else { own_indent + 2 };
    let indent = " ".repeat(indent_len);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut left: Vec<char> = text.chars().collect();
    let mut room_len = columns.saturating_sub(mark_len);
    while left.len() > room_len {
        let at_space =
            left[..=room_len].iter().rposition(|&char| char == ' ').filter(|&end| end > own_indent);
        let word_len = |start: usize| left[start..].iter().take_while(|&&char| char != ' ').count();
        // A word that would be broken anyway begins where it stands.
        let end = at_space.filter(|&end| word_len(end + 1) <= columns - indent_len).unwrap_or(room_len);
        let rest = left.split_off(end);
        line.extend(left);
        lines.push(std::mem::replace(&mut line, indent.clone()));
        left = rest.into_iter().skip_while(|&char| char == ' ').collect();
        room_len = columns - indent_len;
    }
    line.extend(left);
    lines.push(line);
    lines
}

/// Text inside an element or an attribute. What XML cannot hold at all becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            char if char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            char => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_at_spaces_and_only_endless_words_inside() {
        for (text, mark_len, expected) in [
            ("short", 0, &["short"][..]),
            ("", 0, &[""]),
            ("0123456789", 0, &["0123456789"]),
            ("one two three four", 0, &["one two", "  three", "  four"]),
            ("one two three", 2, &["one two", "  three"]),
            ("  a b c d e f", 0, &["  a b c d", "    e f"]),
            ("to 0123456789abc", 0, &["to 0123456", "  789abc"]),
            ("ção ção ção", 0, &["ção ção", "  ção"]),
        ] {
            let lines = wrapped(text, mark_len, 10);
            assert_eq!(lines, expected, "{text:?}");
        }
    }

    #[test]
    fn only_a_whole_time_is_taken_off() {
        for (line, time) in [
            ("14:02 Ana: oi", "14:02 "),
            ("The room", ""),
            ("14:02", ""),
            ("1:02 Ana: oi", ""),
            ("às 14", ""),
        ] {
            assert_eq!(split_time(line), (time, &line[time.len()..]));
        }
    }

    /// Nothing that is said can become part of the picture's own language.
    #[test]
    fn what_is_said_stays_text() {
        let entries = [
            Entry::Command("papo join 'https://a/#b'".to_owned()),
            Entry::Typed("</text><script>\"&\u{1b}".to_owned()),
            Entry::Printed("14:02 <b>: &amp;".to_owned()),
        ];
        let pane = |name| Pane { name, note: "a & b", entries: &entries };
        let svg = draw("<title>", "]]>", &pane("A"), &[pane("B"), pane("C")]);
        assert_eq!(svg.matches("&lt;/text&gt;&lt;script&gt;&quot;&amp;\u{fffd}").count(), 3);
        assert_eq!(svg.matches("&lt;b&gt;: &amp;amp;").count(), 3);
        assert!(!svg.contains("<script") && !svg.contains("]]>") && !svg.contains('\u{1b}'), "{svg}");
        assert_eq!(svg.matches("<text ").count(), svg.matches("</text>").count());
    }

    #[test]
    fn no_pane_leaves_the_picture_and_both_below_are_equally_high() {
        let long = [Entry::Printed("word ".repeat(200))];
        let short = [Entry::Printed("word".to_owned())];
        let pane = |entries| Pane { name: "A", note: "b", entries };
        let svg = draw("t", "d", &pane(&short), &[pane(&long), pane(&short)]);
        let number = |text: &str, name: &str| {
            let start = text.find(name).unwrap() + name.len();
            text[start..].split(['.', '"']).next().unwrap().parse::<usize>().unwrap()
        };
        let rects: Vec<&str> = svg.lines().filter(|line| line.starts_with("<rect")).collect();
        assert_eq!(number(rects[1], "height=\""), number(rects[2], "height=\""));
        let height_px = number(&svg, "height=\"");
        let bases = svg.lines().filter(|line| line.starts_with("<text")).map(|line| number(line, " y=\""));
        assert!(bases.max().unwrap() < height_px);
        assert_eq!(number(rects[2], "y=\"") + number(rects[2], "height=\"") + 1, height_px);
    }
}
