//! Opening a room in this program, and links that open the program. Not here: joining somebody else's room.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use papo_client::event::{ConnectionState, Event};
use papo_client::state::{
    Action, Command, Dialog, Happening, Hosted, Hosting, Links, Memory, Opening, Reach, Screen,
};
use papo_client::{ConnectError, State};
use papo_proto::{Address, Invite, InviteSecret, MemberId, Name, RoomName};

use crate::actions::{click, invite, write};
use crate::support::{address, fingerprint, now, state, window};

const SIZE: [f32; 2] = [900.0, 700.0];

fn secret() -> InviteSecret {
    InviteSecret::new([3; 20])
}

/// A room for the network that runs in this program.
fn hosted() -> Hosting {
    let others = Invite { secret: Some(secret()), room: "sala".parse().unwrap(), ..invite(1) };
    Hosting::On(Box::new(Hosted {
        address: Address::default(),
        invite: others,
        entry: Some(InviteSecret::new([4; 20])),
        reach: Reach::Network,
        has_usual_port: true,
    }))
}

fn opened() -> State {
    let mut state = state();
    state.act(Action::OpenHere { room: "sala".parse().unwrap(), reach: Reach::Network }, now());
    state.apply(Happening::Hosting(hosted()), now());
    state
}

#[test]
fn a_room_is_opened_for_whom_the_person_says() {
    for (choice, reach) in
        [("my network, by invite", Reach::Network), ("this computer only", Reach::ThisComputer)]
    {
        let mut window = window(state(), SIZE);
        click(&mut window, "Open a room here");
        window.get_by_role_and_label(Role::Button, choice).click();
        window.run_ok().unwrap();
        click(&mut window, "Open the room");
        let opening = Opening { reach, ..Opening::default() };
        assert!(window.state().commands.contains(&Command::OpenHere(Box::new(opening))));
        assert!(window.query_by_label("Opening a room…").is_some());
    }
}

#[test]
fn a_room_that_nobody_can_have_is_not_opened() {
    let mut window = window(state(), SIZE);
    click(&mut window, "Open a room here");
    let field = window.get_by_role_and_label(Role::TextInput, "Name of the room");
    assert!(field.is_focused(), "the keyboard is in the dialog");
    write(&mut window, "Name of the room", " of one's own");
    click(&mut window, "Open the room");
    assert!(window.state().commands.is_empty(), "{:?}", window.state().commands);
    assert_eq!(window.state().desk.state.dialog, Some(Dialog::Open), "what was typed stays");
}

#[test]
fn a_room_that_cannot_be_opened_says_why_and_can_be_tried_again() {
    let mut state = state();
    state.apply(Happening::Hosting(Hosting::Failed("No network.".into())), now());
    let mut window = window(state, SIZE);
    assert!(window.query_by_label("No network.").is_some());
    click(&mut window, "Try again");
    click(&mut window, "Open the room");
    assert!(window.state().commands.iter().any(|command| matches!(command, Command::OpenHere(_))));
}

#[test]
fn whoever_opens_a_room_enters_as_its_owner_and_shows_others_another_invite() {
    let mut window = window(opened(), SIZE);
    let state = &window.state().desk.state;
    let room = state.current().unwrap();
    assert_eq!(room.place.invite, Some(InviteSecret::new([4; 20])), "the owner's");
    assert_eq!(room.place.address, Address::default(), "by the loopback");
    let link = Invite { secret: Some(secret()), room: "sala".parse().unwrap(), ..invite(1) }.to_string();
    assert!(window.query_by_label(&link).is_some(), "the others'");
    click(&mut window, "Copy the link");
    assert!(window.state().commands.contains(&Command::Copy(link)));
}

#[test]
fn a_room_that_is_open_here_is_closed_from_its_menu_after_a_question() {
    let mut window = window(opened(), SIZE);
    click(&mut window, "Close");
    click(&mut window, "More");
    click(&mut window, "Close the room for everybody");
    assert!(!window.state().commands.contains(&Command::StopHosting), "not before the question");
    click(&mut window, "Close the room for everybody");
    assert!(window.state().commands.contains(&Command::StopHosting));
}

#[test]
fn a_room_that_was_open_here_is_opened_again_with_the_same_invite() {
    let before = opened();
    let memory = Memory::from_text(&before.memory().to_text()).unwrap();
    let person = MemberId::parse(&"a".repeat(24)).unwrap();
    let mut state = State::new(memory, person, &Name::parse("Ana").unwrap());
    let room = state.rooms[0].id;
    let cause = ConnectError::Refused { address: Address::default() };
    let stopped = ConnectionState::Stopped { cause };
    state.apply(Happening::Room(room, Event::State(stopped)), now());
    let mut window = window(state, SIZE);
    click(&mut window, "Open it here again");
    let opening = Opening { room: "sala".parse().unwrap(), reach: Reach::Network, invite: Some(secret()) };
    assert!(window.state().commands.contains(&Command::OpenHere(Box::new(opening))));
}

/// Invariant: a link comes from anywhere, so nothing is connected before the person has seen where it leads.
#[test]
fn a_link_shows_where_it_leads_before_anything_is_connected() {
    let mut state = state();
    let link = invite(1).to_string().replace("https://", "papo://");
    let commands = state.apply(Happening::Opened(link), now());
    assert_eq!(commands, []);
    let mut window = window(state, SIZE);
    assert!(window.query_by_label("This leads to the room lobby at 192.168.0.10:12345.").is_some());
    assert!(window.state().commands.is_empty());
    click(&mut window, "Join");
    assert_eq!(window.state().desk.state.current().unwrap().place.fingerprint, Some(fingerprint(1)));
}

#[test]
fn a_link_into_a_room_that_one_is_in_shows_that_room() {
    let (mut state, room) = crate::support::state_in_room();
    state.apply(Happening::Room(room, Event::State(ConnectionState::Joined { latency: None })), now());
    state.act(Action::ShowStart, now());
    state.apply(Happening::Opened(invite(1).to_string()), now());
    assert_eq!(state.screen, Screen::Room(room));
    let elsewhere = Invite { room: RoomName::parse("other").unwrap(), ..invite(1) };
    state.apply(Happening::Opened(elsewhere.to_string()), now());
    assert_eq!(state.screen, Screen::Start);
    assert_eq!(state.rooms[0].place.address, address());
}

#[test]
fn links_are_bound_to_this_program_in_the_settings() {
    let mut state = state();
    state.act(Action::Show(Dialog::Settings), now());
    let words = "papo:// links open this program";
    let nothing = window(state, SIZE);
    assert!(nothing.query_by_label(words).is_none(), "where the system has no way it is not offered");
    for (links, wanted) in [(Links::No, true), (Links::Here, false)] {
        let mut state = self::state();
        state.act(Action::Show(Dialog::Settings), now());
        state.apply(Happening::Links(links), now());
        let mut window = window(state, SIZE);
        window.get_by_role_and_label(Role::CheckBox, words).click();
        window.run_ok().unwrap();
        assert!(window.state().commands.contains(&Command::OpenLinksHere(wanted)));
    }
    let mut state = self::state();
    state.act(Action::Show(Dialog::Settings), now());
    state.apply(Happening::Links(Links::Failed("The disk is full.".into())), now());
    assert!(window(state, SIZE).query_by_label("The disk is full.").is_some());
}
