//! Every word that `join`, `send` and `tail` say to the person. Not here: the causes of failed connections,
//! which the client library words.

use std::io;
use std::time::Duration;

use papo_client::ConnectError;
use papo_client::text::{for_terminal, for_terminal_line};
use papo_proto::limits::LINE_BYTES_MAX;
use papo_proto::{Address, Fingerprint, NameError, Refusal, RoomName, Seq};

/// What is told of the first message that is said during a break.
pub(super) const KEPT_FOR_LATER: &str = "* Not connected: this is kept, and sent when the server is back.";

pub(super) const BACK: &str = "* Connected again.";

pub(super) const LINE_NOT_UTF8: &str = "the input is not UTF-8: convert it first, for example with iconv";

pub(super) const LINE_TOO_LONG: &str = "the line is too long for a message: split it into several";

pub(super) const LINES_NOT_SENT: &str = "some lines were not sent; what is wrong with them stands above";

pub(super) const ME_NEEDS_TEXT: &str = "/me needs what you are doing: /me waves";

pub(super) const NEW_LOG: &str = "* The room has begun anew: its earlier messages are gone.";

pub(super) const NOTHING_KEPT: &str =
    "* Nothing of this room is kept here yet: what `papo join` shows is kept for reading offline.";

pub(super) const NOTHING_TO_SAY: &str =
    "there is nothing to say: write a text behind `papo send`, or give one on standard input";

pub(super) const HELP: &str = "\
* Write a line to say it. Lines that begin with / are commands:
    /help            this list
    /nick NAME       be called something else
    /me TEXT         say what you are doing
    /who             who is here
    /history [N]     N messages older than those shown (20)
    /leave, /quit    leave the room
    //text           say /text";

/// Above how many names a list only counts.
const NAMES_LISTED_MAX: usize = 5;

/// Above how many others they are only counted on entering.
const OTHERS_LISTED_MAX: usize = 8;

pub(super) fn ask(address: &Address, fingerprint: &Fingerprint) -> String {
    format!(
        "The server at {address} is not known here yet. Its fingerprint is\n  {}\nCompare it with what the server's \
         operator says (`papo serve` shows it). Is it the same? [y/N]",
        fingerprint.grouped()
    )
}

pub(super) fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// Why there is no connection, in whole sentences. Part of it may be the server's words.
pub(super) fn cause(cause: &ConnectError) -> String {
    let text = for_terminal(&cause.to_string()).trim_end().to_owned();
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

/// That there is no connection, and why, unless that was told just before.
pub(super) fn waiting(why: Option<&ConnectError>, retry_in: Duration) -> String {
    let why = why.map_or_else(|| "Still no connection.".to_owned(), cause);
    format!("* {why} Trying again in {:.0} s.", retry_in.as_secs_f64().ceil())
}

/// That the room was entered. `others` are those who are known to be there, of `count` in all.
pub(super) fn joined(room: &RoomName, you: &str, others: &[String], count: u64) -> String {
    let others_count = count.saturating_sub(1).max(others.len() as u64);
    let with = match others_count {
        0 => "alone so far".to_owned(),
        1 if others.is_empty() => "with 1 other person".to_owned(),
        _ if others.len() as u64 == others_count && others.len() <= OTHERS_LISTED_MAX => {
            format!("with {}", and(others))
        }
        _ => format!("with {others_count} others"),
    };
    format!("* You are in {room} as {you}, {with}. /help lists the commands.")
}

pub(super) fn here(names: &[String]) -> String {
    format!("* Here: {}", names.join(", "))
}

pub(super) fn here_and_more(names: &[String], count: u64) -> String {
    let more = count.saturating_sub(names.len() as u64);
    if more == 0 { here(names) } else { format!("{} and {more} more", here(names)) }
}

pub(super) fn came(names: &[String], count: u64) -> String {
    format!("* {} came. {} here.", listed(names), people(count))
}

pub(super) fn went(names: &[String], count: u64) -> String {
    format!("* {} left. {} here.", listed(names), people(count))
}

/// That somebody is called otherwise. `before` is how they were shown, or their badge where that is not known.
pub(super) fn renamed(before: &str, name: &str) -> String {
    format!("* {before} is called {name} now.")
}

/// Somebody who has not proven a key.
pub(super) fn guest(who: &str) -> String {
    format!("{who} (guest)")
}

pub(super) fn you_are(name: &str) -> String {
    format!("* You are called {name} now.")
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "Nobody".to_owned(),
        _ if names.len() <= NAMES_LISTED_MAX => and(names),
        _ => format!("{} people", names.len()),
    }
}

/// All of them, with "and" before the last.
fn and(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

fn people(count: u64) -> String {
    if count == 1 { "1 person is".to_owned() } else { format!("{count} people are") }
}

pub(super) fn older(count: usize, more: bool) -> String {
    match (count, more) {
        (0, _) => "* There are no older messages.".to_owned(),
        (_, true) => format!("* {count} older messages; /history shows more:"),
        (_, false) => format!("* {count} older messages, the room's first:"),
    }
}

/// That one's own name is shown with a badge from now on, because of somebody called `other`.
pub(super) fn namesake(you: &str, other: &str, is_here: bool) -> String {
    let place = if is_here { "is here" } else { "has spoken here" };
    format!("* You are shown as {you} now: another {other} {place}.")
}

/// The first words of a message. They hold no quotation mark.
pub(super) fn quote(words: &str) -> String {
    format!("\"{words}\"")
}

/// A message that was not shown here.
pub(super) fn number(seq: Seq) -> String {
    format!("#{seq}")
}

pub(super) fn replies(who: &str, to: &str, words: &str, text: &str) -> String {
    format!("{who} replies to {to} (\"{words}\"): {text}")
}

pub(super) fn replies_to_number(who: &str, seq: Seq, text: &str) -> String {
    format!("{who} replies to {}: {text}", number(seq))
}

pub(super) fn changed(who: &str, quoted: &str, text: &str) -> String {
    format!("{who} changed {quoted} to: {text}")
}

pub(super) fn took_back(who: &str, quoted: &str) -> String {
    let colon = if quoted.starts_with('#') { "" } else { ":" };
    format!("{who} took back{colon} {quoted}")
}

pub(super) fn cannot_change(who: &str, whose: &str, words: &str, text: &str) -> String {
    format!("{who} cannot change what {whose} said (\"{words}\") to: {text}")
}

pub(super) fn cannot_take_back(who: &str, whose: &str, words: &str) -> String {
    format!("{who} cannot take back what {whose} said (\"{words}\")")
}

pub(super) fn reacts(who: &str, emoji: &str, quoted: &str, removed: bool) -> String {
    let no_longer = if removed { " no longer" } else { "" };
    format!("{who}{no_longer} reacts with {emoji} to {quoted}")
}

pub(super) fn truncated(next: Seq) -> String {
    format!("* The server no longer keeps what came before message {next}.")
}

pub(super) fn refused(refusal: &Refusal) -> String {
    let wait = refusal.retry_after.map(|seconds| format!(" ({seconds} s)")).unwrap_or_default();
    format!("* The server: {}{wait}", for_terminal(&refusal.text))
}

/// A message that was refused for good, with its text, so that it can be copied and said otherwise.
pub(super) fn not_sent(refusal: &Refusal, text: Option<&str>) -> String {
    let text = text.map(|text| format!("\n  It was: {}", for_terminal_line(text))).unwrap_or_default();
    format!("The message was not sent: {}{text}", for_terminal(&refusal.text))
}

pub(super) fn history_number(most: usize) -> String {
    format!("/history takes a number from 1 to {most}")
}

pub(super) fn nick(error: &NameError) -> String {
    format!("/nick NAME: {error}")
}

pub(super) fn bad_line(why: &str) -> String {
    format!("* Not sent: {why}")
}

pub(super) fn unknown_command(command: &str) -> String {
    format!(
        "there is no /{}. /help lists the commands; // in front says it as text",
        for_terminal_line(command)
    )
}

pub(super) fn input_unreadable(error: &io::Error) -> String {
    format!("standard input cannot be read: {error}")
}

pub(super) fn input_too_long(bytes_max: usize) -> String {
    format!(
        "the input is longer than a message may be ({bytes_max} bytes): send it line by line with --lines, or split it"
    )
}

pub(super) fn resending(count: usize) -> String {
    let go = if count == 1 { "goes" } else { "go" };
    format!("* {} from last time, not sent yet, {go} out now.", messages(count))
}

pub(super) fn kept(count: usize) -> String {
    let they = if count == 1 { "It is kept and goes" } else { "They are kept and go" };
    format!("{} could not be sent. {they} out at the next `papo join` to this room.", messages(count))
}

pub(super) fn timed_out_before_joining(timeout: Duration) -> String {
    format!(
        "nothing was sent: the room was not reached within {} s. Check the network, or allow more time with --timeout SECONDS.",
        timeout.as_secs()
    )
}

pub(super) fn timed_out_unknown(timeout: Duration, count: usize) -> String {
    format!(
        "the connection was lost, and within {} s it did not become certain that the room has {}: it may have been stored. \
         Look with `papo tail --after 0 --no-follow` before you send again.",
        timeout.as_secs(),
        messages(count).to_lowercase()
    )
}

fn messages(count: usize) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{count} messages") }
}

/// `LINE_TOO_LONG` promises that what fits into a line may be tried.
const _: () = assert!(LINE_BYTES_MAX > papo_proto::limits::BODY_BYTES_MAX);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_named_and_many_are_counted() {
        let names = |count: usize| (0..count).map(|n| format!("n{n}")).collect::<Vec<_>>();
        assert_eq!(came(&names(1), 1), "* n0 came. 1 person is here.");
        assert_eq!(came(&names(3), 7), "* n0, n1 and n2 came. 7 people are here.");
        assert_eq!(went(&names(12), 15), "* 12 people left. 15 people are here.");
        assert_eq!(here_and_more(&names(2), 5), "* Here: n0, n1 and 3 more");
    }

    #[test]
    fn whoever_enters_is_told_who_is_there_in_one_line() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let many = vec!["n".to_owned(); OTHERS_LISTED_MAX + 1];
        for (others, count, expected) in [
            (names(&[]), 1, "alone so far"),
            (names(&[]), 0, "alone so far"),
            (names(&["Zoë"]), 2, "with Zoë"),
            (names(&["Ana#ecsn", "Bia", "Zoë"]), 4, "with Ana#ecsn, Bia and Zoë"),
            (names(&["Zoë"]), 3, "with 2 others"),
            (many, 10, "with 9 others"),
            (names(&[]), 2, "with 1 other person"),
            (names(&[]), 4321, "with 4320 others"),
        ] {
            let line = joined(&RoomName::default(), "Ana", &others, count);
            assert_eq!(line, format!("* You are in lobby as Ana, {expected}. /help lists the commands."));
        }
    }

    #[test]
    fn a_break_is_told_in_whole_sentences() {
        let wait = Duration::from_millis(1_200);
        let closed = |text: &str| ConnectError::Closed {
            code: papo_proto::ClosingCode::Stopping,
            text: text.to_owned(),
            after: Some(1),
        };
        let said = "the server is stopping or restarting; nothing is lost";
        let expected = "* The server is stopping or restarting; nothing is lost. Trying again in 2 s.";
        assert_eq!(waiting(Some(&closed(said)), wait), expected);
        assert_eq!(waiting(None, wait), "* Still no connection. Trying again in 2 s.");
        let local = ConnectError::Local { text: "the disk is full".to_owned() };
        assert_eq!(cause(&local), "the disk is full.");
        assert_eq!(cause(&ConnectError::Silent), ConnectError::Silent.to_string());
        assert!(!cause(&closed("\u{1b}[2J")).contains('\u{1b}'));
    }

    #[test]
    fn only_a_clear_yes_is_one() {
        assert!(is_yes("Yes\n") && is_yes("y"));
        for no in ["", "\n", "no", "yep", "1"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}
