//! A client in a simulated run: the real session, and around it a small shell that connects, feeds it bytes and
//! obeys it, over a connection that may be cut anywhere. What it must remember is outside, so that it survives
//! the client's own end. Not here: whether what it sees is right.

use std::future::{Future, pending};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use papo_client::error::ConnectError;
use papo_client::event::{Command, ConnectionState, Event, Outgoing};
use papo_client::session::{Effect, Follow, Input, Session, SessionOptions};
use papo_proto::codec::{decode_client, encode_client};
use papo_proto::{Body, ClientMessage, Epoch, MessageId, Name, RoomName, Seq};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep_until, timeout};
use turmoil::net::TcpStream;
use turmoil::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::server::{BINDING, PORT};
use super::wire::Wire;
use super::world::{Guard, Outside, World, after};
use super::{Sabotage, identity_of};

/// How long a connection may take to be made.
const CONNECT_SECONDS_MAX: Duration = Duration::from_secs(10);

/// How often a session may ask to be called again without time passing.
const TICKS_AT_ONCE_MAX: u32 = 100;

/// What a client's name on the network is.
pub(super) fn host_name(index: usize) -> String {
    format!("client-{index}")
}

/// A client from its start to its end.
pub(super) async fn live(world: Rc<World>, index: usize) -> turmoil::Result {
    let _guard = Guard(Rc::clone(&world));
    world.note_here(format_args!("client {index}: up"));
    let mut client = Client::new(world, index);
    loop {
        let happened = client.wait().await;
        client.take(happened);
    }
}

type Connecting = Pin<Box<dyn Future<Output = io::Result<TcpStream>>>>;

struct Client {
    world: Rc<World>,
    index: usize,
    session: Session,
    started: Instant,
    connecting: Option<Connecting>,
    connection: Option<Connection>,
    /// When it next does something by itself.
    act_at: Instant,
    ticked: (Instant, u32),
}

struct Connection {
    reading: OwnedReadHalf,
    writing: OwnedWriteHalf,
    wire: Wire,
    /// What no write has taken yet.
    out: Vec<u8>,
    /// After how many bytes, both ways together, the connection is cut.
    cut_after: Option<usize>,
    /// Nothing is read before then.
    read_from: Instant,
}

/// What a client waits for.
enum Happened {
    Due,
    Act,
    Reset,
    Speak,
    Connected(io::Result<TcpStream>),
    Read(io::Result<usize>, Vec<u8>),
    Wrote(io::Result<usize>),
}

impl Client {
    fn new(world: Rc<World>, index: usize) -> Self {
        let plan = &world.plan.clients[index];
        let saved = world.clients[index].saved.borrow();
        let follow = match saved.position {
            Some((epoch, seq)) => Follow::After { epoch: Some(epoch), seq },
            None if plan.from_start => Follow::After { epoch: None, seq: Seq::ZERO },
            None => Follow::Live,
        };
        world.history.borrow_mut().starts(index, follow);
        let session = Session::new(SessionOptions {
            name: Name::parse(&format!("Zoë {index}")).unwrap(),
            room: RoomName::parse(&plan.room).unwrap(),
            follow,
            agent: "simulation".to_owned(),
            identity: (!plan.guest).then(|| identity_of(index)),
            invite: None,
            outbox: saved.outbox.clone(),
            seed: world.draw(super::world::Rng::next),
        });
        drop(saved);
        let started = Instant::now();
        let act_at = started + world.draw(|rng| rng.ms(0..=2000));
        Self {
            world,
            index,
            session,
            started,
            connecting: None,
            connection: None,
            act_at,
            ticked: (started, 0),
        }
    }

    /// The part of the client that is on its disk and in others' hands.
    fn outside(&self) -> &Outside {
        &self.world.clients[self.index]
    }

    async fn wait(&mut self) -> Happened {
        let deadline = self.session.deadline().map(|deadline| self.started + deadline);
        let chunk_max = self.world.plan.clients[self.index].chunk_bytes_max;
        let (read_len, write_len) =
            self.world.draw(|rng| (rng.range(1..=chunk_max), rng.range(1..=chunk_max)));
        let [read_len, write_len] = [read_len, write_len].map(|len| usize::try_from(len).unwrap());
        let world = Rc::clone(&self.world);
        let (mut reading, mut writing) = (None, None);
        let mut read_from = self.started;
        if let Some(connection) = &mut self.connection {
            let left = connection.cut_after.unwrap_or(usize::MAX).max(1);
            reading = Some((&mut connection.reading, read_len.min(left)));
            let len = write_len.min(connection.out.len()).min(left);
            writing = (len > 0).then(|| (&mut connection.writing, &connection.out[..len]));
            read_from = connection.read_from;
        }
        tokio::select! { biased;
            () = world.clients[self.index].reset.notified() => Happened::Reset,
            () = world.clients[self.index].speak.notified() => Happened::Speak,
            connected = connected(&mut self.connecting) => Happened::Connected(connected),
            () = at(deadline) => Happened::Due,
            wrote = write(writing) => Happened::Wrote(wrote),
            (read, bytes) = read(reading, read_from) => Happened::Read(read, bytes),
            () = sleep_until(self.act_at) => Happened::Act,
        }
    }

    fn take(&mut self, happened: Happened) {
        match happened {
            Happened::Due => {
                self.count_tick();
                self.input(Input::Tick);
            }
            Happened::Act => self.act(),
            Happened::Speak => self.say(),
            Happened::Reset => {
                if self.connection.is_some() {
                    self.lost("reset");
                }
            }
            Happened::Connected(stream) => self.connected(stream),
            Happened::Read(read, bytes) => match read {
                Ok(len) if len > 0 => {
                    self.world.note_bytes(self.index, &bytes[..len]);
                    if let Some(connection) = &mut self.connection {
                        connection.wire.received(&bytes[..len], &self.world);
                    }
                    self.input(Input::Bytes(&bytes[..len]));
                    self.transferred(len);
                    self.read_slowly();
                }
                Ok(_) => self.lost("end of stream"),
                Err(error) => self.lost(&error.to_string()),
            },
            Happened::Wrote(wrote) => match wrote {
                Ok(len) => {
                    if let Some(connection) = &mut self.connection {
                        connection.out.drain(..len);
                    }
                    self.transferred(len);
                }
                Err(error) => self.lost(&error.to_string()),
            },
        }
    }

    fn input(&mut self, input: Input<'_>) {
        let effects = self.session.handle(self.started.elapsed(), input);
        for effect in effects {
            match effect {
                Effect::Send(bytes) => self.send(&bytes),
                Effect::Connect => self.connecting = Some(Box::pin(connect())),
                Effect::Close => {
                    self.world.note_here(format_args!("client {}: closes", self.index));
                    (self.connection, self.connecting) = (None, None);
                }
                Effect::Event(event) => self.event(&event),
                Effect::Servers(_) => {}
                Effect::Forget(id) => {
                    self.outside().saved.borrow_mut().outbox.retain(|outgoing| outgoing.id != id);
                }
            }
        }
    }

    /// What a surface sees: remembered as a client would, and checked.
    fn event(&self, event: &Event) {
        if let Event::State(ConnectionState::Waiting { cause: ConnectError::Silent, .. }) = event {
            self.world.met("a client found its connection silent");
        }
        self.world.note_here(format_args!("client {}: {}", self.index, shown(event)));
        self.world.history.borrow_mut().saw(self.index, event);
        let mut saved = self.outside().saved.borrow_mut();
        match event {
            Event::Joined { epoch, head, .. } => {
                let position = if self.world.plan.clients[self.index].from_start { Seq::ZERO } else { *head };
                saved.position.get_or_insert((*epoch, position));
            }
            Event::Message(message) => {
                let epoch = saved.position.map_or(Epoch([0; 8]), |(epoch, _)| epoch);
                let written = saved.position.map_or(0, |(_, seq)| seq.number());
                if message.seq.number() > written + self.world.plan.clients[self.index].position_lag {
                    saved.position = Some((epoch, message.seq));
                }
            }
            _ => {}
        }
    }

    fn connected(&mut self, stream: io::Result<TcpStream>) {
        self.connecting = None;
        match stream {
            Ok(stream) => {
                let (reading, writing) = stream.into_split();
                let calm = self.world.calm.get();
                let cut = !calm && self.world.draw(|rng| rng.percent(self.world.plan.cuts_percent));
                let cut_after = cut.then(|| {
                    let bytes_max = 200 + 10 * self.world.plan.clients[self.index].text_len.end();
                    usize::try_from(self.world.draw(|rng| rng.range(0..=bytes_max))).unwrap()
                });
                self.outside().swallowed.set(false);
                let wire = Wire::new(self.index);
                let read_from = Instant::now();
                self.connection =
                    Some(Connection { reading, writing, wire, out: Vec::new(), cut_after, read_from });
                self.input(Input::Connected { binding: BINDING });
            }
            Err(error) => self.input(Input::Disconnected(ConnectError::Lost { detail: error.to_string() })),
        }
    }

    fn lost(&mut self, detail: &str) {
        self.world.note_here(format_args!("client {}: connection lost: {detail}", self.index));
        self.connection = None;
        self.input(Input::Disconnected(ConnectError::Lost { detail: detail.to_owned() }));
    }

    /// Cuts the connection where the plan wants it.
    fn transferred(&mut self, len: usize) {
        let Some(connection) = &mut self.connection else { return };
        let Some(left) = &mut connection.cut_after else { return };
        *left = left.saturating_sub(len);
        if *left == 0 {
            self.world.met("a connection was cut");
            self.lost("cut");
        }
    }

    /// Now and then a client takes nothing off its socket for a while.
    fn read_slowly(&mut self) {
        if !self.world.calm.get() && self.world.draw(|rng| rng.percent(1)) {
            let pause = self.world.draw(|rng| rng.ms(0..=5000));
            if let Some(connection) = &mut self.connection {
                connection.read_from = Instant::now() + pause;
            }
        }
    }

    /// Puts lines into the connection; sometimes the last `say` of them twice.
    fn send(&mut self, lines: &[u8]) {
        let repeats = self.world.plan.clients[self.index].repeats_percent;
        let Some(connection) = &mut self.connection else { return };
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            let message = decode_client(line.trim_ascii_end()).unwrap();
            connection.wire.sent(&message);
            self.world.note_bytes(self.index, line);
            match message {
                ClientMessage::Join(join) if self.world.sabotage == Some(Sabotage::ResumeTooFar) => {
                    let after = join.after.map(Seq::next);
                    let join = ClientMessage::Join(Box::new(papo_proto::Join { after, ..*join }));
                    encode_client(&join, &mut connection.out);
                }
                ClientMessage::Say { .. } if self.world.draw(|rng| rng.percent(repeats)) => {
                    connection.out.extend_from_slice(&[line, line].concat());
                }
                _ => connection.out.extend_from_slice(line),
            }
        }
    }

    /// Does what people do.
    fn act(&mut self) {
        let plan = &self.world.plan.clients[self.index];
        let said = self.outside().saved.borrow().said;
        let calm = self.world.calm.get();
        let each = u64::try_from(self.world.plan.stormy_for.as_millis()).unwrap() / plan.says as u64;
        let pause = if calm { 200 } else { each };
        // In calm nobody asks for anything, lest the answers hold up what is still to be said.
        let what = if calm { 0 } else { 9 };
        let (pause, what) = self.world.draw(|rng| (rng.ms(0..=pause), rng.range(0..=what)));
        self.act_at = Instant::now() + pause;
        if what < 6 {
            if said < plan.says {
                self.say();
            }
            return;
        }
        let command = self.world.draw(|rng| match what {
            6 => Command::Typing,
            7 => Command::Rename(Name::parse(&format!("Zoë {}", rng.range(0..=99))).unwrap()),
            8 => Command::Members { after: None },
            _ => {
                let seq = Seq::new(rng.range(1..=60));
                let limit = u32::try_from(rng.range(0..=40)).unwrap();
                let (before, after) = [(None, None), (Some(seq), None), (None, Some(seq))][rng.index(3)];
                Command::History { before, after, limit }
            }
        });
        self.input(Input::Command(command));
    }

    fn say(&mut self) {
        let number = self.outside().saved.borrow().said;
        let len = self.world.draw(|rng| rng.range(self.world.plan.clients[self.index].text_len.clone()));
        let text: String =
            format!("{number} \"ø\u{2028}\n").chars().cycle().take(len.try_into().unwrap()).collect();
        let id = MessageId::parse(&format!("{}-{number}", self.index)).unwrap();
        let outgoing = Outgoing { id, body: Body::text(text) };
        self.world.note_here(format_args!("client {}: says {}", self.index, outgoing.id.as_str()));
        self.world.history.borrow_mut().says(self.index, &outgoing);
        // First it is on disk, then it is sent.
        {
            let mut saved = self.outside().saved.borrow_mut();
            saved.outbox.push(outgoing.clone());
            saved.said += 1;
        }
        self.input(Input::Command(Command::Say(outgoing)));
    }

    /// A session that is due without end would keep a real client's processor busy.
    fn count_tick(&mut self) {
        let now = Instant::now();
        let (at, times) = self.ticked;
        self.ticked = if at == now { (at, times + 1) } else { (now, 1) };
        assert!(self.ticked.1 < TICKS_AT_ONCE_MAX, "the session of client {} is due for ever", self.index);
    }
}

async fn connect() -> io::Result<TcpStream> {
    match timeout(CONNECT_SECONDS_MAX, TcpStream::connect(("server", PORT))).await {
        Ok(connected) => connected,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

async fn connected(connecting: &mut Option<Connecting>) -> io::Result<TcpStream> {
    match connecting {
        Some(connecting) => connecting.await,
        None => pending().await,
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}

async fn write(writing: Option<(&mut OwnedWriteHalf, &[u8])>) -> io::Result<usize> {
    match writing {
        Some((writing, bytes)) => writing.write(bytes).await,
        None => pending().await,
    }
}

async fn read(reading: Option<(&mut OwnedReadHalf, usize)>, from: Instant) -> (io::Result<usize>, Vec<u8>) {
    let Some((reading, len)) = reading else { return pending().await };
    after(from.saturating_duration_since(Instant::now())).await;
    let mut bytes = vec![0; len];
    (reading.read(&mut bytes).await, bytes)
}

/// An event in a few words: what matters, and nothing long.
fn shown(event: &Event) -> String {
    match event {
        Event::Message(message) => format!("sees {} ({})", message.seq, message.id.as_str()),
        other => {
            let text = format!("{other:?}");
            text.chars().take(120).collect()
        }
    }
}
