//! Which room this is, who can read it, how it stands with the connection, and what can be done with the room.
//! Not here: what to do about a lost connection.

use egui::{Button, Label, RichText, Ui};
use papo_client::State;
use papo_client::event::ConnectionState;
use papo_client::state::{Action, Dialog, Room};
use papo_words::t;

use super::{Fold, loud, parts};
use crate::theme::{self, size};

/// Draws the header of a room.
pub(super) fn view(
    ui: &mut Ui,
    state: &State,
    room: &Room,
    fold: Fold,
    is_rooms_open: &mut bool,
    out: &mut Vec<Action>,
) {
    ui.horizontal_centered(|ui| {
        if fold.sidebar && small_button(ui, t!("window-rooms")).clicked() {
            *is_rooms_open = !*is_rooms_open;
        }
        let shown = Fitting::find(ui, room, fold);
        let name = RichText::new(room.place.room.as_str()).font(theme::bold(size::HEADING));
        ui.scope(|ui| {
            ui.set_max_width(shown.name_width);
            ui.add(Label::new(name).truncate().selectable(false));
        });
        parts::pill(ui, &shown.encrypted).on_hover_text(t!("window-encrypted-why"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.menu_button(RichText::new(t!("window-more")).font(theme::plain(size::LABEL)), |ui| {
                menu(ui, state, room, fold, out);
            });
            if small_button(ui, t!("window-invite")).clicked() {
                out.push(Action::Show(Dialog::Invite(room.id)));
            }
            if shown.has_search && small_button(ui, t!("window-search")).clicked() {
                out.push(Action::Search(room.id, String::new()));
            }
            connection(ui, room, shown.has_state);
        });
    });
}

/// What there is room for beside the name, in whatever language and size of letters. Who can read along is always said.
struct Fitting {
    encrypted: String,
    has_state: bool,
    has_search: bool,
    /// How wide the name may be, in points.
    name_width: f32,
}

impl Fitting {
    fn find(ui: &Ui, room: &Room, fold: Fold) -> Self {
        let spacing = ui.spacing();
        let around = 2.0 * spacing.button_padding.x;
        let width = |words: &str| {
            let galley = ui.painter().layout_no_wrap(
                words.to_owned(),
                theme::plain(size::LABEL),
                theme::palette(ui).ink,
            );
            galley.size().x + spacing.item_spacing.x
        };
        let name = width(room.place.room.as_str()).min(size::ROOM_NAME);
        let button = |words: &str| width(words) + around;
        let kept = button(&t!("window-more")) + button(&t!("window-invite")) + width("") + size::DOT;
        let mut left = ui.available_width() - kept - name;
        let mut fits = |needed: f32| {
            let does_fit = needed <= left;
            left -= if does_fit { needed } else { 0.0 };
            does_fit
        };
        let (long, short) = (t!("window-encrypted"), t!("window-encrypted-short"));
        // The shorter word has its place before anything else.
        fits(button(&short));
        let has_state = fits(width(&state_words(&room.connection)));
        let has_search = !fold.sidebar && has_state && fits(button(&t!("window-search")));
        let encrypted = if fits(width(&long) - width(&short)) { long } else { short };
        Self { encrypted, has_state, has_search, name_width: (name + left).max(size::ROOM_NAME_MIN) }
    }
}

fn small_button(ui: &mut Ui, text: String) -> egui::Response {
    ui.add(Button::new(RichText::new(text).font(theme::plain(size::LABEL))))
}

fn menu(ui: &mut Ui, state: &State, room: &Room, fold: Fold, out: &mut Vec<Action>) {
    entry(ui, out, t!("window-search"), Action::Search(room.id, String::new()));
    if !fold.members {
        entry(ui, out, t!("window-toggle-members"), Action::ToggleMembers);
    }
    entry(ui, out, t!("window-access-menu"), Action::Show(Dialog::Access(room.id)));
    entry(ui, out, t!("window-mark-read"), Action::Read(room.id, room.head));
    ui.separator();
    loud::menu(ui, state, room, out);
    ui.separator();
    entry(ui, out, t!("window-keys"), Action::Show(Dialog::Keys));
    entry(ui, out, t!("window-settings"), Action::Show(Dialog::Settings));
    ui.separator();
    if state.is_hosted(room) {
        entry(ui, out, t!("window-stop-hosting"), Action::Show(Dialog::StopHosting));
    }
    entry(ui, out, t!("window-leave"), Action::Show(Dialog::Leave(room.id)));
}

fn entry(ui: &mut Ui, out: &mut Vec<Action>, words: String, action: Action) {
    if ui.button(words).clicked() {
        out.push(action);
        ui.close();
    }
}

/// How it stands with the connection, in words where there is room for them; the dot says nothing more.
fn connection(ui: &mut Ui, room: &Room, has_words: bool) {
    let palette = theme::palette(ui);
    let words = state_words(&room.connection);
    if has_words {
        parts::soft(ui, words.as_str());
    }
    let colour = if room.is_connected() { palette.accent } else { palette.warn };
    let dot = parts::dot(ui, colour);
    if !has_words {
        dot.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
        dot.on_hover_text(words);
    }
}

/// How it stands with the connection, in words.
pub(super) fn state_words(state: &ConnectionState) -> String {
    match state {
        ConnectionState::Connecting => t!("window-connecting"),
        ConnectionState::Joined { latency: Some(latency) } => {
            let ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
            t!("window-connected-in", ms = ms.max(1))
        }
        ConnectionState::Joined { latency: None } => t!("window-connected"),
        ConnectionState::Waiting { .. } => t!("window-waiting"),
        ConnectionState::Stopped { .. } | ConnectionState::Left => t!("window-stopped"),
    }
}
