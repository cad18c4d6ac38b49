//! Outbox and local history. Invariants: what `put_outgoing` has taken is there after a kill; processes that
//! share a profile do not disturb each other; messages of two logs never mix.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as tests do")]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use papo_client::event::Outgoing;
use papo_client::store::{Store, StoreError};
use papo_proto::{
    Address, Body, Epoch, Fingerprint, Member, MemberId, Message, MessageId, Name, RoomName, Seq, Timestamp,
};

const OLD: Epoch = Epoch([1; 8]);
const NEW: Epoch = Epoch([2; 8]);

/// Tells the test's own program, started once more, in which folder to play the other process.
const CHILD_FOLDER: &str = "PAPO_TEST_CHILD_FOLDER";
const CHILD_NUMBER: &str = "PAPO_TEST_CHILD_NUMBER";

fn open(folder: &Path) -> Store {
    Store::open(folder, &Address::default(), &RoomName::default()).unwrap()
}

fn outgoing(id: &str) -> Outgoing {
    Outgoing { id: MessageId::parse(id).unwrap(), body: Body::text(format!("text of {id}")) }
}

fn message(seq: u64) -> Message {
    let id = MemberId::of_guest([1; 8]);
    Message {
        seq: Seq::new(seq),
        time: Timestamp::from_unix_ms(seq),
        from: Member { id, name: Name::parse("Zoë").unwrap() },
        id: MessageId::parse(&format!("m{seq}")).unwrap(),
        body: Body::text(format!("message {seq}")),
    }
}

fn messages(range: std::ops::RangeInclusive<u64>) -> Vec<Message> {
    range.map(message).collect()
}

fn ids(store: &Store) -> Vec<String> {
    store.outbox().unwrap().into_iter().map(|outgoing| outgoing.id.as_str().to_owned()).collect()
}

fn seqs(page: &[Message]) -> Vec<u64> {
    page.iter().map(|message| message.seq.number()).collect()
}

/// Starts this test's program once more, to play this test's child.
fn child(test: &str, folder: &Path, number: u32) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(CHILD_FOLDER, folder)
        .env(CHILD_NUMBER, number.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The other places of a room are known at the next visit, with their key, and those that were named last count.
#[test]
fn where_else_the_room_is_outlives_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let others = ["b.example:12345", "[2001:db8::1]:9"].map(|text| text.parse::<Address>().unwrap());
    let key = Fingerprint([7; 32]);
    assert_eq!(open(folder.path()).servers(), Ok((vec![], None)));
    open(folder.path()).keep_servers(&others[..1], None).unwrap();
    open(folder.path()).keep_servers(&others, Some(&key)).unwrap();
    assert_eq!(open(folder.path()).servers(), Ok((others.to_vec(), Some(key))));
    let elsewhere = Store::open(folder.path(), &others[0], &RoomName::default()).unwrap();
    assert_eq!(elsewhere.servers(), Ok((vec![], None)), "each room at each address has its own");
    open(folder.path()).keep_servers(&[], None).unwrap();
    assert_eq!(open(folder.path()).servers(), Ok((vec![], None)));
}

/// A file of the version before has no table for them, and gets it.
#[test]
fn a_file_without_the_other_places_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).put_outgoing(&[outgoing("a")]).unwrap();
    let file = folder.path().join("messages.db");
    rusqlite::Connection::open(&file).unwrap().execute_batch("DROP TABLE server").unwrap();
    assert_eq!(open(folder.path()).servers(), Ok((vec![], None)));
    assert_eq!(ids(&open(folder.path())), ["a"]);
}

#[test]
fn the_outbox_keeps_order_and_forgets_what_is_settled() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    for id in ["b", "a", "c", "a"] {
        store.put_outgoing(&[outgoing(id)]).unwrap();
    }
    store.forget(&MessageId::parse("a").unwrap()).unwrap();
    store.forget(&MessageId::parse("none").unwrap()).unwrap();
    drop(store);
    assert_eq!(open(folder.path()).outbox().unwrap(), [outgoing("b"), outgoing("c")]);
    let empty = Outgoing { body: Body::default(), ..outgoing("d") };
    open(folder.path()).put_outgoing(&[empty, outgoing("e")]).unwrap();
    assert_eq!(ids(&open(folder.path())), ["b", "c", "e"], "what cannot be sent is not kept");
}

#[test]
fn rooms_and_addresses_are_apart() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = Address::new("::1", 9);
    let sala = RoomName::parse("sala").unwrap();
    let mut store = open(folder.path());
    store.put_outgoing(&[outgoing("a")]).unwrap();
    store.enter(OLD).unwrap();
    store.go_on_at(Seq::new(1)).unwrap();
    store.remember(&messages(1..=3)).unwrap();
    for other in [
        Store::open(folder.path(), &elsewhere, &RoomName::default()).unwrap(),
        Store::open(folder.path(), &Address::default(), &sala).unwrap(),
    ] {
        assert_eq!(other.outbox(), Ok(vec![]));
        assert_eq!(other.position(), Ok(None));
        assert_eq!(other.page_before(None, 10), Ok(vec![]));
    }
}

#[test]
fn the_position_advances_without_gaps_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    store.enter(OLD).unwrap();
    assert_eq!(store.position(), Ok(None));
    store.go_on_at(Seq::new(5)).unwrap();
    store.remember(&messages(5..=7)).unwrap();
    assert_eq!(store.position(), Ok(Some((OLD, Seq::new(7)))));
    store.remember(&messages(9..=10)).unwrap();
    assert_eq!(store.position(), Ok(Some((OLD, Seq::new(7)))), "8 is missing");
    store.remember(&messages(1..=8)).unwrap();
    assert_eq!(store.position(), Ok(Some((OLD, Seq::new(8)))));
    store.remember(&messages(8..=11)).unwrap();
    drop(store);
    let mut store = open(folder.path());
    assert_eq!(store.position(), Ok(Some((OLD, Seq::new(11)))));
    store.go_on_at(Seq::new(20)).unwrap();
    store.remember(&messages(20..=21)).unwrap();
    assert_eq!(store.position(), Ok(Some((OLD, Seq::new(21)))));
}

#[test]
fn pages_are_in_order_and_end_at_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    store.enter(OLD).unwrap();
    store.remember(&messages(1..=3)).unwrap();
    store.remember(&messages(5..=9)).unwrap();
    let page = |before: Option<u64>, limit| seqs(&store.page_before(before.map(Seq::new), limit).unwrap());
    assert_eq!(page(None, 3), [7, 8, 9]);
    assert_eq!(page(Some(7), 10), [5, 6]);
    assert_eq!(page(Some(5), 10), [0; 0], "4 has to come from the server first");
    assert_eq!(page(Some(4), 2), [2, 3]);
    assert_eq!(page(Some(1), 2), [0; 0]);
    assert_eq!(page(Some(100), 2), [0; 0], "the places below 100 are not here");
    assert_eq!(page(None, 0), [0; 0]);
    assert_eq!(store.page_before(None, 1).unwrap(), [message(9)]);
}

#[test]
fn another_log_drops_the_history_and_keeps_the_outbox() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let fill = |store: &mut Store| {
        store.go_on_at(Seq::new(1)).unwrap();
        store.remember(&messages(1..=3)).unwrap();
    };
    store.put_outgoing(&[outgoing("a")]).unwrap();
    store.enter(OLD).unwrap();
    fill(&mut store);
    store.enter(OLD).unwrap();
    assert_eq!(store.position(), Ok(Some((OLD, Seq::new(3)))), "the same log changes nothing");
    store.enter(NEW).unwrap();
    assert_eq!((store.position(), store.page_before(None, 9)), (Ok(None), Ok(vec![])));
    fill(&mut store);
    assert_eq!(store.position(), Ok(Some((NEW, Seq::new(3)))));
    store.reset().unwrap();
    assert_eq!((store.position(), store.page_before(None, 9)), (Ok(None), Ok(vec![])));
    assert_eq!(ids(&store), ["a"]);
}

#[test]
fn the_outbox_survives_a_kill() {
    if let Some(folder) = env::var_os(CHILD_FOLDER) {
        let mut store = open(Path::new(&folder));
        for number in 0.. {
            store.put_outgoing(&[outgoing(&format!("kept-{number}"))]).unwrap();
            let mut stdout = std::io::stdout().lock();
            writeln!(stdout, "kept-{number}").and_then(|()| stdout.flush()).unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = child("the_outbox_survives_a_kill", folder.path(), 0);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    // The test harness writes lines of its own, the last one without an end of line before the first id.
    let ids_in = |line: String| line.find("kept-").map(|at| line[at..].to_owned());
    let promised: Vec<String> = lines.filter_map(ids_in).take(40).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let kept = ids(&open(folder.path()));
    assert_eq!(kept[..promised.len()], promised);
}

#[test]
fn several_processes_share_a_profile() {
    const CHILDREN: u32 = 4;
    const MESSAGES: u32 = 25;
    if let (Some(folder), Ok(number)) = (env::var_os(CHILD_FOLDER), env::var(CHILD_NUMBER)) {
        let mut store = open(Path::new(&folder));
        store.enter(OLD).unwrap();
        for index in 0..MESSAGES {
            let kept = outgoing(&format!("{number}-{index:02}"));
            let settled = outgoing(&format!("{number}-{index:02}-settled"));
            store.put_outgoing(&[kept, settled.clone()]).unwrap();
            store.remember(&messages(1..=u64::from(index) + 1)).unwrap();
            store.forget(&settled.id).unwrap();
        }
        return;
    }
    // All of them find no file, and make it.
    let folder = tempfile::tempdir().unwrap();
    let start = |number| child("several_processes_share_a_profile", folder.path(), number);
    let children: Vec<Child> = (0..CHILDREN).map(start).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let store = open(folder.path());
    let kept = ids(&store);
    for number in 0..CHILDREN {
        let of_child: Vec<String> =
            kept.iter().filter(|id| id.starts_with(&format!("{number}-"))).cloned().collect();
        let expected: Vec<String> = (0..MESSAGES).map(|index| format!("{number}-{index:02}")).collect();
        assert_eq!(of_child, expected, "each process's messages are there, in its order");
    }
    assert_eq!(seqs(&store.page_before(None, 100).unwrap()), (1..=u64::from(MESSAGES)).collect::<Vec<_>>());
}

#[test]
fn a_file_that_is_not_to_be_used_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages.db");
    drop(open(folder.path()));
    let set = |name: &str, value: u32| {
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.pragma_update(None, name, value).unwrap();
    };
    let failure = || {
        let error = Store::open(folder.path(), &Address::default(), &RoomName::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with(&path.display().to_string()), "{text}");
        (error, text)
    };
    set("user_version", 2);
    let (error, text) = failure();
    assert_eq!(error, StoreError::Newer { path: path.clone(), found: 2 });
    assert!(text.contains("newer version of papo") && text.contains("Update papo"), "{text}");
    set("user_version", 1);
    drop(open(folder.path()));
    set("application_id", 5);
    let (error, text) = failure();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(text.contains("another program's") && text.contains("move the file away"), "{text}");
    fs::write(&path, "no database at all, but long enough to be taken for one".repeat(100)).unwrap();
    let (error, _) = failure();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_what_was_said() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    store.put_outgoing(&[outgoing("a")]).unwrap();
    let mut found = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
        found += 1;
    }
    assert!(found >= 2, "the database and its journal");
}

/// Invariant: a page read from the middle shows what later messages have made of it.
#[test]
fn what_changes_a_page_is_found_wherever_it_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    store.enter(OLD).unwrap();
    store.go_on_at(Seq::new(1)).unwrap();
    let mut all = messages(1..=9);
    all[6].body = Body { edit: Some(Seq::new(2)), ..Body::text("now") };
    all[7].body = Body { delete: Some(Seq::new(5)), ..Body::default() };
    all[8].body = Body::text("the word \"edit\":2 changes nothing");
    store.remember(&all).unwrap();
    let changes = |first, last| {
        let found = store.changes_of(Seq::new(first), Seq::new(last)).unwrap();
        found.iter().map(|message| message.seq.number()).collect::<Vec<u64>>()
    };
    assert_eq!(changes(1, 3), [7]);
    assert_eq!(changes(1, 6), [7, 8]);
    assert_eq!(changes(3, 4), [] as [u64; 0]);
    assert_eq!(changes(1, 8), [] as [u64; 0], "what is in the page itself is not told twice");
}
