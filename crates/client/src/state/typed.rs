//! What follows when the draft is sent: a message, or what a command asks for. Not here: what the text means
//! (`composer.rs`, [`crate::commands`]).

use papo_proto::{Body, Member, MemberId, Seq, Timestamp};
use papo_words::t;

use super::action::{self, Action, Dialog};
use super::composer::{self, Problem, Typed};
use super::room::Room;
use super::{RoomId, Settings, State};
use crate::commands::{self, Command};
use crate::pointed::{self, Candidate, Which, Whose};
use crate::timeline::Content;
use crate::{event, orders};

/// How many names `/who` tells; who wants to see all of them has the list of members.
const NAMED_MAX: usize = 30;

impl State {
    /// Sends the draft of a room, or does what it asks for.
    pub(super) fn send(&mut self, id: RoomId, now: Timestamp) -> Vec<action::Command> {
        let Some(room) = self.rooms.iter_mut().find(|room| room.id == id) else { return Vec::new() };
        room.touch();
        let done = match room.composer.read() {
            Typed::Nothing => return Vec::new(),
            Typed::Wrong(problem) => Err(problem),
            Typed::Say(body) => {
                room.unread_line = None;
                Ok(room.say(body, now))
            }
            Typed::Command(Command::Edit { which, text: None }) => return room.take_up(which, Whose::Own),
            Typed::Command(Command::Reply { which, text: None }) => {
                return room.take_up(which, Whose::Others);
            }
            Typed::Command(command) => self.command(id, command, now),
        };
        let Some(room) = self.room_mut(id) else { return Vec::new() };
        match done {
            Err(problem) => {
                room.composer.problem = Some(problem);
                Vec::new()
            }
            Ok(mut commands) => {
                // What a command has told stays until something else is typed.
                let told = room.composer.problem.take_if(|problem| matches!(problem, Problem::Told(_)));
                room.composer.sent();
                room.composer.problem = told;
                room.trouble = None;
                commands.push(action::Command::Save);
                commands
            }
        }
    }

    /// Ignores somebody, or no longer.
    pub(super) fn ignore(&mut self, room: RoomId, id: &MemberId, is_ignored: bool) -> Vec<action::Command> {
        // At once, and also for a guest, whom no file keeps.
        self.set_ignored(self.ignored.with(id, is_ignored));
        if id.is_guest() {
            return Vec::new();
        }
        vec![action::Command::Ignore(room, id.clone(), is_ignored)]
    }

    fn command(
        &mut self,
        id: RoomId,
        command: Command,
        now: Timestamp,
    ) -> Result<Vec<action::Command>, Problem> {
        let dialog = &mut self.dialog;
        let Some(room) = self.rooms.iter_mut().find(|room| room.id == id) else { return Ok(Vec::new()) };
        match command {
            Command::Help => *dialog = Some(Dialog::Keys),
            Command::Leave => *dialog = Some(Dialog::Leave(id)),
            Command::Rename(name) => {
                return Ok(vec![action::Command::Tell(id, event::Command::Rename(name))]);
            }
            Command::Call { whom, name } => return Ok(vec![room.call(&whom, name).map_err(Problem::Order)?]),
            Command::Search(text) => return Ok(room.search_for(&text)),
            Command::History(_) => return Ok(room.want_older()),
            Command::Order(order) => return room.order(order, dialog, now).map_err(Problem::Order),
            Command::Delete(which) => {
                *dialog = Some(Dialog::Delete(id, room.pointed(which, Whose::Own)?));
            }
            Command::React { which, emoji } => {
                let to = room.pointed(which, Whose::Others)?;
                return Ok(room.react(to, &emoji, now));
            }
            Command::Edit { which, text } => {
                let edit = Some(room.pointed(which, Whose::Own)?);
                return room.say_checked(Body { edit, text, ..Body::default() }, now);
            }
            Command::Reply { which, text } => {
                let reply = Some(room.pointed(which, Whose::Others)?);
                return room.say_checked(Body { reply, text, ..Body::default() }, now);
            }
            Command::Theme(theme) => return Ok(self.choose(now, |settings| settings.theme = theme)),
            Command::TimesShown(are) => return Ok(self.choose(now, |settings| settings.times_shown = are)),
            Command::Clock(clock) => return Ok(self.choose(now, |settings| settings.clock = clock)),
            Command::Clear => room.clear(),
            Command::Who => room.tell(room.who()),
            Command::Whois(whom) => {
                let told = room.whois(&whom).map_err(Problem::Order)?;
                room.tell(told);
            }
            Command::Calls => {
                let called = self.petnames.members().map(|member| called(&member));
                let list: Vec<String> = called.collect();
                room.tell(listed(&list, t!("client-called-nobody")));
            }
            Command::Ignored => {
                let list: Vec<String> = self.ignored.ids().map(|id| room.named(id)).collect();
                room.tell(listed(&list, t!("client-ignored-nobody")));
            }
            Command::Ignore(whom) => return self.ignore_typed(id, &whom, true).map_err(Problem::Order),
            Command::Unignore(whom) => return self.ignore_typed(id, &whom, false).map_err(Problem::Order),
            // It is a text, which was said already.
            Command::Say(_) => {}
        }
        Ok(Vec::new())
    }

    /// Changes a setting, as the settings' page does.
    fn choose(&mut self, now: Timestamp, change: impl FnOnce(&mut Settings)) -> Vec<action::Command> {
        let mut settings = self.settings.clone();
        change(&mut settings);
        self.act(Action::Change(Box::new(settings)), now)
    }

    fn ignore_typed(
        &mut self,
        id: RoomId,
        whom: &str,
        is_ignored: bool,
    ) -> Result<Vec<action::Command>, String> {
        let Some(room) = self.room_mut(id) else { return Ok(Vec::new()) };
        let whom = room.find(whom)?;
        if room.timeline.is_ours(&whom) {
            return Err(t!("client-ignore-oneself"));
        }
        let name = room.named(&whom);
        let commands = self.ignore(id, &whom, is_ignored);
        if let Some(room) = self.room_mut(id) {
            room.tell(if is_ignored {
                t!("client-ignored", name = name)
            } else {
                t!("client-ignored-no-more", name = name)
            });
        }
        Ok(commands)
    }
}

impl Room {
    /// The message that a command means, among those that the person sees.
    fn pointed(&self, which: Which, whose: Whose) -> Result<Seq, Problem> {
        if matches!(which, Which::FromEnd(_)) && !self.paging.is_at_end {
            return Err(Problem::Order(t!("client-which-not-at-end")));
        }
        let floor = self.cleared.unwrap_or_default();
        let shown = self.timeline.rows().rev().filter(|row| {
            let is_text = matches!(row.content, Content::Text { .. });
            is_text && row.seq.is_none_or(|seq| seq > floor) && !self.ignored.has(&row.from.id)
        });
        let candidates = shown.map(|row| Candidate { seq: row.seq, is_own: row.is_own });
        pointed::find(which, whose, candidates).map_err(Problem::Order)
    }

    /// Puts a message into the field to be changed, or makes the field ready for the answer to one.
    fn take_up(&mut self, which: Which, whose: Whose) -> Vec<action::Command> {
        match self.pointed(which, whose) {
            Err(problem) => {
                self.composer.problem = Some(problem);
                Vec::new()
            }
            Ok(seq) => {
                self.composer.sent();
                match whose {
                    Whose::Own => self.edit(seq),
                    Whose::Others => self.compose(|composer| composer.reply(seq)),
                }
            }
        }
    }

    fn say_checked(&mut self, body: Body, now: Timestamp) -> Result<Vec<action::Command>, Problem> {
        composer::checked(body).map(|body| self.say(body, now))
    }

    /// Puts another line of one's own into the draft.
    pub(super) fn recall(&mut self, by: isize) -> Vec<action::Command> {
        let typed = self.composer.lines();
        let older: Vec<String> = self
            .timeline
            .rows()
            .filter(|row| row.is_own)
            .filter_map(|row| match row.content {
                Content::Text { text, .. } if !typed.iter().any(|line| line == text) => Some(text.to_owned()),
                _ => None,
            })
            .collect();
        self.composer.recall(&older, by);
        vec![action::Command::Save]
    }

    /// Whether somebody's messages are not shown.
    pub fn ignores(&self, id: &MemberId) -> bool {
        self.ignored.has(id)
    }

    fn clear(&mut self) {
        self.cleared = Some(self.head);
        self.unread_line = None;
        self.moves.clear();
        self.has_read(self.head);
    }

    fn tell(&mut self, text: String) {
        self.composer.problem = Some(Problem::Told(text));
    }

    fn who(&self) -> String {
        let members = self.presence.members();
        let mut names: Vec<String> =
            members.iter().take(NAMED_MAX).map(|member| self.name_in_words(member)).collect();
        let others = self.presence.count().saturating_sub(names.len() as u64);
        if others > 0 {
            names.push(t!("client-who-more", count = others));
        }
        t!("client-who", names = papo_words::and(&names), count = self.presence.count())
    }

    fn whois(&self, whom: &str) -> Result<String, String> {
        let id = self.find(whom)?;
        let is_here = self.presence.members().iter().any(|member| member.id == id);
        Ok(commands::whois(&self.named(&id), &id, is_here))
    }

    /// Whom a word means: somebody who is or was here, or whom the person has given a name.
    fn find(&self, whom: &str) -> Result<MemberId, String> {
        let petnames = self.timeline.petnames();
        let known: Vec<Member> = self.met().into_iter().chain(petnames.members()).collect();
        orders::find(whom, &known).map(|whom| whom.id)
    }

    /// Somebody by the names that are known here.
    fn named(&self, id: &MemberId) -> String {
        let spoken = self.timeline.rows().rev().map(|row| row.from);
        let mut known = self.presence.members().into_iter().chain(spoken);
        known
            .find(|member| member.id == *id)
            .map_or_else(|| format!("#{}", id.badge()), |member| self.name_in_words(member))
    }

    fn name_in_words(&self, member: &Member) -> String {
        let name = match self.timeline.petnames().of(&member.id) {
            Some(petname) => t!("client-petname", petname = petname.as_str(), name = member.name.as_str()),
            None => member.name.to_string(),
        };
        if self.timeline.needs_badge(member) { format!("{name} #{}", member.id.badge()) } else { name }
    }
}

fn called(member: &Member) -> String {
    format!("{} #{}", member.name, member.id.badge())
}

fn listed(list: &[String], nobody: String) -> String {
    if list.is_empty() { nobody } else { papo_words::and(list) }
}
