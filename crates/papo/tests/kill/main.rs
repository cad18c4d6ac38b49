//! The real server is killed again and again while fifty real clients write. Promises that are checked: what was
//! echoed is in the log, at that place, after every kill; everybody is shown each place once and in order; what
//! was said is stored exactly once, in the order in which it was said. Not here: the loss of power. A killed
//! program leaves the system's cache whole, so that whether the log waits for the disk is not seen by this test.

// The first is said once more, for the lints: helpers of tests may panic as tests do.
#![cfg(test)]
#![cfg(unix)]

#[cfg(target_os = "linux")]
mod chaos;
mod crew;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod everywhere;
#[cfg(target_os = "linux")]
mod memory;
mod network;
#[cfg(target_os = "linux")]
mod nodes;
#[cfg(target_os = "linux")]
mod partition;
#[cfg(target_os = "linux")]
mod presence;
mod random;
#[cfg(target_os = "linux")]
mod restored;
mod server;
mod waits;

use std::env;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use papo_torture::history::{Entry, History, Violation};

use crew::{ComingBack, Crew};
use random::Random;
use server::Place;

/// How many people write.
const CLIENTS: usize = 50;

/// How often one server is killed. Then another one begins with an empty log, lest reading it takes the time.
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

/// `PAPO_KILLS` says how many kills there are at least, and `PAPO_SOAK_SECONDS` for how long it goes on.
#[test]
fn killing_the_server_loses_nothing_echoed() {
    let _machine = take_machine();
    let start = Instant::now();
    let (kills_min, seconds) = (number("PAPO_KILLS"), number("PAPO_SOAK_SECONDS"));
    let mut random = Random::from_environment();
    let (mut kills, mut said, mut echoed) = (0, 0, 0);
    while kills == 0 || kills < kills_min || start.elapsed() < Duration::from_secs(seconds) {
        let history = kill_again_and_again(&mut random);
        kills += KILLS;
        said += history.invoked_len();
        echoed += history.ok_len();
    }
    println!(
        "{CLIENTS} clients; {:.1} s; PAPO_KILL_SEED={}\n\
         soak: kill: {kills} kills, {said} messages said, {echoed} echoed, 0 broken promises",
        start.elapsed().as_secs_f64(),
        random.seed,
    );
}

/// One server, killed as often as is planned, and read at the end.
fn kill_again_and_again(random: &mut Random) -> History {
    let place = Place::new();
    let mut server = place.start();
    let invite = server.invite.clone();
    let room = invite.room.as_str();
    let mut crew = Crew::gather(&place, &invite, ComingBack::AtOnce, CLIENTS);
    crew.write();
    for kill in 1..=KILLS {
        let moment = random.below(ECHOES_MAX);
        crew.follow_until("there are enough echoes", |crew| crew.echoes >= moment);
        server.kill();
        crew.server_is_down();
        crew.catch_up();
        check_kept(&format!("kill {kill}"), crew.history(), room, &place.read_log());
        server = place.start();
        assert_eq!(server.invite, invite, "it comes back as the same server");
        crew.server_is_up();
    }
    crew.follow_until("everybody writes again", |crew| crew.echoes >= ECHOES_UNDER_LOAD);
    crew.stop_writing();
    crew.follow_until("everything is echoed and read", Crew::is_settled);
    server.kill();
    let (history, unsent) = crew.dismiss(&place, &invite);
    check_settled(&history, room, &place.read_log(), unsent);
    history
}

#[test]
fn stopping_the_server_under_load_loses_nothing_and_tells_everybody() {
    let _machine = take_machine();
    let start = Instant::now();
    let place = Place::new();
    let server = place.start();
    let invite = server.invite.clone();
    let mut crew = Crew::gather(&place, &invite, ComingBack::ByItself, CLIENTS);
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
    let echoed_before_stop = crew.history().ok_len();
    check_kept("the stop", crew.history(), invite.room.as_str(), &place.read_log());
    let server = place.start();
    crew.server_is_up();
    crew.follow_until("everybody is back and writes", |crew| {
        crew.is_all_joined() && crew.echoes >= ECHOES_UNDER_LOAD
    });
    crew.stop_writing();
    crew.follow_until("everything is echoed and read", Crew::is_settled);
    server.ask_to_stop();
    assert_eq!(server.wait(), Some(0), "{}", place.diary());
    let (history, unsent) = crew.dismiss(&place, &invite);
    check_settled(&history, invite.room.as_str(), &place.read_log(), unsent);
    let said = history.invoked_len();
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
fn check_kept(after: &str, history: &History, room: &str, log: &[Entry]) {
    assert_none(after, &[history.check_kept(room, log), history.check_order(log)].concat());
}

#[track_caller]
fn check_settled(history: &History, room: &str, log: &[Entry], unsent: usize) {
    assert_none("the end", &[history.check_settled(room, log), history.check_order(log)].concat());
    assert_eq!(unsent, 0, "messages in the outboxes on the disk although all were echoed");
}

#[track_caller]
fn assert_none(after: &str, violations: &[Violation]) {
    let shown: Vec<_> = violations.iter().take(SHOWN_MAX).collect();
    assert!(violations.is_empty(), "after {after}, {} promises are broken: {shown:#?}", violations.len());
}

fn number(variable: &str) -> u64 {
    env::var(variable).map_or(0, |number| number.parse().expect("a whole number"))
}
