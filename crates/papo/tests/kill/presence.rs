//! Who is in a room that several real servers share: everybody is shown everybody, on whichever server they are, and a
//! server that is killed takes its people with it.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use papo_client::event::Command;
use papo_client::{Client, Event, Options, Trust};
use papo_proto::{Address, Invite, Member, MemberId, Name};
use papo_torture::engines::Nats;

use crate::server::{PATIENCE, Place};
use crate::take_machine;

/// How soon the people of a dead server are gone, on a machine that has time for it.
const GONE_WITHIN: Duration = Duration::from_secs(15);

/// A guest, and what one is told.
struct Guest {
    client: Client,
    events: Receiver<Event>,
    /// The list, by what was told so far.
    members: BTreeMap<MemberId, String>,
    count: u64,
    typing: Vec<String>,
}

impl Guest {
    /// Comes in, and returns once the list is there.
    fn join(invite: &Invite, address: &Address, name: &str) -> Self {
        let trust = Trust { fingerprint: Some(invite.fingerprint), ..Trust::default() };
        let name = Name::parse(name).unwrap();
        let options = Options {
            connect_timeout: PATIENCE,
            ..Options::new(address.clone(), trust, name, invite.room.clone())
        };
        let (sender, events) = channel();
        // Once the guest is gone nobody listens any more.
        let client = Client::start(options, move |event| drop(sender.send(event))).unwrap();
        let mut guest = Self { client, events, members: BTreeMap::new(), count: 0, typing: Vec::new() };
        guest.follow_until("joined", |guest| guest.count > 0);
        guest
    }

    fn follow_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !is_so(self) {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let event = self.events.recv_timeout(left);
            let event = event.unwrap_or_else(|_| panic!("never: {what}; {:?}, {}", self.members, self.count));
            self.happened(event);
        }
    }

    fn happened(&mut self, event: Event) {
        let entry = |member: Member| (member.id, member.name.to_string());
        match event {
            Event::Joined { members, count, .. } => {
                self.members = members.unwrap_or_default().into_iter().map(entry).collect();
                self.count = count;
            }
            Event::Entered { members, count } => {
                self.members.extend(members.into_iter().map(entry));
                self.count = count;
            }
            Event::Renamed { members } => self.members.extend(members.into_iter().map(entry)),
            Event::Left { members, count } => {
                members.iter().for_each(|member| drop(self.members.remove(&member.id)));
                self.count = count;
            }
            Event::Typing { members } => {
                self.typing = members.iter().map(|member| member.name.to_string()).collect();
            }
            _ => {}
        }
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.members.values().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    fn sees(&mut self, names: &[&str]) {
        let is_so = |guest: &Self| guest.names() == names && guest.count == names.len() as u64;
        self.follow_until(&format!("these are here: {names:?}"), is_so);
    }
}

/// Invariant: a list names everybody on all servers, whoever comes later as well; typing is seen elsewhere; the people of
/// a server that is killed are gone within fifteen seconds, and those of the others stay.
#[test]
fn everybody_is_shown_on_whichever_server() {
    let _machine = take_machine();
    let engine = Nats::start();
    let log = format!("nats://{}/room", engine.address());
    let first = Place::sharing(&log, None);
    let places = [Place::sharing(&log, Some(&first)), Place::sharing(&log, Some(&first)), first];
    let first = places[2].start();
    let (second, third) = (places[0].start(), places[1].start());
    let invite = first.invite.clone();
    let mut ana = Guest::join(&invite, &invite.address, "Ana");
    let mut zoe = Guest::join(&invite, &second.invite.address, "Zoë");
    ana.sees(&["Ana", "Zoë"]);
    zoe.sees(&["Ana", "Zoë"]);
    let mut eva = Guest::join(&invite, &third.invite.address, "Eva");
    for guest in [&mut ana, &mut zoe, &mut eva] {
        guest.sees(&["Ana", "Eva", "Zoë"]);
    }
    zoe.client.command(Command::Typing);
    ana.follow_until("Zoë is writing", |guest| guest.typing == ["Zoë"]);
    zoe.client.command(Command::Rename(Name::parse("Zora").unwrap()));
    let (before, late) = (Instant::now(), Guest::join(&invite, &third.invite.address, "Ines"));
    ana.sees(&["Ana", "Eva", "Ines", "Zora"]);
    println!("a newcomer is seen elsewhere after {} ms", before.elapsed().as_millis());
    let killed = Instant::now();
    third.kill();
    ana.sees(&["Ana", "Zora"]);
    let gone_after = killed.elapsed();
    println!("the people of a killed server are gone after {} ms", gone_after.as_millis());
    assert!(gone_after < GONE_WITHIN + PATIENCE / 2, "{gone_after:?}");
    drop(late);
    second.ask_to_stop();
    assert_eq!(second.wait(), Some(0));
    ana.sees(&["Ana"]);
    first.ask_to_stop();
    assert_eq!(first.wait(), Some(0));
}
