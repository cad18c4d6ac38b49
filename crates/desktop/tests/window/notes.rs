//! What was done to the room, among what was said in it.

use egui::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use papo_client::state::Command;
use papo_proto::{Act, Body, Message, Whom};

use super::support::{Drawn, ana, asked, joined, member, message, zoe};

fn act(seq: u64, act: Act) -> Message {
    Message { body: Body::act(act), ..message(seq, &ana(), "") }
}

fn kick(why: Option<&str>) -> Act {
    let bia = member("Bia", 5);
    Act::Kick { whom: Whom { id: bia.id, name: Some(bia.name) }, why: why.map(str::to_owned) }
}

fn note(window: &Drawn) -> egui::Rect {
    let mut notes = window
        .query_all_by_label_contains("Ana put Bia out")
        .filter(|node| node.accesskit_node().role() == Role::Label);
    notes.next().unwrap().rect()
}

/// Invariant: an act takes one quiet line, in the middle, with no circle and no head; what its author says next has one.
#[test]
fn an_act_is_one_line_in_the_middle_and_heads_nothing() {
    let window = joined(vec![
        message(1, &ana(), "careful"),
        act(2, kick(None)),
        act(3, Act::Announce { on: true }),
        message(4, &ana(), "so"),
    ]);
    let (above, note, below) =
        (window.get_by_label("careful").rect(), note(&window), window.get_by_label("so").rect());
    assert!(note.height() < 24.0 && below.top() - above.bottom() < 90.0, "{above} {note} {below}");
    // Texts begin behind the circles; the note's middle is the timeline's.
    assert!(note.left() > above.left() + 100.0, "{note} is not at {above}");
    let heads = window.query_all_by_role_and_label(Role::Label, "Ana").count();
    assert_eq!(heads, 3, "two heads, and Ana in the corner");
}

#[test]
fn the_longest_reason_wraps_and_a_note_is_copied_as_what_it_says() {
    let why = "because ".repeat(24);
    let mut window = joined(vec![act(1, kick(Some(why.trim()))), message(2, &zoe(), "after")]);
    let note = note(&window);
    assert!(note.height() > 30.0 && note.right() < 1180.0, "{note}");
    window.hover_at(note.center());
    window.run_ok();
    window.get_by_label("Copy").click();
    window.run_ok();
    let copied = asked(&mut window).into_iter().find_map(|command| match command {
        Command::Copy(text) => Some(text),
        _ => None,
    });
    let copied = copied.unwrap();
    assert!(copied.contains(": Ana put Bia out. Why: because"), "{copied}");
    assert_eq!(copied.matches("Ana").count(), 1, "{copied}");
}
