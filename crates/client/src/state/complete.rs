//! How what is being written may go on: names behind `@`, rooms behind `#`, emoji behind `:`, commands behind `/`, and
//! whom a command is about. Not here: how that is shown, and the keys.

use std::collections::HashSet;
use std::ops::Range;

use papo_proto::Member;

use super::{Room, State, emoji};
use crate::commands::{self, Surface};
use crate::markup::Mention;

/// How many are offered; who looks for another one types a further letter.
pub const OFFERED_MAX: usize = 8;

/// From how many letters behind the colon on emoji are offered: `:)` and `:D` are written as they are.
const EMOJI_LETTERS_MIN: usize = 2;

/// How a draft may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What would be replaced, in bytes of the draft.
    pub replaced: Range<usize>,
    /// By what, the most probable one first; never empty.
    pub offers: Vec<Offer>,
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What would stand in the draft, with the blank behind it.
    pub text: String,
    /// How it is shown, where that is neither the text nor a member's name.
    pub shown: Option<String>,
    /// Who is meant, where it is somebody.
    pub member: Option<Member>,
}

impl Completion {
    /// The draft with this offer in it, and the byte behind it, where the cursor goes.
    pub fn applied(&self, draft: &str, offer: &Offer) -> (String, usize) {
        let (before, rest) = draft.split_at(self.replaced.start);
        let behind = &rest[self.replaced.len()..];
        // One blank is enough.
        let behind = behind.strip_prefix(' ').unwrap_or(behind);
        (format!("{before}{}{behind}", offer.text), before.len() + offer.text.len())
    }
}

/// How the draft of a room may go on at the cursor, which stands before this byte.
pub fn completion(state: &State, room: &Room, draft: &str, cursor: usize) -> Option<Completion> {
    let before = draft.get(..cursor)?;
    // What is typed in the middle of a word is no beginning of one.
    if draft[cursor..].chars().next().is_some_and(|next| !next.is_whitespace()) {
        return None;
    }
    let start = before
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let word = &before[start..];
    let offers = if let Some(begun) = word.strip_prefix('@') {
        members(room, begun, "@")
    } else if let Some(begun) = word.strip_prefix('#') {
        rooms(state, begun)
    } else if let Some(begun) = word.strip_prefix(':') {
        emoji_named(begun)
    } else if start == 0 && commands::is_command(word) {
        typed_commands(word)
    } else if is_about(&before[..start]) && !word.is_empty() {
        members(room, word, "")
    } else {
        Vec::new()
    };
    (!offers.is_empty()).then_some(Completion { replaced: start..cursor, offers })
}

/// Whether a command stands before the word, behind which somebody's name belongs.
fn is_about(before: &str) -> bool {
    let word = before.strip_prefix('/').and_then(|before| before.strip_suffix(' '));
    word.is_some_and(|word| commands::ABOUT.contains(&word.to_lowercase().as_str()))
}

fn typed_commands(word: &str) -> Vec<Offer> {
    let small = word.to_lowercase();
    let all = commands::offered(Surface::Window).map(|word| format!("/{word}"));
    let mut fitting: Vec<String> =
        all.filter(|command| command.starts_with(&small) && *command != small).collect();
    fitting.sort();
    let offer = |command: String| Offer { text: format!("{command} "), shown: None, member: None };
    fitting.into_iter().take(OFFERED_MAX).map(offer).collect()
}

/// The rooms whose name begins so.
fn rooms(state: &State, begun: &str) -> Vec<Offer> {
    let small = begun.to_lowercase();
    let mut names: Vec<&str> = state.rooms.iter().map(|room| room.place.room.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let fitting = names.into_iter().filter(|name| name.starts_with(&small) && *name != small);
    let offer = |name: &str| Offer { text: format!("#{name} "), shown: None, member: None };
    fitting.take(OFFERED_MAX).map(offer).collect()
}

/// The emoji whose name begins so, or is this one.
fn emoji_named(begun: &str) -> Vec<Offer> {
    let small = begun.to_lowercase();
    let name = small.strip_suffix(':').unwrap_or(&small);
    if name.chars().count() < EMOJI_LETTERS_MIN {
        return Vec::new();
    }
    let is_whole = name.len() < small.len();
    let fitting = emoji::named(name).filter(|(known, _)| !is_whole || *known == name);
    let offer = |(name, emoji): (&str, &str)| Offer {
        text: format!("{emoji} "),
        shown: Some(format!("{emoji}  :{name}:")),
        member: None,
    };
    fitting.take(OFFERED_MAX).map(offer).collect()
}

/// Who may be meant: those who have spoken last first, then those who are here.
fn members(room: &Room, begun: &str, sign: &str) -> Vec<Offer> {
    let small = begun.to_lowercase();
    let mut seen = HashSet::new();
    let spoken = room.timeline.rows().rev().map(|row| row.from);
    let fits = |member: &&Member| {
        let word = Mention::word(member, true).to_lowercase();
        word.trim_start_matches('@').starts_with(&small) && !room.timeline.is_ours(&member.id)
    };
    spoken
        .chain(room.presence.members())
        .filter(fits)
        .filter(|member| seen.insert(member.id.clone()))
        .take(OFFERED_MAX)
        .map(|member| {
            let word = Mention::word(member, room.timeline.needs_badge(member));
            let text = format!("{sign}{} ", word.trim_start_matches('@'));
            Offer { text, shown: None, member: Some(member.clone()) }
        })
        .collect()
}
