//! What was said, in virtual rows: only what is on the screen is drawn, whatever the length of the room. Not here:
//! one message (`message.rs`), and which messages are in memory (`papo_client::state`).
//!
//! A row's height is estimated until it is measured, and it is measured before it is drawn: everything near the
//! window's edge is laid out invisibly first. So a reader never sees text move, whichever way the list grows.
//! The place in the list is held by the topmost row on the screen (the anchor), not by a number of points.

use std::collections::HashMap;

use egui::{Id, Rect, Role, ScrollArea, Ui, UiBuilder, Vec2};
use papo_client::State;
use papo_client::heights::Heights;
use papo_client::state::rows::{Key, Line, lines};
use papo_client::state::{Action, Room, RoomId, Target};
use papo_client::timeline::Content;
use papo_proto::Timestamp;
use papo_words::t;

use super::body::Bodies;
use super::message::{self, Drawn};
use super::{moments, moves, parts};
use crate::theme::{self, radius, size, space};

/// How far beyond the window's edge rows are measured, as a part of its height.
const AHEAD: f64 = 0.5;

/// From how many window heights to an end on more is asked for.
const NEAR_END: f64 = 3.0;

/// How long a message that was jumped to is marked, in seconds.
const MARKED_SECONDS: f32 = 2.0;

/// Where a message that was jumped to stands, as a part of the window's height.
const JUMP_TO: f64 = 0.3;

/// What the timelines keep for themselves.
#[derive(Debug, Default)]
pub(super) struct Local {
    rooms: HashMap<RoomId, Place>,
    bodies: Bodies,
    /// The message that was chosen with the keyboard.
    pub(super) chosen: Option<Key>,
    /// How far the keyboard wants to scroll.
    pub(super) scroll: Option<Scroll>,
}

/// How far the keyboard wants to scroll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scroll {
    /// So many window heights down; up where it is less than 0.
    Pages(f64),
    /// To the first row in memory.
    Top,
    /// To the chosen message, as little as is needed.
    Chosen,
}

/// Where the reader is in a room, and what is known of its rows.
#[derive(Debug)]
struct Place {
    version: u64,
    day: i64,
    width: f32,
    lines: Vec<Line>,
    index: HashMap<Line, usize>,
    heights: Heights,
    measured: HashMap<Line, f32>,
    /// The topmost message on the screen that is not the oldest in memory, and how much of it is above the edge: less than nothing where it is below.
    anchor: Option<(Line, f64)>,
    /// Whether the reader is at the end and stays there.
    is_at_end: bool,
    /// How far the list could be scrolled in the last frame.
    last: f64,
    /// The last jump that was made.
    jumped: u64,
    /// What is marked, and until when by the window's own clock.
    marked: Option<(Key, f64)>,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            version: u64::MAX,
            day: 0,
            width: 0.0,
            lines: Vec::new(),
            index: HashMap::new(),
            heights: Heights::default(),
            measured: HashMap::new(),
            anchor: None,
            is_at_end: true,
            last: 0.0,
            jumped: 0,
            marked: None,
        }
    }
}

/// What drawing a row needs.
struct Shown<'a> {
    state: &'a State,
    room: &'a Room,
    now: Timestamp,
    bodies: &'a mut Bodies,
    chosen: Option<&'a Key>,
    out: &'a mut Vec<Action>,
}

/// Draws the timeline of a room.
pub(super) fn view(
    ui: &mut Ui,
    state: &State,
    room: &Room,
    now: Timestamp,
    local: &mut Local,
    out: &mut Vec<Action>,
) {
    let Local { rooms, bodies, chosen, scroll } = local;
    rooms.retain(|id, _| state.room(*id).is_some());
    let place = rooms.entry(room.id).or_default();
    let width = ui.available_width() - 2.0 * space::LARGE;
    let height = f64::from(ui.available_height());
    place.update(room, now, width);
    let mut shown = Shown { state, room, now, bodies, chosen: chosen.as_ref(), out };
    let offset = place.aim(ui, &mut shown, height, scroll.take());

    // The list is longer from one frame to the next, which is no pull beyond its edge.
    ui.spacing_mut().scroll.kinetic.rubber_band = false;
    let mut area =
        ScrollArea::vertical().id_salt(("timeline", room.id.number())).auto_shrink(false).animated(false);
    if let Some(offset) = offset {
        area = area.vertical_scroll_offset(as_points(offset));
    }
    let builder = UiBuilder::new()
        .accessibility_role(Role::List)
        .accessibility_label(t!("window-timeline", room = room.place.room.as_str()));
    let output = ui
        .scope_builder(builder, |ui| area.show_viewport(ui, |ui, view| place.draw(ui, &mut shown, view)))
        .inner;
    let after = f64::from(output.state.clamped_offset().y);
    place.settle(after, offset.unwrap_or(after), height, room.paging.is_at_end);
    place.ask_for_more(&mut shown, height);
    place.tell_read(&mut shown, height);
    pills(ui, place, &mut shown, output.inner_rect);
    if place.marked.is_some() {
        ui.ctx().request_repaint_after_secs(MARKED_SECONDS);
    }
}

impl Place {
    /// Takes note of new rows and another width.
    fn update(&mut self, room: &Room, now: Timestamp, width: f32) {
        let day = moments::day_number(now);
        let is_wider = (self.width - width).abs() > 0.5;
        if is_wider {
            self.measured.clear();
            self.width = width;
        }
        if !is_wider && self.version == room.version && self.day == day {
            return;
        }
        (self.version, self.day) = (room.version, day);
        self.lines = lines(room, moments::day_number);
        if self.measured.len() > 4 * self.lines.len() + 100 {
            let index: std::collections::HashSet<&Line> = self.lines.iter().collect();
            self.measured.retain(|line, _| index.contains(line));
        }
        self.heights = Heights::default();
        self.index.clear();
        for (at, line) in self.lines.iter().enumerate() {
            let height = self.measured.get(line).copied().unwrap_or_else(|| estimate(room, line, width));
            self.heights.push(height);
            self.index.insert(line.clone(), at);
        }
    }

    /// Where the list has to be scrolled to, if that is not where it is; measures what will be on the screen.
    fn aim(
        &mut self,
        ui: &mut Ui,
        shown: &mut Shown<'_>,
        height: f64,
        scroll: Option<Scroll>,
    ) -> Option<f64> {
        if let Some(jump) = shown.room.jump.filter(|jump| jump.serial != self.jumped) {
            match jump.target {
                // The newest messages are still being fetched.
                Target::End if !shown.room.paging.is_at_end => {}
                Target::End => {
                    self.is_at_end = true;
                    self.jumped = jump.serial;
                }
                Target::Message(seq) => {
                    let key = Key::Stored(seq);
                    let row = self.row_of(&key)?;
                    self.is_at_end = false;
                    self.marked = Some((key, ui.input(|input| input.time) + f64::from(MARKED_SECONDS)));
                    self.jumped = jump.serial;
                    return Some(self.aim_at(ui, shown, row, height * JUMP_TO, height));
                }
            }
        }
        match scroll {
            Some(Scroll::Top) => {
                self.is_at_end = false;
                return Some(self.aim_at(ui, shown, 0, 0.0, height));
            }
            Some(Scroll::Pages(pages)) => {
                let offset = self.anchored().unwrap_or_default() + pages * height;
                self.is_at_end = pages > 0.0 && offset + height >= self.heights.total();
                let row = self.heights.at(offset.max(0.0));
                let above = self.heights.before(row) - offset.max(0.0);
                if !self.is_at_end {
                    return Some(self.aim_at(ui, shown, row, above, height));
                }
            }
            Some(Scroll::Chosen) => {
                if let Some(row) = shown.chosen.and_then(|key| self.row_of(key)) {
                    let top = self.anchored().unwrap_or_default();
                    let above = (self.heights.before(row) - top).clamp(0.0, height * (1.0 - JUMP_TO));
                    self.is_at_end = false;
                    return Some(self.aim_at(ui, shown, row, above, height));
                }
            }
            None => {}
        }
        if self.is_at_end {
            self.measure_up(ui, shown, self.lines.len(), height * (1.0 + AHEAD));
            return Some((self.heights.total() - height).max(0.0));
        }
        let (line, above) = self.anchor.clone()?;
        let row = self.row_of_line(&line)?;
        Some(self.aim_at(ui, shown, row, -above, height))
    }

    /// The offset at which a row begins so far below the upper edge, with everything measured that is then on
    /// the screen or near it.
    fn aim_at(&mut self, ui: &mut Ui, shown: &mut Shown<'_>, row: usize, below_top: f64, height: f64) -> f64 {
        self.measure_up(ui, shown, row, below_top.max(0.0) + height * AHEAD);
        self.measure_down(ui, shown, row, height * (1.0 + AHEAD) - below_top);
        let last = (self.heights.total() - height).max(0.0);
        (self.heights.before(row) - below_top).clamp(0.0, last)
    }

    fn measure_up(&mut self, ui: &mut Ui, shown: &mut Shown<'_>, below: usize, points: f64) {
        let mut left = points;
        for row in (0..below).rev() {
            if left <= 0.0 {
                break;
            }
            left -= f64::from(self.measure(ui, shown, row));
        }
    }

    fn measure_down(&mut self, ui: &mut Ui, shown: &mut Shown<'_>, from: usize, points: f64) {
        let mut left = points;
        for row in from..self.lines.len() {
            if left <= 0.0 {
                break;
            }
            left -= f64::from(self.measure(ui, shown, row));
        }
    }

    /// The height of a row, measured by laying it out invisibly if it was not yet.
    fn measure(&mut self, ui: &mut Ui, shown: &mut Shown<'_>, row: usize) -> f32 {
        let line = &self.lines[row];
        if let Some(height) = self.measured.get(line) {
            return *height;
        }
        let place = Rect::from_min_size(ui.max_rect().left_top(), Vec2::new(self.width, 0.0));
        let builder = UiBuilder::new().id_salt(("measured", line)).max_rect(place).invisible().sizing_pass();
        let mut hidden = ui.new_child(builder);
        hidden.set_width(self.width);
        let mut ignored = Vec::new();
        let mut quiet = Shown { out: &mut ignored, ..shown.reborrow() };
        draw_line(&mut hidden, &mut quiet, line, false);
        let height = hidden.min_rect().height();
        self.measured.insert(line.clone(), height);
        self.heights.set(row, height);
        height
    }

    /// Draws the rows on the screen.
    fn draw(&mut self, ui: &mut Ui, shown: &mut Shown<'_>, view: Rect) {
        ui.set_height(as_points(self.heights.total()));
        // A short room stands above the composer, where one writes.
        let gap = (view.height() - as_points(self.heights.total())).max(0.0);
        let top = ui.min_rect().min + Vec2::new(0.0, gap);
        let now = ui.input(|input| input.time);
        self.marked.take_if(|(_, until)| *until <= now);
        let mut row = self.heights.at(f64::from(view.min.y));
        let mut y = self.heights.before(row);
        while y < f64::from(view.max.y) && row < self.lines.len() {
            let line = &self.lines[row];
            let is_marked = match (line, &self.marked, shown.chosen) {
                (Line::Message { key, .. }, Some((marked, _)), _) if key == marked => true,
                (Line::Message { key, .. }, _, Some(chosen)) => key == chosen,
                _ => false,
            };
            let place = Rect::from_min_size(
                top + Vec2::new(space::LARGE, as_points(y)),
                Vec2::new(self.width, self.heights.get(row)),
            );
            let builder = UiBuilder::new().id_salt(("row", line)).max_rect(place);
            let drawn = ui.scope_builder(builder, |ui| {
                ui.set_width(self.width);
                draw_line(ui, shown, line, is_marked);
                ui.min_rect().height()
            });
            if (drawn.inner - self.heights.get(row)).abs() > 0.1 {
                self.measured.insert(line.clone(), drawn.inner);
                self.heights.set(row, drawn.inner);
                ui.ctx().request_repaint();
            }
            y += f64::from(drawn.inner);
            row += 1;
        }
    }

    /// Takes note of where the reader is now. `before` is where the list was drawn, `is_whole` whether what is in
    /// memory reaches the room's end.
    fn settle(&mut self, offset: f64, before: f64, height: f64, is_whole: bool) {
        let last = (self.heights.total() - height).max(0.0);
        let went_up = offset < before.min(self.last) - 0.5;
        self.last = last;
        // The end of what is in memory is no end to stay at while there is more.
        self.is_at_end = is_whole && !went_up && (self.is_at_end || offset >= last - 1.0);
        // Only a message keeps its place among others: lines between them come and go.
        let top = self.heights.at(offset);
        let is_message = |row: &usize| matches!(self.lines[*row], Line::Message { .. });
        // Not the first one in memory, which may lose its head to an older one that comes before it.
        let first = (0..self.lines.len()).find(is_message).unwrap_or(0);
        let row = (top.max(first + 1)..self.lines.len()).find(is_message).unwrap_or(top);
        self.anchor = self.lines.get(row).map(|line| (line.clone(), offset - self.heights.before(row)));
    }

    /// The offset of the anchor.
    fn anchored(&self) -> Option<f64> {
        let (line, above) = self.anchor.as_ref()?;
        Some(self.heights.before(self.row_of_line(line)?) + above)
    }

    fn ask_for_more(&self, shown: &mut Shown<'_>, height: f64) {
        let paging = &shown.room.paging;
        if paging.waits_for.is_some() || shown.room.timeline.oldest().is_none() {
            return;
        }
        let offset = self.anchored().unwrap_or_default();
        if paging.has_older && offset < height * NEAR_END {
            shown.out.push(Action::WantOlder(shown.room.id));
        } else if !paging.is_at_end && offset > self.heights.total() - height * (NEAR_END + 1.0) {
            shown.out.push(Action::WantNewer(shown.room.id));
        }
    }

    /// Tells which messages have been before the reader's eyes.
    fn tell_read(&self, shown: &mut Shown<'_>, height: f64) {
        let room = shown.room;
        if !shown.state.is_focused || shown.state.dialog.is_some() || room.read >= room.head {
            return;
        }
        let bottom = self.anchored().unwrap_or_default() + height;
        let mut row = self.heights.at(bottom);
        if self.heights.before(row) + f64::from(self.heights.get(row)) > bottom + 1.0 {
            row = row.saturating_sub(1);
        }
        let seen = self.lines.get(..=row).into_iter().flatten().rev().find_map(|line| match line {
            Line::Message { key: Key::Stored(seq), .. } => Some(*seq),
            _ => None,
        });
        let is_last = self.is_at_end && room.paging.is_at_end;
        let seen = if is_last { Some(room.head) } else { seen };
        if let Some(seq) = seen.filter(|seq| *seq > room.read) {
            shown.out.push(Action::Read(room.id, seq));
        }
    }

    /// The row of a line. A message may have got a head of its own since, or lost it.
    fn row_of_line(&self, line: &Line) -> Option<usize> {
        match line {
            Line::Message { key, .. } => self.row_of(key),
            other => self.index.get(other).copied(),
        }
    }

    fn row_of(&self, key: &Key) -> Option<usize> {
        let line = |is_grouped| Line::Message { key: key.clone(), is_grouped };
        self.index.get(&line(false)).or_else(|| self.index.get(&line(true))).copied()
    }

    /// The message so many messages further down; from the bottom of the screen where none is chosen.
    fn step(&self, chosen: Option<&Key>, by: isize) -> Option<Key> {
        let messages: Vec<&Key> = self
            .lines
            .iter()
            .filter_map(|line| match line {
                Line::Message { key, .. } => Some(key),
                _ => None,
            })
            .collect();
        let at = match chosen.and_then(|chosen| messages.iter().position(|key| *key == chosen)) {
            Some(at) => at.checked_add_signed(by)?,
            None => messages.len().checked_sub(1)?,
        };
        messages.get(at).map(|key| (*key).clone())
    }
}

impl Local {
    /// Chooses the message so many messages further down with the keyboard. Returns whether there is one.
    pub(super) fn choose(&mut self, room: RoomId, by: isize) -> bool {
        let Some(place) = self.rooms.get(&room) else { return false };
        self.chosen = place.step(self.chosen.as_ref(), by);
        self.scroll = self.chosen.is_some().then_some(Scroll::Chosen);
        self.chosen.is_some()
    }
}

impl Shown<'_> {
    fn reborrow(&mut self) -> Shown<'_> {
        Shown {
            state: self.state,
            room: self.room,
            now: self.now,
            bodies: self.bodies,
            chosen: self.chosen,
            out: self.out,
        }
    }
}

/// A height before it is measured.
fn estimate(room: &Room, line: &Line, width: f32) -> f32 {
    let Line::Message { key, is_grouped } = line else { return size::ROW_ESTIMATE };
    let row = match key {
        Key::Stored(seq) => room.timeline.row(*seq),
        Key::Own(id) => room.timeline.row_of(id),
    };
    let bytes = match row.map(|row| row.content) {
        Some(Content::Text { text, .. }) => text.len().min(2_000),
        _ => 1,
    };
    let per_line = ((width - size::AVATAR_COLUMN) / (size::TEXT * 0.5)).max(10.0);
    #[expect(clippy::cast_precision_loss, reason = "an estimate of at most two thousand bytes")]
    let lines = (bytes as f32 / per_line).ceil().max(1.0);
    lines * size::TEXT_LINE + if *is_grouped { 5.0 } else { size::ROW_ESTIMATE }
}

fn draw_line(ui: &mut Ui, shown: &mut Shown<'_>, line: &Line, is_marked: bool) {
    match line {
        Line::Older => alone(ui, t!("window-older")),
        Line::Beginning => alone(ui, t!("window-beginning")),
        Line::Day { time, .. } => {
            spaced(ui, |ui| parts::line_with_word(ui, &moments::day(*time, shown.now), false));
        }
        Line::Unread => spaced(ui, |ui| parts::line_with_word(ui, &t!("window-unread-line"), true)),
        Line::Gap(_) => spaced(ui, |ui| parts::line_with_word(ui, &t!("window-gap"), true)),
        Line::Moves(serial) => moves::view(ui, shown.room, *serial),
        Line::Message { key, is_grouped } => {
            let row = match key {
                Key::Stored(seq) => shown.room.timeline.row(*seq),
                Key::Own(id) => shown.room.timeline.row_of(id),
            };
            let Some(row) = row else { return };
            let drawn = Drawn {
                state: shown.state,
                room: shown.room,
                key,
                row: &row,
                is_grouped: *is_grouped,
                is_marked,
            };
            let response = message::view(ui, &drawn, shown.bodies, shown.out);
            let out = &mut *shown.out;
            response.context_menu(|ui| message::menu(ui, &drawn, out));
        }
    }
}

/// A quiet line of its own.
fn alone(ui: &mut Ui, words: String) {
    spaced(ui, |ui| {
        ui.vertical_centered(|ui| parts::soft(ui, words));
    });
}

fn spaced<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) {
    ui.add_space(space::MEDIUM);
    content(ui);
    ui.add_space(space::SMALL);
}

/// The buttons over the timeline: to the first unread message, and to the end.
fn pills(ui: &mut Ui, place: &mut Place, shown: &mut Shown<'_>, rect: Rect) {
    let room = shown.room;
    let line = room.unread_line.and_then(|_| place.index.get(&Line::Unread)).copied();
    let is_above = match (line, place.anchored()) {
        (Some(row), Some(top)) => place.heights.before(row) + 1.0 < top,
        // It is in none of the rows in memory.
        (None, _) => room.unread > 0 && room.timeline.oldest() > Some(room.read.next()),
        _ => false,
    };
    if is_above && room.unread > 0 {
        let at = rect.center_top() + Vec2::new(0.0, space::LARGE);
        if over(ui, "unread", at, t!("window-to-unread", count = room.unread)) {
            shown.out.push(Action::JumpToUnread(room.id));
        }
    }
    if !place.is_at_end || !room.paging.is_at_end {
        let at = rect.center_bottom() - Vec2::new(0.0, space::LARGE);
        let words = if room.unread > 0 { t!("window-new", count = room.unread) } else { t!("window-to-end") };
        if over(ui, "end", at, words) {
            shown.out.push(Action::JumpToEnd(room.id));
        }
    }
}

/// A button over everything else, around this place. Returns whether it was pressed.
fn over(ui: &mut Ui, salt: &str, at: egui::Pos2, words: String) -> bool {
    let palette = theme::palette(ui);
    let text = egui::RichText::new(words).font(theme::plain(size::SMALL)).color(palette.on_accent);
    let button =
        egui::Button::new(text).fill(palette.accent).stroke(egui::Stroke::NONE).corner_radius(radius::PILL);
    let place = Rect::from_center_size(at, Vec2::new(size::PILL_WIDTH, size::BUTTON));
    ui.push_id(Id::unique(salt), |ui| ui.put(place, button).clicked()).inner
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a stretch of two thousand rows has far fewer points than an f32 holds"
)]
fn as_points(points: f64) -> f32 {
    points as f32
}
