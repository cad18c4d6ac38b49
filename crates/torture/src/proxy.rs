//! A network that breaks: a proxy on TCP that delays, cuts, stalls and damages what passes through it, as a seed says.
//! Unlike a simulation it stands between real programs. Not here: loss and reordering of packets, which TCP hides
//! from both sides.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

/// How often a thread looks whether it is needed any more while nothing comes.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How many bytes of a connection pass before something happens to it, both ways together: from within the handshake
/// to some hundred messages.
const BYTES_BEFORE_FAULT_MAX: u64 = 30_000;

/// A damaged handshake tells a client that this is no server of its kind, and it gives up; so it comes through.
const BYTES_OF_HANDSHAKE_MAX: u64 = 8_000;

/// How long a connection hangs before both sides are told.
const HANG_MS_MAX: u64 = 3000;

/// What happens to a connection.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Nothing.
    None,
    /// It passes byte by byte.
    Bytewise,
    /// It passes in small pieces, each of which is late.
    Late { piece_bytes_max: u64, ms_max: u64 },
    /// It ends, for both sides.
    Cut { after: u64 },
    /// It ends with a reset.
    Reset { after: u64 },
    /// The client's side ends; what the server still says passes.
    HalfClosed { after: u64 },
    /// Nothing passes any more, and nobody is told for a while.
    Stalled { after: u64 },
    /// The client takes nothing any more, for a while.
    Deaf { after: u64 },
    /// One bit is turned round.
    Flipped { after: u64 },
}

impl Fault {
    fn name(self) -> &'static str {
        match self {
            Self::None => "untouched",
            Self::Bytewise => "byte by byte",
            Self::Late { .. } => "late",
            Self::Cut { .. } => "cut",
            Self::Reset { .. } => "reset",
            Self::HalfClosed { .. } => "half closed",
            Self::Stalled { .. } => "stalled",
            Self::Deaf { .. } => "deaf",
            Self::Flipped { .. } => "damaged",
        }
    }

    /// After how many bytes it comes.
    fn after(self) -> Option<u64> {
        match self {
            Self::None | Self::Bytewise | Self::Late { .. } => None,
            Self::Cut { after }
            | Self::Reset { after }
            | Self::HalfClosed { after }
            | Self::Stalled { after }
            | Self::Deaf { after }
            | Self::Flipped { after } => Some(after),
        }
    }
}

/// The proxy. It ends when it is dropped, and every connection with it.
pub struct Proxy {
    /// Where it takes connections.
    pub address: SocketAddr,
    network: Arc<Network>,
    acceptor: Option<JoinHandle<()>>,
}

/// What all connections share.
struct Network {
    target: SocketAddr,
    random: Mutex<u64>,
    is_calm: AtomicBool,
    is_over: AtomicBool,
    /// Told when one of the two changes.
    changed: (Mutex<()>, Condvar),
    met: Mutex<BTreeMap<&'static str, u64>>,
}

impl Proxy {
    /// A proxy on a port of this computer, in front of `target`. Equal seeds choose the same faults in the same order
    /// of connections.
    pub fn start(target: SocketAddr, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let network = Arc::new(Network {
            target,
            random: Mutex::new(seed),
            is_calm: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            changed: (Mutex::default(), Condvar::new()),
            met: Mutex::default(),
        });
        let shared = Arc::clone(&network);
        let acceptor = thread::spawn(move || {
            for client in listener.incoming() {
                if shared.is_over.load(Ordering::SeqCst) {
                    return;
                }
                // A connection that fails at once is one more fault.
                let _ = client.and_then(|client| shared.connect(client));
            }
        });
        Ok(Self { address, network, acceptor: Some(acceptor) })
    }

    /// From now on nothing goes wrong. What is hanging or has been touched is ended, as TCP would in the end.
    pub fn calm(&self) {
        self.network.is_calm.store(true, Ordering::SeqCst);
        self.network.tell();
    }

    /// What has happened to connections, and how often.
    pub fn met(&self) -> BTreeMap<&'static str, u64> {
        self.network.met.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.network.is_over.store(true, Ordering::SeqCst);
        self.network.tell();
        // It waits for a connection: this is one.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Network {
    /// A number below `bound`, by `SplitMix64` (Steele, Lea and Flood, 2014).
    fn below(&self, bound: u64) -> u64 {
        let mut random = self.random.lock().unwrap();
        *random = random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn draw(&self) -> Fault {
        let (kind, after) = (self.below(12), self.below(BYTES_BEFORE_FAULT_MAX));
        match kind {
            0 => Fault::Bytewise,
            1 | 2 => Fault::Late { piece_bytes_max: 1 + self.below(2000), ms_max: 1 + self.below(60) },
            3 | 4 => Fault::Cut { after },
            5 | 6 => Fault::Reset { after },
            7 => Fault::HalfClosed { after },
            8 => Fault::Stalled { after },
            9 => Fault::Deaf { after },
            10 => Fault::Flipped { after: after + BYTES_OF_HANDSHAKE_MAX },
            _ => Fault::None,
        }
    }

    fn tell(&self) {
        let _changing = self.changed.0.lock().unwrap();
        self.changed.1.notify_all();
    }

    /// Lets time pass, unless everything is over or calm.
    fn wait(&self, time: Duration) {
        let changing = self.changed.0.lock().unwrap();
        let is_on =
            |(): &mut ()| !self.is_over.load(Ordering::SeqCst) && !self.is_calm.load(Ordering::SeqCst);
        drop(self.changed.1.wait_timeout_while(changing, time, is_on).unwrap());
    }

    fn connect(self: &Arc<Self>, client: TcpStream) -> io::Result<()> {
        let server = TcpStream::connect(self.target)?;
        for stream in [&client, &server] {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(LOOK_EVERY))?;
            stream.set_write_timeout(Some(LOOK_EVERY))?;
        }
        let fault = if self.is_calm.load(Ordering::SeqCst) { Fault::None } else { self.draw() };
        *self.met.lock().unwrap().entry(fault.name()).or_default() += 1;
        let link = Arc::new(Link {
            network: Arc::clone(self),
            client,
            server,
            fault,
            passed: AtomicU64::new(0),
            is_dead: AtomicBool::new(false),
        });
        for way in [Way::ToServer, Way::ToClient] {
            let link = Arc::clone(&link);
            thread::spawn(move || link.pump(way));
        }
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    ToServer,
    ToClient,
}

/// One connection through the proxy. Its sockets close with the last of its two threads.
struct Link {
    network: Arc<Network>,
    client: TcpStream,
    server: TcpStream,
    fault: Fault,
    /// How many bytes have passed, both ways together.
    passed: AtomicU64,
    is_dead: AtomicBool,
}

impl Link {
    /// Passes bytes one way until that ends.
    fn pump(&self, way: Way) {
        let (from, to) = match way {
            Way::ToServer => (&self.client, &self.server),
            Way::ToClient => (&self.server, &self.client),
        };
        let mut buffer = vec![0; 16 * 1024];
        while !self.is_over() {
            let piece_max = self.piece_max(buffer.len());
            match { from }.read(&mut buffer[..piece_max]) {
                Ok(0) => {
                    let _ = to.shutdown(Shutdown::Write);
                    return;
                }
                Ok(len) => {
                    if !self.pass(&mut buffer[..len], to, way) {
                        return;
                    }
                }
                Err(error) if is_for_now(&error) => {}
                Err(_) => self.is_dead.store(true, Ordering::SeqCst),
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }

    /// Whether the connection has to end: by itself, with everything, or because calm has come and it was touched.
    fn is_over(&self) -> bool {
        let is_faulty = !matches!(self.fault, Fault::None);
        self.is_dead.load(Ordering::SeqCst)
            || self.network.is_over.load(Ordering::SeqCst)
            || (is_faulty && self.network.is_calm.load(Ordering::SeqCst))
    }

    fn piece_max(&self, buffer_len: usize) -> usize {
        match self.fault {
            Fault::Bytewise => 1,
            Fault::Late { piece_bytes_max, .. } => usize::try_from(piece_bytes_max).unwrap_or(buffer_len),
            _ => buffer_len,
        }
    }

    /// Passes a piece, and lets the fault happen where it is time. Returns whether this way goes on.
    fn pass(&self, piece: &mut [u8], to: &TcpStream, way: Way) -> bool {
        if let Fault::Late { ms_max, .. } = self.fault {
            self.network.wait(Duration::from_millis(self.network.below(ms_max)));
        }
        let len = piece.len() as u64;
        let before = self.passed.fetch_add(len, Ordering::SeqCst);
        let left = match self.fault.after() {
            Some(after) if after < before + len => after.saturating_sub(before),
            _ => return self.write(piece, to),
        };
        let at = usize::try_from(left).unwrap_or(0);
        match self.fault {
            Fault::Flipped { .. } => {
                // Once: everything behind it is as it was.
                if before <= self.fault.after().unwrap_or(0) {
                    piece[at] ^= 0x10;
                }
                self.write(piece, to)
            }
            Fault::Deaf { .. } if way == Way::ToServer => self.write(piece, to),
            Fault::HalfClosed { .. } if way == Way::ToClient => self.write(piece, to),
            Fault::HalfClosed { .. } => {
                self.write(&piece[..at], to);
                let _ = to.shutdown(Shutdown::Write);
                false
            }
            Fault::Stalled { .. } | Fault::Deaf { .. } => {
                self.write(&piece[..at], to);
                self.network.wait(Duration::from_millis(self.network.below(HANG_MS_MAX)));
                self.end(true);
                false
            }
            Fault::Reset { .. } => {
                self.write(&piece[..at], to);
                self.end(true);
                false
            }
            _ => {
                self.write(&piece[..at], to);
                self.end(false);
                false
            }
        }
    }

    /// Ends both ways, with a reset or in order.
    fn end(&self, with_reset: bool) {
        self.is_dead.store(true, Ordering::SeqCst);
        for stream in [&self.client, &self.server] {
            if with_reset {
                // The sockets are closed when both threads have seen it; then this makes it a reset.
                let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
            } else {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// Writes all of it, for as long as that takes. Returns whether it could.
    fn write(&self, mut bytes: &[u8], mut to: &TcpStream) -> bool {
        while !bytes.is_empty() && !self.is_over() {
            match to.write(bytes) {
                Ok(len) => bytes = &bytes[len..],
                Err(error) if is_for_now(&error) => {}
                Err(_) => {
                    self.is_dead.store(true, Ordering::SeqCst);
                    return false;
                }
            }
        }
        bytes.is_empty()
    }
}

fn is_for_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
