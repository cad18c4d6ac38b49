//! Paints the window on the processor, so that pictures of it need no graphics card, no driver and no display. Not
//! here: what is painted.
//!
//! Each point of the picture is looked at in its middle, as graphics cards do: a triangle owns it if the middle lies
//! inside, or on its upper or left edge. Colours are mixed in gamma space with premultiplied alpha, as the window's
//! own shader does. Weights are worked out from the corners in whole parts of a pixel, so that triangles that
//! share an edge agree about every point on it and thin feathered lines have no specks.

use std::collections::HashMap;

use egui::epaint::{ImageData, Mesh, Primitive, Vertex};
use egui::{Color32, ColorImage, Context, FullOutput, Pos2, Rect, TextureId, TexturesDelta};
use egui_kittest::TestRenderer;
use image::{Rgba, RgbaImage};

/// How many parts of a pixel corners are rounded to, as graphics cards do.
const PARTS: f32 = 256.0;

/// The painter with the textures that it was given.
#[derive(Default)]
pub(crate) struct CpuPainter {
    textures: HashMap<TextureId, ColorImage>,
}

impl TestRenderer for CpuPainter {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, deltas) in delta.set.drain() {
            for delta in deltas {
                let ImageData::Color(image) = delta.image;
                match (delta.pos, self.textures.get_mut(&id)) {
                    (Some([x, y]), Some(texture)) => patch(texture, &image, x, y),
                    _ => drop(self.textures.insert(id, (*image).clone())),
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    fn render(&mut self, context: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let scale = output.pixels_per_point;
        let size = context.content_rect().size() * scale;
        let mut picture =
            RgbaImage::from_pixel(size.x.round() as u32, size.y.round() as u32, Rgba([0, 0, 0, 255]));
        for shape in context.tessellate(output.shapes.clone(), scale) {
            if let Primitive::Mesh(mesh) = &shape.primitive
                && let Some(texture) = self.textures.get(&mesh.texture_id)
            {
                draw(&mut picture, mesh, shape.clip_rect * scale, scale, texture);
            }
        }
        Ok(picture)
    }
}

fn patch(texture: &mut ColorImage, image: &ColorImage, x: usize, y: usize) {
    for row in 0..image.size[1] {
        let to = (y + row) * texture.size[0] + x;
        let from = row * image.size[0];
        texture.pixels[to..to + image.size[0]].copy_from_slice(&image.pixels[from..from + image.size[0]]);
    }
}

fn draw(picture: &mut RgbaImage, mesh: &Mesh, clip: Rect, scale: f32, texture: &ColorImage) {
    // A clip ends at whole pixels, as scissors do.
    let clip = Rect::from_min_max(clip.min.round(), clip.max.round());
    for indices in mesh.indices.chunks_exact(3) {
        let corners = [0, 1, 2].map(|corner| &mesh.vertices[indices[corner] as usize]);
        triangle(picture, corners, clip, scale, texture);
    }
}

/// Twice the area of the triangle of three points, which are whole parts of pixels: exact.
fn area(a: (i64, i64), b: (i64, i64), c: (i64, i64)) -> i64 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

fn triangle(picture: &mut RgbaImage, corners: [&Vertex; 3], clip: Rect, scale: f32, texture: &ColorImage) {
    let parts =
        |place: Pos2| ((place.x * scale * PARTS).round() as i64, (place.y * scale * PARTS).round() as i64);
    let [mut a, mut b, c] = corners;
    let whole = area(parts(a.pos), parts(b.pos), parts(c.pos));
    if whole == 0 {
        return;
    }
    if whole < 0 {
        std::mem::swap(&mut a, &mut b);
    }
    let (whole, places) = (whole.abs(), [a, b, c].map(|corner| parts(corner.pos)));
    let bounds = Rect::from_points(&[a, b, c].map(|corner| corner.pos * scale)).intersect(clip);
    if !bounds.is_positive() {
        return;
    }
    let edges = [0, 1, 2].map(|corner| Edge::new(places[(corner + 1) % 3], places[(corner + 2) % 3]));
    let is_plain = [b, c].iter().all(|corner| corner.uv == a.uv && corner.color == a.color);
    let plain = is_plain.then(|| colour([a, b, c], [1.0, 0.0, 0.0], texture));
    let last = |end: f32, side: u32| (end.ceil().max(0.0) as u32).min(side);
    let columns = bounds.min.x.floor().max(0.0) as u32..last(bounds.max.x, picture.width());
    for y in bounds.min.y.floor().max(0.0) as u32..last(bounds.max.y, picture.height()) {
        let mut values = [0, 1, 2].map(|edge| edges[edge].at(columns.start, y));
        for x in columns.clone() {
            if values[0] >= 0 && values[1] >= 0 && values[2] >= 0 {
                let over = plain.unwrap_or_else(|| {
                    let weight = |edge: usize| (values[edge] + edges[edge].owned) as f32 / whole as f32;
                    colour([a, b, c], [weight(0), weight(1), weight(2)], texture)
                });
                blend(&mut picture.get_pixel_mut(x, y).0, over);
            }
            values[0] += edges[0].across;
            values[1] += edges[1].across;
            values[2] += edges[2].across;
        }
    }
}

/// An edge of a triangle, as what tells on which side of it a point lies.
struct Edge {
    from: (i64, i64),
    across: i64,
    down: i64,
    /// 1 where points on the edge are not the triangle's: what is taken off the value of every point.
    owned: i64,
}

impl Edge {
    fn new(from: (i64, i64), to: (i64, i64)) -> Self {
        // With corners clockwise on a screen: an upper edge goes right, a left edge goes up.
        let is_upper_or_left = (from.1 == to.1 && to.0 > from.0) || to.1 < from.1;
        let whole = PARTS as i64;
        Self {
            from,
            across: -(to.1 - from.1) * whole,
            down: (to.0 - from.0) * whole,
            owned: i64::from(!is_upper_or_left),
        }
    }

    /// The value of a pixel's middle: not negative where it is on the inner side.
    fn at(&self, x: u32, y: u32) -> i64 {
        let whole = PARTS as i64;
        let (x, y) = (i64::from(x) * whole + whole / 2, i64::from(y) * whole + whole / 2);
        (self.down * (y - self.from.1) + self.across * (x - self.from.0)) / whole - self.owned
    }
}

/// The corners' colours and places in the texture, mixed.
fn colour(corners: [&Vertex; 3], weights: [f32; 3], texture: &ColorImage) -> [f32; 4] {
    let mix = |value: &dyn Fn(&Vertex) -> f32| -> f32 {
        corners.iter().zip(weights).map(|(corner, weight)| value(corner) * weight).sum()
    };
    let texel = sample(texture, mix(&|corner| corner.uv.x), mix(&|corner| corner.uv.y));
    [0, 1, 2, 3].map(|part| mix(&|corner| f32::from(corner.color.to_array()[part])) * texel[part] / 255.0)
}

fn blend(under: &mut [u8; 4], over: [f32; 4]) {
    for part in 0..3 {
        let mixed = over[part] + f32::from(under[part]) * (1.0 - over[3] / 255.0);
        under[part] = mixed.round().clamp(0.0, 255.0) as u8;
    }
}

/// The texture at a place, from the four texels around it.
fn sample(texture: &ColorImage, u: f32, v: f32) -> [f32; 4] {
    let [width, height] = texture.size;
    let (x, y) = (u * width as f32 - 0.5, v * height as f32 - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let texel = |x: f32, y: f32| -> Color32 {
        let column = (x.max(0.0) as usize).min(width - 1);
        let row = (y.max(0.0) as usize).min(height - 1);
        texture.pixels[row * width + column]
    };
    let mut mixed = [0.0; 4];
    for (across, down) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let weight = (1.0 - (x - left - across).abs()) * (1.0 - (y - top - down).abs());
        for (part, value) in mixed.iter_mut().zip(texel(left + across, top + down).to_array()) {
            *part += weight * f32::from(value);
        }
    }
    mixed
}
