//! The writer's part where several servers share the log: what others append is fed to the rooms of this server, and what
//! they did to a room holds here too. Not here: noticing that they did (`cluster`), and who may do what (`access`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use papo_log::{Appended, Entry, Kind, LogError, NewEntry, Page};
use papo_proto::{MemberId, RoomName};

use super::acts::who_goes;
use super::{Writer, batch_of, parts_of_new};
use crate::desk::ConnectionId;
use crate::feed::{Batch, WINDOW_BYTES_MAX};
use crate::gate::act_of;
use crate::room::Room;

/// How much is read at a time of what others have appended.
const PAGE: Page = Page { entries_max: 1024, bytes_max: WINDOW_BYTES_MAX / 2 };

impl Writer {
    /// Feeds what was stored to the rooms, together with what others have stored before it, and answers those whose
    /// message was not new.
    pub(super) fn publish_shared(
        &mut self,
        entries: &[NewEntry],
        from: &[(ConnectionId, RoomName)],
        appended: Vec<Appended>,
        (now, now_ms): (Option<Duration>, u64),
    ) {
        // What follows the newest frame of its room can be fed as it is; else the log is read.
        let mut batches: BTreeMap<&RoomName, Option<Batch>> = BTreeMap::new();
        let mut own: BTreeMap<&RoomName, BTreeSet<u64>> = BTreeMap::new();
        for ((entry, (_, room)), appended) in entries.iter().zip(from).zip(&appended) {
            match appended {
                Appended::New { seq, time_ms } => {
                    self.counters.stored.add(1);
                    own.entry(room).or_default().insert(*seq);
                    let batch =
                        batches.entry(room).or_insert_with(|| Some(Batch::starting_at(*seq).fed(now)));
                    match batch {
                        Some(batch) if batch.last() + 1 == *seq => {
                            batch.push(|out| parts_of_new(entry, *seq, *time_ms).encode_line(out));
                        }
                        other => *other = None,
                    }
                }
                Appended::Repeated(_) => {
                    // Its place may be one that was not fed here yet, and nobody is shown it before those below.
                    batches.entry(room).or_insert(None);
                }
                Appended::Conflict { .. } => {}
            }
        }
        for (name, batch) in batches {
            let Some(room) = self.hub.find(name) else { continue };
            match batch {
                Some(batch) if batch.first() == room.messages.head() + 1 => {
                    room.messages.push(Arc::new(batch));
                    self.wake(&room);
                }
                _ => self.follow(name, now_ms, &own.remove(name).unwrap_or_default()),
            }
        }
        for ((entry, (to, _)), appended) in entries.iter().zip(from).zip(appended) {
            match appended {
                Appended::New { .. } => {}
                Appended::Repeated(first) => self.answer_repeat(*to, &first),
                Appended::Conflict { seq } => self.answer_conflict(*to, seq, &entry.id),
            }
        }
    }

    /// Feeds a room everything that the log has and the feed has not. Of that, `own` was said on this server.
    pub(super) fn follow(&mut self, name: &RoomName, now_ms: u64, own: &BTreeSet<u64>) {
        if let Err(error) = self.try_follow(name, now_ms, own) {
            // What is missing is looked for again within a second.
            tracing::warn!(room = %name, "what other servers have stored cannot be read: {error}");
        }
    }

    fn try_follow(&mut self, name: &RoomName, now_ms: u64, own: &BTreeSet<u64>) -> Result<(), LogError> {
        let Some(room) = self.hub.find(name) else { return Ok(()) };
        loop {
            let head = room.messages.head();
            let entries = self.log.read_after(name.as_str(), head, PAGE)?;
            let Some(first) = entries.first() else { return Ok(()) };
            if first.seq != head + 1 {
                tracing::error!(room = %name, head, found = first.seq, "the log has a hole: nothing is fed any more");
                return Ok(());
            }
            for entry in entries.iter().filter(|entry| entry.kind == Kind::Act) {
                self.obey(&room, entry, now_ms)?;
            }
            self.count_elsewhere(&entries, own);
            room.messages.push(Arc::new(batch_of(&entries).fed(self.clock.now())));
            self.wake(&room);
        }
    }

    /// What a key says on other servers is taken from its rate here.
    fn count_elsewhere(&self, entries: &[Entry], own: &BTreeSet<u64>) {
        let (Some(guard), Some(now)) = (&self.guard, self.clock.now()) else { return };
        let mut said: BTreeMap<&str, u64> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| !own.contains(&entry.seq)) {
            *said.entry(&entry.sender).or_default() += 1;
        }
        for (sender, count) in said {
            if let Ok(id) = MemberId::parse(sender) {
                guard.said_elsewhere(&id, count, now);
            }
        }
    }

    /// What was done to a room on another server holds here from now on.
    fn obey(&mut self, room: &Arc<Room>, entry: &Entry, now_ms: u64) -> Result<(), LogError> {
        let (rules, log) = (self.gates.rules, Arc::clone(&self.log));
        let gate = self.gates.load(&*log, &room.name)?;
        gate.take_in(entry, &room.name);
        let acted = act_of(entry).filter(|_| gate.denied_at(entry.seq).is_none());
        let out = acted.as_ref().map_or_else(Vec::new, |(_, act)| who_goes(act, Some(room), &self.tags));
        out.iter().for_each(|id| gate.expel(id, now_ms));
        // Before anybody is put out: who comes in at this moment without being looked at is put out as well.
        room.set_plain(gate.is_plain(rules));
        if let Some((_, act)) = acted {
            self.gates.changed(&room.name);
            self.put_out(room, &act, &out);
        }
        Ok(())
    }

    /// Takes in what others have done to a room, before something is done to it here.
    pub(super) fn learn(&mut self, name: &RoomName, now_ms: u64) -> Result<(), LogError> {
        if !self.is_shared {
            return Ok(());
        }
        self.try_follow(name, now_ms, &BTreeSet::new())?;
        let log = Arc::clone(&self.log);
        self.gates.load(&*log, name)?.catch_up(&*log, name)
    }

    /// Opens a room that nobody on this server is in, and counts one connection in it.
    pub(super) fn open_room(&mut self, name: &RoomName) -> Result<Arc<Room>, LogError> {
        let room = self.read_room(name)?;
        if !self.is_shared {
            return Ok(self.hub.open(room));
        }
        // What was done between reading the room's acts and its newest messages would be missed otherwise. Before the room
        // is open: one that could not be opened would stay so, with somebody counted who is not there.
        let log = Arc::clone(&self.log);
        self.gates.load(&*log, name)?.catch_up(&*log, name)?;
        room.presence().share();
        let elsewhere = self.elsewhere.lock();
        elsewhere.fill(name, &mut room.presence());
        Ok(self.hub.open(room))
    }
}
