//! Every word that `join`, `send` and `tail` say to the person, from the catalogues. Not here: the causes of
//! failed connections, which the client library words.

use std::io;
use std::time::Duration;

use papo_client::ConnectError;
use papo_client::said::Said;
use papo_client::text::{for_terminal, for_terminal_line};
use papo_proto::limits::LINE_BYTES_MAX;
use papo_proto::{Address, Fingerprint, NameError, Refusal, Role, RoomAccess, RoomName, Sanction, Seq, Whom};
use papo_words::{and, people, system, t};

/// Above how many names a list only counts.
const NAMES_LISTED_MAX: usize = 5;

/// Above how many others they are only counted on entering.
const OTHERS_LISTED_MAX: usize = 8;

/// What is told of the first message that is said during a break.
pub(super) fn kept_for_later() -> String {
    t!("chat-kept-for-later")
}

pub(super) fn back() -> String {
    t!("chat-back")
}

pub(super) fn line_not_utf8() -> String {
    t!("chat-line-not-utf8")
}

pub(super) fn line_too_long() -> String {
    t!("chat-line-too-long")
}

pub(super) fn lines_not_sent() -> String {
    t!("chat-lines-not-sent")
}

pub(super) fn new_log() -> String {
    t!("chat-new-log")
}

pub(super) fn nothing_kept() -> String {
    t!("chat-nothing-kept")
}

pub(super) fn nothing_to_say() -> String {
    t!("chat-nothing-to-say")
}

pub(super) fn help() -> String {
    t!("chat-help")
}

pub(super) fn ask(address: &Address, fingerprint: &Fingerprint) -> String {
    t!("chat-ask", address = %address, fingerprint = fingerprint.grouped())
}

/// Whether an answer is a clear yes, in the language that was asked in or in English.
pub(super) fn is_yes(answer: &str) -> bool {
    let answer = answer.trim().to_lowercase();
    matches!(answer.as_str(), "y" | "yes") || t!("chat-yes").split_whitespace().any(|yes| yes == answer)
}

/// Why there is no connection, in whole sentences. Part of it may be the server's words.
pub(super) fn cause(cause: &ConnectError) -> String {
    let text = for_terminal(&cause.to_string()).trim_end().to_owned();
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

/// That there is no connection, and why, unless that was told just before.
pub(super) fn waiting(why: Option<&ConnectError>, retry_in: Duration) -> String {
    let seconds = retry_in.as_secs_f64().ceil();
    match why {
        Some(why) => t!("chat-waiting", why = cause(why), seconds = seconds),
        None => t!("chat-still-waiting", seconds = seconds),
    }
}

/// That the room was entered. `others` are those who are known to be there, of `count` in all.
pub(super) fn joined(room: &RoomName, you: &str, others: &[String], count: u64) -> String {
    let others_count = count.saturating_sub(1).max(others.len() as u64);
    let is_listed = others.len() as u64 == others_count && others.len() <= OTHERS_LISTED_MAX;
    let with = match others_count {
        0 => t!("chat-alone"),
        _ if is_listed => t!("chat-with", names = and(others)),
        _ => t!("chat-with-others", count = others_count),
    };
    t!("chat-joined", room = %room, you = you, with = with)
}

pub(super) fn here(names: &[String]) -> String {
    t!("chat-here", names = names.join(", "))
}

pub(super) fn here_and_more(names: &[String], count: u64) -> String {
    let more = count.saturating_sub(names.len() as u64);
    if more == 0 { here(names) } else { t!("chat-here-and-more", names = names.join(", "), more = more) }
}

pub(super) fn came(names: &[String], count: u64) -> String {
    t!("chat-came", names = listed(names), count = count)
}

pub(super) fn went(names: &[String], count: u64) -> String {
    t!("chat-went", names = listed(names), count = count)
}

/// That somebody is called otherwise. `before` is how they were shown, or their badge where that is not known.
pub(super) fn renamed(before: &str, name: &str) -> String {
    t!("chat-renamed", before = before, name = name)
}

/// Somebody who has not proven a key.
pub(super) fn guest(who: &str) -> String {
    t!("chat-guest", who = who)
}

pub(super) fn you_are(name: &str) -> String {
    t!("chat-you-are", name = name)
}

fn listed(names: &[String]) -> String {
    match names {
        [] => t!("chat-nobody"),
        _ if names.len() <= NAMES_LISTED_MAX => and(names),
        _ => people(names.len() as u64),
    }
}

pub(super) fn older(count: usize, more: bool) -> String {
    match (count, more) {
        (0, _) => t!("chat-older-none"),
        (_, true) => t!("chat-older-more", count = count),
        (_, false) => t!("chat-older-first", count = count),
    }
}

/// That one's own name is shown with a badge from now on, because of somebody called `other`.
pub(super) fn namesake(you: &str, other: &str, is_here: bool) -> String {
    if is_here {
        t!("chat-namesake-here", you = you, other = other)
    } else {
        t!("chat-namesake-spoke", you = you, other = other)
    }
}

/// That somebody has come who could be taken for another one here.
pub(super) fn double(newcomer: &str, present: &str) -> String {
    t!("chat-double", newcomer = newcomer, present = present)
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
    t!("chat-replies", who = who, to = to, words = words, text = text)
}

pub(super) fn replies_to_ignored(who: &str, text: &str) -> String {
    t!("chat-replies-to-ignored", who = who, text = text)
}

/// Instead of the first words of somebody who is ignored.
pub(super) fn quote_of_ignored() -> String {
    t!("chat-quote-ignored")
}

/// That a line was not done, because the connection went before it could be.
pub(super) fn not_done(line: &str) -> String {
    t!("chat-not-done", line = for_terminal_line(line))
}

pub(super) fn replies_to_number(who: &str, seq: Seq, text: &str) -> String {
    t!("chat-replies-to-number", who = who, number = number(seq), text = text)
}

pub(super) fn changed(who: &str, quoted: &str, text: &str) -> String {
    t!("chat-changed", who = who, quoted = quoted, text = text)
}

/// How the room stands, line by line.
pub(super) fn access(access: &RoomAccess) -> Vec<String> {
    let whom = |whom: &Whom| match &whom.name {
        Some(name) => format!("{}#{}", for_terminal_line(name.as_str()), whom.id.badge()),
        None => whom.id.to_string(),
    };
    let list = |text: &dyn Fn(String) -> String, names: Vec<String>| {
        if names.is_empty() { None } else { Some(text(names.join(", "))) }
    };
    let names = |list: &[Sanction]| list.iter().map(|one| whom(&one.whom)).collect::<Vec<String>>();
    let with_role = |role: Role| {
        let those = access.staff.iter().filter(|one| one.role == role);
        those.map(|one| whom(&one.whom)).collect::<Vec<String>>()
    };
    let invites = access.invites.iter().map(|one| match one.left {
        Some(left) => format!("{} ({left})", one.invite.short()),
        None => one.invite.short(),
    });
    let way_in = if access.open { t!("chat-access-open") } else { t!("chat-access-by-invite") };
    let mut lines = vec![way_in];
    lines.extend(bounds(access));
    let lists = [
        list(&|names| t!("chat-access-owners", names = names), with_role(Role::Owner)),
        list(&|names| t!("chat-access-moderators", names = names), with_role(Role::Moderator)),
        list(&|names| t!("chat-access-bans", names = names), names(&access.bans)),
        list(&|names| t!("chat-access-mutes", names = names), names(&access.mutes)),
        list(&|names| t!("chat-access-invites", invites = names), invites.collect()),
    ];
    lines.extend(lists.into_iter().flatten());
    lines
}

/// What whoever is in the room cannot do there, or only now and then.
pub(super) fn bounds(access: &RoomAccess) -> Vec<String> {
    let lines = [
        access.locked.then(|| t!("chat-access-locked")),
        access.announce.then(|| t!("chat-access-announce")),
        (access.slow > 0).then(|| t!("chat-access-slow", seconds = access.slow)),
        access.slow_auto.then(|| t!("chat-access-slow-auto")),
        access.muted.is_some().then(|| t!("chat-access-muted")),
    ];
    lines.into_iter().flatten().collect()
}

/// The link of an invite that was just made.
pub(super) fn invite(link: &str) -> String {
    t!("chat-invite-link", link = link)
}

pub(super) fn no_link() -> String {
    t!("chat-order-no-link")
}

pub(super) fn no_random() -> String {
    t!("cli-room-no-random")
}

pub(super) fn no_invite(beginning: &str) -> String {
    t!("chat-order-no-invite", invite = beginning)
}

pub(super) fn took_back(who: &str, quoted: &str) -> String {
    if quoted.starts_with('#') {
        t!("chat-took-back-number", who = who, number = quoted)
    } else {
        t!("chat-took-back", who = who, quoted = quoted)
    }
}

pub(super) fn cannot_change(who: &str, whose: &str, words: &str, text: &str) -> String {
    t!("chat-cannot-change", who = who, whose = whose, words = words, text = text)
}

pub(super) fn cannot_take_back(who: &str, whose: &str, words: &str) -> String {
    t!("chat-cannot-take-back", who = who, whose = whose, words = words)
}

pub(super) fn reacts(who: &str, emoji: &str, quoted: &str, removed: bool) -> String {
    if removed {
        t!("chat-no-longer-reacts", who = who, emoji = emoji, quoted = quoted)
    } else {
        t!("chat-reacts", who = who, emoji = emoji, quoted = quoted)
    }
}

pub(super) fn truncated(next: Seq) -> String {
    t!("chat-truncated", next = %next)
}

pub(super) fn refused(refusal: &Refusal) -> String {
    match refusal.retry_after {
        Some(seconds) => t!("chat-refused-wait", text = refusal.said(), seconds = seconds),
        None => t!("chat-refused", text = refusal.said()),
    }
}

/// That the server takes messages more slowly than they come: so many wait, and the next of them goes in so many seconds.
pub(super) fn slowed(waiting: usize, seconds: u32) -> String {
    t!("chat-slowed", waiting = waiting, seconds = seconds)
}

/// A message that was refused for good, with its text, so that it can be copied and said otherwise.
pub(super) fn not_sent(refusal: &Refusal, text: Option<&str>) -> String {
    let not_sent = t!("chat-not-sent", text = refusal.said());
    match text {
        Some(text) if !text.is_empty() => {
            format!("{not_sent}\n  {}", t!("chat-it-was", text = for_terminal_line(text)))
        }
        _ => not_sent,
    }
}

pub(super) fn call(error: &NameError) -> String {
    t!("chat-call-wrong", why = error.said())
}

pub(super) fn called(who: &str, name: &str) -> String {
    t!("chat-called", who = who, name = name)
}

pub(super) fn called_no_more(who: &str) -> String {
    t!("chat-called-no-more", who = who)
}

pub(super) fn called_not(who: &str) -> String {
    t!("chat-called-not", who = who)
}

pub(super) fn calls(list: &[String]) -> String {
    if list.is_empty() { t!("chat-called-nobody") } else { t!("chat-called-list", list = list.join(", ")) }
}

/// Whose messages are not shown.
pub(super) fn ignored(list: &[String]) -> String {
    if list.is_empty() {
        format!("* {}", t!("client-ignored-nobody"))
    } else {
        t!("chat-ignored-list", list = list.join(", "))
    }
}

/// That somebody's messages are shown no more, or again.
pub(super) fn ignoring(who: &str, is_ignored: bool) -> String {
    let text =
        if is_ignored { t!("client-ignored", name = who) } else { t!("client-ignored-no-more", name = who) };
    format!("* {text}")
}

/// How many messages were found, above those that are shown.
pub(super) fn found(count: usize) -> String {
    t!("chat-found", count = count)
}

/// Somebody by the reader's own name for them, and by theirs.
pub(super) fn petname(petname: &str, name: &str) -> String {
    t!("chat-petname", petname = petname, name = name)
}

pub(super) fn nick(error: &NameError) -> String {
    t!("chat-nick", why = error.said())
}

pub(super) fn bad_line(why: &str) -> String {
    t!("chat-bad-line", why = why)
}

pub(super) fn unknown_command(command: &str) -> String {
    t!("chat-unknown-command", command = for_terminal_line(command))
}

pub(super) fn input_unreadable(error: &io::Error) -> String {
    t!("chat-input-unreadable", cause = system(error))
}

pub(super) fn input_too_long(bytes_max: usize) -> String {
    t!("chat-input-too-long", most = bytes_max)
}

pub(super) fn resending(count: usize) -> String {
    t!("chat-resending", count = count)
}

pub(super) fn kept(count: usize) -> String {
    t!("chat-kept", count = count)
}

pub(super) fn timed_out_before_joining(timeout: Duration) -> String {
    t!("chat-timed-out-before-joining", seconds = timeout.as_secs())
}

pub(super) fn timed_out_unknown(timeout: Duration, count: usize) -> String {
    t!("chat-timed-out-unknown", seconds = timeout.as_secs(), count = count)
}

/// `line_too_long` promises that what fits into a line may be tried.
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
            (names(&[]), 4321, "with 4,320 others"),
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
        assert!(is_yes("Yes\n") && is_yes("y") && !is_yes("sim"));
        papo_words::in_language(papo_words::Language::Portuguese, || {
            assert!(is_yes("Sim\n") && is_yes("s") && is_yes("y") && !is_yes("não"));
        });
        for no in ["", "\n", "no", "yep", "1"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}
