//! A connection that speaks HTTP: one request after the other, or the upgrade that makes it a member's connection.
//! Pure: bytes come in, slices to be sealed come out. Not here: sockets, deadlines, and WebSocket frames.

use std::io::IoSlice;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use papo_proto::RoomName;
use papo_proto::proof::ChannelBinding;

use super::assets::{self, Asset};
use super::frame::{self, Event, FrameBuffer, Opcode, status};
use super::head::{self, HEAD_BYTES_MAX, Request};
use super::host::{self, Hosts, Others};
use super::reply::{self, Content, Reply};
use crate::metrics::Health;
use crate::shard::Output;
use crate::tls::CertificateInUse;

/// How much of an answer goes into one call of the sink: a TLS record (RFC 8446, section 5.1).
const RECORD_BYTES_MAX: usize = 16 * 1024;

/// How long a message the echo takes: the largest of the conformance suite.
const ECHO_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What all visits share.
pub(crate) struct Site {
    pub(crate) hosts: Hosts,
    /// Where the same rooms are as well.
    pub(crate) others: Others,
    /// The certificate in use: its names are the server's too.
    pub(crate) in_use: Arc<CertificateInUse>,
    /// Whether `/echo` sends everything back that comes: for a conformance suite.
    pub(crate) echo: bool,
    /// Whether the server can do its work.
    pub(crate) health: Arc<Health>,
}

impl Site {
    /// Whether the server is called so.
    fn is_called(&self, host: &str) -> bool {
        self.hosts.allow(host) || self.in_use.shown().hosts.allow(host)
    }

    /// Whether browsers that ask for this host take the certificate by themselves.
    fn is_trusted(&self, host: &str) -> bool {
        let shown = self.in_use.shown();
        shown.is_public && shown.hosts.allow(host)
    }
}

/// Who visits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Visitor {
    /// Whether there is no place for it.
    pub(crate) refused: bool,
}

/// What the bytes that came have led to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing that the event loop has to know; there may be something to write.
    Stay,
    /// From now on it is a member's connection. What ties a proof to it, and the bytes that came behind the head.
    Join(ChannelBinding, Vec<u8>),
}

/// A connection that speaks HTTP.
#[derive(Debug)]
pub(crate) struct Visit {
    visitor: Visitor,
    /// What has come and was not read yet: at most one head and what one read brings.
    come: Vec<u8>,
    /// What is being written, and how much of it was.
    outgoing: Option<(Vec<u8>, Content)>,
    written: usize,
    /// The status of the newest answer, until it is counted.
    status: Option<u16>,
    closes: bool,
    /// The echo, once it was asked for.
    echo: Option<Box<FrameBuffer>>,
}

impl Visit {
    /// A visit that has said nothing yet.
    pub(crate) fn new(visitor: Visitor) -> Self {
        Self {
            visitor,
            come: Vec::new(),
            outgoing: None,
            written: 0,
            status: None,
            closes: false,
            echo: None,
        }
    }

    /// With which status a request was answered since the last call.
    pub(crate) fn take_status(&mut self) -> Option<u16> {
        self.status.take()
    }

    /// Takes bytes; none, to go on with what had to wait. `counted` is called for each request, and says how long its
    /// sender has to wait instead where there were too many.
    pub(crate) fn input(
        &mut self,
        bytes: &[u8],
        site: &Site,
        now: SystemTime,
        counted: impl FnOnce() -> Option<Duration>,
    ) -> Step {
        if self.echo.is_some() {
            if !self.closes {
                self.echo(bytes);
            }
            return Step::Stay;
        }
        self.come.extend_from_slice(bytes);
        if self.outgoing.is_some() || self.closes || self.come.is_empty() {
            return Step::Stay;
        }
        match head::read(&self.come) {
            Ok(None) => Step::Stay,
            Ok(Some((request, len))) => {
                self.come.drain(..len);
                if let Some(wait) = counted() {
                    self.refuse(too_many(wait), request.is_head, now);
                    return Step::Stay;
                }
                self.request(&request, site, now)
            }
            Err(refused) => {
                // The connection ends, and how many of those come is counted as well.
                let reply = Reply::text(refused.status, refused.text).closing();
                let reply = if refused.status == 405 { reply.with("Allow: GET, HEAD") } else { reply };
                // Before anybody knows which host is meant.
                self.refuse(reply, false, now);
                Step::Stay
            }
        }
    }

    /// Whether the connection may be read from: not while an answer is being written.
    pub(crate) fn may_read(&self) -> bool {
        self.outgoing.is_none() && !self.closes && self.come.len() <= HEAD_BYTES_MAX
    }

    /// Whether nothing of a request has come since the last answer.
    pub(crate) fn is_idle(&self) -> bool {
        self.outgoing.is_none() && self.come.is_empty()
    }

    /// Gives the sink the next record's worth.
    pub(crate) fn output(&mut self, sink: impl FnOnce(&[IoSlice<'_>])) -> Output {
        let Some((head, content)) = &self.outgoing else {
            return if self.closes { Output::Close } else { Output::Nothing };
        };
        let content = content.bytes();
        let from_head = &head[self.written.min(head.len())..];
        let of_content = self.written.saturating_sub(head.len());
        let room = RECORD_BYTES_MAX.saturating_sub(from_head.len());
        let from_content = &content[of_content..content.len().min(of_content + room)];
        sink(&[IoSlice::new(from_head), IoSlice::new(from_content)]);
        self.written += from_head.len() + from_content.len();
        if self.written == head.len() + content.len() {
            self.outgoing = None;
        }
        Output::Written
    }

    fn request(&mut self, request: &Request, site: &Site, now: SystemTime) -> Step {
        if !site.is_called(&request.host) {
            let text = "this server is not called that: ask for it by its address, or let it be started with \
                --address NAME";
            self.refuse(Reply::text(421, text).closing(), request.is_head, now);
            return Step::Stay;
        }
        if let Some(Ok(key)) = &request.upgrade
            && may_upgrade(request, site)
        {
            return self.upgrade(key, request);
        }
        let reply = self.answer(request, site, now);
        let reply = if request.closes || self.visitor.refused { reply.closing() } else { reply };
        let sent = reply.head(now, site.is_trusted(&request.host), site.others.sources());
        self.reply_with(sent, reply, request.is_head);
        Step::Stay
    }

    fn upgrade(&mut self, key: &str, request: &Request) -> Step {
        self.outgoing = Some((reply::upgrade(key), Content::None));
        self.status = Some(101);
        self.written = 0;
        if request.path == "/echo" {
            self.echo = Some(Box::new(FrameBuffer::new(ECHO_BYTES_MAX)));
            let come = std::mem::take(&mut self.come);
            self.echo(&come);
            return Step::Stay;
        }
        let origin = format!("https://{}", request.host);
        let origin = request.origin.as_deref().unwrap_or(&origin);
        let mut binding = ChannelBinding::default();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, origin.as_bytes());
        binding.copy_from_slice(digest.as_ref());
        Step::Join(binding, std::mem::take(&mut self.come))
    }

    fn answer(&self, request: &Request, site: &Site, now: SystemTime) -> Reply {
        if self.visitor.refused {
            let text = "this server holds as many connections as it may: try again in a while";
            return Reply::text(503, text).with("Retry-After: 30");
        }
        match &*request.path {
            "/socket" => socket_refused(request),
            "/healthz" => Reply::text(200, "ok"),
            "/readyz" => ready(&site.health, now),
            "/robots.txt" => Reply::text(200, "User-agent: *\nDisallow: /"),
            "/favicon.ico" => assets::find("icon.svg").map_or_else(not_found, |icon| asset(icon, request)),
            path => match path.strip_prefix("/assets/").and_then(|path| path.split_once('/')) {
                Some((folder, name)) if folder == assets::hash() => {
                    assets::find(name).map_or_else(not_found, |found| asset(found, request))
                }
                None if is_room(path) => page(request, site.others.sign()),
                _ => not_found(),
            },
        }
    }

    /// An answer that is no page.
    fn refuse(&mut self, reply: Reply, is_head: bool, now: SystemTime) {
        let head = reply.head(now, false, "");
        self.reply_with(head, reply, is_head);
    }

    fn reply_with(&mut self, head: Vec<u8>, mut reply: Reply, is_head: bool) {
        if is_head {
            reply.content = Content::None;
        }
        self.closes = reply.closes;
        self.status = Some(reply.status);
        self.outgoing = Some((head, reply.content));
        self.written = 0;
    }

    /// Sends everything back.
    fn echo(&mut self, bytes: &[u8]) {
        let Some(frames) = &mut self.echo else { return };
        let (head, content) = self.outgoing.take().unwrap_or_default();
        let (mut back, mut ended) = (head, false);
        back.drain(..self.written.min(back.len()));
        debug_assert!(content.bytes().is_empty(), "an echo has no content");
        self.written = 0;
        let fed = frames.feed(bytes, |event| {
            match event {
                Event::Text(text) => frame::write(Opcode::Text, text, &mut back),
                Event::Binary(binary) => frame::write(Opcode::Binary, binary, &mut back),
                Event::Ping(payload) => frame::write(Opcode::Pong, payload, &mut back),
                Event::Pong => {}
                Event::Close(code) => {
                    frame::write_close(code.unwrap_or(status::NORMAL), "", &mut back);
                    ended = true;
                }
            }
            if ended { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if let Err(violation) = fed {
            frame::write_close(violation.code, violation.text, &mut back);
            ended = true;
        }
        self.closes = ended;
        if !back.is_empty() {
            self.outgoing = Some((back, Content::None));
        }
    }
}

/// Whether a WebSocket may be opened: only by the server's own page, by one of the servers that it shares its rooms and
/// its key with, or by a program, which names no page. So a page of somebody else's cannot speak with the server through
/// its visitor's browser.
fn may_upgrade(request: &Request, site: &Site) -> bool {
    let is_place = request.path == "/socket" || (site.echo && request.path == "/echo");
    let is_known = |origin: &String| host::is_own_origin(origin, &request.host) || site.others.allow(origin);
    is_place && request.origin.as_ref().is_none_or(is_known) && !request.is_head
}

/// Why a request for the WebSocket did not become one.
fn socket_refused(request: &Request) -> Reply {
    match &request.upgrade {
        None => Reply::text(426, "here a WebSocket begins: papo's page and programs know how")
            .with("Upgrade: websocket")
            .with("Connection: Upgrade"),
        Some(Err(wrong)) => Reply::text(400, wrong).with("Sec-WebSocket-Version: 13"),
        Some(Ok(_)) => {
            let text = "only the page of this server, or of one that it names with --also, may do that: open the \
                invite itself";
            Reply::text(403, text).closing()
        }
    }
}

/// Whether the server should get new members.
pub(crate) fn ready(health: &Health, now: SystemTime) -> Reply {
    match health.not_ready(now) {
        None => Reply::text(200, "ok"),
        Some(why) => Reply::text(503, why).with("Retry-After: 5"),
    }
}

/// That its sender is to wait. The connection ends: the next one is counted too, before it costs a handshake.
fn too_many(wait: Duration) -> Reply {
    let seconds = wait.as_millis().div_ceil(1000);
    let text = "too many requests came from your network: try again in a while";
    Reply::text(429, text).with(&format!("Retry-After: {seconds}")).closing()
}

/// Whether a path is a room's, or the start.
fn is_room(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|room| room.is_empty() || RoomName::parse(room).is_ok())
}

/// The page is the same for every room, and asked for again each time: it names the files that belong together.
fn page(request: &Request, sign: &str) -> Reply {
    let page = assets::page();
    let (encoding, content) = page.encoded(&request.accept_encoding);
    // Browsers keep the policy of the page that they have, whatever comes with `Not Modified`.
    let tag = format!("W/\"{}{sign}\"", assets::hash());
    let known = request.if_none_match.split(',').any(|one| one.trim() == tag || one.trim() == "*");
    let reply = Reply {
        status: if known { 304 } else { 200 },
        fields: format!(
            "Content-Type: {}\r\nCache-Control: no-cache\r\nETag: {tag}\r\nVary: Accept-Encoding\r\n",
            page.media_type
        ),
        content: if known { Content::None } else { Content::Fixed(content) },
        is_file: false,
        closes: false,
    };
    encoding.field().filter(|_| !known).into_iter().fold(reply, Reply::with)
}

/// A file never changes: another one has another folder.
fn asset(asset: &Asset, request: &Request) -> Reply {
    let (encoding, content) = asset.encoded(&request.accept_encoding);
    let reply = Reply {
        status: 200,
        fields: format!(
            "Content-Type: {}\r\nCache-Control: public, max-age=31536000, immutable\r\nVary: Accept-Encoding\r\n",
            asset.media_type
        ),
        content: Content::Fixed(content),
        is_file: true,
        closes: false,
    };
    let reply = encoding.field().into_iter().fold(reply, Reply::with);
    if asset.name != "worker.js" {
        return reply.with(reply::POLICY_OF_FILES);
    }
    // The one script that works for the whole origin and not only below its own folder.
    reply.with(reply::POLICY_OF_WORKER).with("Service-Worker-Allowed: /")
}

fn not_found() -> Reply {
    Reply::text(404, "there is nothing here")
}
