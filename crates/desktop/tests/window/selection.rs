//! Messages that are selected to be copied together: with the pointer, one by one, and with the keyboard.

use egui::{Event as Input, Key, Modifiers, Pos2};
use egui_kittest::kittest::Queryable as _;
use papo_client::state::Command;
use papo_proto::Message;

use super::support::{Drawn, asked, joined, message, zoe};

fn numbered(count: u64) -> Vec<Message> {
    (1..=count).map(|seq| message(seq, &zoe(), &format!("number {seq}"))).collect()
}

/// What was copied since the last time: for each line who has said it, that there is a time, and what.
fn copied(window: &mut Drawn) -> Vec<String> {
    let texts = asked(window).into_iter().filter_map(|command| match command {
        Command::Copy(text) => Some(text),
        _ => None,
    });
    let texts: Vec<String> = texts.collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    let line = |line: &str| {
        let (who, rest) = line.split_once(", ").unwrap();
        let (when, what) = rest.rsplit_once(": ").unwrap();
        assert!(when.chars().any(|c| c.is_ascii_digit()) && when.contains(':'), "{line}");
        format!("{who}: {what}")
    };
    lines.map(line).collect()
}

/// The same for these messages of Zoë's.
fn lines(numbers: impl IntoIterator<Item = u64>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("Zoë: number {number}")).collect()
}

fn on(window: &Drawn, number: u64) -> Pos2 {
    window.get_by_label(&format!("number {number}")).rect().left_center() + egui::vec2(4.0, 0.0)
}

fn draw_the_pointer(window: &mut Drawn, from: Pos2, to: Pos2) {
    window.hover_at(from);
    window.run_ok();
    window.drag_at(from);
    window.run_ok();
    window.hover_at(from + (to - from) / 2.0);
    window.run_ok();
    window.hover_at(to);
    window.run_ok();
}

#[test]
fn what_the_pointer_is_drawn_over_is_copied_with_names_and_times() {
    let mut window = joined(numbered(6));
    let (from, to) = (on(&window, 2), on(&window, 4));
    draw_the_pointer(&mut window, from, to);
    assert!(window.query_by_label("3 messages selected").is_some());
    window.drop_at(to);
    window.run_ok();
    asked(&mut window);
    window.event(Input::Copy);
    window.run_ok();
    assert_eq!(copied(&mut window), lines(2..=4), "and nothing besides, in the order in which it was said");
    window.key_press(Key::Escape);
    window.run_ok();
    assert!(window.query_by_label("3 messages selected").is_none());
}

#[test]
fn upwards_is_the_same_as_downwards_and_back_is_less() {
    let mut window = joined(numbered(6));
    let (from, to) = (on(&window, 5), on(&window, 1));
    draw_the_pointer(&mut window, from, to);
    assert!(window.query_by_label("5 messages selected").is_some());
    let back = on(&window, 4);
    window.hover_at(back);
    window.run_ok();
    assert!(window.query_by_label("2 messages selected").is_some());
}

#[test]
fn within_one_message_its_text_alone_is_selected() {
    let mut window = joined(numbered(6));
    let from = on(&window, 3);
    let to = from + egui::vec2(30.0, 0.0);
    draw_the_pointer(&mut window, from, to);
    window.drop_at(to);
    window.run_ok();
    assert!(window.query_by_label_contains("selected").is_none());
}

#[test]
fn messages_are_selected_one_by_one_from_the_menu() {
    let mut window = joined(numbered(6));
    window.get_by_label("number 2").click_secondary();
    window.run_ok();
    window.get_by_label("Select").click();
    window.run_ok();
    assert!(window.query_by_label("1 message selected").is_some());
    window.get_by_label("number 5").click();
    window.run_ok();
    assert!(window.query_by_label("2 messages selected").is_some());
    asked(&mut window);
    window.get_by_label("Copy").click();
    window.run_ok();
    assert_eq!(copied(&mut window), lines([2, 5]));
    assert!(window.query_by_label_contains("selected").is_none(), "it is done");
}

#[test]
fn messages_are_selected_with_the_keyboard_alone() {
    let mut window = joined(numbered(60));
    window.key_press_modifiers(Modifiers::COMMAND, Key::ArrowUp);
    window.run_ok();
    for _ in 0..40 {
        window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowUp);
        window.run_ok();
    }
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    window.run_ok();
    asked(&mut window);
    window.event(Input::Copy);
    window.run_ok();
    assert_eq!(copied(&mut window), lines(21..=60), "also what is far above the window's edge");
    window.key_press(Key::Escape);
    window.run_ok();
    window.key_press(Key::Space);
    window.run_ok();
    assert!(window.query_by_label("1 message selected").is_some());
}
