//! Who has come and gone between two messages, in one quiet line. Not here: who is there now (`members.rs`).

use egui::Ui;
use papo_client::state::{Moves, Room};
use papo_proto::Member;
use papo_words::t;

use super::parts;
use crate::theme::space;

/// How many are named; the others are counted.
const NAMED_MAX: usize = 3;

/// Draws one entry; nothing where it is not kept any more.
pub(super) fn view(ui: &mut Ui, room: &Room, serial: u64) {
    let Some(moves) = room.moves_of(serial) else { return };
    ui.add_space(space::TINY);
    ui.vertical_centered(|ui| parts::soft(ui, in_words(room, moves)));
    ui.add_space(space::TINY);
}

/// Who has come and who has gone, as sentences.
pub(super) fn in_words(room: &Room, moves: &Moves) -> String {
    let came = named(room, &moves.entered, moves.entered_more);
    let went = named(room, &moves.left, moves.left_more);
    let came = came.map(|(names, count)| t!("window-came", names = names, count = count));
    let went = went.map(|(names, count)| t!("window-went", names = names, count = count));
    came.into_iter().chain(went).collect::<Vec<String>>().join(" ")
}

/// The first names and how many others there are; and how many they are together.
fn named(room: &Room, members: &[Member], more: u64) -> Option<(String, u64)> {
    let count = members.len() as u64 + more;
    if count == 0 {
        return None;
    }
    // One name too many takes no more place than "and 1 more".
    let shown = if count <= NAMED_MAX as u64 + 1 { members.len() } else { NAMED_MAX };
    let mut names: Vec<String> = members
        .iter()
        .take(shown)
        .map(|member| parts::name_in_words(member, room.timeline.needs_badge(member)))
        .collect();
    let others = count - names.len() as u64;
    if others > 0 {
        names.push(t!("window-and-more", count = others));
    }
    Some((papo_words::and(&names), count))
}
