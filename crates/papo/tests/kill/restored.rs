//! A log that is put back to an older state, or made anew, while real servers and real clients have it open: everybody drops
//! what they had of it, is shown what is there now, and goes on. Nothing of before is mixed in. Not here: how a log notices
//! (the tests of `papo-log`), and the page (`web/tests`).

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Instant;

use papo_client::session::Follow;
use papo_client::{Client, Event, Options, Profile, Trust, event};
use papo_proto::{Address, Body, Invite, Name, Seq};
use papo_torture::engines::{Nats, Postgres};
use papo_torture::leaks;

use crate::server::{PATIENCE, Place, Server};
use crate::take_machine;

/// A person with a profile, and what they are shown: dropped where they are told that the log is another one.
struct Person {
    client: Client,
    events: Receiver<Event>,
    shown: Vec<(u64, String)>,
    resets: usize,
    /// Of our own messages, those that are in the log.
    sent: usize,
    /// Where the log ended when they came in last.
    head: u64,
}

impl Person {
    fn join(place: &Place, invite: &Invite, address: &Address, name: &str) -> Self {
        let profile = Profile::open(Some(place.path(name))).unwrap();
        let trust = Trust { fingerprint: Some(invite.fingerprint), ..Trust::default() };
        leaks::remember(name);
        let options = Options {
            identity: Some(Arc::new(profile.identity().unwrap())),
            store: Some(profile.store(&invite.address, &invite.room).unwrap()),
            follow: Follow::After { epoch: None, seq: Seq::ZERO },
            connect_timeout: PATIENCE,
            ..Options::new(address.clone(), trust, Name::parse(name).unwrap(), invite.room.clone())
        };
        let (sender, events) = channel();
        // Once the person is gone nobody listens any more.
        let client = Client::start(options, move |event| drop(sender.send(event))).unwrap();
        Self { client, events, shown: Vec::new(), resets: 0, sent: 0, head: 0 }
    }

    fn follow_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !is_so(self) {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let event = self.events.recv_timeout(left);
            match event.unwrap_or_else(|_| panic!("never: {what}; {:?}", self.shown)) {
                Event::Reset => {
                    self.resets += 1;
                    self.shown.clear();
                    // That of the log before; this one's comes with the next `Joined`.
                    self.head = 0;
                }
                Event::Joined { head, .. } => self.head = head.number(),
                Event::Message(message) => {
                    self.shown.push((message.seq.number(), message.body.text.unwrap_or_default()));
                }
                Event::History { messages, .. } => {
                    let older = messages.into_iter();
                    let older = older.map(|one| (one.seq.number(), one.body.text.unwrap_or_default()));
                    self.shown.splice(0..0, older);
                }
                Event::Sent { .. } => self.sent += 1,
                Event::State(event::ConnectionState::Waiting { .. }) => {
                    self.client.command(event::Command::RetryNow);
                }
                _ => {}
            }
        }
    }

    fn say(&mut self, text: &str) {
        leaks::remember(text);
        let sent = self.sent + 1;
        self.client.say(Body::text(text));
        self.follow_until(text, |person| person.sent >= sent);
    }

    fn sees(&mut self, texts: &[&str]) {
        let expected: Vec<(u64, String)> = (1..).zip(texts.iter().map(|text| (*text).to_owned())).collect();
        self.follow_until(&format!("{texts:?}"), |person| person.shown.len() >= expected.len());
        assert_eq!(self.shown, expected);
    }

    /// After the log was replaced: asks for what it has, as every surface does, and sees this.
    fn sees_anew(&mut self, texts: &[&str]) {
        self.follow_until("the log is another one", |person| person.resets == 1 && person.head > 0);
        let before = Some(Seq::new(self.head + 1));
        self.client.command(event::Command::History { before, after: None, limit: 50 });
        self.sees(texts);
        self.resets = 0;
    }
}

/// `papo tail`, and the lines that it prints.
struct Tail {
    child: Child,
    lines: Receiver<String>,
}

impl Tail {
    fn start(place: &Place, invite: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_papo"));
        command
            .args(["tail", invite, "--after", "0", "--json"])
            .envs([("PAPO_LANG", "en"), ("PAPO_NAME", "Reader")])
            .env("PAPO_PROFILE", place.path("reader"))
            .env("HOME", place.path("home"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let streams: [Box<dyn std::io::Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in streams {
            let sender = sender.clone();
            thread::spawn(move || {
                BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
            });
        }
        Self { child, lines }
    }

    /// The next lines that are no asides tell these texts, at the places from 1 on.
    fn prints(&self, texts: &[&str], from: u64) {
        for (seq, text) in (from..).zip(texts) {
            let line = self.until("{");
            let expected = [format!("\"seq\":{seq},"), format!("\"text\":\"{text}\"")];
            assert!(expected.iter().all(|part| line.contains(part)), "{line} and not {expected:?}");
        }
    }

    /// The next line that has this in it; of those before, none may be untrue.
    fn until(&self, what: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("never printed: {what}"));
            assert!(!line.contains("no longer keeps"), "{line}");
            if line.contains(what) {
                return line;
            }
        }
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A service manager: waits until the server has ended by itself, and starts it again.
fn restart(place: &Place, server: Server) -> Server {
    assert_ne!(server.wait(), None, "it was not killed");
    assert!(place.diary().contains("the log was restored or made anew"), "{}", place.diary());
    place.start()
}

/// Two servers, a person on each, and a reader; `back_up`, `put_back` and `make_anew` are done to the engine.
/// A stream that is gone is not made anew by who has it open: it could come back. `is_waited_for` says so.
fn go_through(log: &str, is_waited_for: bool, mut engine: impl FnMut(Step)) {
    let first = Place::sharing(log, None);
    let places = [Place::sharing(log, Some(&first)), first];
    let servers = [places[1].start(), places[0].start()];
    let invite = servers[0].invite.clone();
    let mut ana = Person::join(&places[0], &invite, &invite.address, "Ana");
    let mut zoe = Person::join(&places[0], &invite, &servers[1].invite.address, "Zoe");
    let tail = Tail::start(&places[0], &servers[1].invite.to_string());
    for text in ["one", "two", "three"] {
        ana.say(text);
    }
    engine(Step::BackUp);
    for text in ["four", "five"] {
        ana.say(text);
    }
    let all = ["one", "two", "three", "four", "five"];
    ana.sees(&all);
    zoe.sees(&all);
    tail.prints(&all, 1);

    let mut servers = Some(servers);
    for (step, kept) in [(Step::PutBack, 3), (Step::MakeAnew, 0)] {
        engine(step);
        let replaced = Instant::now();
        let [one, other] = servers.take().unwrap();
        let one = if is_waited_for && kept == 0 {
            one.kill();
            places[1].start()
        } else {
            restart(&places[1], one)
        };
        let other = restart(&places[0], other);
        println!("{step:?}: both servers are there again after {} ms", replaced.elapsed().as_millis());
        servers = Some([one, other]);
        if kept == 0 {
            // There is nothing to ask for.
            for person in [&mut ana, &mut zoe] {
                person.follow_until("the log is another one", |person| person.resets == 1);
                person.resets = 0;
            }
        } else {
            ana.sees_anew(&all[..kept]);
            zoe.sees_anew(&all[..kept]);
        }
        tail.until("log was replaced");
        tail.prints(&all[..kept], 1);
        zoe.say("after");
        let now: Vec<&str> = all[..kept].iter().copied().chain(["after"]).collect();
        ana.sees(&now);
        zoe.sees(&now);
        tail.prints(&["after"], kept as u64 + 1);
    }
    drop((ana, zoe, tail));
    for server in servers.unwrap() {
        server.ask_to_stop();
        assert_eq!(server.wait(), Some(0));
    }
}

/// What is done to the engine.
#[derive(Clone, Copy, Debug)]
enum Step {
    BackUp,
    PutBack,
    MakeAnew,
}

/// Invariant: a stream that goes back to an older state, or begins anew, is another log for everybody.
#[test]
fn a_stream_that_is_restored_is_another_log() {
    let _machine = take_machine();
    let mut engine = Nats::start();
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("copy");
    let log = format!("nats://{}/room", engine.address());
    go_through(&log, true, |step| {
        engine.kill();
        let store = engine.folder().join("jetstream");
        match step {
            Step::BackUp => copy_folder(&store, &copy),
            Step::PutBack => {
                std::fs::remove_dir_all(&store).unwrap();
                copy_folder(&copy, &store);
            }
            Step::MakeAnew => std::fs::remove_dir_all(&store).unwrap(),
        }
        engine.restart();
    });
}

/// Invariant: the same with a database, restored as the manual says.
#[test]
fn a_database_that_is_restored_is_another_log() {
    let _machine = take_machine();
    let engine = Postgres::start();
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("papo.dump");
    let tool = |name: &str, arguments: &[&str]| {
        let folder = engine.socket().parent().unwrap().to_owned();
        let mut command = Command::new(name);
        command.args(["-U", "papo", "-d", "postgres", "-h"]).arg(folder).args(arguments);
        assert!(command.status().unwrap().success(), "{command:?}");
    };
    let file = copy.display().to_string();
    go_through(&engine.url(), false, |step| match step {
        Step::BackUp => tool("pg_dump", &["-Fc", "-n", "papo", "-f", &file]),
        Step::PutBack => {
            engine.sql("DROP SCHEMA papo CASCADE");
            tool("pg_restore", &[&file]);
            engine.sql("UPDATE papo.log SET epoch = epoch + 1");
        }
        Step::MakeAnew => drop(engine.sql("DROP SCHEMA papo CASCADE")),
    });
}

/// As it is, with its owners.
fn copy_folder(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}
