//! The rooms, those of one server together, with what is unread in each; and who one is. Not here: joining one.

use egui::{
    Align, Button, Id, Layout, Rect, RichText, Role, ScrollArea, Sense, Shape, Ui, UiBuilder, Vec2,
    WidgetInfo,
};
use papo_client::State;
use papo_client::state::{Action, Dialog, Room, Screen};
use papo_proto::Address;
use papo_words::t;

use super::{loud, parts};
use crate::theme::{self, radius, size, space};

/// Draws the list of rooms.
pub(super) fn view(ui: &mut Ui, state: &State, out: &mut Vec<Action>) {
    brand(ui);
    ui.with_layout(Layout::bottom_up(Align::LEFT), |ui| {
        foot(ui, state, out);
        ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                let builder =
                    UiBuilder::new().accessibility_role(Role::List).accessibility_label(t!("window-rooms"));
                ui.scope_builder(builder, |ui| rooms(ui, state, out));
                ui.add_space(space::SMALL);
                let words = RichText::new(t!("window-add-room")).font(theme::plain(size::LABEL));
                let add = Button::new(words.color(theme::palette(ui).accent)).frame(false);
                if ui.add(add).clicked() {
                    out.push(Action::ShowStart);
                }
            });
        });
    });
}

fn brand(ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.add_space(space::SMALL);
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(size::BRAND_SMALL), Sense::hover());
        bubble(ui, rect);
        ui.add(egui::Label::new(RichText::new("papo").font(theme::bold(size::TITLE))).selectable(false));
    });
    ui.add_space(space::MEDIUM);
}

/// The speech bubble that stands for the program.
pub(super) fn bubble(ui: &Ui, rect: Rect) {
    let colour = theme::palette(ui).accent;
    let painter = ui.painter();
    let body = Rect::from_min_size(rect.min, rect.size() * Vec2::new(1.0, BUBBLE_BODY));
    painter.add(Shape::ellipse_filled(body.center(), body.size() / 2.0, colour));
    let point = |x: f32, y: f32| rect.min + rect.size() * Vec2::new(x, y);
    let tail = BUBBLE_TAIL.map(|(x, y)| point(x, y)).to_vec();
    painter.add(Shape::convex_polygon(tail, colour, egui::Stroke::NONE));
}

/// How high the bubble is without its tail, and the tail's corners, as parts of the whole.
const BUBBLE_BODY: f32 = 0.84;
const BUBBLE_TAIL: [(f32, f32); 3] = [(0.16, 0.62), (0.07, 0.97), (0.46, 0.8)];

fn rooms(ui: &mut Ui, state: &State, out: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let mut servers: Vec<&Address> = Vec::new();
    for room in &state.rooms {
        if !servers.contains(&&room.place.address) {
            servers.push(&room.place.address);
        }
    }
    for server in &servers {
        if servers.len() > 1 {
            ui.add_space(space::SMALL);
            ui.horizontal(|ui| {
                ui.add_space(space::SMALL);
                parts::soft(ui, server.to_string());
            });
        }
        for room in state.rooms.iter().filter(|room| room.place.address == **server) {
            entry(ui, state, room, out);
        }
    }
}

fn entry(ui: &mut Ui, state: &State, room: &Room, out: &mut Vec<Action>) {
    let palette = theme::palette(ui);
    let is_shown = state.screen == Screen::Room(room.id);
    let (rect, response) =
        ui.allocate_exact_size(Vec2::new(ui.available_width(), size::ROOM_ROW), Sense::click());
    let words = match room.unread {
        0 => room.place.room.to_string(),
        unread => t!("window-room-unread", room = room.place.room.as_str(), count = unread),
    };
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_shown, &words));
    let ground = match () {
        () if is_shown => palette.accent_wash,
        () if response.hovered() => palette.line,
        () => egui::Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, radius::ROW, ground);
    if response.has_focus() {
        parts::focus_frame(ui, rect);
    }
    let inner = rect.shrink2(Vec2::new(space::SMALL + 2.0, 0.0));
    let builder = UiBuilder::new()
        .id_salt(Id::unique(room.id.number()))
        .max_rect(inner)
        .layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(builder, |ui| {
        if room.unread > 0 {
            parts::count_pill(ui, room.unread);
        } else if !room.is_connected() && !is_shown {
            parts::dot(ui, palette.warn);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let is_loud = is_shown || room.unread > 0;
            let colour = if is_loud { palette.ink } else { palette.soft };
            let font = if is_loud { theme::bold(size::TEXT) } else { theme::plain(size::TEXT) };
            let text = RichText::new(room.place.room.as_str()).font(font).color(colour);
            ui.add(egui::Label::new(text).truncate().selectable(false));
        });
    });
    if response.clicked() {
        out.push(Action::ShowRoom(room.id));
    }
    response.context_menu(|ui| menu(ui, state, room, out));
}

/// What can be done with a room without showing it.
fn menu(ui: &mut Ui, state: &State, room: &Room, out: &mut Vec<Action>) {
    if ui.button(t!("window-mark-read")).clicked() {
        out.push(Action::Read(room.id, room.head));
        ui.close();
    }
    ui.separator();
    loud::menu(ui, state, room, out);
    ui.separator();
    if ui.button(t!("window-leave")).clicked() {
        out.push(Action::Show(Dialog::Leave(room.id)));
        ui.close();
    }
}

/// Who one is here, and the way to the settings; from the bottom up.
fn foot(ui: &mut Ui, state: &State, out: &mut Vec<Action>) {
    if let Some(room) = state.current() {
        let you = room.timeline.you();
        ui.horizontal(|ui| {
            ui.add_space(space::SMALL);
            parts::avatar(ui, you, size::AVATAR_SMALL);
            let ink = theme::palette(ui).ink;
            ui.add(parts::one_line(ui, parts::name(you), theme::plain(size::TEXT), ink).selectable(false));
            if room.timeline.needs_badge(you) {
                parts::badge(ui, &you.id);
            }
        });
    }
    let words = RichText::new(t!("window-settings")).font(theme::plain(size::LABEL));
    if ui.add(Button::new(words.color(theme::palette(ui).soft)).frame(false)).clicked() {
        out.push(Action::Show(Dialog::Settings));
    }
    ui.separator();
}
