//! Pictures of the screens. Not here: what a screen does.

use egui_kittest::SnapshotOptions;
use papo_client::state::paste::Pasted;
use papo_client::state::{Action, Dialog, Happening, Hosted, Hosting, Reach, RoomId, Theme};
use papo_client::{ConnectError, State};
use papo_words::{Language, in_language};

use crate::actions::invite;
use crate::support::{address, fingerprint, now, place, state, state_after, state_in_room, window};

const SIZE: [f32; 2] = [900.0, 640.0];

/// Compares with the picture that is kept. Where they differ, the new one and what differs are written beside it.
fn picture(name: &str, state: State, size: [f32; 2]) {
    let options = SnapshotOptions::new().output_path("tests/pictures");
    window(state, size).snapshot_options(name, &options);
}

fn dark(mut state: State) -> State {
    state.settings.theme = Theme::Dark;
    state
}

fn with_recent_rooms() -> State {
    let mut state = state();
    state.start.recent = vec![place("192.168.0.10", "lobby"), place("sala.example", "sala-de-aula")];
    state
}

fn with_a_changed_key() -> State {
    state_after(ConnectError::NotTrusted {
        address: address(),
        expected: fingerprint(1),
        found: fingerprint(2),
        remedy: "use a new invite link".into(),
    })
}

fn with_dialog(dialog: impl FnOnce(RoomId) -> Dialog) -> State {
    let (mut state, room) = state_in_room();
    state.rooms[0].place.fingerprint = Some(fingerprint(1));
    state.act(Action::Show(dialog(room)), now());
    state
}

#[test]
fn the_start_screen() {
    picture("start", with_recent_rooms(), SIZE);
}

#[test]
fn the_start_screen_by_lamplight_in_portuguese() {
    in_language(Language::Portuguese, || picture("start-dark-pt", dark(with_recent_rooms()), SIZE));
}

#[test]
fn the_start_screen_in_a_narrow_window() {
    picture("start-narrow", state(), [360.0, 520.0]);
}

#[test]
fn a_room_that_is_open_here() {
    let mut state = state();
    let invite = invite(1);
    let hosting = Hosting::On(Box::new(Hosted {
        address: address(),
        invite,
        entry: None,
        reach: Reach::Network,
        has_usual_port: true,
    }));
    state.apply(Happening::Hosting(hosting), now());
    picture("opened", state, SIZE);
}

#[test]
fn a_room_is_about_to_be_opened_in_portuguese() {
    in_language(Language::Portuguese, || picture("open-pt", with_dialog(|_| Dialog::Open), SIZE));
}

#[test]
fn the_first_contact() {
    let (mut state, room) = state_in_room();
    state.apply(Happening::Asked { room, address: address(), fingerprint: fingerprint(1) }, now());
    picture("ask", state, SIZE);
}

#[test]
fn a_changed_key() {
    picture("changed", with_a_changed_key(), SIZE);
}

#[test]
fn a_changed_key_by_lamplight() {
    picture("changed-dark", dark(with_a_changed_key()), SIZE);
}

#[test]
fn a_server_that_is_not_there() {
    picture("refused", state_after(ConnectError::Refused { address: address() }), SIZE);
}

#[test]
fn the_settings() {
    picture("settings", with_dialog(|_| Dialog::Settings), SIZE);
}

#[test]
fn a_link_that_deceives() {
    picture("link", with_dialog(|_| Dialog::Link("http://bank.example@evil.example/login".to_owned())), SIZE);
}

#[test]
fn a_large_paste_in_portuguese() {
    let text: Vec<String> = (1..=45).map(|number| format!("let line_{number} = {number};\n")).collect();
    let state = with_dialog(|room| Dialog::Paste(room, Pasted::new(text.concat())));
    in_language(Language::Portuguese, || picture("paste-pt", state, SIZE));
}
