//! A real server for the server's tests, on a port of its own. Not here: its clients.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use papo_proto::Fingerprint;
use papo_server::operator::Operator;
use papo_server::{AccessRules, Config, History, Limits, Reloader, ServeError, Server, Stopper};
use papo_torture::leaks;
use tempfile::TempDir;

use super::client::{Dial, Joined, RawClient};
use super::{PATIENCE, diary};

/// A server on a port of its own, with a folder of its own. Stops when dropped, and then fails the test if it
/// has not run well.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    /// Where it answers its operator, if it does.
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) config: Config,
    pub(crate) reloader: Reloader,
    pub(crate) operator: Operator,
    stopper: Stopper,
    thread: Option<JoinHandle<Result<(), ServeError>>>,
    folder: Arc<TempDir>,
}

/// What tests run with where they say nothing else: no rates, and a log that does not wait for the disk.
pub(crate) fn config(folder: &Path) -> Config {
    Config {
        names: Vec::new(),
        listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))],
        data: folder.to_owned(),
        certificate: None,
        acme: None,
        history: History::Disk { durability: papo_log::Durability::Os, bytes_max: None },
        shards: 2,
        websocket_echo: false,
        admin: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        also: Vec::new(),
        limits: Limits::without_rates(),
        access: AccessRules::OPEN,
    }
}

impl TestServer {
    /// Starts a server with changes to its configuration.
    pub(crate) fn start(change: impl FnOnce(&mut Config)) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut config = config(folder.path());
        change(&mut config);
        Self::run(folder, config)
    }

    fn run(folder: Arc<TempDir>, config: Config) -> Self {
        diary::keep();
        let server = Server::bind(config.clone()).unwrap();
        let (address, fingerprint) = (server.addresses()[0], server.fingerprint());
        let admin = server.admin_address();
        let (stopper, reloader, operator) = (server.stopper(), server.reloader(), server.operator());
        let thread = Some(thread::spawn(move || server.run()));
        Self { address, admin, fingerprint, config, reloader, operator, stopper, thread, folder }
    }

    /// Stops it and returns how long that took.
    pub(crate) fn stop(&mut self) -> Duration {
        // Over WebSocket no test acts as the operator.
        let _ = &self.operator;
        if let Some(figures) = self.admin.and_then(|admin| figures(admin).ok()) {
            leaks::look_through("the server's figures", &figures);
        }
        let begun = Instant::now();
        self.stopper.stop();
        if let Some(thread) = self.thread.take() {
            let ran = thread.join().expect("the server's main thread does not panic");
            ran.expect("the server ends well");
        }
        let took = begun.elapsed();
        leaks::look_through("the server's log", &diary::take());
        took
    }

    /// Has it stop, without waiting for it.
    pub(crate) fn begin_stop(&self) {
        self.stopper.stop();
    }

    /// Stops it and starts another one in the same folder.
    pub(crate) fn restart(mut self) -> Self {
        self.stop();
        Self::run(Arc::clone(&self.folder), self.config.clone())
    }

    /// A client that has offered `papo/1`.
    pub(crate) fn client(&self) -> RawClient {
        self.connect(&Dial::default())
    }

    /// A client without ALPN.
    pub(crate) fn bare(&self) -> RawClient {
        self.connect(&Dial { alpn: &[], ..Dial::default() })
    }

    pub(crate) fn connect(&self, dial: &Dial) -> RawClient {
        let client = RawClient::connect(self.address, dial).unwrap();
        assert_eq!(client.fingerprint, self.fingerprint);
        client
    }

    /// A guest in a room, with what the server has said to that.
    pub(crate) fn guest(&self, name: &str, room: &str) -> (RawClient, Joined) {
        let mut client = self.client();
        let joined = client.join(&format!(r#"{{"type":"join","name":"{name}","room":"{room}"}}"#));
        (client, joined)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if thread::panicking() {
            self.stopper.stop();
        } else {
            self.stop();
        }
    }
}

/// What it says of itself on the address of its operator. There may be none any more: a test may have it stop before.
fn figures(admin: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(admin)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
