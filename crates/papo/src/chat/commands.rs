//! What a typed line means: a text, or one of the commands that begin with `/`. An unknown command is never
//! sent, since what looks like one was not meant for others. Not here: doing it.

use papo_client::orders::{self, Order};
use papo_proto::Name;
use papo_proto::limits::HISTORY_MESSAGES_MAX;

use super::words;

/// How many messages `/history` shows where it is not said.
const HISTORY_DEFAULT: u32 = 20;

/// What a line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing.
    Nothing,
    /// Say this.
    Say(String),
    /// Be called this.
    Rename(Name),
    /// Call this one so, for oneself; without a name, as they call themselves.
    Call { whom: String, name: Option<Name> },
    /// Tell what one calls others.
    Calls,
    /// Tell who is here.
    Who,
    /// Show so many older messages.
    History(u32),
    /// Show the list of commands.
    Help,
    /// Leave the room.
    Leave,
    /// Do this in the room.
    Order(Order),
    /// A command that there is not.
    Unknown(String),
    /// A command whose argument is wrong, and how.
    Wrong(String),
}

/// Reads a line.
pub(super) fn read(line: &str) -> Typed {
    let Some(command) = line.strip_prefix('/') else {
        return if line.trim().is_empty() { Typed::Nothing } else { Typed::Say(line.to_owned()) };
    };
    if command.starts_with('/') {
        return Typed::Say(command.to_owned());
    }
    let (command, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    match (command.to_lowercase().as_str(), rest.trim()) {
        ("help" | "?", _) => Typed::Help,
        ("who" | "names", _) => Typed::Who,
        ("leave" | "quit", _) => Typed::Leave,
        ("me", "") => Typed::Wrong(words::me_needs_text()),
        ("me", action) => Typed::Say(format!("*{action}*")),
        ("nick", name) => {
            Name::parse(name).map_or_else(|error| Typed::Wrong(words::nick(&error)), Typed::Rename)
        }
        ("call" | "petname", "") => Typed::Calls,
        ("call" | "petname", rest) => call(rest),
        ("history", "") => Typed::History(HISTORY_DEFAULT),
        ("history", number) => match number.parse() {
            Ok(number) if (1..=HISTORY_MESSAGES_MAX).contains(&(number as usize)) => Typed::History(number),
            _ => Typed::Wrong(words::history_number(HISTORY_MESSAGES_MAX)),
        },
        (other, rest) => match orders::read(other, rest) {
            Some(Ok(order)) => Typed::Order(order),
            Some(Err(why)) => Typed::Wrong(why),
            None => Typed::Unknown(command.to_owned()),
        },
    }
}

/// `/call WHOM NAME` or `/call WHOM`; whom is one word.
fn call(rest: &str) -> Typed {
    let (whom, name) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let whom = whom.to_owned();
    match name.trim() {
        "" => Typed::Call { whom, name: None },
        name => match Name::parse(name) {
            Ok(name) => Typed::Call { whom, name: Some(name) },
            Err(error) => Typed::Wrong(words::call(&error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_means_one_thing() {
        let say = |text: &str| Typed::Say(text.to_owned());
        for (line, expected) in [
            ("oi", say("oi")),
            (" indented", say(" indented")),
            ("", Typed::Nothing),
            ("  ", Typed::Nothing),
            ("//etc/hosts", say("/etc/hosts")),
            ("/me waves", say("*waves*")),
            ("/nick Zoë", Typed::Rename(Name::parse("Zoë").unwrap())),
            ("/call", Typed::Calls),
            ("/call Ana", Typed::Call { whom: "Ana".to_owned(), name: None }),
            (
                "/petname Ana#25nj Mãe querida",
                Typed::Call { whom: "Ana#25nj".to_owned(), name: Some(Name::parse("Mãe querida").unwrap()) },
            ),
            ("/who", Typed::Who),
            ("/HELP", Typed::Help),
            ("/history", Typed::History(20)),
            ("/history 7", Typed::History(7)),
            ("/quit", Typed::Leave),
            ("/leave now", Typed::Leave),
            ("/", Typed::Unknown(String::new())),
            ("/etc/hosts", Typed::Unknown("etc/hosts".to_owned())),
        ] {
            assert_eq!(read(line), expected, "{line:?}");
        }
        for wrong in [
            "/me",
            "/nick",
            "/nick \u{202e}",
            "/call Ana \u{202e}",
            "/history 0",
            "/history 201",
            "/history x",
        ] {
            assert!(matches!(read(wrong), Typed::Wrong(_)), "{wrong:?}");
        }
    }
}
