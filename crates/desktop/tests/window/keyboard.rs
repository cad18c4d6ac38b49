//! The whole window from the keyboard alone, and what a screen reader hears.

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use papo_client::state::{Command, Dialog, Mode, Screen};
use papo_desktop::view::shortcuts::{BINDINGS, CHOSEN, WHILE_EMPTY, What};
use papo_proto::Seq;

use super::support::{ana, asked, joined, message, room_id, said, say, window, zoe};

#[test]
fn no_key_is_bound_twice() {
    for (at, binding) in BINDINGS.iter().enumerate() {
        let twice = BINDINGS[..at].iter().find(|other| other.keys == binding.keys);
        assert!(twice.is_none(), "{binding:?}");
    }
}

#[test]
fn every_key_does_what_the_list_says() {
    for binding in BINDINGS {
        let mut window = window(&["lobby", "engenharia"]);
        window.run_ok();
        asked(&mut window);
        window.key_press_modifiers(binding.keys.modifiers, binding.keys.logical_key);
        window.run_ok();
        let state = &window.state().desk.state;
        let first = state.rooms[0].id;
        match binding.what {
            What::Search => assert!(state.rooms[0].search.is_some()),
            What::Switch => assert_eq!(state.dialog, Some(Dialog::Switcher)),
            What::RoomAbove | What::RoomBelow => assert_ne!(state.screen, Screen::Room(first)),
            What::Settings => assert_eq!(state.dialog, Some(Dialog::Settings)),
            What::Keys => assert_eq!(state.dialog, Some(Dialog::Keys)),
            What::Rooms => assert!(window.query_by_role_and_label(Role::List, "Rooms").is_none()),
            What::Members => assert!(!state.settings.members_shown),
            What::Larger => assert_eq!(state.settings.text_percent, 110),
            What::Smaller => assert_eq!(state.settings.text_percent, 90),
            What::UsualSize => assert_eq!(state.settings.text_percent, 100),
            What::Quit => assert!(asked(&mut window).contains(&Command::Quit)),
            What::Write => assert!(window.get_by_label("Message to lobby").is_focused()),
            // These move within what is there; others of these tests see them do so.
            What::PageUp
            | What::PageDown
            | What::Top
            | What::End
            | What::FirstUnread
            | What::Mention
            | What::RoomUnread
            | What::ReadAll
            | What::ChooseAbove
            | What::ChooseBelow
            | What::OwnAbove
            | What::OwnBelow
            | What::Retry => {}
        }
        assert!(!binding.what.help().is_empty());
    }
}

#[test]
fn a_message_is_chosen_answered_changed_and_copied_without_a_mouse() {
    let mut window = joined(vec![message(1, &ana(), "mine"), message(2, &zoe(), "hers")]);
    window.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
    window.run_ok();
    window.key_press(Key::C);
    window.run_ok();
    assert!(asked(&mut window).contains(&Command::Copy("hers".to_owned())));
    window.key_press(Key::R);
    window.run_ok();
    assert_eq!(window.state().desk.state.rooms[0].composer.mode, Mode::Reply(Seq::new(2)));
    assert!(window.get_by_label("Message to lobby").is_focused());
    assert_eq!(said(&mut window), []);
    window.key_press(Key::Escape);
    window.run_ok();
    window.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
    window.run_ok();
    window.key_press(Key::ArrowUp);
    window.run_ok();
    window.key_press(Key::E);
    window.run_ok();
    assert_eq!(window.state().desk.state.rooms[0].composer.mode, Mode::Edit(Seq::new(1)));
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "mine");
}

#[test]
fn whoever_types_anywhere_writes_the_message() {
    let mut window = joined(vec![]);
    let id = egui::Id::NULL;
    window.ctx.memory_mut(|memory| {
        if let Some(focused) = memory.focused() {
            memory.surrender_focus(focused);
        }
        memory.surrender_focus(id);
    });
    window.run_ok();
    window.event(egui::Event::Text("oi".to_owned()));
    window.run_ok();
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "oi");
}

#[test]
fn pages_and_ends_are_reached_by_keys() {
    let messages = (1..=300).map(|seq| message(seq, &zoe(), &format!("number {seq}"))).collect();
    let mut window = joined(messages);
    assert!(window.query_by_label("number 300").is_some());
    window.key_press(Key::PageUp);
    window.run_ok();
    assert!(window.query_by_label("number 300").is_none());
    window.key_press(Key::PageDown);
    window.run_ok();
    assert!(window.query_by_label("number 300").is_some());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Home);
    window.run_ok();
    assert!(window.query_by_label("number 1").is_some());
    window.key_press_modifiers(Modifiers::COMMAND, Key::End);
    window.run_ok();
    assert!(window.query_by_label("number 300").is_some());
}

#[test]
fn new_messages_are_announced_politely_and_a_flood_is_counted() {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    let heard = |window: &super::support::Drawn| {
        window.get_by_role(Role::Status).accesskit_node().label().unwrap_or_default()
    };
    window.state_mut().now_ms += 10_000;
    say(&mut window, 2, &zoe(), "**bolo**?");
    assert_eq!(heard(&window), "Zoë: bolo?");
    for seq in 3..=40 {
        say(&mut window, seq, &zoe(), "mais");
    }
    assert_eq!(heard(&window), "Zoë: bolo?", "nobody can listen that fast");
    window.state_mut().now_ms += 10_000;
    window.run_ok();
    assert_eq!(heard(&window), "38 new messages");
    let id = room_id(&window);
    assert!(window.state().desk.state.room(id).is_some());
}

/// Systems tell of the letter too, where Alt is held down.
#[test]
fn a_key_with_alt_writes_nothing() {
    let mut window = joined(vec![message(1, &zoe(), "hers")]);
    window.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
    window.run_ok();
    let key = egui::Event::Key {
        key: Key::W,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::ALT,
    };
    window.input_mut().events.extend([key, egui::Event::Text("w".to_owned())]);
    window.run_ok();
    assert!(window.get_by_label("Message to lobby").is_focused());
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "");
}

fn event_of(modifiers: Modifiers, key: Key, pressed: bool) -> egui::Event {
    egui::Event::Key { key, physical_key: None, pressed, repeat: false, modifiers }
}

/// A press of these keys, and a text behind it in the same frame.
fn press_and_type(window: &mut super::support::Drawn, modifiers: Modifiers, key: Key, text: &str) {
    let text = egui::Event::Text(text.to_owned());
    let events = [event_of(modifiers, key, true), event_of(modifiers, key, false), text];
    window.input_mut().events.extend(events);
    window.run_ok();
}

/// A press of these keys with the letter that systems tell of besides.
fn press_letter(window: &mut super::support::Drawn, modifiers: Modifiers, key: Key, letter: &str) {
    let events = [event_of(modifiers, key, true), egui::Event::Text(letter.to_owned())];
    window.input_mut().events.extend(events);
    window.run_ok();
}

/// What was typed right behind Ctrl+F stood in the composer.
#[test]
fn what_is_typed_behind_a_shortcut_goes_where_it_leads() {
    let draft = |window: &super::support::Drawn, at: usize| {
        window.state().desk.state.rooms[at].composer.draft.clone()
    };
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    super::support::write(&mut window, "half");
    window.input_mut().events.push(egui::Event::Text(" a".to_owned()));
    press_and_type(&mut window, Modifiers::COMMAND, Key::F, "bolo");
    let search = |window: &super::support::Drawn| {
        window.state().desk.state.rooms[0].search.as_ref().map(|search| search.text.clone())
    };
    assert_eq!((draft(&window, 0), search(&window)), ("half a".to_owned(), Some("bolo".to_owned())));
    press_and_type(&mut window, Modifiers::ALT, Key::W, " more");
    assert_eq!(draft(&window, 0), "half a more");
    press_and_type(&mut window, Modifiers::COMMAND, Key::F, "s");
    assert_eq!(search(&window), Some("bolos".to_owned()), "what was searched for stays");

    let mut window = super::support::window(&["lobby", "engenharia", "equipe"]);
    window.run_ok();
    press_and_type(&mut window, Modifiers::COMMAND, Key::K, "eng");
    assert_eq!(draft(&window, 0), "");
    press_and_type(&mut window, Modifiers::NONE, Key::Enter, "in the other room");
    assert_eq!(draft(&window, 1), "in the other room");
    press_and_type(&mut window, Modifiers::ALT, Key::ArrowDown, "third");
    assert_eq!(draft(&window, 2), "third");
    press_letter(&mut window, Modifiers::ALT, Key::Num1, "1");
    assert_eq!(draft(&window, 0), "", "the key's own letter is no text");
    assert_eq!(window.state().desk.state.screen, Screen::Room(window.state().desk.state.rooms[0].id));
}

/// The letter of such a key was written into the answer.
#[test]
fn the_letter_of_a_key_that_answers_is_not_written() {
    let mut window = joined(vec![message(1, &zoe(), "hers")]);
    window.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
    window.run_ok();
    press_letter(&mut window, Modifiers::NONE, Key::R, "r");
    assert_eq!(window.state().desk.state.rooms[0].composer.mode, Mode::Reply(Seq::new(1)));
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "");
}

#[test]
fn home_and_end_move_in_the_room_while_nothing_is_written() {
    let messages = (1..=300).map(|seq| message(seq, &zoe(), &format!("number {seq}"))).collect();
    let mut window = joined(messages);
    super::support::write(&mut window, "");
    window.key_press(Key::Home);
    window.run_ok();
    assert!(window.query_by_label("number 1").is_some());
    window.key_press(Key::End);
    window.run_ok();
    assert!(window.query_by_label("number 300").is_some());
    super::support::write(&mut window, "half");
    window.key_press(Key::Home);
    window.run_ok();
    assert!(window.query_by_label("number 300").is_some(), "in a text they move the cursor");
}

#[test]
fn escape_leads_back_to_the_newest_message() {
    let messages = (1..=300).map(|seq| message(seq, &zoe(), &format!("number {seq}"))).collect();
    let mut window = joined(messages);
    super::support::write(&mut window, "half a thought");
    window.key_press(Key::PageUp);
    window.run_ok();
    assert!(window.query_by_label("number 300").is_none());
    window.key_press(Key::Escape);
    window.run_ok();
    assert!(window.query_by_label("number 300").is_some());
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "half a thought");
}

#[test]
fn ones_own_lines_come_back_with_the_arrows() {
    let mut window = joined(vec![message(1, &ana(), "yesterday"), message(2, &zoe(), "hers")]);
    super::support::write(&mut window, "today");
    window.key_press(Key::Enter);
    window.run_ok();
    super::support::write(&mut window, "half");
    let held = Modifiers::COMMAND | Modifiers::SHIFT;
    let mut seen = Vec::new();
    for key in [Key::ArrowUp, Key::ArrowUp, Key::ArrowUp, Key::ArrowDown, Key::ArrowDown] {
        window.key_press_modifiers(held, key);
        window.run_ok();
        seen.push(window.state().desk.state.rooms[0].composer.draft.clone());
    }
    assert_eq!(seen, ["today", "yesterday", "yesterday", "today", "half"]);
    assert!(window.get_by_label("Message to lobby").is_focused());
    window.key_press_modifiers(held, Key::ArrowUp);
    window.run_ok();
    window.get_by_label("Message to lobby").type_text("!");
    window.run_ok();
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "today!", "the cursor stands behind it");
}

/// The list names every key that does something, and nothing else.
#[test]
fn the_list_of_keys_is_the_keys_that_there_are() {
    let mut window = window(&["lobby"]);
    window.key_press(Key::F1);
    window.run_ok();
    for binding in &BINDINGS {
        let keys = window.ctx.format_shortcut(&binding.keys);
        assert!(window.query_all_by_label(&keys).count() > 0, "{keys}");
        assert!(window.query_all_by_label(&binding.what.help()).count() > 0, "{}", binding.what.help());
    }
    for (key, what) in CHOSEN {
        assert!(window.query_all_by_label(key.symbol_or_name()).count() > 0, "{key:?}");
        assert!(window.query_all_by_label(&what.help()).count() > 0, "{}", what.help());
    }
    assert!(WHILE_EMPTY.iter().all(|binding| binding.keys.modifiers.is_none()));
    assert!(window.query_by_label("Alt+1 … 9").is_some());
}
