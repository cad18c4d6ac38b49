//! The rules of texts for people: what a program says by `t!` stands in every language's catalogue with the same
//! arguments, and what stands in a catalogue is said somewhere. Not here: whether a translation is a good one.

mod calls;

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::{Finding, tree::Tree};

/// Where the catalogues are: a folder for each language, and in it a file for each surface.
const FOLDER: &str = "crates/words/locales/";

/// The language that has every text first.
const FIRST: &str = "en";

/// Keys that are put together while the program runs, by how they begin, and whose English text stands beside what
/// they describe. That none of them is missing or too much is tested where they are put together.
const FAMILIES: [&str; 1] = ["options-"];

/// One text of a catalogue.
struct Text {
    path: String,
    line: usize,
    arguments: BTreeSet<String>,
}

/// The texts of one language by their keys.
type Texts = BTreeMap<String, Text>;

/// Every key or argument that code and catalogues do not have in common.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let languages = languages(tree, &mut findings);
    let Some(first) = languages.get(FIRST) else { return findings };
    for (language, texts) in languages.iter().filter(|(language, _)| *language != FIRST) {
        compare(first, texts, language, &mut findings);
    }
    let mut said = BTreeSet::new();
    for (path, source) in tree.rust() {
        for call in calls::find(source) {
            if !call.is_test {
                said.insert(call.key.clone());
            }
            if let Some(text) = wrong(&call, first) {
                findings.push(Finding::new(path, call.line, text));
            }
        }
    }
    let is_said = |key: &str| said.contains(key) || is_put_together(key);
    for (key, Text { path, line, .. }) in first.iter().filter(|(key, _)| !is_said(key)) {
        findings.push(Finding::new(
            path,
            *line,
            format!("nothing says `{key}`: remove it from every language"),
        ));
    }
    findings
}

fn is_put_together(key: &str) -> bool {
    FAMILIES.iter().any(|family| key.starts_with(family))
}

/// What is wrong with a call.
fn wrong(call: &calls::Call, texts: &Texts) -> Option<String> {
    let key = &call.key;
    let Some(text) = texts.get(key) else {
        return Some(format!("no catalogue has `{key}`: add it to each language in {FOLDER}"));
    };
    let differ = call.arguments != text.arguments;
    differ.then(|| format!("`{key}` takes {}, not {}", listed(&text.arguments), listed(&call.arguments)))
}

/// What one language lacks, has too much, or gives other arguments.
fn compare(first: &Texts, other: &Texts, language: &str, findings: &mut Vec<Finding>) {
    for (key, text) in first {
        match other.get(key) {
            None => {
                let finding = format!("`{key}` is missing in {language}");
                findings.push(Finding::new(&text.path, text.line, finding));
            }
            Some(translated) if translated.arguments != text.arguments => {
                let (ours, theirs) = (listed(&text.arguments), listed(&translated.arguments));
                let finding = format!("`{key}` takes {theirs}, but {ours} in {FIRST}");
                findings.push(Finding::new(&translated.path, translated.line, finding));
            }
            Some(_) => {}
        }
    }
    let is_known = |key: &str| first.contains_key(key) || is_put_together(key);
    for (key, text) in other.iter().filter(|(key, _)| !is_known(key)) {
        findings.push(Finding::new(&text.path, text.line, format!("`{key}` is missing in {FIRST}")));
    }
}

fn listed(names: &BTreeSet<String>) -> String {
    if names.is_empty() { "no arguments".to_owned() } else { Vec::from_iter(names.clone()).join(", ") }
}

/// Every language's texts. What cannot be read, or stands twice, is a finding.
fn languages(tree: &Tree, findings: &mut Vec<Finding>) -> BTreeMap<String, Texts> {
    let mut languages = BTreeMap::<String, Texts>::new();
    for file in &tree.files {
        let Some((language, _)) = file.path.strip_prefix(FOLDER).and_then(|path| path.split_once('/')) else {
            continue;
        };
        let texts = languages.entry(language.to_owned()).or_default();
        let (resource, errors) = match fluent_syntax::parser::parse(file.text.as_str()) {
            Ok(resource) => (resource, Vec::new()),
            Err(partly) => partly,
        };
        for error in errors {
            findings.push(Finding::new(
                &file.path,
                line_at(&file.text, error.pos.start),
                error.kind.to_string(),
            ));
        }
        for entry in &resource.body {
            let Entry::Message(message) = entry else { continue };
            let mut arguments = BTreeSet::new();
            message.value.iter().for_each(|pattern| note_pattern(pattern, &mut arguments));
            let key = message.id.name.to_owned();
            let line = line_of(&file.text, &key);
            let text = Text { path: file.path.clone(), line, arguments };
            if texts.insert(key.clone(), text).is_some() {
                findings.push(Finding::new(&file.path, line, format!("`{key}` stands there twice")));
            }
        }
    }
    languages
}

/// Notes the arguments that a text uses, in every one of its forms.
fn note_pattern(pattern: &Pattern<&str>, arguments: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            note_expression(expression, arguments);
        }
    }
}

fn note_expression(expression: &Expression<&str>, arguments: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => note_inline(inline, arguments),
        Expression::Select { selector, variants } => {
            note_inline(selector, arguments);
            variants.iter().for_each(|variant| note_pattern(&variant.value, arguments));
        }
    }
}

fn note_inline(inline: &InlineExpression<&str>, arguments: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            arguments.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => note_expression(expression, arguments),
        InlineExpression::FunctionReference { arguments: given, .. } => {
            given.positional.iter().for_each(|given| note_inline(given, arguments));
        }
        _ => {}
    }
}

/// The line on which a key stands, counted from 1.
fn line_of(text: &str, key: &str) -> usize {
    let is_it = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with([' ', '=']));
    text.lines().position(is_it).map_or(1, |index| index + 1)
}

/// The line of a place in a text, counted from 1.
fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found where the catalogues hold these lines and the code is this.
    fn found(english: &str, portuguese: &str, code: &str) -> Vec<String> {
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        let tree = Tree::new([
            file("crates/words/locales/en/chat.ftl", english),
            file("crates/words/locales/pt-BR/chat.ftl", portuguese),
            file("crates/papo/src/chat.rs", code),
        ]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    fn check_one(english: &str, portuguese: &str, code: &str, expected: &str) {
        let found = found(english, portuguese, code);
        assert!(found.len() == 1 && found[0].contains(expected), "{found:?}");
    }

    const CALL: &str = "fn a() { t!(\"chat-a\", who = x(1, \"b, c = d\")) }\n";

    #[test]
    fn what_agrees_is_not_found() {
        let plural = "chat-a = { $who ->\n    [one] 1\n   *[other] { $who }\n}\n";
        assert_eq!(found(plural, "chat-a = oi { $who }\n", CALL), Vec::<String>::new());
        let multi_line = "fn a() {\n    t!(\n        \"chat-a\",\n        who = &y,\n    )\n}\n";
        assert_eq!(found(plural, plural, multi_line), Vec::<String>::new());
        assert_eq!(found("", "options-x = z\n", ""), Vec::<String>::new());
    }

    #[test]
    fn each_language_has_each_text_with_the_same_arguments() {
        let (with, without) = ("chat-a = { $who }\n", "chat-a = x\n");
        check_one(with, "", CALL, "en/chat.ftl:1: `chat-a` is missing in pt-BR");
        check_one(with, without, CALL, "pt-BR/chat.ftl:1: `chat-a` takes no arguments, but who in en");
        check_one(
            with,
            &format!("{with}\nchat-b = c\n"),
            CALL,
            "pt-BR/chat.ftl:3: `chat-b` is missing in en",
        );
        check_one(with, &with.repeat(2), CALL, "stands there twice");
        check_one(with, &format!("{with}chat-b = {{ $\n"), CALL, "pt-BR/chat.ftl:2: ");
    }

    #[test]
    fn code_says_what_there_is_and_there_is_what_code_says() {
        let text = "chat-a = { $who }\n";
        check_one(text, text, "", "en/chat.ftl:1: nothing says `chat-a`");
        check_one(text, text, "// t!(\"chat-a\", who = 1)\n", "nothing says");
        check_one(
            text,
            text,
            &format!("{CALL}\nfn b() {{ t!(\"chat-b\"); }}\n"),
            "chat.rs:3: no catalogue has",
        );
        check_one(text, text, "fn b() { t!(\"chat-a\", whom = 1); }\n", "`chat-a` takes who, not whom");
        let in_test = "#[cfg(test)]\nmod tests { fn b() { t!(\"chat-a\", who = 1); } }\n";
        check_one(text, text, in_test, "nothing says");
    }
}
