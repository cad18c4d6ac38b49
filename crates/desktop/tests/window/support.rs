//! A window with a room in it whose server is the test.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use papo_client::State;
use papo_client::event::{ConnectionState, Event};
use papo_client::state::{Action, Command, Happening, Memory, Page, Place, RoomId, Screen, Wanted};
use papo_desktop::desk::Desk;
use papo_desktop::{text::fonts, theme};
use papo_proto::{
    Address, Body, Epoch, Member, MemberId, Message, MessageId, Name, RoomName, Seq, Timestamp,
};

/// 22 November 2026, about noon in UTC: the clock of every window here.
pub(crate) const NOON_MS: u64 = 1_795_348_800_000;

/// A window, and what it has asked of the outside.
pub(crate) struct Window {
    pub(crate) desk: Desk,
    pub(crate) asked: Vec<Command>,
    pub(crate) now_ms: u64,
}

/// A window that is drawn.
pub(crate) type Drawn = Harness<'static, Window>;

pub(crate) fn member(name: &str, number: u8) -> Member {
    let key = papo_proto::PublicKey([number; 32]);
    Member { id: MemberId::of_key(&key), name: Name::parse(name).unwrap() }
}

pub(crate) fn ana() -> Member {
    member("Ana", 1)
}

pub(crate) fn zoe() -> Member {
    member("Zoë", 2)
}

pub(crate) fn message(seq: u64, from: &Member, text: &str) -> Message {
    Message {
        seq: Seq::new(seq),
        time: Timestamp::from_unix_ms(NOON_MS - 3_600_000 + seq * 1_000),
        from: from.clone(),
        id: MessageId::parse(&format!("m{seq}")).unwrap(),
        body: Body::text(text),
    }
}

pub(crate) fn place(room: &str) -> Place {
    Place {
        address: Address::default(),
        room: RoomName::parse(room).unwrap(),
        name: ana().name,
        fingerprint: None,
        invite: None,
        ca_file: None,
        others: Vec::new(),
    }
}

/// A window of the usual size with these rooms, the first of them shown; none is connected.
pub(crate) fn window(rooms: &[&str]) -> Drawn {
    let mut state = State::new(Memory::default(), ana().id, &ana().name);
    let ids: Vec<RoomId> = rooms.iter().map(|room| state.add(place(room))).collect();
    if let Some(id) = ids.first() {
        state.screen = Screen::Room(*id);
    }
    drawn(state)
}

/// A window of the usual size over this state.
pub(crate) fn drawn(state: State) -> Drawn {
    let window = Window { desk: Desk::new(state), asked: Vec::new(), now_ms: NOON_MS };
    Harness::builder()
        .with_size([1180.0, 720.0])
        .with_max_steps(30)
        // The bundled letters are all there is here: what else is written shows as boxes.
        .allow_missing_glyphs()
        .with_context_setup(|context| {
            fonts::install(context, None);
            theme::install(context, true);
        })
        .build_ui_state(
            |ui, window: &mut Window| {
                let now = Timestamp::from_unix_ms(window.now_ms);
                let asked = window.desk.ui(ui, now);
                window.asked.extend(asked);
            },
            window,
        )
}

/// The room in the window, connected, with Zoë and us in it, and with these messages.
pub(crate) fn joined(messages: Vec<Message>) -> Drawn {
    let mut window = window(&["lobby"]);
    join(&mut window, messages);
    window
}

/// Lets the shown room be joined, with these messages in it that this computer has kept.
pub(crate) fn join(window: &mut Drawn, messages: Vec<Message>) {
    let id = room_id(window);
    let head = messages.last().map_or(Seq::ZERO, |last| last.seq);
    window.state_mut().desk.state.act(Action::WantOlder(id), Timestamp::default());
    happen(
        window,
        Event::State(ConnectionState::Joined { latency: Some(std::time::Duration::from_millis(3)) }),
    );
    happen(
        window,
        Event::Joined {
            you: ana(),
            room: RoomName::default(),
            epoch: Epoch([7; 8]),
            first: Seq::new(1),
            head,
            count: 2,
            members: Some(vec![ana(), zoe()]),
        },
    );
    if head > Seq::ZERO {
        let page = Page { room: id, wanted: Wanted::Newest, messages };
        window.state_mut().desk.state.apply(Happening::Page(page), Timestamp::from_unix_ms(NOON_MS));
    }
    window.run_ok();
}

pub(crate) fn room_id(window: &Drawn) -> RoomId {
    match window.state().desk.state.screen {
        Screen::Room(id) => id,
        Screen::Start => panic!("no room is shown"),
    }
}

/// Something happens in the shown room.
pub(crate) fn happen(window: &mut Drawn, event: Event) {
    let id = room_id(window);
    happen_in(window, id, event);
}

pub(crate) fn happen_in(window: &mut Drawn, id: RoomId, event: Event) {
    let now = Timestamp::from_unix_ms(window.state().now_ms);
    let asked = window.state_mut().desk.state.apply(Happening::Room(id, event), now);
    window.state_mut().asked.extend(asked);
}

/// Somebody says something, and the window is drawn.
pub(crate) fn say(window: &mut Drawn, seq: u64, from: &Member, text: &str) {
    happen(window, Event::Message(message(seq, from, text)));
    window.run_ok();
}

/// What was asked of the outside since the last time.
pub(crate) fn asked(window: &mut Drawn) -> Vec<Command> {
    std::mem::take(&mut window.state_mut().asked)
}

/// The bodies that were said since the last time, with their ids.
pub(crate) fn said(window: &mut Drawn) -> Vec<(MessageId, Body)> {
    let said = |command| match command {
        Command::Tell(_, papo_client::event::Command::Say(outgoing)) => Some((outgoing.id, outgoing.body)),
        _ => None,
    };
    asked(window).into_iter().filter_map(said).collect()
}

/// The field in which a message is written.
pub(crate) fn write(window: &mut Drawn, text: &str) {
    window.get_by_label("Message to lobby").focus();
    window.run_ok();
    window.get_by_label("Message to lobby").type_text(text);
    window.run_ok();
}
