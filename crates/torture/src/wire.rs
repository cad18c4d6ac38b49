//! What is between a server and its engine, for tests that take it away: a wire that is cut, held and mended when the test
//! says so. Not here: networks that break by themselves, which `proxy` has.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};

/// How often a thread looks whether it is needed any more while nothing comes.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How a wire is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wiring {
    /// Everything passes.
    Whole,
    /// Every connection is reset, and so is every new one.
    Cut,
    /// Half open: connections stay, and nothing is taken or delivered; new ones are taken and not answered.
    Held,
    /// What the client says passes; what it should hear is held. So what it asks for is done and it does not know.
    Deaf,
}

/// Where a wire leads.
#[derive(Clone, Debug)]
pub enum End {
    /// To a port.
    Port(SocketAddr),
    /// To a socket in the file system.
    File(PathBuf),
}

/// A wire. It ends when it is dropped, and every connection with it.
pub struct Wire {
    /// Where it takes connections.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

struct Shared {
    end: End,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    wiring: Wiring,
    /// Connections of an earlier number are reset.
    generation: u64,
    is_over: bool,
}

impl Wire {
    /// A whole wire from a port of this computer to `end`.
    pub fn to(end: End) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = State { wiring: Wiring::Whole, generation: 0, is_over: false };
        let shared = Arc::new(Shared { end, state: Mutex::new(state), changed: Condvar::new() });
        let accepting = Arc::clone(&shared);
        let acceptor = thread::spawn(move || {
            for client in listener.incoming() {
                if accepting.lock().is_over {
                    return;
                }
                // An end that is not there is one more way to be cut.
                let _ = client.and_then(|client| accepting.connect(client));
            }
        });
        Ok(Self { address, shared, acceptor: Some(acceptor) })
    }

    /// From now on the wire is like this. What was held passes on where it is whole again, however late.
    pub fn set(&self, wiring: Wiring) {
        let mut state = self.shared.lock();
        state.wiring = wiring;
        if wiring == Wiring::Cut {
            state.generation += 1;
        }
        self.shared.changed.notify_all();
    }

    /// Resets every connection. What was held is lost.
    pub fn reset(&self) {
        self.shared.lock().generation += 1;
        self.shared.changed.notify_all();
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.shared.lock().is_over = true;
        self.shared.changed.notify_all();
        // It waits for a connection: this is one.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn connect(self: &Arc<Self>, client: TcpStream) -> io::Result<()> {
        let client = Socket::from(client);
        // However it ends, the client sees a reset.
        client.set_linger(Some(Duration::ZERO))?;
        client.set_tcp_nodelay(true)?;
        let generation = {
            let state = self.lock();
            if state.wiring == Wiring::Cut {
                return Ok(());
            }
            state.generation
        };
        let shared = Arc::clone(self);
        thread::spawn(move || {
            let held = |state: &mut State| state.wiring == Wiring::Held && state.goes_on(generation);
            let goes_on = shared.changed.wait_while(shared.lock(), held).unwrap().goes_on(generation);
            // An end that is not there is one more way to be cut.
            if let (true, Ok(server)) = (goes_on, shared.end.connect()) {
                let link = Arc::new(Link { shared, client, server, generation });
                let other = Arc::clone(&link);
                thread::spawn(move || other.pump(true));
                link.pump(false);
            }
        });
        Ok(())
    }
}

impl State {
    fn goes_on(&self, generation: u64) -> bool {
        !self.is_over && self.generation == generation
    }

    /// Whether nothing passes this way at the moment.
    fn holds(&self, to_server: bool) -> bool {
        match self.wiring {
            Wiring::Held => true,
            Wiring::Deaf => !to_server,
            Wiring::Whole | Wiring::Cut => false,
        }
    }
}

impl End {
    fn connect(&self) -> io::Result<Socket> {
        let (domain, address) = match self {
            Self::Port(address) => (Domain::for_address(*address), SockAddr::from(*address)),
            Self::File(path) => (Domain::UNIX, SockAddr::unix(path)?),
        };
        let socket = Socket::new(domain, Type::STREAM, None)?;
        socket.connect(&address)?;
        if let Self::Port(_) = self {
            socket.set_tcp_nodelay(true)?;
        }
        Ok(socket)
    }
}

/// One connection. Its sockets close with the last of its two threads.
struct Link {
    shared: Arc<Shared>,
    client: Socket,
    server: Socket,
    generation: u64,
}

impl Link {
    /// Passes bytes one way until that ends.
    fn pump(&self, to_server: bool) {
        let (mut from, to) =
            if to_server { (&self.client, &self.server) } else { (&self.server, &self.client) };
        let mut buffer = vec![0; 16 * 1024];
        let limited = from.set_read_timeout(Some(LOOK_EVERY)).and(to.set_write_timeout(Some(LOOK_EVERY)));
        while limited.is_ok() && self.may_pass(to_server) {
            match from.read(&mut buffer) {
                Ok(0) => break,
                // What was taken at the moment in which the wire was held waits here.
                Ok(len) => {
                    if !self.may_pass(to_server) || !self.write(&buffer[..len], to) {
                        break;
                    }
                }
                Err(error) if is_for_now(&error) => {}
                Err(_) => break,
            }
        }
        // An end is one for both ways: neither engine says anything behind it.
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }

    /// Waits while this way is held. Returns whether the connection goes on.
    fn may_pass(&self, to_server: bool) -> bool {
        let held = |state: &mut State| state.holds(to_server) && state.goes_on(self.generation);
        let state = self.shared.changed.wait_while(self.shared.lock(), held).unwrap();
        state.goes_on(self.generation)
    }

    /// Writes all of it, for as long as that takes. Returns whether it could.
    fn write(&self, mut bytes: &[u8], mut to: &Socket) -> bool {
        while !bytes.is_empty() && self.shared.lock().goes_on(self.generation) {
            match to.write(bytes) {
                Ok(len) => bytes = &bytes[len..],
                Err(error) if is_for_now(&error) => {}
                Err(_) => return false,
            }
        }
        bytes.is_empty()
    }
}

fn is_for_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
