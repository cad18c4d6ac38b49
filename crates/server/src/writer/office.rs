//! What whoever runs the server asks for: done by the writer like everything else that changes a room, with all
//! rights and under an id of its own. Not here: the questions (`operator`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use papo_log::{Entry, LogError, Page, RoomLog};
use papo_proto::{Act, Body, InviteId, Member, MemberId, Message, MessageId, Name, RoomName, Seq, Timestamp};

use super::Writer;
use crate::gate::{AccessRules, Gates, Performed, refusal};
use crate::metrics::Clock;
use crate::operator::{Operation, OperatorAnswer, OperatorAsk, OperatorRequest, Person};
use crate::room::Hub;
use crate::tags::AddressTags;

/// How many people are listed who are in a room at the moment.
const PEOPLE_MAX: usize = 1000;

/// How many are listed whom a room knows by name and who are not there: with the others they fit into an answer. Whoever
/// is not among them can be named by id.
const ABSENT_MAX: usize = 5000;

/// How many acts are listed at most.
const ACTS_MAX: usize = 1000;

impl Writer {
    /// A writer without rooms, members and threads: for a server that does not run.
    pub(crate) fn alone(log: Arc<dyn RoomLog>, rules: AccessRules, tags: Arc<AddressTags>) -> Self {
        let (hub, gates) = (Arc::new(Hub::default()), Gates::new(rules));
        let is_shared = log.shared().is_some();
        Self {
            log,
            hub,
            shards: Vec::new(),
            gates,
            tags,
            guard: None,
            elsewhere: Arc::default(),
            is_shared,
            awaited: HashMap::new(),
            trims: false,
            counters: Arc::default(),
            clock: Clock::default(),
            health: Arc::default(),
        }
    }

    pub(super) fn operate(&mut self, operation: &Operation, now_ms: u64) {
        let answer = self.answer(&operation.request, now_ms);
        // Whoever has asked may have gone.
        drop(operation.reply.try_send(answer));
    }

    /// Does or tells what was asked.
    pub(crate) fn answer(&mut self, request: &OperatorRequest, now_ms: u64) -> OperatorAnswer {
        let room = &request.room;
        let answer = match &request.ask {
            OperatorAsk::Act(act) => self.order(room, act, now_ms),
            OperatorAsk::OwnerInvite(invite) => self.make_owner_invite(room, *invite, now_ms),
            OperatorAsk::Access => self
                .view(room, &MemberId::operator(), now_ms)
                .map(|view| OperatorAnswer::Access(Box::new(view))),
            OperatorAsk::Audit { limit } => {
                let page = Page { entries_max: (*limit).min(ACTS_MAX), bytes_max: 1 << 20 };
                let acts = self.log.read_acts_before(room.as_str(), u64::MAX >> 1, page);
                acts.map(|acts| OperatorAnswer::Audit(acts.iter().filter_map(message_of).collect()))
            }
            OperatorAsk::People => self.people(room).map(OperatorAnswer::People),
        };
        answer.unwrap_or_else(|error| OperatorAnswer::failed(error.to_string()))
    }

    fn order(&mut self, room: &RoomName, act: &Act, now_ms: u64) -> Result<OperatorAnswer, LogError> {
        if Body::act(act.clone()).to_json().is_err() {
            return Ok(OperatorAnswer::Refused(refusal(crate::access::Denied::Unknown, now_ms)));
        }
        let (Some(operator), Some(id)) = (operator(), new_id()) else {
            return Ok(OperatorAnswer::failed("the system gives no random numbers: try again"));
        };
        Ok(match self.perform(room, &operator, &id, act, now_ms)? {
            Performed::Done(entry) | Performed::Repeated(entry) => match message_of(&entry) {
                Some(message) => OperatorAnswer::Done(message),
                None => OperatorAnswer::failed("what was stored cannot be read"),
            },
            Performed::Denied(denied) => OperatorAnswer::Refused(refusal(denied, now_ms)),
            Performed::Conflict(_) => OperatorAnswer::failed("try again"),
        })
    }

    fn people(&mut self, name: &RoomName) -> Result<Vec<Person>, LogError> {
        let room = self.hub.find(name);
        let log = Arc::clone(&self.log);
        let gate = self.gates.load(&*log, name)?;
        let here = room.as_ref().map_or_else(Vec::new, |room| room.presence().page(None, PEOPLE_MAX).0);
        let present: HashSet<&MemberId> = here.iter().map(|member| &member.id).collect();
        let absent = gate.access.named().filter(|member| !present.contains(&member.id)).take(ABSENT_MAX);
        let person = |member: Member, here: bool| {
            let role = gate.access.role_of(member.id.as_str());
            Person { id: member.id, name: member.name, here, role }
        };
        let absent: Vec<Person> = absent.map(|member| person(member, false)).collect();
        let mut people: Vec<Person> = here.into_iter().map(|member| person(member, true)).collect();
        people.extend(absent);
        if room.is_none() {
            self.gates.forget(name);
        }
        Ok(people)
    }

    /// Makes an invite whose first user becomes the owner, unless the room has one. Earlier ones that nobody has used
    /// hold no more: only the newest that was printed counts.
    pub(crate) fn make_owner_invite(
        &mut self,
        room: &RoomName,
        invite: InviteId,
        now_ms: u64,
    ) -> Result<OperatorAnswer, LogError> {
        let log = Arc::clone(&self.log);
        let gate = self.gates.load(&*log, room)?;
        if gate.access.has_owner() {
            if self.hub.find(room).is_none() {
                self.gates.forget(room);
            }
            return Ok(OperatorAnswer::HasOwner);
        }
        for earlier in gate.access.owner_invites(now_ms) {
            self.order(room, &Act::Revoke { invite: earlier }, now_ms)?;
        }
        let act = Act::Invite { invite, uses: None, seconds: None, owner: true };
        Ok(match self.order(room, &act, now_ms)? {
            OperatorAnswer::Done(_) => OperatorAnswer::OwnerInvited,
            other => other,
        })
    }
}

/// As whom the operator acts.
fn operator() -> Option<Member> {
    Some(Member { id: MemberId::operator(), name: Name::parse(OPERATOR_NAME).ok()? })
}

/// What the operator is called in the log; surfaces show a word of their own.
const OPERATOR_NAME: &str = "operator";

/// An id that was not used before.
fn new_id() -> Option<MessageId> {
    let mut random = [0; 10];
    aws_lc_rs::rand::fill(&mut random).ok()?;
    MessageId::parse(&format!("operator-{}", papo_proto::id::base32().encode(&random))).ok()
}

/// An entry as the protocol has it.
fn message_of(entry: &Entry) -> Option<Message> {
    Some(Message {
        seq: Seq::new(entry.seq),
        time: Timestamp::from_unix_ms(entry.time_ms),
        from: Member { id: MemberId::parse(&entry.sender).ok()?, name: Name::parse(&entry.name).ok()? },
        id: MessageId::parse(&entry.id).ok()?,
        body: Body::from_json(&entry.body).ok()?,
    })
}
