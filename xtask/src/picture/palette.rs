//! The picture's colours, light and dark: paper and ink, one accent, hairlines. Not here: what is drawn in them.

use std::fmt::Write;

/// A colour with its class in the picture.
struct Tone {
    class: &'static str,
    light: &'static str,
    dark: &'static str,
}

/// The ground of a pane.
const PAPER: Tone = Tone { class: "paper", light: "#fbfaf7", dark: "#191a1c" };

/// Lines that part and frame.
const LINE: Tone = Tone { class: "line", light: "#e4e0d6", dark: "#303338" };

/// Everything that is read.
const TEXTS: [Tone; 3] = [
    Tone { class: "ink", light: "#23211d", dark: "#ebe8e1" },
    Tone { class: "soft", light: "#6a655b", dark: "#a09b90" },
    Tone { class: "accent", light: "#0b6e5d", dark: "#5cc9b1" },
];

/// The rules for all colours. They are written out rather than put into variables, which some programs that draw
/// pictures do not know; those get the light ones.
pub(super) fn style() -> String {
    let light = rules(|tone| tone.light);
    let dark = rules(|tone| tone.dark);
    format!("{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n")
}

fn rules(colour: fn(&Tone) -> &'static str) -> String {
    let mut rules = String::new();
    for tone in TEXTS.iter().chain([&PAPER]) {
        let _ = writeln!(rules, ".{} {{ fill: {} }}", tone.class, colour(tone));
    }
    let _ = writeln!(rules, ".{} {{ stroke: {} }}", LINE.class, colour(&LINE));
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of `#rrggbb` (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let part = |start: usize| {
            let value = f64::from(u8::from_str_radix(&colour[start..start + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_the_paper() {
        assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 1e-9);
        for Tone { class, light, dark } in TEXTS {
            assert!(contrast(light, PAPER.light) >= 4.5, "{class}, light");
            assert!(contrast(dark, PAPER.dark) >= 4.5, "{class}, dark");
        }
    }
}
