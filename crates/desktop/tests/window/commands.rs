//! Commands about messages and about how the window looks: what a key or a menu does, by word. Not here: the commands of
//! those who keep order.

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use papo_client::event::Event;
use papo_client::state::{Action, Clock, Command, Happening, Hit, Mode, Target, Theme, Wanted};
use papo_proto::{Body, Member, Message, Reaction, Seq, Timestamp};
use papo_words::{Language, in_language};

use super::support::{Drawn, ana, asked, happen, joined, message, room_id, said, say, window, write, zoe};

/// Types a line and sends it.
fn command(window: &mut Drawn, text: &str) {
    let id = room_id(window);
    window.state_mut().desk.state.act(Action::Draft(id, String::new()), Timestamp::default());
    write(window, text);
    window.key_press(Key::Enter);
    window.run_ok();
}

/// What the room was told since the last time.
fn bodies(window: &mut Drawn) -> Vec<Body> {
    said(window).into_iter().map(|(_, body)| body).collect()
}

fn draft(window: &Drawn) -> &str {
    &window.state().desk.state.rooms[0].composer.draft
}

fn mode(window: &Drawn) -> Mode {
    window.state().desk.state.rooms[0].composer.mode
}

/// Ana has said 1 and 3, Zoë 2 and 4.
fn talk() -> Drawn {
    joined(vec![
        message(1, &ana(), "first of Ana"),
        message(2, &zoe(), "first of Zoë"),
        message(3, &ana(), "teh cake"),
        message(4, &zoe(), "which cake?"),
    ])
}

#[test]
fn edit_opens_the_last_own_message_or_changes_it_at_once() {
    let mut window = talk();
    command(&mut window, "/edit");
    assert_eq!((mode(&window), draft(&window)), (Mode::Edit(Seq::new(3)), "teh cake"));
    assert!(window.query_by_label("You are changing a message").is_some());
    assert!(window.get_by_label("Message to lobby").is_focused());
    window.key_press(Key::Escape);
    window.run_ok();
    assert_eq!((mode(&window), draft(&window)), (Mode::New, ""), "the command is no draft to come back to");
    assert_eq!(bodies(&mut window), []);
    command(&mut window, "/edit the cake");
    command(&mut window, "/edit ^2 first");
    let edit = |seq, text: &str| Body { edit: Some(Seq::new(seq)), ..Body::text(text) };
    assert_eq!(bodies(&mut window), [edit(3, "the cake"), edit(1, "first")]);
    assert_eq!(draft(&window), "");
}

#[test]
fn reply_answers_the_last_message_of_another() {
    let mut window = talk();
    command(&mut window, "/reply the one on the table");
    command(&mut window, "/reply ^2 oi");
    let reply = |seq, text: &str| Body { reply: Some(Seq::new(seq)), ..Body::text(text) };
    assert_eq!(bodies(&mut window), [reply(4, "the one on the table"), reply(2, "oi")]);
    command(&mut window, "/reply");
    assert_eq!(mode(&window), Mode::Reply(Seq::new(4)));
    assert!(window.query_by_label("You are answering Zoë").is_some());
    write(&mut window, "mine");
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(bodies(&mut window), [reply(4, "mine")]);
}

#[test]
fn react_puts_an_emoji_there_and_takes_it_away() {
    let mut window = talk();
    command(&mut window, "/react :tada:");
    let react = |remove| Reaction { to: Seq::new(4), emoji: "🎉".to_owned(), remove };
    let body = bodies(&mut window).remove(0);
    assert_eq!(body.react, Some(react(false)));
    happen(&mut window, Event::Message(Message { body, ..message(5, &ana(), "") }));
    window.run_ok();
    command(&mut window, "/react 🎉");
    assert_eq!(bodies(&mut window)[0].react, Some(react(true)));
    command(&mut window, "/react nonsense");
    assert!(window.query_by_label_contains("nonsense is no emoji").is_some());
    assert_eq!(bodies(&mut window), []);
    assert_eq!(draft(&window), "/react nonsense", "it can be mended");
}

#[test]
fn delete_asks_before_it_takes_back() {
    let mut window = talk();
    command(&mut window, "/delete");
    assert!(window.query_by_label("Take this message back?").is_some());
    assert_eq!(bodies(&mut window), []);
    window.get_by_role_and_label(Role::Button, "Cancel").click();
    window.run_ok();
    assert_eq!(bodies(&mut window), []);
    command(&mut window, "/delete ^2");
    window.get_by_role_and_label(Role::Button, "Take back").click();
    window.run_ok();
    assert_eq!(bodies(&mut window), [Body { delete: Some(Seq::new(1)), ..Body::default() }]);
}

/// Invariant: a command changes the message that is meant, or none.
#[test]
fn what_cannot_be_meant_is_told_with_its_remedy() {
    let mut window = joined(vec![]);
    for (line, words) in [
        ("/edit", "nothing of yours"),
        ("/delete", "nothing of yours"),
        ("/reply oi", "nobody else has said anything"),
        ("/react 👍", "nobody else has said anything"),
        ("/delete 2", "/delete ^2"),
        ("/theme blue", "light, dark or system"),
        ("/timestamp maybe", "on or off"),
    ] {
        command(&mut window, line);
        assert!(window.query_by_label_contains(words).is_some(), "{line}");
        assert_eq!(draft(&window), line, "it can be mended");
    }
    say(&mut window, 1, &ana(), "mine");
    say(&mut window, 2, &zoe(), "hers");
    for (line, words) in [
        ("/edit ^2 x", "only 1 message"),
        ("/edit ^#2 x", "message 2 is not yours"),
        ("/delete ^#7", "message 7 is not among those"),
    ] {
        command(&mut window, line);
        assert!(window.query_by_label_contains(words).is_some(), "{line}");
    }
    assert_eq!(bodies(&mut window), []);
    in_language(Language::Portuguese, || {
        let id = room_id(&window);
        window.state_mut().desk.state.act(Action::Draft(id, "/edit ^2 x".into()), Timestamp::default());
        window.state_mut().desk.state.act(Action::Send(id), Timestamp::default());
        window.run_ok();
        assert!(window.query_by_label_contains("só há 1 mensagem assim aqui").is_some());
    });
}

/// The message before it was changed in the place of one that the room did not have yet.
#[test]
fn a_message_that_is_still_on_its_way_is_not_passed_over() {
    let mut window = window(&["lobby"]);
    super::support::join(&mut window, vec![message(1, &ana(), "old")]);
    command(&mut window, "helo");
    assert_eq!(bodies(&mut window), [Body::text("helo")]);
    command(&mut window, "/edit hello");
    assert!(window.query_by_label_contains("not in the room yet").is_some());
    assert_eq!(bodies(&mut window), []);
}

#[test]
fn a_change_without_a_connection_waits_as_one_from_the_menu_does() {
    let mut window = talk();
    let waiting = papo_client::event::ConnectionState::Waiting {
        retry_in: std::time::Duration::from_secs(5),
        cause: papo_client::ConnectError::Silent,
    };
    happen(&mut window, Event::State(waiting));
    window.run_ok();
    command(&mut window, "/edit the cake");
    assert_eq!(bodies(&mut window).len(), 1, "the outbox has it");
    assert!(window.query_by_label("sending…").is_some());
}

#[test]
fn theme_and_timestamp_are_settings() {
    let mut window = talk();
    let settings = |window: &Drawn| window.state().desk.state.settings.clone();
    let is_timed = |window: &Drawn| {
        let is_told = |label: String| label.starts_with("Zoë, ") && label.ends_with(": which cake?");
        window.get_all_by_role(Role::ListItem).any(|item| item.accesskit_node().label().is_some_and(is_told))
    };
    command(&mut window, "/theme dark");
    assert_eq!(settings(&window).theme, Theme::Dark);
    command(&mut window, "/theme system");
    assert_eq!(settings(&window).theme, Theme::System);
    assert!(is_timed(&window));
    command(&mut window, "/timestamp off");
    assert!(!settings(&window).times_shown && !is_timed(&window));
    let kept = papo_client::state::Memory::from_text(&window.state().desk.state.memory().to_text()).unwrap();
    assert!(!kept.settings.unwrap().times_shown, "the next start knows it");
    command(&mut window, "/timestamp on");
    assert!(is_timed(&window));
    command(&mut window, "/timestamp 12");
    assert_eq!(settings(&window).clock, Clock::Hours12);
    assert_eq!(bodies(&mut window), []);
}

/// Whoever was ignored was still read in the answers of others.
#[test]
fn an_answer_shows_nothing_of_an_ignored_person() {
    let mut window = talk();
    let answer = Body { reply: Some(Seq::new(4)), ..Body::text("mine") };
    happen(&mut window, Event::Message(Message { body: answer, ..message(5, &ana(), "") }));
    window.run_ok();
    assert!(window.query_by_label("Zoë: which cake?").is_some());
    command(&mut window, "/ignore Zoë");
    assert!(window.query_by_label_contains("which cake?").is_none());
    assert!(window.query_by_label("A message of an ignored person").is_some());
    command(&mut window, "/reply oi");
    assert!(window.query_by_label_contains("nobody else has said anything").is_some());
    command(&mut window, "/unignore Zoë");
    assert!(window.query_by_label("Zoë: which cake?").is_some());
}

fn target(window: &Drawn) -> Option<Target> {
    window.state().desk.state.rooms[0].jump.map(|jump| jump.target)
}

#[test]
fn alt_m_goes_through_what_is_meant_for_the_person_and_back() {
    let answer =
        Message { body: Body { reply: Some(Seq::new(2)), ..Body::text("yes") }, ..message(4, &zoe(), "") };
    let mut window = joined(vec![
        message(1, &zoe(), "@Ana, are you there?"),
        message(2, &ana(), "I am, @Ana"),
        message(3, &zoe(), "@Anabela is not"),
        answer,
        message(5, &zoe(), "well"),
    ]);
    write(&mut window, "");
    for seq in [4, 1] {
        window.key_press_modifiers(Modifiers::ALT, Key::M);
        window.run_ok();
        assert_eq!(target(&window), Some(Target::Message(Seq::new(seq))));
    }
    window.key_press_modifiers(Modifiers::ALT, Key::M);
    window.run_ok();
    assert_eq!(target(&window), Some(Target::End));
    assert!(window.query_by_label_contains("That was the first message that names you").is_some());
    assert_eq!(draft(&window), "", "the letter is not written");
    say(&mut window, 6, &zoe(), "and you, @ana?");
    window.key_press_modifiers(Modifiers::ALT, Key::M);
    window.run_ok();
    assert_eq!(target(&window), Some(Target::Message(Seq::new(6))), "the newest again");
}

/// What is not in memory is in what this computer has kept.
#[test]
fn alt_m_finds_what_was_said_long_ago() {
    let mut window = joined(vec![message(90, &zoe(), "oi")]);
    asked(&mut window);
    window.key_press_modifiers(Modifiers::ALT, Key::M);
    window.run_ok();
    let room = room_id(&window);
    let find = |asked: Vec<Command>| {
        asked.into_iter().find_map(|command| match command {
            Command::Find { serial, text, .. } => Some((serial, text)),
            _ => None,
        })
    };
    let (serial, text) = find(asked(&mut window)).expect("it is searched");
    assert_eq!(&*text, "@Ana");
    let hit = |seq: u64, from: &Member, excerpt: &str| Hit {
        seq: Seq::new(seq),
        time: Timestamp::from_unix_ms(super::support::NOON_MS),
        from: from.clone(),
        excerpt: excerpt.to_owned(),
    };
    let hits = vec![hit(30, &zoe(), "@Anabela!"), hit(20, &ana(), "@Ana"), hit(10, &zoe(), "oi @Ana")];
    let found = Happening::Found { room, serial, hits };
    let commands = window.state_mut().desk.state.apply(found, Timestamp::default());
    let load = Command::Load(room, Wanted::Around(Seq::new(10)));
    assert!(commands.contains(&load), "{commands:?}");
    let nothing = Happening::Found { room, serial, hits: Vec::new() };
    window.state_mut().desk.state.apply(nothing, Timestamp::default());
    window.run_ok();
    assert!(window.query_by_label_contains("That was the first message").is_some());
}

/// A text of so many lines is pasted.
fn paste(window: &mut Drawn, lines: usize) {
    write(window, "");
    let text: Vec<String> = (1..=lines).map(|number| format!("line {number}\n")).collect();
    window.event(egui::Event::Paste(text.concat()));
    window.run_ok();
}

#[test]
fn a_large_paste_asks_what_becomes_of_it() {
    let mut window = joined(vec![]);
    write(&mut window, "before: ");
    paste(&mut window, 45);
    assert!(window.query_by_label("Paste 45 lines?").is_some());
    assert_eq!(bodies(&mut window), []);
    assert_eq!(draft(&window), "before: ");
    window.get_by_role_and_label(Role::Button, "Send as 3 messages").click();
    window.run_ok();
    let sent = bodies(&mut window);
    assert_eq!(sent.len(), 3);
    assert!(
        sent[2]
            .text
            .as_deref()
            .is_some_and(|text| text.starts_with("line 41\n") && text.ends_with("line 45"))
    );
    assert_eq!(draft(&window), "before: ", "what was written stays");
    assert!(window.get_by_label("Message to lobby").is_focused());
    paste(&mut window, 45);
    window.get_by_role_and_label(Role::Button, "Cancel").click();
    window.run_ok();
    assert_eq!(bodies(&mut window), []);
    assert_eq!(draft(&window), "before: ");
    paste(&mut window, 21);
    window.key_press(Key::Enter);
    window.run_ok();
    assert!(draft(&window).starts_with("before: line 1\nline 2\n") && draft(&window).ends_with("line 21\n"));
    assert_eq!(bodies(&mut window), [], "the key that has chosen sends nothing");
    window.get_by_label("Message to lobby").type_text("behind");
    window.run_ok();
    assert!(draft(&window).ends_with("line 21\nbehind"), "the cursor stands behind it");
}

#[test]
fn far_too_much_is_not_sent_as_messages() {
    let mut window = joined(vec![]);
    paste(&mut window, 1_000);
    assert!(window.query_by_label_contains("This would be more than 30 messages").is_some());
    assert!(window.query_by_role_and_label(Role::Button, "Send as 31 messages").is_none());
    window.key_press(Key::Escape);
    window.run_ok();
    assert!(
        window.query_by_label("Paste 1000 lines?").is_none()
            && window.query_by_label("Paste 1,000 lines?").is_none()
    );
    assert_eq!(bodies(&mut window), []);
    assert_eq!(draft(&window), "");
    window.event(egui::Event::Paste("a line\n".repeat(200_000)));
    window.run_ok();
    assert!(window.query_by_label_contains("This is too much for the field").is_some());
    assert!(window.query_by_role_and_label(Role::Button, "Put it into the field").is_none());
    window.key_press(Key::Enter);
    window.run_ok();
    assert!(window.query_by_label_contains("This is too much for the field").is_none(), "cancelled");
    assert_eq!(bodies(&mut window), []);
    assert_eq!(draft(&window), "");
    paste(&mut window, 20);
    assert!(draft(&window).starts_with("line 1\n"), "what is short goes into the field at once");
}

#[test]
fn the_list_of_keys_names_the_commands() {
    let mut window = talk();
    window.key_press_modifiers(Modifiers::NONE, Key::F1);
    window.run_ok();
    for beginning in ["/reply TEXT", "/react", "/edit", "/delete", "/theme", "/timestamp"] {
        assert!(window.query_all_by_label_contains(beginning).count() > 0, "{beginning}");
    }
}
