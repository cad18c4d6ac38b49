//! What a person has chosen for every room, as it stands in the configuration file: the section `[window]`, the language
//! above all sections, and the name in `[client]`, which every command goes by. The file is the person's own: of another
//! program's changes nothing is lost, comments and order stay, and a file with a fault in it is not written to. Not here:
//! the options of commands, which the command line reads from the same file.
//!
//! - `keys.rs`: which keys there are and what they mean.

mod keys;

use std::fs;
use std::io;
use std::mem;
use std::ops::Range;
use std::path::{Path, PathBuf};

use papo_proto::Name;
use papo_words::{system, t};
use toml_edit::{Document, DocumentMut, Item, Table, TableLike, TomlError};

use crate::private_file;
use crate::state::Settings;

pub use keys::SECTION;
use keys::{KEYS, Key, Plain};

/// What the file says, as far as it is about the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// How the window looks and what it tells. What is shown at its sides is no part of the file.
    pub settings: Settings,
    /// What the person is called; nothing where the file does not say it.
    pub name: Option<Name>,
}

impl Choices {
    /// Takes over what differs between `before` and `now`, and leaves the rest as it is.
    pub fn take_over(&mut self, before: &Self, now: &Self) {
        for key in KEYS.iter().filter(|key| (key.get)(before) != (key.get)(now)) {
            key.copy(now, self);
        }
    }
}

/// The names of the keys in the section of the window.
pub fn keys() -> impl Iterator<Item = &'static str> {
    KEYS.iter().filter(|key| key.section == Some(SECTION)).map(|key| key.name)
}

/// What came of reading the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configured {
    /// What was known and asked for until then.
    pub before: Choices,
    /// What holds now.
    pub now: Choices,
}

/// The file, and what was last known of it.
#[derive(Debug)]
pub struct Configuration {
    path: PathBuf,
    /// What it said when it was read last.
    known: Choices,
    /// What it is to say.
    wanted: Choices,
    /// What the window had when it asked last.
    asked: Choices,
    /// Whether it was read, and written where that was needed, at least once.
    is_known: bool,
    /// What was kept elsewhere until now, for the first time that the file can be read.
    carry: Option<Choices>,
}

impl Configuration {
    /// A file that has not been read yet.
    pub fn new(path: PathBuf) -> Self {
        let [known, wanted, asked] = std::array::from_fn(|_| Choices::default());
        Self { path, known, wanted, asked, is_known: false, carry: None }
    }

    /// Takes note of what the window begins with, of which nothing is written.
    pub fn begin(&mut self, shown: Choices) {
        if !self.is_known {
            // Only what differs from this is a choice that goes before the file.
            (self.known, self.wanted) = (shown.clone(), shown.clone());
        }
        self.asked = shown;
    }

    /// Asks for what has changed in the window since it asked last.
    pub fn ask(&mut self, asked: Choices) {
        self.wanted.take_over(&self.asked, &asked);
        self.asked = asked;
    }

    /// Asks for choices that were kept elsewhere until now, the first time that the file can be read. Whatever the file
    /// says goes before, also where that is what holds without it.
    pub fn carry_over(&mut self, old: Choices) {
        self.carry = Some(old);
    }

    /// Reads the file, and writes into it what was asked for and differs from what it said.
    ///
    /// # Errors
    /// Where the file cannot be read, understood or written. Nothing is written then, and what was asked for is written
    /// the next time.
    pub fn sync(&mut self) -> Result<Configured, ConfigurationError> {
        let text = self.read()?;
        let Said { choices: mut now, keys: said } = parse(&self.path, &text)?;
        let mut edits = Vec::new();
        for key in &KEYS {
            let carry = self.carry.as_ref().filter(|_| !said.contains(&key.shown()));
            if (key.get)(&self.wanted) != (key.get)(&self.known) {
                key.copy(&self.wanted, &mut now);
                edits.push(key);
            } else if let Some(old) = carry.filter(|old| (key.get)(old) != (key.get)(&now)) {
                key.copy(old, &mut now);
                edits.push(key);
            }
        }
        let edited = edited(&self.path, &text, &edits, &now)?;
        if edited != text {
            // Nothing is written that could not be read again.
            parse(&self.path, &edited)?;
            self.write(&edited)?;
        }
        (self.is_known, self.carry) = (true, None);
        self.known = now.clone();
        let before = mem::replace(&mut self.wanted, now.clone());
        Ok(Configured { before, now })
    }

    fn read(&self) -> Result<String, ConfigurationError> {
        match fs::read_to_string(&self.path) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(cause) => Err(ConfigurationError::Unreadable { file: self.path.clone(), cause }),
        }
    }

    fn write(&self, text: &str) -> Result<(), ConfigurationError> {
        let write = || -> io::Result<()> {
            if let Some(folder) = self.path.parent() {
                private_file::make_folder(folder)?;
            }
            private_file::rewrite(&self.path, text.as_bytes())
        };
        write().map_err(|cause| ConfigurationError::Unwritable { file: self.path.clone(), cause })
    }
}

/// Why the file is not gone by.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// It cannot be read.
    #[error("{}", t!("client-config-unreadable", file = %file.display(), cause = system(cause)))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// It cannot be written.
    #[error("{}", t!("client-config-unwritable", file = %file.display(), cause = system(cause)))]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// It is not TOML.
    #[error("{}", t!("client-config-not-toml", file = %file.display(), line = line.to_string(), cause = cause))]
    NotToml {
        /// The file.
        file: PathBuf,
        /// The line, from 1 on.
        line: usize,
        /// What the library says of it, in English.
        cause: String,
    },
    /// A key holds something that it cannot.
    #[error(
        "{}",
        t!("client-config-wrong", file = %file.display(), line = line.to_string(), key = key, cause = cause)
    )]
    Wrong {
        /// The file.
        file: PathBuf,
        /// The line, from 1 on.
        line: usize,
        /// The key, behind its section.
        key: String,
        /// What it may hold.
        cause: String,
    },
}

impl ConfigurationError {
    fn not_toml(file: &Path, text: &str, error: &TomlError) -> Self {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        Self::NotToml { file: file.to_owned(), line, cause: error.message().to_owned() }
    }
}

/// The line in which this byte stands, from 1 on.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// What a text says of the window, and in which keys, each behind its section.
struct Said {
    choices: Choices,
    keys: Vec<String>,
}

fn parse(file: &Path, text: &str) -> Result<Said, ConfigurationError> {
    let document = Document::parse(text).map_err(|error| ConfigurationError::not_toml(file, text, &error))?;
    let wrong = |key: String, item: &Item, cause: String| {
        let line = line_of(text, item.span().map_or(0, |span| span.start));
        ConfigurationError::Wrong { file: file.to_owned(), line, key, cause }
    };
    let mut choices = Choices::default();
    let mut keys = Vec::new();
    for key in &KEYS {
        let table: &dyn TableLike =
            match key.section.map(|section| (section, document.as_table().get(section))) {
                None => document.as_table(),
                Some((_, None)) => continue,
                Some((section, Some(item))) => item
                    .as_table_like()
                    .ok_or_else(|| wrong(section.to_owned(), item, t!("client-config-no-section")))?,
            };
        let Some(item) = table.get(key.name) else { continue };
        let set = Plain::of(item).and_then(|value| (key.set)(&mut choices, &value));
        set.map_err(|cause| wrong(key.shown(), item, cause))?;
        keys.push(key.shown());
    }
    Ok(Said { choices, keys })
}

/// The text with these keys as the choices have them.
fn edited(file: &Path, text: &str, keys: &[&Key], choices: &Choices) -> Result<String, ConfigurationError> {
    let mut text = text.to_owned();
    for key in keys {
        let broken = |error: TomlError| ConfigurationError::not_toml(file, &text, &error);
        if let Some(value) = (key.get)(choices) {
            let mut document: DocumentMut = text.parse().map_err(broken)?;
            put(&mut document, key, value);
            text = document.to_string();
        } else if key.section.is_none() {
            let document = Document::parse(text.as_str()).map_err(broken)?;
            let span = document.as_table().get(key.name).and_then(Item::span);
            if let Some(span) = span {
                text = without_lines(&text, span);
            }
        }
    }
    Ok(text)
}

/// Puts a value in the place of the old one, between the same comments, or at the end of its section.
fn put(document: &mut DocumentMut, key: &Key, value: Plain) {
    let root: &mut dyn TableLike = document.as_table_mut();
    let table = match key.section {
        None => Some(root),
        Some(section) => root.entry(section).or_insert(Item::Table(Table::new())).as_table_like_mut(),
    };
    let Some(table) = table else { return };
    let mut value = toml_edit::Value::from(value);
    match table.get_mut(key.name).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => drop(table.insert(key.name, Item::Value(value))),
    }
}

/// The text without the lines of these bytes; comments above them stay.
fn without_lines(text: &str, Range { start, end }: Range<usize>) -> String {
    let begin = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let end = text[end..].find('\n').map_or(text.len(), |line| end + line + 1);
    format!("{}{}", &text[..begin], &text[end..])
}

#[cfg(test)]
mod tests {
    use papo_words::{Language, in_language};

    use super::*;
    use crate::state::{Clock, Notify, OnClose, QuietHours, Theme};

    /// A file with this text in a folder of its own.
    fn file(text: &str) -> (tempfile::TempDir, Configuration) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("papo").join("config.toml");
        if !text.is_empty() {
            fs::create_dir(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        }
        (folder, Configuration::new(path))
    }

    fn text(configuration: &Configuration) -> String {
        fs::read_to_string(&configuration.path).unwrap()
    }

    fn change(configuration: &mut Configuration, change: impl FnOnce(&mut Choices)) {
        let mut choices = configuration.asked.clone();
        change(&mut choices);
        configuration.ask(choices);
    }

    const WHOLE: &str = "# mine\nlang = 'pt'  # at home\n\n# the server\n[serve]\nport = 9\n\n[window] # look\n\
        theme = \"dark\" # at night\n# nobody calls me\nnotify = 'none'\nquiet-hours = \"21:30-06:15\"\n";

    #[test]
    fn what_the_file_says_holds() {
        let (_folder, mut configuration) = file(WHOLE);
        let Configured { before, now } = configuration.sync().unwrap();
        assert_eq!(before, Choices::default());
        let settings = Settings {
            language: Some("pt".into()),
            theme: Theme::Dark,
            notify: Notify::None,
            quiet_hours: Some(QuietHours { from: 21 * 60 + 30, until: 6 * 60 + 15 }),
            ..Settings::default()
        };
        assert_eq!(now, Choices { settings, name: None });
        assert_eq!(text(&configuration), WHOLE, "whoever only reads changes nothing");
    }

    /// Invariant: of what a person has written into the file only the values change that were chosen anew.
    #[test]
    fn comments_order_and_other_sections_stay() {
        let (_folder, mut configuration) = file(WHOLE);
        let shown = configuration.sync().unwrap().now;
        configuration.begin(shown);
        change(&mut configuration, |choices| {
            choices.settings = Settings {
                language: None,
                theme: Theme::Light,
                notify: Notify::None,
                quiet_hours: None,
                text_percent: 130,
                on_close: OnClose::Minimise,
                ..Settings::default()
            };
            choices.name = Some(Name::parse("Zoë").unwrap());
        });
        // What the file said meanwhile to be otherwise is no choice of the window's.
        configuration.ask(Choices {
            settings: Settings { clock: Clock::Hours12, ..configuration.asked.settings.clone() },
            ..configuration.asked.clone()
        });
        configuration.sync().unwrap();
        assert_eq!(
            text(&configuration),
            "# mine\n\n# the server\n[serve]\nport = 9\n\n[window] # look\ntheme = \"light\" # at night\n\
             # nobody calls me\nnotify = 'none'\nquiet-hours = \"off\"\ntext-percent = 130\nclock = 12\n\
             on-close = \"minimise\"\n\n[client]\nname = \"Zoë\"\n"
        );
    }

    /// Invariant: what is written is read back as the same, whatever was chosen.
    #[test]
    fn every_choice_reads_back() {
        let settings = Settings {
            language: Some("pt-BR".into()),
            theme: Theme::Dark,
            text_percent: 250,
            notify: Notify::All,
            quiet_hours: Some(QuietHours::default()),
            hide_content: true,
            enter_sends: false,
            reduced_motion: true,
            clock: Clock::Hours12,
            times_shown: false,
            moves_shown: false,
            on_close: OnClose::Minimise,
            ..Settings::default()
        };
        let wanted = Choices { settings, name: Some(Name::parse("A \"quoted\" name").unwrap()) };
        assert!(KEYS.iter().all(|key| (key.get)(&wanted) != (key.get)(&Choices::default())));
        let (_folder, mut configuration) = file("");
        configuration.ask(wanted.clone());
        configuration.sync().unwrap();
        let mut again = Configuration::new(configuration.path.clone());
        assert_eq!(again.sync().unwrap().now, wanted);
        configuration.ask(Choices::default());
        configuration.sync().unwrap();
        let mut again = Configuration::new(configuration.path.clone());
        let now = again.sync().unwrap().now;
        assert_eq!(now.settings, Settings::default(), "{}", text(&configuration));
    }

    /// Invariant: two who write do not undo each other's choices.
    #[test]
    fn what_another_program_has_changed_is_taken_over_and_kept() {
        let (_folder, mut window) = file("[window]\ntheme = 'dark'\n");
        window.sync().unwrap();
        let mut other = Configuration::new(window.path.clone());
        other.sync().unwrap();
        change(&mut other, |choices| choices.settings.clock = Clock::Hours12);
        other.sync().unwrap();
        change(&mut window, |choices| choices.settings.text_percent = 120);
        let Configured { before, now } = window.sync().unwrap();
        assert_eq!((now.settings.clock, now.settings.text_percent), (Clock::Hours12, 120));
        assert_eq!(now.settings.theme, Theme::Dark);
        // In the window something has been chosen anew meanwhile: only the clock changes there.
        let mut shown = Choices::default();
        shown.settings.text_percent = 140;
        shown.take_over(&before, &now);
        assert_eq!((shown.settings.clock, shown.settings.text_percent), (Clock::Hours12, 140));
    }

    /// Invariant: a file with a fault is told with its line and stays as it is; what was chosen meanwhile is written once
    /// the fault is gone.
    #[test]
    fn a_fault_is_told_with_its_line_and_nothing_is_written() {
        for (fault, line, said) in [
            (
                "[window]\ntheme = 'purple'\n",
                "line 2",
                "window.theme: \"purple\" is none of system, light, dark",
            ),
            ("lang = 'tlh'\n", "line 1", "lang: \"tlh\" is none of en, pt-BR"),
            ("\n[client]\nname = ''\n", "line 3", "client.name:"),
            ("[window]\n\nenter-sends = 1\n", "line 3", "true nor false"),
            ("[window]\ntext-percent = 5\n", "line 2", "from 70 to 250"),
            ("[window]\nquiet-hours = '22-7'\n", "line 2", "22:00-07:00"),
            ("[window]\nclock = 13\n", "line 2", "12, 24"),
            ("a = 1\nwindow = 1\n", "line 2", "[window]"),
            ("[window]\ntheme = \n", "line 2", "TOML"),
        ] {
            let (_folder, mut configuration) = file(fault);
            change(&mut configuration, |choices| choices.settings.hide_content = true);
            let error = in_language(Language::English, || configuration.sync().unwrap_err().to_string());
            assert!(error.contains(line) && error.contains(said), "{error}");
            assert!(error.contains("config.toml"), "{error}");
            assert_eq!(text(&configuration), fault);
            fs::write(&configuration.path, "[window]\n").unwrap();
            configuration.sync().unwrap();
            assert_eq!(text(&configuration), "[window]\nhide-content = true\n");
        }
    }

    #[test]
    fn choices_kept_elsewhere_are_carried_over_where_the_file_says_nothing() {
        let (_folder, mut configuration) = file("[window]\ntheme = 'light'\n");
        let settings = Settings { theme: Theme::Dark, hide_content: true, ..Settings::default() };
        configuration.carry_over(Choices { settings, name: None });
        let now = configuration.sync().unwrap().now;
        assert_eq!((now.settings.theme, now.settings.hide_content), (Theme::Light, true));
        assert_eq!(text(&configuration), "[window]\ntheme = 'light'\nhide-content = true\n");
    }

    /// Invariant: what the file says goes before what is carried over, also where it says what holds without it; and so
    /// does what was chosen meanwhile.
    #[test]
    fn nothing_that_the_file_says_is_carried_over() {
        let (_folder, mut configuration) = file("[window]\ntheme = 'purple'\n");
        let shown = Settings {
            theme: Theme::Dark,
            clock: Clock::Hours12,
            text_percent: 120,
            notify: Notify::All,
            ..Settings::default()
        };
        let shown = Choices { settings: shown, name: None };
        configuration.carry_over(shown.clone());
        configuration.sync().unwrap_err();
        configuration.begin(shown);
        change(&mut configuration, |choices| {
            choices.settings.clock = Clock::default();
            choices.settings.notify = Notify::default();
        });
        configuration.sync().unwrap_err();
        fs::write(&configuration.path, "[window]\ntheme = 'system'\nnotify = 'none'\n").unwrap();
        let Configured { before, now } = configuration.sync().unwrap();
        assert_eq!((before.settings.theme, now.settings.theme), (Theme::Dark, Theme::System));
        let written = "[window]\ntheme = 'system'\nnotify = 'mentions'\ntext-percent = 120\nclock = 24\n";
        assert_eq!(text(&configuration).replace('"', "'"), written);
        // Once: from then on the file says what holds.
        fs::write(&configuration.path, "").unwrap();
        assert_eq!(configuration.sync().unwrap().now, Choices::default());
    }

    /// Invariant: a key goes with all of its lines, and what follows stays readable.
    #[test]
    fn a_value_of_several_lines_goes_whole() {
        for (value, rest) in
            [("\"\"\"\npt\"\"\" # here", "# then\n[window]\n"), ("'''\npt'''", ""), ("'pt'", "[window]\n")]
        {
            let (_folder, mut configuration) = file(&format!("# mine\nlang = {value}\n{rest}"));
            let shown = configuration.sync().unwrap().now;
            assert_eq!(shown.settings.language.as_deref(), Some("pt"));
            configuration.begin(shown);
            change(&mut configuration, |choices| choices.settings.language = None);
            configuration.sync().unwrap();
            assert_eq!(text(&configuration), format!("# mine\n{rest}"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_file_stays_one_and_its_permissions_too() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let (folder, mut configuration) = file("[window]\n");
        let kept = folder.path().join("kept.toml");
        fs::rename(&configuration.path, &kept).unwrap();
        fs::set_permissions(&kept, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&kept, &configuration.path).unwrap();
        change(&mut configuration, |choices| choices.settings.hide_content = true);
        configuration.sync().unwrap();
        assert!(fs::symlink_metadata(&configuration.path).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&kept).unwrap(), "[window]\nhide-content = true\n");
        assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
