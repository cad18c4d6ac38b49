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
mod tests;
