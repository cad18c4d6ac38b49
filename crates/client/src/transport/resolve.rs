//! From a host's name to its addresses. The system's resolver can hang for as long as it likes; so it runs
//! on a thread of its own, which is left behind when it takes too long.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use papo_proto::Address;

use super::Wake;
use crate::error::ConnectError;

/// A host that is being looked up.
#[derive(Debug)]
pub(super) struct Resolving {
    answer: Receiver<io::Result<Vec<SocketAddr>>>,
    host: String,
}

impl Resolving {
    /// Begins to look a host up, and wakes the client's thread when there is an answer.
    pub(super) fn start(address: &Address, wake: Arc<Wake>) -> Result<Self, ConnectError> {
        let (sender, answer) = sync_channel(1);
        let Address { host, port } = address.clone();
        let resolving = Self { answer, host: host.clone() };
        if let Ok(ip) = host.parse::<IpAddr>() {
            // No name: there is nothing to look up and nothing that could hang.
            drop(sender.send(Ok(vec![SocketAddr::new(ip, port)])));
            wake.wake();
            return Ok(resolving);
        }
        let look_up = move || {
            let found = (host, port).to_socket_addrs().map(Iterator::collect);
            // Nobody may be waiting any more; then the answer is of no use.
            if sender.send(found).is_ok() {
                wake.wake();
            }
        };
        let spawned = thread::Builder::new().name("papo-resolve".to_owned()).spawn(look_up);
        spawned.map_err(|error| ConnectError::from(&error))?;
        Ok(resolving)
    }

    /// The addresses, at least one, once they are known.
    pub(super) fn take(&self) -> Result<Option<Vec<SocketAddr>>, ConnectError> {
        let unknown = || ConnectError::UnknownHost { host: self.host.clone() };
        match self.answer.try_recv() {
            Ok(Ok(found)) if !found.is_empty() => Ok(Some(found)),
            Ok(_) | Err(TryRecvError::Disconnected) => Err(unknown()),
            Err(TryRecvError::Empty) => Ok(None),
        }
    }
}
