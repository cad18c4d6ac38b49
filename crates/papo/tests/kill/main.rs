//! The real server is killed again and again while fifty real clients write. Promises that are checked: what was
//! echoed is in the log, at that place, after every kill; everybody is shown each place once and in order; what
//! was said is stored exactly once, in the order in which it was said. Not here: the loss of power. A killed
//! program leaves the system's cache whole, so that whether the log waits for the disk is not seen by this test.

// The first is said once more, for the lints: helpers of tests may panic as tests do.
#![cfg(test)]
#![cfg(unix)]

mod check;
mod crew;
mod random;
mod server;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use check::{Entry, Transcript, Violation, check_kept, check_settled};
use crew::{CLIENTS, ComingBack, Crew};
use random::Random;
use server::Place;

/// How often the server is killed.
const KILLS: u64 = 20;

/// A kill comes after fewer echoes than this since the start before it; perhaps after none.
const ECHOES_MAX: u64 = 250;

/// How many echoes there have to be before a server is asked to stop, and after the last start.
const ECHOES_UNDER_LOAD: u64 = 300;

/// How long a server may take to stop in order.
const STOP_MAX: Duration = Duration::from_secs(5);

/// How many broken promises are shown.
const SHOWN_MAX: usize = 20;

/// Each of the two tests wants the machine for itself.
static MACHINE: Mutex<()> = Mutex::new(());

#[test]
fn killing_the_server_loses_nothing_echoed() {
    let _machine = take_machine();
    let start = Instant::now();
    let mut random = Random::from_environment();
    let place = Place::new();
    let mut server = place.start();
    let invite = server.invite.clone();
    let mut crew = Crew::gather(&place, &invite, ComingBack::AtOnce);
    crew.write();
    let mut echoed_before_kills = 0;
    for kill in 1..=KILLS {
        let moment = random.below(ECHOES_MAX);
        crew.follow_until("there are enough echoes", |crew| crew.echoes >= moment);
        server.kill();
        crew.server_is_down();
        crew.catch_up();
        echoed_before_kills = crew.sent_len();
        let log = place.read_log();
        assert_none(&format!("kill {kill}"), &check_kept(&log, crew.transcripts()));
        server = place.start();
        assert_eq!(server.invite, invite, "it comes back as the same server");
        crew.server_is_up();
    }
    crew.follow_until("everybody writes again", |crew| crew.echoes >= ECHOES_UNDER_LOAD);
    crew.stop_writing();
    crew.follow_until("everything is echoed and read", Crew::is_settled);
    let (said, sent) = (crew.said_len(), crew.sent_len());
    server.kill();
    let (transcripts, unsent) = crew.dismiss(&place, &invite);
    let log = place.read_log();
    check_everything(&log, &transcripts, unsent);
    println!(
        "{CLIENTS} clients, {KILLS} kills: {said} messages said, {sent} echoed ({echoed_before_kills} of them before \
         the last kill), {} stored; nothing lost, doubled or out of order; {:.1} s; PAPO_KILL_SEED={}",
        log.len(),
        start.elapsed().as_secs_f64(),
        random.seed,
    );
}

#[test]
fn stopping_the_server_under_load_loses_nothing_and_tells_everybody() {
    let _machine = take_machine();
    let start = Instant::now();
    let place = Place::new();
    let server = place.start();
    let invite = server.invite.clone();
    let mut crew = Crew::gather(&place, &invite, ComingBack::ByItself);
    crew.write();
    crew.follow_until("everybody is in and writes", |crew| {
        crew.is_all_joined() && crew.echoes >= ECHOES_UNDER_LOAD
    });
    let asked = Instant::now();
    server.ask_to_stop();
    assert_eq!(server.wait(), Some(0), "{}", place.diary());
    let stopped_after = asked.elapsed();
    assert!(stopped_after < STOP_MAX, "it took {stopped_after:?}");
    crew.server_is_down();
    crew.follow_until("everybody was told", Crew::is_all_told);
    let echoed_before_stop = crew.sent_len();
    assert_none("the stop", &check_kept(&place.read_log(), crew.transcripts()));
    let server = place.start();
    crew.server_is_up();
    crew.follow_until("everybody is back and writes", |crew| {
        crew.is_all_joined() && crew.echoes >= ECHOES_UNDER_LOAD
    });
    crew.stop_writing();
    crew.follow_until("everything is echoed and read", Crew::is_settled);
    let said = crew.said_len();
    server.ask_to_stop();
    assert_eq!(server.wait(), Some(0), "{}", place.diary());
    let (transcripts, unsent) = crew.dismiss(&place, &invite);
    check_everything(&place.read_log(), &transcripts, unsent);
    println!(
        "{CLIENTS} clients, stopped under load in {} ms: {said} messages said, {echoed_before_stop} echoed before \
         the stop; nothing lost, doubled or out of order; {:.1} s",
        stopped_after.as_millis(),
        start.elapsed().as_secs_f64(),
    );
}

fn take_machine() -> MutexGuard<'static, ()> {
    // Whether the other test has failed does not matter to this one.
    MACHINE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[track_caller]
fn check_everything(log: &[Entry], transcripts: &[Transcript], unsent: usize) {
    assert_none("the end", &check_settled(log, transcripts));
    assert_eq!(unsent, 0, "messages in the outboxes on the disk although all were echoed");
}

#[track_caller]
fn assert_none(after: &str, violations: &[Violation]) {
    let shown: Vec<_> = violations.iter().take(SHOWN_MAX).collect();
    assert!(violations.is_empty(), "after {after}, {} promises are broken: {shown:#?}", violations.len());
}
