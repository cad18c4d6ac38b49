//! The usual emoji by the short names that people know from other chat programs: `:tada:`. A small table, because a
//! person who looks for a rare one has the system's own picker. Not here: how one is offered (`complete.rs`).

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
}
