//! The running client over real sockets. Invariants: a message is on the disk before it is on the wire; what
//! a broken connection has swallowed is said again, in order; dropping the client ends it.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as tests do")]

mod common;

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use papo_client::event::{Command, ConnectionState};
use papo_client::said::Said as _;
use papo_client::session::Follow;
use papo_client::{ConnectError, Event, Identity, Options, Store};
use papo_proto::{
    Address, Body, ClientMessage, ClosingCode, Epoch, Member, Message, MessageId, RoomName, Seq,
    ServerMessage, Timestamp,
};

use common::{
    Certificate, EPOCH, PATIENCE, Peer, TestServer, by_fingerprint, is_joined, options, start, tls, wait_for,
};

fn store(folder: &Path, address: &Address) -> Store {
    Store::open(folder, address, &RoomName::default()).unwrap()
}

fn ana(server: &TestServer, certificate: &Certificate, folder: &Path) -> Options {
    Options {
        identity: Some(Arc::new(Identity::load_or_make(folder).unwrap())),
        store: Some(store(folder, &server.address)),
        ..options(&server.address, by_fingerprint(certificate.fingerprint()))
    }
}

fn message(seq: u64, from: &Member, id: &MessageId, body: Body) -> ServerMessage {
    let time = Timestamp::from_unix_ms(seq);
    ServerMessage::Message(Message { seq: Seq::new(seq), time, from: from.clone(), id: id.clone(), body })
}

/// The next thing said to the room; pings and the like are passed over.
fn hear_say(peer: &mut Peer) -> Option<(MessageId, Body)> {
    loop {
        if let ClientMessage::Say { id, body } = peer.hear()? {
            return Some((id, body));
        }
    }
}

fn wait_for_sent(events: &Receiver<Event>, wanted: &MessageId) -> Seq {
    wait_for(events, |event| match event {
        Event::Sent { id, seq, .. } if id == *wanted => Some(seq),
        _ => None,
    })
}

#[test]
fn ana_joins_with_her_key_speaks_and_leaves() {
    let certificate = Certificate::new();
    let server = TestServer::tls(tls(&certificate, &["papo/1"]), |mut peer| {
        let you = peer.let_in(Seq::ZERO).unwrap();
        let (id, body) = hear_say(&mut peer).unwrap();
        peer.say(&message(1, &you, &id, body));
        assert_eq!(peer.hear(), Some(ClientMessage::Leave));
        peer.say(&ServerMessage::Closing { code: ClosingCode::Left, text: "bye".to_owned(), after: None });
        peer.wait_for_end();
    });
    let folder = tempfile::tempdir().unwrap();
    let options = ana(&server, &certificate, folder.path());
    let identity = options.identity.clone().unwrap();
    let (client, events) = start(options);
    assert_eq!(wait_for(&events, is_joined).id, identity.member_id());
    let id = client.say(Body::text("oi"));
    assert_eq!(wait_for_sent(&events, &id), Seq::new(1));
    client.leave();
    wait_for(&events, |event| (event == Event::State(ConnectionState::Left)).then_some(()));
    client.wait();
    let store = store(folder.path(), &server.address);
    assert_eq!(store.outbox(), Ok(vec![]));
    assert_eq!(store.position(), Ok(Some((EPOCH, Seq::new(1)))));
    assert_eq!(store.page_before(None, 9).unwrap()[0].body, Body::text("oi"));
}

#[test]
fn what_a_broken_connection_swallowed_is_said_again_in_order() {
    const MESSAGES: usize = 20;
    let certificate = Certificate::new();
    let folder = tempfile::tempdir().unwrap();
    let (kept_sender, kept) = channel();
    let path = folder.path().to_owned();
    let mut connections = 0;
    let server = TestServer::tls(tls(&certificate, &["papo/1"]), move |mut peer| {
        connections += 1;
        let you = peer.let_in(Seq::ZERO).unwrap();
        if connections == 1 {
            let (id, _) = hear_say(&mut peer).unwrap();
            let address = Address::new("127.0.0.1", peer.local_port());
            let outbox = store(&path, &address).outbox().unwrap();
            kept_sender.send(outbox.iter().any(|outgoing| outgoing.id == id)).unwrap();
            return peer.cut();
        }
        for seq in 1.. {
            let Some((id, body)) = hear_say(&mut peer) else { return };
            peer.say(&message(seq, &you, &id, body));
        }
    });
    let (client, events) = start(ana(&server, &certificate, folder.path()));
    wait_for(&events, is_joined);
    let ids: Vec<MessageId> = (0..MESSAGES).map(|n| client.say(Body::text(format!("{n}")))).collect();
    assert_eq!(kept.recv_timeout(PATIENCE), Ok(true), "on the disk before it was on the wire");
    client.command(Command::RetryNow);
    for (id, seq) in ids.iter().zip(1..) {
        assert_eq!(wait_for_sent(&events, id), Seq::new(seq));
    }
}

#[test]
fn what_was_left_unsent_is_sent_by_the_next_run() {
    let certificate = Certificate::new();
    let folder = tempfile::tempdir().unwrap();
    let mut connections = 0;
    let server = TestServer::tls(tls(&certificate, &["papo/1"]), move |mut peer| {
        connections += 1;
        let you = peer.let_in(Seq::ZERO).unwrap();
        if connections == 1 {
            hear_say(&mut peer);
            return peer.cut();
        }
        let (id, body) = hear_say(&mut peer).unwrap();
        peer.say(&message(1, &you, &id, body));
        peer.wait_for_end();
    });
    let first = Options { reconnect: false, ..ana(&server, &certificate, folder.path()) };
    let (client, events) = start(first);
    wait_for(&events, is_joined);
    let id = client.say(Body::text("oi"));
    wait_for(&events, |event| {
        matches!(event, Event::State(ConnectionState::Stopped { cause: ConnectError::Lost { .. } }))
            .then_some(())
    });
    client.wait();
    let (_client, events) = start(ana(&server, &certificate, folder.path()));
    assert_eq!(wait_for_sent(&events, &id), Seq::new(1));
}

#[test]
fn the_next_run_goes_on_where_the_last_one_was() {
    let certificate = Certificate::new();
    let folder = tempfile::tempdir().unwrap();
    let (joins_sender, joins) = channel();
    let server = TestServer::tls(tls(&certificate, &["papo/1"]), move |mut peer| {
        let join = peer.welcome().unwrap();
        let (after, epoch) = (join.after, join.epoch);
        joins_sender.send((after, epoch)).unwrap();
        let you = peer.joined(join, Seq::new(if after.is_some() { 310 } else { 10 }));
        for seq in if after.is_some() { 0..0 } else { 11..311 } {
            let id = MessageId::parse(&format!("m{seq}")).unwrap();
            peer.say(&message(seq, &you, &id, Body::text("…")));
        }
        peer.wait_for_end();
    });
    let (client, events) = start(ana(&server, &certificate, folder.path()));
    let is_last = |event| matches!(event, Event::Message(it) if it.seq == Seq::new(310)).then_some(());
    wait_for(&events, is_last);
    drop(client);
    assert_eq!(joins.recv_timeout(PATIENCE), Ok((None, None)));
    let kept = store(folder.path(), &server.address);
    assert_eq!(kept.position(), Ok(Some((EPOCH, Seq::new(310)))));
    assert_eq!(kept.page_before(None, 1000).unwrap().len(), 300);
    let follow = Follow::After { epoch: Some(EPOCH), seq: Seq::new(310) };
    let (_client, events) = start(Options { follow, ..ana(&server, &certificate, folder.path()) });
    wait_for(&events, is_joined);
    assert_eq!(joins.recv_timeout(PATIENCE), Ok((Some(Seq::new(310)), Some(EPOCH))));
}

#[test]
fn another_log_replaces_what_was_kept_of_the_old_one() {
    const NEW: Epoch = Epoch([9; 8]);
    let certificate = Certificate::new();
    let folder = tempfile::tempdir().unwrap();
    let mut connections = 0;
    let server = TestServer::tls(tls(&certificate, &["papo/1"]), move |mut peer| {
        connections += 1;
        let say_all = |peer: &mut Peer, you: &Member, what: &str, last: u64| {
            for seq in 1..=last {
                let id = MessageId::parse(&format!("{what}{seq}")).unwrap();
                peer.say(&message(seq, you, &id, Body::text(what)));
            }
        };
        let join = peer.welcome().unwrap();
        if connections == 1 {
            let you = peer.joined(join, Seq::ZERO);
            say_all(&mut peer, &you, "old", 3);
            // The client answers once it has taken everything before.
            peer.say(&ServerMessage::Ping);
            while peer.hear().is_some_and(|said| said != ClientMessage::Pong) {}
            return peer.cut();
        }
        assert_eq!((join.after, join.epoch), (Some(Seq::new(3)), Some(EPOCH)));
        let you = peer.joined_in(NEW, join, Seq::new(2));
        peer.say(&ServerMessage::Truncated { first: Seq::new(1), next: Seq::new(1) });
        say_all(&mut peer, &you, "new", 2);
        peer.wait_for_end();
    });
    let (client, events) = start(ana(&server, &certificate, folder.path()));
    wait_for(&events, |event| (event == Event::Reset).then_some(()));
    wait_for(&events, |event| matches!(event, Event::Message(it) if it.seq == Seq::new(2)).then_some(()));
    drop(client);
    let kept = store(folder.path(), &server.address);
    assert_eq!(kept.position(), Ok(Some((NEW, Seq::new(2)))));
    let page = kept.page_before(None, 10).unwrap();
    assert_eq!(page.len(), 2);
    assert!(page.iter().all(|message| message.body == Body::text("new")), "{page:?}");
}

#[test]
fn what_the_disk_does_not_take_is_not_sent_but_given_back() {
    let certificate = Certificate::new();
    let server = TestServer::tls(tls(&certificate, &["papo/1"]), |mut peer| {
        peer.let_in(Seq::ZERO);
        assert_eq!(hear_say(&mut peer), None, "nothing goes out that the outbox does not hold");
    });
    let folder = tempfile::tempdir().unwrap();
    let (client, events) = start(ana(&server, &certificate, folder.path()));
    wait_for(&events, is_joined);
    let database = rusqlite::Connection::open(folder.path().join("messages.db")).unwrap();
    database.execute_batch("DROP TABLE outgoing").unwrap();
    let said = client.say(Body::text("oi"));
    let refusal = wait_for(&events, |event| match event {
        Event::Failed { id, refusal } if id == said => Some(refusal),
        _ => None,
    });
    assert_eq!(refusal.about.as_ref(), Some(&said));
    let why = refusal.said();
    assert!(why.contains("messages.db cannot be used"), "it is not the server that cannot store it: {why}");
}

#[test]
fn a_client_in_any_state_ends_when_it_is_dropped() {
    let certificate = Certificate::new();
    let trust = || by_fingerprint(certificate.fingerprint());
    let deaf = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let deaf_address = Address::new("127.0.0.1", deaf.local_addr().unwrap().port());
    let (client, events) = start(options(&deaf_address, trust()));
    wait_for(&events, |event| (event == Event::State(ConnectionState::Connecting)).then_some(()));
    drop(client);
    assert!(events.iter().count() == 0, "the thread is gone, and its end of the channel with it");

    drop(deaf);
    let (client, events) = start(options(&deaf_address, trust()));
    let is_waiting = |event| matches!(event, Event::State(ConnectionState::Waiting { .. })).then_some(());
    wait_for(&events, is_waiting);
    drop(client);
    assert!(events.iter().count() <= 2, "at most one more attempt");

    let (gone_sender, gone) = channel();
    let server = TestServer::tls(tls(&certificate, &["papo/1"]), move |mut peer| {
        peer.let_in(Seq::ZERO);
        peer.wait_for_end();
        gone_sender.send(()).unwrap();
    });
    let (client, events) = start(options(&server.address, trust()));
    wait_for(&events, is_joined);
    drop(client);
    assert_eq!(gone.recv_timeout(PATIENCE), Ok(()), "the server has seen the end");
}

#[test]
fn a_host_with_several_addresses_is_reached_at_the_one_that_answers() {
    // `localhost` has ::1 too on most systems, where nothing listens at this port.
    let certificate = Certificate::new();
    let server = TestServer::papo(&certificate);
    let address = Address::new("localhost", server.address.port);
    let (_client, events) = start(options(&address, by_fingerprint(certificate.fingerprint())));
    wait_for(&events, is_joined);
}

#[test]
fn much_at_once_goes_both_ways() {
    const MESSAGES: u64 = 2_000;
    let certificate = Certificate::new();
    let server = TestServer::tls(tls(&certificate, &["papo/1"]), move |mut peer| {
        let you = peer.let_in(Seq::ZERO).unwrap();
        for seq in 1.. {
            let Some((id, body)) = hear_say(&mut peer) else { return };
            peer.say(&message(seq, &you, &id, body));
        }
    });
    let (client, events) = start(options(&server.address, by_fingerprint(certificate.fingerprint())));
    wait_for(&events, is_joined);
    let text = "x".repeat(4_000);
    let ids: Vec<MessageId> = (0..MESSAGES).map(|_| client.say(Body::text(&text))).collect();
    for (id, seq) in ids.iter().zip(1..) {
        assert_eq!(wait_for_sent(&events, id), Seq::new(seq));
    }
}
