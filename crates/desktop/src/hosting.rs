//! A server in this program: for whoever wants to open a room without another window or a command line. It
//! listens on this computer alone, as `papo serve` does without options. Not here: what a server does.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::thread::{self, JoinHandle};

use papo_client::state::{Happening, Hosting};
use papo_proto::limits::PORT_DEFAULT;
use papo_proto::{Address, Invite, RoomName};
use papo_server::{Config, History, Limits, ServeError, Server, Stopper};

/// The running server. Dropping it stops it, which takes a moment: what was said is stored first.
pub(crate) struct Host {
    stopper: Stopper,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    /// Starts a server that keeps everything in this folder, and tells when it runs and when it has ended.
    pub(crate) fn start(folder: &Path, tell: impl Fn(Happening) + Send + 'static) -> Result<Self, String> {
        let server = bind(folder).map_err(|error| error.to_string())?;
        let stopper = server.stopper();
        let port = server.addresses().first().map_or(PORT_DEFAULT, SocketAddr::port);
        let address = Address::new(Ipv4Addr::LOCALHOST.to_string(), port);
        let invite = Invite {
            address: address.clone(),
            room: RoomName::default(),
            fingerprint: server.fingerprint(),
            secret: None,
        };
        let run = move || {
            tell(Happening::Hosting(Hosting::On { address, invite: Box::new(invite) }));
            let ended = match server.run() {
                Ok(()) => Hosting::Off,
                Err(error) => Hosting::Failed(error.to_string()),
            };
            tell(Happening::Hosting(ended));
        };
        let thread = thread::Builder::new().name("papo-hosting".to_owned()).spawn(run);
        Ok(Self { stopper, thread: Some(thread.map_err(|error| error.to_string())?) })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stopper.stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the server in this program has panicked");
        }
    }
}

/// Binds the usual port, or any free one where another program has that.
fn bind(folder: &Path) -> Result<Server, ServeError> {
    let config = |port| Config {
        listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))],
        data: folder.to_owned(),
        names: Vec::new(),
        certificate: None,
        history: History::default(),
        shards: 0,
        websocket_echo: false,
        admin: None,
        limits: Limits::default(),
        access: papo_server::AccessRules::OPEN,
    };
    match Server::bind(config(PORT_DEFAULT)) {
        Err(ServeError::PortTaken(_)) => Server::bind(config(0)),
        other => other,
    }
}
