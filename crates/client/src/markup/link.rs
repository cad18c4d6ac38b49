//! Links: which are taken for one, and where they lead. Not here: following one, which a surface does after
//! it has shown the target.

/// The schemes that a link may have. Nothing else is ever opened: others start programs or run scripts.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// Longer targets are no links: browsers cut them, and nobody can check them.
const TARGET_BYTES_MAX: usize = 2048;

/// Signs at the end of a link in a sentence that belong to the sentence.
const TRAILING: [char; 11] = ['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '…'];

/// Where a link leads: an address that begins with `https://`, `http://` or `mailto:`, without blanks and
/// control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    target: String,
}

impl Link {
    /// A link to this target, if it is one that may be followed.
    pub fn new(target: &str) -> Option<Self> {
        let scheme = scheme_of(target)?;
        let is_good = target.len() > scheme.len()
            && target.len() <= TARGET_BYTES_MAX
            && target.chars().all(is_part)
            && !target[scheme.len()..].starts_with(['/', '?', '#']);
        is_good.then(|| Self { target: target.to_owned() })
    }

    /// The whole target.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Where it leads: the host of a page, the address of a mail. It is what a person has to look at: what
    /// stands before an `@` in a page's address is made to deceive.
    pub fn destination(&self) -> &str {
        let scheme = scheme_of(&self.target).unwrap_or_default();
        let behind = &self.target[scheme.len()..];
        if scheme == "mailto:" {
            return behind.split('?').next().unwrap_or(behind);
        }
        let authority = behind.split(['/', '?', '#']).next().unwrap_or(behind);
        authority.rsplit('@').next().unwrap_or(authority)
    }

    /// Whether it leads to a page without encryption.
    pub fn is_plain_http(&self) -> bool {
        scheme_of(&self.target) == Some("http://")
    }
}

/// What begins like a link at the beginning of a text, as people write links into sentences.
pub(super) enum Bare {
    /// A link of so many bytes.
    Link(usize),
    /// No link, in all of so many bytes.
    Text(usize),
}

/// The link that a text begins with, if it begins like one.
pub(super) fn bare(text: &str) -> Option<Bare> {
    let scheme = scheme_of(text)?;
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    if end > TARGET_BYTES_MAX {
        // Passed over as a whole, or what is in it would be looked through again and again.
        return Some(Bare::Text(end));
    }
    let len = trimmed_len(&text[..end]);
    (len > scheme.len() && Link::new(&text[..len]).is_some()).then_some(Bare::Link(len))
}

/// How much of a link is its own: without what ends the sentence, or closes a bracket opened before it.
fn trimmed_len(link: &str) -> usize {
    let mut surplus = [(')', '('), (']', '[')]
        .map(|(close, open)| (close, link.matches(close).count().saturating_sub(link.matches(open).count())));
    let mut len = link.len();
    while let Some(last) = link[..len].chars().next_back() {
        let closes = surplus.iter_mut().find(|(close, count)| *close == last && *count > 0);
        match closes {
            Some((_, count)) => *count -= 1,
            None if TRAILING.contains(&last) => {}
            None => break,
        }
        len -= last.len_utf8();
    }
    len
}

/// Whether a link may hold this character. A backslash is a slash to browsers and none to readers.
fn is_part(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(c, '<' | '>' | '"' | '\\' | '`' | '\u{27EA}' | '\u{27EB}')
}

fn scheme_of(text: &str) -> Option<&'static str> {
    let begins =
        |scheme: &&str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    SCHEMES.into_iter().find(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_and_mail_can_be_links() {
        for target in [
            "https://a.org",
            "HTTP://a.org/x?y=1#z",
            "mailto:ana@example.org?subject=oi",
            "http://[::1]:8080/",
        ] {
            assert!(Link::new(target).is_some(), "{target}");
        }
        for target in [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "papo://x",
            "ftp://a.org",
            "//a.org",
            "a.org",
            "https://",
            "https:///a",
            "https://a b",
            "https://a\u{202E}\n",
            "https://a\\@b",
            " https://a.org",
            "mailto:",
        ] {
            assert_eq!(Link::new(target), None, "{target}");
        }
        assert_eq!(Link::new(&format!("https://{}", "a".repeat(TARGET_BYTES_MAX))), None);
    }

    #[test]
    fn the_destination_is_where_a_link_leads_and_not_what_it_says() {
        let check = |target: &str, expected: &str| {
            assert_eq!(Link::new(target).unwrap().destination(), expected, "{target}");
        };
        check("https://example.org/a", "example.org");
        check("https://bank.example@evil.example:8443/bank.example", "evil.example:8443");
        check("https://evil.example?bank.example/", "evil.example");
        check("mailto:ana@example.org?subject=x", "ana@example.org");
    }

    #[test]
    fn what_ends_a_sentence_is_not_part_of_its_link() {
        let check = |text: &str, link: &str| {
            assert!(matches!(bare(text), Some(Bare::Link(len)) if len == link.len()), "{text}");
        };
        check("https://a.org.", "https://a.org");
        check("https://a.org/x), then", "https://a.org/x");
        check("https://a.org/x_(y)", "https://a.org/x_(y)");
        check("https://a.org/x_(y)).", "https://a.org/x_(y)");
        check("https://a.org?!", "https://a.org");
        assert!(bare("https://").is_none());
        assert!(bare("https://...").is_none());
    }
}
