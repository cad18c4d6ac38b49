//! What whoever visits a room does about others and about the room itself: acts, invites, and names of one's own. Not
//! here: what the words mean ([`papo_client::orders`]), and who may.

use papo_client::event::Command;
use papo_client::orders::{self, Order};
use papo_client::petnames::Petnames;
use papo_proto::{Act, Body, Invite, Member, Message, Name, RoomAccess, Whom};
use papo_server::{invite_id, new_invite_secret};

use super::{ACTS_SHOWN, Goes, Visit, line, words};
use crate::output;

impl Visit {
    /// Does something in the room, or asks how it stands.
    pub(super) fn on_order(&mut self, order: Order) -> Goes {
        let act = match self.act_of(order) {
            Ok(Some(act)) => act,
            Ok(None) => {
                self.give_credit();
                return Goes::On;
            }
            Err(why) => return self.on_bad_line(&why),
        };
        let id = self.link.say(Body::act(act));
        self.under_way.insert(id, String::new());
        Goes::On
    }

    /// The act that is meant; none where something is only asked.
    fn act_of(&mut self, order: Order) -> Result<Option<Act>, String> {
        Ok(Some(match order {
            Order::About { verb, whom, seconds, why } => orders::act(verb, self.find(&whom)?, seconds, why),
            Order::Act(act) => act,
            Order::Invite { uses, seconds } => {
                let fingerprint = self.asked.client.fingerprint.ok_or_else(words::no_link)?;
                let secret = new_invite_secret().ok_or_else(words::no_random)?;
                let (address, room) = (self.asked.client.address.clone(), self.asked.client.room.clone());
                let invite = invite_id(&secret, &room);
                let others = self.asked.client.others.clone();
                self.invites
                    .insert(invite, Invite { address, room, fingerprint, secret: Some(secret), others });
                Act::Invite { invite, uses, seconds, owner: false }
            }
            Order::Revoke(beginning) => {
                let mut meant = self.seen_invites.iter().filter(|id| id.to_string().starts_with(&beginning));
                match (meant.next(), meant.next()) {
                    (Some(invite), None) => Act::Revoke { invite: *invite },
                    _ => return Err(words::no_invite(&beginning)),
                }
            }
            Order::Audit => {
                self.link.command(Command::Audit { before: None, limit: ACTS_SHOWN });
                return Ok(None);
            }
            Order::Access => {
                self.bounds = None;
                self.link.command(Command::Access);
                return Ok(None);
            }
        }))
    }

    /// Tells how the room stands, and takes note of whom and what it names.
    pub(super) fn on_access(&mut self, access: &RoomAccess) {
        let named = |whom: &Whom| Some(Member { id: whom.id.clone(), name: whom.name.clone()? });
        let staff = access.staff.iter().map(|one| &one.whom);
        let others = access.bans.iter().chain(&access.mutes).map(|one| &one.whom);
        self.met = staff.chain(others).filter_map(named).collect();
        self.seen_invites = access.invites.iter().map(|one| one.invite).collect();
        let bounds = words::bounds(access);
        let told = match self.bounds.replace(bounds.clone()) {
            None => words::access(access),
            // It comes at each entrance, unasked: only what is new to the person is worth a line.
            Some(known) if known == bounds => Vec::new(),
            Some(_) => bounds,
        };
        for line in told {
            output::aside(&line);
        }
    }

    /// Shows the link of an invite of ours, once the room has it.
    pub(super) fn tell_invite(&mut self, message: &Message) {
        let invite = match message.body.act.as_deref() {
            Some(Act::Invite { invite, .. }) => self.invites.remove(invite),
            _ => None,
        };
        if let Some(invite) = invite {
            output::aside(&words::invite(&invite.to_string()));
        }
    }

    /// Calls somebody by a name of the person's own, or no longer.
    pub(super) fn call(&mut self, whom: &str, name: Option<&Name>) -> Result<(), String> {
        let id = self.find(whom)?.id;
        let known =
            self.presence.known(&id).or_else(|| self.met.iter().find(|member| member.id == id)).cloned();
        if name.is_none() && self.scribe.petnames().of(&id).is_none() {
            let who =
                known.as_ref().map_or_else(|| format!("#{}", id.badge()), |known| self.scribe.who(known));
            return Err(words::called_not(&who));
        }
        let petnames = Petnames::call(&self.petnames, &id, name).map_err(|error| error.to_string())?;
        // Told by their own name, which is still known with the new one beside it.
        self.scribe.set_petnames(Petnames::default());
        let who = known.as_ref().map_or_else(|| format!("#{}", id.badge()), |known| self.scribe.who(known));
        self.scribe.set_petnames(petnames);
        output::aside(&match name {
            Some(name) => words::called(&who, &line::name_alone(name)),
            None => words::called_no_more(&who),
        });
        Ok(())
    }

    /// Whom a word means: somebody who is or was here, or whom the person has given a name.
    fn find(&self, whom: &str) -> Result<Whom, String> {
        let called: Vec<Member> = self.scribe.petnames().members().collect();
        orders::find(whom, self.presence.all().chain(&self.met).chain(&called))
    }
}
