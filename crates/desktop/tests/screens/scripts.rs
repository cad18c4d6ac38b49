//! Writing as it is painted: messages in scripts that the bundled fonts lack, on a computer with a few
//! fonts that are kept beside the tests. What is looked at is the ink, and not every point of it. A character that no
//! font has fails these tests by itself.

use std::ops::Range;
use std::sync::Arc;

use egui::Rect;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use image::RgbaImage;
use papo_client::State;
use papo_client::event::{ConnectionState, Event};
use papo_client::state::{Action, Happening};
use papo_desktop::text::system::SystemFonts;
use papo_desktop::theme::{LIGHT, size};
use papo_proto::{Body, Epoch, Member, MemberId, Message, MessageId, Name, RoomName, Seq};

use crate::support::{Watched, now, state_in_room, window_with_fonts};

const SIZE: [f32; 2] = [900.0, 640.0];

/// The fonts of a computer that names those with black signs first, as many do.
fn computer() -> Arc<SystemFonts> {
    Arc::new(SystemFonts::only(&[
        include_bytes!("../fonts/NotoSansSymbols2.ttf"),
        include_bytes!("../fonts/NotoSansArabic.ttf"),
        include_bytes!("../fonts/NotoSansHebrew.ttf"),
        include_bytes!("../fonts/NotoSansHebrew-Bold.ttf"),
        include_bytes!("../fonts/NotoSansThai-Variable.ttf"),
        include_bytes!("../fonts/NotoSansDevanagari.ttf"),
        include_bytes!("../fonts/NotoSansCJK.otf"),
        include_bytes!("../fonts/NotoColorEmoji.ttf"),
    ]))
}

fn message(number: u64, name: &str, text: &str) -> Message {
    Message {
        seq: Seq::new(number),
        time: now(),
        from: Member { id: MemberId::parse(&"b".repeat(24)).unwrap(), name: Name::parse(name).unwrap() },
        id: MessageId::parse(&format!("m{number}")).unwrap(),
        body: Body::text(text),
    }
}

/// A room in which somebody of this name has said these texts.
fn room(name: &str, texts: &[&str]) -> State {
    let (mut state, room) = state_in_room();
    let you = state.rooms[0].timeline.you().clone();
    let joined = Event::Joined {
        you,
        room: RoomName::default(),
        epoch: Epoch([7; 8]),
        first: Seq::new(1),
        head: Seq::ZERO,
        count: 2,
        members: None,
    };
    state.apply(Happening::Room(room, Event::State(ConnectionState::Joined { latency: None })), now());
    state.apply(Happening::Room(room, joined), now());
    for (number, text) in (1..).zip(texts) {
        state.apply(Happening::Room(room, Event::Message(message(number, name, text))), now());
    }
    state
}

/// A window in which these texts were said, and its picture.
fn painted(name: &str, texts: &[&str]) -> (Harness<'static, Watched>, RgbaImage) {
    let mut window = window_with_fonts(room(name, texts), SIZE, Some(computer()));
    let picture = window.render().expect("the window is painted");
    (window, picture)
}

/// What is painted where a text stands.
struct Piece {
    picture: RgbaImage,
    place: Rect,
}

impl Piece {
    fn of(texts: &[&str], text: &str) -> Self {
        let (window, picture) = painted("Zoe", texts);
        let place = window.get_by_label(text).rect();
        Self { picture, place }
    }

    fn columns(&self) -> Range<u32> {
        self.place.left().floor() as u32..self.place.right().ceil() as u32
    }

    fn rows(&self) -> Range<u32> {
        self.place.top().floor() as u32..self.place.bottom().ceil() as u32
    }

    /// Whether there is anything of the text here.
    fn has_ink(&self, x: u32, y: u32) -> bool {
        let ground = LIGHT.paper.to_array();
        let point = self.picture.get_pixel(x, y).0;
        point.iter().zip(ground).take(3).any(|(part, ground)| part.abs_diff(ground) > 60)
    }

    /// The columns with ink, from left to right, each run of them for itself.
    fn runs(&self) -> Vec<Range<u32>> {
        let mut runs: Vec<Range<u32>> = Vec::new();
        for x in self.columns().filter(|x| self.rows().any(|y| self.has_ink(*x, y))) {
            match runs.last_mut() {
                Some(last) if last.end == x => last.end = x + 1,
                _ => runs.push(x..x + 1),
            }
        }
        runs
    }

    /// The lowest row with ink within these columns.
    fn foot(&self, columns: &Range<u32>) -> u32 {
        let is_inked = |y: &u32| columns.clone().any(|x| self.has_ink(x, *y));
        self.rows().rev().find(is_inked).expect("there is ink")
    }

    /// How many points have a colour in which red is far more than anything else.
    fn red_points(&self) -> usize {
        let points = self.columns().flat_map(|x| self.rows().map(move |y| (x, y)));
        let is_red = |(x, y): &(u32, u32)| {
            let [red, green, blue, _] = self.picture.get_pixel(*x, *y).0;
            red > 160 && green < 110 && blue < 110
        };
        points.filter(is_red).count()
    }
}

#[test]
fn a_heart_is_red_though_another_font_has_a_black_one() {
    for text in ["❤️", "❤", "I ❤️ ☕"] {
        let piece = Piece::of(&[text], text);
        assert!(piece.red_points() > 20, "{text}: {} red points", piece.red_points());
    }
}

/// Four characters and the joiners between them: how they look together is the font's business, but it is one sign.
#[test]
fn a_family_is_one_sign_and_so_is_a_thumb_with_its_colour() {
    for text in ["👩‍👩‍👧", "👍🏽"] {
        let piece = Piece::of(&[text], text);
        let runs = piece.runs();
        let (first, last) = (runs.first().unwrap(), runs.last().unwrap());
        let width = last.end - first.start;
        assert!((8..=24).contains(&width), "{text} is {width} points wide: {runs:?}");
    }
}

#[test]
fn lines_from_right_to_left_begin_at_the_right_edge_and_end_with_their_sign() {
    for text in ["שלום עולם!", "مرحبا بالجميع!"] {
        let piece = Piece::of(&[text], text);
        let runs = piece.runs();
        let (first, last) = (runs.first().unwrap(), runs.last().unwrap());
        assert!(piece.columns().end - last.end <= 4, "{text} stands at the right: {runs:?}");
        assert!(first.start - piece.columns().start > 150, "{text} is short: {runs:?}");
        assert!(first.len() <= 4, "the sign stands leftmost, and is thin: {runs:?}");
    }
}

#[test]
fn english_within_hebrew_and_hebrew_within_english_keep_their_sides() {
    // The thin letter, which there is once, tells where the word is.
    let thin = |text: &str| {
        let piece = Piece::of(&[text], text);
        let runs = piece.runs();
        let (from, to) = (runs[0].start, runs.last().unwrap().end);
        let at = runs.iter().find(|run| run.len() <= 3).expect("the thin letter is there").start;
        f64::from(at - from) / f64::from(to - from)
    };
    assert!(thin("םםםםם I") < 0.2, "what comes last stands left");
    assert!(thin("I mmmm םםםםם") < 0.2, "what comes first stands left");
    assert!(thin("mmmm םםםםם I") > 0.8, "what comes last stands right");
}

#[test]
fn other_scripts_stand_on_the_line_that_latin_letters_stand_on() {
    for other in ["ด", "न", "世", "한", "ש"] {
        let text = format!("x {other} x");
        let piece = Piece::of(&[&text], &text);
        let runs = piece.runs();
        let (latin, foreign) = (&runs[0], &(runs[1].start..runs[runs.len() - 2].end));
        let (latin, foreign) = (piece.foot(latin), piece.foot(foreign));
        assert!(latin.abs_diff(foreign) <= 3, "{text}: {latin} and {foreign}");
    }
}

#[test]
fn every_script_is_there_and_none_is_cut() {
    for text in ["สวัสดีชาวโลก", "नमस्ते दुनिया", "你好世界。", "日本語", "한국어"]
    {
        let piece = Piece::of(&["before", text, "after"], text);
        let runs = piece.runs();
        let width = runs.last().unwrap().end - runs[0].start;
        let width_min = size::TEXT * 2.0;
        assert!(f64::from(width) > f64::from(width_min), "{text}: {runs:?}");
        for y in [piece.rows().start, piece.rows().end - 1] {
            let is_touched = piece.columns().any(|x| piece.has_ink(x, y));
            assert!(!is_touched, "{text} reaches the edge of its line");
        }
    }
}

/// Invariant: a name is bolder than what is said under it, whatever it is written in.
#[test]
fn a_name_in_another_script_is_bolder_than_its_text() {
    for word in ["Shalom", "שלום", "สวัสดี"] {
        let (window, picture) = painted(word, &[word]);
        let mut places: Vec<Rect> = window.query_all_by_label(word).map(|node| node.rect()).collect();
        places.sort_by(|one, other| one.top().total_cmp(&other.top()));
        let [head, text] = places[..] else { panic!("{word} stands at {places:?}") };
        let [head, text] = [head, text].map(|place| {
            let piece = Piece { picture: picture.clone(), place };
            let points = piece.columns().flat_map(|x| piece.rows().map(move |y| (x, y)));
            points.filter(|(x, y)| piece.has_ink(*x, *y)).count()
        });
        assert!(head * 100 > text * 110, "{word}: {head} points of ink over {text}");
    }
}

/// Invariant: the first letter that is typed moves nothing, and the field's words stand in its middle, beside the button's.
#[test]
fn the_hint_of_the_composer_stands_where_the_text_will() {
    let words = "Message to lobby";
    let feet = ["", words].map(|draft| {
        let mut state = room("Zoe", &["x"]);
        let id = state.rooms[0].id;
        state.act(Action::Draft(id, draft.to_owned()), now());
        let mut window = window_with_fonts(state, SIZE, None);
        let picture = window.render().expect("the window is painted");
        let field = window.get_by_role_and_label(Role::MultilineTextInput, words).rect();
        let send = window.get_by_role_and_label(Role::Button, "Send").rect();
        let piece = Piece { picture, place: field };
        // Most letters stand on the line; some reach below it, and so does the cursor.
        let mut feet: Vec<u32> = piece.runs().iter().map(|letter| piece.foot(letter)).collect();
        feet.sort_unstable();
        let foot = feet[feet.len() / 2];
        let middle = foot as f32 - CAPITAL / 2.0;
        assert!((middle - send.center().y).abs() <= 2.5, "{middle} is beside {send}");
        foot
    });
    assert_eq!(feet[0], feet[1], "the hint and the text stand on one line");
}

/// How high a capital letter of a message is, in points.
const CAPITAL: f32 = 11.0;
