//! Small line plots as SVG: axes, lines, and what a line holds at each place, as a tooltip. Colours are classes, so
//! that the page gives them for light and dark. Not here: which figures are drawn.

use std::fmt::Write as _;

/// The width of a drawing that has the page for itself, and of one of a pair, in pixels of a wide window. Narrower
/// ones shrink it.
pub(super) const WIDE: f64 = 1032.0;
pub(super) const HALF: f64 = 498.0;

/// The height of every drawing.
const HEIGHT: f64 = 260.0;

// What is kept free around the lines: for the labels of the axes, and at the right for the names of the lines.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 44.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 30.0;

/// No linear axis has more steps than this.
const TICKS_MAX: u32 = 20;

/// How far apart the names of lines stay, so that none covers another.
const NAME_APART: f64 = 15.0;

/// What a number on an axis is called.
pub(super) type Name = fn(f64) -> String;

/// A plot.
pub(super) struct Plot {
    /// What it shows, for those who do not see it.
    pub(super) title: String,
    pub(super) width: f64,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) lines: Vec<Line>,
}

/// One line; the places without a value interrupt it.
pub(super) struct Line {
    pub(super) name: String,
    /// The class that gives its colour.
    pub(super) class: &'static str,
    pub(super) points: Vec<(f64, Option<f64>)>,
}

/// One axis.
pub(super) struct Axis {
    pub(super) scale: Scale,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) name: Name,
}

/// How numbers are spread over an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Evenly.
    Linear,
    /// Each factor of ten has the same length.
    Logarithmic,
    /// For shares of a whole: each nine has the same length, so the rare end is as wide as the common one.
    Nines,
}

impl Axis {
    /// From zero to a little above the largest value.
    pub(super) fn linear(max: f64, name: Name) -> Self {
        let step = step(max.max(f64::MIN_POSITIVE));
        Self { scale: Scale::Linear, from: 0.0, to: (max / step).ceil().max(1.0) * step, name }
    }

    /// Around all values, from and to a 1, 2 or 5 of some power of ten.
    pub(super) fn logarithmic(values: impl Iterator<Item = f64> + Clone, name: Name) -> Self {
        let positive = values.filter(|&value| value > 0.0);
        let (min, max) = positive
            .fold((f64::MAX, f64::MIN_POSITIVE), |(min, max), value| (min.min(value), max.max(value)));
        let (min, max) = if min > max { (1.0, 10.0) } else { (min, max) };
        let round = |value: f64| ladder(value).collect::<Vec<_>>();
        let from = round(min).into_iter().filter(|&rung| rung <= min).fold(f64::MIN_POSITIVE, f64::max);
        let to = round(max).into_iter().filter(|&rung| rung >= max && rung > from).fold(f64::MAX, f64::min);
        Self { scale: Scale::Logarithmic, from, to, name }
    }

    /// Where a value lies, from 0 to 1.
    fn place(&self, value: f64) -> f64 {
        let along = |value: f64| match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic => value.max(f64::MIN_POSITIVE).log10(),
            Scale::Nines => -(1.0 - value).max(f64::MIN_POSITIVE).log10(),
        };
        let (from, to) = (along(self.from), along(self.to));
        ((along(value) - from) / (to - from)).clamp(0.0, 1.0)
    }

    /// The numbers that are written at the axis.
    fn ticks(&self) -> Vec<f64> {
        match self.scale {
            Scale::Linear => {
                let step = step(self.to - self.from);
                (0..=TICKS_MAX)
                    .map(|at| self.from + f64::from(at) * step)
                    .take_while(|&tick| tick <= self.to * 1.000_001)
                    .collect()
            }
            Scale::Logarithmic => {
                let decades = (self.to / self.from).log10();
                let all = (-12_i32..=12).flat_map(ladder_of);
                let fits = |tick: &f64| *tick >= self.from * 0.999 && *tick <= self.to * 1.001;
                all.filter(fits).filter(|tick| decades <= 3.0 || is_power_of_ten(*tick)).collect()
            }
            Scale::Nines => {
                let nines = [0.5, 0.9, 0.99, 0.999, 0.9999, 0.999_99, 0.999_999, 0.999_999_9];
                nines.into_iter().filter(|&tick| tick <= self.to).collect()
            }
        }
    }
}

/// A step of 1, 2 or 5 times a power of ten that fits four to eight times into a length.
fn step(len: f64) -> f64 {
    let power = 10_f64.powf((len / 4.0).log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|factor| factor * power).find(|step| len / step >= 4.0).unwrap_or(power)
}

/// The numbers 1, 2 and 5 of a power of ten.
fn ladder_of(power: i32) -> [f64; 3] {
    [1.0, 2.0, 5.0].map(|factor| factor * 10_f64.powi(power))
}

/// Those around a value.
#[expect(clippy::cast_possible_truncation, reason = "the logarithm of a float is small")]
fn ladder(value: f64) -> impl Iterator<Item = f64> {
    let power = value.log10().floor() as i32;
    (power - 1..=power + 1).flat_map(ladder_of)
}

fn is_power_of_ten(value: f64) -> bool {
    let power = value.log10();
    (power - power.round()).abs() < 1e-6
}

impl Plot {
    /// The drawing.
    pub(super) fn svg(&self) -> String {
        let mut svg = format!(
            "<svg class=\"{}\" viewBox=\"0 0 {} {HEIGHT}\" role=\"img\" aria-label=\"{}\" xmlns=\"http://www.w3.org/2000/svg\">",
            if self.width < WIDE { "half" } else { "whole" },
            self.width,
            self.title
        );
        self.axes(&mut svg);
        for line in &self.lines {
            // Writing to memory cannot fail, here and below.
            let _ = write!(svg, "<path class=\"line {}\" d=\"{}\"/>", line.class, self.path(line));
        }
        self.names(&mut svg);
        self.tooltips(&mut svg);
        svg.push_str("</svg>");
        svg
    }

    fn left_of(&self, x: f64) -> f64 {
        LEFT + self.x.place(x) * (self.width - LEFT - RIGHT)
    }

    fn top_of(&self, y: f64) -> f64 {
        TOP + (1.0 - self.y.place(y)) * (HEIGHT - TOP - BOTTOM)
    }

    fn axes(&self, svg: &mut String) {
        let (right, bottom) = (self.width - RIGHT, HEIGHT - BOTTOM);
        for tick in self.y.ticks() {
            let (top, name) = (self.top_of(tick), (self.y.name)(tick));
            let _ = write!(
                svg,
                "<path class=\"grid\" d=\"M{LEFT} {top:.1}H{right}\"/><text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{name}</text>",
                LEFT - 8.0,
                top + 4.0
            );
        }
        for tick in self.x.ticks() {
            let (left, name) = (self.left_of(tick), (self.x.name)(tick));
            let _ = write!(
                svg,
                "<path class=\"grid\" d=\"M{left:.1} {bottom}v5\"/><text class=\"tick\" x=\"{left:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{name}</text>",
                bottom + 20.0
            );
        }
    }

    fn path(&self, line: &Line) -> String {
        let mut path = String::new();
        let mut drawing = false;
        for &(x, y) in &line.points {
            if let Some(y) = y {
                let command = if drawing { 'L' } else { 'M' };
                let _ = write!(path, "{command}{:.1} {:.1}", self.left_of(x), self.top_of(y));
            }
            drawing = y.is_some();
        }
        path
    }

    /// Writes each line's name where it ends, moved apart where two end close to each other.
    fn names(&self, svg: &mut String) {
        let last = |line: &Line| line.points.iter().rev().find_map(|&(x, y)| Some((x, y?)));
        let mut ends: Vec<(f64, f64, &Line)> = self
            .lines
            .iter()
            .filter_map(|line| last(line).map(|(x, y)| (self.left_of(x), self.top_of(y), line)))
            .collect();
        ends.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut free_from = TOP - NAME_APART;
        for (left, top, line) in ends {
            let top = top.max(free_from + NAME_APART);
            free_from = top;
            let _ = write!(
                svg,
                "<text class=\"name {}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                line.class,
                left + 7.0,
                top + 4.0,
                line.name
            );
        }
    }

    /// Puts an unseen stripe over each place, whose tooltip says what all lines hold there.
    fn tooltips(&self, svg: &mut String) {
        let Some(first) = self.lines.first() else { return };
        let lefts: Vec<f64> = first.points.iter().map(|&(x, _)| self.left_of(x)).collect();
        for (at, &(x, _)) in first.points.iter().enumerate() {
            let before = if at == 0 { LEFT } else { f64::midpoint(lefts[at - 1], lefts[at]) };
            let after = lefts.get(at + 1).map_or(self.width - RIGHT, |&next| f64::midpoint(lefts[at], next));
            let mut text = (self.x.name)(x);
            for line in &self.lines {
                if let Some(&(_, Some(y))) = line.points.get(at) {
                    let _ = write!(text, "\n{} {}", line.name, (self.y.name)(y));
                }
            }
            let (width, height) = ((after - before).max(0.5), HEIGHT - TOP - BOTTOM);
            let _ = write!(
                svg,
                "<rect class=\"hit\" x=\"{before:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{height}\"><title>{text}</title></rect>"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(value: f64) -> String {
        format!("{value}")
    }

    #[test]
    fn axes_hold_all_values_and_have_a_few_round_ticks() {
        for max in [0.0003, 0.9, 1.0, 7.0, 10.0, 99.0, 1_234_567.0] {
            let axis = Axis::linear(max, plain);
            assert!(axis.to >= max && axis.to <= max * 1.5 + 1.0, "{max}: to {}", axis.to);
            let ticks = axis.ticks();
            assert!((4..=11).contains(&ticks.len()), "{max}: {ticks:?}");
        }
        for (min, max) in [(3.0, 3.0), (0.7, 90.0), (100.0, 90_000_000.0)] {
            let axis = Axis::logarithmic([min, max].into_iter(), plain);
            assert!(axis.from <= min && axis.to >= max && axis.from < axis.to, "{min} to {max}");
            assert!((2..=11).contains(&axis.ticks().len()), "{min} to {max}: {:?}", axis.ticks());
        }
    }

    #[test]
    fn each_nine_is_as_wide_as_the_others() {
        let axis = Axis { scale: Scale::Nines, from: 0.0, to: 0.999, name: plain };
        for (share, place) in [(0.0, 0.0), (0.9, 1.0 / 3.0), (0.99, 2.0 / 3.0), (0.999, 1.0), (1.0, 1.0)] {
            assert!((axis.place(share) - place).abs() < 1e-9, "{share}");
        }
    }

    #[test]
    fn a_line_is_interrupted_where_nothing_was_measured() {
        let points = vec![(0.0, Some(1.0)), (1.0, Some(2.0)), (2.0, None), (3.0, Some(1.0))];
        let line = Line { name: "p50".into(), class: "a", points };
        let plot = Plot {
            title: "t".into(),
            width: HALF,
            x: Axis::linear(3.0, plain),
            y: Axis::linear(2.0, plain),
            lines: vec![line],
        };
        assert_eq!(plot.path(&plot.lines[0]).matches('M').count(), 2);
        assert_eq!(plot.svg().matches("<title>").count(), 4);
    }
}
