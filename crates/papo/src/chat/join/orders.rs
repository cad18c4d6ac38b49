//! What whoever visits a room does about others and about the room itself: acts, invites, and names of one's own. Not
//! here: what the words mean ([`papo_client::orders`]), and who may.

use papo_client::commands::Command as Typed;
use papo_client::event::Command;
use papo_client::ignored::Ignored;
use papo_client::orders::{self, Order};
use papo_client::petnames::Petnames;
use papo_proto::{Act, Body, Invite, Member, MemberId, Message, Name, RoomAccess, Whom};
use papo_server::{invite_id, new_invite_secret};
use papo_words::t;

use super::{ACTS_SHOWN, Goes, Visit, line, words};
use crate::output;

/// How many messages `/search` shows.
const FOUND_SHOWN: usize = 20;

impl Visit {
    /// Does what a command asks for.
    pub(super) fn on_command(&mut self, command: Typed) -> Goes {
        let done = match command {
            Typed::Order(order) => return self.on_order(order),
            Typed::Leave => return self.on_leave(),
            Typed::Help => {
                output::aside(&words::help());
                Ok(())
            }
            Typed::Rename(name) => {
                self.rename(name);
                Ok(())
            }
            Typed::Calls => {
                let list: Vec<String> =
                    self.scribe.petnames().members().map(|one| with_badge(&one)).collect();
                output::aside(&words::calls(&list));
                Ok(())
            }
            Typed::Call { whom, name } => self.call(&whom, name.as_ref()),
            Typed::Who => {
                self.listing = true;
                self.link.command(Command::Members { after: None });
                Ok(())
            }
            Typed::Whois(whom) => self.whois(&whom),
            Typed::TimesShown(are_shown) => {
                self.scribe.show_times(are_shown);
                Ok(())
            }
            Typed::Edit { .. } | Typed::Delete(_) | Typed::Reply { .. } | Typed::React { .. } => {
                return self.on_pointing(command);
            }
            Typed::Ignored => {
                let list: Vec<String> = self.scribe.ignored().ids().map(|id| self.named(id)).collect();
                output::aside(&words::ignored(&list));
                Ok(())
            }
            Typed::Ignore(whom) => self.ignore(&whom, true),
            Typed::Unignore(whom) => self.ignore(&whom, false),
            Typed::Search(text) => self.search(&text),
            Typed::History(limit) => {
                self.link.command(Command::History { before: self.oldest, after: None, limit });
                Ok(())
            }
            Typed::Clear => {
                if self.is_dialogue {
                    output::moves("\x1b[2J\x1b[H");
                }
                Ok(())
            }
            // A text was said already, and a terminal has no such settings, which it has said.
            Typed::Say(_) | Typed::Theme(_) | Typed::Clock(_) => Ok(()),
        };
        match done {
            Ok(()) => {
                self.give_credit();
                Goes::On
            }
            Err(why) => self.on_bad_line(&why),
        }
    }

    fn rename(&mut self, name: Name) {
        let name_alone = line::name_alone(&name);
        let us = self.you.as_ref().map(|you| Member { id: you.id.clone(), name: name.clone() });
        let shown = us.map_or(name_alone, |us| self.scribe.who(&us));
        output::aside(&words::you_are(&shown));
        self.link.command(Command::Rename(name));
    }

    fn whois(&self, whom: &str) -> Result<(), String> {
        let oneself = |why: String| orders::find(whom, &self.you).map_err(|_| why);
        let id = self.find(whom).or_else(oneself)?.id;
        let is_here = self.presence.all().chain(&self.you).any(|member| member.id == id);
        output::aside(&format!("* {}", papo_client::commands::whois(&self.named(&id), &id, is_here)));
        Ok(())
    }

    /// Shows nothing more of somebody, or shows it again.
    fn ignore(&mut self, whom: &str, is_ignored: bool) -> Result<(), String> {
        let id = self.find(whom)?.id;
        if self.you.as_ref().is_some_and(|you| you.id == id) {
            return Err(t!("client-ignore-oneself"));
        }
        if !id.is_guest() {
            Ignored::change(&self.ignored_file, &id, is_ignored).map_err(|error| error.to_string())?;
        }
        self.scribe.set_ignored(self.scribe.ignored().with(&id, is_ignored));
        output::aside(&words::ignoring(&self.named(&id), is_ignored));
        Ok(())
    }

    /// Shows what this computer has kept that holds a text, the newest last.
    fn search(&self, text: &str) -> Result<(), String> {
        let hits = self.archive.search(text, FOUND_SHOWN).map_err(|error| error.to_string())?;
        let hits: Vec<_> = hits.into_iter().filter(|hit| !self.scribe.ignored().has(&hit.from.id)).collect();
        output::aside(&words::found(hits.len()));
        for hit in hits.iter().rev() {
            output::aside(&self.scribe.found(hit));
        }
        Ok(())
    }

    /// Somebody by the names that are known here.
    fn named(&self, id: &MemberId) -> String {
        let known = self.presence.known(id).or_else(|| self.met.iter().find(|member| member.id == *id));
        let known = known.or(self.you.as_ref().filter(|you| you.id == *id));
        known.map_or_else(|| format!("#{}", id.badge()), |known| self.scribe.who(known))
    }

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

fn with_badge(member: &Member) -> String {
    format!("{}#{}", line::name_alone(&member.name), member.id.badge())
}
