//! Tells code, comments and literals of a Rust file apart, line by line.

use super::Line;

/// Splits a file into lines; none of them is marked as a test yet.
pub(super) fn split(text: &str) -> Vec<Line> {
    let mut lexer = Lexer { state: State::Code, line: Line::default(), lines: Vec::new() };
    let chars: Vec<char> = text.chars().filter(|char| *char != '\r').collect();
    let mut rest = chars.as_slice();
    while let [_, ..] = rest {
        rest = lexer.step(rest);
    }
    if lexer.line != Line::default() {
        lexer.end_line();
    }
    lexer.lines
}

/// What the next character belongs to.
enum State {
    Code,
    LineComment,
    /// Comments of this kind nest; so many are open.
    BlockComment(usize),
    /// A literal in which a backslash escapes, and the quote that ends it.
    Escaped(char),
    /// A raw string that ends with a quote and so many `#`.
    Raw(usize),
}

struct Lexer {
    state: State,
    /// The line being read.
    line: Line,
    /// The lines before it.
    lines: Vec<Line>,
}

impl Lexer {
    /// Takes up what stands at the front and returns what follows it.
    fn step<'a>(&mut self, rest: &'a [char]) -> &'a [char] {
        let [char, after @ ..] = rest else { return rest };
        if *char == '\n' {
            if matches!(self.state, State::LineComment) {
                self.state = State::Code;
            }
            self.end_line();
            return after;
        }
        match self.state {
            State::Code => self.step_code(rest),
            State::LineComment => after,
            State::BlockComment(depth) => self.step_comment(rest, depth),
            State::Escaped(quote) => self.step_escaped(rest, quote),
            State::Raw(hashes) => self.step_raw(rest, hashes),
        }
    }

    fn step_code<'a>(&mut self, rest: &'a [char]) -> &'a [char] {
        match rest {
            ['/', '/', after @ ..] => {
                self.state = State::LineComment;
                after
            }
            ['/', '*', after @ ..] => {
                self.state = State::BlockComment(1);
                after
            }
            ['"', after @ ..] => {
                self.state = raw_hashes(&self.line.code).map_or(State::Escaped('"'), State::Raw);
                self.push_code('"');
                after
            }
            // A character: escaped, or a quote two further on. Otherwise a lifetime.
            ['\'', after @ ..] => {
                if matches!(after, ['\\', ..] | [_, '\'', ..]) {
                    self.state = State::Escaped('\'');
                }
                self.push_code('\'');
                after
            }
            [char, after @ ..] => {
                self.push_code(*char);
                after
            }
            [] => rest,
        }
    }

    fn step_comment<'a>(&mut self, rest: &'a [char], depth: usize) -> &'a [char] {
        match rest {
            ['*', '/', after @ ..] => {
                self.state = if depth == 1 { State::Code } else { State::BlockComment(depth - 1) };
                after
            }
            ['/', '*', after @ ..] => {
                self.state = State::BlockComment(depth + 1);
                after
            }
            _ => &rest[1..],
        }
    }

    fn step_escaped<'a>(&mut self, rest: &'a [char], quote: char) -> &'a [char] {
        match rest {
            // A backslash at the end of a line escapes the newline, which still ends the line.
            ['\\', escaped, after @ ..] if *escaped != '\n' => {
                self.push_literal('\\');
                self.push_literal(*escaped);
                after
            }
            [char, after @ ..] if *char == quote => {
                self.state = State::Code;
                self.push_code(*char);
                after
            }
            [char, after @ ..] => {
                self.push_literal(*char);
                after
            }
            [] => rest,
        }
    }

    fn step_raw<'a>(&mut self, rest: &'a [char], hashes: usize) -> &'a [char] {
        let [char, after @ ..] = rest else { return rest };
        let closing = after.iter().take_while(|char| **char == '#').count();
        if *char == '"' && closing >= hashes {
            self.state = State::Code;
            self.push_code('"');
        } else {
            self.push_literal(*char);
        }
        after
    }

    fn push_code(&mut self, char: char) {
        self.line.code.push(char);
        self.line.text.push(char);
    }

    fn push_literal(&mut self, char: char) {
        self.line.code.push(if char.is_whitespace() { ' ' } else { 's' });
        self.line.text.push(char);
    }

    fn end_line(&mut self) {
        self.lines.push(std::mem::take(&mut self.line));
    }
}

/// The number of `#` if the code before a quote begins a raw string: `r`, `br` or `cr`, then any number of `#`.
fn raw_hashes(before: &str) -> Option<usize> {
    let start = before.trim_end_matches('#');
    let prefix = start.strip_suffix('r')?;
    let prefix = prefix.strip_suffix(['b', 'c']).unwrap_or(prefix);
    let is_name = prefix.ends_with(|char: char| char.is_alphanumeric() || char == '_');
    (!is_name).then(|| before.len() - start.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the code of each line.
    fn check(text: &str, expected: &[&str]) {
        let lines = split(text);
        let code: Vec<&str> = lines.iter().map(|line| line.code.as_str()).collect();
        assert_eq!(code, expected, "{text}");
    }

    #[test]
    fn comments_vanish_and_literals_are_masked() {
        check("a(); // b\n/// c\nd();\n", &["a(); ", "", "d();"]);
        check("a /* b /* c */ d */ e", &["a  e"]);
        check("a(\"// no \\\" {\") // yes", &["a(\"ss ss ss s\") "]);
        check("r\"\\\" + 'x' + '\\'' + '\"'", &["r\"s\" + 's' + 'ss' + 's'"]);
        check("br##\"a\"# b\"## c", &["br##\"sss s\"## c"]);
        check("fn a<'b>(c: &'b str) -> &'static str {", &["fn a<'b>(c: &'b str) -> &'static str {"]);
        check("\"a\n// b\" c", &["\"s", "ss s\" c"]);
        check("\"a \\\n  b\" // c", &["\"s s", "  s\" "]);
    }

    #[test]
    fn the_text_keeps_literals_and_loses_comments() {
        let lines = split("say(\"// {\"); // why\r\n");
        assert_eq!(lines[0].text, "say(\"// {\"); ");
        assert_eq!(lines.len(), 1);
    }
}
