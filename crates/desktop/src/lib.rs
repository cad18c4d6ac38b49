//! The window: rooms side by side, drawn from the state that every surface shares (`papo_client::state`).
//! Not here: what a room is, how it talks to its server, and whom it trusts; the client library knows that.
//!
//! - `app.rs`: the only place that has all three, the state, the view and the core.
//! - `core.rs`, `reader.rs`, `hosting.rs`: what is outside: connections, files, a server in this program.
//! - `frames.rs`: how long each frame takes, where that is asked for.
//! - `keyboard.rs`: one step of the keyboard for each frame.
//! - [`desk`]: state and view without the outside; tests drive it.
//! - [`view`]: one file for each thing on the screen. A view is `fn view(ui, state, local, out)`: it reads
//!   the state, changes only what is its own (scroll, open menus), and pushes actions.
//! - [`text`]: letters, order of writing, styled pieces.
//! - [`theme`]: every colour, radius, space and size.

mod app;
mod bubble;
mod core;
pub mod desk;
mod frames;
mod hosting;
mod keyboard;
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
    /// The room that was asked for on the command line.
    pub place: Option<Place>,
    /// A `papo://` link instead: it may come from any page or message, so the person sees where it leads before
    /// anything is connected.
    pub link: Option<String>,
    /// The file that gets a line for each frame, to measure the window.
    pub frame_times: Option<PathBuf>,
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
