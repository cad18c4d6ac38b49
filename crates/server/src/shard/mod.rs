//! A shard: some of the server's connections and what they read and say. One thread owns it and everything in
//! it. It is pure: bytes, mail and time come in as arguments, what to write comes out as slices; so the event
//! loop that runs it is thin, and a simulation can run it just as well. Not here: sockets and TLS.

mod door;
mod input;
mod output;
#[cfg(test)]
mod tests;
#[cfg(any(test, fuzzing))]
mod weight;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use papo_proto::codec::encode_server;
use papo_proto::limits::{PING_AFTER_SECONDS, SILENCE_SECONDS_MAX};
use papo_proto::proof::ChannelBinding;
use papo_proto::{ClosingCode, Nonce, Refusal, RoomName, ServerMessage};
use slab::Slab;

use crate::carrier::Carrier;
use crate::connection::{Connection, Fresh, Hold, Holds, Pace, Stage};
use crate::desk::{ConnectionId, Desk, Job, Mail};
use crate::feed::Window;
use crate::guard::{Account, Guard};
use crate::metrics::ShardCounters;
use crate::room::{Hub, Room};

pub(crate) use output::Output;

/// How often deadlines are looked at. They are seconds, so one look a second is enough and costs an idle
/// connection some nanoseconds.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// How long changes of presence are gathered in a room that tells who comes and goes.
const PRESENCE_AFTER: Duration = Duration::from_millis(100);

/// How long they are gathered in a room that only tells how many there are.
const COUNT_AFTER: Duration = Duration::from_secs(1);

/// A connection whose peer takes no answers is not read from beyond this many bytes of them.
const DIRECT_BYTES_MAX: usize = 128 * 1024;

/// What an accepted connection brings along.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) nonce: Nonce,
    /// Random bytes for a guest's id.
    pub(crate) guest: [u8; 8],
    pub(crate) binding: ChannelBinding,
    pub(crate) carrier: Carrier,
    /// Whether ALPN or an upgrade has named the carrier: then the server speaks first, and pings are answered.
    pub(crate) is_named: bool,
    /// What its address has used.
    pub(crate) account: Arc<Account>,
}

/// Some of the server's connections.
pub(crate) struct Shard {
    index: usize,
    hub: Arc<Hub>,
    desk: Arc<dyn Desk>,
    guard: Arc<Guard>,
    now: Duration,
    next_generation: u64,
    connections: Slab<Connection>,
    rooms: Slab<LocalRoom>,
    rooms_by_name: HashMap<RoomName, usize>,
    /// Connections that may have something to write.
    ready: VecDeque<usize>,
    /// Connections that may be read from again.
    resumed: Vec<usize>,
    /// Connections that wait until the writer's queue has room.
    starved: Vec<ConnectionId>,
    /// What is handed to the log's writer at the end of a turn.
    jobs: Vec<Job>,
    timers: BinaryHeap<Reverse<(Duration, Timer)>>,
    next_sweep: Duration,
    stopping: bool,
    counters: Arc<ShardCounters>,
    /// The time for what is measured: nearer to the moment of writing than `now`, which is that of the turn.
    writing_at: Duration,
}

/// A room with members in this shard.
struct LocalRoom {
    room: Arc<Room>,
    /// The shard's own copies of the feeds: reading them takes no lock.
    messages: Window,
    presence_frames: Window,
    members: Vec<usize>,
    /// Whether a timer for telling presence runs.
    presence_due: bool,
}

impl LocalRoom {
    /// Brings the shard's own copies of the feeds up to date.
    fn catch_up(&mut self) {
        self.room.messages.update(&mut self.messages);
        self.room.presence_frames.update(&mut self.presence_frames);
    }
}

/// What is due at a certain time.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// Tell a room's presence.
    Presence(RoomName),
    /// A connection that was too fast may go on.
    Resume { slot: usize, generation: u64 },
    /// A connection is to be told that it is not let in.
    SayNo { slot: usize, generation: u64 },
}

impl Shard {
    /// A shard without connections. `now` is the time since any fixed start, here and everywhere.
    pub(crate) fn new(
        index: usize,
        hub: Arc<Hub>,
        desk: Arc<dyn Desk>,
        guard: Arc<Guard>,
        now: Duration,
    ) -> Self {
        Self {
            index,
            hub,
            desk,
            guard,
            now,
            next_generation: 0,
            connections: Slab::new(),
            rooms: Slab::new(),
            rooms_by_name: HashMap::new(),
            ready: VecDeque::new(),
            resumed: Vec::new(),
            starved: Vec::new(),
            jobs: Vec::new(),
            timers: BinaryHeap::new(),
            next_sweep: now + SWEEP_EVERY,
            stopping: false,
            counters: Arc::default(),
            writing_at: now,
        }
    }

    /// What it counts.
    pub(crate) fn counters(&self) -> &Arc<ShardCounters> {
        &self.counters
    }

    /// Says what time it is for what is written next.
    pub(crate) fn writes_at(&mut self, now: Duration) {
        self.writing_at = now;
    }

    /// A connection that may now speak. Returns its slot, which is free again after [`remove`](Self::remove).
    pub(crate) fn insert(&mut self, arrival: Arrival) -> usize {
        self.next_generation += 1;
        self.counters.begin(arrival.carrier);
        let Arrival { nonce, guest, binding, carrier, is_named, account } = arrival;
        let deadline = self.now + Duration::from_secs(self.guard.limits().join_seconds_max);
        let slot = self.connections.insert(Connection {
            generation: self.next_generation,
            stage: Stage::Fresh(Box::new(Fresh { nonce, guest, binding, welcomed: false, deadline })),
            carrier,
            inbox: carrier.inbox(),
            kept: Vec::new(),
            direct: Vec::new(),
            held: Holds::default(),
            queued: false,
            answers_pings: is_named,
            pinged: false,
            heard_at: self.now,
            line_since: None,
            pace: Pace { account, told: false },
        });
        if is_named {
            self.welcome(slot);
        }
        slot
    }

    /// A connection is gone.
    pub(crate) fn remove(&mut self, slot: usize) {
        self.leave_room(slot);
        let gone = self.connections.remove(slot);
        self.counters.end(gone.carrier);
    }

    /// Time has passed: does what is due.
    pub(crate) fn advance(&mut self, now: Duration) {
        self.now = now;
        while self.timers.peek().is_some_and(|Reverse((due, _))| *due <= now) {
            match self.timers.pop() {
                Some(Reverse((_, Timer::Presence(name)))) => self.tell_presence(&name),
                Some(Reverse((_, Timer::Resume { slot, generation }))) => {
                    self.release(ConnectionId { shard: self.index, slot, generation }, Hold::Rate);
                }
                Some(Reverse((_, Timer::SayNo { slot, generation }))) => {
                    self.say_no(ConnectionId { shard: self.index, slot, generation });
                }
                None => {}
            }
        }
        if now >= self.next_sweep {
            self.next_sweep = now + SWEEP_EVERY;
            self.sweep();
        }
    }

    /// When [`advance`](Self::advance) should be called next.
    pub(crate) fn deadline(&self) -> Duration {
        let timer = self.timers.peek().map_or(self.next_sweep, |Reverse((due, _))| *due);
        timer.min(self.next_sweep)
    }

    /// Takes mail from the log's threads and from other shards.
    pub(crate) fn deliver(&mut self, mail: Mail) {
        match mail {
            Mail::News(room) => self.news(&room),
            Mail::TurnedAway { to, refusal, is_wrong_secret } => {
                self.turned_away(to, refusal, is_wrong_secret);
            }
            Mail::PutOut { room, id, code, text } => self.put_out(&room, &id, code, &text),
            Mail::Opened { to, room, access } => match self.find(to) {
                Some(slot) => self.opened(slot, room, access),
                None => self.abandon(&room),
            },
            Mail::NotOpened { to, refusal } => {
                if let Some(slot) = self.find_open(to) {
                    self.refuse(slot, refusal);
                    self.close(slot, ClosingCode::Stopping, "the room cannot be opened now", Some(5));
                }
            }
            Mail::Frame { to, frame, answers } => {
                if let Some(slot) = self.find_open(to) {
                    let Connection { carrier, direct, .. } = &mut self.connections[slot];
                    carrier.put(direct, |out| out.extend_from_slice(&frame));
                    self.queue(slot);
                    self.answered(to, answers);
                }
            }
            Mail::Refused { to, refusal, answers } => {
                if let Some(slot) = self.find_open(to) {
                    self.refuse(slot, refusal);
                    self.answered(to, answers);
                }
            }
            Mail::Frames { to, frames } => {
                if let Some(slot) = self.find(to) {
                    self.page(slot, frames);
                }
            }
            Mail::Drained => {
                for to in std::mem::take(&mut self.starved) {
                    self.release(to, Hold::WriterFull);
                }
            }
        }
    }

    /// Hands what this turn has produced to the log's writer.
    pub(crate) fn submit(&mut self) {
        if !self.jobs.is_empty() {
            self.desk.submit(&mut self.jobs);
        }
    }

    /// How many connections wait to be written to.
    pub(crate) fn ready_len(&self) -> usize {
        self.ready.len()
    }

    /// Whether the log's writer gets work with the next [`submit`](Self::submit) while connections wait to be
    /// written to.
    pub(crate) fn keeps_writer_waiting(&self) -> bool {
        !self.jobs.is_empty() && !self.ready.is_empty()
    }

    /// The next connection that may have something to write.
    pub(crate) fn pop_ready(&mut self) -> Option<usize> {
        let slot = self.ready.pop_front()?;
        if let Some(connection) = self.connections.get_mut(slot) {
            connection.queued = false;
        }
        Some(slot)
    }

    /// Whether connections may be read from again since the last call of [`take_resumed`](Self::take_resumed).
    pub(crate) fn has_resumed(&self) -> bool {
        !self.resumed.is_empty()
    }

    /// The connections that may be read from again since the last call; some may be gone meanwhile.
    pub(crate) fn take_resumed(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.resumed)
    }

    /// Whether nothing was heard of the connection yet, nor said to it.
    pub(crate) fn is_untouched(&self, slot: usize) -> bool {
        matches!(&self.connections[slot].stage, Stage::Fresh(fresh) if !fresh.welcomed)
    }

    /// Whether the connection may be read from.
    pub(crate) fn may_read(&self, slot: usize) -> bool {
        let open = |connection: &Connection| {
            !connection.held.any() && !matches!(connection.stage, Stage::Closing) && !self.stopping
        };
        self.connections.get(slot).is_some_and(open)
    }

    /// Reads nothing any more: what is not in the log by now will be sent again by its sender.
    pub(crate) fn quiesce(&mut self) {
        self.stopping = true;
    }

    /// Tells everyone that the server stops, and when to come back.
    pub(crate) fn close_all(&mut self, after_seconds: u32) {
        let slots: Vec<usize> = self.connections.iter().map(|(slot, _)| slot).collect();
        for slot in slots {
            self.close(
                slot,
                ClosingCode::Stopping,
                "the server is stopping or restarting; nothing is lost",
                Some(after_seconds),
            );
        }
    }

    /// Says goodbye; the connection ends once everything before it is written.
    pub(crate) fn close(&mut self, slot: usize, code: ClosingCode, text: &str, after: Option<u32>) {
        if matches!(self.connections[slot].stage, Stage::Closing) {
            return;
        }
        self.counters.close(code);
        self.flush_feed(slot);
        self.send(slot, &ServerMessage::Closing { code, text: text.to_owned(), after });
        let Connection { carrier, direct, .. } = &mut self.connections[slot];
        carrier.put_end(code, direct);
        self.leave_room(slot);
        self.connections[slot].stage = Stage::Closing;
    }

    fn id_of(&self, slot: usize) -> ConnectionId {
        ConnectionId { shard: self.index, slot, generation: self.connections[slot].generation }
    }

    /// The slot of a connection that is still there.
    fn find(&self, id: ConnectionId) -> Option<usize> {
        self.connections.get(id.slot).filter(|connection| connection.generation == id.generation)?;
        Some(id.slot)
    }

    /// The slot of a connection that is still there and has not been told goodbye: nothing follows that.
    fn find_open(&self, id: ConnectionId) -> Option<usize> {
        self.find(id).filter(|&slot| !matches!(self.connections[slot].stage, Stage::Closing))
    }

    fn send(&mut self, slot: usize, message: &ServerMessage) {
        let Connection { carrier, direct, .. } = &mut self.connections[slot];
        carrier.put(direct, |out| encode_server(message, out));
        self.queue(slot);
    }

    fn refuse(&mut self, slot: usize, refusal: Refusal) {
        self.counters.refuse(refusal.code);
        self.send(slot, &ServerMessage::Error(refusal));
    }

    /// Queues a connection for writing, once.
    fn queue(&mut self, slot: usize) {
        let connection = &mut self.connections[slot];
        if !std::mem::replace(&mut connection.queued, true) {
            self.ready.push_back(slot);
        }
    }

    /// Takes a reason away for which a connection is not read from; with the last one it goes on.
    fn release(&mut self, id: ConnectionId, hold: Hold) {
        let Some(slot) = self.find(id) else { return };
        let connection = &mut self.connections[slot];
        if connection.held.remove(hold) && !connection.held.any() {
            // Meanwhile nothing could be heard.
            connection.heard_at = self.now;
            self.input(slot, &[]);
            self.resumed.push(slot);
        }
    }

    fn answered(&mut self, id: ConnectionId, answers: bool) {
        if answers {
            self.release(id, Hold::Answer);
        }
    }

    /// Something is new in a room: everybody in it may have something to write.
    fn news(&mut self, room: &Arc<Room>) {
        let Some(&index) = self.rooms_by_name.get(&room.name) else { return };
        let Self { rooms, connections, ready, .. } = self;
        let local = &mut rooms[index];
        local.catch_up();
        for &slot in &local.members {
            let connection = &mut connections[slot];
            if !std::mem::replace(&mut connection.queued, true) {
                ready.push_back(slot);
            }
        }
    }

    /// Tells a room's presence, if there is anything to tell.
    fn tell_presence(&mut self, name: &RoomName) {
        let Some(room) = self.hub.find(name) else { return };
        if let Some(&index) = self.rooms_by_name.get(name) {
            self.rooms[index].presence_due = false;
        }
        if room.publish_presence() {
            self.desk.announce(&room);
        }
    }

    /// Has the presence of a room told soon.
    fn schedule_presence(&mut self, index: usize) {
        let local = &mut self.rooms[index];
        if std::mem::replace(&mut local.presence_due, true) {
            return;
        }
        let after = if local.room.presence().is_large() { COUNT_AFTER } else { PRESENCE_AFTER };
        self.timers.push(Reverse((self.now + after, Timer::Presence(local.room.name.clone()))));
    }

    /// Takes a connection out of its room, if it is in one.
    fn leave_room(&mut self, slot: usize) {
        let stage = std::mem::replace(&mut self.connections[slot].stage, Stage::Closing);
        let Stage::Joined(membership) = stage else { return };
        let local = &mut self.rooms[membership.room];
        local.members.swap_remove(membership.index);
        if let Some(&moved) = local.members.get(membership.index)
            && let Stage::Joined(other) = &mut self.connections[moved].stage
        {
            other.index = membership.index;
        }
        local.room.presence().leave(&membership.member.id);
        if membership.member.id.is_guest() {
            local.room.guests().remove(&membership.member.id);
        }
        let room = Arc::clone(&local.room);
        self.schedule_presence(membership.room);
        if self.rooms[membership.room].members.is_empty() {
            room.unsubscribe(self.index);
            self.rooms_by_name.remove(&room.name);
            self.rooms.remove(membership.room);
        }
        self.abandon(&room);
    }

    /// Gives back the count that a connection had in a room.
    fn abandon(&mut self, room: &Room) {
        if room.release() {
            self.jobs.push(Job::Close { room: room.name.clone() });
        }
    }

    /// Looks at every connection's deadlines.
    fn sweep(&mut self) {
        let due = |(slot, connection)| Some((slot, self.due(connection)?));
        let due: Vec<(usize, Due)> = self.connections.iter().filter_map(due).collect();
        for (slot, due) in due {
            match due {
                Due::Late(text) => self.close(slot, ClosingCode::TooLate, text, None),
                Due::Silent => {
                    let text = "nothing was heard for a minute; come back any time";
                    self.close(slot, ClosingCode::Silent, text, Some(0));
                }
                Due::Ping => {
                    self.connections[slot].pinged = true;
                    let Connection { carrier, direct, .. } = &mut self.connections[slot];
                    if carrier.put_ping(direct) {
                        self.queue(slot);
                    } else {
                        self.send(slot, &ServerMessage::Ping);
                    }
                }
                // A page that could not be read is asked for again.
                Due::Reread => self.queue(slot),
            }
        }
    }

    /// What is due for a connection now, if anything. All deadlines are absolute: a byte now and then does not move
    /// them.
    fn due(&self, connection: &Connection) -> Option<Due> {
        // Who is not read from cannot be heard.
        let silence =
            if connection.held.any() { Duration::ZERO } else { self.now.saturating_sub(connection.heard_at) };
        let silence = silence.as_secs();
        match &connection.stage {
            Stage::Fresh(fresh) => (self.now > fresh.deadline)
                .then_some(Due::Late("nothing was joined in time: send `join` first")),
            Stage::Joined(_) if connection.answers_pings && silence > SILENCE_SECONDS_MAX => {
                Some(Due::Silent)
            }
            Stage::Joined(_) if self.has_dragged_on(connection) => {
                Some(Due::Late("a line was begun and not ended in time: end each line with a line feed"))
            }
            Stage::Joined(_)
                if connection.answers_pings && !connection.pinged && silence > PING_AFTER_SECONDS =>
            {
                Some(Due::Ping)
            }
            Stage::Joined(membership) => {
                membership.is_behind(&self.rooms[membership.room].messages).then_some(Due::Reread)
            }
            Stage::Opening(_) | Stage::Closing => None,
        }
    }

    /// Whether a line of the connection was begun too long ago. While the connection is held, waiting is not its
    /// fault.
    fn has_dragged_on(&self, connection: &Connection) -> bool {
        let since = connection.line_since.filter(|_| !connection.held.any());
        let line_max = Duration::from_secs(self.guard.limits().line_seconds_max);
        since.is_some_and(|since| self.now.saturating_sub(since) > line_max)
    }
}

/// What a look at the deadlines finds to do for a connection.
enum Due {
    /// It has missed a deadline; the text says which.
    Late(&'static str),
    /// It has not answered in time.
    Silent,
    /// It has to be asked whether it is there.
    Ping,
    /// Its page from the log is to be asked for again.
    Reread,
}
