//! What a stop does where a log never answers: something that no log of the tests outside can be made to do.

use std::net::Ipv4Addr;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Condvar, Mutex};

use papo_log::{Appended, EngineUrl, Entry, Kind, NewEntry, Page, RoomState};

use super::*;
use crate::desk::ConnectionId;
use crate::gate::AccessRules;
use crate::limits::Limits;

/// A log whose appends never end.
struct Hanging {
    log: MemoryLog,
    begun: SyncSender<()>,
    never: (Mutex<()>, Condvar),
}

impl RoomLog for Hanging {
    fn append(&self, _now_ms: u64, _batch: &[NewEntry]) -> Result<Vec<Appended>, LogError> {
        self.begun.send(()).unwrap();
        let mut held = self.never.0.lock().unwrap();
        loop {
            held = self.never.1.wait(held).unwrap();
        }
    }
    fn read_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.log.read_after(room, after, page)
    }
    fn read_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.log.read_before(room, before, page)
    }
    fn read_acts_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.log.read_acts_after(room, after, page)
    }
    fn read_acts_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.log.read_acts_before(room, before, page)
    }
    fn find(&self, room: &str, sender: &str, id: &str) -> Result<Option<Entry>, LogError> {
        self.log.find(room, sender, id)
    }
    fn state(&self, room: &str) -> Result<RoomState, LogError> {
        self.log.state(room)
    }
    fn prune(&self, room: &str, first: u64) -> Result<(), LogError> {
        self.log.prune(room, first)
    }
}

/// Invariant: a server whose log is elsewhere and does not answer still stops.
#[test]
fn a_stop_does_not_wait_for_a_log_that_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))],
        data: folder.path().to_owned(),
        names: Vec::new(),
        certificate: None,
        acme: None,
        history: History::None,
        shards: 1,
        websocket_echo: false,
        admin: None,
        also: Vec::new(),
        limits: Limits::default(),
        access: AccessRules::OPEN,
    };
    let mut server = Server::bind(config).unwrap();
    let (begun, has_begun) = sync_channel(1);
    server.log = Arc::new(Hanging { log: MemoryLog::new(MEMORY_LIMITS), begun, never: Default::default() });
    server.config.history = History::Shared("nats://127.0.0.1:1".parse::<EngineUrl>().unwrap());
    let entry = NewEntry {
        room: "lobby".into(),
        kind: Kind::Message,
        sender: "guest-aaaaaaaaaaaaa".into(),
        name: "Ana".into(),
        id: "1".into(),
        body: "{}".into(),
    };
    let from = ConnectionId { shard: 0, slot: 0, generation: 0 };
    server.queue.submit(&mut vec![Job::Append { entry, from, room: RoomName::default() }]);
    let stopper = server.stopper();
    let (ended, has_ended) = channel();
    thread::spawn(move || ended.send(server.run().is_ok()));
    has_begun.recv_timeout(Duration::from_mins(1)).unwrap();
    stopper.stop();
    assert_eq!(has_ended.recv_timeout(Duration::from_mins(1)), Ok(true));
}
