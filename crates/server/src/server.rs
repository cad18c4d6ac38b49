//! The server as a whole: opens everything, starts the threads, and stops them in the order in which nothing is
//! lost. Not here: what the threads do.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use papo_log::{LogError, MemoryLimits, MemoryLog, RoomLog, SqliteLog, open_shared};
use papo_proto::{Fingerprint, InviteSecret, RoomName};
use papo_words::{system, t};

use crate::acme::{self, Acme};
use crate::admin::Admin;
use crate::certificate::{self, Certificate, CertificateError, PemFiles};
use crate::cluster::Cluster;
use crate::config::{Config, History};
use crate::desk::{Desk, Job, Mail, Post, ReadJob};
use crate::event_loop::{Control, EventLoop, ShardHandle, Shared};
use crate::files;
use crate::guard::Guard;
use crate::listener::{self, Listener, Stopper};
use crate::metrics::{Clock, Metrics, ShardCounters, WriterCounters};
use crate::operator::{self, Operator};
use crate::reader::ReadQueue;
use crate::reload::{Keeper, Reloader, said};
use crate::room::{Hub, Room, SHARDS_MAX};
use crate::shard::Shard;
use crate::tags::AddressTags;
use crate::tls;
use crate::web::{Hosts, Others, Site};
use crate::writer::{Writer, WriterQueue};

/// The log's file in the server's folder.
const LOG_FILE: &str = "log.db";

/// What each room keeps in memory where nothing is kept on disk: enough for whoever loses the connection for a
/// moment.
const MEMORY_LIMITS: MemoryLimits = MemoryLimits { entries_max: 10_000, bytes_max: 4 * 1024 * 1024 };

/// How many threads read old messages. One that waits for the disk does not hold up the other.
const READERS: usize = 2;

/// When clients should come back after a stop, in seconds: a restart takes less.
const BACK_AFTER_SECONDS: u32 = 1;

/// How long a server that stops waits for a log that is kept elsewhere and may be away: for what was read to be stored,
/// and then for its other threads. What is not stored by then was not echoed, so its senders say it again.
const SHARED_LOG_WITHIN: Duration = Duration::from_secs(1);
const SHARED_LOG_ENDS_WITHIN: Duration = Duration::from_millis(500);

/// A server that has everything it needs and listens, but does not accept yet.
pub struct Server {
    config: Config,
    listener: Listener,
    addresses: Vec<SocketAddr>,
    /// Where whoever runs the server may ask for figures.
    admin: Option<(SocketAddr, TcpListener)>,
    fingerprint: Fingerprint,
    reloader: Reloader,
    is_new: bool,
    log: Arc<dyn RoomLog>,
    tags: Arc<AddressTags>,
    queue: Arc<WriterQueue>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

impl Server {
    /// Opens folder, certificate, log and sockets. Connections wait until [`run`](Self::run).
    pub fn bind(config: Config) -> Result<Self, ServeError> {
        make_folder(&config)?;
        // The sockets come first: whoever gets the port is the server, and nothing else was touched yet.
        let sockets = config
            .listen
            .iter()
            .map(|&address| listener::bind(address).map_err(|source| ServeError::of_bind(address, source)));
        let sockets = sockets.collect::<Result<Vec<_>, _>>()?;
        Self::open(config, sockets)
    }

    /// The same with sockets that listen already, such as a service manager opens; at least one. What the configuration
    /// says of where to listen does not count.
    pub fn adopt(config: Config, sockets: Vec<TcpListener>) -> Result<Self, ServeError> {
        make_folder(&config)?;
        sockets.iter().try_for_each(|socket| socket.set_nonblocking(true))?;
        let listen = sockets.iter().map(TcpListener::local_addr).collect::<io::Result<Vec<_>>>()?;
        Self::open(Config { listen, ..config }, sockets)
    }

    fn open(mut config: Config, sockets: Vec<TcpListener>) -> Result<Self, ServeError> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        config.shards = if config.shards == 0 { cores } else { config.shards }.clamp(1, SHARDS_MAX);
        let addresses = sockets.iter().map(TcpListener::local_addr).collect::<io::Result<Vec<_>>>()?;
        let admin = config.admin.map(bind_admin).transpose()?;
        let (own, is_new) = load_or_make(&config)?;
        let acme = config.acme.as_ref().filter(|_| config.certificate.is_none());
        let certificate = acme.and_then(|acme| acme::load(&config.data, acme)).unwrap_or(own);
        let log = open_log(&config)?;
        let tags = Arc::new(AddressTags::load_or_make(&config.data)?);
        let listener = Listener::new(sockets)?;
        let (fingerprint, reloader) = (certificate.fingerprint(), Reloader::new(certificate));
        let queue = Arc::default();
        Ok(Self { config, listener, addresses, admin, fingerprint, reloader, is_new, log, tags, queue })
    }

    /// Where it listens, with the ports that were taken for 0.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Where it answers its operator, with the port that was taken for 0.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(|(address, _)| *address)
    }

    /// Its fingerprint when it was opened, for invites.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Whether it has made its key just now: this is its first start.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// What ends [`run`](Self::run), from any thread.
    pub fn stopper(&self) -> Stopper {
        self.listener.stopper()
    }

    /// What has it look at its certificate at once, from any thread.
    pub fn reloader(&self) -> Reloader {
        self.reloader.clone()
    }

    /// Makes the invite whose first user becomes the owner of the room, and returns its secret; nothing where the room
    /// has an owner. What was made so before and nobody has used holds no more. To be called before [`run`](Self::run).
    pub fn owner_invite(&self, room: &RoomName) -> Result<Option<InviteSecret>, ServeError> {
        let (log, tags) = (Arc::clone(&self.log), Arc::clone(&self.tags));
        operator::owner_invite(&mut Writer::alone(log, self.config.access, tags), room)
    }

    /// The way to its rooms for whoever runs it, from any thread.
    pub fn operator(&self) -> Operator {
        Operator { queue: Arc::clone(&self.queue) }
    }

    /// Serves until stopped. Then everything received is stored and echoed and everybody is told, within five
    /// seconds.
    pub fn run(self) -> Result<(), ServeError> {
        let Self { config, listener, admin, reloader, log, tags, queue, .. } = self;
        if let Some(files) = open_files() {
            tracing::debug!(files, "open files allowed");
        }
        let shared = Arc::new(Shared {
            tls: Arc::new(tls::config(reloader.in_use())?),
            site: Site {
                hosts: Hosts::new(config.names.iter().chain(acme_names(&config)).cloned()),
                others: Others::new(&config.also),
                in_use: reloader.in_use(),
                echo: config.websocket_echo,
                health: Arc::default(),
            },
            guard: Arc::new(Guard::new(config.limits)),
            handshakes_max: config.limits.handshakes_max.div_ceil(config.shards),
            started: Instant::now(),
        });
        let threads = Threads::start(&config, &shared, (&log, &tags, &queue), &listener.stopper())?;
        let metrics = threads.metrics(&shared, &reloader);
        let counters = Arc::clone(&metrics.door);
        // Answers to the end, so that it can be seen how the server stops.
        let _admin = match admin {
            Some((_, socket)) => {
                Some(Admin::start(socket, metrics, shared.site.hosts.clone(), Arc::clone(&shared.tls))?)
            }
            None => None,
        };
        let _acme = match &config.acme {
            Some(acme) => Some(Acme::start(acme.clone(), config.data.clone(), reloader.clone())?),
            None => None,
        };
        let mut keeper = Keeper::new(reloader, config.certificate.is_none().then_some(config.data));
        let ran = listener.run(&threads.handles, &shared.guard, &counters, shared.started, || keeper.look());
        shared.site.health.stop();
        let replaced = Arc::clone(&threads.replaced);
        threads.stop(matches!(config.history, History::Shared(_)))?;
        if let (true, History::Shared(url)) = (replaced.load(Ordering::SeqCst), &config.history) {
            return Err(LogError::Replaced { engine: url.to_string() }.into());
        }
        Ok(ran?)
    }
}

#[cfg(unix)]
use crate::unix::raise_open_files as open_files;
#[cfg(windows)]
use crate::windows::raise_open_files as open_files;

/// The server's threads and what they share.
struct Threads {
    handles: Vec<Arc<ShardHandle>>,
    hub: Arc<Hub>,
    shard_counters: Vec<Arc<ShardCounters>>,
    writer_counters: Arc<WriterCounters>,
    writer_queue: Arc<WriterQueue>,
    read_queue: Arc<ReadQueue>,
    writer: LogThread,
    others: Vec<LogThread>,
    shards: Vec<JoinHandle<io::Result<()>>>,
    /// Whether the log that servers share is another one than it was.
    replaced: Arc<AtomicBool>,
    stopping: Arc<AtomicBool>,
}

impl Threads {
    fn start(
        config: &Config,
        shared: &Arc<Shared>,
        (log, tags, queue): (&Arc<dyn RoomLog>, &Arc<AddressTags>, &Arc<WriterQueue>),
        stopper: &Stopper,
    ) -> io::Result<Self> {
        let hub = Arc::new(Hub::with_others(config.also.clone()));
        let hub_of_cluster = Arc::clone(&hub);
        let desk = Arc::new(ThreadedDesk { writer: Arc::clone(queue), ..ThreadedDesk::default() });
        let (mut loops, mut shard_counters) = (Vec::new(), Vec::new());
        for index in 0..config.shards {
            let (hub, desk, guard) = (Arc::clone(&hub), Arc::clone(&desk), Arc::clone(&shared.guard));
            loops.push(EventLoop::new(Arc::clone(shared), |now| {
                let shard = Shard::new(index, hub, desk, guard, now);
                shard_counters.push(Arc::clone(shard.counters()));
                shard
            })?);
        }
        let (loops, handles): (Vec<_>, Vec<_>) = loops.into_iter().unzip();
        let posts: Vec<Arc<dyn Post>> =
            handles.iter().map(|handle| Arc::clone(handle) as Arc<dyn Post>).collect();
        let (writer_queue, read_queue) = (Arc::clone(&desk.writer), Arc::clone(&desk.reader));
        // Set once, before any thread that could ask for it.
        let _ = desk.shards.set(posts.clone());
        let mut writer = Writer {
            trims: matches!(config.history, History::None),
            hub: Arc::clone(&hub),
            shards: posts.clone(),
            clock: Clock::since(shared.started),
            health: Arc::clone(&shared.site.health),
            guard: Some(Arc::clone(&shared.guard)),
            ..Writer::alone(Arc::clone(log), config.access, Arc::clone(tags))
        };
        let elsewhere = Arc::clone(&writer.elsewhere);
        let (queue, writer_counters) = (Arc::clone(&writer_queue), Arc::clone(&writer.counters));
        let writer = LogThread::spawn("writer", stopper, move || queue.run(&mut writer, unix_ms))?;
        let mut others = Vec::new();
        for _ in 0..READERS {
            let (queue, log, posts) = (Arc::clone(&read_queue), Arc::clone(log), posts.clone());
            others.push(LogThread::spawn("reader", stopper, move || queue.run(&*log, &posts))?);
        }
        let (replaced, stopping) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        if log.shared().is_some() {
            let cluster = Cluster {
                log: Arc::clone(log),
                hub: hub_of_cluster,
                queue: Arc::clone(&writer_queue),
                shards: posts.clone(),
                tags: Arc::clone(tags),
                elsewhere,
                stopping: Arc::clone(&stopping),
                replaced: Arc::clone(&replaced),
            };
            others.push(LogThread::spawn("cluster", stopper, move || cluster.run())?);
        }
        let shards = loops.into_iter().map(|event_loop| spawn("shard", stopper, || event_loop.run()));
        let shards = shards.collect::<io::Result<Vec<_>>>()?;
        Ok(Self {
            handles,
            hub,
            shard_counters,
            writer_counters,
            writer_queue,
            read_queue,
            writer,
            others,
            shards,
            replaced,
            stopping,
        })
    }

    /// What all of them count.
    fn metrics(&self, shared: &Shared, reloader: &Reloader) -> Metrics {
        Metrics {
            started: SystemTime::now(),
            shards: self.shard_counters.clone(),
            writer: Arc::clone(&self.writer_counters),
            door: Arc::default(),
            health: Arc::clone(&shared.site.health),
            hub: Arc::clone(&self.hub),
            writer_queue: Arc::clone(&self.writer_queue),
            read_queue: Arc::clone(&self.read_queue),
            reloader: reloader.clone(),
        }
    }

    /// First nothing is read any more, then what was read is stored and fed to the rooms, then everybody gets it
    /// together with the goodbye. A log that is kept elsewhere is not waited for longer than a stop may take.
    fn stop(self, is_log_elsewhere: bool) -> Result<(), ServeError> {
        let within = |longest: Duration| is_log_elsewhere.then(|| Instant::now() + longest);
        let control =
            |control: fn() -> Control| self.handles.iter().for_each(|handle| handle.control(control()));
        control(|| Control::Quiesce);
        self.stopping.store(true, Ordering::SeqCst);
        self.writer_queue.stop();
        let mut whole = self.writer.end(within(SHARED_LOG_WITHIN));
        control(|| Control::Stop { after_seconds: BACK_AFTER_SECONDS });
        self.read_queue.stop();
        for shard in self.shards {
            match shard.join() {
                Ok(ended) => ended?,
                Err(_) => whole = false,
            }
        }
        let until = within(SHARED_LOG_ENDS_WITHIN);
        for other in self.others {
            whole &= other.end(until);
        }
        if whole { Ok(()) } else { Err(ServeError::Panicked) }
    }
}

/// Opens the socket for whoever runs the server.
fn bind_admin(address: SocketAddr) -> Result<(SocketAddr, TcpListener), ServeError> {
    let bind = || {
        let socket = listener::bind(address)?;
        Ok((socket.local_addr()?, socket))
    };
    bind().map_err(|source| ServeError::of_bind(address, source))
}

/// Starts a thread that takes the server with it when it ends, for whatever reason: half a server is worse than
/// one that its operator sees stopping.
fn spawn<T: Send + 'static>(
    name: &str,
    stopper: &Stopper,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let ending = StopWhenDropped(stopper.clone());
    thread::Builder::new().name(format!("papo-{name}")).spawn(move || {
        let _ending = ending;
        work()
    })
}

/// A thread that works with the log. Where that is kept elsewhere, it may have to be left behind: it ends with the
/// program.
struct LogThread {
    thread: JoinHandle<()>,
    /// Says that the thread has ended by losing its sender.
    ended: Receiver<()>,
}

impl LogThread {
    fn spawn(name: &str, stopper: &Stopper, work: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let (ending, ended) = channel();
        let thread = spawn(name, stopper, move || {
            let _ending = ending;
            work();
        })?;
        Ok(Self { thread, ended })
    }

    /// Waits for its end, but not longer than until this moment, if there is one. Returns false where it has panicked.
    fn end(self, until: Option<Instant>) -> bool {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| self.ended.recv_timeout(left) == Err(RecvTimeoutError::Timeout)) {
            tracing::warn!(
                "the log does not answer: what was not stored yet will be said again by its senders"
            );
            return true;
        }
        self.thread.join().is_ok()
    }
}

struct StopWhenDropped(Stopper);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// The way from the shards to the log's threads.
#[derive(Default)]
struct ThreadedDesk {
    writer: Arc<WriterQueue>,
    reader: Arc<ReadQueue>,
    shards: OnceLock<Vec<Arc<dyn Post>>>,
}

impl Desk for ThreadedDesk {
    fn submit(&self, jobs: &mut Vec<Job>) {
        self.writer.submit(jobs);
    }

    fn is_full(&self) -> bool {
        self.writer.is_full()
    }

    fn read(&self, job: ReadJob) {
        self.reader.submit(job);
    }

    fn announce(&self, room: &Arc<Room>) {
        let shards = self.shards.get().map_or(&[][..], Vec::as_slice);
        for shard in room.subscribers().filter_map(|index| shards.get(index)) {
            shard.post(Mail::News(Arc::clone(room)));
        }
    }
}

fn make_folder(config: &Config) -> Result<(), ServeError> {
    files::make_folder_for_owner(&config.data)
        .map_err(|source| ServeError::Folder { path: config.data.clone(), source })
}

fn load_or_make(config: &Config) -> Result<(Certificate, bool), CertificateError> {
    if let Some(files) = &config.certificate {
        return Ok((Certificate::load(files)?, false));
    }
    let files = PemFiles::in_folder(&config.data);
    if files.exist() {
        // A server that was off for long shows no certificate that has ended meanwhile.
        if let Err(error) = certificate::renew(&config.data, SystemTime::now()) {
            said(|| tracing::error!("the server's own authority cannot sign again: {error}"));
        }
        return Ok((Certificate::load(&files)?, false));
    }
    let listening =
        config.listen.iter().map(SocketAddr::ip).filter(|ip| !ip.is_unspecified() && !ip.is_loopback());
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    names.extend(listening.map(|ip| ip.to_string()).chain(config.names.iter().cloned()));
    names.extend(acme_names(config).cloned());
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok((Certificate::make(&config.data, &names)?, true))
}

/// The names that a public authority is to sign for.
fn acme_names(config: &Config) -> impl Iterator<Item = &String> {
    config.acme.iter().flat_map(|acme| &acme.names)
}

fn open_log(config: &Config) -> Result<Arc<dyn RoomLog>, LogError> {
    Ok(match &config.history {
        &History::Disk { durability, bytes_max } => {
            let options = papo_log::Options { durability, bytes_max };
            Arc::new(SqliteLog::open_with(&log_file(&config.data), options)?)
        }
        History::None => Arc::new(MemoryLog::new(MEMORY_LIMITS)),
        History::Shared(url) => open_shared(url, &config.data)?,
    })
}

/// Where a server with this folder keeps its log.
pub(crate) fn log_file(data: &Path) -> PathBuf {
    data.join(LOG_FILE)
}

/// The time for people, in milliseconds since 1970.
pub(crate) fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Why a server does not start, or has ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The folder cannot be made.
    #[error("{}", t!("server-folder", folder = %path.display(), cause = system(source)))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Somebody else has the port.
    #[error("{}", t!("server-port-taken", address = %.0))]
    PortTaken(SocketAddr),
    /// The port is not for everybody.
    #[error("{}", t!("server-port-forbidden", address = %.0))]
    PortForbidden(SocketAddr),
    /// The address is another machine's.
    #[error("{}", t!("server-not-our-address", address = %.0))]
    NotOurAddress(SocketAddr),
    /// The certificate cannot be used.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The log cannot be used.
    #[error("{}", crate::words::log(.0))]
    Log(#[from] LogError),
    /// TLS cannot be set up.
    #[error("{}", t!("server-tls", cause = %.0))]
    Tls(#[from] rustls::Error),
    /// The system refused something that nothing works without.
    #[error("{}", t!("server-system", cause = system(.0)))]
    System(#[from] io::Error),
    /// A thread has ended in a way that should be impossible.
    #[error("{}", t!("server-panicked"))]
    Panicked,
}

impl ServeError {
    fn of_bind(address: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::PortTaken(address),
            io::ErrorKind::AddrNotAvailable => Self::NotOurAddress(address),
            io::ErrorKind::PermissionDenied => Self::PortForbidden(address),
            _ => Self::System(source),
        }
    }
}

#[cfg(test)]
mod tests;
