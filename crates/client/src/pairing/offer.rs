//! The device that has the key: waits at an address until somebody comes who knows the code. Not here: the other
//! device.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token, Waker};
use papo_proto::{Address, MemberId};
use rustls::{ServerConfig, ServerConnection};
use zeroize::Zeroizing;

use super::channel::{Channel, PROOF_BYTES, Side, offering};
use super::{KEPT, PairingCode, PairingError};
use crate::identity::{self, Identity};
use crate::protected::ProtectedError;

/// How long one connection may take. Others wait meanwhile, so that a code is used once even if two come with it.
const CONNECTION_WITHIN: Duration = Duration::from_secs(10);

/// How many may come with another code. Guessing is hopeless anyway; but somebody tries, and that is to be known.
const WRONG_MAX: u32 = 10;

/// What wakes an offer: somebody who comes, and its own program.
const COMES: Token = Token(0);
const WITHDRAWN: Token = Token(1);

/// A key that waits for its second device.
pub struct Offer {
    poll: Poll,
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    code: PairingCode,
    pem: Zeroizing<Vec<u8>>,
    member: MemberId,
    withdrawal: Withdrawal,
}

/// Takes an [`Offer`] back, from any thread.
#[derive(Clone, Debug)]
pub struct Withdrawal {
    is_withdrawn: Arc<AtomicBool>,
    waker: Arc<Waker>,
}

impl Withdrawal {
    /// Nobody gets the key any more, unless it is on its way already.
    pub fn withdraw(&self) {
        self.is_withdrawn.store(true, Ordering::Release);
        if let Err(error) = self.waker.wake() {
            tracing::warn!(%error, "an offer that was taken back waits for its end");
        }
    }

    fn is_withdrawn(&self) -> bool {
        self.is_withdrawn.load(Ordering::Acquire)
    }
}

/// A device that has the key now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paired {
    /// Who both are.
    pub member: MemberId,
    /// Where the other one came from.
    pub from: IpAddr,
}

/// Somebody who came with another code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Where they came from.
    pub from: IpAddr,
}

impl Offer {
    /// Begins to listen with the key in this profile's folder. None is made: a new key is nobody yet. `reached` is
    /// where the other device finds this one; the port 0 is any free one.
    pub fn open(folder: &Path, host: &str, port: u16) -> Result<Self, PairingError> {
        let path = identity::file_in(folder);
        if !path.exists() {
            return Err(ProtectedError::NoKey { folder: folder.to_owned() }.into());
        }
        let (identity, pem) = Identity::read(&path).map_err(ProtectedError::from)?;
        let unbound = |cause| PairingError::Unbound { address: Address::new(host, port), cause };
        let mut listener = listen(host, port).map_err(unbound)?;
        let port = listener.local_addr().map_err(unbound)?.port();
        let poll = Poll::new().map_err(unbound)?;
        poll.registry().register(&mut listener, COMES, Interest::READABLE).map_err(unbound)?;
        let waker = Arc::new(Waker::new(poll.registry(), WITHDRAWN).map_err(unbound)?);
        let withdrawal = Withdrawal { is_withdrawn: Arc::default(), waker };
        let tls = Arc::new(offering().map_err(|_| PairingError::NoRandomness)?);
        let code = PairingCode::new(Address::new(host, port))?;
        Ok(Self { poll, listener, tls, code, pem, member: identity.member_id(), withdrawal })
    }

    /// What is typed on the other device.
    pub fn code(&self) -> &PairingCode {
        &self.code
    }

    /// What ends the waiting before its time.
    pub fn withdrawal(&self) -> Withdrawal {
        self.withdrawal.clone()
    }

    /// Waits until the other device has the key, and not longer than so long. Of whoever comes with another code is
    /// told; who speaks no TLS, or says nothing, is passed over.
    pub fn wait(mut self, within: Duration, mut told: impl FnMut(Stranger)) -> Result<Paired, PairingError> {
        let end = Instant::now() + within;
        let mut wrong = 0;
        while let Some((socket, from)) = self.next(end) {
            match self.serve(socket) {
                Served::Paired => return Ok(Paired { member: self.member, from: from.ip() }),
                Served::Unconfirmed => return Err(PairingError::Unconfirmed),
                Served::Nothing => {}
                Served::Wrong => {
                    told(Stranger { from: from.ip() });
                    wrong += 1;
                    if wrong == WRONG_MAX {
                        return Err(PairingError::TooMany);
                    }
                }
            }
        }
        if self.withdrawal.is_withdrawn() {
            return Err(PairingError::Withdrawn);
        }
        Err(PairingError::Nobody { waited: within })
    }

    /// The next connection; `None` when the time is over, or nobody is waited for any more.
    fn next(&mut self, end: Instant) -> Option<(TcpStream, SocketAddr)> {
        let mut events = Events::with_capacity(1);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.withdrawal.is_withdrawn() {
                return None;
            }
            match self.listener.accept() {
                Ok((socket, from)) => {
                    let socket = TcpStream::from(socket);
                    if socket.set_nonblocking(false).is_ok() {
                        return Some((socket, from));
                    }
                }
                // Whoever was to be taken has gone again, or the system is short of something: the next one.
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
                    tracing::debug!(%error, "a connection was not taken");
                    drop(self.poll.poll(&mut events, Some(left.min(Duration::from_millis(100)))));
                }
                Err(_) => drop(self.poll.poll(&mut events, Some(left))),
            }
        }
    }

    fn serve(&self, socket: TcpStream) -> Served {
        let Ok(tls) = ServerConnection::new(Arc::clone(&self.tls)) else { return Served::Nothing };
        let Ok(mut channel) = Channel::open(tls, socket, CONNECTION_WITHIN) else { return Served::Nothing };
        let mut proof = [0; PROOF_BYTES];
        if channel.read(&mut proof).is_err() {
            return Served::Nothing;
        }
        if !channel.is_proof(&self.code, Side::Takes, &proof) {
            channel.close();
            return Served::Wrong;
        }
        if self.withdrawal.is_withdrawn() {
            return Served::Nothing;
        }
        let Ok(len) = u16::try_from(self.pem.len()) else { return Served::Nothing };
        let ours = channel.proof(&self.code, Side::Offers);
        let all = Zeroizing::new([ours.as_ref(), &len.to_be_bytes(), &self.pem].concat());
        let mut kept = [0];
        let answered = channel.write(&all).and_then(|()| channel.read(&mut kept));
        if answered.is_err() || kept != [KEPT] {
            return Served::Unconfirmed;
        }
        channel.close();
        Served::Paired
    }
}

/// What has become of a connection.
enum Served {
    Paired,
    Unconfirmed,
    Wrong,
    Nothing,
}

/// Listens at the address if it is this computer's own, else at all of them: then the name or address leads here by
/// way of something that translates it.
fn listen(host: &str, port: u16) -> io::Result<TcpListener> {
    let address = host.parse().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let any = if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    TcpListener::bind(SocketAddr::new(address, port)).or_else(|error| match error.kind() {
        io::ErrorKind::AddrNotAvailable => TcpListener::bind(SocketAddr::new(any, port)),
        _ => Err(error),
    })
}
