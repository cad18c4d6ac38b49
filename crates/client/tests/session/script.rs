//! Plays a written-out exchange and compares what came out. A line at the left margin goes into the session,
//! an indented one must come out, in this order and nothing else:
//!
//! ```text
//! +500                            half a second passes, and every tick that is due in it comes
//! connected | lost                the transport reports
//! say 1 oi | rename Bia | ...     a surface wants something
//! < message 6 bob x hello         the server says something
//!   > say 1 oi                    it is told
//!   message 6 bob: hello          an event
//! ```

use std::fmt::Write as _;
use std::time::Duration;

use papo_client::error::ConnectError;
use papo_client::event::{Command, ConnectionState, Event, Outgoing};
use papo_client::session::{Effect, Input, Session, SessionOptions};
use papo_proto::codec::{decode_client, encode_server};
use papo_proto::{
    Body, ClientMessage, Epoch, Member, MemberId, Message, MessageId, Name, Nonce, Refusal, RoomName, Seq,
    ServerMessage, Timestamp,
};

/// How the server's bytes arrive.
#[derive(Clone, Copy, Debug)]
enum Cut {
    Lines,
    Bytes,
}

/// Plays the script, once with whole lines and once byte by byte.
pub(crate) fn check(name: &str, options: impl Fn() -> SessionOptions, script: &str) {
    for cut in [Cut::Lines, Cut::Bytes] {
        let mut stage = Stage::new(options(), cut);
        for line in script.lines().filter(|line| !line.starts_with("  ")) {
            stage.play(line);
        }
        let script = script.trim_start_matches('\n');
        assert_eq!(stage.transcript, script, "{name}, {cut:?}; found:\n{}", stage.transcript);
    }
}

struct Stage {
    session: Session,
    now: Duration,
    cut: Cut,
    /// Who the server takes us for at the next `joined`.
    you: Member,
    transcript: String,
}

impl Stage {
    fn new(options: SessionOptions, cut: Cut) -> Self {
        let session = Session::new(options);
        Self { session, now: Duration::ZERO, cut, you: member("ana"), transcript: String::new() }
    }

    fn play(&mut self, line: &str) {
        if line.is_empty() {
            return;
        }
        writeln!(self.transcript, "{line}").unwrap();
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "connected" => self.put(Input::Connected { binding: [9; 32] }),
            "lost" => self.put(Input::Disconnected(ConnectError::Lost { detail: "test".into() })),
            "untrusted" => self.put(Input::Disconnected(ConnectError::NotPapo)),
            "you" => self.you = member(rest),
            "<" => self.server_says(rest),
            "say" | "typing" | "rename" | "history" | "members" | "audit" | "access" | "retry" | "leave" => {
                self.put(Input::Command(command(verb, rest)));
            }
            _ => self.pass(Duration::from_millis(verb.strip_prefix('+').unwrap().parse().unwrap())),
        }
    }

    /// Lets time pass, with every tick that falls due.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(due) = self.session.deadline().filter(|&due| due <= end) {
            self.now = self.now.max(due);
            self.put(Input::Tick);
            let next = self.session.deadline();
            assert!(next.is_none_or(|next| next > self.now), "a tick leaves nothing that is due");
        }
        self.now = end;
    }

    fn server_says(&mut self, line: &str) {
        let mut bytes = Vec::new();
        match line.split_once(' ') {
            Some(("half", raw)) => bytes.extend_from_slice(raw.as_bytes()),
            Some(("raw", raw)) => bytes.extend_from_slice(format!("{raw}\n").as_bytes()),
            _ => encode_server(&server_message(line, &self.you), &mut bytes),
        }
        match self.cut {
            Cut::Lines => self.put(Input::Bytes(&bytes)),
            Cut::Bytes => bytes.chunks(1).for_each(|byte| self.put(Input::Bytes(byte))),
        }
    }

    fn put(&mut self, input: Input<'_>) {
        for effect in self.session.handle(self.now, input) {
            for line in shown(&effect) {
                writeln!(self.transcript, "  {line}").unwrap();
            }
        }
    }
}

/// A member, always the same for the same word.
pub(crate) fn member(word: &str) -> Member {
    let mut random = [0; 8];
    random[..word.len()].copy_from_slice(word.as_bytes());
    let name = word[..1].to_uppercase() + &word[1..];
    Member { id: MemberId::of_guest(random), name: Name::parse(&name).unwrap() }
}

pub(crate) fn outgoing(id: &str, text: &str) -> Outgoing {
    Outgoing { id: MessageId::parse(id).unwrap(), body: Body::text(text) }
}

pub(crate) fn epoch(letter: &str) -> Epoch {
    Epoch([letter.as_bytes()[0]; 8])
}

fn command(verb: &str, rest: &str) -> Command {
    let place = |word: Option<&str>| word.and_then(|word| word.parse().ok()).map(Seq::new);
    let mut words = rest.split(' ');
    match verb {
        "say" => {
            let (id, text) = rest.split_once(' ').unwrap();
            Command::Say(outgoing(id, text))
        }
        "typing" => Command::Typing,
        "rename" => Command::Rename(Name::parse(rest).unwrap()),
        "history" => Command::History {
            before: place(words.next()),
            after: place(words.next()),
            limit: words.next().unwrap().parse().unwrap(),
        },
        "members" => Command::Members { after: None },
        "audit" => Command::Audit { before: place(words.next()), limit: 50 },
        "access" => Command::Access,
        "retry" => Command::RetryNow,
        "leave" => Command::Leave,
        _ => panic!("no command: {verb}"),
    }
}

fn server_message(line: &str, you: &Member) -> ServerMessage {
    let words: Vec<&str> = line.split(' ').collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<u64>().ok());
    let place = |at: usize| Seq::new(number(at).unwrap());
    let small = |at: usize| number(at).map(|number| u32::try_from(number).unwrap());
    match words[0] {
        "welcome" => ServerMessage::Welcome {
            protocol: small(1).unwrap_or(1),
            server: "test".to_owned(),
            nonce: Nonce([5; 16]),
        },
        "joined" => ServerMessage::Joined {
            you: you.clone(),
            room: RoomName::default(),
            epoch: epoch(words.get(2).unwrap_or(&"a")),
            first: Seq::new(1),
            head: place(1),
            count: 1,
            members: None,
        },
        "truncated" => ServerMessage::Truncated { first: place(1), next: place(2) },
        "message" => ServerMessage::Message(message(place(1), words[2], words[3], &words[4..].join(" "))),
        "history" => ServerMessage::History {
            messages: (2..words.len()).map(|at| message(place(at), "bob", "x", "old")).collect(),
            more: words[1] == "more",
        },
        "members" => ServerMessage::Members { members: vec![you.clone()], count: 1, more: false },
        "renamed" => {
            ServerMessage::Renamed { members: vec![Member { id: you.id.clone(), ..member(words[1]) }] }
        }
        "error" => ServerMessage::Error(Refusal {
            code: serde_json::from_value(words[1].into()).unwrap(),
            text: "no".to_owned(),
            about: words.get(2).and_then(|id| MessageId::parse(id).ok()).filter(|id| id.as_str() != "-"),
            retry_after: small(3),
        }),
        "closing" => ServerMessage::Closing {
            code: serde_json::from_value(words[1].into()).unwrap(),
            text: "bye".to_owned(),
            after: small(2),
        },
        "ping" => ServerMessage::Ping,
        "pong" => ServerMessage::Pong,
        other => panic!("no message of a server: {other}"),
    }
}

fn message(seq: Seq, from: &str, id: &str, text: &str) -> Message {
    let time = Timestamp::from_unix_ms(seq.number());
    Message { seq, time, from: member(from), id: MessageId::parse(id).unwrap(), body: Body::text(text) }
}

/// An effect as the lines of a transcript.
fn shown(effect: &Effect) -> Vec<String> {
    match effect {
        Effect::Send(bytes) => {
            let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
            lines.map(|line| format!("> {}", shown_client(&decode_client(line).unwrap()))).collect()
        }
        Effect::Connect => vec!["connect".to_owned()],
        Effect::Close => vec!["close".to_owned()],
        Effect::Forget(id) => vec![format!("forget {id}")],
        Effect::Servers(servers) => vec![format!("servers {servers:?}")],
        Effect::Event(event) => vec![shown_event(event)],
    }
}

fn shown_client(message: &ClientMessage) -> String {
    let place = |name: &str, seq: Option<Seq>| seq.map_or(String::new(), |seq| format!(" {name}={seq}"));
    match message {
        ClientMessage::Join(join) => {
            let epoch =
                join.epoch.map_or(String::new(), |epoch| format!(" epoch={}", char::from(epoch.0[0])));
            format!("join {}{}{epoch}", join.name, place("after", join.after))
        }
        ClientMessage::Say { id, body } => format!("say {id} {}", body.text.as_deref().unwrap()),
        ClientMessage::History { before, after, limit } => {
            format!("history{}{} limit={}", place("before", *before), place("after", *after), limit.unwrap())
        }
        ClientMessage::Members { .. } => "members".to_owned(),
        ClientMessage::Audit { before, limit } => {
            format!("audit{} limit={}", place("before", *before), limit.unwrap())
        }
        ClientMessage::Access => "access".to_owned(),
        ClientMessage::Rename { name } => format!("rename {name}"),
        ClientMessage::Typing => "typing".to_owned(),
        ClientMessage::Leave => "leave".to_owned(),
        ClientMessage::Ping => "ping".to_owned(),
        ClientMessage::Pong => "pong".to_owned(),
    }
}

fn shown_event(event: &Event) -> String {
    match event {
        Event::State(ConnectionState::Connecting) => "connecting".to_owned(),
        Event::State(ConnectionState::Joined { latency: None }) => "in".to_owned(),
        Event::State(ConnectionState::Joined { latency: Some(latency) }) => format!("in, {latency:?} away"),
        Event::State(ConnectionState::Waiting { cause, .. }) => format!("waiting: {}", shown_cause(cause)),
        Event::State(ConnectionState::Stopped { cause }) => format!("stopped: {}", shown_cause(cause)),
        Event::State(ConnectionState::Left) => "left".to_owned(),
        Event::Joined { head, epoch, .. } => format!("joined {head} {}", char::from(epoch.0[0])),
        Event::Reset => "reset".to_owned(),
        Event::Truncated { first, next } => format!("truncated {first} {next}"),
        Event::Message(Message { seq, from, body, .. }) => {
            format!("message {seq} {}: {}", from.name, body.text.as_deref().unwrap())
        }
        Event::Sent { id, seq, .. } => format!("sent {id} at {seq}"),
        Event::Failed { id, refusal } => format!("failed {id}: {}", shown_code(refusal)),
        Event::Refused(refusal) => format!("refused: {}", shown_code(refusal)),
        Event::History { messages, more } => {
            let places: Vec<String> = messages.iter().map(|message| message.seq.to_string()).collect();
            format!("history {}{}", places.join(" "), if *more { " more" } else { "" })
        }
        Event::Members { count, .. } => format!("members {count}"),
        Event::Audit { acts, more } => format!("audit {}{}", acts.len(), if *more { " more" } else { "" }),
        Event::Access(access) => format!("access {:?}", access.role),
        Event::Renamed { members } => format!("renamed {}", members[0].name),
        other => format!("{other:?}"),
    }
}

/// The name of a variant.
fn shown_cause(cause: &ConnectError) -> String {
    format!("{cause:?}").split([' ', '(', '{']).next().unwrap().to_owned()
}

fn shown_code(refusal: &Refusal) -> String {
    serde_json::to_value(refusal.code).unwrap().as_str().unwrap().to_owned()
}
