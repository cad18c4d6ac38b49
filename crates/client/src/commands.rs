//! What a line that begins with `/` asks for: one list for every surface, so that what works in the window works in the
//! terminal. What is no command is never said to the room, since it was not meant for others. Not here: doing it, and
//! what concerns others ([`crate::orders`]).

use papo_proto::limits::HISTORY_MESSAGES_MAX;
use papo_proto::{Name, NameError};
use papo_words::t;

use crate::orders::{self, Order};
use crate::text::for_terminal_line;

/// How many messages `/history` shows where it is not said.
const HISTORY_DEFAULT: u32 = 20;

/// What `/shrug` says.
const SHRUG: &str = "¯\\_(ツ)_/¯";

/// What a command asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Show the commands.
    Help,
    /// Say this.
    Say(String),
    /// Be called so.
    Rename(Name),
    /// Call this one so, for oneself; without a name, as they call themselves.
    Call {
        /// Whom, as it was typed.
        whom: String,
        /// How.
        name: Option<Name>,
    },
    /// Tell what one calls others.
    Calls,
    /// Tell who is here.
    Who,
    /// Tell what is known of this one.
    Whois(String),
    /// Show nothing of what this one says.
    Ignore(String),
    /// Show it again.
    Unignore(String),
    /// Tell whose messages are not shown.
    Ignored,
    /// Search for this.
    Search(String),
    /// Show so many older messages.
    History(u32),
    /// Show nothing of what was said until now.
    Clear,
    /// Do this in the room, or tell how it stands.
    Order(Order),
    /// Leave the room.
    Leave,
}

/// Why a line asks for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// There is no such command.
    Unknown(String),
    /// Nobody can be called so oneself.
    Name(NameError),
    /// Nobody can be called so by another.
    Petname(NameError),
    /// Something is missing behind the command, or cannot stand there; the text says what.
    Usage(String),
}

/// Every word that [`read`] knows, without the `/`; the other words for the same are not in it.
pub const WORDS: [&str; 14] = [
    "call", "clear", "help", "history", "ignore", "leave", "me", "nick", "quit", "search", "shrug",
    "unignore", "who", "whois",
];

/// The words behind which somebody's name stands.
pub const ABOUT: [&str; 11] =
    ["call", "whois", "ignore", "unignore", "kick", "ban", "unban", "mute", "unmute", "op", "deop"];

/// Whether a line is a command: `//` begins a text with one `/`.
pub fn is_command(line: &str) -> bool {
    line.starts_with('/') && !line.starts_with("//")
}

/// The text of a line that is no command.
pub fn text_of(line: &str) -> &str {
    line.strip_prefix('/').filter(|rest| rest.starts_with('/')).unwrap_or(line)
}

/// Reads a line that [is a command](is_command).
pub fn read(line: &str) -> Result<Command, Wrong> {
    let line = line.strip_prefix('/').unwrap_or(line);
    let (command, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (word, rest) = (command.to_lowercase(), rest.trim());
    let needed = |make: fn(String) -> Command, usage: String| {
        if rest.is_empty() { Err(Wrong::Usage(usage)) } else { Ok(make(rest.to_owned())) }
    };
    Ok(match word.as_str() {
        "help" | "?" | "commands" => Command::Help,
        "me" => return needed(|text| Command::Say(format!("*{text}*")), t!("client-me-usage")),
        "shrug" if rest.is_empty() => Command::Say(SHRUG.to_owned()),
        "shrug" => Command::Say(format!("{rest} {SHRUG}")),
        "nick" | "name" => Command::Rename(Name::parse(rest).map_err(Wrong::Name)?),
        "call" | "petname" if rest.is_empty() => Command::Calls,
        "call" | "petname" => return call(rest),
        "who" | "names" => Command::Who,
        "whois" => return needed(Command::Whois, t!("client-whois-usage")),
        "ignore" if rest.is_empty() => Command::Ignored,
        "ignore" => Command::Ignore(rest.to_owned()),
        "unignore" => return needed(Command::Unignore, t!("client-unignore-usage")),
        "search" | "find" => return needed(Command::Search, t!("client-search-usage")),
        "history" => return history(rest),
        "clear" => Command::Clear,
        "leave" | "quit" | "exit" | "part" => Command::Leave,
        // What a person may know from elsewhere and is not here yet is said so, rather than called unknown.
        "msg" | "query" => return Err(Wrong::Usage(t!("client-no-direct"))),
        "away" | "back" => return Err(Wrong::Usage(t!("client-no-away"))),
        other => {
            return match orders::read(other, rest) {
                Some(Ok(order)) => Ok(Command::Order(order)),
                Some(Err(why)) => Err(Wrong::Usage(why)),
                None => Err(Wrong::Unknown(command.to_owned())),
            };
        }
    })
}

/// `/call WHOM NAME` or `/call WHOM`; whom is one word.
fn call(rest: &str) -> Result<Command, Wrong> {
    let (whom, name) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let whom = whom.to_owned();
    match name.trim() {
        "" => Ok(Command::Call { whom, name: None }),
        name => Ok(Command::Call { whom, name: Some(Name::parse(name).map_err(Wrong::Petname)?) }),
    }
}

fn history(rest: &str) -> Result<Command, Wrong> {
    match rest.parse::<u32>() {
        _ if rest.is_empty() => Ok(Command::History(HISTORY_DEFAULT)),
        Ok(number) if (1..=HISTORY_MESSAGES_MAX).contains(&(number as usize)) => Ok(Command::History(number)),
        _ => Err(Wrong::Usage(t!("client-history-usage", most = HISTORY_MESSAGES_MAX))),
    }
}

/// What is known of somebody, in a sentence. `who` is how the surface calls them.
pub fn whois(who: &str, id: &papo_proto::MemberId, is_here: bool) -> String {
    let who = for_terminal_line(who).into_owned();
    match (id.is_guest(), is_here) {
        (true, _) => t!("client-whois-guest", who = who),
        (false, true) => t!("client-whois-here", who = who, id = id.as_str(), badge = id.badge()),
        (false, false) => t!("client-whois-gone", who = who, id = id.as_str(), badge = id.badge()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_asks_for_one_thing() {
        let say = |text: &str| Ok(Command::Say(text.to_owned()));
        for (line, expected) in [
            ("/me waves", say("*waves*")),
            ("/shrug", say("¯\\_(ツ)_/¯")),
            ("/shrug who knows", say("who knows ¯\\_(ツ)_/¯")),
            ("/nick  Zoë ", Ok(Command::Rename(Name::parse("Zoë").unwrap()))),
            ("/call", Ok(Command::Calls)),
            ("/call Zoë", Ok(Command::Call { whom: "Zoë".into(), name: None })),
            (
                "/petname Ana#25nj Mãe querida",
                Ok(Command::Call { whom: "Ana#25nj".into(), name: Name::parse("Mãe querida").ok() }),
            ),
            ("/who", Ok(Command::Who)),
            ("/HELP", Ok(Command::Help)),
            ("/ignore", Ok(Command::Ignored)),
            ("/ignore Zoë", Ok(Command::Ignore("Zoë".into()))),
            ("/search bolo de milho", Ok(Command::Search("bolo de milho".into()))),
            ("/history", Ok(Command::History(20))),
            ("/history 7", Ok(Command::History(7))),
            ("/clear", Ok(Command::Clear)),
            ("/quit", Ok(Command::Leave)),
            ("/announce off", Ok(Command::Order(Order::Act(papo_proto::Act::Announce { on: false })))),
            ("/", Err(Wrong::Unknown(String::new()))),
            ("/kcik Ana", Err(Wrong::Unknown("kcik".into()))),
            ("/etc/hosts", Err(Wrong::Unknown("etc/hosts".into()))),
        ] {
            assert!(is_command(line));
            assert_eq!(read(line), expected, "{line:?}");
        }
        for wrong in [
            "/me",
            "/whois",
            "/unignore ",
            "/search",
            "/history 0",
            "/history 201",
            "/history x",
            "/msg Zoë oi",
        ] {
            assert!(matches!(read(wrong), Err(Wrong::Usage(_))), "{wrong:?}");
        }
        assert!(matches!(read("/nick \u{202e}"), Err(Wrong::Name(_))));
        assert!(matches!(read("/call Ana \u{202e}"), Err(Wrong::Petname(_))));
    }

    #[test]
    fn every_word_that_is_offered_is_a_command() {
        for word in WORDS.iter().chain(&orders::WORDS) {
            assert!(!matches!(read(&format!("/{word} x")), Err(Wrong::Unknown(_))), "{word}");
        }
    }

    #[test]
    fn two_slashes_are_the_text_with_one() {
        assert!(!is_command("//nick is a command") && !is_command("oi"));
        assert_eq!(text_of("//nick is a command"), "/nick is a command");
        assert_eq!(text_of("oi"), "oi");
    }
}
