//! The speech bubble that stands for papo: as a shape in the window, as the window's icon, and as a file for the
//! menu of programs. Not here: where it stands.

use egui::{Color32, IconData, Pos2, Rect, Shape, Stroke, pos2};

/// The side of the square that the drawing is made in.
const SIDE: f32 = 24.0;
/// The round body: four curves (the first point is the end of the last), each with two handles and its end.
const START: (f32, f32) = (12.0, 2.5);
const BODY: [[(f32, f32); 3]; 5] = [
    [(17.5, 2.5), (21.5, 6.1), (21.5, 10.7)],
    [(21.5, 15.3), (17.5, 18.9), (12.0, 18.9)],
    [(11.1, 18.9), (10.2, 18.8), (9.4, 18.6)],
    [(6.9, 18.2), (5.9, 17.7), (4.9, 16.7)],
    [(3.4, 15.2), (2.5, 13.0), (2.5, 10.7)],
];
const LAST: [(f32, f32); 3] = [(2.5, 6.1), (6.5, 2.5), (12.0, 2.5)];
/// The tail, which begins within the body so that no seam shows.
const TAIL: [(f32, f32); 5] = [(9.4, 18.6), (4.6, 21.4), (3.8, 21.3), (3.7, 20.6), (5.2, 15.8)];
/// How many straight pieces stand for a curve.
const PIECES: u8 = 12;

/// The side of the window's icon, in pixels.
pub(crate) const ICON_PIXELS: u16 = 64;
/// How many points of a pixel are looked at, across and down.
const SAMPLES: u16 = 4;

/// The bubble filling a square.
pub(crate) fn shape(rect: Rect, colour: Color32) -> Shape {
    let place = |(x, y): (f32, f32)| rect.min + rect.size() * egui::vec2(x, y) / SIDE;
    let part = |points: Vec<(f32, f32)>| {
        Shape::convex_polygon(points.into_iter().map(place).collect(), colour, Stroke::NONE)
    };
    Shape::Vec(vec![part(body()), part(TAIL.to_vec())])
}

/// An icon: the bubble in this colour on nothing, in a square of this side in pixels.
pub(crate) fn icon(colour: Color32, pixels: u16) -> IconData {
    let (body, tail) = (body(), TAIL.to_vec());
    let mut rgba = Vec::with_capacity(usize::from(pixels) * usize::from(pixels) * 4);
    let step = SIDE / f32::from(pixels * SAMPLES);
    for y in 0..pixels {
        for x in 0..pixels {
            let inside = (0..SAMPLES * SAMPLES).filter(|sample| {
                let across = f32::from(x * SAMPLES + sample % SAMPLES) + 0.5;
                let down = f32::from(y * SAMPLES + sample / SAMPLES) + 0.5;
                let point = pos2(across * step, down * step);
                holds(&body, point) || holds(&tail, point)
            });
            let covered = inside.count() * usize::from(u8::MAX) / usize::from(SAMPLES * SAMPLES);
            let alpha = u8::try_from(covered).unwrap_or(u8::MAX);
            rgba.extend([colour.r(), colour.g(), colour.b(), alpha]);
        }
    }
    IconData { rgba, width: pixels.into(), height: pixels.into() }
}

/// The outline of the body in straight pieces.
fn body() -> Vec<(f32, f32)> {
    let mut from = START;
    let mut points = Vec::new();
    for [one, two, to] in BODY.into_iter().chain([LAST]) {
        for piece in 0..PIECES {
            let t = f32::from(piece) / f32::from(PIECES);
            let mix = |a: f32, b: f32, c: f32, d: f32| {
                let s = 1.0 - t;
                s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
            };
            points.push((mix(from.0, one.0, two.0, to.0), mix(from.1, one.1, two.1, to.1)));
        }
        from = to;
    }
    points
}

/// Whether a point is inside an outline: a line to its right crosses the outline an odd number of times.
fn holds(outline: &[(f32, f32)], point: Pos2) -> bool {
    let mut is_inside = false;
    let mut before = outline.last().copied().unwrap_or_default();
    for &corner in outline {
        if (corner.1 > point.y) != (before.1 > point.y) {
            let part = (point.y - corner.1) / (before.1 - corner.1);
            is_inside ^= point.x < corner.0 + part * (before.0 - corner.0);
        }
        before = corner;
    }
    is_inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_a_bubble_on_nothing() {
        let icon = icon(Color32::from_rgb(1, 2, 3), ICON_PIXELS);
        let alpha = |x: usize, y: usize| icon.rgba[(y * icon.width as usize + x) * 4 + 3];
        assert_eq!(icon.rgba.len(), 64 * 64 * 4);
        assert_eq!((alpha(32, 28), alpha(0, 0), alpha(63, 63)), (255, 0, 0));
        assert_eq!(alpha(13, 54), 255, "the tail, at the lower left");
        assert_eq!(&icon.rgba[..3], [1, 2, 3]);
    }

    /// What the menu of programs shows is what the window has. After a change of the drawing run it with
    /// `UPDATE_SNAPSHOTS=true`, and change the file `papo.svg` too.
    #[test]
    fn the_icon_in_the_file_is_the_windows() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/papo.png");
        let drawn = icon(crate::theme::LIGHT.accent, 256);
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            let pixels = image::RgbaImage::from_raw(drawn.width, drawn.height, drawn.rgba.clone()).unwrap();
            pixels.save(file).unwrap();
        }
        let kept = image::open(file).unwrap().to_rgba8();
        assert_eq!((kept.width(), kept.height()), (drawn.width, drawn.height));
        assert!(kept.into_raw() == drawn.rgba, "the file shows another drawing");
    }
}
