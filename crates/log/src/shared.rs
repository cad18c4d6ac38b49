//! What a log that several servers share offers beyond the log itself: hearing what the others append, and telling one
//! another what no log keeps. Not here: the engines that carry it.

use std::sync::Arc;
use std::time::Duration;

use crate::LogError;

/// The longest note, in bytes: it travels in one notification of `PostgreSQL`, which has at most 8,000.
pub const NOTE_BYTES_MAX: usize = 7000;

/// Something that other servers did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Somebody has appended to this room; perhaps we ourselves.
    Entries {
        /// The room's name.
        room: Arc<str>,
    },
    /// News may have been missed: every room should be looked at.
    Everything,
    /// Another server says something.
    Note {
        /// Which server: the number it gave itself when it opened the log.
        node: u64,
        /// What it says.
        text: String,
    },
    /// The log was restored or made anew. This handle must not be used any more.
    Replaced,
}

/// The side of a log that its servers see of one another.
///
/// Wake-ups and notes are best effort: either may be lost. Whoever must not miss an entry looks at
/// [`heads`](Self::heads) from time to time.
pub trait Shared: Send + Sync {
    /// The number of this handle among those that share the log: random, and another one for each opening.
    fn node(&self) -> u64;

    /// Waits until there is news, at most for so long, and takes it.
    fn wait(&self, within: Duration) -> Vec<News>;

    /// Tells the other servers something of at most [`NOTE_BYTES_MAX`] bytes. It is kept nowhere. A longer text is
    /// not sent.
    fn tell(&self, note: &str);

    /// Whether something that we ourselves have told came back within this time: then the others can hear us, and we them.
    fn hears_itself(&self, within: Duration) -> bool;

    /// The newest sequence numbers of these rooms, in their order.
    fn heads(&self, rooms: &[Arc<str>]) -> Result<Vec<u64>, LogError>;

    /// The log has lost entries that were in it: it must go on under another epoch, so that everybody's copy is made
    /// anew. Every handle hears [`News::Replaced`] then.
    fn renew(&self) -> Result<(), LogError>;

    /// What the operator should know of how safe this engine is, in whole sentences in English.
    fn warnings(&self) -> Vec<String>;
}
