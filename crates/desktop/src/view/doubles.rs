//! That somebody has come who could be taken for somebody present. Not here: who looks like whom
//! ([`papo_client::names`]).

use egui::{Frame, Label, Margin, RichText, Ui};
use papo_client::state::{Action, Room};
use papo_proto::Member;
use papo_words::t;

use super::{card, parts};
use crate::theme::{self, radius, size, space};

/// Draws a strip over the timeline, for as long as the person has not seen it. Draws nothing where there is nobody.
pub(super) fn view(ui: &mut Ui, room: &Room, out: &mut Vec<Action>) {
    if room.doubles.is_empty() {
        return;
    }
    let palette = theme::palette(ui);
    let frame = Frame::new()
        .fill(palette.warn_wash)
        .corner_radius(radius::ROW)
        .inner_margin(Margin::symmetric(12, 8))
        .outer_margin(Margin::symmetric(20, 6));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = space::TINY;
        for double in &room.doubles {
            let words =
                t!("window-double", newcomer = exact(&double.newcomer), present = exact(&double.present));
            let text = RichText::new(words).font(theme::plain(size::LABEL)).color(palette.ink);
            ui.add(Label::new(text).wrap());
        }
        if card::word_button(ui, t!("window-double-seen")).clicked() {
            out.push(Action::DoublesSeen(room.id));
        }
    });
}

/// A name that can be meant for one only.
fn exact(member: &Member) -> String {
    parts::name_in_words(member, true)
}
