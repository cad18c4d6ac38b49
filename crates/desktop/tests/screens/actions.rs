//! What a person does on the screens besides the room, found as a screen reader finds it: by role and by label. Not
//! here: how they look.

use std::path::Path;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use papo_client::state::{Action, Command, Dialog, Happening, Notify, Screen, Theme};
use papo_client::{ConnectError, State, event};
use papo_proto::{ClosingCode, ErrorCode, Invite, Refusal, RoomName, Timestamp};

use crate::support::{Watched, address, fingerprint, now, state, state_after, state_in_room, window};

const SIZE: [f32; 2] = [900.0, 700.0];

pub(crate) fn click(window: &mut Harness<'_, Watched>, button: &str) {
    window.get_by_role_and_label(Role::Button, button).click();
    window.run_ok().expect("the window comes to rest");
}

pub(crate) fn write(window: &mut Harness<'_, Watched>, field: &str, text: &str) {
    window.get_by_role_and_label(Role::TextInput, field).focus();
    window.run_ok().unwrap();
    window.get_by_role_and_label(Role::TextInput, field).type_text(text);
    window.run_ok().unwrap();
}

pub(crate) fn invite(byte: u8) -> Invite {
    Invite {
        address: address(),
        room: RoomName::default(),
        fingerprint: fingerprint(byte),
        secret: None,
        others: Vec::new(),
    }
}

#[test]
fn a_room_is_joined_by_its_invite() {
    let mut window = window(state(), SIZE);
    write(&mut window, "Invite link, or address:port", &invite(1).to_string());
    click(&mut window, "Join");
    let state = &window.state().desk.state;
    assert_eq!(state.current().unwrap().place.fingerprint, Some(fingerprint(1)));
    assert!(window.state().commands.iter().any(|command| matches!(command, Command::Connect(..))));
}

#[test]
fn enter_joins_as_well_and_the_usual_address_needs_no_typing() {
    let mut window = window(state(), SIZE);
    window.get_by_role_and_label(Role::TextInput, "Your name").focus();
    window.run_ok().unwrap();
    window.key_press(egui::Key::Enter);
    window.run_ok().unwrap();
    assert_eq!(window.state().desk.state.current().unwrap().place.address.to_string(), "127.0.0.1:12345");
}

#[test]
fn what_is_no_invite_is_said_and_nothing_is_joined() {
    let mut window = window(state(), SIZE);
    write(&mut window, "Invite link, or address:port", "https://x");
    click(&mut window, "Join");
    assert!(window.state().desk.state.rooms.is_empty());
    let problem = window.state().desk.state.start.problem.as_ref().expect("a problem is known").to_string();
    assert!(window.query_by_label_contains(&problem[1..]).is_some(), "{problem}");
}

#[test]
fn the_first_contact_asks_and_both_answers_are_heard() {
    for (button, answer) in [("Do not join", false), ("It is the same: join", true)] {
        let (mut state, room) = state_in_room();
        state.apply(Happening::Asked { room, address: address(), fingerprint: fingerprint(1) }, now());
        let mut window = window(state, SIZE);
        let first_groups = &fingerprint(1).grouped()[..24];
        assert!(window.query_by_label_contains(first_groups).is_some(), "the fingerprint is shown in groups");
        click(&mut window, button);
        assert!(window.state().commands.contains(&Command::Answer(room, answer)));
    }
}

fn with_a_changed_key() -> State {
    state_after(ConnectError::NotTrusted {
        address: address(),
        expected: fingerprint(1),
        found: fingerprint(2),
        remedy: "use a new invite link".into(),
    })
}

#[test]
fn a_changed_key_is_a_stop_with_both_fingerprints() {
    let mut window = window(with_a_changed_key(), SIZE);
    for byte in [1, 2] {
        assert!(window.query_by_label_contains(&fingerprint(byte).grouped()[..24]).is_some());
    }
    assert!(window.query_by_role_and_label(Role::Button, "Send").is_none(), "nothing can be sent");
    click(&mut window, "Close");
    assert_eq!(window.state().desk.state.screen, Screen::Start);
    assert!(!window.state().commands.iter().any(|command| matches!(command, Command::Connect(..))));
}

#[test]
fn only_an_invite_for_this_server_goes_past_a_changed_key() {
    let mut window = window(with_a_changed_key(), SIZE);
    click(&mut window, "Use a new invite");
    write(&mut window, "New invite link", "https://elsewhere:12345/lobby#abc");
    click(&mut window, "Use it");
    assert!(window.query_by_label_contains("This is no invite for 192.168.0.10:12345").is_some());
    assert_eq!(window.state().desk.state.rooms[0].place.fingerprint, None);
    click(&mut window, "Cancel");
    click(&mut window, "Use a new invite");
    write(&mut window, "New invite link", &invite(2).to_string());
    click(&mut window, "Use it");
    assert_eq!(window.state().desk.state.rooms[0].place.fingerprint, Some(fingerprint(2)));
}

/// Every cause that there is.
fn causes() -> Vec<ConnectError> {
    let address = address;
    let time = Timestamp::parse("2026-01-02T03:04:05Z").unwrap();
    let refusals =
        [ErrorCode::BadName, ErrorCode::Banned, ErrorCode::Locked, ErrorCode::NoEntry, ErrorCode::InviteUsed];
    let closings = [ClosingCode::Stopping, ClosingCode::Full, ClosingCode::Kicked];
    let mut causes = vec![
        ConnectError::Refused { address: address() },
        ConnectError::UnknownHost { host: "sala.example".into() },
        ConnectError::NoRoute { address: address() },
        ConnectError::TimedOut { address: address() },
        ConnectError::NoHandshake { address: address() },
        ConnectError::NotTls { address: address() },
        ConnectError::TlsMismatch { address: address(), detail: "TLS 1.2".into() },
        ConnectError::UnknownServer {
            address: address(),
            fingerprint: fingerprint(1),
            detail: "unknown".into(),
        },
        ConnectError::Expired { not_after: time },
        ConnectError::NotYetValid { not_before: time },
        ConnectError::WrongHostName { host: "a".into(), presented: vec!["b".into()] },
        ConnectError::BadCertificate { detail: "damaged".into() },
        ConnectError::Version { server: Some(9) },
        ConnectError::NotPapo,
        ConnectError::Lost { detail: "reset".into() },
        ConnectError::Silent,
        ConnectError::Garbled { detail: "a number".into() },
        ConnectError::Local { text: "A file is damaged.".into() },
    ];
    causes.extend(refusals.map(|code| ConnectError::JoinRefused(Refusal::new(code, "no"))));
    causes.extend(closings.map(|code| ConnectError::Closed { code, text: "bye".into(), after: None }));
    causes
}

#[test]
fn every_cause_has_a_card_with_its_words_and_can_be_tried_again() {
    for cause in causes() {
        // What is to be typed is shown in other letters, without the signs around it.
        let text = cause.to_string().replace('`', "");
        let mut window = window(state_after(cause), SIZE);
        assert!(window.query_by_label_contains(&text).is_some(), "{text}");
        click(&mut window, "Try now");
        let is_retry = |command: &Command| {
            matches!(command, Command::Tell(_, event::Command::RetryNow) | Command::Connect(..))
        };
        assert!(window.state().commands.iter().any(is_retry), "{text}: {:?}", window.state().commands);
    }
}

#[test]
fn another_certificate_than_the_file_s_is_a_stop_too() {
    let file = Path::new("server.crt").into();
    let cause = ConnectError::OtherCertificate {
        address: address(),
        file,
        expected: fingerprint(1),
        found: fingerprint(2),
    };
    let window = window(state_after(cause), SIZE);
    assert!(window.query_by_role_and_label(Role::Button, "Use a new invite").is_some());
}

fn with_dialog(dialog: Dialog) -> State {
    let mut state = state();
    state.act(Action::Show(dialog), now());
    state
}

#[test]
fn every_setting_takes_effect_at_once() {
    let mut window = window(with_dialog(Dialog::Settings), SIZE);
    for button in ["dark", "Português", "2:05 pm", "every message", "begins a new line", "Larger"] {
        click(&mut window, button);
    }
    for switch in ["Nothing moves by itself", "Notifications do not tell who said what"] {
        window.get_by_role_and_label(Role::CheckBox, switch).click();
        window.run_ok().unwrap();
    }
    let settings = &window.state().desk.state.settings;
    assert_eq!((settings.theme, settings.notify), (Theme::Dark, Notify::All));
    assert_eq!((settings.language.as_deref(), settings.text_percent), (Some("pt-BR"), 110));
    assert!(settings.reduced_motion && settings.hide_content && !settings.enter_sends);
    assert!(window.state().commands.contains(&Command::Save));
    click(&mut window, "Done");
    assert_eq!(window.state().desk.state.dialog, None);
}

#[test]
fn a_link_is_opened_only_after_its_target_was_shown() {
    let target = "https://bank.example@evil.example/login";
    let mut window = window(with_dialog(Dialog::Link(target.into())), SIZE);
    assert!(window.query_by_label("evil.example").is_some(), "where it leads");
    assert!(window.query_by_label(target).is_some(), "the whole of it");
    click(&mut window, "Open in the browser");
    assert_eq!(window.state().commands, [Command::OpenLink(target.into())]);
}

#[test]
fn escape_closes_a_dialog_and_opens_nothing() {
    let mut window = window(with_dialog(Dialog::Link("https://example.org".into())), SIZE);
    window.key_press(egui::Key::Escape);
    window.run_ok().unwrap();
    assert_eq!(window.state().desk.state.dialog, None);
    assert_eq!(window.state().commands, []);
}

#[test]
fn what_is_no_link_is_never_offered() {
    let window = window(with_dialog(Dialog::Link("javascript:alert(1)".into())), SIZE);
    assert_eq!(window.state().desk.state.dialog, None);
    assert!(window.query_by_role_and_label(Role::Button, "Open in the browser").is_none());
}

#[test]
fn an_invite_is_shown_and_copied_whole() {
    let (mut state, room) = state_in_room();
    state.rooms[0].place.fingerprint = Some(fingerprint(1));
    state.act(Action::Show(Dialog::Invite(room)), now());
    let mut window = window(state, SIZE);
    assert!(window.query_by_role_and_label(Role::Image, "The invite as a QR code").is_some());
    click(&mut window, "Copy the link");
    let link = invite(1).to_string();
    assert!(window.state().commands.contains(&Command::Copy(link)));
}
