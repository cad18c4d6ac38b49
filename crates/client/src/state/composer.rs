//! What a person is writing in a room, and what it means. Not here: the keys.

use papo_proto::limits::BODY_BYTES_MAX;
use papo_proto::{Body, BodyError, Name, NameError, Seq};
use papo_words::t;

use crate::orders::{self, Order};

/// From how many bytes before the limit on it is shown how many are left.
const LEFT_SHOWN_FROM: usize = 2_000;

/// The commands that a message may begin with, as typed.
const RENAME: &str = "/nick";
const CALL: &str = "/call";
const ACT: &str = "/me";
const HELP: &str = "/help";
const SEARCH: &str = "/search";
const LEAVE: [&str; 3] = ["/leave", "/quit", "/exit"];

/// The same, for whoever begins to type one.
pub(super) const COMMANDS: [&str; 6] = [RENAME, CALL, ACT, HELP, SEARCH, LEAVE[0]];

/// What a person is writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composer {
    /// The text.
    pub draft: String,
    /// What becomes of it.
    pub mode: Mode,
    /// Why it could not be sent.
    pub problem: Option<Problem>,
    /// The draft that was there before an earlier message was taken up to be changed.
    kept: String,
}

/// What becomes of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A new message.
    #[default]
    New,
    /// An answer to this one.
    Reply(Seq),
    /// The new text of this one.
    Edit(Seq),
}

/// Why a text cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The message cannot be said as it is.
    Body(BodyError),
    /// There is no such command; it is never sent to the room.
    Command(String),
    /// Nobody can be called so.
    Name(NameError),
    /// It cannot be done in the room; the text says why.
    Order(String),
    /// Files cannot be sent yet.
    Files,
}

/// What a text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing at all.
    Nothing,
    /// Say this.
    Say(Body),
    /// Be called so.
    Rename(Name),
    /// Call this one so, for oneself; without a name, as they call themselves.
    Call { whom: String, name: Option<Name> },
    /// Show the keys and commands.
    Help,
    /// Search for this.
    Search(String),
    /// Do this in the room, or tell how it stands.
    Order(Order),
    /// Leave the room.
    Leave,
    /// It cannot be done.
    Wrong(Problem),
}

impl Composer {
    /// How many bytes are left, where the limit is near; negative where it is passed.
    pub fn left(&self) -> Option<isize> {
        // The quotes and the backslashes of JSON count.
        let bytes =
            self.draft.len() + self.draft.bytes().filter(|byte| matches!(byte, b'"' | b'\\' | b'\n')).count();
        let most = BODY_BYTES_MAX - 64;
        (bytes + LEFT_SHOWN_FROM > most).then(|| most.cast_signed() - bytes.cast_signed())
    }

    /// What is worth keeping for the next start: never the text of a message that is being changed.
    pub fn to_keep(&self) -> &str {
        if matches!(self.mode, Mode::Edit(_)) { &self.kept } else { &self.draft }
    }

    pub(super) fn edit(&mut self, seq: Seq, text: &str) {
        if !matches!(self.mode, Mode::Edit(_)) {
            self.kept = std::mem::take(&mut self.draft);
        }
        text.clone_into(&mut self.draft);
        self.mode = Mode::Edit(seq);
        self.problem = None;
    }

    pub(super) fn reply(&mut self, seq: Seq) {
        self.cancel();
        self.mode = Mode::Reply(seq);
    }

    pub(super) fn cancel(&mut self) {
        if matches!(self.mode, Mode::Edit(_)) {
            self.draft = std::mem::take(&mut self.kept);
        }
        self.mode = Mode::New;
        self.problem = None;
    }

    /// Empties the composer after its text was taken.
    pub(super) fn sent(&mut self) {
        self.draft.clear();
        self.cancel();
    }

    /// What the text means now.
    pub(super) fn read(&self) -> Typed {
        let text = self.draft.trim_end();
        if text.trim().is_empty() {
            return Typed::Nothing;
        }
        if self.mode == Mode::New && text.starts_with('/') && !text.starts_with("//") {
            return command(text);
        }
        let text = text.strip_prefix('/').filter(|rest| rest.starts_with('/')).unwrap_or(text);
        let body = Body::text(text);
        checked(match self.mode {
            Mode::New => body,
            Mode::Reply(seq) => Body { reply: Some(seq), ..body },
            Mode::Edit(seq) => Body { edit: Some(seq), ..body },
        })
    }
}

fn checked(body: Body) -> Typed {
    match body.to_json() {
        Ok(_) => Typed::Say(body),
        Err(error) => Typed::Wrong(Problem::Body(error)),
    }
}

fn command(text: &str) -> Typed {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    match word {
        RENAME => match Name::parse(rest) {
            Ok(name) => Typed::Rename(name),
            Err(error) => Typed::Wrong(Problem::Name(error)),
        },
        CALL => call(rest),
        ACT if !rest.is_empty() => Typed::Say(Body::text(format!("*{rest}*"))),
        HELP => Typed::Help,
        SEARCH => Typed::Search(rest.to_owned()),
        _ if LEAVE.contains(&word) => Typed::Leave,
        _ => match orders::read(&word[1..].to_lowercase(), rest) {
            Some(Ok(order)) => Typed::Order(order),
            Some(Err(why)) => Typed::Wrong(Problem::Order(why)),
            None => Typed::Wrong(Problem::Command(word.to_owned())),
        },
    }
}

/// `/call WHOM NAME` or `/call WHOM`; whom is one word.
fn call(rest: &str) -> Typed {
    let (whom, name) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let (whom, name) = (whom.to_owned(), name.trim());
    match (whom.is_empty(), Name::parse(name)) {
        (true, _) => Typed::Wrong(Problem::Order(t!("client-petname-usage"))),
        (false, _) if name.is_empty() => Typed::Call { whom, name: None },
        (false, Ok(name)) => Typed::Call { whom, name: Some(name) },
        (false, Err(error)) => Typed::Wrong(Problem::Name(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(draft: &str) -> Typed {
        Composer { draft: draft.into(), ..Composer::default() }.read()
    }

    #[test]
    fn what_is_no_command_is_never_sent_as_one() {
        for (draft, expected) in [
            ("  \n", Typed::Nothing),
            ("oi\n", Typed::Say(Body::text("oi"))),
            ("//nick is a command", Typed::Say(Body::text("/nick is a command"))),
            ("/nick  Zoë ", Typed::Rename(Name::parse("Zoë").unwrap())),
            ("/call Zoë", Typed::Call { whom: "Zoë".into(), name: None }),
            ("/call Zoë Mãe dela", Typed::Call { whom: "Zoë".into(), name: Name::parse("Mãe dela").ok() }),
            ("/me waves", Typed::Say(Body::text("*waves*"))),
            ("/search bolo", Typed::Search("bolo".into())),
            ("/quit", Typed::Leave),
            ("/announce off", Typed::Order(Order::Act(papo_proto::Act::Announce { on: false }))),
            ("/kcik Ana", Typed::Wrong(Problem::Command("/kcik".into()))),
        ] {
            assert_eq!(read(draft), expected, "{draft:?}");
        }
        assert!(matches!(read(&"x".repeat(BODY_BYTES_MAX)), Typed::Wrong(Problem::Body(_))));
    }

    #[test]
    fn a_draft_survives_the_change_of_an_earlier_message() {
        let mut composer = Composer { draft: "half a thought".into(), ..Composer::default() };
        composer.edit(Seq::new(3), "old");
        composer.edit(Seq::new(2), "older");
        assert_eq!((composer.draft.as_str(), composer.to_keep()), ("older", "half a thought"));
        composer.sent();
        assert_eq!((composer.draft.as_str(), composer.mode), ("half a thought", Mode::New));
    }
}
