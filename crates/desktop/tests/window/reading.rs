//! Reading: order, groups, days, the unread line, staying at the end, keeping one's place, hostile text.

use egui::{Event as Input, Role, Vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use papo_client::State;
use papo_client::event::Event;
use papo_client::state::{Action, Command, Dialog, Happening, Memory, Page, Wanted};
use papo_proto::{Message, Name, Seq, Timestamp};

use super::support::{Drawn, NOON_MS, ana, asked, drawn, happen, joined, member, message, room_id, say, zoe};

fn numbered(from: u64, to: u64) -> Vec<Message> {
    (from..=to).map(|seq| message(seq, &zoe(), &format!("number {seq}"))).collect()
}

/// Some place in the timeline.
const MIDDLE: egui::Pos2 = egui::pos2(600.0, 300.0);

fn scroll(window: &mut Drawn, points: f32) {
    window.hover_at(MIDDLE);
    window.event(Input::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: Vec2::new(0.0, points),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: egui::Modifiers::NONE,
    });
    window.run_steps(12);
}

fn top_of(window: &Drawn, label: &str) -> f32 {
    window.get_by_label(label).rect().top()
}

#[test]
fn one_name_stands_over_messages_that_follow_each_other() {
    let mut late = message(3, &zoe(), "later");
    late.time = Timestamp::from_unix_ms(NOON_MS);
    let window = joined(vec![message(1, &zoe(), "one"), message(2, &zoe(), "two"), late]);
    assert_eq!(
        window.query_all_by_role_and_label(Role::Label, "Zoë").count(),
        3,
        "two heads, and the member"
    );
}

#[test]
fn equal_names_are_never_grouped() {
    let window = joined(vec![message(1, &member("Bia", 5), "one"), message(2, &member("Bia", 6), "two")]);
    assert_eq!(window.query_all_by_role_and_label(Role::Label, "Bia").count(), 2);
}

#[test]
fn who_is_at_the_end_stays_there_and_who_is_not_is_not_moved() {
    let mut window = joined(numbered(1, 100));
    assert!(window.query_by_label("number 100").is_some());
    say(&mut window, 101, &zoe(), "number 101");
    assert!(window.query_by_label("number 101").is_some());
    scroll(&mut window, 400.0);
    assert!(window.query_by_label("number 101").is_none());
    let before = top_of(&window, "number 85");
    say(&mut window, 102, &zoe(), "number 102");
    assert!((top_of(&window, "number 85") - before).abs() < 0.6);
    assert!(window.query_by_label("number 102").is_none());
    window.get_by_label("1 new ↓").click();
    window.run_ok();
    assert!(window.query_by_label("number 102").is_some());
    assert_eq!(window.state().desk.state.unread(), 0);
}

/// A room in which much is said is drawn 30 times a second, also where the pointer rests on what passes by.
#[test]
fn a_message_that_comes_is_drawn_once() {
    let mut window = joined(numbered(1, 100));
    window.hover_at(MIDDLE);
    window.run_ok();
    assert!(window.query_by_label("Reply").is_some(), "what one points at has its tools");
    for seq in 101..110 {
        let text =
            format!("number {seq} {}", "and many words more ".repeat(if seq % 2 == 0 { 40 } else { 0 }));
        happen(&mut window, Event::Message(message(seq, &zoe(), &text)));
        for _ in 0..3 {
            window.step();
            let next = window.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
            let least = std::time::Duration::from_millis(30);
            assert!(next >= least, "message {seq}: drawn again after {next:?}");
        }
    }
    window.hover_at(MIDDLE + Vec2::new(0.0, 3.0));
    window.run_ok();
    assert!(window.query_by_label("Reply").is_some(), "and has them again when one points anew");
}

#[test]
fn older_messages_come_page_by_page_and_nothing_moves() {
    let mut window = joined(numbered(801, 1000));
    asked(&mut window);
    let id = room_id(&window);
    let mut oldest = 801;
    for _ in 0..3 {
        window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Home);
        window.run_ok();
        let wanted = Wanted::Before(Seq::new(oldest));
        assert!(asked(&mut window).contains(&Command::Load(id, wanted)), "{oldest}");
        let label = format!("number {}", oldest + 3);
        let before = top_of(&window, &label);
        let page = Page { room: id, wanted, messages: numbered(oldest - 200, oldest - 1) };
        window.state_mut().desk.state.apply(Happening::Page(page), Timestamp::default());
        window.run_ok();
        assert!((top_of(&window, &label) - before).abs() < 0.6, "{label}");
        oldest -= 200;
    }
}

#[test]
fn the_line_of_unread_messages_stays_put_and_can_be_jumped_to() {
    let mut window = joined(numbered(1, 50));
    window.state_mut().desk.state.apply(Happening::Focus(false), Timestamp::default());
    for seq in 51..=120 {
        happen(&mut window, Event::Message(message(seq, &zoe(), &format!("number {seq}"))));
    }
    window.run_ok();
    assert_eq!(window.state().desk.state.unread(), 70);
    window.get_by_label("↑ 70 unread").click();
    window.run_ok();
    assert!(window.query_by_label("new messages").is_some());
    assert!(window.query_by_label("number 51").is_some());
    window.state_mut().desk.state.apply(Happening::Focus(true), Timestamp::default());
    window.run_ok();
    assert!(window.query_by_label("new messages").is_some());
}

#[test]
fn a_jump_shows_the_message_wherever_it_is() {
    let mut window = joined(numbered(1, 1000));
    let id = room_id(&window);
    for seq in [500, 3, 998, 250] {
        window.state_mut().desk.state.act(Action::JumpTo(id, Seq::new(seq)), Timestamp::default());
        window.run_steps(2);
        assert!(window.query_by_label(&format!("number {seq}")).is_some(), "{seq}");
    }
}

#[test]
fn a_window_that_is_opened_again_is_where_it_was() {
    let mut window = joined(numbered(1, 1000));
    assert_eq!(window.state().desk.state.memory().rooms[0].reading, None, "the end is no place");
    scroll(&mut window, 4_000.0);
    let memory = window.state().desk.state.memory();
    let place = memory.rooms[0].reading.expect("a place that is not the end");
    let label = format!("number {place}");
    let before = top_of(&window, &label);

    let memory = Memory::from_text(&memory.to_text()).expect("what was written can be read");
    let mut state = State::new(memory, ana().id, &ana().name);
    state.begin();
    let id = state.rooms[0].id;
    let mut window = drawn(state);
    window.run_ok();
    let pages = [
        (Wanted::Newest, numbered(801, 1000)),
        (Wanted::Around(place), numbered(place.number() - 99, place.number() + 100)),
    ];
    for (wanted, messages) in pages {
        let page = Page { room: id, wanted, messages };
        window.state_mut().desk.state.apply(Happening::Page(page), Timestamp::default());
        window.run_ok();
    }
    assert!((top_of(&window, &label) - before).abs() < 40.0, "within the height of a message");
    assert_eq!(window.state().desk.state.memory().rooms[0].reading, Some(place));
    window.state_mut().desk.state.act(Action::JumpToEnd(id), Timestamp::default());
    let page = Page { room: id, wanted: Wanted::Newest, messages: numbered(801, 1000) };
    window.state_mut().desk.state.apply(Happening::Page(page), Timestamp::default());
    window.run_ok();
    assert_eq!(window.state().desk.state.memory().rooms[0].reading, None);
}

#[test]
fn a_place_that_is_gone_is_no_reason_to_show_nothing() {
    let mut memory = joined(numbered(1, 1000)).state().desk.state.memory();
    memory.rooms[0].reading = Some(Seq::new(5));
    let mut state = State::new(memory, ana().id, &ana().name);
    state.begin();
    let id = state.rooms[0].id;
    let mut window = drawn(state);
    for (wanted, messages) in
        [(Wanted::Newest, numbered(801, 1000)), (Wanted::Around(Seq::new(5)), Vec::new())]
    {
        window
            .state_mut()
            .desk
            .state
            .apply(Happening::Page(Page { room: id, wanted, messages }), Timestamp::default());
        window.run_ok();
    }
    assert!(window.query_by_label("number 1000").is_some());
    assert_eq!(window.state().desk.state.memory().rooms[0].reading, None);
}

#[test]
fn a_link_shows_its_target_before_it_opens() {
    let mut window = joined(vec![message(1, &zoe(), "see [the bank](https://evil.example/login)")]);
    window.get_by_role_and_label(Role::Link, "the bank").click();
    window.run_ok();
    let link = "https://evil.example/login".to_owned();
    assert_eq!(window.state().desk.state.dialog, Some(Dialog::Link(link)));
    assert!(!asked(&mut window).iter().any(|asked| matches!(asked, Command::OpenLink(_))));
}

#[test]
fn code_can_be_copied() {
    let mut window = joined(vec![message(1, &zoe(), "```\nlet x = 1;\n```")]);
    window.get_by_label("Copy").click();
    window.run_ok();
    assert!(asked(&mut window).contains(&Command::Copy("let x = 1;".to_owned())));
}

/// Whatever somebody writes, the window is drawn, quickly, and the others can still be read.
#[test]
fn no_text_harms_the_window() {
    let marks: String = std::iter::once('a').chain(std::iter::repeat_n('\u{301}', 60_000)).collect();
    let name: String = std::iter::once('x').chain(std::iter::repeat_n('\u{335}', 63)).collect();
    for (what, text) in [
        ("a line of 48 KiB", "x".repeat(48_000)),
        ("ten thousand line breaks", "\n".repeat(10_000) + "end"),
        ("Zalgo", marks),
        ("bidi overrides", "\u{202E}evil\u{202C} \u{2066}x".to_owned()),
        ("controls", "\u{1b}[2J\u{7}\u{9b}31m".to_owned()),
        ("much emphasis", "*".repeat(9_000) + "a"),
        ("many links", "https://a.example/x ".repeat(1_000)),
        ("deep quotes", ">".repeat(5_000) + "a"),
    ] {
        let strange = member(&name, 7);
        let mut clock_off = message(2, &strange, &text);
        clock_off.time = Timestamp::from_unix_ms(NOON_MS + 86_400_000);
        let mut window = joined(vec![message(1, &zoe(), "before"), clock_off, message(3, &ana(), "after")]);
        window.run_ok();
        assert!(window.query_by_label("after").is_some(), "{what}");
    }
}

/// The beginning of it is shown, and all of it on request; either way the room can be read on.
#[test]
fn what_is_very_long_is_shown_in_part_and_whole_on_request() {
    let breaks = "line\n".repeat(10_000) + "end";
    for (what, text) in [("a line of 48 KiB", "word ".repeat(9_600)), ("ten thousand line breaks", breaks)] {
        let mut window = joined(vec![
            message(1, &zoe(), "before"),
            message(2, &ana(), &text),
            message(3, &zoe(), "after"),
        ]);
        let after = window.get_by_label("after").rect();
        assert!(after.top() < 720.0, "{what}");
        window.get_by_label_contains("Show").click();
        window.run_ok();
        window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::End);
        window.run_ok();
        assert!(window.get_by_label("after").rect().bottom() < 720.0, "{what}: the end is reached");
        window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Home);
        window.run_ok();
        assert!(window.query_by_label("before").is_some(), "{what}: and so is the beginning");
    }
}

/// What would turn the text behind it round, or paint over the rows beside it, does neither.
#[test]
fn no_sign_reaches_beyond_its_own_message() {
    assert!(Name::parse("Ana\u{202E}").is_err(), "nobody can be called so");
    let marks: String = std::iter::once('a').chain(std::iter::repeat_n('\u{301}', 1_000)).collect();
    let tall: String = std::iter::once('x').chain(std::iter::repeat_n('\u{335}', 63)).collect();
    let window = joined(vec![
        message(1, &zoe(), "before \u{202E}turned"),
        message(2, &member(&tall, 7), &marks),
        message(3, &ana(), "after"),
    ]);
    assert!(window.query_all_by_label_contains("⟪U+202E⟫").next().is_some());
    for node in window.root().children_recursive() {
        let label = node.accesskit_node().label().unwrap_or_default();
        assert!(!label.contains('\u{202E}'), "{label}");
        assert!(label.matches('\u{301}').count() < 10, "{label}");
    }
    let row = window.get_by_label("after").rect();
    assert!(row.height() < 40.0, "{row}");
}

/// A sender's clock, or ours, may be wrong by a day: the order is the room's, and no day is announced twice.
#[test]
fn a_clock_that_is_a_day_off_changes_no_order() {
    let mut messages = numbered(1, 6);
    messages[2].time = Timestamp::from_unix_ms(NOON_MS + 86_400_000);
    messages[3].time = Timestamp::from_unix_ms(NOON_MS - 86_400_000);
    let window = joined(messages);
    let tops: Vec<f32> = (1..=6).map(|number| top_of(&window, &format!("number {number}"))).collect();
    assert!(tops.is_sorted(), "{tops:?}");
    assert!(window.query_all_by_label("Today").count() <= 1);
}
