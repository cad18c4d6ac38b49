//! What is read aloud to somebody who cannot see the timeline: new messages of the room, politely and not more
//! often than they can be listened to. Not here: notifications.

use std::collections::HashMap;

use egui::accesskit::Live;
use egui::{Id, Role, Ui};
use papo_client::State;
use papo_client::markup::{parse_safe, plain_text};
use papo_client::state::{Room, RoomId};
use papo_client::timeline::Content;
use papo_proto::{Seq, Timestamp};
use papo_words::t;

use super::parts;

/// How long apart two announcements are at least: in a fast room the reader hears how many have come.
const EVERY_MS: u64 = 3_000;

/// How much of one message is read aloud.
const CHARS_MAX: usize = 200;

/// What was announced.
#[derive(Debug, Default)]
pub(super) struct Local {
    told: HashMap<RoomId, Seq>,
    at: Timestamp,
    words: String,
}

/// Says what is new, for screen readers alone.
pub(super) fn view(ui: &mut Ui, state: &State, now: Timestamp, local: &mut Local) {
    if let Some(room) = state.current() {
        local.listen(ui, room, now);
    }
    let id = Id::unique("announcements");
    let place = egui::Rect::from_min_size(ui.max_rect().left_top(), egui::Vec2::splat(1.0));
    let response = ui.interact(place, id, egui::Sense::hover());
    let words = local.words.clone();
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Status, true, &words));
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_live(Live::Polite);
        node.set_value(words.clone());
    });
}

impl Local {
    fn listen(&mut self, ui: &Ui, room: &Room, now: Timestamp) {
        let Some(newest) = room.timeline.newest() else { return };
        let told = *self.told.entry(room.id).or_insert(newest);
        if newest <= told || !room.paging.is_at_end {
            return;
        }
        let since = now.unix_ms().saturating_sub(self.at.unix_ms());
        if since < EVERY_MS {
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(EVERY_MS - since));
            return;
        }
        let fresh: Vec<_> = room
            .timeline
            .rows()
            .rev()
            .filter(|row| row.seq.is_some())
            .take_while(|row| row.seq > Some(told))
            .filter(|row| !row.is_own && !room.ignores(&row.from.id))
            .collect();
        self.told.insert(room.id, newest);
        match fresh.as_slice() {
            [] => {}
            [row] => {
                let who = parts::name_in_words(row.from, room.timeline.needs_badge(row.from));
                let text = match row.content {
                    Content::Text { text, .. } => plain_text(&parse_safe(text)),
                    _ => String::new(),
                };
                let text: String = text.chars().take(CHARS_MAX).collect();
                self.words = format!("{who}: {text}");
                self.at = now;
            }
            many => {
                self.words = t!("window-announce-many", count = many.len());
                self.at = now;
            }
        }
    }
}
