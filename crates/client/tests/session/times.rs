//! How long the session stays away, and that it proves its key: what a transcript does not show.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use papo_client::Identity;
use papo_client::error::ConnectError;
use papo_client::event::{Command, ConnectionState, Event};
use papo_client::session::{
    BACKOFF_FIRST, BACKOFF_MAX, BACKOFF_RESET_AFTER, COME_BACK_AFTER_MAX, Effect, Follow, IN_FLIGHT_MAX,
    Input, MOVING_SPREAD, OUTBOX_LEN_MAX, Session, SessionOptions,
};
use papo_proto::codec::decode_client;
use papo_proto::proof::join_proof;
use papo_proto::{ClientMessage, ErrorCode, Nonce, RoomName};

use super::options;
use super::script::outgoing;

const WELCOME: &[u8] =
    b"{\"type\":\"welcome\",\"protocol\":1,\"server\":\"test\",\"nonce\":\"BQUFBQUFBQUFBQUFBQUFBQ\"}\n";
const JOINED: &[u8] =
    b"{\"type\":\"joined\",\"you\":{\"id\":\"guest-aaaaaaaaaaaaa\",\"name\":\"Ana\"},\"room\":\"lobby\",\
    \"epoch\":\"0000000000000000\",\"first\":1,\"head\":0,\"count\":1}\n";

/// Connects at the next deadline and returns when that was.
fn connect(session: &mut Session, now: Duration) -> Duration {
    let due = session.deadline().unwrap().max(now);
    assert!(session.handle(due, Input::Tick).contains(&Effect::Connect));
    due
}

fn join(session: &mut Session, now: Duration) -> Vec<Effect> {
    session.handle(now, Input::Connected { binding: [9; 32] });
    session.handle(now, Input::Bytes(WELCOME));
    session.handle(now, Input::Bytes(JOINED))
}

/// Loses the connection and returns for how long the session stays away.
fn lose(session: &mut Session, now: Duration) -> Duration {
    let effects = session.handle(now, Input::Disconnected(ConnectError::Lost { detail: "test".into() }));
    let [Effect::Event(Event::State(ConnectionState::Waiting { retry_in, .. }))] = effects[..] else {
        panic!("not waiting: {effects:?}");
    };
    assert_eq!(session.deadline(), Some(now + retry_in));
    retry_in
}

#[test]
fn waits_double_up_to_a_bound_and_are_spread_by_half_of_themselves() {
    let mut different = Vec::new();
    for seed in 0..200 {
        let mut session = Session::new(SessionOptions { seed, ..options(Follow::Live) });
        let (mut now, mut middle) = (Duration::ZERO, BACKOFF_FIRST);
        for attempt in 0..12 {
            now = connect(&mut session, now);
            let wait = lose(&mut session, now);
            assert!(middle / 2 <= wait && wait <= middle * 3 / 2, "seed {seed}, attempt {attempt}: {wait:?}");
            different.push(wait.as_secs_f64() / middle.as_secs_f64());
            middle = (middle * 2).min(BACKOFF_MAX);
        }
    }
    different.sort_by(f64::total_cmp);
    let (first, last) = (different[0], different[different.len() - 1]);
    assert!(first < 0.52 && last > 1.48, "the whole range is used: {first} to {last}");
}

#[test]
fn only_a_connection_that_held_begins_the_waits_anew() {
    for (held, anew) in [(BACKOFF_RESET_AFTER, true), (BACKOFF_RESET_AFTER.mul_f64(0.99), false)] {
        let mut session = Session::new(options(Follow::Live));
        let mut now = Duration::ZERO;
        for _ in 0..8 {
            now = connect(&mut session, now);
            lose(&mut session, now);
        }
        now = connect(&mut session, now);
        join(&mut session, now);
        let wait = lose(&mut session, now + held);
        assert_eq!(wait <= BACKOFF_FIRST * 3 / 2, anew, "held for {held:?}, waits {wait:?}");
    }
}

/// Invariant: whoever was in a room that is on other servers as well goes there within five seconds, all of them spread
/// over that time, also where the server that stops names a moment of its own; what fails after that waits as ever.
#[test]
fn who_can_move_moves_at_a_moment_of_their_own() {
    let servers = b"{\"type\":\"servers\",\"servers\":[\"b.example:9\"]}\n";
    let stopping = b"{\"type\":\"closing\",\"code\":\"stopping\",\"text\":\"\",\"after\":1}\n";
    let mut waits = Vec::new();
    for seed in 0..400 {
        let mut session = Session::new(SessionOptions { seed, ..options(Follow::Live) });
        let now = connect(&mut session, Duration::ZERO);
        join(&mut session, now);
        let told = session.handle(now, Input::Bytes(servers));
        assert_eq!(told, [Effect::Servers(vec!["b.example:9".parse().unwrap()])]);
        if seed % 2 == 0 {
            session.handle(now, Input::Bytes(stopping));
        } else {
            lose(&mut session, now);
        }
        let due = connect(&mut session, now);
        waits.push(due.saturating_sub(now));
        assert!(lose(&mut session, due) <= BACKOFF_FIRST * 3 / 2, "the first failure after that");
    }
    waits.sort_unstable();
    assert!(waits[399] <= MOVING_SPREAD, "{:?}", waits[399]);
    for (place, share) in [(40, 0.1), (200, 0.5), (360, 0.9)] {
        let wait = waits[place].as_secs_f64() / MOVING_SPREAD.as_secs_f64();
        assert!((wait - share).abs() < 0.1, "{place} of 400 are back after {wait} of the time");
    }
}

#[test]
fn a_server_can_ask_for_an_absence_but_not_for_ever() {
    for (asked, kept) in [(7, Duration::from_secs(7)), (u32::MAX, COME_BACK_AFTER_MAX)] {
        let mut session = Session::new(options(Follow::Live));
        let now = connect(&mut session, Duration::ZERO);
        join(&mut session, now);
        let closing = format!("{{\"type\":\"closing\",\"code\":\"full\",\"text\":\"\",\"after\":{asked}}}\n");
        session.handle(now, Input::Bytes(closing.as_bytes()));
        let back = session.deadline().unwrap().saturating_sub(now);
        assert!(kept <= back && back <= kept * 3 / 2, "asked for {asked} s, stays away {back:?}");
    }
}

#[test]
fn a_join_proves_the_key_for_this_nonce_room_and_connection() {
    let folder = std::env::temp_dir().join(format!("papo-session-test-{}", std::process::id()));
    let identity = Arc::new(Identity::load_or_make(&folder).unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
    let mut session =
        Session::new(SessionOptions { identity: Some(Arc::clone(&identity)), ..options(Follow::Live) });
    let now = connect(&mut session, Duration::ZERO);
    session.handle(now, Input::Connected { binding: [9; 32] });
    let effects = session.handle(now, Input::Bytes(WELCOME));
    let [Effect::Send(bytes)] = &effects[..] else { panic!("{effects:?}") };
    let ClientMessage::Join(join) = decode_client(bytes.trim_ascii_end()).unwrap() else { panic!() };
    let (key, proof) = (join.key.unwrap(), join.proof.unwrap());
    assert_eq!(key, identity.public_key());
    let verifier = UnparsedPublicKey::new(&ED25519, key.0);
    let signed = |nonce: u8, binding: u8| {
        let bytes = join_proof(&Nonce([nonce; 16]), &RoomName::default(), &key, &[binding; 32]);
        verifier.verify(&bytes, &proof.0).is_ok()
    };
    assert!(signed(5, 9));
    assert!(!signed(6, 9) && !signed(5, 8));
}

/// The messages that were told, in order.
fn said(effects: &[Effect]) -> usize {
    let sent = effects.iter().filter_map(|effect| match effect {
        Effect::Send(bytes) => Some(bytes),
        _ => None,
    });
    sent.flat_map(|bytes| bytes.split(|&byte| byte == b'\n'))
        .filter(|line| line.starts_with(br#"{"type":"say""#))
        .count()
}

#[test]
fn the_outbox_and_what_is_on_its_way_are_bounded() {
    let mut session = Session::new(options(Follow::Live));
    for number in 0..OUTBOX_LEN_MAX {
        let say = Command::Say(outgoing(&number.to_string(), "oi"));
        assert_eq!(session.handle(Duration::ZERO, Input::Command(say)), []);
    }
    let effects = session.handle(Duration::ZERO, Input::Command(Command::Say(outgoing("more", "oi"))));
    let [Effect::Event(Event::Failed { refusal, .. }), Effect::Forget(_)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(refusal.code, ErrorCode::Unknown);
    let now = connect(&mut session, Duration::ZERO);
    assert_eq!(said(&join(&mut session, now)), IN_FLIGHT_MAX);
    let echo = b"{\"type\":\"message\",\"seq\":1,\"time\":\"2026-11-22T14:00:00Z\",\"from\":\
        {\"id\":\"guest-aaaaaaaaaaaaa\",\"name\":\"Ana\"},\"id\":\"0\",\"text\":\"oi\"}\n";
    assert_eq!(said(&session.handle(now, Input::Bytes(echo))), 1);
}
