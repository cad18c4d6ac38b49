//! Takes connections and spreads them over the shards. Not here: anything that is read from them.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token, Waker};
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};

use crate::event_loop::{Control, ShardHandle};
use crate::guard::Guard;
use crate::metrics::DoorCounters;

/// How many connections may wait to be taken: a class that comes in at the same minute.
const BACKLOG: i32 = 4096;

/// How long nothing is accepted after the system had no file left for a connection. Without the pause the loop
/// would spin on the same error.
const PAUSE: Duration = Duration::from_millis(100);

/// How often `periodically` runs.
const PERIOD: Duration = Duration::from_secs(5);

/// When the system looks whether a silent peer is still there, and how often before it gives up: a peer whose
/// machine is gone is noticed within a minute, without a word from its program.
const KEEP_ALIVE_AFTER: Duration = Duration::from_secs(30);
const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(10);

/// Opens a listening socket.
pub(crate) fn bind(address: SocketAddr) -> io::Result<StdListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        // One address, one family: who wants both says both.
        socket.set_only_v6(true)?;
    }
    // On Windows this option lets two servers share a port, which nobody wants.
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Ends a server from anywhere.
#[derive(Clone, Debug)]
pub struct Stopper {
    stopped: Arc<AtomicBool>,
    waker: Arc<Waker>,
}

impl Stopper {
    /// Has the server stop in order: everything that was received is stored and echoed, everybody is told when
    /// to come back, and `run` returns. May be called more than once.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        if let Err(error) = self.waker.wake() {
            tracing::error!("the server cannot be woken to stop: {error}");
        }
    }
}

/// The listening sockets.
pub(crate) struct Listener {
    poll: Poll,
    sockets: Vec<TcpListener>,
    stopper: Stopper,
}

impl Listener {
    /// Listens on sockets that are bound already.
    pub(crate) fn new(sockets: Vec<StdListener>) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), Token(usize::MAX))?);
        let mut sockets: Vec<TcpListener> = sockets.into_iter().map(TcpListener::from_std).collect();
        for (index, socket) in sockets.iter_mut().enumerate() {
            poll.registry().register(socket, Token(index), Interest::READABLE)?;
        }
        Ok(Self { poll, sockets, stopper: Stopper { stopped: Arc::default(), waker } })
    }

    pub(crate) fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Accepts until stopped whom the guard admits; `started` is what its times count from. `periodically` runs every
    /// few seconds.
    pub(crate) fn run(
        mut self,
        shards: &[Arc<ShardHandle>],
        guard: &Guard,
        counters: &DoorCounters,
        started: Instant,
        mut periodically: impl FnMut(),
    ) -> io::Result<()> {
        let mut events = Events::with_capacity(16);
        let mut next_shard = 0;
        let mut next_period = Instant::now() + PERIOD;
        let mut paused = false;
        while !self.stopper.stopped.load(Ordering::SeqCst) {
            let until_period = next_period.saturating_duration_since(Instant::now());
            match self.poll.poll(&mut events, Some(if paused { PAUSE } else { until_period })) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            let accepted = self.accept_all(|stream, address| {
                counters.came.add(1);
                let (pass, refused) = match guard.admit(address, started.elapsed()) {
                    Ok(admitted) => admitted,
                    Err(why) => return counters.unsaid.add(why),
                };
                next_shard = (next_shard + 1) % shards.len();
                shards[next_shard].control(Control::Accept { stream: prepare(stream), pass, refused });
            });
            if let Err(error) = &accepted
                && !paused
            {
                counters.paused.add(1);
                tracing::warn!("connections cannot be taken for the moment: {error}; allow more open files");
            }
            paused = accepted.is_err();
            if Instant::now() >= next_period {
                next_period = Instant::now() + PERIOD;
                periodically();
            }
        }
        Ok(())
    }

    /// Accepts everything that waits. Fails where the system has no means for another connection.
    fn accept_all(&mut self, mut take: impl FnMut(mio::net::TcpStream, IpAddr)) -> io::Result<()> {
        for socket in &self.sockets {
            loop {
                match socket.accept() {
                    Ok((stream, address)) => take(stream, address.ip()),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) if is_about_one_connection(&error) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }
}

/// Whether an error of `accept` concerns only the connection that would have come.
fn is_about_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionReset, HostUnreachable, Interrupted, NetworkUnreachable,
    };
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted | HostUnreachable | NetworkUnreachable
    )
}

fn prepare(stream: mio::net::TcpStream) -> std::net::TcpStream {
    let stream = std::net::TcpStream::from(stream);
    let socket = SockRef::from(&stream);
    // Both only improve matters: a connection without them is still a connection.
    let _ = socket.set_tcp_nodelay(true);
    let keep_alive = TcpKeepalive::new().with_time(KEEP_ALIVE_AFTER).with_interval(KEEP_ALIVE_EVERY);
    let _ = socket.set_tcp_keepalive(&keep_alive);
    stream
}
