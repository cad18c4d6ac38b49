//! A desk without the outside, as the tests of the screens begin. Not here: what is done on it.

use std::sync::Arc;

use egui::UiBuilder;
use egui_kittest::Harness;
use papo_client::event::{ConnectionState, Event};
use papo_client::state::{Action, Command, Happening, Memory, Place, RoomId, Theme};
use papo_client::{ConnectError, State};
use papo_desktop::desk::Desk;
use papo_desktop::text::fonts;
use papo_desktop::text::system::SystemFonts;
use papo_desktop::theme;
use papo_proto::{Address, Fingerprint, MemberId, Name, RoomName, Timestamp};

use crate::cpu::CpuPainter;

/// When everything happens.
pub(crate) const NOW: &str = "2026-11-22T14:11:00Z";

pub(crate) fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

/// A state in which nothing has happened yet.
pub(crate) fn state() -> State {
    let person = MemberId::parse(&"a".repeat(24)).unwrap();
    State::new(Memory::default(), person, &Name::parse("Ana").unwrap())
}

/// A place in the network.
pub(crate) fn place(host: &str, room: &str) -> Place {
    Place {
        address: Address::new(host, 12345),
        room: room.parse::<RoomName>().unwrap(),
        name: Name::parse("Ana").unwrap(),
        fingerprint: None,
        invite: None,
        ca_file: None,
        others: Vec::new(),
    }
}

/// A state that shows a room in which nothing has happened yet.
pub(crate) fn state_in_room() -> (State, RoomId) {
    let mut state = state();
    state.act(Action::JoinPlace(Box::new(place("192.168.0.10", "lobby"))), now());
    let room = state.rooms[0].id;
    (state, room)
}

/// The same, after its connection has failed.
pub(crate) fn state_after(cause: ConnectError) -> State {
    let (mut state, room) = state_in_room();
    let stopped = ConnectionState::Stopped { cause };
    state.apply(Happening::Room(room, Event::State(stopped)), now());
    state
}

pub(crate) fn address() -> Address {
    Address::new("192.168.0.10", 12345)
}

pub(crate) fn fingerprint(byte: u8) -> Fingerprint {
    Fingerprint(std::array::from_fn(|index| byte.wrapping_mul(31).wrapping_add((index * 57) as u8)))
}

/// A desk, and what it has asked the outside to do.
pub(crate) struct Watched {
    pub(crate) desk: Desk,
    pub(crate) commands: Vec<Command>,
}

/// A window of this size over the state.
pub(crate) fn window(state: State, size: [f32; 2]) -> Harness<'static, Watched> {
    window_with_fonts(state, size, None)
}

/// The same on a computer with fonts of its own; without, what the bundled ones lack fails the test.
pub(crate) fn window_with_fonts(
    state: State,
    size: [f32; 2],
    system: Option<Arc<SystemFonts>>,
) -> Harness<'static, Watched> {
    let theme = match state.settings.theme {
        Theme::Dark => egui::Theme::Dark,
        _ => egui::Theme::Light,
    };
    let mut harness = Harness::builder()
        .with_size(size)
        .with_max_steps(30)
        .with_theme(theme)
        .with_context_setup(move |context| {
            // Without the system's fonts a picture is the same on every computer.
            fonts::install(context, system);
            theme::install(context, true);
        })
        .renderer(CpuPainter::default())
        .build_ui_state(
            |ui, watched: &mut Watched| {
                // The window has no margin of its own.
                let whole = ui.ctx().content_rect();
                ui.set_clip_rect(whole);
                ui.scope_builder(UiBuilder::new().max_rect(whole), |ui| {
                    watched.commands.extend(watched.desk.ui(ui, now()));
                });
            },
            Watched { desk: Desk::new(state), commands: Vec::new() },
        );
    harness.run_ok().expect("the window comes to rest");
    harness
}
