//! What every papo client needs, once: whom to trust, who one is, the conversation with the server, what a
//! room looks like to a reader, and what must survive the end of the program. Terminal, window and scripts
//! are surfaces over this crate. Not here: anything that draws or reads keys.
//!
//! - [`transport`]: start there. One thread with one connection, from options in to events out.
//! - [`session`]: the conversation, without sockets, clock or randomness; [`event`] names what it reports.
//! - [`timeline`]: what a reader of a room sees, made from the events; also pure.
//! - [`state`]: the rooms that a surface shows side by side, and how they change; pure as well.
//! - [`text`]: the one place that makes what others have written safe to show.
//! - [`markup`]: what a message's text looks like: bold, code, lists, links.
//! - [`orders`]: what the commands of those who keep order mean, and how what they did is told.
//! - [`heights`]: where the rows of a long list are, for surfaces that scroll smoothly.
//! - [`trust`], [`known_servers`] and [`identity`]: which servers are trusted, and the key that one is.
//! - [`protected`]: that key in a file with a passphrase, for another computer; [`pairing`]: the same by a code that is
//!   typed there.
//! - [`commands`] and [`orders`]: what a line that begins with `/` asks for; [`pointed`]: which message it is about.
//! - [`names`], [`petnames`] and [`ignored`]: who could be taken for whom, what one calls others oneself, and whose
//!   messages one does not want to see.
//! - [`store`] and [`profile`]: the outbox and the local history, and the folder they live in.
//! - [`configuration`]: what a person has chosen for every room, in the configuration file.
//! - [`error`]: every way in which a connection can fail, with cause and remedy; [`said`]: the protocol's errors and
//!   codes in the reader's language.

pub mod commands;
pub mod configuration;
pub mod error;
pub mod event;
pub mod heights;
pub mod identity;
pub mod ignored;
pub mod known_servers;
pub mod markup;
pub mod names;
pub mod orders;
pub mod pairing;
pub mod petnames;
pub mod pointed;
mod possession;
mod private_file;
pub mod profile;
pub mod protected;
pub mod said;
pub mod session;
pub mod state;
pub mod store;
pub mod text;
pub mod timeline;
pub mod transport;
pub mod trust;

pub use error::ConnectError;
pub use event::Event;
pub use identity::Identity;
pub use profile::Profile;
pub use session::Session;
pub use state::State;
pub use store::Store;
pub use timeline::Timeline;
pub use transport::{Client, Options};
pub use trust::Trust;
