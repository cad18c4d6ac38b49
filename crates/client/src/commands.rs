//! What a line that begins with `/` asks for: one list for every surface, so that what works in the window works in the
//! terminal. What is no command is never said to the room, since it was not meant for others. Not here: doing it, and
//! what concerns others ([`crate::orders`]), and which message is meant ([`crate::pointed`]).

use papo_proto::limits::HISTORY_MESSAGES_MAX;
use papo_proto::{Name, NameError};
use papo_words::t;

use crate::orders::{self, Order};
use crate::pointed::{self, Which};
use crate::state::{Clock, Theme, emoji};
use crate::text::for_terminal_line;

/// How many messages `/history` shows where it is not said.
const HISTORY_DEFAULT: u32 = 20;

/// What `/shrug` says.
const SHRUG: &str = "¯\\_(ツ)_/¯";

/// Which program reads a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// The window.
    Window,
    /// The terminal, line by line.
    Terminal,
}

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
    /// Change a message of one's own; without a text it is put into the field to be changed.
    Edit {
        /// Which one.
        which: Which,
        /// What it says then.
        text: Option<String>,
    },
    /// Take back a message of one's own.
    Delete(Which),
    /// Answer a message; without a text the field is made ready for the answer.
    Reply {
        /// Which one.
        which: Which,
        /// The answer.
        text: Option<String>,
    },
    /// Put an emoji under a message, or take one's own away.
    React {
        /// Which one.
        which: Which,
        /// The emoji.
        emoji: String,
    },
    /// Be light or dark.
    Theme(Theme),
    /// Show the times of messages, or do not.
    TimesShown(bool),
    /// Write times of day so.
    Clock(Clock),
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
pub const WORDS: [&str; 20] = [
    "call",
    "clear",
    "delete",
    "edit",
    "help",
    "history",
    "ignore",
    "leave",
    "me",
    "nick",
    "quit",
    "react",
    "reply",
    "search",
    "shrug",
    "theme",
    "timestamp",
    "unignore",
    "who",
    "whois",
];

/// A command that one surface cannot do.
struct NotThere {
    surface: Surface,
    word: &'static str,
    /// What is said where it is typed there all the same: cause and remedy.
    why: fn() -> String,
}

/// What one surface or the other cannot do.
const NOT_THERE: [NotThere; 1] =
    [NotThere { surface: Surface::Terminal, word: "theme", why: || t!("client-theme-terminal") }];

/// The words behind which somebody's name stands.
pub const ABOUT: [&str; 11] =
    ["call", "whois", "ignore", "unignore", "kick", "ban", "unban", "mute", "unmute", "op", "deop"];

/// Every word that a surface offers, without the `/`.
pub fn offered(surface: Surface) -> impl Iterator<Item = &'static str> {
    let is_there = move |word: &&str| NOT_THERE.iter().all(|not| not.surface != surface || not.word != *word);
    WORDS.iter().chain(&orders::WORDS).copied().filter(is_there)
}

/// Whether a line is a command: `//` begins a text with one `/`.
pub fn is_command(line: &str) -> bool {
    line.starts_with('/') && !line.starts_with("//")
}

/// The text of a line that is no command.
pub fn text_of(line: &str) -> &str {
    line.strip_prefix('/').filter(|rest| rest.starts_with('/')).unwrap_or(line)
}

/// Reads a line that [is a command](is_command), for this surface.
pub fn read(line: &str, surface: Surface) -> Result<Command, Wrong> {
    let line = line.strip_prefix('/').unwrap_or(line);
    let (command, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (word, rest) = (command.to_lowercase(), rest.trim());
    if let Some(not) = NOT_THERE.iter().find(|not| not.surface == surface && not.word == word) {
        return Err(Wrong::Usage((not.why)()));
    }
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
        "edit" | "delete" | "reply" | "react" => return about_message(&word, rest, surface),
        "theme" => return theme(rest),
        "timestamp" | "timestamps" => return times(rest, surface),
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

/// `/reply text`, `/edit ^2 text`, `/react :tada:`.
fn about_message(word: &str, rest: &str, surface: Surface) -> Result<Command, Wrong> {
    let (which, rest) = pointed::read(rest);
    // A line has no field in which something could be opened.
    let text = match (rest, surface) {
        ("", Surface::Terminal) => None,
        ("", Surface::Window) => Some(None),
        (text, _) => Some(Some(text.to_owned())),
    };
    match word {
        "edit" => {
            let text = text.ok_or_else(|| Wrong::Usage(t!("client-edit-usage")))?;
            Ok(Command::Edit { which, text })
        }
        "reply" => {
            let text = text.ok_or_else(|| Wrong::Usage(t!("client-reply-usage")))?;
            Ok(Command::Reply { which, text })
        }
        "delete" if rest.is_empty() => Ok(Command::Delete(which)),
        "delete" => Err(Wrong::Usage(t!("client-delete-usage"))),
        _ if rest.is_empty() => Err(Wrong::Usage(t!("client-react-usage"))),
        _ => match emoji::of(rest) {
            Some(emoji) => Ok(Command::React { which, emoji }),
            None => {
                Err(Wrong::Usage(t!("client-react-unknown", word = for_terminal_line(rest).into_owned())))
            }
        },
    }
}

fn theme(rest: &str) -> Result<Command, Wrong> {
    Ok(Command::Theme(match rest.to_lowercase().as_str() {
        "light" => Theme::Light,
        "dark" => Theme::Dark,
        "system" => Theme::System,
        _ => return Err(Wrong::Usage(t!("client-theme-usage"))),
    }))
}

fn times(rest: &str, surface: Surface) -> Result<Command, Wrong> {
    Ok(match (rest.to_lowercase().as_str(), surface) {
        ("on", _) => Command::TimesShown(true),
        ("off", _) => Command::TimesShown(false),
        ("24", Surface::Window) => Command::Clock(Clock::Hours24),
        ("12", Surface::Window) => Command::Clock(Clock::Hours12),
        (_, Surface::Window) => return Err(Wrong::Usage(t!("client-times-usage"))),
        (_, Surface::Terminal) => return Err(Wrong::Usage(t!("client-times-usage-terminal"))),
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
    use papo_proto::Seq;

    use super::*;

    fn read(line: &str) -> Result<Command, Wrong> {
        super::read(line, Surface::Window)
    }

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
    fn commands_about_messages_say_which_one() {
        let last = Which::FromEnd(1);
        let edit = |which, text: Option<&str>| Ok(Command::Edit { which, text: text.map(str::to_owned) });
        let reply = |which, text: Option<&str>| Ok(Command::Reply { which, text: text.map(str::to_owned) });
        let react = |which, emoji: &str| Ok(Command::React { which, emoji: emoji.to_owned() });
        for (line, expected) in [
            ("/edit", edit(last, None)),
            ("/edit 2 cakes", edit(last, Some("2 cakes"))),
            ("/edit ^2 two\nlines", edit(Which::FromEnd(2), Some("two\nlines"))),
            ("/delete", Ok(Command::Delete(last))),
            ("/delete ^#81", Ok(Command::Delete(Which::Number(Seq::new(81))))),
            ("/reply", reply(last, None)),
            ("/reply ^3 yes", reply(Which::FromEnd(3), Some("yes"))),
            ("/react 👍", react(last, "👍")),
            ("/react :tada:", react(last, "🎉")),
            ("/react ^2 +1", react(Which::FromEnd(2), "👍")),
            ("/theme Dark", Ok(Command::Theme(Theme::Dark))),
            ("/timestamp off", Ok(Command::TimesShown(false))),
            ("/timestamp 12", Ok(Command::Clock(Clock::Hours12))),
        ] {
            assert_eq!(read(line), expected, "{line:?}");
        }
        for wrong in [
            "/delete 2",
            "/react",
            "/react nonsense",
            "/react ok then",
            "/theme",
            "/theme blue",
            "/timestamp",
        ] {
            assert!(matches!(read(wrong), Err(Wrong::Usage(_))), "{wrong:?}");
        }
    }

    /// A command that a surface cannot do says so, rather than being called unknown.
    #[test]
    fn what_a_surface_cannot_do_is_not_offered_there_and_says_why() {
        let terminal = |line: &str| super::read(line, Surface::Terminal);
        for line in ["/theme dark", "/timestamp 12", "/edit", "/edit ^2", "/reply"] {
            assert!(read(line).is_ok(), "{line}");
            assert!(matches!(terminal(line), Err(Wrong::Usage(_))), "{line}");
        }
        assert_eq!(terminal("/timestamp off"), Ok(Command::TimesShown(false)));
        assert!(offered(Surface::Window).any(|word| word == "theme"));
        assert!(!offered(Surface::Terminal).any(|word| word == "theme"));
    }

    #[test]
    fn every_word_that_is_offered_is_a_command() {
        for surface in [Surface::Window, Surface::Terminal] {
            for word in offered(surface) {
                let read = super::read(&format!("/{word} x"), surface);
                assert!(!matches!(read, Err(Wrong::Unknown(_))), "{word}");
            }
        }
    }

    #[test]
    fn two_slashes_are_the_text_with_one() {
        assert!(!is_command("//nick is a command") && !is_command("oi"));
        assert_eq!(text_of("//nick is a command"), "/nick is a command");
        assert_eq!(text_of("oi"), "oi");
    }
}
