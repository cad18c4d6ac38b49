//! The configuration file: TOML with the sections `[serve]` and `[client]`, whose keys are the options' names, and
//! `[window]`, which the window reads and writes itself. Not here: which layer wins, and what a value means.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use papo_client::configuration;
use papo_words::{system, t};
use toml::{Table, Value};

use crate::args;
use crate::exit::Failure;

/// The sections, and the commands whose options each may hold.
const SECTIONS: [(&str, &[&str]); 2] =
    [("serve", &["serve", "invite", "cert"]), ("client", &["join", "send", "tail", "key"])];

/// Options that no section holds: they ask for help, for this very file, or for what all sections have in common.
const KEYS_NEVER: [&str; 4] = ["config", "help", "lang", "version"];

/// What stands above the sections, since it is for all of them.
const KEY_LANGUAGE: &str = "lang";

/// How alike two names must be, from 0 to 1, for one to be offered for the other.
const LIKENESS_MIN: f64 = 0.7;

/// A file that was read.
#[derive(Debug, Default)]
pub(crate) struct ConfigFile {
    pub(crate) path: PathBuf,
    table: Table,
}

impl ConfigFile {
    /// Reads the file. `Ok(None)` where there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, Failure> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(path, &text).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::local(
                t!("cli-config-unreadable", file = %path.display(), cause = system(&error)),
            )),
        }
    }

    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let table = text.parse::<Table>().map_err(|error| {
            Failure::usage(t!("cli-config-not-toml", file = %path.display(), cause = %error))
        })?;
        Ok(Self { path: path.to_owned(), table })
    }

    /// What a key of a section holds, as the text that one would type for it.
    pub(crate) fn text(&self, section: &str, key: &str) -> Result<Option<String>, Failure> {
        let Some(value) = self.table.get(section).and_then(|section| section.get(key)) else {
            return Ok(None);
        };
        match value {
            Value::String(text) => Ok(Some(text.clone())),
            Value::Integer(number) => Ok(Some(number.to_string())),
            Value::Boolean(truth) => Ok(Some(truth.to_string())),
            _ => Err(Failure::usage(t!(
                "cli-config-kind",
                key = format!("{section}.{key}"),
                file = %self.path.display()
            ))),
        }
    }

    /// The same file as if it held nothing but this key.
    #[cfg(feature = "desktop")]
    pub(crate) fn alone(mut self, section: &str, key: &str) -> Self {
        self.table.retain(|name, _| name == section);
        if let Some(keys) = self.table.get_mut(section).and_then(Value::as_table_mut) {
            keys.retain(|name, _| name == key);
        }
        self
    }

    /// The language that the file asks for.
    pub(crate) fn language(&self) -> Option<&str> {
        self.table.get(KEY_LANGUAGE)?.as_str()
    }

    /// One warning for each key that no option has, with the nearest one that there is.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (section, value) in self.table.iter().filter(|(key, _)| *key != KEY_LANGUAGE) {
            let known = keys_of(section);
            let sections = || {
                let all = SECTIONS.iter().map(|(name, _)| *name).chain([configuration::SECTION]);
                all.map(str::to_owned).collect::<Vec<_>>()
            };
            match value.as_table() {
                Some(keys) if !known.is_empty() => {
                    let unknown = keys.keys().filter(|key| !known.contains(key));
                    warnings
                        .extend(unknown.map(|key| self.warning(&format!("{section}.{key}"), key, &known)));
                }
                _ => warnings.push(self.warning(section, section, &sections())),
            }
        }
        warnings
    }

    fn warning(&self, shown: &str, key: &str, known: &[String]) -> String {
        let like = |name: &&String| strsim::jaro_winkler(key, name);
        let nearest = known.iter().max_by(|a, b| like(a).total_cmp(&like(b)));
        let offer = match nearest.filter(|name| like(name) >= LIKENESS_MIN) {
            Some(name) => t!("cli-config-mean", name = name),
            None => t!("cli-config-there-are", names = known.join(", ")),
        };
        let unknown = t!("cli-config-unknown", key = shown, file = %self.path.display(), offer = offer);
        t!("cli-warning", text = unknown)
    }
}

/// The options that a section may hold, from the definition of the command line.
fn keys_of(section: &str) -> Vec<String> {
    if section == configuration::SECTION {
        return configuration::keys().map(str::to_owned).collect();
    }
    let commands =
        SECTIONS.iter().find(|(name, _)| *name == section).map_or(&[][..], |(_, commands)| commands);
    let definition = args::command();
    let mut keys: Vec<String> = commands
        .iter()
        .filter_map(|name| definition.find_subcommand(name))
        .flat_map(|command| std::iter::once(command).chain(command.get_subcommands()))
        .flat_map(clap::Command::get_arguments)
        .filter_map(|arg| arg.get_long())
        .filter(|long| !KEYS_NEVER.contains(long))
        .map(str::to_owned)
        .collect();
    if section == "client" {
        keys.push("target".to_owned());
    }
    keys.sort();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use papo_torture::explore::explore;
    use papo_torture::fuzz::Target;

    use super::*;

    fn file(text: &str) -> ConfigFile {
        ConfigFile::parse(Path::new("c.toml"), text).unwrap()
    }

    #[test]
    fn values_are_what_one_would_type() {
        let file = file("[serve]\nport = 9\nopen = true\nip = \"::1\"\nrate = 1.5");
        assert_eq!(file.text("serve", "port").unwrap().as_deref(), Some("9"));
        assert_eq!(file.text("serve", "open").unwrap().as_deref(), Some("true"));
        assert_eq!(file.text("serve", "ip").unwrap().as_deref(), Some("::1"));
        assert_eq!(file.text("client", "ip").unwrap(), None);
        assert!(file.text("serve", "rate").unwrap_err().text.contains("serve.rate in c.toml"));
    }

    #[test]
    fn unknown_keys_are_told_with_the_nearest_name() {
        let warnings = file(
            "serv = 1\n[serve]\nprot = 1\nport = 2\nzzzz = 3\n[client]\nname = 'Ana'\ntarget='a'\n[window]\n\
                 theme = 'dark'\nteme = 'dark'",
        )
        .warnings();
        let expected = [
            "serv in c.toml is not known and is ignored: did you mean \"serve\"?",
            "did you mean \"port\"?",
            "serve.zzzz in c.toml is not known and is ignored: there are ",
            "did you mean \"theme\"?",
        ];
        assert_eq!(warnings.len(), expected.len(), "{warnings:?}");
        for expected in expected {
            assert!(warnings.iter().any(|warning| warning.contains(expected)), "{expected}: {warnings:?}");
        }
    }

    /// Invariant: no file makes the reader panic, and whatever is wrong names the file.
    #[test]
    fn any_text_is_read_or_refused_by_name() {
        let read = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            let wrong: Vec<String> = match ConfigFile::parse(Path::new("c.toml"), &text) {
                Ok(file) => {
                    let keys = [("serve", "port"), ("client", "name"), ("", "")];
                    let failures =
                        keys.into_iter().filter_map(|(section, key)| file.text(section, key).err());
                    failures.map(|failure| failure.text).chain(file.warnings()).collect()
                }
                Err(failure) => vec![failure.text],
            };
            assert!(wrong.iter().all(|text| text.contains("c.toml")), "{wrong:?}");
        };
        let words = &["[serve]\n", "[client]\n", "port = 1\n", "name = 'a'\n", "\"", "'''", "[[a]]", "{}"];
        explore(&Target { name: "config", run: read, words });
    }

    #[test]
    fn what_is_not_toml_is_told_with_its_line() {
        let failure = ConfigFile::parse(Path::new("c.toml"), "[serve]\nport 9").unwrap_err();
        assert!(failure.text.contains("c.toml") && failure.text.contains("line 2"), "{failure}");
    }
}
