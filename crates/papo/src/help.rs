//! The help and the misuse of the command line in languages other than English. In English the parser says both,
//! from the definition of the options. Not here: what the options are, or which language is spoken.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};
use papo_words::{Language, find, language, t};

/// A command with its help in the current language.
pub(crate) fn localised(mut command: Command) -> Command {
    if language() == Language::English {
        return command;
    }
    // Only what is built has all that the help shows: the flags of help and version, and how each command is called.
    command.build();
    localise(command, "")
}

/// Translates a command that is called this behind `papo`, its words joined by hyphens, and those below it.
fn localise(command: Command, path: &str) -> Command {
    let name = if path.is_empty() { "papo" } else { path };
    let mut command = command.mut_args(|arg| localise_arg(arg, path)).mut_subcommands(|below| {
        let path = [path, below.get_name()].join("-");
        localise(below, path.trim_start_matches('-'))
    });
    if let Some(about) = find(&format!("options-about-{name}"), &[]) {
        command = command.about(about.clone()).long_about(about);
    }
    if let Some(behind) = find(&format!("options-behind-{name}"), &[]) {
        command = command.after_help(behind);
    }
    let usage = usage(&mut command);
    let template = template(&command);
    command.override_usage(usage).help_template(template)
}

fn localise_arg(arg: Arg, path: &str) -> Arg {
    let id = arg.get_id().as_str();
    let text = find(&format!("options-{path}-{id}"), &[]).or_else(|| find(&format!("options-any-{id}"), &[]));
    let Some(mut help) = text else { return arg };
    let mut add = |more: String| help = format!("{help} [{more}]");
    let values = arg.get_possible_values();
    // Flags have values too, true and false, which nobody types.
    if arg.get_action().takes_values() && !values.is_empty() {
        let names: Vec<&str> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
        add(t!("help-possible", values = names.join(", ")));
    }
    if let [value] = arg.get_default_values()
        && arg.get_action().takes_values()
    {
        add(t!("help-default", value = value.to_string_lossy()));
    }
    // What the definition adds to its own help: the name of the variable.
    let own = arg.get_help().map(ToString::to_string).unwrap_or_default();
    if let Some((_, variable)) = own.rsplit_once(" [PAPO_") {
        add(format!("PAPO_{}", variable.trim_end_matches(']')));
    }
    let names =
        arg.get_value_names().map(|names| names.iter().map(|name| value_name(name)).collect::<Vec<_>>());
    let names = names.unwrap_or_else(|| vec![value_name(&id.to_uppercase())]);
    let takes_values = arg.get_action().takes_values();
    let arg = arg.help(help.clone()).long_help(help).hide_default_value(true).hide_possible_values(true);
    if takes_values { arg.value_names(names) } else { arg }
}

/// The name of a value, such as `HOST[:PORT]`, word by word.
fn value_name(name: &str) -> String {
    let mut written = String::new();
    let mut rest = name;
    while let Some(start) = rest.find(|c: char| c.is_ascii_uppercase()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        let key = format!("options-value-{}", word.to_ascii_lowercase());
        written.push_str(before);
        written.push_str(&find(&key, &[]).unwrap_or_else(|| word.to_owned()));
        rest = after;
    }
    written + rest
}

/// How a command is called, without the word before it.
fn usage(command: &mut Command) -> String {
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).to_owned();
    // The parser's own words; the names of values are translated already.
    usage
        .replace("[OPTIONS]", &format!("[{}]", value_name("OPTIONS")))
        .replace("[COMMAND]", &format!("[{}]", value_name("COMMAND")))
        .replace("<COMMAND>", &format!("<{}>", value_name("COMMAND")))
}

/// The order of the help, as the parser has it in English.
fn template(command: &Command) -> StyledStr {
    let header = command.get_styles().get_header();
    let heading = |text: String| format!("{header}{text}{header:#}");
    let part = |is_there: bool, text: String, tag: &str| {
        let part = || format!("\n\n{}\n{tag}", heading(text + ":"));
        is_there.then(part).unwrap_or_default()
    };
    let has_commands = command.get_subcommands().next().is_some();
    let has_arguments = command.get_positionals().next().is_some();
    let parts = [
        format!("{{about-with-newline}}\n{} {{usage}}", heading(t!("help-usage"))),
        part(has_commands, t!("help-commands"), "{subcommands}"),
        part(has_arguments, t!("help-arguments"), "{positionals}"),
        part(true, t!("help-options"), "{options}{after-help}"),
    ];
    parts.concat().into()
}

/// What is wrong with a command line, in the current language; `None` where the parser is to say it itself: help and
/// version, which are translated already, and everything in English.
pub(crate) fn misuse(error: &Error) -> Option<String> {
    if language() == Language::English || !error.use_stderr() {
        return None;
    }
    let context = |kind| error.get(kind).map(shown);
    let what = || context(ContextKind::InvalidArg).unwrap_or_default();
    let text = match error.kind() {
        // The parser prints the help, as asked.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::UnknownArgument => t!("help-unknown-option", what = what()),
        ErrorKind::InvalidSubcommand => {
            t!("help-unknown-command", what = context(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        ErrorKind::MissingRequiredArgument => t!("help-missing", what = what()),
        ErrorKind::MissingSubcommand => t!("help-missing-command"),
        ErrorKind::ArgumentConflict => {
            t!("help-conflict", what = what(), other = context(ContextKind::PriorArg).unwrap_or_default())
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            match context(ContextKind::InvalidValue).filter(|value| !value.is_empty()) {
                Some(value) => t!("help-wrong-value", value = format!("{value:?}"), what = what()),
                None => t!("help-no-value", what = what()),
            }
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => t!("help-too-many", what = what()),
        ErrorKind::InvalidUtf8 => t!("help-not-utf8"),
        _ => t!("help-other"),
    };
    let similar = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let similar = similar.into_iter().find_map(context);
    let similar = similar.map(|what| format!(". {}", t!("help-similar", what = what))).unwrap_or_default();
    Some(format!("{text}{similar}\n{}", t!("help-more", command = command_of(error))))
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(several) => several.join(", "),
        value => value.to_string(),
    }
}

/// The command that was misused, with its words: what its usage begins with.
fn command_of(error: &Error) -> String {
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).to_owned();
    let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase());
    let words: Vec<&str> = usage.split_whitespace().take_while(is_word).collect();
    if words.is_empty() { "papo".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use papo_words::{in_language, keys};

    use super::*;
    use crate::args;

    /// Every command below this one with its path, the parser's own command for help apart.
    fn commands(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
        found.push((path.to_owned(), command.clone()));
        for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
            let path = [path, below.get_name()].join("-");
            commands(below, path.trim_start_matches('-'), found);
        }
    }

    /// The keys that the help of the command line may ask for, and whether each must be there.
    fn keys_asked() -> Vec<(String, bool)> {
        let mut built = args::command();
        built.build();
        let (mut found, mut asked) = (Vec::new(), Vec::new());
        commands(&built, "", &mut found);
        for (path, command) in found {
            let name = if path.is_empty() { "papo" } else { &path };
            asked.push((format!("options-about-{name}"), true));
            asked.push((format!("options-behind-{name}"), command.get_after_help().is_some()));
        }
        asked
    }

    /// Whoever adds an option or a command writes its Portuguese help into `locales/pt-BR/options.ftl`.
    #[test]
    fn every_command_and_option_has_a_portuguese_help() {
        let known: BTreeSet<String> = keys(Language::Portuguese, "options").into_iter().collect();
        let mut missing: Vec<String> = keys_asked()
            .into_iter()
            .filter(|(key, is_needed)| *is_needed && !known.contains(key))
            .map(|(key, _)| key)
            .collect();
        let mut built = args::command();
        built.build();
        let mut found = Vec::new();
        commands(&built, "", &mut found);
        for (path, command) in &found {
            for arg in command.get_arguments() {
                let (own, any) =
                    (format!("options-{path}-{}", arg.get_id()), format!("options-any-{}", arg.get_id()));
                if !known.contains(&own) && !known.contains(&any) {
                    missing.push(own);
                }
            }
        }
        assert!(missing.is_empty(), "no Portuguese text: {missing:?}");
    }

    #[test]
    fn every_portuguese_help_is_that_of_a_command_or_option() {
        let mut asked: BTreeSet<String> = keys_asked().into_iter().map(|(key, _)| key).collect();
        asked.insert("options-about-help".to_owned());
        asked.insert("options-help-subcommand".to_owned());
        let mut built = args::command();
        built.build();
        let mut found = Vec::new();
        commands(&built, "", &mut found);
        for (path, command) in &found {
            for id in command.get_arguments().map(Arg::get_id) {
                asked.extend([format!("options-{path}-{id}"), format!("options-any-{id}")]);
            }
        }
        // A program without the window has its texts all the same.
        let is_elsewhere = |key: &str| {
            !cfg!(feature = "desktop") && (key.ends_with("-desktop") || key.starts_with("options-desktop-"))
        };
        let is_left =
            |key: &String| !is_elsewhere(key) && !asked.contains(key) && !key.starts_with("options-value-");
        let left: Vec<String> = keys(Language::Portuguese, "options").into_iter().filter(is_left).collect();
        assert!(left.is_empty(), "nothing has these texts: {left:?}");
    }

    #[test]
    fn the_help_is_portuguese_from_end_to_end() {
        in_language(Language::Portuguese, || {
            let mut command = localised(args::command());
            command.clone().debug_assert();
            let serve = command.find_subcommand_mut("serve").unwrap().render_long_help().to_string();
            for expected in
                ["Abrir uma sala", "Uso: papo serve [OPÇÕES] [ENDEREÇO[:PORTA]]", "Argumentos:", "Opções:"]
            {
                assert!(serve.contains(expected), "{expected} is missing in:\n{serve}");
            }
            assert!(
                serve.contains("[PAPO_LOG_FORMAT]") && serve.contains("--log-format <text|json>"),
                "{serve}"
            );
            for english in ["Usage", "Options", "Print", "PORT>", "default", "The "] {
                assert!(!serve.contains(english), "{english:?} is left in:\n{serve}");
            }
            let bench = command.find_subcommand_mut("bench").unwrap().render_long_help().to_string();
            assert!(bench.contains("[padrão: 200]") && !bench.contains("default"), "{bench}");
        });
    }

    #[test]
    fn misuse_is_told_in_portuguese() {
        in_language(Language::Portuguese, || {
            for (line, expected) in [
                (
                    "papo serve --prot 1",
                    "não existe aqui a opção ou o argumento --prot. Você quis dizer --port?",
                ),
                ("papo srve", "não existe o comando srve"),
                ("papo join a -i b", "não combinam"),
                ("papo serve --port", "--port <PORTA> precisa de um valor"),
                ("papo cert", ""),
            ] {
                let words = line.split(' ').map(Into::into);
                let error = args::parse(words).unwrap_err();
                let text = misuse(&error).unwrap_or_default();
                assert!(text.contains(expected), "{line}: {text}");
                assert_eq!(text.is_empty(), expected.is_empty(), "{line}: {text}");
            }
            let error = args::parse(["papo".into(), "serve".into(), "-x".into()]).unwrap_err();
            assert!(misuse(&error).unwrap().ends_with("`papo serve --help` diz mais."));
        });
    }
}
