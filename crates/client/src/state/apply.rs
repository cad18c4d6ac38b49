//! What follows from what has happened. Not here: what follows from what the person does (`act.rs`).

use papo_proto::{Member, MemberId, Message, Seq, Timestamp};

use super::action::{Command, Happening, Notification};
use super::room::{Room, Trouble};
use super::settings::{Notify, Settings};
use super::{RoomId, Screen, State};
use crate::event::{self, ConnectionState, Event};

/// How many doubles wait to be seen; whoever sends more shows nothing new by it.
const DOUBLES_SHOWN_MAX: usize = 8;

impl State {
    /// Takes note of what has happened at `now`, by our own clock. Returns what has to be done about it.
    pub fn apply(&mut self, happening: Happening, now: Timestamp) -> Vec<Command> {
        let mut commands = self.follow_from(happening, now);
        commands.extend(self.end_unseen_pairing());
        commands
    }

    fn follow_from(&mut self, happening: Happening, now: Timestamp) -> Vec<Command> {
        match happening {
            Happening::Room(id, event) => self.on_event(id, &event, now),
            Happening::Page(page) => {
                let Some(room) = self.room_mut(page.room) else { return Vec::new() };
                let is_first = room.timeline.newest().is_none();
                let commands = room.take_page(&page);
                if is_first {
                    room.count_unread();
                }
                room.touch();
                commands
            }
            Happening::Changes(room, messages) => {
                if let Some(room) = self.room_mut(room) {
                    room.timeline.add_changes(&messages);
                    room.touch();
                }
                Vec::new()
            }
            Happening::Found { room, serial, hits } => self.on_found(room, serial, hits),
            Happening::Asked { room, address, fingerprint } => {
                if let Some(room) = self.room_mut(room) {
                    room.asked = Some((address, fingerprint));
                }
                Vec::new()
            }
            Happening::Cannot(id, cause) => {
                if let Some(room) = self.room_mut(id) {
                    room.connection = ConnectionState::Stopped { cause };
                }
                Vec::new()
            }
            Happening::Hosting(hosting) => self.on_hosting(hosting),
            Happening::NotificationClicked(id, seq) => {
                let mut commands = self.show(id);
                commands.extend(self.room_mut(id).map(|room| room.show(seq)).unwrap_or_default());
                commands
            }
            Happening::Links(links) => {
                self.links = links;
                Vec::new()
            }
            Happening::Focus(is_focused) => {
                self.is_focused = is_focused;
                // Whoever comes back may have been at the file.
                if is_focused { vec![Command::Configure] } else { Vec::new() }
            }
            Happening::Pairing(pairing) => self.on_pairing(pairing),
            Happening::Configured(configured) => self.on_configured(configured),
            Happening::Called(_, Ok(petnames)) => {
                self.set_petnames(petnames);
                Vec::new()
            }
            Happening::Ignored(_, Ok(ignored)) => {
                // Guests are in no file.
                let guests = self.ignored.ids().filter(|id| id.is_guest());
                let ignored = guests.fold(ignored, |all, guest| all.with(guest, true));
                self.set_ignored(ignored);
                Vec::new()
            }
            Happening::Called(id, Err(text)) | Happening::Ignored(id, Err(text)) => {
                if let Some(room) = self.room_mut(id) {
                    room.composer.problem = Some(super::Problem::Order(text));
                }
                Vec::new()
            }
            Happening::Opened(link) => self.open(&link),
        }
    }

    fn on_event(&mut self, id: RoomId, event: &Event, now: Timestamp) -> Vec<Command> {
        let is_seen = self.is_focused && self.screen == Screen::Room(id);
        let Self { rooms, settings, .. } = self;
        let Some(room) = rooms.iter_mut().find(|room| room.id == id) else { return Vec::new() };
        room.touch();
        let you = room.timeline.you().id.clone();
        room.presence.apply(event, &you, now);
        if settings.moves_shown {
            room.on_moves(event, now);
        }
        if let Event::Entered { members, .. } | Event::Renamed { members } = event {
            room.look_for_doubles(members, &you);
        }
        match event {
            Event::State(state) => room.on_state(state),
            Event::Joined { .. } => return room.on_joined(event),
            Event::Message(message) => {
                room.take_live(event);
                let mut commands = room.on_message(message, is_seen, settings);
                commands.extend(message.body.act.iter().flat_map(|act| room.on_act(act)));
                return commands;
            }
            Event::Access(access) => return room.on_access(access),
            Event::Audit { acts, .. } => room.standing.acts = Some(acts.clone()),
            Event::Sent { .. } => room.take_live(event),
            Event::History { messages, more } => return room.take_history(messages, *more),
            Event::Refused(refusal) => {
                room.trouble = Some(Trouble::Refused(refusal.clone()));
                room.forget_request();
            }
            Event::Reset => room.on_reset(),
            Event::Truncated { next, .. } => {
                room.timeline.apply(event);
                room.trouble = Some(Trouble::Truncated(*next));
            }
            other => room.timeline.apply(other),
        }
        Vec::new()
    }

    fn on_found(&mut self, id: RoomId, serial: u64, hits: Vec<super::Hit>) -> Vec<Command> {
        let Some(room) = self.room_mut(id) else { return Vec::new() };
        if serial == super::mentions::SERIAL {
            room.touch();
            return room.on_mentions(&hits);
        }
        let ignored = std::sync::Arc::clone(&room.ignored);
        if let Some(search) = room.search.as_mut().filter(|search| search.serial == serial) {
            search.hits = hits.into_iter().filter(|hit| !ignored.has(&hit.from.id)).collect();
            search.is_complete = true;
            search.at = None;
        }
        Vec::new()
    }
}

impl Room {
    /// Takes note of those who have come, or have another name, and could be taken for somebody present.
    fn look_for_doubles(&mut self, members: &[Member], you: &MemberId) {
        let newcomers: Vec<Member> = members.iter().filter(|member| member.id != *you).cloned().collect();
        let present = self.presence.members().into_iter().chain([self.timeline.you()]);
        self.doubles.extend(self.doubles_told.among(&newcomers, present));
        let surplus = self.doubles.len().saturating_sub(DOUBLES_SHOWN_MAX);
        self.doubles.drain(..surplus);
    }

    pub(super) fn doubles_seen(&mut self) -> Vec<Command> {
        self.doubles.clear();
        Vec::new()
    }

    fn on_state(&mut self, state: &ConnectionState) {
        self.connection = state.clone();
        match state {
            ConnectionState::Joined { .. } => self.asked = None,
            ConnectionState::Waiting { .. } | ConnectionState::Stopped { .. } => {
                self.asked = None;
                self.forget_request();
            }
            ConnectionState::Connecting | ConnectionState::Left => {}
        }
    }

    fn on_joined(&mut self, event: &Event) -> Vec<Command> {
        let Event::Joined { you, epoch, head, members, count, .. } = event else { return Vec::new() };
        self.timeline.apply(event);
        self.place.name = you.name.clone();
        // A key that was let in once needs no invite again.
        self.place.invite = None;
        let is_first_visit = self.epoch.replace(*epoch).is_none() && self.read == Seq::ZERO;
        if is_first_visit {
            // Nobody has promised to have read what was said before the first visit.
            self.read = *head;
        }
        self.head = self.head.max(*head);
        self.news_after = *head;
        let mut commands = vec![Command::Save];
        if self.timeline.newest().is_none() {
            commands.extend(self.want(super::Wanted::Newest));
        }
        self.forget_standing();
        commands.extend(self.ask_access());
        if members.is_none() && *count > 0 {
            commands.push(Command::Tell(self.id, event::Command::Members { after: None }));
        }
        commands
    }

    fn on_message(&mut self, message: &Message, is_seen: bool, settings: &Settings) -> Vec<Command> {
        self.head = self.head.max(message.seq);
        let is_own = self.timeline.is_ours(&message.from.id);
        let Some(text) = message.body.text.as_deref().filter(|_| message.body.edit.is_none()) else {
            return Vec::new();
        };
        if is_own {
            if message.seq == self.read.next() {
                self.read = message.seq;
            }
            return Vec::new();
        }
        if message.seq <= self.read || self.ignored.has(&message.from.id) {
            return Vec::new();
        }
        self.unread += 1;
        if !is_seen && self.unread_line.is_none_or(|line| line <= self.read) {
            self.unread_line = Some(message.seq);
        }
        let answers_us =
            message.body.reply.and_then(|seq| self.timeline.row(seq)).is_some_and(|row| row.is_own);
        let is_for_us = answers_us || self.names_us(text);
        self.mentions += u64::from(is_for_us);
        let is_wanted = match self.notify.unwrap_or(settings.notify) {
            Notify::All => true,
            Notify::Mentions => is_for_us,
            Notify::None => false,
        };
        // What was said before we came is no news.
        if is_seen || !is_wanted || message.seq <= self.news_after {
            return Vec::new();
        }
        vec![Command::Notify(self.notification(message, text, settings.hide_content))]
    }

    fn notification(&self, message: &Message, text: &str, hide_content: bool) -> Notification {
        let (from, text) = if hide_content {
            (String::new(), String::new())
        } else {
            (message.from.name.to_string(), text.to_owned())
        };
        Notification { room: self.id, seq: message.seq, title: self.place.room.to_string(), from, text }
    }

    fn on_reset(&mut self) {
        self.timeline.apply(&Event::Reset);
        self.paging = super::paging::Paging::default();
        (self.head, self.read, self.news_after) = (Seq::ZERO, Seq::ZERO, Seq::ZERO);
        (self.unread, self.mentions, self.unread_line) = (0, 0, None);
        self.trouble = Some(Trouble::NewLog);
    }

    /// Counts what has not been read, as far as it is in memory.
    pub(super) fn count_unread(&mut self) {
        let (read, mut unread, mut mentions) = (self.read, 0, 0);
        for row in self.timeline.rows().rev().filter(|row| row.seq.is_some()) {
            if row.seq <= Some(read) {
                break;
            }
            if !row.is_own && !self.ignored.has(&row.from.id) {
                unread += 1;
                if let crate::timeline::Content::Text { text, .. } = row.content {
                    mentions += u64::from(self.names_us(text));
                }
            }
        }
        let below =
            self.timeline.oldest().map_or(0, |oldest| oldest.number().saturating_sub(read.number() + 1));
        let above =
            self.timeline.newest().map_or(0, |newest| self.head.number().saturating_sub(newest.number()));
        // A first visit has read nothing and missed nothing.
        (self.unread, self.mentions) =
            if read == Seq::ZERO { (0, 0) } else { (unread + below + above, mentions) };
    }

    /// The first message that has not been read, where it is in memory.
    pub(super) fn first_unread(&self) -> Option<Seq> {
        let unread = |row: &crate::timeline::Row<'_>| {
            row.seq > Some(self.read) && !row.is_own && !self.ignored.has(&row.from.id)
        };
        self.timeline.rows().filter(|row| row.seq.is_some()).find(unread).and_then(|row| row.seq)
    }
}
