//! The window: rooms side by side, drawn from the state that every surface shares (`papo_client::state`).
//! Not here: what a room is, how it talks to its server, and whom it trusts; the client library knows that.
//!
//! - `app.rs`: the only place that has all three, the state, the view and the core.
//! - `choices.rs`: the configuration file, which the settings are a view of.
//! - `core.rs`, `reader.rs`, `hosting.rs`, `pairing.rs`: what is outside: connections, files, a server in this program, a
//!   key that goes to another device.
//! - `frames.rs`: how long each frame takes, where that is asked for.
//! - `keyboard.rs`: one step of the keyboard for each frame.
//! - [`desk`]: state and view without the outside; tests drive it.
//! - [`view`]: one file for each thing on the screen. A view is `fn view(ui, state, local, out)`: it reads
//!   the state, changes only what is its own (scroll, open menus), and pushes actions.
//! - [`text`]: letters, order of writing, styled pieces.
//! - [`theme`]: every colour, radius, space and size.

mod app;
mod bubble;
mod choices;
mod core;
pub mod desk;
mod frames;
mod hosting;
mod keyboard;
mod pairing;
mod platform;
mod reader;
pub mod text;
pub mod theme;
pub mod view;

use std::path::PathBuf;

use papo_client::state::Place;
use papo_proto::Name;
use papo_words::t;

pub use app::run;
pub use platform::links::{Installed, LinksError, install as install_links, remove as remove_links};

/// How the window begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The profile's folder; the platform's where it is not said.
    pub profile: Option<PathBuf>,
    /// What the person wants to be called, until another name is chosen in the window.
    pub name: Name,
    /// Where that comes from.
    pub name_from: NameFrom,
    /// The configuration file; where there is none, settings are kept in the profile.
    pub configuration: Option<PathBuf>,
    /// What is wrong with the rest of that file.
    pub fault: Option<String>,
    /// The room that was asked for on the command line.
    pub place: Option<Place>,
    /// A `papo://` link instead: it may come from any page or message, so the person sees where it leads before
    /// anything is connected.
    pub link: Option<String>,
    /// The file that gets a line for each frame, to measure the window.
    pub frame_times: Option<PathBuf>,
}

impl Options {
    /// The window of the usual profile, on its start screen.
    pub fn new(name: Name) -> Self {
        Self {
            profile: None,
            name,
            name_from: NameFrom::Usual,
            configuration: None,
            fault: None,
            place: None,
            link: None,
            frame_times: None,
        }
    }
}

/// Where the person's name comes from. Only the usual profile shares its name with the configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFrom {
    /// It was said for this start.
    Typed,
    /// The profile is another than the usual one and remembers a name of its own.
    Profile,
    /// The configuration file, or the name of the account.
    Usual,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// A file or folder of one's own.
    #[error("{0}")]
    Local(String),
    /// The system shows no window.
    #[error("{}", t!("window-no-display", cause = .0))]
    NoDisplay(String),
}
