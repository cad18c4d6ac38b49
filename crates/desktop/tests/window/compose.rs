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

fn command(window: &mut super::support::Drawn, text: &str) {
    let id = super::support::room_id(window);
    let empty = papo_client::state::Action::Draft(id, String::new());
    window.state_mut().desk.state.act(empty, Timestamp::default());
    write(window, text);
    window.key_press(Key::Enter);
    window.run_ok();
}

#[test]
fn commands_tell_in_the_window_and_say_nothing_to_the_room() {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    command(&mut window, "/who");
    assert!(window.query_by_label("Here (2): Ana and Zoë").is_some());
    command(&mut window, "/whois Zoë");
    assert!(window.query_by_label_contains(zoe().id.as_str()).is_some());
    command(&mut window, "/whois Bia");
    assert_eq!(window.state().desk.state.rooms[0].composer.draft, "/whois Bia", "it can be mended");
    command(&mut window, "/msg Zoë oi");
    assert!(window.query_by_label_contains("to one person only").is_some());
    assert_eq!(said(&mut window), []);
    command(&mut window, "/shrug");
    command(&mut window, "//who");
    let said: Vec<Body> = said(&mut window).into_iter().map(|(_, body)| body).collect();
    assert_eq!(said, [Body::text("¯\\_(ツ)_/¯"), Body::text("/who")]);
}

/// Invariant: nothing of somebody who is ignored is shown, counted or told, under any name.
#[test]
fn who_is_ignored_is_not_seen_until_that_is_taken_back() {
    let mut window = joined(vec![message(1, &zoe(), "before")]);
    command(&mut window, "/ignore Zoë");
    assert!(asked(&mut window).contains(&Command::Ignore(super::support::room_id(&window), zoe().id, true)));
    assert!(window.query_by_label("before").is_none());
    window.state_mut().desk.state.apply(papo_client::state::Happening::Focus(false), Timestamp::default());
    let renamed = papo_proto::Member { name: papo_proto::Name::parse("Bia").unwrap(), ..zoe() };
    say(&mut window, 2, &renamed, "@Ana, hear me");
    assert!(window.query_by_label_contains("hear me").is_none());
    assert_eq!(window.state().desk.state.unread(), 0);
    assert!(!asked(&mut window).iter().any(|asked| matches!(asked, Command::Notify(_))));
    command(&mut window, "/unignore Bia");
    assert!(window.query_by_label("before").is_some());
    command(&mut window, "/ignore Ana");
    assert!(window.query_by_label_contains("that is yourself").is_some());
}

#[test]
fn what_was_cleared_comes_back_when_the_room_is_opened_again() {
    let mut window = joined(vec![message(1, &zoe(), "old")]);
    command(&mut window, "/clear");
    assert!(window.query_by_label("old").is_none());
    assert!(window.query_by_label_contains("Cleared.").is_some());
    say(&mut window, 2, &zoe(), "new");
    assert!(window.query_by_label("new").is_some());
    let id = super::support::room_id(&window);
    window.state_mut().desk.state.act(papo_client::state::Action::ShowRoom(id), Timestamp::default());
    window.run_ok();
    assert!(window.query_by_label("old").is_some());
}

/// Invariant: what is pasted is never sent by its line breaks.
#[test]
fn pasted_lines_are_one_message_that_waits_for_enter() {
    let mut window = joined(vec![]);
    write(&mut window, "");
    window.event(egui::Event::Paste("um\ndois\n/quit\ntrês".to_owned()));
    window.run_ok();
    assert_eq!(said(&mut window), []);
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(said(&mut window)[0].1, Body::text("um\ndois\n/quit\ntrês"));
}

/// A file that somebody drops on the window.
#[derive(Debug)]
struct Dropped;

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        std::path::Path::new("bolo.png")
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads it".to_owned())
    }
}

#[test]
fn dropped_files_are_refused_in_words() {
    let mut window = joined(vec![]);
    window.input_mut().dropped_files.push(std::sync::Arc::new(Dropped));
    window.run_ok();
    assert!(window.query_by_label_contains("Files cannot be sent yet").is_some());
}

/// A press on an entry of the menu of the message with this text.
fn from_menu(window: &mut super::support::Drawn, text: &str, entry: &str) {
    window.get_by_label(text).click_secondary();
    window.run_ok();
    window.get_by_role_and_label(egui::Role::Button, entry).click();
    window.run_ok();
}

#[test]
fn an_emoji_is_put_under_a_message_and_taken_away() {
    let mut window = joined(vec![message(1, &zoe(), "cake!")]);
    from_menu(&mut window, "cake!", "👍");
    let (id, body) = said(&mut window).remove(0);
    let react = papo_proto::Reaction { to: Seq::new(1), emoji: "👍".to_owned(), remove: false };
    assert_eq!(body.react, Some(react.clone()));
    happen(&mut window, Event::Message(papo_proto::Message { id, body, ..message(2, &ana(), "") }));
    window.run_ok();
    from_menu(&mut window, "cake!", "👍");
    assert_eq!(said(&mut window)[0].1.react, Some(papo_proto::Reaction { remove: true, ..react }));
}

#[test]
fn a_message_is_taken_back_after_a_question() {
    let mut window = joined(vec![message(1, &ana(), "teh cake"), message(2, &zoe(), "hers")]);
    from_menu(&mut window, "teh cake", "Take back");
    assert!(window.query_by_label("Take this message back?").is_some());
    window.get_by_role_and_label(egui::Role::Button, "Cancel").click();
    window.run_ok();
    assert_eq!(said(&mut window), []);
    from_menu(&mut window, "teh cake", "Take back");
    window.get_by_role_and_label(egui::Role::Button, "Take back").click();
    window.run_ok();
    assert_eq!(said(&mut window)[0].1.delete, Some(Seq::new(1)));
    window.get_by_label("hers").click_secondary();
    window.run_ok();
    assert!(window.query_by_role_and_label(egui::Role::Button, "Take back").is_none(), "it is not ours");
}

#[test]
fn a_failed_message_can_be_given_up() {
    let mut window = joined(vec![]);
    write(&mut window, "olá");
    window.key_press(Key::Enter);
    window.run_ok();
    let (id, _) = said(&mut window).remove(0);
    let refusal = Refusal::new(ErrorCode::TooLarge, "too large: split it").about(id.clone());
    happen(&mut window, Event::Failed { id, refusal });
    window.run_ok();
    window.get_by_role_and_label(egui::Role::Button, "Discard").click();
    window.run_ok();
    assert!(window.query_by_label("olá").is_none());
    assert_eq!(said(&mut window), []);
}

/// The field stayed as high as the longest text that had stood in it.
#[test]
fn the_field_is_as_high_as_its_text() {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    write(&mut window, "um");
    let top = |window: &super::support::Drawn| window.get_by_label("Send").rect().top();
    let field = |window: &super::support::Drawn| window.get_by_label("Message to lobby").rect().top();
    let before = (top(&window), field(&window));
    for text in ["dois", "três", "quatro", "cinco"] {
        window.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
        window.run_ok();
        window.get_by_label("Message to lobby").type_text(text);
        window.run_ok();
    }
    assert!(field(&window) < before.1 - 60.0, "it grows upwards");
    assert!((top(&window) - before.0).abs() < 1.0, "the button stays at the bottom");
    window.key_press(Key::Enter);
    window.run_ok();
    assert!((field(&window) - before.1).abs() < 1.0, "and it is small again");
    command(&mut window, "/who");
    command(&mut window, "oi");
    assert!((field(&window) - before.1).abs() < 1.0, "also after something was told above it");
}
