//! The page's files, compressed when the server was built and embedded into it. Not here: what is in them, which is
//! the folder `web` at the root.

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A file of the page.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Its path below the folder that is named for all files' hash; empty for the page itself.
    pub(crate) name: &'static str,
    /// Its media type.
    pub(crate) media_type: &'static str,
    /// As it is.
    pub(crate) plain: &'static [u8],
    /// Compressed with Brotli (RFC 7932); empty where that makes it no smaller.
    pub(crate) brotli: &'static [u8],
    /// Compressed with gzip (RFC 1952); empty where that makes it no smaller.
    pub(crate) gzip: &'static [u8],
}

/// How an answer's content is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

impl Encoding {
    /// The header line that names it.
    pub(crate) fn field(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("Content-Encoding: br"),
            Self::Gzip => Some("Content-Encoding: gzip"),
            Self::Plain => None,
        }
    }
}

impl Asset {
    /// The best form that the client accepts.
    pub(crate) fn encoded(&self, accept_encoding: &str) -> (Encoding, &'static [u8]) {
        if !self.brotli.is_empty() && accepts(accept_encoding, "br") {
            (Encoding::Brotli, self.brotli)
        } else if !self.gzip.is_empty() && accepts(accept_encoding, "gzip") {
            (Encoding::Gzip, self.gzip)
        } else {
            (Encoding::Plain, self.plain)
        }
    }
}

/// The page itself.
pub(crate) fn page() -> &'static Asset {
    &PAGE
}

/// The hash of all of it: a page that has changed has another one.
pub(crate) fn hash() -> &'static str {
    HASH
}

/// The file with this path below the folder that is named for the hash.
pub(crate) fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// Whether a coding is accepted (RFC 9110, section 12.5.3).
fn accepts(accept_encoding: &str, coding: &str) -> bool {
    accept_encoding.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = |part: &str| {
            part.strip_prefix("q=").is_some_and(|quality| quality.trim_matches(['0', '.']).is_empty())
        };
        name.eq_ignore_ascii_case(coding) && !parts.any(refused)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_are_taken_as_the_client_says() {
        for (said, coding, accepted) in [
            ("gzip, deflate, br", "br", true),
            ("gzip;q=0.5, br;q=0", "br", false),
            ("br;q=0.0", "br", false),
            ("br;q=0.1", "br", true),
            ("broken", "br", false),
            ("", "gzip", false),
        ] {
            assert_eq!(accepts(said, coding), accepted, "{said}");
        }
    }

    #[test]
    fn the_page_names_its_own_files() {
        let page = str::from_utf8(page().plain).unwrap();
        for part in page.split("/assets/").skip(1) {
            let (path, _) = part.split_once('"').unwrap();
            let (folder, name) = path.split_once('/').unwrap();
            assert_eq!(folder, hash());
            assert!(find(name).is_some(), "{name} is there");
        }
        assert!(page.contains("/assets/"), "the page has files");
    }
}
