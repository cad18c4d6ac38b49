//! Several rooms, the header, the members, the search.

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;
use papo_client::event::Event;
use papo_client::petnames::Petnames;
use papo_client::state::{Command, Dialog, Happening, Hit, Memory, Notify, QuietHours, Screen};
use papo_proto::{Name, Seq, Timestamp};

use super::support::{
    NOON_MS, ana, asked, happen, happen_in, join, joined, member, message, say, window, zoe,
};

#[test]
fn rooms_stand_side_by_side_with_what_is_unread_in_each() {
    let mut window = window(&["lobby", "engenharia"]);
    join(&mut window, vec![message(1, &zoe(), "oi")]);
    let other = window.state().desk.state.rooms[1].id;
    for seq in 1..=3 {
        happen_in(&mut window, other, Event::Message(message(seq, &zoe(), "bolo?")));
    }
    window.run_ok();
    assert!(window.query_by_role_and_label(Role::ListItem, "lobby").is_some());
    window.get_by_role_and_label(Role::ListItem, "engenharia, 3 unread").click();
    window.run_ok();
    assert_eq!(window.state().desk.state.screen, Screen::Room(other));
    assert_eq!(window.state().desk.state.unread(), 0, "they are before the reader's eyes");
    window.key_press_modifiers(Modifiers::ALT, Key::ArrowUp);
    window.run_ok();
    assert_eq!(window.state().desk.state.current().unwrap().place.room.as_str(), "lobby");
}

#[test]
fn equal_names_are_told_apart_wherever_they_stand() {
    let other = member("Ana", 9);
    let mut window = joined(vec![message(1, &other, "outra"), message(2, &zoe(), "oi")]);
    happen(&mut window, Event::Entered { members: vec![other.clone()], count: 3 });
    window.run_ok();
    let badges = window.query_all_by_label(other.id.badge()).count();
    assert_eq!(badges, 2, "beside the message and in the list");
    let words = format!("Ana #{}", other.id.badge());
    assert!(window.query_by_role_and_label(Role::ListItem, &words).is_some(), "and when read aloud");
    assert!(window.query_by_label("3 people").is_some());
}

/// Invariant: a name of one's own stands wherever the name does, for the eye and read aloud, with the name beside it.
#[test]
fn a_petname_stands_wherever_the_name_does() {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    let folder = tempfile::tempdir().unwrap();
    let wanted = Name::parse("Mãe").ok();
    let petnames = Petnames::call(&folder.path().join("petnames"), &zoe().id, wanted.as_ref()).unwrap();
    let room = window.state().desk.state.rooms[0].id;
    let called = Happening::Called(room, Ok(petnames));
    window.state_mut().desk.state.apply(called, Timestamp::from_unix_ms(NOON_MS));
    window.run_ok();
    assert!(window.query_by_role_and_label(Role::ListItem, "Mãe (Zoë)").is_some(), "in the list");
    assert!(window.query_all_by_label_contains("Mãe (Zoë)").count() >= 3, "and at the message");
}

#[test]
fn the_header_says_where_one_is_and_who_can_read() {
    let window = joined(vec![]);
    assert!(window.query_by_label("encrypted to the server").is_some());
    assert!(window.query_by_label("connected, 3 ms").is_some());
    window.get_by_label("Invite").click();
    let mut window = window;
    window.run_ok();
    let id = super::support::room_id(&window);
    assert_eq!(window.state().desk.state.dialog, Some(Dialog::Invite(id)));
}

#[test]
fn a_search_finds_marks_and_jumps() {
    let mut window = joined((1..=300).map(|seq| message(seq, &zoe(), &format!("número {seq}"))).collect());
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.run_ok();
    assert!(window.get_by_role_and_label(Role::TextInput, "Search").is_focused());
    window.get_by_role_and_label(Role::TextInput, "Search").type_text("42");
    window.run_ok();
    let serial = asked(&mut window).iter().rev().find_map(|asked| match asked {
        Command::Find { serial, text, .. } if &**text == "42" => Some(*serial),
        _ => None,
    });
    let hit = |seq: u64| Hit {
        seq: Seq::new(seq),
        time: Timestamp::from_unix_ms(NOON_MS),
        from: zoe(),
        excerpt: format!("número {seq}"),
    };
    let room = super::support::room_id(&window);
    let found = Happening::Found { room, serial: serial.unwrap(), hits: vec![hit(242), hit(142), hit(42)] };
    window.state_mut().desk.state.apply(found, Timestamp::default());
    window.run_ok();
    assert!(window.query_by_label("3 found").is_some());
    window.key_press(Key::Enter);
    window.run_ok();
    assert!(window.query_by_label("1 of 3").is_some());
    assert!(window.query_by_label("número 242").is_some(), "the hit is on the screen");
    assert!(window.query_by_label("número 300").is_none());
    window.key_press(Key::Enter);
    window.key_press(Key::Enter);
    window.run_ok();
    assert!(window.query_by_label("número 42").is_some());
    window.key_press(Key::Escape);
    window.run_ok();
    assert!(window.state().desk.state.rooms[0].search.is_none());
}

#[test]
fn leaving_asks_first_and_the_harmless_button_has_the_keyboard() {
    let mut window = window(&["lobby", "engenharia"]);
    let id = super::support::room_id(&window);
    window.state_mut().desk.state.dialog = Some(Dialog::Leave(id));
    window.run_ok();
    assert!(window.get_by_label("Cancel").is_focused());
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(window.state().desk.state.rooms.len(), 2);
    window.state_mut().desk.state.dialog = Some(Dialog::Leave(id));
    window.run_ok();
    window.get_by_role_and_label(Role::Button, "Leave the room").click();
    window.run_ok();
    assert_eq!(window.state().desk.state.rooms.len(), 1);
    assert!(asked(&mut window).contains(&Command::Disconnect(id)));
}

#[test]
fn a_members_menu_writes_the_name() {
    let mut window = joined(vec![]);
    window.get_by_role_and_label(Role::Label, "Zoë").click();
    window.run_ok();
    window.get_by_role_and_label(Role::Button, "Write to Zoë").click();
    window.run_ok();
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "@Zoë ");
}

#[test]
fn who_is_named_is_told_and_who_looks_is_not() {
    let mut window = joined(vec![]);
    say(&mut window, 1, &zoe(), "@Ana, vem?");
    let notified =
        |asked: Vec<Command>| asked.into_iter().filter(|it| matches!(it, Command::Notify(_))).count();
    assert_eq!(notified(asked(&mut window)), 0);
    window.state_mut().desk.state.apply(Happening::Focus(false), Timestamp::default());
    say(&mut window, 2, &zoe(), "@Ana?");
    say(&mut window, 3, &zoe(), "@Anabela!");
    say(&mut window, 4, &ana(), "@Ana");
    assert_eq!(notified(asked(&mut window)), 1);
}

/// Opens a menu of the room and chooses in it.
fn choose_in_menu(window: &mut super::support::Drawn, choice: &str) {
    window.get_by_label("More").click();
    window.run_ok();
    window.get_by_role_and_label(Role::RadioButton, choice).click();
    window.run_ok();
}

#[test]
fn each_room_tells_as_it_is_told_to() {
    let mut window = joined(vec![]);
    window.state_mut().desk.state.apply(Happening::Focus(false), Timestamp::default());
    let mut seq = 0;
    for (choice, plain, named) in [
        ("every message", true, true),
        ("mentions and answers", false, true),
        ("nothing", false, false),
        ("as in the settings: mentions and answers", false, true),
    ] {
        choose_in_menu(&mut window, choice);
        asked(&mut window);
        for (text, is_told) in [("oi", plain), ("@Ana?", named)] {
            seq += 1;
            say(&mut window, seq, &zoe(), text);
            let told = asked(&mut window).iter().any(|it| matches!(it, Command::Notify(_)));
            assert_eq!(told, is_told, "{choice}: {text}");
        }
    }
    choose_in_menu(&mut window, "nothing");
    let text = window.state().desk.state.memory().to_text();
    let memory = Memory::from_text(&text).unwrap();
    assert_eq!(memory.rooms[0].notify, Some(Notify::None), "it outlives the program");
}

#[test]
fn the_menu_of_a_room_in_the_list_silences_it_without_showing_it() {
    let mut window = window(&["lobby", "engenharia"]);
    window.run_ok();
    window.get_by_role_and_label(Role::ListItem, "engenharia").click_secondary();
    window.run_ok();
    window.get_by_role_and_label(Role::RadioButton, "nothing").click();
    window.run_ok();
    let rooms = &window.state().desk.state.rooms;
    assert_eq!((rooms[0].notify, rooms[1].notify), (None, Some(Notify::None)));
    assert_eq!(window.state().desk.state.screen, Screen::Room(rooms[0].id));
}

#[test]
fn quiet_hours_are_set_by_presses_and_hold() {
    let mut window = joined(vec![]);
    let now = Timestamp::from_unix_ms(NOON_MS);
    assert!(!window.state().desk.is_quiet(now));
    window.state_mut().desk.state.dialog = Some(Dialog::Settings);
    window.run_ok();
    window.get_by_role_and_label(Role::CheckBox, "Quiet hours: tell me nothing between two times").click();
    window.run_ok();
    let quiet = |window: &super::support::Drawn| window.state().desk.state.settings.quiet_hours.unwrap();
    assert_eq!(quiet(&window), QuietHours { from: 22 * 60, until: 7 * 60 });
    window.get_by_role_and_label(Role::Button, "Quiet from: half an hour later").click();
    window.get_by_role_and_label(Role::Button, "Quiet until: half an hour earlier").click();
    window.run_ok();
    assert_eq!(quiet(&window), QuietHours { from: 22 * 60 + 30, until: 6 * 60 + 30 });
    // Whatever the clock of this computer: hours that end when they begin are the whole day.
    window.state_mut().desk.state.settings.quiet_hours = Some(QuietHours { from: 0, until: 0 });
    assert!(window.state().desk.is_quiet(now));
}

#[test]
fn the_menu_of_the_room_does_what_it_says() {
    let mut window = joined(vec![]);
    let id = super::support::room_id(&window);
    for (entry, expected) in [
        ("Keys", Dialog::Keys),
        ("Settings", Dialog::Settings),
        ("Who may do what", Dialog::Access(id)),
        ("Leave the room", Dialog::Leave(id)),
    ] {
        window.state_mut().desk.state.dialog = None;
        window.run_ok();
        window.get_by_label("More").click();
        window.run_ok();
        // The settings stand below the list of rooms as well; the menu is drawn after it.
        let entries = window.get_all_by_role_and_label(Role::Button, entry);
        entries.last().unwrap().click();
        window.run_ok();
        assert_eq!(window.state().desk.state.dialog, Some(expected), "{entry}");
    }
    window.state_mut().desk.state.dialog = None;
    window.state_mut().desk.state.apply(Happening::Focus(false), Timestamp::default());
    say(&mut window, 1, &zoe(), "oi");
    assert_eq!(window.state().desk.state.unread(), 1);
    window.get_by_label("More").click();
    window.run_ok();
    window.get_by_role_and_label(Role::Button, "Mark as read").click();
    window.run_ok();
    assert_eq!(window.state().desk.state.unread(), 0);
    window.get_by_label("More").click();
    window.run_ok();
    window.get_by_role_and_label(Role::Button, "Show or hide who is here").click();
    window.run_ok();
    assert!(!window.state().desk.state.settings.members_shown);
}

#[test]
fn whoever_is_ignored_is_marked_in_the_list_of_members() {
    let mut window = joined(vec![]);
    window.get_by_role_and_label(Role::Label, "Zoë").click();
    window.run_ok();
    window.get_by_role_and_label(Role::Button, "Ignore").click();
    window.run_ok();
    assert!(window.query_by_role_and_label(Role::ListItem, "Zoë, ignored").is_some());
    window.get_by_role_and_label(Role::Label, "Zoë").click();
    window.run_ok();
    window.get_by_role_and_label(Role::Button, "Ignore no longer").click();
    window.run_ok();
    assert!(window.query_by_role_and_label(Role::ListItem, "Zoë").is_some());
}
