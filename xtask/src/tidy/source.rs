//! A Rust file as the rules need it: for each line what is code, what is text and what belongs to a test; and the
//! functions. It knows comments, strings and braces, and nothing else of the language: this is no parser.

mod flat;
mod lexer;

pub(super) use flat::Flat;

/// One line of a Rust file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// The line without comments, and with every character inside a literal replaced by `s`.
    pub(super) code: String,
    /// The line without comments, literals as they are written.
    pub(super) text: String,
    /// Whether the line belongs to an item under `#[cfg(test)]`, or the whole file is a test.
    pub(super) is_test: bool,
}

impl Line {
    /// Neither blank nor only a comment.
    pub(super) fn is_code(&self) -> bool {
        !self.code.trim().is_empty()
    }
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    /// Where its `fn` stands, counted from 1.
    pub(super) line: usize,
    /// Code lines between its braces.
    pub(super) code_lines: usize,
    /// Whether an attribute on it expects `clippy::too_many_lines` and gives the reason.
    pub(super) is_excused: bool,
}

/// A Rust file.
pub(super) struct Source {
    pub(super) lines: Vec<Line>,
    /// The names in `#[cfg(test)] mod name;`.
    pub(super) test_modules: Vec<String>,
}

impl Source {
    /// Splits a file into lines and finds what of it is for tests.
    pub(super) fn new(text: &str) -> Self {
        let mut source = Self { lines: lexer::split(text), test_modules: Vec::new() };
        source.mark_test_items();
        source
    }

    /// All of the file is for tests.
    pub(super) fn mark_all_as_test(&mut self) {
        for line in &mut self.lines {
            line.is_test = true;
        }
    }

    /// Every function with a body, nested ones too, from top to bottom.
    pub(super) fn functions(&self) -> Vec<Function> {
        let code = Code::new(&self.lines);
        let starts = (0..code.chars.len()).filter(|&start| code.word_at(start, "fn"));
        starts.filter_map(|start| self.function(&code, start)).collect()
    }

    /// The function whose `fn` stands at `start`; `None` for a function pointer's type and a declaration.
    fn function(&self, code: &Code, start: usize) -> Option<Function> {
        let after = code.skip_space(start + "fn".len());
        let name: String = code.chars[after..].iter().take_while(|char| is_name(**char)).collect();
        if name.is_empty() {
            return None;
        }
        let item = code.item(after);
        let (open, close) = (code.line_of[item.open?], code.line_of[item.end]);
        let body = self.lines.get(open + 1..close).unwrap_or_default();
        let line = code.line_of[start];
        let code_lines = body.iter().filter(|line| line.is_code()).count();
        Some(Function { name, line: line + 1, code_lines, is_excused: self.is_excused(line) })
    }

    /// Looks at the attributes above a line, up to where the item before them ends.
    fn is_excused(&self, line: usize) -> bool {
        let ends_item = |line: &&Line| line.code.trim_end().ends_with(['{', '}', ';']);
        let above = self.lines[..line].iter().rev().take_while(|line| !ends_item(line));
        let attributes: Vec<&str> = above.map(|line| line.code.trim()).collect();
        let has = |needle: &str| attributes.iter().any(|line| line.contains(needle));
        has("#[expect(") && has("clippy::too_many_lines") && has("reason =")
    }

    /// Marks the items under `#[cfg(test)]` and collects the modules declared so.
    fn mark_test_items(&mut self) {
        let code = Code::new(&self.lines);
        if code.find("#![cfg(test)]", 0).is_some() {
            self.mark_all_as_test();
            return;
        }
        for attribute in ["#[cfg(test)]", "#[cfg(all(test,"] {
            let mut from = 0;
            while let Some(start) = code.find(attribute, from) {
                from = start + attribute.len();
                // The attribute's own end: the `]` after it.
                let Some(length) = code.chars[start..].iter().position(|char| *char == ']') else { break };
                let item = code.item(start + length + 1);
                let declared: String = code.chars[start + length + 1..item.end].iter().collect();
                if item.open.is_none() {
                    let name = declared.split_whitespace().skip_while(|word| *word != "mod").nth(1);
                    self.test_modules.extend(name.map(str::to_owned));
                }
                for line in &mut self.lines[code.line_of[start]..=code.line_of[item.end]] {
                    line.is_test = true;
                }
            }
        }
    }
}

/// The code of a file as one run of characters.
struct Code {
    /// Ends in a newline, so that every item has an end.
    chars: Vec<char>,
    /// For each character the index of its line.
    line_of: Vec<usize>,
}

/// Where an item's parts stand in [`Code::chars`].
struct Item {
    /// Its opening brace, if it has a body.
    open: Option<usize>,
    /// Its last character: the matching brace, or the semicolon.
    end: usize,
}

impl Code {
    fn new(lines: &[Line]) -> Self {
        let mut code = Self { chars: Vec::new(), line_of: Vec::new() };
        for (index, line) in lines.iter().enumerate() {
            code.chars.extend(line.code.chars());
            code.chars.push('\n');
            code.line_of.resize(code.chars.len(), index);
        }
        code
    }

    /// The first place at or after `from` where `needle` stands.
    fn find(&self, needle: &str, from: usize) -> Option<usize> {
        (from..self.chars.len()).find(|&start| self.stands_at(start, needle))
    }

    fn stands_at(&self, start: usize, needle: &str) -> bool {
        let mut rest = self.chars[start..].iter();
        needle.chars().all(|char| rest.next() == Some(&char))
    }

    /// Whether `word` stands at `start` and is no part of a longer name.
    fn word_at(&self, start: usize, word: &str) -> bool {
        let is_part =
            |index: Option<usize>| index.and_then(|index| self.chars.get(index)).is_some_and(|c| is_name(*c));
        self.stands_at(start, word) && !is_part(start.checked_sub(1)) && !is_part(Some(start + word.len()))
    }

    fn skip_space(&self, from: usize) -> usize {
        let space = self.chars[from..].iter().take_while(|char| char.is_whitespace()).count();
        from + space
    }

    /// The item that goes on at `from`: up to the first semicolon, or the end of the first block, outside brackets.
    fn item(&self, from: usize) -> Item {
        let last = self.chars.len().saturating_sub(1);
        let mut depth = 0_usize;
        for index in from..self.chars.len() {
            match self.chars[index] {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                // A brace here closes the block around: a field or an arm, which has no semicolon.
                ';' | '}' if depth == 0 => return Item { open: None, end: index },
                '{' if depth == 0 => {
                    return Item { open: Some(index), end: self.closing(index).unwrap_or(last) };
                }
                _ => {}
            }
        }
        Item { open: None, end: last }
    }

    /// The brace that closes the one at `open`.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        (open..self.chars.len()).find(|&index| {
            match self.chars[index] {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        })
    }
}

/// Part of a name, or of a macro's `$name`.
fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_' || char == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_and_lengths(text: &str) -> Vec<(String, usize)> {
        Source::new(text)
            .functions()
            .into_iter()
            .map(|function| (function.name, function.code_lines))
            .collect()
    }

    /// The numbers, from 1, of the lines that are for tests.
    fn test_lines(text: &str) -> Vec<usize> {
        let source = Source::new(text);
        let numbered = source.lines.iter().enumerate();
        numbered.filter(|(_, line)| line.is_test).map(|(index, _)| index + 1).collect()
    }

    #[test]
    fn blank_lines_and_comments_of_a_function_do_not_count() {
        let text = "fn a() {\n    // why\n    one();\n\n    /* two\n    lines */\n    two();\n}\n";
        assert_eq!(names_and_lengths(text), [("a".to_owned(), 2)]);
    }

    #[test]
    fn braces_in_strings_and_characters_are_no_braces() {
        let text = "fn a() {\n    let x = \"}}\";\n    let y = '}';\n    let z = r#\"}\"\"#;\n    end();\n}\nfn b() {}\n";
        assert_eq!(names_and_lengths(text), [("a".to_owned(), 4), ("b".to_owned(), 0)]);
    }

    #[test]
    fn declarations_and_pointer_types_are_no_functions() {
        let text = "trait T {\n    fn a(&self, x: [u8; 4]);\n    fn b(&self) {\n        c();\n    }\n}\ntype F = fn(u8) -> u8;\n";
        assert_eq!(names_and_lengths(text), [("b".to_owned(), 1)]);
    }

    #[test]
    fn a_nested_function_counts_for_itself_and_for_its_parent() {
        let text = "fn a() {\n    fn b() {\n        c();\n    }\n    b();\n}\n";
        assert_eq!(names_and_lengths(text), [("a".to_owned(), 4), ("b".to_owned(), 1)]);
    }

    #[test]
    fn only_an_expectation_with_a_reason_on_the_very_function_excuses_it() {
        let excused = |text| Source::new(text).functions().iter().map(|f| f.is_excused).collect::<Vec<_>>();
        let text =
            "#[expect(clippy::too_many_lines, reason = \"one table\")]\n/// Doc.\nfn a() {}\nfn b() {}\n";
        assert_eq!(excused(text), [true, false]);
        assert_eq!(
            excused("#[expect(\n    clippy::too_many_lines,\n    reason = \"x\"\n)]\nfn a() {}\n"),
            [true]
        );
        assert_eq!(excused("#[expect(clippy::too_many_lines)]\nfn a() {}\n"), [false]);
        assert_eq!(excused("#[allow(clippy::too_many_lines, reason = \"x\")]\nfn a() {}\n"), [false]);
    }

    #[test]
    fn an_item_for_tests_ends_where_it_ends() {
        assert_eq!(test_lines("#[cfg(test)]\nuse a::{b, c};\nfn d() {}\n"), [1, 2]);
        assert_eq!(
            test_lines("fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n"),
            [2, 3, 4, 5]
        );
        assert_eq!(test_lines("// #[cfg(test)]\nfn a() { \"#[cfg(test)]\" }\n"), [0_usize; 0]);
        assert_eq!(test_lines("#![cfg(test)]\nfn a() {}\n"), [1, 2]);
    }

    #[test]
    fn a_file_declared_for_tests_is_named() {
        let source =
            Source::new("#[cfg(test)]\npub(crate) mod world;\n#[cfg(test)]\nmod tests {}\nmod other;\n");
        assert_eq!(source.test_modules, ["world"]);
    }
}
