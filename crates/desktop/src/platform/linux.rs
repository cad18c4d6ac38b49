//! What the window needs of Linux desktops: an entry in the menu of programs that says which links the program opens
//! (the Desktop Entry Specification), its icon (the Icon Theme Specification), the choice of the usual program
//! (the Association between MIME types and applications Specification), and clicks on notifications (the Desktop
//! Notifications Specification), and which windows are named by the library. Not here: what other systems have for it.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use notify_rust::{Hint, Notification};

use super::links::{Installed, LinksError};

/// The entry, with places for the program.
const ENTRY: &str = include_str!("../../assets/papo.desktop");
const ENTRY_NAME: &str = "papo.desktop";
/// The icon in the two forms that menus look for.
const ICONS: [(&str, &[u8]); 2] = [
    ("icons/hicolor/scalable/apps/papo.svg", include_bytes!("../../assets/papo.svg")),
    ("icons/hicolor/256x256/apps/papo.png", include_bytes!("../../assets/papo.png")),
];
/// What the list of usual programs calls our links.
const SCHEME: &str = "x-scheme-handler/papo";
/// The list of usual programs.
const USUAL: &str = "mimeapps.list";

/// How many notifications are listened to at once, each by a thread that does nothing else. Some desktops keep
/// notifications for days; a click on one beyond that only takes it away.
const LISTENED_MAX: usize = 16;
static LISTENED: AtomicUsize = AtomicUsize::new(0);

/// What the specification calls a click on the notification itself.
const CLICK: &str = "default";

/// Where a person's files are (the XDG Base Directory Specification).
#[derive(Clone, Debug)]
struct Home {
    data: PathBuf,
    config: PathBuf,
}

/// Whether a window that is not told its class gets the right one: on X11 it is called as the program's file. Which of
/// the two the library takes is its own rule, that of the environment.
pub(super) fn names_windows_itself() -> bool {
    let is_said = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_wayland = is_said("WAYLAND_DISPLAY") || is_said("WAYLAND_SOCKET");
    let program = env::args_os().next().map(PathBuf::from);
    let file = program.as_deref().and_then(Path::file_name);
    !is_wayland && file == Some(OsStr::new(super::class::CLASS))
}

pub(super) fn install(profile: Option<&Path>) -> Result<Installed, LinksError> {
    let program = env::current_exe().map_err(|_| LinksError::NoProgram)?;
    let profile = profile.map(std::path::absolute).transpose().map_err(|_| LinksError::NoProgram)?;
    let home = Home::find()?;
    let files = home.install(&program, profile.as_deref())?;
    // Desktops that keep an index of the entries find a new one without it, only later.
    starts("update-desktop-database", &[home.applications().as_os_str()]);
    let is_usual = starts("xdg-mime", &["default".as_ref(), ENTRY_NAME.as_ref(), SCHEME.as_ref()]);
    Ok(Installed { files, is_usual })
}

pub(super) fn remove() -> Result<Vec<PathBuf>, LinksError> {
    let home = Home::find()?;
    let files = home.remove()?;
    starts("update-desktop-database", &[home.applications().as_os_str()]);
    Ok(files)
}

pub(super) fn is_installed() -> Option<bool> {
    Home::find().ok().map(|home| home.applications().join(ENTRY_NAME).exists())
}

/// Whether a program is there and does what it is told; what it says is for nobody.
fn starts(program: &str, arguments: &[&OsStr]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Shows a notification, and does this when it is clicked; `open` says what a click does where that is shown.
pub(super) fn show(
    notification: &mut Notification,
    open: &str,
    on_click: impl FnOnce() + Send + 'static,
) -> notify_rust::error::Result<()> {
    notification.action(CLICK, open);
    notification.hint(Hint::DesktopEntry("papo".to_owned())).hint(Hint::Category("im.received".to_owned()));
    let handle = notification.show()?;
    if LISTENED.fetch_add(1, Ordering::Relaxed) >= LISTENED_MAX {
        LISTENED.fetch_sub(1, Ordering::Relaxed);
        return Ok(());
    }
    let listen = move || {
        handle.wait_for_action(|action| {
            if action == CLICK {
                on_click();
            }
        });
        LISTENED.fetch_sub(1, Ordering::Relaxed);
    };
    if let Err(error) = thread::Builder::new().name("papo-clicks".to_owned()).spawn(listen) {
        LISTENED.fetch_sub(1, Ordering::Relaxed);
        tracing::warn!(%error, "a click on a notification will not be heard");
    }
    Ok(())
}

impl Home {
    fn find() -> Result<Self, LinksError> {
        let home = env::home_dir().filter(|home| home.is_absolute());
        let folder = |variable: &str, usual: &str| {
            let said = env::var_os(variable).map(PathBuf::from).filter(|folder| folder.is_absolute());
            said.or_else(|| Some(home.as_ref()?.join(usual))).ok_or(LinksError::NoHome)
        };
        Ok(Self {
            data: folder("XDG_DATA_HOME", ".local/share")?,
            config: folder("XDG_CONFIG_HOME", ".config")?,
        })
    }

    fn applications(&self) -> PathBuf {
        self.data.join("applications")
    }

    fn install(&self, program: &Path, profile: Option<&Path>) -> Result<Vec<PathBuf>, LinksError> {
        let entry = entry(program, profile).ok_or(LinksError::NoProgram)?;
        let mut files = Vec::new();
        for (name, content) in ICONS {
            files.push(self.data.join(name));
            write(&self.data.join(name), content)?;
        }
        files.push(self.applications().join(ENTRY_NAME));
        write(&self.applications().join(ENTRY_NAME), entry.as_bytes())?;
        Ok(files)
    }

    fn remove(&self) -> Result<Vec<PathBuf>, LinksError> {
        let icons = ICONS.iter().map(|(name, _)| self.data.join(name));
        let mut gone = Vec::new();
        for file in icons.chain([self.applications().join(ENTRY_NAME)]) {
            match fs::remove_file(&file) {
                Ok(()) => gone.push(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(cause) => return Err(LinksError::File { file, cause }),
            }
        }
        // Where `xdg-mime` writes, and where it wrote in earlier days.
        for file in [self.config.join(USUAL), self.applications().join(USUAL)] {
            forget(&file)?;
        }
        Ok(gone)
    }
}

/// The entry for this program; none where its path is no text.
fn entry(program: &Path, profile: Option<&Path>) -> Option<String> {
    let program = program.to_str()?;
    let mut command = format!("{} desktop", quoted(program));
    if let Some(profile) = profile {
        command.push_str(" --profile ");
        command.push_str(&quoted(profile.to_str()?));
    }
    // A line break would begin another key.
    if program.contains(char::is_control) || command.contains(char::is_control) {
        return None;
    }
    Some(ENTRY.replace("@PROGRAM@", &escaped(program)).replace("@COMMAND@", &command))
}

/// A word of a command as the Desktop Entry Specification has it ("The Exec key"): in quotation marks, with a backslash
/// before what those do not hold; each backslash twice, since it stands in a text of the file; `%` twice. A plain word
/// stands as it is: `xdg-open` takes quotation marks for a part of the program's name.
fn quoted(word: &str) -> String {
    if word.chars().all(|letter| letter.is_alphanumeric() || "/._-+,:@=".contains(letter)) {
        return word.to_owned();
    }
    let mut quoted = String::from('"');
    for letter in word.chars() {
        match letter {
            '"' | '`' | '$' => quoted.extend(['\\', '\\', letter]),
            '\\' => quoted.push_str(r"\\\\"),
            '%' => quoted.push_str("%%"),
            _ => quoted.push(letter),
        }
    }
    quoted + "\""
}

/// A text of the file.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\")
}

/// Writes a file whole or not at all, with the folders above it.
fn write(file: &Path, content: &[u8]) -> Result<(), LinksError> {
    let written = || {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let draft = file.with_added_extension("new");
        fs::write(&draft, content)?;
        fs::rename(&draft, file)
    };
    written().map_err(|cause| LinksError::File { file: file.to_owned(), cause })
}

/// Takes our entry off a list of usual programs, which nothing else does.
fn forget(file: &Path) -> Result<(), LinksError> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData) => {
            return Ok(());
        }
        Err(cause) => return Err(LinksError::File { file: file.to_owned(), cause }),
    };
    let kept: String = text.split_inclusive('\n').filter_map(without_us).collect();
    if kept == text { Ok(()) } else { write(file, kept.as_bytes()) }
}

/// A line of the list without our entry; none where nothing else stood there.
fn without_us(line: &str) -> Option<String> {
    let Some((key, programs)) = line.split_once('=').filter(|(key, _)| key.trim() == SCHEME) else {
        return Some(line.to_owned());
    };
    let others: Vec<&str> =
        programs.trim().split(';').filter(|name| !name.is_empty() && *name != ENTRY_NAME).collect();
    (!others.is_empty()).then(|| format!("{key}={};\n", others.join(";")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home { data: folder.path().join("data"), config: folder.path().join("config") };
        (folder, home)
    }

    #[test]
    fn what_is_installed_goes_away_again_and_nothing_else_does() {
        let (_folder, home) = home();
        let other = "[Default Applications]\ntext/html=firefox.desktop\n";
        let ours = format!("{SCHEME}={ENTRY_NAME}\n");
        fs::create_dir_all(&home.config).unwrap();
        fs::write(home.config.join(USUAL), format!("{other}{ours}")).unwrap();
        let files = home.install(Path::new("/opt/papo"), None).unwrap();
        assert_eq!(files.len(), 3);
        assert!(files.iter().all(|file| file.is_file()), "{files:?}");
        let entry = fs::read_to_string(home.applications().join(ENTRY_NAME)).unwrap();
        for line in ["Exec=/opt/papo desktop %u\n", "MimeType=x-scheme-handler/papo;\n", "Icon=papo\n"] {
            assert!(entry.contains(line), "{line} is missing in\n{entry}");
        }
        assert!(!entry.contains('@'), "{entry}");
        let mut gone = home.remove().unwrap();
        gone.sort();
        let mut expected = files;
        expected.sort();
        assert_eq!(gone, expected);
        assert_eq!(fs::read_to_string(home.config.join(USUAL)).unwrap(), other);
        assert_eq!(home.remove().unwrap(), Vec::<PathBuf>::new(), "a second time there is nothing");
    }

    /// Invariant: however the folders are called, the entry starts this program and nothing else.
    #[test]
    fn paths_of_all_kinds_stand_quoted() {
        let command = |program: &str, profile: Option<&str>| {
            let entry = entry(Path::new(program), profile.map(Path::new))?;
            let line = entry.lines().find(|line| line.starts_with("Exec=")).unwrap().to_owned();
            Some(line.trim_start_matches("Exec=").to_owned())
        };
        for (program, expected) in [
            ("/opt/papo-1.0", "/opt/papo-1.0 desktop %u"),
            ("/opt/my papo", r#""/opt/my papo" desktop %u"#),
            ("/a$b`c\"d", r#""/a\\$b\\`c\\"d" desktop %u"#),
            (r"/a\b", r#""/a\\\\b" desktop %u"#),
            ("/100%", r#""/100%%" desktop %u"#),
        ] {
            assert_eq!(command(program, None).as_deref(), Some(expected));
        }
        let with_profile = command("/opt/papo", Some("/srv/ana/second me"));
        assert_eq!(with_profile.as_deref(), Some(r#"/opt/papo desktop --profile "/srv/ana/second me" %u"#));
        assert_eq!(command("/a\nExec=evil", None), None);
    }

    #[test]
    fn the_other_programs_of_a_list_stay() {
        assert_eq!(without_us(&format!("{SCHEME}=papo.desktop;\n")), None);
        let kept = without_us(&format!("{SCHEME}=other.desktop;papo.desktop;\n"));
        assert_eq!(kept, Some(format!("{SCHEME}=other.desktop;\n")));
        assert_eq!(without_us("text/html=papo.desktop\n").as_deref(), Some("text/html=papo.desktop\n"));
    }
}
