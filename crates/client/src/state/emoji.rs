//! The usual emoji by the short names that people know from other chat programs: `:tada:`. A small table, because a
//! person who looks for a rare one has the system's own picker. Not here: how one is offered (`complete.rs`).

use papo_proto::limits::EMOJI_BYTES_MAX;

/// An emoji for each name; the same one may have several names. In the order in which they are offered.
pub(super) const NAMED: [(&str, &str); 130] = [
    ("+1", "👍"),
    ("-1", "👎"),
    ("100", "💯"),
    ("alarm_clock", "⏰"),
    ("angry", "😠"),
    ("apple", "🍎"),
    ("baby", "👶"),
    ("beer", "🍺"),
    ("bell", "🔔"),
    ("birthday", "🎂"),
    ("blush", "😊"),
    ("book", "📖"),
    ("boom", "💥"),
    ("bug", "🐛"),
    ("bulb", "💡"),
    ("bus", "🚌"),
    ("cactus", "🌵"),
    ("cake", "🍰"),
    ("calendar", "📅"),
    ("camera", "📷"),
    ("car", "🚗"),
    ("cat", "🐱"),
    ("chart", "📈"),
    ("check", "✅"),
    ("cherry_blossom", "🌸"),
    ("chocolate", "🍫"),
    ("christmas_tree", "🎄"),
    ("clap", "👏"),
    ("cloud", "☁️"),
    ("coffee", "☕"),
    ("computer", "💻"),
    ("confetti", "🎊"),
    ("confused", "😕"),
    ("construction", "🚧"),
    ("cookie", "🍪"),
    ("cool", "😎"),
    ("cry", "😢"),
    ("crying", "😭"),
    ("dancer", "💃"),
    ("dog", "🐶"),
    ("ear", "👂"),
    ("earth", "🌎"),
    ("egg", "🥚"),
    ("email", "📧"),
    ("exclamation", "❗"),
    ("eyes", "👀"),
    ("facepalm", "🤦"),
    ("fire", "🔥"),
    ("fish", "🐟"),
    ("flexed", "💪"),
    ("flushed", "😳"),
    ("ghost", "👻"),
    ("gift", "🎁"),
    ("grin", "😁"),
    ("hand", "✋"),
    ("handshake", "🤝"),
    ("hammer", "🔨"),
    ("heart", "❤️"),
    ("heart_eyes", "😍"),
    ("hourglass", "⏳"),
    ("house", "🏠"),
    ("hug", "🤗"),
    ("hundred", "💯"),
    ("icecream", "🍦"),
    ("innocent", "😇"),
    ("joy", "😂"),
    ("key", "🔑"),
    ("kiss", "😘"),
    ("laughing", "😆"),
    ("lemon", "🍋"),
    ("lock", "🔒"),
    ("mag", "🔍"),
    ("mate", "🧉"),
    ("memo", "📝"),
    ("money", "💰"),
    ("moon", "🌙"),
    ("muscle", "💪"),
    ("musical_note", "🎵"),
    ("neutral", "😐"),
    ("no_entry", "⛔"),
    ("ok_hand", "👌"),
    ("package", "📦"),
    ("palm_tree", "🌴"),
    ("party", "🥳"),
    ("phone", "📱"),
    ("pizza", "🍕"),
    ("point_up", "☝️"),
    ("poop", "💩"),
    ("pray", "🙏"),
    ("pushpin", "📌"),
    ("question", "❓"),
    ("rainbow", "🌈"),
    ("rage", "😡"),
    ("raised_hands", "🙌"),
    ("robot", "🤖"),
    ("rocket", "🚀"),
    ("rofl", "🤣"),
    ("rose", "🌹"),
    ("scream", "😱"),
    ("seedling", "🌱"),
    ("see_no_evil", "🙈"),
    ("shrug", "🤷"),
    ("skull", "💀"),
    ("sleeping", "😴"),
    ("smile", "😄"),
    ("smirk", "😏"),
    ("snail", "🐌"),
    ("snowflake", "❄️"),
    ("sob", "😭"),
    ("sparkles", "✨"),
    ("star", "⭐"),
    ("sun", "☀️"),
    ("sunglasses", "😎"),
    ("sweat_smile", "😅"),
    ("tada", "🎉"),
    ("tea", "🍵"),
    ("thinking", "🤔"),
    ("thumbsdown", "👎"),
    ("thumbsup", "👍"),
    ("train", "🚆"),
    ("trophy", "🏆"),
    ("turtle", "🐢"),
    ("umbrella", "☂️"),
    ("unicorn", "🦄"),
    ("upside_down", "🙃"),
    ("warning", "⚠️"),
    ("wave", "👋"),
    ("wink", "😉"),
    ("wrench", "🔧"),
    ("x", "❌"),
];

/// The emoji that a word means: its name, with or without colons, or the emoji itself.
pub fn of(word: &str) -> Option<String> {
    let name = word.trim_matches(':').to_lowercase();
    let named = NAMED.iter().find(|(known, _)| *known == name).map(|(_, emoji)| *emoji);
    named.or_else(|| is_emoji(word).then_some(word)).map(str::to_owned)
}

/// Whether both are the same emoji, also where one of them says that it wants its colours.
pub fn is_same(one: &str, other: &str) -> bool {
    let letters = |emoji: &str| emoji.replace('\u{fe0f}', "");
    one == other || letters(one) == letters(other)
}

/// Whether a text can be an emoji: by the blocks that its characters are in, since which of them are one changes with
/// each version of Unicode. Words are none, for what stands under a message is a sign and not a second text.
fn is_emoji(text: &str) -> bool {
    // Of the digits, `#` and `*` keys are made, with a sign behind them.
    let is_part = |c: char| matches!(c, '0'..='9' | '#' | '*' | '\u{200d}' | '\u{fe0f}');
    let is_sign = |c: char| {
        let is_symbol =
            matches!(c, '©' | '®' | '‼' | '⁉' | '〰' | '〽' | '㊗' | '㊙' | '\u{2070}'..='\u{2bff}');
        is_symbol || matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{e0020}'..='\u{e007f}')
    };
    let is_short = text.len() <= EMOJI_BYTES_MAX;
    is_short && text.chars().all(|c| is_part(c) || is_sign(c)) && text.chars().any(is_sign)
}

/// Those whose name begins so, then those in whose name a later word does.
pub(super) fn named(begun: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let at_word = |name: &str| name.split('_').skip(1).any(|word| word.starts_with(begun));
    let first = NAMED.iter().filter(|(name, _)| name.starts_with(begun));
    let later = NAMED.iter().filter(move |(name, _)| !name.starts_with(begun) && at_word(name));
    first.chain(later).copied().collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_stands_for_one_emoji_and_can_be_typed() {
        for (at, (name, emoji)) in NAMED.iter().enumerate() {
            assert!(NAMED[..at].iter().all(|(other, _)| other != name), "{name}");
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-_".contains(c);
            assert!(name.chars().all(is_plain), "{name}");
            assert!(!emoji.is_ascii() && emoji.chars().count() <= 2, "{emoji}");
        }
        let names: Vec<&str> = named("hea").map(|(name, _)| name).collect();
        assert_eq!(names, ["heart", "heart_eyes"]);
        assert_eq!(named("ev").map(|(_, emoji)| emoji).collect::<Vec<_>>(), ["🙈"]);
    }

    #[test]
    fn a_word_is_no_emoji_unless_one_is_called_so() {
        for (word, expected) in [
            (":tada:", Some("🎉")),
            ("tada", Some("🎉")),
            ("+1", Some("👍")),
            (":TADA:", Some("🎉")),
            ("👍🏽", Some("👍🏽")),
            ("👩‍👩‍👧", Some("👩‍👩‍👧")),
            ("🇧🇷", Some("🇧🇷")),
            ("❤", Some("❤")),
            ("1️⃣", Some("1️⃣")),
            ("™", Some("™")),
            ("ok", None),
            ("1", None),
            ("não", None),
            ("日本", None),
            ("\u{202e}👍", None),
            ("👍 👍", None),
            (":no-such:", None),
            ("", None),
        ] {
            assert_eq!(of(word).as_deref(), expected, "{word:?}");
        }
        assert_eq!(of(&"👍".repeat(EMOJI_BYTES_MAX)), None);
    }
}
