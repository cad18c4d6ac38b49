//! The state of a program with several rooms: what is in memory of a long room, what is unread, what outlives the
//! program. The server and the disk are the test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test relies on is there, or the test fails")]

use papo_client::State;
use papo_client::event::{self, ConnectionState, Event};
use papo_client::names::Double;
use papo_client::petnames::Petnames;
use papo_client::state::rows::{Key, Line, lines};
use papo_client::state::{
    Action, Command, Dialog, Happening, JoinProblem, Memory, Notify, Page, Pair, Pairing, PairingOrder,
    Place, RoomId, Screen, Theme, Wanted, place_of,
};
use papo_proto::{
    Address, Body, Epoch, Member, MemberId, Message, MessageId, Name, PublicKey, RoomName, Seq, Timestamp,
};
use proptest::prelude::*;

const PAGE: u64 = 200;

fn member(name: &str, byte: u8) -> Member {
    Member { id: MemberId::of_key(&PublicKey([byte; 32])), name: Name::parse(name).unwrap() }
}

fn message(seq: u64, from: &Member) -> Message {
    Message {
        seq: Seq::new(seq),
        time: Timestamp::from_unix_ms(seq * 1_000),
        from: from.clone(),
        id: MessageId::parse(&format!("m{seq}")).unwrap(),
        body: Body::text(format!("number {seq}")),
    }
}

fn place(room: &str) -> Place {
    let room = RoomName::parse(room).unwrap();
    let name = member("Ana", 1).name;
    Place {
        address: Address::default(),
        room,
        name,
        fingerprint: None,
        invite: None,
        ca_file: None,
        others: Vec::new(),
    }
}

/// A room of a server that has `head` messages, all of which this computer has kept.
struct World {
    state: State,
    room: RoomId,
    head: u64,
    /// What was asked of the disk and is not answered yet.
    asked: Vec<Wanted>,
}

impl World {
    fn new(head: u64) -> Self {
        let ana = member("Ana", 1);
        let mut state = State::new(Memory::default(), ana.id.clone(), &ana.name);
        let commands = state.act(Action::JoinPlace(Box::new(place("lobby"))), Timestamp::default());
        let room = state.current().unwrap().id;
        let mut world = Self { state, room, head, asked: Vec::new() };
        world.take(commands);
        world.answer();
        world.happen(Event::State(ConnectionState::Joined { latency: None }));
        world.happen(Event::Joined {
            you: ana,
            room: RoomName::default(),
            epoch: Epoch([1; 8]),
            first: Seq::new(1),
            head: Seq::new(head),
            count: 1,
            members: Some(Vec::new()),
        });
        world.answer();
        world
    }

    fn take(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Load(_, wanted) => self.asked.push(wanted),
                Command::Tell(_, event::Command::History { .. }) => panic!("the disk has everything"),
                _ => {}
            }
        }
    }

    fn happen(&mut self, event: Event) {
        let commands = self.state.apply(Happening::Room(self.room, event), Timestamp::default());
        self.take(commands);
    }

    fn act(&mut self, action: Action) {
        let commands = self.state.act(action, Timestamp::default());
        self.take(commands);
    }

    /// Somebody says something, which the disk has at once.
    fn say(&mut self) {
        self.head += 1;
        self.happen(Event::Message(message(self.head, &member("Zoë", 2))));
    }

    /// Answers what was asked of the disk, and what is asked because of that.
    fn answer(&mut self) {
        while !self.asked.is_empty() {
            let wanted = self.asked.remove(0);
            let (from, to) = match wanted {
                Wanted::Newest => (self.head.saturating_sub(PAGE), self.head),
                Wanted::Before(seq) => (seq.number().saturating_sub(PAGE + 1), seq.number() - 1),
                Wanted::After(seq) => (seq.number(), (seq.number() + PAGE).min(self.head)),
                Wanted::Around(seq) => {
                    (seq.number().saturating_sub(100), (seq.number() + 100).min(self.head))
                }
            };
            let zoe = member("Zoë", 2);
            let messages = (from + 1..=to).map(|seq| message(seq, &zoe)).collect();
            let page = Page { room: self.room, wanted, messages };
            let commands = self.state.apply(Happening::Page(page), Timestamp::default());
            self.take(commands);
        }
    }

    fn places(&self) -> Vec<u64> {
        let room = self.state.room(self.room).unwrap();
        room.timeline.rows().filter_map(|row| row.seq).map(Seq::number).collect()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Say(u8),
    Jump(u64),
    Older,
    Newer,
    End,
    Answer,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (1..50_u8).prop_map(Step::Say),
        1 => (1..9_000_u64).prop_map(Step::Jump),
        4 => Just(Step::Older),
        4 => Just(Step::Newer),
        1 => Just(Step::End),
        4 => Just(Step::Answer),
    ]
}

proptest! {
    /// Wherever a reader goes in a room of any length, what is in memory is one stretch without a gap, not longer
    /// than the bound; and who is at the end sees the newest message.
    #[test]
    fn memory_holds_one_stretch(head in 0..9_000_u64, steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new(head);
        for step in steps {
            match step {
                Step::Say(count) => (0..count).for_each(|_| world.say()),
                Step::Jump(seq) if seq <= world.head => world.act(Action::JumpTo(world.room, Seq::new(seq))),
                Step::Jump(_) => {}
                Step::Older => world.act(Action::WantOlder(world.room)),
                Step::Newer => world.act(Action::WantNewer(world.room)),
                Step::End => world.act(Action::JumpToEnd(world.room)),
                Step::Answer => world.answer(),
            }
            let places = world.places();
            prop_assert!(places.len() <= 2_000, "{}", places.len());
            prop_assert!(places.windows(2).all(|pair| pair[0] + 1 == pair[1]), "a gap in {places:?}");
            let room = world.state.room(world.room).unwrap();
            if room.paging.is_at_end && world.asked.is_empty() {
                prop_assert_eq!(places.last().copied().unwrap_or_default(), world.head);
            }
        }
        world.answer();
        world.act(Action::JumpToEnd(world.room));
        world.answer();
        prop_assert_eq!(world.places().last().copied().unwrap_or_default(), world.head);
    }

    #[test]
    fn a_message_is_reached_wherever_it_is(head in 1..9_000_u64, goals in prop::collection::vec(1..9_000_u64, 1..8)) {
        let mut world = World::new(head);
        for goal in goals.into_iter().filter(|goal| *goal <= head) {
            world.act(Action::JumpTo(world.room, Seq::new(goal)));
            world.answer();
            prop_assert!(world.places().contains(&goal));
            let jump = world.state.room(world.room).unwrap().jump.unwrap();
            prop_assert_eq!(jump.target, papo_client::state::Target::Message(Seq::new(goal)));
        }
    }
}

/// Found by the property above: a live message cuts off the oldest end while the page before it is being read.
#[test]
fn what_is_said_while_an_older_page_is_read_leaves_no_gap() {
    let mut world = World::new(5_000);
    while world.places().len() < 1_900 {
        world.act(Action::WantOlder(world.room));
        world.answer();
    }
    world.act(Action::WantOlder(world.room));
    (0..150).for_each(|_| world.say());
    world.answer();
    let places = world.places();
    assert!(places.windows(2).all(|pair| pair[0] + 1 == pair[1]), "a gap in {places:?}");
    world.act(Action::WantOlder(world.room));
    world.answer();
    assert!(world.places()[0] < places[0], "the reader can go on");
}

#[test]
fn a_first_visit_has_nothing_unread_and_later_messages_count_until_read() {
    let mut world = World::new(500);
    assert_eq!(world.state.unread(), 0);
    world.state.apply(Happening::Focus(false), Timestamp::default());
    (0..3).for_each(|_| world.say());
    assert_eq!(world.state.unread(), 3);
    assert_eq!(world.state.room(world.room).unwrap().unread_line, Some(Seq::new(501)));
    world.act(Action::Read(world.room, Seq::new(502)));
    assert_eq!(world.state.unread(), 1);
    world.act(Action::Read(world.room, Seq::new(503)));
    assert_eq!(world.state.unread(), 0);
    assert_eq!(world.state.room(world.room).unwrap().unread_line, Some(Seq::new(501)), "it stays put");
}

#[test]
fn what_one_says_is_never_unread() {
    let mut world = World::new(5);
    world.state.apply(Happening::Focus(false), Timestamp::default());
    world.happen(Event::Message(message(6, &member("Ana", 1))));
    assert_eq!(world.state.unread(), 0);
}

/// Invariant: who comes or is renamed, and could be taken for somebody present, is told of until that is seen, once.
#[test]
fn a_newcomer_who_looks_like_somebody_present_is_told_of() {
    let mut world = World::new(0);
    let doubles = |world: &World| world.state.room(world.room).unwrap().doubles.clone();
    world.happen(Event::Entered { members: vec![member("Zoë", 2)], count: 2 });
    assert_eq!(doubles(&world), []);
    let (forged, ana) = (member("ANA", 3), member("Ana", 1));
    world.happen(Event::Entered { members: vec![forged.clone()], count: 3 });
    assert_eq!(doubles(&world), [Double { newcomer: forged.clone(), present: ana }]);
    world.act(Action::DoublesSeen(world.room));
    world.happen(Event::Left { members: vec![forged.clone()], count: 2 });
    world.happen(Event::Entered { members: vec![forged], count: 3 });
    assert_eq!(doubles(&world), [], "once");
    let renamed = member("zoë", 3);
    world.happen(Event::Renamed { members: vec![renamed.clone()] });
    assert_eq!(doubles(&world), [Double { newcomer: renamed, present: member("Zoë", 2) }]);
}

#[test]
fn nobody_is_told_of_what_was_said_before_they_came() {
    let mut world = World::new(0);
    world.state.settings.notify = Notify::All;
    world.state.apply(Happening::Focus(false), Timestamp::default());
    world.happen(Event::Joined {
        you: member("Ana", 1),
        room: RoomName::default(),
        epoch: Epoch([1; 8]),
        first: Seq::new(1),
        head: Seq::new(2),
        count: 1,
        members: None,
    });
    let told = |state: &mut State, room, seq| {
        let event = Event::Message(message(seq, &member("Zoë", 2)));
        let commands = state.apply(Happening::Room(room, event), Timestamp::default());
        commands.iter().filter(|command| matches!(command, Command::Notify(_))).count()
    };
    let told: Vec<usize> = (1..=4).map(|seq| told(&mut world.state, world.room, seq)).collect();
    assert_eq!(told, [0, 0, 1, 1]);
}

#[test]
fn rooms_drafts_and_settings_outlive_the_program() {
    let mut world = World::new(7);
    let other = world.state.add(place("engenharia"));
    world.act(Action::ShowRoom(other));
    world.act(Action::Draft(other, "half a thought".into()));
    world.act(Action::Read(world.room, Seq::new(7)));
    world.state.settings.theme = Theme::Dark;
    let text = world.state.memory().to_text();
    let memory = Memory::from_text(&text).unwrap();
    assert_eq!(memory, world.state.memory());
    let ana = member("Ana", 1);
    let again = State::new(memory, ana.id, &ana.name);
    assert_eq!(again.current().unwrap().composer.draft, "half a thought");
    assert_eq!(again.rooms[0].read, Seq::new(7));
    assert_eq!(again.settings.theme, Theme::Dark);
    assert_eq!(again.rooms.len(), 2);
}

#[test]
fn a_memory_of_another_version_is_read_as_far_as_it_goes() {
    let memory = Memory::from_text(r#"{"settings":{"theme":"dark","later":1},"also-later":[]}"#).unwrap();
    let settings = memory.settings.unwrap();
    assert_eq!(settings.theme, Theme::Dark);
    assert!(settings.enter_sends);
    for damaged in ["", "{", "null x", "7"] {
        assert_eq!(Memory::from_text(damaged), None, "{damaged:?}");
    }
}

#[test]
fn an_address_or_an_invite_leads_into_a_room() {
    let ana = member("Ana", 1).name;
    let invite = format!("https://chat.example:9/sala#{}", papo_proto::Fingerprint([7; 32]));
    for (target, address, room) in [
        ("", "127.0.0.1:12345", "lobby"),
        (" chat.example ", "chat.example:12345", "lobby"),
        ("[::1]:7", "[::1]:7", "lobby"),
        (invite.as_str(), "chat.example:9", "sala"),
    ] {
        let place = place_of(target, None, ana.clone()).unwrap();
        assert_eq!((place.address.to_string().as_str(), place.room.as_str()), (address, room));
    }
    let mut world = World::new(0);
    world.act(Action::TypeStart { target: "https://x/#y".into(), name: "Ana".into() });
    world.act(Action::Join);
    assert!(matches!(world.state.start.problem, Some(JoinProblem::Target(_))));
    world.act(Action::TypeStart { target: String::new(), name: " ".into() });
    world.act(Action::Join);
    assert!(matches!(world.state.start.problem, Some(JoinProblem::Name(_))));
    assert!(matches!(world.state.screen, Screen::Room(_)), "one is still where one was");
}

#[test]
fn lines_group_by_member_and_day_and_are_all_different() {
    let mut world = World::new(0);
    let (bia, other_bia) = (member("Bia", 5), member("Bia", 6));
    let at = |seq: u64, from: &Member, minutes: u64| Message {
        time: Timestamp::from_unix_ms(minutes * 60_000),
        ..message(seq, from)
    };
    for message in [
        at(1, &bia, 0),
        at(2, &bia, 5),
        at(3, &bia, 11),
        at(4, &other_bia, 12),
        at(5, &other_bia, 1_445),
        // A clock that goes backwards announces no day twice.
        at(6, &other_bia, 20),
    ] {
        world.happen(Event::Message(message));
    }
    let room = world.state.room(world.room).unwrap();
    let day_of = |time: Timestamp| i64::try_from(time.unix_ms() / 86_400_000).unwrap();
    let lines = lines(room, day_of);
    let grouped: Vec<bool> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Message { key: Key::Stored(_), is_grouped } => Some(*is_grouped),
            _ => None,
        })
        .collect();
    assert_eq!(grouped, [false, true, false, false, false, false]);
    assert_eq!(lines.iter().filter(|line| matches!(line, Line::Day { .. })).count(), 2);
    let different: std::collections::HashSet<&Line> = lines.iter().collect();
    assert_eq!(different.len(), lines.len());
}

/// What somebody does to the room is a line of its own: it is under no head, and what they say behind it has one.
#[test]
fn what_was_done_to_the_room_stands_alone() {
    let mut world = World::new(0);
    let bia = member("Bia", 5);
    let lock = papo_proto::Act::Lock { on: true, inside: Vec::new() };
    let messages = [
        message(1, &bia),
        Message { body: Body::act(lock.clone()), ..message(2, &bia) },
        Message { body: Body::act(lock), ..message(3, &bia) },
        message(4, &bia),
        message(5, &bia),
    ];
    for message in messages {
        world.happen(Event::Message(message));
    }
    let lines = lines(world.state.room(world.room).unwrap(), |_| 0);
    let grouped = lines.iter().filter_map(|line| match line {
        Line::Message { is_grouped, .. } => Some(*is_grouped),
        _ => None,
    });
    assert_eq!(grouped.collect::<Vec<_>>(), [false, false, false, false, true]);
}

/// An edit of a message that was not in memory was not seen when the page with the message was read later.
#[test]
fn a_page_from_the_middle_shows_what_was_changed_later() {
    let mut world = World::new(5_000);
    let room = world.room;
    let act = world.state.act(Action::JumpTo(room, Seq::new(40)), Timestamp::default());
    world.take(act);
    world.answer();
    let bia = world.state.room(room).unwrap().timeline.row(Seq::new(40)).unwrap().from.clone();
    let change =
        Message { body: Body { edit: Some(Seq::new(40)), ..Body::text("now") }, ..message(4_000, &bia) };
    let elsewhere =
        Message { body: Body { edit: Some(Seq::new(3_000)), ..Body::text("x") }, ..message(4_001, &bia) };
    world.state.apply(Happening::Changes(room, vec![change, elsewhere]), Timestamp::default());
    let shown = world.state.room(room).unwrap();
    assert_eq!(shown.text_of(Seq::new(40)), Some("now"));
    assert!(shown.timeline.newest() < Some(Seq::new(4_000)), "the change itself is not added");
}

/// Invariant: a name of one's own for somebody is asked of the disk, shown in every room once it is there, and whoever
/// looks like it needs a badge; who is not known cannot be called anything.
#[test]
fn a_petname_is_given_and_counts_everywhere() {
    let mut world = World::new(3);
    let (zoe, other) = (member("Zoë", 2), member("Mãe", 3));
    world.happen(Event::Entered { members: vec![zoe.clone(), other.clone()], count: 3 });
    let room = world.room;
    let typed = |world: &mut World, draft: &str| {
        world.state.act(Action::Draft(room, draft.into()), Timestamp::default());
        world.state.act(Action::Send(room), Timestamp::default())
    };
    let wanted = Name::parse("Mãe").ok();
    let commands = typed(&mut world, "/call Zoë Mãe");
    assert_eq!(commands[0], Command::Call(room, zoe.id.clone(), wanted.clone()));
    let folder = tempfile::tempdir().unwrap();
    let petnames = Petnames::call(&folder.path().join("petnames"), &zoe.id, wanted.as_ref()).unwrap();
    world.state.apply(Happening::Called(room, Ok(petnames)), Timestamp::default());
    let second = world.state.add(place("sala"));
    for id in [room, second] {
        let timeline = &world.state.room(id).unwrap().timeline;
        assert_eq!(timeline.petnames().of(&zoe.id), wanted.as_ref());
        assert!(timeline.needs_badge(&other) && !timeline.needs_badge(&zoe));
    }
    for nobody in ["/call Nobody X", "/call", "/call Mãe"] {
        assert!(!matches!(typed(&mut world, nobody)[..], [Command::Call(..), ..]), "{nobody}");
        assert!(world.state.room(room).unwrap().composer.problem.is_some(), "{nobody}");
    }
    let commands = typed(&mut world, "/call Zoë");
    assert_eq!(commands[0], Command::Call(room, zoe.id, None));
}

/// Invariant: a code that nobody looks at any more gives no key away, however it went out of sight.
#[test]
fn a_pairing_out_of_sight_is_given_up() {
    let hide: [fn(RoomId) -> Action; 3] =
        [|_| Action::CloseDialog, |_| Action::Show(Dialog::Settings), Action::ShowRoom];
    for hide in hide {
        let mut world = World::new(1);
        let commands = world.state.act(Action::Pair(Pair::Offer), Timestamp::default());
        assert_eq!(commands, [Command::Pair(PairingOrder::Offer)]);
        assert_eq!((&world.state.dialog, &world.state.pairing), (&Some(Dialog::Pair), &Pairing::Preparing));
        let commands = world.state.act(hide(world.room), Timestamp::default());
        assert!(commands.contains(&Command::Pair(PairingOrder::GiveUp)), "{commands:?}");
        // Its thread may say something yet, of which nothing follows; but a key that has gone over is told of.
        let failed = Pairing::Failed { is_offer: true, text: "late".into() };
        world.state.apply(Happening::Pairing(failed), Timestamp::default());
        assert_eq!(world.state.pairing, Pairing::Off);
        let given = Pairing::Given { from: [192, 0, 2, 7].into(), member: member("Ana", 1).id };
        world.state.apply(Happening::Pairing(given.clone()), Timestamp::default());
        assert_eq!((&world.state.dialog, &world.state.pairing), (&Some(Dialog::Pair), &given));
    }
    let mut world = World::new(1);
    let commands = world.state.act(Action::Pair(Pair::Take("no code".into())), Timestamp::default());
    assert_eq!(commands, []);
    assert!(matches!(world.state.pairing, Pairing::Failed { is_offer: false, .. }));
}

/// Invariant: what one person has said is not said again by the person of another key.
#[test]
fn no_key_is_taken_while_something_is_on_its_way() {
    let mut world = World::new(1);
    let take = || Action::Pair(Pair::Take("127.0.0.1:7/aaaa-aaaa-aaaa-aaaa-aaaa".into()));
    world.act(Action::Draft(world.room, "on its way".into()));
    world.act(Action::Send(world.room));
    assert_eq!(world.state.act(take(), Timestamp::default()), []);
    let Pairing::Failed { is_offer: false, text } = &world.state.pairing else {
        panic!("{:?}", world.state.pairing)
    };
    assert!(text.contains("still on its way"), "{text}");
}

/// Invariant: whoever has taken a key is that person in every room, drafts and places stay, and what was asked for the one
/// before finds no room.
#[test]
fn a_key_that_was_taken_enters_every_room_anew() {
    let mut world = World::new(3);
    let other = world.state.add(place("engenharia"));
    world.act(Action::Draft(other, "half a thought".into()));
    let before: Vec<RoomId> = world.state.rooms.iter().map(|room| room.id).collect();
    let zoe = member("Zoë", 2).id;
    world.state.act(Action::Show(Dialog::Pair), Timestamp::default());
    world.state.act(Action::Pair(Pair::Offer), Timestamp::default());
    let taken = Pairing::Taken { member: zoe.clone(), old: None };
    let commands = world.state.apply(Happening::Pairing(taken.clone()), Timestamp::default());
    let at = |wanted: &Command| commands.iter().position(|command| command == wanted).unwrap();
    let becomes = at(&Command::Pair(PairingOrder::Become));
    let after: Vec<RoomId> = world.state.rooms.iter().map(|room| room.id).collect();
    for (old, new) in before.iter().zip(&after) {
        assert!(!after.contains(old), "{old:?}");
        assert!(at(&Command::Disconnect(*old)) < becomes);
        let is_new = |command: &Command| matches!(command, Command::Connect(room, _) if room == new);
        assert!(commands.iter().position(is_new).unwrap() > becomes);
    }
    assert_eq!(after.len(), 2);
    let state = &world.state;
    assert!(state.rooms.iter().all(|room| room.timeline.you().id == zoe));
    assert_eq!(state.rooms[1].composer.draft, "half a thought");
    assert_eq!((state.rooms[0].read, state.current().unwrap().id), (Seq::new(3), after[0]));
    assert_eq!((&state.dialog, &state.pairing), (&Some(Dialog::Pair), &taken));
}
