//! What whoever visits a room does with a message that was said: changes it, takes it back, answers it, puts an emoji under
//! it. Not here: which message is meant ([`papo_client::pointed`]).

use papo_client::commands::Command;
use papo_client::pointed::Whose;
use papo_client::said::Said as _;
use papo_proto::{Body, Reaction};
use papo_words::t;

use super::{Goes, Visit};
use crate::chat::commands::Typed;
use crate::chat::words;
use crate::exit::Failure;
use crate::output;

impl Visit {
    /// Whether a line has to wait until the room has what was said before it: only then is it known which message the
    /// last one is. Without a connection that may take long, so it is refused then rather than done some other time.
    pub(super) fn waits(&self, typed: &Typed) -> bool {
        let is_pointing = matches!(
            typed,
            Typed::Command(
                Command::Edit { .. } | Command::Delete(_) | Command::Reply { .. } | Command::React { .. }
            )
        );
        is_pointing && self.is_behind() && self.link.is_connected()
    }

    /// Whether something that was said, or earlier messages, are still on their way.
    fn is_behind(&self) -> bool {
        !self.under_way.is_empty() || self.held.is_some()
    }

    /// Does the lines that have waited, as far as nothing is on its way any more.
    pub(super) fn go_on(&mut self) -> Goes {
        while !self.is_behind() {
            let Some(line) = self.waiting_lines.pop_front() else { break };
            if self.do_line(line) == Goes::Out {
                return Goes::Out;
            }
        }
        Goes::On
    }

    /// Does the lines that have waited without waiting any longer, since the connection is gone: what is to be said is kept,
    /// and what is about a message is refused.
    pub(super) fn wait_no_longer(&mut self) -> Goes {
        while let Some(line) = self.waiting_lines.pop_front() {
            if self.do_line(line) == Goes::Out {
                return Goes::Out;
            }
        }
        Goes::On
    }

    /// Tells which lines were not done because the visit ends.
    pub(super) fn tell_not_done(&mut self) {
        for line in std::mem::take(&mut self.waiting_lines) {
            output::words(&words::bad_line(&words::not_done(&line.text)));
            self.failed.get_or_insert_with(|| Failure::usage(words::lines_not_sent()));
        }
    }

    /// Does what a command asks for that is about a message.
    pub(super) fn on_pointing(&mut self, command: Command) -> Goes {
        let body = match self.body_of(command) {
            Ok(body) => body,
            Err(why) => return self.on_bad_line(&why),
        };
        if let Err(error) = body.to_json() {
            return self.on_bad_line(&error.said());
        }
        if !self.link.is_connected() {
            self.link.tell_keeping();
        }
        let text = body.text.clone().unwrap_or_default();
        let id = self.link.say(body);
        self.under_way.insert(id, text);
        Goes::On
    }

    fn body_of(&self, command: Command) -> Result<Body, String> {
        if self.is_behind() {
            return Err(t!("client-which-on-its-way"));
        }
        let find = |which, whose| self.scribe.pointed(which, whose);
        Ok(match command {
            Command::Edit { which, text } => {
                Body { edit: Some(find(which, Whose::Own)?), text, ..Body::default() }
            }
            Command::Delete(which) => Body { delete: Some(find(which, Whose::Own)?), ..Body::default() },
            Command::Reply { which, text } => {
                Body { reply: Some(find(which, Whose::Others)?), text, ..Body::default() }
            }
            Command::React { which, emoji } => {
                let to = find(which, Whose::Others)?;
                let own = self.scribe.own_emoji(to, &emoji).map(str::to_owned);
                let (remove, emoji) = (own.is_some(), own.unwrap_or(emoji));
                Body { react: Some(Reaction { to, emoji, remove }), ..Body::default() }
            }
            _ => Body::default(),
        })
    }
}
