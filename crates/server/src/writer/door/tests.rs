//! Who comes in and who does not: batches, rivals on other servers, a log that fails.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use papo_log::{Kind, MemoryLimits, MemoryLog, Page, RoomLog, RoomState};
use papo_proto::{Body, InviteSecret, Member, MemberId, Name};

use super::*;
use crate::desk::{ConnectionId, Job, Post};
use crate::gate::{AccessRules, invite_id};
use crate::guard::Origin;
use crate::operator::{OperatorAnswer, OperatorAsk, OperatorRequest};
use crate::room::Hub;
use crate::tags::AddressTags;

const NOW_MS: u64 = 1_000_000;

/// A log that counts its commits, and fails when it is told to.
struct Counting {
    log: MemoryLog,
    commits: AtomicUsize,
    is_full: AtomicBool,
    /// Whether nothing can be read.
    is_away: AtomicBool,
    reads: AtomicUsize,
    acts_read: AtomicUsize,
    /// By how much its clock is ahead.
    ahead_ms: AtomicU64,
    /// What another server appends just before the next commit.
    rival: Mutex<Vec<NewEntry>>,
}

impl RoomLog for Counting {
    fn append(&self, now_ms: u64, batch: &[NewEntry]) -> Result<Vec<Appended>, LogError> {
        self.commits.fetch_add(1, Ordering::Relaxed);
        if self.is_full.load(Ordering::Relaxed) {
            return Err(LogError::DiskFull { path: "log.db".into() });
        }
        let now_ms = now_ms + self.ahead_ms.load(Ordering::Relaxed);
        let rival = std::mem::take(&mut *self.rival.lock().unwrap());
        self.log.append(now_ms, &rival)?;
        self.log.append(now_ms, batch)
    }
    fn read_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.log.read_after(room, after, page)
    }
    fn read_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.log.read_before(room, before, page)
    }
    fn read_acts_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        if self.is_away.load(Ordering::Relaxed) {
            return Err(LogError::Away { engine: "nats://n1".into(), cause: "no answer".into() });
        }
        let acts = self.log.read_acts_after(room, after, page)?;
        self.acts_read.fetch_add(acts.len(), Ordering::Relaxed);
        Ok(acts)
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

#[derive(Default)]
struct Inbox(Mutex<Vec<Mail>>);

impl Post for Inbox {
    fn post(&self, mail: Mail) {
        self.0.lock().unwrap().push(mail);
    }
}

/// A writer whose room `sala` has an invite for so many.
struct World {
    log: Arc<Counting>,
    inbox: Arc<Inbox>,
    writer: Writer,
    secret: InviteSecret,
}

fn sala() -> RoomName {
    RoomName::parse("sala").unwrap()
}

impl World {
    fn new(uses: Option<u32>) -> Self {
        Self::with_invite(uses, None)
    }

    fn with_invite(uses: Option<u32>, seconds: Option<u32>) -> Self {
        let limits = MemoryLimits { entries_max: usize::MAX, bytes_max: usize::MAX };
        let log = Arc::new(Counting {
            log: MemoryLog::new(limits),
            commits: AtomicUsize::new(0),
            is_full: AtomicBool::new(false),
            is_away: AtomicBool::new(false),
            reads: AtomicUsize::new(0),
            acts_read: AtomicUsize::new(0),
            ahead_ms: AtomicU64::new(0),
            rival: Mutex::default(),
        });
        let rules = AccessRules { open: false, ..AccessRules::OPEN };
        let tags = Arc::new(AddressTags::new(&[7; 32]));
        let alone = Writer::alone(Arc::clone(&log) as Arc<dyn RoomLog>, rules, tags);
        let inbox = Arc::new(Inbox::default());
        let posts = vec![Arc::clone(&inbox) as Arc<dyn Post>];
        let mut writer = Writer { hub: Arc::new(Hub::default()), shards: posts, ..alone };
        let secret = InviteSecret::new([1; 20]);
        let act = Act::Invite { invite: invite_id(&secret, &sala()), uses, seconds, owner: false };
        let request = OperatorRequest { room: sala(), ask: OperatorAsk::Act(act) };
        assert!(matches!(writer.answer(&request, NOW_MS), OperatorAnswer::Done(_)));
        Self { log, inbox, writer, secret }
    }

    fn id(key: u16) -> MemberId {
        let [high, low] = key.to_be_bytes();
        let id = papo_proto::id::base32().encode(&[[high, low].as_slice(), &[0; 13]].concat());
        MemberId::parse(&id).unwrap()
    }

    /// These come at once, each by a key of their own. Returns how many came in, and how many commits that took.
    fn come(&mut self, keys: impl IntoIterator<Item = u16>) -> (usize, usize) {
        let before = self.log.commits.load(Ordering::Relaxed);
        let mail = self.answers(keys.into_iter().map(Self::id));
        let came = mail.iter().filter(|mail| matches!(mail, Mail::Opened { .. })).count();
        (came, self.log.commits.load(Ordering::Relaxed) - before)
    }

    /// What these are told who come at once.
    fn answers(&mut self, ids: impl IntoIterator<Item = MemberId>) -> Vec<Mail> {
        let job = |(slot, id)| {
            Job::Open(Box::new(Asked {
                room: sala(),
                member: Member { id, name: Name::parse("Ana").unwrap() },
                invite: Some(invite_id(&self.secret, &sala())),
                origin: Origin::of([127, 0, 0, 1].into()),
                from: ConnectionId { shard: 0, slot, generation: 0 },
            }))
        };
        let jobs = ids.into_iter().enumerate().map(job).collect();
        self.writer.work(jobs, NOW_MS);
        std::mem::take(&mut *self.inbox.0.lock().unwrap())
    }

    /// Somebody comes in on another server, just before the next commit here.
    fn come_elsewhere(&mut self, id: &MemberId) {
        let invite = invite_id(&self.secret, &sala());
        let role = if id.is_guest() { Role::Guest } else { Role::Member };
        self.writer.is_shared = true;
        self.log.rival.lock().unwrap().push(NewEntry {
            room: sala().shared(),
            kind: Kind::Act,
            sender: id.shared(),
            name: "Bo".into(),
            id: "enter-elsewhere".into(),
            body: Body::act(Act::Enter { invite, role }).to_json_unchecked().unwrap().into(),
        });
    }

    /// How many acts were read from the log so far.
    fn acts_read(&self) -> usize {
        self.log.acts_read.load(Ordering::Relaxed)
    }

    fn entered(&self) -> usize {
        let page = Page { entries_max: 10_000, bytes_max: usize::MAX };
        self.log.read_acts_after("sala", 0, page).unwrap().len() - 1
    }
}

/// Invariant: however many come by one invite at the same time, they wait for the disk once, each is written down,
/// and who is known already needs nothing more.
#[test]
fn a_class_comes_in_by_one_commit() {
    let mut world = World::new(None);
    assert_eq!(world.come(0..500), (500, 1));
    assert_eq!(world.entered(), 500);
    assert_eq!(world.come(0..500), (500, 0), "they are members now");
}

/// Invariant: on a log that others append to as well, a newcomer costs what has been done since the one before, however
/// many came earlier; and the room's state is the same as if all of it were read.
#[test]
fn a_newcomer_to_a_large_room_costs_no_more_than_to_a_small_one() {
    let mut world = World::new(None);
    world.writer.is_shared = true;
    for (batch, keys) in (0..10).map(|batch| (batch, batch * 200..(batch + 1) * 200)) {
        let before = world.acts_read();
        assert_eq!(world.come(keys), (200, 1));
        // The invite, and those of this batch.
        let read = world.acts_read() - before;
        assert!(read <= 201, "batch {batch}: {read}");
    }
    world.come_elsewhere(&World::id(9000));
    let before = world.acts_read();
    assert_eq!(world.come([9001, 9001, 3]), (3, 1), "one twice, one known");
    assert_eq!(world.acts_read() - before, 2);
    let whole = crate::gate::Gate::load(&*world.log, &sala()).unwrap();
    let gate = world.writer.gates.load(&*world.log, &sala()).unwrap();
    assert_eq!(gate.access, whole.access);
}

/// Invariant: of many who come at once by an invite for a few, exactly so many come in, and the same key twice is one
/// of them.
#[test]
fn no_more_come_in_at_once_than_an_invite_allows() {
    let mut world = World::new(Some(3));
    assert_eq!(world.come([1, 2, 1, 3, 4, 5]), (4, 1), "three keys, one of them twice");
    assert_eq!(world.entered(), 3);
    assert_eq!(world.come([4, 1]), (1, 0));
}

/// Invariant: whose entrance changed nothing at its place in the log does not come in, and is told why: because the
/// invite's time was over by the log's clock, or because others came in on another server first.
#[test]
fn who_came_too_late_by_the_log_does_not_come_in() {
    let codes = |mail: &[Mail]| -> Vec<ErrorCode> {
        let code = |mail: &Mail| match mail {
            Mail::TurnedAway { refusal, is_wrong_secret: false, .. } => refusal.code,
            other => panic!("not turned away: {other:?}"),
        };
        mail.iter().map(code).collect()
    };
    let guest = |number: u8| MemberId::of_guest([number; 8]);
    let mut world = World::with_invite(None, Some(10));
    world.log.ahead_ms.store(20_000, Ordering::Relaxed);
    let told = world.answers([World::id(1), World::id(2)]);
    assert_eq!(codes(&told), [ErrorCode::InviteExpired, ErrorCode::InviteExpired]);
    let told = world.answers([World::id(3), World::id(3)]);
    assert_eq!(codes(&told), [ErrorCode::InviteExpired; 2], "the same key twice");
    for (first, late) in [(World::id(9), World::id(1)), (guest(9), guest(1)), (World::id(9), guest(1))] {
        let mut world = World::new(Some(1));
        world.come_elsewhere(&first);
        let told = world.answers([late.clone()]);
        assert_eq!(codes(&told), [ErrorCode::InviteUsed], "{late} after {first}");
    }
    let mut world = World::new(Some(1));
    world.come_elsewhere(&World::id(9));
    let told = world.answers([World::id(1), World::id(1)]);
    assert_eq!(codes(&told), [ErrorCode::InviteUsed; 2], "the same key twice");
    let mut world = World::new(Some(2));
    world.come_elsewhere(&World::id(9));
    let told = world.answers([World::id(1)]);
    assert!(matches!(told[..], [Mail::Opened { .. }]), "{told:?}");
}

/// Invariant: a crowd that comes while the log is away waits for it once, and not once for each of them.
#[test]
fn a_crowd_waits_once_for_a_log_that_is_away() {
    let mut world = World::new(None);
    world.log.is_away.store(true, Ordering::Relaxed);
    let before = world.log.reads.load(Ordering::Relaxed);
    let told = world.answers((0..100).map(World::id));
    assert!(told.len() == 100 && told.iter().all(|mail| matches!(mail, Mail::NotOpened { .. })), "{told:?}");
    assert_eq!(world.log.reads.load(Ordering::Relaxed) - before, 1);
    world.log.is_away.store(false, Ordering::Relaxed);
    assert_eq!(world.come(0..100).0, 100);
}

/// Invariant: whose entrance was not written down has not come in by it, also where the log could not be asked then.
#[test]
fn who_was_not_written_down_is_not_known_later() {
    let mut world = World::new(None);
    assert_eq!(world.come([1]), (1, 1), "somebody stays, so that the room stays in memory");
    world.log.is_full.store(true, Ordering::Relaxed);
    world.log.is_away.store(true, Ordering::Relaxed);
    assert_eq!(world.come([2]), (0, 1));
    world.log.is_full.store(false, Ordering::Relaxed);
    world.log.is_away.store(false, Ordering::Relaxed);
    assert_eq!(world.come([2]), (1, 1));
    assert_eq!(world.entered(), 2);
}

/// Invariant: who is not written down does not keep the room open, and keeps nobody else out who is known already.
#[test]
fn who_does_not_come_in_is_not_counted() {
    let mut world = World::new(None);
    assert_eq!(world.come([1]), (1, 1));
    world.log.is_full.store(true, Ordering::Relaxed);
    world.log.is_away.store(true, Ordering::Relaxed);
    assert_eq!(world.come([1, 2]), (1, 1), "one is known, and the other one not");
    let room = world.writer.hub.find(&sala()).unwrap();
    assert!(!room.release() && room.release(), "one is there twice");
    world.writer.work(vec![Job::Close { room: sala() }], NOW_MS);
    assert!(world.writer.hub.find(&sala()).is_none());
}

/// Invariant: a room on a shared log that cannot be opened is not left open, with somebody counted who is not there.
#[test]
fn a_room_that_cannot_be_opened_stays_closed() {
    let mut world = World::new(None);
    world.writer.is_shared = true;
    world.log.is_away.store(true, Ordering::Relaxed);
    assert!(world.writer.open_room(&sala()).is_err());
    assert!(world.writer.hub.find(&sala()).is_none());
    world.log.is_away.store(false, Ordering::Relaxed);
    assert_eq!(world.come([1]).0, 1);
}

/// Invariant: where the disk takes nothing, nobody comes in who would have to be written down, and no use of the
/// invite is lost by that.
#[test]
fn whom_the_disk_does_not_take_does_not_come_in() {
    let mut world = World::new(Some(2));
    world.log.is_full.store(true, Ordering::Relaxed);
    assert_eq!(world.come([1, 2, 3]), (0, 1));
    let told = world.answers([World::id(2), World::id(2)]);
    let is_full = |mail: &Mail| {
        let Mail::NotOpened { refusal, .. } = mail else { return false };
        refusal.text.contains("disk is full")
    };
    assert!(told.len() == 2 && told.iter().all(is_full), "the same key twice: {told:?}");
    world.log.is_full.store(false, Ordering::Relaxed);
    assert_eq!(world.come([1, 2, 3]), (2, 1));
    assert_eq!(world.entered(), 2);
}
