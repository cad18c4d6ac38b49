//! A text as a QR code, for the camera of a telephone. Not here: the invite that it mostly is.

use egui::{Rect, Role, Sense, Ui, Vec2, WidgetInfo};
use qrcode::{Color, QrCode};

use crate::theme::{self, radius, size};

/// The empty border that a reader needs, in squares (ISO/IEC 18004).
const QUIET: f32 = 4.0;

/// Draws the code; `description` says what it is to who cannot see it. A text that does not fit into one is left
/// out: it stands beside it anyway.
pub(super) fn view(ui: &mut Ui, text: &str, description: &str) {
    let Ok(code) = QrCode::new(text) else { return };
    let squares = code.width();
    let count = f32::from(u16::try_from(squares).unwrap_or(u16::MAX));
    let side = size::QR_MODULE * (count + 2.0 * QUIET);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, description));
    if !ui.is_rect_visible(rect) {
        return;
    }
    // Dark on light in both looks: many readers know nothing else.
    let (ground, ink) = (theme::LIGHT.paper, theme::LIGHT.ink);
    let painter = ui.painter();
    painter.rect_filled(rect, radius::ROW, ground);
    let colours = code.to_colors();
    for (row, line) in colours.chunks(squares).enumerate() {
        let mut from = 0;
        // Squares side by side are one rectangle, so that no seam shows between them.
        for run in line.chunk_by(|one, other| one == other) {
            if run.first() == Some(&Color::Dark) {
                painter.rect_filled(squares_rect(rect, row, from, run.len()), 0.0, ink);
            }
            from += run.len();
        }
    }
}

fn squares_rect(rect: Rect, row: usize, from: usize, len: usize) -> Rect {
    let place = |index: usize| f32::from(u16::try_from(index).unwrap_or(u16::MAX));
    let corner = rect.min + Vec2::new(place(from) + QUIET, place(row) + QUIET) * size::QR_MODULE;
    Rect::from_min_size(corner, Vec2::new(place(len), 1.0) * size::QR_MODULE)
}
