//! How what is being written may go on: names behind `@`, commands behind `/`, and whom a command is about. Not here: how
//! that is shown, and the keys.

use std::collections::HashSet;
use std::ops::Range;

use papo_proto::Member;

use super::Room;
use super::composer::COMMANDS;
use crate::markup::Mention;
use crate::orders;

/// How many are offered; who looks for another one types a further letter.
pub const OFFERED_MAX: usize = 8;

/// The commands behind which somebody's name stands.
const ABOUT: [&str; 8] = ["/call ", "/kick ", "/ban ", "/unban ", "/mute ", "/unmute ", "/op ", "/deop "];

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
pub fn completion(room: &Room, draft: &str, cursor: usize) -> Option<Completion> {
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
    } else if start == 0 && word.starts_with('/') && !word.starts_with("//") {
        commands(word)
    } else if ABOUT.contains(&before[..start].to_lowercase().as_str()) && !word.is_empty() {
        members(room, word, "")
    } else {
        Vec::new()
    };
    (!offers.is_empty()).then_some(Completion { replaced: start..cursor, offers })
}

fn commands(word: &str) -> Vec<Offer> {
    let small = word.to_lowercase();
    let ours = COMMANDS.iter().map(|command| (*command).to_owned());
    let all = ours.chain(orders::WORDS.iter().map(|word| format!("/{word}")));
    let mut fitting: Vec<String> =
        all.filter(|command| command.starts_with(&small) && *command != small).collect();
    fitting.sort();
    let offer = |command: String| Offer { text: format!("{command} "), member: None };
    fitting.into_iter().take(OFFERED_MAX).map(offer).collect()
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
            Offer { text, member: Some(member.clone()) }
        })
        .collect()
}
