//! The catalogues: which file a key is in, and what stands there. A file is read when the first of its texts is
//! said, in the language it is said in, so that a program that says little reads little. Not here: which language
//! is spoken.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::language::Language;
use crate::number;
use crate::value::Value;

/// Makes the table of files, each with its text in each language in the order of [`Language::ALL`].
macro_rules! files {
    ($($name:literal)*) => {
        /// Every file there is. A key begins with the name of its file.
        static FILES: [File; [$($name),*].len()] = [$(File::new($name, [
            include_str!(concat!("../locales/en/", $name, ".ftl")),
            include_str!(concat!("../locales/pt-BR/", $name, ".ftl")),
        ])),*];
    };
}

files! {
    "bench"
    "chat"
    "cli"
    "client"
    "dates"
    "help"
    "options"
    "screen"
    "server"
    "window"
    "words"
}

/// One surface's texts.
struct File {
    name: &'static str,
    sources: [&'static str; Language::ALL.len()],
    read: [OnceLock<FluentBundle<FluentResource>>; Language::ALL.len()],
}

impl File {
    const fn new(name: &'static str, sources: [&'static str; Language::ALL.len()]) -> Self {
        Self { name, sources, read: [const { OnceLock::new() }; Language::ALL.len()] }
    }

    fn bundle(&self, language: Language) -> Option<&FluentBundle<FluentResource>> {
        let index = language as usize;
        let source = self.sources.get(index)?;
        Some(self.read.get(index)?.get_or_init(|| bundle(language, source)))
    }
}

/// What a key says in a language; `None` where its catalogue does not have it.
pub(crate) fn say(language: Language, key: &str, arguments: &[(&str, Value<'_>)]) -> Option<String> {
    let name = key.split('-').next()?;
    let bundle = FILES.iter().find(|file| file.name == name)?.bundle(language)?;
    let pattern = bundle.get_message(key)?.value()?;
    let arguments: FluentArgs<'_> = arguments.iter().map(|(name, value)| (*name, value.fluent())).collect();
    // What is wrong with a text stands in it as the name of what is missing, and a test has found it before.
    Some(bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned())
}

/// Every key of a file in a language.
pub(crate) fn keys(language: Language, name: &str) -> Vec<String> {
    let file = FILES.iter().find(|file| file.name == name);
    let source = file.and_then(|file| file.sources.get(language as usize)).copied().unwrap_or_default();
    let key = |line: &str| Some(line.split_once(" =")?.0.to_owned());
    source
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
        .filter_map(key)
        .collect()
}

fn bundle(language: Language, source: &str) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
    // The marks are for text that is laid out; most of ours goes to terminals, which show them.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English => |value, _| written(value, Language::English),
        Language::Portuguese => |value, _| written(value, Language::Portuguese),
    }));
    // What cannot be read of a file is missing from it; tests see that nothing is.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(readable, _)| readable);
    bundle.add_resource_overriding(resource);
    bundle
}

fn written(value: &FluentValue<'_>, language: Language) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    Some(number::marked(&number.as_string(), language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_amounts_are_written_as_numbers() {
        let written = |value: FluentValue<'_>| written(&value, Language::Portuguese);
        assert_eq!(written(1234.5.into()).as_deref(), Some("1.234,5"));
        assert_eq!(written("1000".into()), None);
    }

    /// A file is cut where it cannot be read, and would lose texts silently.
    #[test]
    fn every_file_is_readable_and_its_keys_begin_with_its_name() {
        for file in &FILES {
            for source in file.sources {
                let resource = FluentResource::try_new(source.to_owned());
                assert!(resource.is_ok(), "{}: {:?}", file.name, resource.err().map(|(_, errors)| errors));
                let is_key = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic());
                let is_ours =
                    |key: &str| key.starts_with(file.name) && key[file.name.len()..].starts_with('-');
                assert_eq!(source.lines().filter(is_key).find(|key| !is_ours(key)), None, "{}", file.name);
            }
        }
    }
}
