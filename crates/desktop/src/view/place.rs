//! Where the reader is in a room's timeline: which rows there are, how high each is, and which of them stands where. Not
//! here: drawing them (`timeline.rs`).

use std::collections::HashMap;

use egui::{Rect, Ui, UiBuilder, Vec2};
use papo_client::heights::Heights;
use papo_client::state::rows::{Key, Line, lines};
use papo_client::state::{Room, Target};
use papo_client::timeline::Content;
use papo_proto::Timestamp;

use super::moments;
use super::timeline::{MARKED_SECONDS, Shown, draw_line};
use crate::theme::size;

/// How far beyond the window's edge rows are measured, as a part of its height.
const AHEAD: f64 = 0.5;

/// Where a message that was jumped to stands, as a part of the window's height.
const JUMP_TO: f64 = 0.3;

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
pub(super) struct Place {
    version: u64,
    day: i64,
    pub(super) width: f32,
    pub(super) lines: Vec<Line>,
    pub(super) index: HashMap<Line, usize>,
    pub(super) heights: Heights,
    pub(super) measured: HashMap<Line, f32>,
    /// The topmost message on the screen that is not the oldest in memory, and how much of it is above the edge: less than nothing where it is below.
    pub(super) anchor: Option<(Line, f64)>,
    /// Whether the reader is at the end and stays there.
    pub(super) is_at_end: bool,
    /// How far the list could be scrolled in the last frame.
    last: f64,
    /// The last jump that was made.
    pub(super) jumped: u64,
    /// What is marked, and until when by the window's own clock.
    pub(super) marked: Option<(Key, f64)>,
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

impl Place {
    /// Takes note of new rows and another width.
    pub(super) fn update(&mut self, room: &Room, now: Timestamp, width: f32) {
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
        let days = moments::Days::default();
        self.lines = lines(room, |time| days.number(time));
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
    pub(super) fn aim(
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
                Target::Place(seq) => {
                    let row = self.row_of(&Key::Stored(seq))?;
                    self.is_at_end = false;
                    self.jumped = jump.serial;
                    return Some(self.aim_at(ui, shown, row, 0.0, height));
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
        let mut quiet = Shown { out: &mut ignored, is_hidden: true, ..shown.reborrow() };
        draw_line(&mut hidden, &mut quiet, line, false);
        let height = hidden.min_rect().height();
        self.measured.insert(line.clone(), height);
        self.heights.set(row, height);
        height
    }

    /// Takes note of where the reader is now. `before` is where the list was drawn, `is_whole` whether what is in
    /// memory reaches the room's end.
    pub(super) fn settle(&mut self, offset: f64, before: f64, height: f64, is_whole: bool) {
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
    pub(super) fn anchored(&self) -> Option<f64> {
        let (line, above) = self.anchor.as_ref()?;
        Some(self.heights.before(self.row_of_line(line)?) + above)
    }

    /// The row of a line. A message may have got a head of its own since, or lost it.
    pub(super) fn row_of_line(&self, line: &Line) -> Option<usize> {
        match line {
            Line::Message { key, .. } => self.row_of(key),
            other => self.index.get(other).copied(),
        }
    }

    pub(super) fn row_of(&self, key: &Key) -> Option<usize> {
        let line = |is_grouped| Line::Message { key: key.clone(), is_grouped };
        self.index.get(&line(false)).or_else(|| self.index.get(&line(true))).copied()
    }

    /// The message so many messages further down; from the bottom of the screen where none is chosen.
    pub(super) fn step(&self, chosen: Option<&Key>, by: isize) -> Option<Key> {
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

#[expect(
    clippy::cast_possible_truncation,
    reason = "a stretch of two thousand rows has far fewer points than an f32 holds"
)]
pub(super) fn as_points(points: f64) -> f32 {
    points as f32
}
