//! Every word that `join`, `send` and `tail` say to the person. Not here: the causes of failed connections,
//! which the client library words.

use std::io;
use std::time::Duration;

use papo_client::ConnectError;
use papo_client::text::{for_terminal, for_terminal_line};
use papo_proto::limits::LINE_BYTES_MAX;
use papo_proto::{Address, Fingerprint, NameError, Refusal, RoomName, Seq};

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

/// Why there is no connection. Part of it may be the server's words.
pub(super) fn cause(cause: &ConnectError) -> String {
    for_terminal(&cause.to_string()).into_owned()
}

pub(super) fn waiting(why: &ConnectError, retry_in: Duration) -> String {
    format!("* {} Trying again in {:.0} s.", cause(why), retry_in.as_secs_f64().ceil())
}

pub(super) fn joined(room: &RoomName, address: &Address, you: &str, count: u64) -> String {
    format!("* You are in {room} at {address} as {you}. {} here. /help lists the commands.", people(count))
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

pub(super) fn renamed(badge: &str, name: &str) -> String {
    format!("* #{badge} is called {name} now.")
}

pub(super) fn you_are(name: &str) -> String {
    format!("* You are called {name} now.")
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "Nobody".to_owned(),
        [name] => name.clone(),
        [first @ .., last] if names.len() <= NAMES_LISTED_MAX => format!("{} and {last}", first.join(", ")),
        _ => format!("{} people", names.len()),
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

pub(super) fn taken_back(who: &str, seq: Seq) -> String {
    format!("{who} has taken back {seq}")
}

pub(super) fn reacted(who: &str, emoji: &str, to: Seq, removed: bool) -> String {
    let no_longer = if removed { " no longer" } else { "" };
    format!("{who}{no_longer}: {emoji} (to {to})")
}

pub(super) fn answers(seq: Seq) -> String {
    format!(" (to {seq})")
}

pub(super) fn corrects(seq: Seq) -> String {
    format!(" (instead of {seq})")
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
    format!("* {} from last time, not sent yet, go out now.", messages(count))
}

pub(super) fn kept(count: usize) -> String {
    format!(
        "{} could not be sent. They are kept and go out at the next `papo join` to this room.",
        messages(count)
    )
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
    fn only_a_clear_yes_is_one() {
        assert!(is_yes("Yes\n") && is_yes("y"));
        for no in ["", "\n", "no", "yep", "1"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}
