//! Who is in the room: how many, and by name as far as the server tells. Not here: who is writing.

use egui::{Label, RichText, Role, ScrollArea, Ui, UiBuilder};
use papo_client::state::{Action, Room};
use papo_words::t;

use super::parts;
use crate::theme::{self, size, space};

/// Draws the list of members. A press on one puts the name into the draft.
pub(super) fn view(ui: &mut Ui, room: &Room, out: &mut Vec<Action>) {
    let count = room.presence.count();
    parts::soft(ui, papo_words::people(count));
    ui.add_space(space::TINY);
    let members = room.presence.members();
    let builder = UiBuilder::new().accessibility_role(Role::List).accessibility_label(t!("window-members"));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = space::SMALL;
        ScrollArea::vertical().auto_shrink(false).show_rows(
            ui,
            size::AVATAR_SMALL,
            members.len(),
            |ui, rows| {
                for member in members.get(rows).into_iter().flatten() {
                    let needs_badge = room.timeline.needs_badge(member);
                    let is_you = room.timeline.is_ours(&member.id);
                    let words = parts::name_in_words(member, needs_badge);
                    let label = if is_you { t!("window-you", name = words.as_str()) } else { words };
                    let builder = UiBuilder::new()
                        .id_salt(&member.id)
                        .accessibility_role(Role::ListItem)
                        .accessibility_label(label);
                    ui.scope_builder(builder, |ui| {
                        ui.horizontal(|ui| {
                            parts::avatar(ui, member, size::AVATAR_SMALL);
                            let name = parts::name(member);
                            let name = if is_you { t!("window-you", name = name) } else { name };
                            let text = RichText::new(name).font(theme::plain(size::LABEL));
                            let label =
                                Label::new(text).truncate().selectable(false).sense(egui::Sense::click());
                            if ui.add(label).clicked() && !is_you {
                                out.push(Action::Mention(room.id, (*member).clone()));
                            }
                            if needs_badge {
                                parts::badge(ui, &member.id);
                            }
                        });
                    });
                }
            },
        );
    });
    if (members.len() as u64) < count {
        parts::soft(ui, t!("window-members-more", count = count - members.len() as u64));
    }
}
