//! Every colour, space, radius and size of the window, for light and dark: the only place with such numbers.
//! Views ask for them by meaning. Not here: fonts as files ([`crate::text::fonts`]), and any text.
//!
//! The look: warm paper and ink, one accent, hairlines instead of boxes, no shadows. Dark is a palette of its
//! own, not an inversion. The tests hold every pair of text and ground to a contrast of 4.5:1 (WCAG 2.2, 1.4.3).

use std::sync::Arc;

use egui::style::{ScrollStyle, Selection, TextCursorStyle, WidgetVisuals, Widgets};
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Ui, Vec2, Visuals,
};
use papo_proto::MemberId;

/// The distances between things, in points.
pub mod space {
    /// Between a sign and the word that belongs to it.
    pub const TINY: f32 = 4.0;
    /// Between things that belong together.
    pub const SMALL: f32 = 8.0;
    /// Between things in a row or a list.
    pub const MEDIUM: f32 = 12.0;
    /// Between groups, and from a pane's edge to its content.
    pub const LARGE: f32 = 20.0;
    /// Between the parts of a whole screen.
    pub const HUGE: f32 = 32.0;
    /// From the edge of a card to its content.
    pub const CARD: f32 = 20.0;
}

/// How round corners are, in points.
pub mod radius {
    /// Code within a line, badges.
    pub const TINY: u8 = 5;
    /// Rows, buttons, fields.
    pub const ROW: u8 = 8;
    /// The composer.
    pub const COMPOSER: u8 = 12;
    /// Cards.
    pub const CARD: u8 = 14;
    /// Pills: more than any of them is high.
    pub const PILL: u8 = 20;
}

/// How large things are, in points.
pub mod size {
    /// What is kept free behind a name, for the badge and the time.
    pub const BESIDE_NAME: f32 = 130.0;
    /// Text that is read.
    pub const TEXT: f32 = 15.0;
    /// From one line of that text to the next: one and a half times its size.
    pub const TEXT_LINE: f32 = 22.5;
    /// Times, states, hints.
    pub const SMALL: f32 = 12.5;
    /// Labels on buttons, quotes, names in lists.
    pub const LABEL: f32 = 14.0;
    /// From one line of labels to the next.
    pub const LABEL_LINE: f32 = 20.0;
    /// Code.
    pub const CODE: f32 = 13.5;
    /// From one line of code to the next.
    pub const CODE_LINE: f32 = 20.0;
    /// The ground behind code within a line, and behind what a search has found: how high it is.
    pub const GROUND_HEIGHT: f32 = 20.0;
    /// Badges.
    pub const BADGE: f32 = 11.5;
    /// The heading of a pane.
    pub const HEADING: f32 = 16.0;
    /// The heading of a card or dialog.
    pub const TITLE: f32 = 17.0;
    /// The program's name on the start screen.
    pub const BRAND: f32 = 34.0;

    /// The sidebar's width.
    pub const SIDEBAR: f32 = 228.0;
    /// The member list's width.
    pub const MEMBERS: f32 = 216.0;
    /// The header's height.
    pub const HEADER: f32 = 52.0;
    /// Below this width of the window the member list folds away.
    pub const FOLD_MEMBERS_BELOW: f32 = 900.0;
    /// Below this width of the window the rooms fold away too.
    pub const FOLD_SIDEBAR_BELOW: f32 = 600.0;
    /// A card's width, where there is room.
    pub const CARD: f32 = 440.0;
    /// The settings' width, where there is room.
    pub const SETTINGS: f32 = 540.0;
    /// What stands before a setting.
    pub const SETTING_LABEL: f32 = 120.0;
    /// Longer lines of text are tiring to read.
    pub const READING: f32 = 720.0;
    /// The window when it is first opened: width and height.
    pub const WINDOW: [f32; 2] = [1080.0, 720.0];
    /// The smallest window: width and height.
    pub const WINDOW_MIN: [f32; 2] = [360.0, 400.0];

    /// The circle beside a message.
    pub const AVATAR: f32 = 36.0;
    /// The circle in a list.
    pub const AVATAR_SMALL: f32 = 26.0;
    /// The circle of a member in a list of offers.
    pub const AVATAR_TINY: f32 = 20.0;
    /// How wide a list of offers is.
    pub const OFFERS: f32 = 260.0;
    /// The column of the circles in the timeline, with the gap after it.
    pub const AVATAR_COLUMN: f32 = 50.0;
    /// The buttons over a message's corner: how much width they have at most.
    pub const TOOLS: f32 = 320.0;
    /// The speech bubble beside the program's name in the sidebar.
    pub const BRAND_SMALL: f32 = 24.0;
    /// A room in the sidebar.
    pub const ROOM_ROW: f32 = 36.0;
    /// The line that says who is writing.
    pub const TYPING: f32 = 20.0;
    /// The field in which is written what to search for.
    pub const SEARCH: f32 = 220.0;
    /// A message that a search has found.
    pub const HIT_ROW: f32 = 24.0;
    /// The list of them, at most.
    pub const HITS: f32 = 180.0;
    /// A button that lies over the timeline.
    pub const PILL_WIDTH: f32 = 190.0;
    /// A row of the timeline before it is measured, its text apart.
    pub const ROW_ESTIMATE: f32 = 36.0;
    /// A button's height.
    pub const BUTTON: f32 = 32.0;
    /// A field's height.
    pub const FIELD: f32 = 40.0;
    /// A dot that shows a state, beside the word for it.
    pub const DOT: f32 = 7.0;
    /// How much of the header a room's name takes before something else gives way, and how little it may get.
    pub const ROOM_NAME: f32 = 160.0;
    /// See [`ROOM_NAME`].
    pub const ROOM_NAME_MIN: f32 = 40.0;
    /// A hairline.
    pub const HAIRLINE: f32 = 1.0;
    /// The line around what has the keyboard, and around the composer.
    pub const FOCUS_LINE: f32 = 1.5;
    /// The bar beside a quote.
    pub const QUOTE_BAR: f32 = 3.0;
    /// The side of the speech bubble beside the program's name, on the start screen.
    pub const BUBBLE: f32 = 44.0;
    /// The letters of a code that is typed on another device.
    pub const PAIRING_CODE: f32 = 19.0;
    /// The same, from line to line.
    pub const PAIRING_CODE_LINE: f32 = 30.0;
    /// The side of a QR code's square.
    pub const QR_MODULE: f32 = 4.0;
}

/// How long a movement takes, in seconds; none where a person wants less motion.
pub const MOTION_SECONDS: f32 = 0.12;

/// How many colours members have.
pub const MEMBER_COLOURS: usize = 6;

/// The colours of one of the two looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Whether this is the dark one.
    pub is_dark: bool,
    /// The ground of what is read.
    pub paper: Color32,
    /// The ground of panes beside it, and of the row under the pointer.
    pub panel: Color32,
    /// Hairlines. They divide, and say nothing that is not said otherwise.
    pub line: Color32,
    /// The outline of what can be typed into or pressed: 3:1 against its ground (WCAG 2.2, 1.4.11).
    pub edge: Color32,
    /// Text.
    pub ink: Color32,
    /// Text of less weight: times, states, hints.
    pub soft: Color32,
    /// What can be pressed, links, what is well.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// A ground with a touch of the accent: the chosen row, a mention.
    pub accent_wash: Color32,
    /// What needs attention.
    pub warn: Color32,
    /// A ground with a touch of it.
    pub warn_wash: Color32,
    /// The ground of code.
    pub code: Color32,
    /// The ground of what a search has found.
    pub found: Color32,
    /// The ground of selected text.
    pub selected: Color32,
    /// The colours of members, by [`member_index`].
    pub members: [Color32; MEMBER_COLOURS],
}

/// Paper in daylight.
pub const LIGHT: Palette = Palette {
    is_dark: false,
    paper: rgb(0xfb_faf7),
    panel: rgb(0xf3_f1eb),
    line: rgb(0xe4_e0d6),
    edge: rgb(0x8f_897c),
    ink: rgb(0x23_211d),
    soft: rgb(0x6a_655b),
    accent: rgb(0x0b_6e5d),
    on_accent: rgb(0xff_ffff),
    accent_wash: rgb(0xe2_f1ed),
    warn: rgb(0x9a_3412),
    warn_wash: rgb(0xfd_eee6),
    code: rgb(0xef_ece4),
    found: rgb(0xfb_e7a3),
    selected: rgb(0xc7_e4dc),
    members: [rgb(0x0b_6e5d), rgb(0x8a_4b08), rgb(0x5b_3fa8), rgb(0xa3_195b), rgb(0x1d_5fa8), rgb(0x4d_6b12)],
};

/// Ink by lamplight.
pub const DARK: Palette = Palette {
    is_dark: true,
    paper: rgb(0x19_1a1c),
    panel: rgb(0x21_2326),
    line: rgb(0x30_3338),
    edge: rgb(0x7b_7f86),
    ink: rgb(0xeb_e8e1),
    soft: rgb(0xa0_9b90),
    accent: rgb(0x5c_c9b1),
    on_accent: rgb(0x0c_211c),
    accent_wash: rgb(0x17_3029),
    warn: rgb(0xf2_a27a),
    warn_wash: rgb(0x36_231a),
    code: rgb(0x26_282c),
    found: rgb(0x57_4716),
    selected: rgb(0x1f_4f44),
    members: [rgb(0x5c_c9b1), rgb(0xe3_ae6a), rgb(0xb9_a4f5), rgb(0xf2_93bd), rgb(0x8b_bcf5), rgb(0xb5_cf75)],
};

impl Palette {
    /// The colour of a member: the same in every room, at every visit and on every surface.
    pub fn member(&self, id: &MemberId) -> Color32 {
        self.members[member_index(id)]
    }

    /// A hairline.
    pub fn hairline(&self) -> Stroke {
        Stroke::new(size::HAIRLINE, self.line)
    }

    /// The line around what has the keyboard.
    pub fn focus_line(&self) -> Stroke {
        Stroke::new(size::FOCUS_LINE, self.accent)
    }
}

/// Which of the colours a member has, by the hash FNV-1a of the id: it needs one line in any language and
/// spreads few colours evenly.
pub fn member_index(id: &MemberId) -> usize {
    let hash = id
        .as_str()
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % MEMBER_COLOURS
}

/// The palette that the window is drawn in just now.
pub fn palette(ui: &Ui) -> &'static Palette {
    of(ui.visuals().dark_mode)
}

/// The palette for dark or light.
pub fn of(is_dark: bool) -> &'static Palette {
    if is_dark { &DARK } else { &LIGHT }
}

/// The family of real bold letters; egui cannot make letters bold.
pub fn bold_family() -> FontFamily {
    FontFamily::Name("bold".into())
}

/// The family of real italic letters.
pub fn italic_family() -> FontFamily {
    FontFamily::Name("italic".into())
}

/// Plain letters of this size.
pub fn plain(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Bold letters of this size.
pub fn bold(size: f32) -> FontId {
    FontId::new(size, bold_family())
}

/// Letters of one width, of this size.
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// Gives the window both looks. Which of them is shown, egui decides by the person's choice or the system's.
/// With less motion nothing moves or fades by itself.
pub fn install(context: &egui::Context, is_motion_reduced: bool) {
    for palette in [&LIGHT, &DARK] {
        let theme = if palette.is_dark { egui::Theme::Dark } else { egui::Theme::Light };
        context.set_style_of(theme, Arc::new(style(palette, is_motion_reduced)));
    }
}

/// The style that egui's own widgets are drawn in.
pub fn style(palette: &Palette, is_motion_reduced: bool) -> Style {
    let mut style = Style {
        visuals: visuals(palette),
        animation_time: if is_motion_reduced { 0.0 } else { MOTION_SECONDS },
        ..Style::default()
    };
    if is_motion_reduced {
        style.scroll_animation = egui::style::ScrollAnimation::none();
    }
    // A cursor that blinks has the whole window drawn twice a second for as long as somebody could write.
    style.visuals.text_cursor.blink = false;
    style.text_styles = [
        (TextStyle::Small, plain(size::SMALL)),
        (TextStyle::Body, plain(size::TEXT)),
        (TextStyle::Button, plain(size::LABEL)),
        (TextStyle::Heading, bold(size::HEADING)),
        (TextStyle::Monospace, mono(size::CODE)),
    ]
    .into();
    style.spacing.item_spacing = Vec2::new(space::SMALL, space::TINY);
    style.spacing.button_padding = Vec2::new(space::MEDIUM, 6.0);
    style.spacing.interact_size = Vec2::new(size::BUTTON, size::BUTTON);
    style.spacing.window_margin = Margin::same(20);
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.tooltip_width = 320.0;
    style.spacing.icon_spacing = space::SMALL;
    style.spacing.scroll = ScrollStyle {
        bar_width: 8.0,
        floating_width: 4.0,
        handle_min_length: 32.0,
        dormant_handle_opacity: 0.35,
        ..ScrollStyle::floating()
    };
    style.interaction.tooltip_delay = 0.4;
    style
}

fn visuals(palette: &Palette) -> Visuals {
    let base = if palette.is_dark { Visuals::dark() } else { Visuals::light() };
    Visuals {
        widgets: widgets(palette),
        selection: Selection {
            bg_fill: palette.selected,
            stroke: Stroke::new(size::FOCUS_LINE, palette.accent),
        },
        hyperlink_color: palette.accent,
        faint_bg_color: palette.panel,
        extreme_bg_color: palette.paper,
        text_edit_bg_color: Some(palette.paper),
        code_bg_color: palette.code,
        warn_fg_color: palette.warn,
        error_fg_color: palette.warn,
        weak_text_color: Some(palette.soft),
        window_corner_radius: CornerRadius::same(radius::CARD),
        menu_corner_radius: CornerRadius::same(radius::ROW),
        window_shadow: Shadow::NONE,
        popup_shadow: Shadow::NONE,
        window_fill: palette.paper,
        window_stroke: palette.hairline(),
        panel_fill: palette.paper,
        text_cursor: TextCursorStyle {
            stroke: Stroke::new(size::FOCUS_LINE, palette.ink),
            ..base.text_cursor
        },
        ..base
    }
}

fn widgets(palette: &Palette) -> Widgets {
    let plain = WidgetVisuals {
        bg_fill: palette.paper,
        weak_bg_fill: palette.paper,
        bg_stroke: palette.hairline(),
        corner_radius: CornerRadius::same(radius::ROW),
        fg_stroke: Stroke::new(size::HAIRLINE, palette.ink),
        expansion: 0.0,
    };
    let edged = WidgetVisuals { bg_stroke: Stroke::new(size::HAIRLINE, palette.edge), ..plain };
    let hovered = WidgetVisuals { bg_fill: palette.panel, weak_bg_fill: palette.panel, ..edged };
    let active = WidgetVisuals {
        bg_fill: palette.accent_wash,
        weak_bg_fill: palette.accent_wash,
        bg_stroke: palette.focus_line(),
        ..edged
    };
    Widgets { noninteractive: plain, inactive: edged, hovered, active, open: hovered }
}

const fn rgb(number: u32) -> Color32 {
    let [_, red, green, blue] = number.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of a colour (WCAG 2.2).
    fn luminance(colour: Color32) -> f64 {
        let part = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(colour.r()) + 0.7152 * part(colour.g()) + 0.0722 * part(colour.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_text_can_be_read_on_every_ground_it_stands_on() {
        for palette in [&LIGHT, &DARK] {
            let grounds = [
                ("paper", palette.paper),
                ("panel", palette.panel),
                ("code", palette.code),
                ("accent_wash", palette.accent_wash),
                ("warn_wash", palette.warn_wash),
            ];
            let mut texts = vec![
                ("ink", palette.ink),
                ("soft", palette.soft),
                ("accent", palette.accent),
                ("warn", palette.warn),
            ];
            texts.extend(palette.members.map(|colour| ("member", colour)));
            let mut pairs = vec![
                ("on_accent on accent", palette.on_accent, palette.accent),
                ("ink on found", palette.ink, palette.found),
                ("ink on selected", palette.ink, palette.selected),
                ("accent on selected", palette.accent, palette.selected),
            ];
            pairs.extend(palette.members.map(|colour| ("paper on member", palette.paper, colour)));
            for (_, ground) in grounds {
                pairs.extend(texts.iter().map(|&(name, text)| (name, text, ground)));
            }
            for (name, text, ground) in pairs {
                let contrast = contrast(text, ground);
                assert!(contrast >= 4.5, "dark: {}, {name} on {ground:?}: {contrast:.2}", palette.is_dark);
            }
        }
    }

    #[test]
    fn outlines_and_the_focus_can_be_seen() {
        for palette in [&LIGHT, &DARK] {
            for ground in [palette.paper, palette.panel] {
                for line in [palette.edge, palette.accent, palette.warn] {
                    assert!(
                        contrast(line, ground) >= 3.0,
                        "{line:?} on {ground:?}: {}",
                        contrast(line, ground)
                    );
                }
            }
        }
    }

    #[test]
    fn a_member_keeps_the_colour_and_all_are_used() {
        let index = |byte: u8| member_index(&MemberId::of_guest([byte; 8]));
        assert_eq!(index(7), index(7));
        assert_eq!(member_index(&MemberId::parse("guest-aaaaaaaaaaaaa").unwrap()), 5, "in every version");
        let mut used: Vec<usize> = (0..=255).map(index).collect();
        used.sort_unstable();
        used.dedup();
        assert_eq!(used.len(), MEMBER_COLOURS);
    }
}
