//! What a person is writing in a room, and what it means. Not here: the keys.

use papo_proto::limits::BODY_BYTES_MAX;
use papo_proto::{Body, BodyError, NameError, Seq};

use crate::commands::{self, Command, Surface, Wrong};

/// From how many bytes before the limit on it is shown how many are left.
const LEFT_SHOWN_FROM: usize = 2_000;

/// How many lines are kept to be said once more.
const LINES_KEPT_MAX: usize = 100;

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
    /// What was typed and taken since the program was started, the newest last.
    lines: Vec<String>,
    /// The line of one's own that stands in the field, counted from the newest, and the draft that was there before.
    recalled: Option<(usize, String)>,
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
    /// It is none: what a command has told.
    Told(String),
}

/// What a text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing at all.
    Nothing,
    /// Say this.
    Say(Body),
    /// Do what a command asks for.
    Command(Command),
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

    /// Puts the line of one's own that is so many further back into the field. `older` are those from before the
    /// program was started, the newest last.
    pub(super) fn recall(&mut self, older: &[String], by: isize) {
        let lines: Vec<&String> = older.iter().chain(&self.lines).collect();
        let at = match &self.recalled {
            Some((at, _)) => at.checked_add_signed(by),
            None => usize::try_from(by - 1).ok(),
        };
        let Some(at) = at else {
            if let Some((_, before)) = self.recalled.take() {
                self.draft = before;
            }
            return;
        };
        if let Some(line) = lines.len().checked_sub(at + 1).and_then(|at| lines.get(at)) {
            let before = self.recalled.take().map_or_else(|| self.draft.clone(), |(_, before)| before);
            self.draft = (*line).clone();
            self.recalled = Some((at, before));
            self.problem = None;
        }
    }

    /// What was typed here since the program was started.
    pub(super) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Takes what was typed by hand as the draft.
    pub(super) fn type_draft(&mut self, text: &str) {
        text.clone_into(&mut self.draft);
        self.problem = None;
        self.recalled = None;
    }

    /// Empties the composer after its text was taken.
    pub(super) fn sent(&mut self) {
        let line = std::mem::take(&mut self.draft);
        self.recalled = None;
        if self.mode == Mode::New && self.lines.last() != Some(&line) {
            self.lines.push(line);
            if self.lines.len() > LINES_KEPT_MAX {
                self.lines.remove(0);
            }
        }
        self.cancel();
    }

    /// What the text means now.
    pub(super) fn read(&self) -> Typed {
        let text = self.draft.trim_end();
        if text.trim().is_empty() {
            return Typed::Nothing;
        }
        let text = match self.mode {
            // What is changed is a text, also where it begins as a command does.
            Mode::Edit(_) => commands::text_of(text).to_owned(),
            _ if !commands::is_command(text) => commands::text_of(text).to_owned(),
            _ => match command(text) {
                Ok(Command::Say(text)) => text,
                Ok(command) => return Typed::Command(command),
                Err(problem) => return Typed::Wrong(problem),
            },
        };
        let body = Body::text(text);
        let body = match self.mode {
            Mode::New => body,
            Mode::Reply(seq) => Body { reply: Some(seq), ..body },
            Mode::Edit(seq) => Body { edit: Some(seq), ..body },
        };
        checked(body).map_or_else(Typed::Wrong, Typed::Say)
    }
}

/// The body, if it can be said.
pub(super) fn checked(body: Body) -> Result<Body, Problem> {
    body.to_json().map_err(Problem::Body)?;
    Ok(body)
}

fn command(text: &str) -> Result<Command, Problem> {
    commands::read(text, Surface::Window).map_err(|wrong| match wrong {
        Wrong::Unknown(word) => Problem::Command(format!("/{word}")),
        Wrong::Name(error) | Wrong::Petname(error) => Problem::Name(error),
        Wrong::Usage(text) => Problem::Order(text),
    })
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
            ("/me waves", Typed::Say(Body::text("*waves*"))),
            ("/quit", Typed::Command(Command::Leave)),
            ("/kcik Ana", Typed::Wrong(Problem::Command("/kcik".into()))),
        ] {
            assert_eq!(read(draft), expected, "{draft:?}");
        }
        assert!(matches!(read(&"x".repeat(BODY_BYTES_MAX)), Typed::Wrong(Problem::Body(_))));
    }

    /// A command that was typed behind a press of "reply" went to the room as the answer.
    #[test]
    fn a_command_is_one_also_in_an_answer() {
        let answer = |draft: &str| {
            let mode = Mode::Reply(Seq::new(3));
            Composer { draft: draft.into(), mode, ..Composer::default() }.read()
        };
        assert_eq!(answer("/who"), Typed::Command(Command::Who));
        assert!(matches!(answer("/kcik Ana"), Typed::Wrong(Problem::Command(_))));
        let to = |text: &str| Typed::Say(Body { reply: Some(Seq::new(3)), ..Body::text(text) });
        assert_eq!((answer("/me waves"), answer("//who")), (to("*waves*"), to("/who")));
        let mode = Mode::Edit(Seq::new(3));
        let change = Composer { draft: "/who".into(), mode, ..Composer::default() }.read();
        assert_eq!(change, Typed::Say(Body { edit: Some(Seq::new(3)), ..Body::text("/who") }));
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

    #[test]
    fn ones_own_lines_are_gone_through_and_the_draft_comes_back() {
        let mut composer = Composer::default();
        for line in ["first", "/who", "second"] {
            composer.type_draft(line);
            composer.sent();
        }
        composer.type_draft("half");
        let older = ["before".to_owned()];
        let mut seen = Vec::new();
        for by in [1, 1, 1, 1, 1, -1, -1, -1, -1, -1] {
            composer.recall(&older, by);
            seen.push(composer.draft.clone());
        }
        let expected =
            ["second", "/who", "first", "before", "before", "first", "/who", "second", "half", "half"];
        assert_eq!(seen, expected);
    }
}
