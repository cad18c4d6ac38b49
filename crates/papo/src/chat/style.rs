//! How a conversation is coloured where it may be: each member's name in a colour of its own, one's own in bold,
//! times fainter. Nothing is said by colour alone: people of one name also carry a badge. Not here: what is
//! said, and whether there is a terminal.

use papo_proto::MemberId;

use crate::output;

/// Colours for names, of the 256 that terminals have (ITU-T T.416, `38;5;n`): these are the same everywhere,
/// unlike the first sixteen. All can be read on black and on white.
const NAMES: [u8; 12] = [167, 166, 130, 100, 28, 30, 32, 63, 98, 133, 164, 161];

/// Whether there are colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) is_coloured: bool,
}

impl Style {
    /// A time or something else that is not what a reader looks for.
    pub(super) fn aside(self, text: &str) -> String {
        if self.is_coloured { output::faint(text) } else { text.to_owned() }
    }

    /// The name of whoever has this id, as it is to be shown.
    pub(super) fn name(self, name: &str, id: &MemberId, is_own: bool) -> String {
        if !self.is_coloured {
            return name.to_owned();
        }
        let bold = if is_own { "1;" } else { "" };
        format!("\x1b[{bold}38;5;{}m{name}\x1b[0m", colour(id))
    }
}

/// The colour of an id: the same in every room and at every visit. By the hash FNV-1a, which needs no more than
/// this line and spreads the few colours evenly.
fn colour(id: &MemberId) -> u8 {
    let hash = id
        .as_str()
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    NAMES[hash as usize % NAMES.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance (WCAG 2.2) of a colour of the 6 × 6 × 6 cube.
    fn luminance(colour: u8) -> f64 {
        const LEVELS: [f64; 6] = [0.0, 95.0, 135.0, 175.0, 215.0, 255.0];
        let index = usize::from(colour - 16);
        let part = |step: usize| {
            let value = LEVELS[index / step % 6] / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(36) + 0.7152 * part(6) + 0.0722 * part(1)
    }

    #[test]
    fn every_colour_can_be_read_on_black_and_on_white() {
        for colour in NAMES {
            let luminance = luminance(colour) + 0.05;
            let contrast = (1.05 / luminance).min(luminance / 0.05);
            assert!(contrast >= 3.6, "{colour}: {contrast}");
        }
    }

    #[test]
    fn a_member_keeps_the_colour_and_all_are_used() {
        let mut used: Vec<u8> = (0..=255).map(|byte| colour(&MemberId::of_guest([byte; 8]))).collect();
        assert_eq!(used[7], colour(&MemberId::of_guest([7; 8])));
        assert_eq!(colour(&MemberId::parse("guest-aaaaaaaaaaaaa").unwrap()), 30, "the same in every version");
        used.sort_unstable();
        used.dedup();
        assert_eq!(used.len(), NAMES.len());
    }

    #[test]
    fn without_colours_a_text_stays_as_it_is() {
        let id = MemberId::of_guest([7; 8]);
        let plain = Style { is_coloured: false };
        assert_eq!((plain.aside("11:06"), plain.name("Ana", &id, true)), ("11:06".into(), "Ana".into()));
        let coloured = Style { is_coloured: true };
        assert_eq!(coloured.aside("11:06"), "\x1b[2m11:06\x1b[22m");
        let own = coloured.name("Ana", &id, true);
        assert!(own.starts_with("\x1b[1;38;5;") && own.ends_with("mAna\x1b[0m"), "{own:?}");
        assert!(!coloured.name("Ana", &id, false).contains("[1;"));
    }
}
