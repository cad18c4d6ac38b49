//! Where papo keeps things on each platform when nobody says otherwise, and what the account is called.
//! Nothing is made here. Not here: the profile's folder, which the client library knows.

use std::env;
use std::path::PathBuf;

use papo_client::profile;

/// The configuration file: `papo/config.toml` in `$XDG_CONFIG_HOME` or `~/.config` (XDG Base Directory
/// Specification), on macOS and Windows in the folder of the profile. `None` where there is no home.
pub(crate) fn config_file() -> Option<PathBuf> {
    if cfg!(any(target_os = "macos", windows)) {
        return Some(profile::default_folder()?.join("config.toml"));
    }
    // The specification says that a relative path in the variable is to be ignored.
    let said = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(".config"));
    Some(said.or_else(home)?.join("papo").join("config.toml"))
}

/// The server's folder: the one that a service manager has made for it (`STATE_DIRECTORY`, systemd.exec(5)); else
/// `server` in the profile's, so that one person's things are in one place.
pub(crate) fn server_data() -> Option<PathBuf> {
    let made = env::var_os("STATE_DIRECTORY").map(PathBuf::from).filter(|path| path.is_absolute());
    if made.is_some() {
        return made;
    }
    Some(profile::default_folder()?.join("server"))
}

/// The name of the account, for whoever says no other.
pub(crate) fn account_name() -> Option<String> {
    whoami::username().ok()
}
