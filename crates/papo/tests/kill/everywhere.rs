//! What holds on one of several real servers that share a log holds on all of them: whom one shuts out is out everywhere, and
//! who speaks on several at once may say as much as on one. Not here: what else is shared (`presence`, `nodes`).

use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use papo_client::event::ConnectionState;
use papo_client::{Client, Event, Options, Profile, Trust};
use papo_proto::{Body, Invite, Name};
use papo_torture::engines::Nats;
use papo_torture::leaks;

use crate::server::{PATIENCE, Place};
use crate::take_machine;

/// How many messages a key may say a second, and at once.
const PER_SECOND: u64 = 20;
const BURST: u64 = 20;

/// How many servers share the log.
const NODES: usize = 2;

/// A client of somebody, at one server.
struct At {
    client: Client,
    events: Receiver<Event>,
}

impl At {
    /// Begins to connect, with the key of this folder.
    fn start(place: &Place, folder: &str, invite: &Invite) -> Self {
        let profile = Profile::open(Some(place.path(folder))).unwrap();
        let trust = Trust { fingerprint: Some(invite.fingerprint), ..Trust::default() };
        let name = Name::parse(folder).unwrap();
        leaks::remember(folder);
        let options = Options {
            identity: Some(Arc::new(profile.identity().unwrap())),
            connect_timeout: PATIENCE,
            ..Options::new(invite.address.clone(), trust, name, invite.room.clone())
        };
        let (sender, events) = channel();
        // Once this is gone nobody listens any more.
        let client = Client::start(options, move |event| drop(sender.send(event))).unwrap();
        Self { client, events }
    }

    /// The first thing told that this finds something in.
    fn until<T>(&self, what: &str, find: impl Fn(&Event) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let event = self.events.recv_timeout(left).unwrap_or_else(|_| panic!("never: {what}"));
            if let Some(found) = find(&event) {
                return found;
            }
        }
    }

    /// Comes in. Returns the id under which the room knows this one.
    fn is_in(&self) -> String {
        self.until("in the room", |event| match event {
            Event::Joined { you, .. } => Some(you.id.to_string()),
            _ => None,
        })
    }

    /// Comes in with the key of this folder, once the server has heard that it is banned no more.
    fn is_in_again(place: &Place, folder: &str, invite: &Invite) {
        let start = Instant::now();
        let is_refused = || {
            let at = Self::start(place, folder, invite);
            at.until("in the room, or refused", |event| match event {
                Event::Joined { .. } => Some(false),
                Event::State(ConnectionState::Stopped { cause }) => {
                    let cause = format!("{cause:?}");
                    assert!(cause.contains("Banned"), "{cause}");
                    Some(true)
                }
                _ => None,
            })
        };
        while is_refused() {
            assert!(start.elapsed() < PATIENCE, "still banned");
        }
    }

    /// Why it was ended for good.
    fn end(&self) -> String {
        self.until("the end", |event| match event {
            Event::State(ConnectionState::Stopped { cause }) => Some(format!("{cause:?}")),
            _ => None,
        })
    }
}

/// Invariant: who is banned on one server is put out on the other, comes in on neither, and is let in by both again; and
/// two clients of one key on two servers say together what one may, apart from a burst for the other server and the time in
/// which the news arrives.
#[test]
fn bans_and_rates_hold_on_all_servers() {
    let _machine = take_machine();
    let engine = Nats::start();
    let log = format!("nats://{}/room", engine.address());
    let mut first = Place::sharing(&log, None);
    let mut second = Place::sharing(&log, Some(&first));
    let limits = format!("off,messages={PER_SECOND}:{BURST}");
    first.limit(&limits);
    second.limit(&limits);
    let servers = [first.start(), second.start()];
    let [here, there] = servers.each_ref().map(|server| server.invite.clone());

    let zoe = At::start(&first, "Zoe", &there);
    let id = zoe.is_in();
    let keep_order = |act: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_papo"));
        command.args(["room", "lobby", act, &id, "--data"]).arg(first.data());
        command.env("HOME", first.path("home")).env("PAPO_LANG", "en");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let banned = Instant::now();
    keep_order("ban");
    assert!(zoe.end().contains("Banned"), "put out where they are");
    println!("put out on the other server {} ms after the ban", banned.elapsed().as_millis());
    for server in [&here, &there] {
        let end = At::start(&first, "Zoe", server).end();
        assert!(end.contains("Banned"), "{end}");
    }
    keep_order("unban");
    for server in [&there, &here] {
        At::is_in_again(&first, "Zoe", server);
    }

    let people = [&here, &there].map(|server| At::start(&first, "Ana", server));
    for person in &people {
        person.is_in();
        // So that the key is known on both before it is in a hurry.
        person.client.say(Body::text("oi"));
        person.until("said", |event| matches!(event, Event::Sent { .. }).then_some(()));
    }
    let count = NODES as u64 * BURST + 5 * PER_SECOND;
    for at in 0..count {
        for person in &people {
            person.client.say(Body::text(format!("{at}")));
        }
    }
    let mut times = Vec::new();
    while (times.len() as u64) < count {
        times.push(people[0].until("what both say", |event| match event {
            Event::Message(message) if message.body.text.as_deref() != Some("oi") => {
                Some(message.time.unix_ms())
            }
            _ => None,
        }));
    }
    let took_ms = times[times.len() - 1] - times[0];
    println!("{count} messages of one key on {NODES} servers, {PER_SECOND} a second: {took_ms} ms");
    // A burst for each server is said at once, and the rest in its time. One on each server would take half of that, and
    // the news may be late on a slow machine.
    let expected_ms = (count - NODES as u64 * BURST) * 1000 / PER_SECOND;
    assert!(took_ms * 10 >= expected_ms * 6, "{took_ms} ms for what should take {expected_ms}");
}
