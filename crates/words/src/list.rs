//! Enumerations, amounts of people, and names inside texts of another direction. Not here: whole sentences.

use crate::t;

/// All of them, with "and" before the last: `Ana, Bia and Zoë`.
pub fn and(items: &[String]) -> String {
    match items {
        [first @ .., last] if !first.is_empty() => t!("words-and", first = first.join(", "), last = last),
        _ => items.concat(),
    }
}

/// How many people: `1 person`, `4,320 people`.
pub fn people(count: u64) -> String {
    t!("words-people", count = count)
}

/// A text in which a name of any direction may stand without turning what is around it (Unicode UAX #9: first
/// strong isolate, pop directional isolate). For surfaces that lay text out; a terminal would show the marks.
pub fn isolated(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, in_language};

    #[test]
    fn the_last_one_is_joined_by_a_word() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(and(&[]), "");
        assert_eq!(and(&names(&["Ana"])), "Ana");
        assert_eq!(and(&names(&["Ana", "Bia", "Zoë"])), "Ana, Bia and Zoë");
        in_language(Language::Portuguese, || assert_eq!(and(&names(&["Ana", "Zoë"])), "Ana e Zoë"));
    }
}
