//! What the window begins with: the configuration file before what it has kept itself until now. Not here: the file
//! ([`papo_client::configuration`]), and what follows from a change in it, which the state decides.

use std::env;
use std::path::Path;

use papo_client::configuration::{Choices, Configuration};
use papo_client::state::{ConfigurationFile, Memory, Settings};

use crate::{NameFrom, Options};

/// The file, for the thread that reads and writes it, and what the person is shown of it.
pub(crate) struct Begun {
    pub(crate) configuration: Option<Configuration>,
    pub(crate) file: ConfigurationFile,
}

/// Reads the file, and puts what it says into the memory. What an earlier version has kept there goes into the file, once.
pub(crate) fn begin(options: &Options, memory: &mut Memory) -> Begun {
    let is_name_apart = options.name_from != NameFrom::Usual;
    if options.name_from == NameFrom::Typed {
        memory.name = None;
    }
    let Some(path) = options.configuration.clone() else {
        let file = ConfigurationFile { is_name_apart, ..ConfigurationFile::default() };
        return Begun { configuration: None, file };
    };
    let mut configuration = Configuration::new(path.clone());
    let kept = memory.settings.take();
    if let Some(settings) = kept.clone() {
        let name = memory.name.clone().filter(|name| !is_name_apart && *name != options.name);
        configuration.carry_over(Choices { settings, name });
    }
    let kept = kept.unwrap_or_default();
    let mut known = Choices::default();
    let fault = match configuration.sync() {
        Ok(configured) => {
            known = configured.now;
            let Choices { settings, name } = known.clone();
            let (rooms_shown, members_shown) = (kept.rooms_shown, kept.members_shown);
            memory.settings = Some(Settings { rooms_shown, members_shown, ..settings });
            if !is_name_apart && name.is_some() {
                memory.name = name;
            }
            None
        }
        Err(error) => {
            memory.settings = Some(kept);
            Some(error.to_string())
        }
    };
    // Where both say something, this one says it of the same line, and better.
    let rest = options.fault.clone().filter(|_| fault.is_none());
    Begun {
        configuration: Some(configuration),
        file: ConfigurationFile { shown: shown(&path), path: Some(path), fault, rest, known, is_name_apart },
    }
}

/// The path as people write it: what is in the person's own folder begins with `~`, where shells know that.
fn shown(path: &Path) -> String {
    let home = env::home_dir().filter(|home| cfg!(unix) && home.parent().is_some());
    match home.as_deref().and_then(|home| path.strip_prefix(home).ok()) {
        Some(inside) => format!("~/{}", inside.display()),
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use papo_client::State;
    use papo_client::state::{Action, Command, Happening, Theme};
    use papo_proto::{MemberId, Name, Timestamp};

    use super::*;

    /// What versions before the file was gone by have kept.
    const OLD: &str =
        r#"{"name":"Zoë","settings":{"theme":"dark","text-percent":120,"members-shown":false}}"#;

    fn options(file: &Path) -> Options {
        Options { configuration: Some(file.to_owned()), ..Options::new("Ana".parse().unwrap()) }
    }

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    /// A window that begins with this memory, as far as it is about choices.
    fn window(options: &Options, memory: &str) -> (State, Configuration) {
        let mut memory = Memory::from_text(memory).unwrap();
        let Begun { configuration, file } = begin(options, &mut memory);
        let person = MemberId::parse(&"a".repeat(24)).unwrap();
        let mut state = State::new(memory, person, &options.name);
        state.configuration = file;
        let mut configuration = configuration.unwrap();
        configuration.begin(state.choices());
        (state, configuration)
    }

    /// Brings both together, as the window does.
    fn sync(state: &mut State, configuration: &mut Configuration) {
        configuration.ask(state.choices());
        let configured = configuration.sync().map(Box::new).map_err(|error| error.to_string());
        state.apply(Happening::Configured(configured), Timestamp::default());
    }

    /// Invariant: what an earlier version has kept goes into the file once; from then on the file says what holds.
    #[test]
    fn old_settings_are_carried_over_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let (state, _) = window(&options(&file), OLD);
        assert_eq!((state.settings.theme, state.settings.members_shown), (Theme::Dark, false));
        let written = "[window]\ntheme = \"dark\"\ntext-percent = 120\n\n[client]\nname = \"Zoë\"\n";
        assert_eq!(fs::read_to_string(&file).unwrap(), written);
        let memory = state.memory().to_text();
        assert!(!memory.contains("theme"), "{memory}");
        fs::write(&file, "[window]\ntheme = 'light'\n").unwrap();
        let (state, _) = window(&options(&file), &memory);
        assert_eq!((state.settings.theme, state.settings.text_percent), (Theme::Light, 100));
        assert!(!state.settings.members_shown, "what is shown beside the room is no part of the file");
        assert_eq!(state.start.name, "Zoë", "a file without a name takes none away");
    }

    /// Invariant: while the file has a fault the window goes by what it has, keeps what is chosen, and writes nothing; once
    /// it has none, what it says goes before what an earlier version has kept.
    #[test]
    fn a_fault_keeps_nobody_from_choosing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let fault = "[window]\ntheme = 'purple'\n";
        fs::write(&file, fault).unwrap();
        let (mut state, mut configuration) = window(&options(&file), OLD);
        assert!(state.configuration.fault.as_ref().unwrap().contains("purple"));
        assert_eq!(state.settings.theme, Theme::Dark);
        let chosen = Settings { hide_content: true, ..state.settings.clone() };
        let commands = state.act(Action::Change(Box::new(chosen)), Timestamp::default());
        assert!(commands.contains(&Command::Configure));
        sync(&mut state, &mut configuration);
        assert_eq!(fs::read_to_string(&file).unwrap(), fault);
        let memory = state.memory().to_text();
        assert!(Memory::from_text(&memory).unwrap().settings.unwrap().hide_content, "{memory}");
        // The next start finds the file in order.
        fs::write(&file, "[window]\ntheme = 'light'\n").unwrap();
        sync(&mut state, &mut configuration);
        assert_eq!(state.configuration.fault, None);
        assert!(state.settings.hide_content && state.settings.text_percent == 120);
        assert_eq!(state.settings.theme, Theme::Light);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("hide-content = true") && text.contains("theme = 'light'"), "{text}");
    }

    /// Invariant: what the file said before a fault came into it is no choice, and is not written into it afterwards.
    #[test]
    fn a_fault_undoes_nothing_that_was_written_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        for (written, expected) in [("theme = 'system'\n", "theme = 'system'\n"), ("", "")] {
            fs::write(&file, "[window]\ntheme = 'dark'\n").unwrap();
            let (mut state, mut configuration) = window(&options(&file), "{}");
            fs::write(&file, format!("[window]\n{written}clock = 13\n")).unwrap();
            sync(&mut state, &mut configuration);
            assert!(state.configuration.fault.is_some());
            assert_eq!(state.memory().settings, None, "nothing was chosen");
            let chosen = Settings { hide_content: true, ..state.settings.clone() };
            state.act(Action::Change(Box::new(chosen)), Timestamp::default());
            sync(&mut state, &mut configuration);
            // The window is closed, and opened again with the fault and without.
            let (state, _) = window(&options(&file), &state.memory().to_text());
            assert!(state.settings.hide_content);
            fs::write(&file, format!("[window]\n{written}")).unwrap();
            let (state, _) = window(&options(&file), &state.memory().to_text());
            assert_eq!((state.settings.theme, state.settings.hide_content), (Theme::System, true));
            let text = fs::read_to_string(&file).unwrap();
            assert_eq!(text, format!("[window]\n{expected}hide-content = true\n"));
            assert_eq!(state.memory().settings, None);
        }
    }

    /// Invariant: the name of one profile never becomes that of another.
    #[test]
    fn a_profile_of_its_own_has_a_name_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        fs::write(&file, "[client]\nname = 'Ana'\n").unwrap();
        for (from, expected) in
            [(NameFrom::Usual, "Ana"), (NameFrom::Profile, "Zoë"), (NameFrom::Typed, "Bia")]
        {
            let options = Options { name: name("Bia"), name_from: from, ..options(&file) };
            let (mut state, mut configuration) = window(&options, r#"{"name":"Zoë"}"#);
            assert_eq!(state.start.name, expected, "{from:?}");
            let typed = Action::TypeStart { target: "127.0.0.1:1".into(), name: "Rui".into() };
            state.act(typed, Timestamp::default());
            sync(&mut state, &mut configuration);
            assert_eq!(
                fs::read_to_string(&file).unwrap(),
                "[client]\nname = 'Ana'\n",
                "nobody is called so yet"
            );
            state.act(Action::Join, Timestamp::default());
            sync(&mut state, &mut configuration);
            let written = if from == NameFrom::Usual {
                "[client]\nname = \"Rui\"\n"
            } else {
                "[client]\nname = 'Ana'\n"
            };
            assert_eq!(fs::read_to_string(&file).unwrap(), written, "{from:?}");
            assert_eq!(state.memory().name, Some(name("Rui")));
            fs::write(&file, "[client]\nname = 'Ana'\n").unwrap();
        }
    }
}
