//! The real server on a disk that fails: system calls are made to fail or to hang by `strace`, which only Linux has.
//! Promises that are checked: the same as with kills, and that nothing is acknowledged once a sync has failed. Not
//! here: what the log itself does then, which its own tests show call by call.

use papo_torture::history::History;

use crate::crew::{ComingBack, Crew};
use crate::server::{Place, Server};
use crate::{assert_none, take_machine};

/// How many people write. `strace` makes the server slow.
const PEOPLE: usize = 8;

/// What is injected, and whether it is over by itself.
struct Fault {
    calls: &'static str,
    what: &'static str,
    /// Only for calls on this file of the log, where it is not for all.
    file: Option<&'static str>,
}

/// Invariant: after a failed sync nobody is told that anything is stored, however often they try; and what was told
/// before is there when the server is started again on a disk that works.
#[test]
fn nothing_is_echoed_after_a_failed_sync() {
    let _machine = take_machine();
    let fault = Fault { calls: "fsync,fdatasync", what: "error=EIO:when=120+", file: None };
    let (place, server, mut crew) = begin(&fault);
    crew.follow_until("everybody was refused", |crew| crew.refused_people() == PEOPLE);
    let (echoed, refused) = (crew.history().ok_len(), crew.refusals());
    crew.follow_until("they have tried again", |crew| crew.refusals() >= refused + PEOPLE);
    assert_eq!(crew.history().ok_len(), echoed, "something was echoed after a failed sync");
    assert!(
        place.diary().contains("start papo again"),
        "the operator is told what to do:\n{}",
        place.diary()
    );
    end_on_a_good_disk(&place, server, crew);
}

/// Invariant: on a disk that turns read-only, as a system does with one that is damaged, nobody is told that anything is
/// stored from then on, and the operator learns why; what was told before is there on a disk that works.
#[test]
fn nothing_is_echoed_once_the_disk_is_read_only() {
    let _machine = take_machine();
    let fault = Fault { calls: "write,pwrite64", what: "error=EROFS:when=400+", file: Some("log.db-wal") };
    let (place, server, mut crew) = begin(&fault);
    crew.follow_until("everybody was refused", |crew| crew.refused_people() == PEOPLE);
    assert!(place.diary().contains("start papo again"), "{}", place.diary());
    end_on_a_good_disk(&place, server, crew);
}

/// Invariant: a server whose folder is on a read-only disk does not start, names the file and the cause, and changes
/// nothing.
#[test]
fn a_read_only_disk_is_named_at_the_start() {
    let _machine = take_machine();
    let place = Place::new();
    place.start().kill();
    let before = place.read_log();
    let log = place.data().join("log.db").display().to_string();
    let front = ["strace", "-f", "-qq", "-o", "/dev/null", "--trace=openat", "-P", &log];
    let mut front: Vec<String> = front.map(str::to_owned).to_vec();
    front.push("--inject=openat:error=EROFS".to_owned());
    let code = place.run_under(&front);
    let diary = place.diary();
    assert_eq!(code, Some(7), "{diary}");
    let last = diary.trim_end().lines().last().unwrap_or_default();
    assert!(last.contains("log.db") && last.contains("papo: "), "{diary}");
    assert_eq!(place.read_log(), before);
}

/// Invariant: while the disk is full everybody is told so by name and can read; when there is space again everything
/// goes on by itself.
#[test]
fn a_full_disk_is_survived_without_a_restart() {
    let _machine = take_machine();
    let calls = "write,pwrite64";
    let fault = Fault { calls, what: "error=ENOSPC:when=400..405", file: Some("log.db-wal") };
    let (place, server, mut crew) = begin(&fault);
    crew.follow_until("somebody was refused", |crew| crew.refusals() > 0);
    let echoed = crew.history().ok_len();
    crew.follow_until("it goes on by itself", |crew| crew.history().ok_len() > echoed + 10 * PEOPLE);
    end_on_a_good_disk(&place, server, crew);
}

/// Invariant: a disk that hangs for seconds in the middle of a sync delays what is said, and nothing else.
#[test]
fn a_disk_that_hangs_loses_nothing() {
    let _machine = take_machine();
    let fault = Fault { calls: "fsync,fdatasync", what: "delay_enter=1500000:when=60..61", file: None };
    let (place, server, mut crew) = begin(&fault);
    crew.follow_until("much was said", |crew| crew.history().ok_len() > 60 * PEOPLE);
    assert_eq!(crew.refusals(), 0, "slow is not broken");
    end_on_a_good_disk(&place, server, crew);
}

/// A server on such a disk, and people who write.
fn begin(fault: &Fault) -> (Place, Server, Crew) {
    let place = Place::new();
    let mut words = vec!["strace".to_owned(), "-f".to_owned(), "-qq".to_owned(), "-o".to_owned()];
    words.extend(["/dev/null".to_owned(), format!("--trace={}", fault.calls)]);
    words.push(format!("--inject={}:{}", fault.calls, fault.what));
    if let Some(file) = fault.file {
        words.extend(["-P".to_owned(), place.data().join(file).display().to_string()]);
    }
    let server = place.start_under(&words);
    let mut crew = Crew::gather(&place, &server.invite, ComingBack::AtOnce, PEOPLE);
    crew.expect_refusals();
    crew.write();
    (place, server, crew)
}

/// Kills the server, starts it on a good disk, and lets everything come to rest.
fn end_on_a_good_disk(place: &Place, server: Server, mut crew: Crew) {
    let invite = server.invite.clone();
    let room = invite.room.as_str();
    server.kill();
    crew.server_is_down();
    crew.catch_up();
    assert_none("the kill", &crew.history().check_kept(room, &place.read_log()));
    let server = place.start();
    crew.server_is_up();
    crew.stop_writing();
    crew.follow_until("everything is echoed and read", Crew::is_settled);
    server.kill();
    let (history, unsent): (History, usize) = crew.dismiss(place, &invite);
    // Not the order: a disk that refuses a message and takes the next one changes it.
    assert_none("the end", &history.check_settled(room, &place.read_log()));
    assert_eq!(unsent, 0, "messages in the outboxes on the disk although all were echoed");
}
