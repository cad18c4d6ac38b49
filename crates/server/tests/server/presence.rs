//! Who is there: told in batches, to everybody in the room, and right in the end.

use std::collections::BTreeMap;

use papo_proto::limits::{MEMBERS_LISTED_MAX, PRESENCE_MEMBERS_MAX};
use papo_proto::{Member, MemberId, Name, ServerMessage};
use rustls::crypto::aws_lc_rs::kx_group::X25519;

use crate::common::{Dial, Joined, Key, RawClient, TestServer};

/// What a member knows of a room from `joined` and what is told after it.
struct Known {
    members: BTreeMap<MemberId, Name>,
    count: u64,
    typing: Vec<MemberId>,
}

impl Known {
    fn new(joined: &Joined) -> Self {
        let members = joined.members.iter().flatten().map(|member| (member.id.clone(), member.name.clone()));
        Self { members: members.collect(), count: joined.count, typing: Vec::new() }
    }

    /// Reads presence until the condition holds.
    fn read_until(&mut self, client: &mut RawClient, condition: impl Fn(&Self) -> bool) {
        while !condition(self) {
            match client.presence() {
                ServerMessage::Entered { members, count } => {
                    self.count = count;
                    self.set(members);
                }
                ServerMessage::Left { members, count } => {
                    self.count = count;
                    members.iter().for_each(|member| drop(self.members.remove(&member.id)));
                }
                ServerMessage::Renamed { members } => self.set(members),
                ServerMessage::Typing { members } => {
                    self.typing.extend(members.into_iter().map(|member| member.id));
                }
                ServerMessage::Count { count } => self.count = count,
                other => panic!("not presence: {other:?}"),
            }
        }
    }

    fn set(&mut self, members: Vec<Member>) {
        assert!(!members.is_empty() && members.len() <= MEMBERS_LISTED_MAX);
        self.members.extend(members.into_iter().map(|member| (member.id, member.name)));
    }

    fn has(&self, id: &MemberId, name: &str) -> bool {
        self.members.get(id).is_some_and(|known| known.as_str() == name)
    }
}

/// Invariant: who comes, goes, is renamed or writes is told to everybody, on every shard.
#[test]
fn comings_and_goings_are_told() {
    let server = TestServer::start(|config| config.shards = 3);
    let (mut ana, joined) = server.guest("Ana", "lobby");
    let mut known = Known::new(&joined);
    let (mut zoe, zoe_joined) = server.guest("Zoe", "lobby");
    let id = &zoe_joined.you.id;
    known.read_until(&mut ana, |known| known.has(id, "Zoe") && known.count == 2);
    zoe.say("1", "under the old name");
    zoe.send(r#"{"type":"rename","name":"  Zoë "}"#);
    zoe.say("2", "under the new name");
    let names = ana.messages(2).into_iter().map(|message| message.from.name.as_str().to_owned());
    assert_eq!(names.collect::<Vec<_>>(), ["Zoe", "Zoë"]);
    // `messages` has skipped presence; the list has what was told.
    let (mut eva, eva_joined) = server.guest("Eva", "lobby");
    let eva_known = Known::new(&eva_joined);
    assert!(eva_known.has(id, "Zoë") && eva_known.count == 3);
    zoe.send(r#"{"type":"typing"}"#);
    let mut eva_known = eva_known;
    eva_known.read_until(&mut eva, |known| known.typing.contains(id));
    zoe.send(r#"{"type":"rename","name":"Zora"}"#);
    eva_known.read_until(&mut eva, |known| known.has(id, "Zora"));
    // A crash is a way to go like any other.
    zoe.reset();
    eva_known.read_until(&mut eva, |known| !known.members.contains_key(id) && known.count == 2);
    let (_last, last) = server.guest("Last", "lobby");
    assert_eq!(last.count, 3);
}

/// Invariant: a member with several connections comes with the first and goes with the last.
#[test]
fn a_member_is_there_as_long_as_one_of_its_connections() {
    let server = TestServer::start(|config| config.shards = 3);
    let (mut ana, joined) = server.guest("Ana", "lobby");
    let mut known = Known::new(&joined);
    let key = Key::new();
    let mut connections: Vec<RawClient> = (0..4).map(|_| server.client()).collect();
    for client in &mut connections {
        assert_eq!(client.join_with_key(&key, "Zoe", "lobby", "").count, 2);
    }
    known.read_until(&mut ana, |known| known.has(&key.id(), "Zoe"));
    let mut last = connections.pop().unwrap();
    drop(connections);
    last.say("1", "still here");
    last.message();
    assert_eq!(ana.message().from.id, key.id());
    ana.send(r#"{"type":"members"}"#);
    assert!(matches!(ana.answer(), ServerMessage::Members { count: 2, more: false, .. }));
    last.send(r#"{"type":"leave"}"#);
    known.read_until(&mut ana, |known| !known.members.contains_key(&key.id()));
    assert_eq!(known.count, 1);
}

/// Invariant: the list of members can be paged whatever its length; a large room tells counts, to each the same.
#[test]
fn a_large_room_is_paged_and_counted() {
    let server = TestServer::start(|_| {});
    let cheap = || server.connect(&Dial { groups: vec![X25519], ..Dial::default() });
    let mut ids = Vec::new();
    let mut clients = Vec::new();
    let mut come = |clients: &mut Vec<RawClient>, name: &str| {
        let mut client = cheap();
        let joined = client.join(&format!(r#"{{"type":"join","name":"{name}"}}"#));
        ids.push(joined.you.id.clone());
        let listed = joined.members.as_ref().map(Vec::len);
        let expected = (joined.count <= MEMBERS_LISTED_MAX as u64).then(|| clients.len() + 1);
        assert_eq!((listed, joined.count), (expected, clients.len() as u64 + 1));
        clients.push(client);
        joined
    };
    let mut known = Known::new(&come(&mut clients, "First"));
    for i in 0..PRESENCE_MEMBERS_MAX {
        come(&mut clients, &format!("N{i}"));
    }
    let all = PRESENCE_MEMBERS_MAX as u64 + 1;
    known.read_until(&mut clients[0], |known| known.count == all);
    assert!(known.members.len() < PRESENCE_MEMBERS_MAX + 1, "above the limit nobody is named");
    ids.sort();
    for limit in ["", r#","limit":33"#] {
        assert_eq!(pages_of_members(&mut clients[3], all, limit), ids, "{limit}");
    }
    clients[1].send(r#"{"type":"typing"}"#);
    clients.pop();
    known.read_until(&mut clients[0], |known| known.count == all - 1);
    assert_eq!(known.typing, [], "nor who writes");
    clients[2].say("1", "hello everybody");
    for client in &mut clients {
        assert_eq!(client.message().seq.number(), 1);
    }
}

fn pages_of_members(client: &mut RawClient, expected: u64, limit: &str) -> Vec<MemberId> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        client.send(&format!(r#"{{"type":"members"{after}{limit}}}"#));
        match client.answer() {
            ServerMessage::Members { members, count, more } => {
                assert_eq!(count, expected);
                all.extend(members.into_iter().map(|member| member.id));
                if !more {
                    return all;
                }
                after = format!(r#","after":"{}""#, all[all.len() - 1].as_str());
            }
            other => panic!("{other:?}"),
        }
    }
}
