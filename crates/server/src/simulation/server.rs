//! The server in a simulated run: the real shards, rooms, writer and reader, and around them a small shell in the
//! place of threads, sockets and TLS. Carriers stand under TLS, so bytes pass as they are. Not here: the disk.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::pending;
use std::io::IoSlice;
use std::rc::Rc;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use papo_log::RoomLog;
use papo_proto::Nonce;
use papo_proto::proof::ChannelBinding;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};
use turmoil::net::{TcpListener, TcpStream};

use super::Sabotage;
use super::disk::SimulatedLog;
use super::world::{World, after, spawn};
use crate::carrier::Carrier;
use crate::desk::{Desk, Job, Mail, Post, ReadJob, Wanted};
use crate::gate::AccessRules;
use crate::guard::Guard;
use crate::limits::Limits;
use crate::reader::Reader;
use crate::room::{Hub, Room};
use crate::shard::{Arrival, Output, Shard};
use crate::tags::AddressTags;
use crate::writer::Writer;

/// Where the server listens.
pub(super) const PORT: u16 = 12_345;

/// What stands for the TLS connection.
pub(super) const BINDING: ChannelBinding = [0x5a; 32];

/// How long a closed connection may take to read what was sent.
const LINGER: Duration = Duration::from_secs(3);

/// How much is read at a time.
const READ_BYTES: usize = 16 * 1024;

/// A server from its start to its end.
pub(super) async fn serve(world: Rc<World>) -> turmoil::Result {
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    let machine = Machine::start(&world);
    world.note_here(format_args!("server: up"));
    loop {
        tokio::select! { biased;
            () = world.stop.notified() => break,
            accepted = listener.accept() => {
                let shard = Rc::clone(&machine.shards[world.draw(|rng| rng.index(machine.shards.len()))]);
                let (stream, _) = accepted?;
                spawn(&world, Served::run(Rc::clone(&world), shard, stream));
            }
        }
    }
    drop(listener);
    machine.stop(&world).await;
    world.stopped.set(true);
    pending().await
}

/// The server's parts.
struct Machine {
    desk: Arc<SimulatedDesk>,
    shards: Vec<Rc<ShardShell>>,
}

impl Machine {
    fn start(world: &Rc<World>) -> Self {
        let log: Arc<dyn RoomLog> = Arc::new(SimulatedLog::open(&world.disk));
        let (hub, desk) = (Arc::new(Hub::default()), Arc::new(SimulatedDesk::new(world.plan.queue_jobs_max)));
        let limits = Limits { messages: world.plan.rate, ..Limits::without_rates() };
        let guard = Arc::new(Guard::new(limits));
        let started = Instant::now();
        let inboxes: Vec<Arc<Inbox>> = (0..world.plan.shards).map(|_| Arc::default()).collect();
        let posts: Vec<Arc<dyn Post>> =
            inboxes.iter().map(|inbox| Arc::clone(inbox) as Arc<dyn Post>).collect();
        assert!(desk.shards.set(posts.clone()).is_ok(), "set once");
        let shell = |(index, inbox)| {
            let desk = Arc::clone(&desk) as Arc<dyn Desk>;
            let shard = Shard::new(index, Arc::clone(&hub), desk, Arc::clone(&guard), Duration::ZERO);
            let guard = Arc::clone(&guard);
            Rc::new(ShardShell {
                shard: RefCell::new(shard),
                inbox,
                guard,
                started,
                wakers: RefCell::default(),
            })
        };
        let shards: Vec<Rc<ShardShell>> = inboxes.into_iter().enumerate().map(shell).collect();
        for shard in &shards {
            spawn(world, Rc::clone(shard).run(Rc::clone(world)));
        }
        let tags = Arc::new(AddressTags::new(&[7; 32]));
        let alone = Writer::alone(Arc::clone(&log) as Arc<dyn RoomLog>, AccessRules::OPEN, tags);
        let writer = Writer { hub, shards: posts, ..alone };
        spawn(world, Arc::clone(&desk).write(Rc::clone(world), writer));
        spawn(world, Arc::clone(&desk).read_on(Rc::clone(world), log));
        Self { desk, shards }
    }

    /// The orderly way: nothing is read any more, what was read is stored, and everybody gets it with the goodbye.
    async fn stop(&self, world: &World) {
        self.shards.iter().for_each(|shell| shell.shard.borrow_mut().quiesce());
        while self.desk.is_busy() {
            after(Duration::from_millis(1)).await;
        }
        for shell in &self.shards {
            shell.take_mail();
            shell.shard.borrow_mut().close_all(1);
            shell.settle();
        }
        world.note_here(format_args!("server: says goodbye"));
        after(LINGER).await;
    }
}

/// Mail for a shard.
#[derive(Default)]
struct Inbox {
    mail: Mutex<Vec<Mail>>,
    wake: Notify,
}

impl Post for Inbox {
    fn post(&self, mail: Mail) {
        self.mail.lock().unwrap().push(mail);
        self.wake.notify_one();
    }
}

/// A shard and what its thread has around it.
struct ShardShell {
    shard: RefCell<Shard>,
    inbox: Arc<Inbox>,
    guard: Arc<Guard>,
    started: Instant,
    /// What wakes the connection in each slot.
    wakers: RefCell<Vec<Rc<Notify>>>,
}

impl ShardShell {
    /// The shard's thread.
    async fn run(self: Rc<Self>, world: Rc<World>) {
        loop {
            let deadline = self.started + self.shard.borrow().deadline();
            tokio::select! { biased;
                () = self.inbox.wake.notified() => after(world.draw(|rng| rng.ms(world.plan.wake_ms.clone()))).await,
                () = sleep_until(deadline) => {}
            }
            if world.disk().power_off {
                return;
            }
            self.take_mail();
            self.settle();
        }
    }

    fn take_mail(&self) {
        let mail = std::mem::take(&mut *self.inbox.mail.lock().unwrap());
        let mut shard = self.shard.borrow_mut();
        mail.into_iter().for_each(|mail| shard.deliver(mail));
        shard.advance(self.started.elapsed());
    }

    /// The end of a turn: what it has produced goes to the log, and to whoever has something to write or may
    /// read again.
    fn settle(&self) {
        let mut shard = self.shard.borrow_mut();
        shard.submit();
        let wakers = self.wakers.borrow();
        let wake = |slot: usize| {
            if let Some(waker) = wakers.get(slot) {
                waker.notify_one();
            }
        };
        shard.take_resumed().into_iter().for_each(wake);
        while let Some(slot) = shard.pop_ready() {
            wake(slot);
        }
    }

    fn insert(&self, world: &World, waker: &Rc<Notify>) -> usize {
        let (nonce, guest) = world.draw(|rng| (Nonce(rng.bytes()), rng.bytes()));
        let mut shard = self.shard.borrow_mut();
        shard.advance(self.started.elapsed());
        let account = self.guard.account([127, 0, 0, 1].into(), self.started.elapsed());
        let slot = shard.insert(Arrival {
            nonce,
            guest,
            binding: BINDING,
            carrier: Carrier::Lines,
            is_named: true,
            account,
        });
        let mut wakers = self.wakers.borrow_mut();
        if wakers.len() <= slot {
            wakers.resize_with(slot + 1, Rc::default);
        }
        wakers[slot] = Rc::clone(waker);
        slot
    }
}

/// A connection on the server's side.
struct Served {
    world: Rc<World>,
    shell: Rc<ShardShell>,
    slot: usize,
    /// What no write has taken yet.
    out: Vec<u8>,
}

impl Served {
    async fn run(world: Rc<World>, shell: Rc<ShardShell>, stream: TcpStream) {
        let waker = Rc::default();
        let slot = shell.insert(&world, &waker);
        let mut served = Self { world, shell, slot, out: Vec::new() };
        let closed = served.talk(stream, &waker).await;
        if served.world.disk().power_off {
            return pending().await;
        }
        served.shell.shard.borrow_mut().remove(slot);
        served.shell.settle();
        if let Some(mut stream) = closed {
            let _ = stream.shutdown().await;
            let mut rest = [0; 256];
            let read_on = async { while stream.read(&mut rest).await.is_ok_and(|len| len > 0) {} };
            let _ = timeout(LINGER, read_on).await;
        }
    }

    /// Reads and writes until the connection is lost, or until everything is said: then it comes back.
    async fn talk(&mut self, mut stream: TcpStream, waker: &Notify) -> Option<TcpStream> {
        let mut bytes = vec![0; READ_BYTES];
        loop {
            if self.world.disk().power_off {
                return None;
            }
            if self.out.is_empty() && self.fill() == Output::Close {
                return Some(stream);
            }
            let may_read = self.shell.shard.borrow().may_read(self.slot);
            let chunk = self.world.draw(|rng| rng.index(self.out.len().max(1)) + 1).min(self.out.len());
            let (mut reading, mut writing) = tokio::io::split(&mut stream);
            tokio::select! { biased;
                () = waker.notified() => {}
                written = writing.write(&self.out[..chunk]), if chunk > 0 => {
                    drop(self.out.drain(..written.ok()?));
                }
                read = reading.read(&mut bytes), if may_read => {
                    let len = read.ok().filter(|&len| len > 0)?;
                    let mut shard = self.shell.shard.borrow_mut();
                    shard.advance(self.shell.started.elapsed());
                    shard.input(self.slot, &bytes[..len]);
                    drop(shard);
                    self.shell.settle();
                }
            }
        }
    }

    /// Takes the next record.
    fn fill(&mut self) -> Output {
        let out = &mut self.out;
        let gather = |slices: &[IoSlice<'_>]| slices.iter().for_each(|slice| out.extend_from_slice(slice));
        let output = self.shell.shard.borrow_mut().output(self.slot, gather);
        self.shell.settle();
        if self.world.sabotage == Some(Sabotage::Unsorted) {
            swap_messages(&mut self.out);
        }
        output
    }
}

/// Brings two messages of a record into the wrong order.
fn swap_messages(record: &mut Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = record.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    let is_message = |line: &Vec<u8>| line.starts_with(br#"{"type":"message""#);
    if let Some(at) = lines.windows(2).position(|pair| pair.iter().all(is_message)) {
        lines.swap(at, at + 1);
        *record = lines.concat();
    }
}

/// What the shards have given to the log, and the two threads that work on it.
struct SimulatedDesk {
    queue: Mutex<Queue>,
    reads: Mutex<VecDeque<ReadJob>>,
    wake_writer: Notify,
    wake_reader: Notify,
    jobs_max: usize,
    shards: OnceLock<Vec<Arc<dyn Post>>>,
}

#[derive(Default)]
struct Queue {
    jobs: Vec<Job>,
    /// Whether a shard was told that the queue is full.
    starved: bool,
    /// Whether the writer is at work.
    writing: bool,
}

impl SimulatedDesk {
    fn new(jobs_max: usize) -> Self {
        Self {
            queue: Mutex::default(),
            reads: Mutex::default(),
            wake_writer: Notify::new(),
            wake_reader: Notify::new(),
            jobs_max,
            shards: OnceLock::new(),
        }
    }

    fn is_busy(&self) -> bool {
        let queue = self.queue.lock().unwrap();
        !queue.jobs.is_empty() || queue.writing
    }

    /// The writer's thread.
    async fn write(self: Arc<Self>, world: Rc<World>, mut writer: Writer) {
        loop {
            self.wake_writer.notified().await;
            let Queue { jobs, starved, .. } = std::mem::replace(
                &mut *self.queue.lock().unwrap(),
                Queue { writing: true, ..Queue::default() },
            );
            after(world.draw(|rng| rng.ms(world.plan.commit_ms.clone()))).await;
            world.note_here(format_args!("server: {} jobs", jobs.len()));
            writer.work(jobs, world.wall_ms());
            if starved {
                world.met("the writer's queue was full");
                writer.shards.iter().for_each(|shard| shard.post(Mail::Drained));
            }
            self.queue.lock().unwrap().writing = false;
        }
    }

    /// The reader's thread.
    async fn read_on(self: Arc<Self>, world: Rc<World>, log: Arc<dyn RoomLog>) {
        let reader = Reader::default();
        loop {
            let job = self.reads.lock().unwrap().pop_front();
            let Some(job) = job else {
                self.wake_reader.notified().await;
                continue;
            };
            after(world.draw(|rng| rng.ms(world.plan.commit_ms.clone()))).await;
            world.met(match job.wanted {
                Wanted::Frames { .. } => "read from the log what the feed had dropped",
                _ => "read history",
            });
            self.shards.get().unwrap()[job.from.shard].post(reader.read(&*log, &job));
        }
    }
}

impl Desk for SimulatedDesk {
    fn submit(&self, jobs: &mut Vec<Job>) {
        self.queue.lock().unwrap().jobs.append(jobs);
        self.wake_writer.notify_one();
    }

    fn is_full(&self) -> bool {
        let mut queue = self.queue.lock().unwrap();
        let full = queue.jobs.len() >= self.jobs_max;
        queue.starved |= full;
        full
    }

    fn read(&self, job: ReadJob) {
        self.reads.lock().unwrap().push_back(job);
        self.wake_reader.notify_one();
    }

    fn announce(&self, room: &Arc<Room>) {
        let shards = self.shards.get().unwrap();
        for shard in room.subscribers().filter_map(|index| shards.get(index)) {
            shard.post(Mail::News(Arc::clone(room)));
        }
    }
}
