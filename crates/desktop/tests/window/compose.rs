//! Writing: sending, breaking lines, changing, answering, drafts, limits, commands.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use papo_client::event::{self, Event};
use papo_client::state::{Command, Mode};
use papo_proto::{Body, ErrorCode, Refusal, Seq, Timestamp};

use super::support::{ana, asked, happen, joined, message, said, say, window, write, zoe};

#[test]
fn enter_sends_and_the_message_shows_at_once() {
    let mut window = joined(vec![message(1, &zoe(), "Bom dia!")]);
    write(&mut window, "olá");
    window.key_press(Key::Enter);
    window.run_ok();
    let said = said(&mut window);
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].1, Body::text("olá"));
    assert!(window.query_by_label("olá").is_some());
    assert!(window.query_by_label("sending…").is_some());
    let (id, _) = said.into_iter().next().unwrap();
    happen(
        &mut window,
        Event::Sent { id, seq: Seq::new(2), time: Timestamp::from_unix_ms(super::support::NOON_MS) },
    );
    window.run_ok();
    assert!(window.query_by_label("olá").is_some());
    assert!(window.query_by_label("sending…").is_none());
}

/// Who types faster than the window draws has several keys in one frame; each message has its own letters all the same.
#[test]
fn what_is_typed_within_one_frame_is_sent_whole_and_in_its_order() {
    let mut window = joined(vec![]);
    write(&mut window, "begun ");
    let enter = |pressed| egui::Event::Key {
        key: Key::Enter,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    let text = |text: &str| egui::Event::Text(text.to_owned());
    let first = [text("in one"), text(" frame"), enter(true), enter(false)];
    let second = [text("second"), enter(true), enter(false), text("third")];
    window.input_mut().events.extend(first.into_iter().chain(second));
    window.run_ok();
    let said: Vec<Body> = said(&mut window).into_iter().map(|(_, body)| body).collect();
    assert_eq!(said, [Body::text("begun in one frame"), Body::text("second")]);
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "third");
}

#[test]
fn the_button_sends_too_and_the_field_keeps_the_keyboard() {
    let mut window = joined(vec![]);
    write(&mut window, "oi");
    window.get_by_label("Send").click();
    window.run_ok();
    assert_eq!(said(&mut window)[0].1, Body::text("oi"));
    assert!(window.get_by_label("Message to lobby").is_focused());
    assert_eq!(window.get_by_label("Message to lobby").value().unwrap_or_default(), "");
}

#[test]
fn shift_and_enter_break_the_line() {
    let mut window = joined(vec![]);
    write(&mut window, "um");
    window.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    window.run_ok();
    window.get_by_label("Message to lobby").type_text("dois");
    window.run_ok();
    assert_eq!(said(&mut window), []);
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(said(&mut window)[0].1, Body::text("um\ndois"));
}

#[test]
fn enter_breaks_the_line_and_shift_enter_sends_where_that_is_wanted() {
    let mut window = joined(vec![]);
    window.state_mut().desk.state.settings.enter_sends = false;
    write(&mut window, "um");
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(said(&mut window), []);
    window.get_by_label("Message to lobby").type_text("dois");
    window.run_ok();
    window.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    window.run_ok();
    assert_eq!(said(&mut window)[0].1, Body::text("um\ndois"));
}

#[test]
fn the_arrow_up_in_an_empty_field_changes_the_last_own_message() {
    let mut window = joined(vec![message(1, &ana(), "teh cake"), message(2, &zoe(), "hm?")]);
    write(&mut window, "");
    window.key_press(Key::ArrowUp);
    window.run_ok();
    assert_eq!(window.state().desk.state.rooms[0].composer.mode, Mode::Edit(Seq::new(1)));
    assert!(window.query_by_label("You are changing a message").is_some());
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(said(&mut window)[0].1, Body { edit: Some(Seq::new(1)), ..Body::text("teh cake") });
}

#[test]
fn escape_gives_up_changing_and_the_draft_comes_back() {
    let mut window = joined(vec![message(1, &ana(), "old")]);
    write(&mut window, "half a thought");
    let id = super::support::room_id(&window);
    window
        .state_mut()
        .desk
        .state
        .act(papo_client::state::Action::Edit(id, Seq::new(1)), Timestamp::default());
    window.run_ok();
    window.key_press(Key::Escape);
    window.run_ok();
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "half a thought");
    assert_eq!(window.state().desk.state.rooms[0].composer.mode, Mode::New);
}

#[test]
fn a_failed_message_says_why_and_can_be_tried_again() {
    let mut window = joined(vec![]);
    write(&mut window, "olá");
    window.key_press(Key::Enter);
    window.run_ok();
    let (id, body) = said(&mut window).remove(0);
    let refusal = Refusal::new(ErrorCode::TooLarge, "too large: split it").about(id.clone());
    happen(&mut window, Event::Failed { id, refusal });
    window.run_ok();
    assert!(window.query_by_label_contains("Not sent: ").is_some());
    window.get_by_label("Try again").click();
    window.run_ok();
    assert_eq!(said(&mut window)[0].1, body);
    assert!(window.query_by_label_contains("Not sent: ").is_none());
    assert!(window.query_by_label("sending…").is_some());
}

#[test]
fn without_a_connection_a_message_waits_and_says_so() {
    let mut window = window(&["lobby"]);
    window.run_ok();
    write(&mut window, "later");
    window.key_press(Key::Enter);
    window.run_ok();
    assert!(window.query_by_label("waiting for the connection").is_some());
    assert_eq!(said(&mut window).len(), 1);
}

#[test]
fn an_unknown_command_is_explained_and_never_sent() {
    let mut window = joined(vec![]);
    write(&mut window, "/kcik Zoë");
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(said(&mut window), []);
    assert!(window.query_by_label_contains("There is no command /kcik").is_some());
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "/kcik Zoë");
}

#[test]
fn typing_is_told_and_seen() {
    let mut window = joined(vec![]);
    write(&mut window, "o");
    assert!(asked(&mut window).iter().any(|asked| matches!(asked, Command::Tell(_, event::Command::Typing))));
    happen(&mut window, Event::Typing { members: vec![zoe()] });
    window.run_ok();
    assert!(window.query_by_label("Zoë is typing…").is_some());
    window.state_mut().now_ms += 10_000;
    window.run_ok();
    assert!(window.query_by_label("Zoë is typing…").is_none());
}

#[test]
fn how_much_is_left_shows_only_near_the_limit() {
    let mut window = joined(vec![]);
    write(&mut window, "short");
    assert!(window.query_by_label_contains("bytes left").is_none());
    let id = super::support::room_id(&window);
    let long = "x".repeat(48_000);
    window.state_mut().desk.state.act(papo_client::state::Action::Draft(id, long), Timestamp::default());
    window.run_ok();
    assert!(window.query_by_label_contains("bytes left").is_some());
    let long = "x".repeat(60_000);
    window.state_mut().desk.state.act(papo_client::state::Action::Draft(id, long), Timestamp::default());
    window.run_ok();
    assert!(window.query_by_label_contains("too long").is_some());
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(said(&mut window), [], "it is not cut silently");
}

#[test]
fn an_answer_shows_what_it_answers() {
    let mut window = joined(vec![message(1, &zoe(), "who brings cake?")]);
    let id = super::support::room_id(&window);
    window
        .state_mut()
        .desk
        .state
        .act(papo_client::state::Action::Reply(id, Seq::new(1)), Timestamp::default());
    window.run_ok();
    assert!(window.query_by_label("You are answering Zoë").is_some());
    write(&mut window, "I do");
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(said(&mut window)[0].1, Body { reply: Some(Seq::new(1)), ..Body::text("I do") });
    say(&mut window, 2, &zoe(), "thanks");
    assert!(window.query_by_label("Zoë: who brings cake?").is_some());
}
