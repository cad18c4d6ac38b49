//! Where a value comes from: an option counts before the environment, the environment before the
//! configuration file. Every value keeps its source, so that an error can say where to correct it.
//! Not here: defaults, and what the values mean.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use papo_client::said::Said;
use papo_words::t;

use crate::config_file::ConfigFile;
use crate::exit::Failure;
use crate::output;
use crate::places;

/// How the names of papo's environment variables begin.
const VARIABLE_PREFIX: &str = "PAPO_";

/// The environment variable of an option: `PAPO_LOG_FORMAT` for `log-format`.
pub(crate) fn variable(option: &str) -> String {
    format!("{VARIABLE_PREFIX}{}", option.replace('-', "_").to_uppercase())
}

/// The option that says whose key and rooms are used.
#[cfg(feature = "desktop")]
const PROFILE: &str = "profile";

/// What lies below the command line.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    environment: BTreeMap<String, OsString>,
    /// Where the configuration file is, or would be.
    path: Option<PathBuf>,
    file: Option<ConfigFile>,
}

/// Which part of the configuration file a command reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Section {
    Serve,
    Client,
}

impl Section {
    fn name(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Client => "client",
        }
    }
}

/// Where a value was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// On the command line, as this option or argument.
    Typed(String),
    /// In this environment variable.
    Environment(String),
    /// In the configuration file.
    File { path: PathBuf, key: String },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Typed(option) => f.write_str(option),
            Self::Environment(variable) => f.write_str(&t!("cli-source-variable", variable = variable)),
            Self::File { path, key } => {
                f.write_str(&t!("cli-source-file", key = key, file = %path.display()))
            }
        }
    }
}

/// A value and where it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sourced<T> {
    pub(crate) value: T,
    pub(crate) source: Source,
}

impl Sourced<String> {
    /// A value of the command line.
    pub(crate) fn typed(option: impl Into<String>, value: String) -> Self {
        Self { value, source: Source::Typed(option.into()) }
    }

    /// The value as what it means; the error names its source.
    pub(crate) fn parse<T, E: Said>(&self, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<T, Failure> {
        parse(&self.value)
            .map_err(|error| Failure::usage(t!("cli-wrong", source = %self.source, why = error.said())))
    }
}

/// The environment's own variables of papo.
fn environment() -> BTreeMap<String, OsString> {
    let ours = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value));
    env::vars_os().filter_map(ours).filter(|(name, _)| name.starts_with(VARIABLE_PREFIX)).collect()
}

impl Layers {
    /// Reads the environment and the configuration file: the one named by option or `PAPO_CONFIG`, which must
    /// be there, or the platform's, which may be missing.
    pub(crate) fn load(config: Option<PathBuf>) -> Result<Self, Failure> {
        let environment = environment();
        let named = config.or_else(|| environment.get(&variable("config")).map(PathBuf::from));
        if let Some(path) = named {
            let missing = || Failure::local(t!("cli-config-missing", file = %path.display()));
            let file = Some(ConfigFile::read(&path)?.ok_or_else(missing)?);
            return Ok(Self { environment, path: Some(path), file });
        }
        let path = places::config_file();
        let file = path.as_deref().map_or(Ok(None), ConfigFile::read)?;
        Ok(Self { environment, path, file })
    }

    /// The same as if nothing but the profile stood in the configuration file, for what shows a fault in it itself.
    /// Nothing where the file would have to say the profile and cannot be read.
    #[cfg(feature = "desktop")]
    pub(crate) fn with_profile_alone(config: Option<PathBuf>, is_typed: bool) -> Option<Self> {
        let environment = environment();
        let named = config.or_else(|| environment.get(&variable("config")).map(PathBuf::from));
        let layers = Self { environment, path: named.or_else(places::config_file), file: None };
        if is_typed || layers.is_in_environment(PROFILE) {
            return Some(layers);
        }
        let names_none =
            |path: &Path| std::fs::read_to_string(path).is_ok_and(|text| !text.contains(PROFILE));
        let file = match layers.path.as_deref().map_or(Ok(None), ConfigFile::read) {
            Ok(file) => file,
            // A text without the word names no profile, whatever else is wrong with it.
            Err(_) if layers.path.as_deref().is_some_and(names_none) => None,
            Err(_) => return None,
        };
        Some(Self { file: file.map(|file| file.alone(Section::Client.name(), PROFILE)), ..layers })
    }

    /// Where the configuration file is, or would be.
    pub(crate) fn config_path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether the environment says this option, and hence before the configuration file.
    pub(crate) fn is_in_environment(&self, option: &str) -> bool {
        self.environment.get(&variable(option)).is_some_and(|value| !value.is_empty())
    }

    /// The language that was asked for, from the first layer that does so.
    pub(crate) fn language(&self, typed: Option<String>) -> Option<Sourced<String>> {
        if let Some(value) = typed {
            return Some(Sourced::typed("--lang", value));
        }
        let name = variable("lang");
        if let Some(value) = self.environment.get(&name).filter(|value| !value.is_empty()) {
            let value = value.to_string_lossy().into_owned();
            return Some(Sourced { value, source: Source::Environment(name) });
        }
        let file = self.file.as_ref()?;
        let source = Source::File { path: file.path.clone(), key: "lang".to_owned() };
        file.language().map(|value| Sourced { value: value.to_owned(), source })
    }

    /// Warns of what the configuration file holds in vain. Apart from loading, for only what was loaded says how
    /// a server is to speak.
    pub(crate) fn warn(&self) {
        for warning in self.file.iter().flat_map(ConfigFile::warnings) {
            output::words(&warning);
        }
    }

    /// The text of an option, from the first layer that has one.
    pub(crate) fn text(
        &self,
        section: Section,
        option: &str,
        typed: Option<String>,
    ) -> Result<Option<Sourced<String>>, Failure> {
        if let Some(value) = typed {
            return Ok(Some(Sourced::typed(format!("--{option}"), value)));
        }
        let name = variable(option);
        // An empty variable is how scripts say that there is none.
        if let Some(value) = self.environment.get(&name).filter(|value| !value.is_empty()) {
            let source = Source::Environment(name);
            let text = value.clone().into_string();
            let value = text.map_err(|_| Failure::usage(t!("cli-not-utf8", source = %source)))?;
            return Ok(Some(Sourced { value, source }));
        }
        let Some(file) = &self.file else { return Ok(None) };
        let source = || Source::File { path: file.path.clone(), key: format!("{}.{option}", section.name()) };
        Ok(file.text(section.name(), option)?.map(|value| Sourced { value, source: source() }))
    }

    /// The path of an option. A relative one in the configuration file counts from the file's folder.
    pub(crate) fn path(
        &self,
        section: Section,
        option: &str,
        typed: Option<PathBuf>,
    ) -> Result<Option<PathBuf>, Failure> {
        let variable = variable(option);
        let said = self.environment.get(&variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(path) = typed.or(said) {
            return Ok(Some(path));
        }
        let Some(file) = &self.file else { return Ok(None) };
        let folder = file.path.parent();
        let absolute =
            |path: String| folder.map_or_else(|| PathBuf::from(&path), |folder| folder.join(&path));
        Ok(file.text(section.name(), option)?.map(absolute))
    }

    /// Whether an option that stands alone is on. Typing it can only turn it on.
    pub(crate) fn flag(&self, section: Section, option: &str, typed: bool) -> Result<bool, Failure> {
        Ok(self.switch(section, option, typed)?.unwrap_or(false))
    }

    /// The same; `None` where nothing is said of it.
    pub(crate) fn switch(
        &self,
        section: Section,
        option: &str,
        typed: bool,
    ) -> Result<Option<bool>, Failure> {
        let truth = |text: &str| match text {
            "1" | "true" | "yes" | "on" => Ok(true),
            "0" | "false" | "no" | "off" => Ok(false),
            _ => Err(t!("cli-not-truth", text = format!("{text:?}"))),
        };
        let below = self.text(section, option, None)?;
        if typed { Ok(Some(true)) } else { below.map(|said| said.parse(truth)).transpose() }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Layers with these variables and this configuration file.
    pub(crate) fn layers(environment: &[(&str, &str)], file: &str) -> Layers {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), OsString::from(value));
        Layers {
            environment: environment.iter().map(own).collect(),
            path: None,
            file: Some(ConfigFile::parse(&PathBuf::from("/etc/c.toml"), file).unwrap()),
        }
    }

    #[test]
    fn an_option_counts_before_the_environment_and_that_before_the_file() {
        let file = "[client]\nname = 'file'";
        for (typed, environment, file, expected, source) in [
            (Some("typed"), "variable", file, Some("typed"), "--name"),
            (None, "variable", file, Some("variable"), "the environment variable PAPO_NAME"),
            (None, "", file, Some("file"), "client.name in /etc/c.toml"),
            (None, "", "[serve]\nname = 'file'", None, ""),
        ] {
            let layers = layers(&[("PAPO_NAME", environment)], file);
            let found = layers.text(Section::Client, "name", typed.map(str::to_owned)).unwrap();
            assert_eq!(found.as_ref().map(|found| found.value.as_str()), expected);
            assert_eq!(found.map(|found| found.source.to_string()).unwrap_or_default(), source);
        }
    }

    #[test]
    fn flags_can_be_said_in_every_layer() {
        for (typed, environment, file, expected) in [
            (true, "0", "", true),
            (false, "yes", "open = false", true),
            (false, "off", "open = true", false),
            (false, "", "open = true", true),
            (false, "", "", false),
        ] {
            let layers = layers(&[("PAPO_OPEN", environment)], &format!("[serve]\n{file}"));
            assert_eq!(layers.flag(Section::Serve, "open", typed), Ok(expected), "{environment} {file}");
        }
        let failure = layers(&[("PAPO_OPEN", "maybe")], "").flag(Section::Serve, "open", false).unwrap_err();
        assert!(failure.text.starts_with("the environment variable PAPO_OPEN: \"maybe\""), "{failure}");
    }

    /// Invariant: a fault in the file never leads to another person's key and rooms.
    #[cfg(feature = "desktop")]
    #[test]
    fn the_profile_is_read_beside_a_fault_or_not_guessed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        let mine = folder.path().join("me");
        for (text, is_typed, expected) in [
            ("[client]\nprofile = 'me'\nport = 'x'\n", false, Some(Ok(Some(mine)))),
            ("[client]\nport = 'x'\n", false, Some(Ok(None))),
            ("[client]\nport = \n", false, Some(Ok(None))),
            ("[client]\nprofile = 'me'\nport = \n", false, None),
            ("[client]\nprofile = 'me'\nport = \n", true, Some(Ok(None))),
            ("[client]\nprofile = ['me']\n", false, Some(Err(()))),
        ] {
            std::fs::write(&path, text).unwrap();
            let layers = Layers::with_profile_alone(Some(path.clone()), is_typed);
            let profile = |layers: &Layers| layers.path(Section::Client, PROFILE, None).map_err(drop);
            assert_eq!(layers.as_ref().map(profile), expected, "{text}");
            let port = layers.and_then(|layers| layers.text(Section::Client, "port", None).unwrap());
            assert_eq!(port, None, "nothing else counts");
        }
    }

    #[test]
    fn paths_of_the_file_count_from_its_folder() {
        let layers = layers(&[], "[client]\nca = 'server.crt'");
        assert_eq!(layers.path(Section::Client, "ca", None), Ok(Some(PathBuf::from("/etc/server.crt"))));
        let typed = Some(PathBuf::from("mine.crt"));
        assert_eq!(layers.path(Section::Client, "ca", typed.clone()), Ok(typed));
    }
}
