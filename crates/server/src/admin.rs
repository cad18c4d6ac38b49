//! What whoever runs the server may look at over HTTP: figures, and whether it is healthy. On an address of its own, so
//! that the public one never has it: in plain text on a loopback address, over TLS with the server's certificate on
//! any other. Few ask and seldom, so that each gets a thread for one answer. Not here: the figures (`metrics`).

use std::io::{self, Read, Write};
use std::net::{TcpListener as StdListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token, Waker};
use rustls::{ServerConfig, ServerConnection, Stream};

use crate::metrics::{CONTENT_TYPE, Metrics};
use crate::web::head::{self, Request};
use crate::web::reply::{Content, Reply};
use crate::web::{Hosts, ready};

/// How many may ask at the same time; further ones are closed unsaid.
const ASKING_MAX: usize = 8;

/// How long one may take from the connection to the end of its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How long nothing is accepted after the system had no file left for a connection.
const PAUSE: Duration = Duration::from_millis(100);

const LISTENER: Token = Token(0);
const WAKE: Token = Token(1);

/// The thread that answers. Ends when it is dropped; who is being answered then is answered still.
#[derive(Debug)]
pub(crate) struct Admin {
    stopped: Arc<AtomicBool>,
    waker: Waker,
    thread: Option<JoinHandle<()>>,
}

/// What an answer is made from.
struct Desk {
    metrics: Metrics,
    /// Under which names it may be asked, where it speaks in plain text; over TLS the certificate says so. A page whose
    /// name suddenly leads to this computer (DNS rebinding) thereby reads no figures through its visitor's browser.
    hosts: Option<Hosts>,
    tls: Arc<ServerConfig>,
    asking: AtomicUsize,
}

impl Admin {
    /// Begins to answer on a socket that is bound already.
    pub(crate) fn start(
        socket: StdListener,
        metrics: Metrics,
        hosts: Hosts,
        tls: Arc<ServerConfig>,
    ) -> io::Result<Self> {
        let hosts = socket.local_addr()?.ip().is_loopback().then_some(hosts);
        let mut poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let mut socket = TcpListener::from_std(socket);
        poll.registry().register(&mut socket, LISTENER, Interest::READABLE)?;
        let stopped = Arc::new(AtomicBool::new(false));
        let desk = Arc::new(Desk { metrics, hosts, tls, asking: AtomicUsize::new(0) });
        let own_stopped = Arc::clone(&stopped);
        let work = move || {
            let (mut events, mut paused) = (Events::with_capacity(4), false);
            while !own_stopped.load(Ordering::SeqCst) {
                // Interrupted or not, what waits is looked at.
                let _ = poll.poll(&mut events, paused.then_some(PAUSE));
                paused = accept_all(&socket, &desk).is_err();
            }
        };
        let thread = thread::Builder::new().name("papo-admin".to_owned()).spawn(work)?;
        Ok(Self { stopped, waker, thread: Some(thread) })
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        if self.waker.wake().is_ok()
            && let Some(thread) = self.thread.take()
        {
            drop(thread.join());
        }
    }
}

fn accept_all(socket: &TcpListener, desk: &Arc<Desk>) -> io::Result<()> {
    loop {
        let stream = match socket.accept() {
            Ok((stream, _)) => TcpStream::from(stream),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        if desk.asking.fetch_add(1, Ordering::SeqCst) >= ASKING_MAX {
            desk.asking.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let own = Asking(Arc::clone(desk));
        let answer = move || {
            if let Err(error) = own.0.answer(&stream) {
                tracing::debug!("a question on the admin address could not be answered: {error}");
            }
        };
        // A thread that cannot be started drops what it would have had, and with it the connection.
        drop(thread::Builder::new().name("papo-admin-answer".to_owned()).spawn(answer));
    }
}

/// One who asks; counted until dropped.
struct Asking(Arc<Desk>);

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.asking.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Desk {
    /// Answers one request, and closes.
    fn answer(&self, stream: &TcpStream) -> io::Result<()> {
        let mut stream = Timed { stream, until: Instant::now() + ANSWER_WITHIN };
        stream.stream.set_nonblocking(false)?;
        if self.hosts.is_some() {
            return self.converse(&mut stream);
        }
        let mut tls = ServerConnection::new(Arc::clone(&self.tls)).map_err(io::Error::other)?;
        self.converse(&mut Stream::new(&mut tls, &mut stream))?;
        tls.send_close_notify();
        while tls.wants_write() {
            tls.write_tls(&mut stream)?;
        }
        Ok(())
    }

    fn converse(&self, stream: &mut (impl Read + Write)) -> io::Result<()> {
        let (mut come, mut buffer) = (Vec::new(), [0; 2048]);
        let (mut reply, is_head) = loop {
            let len = stream.read(&mut buffer)?;
            if len == 0 {
                return Ok(());
            }
            come.extend_from_slice(&buffer[..len]);
            match head::read(&come) {
                Ok(None) => {}
                Ok(Some((request, _))) => break (self.reply(&request), request.is_head),
                Err(refused) => break (Reply::text(refused.status, refused.text), false),
            }
        };
        reply.closes = true;
        stream.write_all(&reply.head(SystemTime::now(), false, ""))?;
        if !is_head {
            stream.write_all(reply.content.bytes())?;
        }
        stream.flush()
    }

    fn reply(&self, request: &Request) -> Reply {
        if self.hosts.as_ref().is_some_and(|hosts| !hosts.allow(&request.host)) {
            return Reply::text(421, "ask for this by its address, or as localhost");
        }
        match &*request.path {
            "/metrics" => Reply {
                status: 200,
                fields: format!("Content-Type: {CONTENT_TYPE}\r\nCache-Control: no-store\r\n"),
                content: Content::Made(self.metrics.page().into_bytes()),
                is_file: false,
                closes: true,
            },
            "/healthz" => Reply::text(200, "ok"),
            "/readyz" => ready(&self.metrics.health, SystemTime::now()),
            _ => Reply::text(404, "here are /metrics, /healthz and /readyz"),
        }
    }
}

/// A socket that has to be through by a certain time, however slowly its peer reads and writes.
struct Timed<'a> {
    stream: &'a TcpStream,
    until: Instant,
}

impl Timed<'_> {
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(bytes)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
