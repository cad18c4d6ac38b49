//! Which language papo speaks: an option counts before the environment, the environment before the configuration
//! file, and that before the system. It must be known before the command line is understood, for the help is in it
//! too. Not here: the texts.

use std::ffi::OsString;
use std::path::PathBuf;

use papo_words::{Language, set_language, t};

use crate::exit::Failure;
use crate::layers::Layers;

/// Speaks the language that was asked for, as far as that can be seen before the command line is understood. What
/// is wrong with it is told later, by [`check`].
pub(crate) fn choose(words: impl IntoIterator<Item = OsString>) {
    let words: Vec<String> = words.into_iter().map_while(|word| word.into_string().ok()).collect();
    let config = said(&words, "--config").map(PathBuf::from);
    let asked = said(&words, "--lang");
    let layers = Layers::load(config).unwrap_or_default();
    let language = layers.language(asked).and_then(|asked| Language::from_tag(&asked.value));
    set_language(language.unwrap_or_else(Language::of_system));
}

/// Refuses a language that papo does not speak.
pub(crate) fn check(typed: Option<String>, layers: &Layers) -> Result<(), Failure> {
    let parse =
        |text: &str| Language::from_tag(text).ok_or_else(|| t!("cli-lang", text = format!("{text:?}")));
    let asked = layers.language(typed).map(|asked| asked.parse(parse)).transpose()?;
    asked.into_iter().for_each(set_language);
    Ok(())
}

/// The value of an option, as `--option VALUE` or `--option=VALUE`, before a `--`.
fn said(words: &[String], option: &str) -> Option<String> {
    let mut words = words.iter().take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        if word == option {
            return words.next().cloned();
        }
        if let Some(value) = word.strip_prefix(option).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::tests::layers;

    #[test]
    fn an_option_is_found_before_the_command_line_is_understood() {
        for (line, expected) in [
            ("papo --lang pt serve", Some("pt")),
            ("papo serve --lang=pt -p 1", Some("pt")),
            ("papo send -- --lang pt", None),
            ("papo send --language pt", None),
            ("papo serve --lang", None),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(said(&words, "--lang").as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn a_language_is_asked_for_in_every_layer() {
        for (typed, variable, file, expected) in [
            (Some("pt"), "en", "lang = 'en'", Some("pt")),
            (None, "pt-BR", "lang = 'en'", Some("pt-BR")),
            (None, "", "lang = 'pt'", Some("pt")),
            (None, "", "[client]", None),
        ] {
            let layers = layers(&[("PAPO_LANG", variable)], file);
            let asked = layers.language(typed.map(str::to_owned)).map(|asked| asked.value);
            assert_eq!(asked.as_deref(), expected);
        }
        let failure = check(None, &layers(&[], "lang = 'tlh'")).unwrap_err();
        assert_eq!(
            failure.text,
            "lang in /etc/c.toml: \"tlh\" is no language that papo speaks: write en or pt"
        );
    }
}
