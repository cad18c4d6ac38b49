//! A server in this program: for whoever wants to open a room without another window or a command line. Others of the
//! same network come in by an invite, as with `papo serve --ip 0.0.0.0`; or it is for this computer alone, as `papo
//! serve` is without options. Not here: what a server does.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::thread::{self, JoinHandle};

use papo_client::said::Said;
use papo_client::state::{Happening, Hosted, Hosting, Opening, Reach};
use papo_proto::limits::PORT_DEFAULT;
use papo_proto::{Act, Address, Invite, InviteSecret, RoomName};
use papo_server::operator::{Operator, OperatorAnswer, OperatorAsk, OperatorRequest};
use papo_server::{
    AccessRules, Config, History, Limits, ServeError, Server, Slow, Stopper, invite_id, new_invite_secret,
    outward,
};
use papo_words::t;

/// The running server. Dropping it stops it, which takes a moment: what was said is stored first.
pub(crate) struct Host {
    stopper: Stopper,
    threads: Vec<JoinHandle<()>>,
}

impl Host {
    /// Starts a server that keeps everything in this folder, and tells when it runs and when it has ended.
    pub(crate) fn start(
        folder: &Path,
        opening: Opening,
        tell: impl Fn(Happening) + Clone + Send + 'static,
    ) -> Result<Self, String> {
        Self::start_at(folder, opening, PORT_DEFAULT, tell)
    }

    fn start_at(
        folder: &Path,
        opening: Opening,
        port: u16,
        tell: impl Fn(Happening) + Clone + Send + 'static,
    ) -> Result<Self, String> {
        let outside = outside(opening.reach)?;
        let server = bind(folder, opening.reach, outside, port).map_err(|error| error.to_string())?;
        let entry = server.owner_invite(&opening.room).map_err(|error| error.to_string())?;
        let port = server.addresses().first().map_or(PORT_DEFAULT, SocketAddr::port);
        let hosted = Hosted {
            address: Address::new(Ipv4Addr::LOCALHOST.to_string(), port),
            invite: Invite {
                address: Address::new(outside.to_string(), port),
                room: opening.room.clone(),
                fingerprint: server.fingerprint(),
                secret: None,
                others: Vec::new(),
            },
            entry,
            reach: opening.reach,
            has_usual_port: port == PORT_DEFAULT,
        };
        let mut host = Self { stopper: server.stopper(), threads: Vec::new() };
        let (operator, told) = (server.operator(), tell.clone());
        let run = move || {
            let ended = match server.run() {
                Ok(()) => Hosting::Off,
                Err(error) => Hosting::Failed(error.to_string()),
            };
            told(Happening::Hosting(ended));
        };
        host.spawn("papo-hosting", run)?;
        // Only a running server gives answers, and the window does not wait for them.
        let stopper = host.stopper.clone();
        let announce = move || match invited(&operator, &opening, hosted) {
            Ok(hosted) => tell(Happening::Hosting(Hosting::On(Box::new(hosted)))),
            Err(text) => {
                stopper.stop();
                tell(Happening::Hosting(Hosting::Failed(text)));
            }
        };
        host.spawn("papo-inviting", announce)?;
        Ok(host)
    }

    /// Has it stop, without waiting for that.
    pub(crate) fn ask_to_stop(&self) {
        self.stopper.stop();
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), String> {
        let thread = thread::Builder::new().name(name.to_owned()).spawn(work);
        self.threads.push(thread.map_err(|error| papo_words::system(&error))?);
        Ok(())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stopper.stop();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the server in this program has panicked");
            }
        }
    }
}

/// The address that others reach this computer under.
fn outside(reach: Reach) -> Result<IpAddr, String> {
    match reach {
        Reach::ThisComputer => Ok(Ipv4Addr::LOCALHOST.into()),
        Reach::Network => outward(Ipv4Addr::UNSPECIFIED.into())
            .filter(|address| !address.is_loopback())
            .ok_or_else(|| t!("window-host-no-network")),
    }
}

/// Binds this port, or any free one where another program has that.
fn bind(folder: &Path, reach: Reach, outside: IpAddr, port: u16) -> Result<Server, ServeError> {
    let address = match reach {
        Reach::ThisComputer => Ipv4Addr::LOCALHOST,
        Reach::Network => Ipv4Addr::UNSPECIFIED,
    };
    let config = |port| Config {
        listen: vec![SocketAddr::from((address, port))],
        data: folder.to_owned(),
        names: vec![outside.to_string()],
        certificate: None,
        acme: None,
        history: History::default(),
        shards: 0,
        websocket_echo: false,
        admin: None,
        also: Vec::new(),
        limits: Limits::default(),
        access: AccessRules { open: reach == Reach::ThisComputer, slow: Slow::Off },
    };
    match Server::bind(config(port)) {
        Err(ServeError::PortTaken(_)) => Server::bind(config(0)),
        other => other,
    }
}

/// The same with an invite for others: the one that they were given before if it still holds, or a new one.
fn invited(operator: &Operator, opening: &Opening, mut hosted: Hosted) -> Result<Hosted, String> {
    if opening.reach == Reach::Network {
        let known = opening.invite.clone().filter(|secret| holds(operator, &opening.room, secret));
        hosted.invite.secret = Some(match known {
            Some(secret) => secret,
            None => made(operator, &opening.room)?,
        });
    }
    Ok(hosted)
}

fn holds(operator: &Operator, room: &RoomName, secret: &InviteSecret) -> bool {
    let id = invite_id(secret, room);
    let asked = OperatorRequest { room: room.clone(), ask: OperatorAsk::Access };
    match operator.ask(asked) {
        OperatorAnswer::Access(access) => access.invites.iter().any(|invite| invite.invite == id),
        _ => false,
    }
}

/// A new invite, for any number of people and without an end.
fn made(operator: &Operator, room: &RoomName) -> Result<InviteSecret, String> {
    let secret = new_invite_secret().ok_or_else(|| t!("window-no-random"))?;
    let invite = invite_id(&secret, room);
    let act = Act::Invite { invite, uses: None, seconds: None, owner: false };
    match operator.ask(OperatorRequest { room: room.clone(), ask: OperatorAsk::Act(act) }) {
        OperatorAnswer::Done(_) => Ok(secret),
        OperatorAnswer::Refused(refusal) => Err(refusal.said()),
        _ => Err(t!("window-host-no-answer")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use super::*;

    fn open(folder: &Path, opening: Opening) -> (Host, Receiver<Happening>) {
        let (tell, told) = channel();
        let tell = move |happening| drop(tell.send(happening));
        let host = Host::start_at(folder, opening, 0, tell).unwrap();
        (host, told)
    }

    fn next(told: &Receiver<Happening>) -> Hosting {
        match told.recv_timeout(Duration::from_mins(1)).unwrap() {
            Happening::Hosting(hosting) => hosting,
            other => panic!("{other:?}"),
        }
    }

    fn hosted(told: &Receiver<Happening>) -> Hosted {
        match next(told) {
            Hosting::On(hosted) => *hosted,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_room_for_this_computer_needs_no_invite_and_stops_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let opening = Opening { reach: Reach::ThisComputer, ..Opening::default() };
        let (host, told) = open(folder.path(), opening);
        let hosted = hosted(&told);
        assert_eq!(hosted.invite.secret, None);
        assert_eq!(hosted.address, hosted.invite.address);
        drop(host);
        assert_eq!(next(&told), Hosting::Off);
    }

    /// Invariants: whoever opens a room for the network can become its owner and nobody else can, and the link that
    /// others were given stays the same for as long as it holds.
    #[test]
    fn an_invite_outlives_the_window() {
        let Ok(_) = outside(Reach::Network) else {
            // Without a network there is nothing to open, and the person is told so.
            let folder = tempfile::tempdir().unwrap();
            assert!(Host::start(folder.path(), Opening::default(), drop).is_err());
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let mut opening = Opening { room: "sala".parse().unwrap(), ..Opening::default() };
        let (host, told) = open(folder.path(), opening.clone());
        let first = hosted(&told);
        let secret = first.invite.secret.clone().expect("others need one");
        assert!(first.entry.is_some() && first.entry != first.invite.secret);
        assert_ne!(first.invite.address.host, first.address.host, "others do not come by the loopback");
        drop(host);
        opening.invite = Some(secret.clone());
        let (host, told) = open(folder.path(), opening.clone());
        assert_eq!(hosted(&told).invite.secret, Some(secret.clone()));
        drop(host);
        opening.invite = Some(InviteSecret::new([7; 20]));
        let (_host, told) = open(folder.path(), opening);
        let third = hosted(&told).invite.secret.expect("others need one");
        assert!(third != secret && third != InviteSecret::new([7; 20]), "one that does not hold is replaced");
    }
}
