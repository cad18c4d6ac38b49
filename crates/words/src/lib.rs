//! Every text that papo says to people, in each of its languages. The texts themselves are Project Fluent
//! catalogues in `locales`, one folder for each language and one file for each surface. Not here: what programs
//! read (log lines of a server, JSON, the protocol's codes), which stays English.
//!
//! A text is named by a key that begins with the name of its file:
//!
//! ```
//! use papo_words::t;
//!
//! assert_eq!(t!("words-people", count = 2), "2 people");
//! ```
//!
//! `cargo xtask tidy` finds keys that no catalogue has, arguments that differ, and texts that nothing says.

mod catalogue;
pub mod dates;
mod language;
mod list;
pub mod number;
mod system;
mod value;

pub use language::{Language, in_language, language, set_language};
pub use list::{and, isolated, people};
pub use system::system;
pub use value::Value;

/// The text of a key in the current language: `t!("chat-renamed", before = before, name = name)`. An argument is
/// text or a number, or with a `%` before it (`address = %address`) anything that can be displayed. Numbers are
/// grouped and counted as the language has it, so what is no amount (a port, a message's number) is given as text.
#[macro_export]
macro_rules! t {
    ($key:literal $(, $($arguments:tt)*)?) => {
        $crate::text($key, $crate::arguments!([] $($($arguments)*)?))
    };
}

/// The arguments of [`t!`], one by one. Not for use by itself.
#[doc(hidden)]
#[macro_export]
macro_rules! arguments {
    ([$($done:tt)*]) => { &[$($done)*] };
    ([$($done:tt)*] $name:ident = %$value:expr $(, $($rest:tt)*)?) => {
        $crate::arguments!([$($done)* (stringify!($name), $crate::Value::shown(&$value)),] $($($rest)*)?)
    };
    ([$($done:tt)*] $name:ident = $value:expr $(, $($rest:tt)*)?) => {
        $crate::arguments!([$($done)* (stringify!($name), $crate::Value::from($value)),] $($($rest)*)?)
    };
}

/// The text of a key that is found out only while running, such as the help of an option. Where it is written
/// out in the source, [`t!`] is checked better. A key that no catalogue has is its own text.
pub fn text(key: &str, arguments: &[(&str, Value<'_>)]) -> String {
    find(key, arguments).unwrap_or_else(|| key.to_owned())
}

/// The same; `None` where no catalogue has the key.
pub fn find(key: &str, arguments: &[(&str, Value<'_>)]) -> Option<String> {
    let current = language();
    let said = catalogue::say(current, key, arguments);
    said.or_else(|| {
        catalogue::say(Language::English, key, arguments).filter(|_| current != Language::English)
    })
}

/// Every key of a surface's catalogue in a language; none where there is no such surface. For tests of texts whose
/// keys are put together while running.
pub fn keys(language: Language, surface: &str) -> Vec<String> {
    catalogue::keys(language, surface)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_said_in_the_current_language() {
        let said = |language, count| in_language(language, || people(count));
        assert_eq!(said(Language::English, 1), "1 person");
        assert_eq!(said(Language::English, 4320), "4,320 people");
        assert_eq!(said(Language::Portuguese, 1), "1 pessoa");
        assert_eq!(said(Language::Portuguese, 4320), "4.320 pessoas");
    }

    #[test]
    fn a_key_that_nobody_knows_is_its_own_text() {
        assert_eq!(find("words-nothing", &[]), None);
        assert_eq!(text("nothing", &[]), "nothing");
    }

    /// Marks around arguments would stand on a terminal as strange signs.
    #[test]
    fn nothing_is_put_around_arguments() {
        assert_eq!(t!("words-and", first = "a", last = "b"), "a and b");
    }
}
