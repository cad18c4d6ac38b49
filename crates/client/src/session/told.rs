//! What the server is told: who joins, what is left to be said, and what surfaces ask. Not here: what it
//! answers (`said.rs`).

use papo_proto::codec::{encode_client, refuse_body};
use papo_proto::proof::{ChannelBinding, join_proof};
use papo_proto::{ClientMessage, ErrorCode, Join, MessageId, Nonce, Refusal};
use papo_words::t;

use super::outbox::OUTBOX_LEN_MAX;
use super::requests::Request;
use super::{Effect, Phase, Session, TYPING_EVERY};
use crate::event::{Event, Outgoing};

impl Session {
    pub(super) fn join(&mut self, nonce: &Nonce, binding: &ChannelBinding) {
        let signed = self.identity.as_ref().map(|identity| {
            let key = identity.public_key();
            (key, identity.sign(&join_proof(nonce, &self.room, &key, binding)))
        });
        let (after, epoch) = self.stream.resume_from();
        self.name_told = self.name.clone();
        let join = Join {
            name: self.name.clone(),
            room: Some(self.room.clone()),
            after,
            epoch,
            key: signed.map(|(key, _)| key),
            proof: signed.map(|(_, proof)| proof),
            invite: self.invite.clone(),
            agent: Some(self.agent.clone()),
        };
        self.tell(&ClientMessage::Join(Box::new(join)));
        self.phase = Phase::Joining { since: self.now };
    }

    /// Puts a message into the outbox, if it can be said at all. A body that no server takes must not get
    /// onto the wire: a line above the limit would end the connection, and the next one, and so on.
    pub(super) fn keep(&mut self, outgoing: Outgoing) {
        if self.outbox.contains(&outgoing.id) {
            return;
        }
        let refusal = match outgoing.body.to_json() {
            Err(error) => refuse_body(error, outgoing.id.clone()),
            Ok(_) if self.outbox.is_full() => {
                // None of a server's codes: these words are our own.
                let text = t!("client-outbox-full", count = OUTBOX_LEN_MAX);
                Refusal::new(ErrorCode::Unknown, text).about(outgoing.id.clone())
            }
            Ok(_) => return self.outbox.push(outgoing),
        };
        self.fail(outgoing.id, refusal);
    }

    pub(super) fn fail(&mut self, id: MessageId, refusal: Refusal) {
        self.event(Event::Failed { id: id.clone(), refusal });
        self.effects.push(Effect::Forget(id));
    }

    /// Says what is left to be said, as far as it may be said now.
    pub(super) fn send_outbox(&mut self) {
        if !matches!(self.phase, Phase::Joined { .. }) || !self.stream.is_caught_up() {
            return;
        }
        while let Some(Outgoing { id, body }) = self.outbox.next_to_send(self.now) {
            let say = ClientMessage::Say { id: id.clone(), body: body.clone() };
            self.tell(&say);
        }
    }

    pub(super) fn typing(&mut self) {
        let due = self.typed_at.is_none_or(|at| at + TYPING_EVERY <= self.now);
        if due && matches!(self.phase, Phase::Joined { .. }) {
            self.typed_at = Some(self.now);
            self.tell(&ClientMessage::Typing);
        }
    }

    pub(super) fn send_name(&mut self) {
        if matches!(self.phase, Phase::Joined { .. }) && self.name_told != self.name {
            self.name_told = self.name.clone();
            self.tell(&ClientMessage::Rename { name: self.name.clone() });
        }
    }

    pub(super) fn request(&mut self, request: Request) {
        if let Some(request) = self.requests.push(request)
            && matches!(self.phase, Phase::Joined { .. })
        {
            self.tell(&request);
        }
    }

    pub(super) fn ping(&mut self) {
        self.pinged_at = Some(self.now);
        self.tell(&ClientMessage::Ping);
    }

    /// Sends a message; several in a row become one write.
    pub(super) fn tell(&mut self, message: &ClientMessage) {
        if let Some(Effect::Send(bytes)) = self.effects.last_mut() {
            encode_client(message, bytes);
        } else {
            let mut bytes = Vec::new();
            encode_client(message, &mut bytes);
            self.effects.push(Effect::Send(bytes));
        }
    }
}
