//! What follows from what the person does. Not here: what follows from what happens (`apply.rs`).

use std::sync::Arc;

use papo_proto::{Body, Member, Name, Reaction, Seq, Timestamp};

use super::action::{Action, Command, Dialog};
use super::room::Room;
use super::search::Search;
use super::{JoinProblem, Place, RoomId, Screen, State, emoji, paste, place_of};
use crate::event::{self, ConnectionState, Outgoing};
use crate::markup::Mention;
use crate::transport::new_message_id;

/// How many rooms that were left are remembered.
const RECENT_MAX: usize = 8;

impl State {
    /// Begins every room that is remembered. Called once, before anything else.
    pub fn begin(&mut self) -> Vec<Command> {
        let mut commands: Vec<Command> = self.rooms.iter_mut().flat_map(Room::begin).collect();
        if let Screen::Room(id) = self.screen {
            commands.extend(self.show(id));
        }
        commands
    }

    /// Does what the person asks for, at `now` by our own clock. Returns what has to be done outside.
    pub fn act(&mut self, action: Action, now: Timestamp) -> Vec<Command> {
        let mut commands = self.follow(action, now);
        commands.extend(self.end_unseen_pairing());
        commands
    }

    fn follow(&mut self, action: Action, now: Timestamp) -> Vec<Command> {
        match action {
            Action::ShowStart => self.screen = Screen::Start,
            Action::ShowRoom(id) => return self.show(id),
            Action::StepRoom(by) => return self.step(by),
            Action::ShowUnread => return self.show_unread(),
            Action::TypeStart { target, name } => {
                self.start.target = target;
                self.start.name = name;
                self.start.problem = None;
            }
            Action::Join => return self.join(),
            Action::JoinPlace(place) => return self.enter(*place),
            Action::OpenHere { room, reach } => return self.open_here(room, reach),
            Action::OpenLinksHere(wanted) => return vec![Command::OpenLinksHere(wanted)],
            Action::StopHosting => return vec![Command::StopHosting],
            Action::LeaveRoom(id) => return self.leave(id),
            Action::Show(dialog) => return self.show_dialog(dialog),
            Action::CloseDialog => self.dialog = None,
            Action::OpenLink(link) => {
                self.dialog = None;
                return vec![Command::OpenLink(link)];
            }
            Action::Copy(text) => return vec![Command::Copy(text)],
            Action::Change(settings) => {
                self.settings = *settings;
                if !self.settings.moves_shown {
                    self.rooms.iter_mut().for_each(Room::forget_moves);
                }
                return vec![Command::Save, Command::Configure];
            }
            Action::ToggleMembers => {
                self.settings.members_shown = !self.settings.members_shown;
                return vec![Command::Save];
            }
            Action::Pair(asked) => return self.pair(asked),
            Action::OpenConfigurationFolder => return self.open_configuration_folder(),
            Action::MoveWindow(window) => {
                self.window = window;
                return vec![Command::Save];
            }
            Action::ReadAll => {
                self.rooms.iter_mut().for_each(|room| room.has_read(room.head));
                return vec![Command::Save];
            }
            Action::Ignore(room, id, is_ignored) => return self.ignore(room, &id, is_ignored),
            Action::Quit => return vec![Command::Save, Command::Quit],
            Action::Send(id) => return self.send(id, now),
            Action::Act(..) | Action::MakeInvite { .. } => return self.keep_order(action, now),
            in_room => return self.act_in_room(in_room, now),
        }
        Vec::new()
    }

    fn act_in_room(&mut self, action: Action, now: Timestamp) -> Vec<Command> {
        let dialog = &mut self.dialog;
        let rooms = &mut self.rooms;
        // Neither is seen in the rows, and both come often: whoever draws need not look at all rows again.
        let is_seen = !matches!(action, Action::Draft(..) | Action::Read(..) | Action::Stay(..));
        let mut with = |id: RoomId, work: &mut dyn FnMut(&mut Room, &mut Option<Dialog>) -> Vec<Command>| {
            let Some(room) = rooms.iter_mut().find(|room| room.id == id) else { return Vec::new() };
            if is_seen {
                room.touch();
            }
            work(room, dialog)
        };
        match action {
            Action::DoublesSeen(id) => with(id, &mut |room, _| room.doubles_seen()),
            Action::RetryNow(id) => with(id, &mut |room, _| room.retry_now()),
            Action::AnswerTrust { room, accept } => with(room, &mut |room, _| room.answer(accept)),
            Action::UseInvite { room, link } => with(room, &mut |room, _| room.use_invite(&link)),
            Action::Draft(id, text) => with(id, &mut |room, _| room.draft(&text)),
            Action::Mention(id, member) => with(id, &mut |room, _| room.mention(&member)),
            Action::DropFiles(id) => with(id, &mut |room, _| room.refuse_files()),
            Action::Recall(id, by) => with(id, &mut |room, _| room.recall(by)),
            Action::Reply(id, seq) => with(id, &mut |room, _| room.compose(|it| it.reply(seq))),
            Action::Edit(id, seq) => with(id, &mut |room, _| room.edit(seq)),
            Action::EditLast(id) => {
                with(id, &mut |room, _| room.last_own().map_or(Vec::new(), |seq| room.edit(seq)))
            }
            Action::CancelCompose(id) => with(id, &mut |room, _| room.compose(super::Composer::cancel)),
            Action::Delete(id, seq) => with(id, &mut |room, dialog| {
                *dialog = None;
                room.say(Body { delete: Some(seq), ..Body::default() }, now)
            }),
            Action::React { room, to, emoji } => with(room, &mut |room, _| room.react(to, &emoji, now)),
            Action::SayAll(id, text) => with(id, &mut |room, _| room.say_all(&text, now)),
            Action::Retry(id, message) => with(id, &mut |room, _| {
                let failed = room.timeline.dismiss(&message);
                failed.map_or(Vec::new(), |outgoing| room.say(outgoing.body, now))
            }),
            Action::Discard(id, message) => with(id, &mut |room, _| {
                room.timeline.dismiss(&message);
                Vec::new()
            }),
            Action::WantOlder(id) => with(id, &mut |room, _| room.want_older()),
            Action::WantNewer(id) => with(id, &mut |room, _| room.want_newer()),
            Action::JumpTo(id, seq) => with(id, &mut |room, _| room.show(seq)),
            Action::JumpToEnd(id) => with(id, &mut |room, _| room.back_to_end()),
            Action::JumpToMention(id) => with(id, &mut |room, _| room.next_mention()),
            Action::JumpToUnread(id) => with(id, &mut |room, _| {
                let first =
                    room.unread_line.or_else(|| room.first_unread()).unwrap_or_else(|| room.read.next());
                room.unread_line.get_or_insert(first);
                room.show(first)
            }),
            Action::Read(id, seq) => with(id, &mut |room, _| {
                room.has_read(seq);
                vec![Command::Save]
            }),
            Action::Search(id, text) => with(id, &mut |room, _| room.search_for(&text)),
            Action::Stay(id, seq) => with(id, &mut |room, _| room.stay(seq)),
            Action::StepHit(id, by) => with(id, &mut |room, _| room.step_hit(by)),
            Action::EndSearch(id) => with(id, &mut |room, _| {
                room.search = None;
                Vec::new()
            }),
            Action::ChangeNotify(id, notify) => with(id, &mut |room, _| {
                room.notify = notify;
                vec![Command::Save]
            }),
            _ => Vec::new(),
        }
    }

    /// Shows a room, with the line of unread messages where it belongs now.
    pub(super) fn show(&mut self, id: RoomId) -> Vec<Command> {
        let Some(room) = self.rooms.iter_mut().find(|room| room.id == id) else { return Vec::new() };
        room.touch();
        room.cleared = None;
        room.unread_line = if room.unread > 0 { room.first_unread() } else { None };
        self.screen = Screen::Room(id);
        self.dialog = None;
        vec![Command::Save]
    }

    /// Shows a dialog, and asks for what it is to show.
    fn show_dialog(&mut self, dialog: Dialog) -> Vec<Command> {
        let room = match dialog {
            Dialog::Access(id) | Dialog::Invite(id) | Dialog::Audit(id) => self.room_mut(id),
            _ => None,
        };
        let commands = match (&dialog, room) {
            (Dialog::Access(_) | Dialog::Invite(_), Some(room)) if room.is_connected() => room.ask_access(),
            (Dialog::Audit(_), Some(room)) if room.is_connected() => room.ask_acts(),
            _ => Vec::new(),
        };
        self.dialog = Some(dialog);
        commands
    }

    fn step(&mut self, by: isize) -> Vec<Command> {
        let len = self.rooms.len();
        let at = self.current().and_then(|current| self.rooms.iter().position(|room| room.id == current.id));
        let next = match at {
            Some(at) => {
                at.cast_signed().saturating_add(by).rem_euclid(len.max(1).cast_signed()).unsigned_abs()
            }
            None => 0,
        };
        self.rooms.get(next).map(|room| room.id).map_or(Vec::new(), |id| self.show(id))
    }

    fn show_unread(&mut self) -> Vec<Command> {
        let at = self.current().and_then(|current| self.rooms.iter().position(|room| room.id == current.id));
        let after = at.map_or(0, |at| at + 1);
        let (before, behind) = self.rooms.split_at(after.min(self.rooms.len()));
        let next = behind.iter().chain(before).find(|room| room.unread > 0).map(|room| room.id);
        next.map_or(Vec::new(), |id| self.show(id))
    }

    fn join(&mut self) -> Vec<Command> {
        let place = Name::parse(&self.start.name)
            .map_err(JoinProblem::from)
            .and_then(|name| Ok(place_of(&self.start.target, None, name)?));
        match place {
            Ok(place) => {
                self.name = place.name.clone();
                let mut commands = self.enter(place);
                // The name may be another one.
                commands.push(Command::Configure);
                commands
            }
            Err(problem) => {
                self.start.problem = Some(problem);
                Vec::new()
            }
        }
    }

    /// Joins a room and shows it.
    pub(super) fn enter(&mut self, place: Place) -> Vec<Command> {
        let was_there = self.rooms.iter().any(|room| room.place.is_same(&place));
        self.start.recent.retain(|recent| !recent.is_same(&place));
        self.start.target.clear();
        self.start.problem = None;
        let id = self.add(place);
        let mut commands = self.show(id);
        if let Some(room) = self.room_mut(id) {
            commands.extend(if was_there { room.begin_again() } else { room.begin() });
        }
        commands
    }

    fn leave(&mut self, id: RoomId) -> Vec<Command> {
        let Some(at) = self.rooms.iter().position(|room| room.id == id) else { return Vec::new() };
        let room = self.rooms.remove(at);
        self.start.recent.insert(0, room.place);
        self.start.recent.truncate(RECENT_MAX);
        self.dialog = None;
        if self.screen == Screen::Room(id) {
            let next = self.rooms.get(at).or(self.rooms.last()).map(|room| room.id);
            self.screen = next.map_or(Screen::Start, Screen::Room);
        }
        vec![Command::Disconnect(id), Command::Save]
    }
}

impl Room {
    fn begin(&mut self) -> Vec<Command> {
        let mut commands = vec![Command::Connect(self.id, Box::new(self.place.clone()))];
        commands.extend(self.want_first());
        commands
    }

    fn begin_again(&mut self) -> Vec<Command> {
        if self.is_connected() {
            return Vec::new();
        }
        vec![Command::Disconnect(self.id), Command::Connect(self.id, Box::new(self.place.clone()))]
    }

    fn retry_now(&mut self) -> Vec<Command> {
        self.trouble = None;
        match self.connection {
            // Its thread is there and waits.
            ConnectionState::Waiting { .. } => vec![Command::Tell(self.id, event::Command::RetryNow)],
            // A stopped one begins anew: files and answers may be others by now.
            ConnectionState::Stopped { .. } | ConnectionState::Left => {
                self.connection = ConnectionState::Connecting;
                self.begin_again()
            }
            _ => Vec::new(),
        }
    }

    fn answer(&mut self, accept: bool) -> Vec<Command> {
        match self.asked.take() {
            Some(_) => vec![Command::Answer(self.id, accept)],
            None => Vec::new(),
        }
    }

    fn use_invite(&mut self, link: &str) -> Vec<Command> {
        let Ok(place) = place_of(link, Some(self.place.room.clone()), self.place.name.clone()) else {
            return Vec::new();
        };
        if place.address != self.place.address || place.fingerprint.is_none() {
            return Vec::new();
        }
        self.place = Place { ca_file: None, ..place };
        self.connection = ConnectionState::Connecting;
        vec![
            Command::Disconnect(self.id),
            Command::Connect(self.id, Box::new(self.place.clone())),
            Command::Save,
        ]
    }

    fn stay(&mut self, at: Option<Seq>) -> Vec<Command> {
        self.reading = at;
        vec![Command::Save]
    }

    fn draft(&mut self, text: &str) -> Vec<Command> {
        self.composer.type_draft(text);
        let mut commands = vec![Command::Save];
        if !text.is_empty() && self.is_connected() {
            commands.push(Command::Tell(self.id, event::Command::Typing));
        }
        commands
    }

    fn mention(&mut self, member: &Member) -> Vec<Command> {
        let word = Mention::word(member, self.timeline.needs_badge(member));
        let gap = if self.composer.draft.is_empty() || self.composer.draft.ends_with(char::is_whitespace) {
            ""
        } else {
            " "
        };
        let text = format!("{}{gap}{word} ", self.composer.draft);
        self.draft(&text)
    }

    pub(super) fn compose(&mut self, change: impl FnOnce(&mut super::Composer)) -> Vec<Command> {
        change(&mut self.composer);
        vec![Command::Save]
    }

    pub(super) fn edit(&mut self, seq: Seq) -> Vec<Command> {
        let is_own = self.timeline.row(seq).is_some_and(|row| row.is_own);
        let Some(text) = self.text_of(seq).filter(|_| is_own).map(str::to_owned) else { return Vec::new() };
        self.compose(|it| it.edit(seq, &text))
    }

    /// Says something and shows it at once.
    pub(super) fn say(&mut self, body: Body, now: Timestamp) -> Vec<Command> {
        let outgoing = Outgoing { id: new_message_id(), body };
        self.timeline.say(outgoing.clone(), now);
        let mut commands = vec![Command::Tell(self.id, event::Command::Say(outgoing))];
        commands.extend(self.show_end());
        commands
    }

    pub(super) fn react(&mut self, to: Seq, emoji: &str, now: Timestamp) -> Vec<Command> {
        let you = self.timeline.you().id.clone();
        let there = self
            .timeline
            .row(to)
            .and_then(|row| row.reactions.iter().find(|reactions| emoji::is_same(&reactions.emoji, emoji)));
        let has = there.is_some_and(|reactions| reactions.members.contains(&you));
        // As it is there already, lest the same emoji stands there twice.
        let emoji = there.map_or_else(|| emoji.to_owned(), |reactions| reactions.emoji.clone());
        let react = Some(Reaction { to, emoji, remove: has });
        let outgoing = Outgoing { id: new_message_id(), body: Body { react, ..Body::default() } };
        self.timeline.say(outgoing.clone(), now);
        vec![Command::Tell(self.id, event::Command::Say(outgoing))]
    }

    /// Says a text that was pasted, as several messages.
    fn say_all(&mut self, text: &str, now: Timestamp) -> Vec<Command> {
        self.unread_line = None;
        let messages = paste::messages(text);
        messages.into_iter().flat_map(|text| self.say(Body::text(text), now)).collect()
    }

    fn back_to_end(&mut self) -> Vec<Command> {
        self.mentioned = None;
        self.show_end()
    }

    fn refuse_files(&mut self) -> Vec<Command> {
        self.composer.problem = Some(super::Problem::Files);
        Vec::new()
    }

    /// Takes note that everything up to here was read.
    pub(super) fn has_read(&mut self, seq: Seq) {
        if seq > self.read {
            self.read = seq;
            self.count_unread();
        }
        if seq >= self.head {
            (self.unread, self.mentions) = (0, 0);
        }
    }

    pub(super) fn search_for(&mut self, text: &str) -> Vec<Command> {
        let serial = self.search.as_ref().map_or(0, |search| search.serial) + 1;
        let is_empty = text.trim().is_empty();
        self.search =
            Some(Search { text: text.to_owned(), serial, is_complete: is_empty, ..Search::default() });
        if is_empty {
            return Vec::new();
        }
        vec![Command::Find { room: self.id, serial, text: Arc::from(text.trim()) }]
    }

    fn step_hit(&mut self, by: isize) -> Vec<Command> {
        let Some(search) = self.search.as_mut().filter(|search| !search.hits.is_empty()) else {
            return Vec::new();
        };
        let last = search.hits.len() - 1;
        let at = match search.at {
            Some(at) => at.saturating_add_signed(by).min(last),
            None => 0,
        };
        search.at = Some(at);
        let seq = search.hits[at].seq;
        self.show(seq)
    }
}
