//! The languages that papo speaks, and the one it speaks now. Not here: the texts.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};

use unic_langid::LanguageIdentifier;

/// A language that there is a catalogue of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Language {
    /// English, which every other language falls back on.
    #[default]
    English,
    /// Brazilian Portuguese.
    Portuguese,
}

/// The one place that says which language is spoken. A surface may change it at any time.
static CURRENT: AtomicU8 = AtomicU8::new(Language::English as u8);

thread_local! {
    /// What this thread speaks instead, inside [`in_language`].
    static OVERRIDDEN: Cell<Option<Language>> = const { Cell::new(None) };
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Portuguese];

    /// The language of a tag such as `pt`, `pt-BR`, `pt_PT.UTF-8` or `en`; `None` where there is no catalogue of it.
    /// `C` and `POSIX` are the names of the locale of a system that was told nothing, and mean English.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_', '.', '@']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "en" | "c" | "posix" => Some(Self::English),
            "pt" => Some(Self::Portuguese),
            _ => None,
        }
    }

    /// The language that the system is set to, or English where papo does not speak that. On Unix the environment
    /// says it (`LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`, in this order).
    pub fn of_system() -> Self {
        sys_locale::get_locale().and_then(|tag| Self::from_tag(&tag)).unwrap_or_default()
    }

    /// The language's tag (BCP 47), as web pages and screen readers take it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt-BR",
        }
    }

    /// What the language is called by those who speak it.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Portuguese => "Português",
        }
    }

    /// What the engine of plurals takes.
    pub(crate) fn identifier(self) -> LanguageIdentifier {
        self.tag().parse().unwrap_or_default()
    }
}

/// The language that texts are said in now.
pub fn language() -> Language {
    let of_all =
        || Language::ALL.get(usize::from(CURRENT.load(Ordering::Relaxed))).copied().unwrap_or_default();
    OVERRIDDEN.get().unwrap_or_else(of_all)
}

/// Says every text from now on in this language. A surface that shows texts draws itself anew.
pub fn set_language(language: Language) {
    CURRENT.store(language as u8, Ordering::Relaxed);
}

/// Does something in a language of its own, in this thread only: a test that must not disturb others, or a text
/// for somebody who reads another language.
pub fn in_language<T>(language: Language, work: impl FnOnce() -> T) -> T {
    /// Puts back what was there, after a panic as well.
    struct Restore(Option<Language>);
    impl Drop for Restore {
        fn drop(&mut self) {
            OVERRIDDEN.set(self.0);
        }
    }
    let _restore = Restore(OVERRIDDEN.replace(Some(language)));
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_every_form_are_understood() {
        for (tag, expected) in [
            ("pt", Some(Language::Portuguese)),
            ("pt-BR", Some(Language::Portuguese)),
            ("pt_PT.UTF-8", Some(Language::Portuguese)),
            ("PT", Some(Language::Portuguese)),
            ("en_US", Some(Language::English)),
            ("C.UTF-8", Some(Language::English)),
            ("POSIX", Some(Language::English)),
            ("ptx", None),
            ("de", None),
            ("", None),
        ] {
            assert_eq!(Language::from_tag(tag), expected, "{tag:?}");
        }
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
            assert_eq!(language.identifier().to_string(), language.tag());
        }
    }

    #[test]
    fn what_one_thread_speaks_for_a_while_disturbs_nobody() {
        let before = language();
        in_language(Language::Portuguese, || {
            assert_eq!(language(), Language::Portuguese);
            let other = std::thread::spawn(language).join().unwrap();
            assert_eq!(other, before);
            in_language(Language::English, || assert_eq!(language(), Language::English));
            assert_eq!(language(), Language::Portuguese);
        });
        assert_eq!(language(), before);
    }
}
