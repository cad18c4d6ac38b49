//! A search in what this computer has kept of a room. Not here: the searching itself, which reads files.

use papo_proto::{Member, Seq, Timestamp};

/// A search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// What is searched for.
    pub text: String,
    /// What was found, newest first.
    pub hits: Vec<Hit>,
    /// Which of them is shown.
    pub at: Option<usize>,
    /// Whether all answers are there.
    pub is_complete: bool,
    /// Which search this is; answers to earlier ones are too late.
    pub serial: u64,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its place.
    pub seq: Seq,
    /// When it was said.
    pub time: Timestamp,
    /// Who said it.
    pub from: Member,
    /// The text around what was found. Not safe to show as it is.
    pub excerpt: String,
}
