//! `papo room`: what whoever runs the server does in a room, on its own machine: through the running server, or, while
//! none runs in the folder, in its log. Not here: what the words mean (`papo_client::orders`).

mod table;

use std::path::Path;

use papo_client::orders::{self, Order};
use papo_client::said::Said as _;
use papo_proto::{Act, ErrorCode, InviteSecret, Member, MemberId, Refusal, RoomName, Whom};
use papo_server::operator::{OperatorAnswer, OperatorAsk, OperatorRequest, ask_offline};
use papo_server::{AccessRules, control, invite_id, new_invite_secret};
use papo_words::{Language, t};

use crate::chat::Clock;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::settings::Room;

/// How many acts `audit` shows.
const ACTS_SHOWN: usize = 200;

/// The command that only whoever runs the server has: a room that nobody owns yet gets its owner by it.
const OWNER_INVITE: &str = "owner-invite";

/// Does or tells what was asked.
pub(crate) fn run(asked: &Room) -> Result<(), Failure> {
    if asked.command == OWNER_INVITE {
        return owner_invite(asked);
    }
    let order = match orders::read(&asked.command, &asked.words) {
        Some(order) => order.map_err(|why| Failure::usage(as_typed(&why)))?,
        None => return Err(Failure::usage(t!("cli-room-unknown", command = asked.command.as_str()))),
    };
    match order {
        Order::About { verb, whom, seconds, why } => {
            let whom = find(asked, &whom)?;
            tell_done(asked, orders::act(verb, whom, seconds, why))
        }
        Order::Act(act) => tell_done(asked, act),
        Order::Invite { uses, seconds } => invite(asked, uses, seconds),
        Order::Revoke(beginning) => revoke(asked, &beginning),
        Order::Audit => audit(asked),
        Order::Access => access(asked),
    }
}

/// What is said of commands in a chat, where each begins with a slash, for somebody who types them after `papo room`.
fn as_typed(words: &str) -> String {
    let mut before = ' ';
    let is_slash_of_command = |c: char| {
        let begins_word = std::mem::replace(&mut before, c) == ' ';
        c == '/' && begins_word
    };
    words.replace(is_slash_of_command, "")
}

/// Whom a word means. Who is named by id need not be among those whom the server names.
fn find(asked: &Room, word: &str) -> Result<Whom, Failure> {
    let people = match MemberId::parse(word) {
        Ok(_) => Vec::new(),
        Err(_) => match ask(&asked.data, &asked.name, OperatorAsk::People)? {
            OperatorAnswer::People(people) => people,
            other => return Err(unexpected(&other)),
        },
    };
    let members: Vec<Member> =
        people.into_iter().map(|person| Member { id: person.id, name: person.name }).collect();
    orders::find(word, &members).map_err(Failure::usage)
}

fn ask(data: &Path, room: &RoomName, ask: OperatorAsk) -> Result<OperatorAnswer, Failure> {
    let request = OperatorRequest { room: room.clone(), ask };
    let unreachable =
        |error| Failure::local(t!("cli-room-unreachable", folder = %data.display(), cause = %error));
    if let Some(answer) = control::ask(data, &request).map_err(unreachable)? {
        return Ok(answer);
    }
    if !crate::invite::is_known(data) {
        return Err(Failure::local(t!("cli-invite-never", folder = %data.display())));
    }
    // The file here would be another log than the one that the servers share.
    if let Some(engine) = crate::invite::shared(data) {
        return Err(Failure::local(t!("cli-room-shared", folder = %data.display(), engine = engine)));
    }
    let rules = AccessRules { open: crate::invite::is_open(data), ..AccessRules::OPEN };
    ask_offline(data, rules, &request).map_err(|error| Failure::local(error.to_string()))
}

fn tell_done(asked: &Room, act: Act) -> Result<(), Failure> {
    match ask(&asked.data, &asked.name, OperatorAsk::Act(act))? {
        OperatorAnswer::Done(message) => output::line(&sentence(&message)),
        other => Err(unexpected(&other)),
    }
}

fn invite(asked: &Room, uses: Option<u32>, seconds: Option<u32>) -> Result<(), Failure> {
    let secret = made(&asked.data, &asked.name, uses, seconds)?;
    output::line(&crate::invite::link(&asked.data, asked.name.clone(), secret)?)
}

/// Makes the invite that `papo serve` prints at its start, where nobody reads what a service prints.
fn owner_invite(asked: &Room) -> Result<(), Failure> {
    let secret = new_invite_secret().ok_or_else(|| Failure::new(Exit::Other, t!("cli-room-no-random")))?;
    match ask(&asked.data, &asked.name, OperatorAsk::OwnerInvite(invite_id(&secret, &asked.name)))? {
        OperatorAnswer::OwnerInvited => {
            output::line(&crate::invite::link(&asked.data, asked.name.clone(), secret)?)?;
            output::words(&t!("cli-first-owner"));
            Ok(())
        }
        OperatorAnswer::HasOwner => {
            Err(Failure::new(Exit::Refused, t!("cli-owner-there", room = asked.name.as_str())))
        }
        other => Err(unexpected(&other)),
    }
}

/// The secret of a new invite into a room, for any number of people and without an end.
pub(crate) fn new_invite(data: &Path, room: &RoomName) -> Result<InviteSecret, Failure> {
    made(data, room, None, None)
}

fn made(
    data: &Path,
    room: &RoomName,
    uses: Option<u32>,
    seconds: Option<u32>,
) -> Result<InviteSecret, Failure> {
    let secret = new_invite_secret().ok_or_else(|| Failure::new(Exit::Other, t!("cli-room-no-random")))?;
    let invite = invite_id(&secret, room);
    match ask(data, room, OperatorAsk::Act(Act::Invite { invite, uses, seconds, owner: false }))? {
        OperatorAnswer::Done(_) => Ok(secret),
        other => Err(unexpected(&other)),
    }
}

fn revoke(asked: &Room, beginning: &str) -> Result<(), Failure> {
    let OperatorAnswer::Access(access) = ask(&asked.data, &asked.name, OperatorAsk::Access)? else {
        return Err(Failure::new(Exit::Other, t!("cli-room-no-answer")));
    };
    let mut meant = access.invites.iter().filter(|one| one.invite.to_string().starts_with(beginning));
    match (meant.next(), meant.next()) {
        (Some(one), None) => tell_done(asked, Act::Revoke { invite: one.invite }),
        _ => Err(Failure::usage(as_typed(&t!("chat-order-no-invite", invite = beginning)))),
    }
}

fn audit(asked: &Room) -> Result<(), Failure> {
    match ask(&asked.data, &asked.name, OperatorAsk::Audit { limit: ACTS_SHOWN })? {
        OperatorAnswer::Audit(acts) if asked.json => {
            acts.iter().try_for_each(|act| json(serde_json::to_string(act)))
        }
        OperatorAnswer::Audit(acts) => {
            acts.iter().try_for_each(|act| output::line(&format!("{} {}", act.time, sentence(act))))
        }
        other => Err(unexpected(&other)),
    }
}

fn access(asked: &Room) -> Result<(), Failure> {
    match ask(&asked.data, &asked.name, OperatorAsk::Access)? {
        OperatorAnswer::Access(access) if asked.json => json(serde_json::to_string(&access)),
        OperatorAnswer::Access(access) => {
            let clock = Clock::system();
            table::lines(&access, |time| clock.time(time)).iter().try_for_each(|line| output::line(line))
        }
        other => Err(unexpected(&other)),
    }
}

/// A line of JSON, for a program.
fn json(text: serde_json::Result<String>) -> Result<(), Failure> {
    output::line(&text.map_err(|error| Failure::new(Exit::Other, error.to_string()))?)
}

fn unexpected(answer: &OperatorAnswer) -> Failure {
    match answer {
        OperatorAnswer::Refused(refusal) => Failure::new(Exit::Refused, why(refusal)),
        _ => Failure::new(Exit::Other, t!("cli-room-no-answer")),
    }
}

/// Why the server has refused something. Its own sentence says more than the code does, but in English only; what is
/// wrong with its log no code says.
fn why(refusal: &Refusal) -> String {
    if papo_words::language() == Language::English || refusal.code == ErrorCode::LogFailed {
        papo_client::text::for_terminal_line(&refusal.text).into_owned()
    } else {
        refusal.said()
    }
}

fn sentence(message: &papo_proto::Message) -> String {
    let who = name(&message.from);
    let shown = |whom: &Whom| match &whom.name {
        Some(name) => format!("{}#{}", papo_client::text::for_terminal_line(name.as_str()), whom.id.badge()),
        None => whom.id.to_string(),
    };
    let act = message.body.act.as_deref().unwrap_or(&Act::Unknown);
    orders::told(&who, act, shown)
}

fn name(member: &Member) -> String {
    if member.id.is_operator() {
        t!("chat-operator")
    } else {
        format!("{}#{}", papo_client::text::for_terminal_line(member.name.as_str()), member.id.badge())
    }
}
