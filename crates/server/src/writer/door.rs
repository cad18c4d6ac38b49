//! The writer's part in how visitors come into rooms: those who come at the same time by invites are written down in one
//! commit, since a class that comes by one link would else wait for the disk once for each. Not here: who may come in,
//! which the rules say (`access`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use papo_log::{Appended, Entry, LogError, NewEntry};
use papo_proto::{Act, ErrorCode, Refusal, Role, RoomAccess, RoomName};

use super::Writer;
use crate::access::{Denied, Entrance, Visitor};
use crate::desk::{Asked, Mail, not_stored};
use crate::gate::{Performed, refusal};
use crate::room::Room;

/// What is to become of a visitor, once what was written down for all of them is in the log.
enum Verdict {
    /// Comes in.
    In,
    /// Comes in by the entry at this place of the commit.
    Enters(usize),
    Denied(Denied),
    Failed(Refusal),
}

impl Writer {
    /// Brings visitors into rooms, or says why not, and leaves none of them. Whoever is not let in changes nothing: no
    /// room is opened for them, and none is kept in memory.
    pub(super) fn open(&mut self, visitors: &mut Vec<Asked>, now_ms: u64) {
        let mut entries = Vec::new();
        let mut verdicts: Vec<Verdict> = Vec::with_capacity(visitors.len());
        let mut learned = BTreeSet::new();
        let mut is_away = false;
        for asked in visitors.iter() {
            // A log that is away was waited for once: waiting for each of a crowd would take longer than any of them does.
            let verdict = match verdicts.last() {
                Some(Verdict::Failed(refusal)) if is_away => Verdict::Failed(refusal.clone()),
                _ => self.learn_and_consider(asked, &mut learned, &mut entries, now_ms).unwrap_or_else(
                    |error| {
                        is_away = matches!(error, LogError::Away { .. });
                        failed(&asked.room, &error)
                    },
                ),
            };
            verdicts.push(verdict);
        }
        if !entries.is_empty() {
            self.write_down(visitors, &mut verdicts, entries, now_ms);
        }
        for (asked, verdict) in visitors.drain(..).zip(verdicts) {
            let to = asked.from;
            let opened = match verdict {
                Verdict::In | Verdict::Enters(_) => {
                    self.bring_in(&asked, now_ms).map_err(|error| failed(&asked.room, &error))
                }
                other => Err(other),
            };
            let mail = match opened {
                Ok((room, access)) => Mail::Opened { to, room, access },
                Err(Verdict::Denied(denied)) => {
                    self.forget_if_closed(&asked.room);
                    let is_wrong_secret = denied == Denied::NoEntry && asked.invite.is_some();
                    Mail::TurnedAway { to, refusal: refusal(denied, now_ms), is_wrong_secret }
                }
                Err(Verdict::Failed(refusal)) => {
                    self.forget_if_closed(&asked.room);
                    Mail::NotOpened { to, refusal }
                }
                Err(Verdict::In | Verdict::Enters(_)) => continue,
            };
            self.shards[to.shard].post(mail);
        }
    }

    /// Takes in what others have done to the room, once for all visitors, and decides about one.
    fn learn_and_consider(
        &mut self,
        asked: &Asked,
        learned: &mut BTreeSet<RoomName>,
        entries: &mut Vec<NewEntry>,
        now_ms: u64,
    ) -> Result<Verdict, LogError> {
        if !learned.contains(&asked.room) {
            self.learn(&asked.room, now_ms)?;
            learned.insert(asked.room.clone());
        }
        self.consider(asked, entries, now_ms)
    }

    /// Decides about a visitor as if everybody before had come in already. What has to be in the log first is added to
    /// the entries.
    fn consider(
        &mut self,
        asked: &Asked,
        entries: &mut Vec<NewEntry>,
        now_ms: u64,
    ) -> Result<Verdict, LogError> {
        let Asked { room, member, invite, origin, .. } = asked;
        let address = member.id.is_guest().then(|| self.tags.tag(*origin));
        let visitor = Visitor { id: &member.id, address, invite: *invite };
        let (rules, log) = (self.gates.rules, Arc::clone(&self.log));
        let gate = self.gates.load(&*log, room)?;
        let entering = match gate.access.entrance(visitor, rules.open, now_ms) {
            Ok(Entrance::Known) => None,
            Ok(Entrance::ByInvite(role)) => gate.entering(visitor, role),
            Err(denied) => return Ok(Verdict::Denied(denied)),
        };
        gate.let_in(&member.id);
        let Some((id, act)) = entering else { return Ok(Verdict::In) };
        let Act::Enter { invite, .. } = act else { return Ok(Verdict::Denied(Denied::NoEntry)) };
        match gate.prepare(&*log, room, member, (&id, &act), now_ms)? {
            Ok(entry) => {
                if let Err(denied) = gate.enter_ahead(member, invite, &act, now_ms) {
                    return Ok(Verdict::Denied(denied));
                }
                entries.push(entry);
                Ok(Verdict::Enters(entries.len() - 1))
            }
            Err(Performed::Denied(denied)) => Ok(Verdict::Denied(denied)),
            // The id of an entrance is another one for each use.
            Err(_) => Ok(Verdict::Denied(Denied::NoEntry)),
        }
    }

    /// Puts all entrances into the log at once. The rooms' states have them already. That is taken back where the log does
    /// not have them so: because it failed, because its clock is ahead and an invite's time was over by it, or because
    /// others append as well; then what holds is what the log says in its order.
    fn write_down(
        &mut self,
        visitors: &[Asked],
        verdicts: &mut [Verdict],
        entries: Vec<NewEntry>,
        now_ms: u64,
    ) {
        let entered = visitors.iter().zip(&*verdicts).filter_map(|(asked, verdict)| match verdict {
            Verdict::Enters(place) => Some((asked.room.clone(), *place)),
            _ => None,
        });
        // The newest of each room is its last.
        let rooms: BTreeMap<RoomName, usize> = entered.collect();
        let appended = match self.log.append(now_ms, &entries) {
            Ok(appended) => appended,
            Err(error) => return self.not_written_down(visitors, verdicts, &rooms, (&error, now_ms)),
        };
        self.recovered();
        let stored: Vec<Option<Entry>> = entries.into_iter().zip(&appended).map(stored).collect();
        let is_as_judged =
            |entry: &Option<Entry>| entry.as_ref().is_some_and(|entry| entry.time_ms == now_ms);
        let as_judged = !self.is_shared && stored.iter().all(is_as_judged);
        let mut unread = BTreeMap::new();
        for (room, last) in &rooms {
            if as_judged {
                self.gates.keep_entrances(room, stored[*last].as_ref().map_or(0, |entry| entry.seq));
            } else if let Err(error) = self.read_on(room) {
                unread.insert(room.clone(), error);
            }
        }
        for (asked, verdict) in visitors.iter().zip(verdicts) {
            let entry = match verdict {
                Verdict::Enters(place) => stored[*place].as_ref(),
                Verdict::In => None,
                Verdict::Denied(_) | Verdict::Failed(_) => continue,
            };
            if let Some(entry) = entry {
                self.tell(&asked.room, entry, now_ms);
            }
            if let Some(error) = unread.get(&asked.room) {
                *verdict = failed(&asked.room, error);
            } else if !as_judged && rooms.contains_key(&asked.room) {
                // Also at who is known by an entrance before, such as twice by one key.
                let newest = rooms.get(&asked.room).and_then(|last| stored[*last].as_ref());
                let time_ms = entry.or(newest).map_or(now_ms, |entry| entry.time_ms.max(now_ms));
                self.look_again(asked, entry, verdict, time_ms);
            }
        }
    }

    /// Takes all entrances back, because the log failed. Whoever was to come in without one of their own may have been
    /// known by one of these alone, such as by the same key a moment before.
    fn not_written_down(
        &mut self,
        visitors: &[Asked],
        verdicts: &mut [Verdict],
        rooms: &BTreeMap<RoomName, usize>,
        (error, now_ms): (&LogError, u64),
    ) {
        self.failed(error, now_ms);
        rooms.keys().for_each(|room| self.gates.take_back_entrances(room));
        for (asked, verdict) in visitors.iter().zip(verdicts) {
            match verdict {
                Verdict::Enters(_) => *verdict = failed(&asked.room, error),
                Verdict::In if rooms.contains_key(&asked.room) => {
                    self.look_again(asked, None, verdict, now_ms);
                    if let Verdict::Failed(_) = verdict {
                        *verdict = failed(&asked.room, error);
                    }
                }
                _ => {}
            }
        }
    }

    /// Has a room's state as the log says, from the acts that follow those it has: not from all of them, since a room of
    /// a hundred thousand has as many.
    fn read_on(&mut self, room: &RoomName) -> Result<(), LogError> {
        let log = Arc::clone(&self.log);
        self.gates.take_back_entrances(room);
        let read = self.gates.load(&*log, room).and_then(|gate| gate.catch_up(&*log, room));
        self.gates.changed(room);
        read
    }

    /// Decides by a room's state, which is again as the log says, about a visitor who was to come in, perhaps by this
    /// entry: where that changed nothing there, it let nobody in. What is over is so by this time, which is the log's.
    fn look_again(&mut self, asked: &Asked, entry: Option<&Entry>, verdict: &mut Verdict, time_ms: u64) {
        let Asked { room, member, invite, origin, .. } = asked;
        let address = member.id.is_guest().then(|| self.tags.tag(*origin));
        let visitor = Visitor { id: &member.id, address, invite: *invite };
        let (rules, log) = (self.gates.rules, Arc::clone(&self.log));
        let gate = match self.gates.load(&*log, room) {
            Ok(gate) => gate,
            Err(error) => return *verdict = failed(room, &error),
        };
        let holds = if member.id.is_guest() {
            // Of a guest who has come in nothing else is kept.
            entry.is_some_and(|entry| gate.denied_at(entry.seq).is_none())
        } else {
            gate.access.knows(&member.id)
        };
        *verdict = match gate.access.entrance(visitor, rules.open, time_ms) {
            Err(Denied::Banned(until_ms)) => Verdict::Denied(Denied::Banned(until_ms)),
            _ if holds => Verdict::In,
            Ok(Entrance::Known) => Verdict::In,
            Ok(Entrance::ByInvite(_)) => Verdict::Failed(came_first()),
            Err(denied) => Verdict::Denied(denied),
        };
    }

    /// Opens the room if it is closed, and says how it stands for a visitor who comes in.
    fn bring_in(
        &mut self,
        asked: &Asked,
        now_ms: u64,
    ) -> Result<(Arc<Room>, Option<Box<RoomAccess>>), LogError> {
        let name = &asked.room;
        let room = match self.hub.enter(name) {
            Some(room) => room,
            None => self.open_room(name)?,
        };
        let told = self.tell_standing(&room, asked, now_ms);
        // Who does not come in after all is not in the room: else it would never be closed.
        if told.is_err() && room.release() && self.hub.close_if_empty(name) {
            self.gates.forget(name);
        }
        told.map(|access| (room, access))
    }

    /// How a room stands for a visitor, where that is not as usual.
    fn tell_standing(
        &mut self,
        room: &Room,
        asked: &Asked,
        now_ms: u64,
    ) -> Result<Option<Box<RoomAccess>>, LogError> {
        let Asked { room: name, member, .. } = asked;
        let (rules, log) = (self.gates.rules, Arc::clone(&self.log));
        self.gates.changed(name);
        let gate = self.gates.load(&*log, name)?;
        room.set_plain(gate.is_plain(rules));
        let count = room.presence().count() + 1;
        let view = gate.access.view(&member.id, gate.circumstances(rules, now_ms, count));
        let usual = RoomAccess::usual(gate.access.role_of(member.id.as_str()).min(Role::Member));
        Ok((view != usual).then(|| Box::new(view)))
    }
}

/// The entry that the log has now, unless it was there before.
fn stored((new, appended): (NewEntry, &Appended)) -> Option<Entry> {
    let Appended::New { seq, time_ms } = *appended else { return None };
    let NewEntry { kind, sender, name, id, body, .. } = new;
    Some(Entry { seq, time_ms, kind, sender, name, id, body })
}

fn failed(room: &RoomName, error: &LogError) -> Verdict {
    tracing::error!(%room, "a room could not be opened: {error}");
    Verdict::Failed(not_stored(error, None))
}

/// What is said where an invite has become another one meanwhile, such as one that makes no owner any more.
fn came_first() -> Refusal {
    let text = "somebody else came in by this invite at the same moment: nothing was done, try again";
    Refusal::new(ErrorCode::LogFailed, text).retry_after(1)
}

#[cfg(test)]
mod tests {
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
        assert!(
            told.len() == 100 && told.iter().all(|mail| matches!(mail, Mail::NotOpened { .. })),
            "{told:?}"
        );
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
}
