//! The rule of hard-coded texts: in the sources of a surface no literal holds a sentence for people, since that
//! belongs into the catalogues. A sentence is known by two words side by side; a label by being given to what shows
//! labels. Not here: whether the catalogues have what is said by `t!`.

use super::source::{Flat, Source};
use super::{Finding, tree::Tree};

/// Where people are spoken to.
const SURFACES: [&str; 4] =
    ["crates/papo/src/", "crates/client/src/", "crates/bench/src/", "crates/desktop/src/"];

/// What is given to these is a program's or a programmer's: log lines, keys, and what a defect says of itself.
const NOT_FOR_PEOPLE: [&str; 15] = [
    "t!",
    "expect",
    "request_discard",
    "trace!",
    "debug!",
    "info!",
    "warn!",
    "error!",
    "span!",
    "assert!",
    "assert_eq!",
    "debug_assert!",
    "debug_assert_eq!",
    "unreachable!",
    "include_str!",
];

/// What is given to these stands on the screen, even one word of it.
const LABELS: [&str; 8] =
    ["label", "button", "small_button", "heading", "hint_text", "on_hover_text", "text_edit_hint", "title"];

/// A literal that begins with one of these is for another program: a database, a server, a shell, a reader of PEM.
const COMMANDS: [&str; 11] = [
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE ",
    "CREATE ",
    "GET ",
    "-----BEGIN ",
    "-----END ",
    "papo join ",
    "papo pair ",
    "papo bench",
];

/// Literals that look like texts for people and are none: in which file, how they begin, and why.
const EXCEPTIONS: [(&str, &str, &str); 6] = [
    ("crates/client/src/said.rs", "the server is stopping", "compared with what a server says"),
    ("crates/client/src/said.rs", "you were ", "compared with what a server says"),
    ("crates/client/src/profile.rs", "Application Support", "the system's name of a folder"),
    ("crates/desktop/src/platform/instance.rs", "the window's door", "a cause in a log line"),
    ("crates/desktop/src/text/fonts.rs", "Inter ", "the name of a typeface"),
    ("crates/desktop/src/text/fonts.rs", "JetBrains ", "the name of a typeface"),
];

/// Every text for people that stands in the code.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, source) in tree.rust() {
        if SURFACES.iter().any(|surface| path.starts_with(surface)) {
            let spoken = literals(source).into_iter().filter(Literal::is_for_people);
            for literal in spoken.filter(|literal| !is_exception(path, &literal.text)) {
                findings.push(Finding::new(path, literal.line, literal.told()));
            }
        }
    }
    findings
}

fn is_exception(path: &str, text: &str) -> bool {
    let is_command = COMMANDS.iter().any(|command| text.trim_start().starts_with(command));
    is_command || EXCEPTIONS.iter().any(|(place, begin, _)| path == *place && text.starts_with(begin))
}

/// A string literal of the code.
struct Literal {
    text: String,
    /// Where it begins, counted from 1.
    line: usize,
    /// What it stands in, from the outside to the inside: the names before the brackets that are open.
    inside: Vec<String>,
}

impl Literal {
    fn is_for_people(&self) -> bool {
        let is_in = |name: &str| self.inside.iter().any(|inside| inside == name);
        let is_told = !is_in("#") || (is_in("error") && !is_in("reason"));
        if !is_told || NOT_FOR_PEOPLE.iter().any(|name| is_in(name)) {
            return false;
        }
        let is_label = self.inside.last().is_some_and(|name| LABELS.contains(&name.as_str()));
        has_words(&self.text, if is_label { 1 } else { 2 })
    }

    fn told(&self) -> String {
        let begin: String = self.text.chars().take(40).collect();
        format!("`{begin}` is for people: move it into the catalogues of crates/words and say it by `t!`")
    }
}

/// Whether so many words stand side by side, the longest of them with three letters or more. What is no language is
/// taken out before: what is filled in, tags, and escaped characters.
fn has_words(text: &str, count: usize) -> bool {
    let plain = without(&without(text, ['{', '}'], "|"), ['<', '>'], " | ")
        .replace("\\n", " \n ")
        .replace("\\r", " ");
    let words: Vec<&str> = plain.split([' ', '\n']).filter(|word| !word.is_empty()).collect();
    words.windows(count).any(|words| {
        words.iter().all(|word| is_word(word)) && words.iter().any(|word| word.chars().count() > 2)
    })
}

/// Letters, with what may stand around a word in a sentence.
fn is_word(word: &str) -> bool {
    let around = |c: char| ".,:;!?()'\"“”‘’…".contains(c) || c == '\\';
    let core = word.trim_matches(around);
    !core.is_empty() && core.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’' || c == '-')
}

/// The text with everything between the two marks taken out, and something that is no word in its place.
fn without(text: &str, [open, close]: [char; 2], instead: &str) -> String {
    let mut rest = String::new();
    let mut depth = 0_usize;
    for char in text.chars() {
        match char {
            char if char == open => depth += 1,
            char if char == close => {
                depth = depth.saturating_sub(1);
                rest.push_str(instead);
            }
            char if depth == 0 => rest.push(char),
            _ => {}
        }
    }
    rest
}

/// Every string literal of a file that is no test's.
fn literals(source: &Source) -> Vec<Literal> {
    let flat = Flat::new(source);
    let mut literals = Vec::new();
    let mut inside: Vec<String> = Vec::new();
    let mut at = 0;
    while at < flat.code.len() {
        match flat.code[at] {
            '(' | '[' | '{' => inside.push(name_before(&flat.code[..at])),
            ')' | ']' | '}' => drop(inside.pop()),
            '"' => {
                let len = flat.code[at + 1..].iter().take_while(|char| **char != '"').count();
                let line = flat.line_of[at];
                if source.lines.get(line).is_some_and(|line| !line.is_test) {
                    let text = flat.text[at + 1..=at + len].iter().collect();
                    literals.push(Literal { text, line: line + 1, inside: inside.clone() });
                }
                at += len + 1;
            }
            _ => {}
        }
        at += 1;
    }
    literals
}

/// The name that a bracket belongs to, such as `format!`, `label` or, for an attribute, `#`.
fn name_before(code: &[char]) -> String {
    let is_name = |char: &&char| char.is_alphanumeric() || "_!#".contains(**char);
    let mut name: Vec<char> = code.iter().rev().take_while(is_name).copied().collect();
    name.reverse();
    name.iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a surface on which a text for people is found.
    fn found(code: &str) -> Vec<usize> {
        let file = |path: &str| (path.to_owned(), code.as_bytes().to_vec());
        let tree = Tree::new([file("crates/papo/src/a.rs"), file("crates/server/src/a.rs")]);
        let findings = check(&tree);
        assert!(findings.iter().all(|finding| finding.path.starts_with("crates/papo")), "{findings:?}");
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn texts_that_stand_in_the_code_are_found() {
        for code in [
            "fn a() { words(&format!(\"The room {name} is open.\")); }",
            "fn a() { words(\"oi,\\\n    gente\"); }",
            "fn a() { let b = \"try again\"; }",
            "fn a() { let b = r#\"try \"again\" now\"#; }",
            "#[error(\"it cannot be read\")]\nstruct A;",
            "#[error(\"{}\", \"not read\")]\nstruct A;",
            "fn a() { ui.button(\"Send\"); }",
            "fn a() { page(\"<p>Latency counts</p>\"); }",
            "fn a() { words(\"{count} listeners come in\"); }",
        ] {
            assert_eq!(found(code), [1], "{code}");
        }
        assert_eq!(found("fn a() {\n    b(\n        \"one\",\n        \"two words\",\n    );\n}"), [4]);
    }

    #[test]
    fn what_is_not_for_people_is_not_found() {
        for code in [
            "fn a() { words(&t!(\"chat-a\", who = %name)); }",
            "fn a() { tracing::info!(a, \"a server has started\"); }",
            "#[expect(dead_code, reason = \"it is said later\")]\nstruct A;",
            "#[error(\"{}\", t!(\"client-refused\"))]\nstruct A;",
            "#[arg(long, help = \"how many of them\")]\nstruct A;",
            "// words(\"two words\")\n/// \"two words\"\nfn a() { b(\"{a} {b}: {c}\"); }",
            "fn a() { b(\"<div class=\\\"a b\\\">{name}</div>\"); }",
            "fn a() { b(\"%Y-%m-%d %H:%M\"); c(\"p50 {:>8.0} µs\"); d(\"papo {}\"); }",
            "fn a() { b(\"SELECT id, body FROM outgoing\"); }",
            "#[cfg(test)]\nmod tests { fn a() { b(\"two words\"); } }",
        ] {
            assert_eq!(found(code), [0_usize; 0], "{code}");
        }
    }
}
