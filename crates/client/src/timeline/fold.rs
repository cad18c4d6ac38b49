//! What edits, deletions and reactions make of a message. They are applied in the order of their places,
//! whatever the order in which they became known here. Not here: where they are kept.

use std::collections::{BTreeMap, BTreeSet};

use papo_proto::{Body, MemberId, Message, Seq};

/// How many different emoji one message shows; a person sees no more, and a hostile one could otherwise
/// put thousands there.
pub const EMOJI_PER_MESSAGE_MAX: usize = 50;

/// One emoji under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reactions {
    /// The emoji, as it came: not safe to show as it is.
    pub emoji: String,
    /// Who has put it there. Never empty.
    pub members: BTreeSet<MemberId>,
}

/// What somebody has said about an earlier message.
#[derive(Debug)]
pub(super) struct Change {
    from: MemberId,
    what: What,
}

#[derive(Debug)]
enum What {
    Edit(String),
    Delete,
    React { emoji: String, remove: bool },
}

/// The message that a body changes, if it changes one.
pub(super) fn target_of(body: &Body) -> Option<Seq> {
    body.react.as_ref().map(|reaction| reaction.to).or(body.delete).or(body.edit)
}

impl Change {
    /// Reads a message as a change of another one.
    pub(super) fn of(message: &Message) -> Option<(Seq, Self)> {
        let Body { text, edit, delete, react, .. } = &message.body;
        let what = match (react, delete, edit) {
            (Some(reaction), _, _) => What::React { emoji: reaction.emoji.clone(), remove: reaction.remove },
            (None, Some(_), _) => What::Delete,
            (None, None, Some(_)) => What::Edit(text.clone()?),
            (None, None, None) => return None,
        };
        Some((target_of(&message.body)?, Self { from: message.from.id.clone(), what }))
    }
}

/// What the changes of a message have made of it.
#[derive(Debug, Default)]
pub(super) struct Shown {
    text: Option<String>,
    deleted: bool,
    reactions: Vec<Reactions>,
    folded_to: Seq,
}

impl Shown {
    /// Applies the changes of a message that `sender` has said: only the `newest` where it comes after all
    /// that were applied, else all of them from the beginning.
    pub(super) fn fold(&mut self, sender: &MemberId, changes: &BTreeMap<Seq, Change>, newest: Option<Seq>) {
        let from = match newest {
            Some(seq) if seq > self.folded_to => seq,
            _ => {
                // A deletion stays: there is no text any more to begin from.
                *self = Self { deleted: self.deleted, ..Self::default() };
                Seq::ZERO
            }
        };
        for (&seq, change) in changes.range(from..) {
            self.apply(sender, change);
            self.folded_to = seq;
        }
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.deleted
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    pub(super) fn reactions(&self) -> &[Reactions] {
        &self.reactions
    }

    fn apply(&mut self, sender: &MemberId, change: &Change) {
        match &change.what {
            _ if self.deleted => {}
            What::React { emoji, remove: false } => self.add(emoji, &change.from),
            What::React { emoji, remove: true } => self.remove(emoji, &change.from),
            // Anybody can send these, about anything; only the sender's own count.
            What::Edit(_) | What::Delete if change.from != *sender => {}
            What::Edit(text) => self.text = Some(text.clone()),
            What::Delete => {
                *self = Self { deleted: true, ..Self::default() };
            }
        }
    }

    fn add(&mut self, emoji: &str, from: &MemberId) {
        if let Some(reactions) = self.reactions.iter_mut().find(|reactions| reactions.emoji == emoji) {
            reactions.members.insert(from.clone());
        } else if self.reactions.len() < EMOJI_PER_MESSAGE_MAX {
            let members = BTreeSet::from([from.clone()]);
            self.reactions.push(Reactions { emoji: emoji.to_owned(), members });
        }
    }

    fn remove(&mut self, emoji: &str, from: &MemberId) {
        if let Some(at) = self.reactions.iter().position(|reactions| reactions.emoji == emoji) {
            self.reactions[at].members.remove(from);
            if self.reactions[at].members.is_empty() {
                self.reactions.remove(at);
            }
        }
    }
}
