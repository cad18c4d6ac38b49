//! The thread of a shard: sockets, TLS and time around the shard's pure core. It writes for all members of its
//! shard itself: no task to wake for each, no lock to take, no buffer to keep. Not here: what anything that is
//! read or written means.

mod handshake;
mod visits;

use std::collections::VecDeque;
use std::io::{self, IoSlice, Read as _, Write as _};
use std::net::Shutdown;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Poll, Token, Waker};
use rustls::{ServerConfig, ServerConnection};
use slab::Slab;

use crate::desk::{Mail, Post};
use crate::guard::{Guard, Pass, Refused};
use crate::metrics::{HANDSHAKE_FAILED, HANDSHAKE_LATE, Unsaid};
use crate::shard::{Output, Shard};
use crate::web::{self, Site, Visit};

use handshake::Handshake;

/// The token of the waker; sockets have the others.
const WAKE: Token = Token(usize::MAX);

/// How much is read from a socket at a time.
const READ_BYTES: usize = 16 * 1024;

/// How many reads a turn does before it writes again: a few busy writers never hold up the fan-out.
const READS_A_TURN: usize = 64;

/// How many handshake steps a turn does: each costs as much as some tens of writes.
const HANDSHAKES_A_TURN: usize = 2;

/// How many connections a turn writes to before it looks at mail and sockets again: what is said while a large room
/// is written to then reaches all who have not had their turn, in the same record.
const WRITES_A_TURN: usize = 64;

/// How much is taken in from members while those who wait are written to once. What becomes of it is two to five
/// times as long, and just fits into what a feed keeps: were there no bound, writers whose echo comes early could
/// fill it faster than the others are served, and those would have to be read up from the log.
const INTAKE_A_PASS_BYTES: usize = 32 * 1024;

/// How long a closed connection may take to read what was sent before it is dropped.
const LINGER: Duration = Duration::from_secs(3);

/// After how many writes the time is looked at anew, for what is measured: a write takes some hundred times as long as
/// a look at the clock.
const CLOCK_AFTER_WRITES: usize = 16;

/// How often sockets' deadlines are looked at.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Something that the server itself wants of a shard.
#[derive(Debug)]
pub(crate) enum Control {
    /// A connection for this shard; `refused` to tell it only why it cannot stay.
    Accept { stream: std::net::TcpStream, pass: Pass, refused: Option<Refused> },
    /// Read nothing any more.
    Quiesce,
    /// Say goodbye to everybody, and end when that is written.
    Stop { after_seconds: u32 },
}

/// How others reach a shard.
#[derive(Debug)]
pub(crate) struct ShardHandle {
    /// Both held for moving things in or out only.
    mail: Mutex<Vec<Mail>>,
    control: Mutex<Vec<Control>>,
    waker: Waker,
    /// Whether the shard was woken and has not looked yet: one wake-up is enough for any amount of mail.
    awake: AtomicBool,
}

impl ShardHandle {
    pub(crate) fn control(&self, control: Control) {
        self.control.lock().unwrap_or_else(PoisonError::into_inner).push(control);
        self.wake();
    }

    fn wake(&self) {
        if !self.awake.swap(true, Ordering::SeqCst)
            && let Err(error) = self.waker.wake()
        {
            tracing::error!("a shard cannot be woken: {error}");
        }
    }
}

impl Post for ShardHandle {
    fn post(&self, mail: Mail) {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
        self.wake();
    }
}

/// What the event loop of a shard needs of the server.
pub(crate) struct Shared {
    pub(crate) tls: Arc<ServerConfig>,
    pub(crate) site: Site,
    pub(crate) guard: Arc<Guard>,
    /// How many connections one shard may have in the handshake at the same time.
    pub(crate) handshakes_max: usize,
    /// The fixed start from which time is counted.
    pub(crate) started: Instant,
}

/// A shard's thread.
pub(crate) struct EventLoop {
    poll: Poll,
    handle: Arc<ShardHandle>,
    shared: Arc<Shared>,
    shard: Shard,
    sockets: Slab<Socket>,
    /// Which socket each of the shard's slots has.
    socket_of: Vec<usize>,
    /// Sockets that may have something to read.
    readable: Vec<usize>,
    /// How many of those that waited when this pass began are not written to yet, and what was taken in since.
    pass_left: usize,
    intake_bytes: usize,
    /// How many are in the handshake and have what TLS needs for it.
    handshakes: usize,
    /// Those that have said something and wait for their turn to be.
    waiting: VecDeque<usize>,
    /// What a socket gave, and what TLS made of it: two buffers for all of the shard's connections.
    sealed: Box<[u8]>,
    opened: Box<[u8]>,
    now: Duration,
    next_sweep: Duration,
    /// When to be gone, once stopping.
    stop_at: Option<Duration>,
}

struct Socket {
    stream: TcpStream,
    /// None before its first byte: who says nothing costs a place and nothing else.
    tls: Option<Box<ServerConnection>>,
    /// While it is in the handshake.
    handshake: Option<Box<Handshake>>,
    pass: Pass,
    /// Its slot in the shard, from the end of the handshake to the goodbye.
    slot: Option<usize>,
    /// What it is instead while it speaks HTTP.
    visit: Option<Box<Visit>>,
    refused: Option<Refused>,
    /// Whether it is in the list of readable ones.
    listed: bool,
    /// Whether it takes nothing at the moment, and since when.
    blocked_since: Option<Duration>,
    /// When it has to be through with the handshake, a request, or with reading our goodbye.
    deadline: Option<Duration>,
    /// Whether everything was said and only the peer's own end is awaited.
    lingering: bool,
}

/// A connection is over.
struct Gone;

impl EventLoop {
    /// An event loop and the handle to it. The shard is made for the handle.
    pub(crate) fn new(
        shared: Arc<Shared>,
        shard: impl FnOnce(Duration) -> Shard,
    ) -> io::Result<(Self, Arc<ShardHandle>)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let handle = Arc::new(ShardHandle {
            mail: Mutex::default(),
            control: Mutex::default(),
            waker,
            awake: AtomicBool::new(false),
        });
        let now = shared.started.elapsed();
        let event_loop = Self {
            poll,
            handle: Arc::clone(&handle),
            shared,
            shard: shard(now),
            sockets: Slab::new(),
            socket_of: Vec::new(),
            readable: Vec::new(),
            pass_left: 0,
            intake_bytes: 0,
            handshakes: 0,
            waiting: VecDeque::new(),
            sealed: vec![0; READ_BYTES].into_boxed_slice(),
            opened: vec![0; READ_BYTES].into_boxed_slice(),
            now,
            next_sweep: now + SWEEP_EVERY,
            stop_at: None,
        };
        Ok((event_loop, handle))
    }

    /// Works until stopped.
    pub(crate) fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        let mut busy = false;
        loop {
            let due = self.shard.deadline().min(self.next_sweep).saturating_sub(self.now);
            let timeout = if busy { Duration::ZERO } else { due };
            match self.poll.poll(&mut events, Some(timeout)) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            self.now = self.shared.started.elapsed();
            self.take_events(&events);
            self.take_mail();
            self.shard.advance(self.now);
            self.read_some();
            let yields = self.shard.keeps_writer_waiting();
            self.shard.submit();
            if yields {
                // A writer without a core of its own would else wait for longer than all of a room's writes take.
                thread::yield_now();
                self.take_mail();
            }
            let more_to_write = self.write_some();
            self.shard.submit();
            // Asked last: writing may end a hold or a connection, and then there is something to read again.
            busy = more_to_write
                || !self.readable.is_empty()
                || self.shard.has_resumed()
                || self.may_begin_handshakes();
            if self.now >= self.next_sweep {
                self.sweep();
            }
            if self.stop_at.is_some_and(|at| self.now >= at || self.sockets.is_empty()) {
                return Ok(());
            }
        }
    }

    fn take_events(&mut self, events: &Events) {
        for event in events {
            let key = event.token().0;
            let Some(socket) = self.sockets.get_mut(key) else { continue };
            if (event.is_readable() || event.is_read_closed() || event.is_error()) && !socket.listed {
                socket.listed = true;
                self.readable.push(key);
            }
            if event.is_writable() && socket.blocked_since.take().is_some() {
                self.write(key);
            }
        }
    }

    fn take_mail(&mut self) {
        self.handle.awake.store(false, Ordering::SeqCst);
        // Mail is taken last and delivered first: what was fed before a stop is written before the goodbye, also
        // if both come while this runs.
        let control =
            std::mem::take(&mut *self.handle.control.lock().unwrap_or_else(PoisonError::into_inner));
        let mail = std::mem::take(&mut *self.handle.mail.lock().unwrap_or_else(PoisonError::into_inner));
        mail.into_iter().for_each(|mail| self.shard.deliver(mail));
        for control in control {
            match control {
                Control::Accept { stream, pass, refused } => self.accept(stream, pass, refused),
                Control::Quiesce => self.shard.quiesce(),
                Control::Stop { after_seconds } => {
                    self.shard.close_all(after_seconds);
                    self.drop_strangers();
                    self.stop_at = Some(self.now + LINGER);
                    self.next_sweep = self.now;
                }
            }
        }
    }

    /// Reads from the sockets that have something, within the turn's bounds.
    fn read_some(&mut self) {
        for slot in self.shard.take_resumed() {
            let key = self.socket_of[slot];
            // It may have gone since: the last of its answers was written, and then its goodbye.
            let Some(socket) = self.sockets.get_mut(key) else { continue };
            if !std::mem::replace(&mut socket.listed, true) {
                self.readable.push(key);
            }
        }
        self.begin_waiting();
        let (mut reads, mut handshakes) = (0, 0);
        let mut later = Vec::new();
        let mut listed = std::mem::take(&mut self.readable).into_iter();
        for key in listed.by_ref() {
            let Some(socket) = self.sockets.get_mut(key) else { continue };
            let handshaking = socket.is_stranger();
            let taken_enough = self.pass_left > 0 && self.intake_bytes >= INTAKE_A_PASS_BYTES;
            if (handshaking && handshakes == HANDSHAKES_A_TURN) || (!handshaking && taken_enough) {
                later.push(key);
                continue;
            }
            socket.listed = false;
            reads += 1;
            handshakes += usize::from(handshaking);
            match self.read(key) {
                Ok(true) => {
                    self.sockets[key].listed = true;
                    later.push(key);
                }
                Ok(false) => {}
                Err(Gone) => self.remove(key),
            }
            if reads == READS_A_TURN {
                break;
            }
        }
        // Those that had no turn come first, or the same few would have every turn.
        self.readable = listed.collect();
        self.readable.extend(later);
    }

    /// Reads once from a socket. Returns whether there may be more.
    fn read(&mut self, key: usize) -> Result<bool, Gone> {
        let socket = &mut self.sockets[key];
        if socket.slot.is_some_and(|slot| !self.shard.may_read(slot)) && !socket.lingering {
            // It is taken up again when the shard says so.
            return Ok(false);
        }
        if socket.visit.as_ref().is_some_and(|visit| !visit.may_read()) && !socket.lingering {
            // It is taken up again when the answer is written.
            return Ok(false);
        }
        if socket.tls.is_none() && self.handshakes >= self.shared.handshakes_max {
            self.wait_for_handshake(key);
            return Ok(false);
        }
        let len = match socket.stream.read(&mut self.sealed) {
            Ok(0) => return Err(Gone),
            Ok(len) => len,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
            Err(_) => return Err(Gone),
        };
        if socket.lingering {
            return Ok(true);
        }
        if socket.tls.is_none() {
            self.begin_handshake(key)?;
        }
        let sealed = std::mem::take(&mut self.sealed);
        let received = self.received(key, &sealed[..len]);
        self.sealed = sealed;
        received?;
        self.write(key);
        Ok(self.sockets.contains(key))
    }

    /// Opens what has come and hands it to the shard.
    fn received(&mut self, key: usize, mut bytes: &[u8]) -> Result<(), Gone> {
        let (received_bytes, first_byte) = (bytes.len(), bytes.first().copied());
        while !bytes.is_empty() {
            let socket = &mut self.sockets[key];
            let Some(tls) = &mut socket.tls else { return Err(Gone) };
            tls.read_tls(&mut bytes).map_err(|_| Gone)?;
            let state = match tls.process_new_packets() {
                Ok(state) => state,
                Err(error) => {
                    tracing::debug!("a connection broke the rules of TLS: {error}");
                    let why = match &socket.handshake {
                        Some(handshake) => handshake.why_failed(first_byte),
                        None => Unsaid::TlsBroken,
                    };
                    let counters = self.shard.counters();
                    counters.handshakes[HANDSHAKE_FAILED].add(u64::from(socket.handshake.is_some()));
                    counters.unsaid.add(why);
                    // The alert that says why is worth one try.
                    let _ = tls.write_tls(&mut socket.stream);
                    return Err(Gone);
                }
            };
            if socket.handshake.is_some() {
                self.handshake_went_on(key, received_bytes)?;
            }
            let mut len = state.plaintext_bytes_to_read();
            while len > 0 {
                let mut opened = std::mem::take(&mut self.opened);
                let tls = self.sockets[key].tls.as_mut().ok_or(Gone);
                let read = tls.and_then(|tls| tls.reader().read(&mut opened).map_err(|_| Gone));
                let taken = read.and_then(|read| {
                    self.take(key, &opened[..read])?;
                    Ok(read)
                });
                self.opened = opened;
                len = len.saturating_sub(taken?.max(1));
            }
            if state.peer_has_closed() {
                return Err(Gone);
            }
        }
        Ok(())
    }

    /// Hands on what has come, to whoever the connection is.
    fn take(&mut self, key: usize, bytes: &[u8]) -> Result<(), Gone> {
        let socket = &mut self.sockets[key];
        if let Some(slot) = socket.slot {
            if self.shard.is_untouched(slot) && web::begins_request(bytes) {
                // Without ALPN the first byte tells.
                self.forget_slot(key);
                self.visited(key);
                return self.browse(key, bytes);
            }
            self.intake_bytes += bytes.len();
            self.shard.input(slot, bytes);
        } else if socket.visit.is_some() {
            return self.browse(key, bytes);
        }
        Ok(())
    }

    /// Writes for the connections that have something new, within the turn's bounds. Returns whether there is
    /// more.
    fn write_some(&mut self) -> bool {
        for written in 0..WRITES_A_TURN {
            if written % CLOCK_AFTER_WRITES == 0 && self.shard.ready_len() > 0 {
                self.shard.writes_at(self.shared.started.elapsed());
            }
            if self.pass_left == 0 {
                (self.pass_left, self.intake_bytes) = (self.shard.ready_len(), 0);
            }
            let Some(slot) = self.shard.pop_ready() else { return false };
            self.pass_left -= 1;
            if let Some(&key) = self.socket_of.get(slot).filter(|&&key| key != usize::MAX) {
                self.write(key);
            }
        }
        true
    }

    /// Writes until the connection has everything or takes nothing more.
    fn write(&mut self, key: usize) {
        loop {
            let Some(socket) = self.sockets.get_mut(key) else { return };
            if socket.blocked_since.is_some() {
                return;
            }
            let Some(tls) = &mut socket.tls else { return };
            while tls.wants_write() {
                match tls.write_tls(&mut socket.stream) {
                    Ok(0) => return self.remove(key),
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        socket.blocked_since = Some(self.now);
                        return;
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => return self.remove(key),
                }
            }
            let sink = |slices: &[IoSlice<'_>]| seal(tls, slices);
            let output = match (socket.slot, &mut socket.visit) {
                (Some(slot), _) => self.shard.output(slot, sink),
                (None, Some(visit)) => visit.output(sink),
                (None, None) => {
                    if socket.lingering {
                        let _ = socket.stream.shutdown(Shutdown::Write);
                    }
                    return;
                }
            };
            match output {
                Output::Written if socket.visit.is_some() => self.browse_on(key),
                Output::Written => {}
                Output::Nothing => return,
                Output::Close => self.linger(key),
            }
        }
    }

    /// Everything is said: closes our side and waits a little for the peer to read it.
    fn linger(&mut self, key: usize) {
        self.forget_slot(key);
        let socket = &mut self.sockets[key];
        socket.visit = None;
        if let Some(tls) = &mut socket.tls {
            tls.send_close_notify();
        }
        socket.lingering = true;
        socket.deadline = Some(self.now + LINGER);
        if !std::mem::replace(&mut socket.listed, true) {
            self.readable.push(key);
        }
    }

    /// The connection is the shard's no more.
    fn forget_slot(&mut self, key: usize) {
        if let Some(slot) = self.sockets[key].slot.take() {
            self.socket_of[slot] = usize::MAX;
            self.shard.remove(slot);
        }
    }

    fn remove(&mut self, key: usize) {
        let mut socket = self.sockets.remove(key);
        if let Some(slot) = socket.slot {
            self.socket_of[slot] = usize::MAX;
            self.shard.remove(slot);
        }
        self.handshakes -= usize::from(socket.handshake.is_some());
        let _ = self.poll.registry().deregister(&mut socket.stream);
    }

    /// Looks at every socket's deadlines.
    fn sweep(&mut self) {
        self.next_sweep = self.now + SWEEP_EVERY;
        let stall_max = Duration::from_secs(self.shared.guard.limits().stall_seconds_max);
        let pressed = !self.waiting.is_empty();
        let (mut gone, mut visits, mut strangers) = (Vec::new(), 0, 0);
        for (key, socket) in &self.sockets {
            let is_stranger = socket.is_stranger();
            if let Some(why) = socket.why_over(self.now, stall_max, pressed) {
                gone.push(key);
                self.shard.counters().handshakes[HANDSHAKE_LATE].add(u64::from(is_stranger));
                // A connection that lingers was told why.
                if !socket.lingering {
                    self.shard.counters().unsaid.add(why);
                }
            } else {
                visits += usize::from(socket.visit.is_some());
                strangers += usize::from(is_stranger);
            }
        }
        self.shard.counters().visits.set(visits);
        self.shard.counters().strangers.set(strangers);
        gone.into_iter().for_each(|key| self.remove(key));
    }
}

/// Seals the slices as one stream of records, the fewest there can be.
fn seal(tls: &mut ServerConnection, slices: &[IoSlice<'_>]) {
    // The buffer has no limit of its own, so everything is taken.
    let written = tls.writer().write_vectored(slices);
    debug_assert_eq!(written.ok(), Some(slices.iter().map(|slice| slice.len()).sum()));
}
