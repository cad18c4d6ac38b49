//! A small server for the client's tests: real sockets and real TLS, but it says only what a test lets it
//! say. Not here: papo's own server, which is another crate and has tests with real clients of its own.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part of this one")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of tests fails as tests do"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use papo_client::event::ConnectionState;
use papo_client::trust::fingerprint_of;
use papo_client::{Client, ConnectError, Event, Options, Trust};
use papo_proto::codec::{decode_client, encode_server};
use papo_proto::proof::{CHANNEL_BINDING_LABEL, join_proof};
use papo_proto::{
    Address, ClientMessage, Epoch, Fingerprint, Join, Member, MemberId, Name, Nonce, RoomName, Seq,
    ServerMessage,
};

/// How long a test waits for anything: long enough for a busy machine, and an end for a broken test.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const EPOCH: Epoch = Epoch([7; 8]);

/// A server's key and certificates, leaf first.
pub struct Certificate {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

impl Certificate {
    /// Self-signed, P-256, for 127.0.0.1 and localhost.
    pub fn new() -> Self {
        Self::with(&["localhost", "127.0.0.1"], |_| {})
    }

    /// Self-signed, P-256, for these names, and else as the closure says.
    pub fn with(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params(names, change).self_signed(&key).unwrap();
        Self { chain: vec![certificate.der().clone()], key: private(&key) }
    }

    /// Reads what another program has made.
    pub fn read(certificate: &Path, key: &Path) -> Self {
        Self {
            chain: vec![CertificateDer::from_pem_file(certificate).unwrap()],
            key: PrivateKeyDer::from_pem_file(key).unwrap(),
        }
    }

    pub fn fingerprint(&self) -> Fingerprint {
        fingerprint_of(&self.chain[0]).unwrap()
    }

    /// Writes the leaf as PEM.
    pub fn write(&self, folder: &Path) -> PathBuf {
        write_pem(folder, &self.chain[0])
    }
}

/// A certificate authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let params = params(&[], |params| {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.distinguished_name.push(rcgen::DnType::CommonName, "an authority of the tests");
        });
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// A server's certificate, signed by this authority.
    pub fn sign(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Certificate {
        let key = KeyPair::generate().unwrap();
        let certificate = params(names, change).signed_by(&key, &self.issuer).unwrap();
        Certificate { chain: vec![certificate.der().clone()], key: private(&key) }
    }

    pub fn write(&self, folder: &Path) -> PathBuf {
        write_pem(folder, &self.certificate)
    }
}

fn params(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    change(&mut params);
    params
}

fn private(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(key.serialize_der()).unwrap()
}

fn write_pem(folder: &Path, certificate: &CertificateDer<'_>) -> PathBuf {
    let path = folder.join("server.crt");
    let base64 = data_encoding::BASE64.encode(certificate);
    let lines: Vec<&str> =
        base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"));
    std::fs::write(&path, pem).unwrap();
    path
}

/// How the server speaks TLS, with these ALPN names.
pub fn tls(certificate: &Certificate, alpn: &[&str]) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificate.chain.clone(), certificate.key.clone_key())
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    Arc::new(config)
}

/// A listener that hands each connection to a closure, one after the other. Stops when dropped.
pub struct TestServer {
    pub address: Address,
    socket: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl TestServer {
    /// Hands over the bare TCP connections.
    pub fn tcp(talk: impl FnMut(TcpStream) + Send + 'static) -> Self {
        Self::tcp_on(&TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(), talk)
    }

    /// The same, at this listener.
    pub fn tcp_on(listener: &TcpListener, mut talk: impl FnMut(TcpStream) + Send + 'static) -> Self {
        let listener = listener.try_clone().unwrap();
        let socket = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                talk(stream.unwrap());
            }
        });
        let address = Address::new(socket.ip().to_string(), socket.port());
        Self { address, socket, stop, thread: Some(thread) }
    }

    /// Speaks TLS first. A connection whose handshake fails is passed over.
    pub fn tls(config: Arc<ServerConfig>, mut talk: impl FnMut(Peer) + Send + 'static) -> Self {
        Self::tcp(move |stream| {
            if let Some(peer) = Peer::accept(Arc::clone(&config), stream) {
                talk(peer);
            }
        })
    }

    /// A server of papo's that lets everybody in and says nothing more.
    pub fn papo(certificate: &Certificate) -> Self {
        Self::tls(tls(certificate, &["papo/1"]), |mut peer| {
            if peer.let_in(Seq::ZERO).is_some() {
                while peer.hear().is_some() {}
            }
        })
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.socket));
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !thread::panicking()
        {
            panic!("the server's thread has panicked");
        }
    }
}

/// One client, as the server sees it.
pub struct Peer {
    stream: BufReader<StreamOwned<ServerConnection, TcpStream>>,
}

impl Peer {
    pub fn accept(config: Arc<ServerConfig>, mut stream: TcpStream) -> Option<Self> {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut connection = ServerConnection::new(config).unwrap();
        while connection.is_handshaking() {
            connection.complete_io(&mut stream).ok()?;
        }
        Some(Self { stream: BufReader::new(StreamOwned::new(connection, stream)) })
    }

    /// Sends these bytes. A client that is gone is noticed when it is read from.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        drop(self.stream.get_mut().write_all(bytes));
        drop(self.stream.get_mut().flush());
    }

    pub fn say(&mut self, message: &ServerMessage) {
        let mut bytes = Vec::new();
        encode_server(message, &mut bytes);
        self.send_raw(&bytes);
    }

    /// What the client says next; `None` when it is gone.
    pub fn hear(&mut self) -> Option<ClientMessage> {
        let mut line = Vec::new();
        match self.stream.read_until(b'\n', &mut line) {
            Ok(len) if len > 0 => Some(decode_client(line.trim_ascii_end()).unwrap()),
            _ => None,
        }
    }

    /// Waits until the client is gone.
    pub fn wait_for_end(&mut self) {
        drop(self.stream.read_to_end(&mut Vec::new()));
    }

    /// Breaks the connection without a word.
    pub fn cut(self) {
        drop(self.stream.get_ref().sock.shutdown(Shutdown::Both));
    }

    /// Welcomes the client and hears its `join`, whose proof has to be right.
    pub fn welcome(&mut self) -> Option<Join> {
        let nonce = Nonce([3; 16]);
        self.say(&ServerMessage::Welcome { protocol: 1, server: "test".to_owned(), nonce });
        let Some(ClientMessage::Join(join)) = self.hear() else { return None };
        if let Some(key) = join.key {
            let connection = &self.stream.get_ref().conn;
            let binding = connection.export_keying_material([0; 32], CHANNEL_BINDING_LABEL, None).unwrap();
            let proof = join_proof(&nonce, &join.room.clone().unwrap(), &key, &binding);
            UnparsedPublicKey::new(&ED25519, key.0).verify(&proof, &join.proof.unwrap().0).unwrap();
        }
        Some(*join)
    }

    /// The server's port.
    pub fn local_port(&self) -> u16 {
        self.stream.get_ref().sock.local_addr().unwrap().port()
    }

    /// Welcomes the client and lets it into the room, whose newest message has this place.
    pub fn let_in(&mut self, head: Seq) -> Option<Member> {
        let join = self.welcome()?;
        Some(self.joined(join, head))
    }

    /// Lets the client into the room.
    pub fn joined(&mut self, join: Join, head: Seq) -> Member {
        self.joined_in(EPOCH, join, head)
    }

    /// The same, with a log of this epoch.
    pub fn joined_in(&mut self, epoch: Epoch, join: Join, head: Seq) -> Member {
        let id = join.key.map_or_else(|| MemberId::of_guest([1; 8]), |key| MemberId::of_key(&key));
        let you = Member { id, name: join.name };
        self.say(&ServerMessage::Joined {
            you: you.clone(),
            room: join.room.unwrap_or_default(),
            epoch,
            first: Seq::new(1),
            head,
            count: 1,
            members: Some(vec![you.clone()]),
        });
        you
    }
}

/// Options for a test: Ana in the lobby.
pub fn options(address: &Address, trust: Trust) -> Options {
    Options::new(address.clone(), trust, Name::parse("Ana").unwrap(), RoomName::default())
}

pub fn by_fingerprint(fingerprint: Fingerprint) -> Trust {
    Trust { fingerprint: Some(fingerprint), ..Trust::default() }
}

/// Starts a client whose events can be waited for.
pub fn start(options: Options) -> (Client, Receiver<Event>) {
    let (sender, events) = channel();
    let client = Client::start(options, move |event| drop(sender.send(event))).unwrap();
    (client, events)
}

/// The next event that the closure wants.
pub fn wait_for<T>(events: &Receiver<Event>, mut wanted: impl FnMut(Event) -> Option<T>) -> T {
    loop {
        let event = events.recv_timeout(PATIENCE).expect("the awaited event has not come");
        if let Some(found) = wanted(event) {
            return found;
        }
    }
}

pub fn is_joined(event: Event) -> Option<Member> {
    match event {
        Event::Joined { you, .. } => Some(you),
        _ => None,
    }
}

/// Why the client, which does not try again, does not get into the room or does not stay there.
pub fn failure(options: Options) -> ConnectError {
    let (client, events) = start(Options { reconnect: false, ..options });
    let cause = wait_for(&events, |event| match event {
        Event::State(ConnectionState::Stopped { cause }) => Some(cause),
        _ => None,
    });
    client.wait();
    cause
}

/// Whether the client gets into the room.
pub fn gets_in(options: Options) -> Result<(), ConnectError> {
    let (_client, events) = start(Options { reconnect: false, ..options });
    wait_for(&events, |event| match event {
        Event::Joined { .. } => Some(Ok(())),
        Event::State(ConnectionState::Stopped { cause }) => Some(Err(cause)),
        _ => None,
    })
}
