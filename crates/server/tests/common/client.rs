//! A blocking raw client for the server's tests: real TLS, no client library, so that a test sees every line. Not here:
//! the frames of WebSocket, and which certificate it believes.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use papo_proto::codec::decode_server;
use papo_proto::limits::ALPN_LINES;
use papo_proto::proof::{CHANNEL_BINDING_LABEL, ChannelBinding};
use papo_proto::{
    ClosingCode, ErrorCode, Fingerprint, Member, Message, MessageId, Nonce, Refusal, ServerMessage,
};
use papo_torture::leaks;
use rustls::ClientConnection;
use rustls::crypto::SupportedKxGroup;
use rustls::pki_types::ServerName;
use socket2::{Domain, SockRef, Socket, Type};

use super::key::Key;
use super::tls::{client_config, fingerprint_of};
use super::{PATIENCE, said, web};
use crate::OVER_WEBSOCKET;

/// Where clients come from, where one may choose: an address that stands in a log only if a client's address does.
const PEER: Ipv4Addr = Ipv4Addr::new(127, 77, 66, 55);

/// How a raw client connects.
pub(crate) struct Dial {
    pub(crate) alpn: &'static [&'static [u8]],
    /// The key exchanges it offers; all where it is empty.
    pub(crate) groups: Vec<&'static dyn SupportedKxGroup>,
    /// The size of the socket's receive buffer, for a peer that soon takes nothing more.
    pub(crate) receive_bytes: Option<usize>,
}

impl Default for Dial {
    fn default() -> Self {
        let alpn: &[&[u8]] = if OVER_WEBSOCKET { &[b"http/1.1"] } else { &[ALPN_LINES] };
        Self { alpn, groups: Vec::new(), receive_bytes: None }
    }
}

/// What `joined` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Joined {
    pub(crate) you: Member,
    pub(crate) room: String,
    pub(crate) epoch: String,
    pub(crate) first: u64,
    pub(crate) head: u64,
    pub(crate) count: u64,
    pub(crate) members: Option<Vec<Member>>,
}

/// How a connection has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// With `close_notify`.
    Closed,
    /// Without.
    Cut,
}

/// A blocking client that shows every line.
pub(crate) struct RawClient {
    pub(crate) tls: ClientConnection,
    pub(crate) stream: TcpStream,
    pub(crate) fingerprint: Fingerprint,
    /// Over WebSocket, what of the stream no frame has taken yet.
    pub(super) web: Option<Vec<u8>>,
    /// The status code of the close frame, once it has come.
    pub(crate) close_code: Option<u16>,
    /// What of the stream no line has taken yet.
    pub(crate) received: Vec<u8>,
    pub(crate) taken: usize,
    end: Option<End>,
}

impl RawClient {
    /// Connects and does the handshake.
    pub(crate) fn connect(address: SocketAddr, dial: &Dial) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        if let Some(bytes) = dial.receive_bytes {
            socket.set_recv_buffer_size(bytes)?;
        }
        if cfg!(target_os = "linux") && address.is_ipv4() && address.ip().is_loopback() {
            socket.bind(&SocketAddr::from((PEER, 0)).into())?;
            leaks::remember(&PEER.to_string());
        }
        socket.connect(&address.into())?;
        socket.set_tcp_nodelay(true)?;
        let stream = TcpStream::from(socket);
        leaks::remember(&stream.local_addr()?.to_string());
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let name = ServerName::IpAddress(address.ip().into());
        let mut tls = ClientConnection::new(client_config(dial), name).map_err(io::Error::other)?;
        tls.set_buffer_limit(None);
        while tls.is_handshaking() {
            tls.complete_io(&mut &stream)?;
        }
        let leaf = tls.peer_certificates().and_then(<[_]>::first).expect("TLS 1.3 servers have one");
        let fingerprint = fingerprint_of(leaf);
        let mut client = Self {
            tls,
            stream,
            fingerprint,
            web: None,
            close_code: None,
            received: Vec::new(),
            taken: 0,
            end: None,
        };
        if OVER_WEBSOCKET && !dial.alpn.is_empty() {
            client.upgrade(address)?;
        }
        Ok(client)
    }

    /// Sends bytes as they are, in as few records as possible; over WebSocket each line as a message.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        self.offer(bytes);
        self.send_raw(b"");
    }

    /// Puts bytes into a record of their own, which the next sending sends.
    pub(crate) fn offer(&mut self, bytes: &[u8]) {
        leaks::remember_lines(bytes);
        let framed = self.web.is_some().then(|| web::frames(bytes));
        self.tls.writer().write_all(framed.as_deref().unwrap_or(bytes)).unwrap();
    }

    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        self.tls.writer().write_all(bytes).unwrap();
        while self.tls.wants_write() {
            self.tls.write_tls(&mut self.stream).unwrap();
        }
    }

    /// Sends a line.
    pub(crate) fn send(&mut self, line: &str) {
        self.send_bytes(format!("{line}\n").as_bytes());
    }

    pub(crate) fn say(&mut self, id: &str, text: &str) {
        self.send(&said(id, text));
    }

    /// The next line without its line feed; nothing at the end of the stream.
    pub(crate) fn line(&mut self) -> Option<Vec<u8>> {
        let deadline = Instant::now() + PATIENCE;
        self.line_until(deadline).expect("a line before the test's patience ends")
    }

    /// The next line, or an error of the kind `WouldBlock` when the deadline has passed.
    fn line_until(&mut self, deadline: Instant) -> io::Result<Option<Vec<u8>>> {
        let mut searched = self.taken;
        loop {
            if let Some(len) = self.received[searched..].iter().position(|&byte| byte == b'\n') {
                let line = self.received[self.taken..searched + len].to_vec();
                self.taken = searched + len + 1;
                return Ok(Some(line));
            }
            self.received.drain(..self.taken);
            self.taken = 0;
            searched = self.received.len();
            if self.end.is_some() {
                assert!(self.received.is_empty(), "the server says whole lines only");
                return Ok(None);
            }
            self.receive(deadline)?;
        }
    }

    /// Waits for more of the stream, or its end.
    pub(crate) fn receive(&mut self, deadline: Instant) -> io::Result<()> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        match self.tls.read_tls(&mut self.stream) {
            Ok(0) => self.end = Some(self.end.unwrap_or(End::Cut)),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => self.end = Some(End::Cut),
        }
        let state = match self.tls.process_new_packets() {
            Ok(state) => state,
            Err(rustls::Error::AlertReceived(_)) => {
                self.end = Some(End::Cut);
                return Ok(());
            }
            Err(error) => return Err(io::Error::other(error)),
        };
        let mut come = vec![0; state.plaintext_bytes_to_read()];
        self.tls.reader().read_exact(&mut come)?;
        match &mut self.web {
            Some(frames) => {
                frames.extend_from_slice(&come);
                self.close_code = self.close_code.or(web::take_lines(frames, &mut self.received));
            }
            None => self.received.extend_from_slice(&come),
        }
        if state.peer_has_closed() {
            self.end = Some(End::Closed);
        }
        Ok(())
    }

    /// Whether the server says nothing for so long.
    pub(crate) fn is_quiet_for(&mut self, duration: Duration) -> bool {
        match self.line_until(Instant::now() + duration) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => true,
            other => panic!("something was said: {other:?}"),
        }
    }

    /// How the connection has ended, after the last line.
    pub(crate) fn end(&mut self) -> End {
        if let Some(line) = self.line() {
            panic!("the server says more: {}", String::from_utf8_lossy(&line));
        }
        self.end.expect("there is no line any more")
    }

    /// The next thing that the server says.
    pub(crate) fn next(&mut self) -> ServerMessage {
        let line = self.line().expect("the server says something before the end");
        decode_server(&line).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&line)))
    }

    /// The next thing that is not presence.
    pub(crate) fn answer(&mut self) -> ServerMessage {
        loop {
            let next = self.next();
            if !is_presence(&next) {
                return next;
            }
        }
    }

    /// The next thing that is not presence, if it comes before the deadline.
    pub(crate) fn answer_until(&mut self, deadline: Instant) -> Option<ServerMessage> {
        loop {
            let line = match self.line_until(deadline) {
                Ok(line) => line.expect("the connection stays"),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(error) => panic!("{error}"),
            };
            let next = decode_server(&line).unwrap();
            if !is_presence(&next) {
                return Some(next);
            }
        }
    }

    /// The next thing about presence, which is the next thing at all but for messages.
    pub(crate) fn presence(&mut self) -> ServerMessage {
        loop {
            let next = self.next();
            if is_presence(&next) {
                return next;
            }
        }
    }

    /// The next message of the stream.
    pub(crate) fn message(&mut self) -> Message {
        match self.answer() {
            ServerMessage::Message(message) => message,
            other => panic!("not a message: {other:?}"),
        }
    }

    /// The next so many messages of the stream.
    pub(crate) fn messages(&mut self, count: usize) -> Vec<Message> {
        (0..count).map(|_| self.message()).collect()
    }

    pub(crate) fn refusal(&mut self) -> Refusal {
        match self.answer() {
            ServerMessage::Error(refusal) => refusal,
            other => panic!("not an error: {other:?}"),
        }
    }

    /// Expects an error, and that the connection goes on.
    pub(crate) fn expect_error(&mut self, code: ErrorCode, about: Option<&str>) -> Refusal {
        let refusal = self.refusal();
        assert_eq!(refusal.code, code, "{refusal:?}");
        assert_eq!(refusal.about.as_ref().map(MessageId::as_str), about, "{refusal:?}");
        assert!(!refusal.text.is_empty());
        self.expect_pong();
        refusal
    }

    /// Expects the server to answer, and nothing before that but presence.
    pub(crate) fn expect_pong(&mut self) {
        self.send(r#"{"type":"ping"}"#);
        assert_eq!(self.answer(), ServerMessage::Pong);
    }

    /// Expects `closing` and then a clean end. Returns when to come back.
    pub(crate) fn expect_closing(&mut self, expected: ClosingCode) -> Option<u32> {
        match self.answer() {
            ServerMessage::Closing { code, text, after } => {
                assert_eq!(code, expected, "{text}");
                assert!(!text.is_empty());
                assert_eq!(self.end(), End::Closed, "nothing follows a closing");
                after
            }
            other => panic!("not a closing: {other:?}"),
        }
    }

    /// Reads `welcome`.
    pub(crate) fn welcome(&mut self) -> Nonce {
        match self.next() {
            ServerMessage::Welcome { protocol: 1, nonce, server } => {
                assert!(server.starts_with("papo/"), "{server}");
                nonce
            }
            other => panic!("not a welcome: {other:?}"),
        }
    }

    /// Sends this `join` and reads `welcome` and `joined`.
    pub(crate) fn join(&mut self, line: &str) -> Joined {
        self.send(line);
        self.welcome();
        self.joined()
    }

    /// Reads `welcome`, joins with a key, and reads `joined`. `fields` are further ones, each behind a comma.
    pub(crate) fn join_with_key(&mut self, key: &Key, name: &str, room: &str, fields: &str) -> Joined {
        let nonce = self.welcome();
        let binding = self.binding();
        self.send(&key.join_line(name, room, &nonce, &binding, fields));
        self.joined()
    }

    pub(crate) fn joined(&mut self) -> Joined {
        match self.next() {
            ServerMessage::Joined { you, room, epoch, first, head, count, members } => Joined {
                you,
                room: room.as_str().to_owned(),
                epoch: epoch.to_string(),
                first: first.number(),
                head: head.number(),
                count,
                members,
            },
            other => panic!("not joined: {other:?}"),
        }
    }

    /// What ties a proof to this connection.
    pub(crate) fn binding(&self) -> ChannelBinding {
        let binding = ChannelBinding::default();
        if self.web.is_some() {
            let origin = format!("https://{}", self.stream.peer_addr().unwrap());
            return digest(&SHA256, origin.as_bytes()).as_ref().try_into().unwrap();
        }
        self.tls.export_keying_material(binding, CHANNEL_BINDING_LABEL, None).unwrap()
    }

    /// A page of history, and whether there is more.
    pub(crate) fn history(&mut self, fields: &str) -> (Vec<Message>, bool) {
        self.send(&format!(r#"{{"type":"history"{fields}}}"#));
        match self.answer() {
            ServerMessage::History { messages, more } => (messages, more),
            other => panic!("not a history: {other:?}"),
        }
    }

    /// Offers bytes to the socket until it takes nothing more. Returns how many more it has taken.
    pub(crate) fn flood(&mut self, bytes: &[u8]) -> usize {
        let framed = self.web.is_some().then(|| web::frames(bytes));
        let bytes = framed.as_deref().unwrap_or(bytes);
        self.stream.set_nonblocking(true).unwrap();
        let mut taken = 0;
        loop {
            if !self.tls.wants_write() {
                self.tls.writer().write_all(bytes).unwrap();
            }
            match self.tls.write_tls(&mut self.stream) {
                Ok(len) => taken += len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => panic!("the server does not take a flood: {error}"),
            }
        }
        self.stream.set_nonblocking(false).unwrap();
        taken
    }

    /// Ends the connection with a reset, as a crashed machine does.
    pub(crate) fn reset(self) {
        SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

fn is_presence(message: &ServerMessage) -> bool {
    matches!(
        message,
        ServerMessage::Entered { .. }
            | ServerMessage::Left { .. }
            | ServerMessage::Renamed { .. }
            | ServerMessage::Typing { .. }
            | ServerMessage::Count { .. }
    )
}
