//! What the operating system says of a failure, in the reader's language. Not here: what to do about it, which
//! depends on what was tried.

use std::io;

use crate::t;
use crate::{Language, language};

/// The cause in words. The rarer ones stay as the system has them; in English all do, with the system's number,
/// by which one finds them elsewhere.
pub fn system(error: &io::Error) -> String {
    if language() == Language::English {
        return error.to_string();
    }
    match error.kind() {
        io::ErrorKind::NotFound => t!("words-not-found"),
        io::ErrorKind::PermissionDenied => t!("words-permission-denied"),
        io::ErrorKind::AlreadyExists => t!("words-already-exists"),
        io::ErrorKind::NotADirectory => t!("words-not-a-folder"),
        io::ErrorKind::IsADirectory => t!("words-is-a-folder"),
        io::ErrorKind::ReadOnlyFilesystem => t!("words-read-only"),
        io::ErrorKind::StorageFull => t!("words-disk-full"),
        io::ErrorKind::QuotaExceeded => t!("words-quota"),
        io::ErrorKind::ConnectionReset => t!("words-reset"),
        io::ErrorKind::ConnectionAborted => t!("words-aborted"),
        io::ErrorKind::BrokenPipe => t!("words-broken-pipe"),
        io::ErrorKind::UnexpectedEof => t!("words-unexpected-end"),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => t!("words-network-down"),
        io::ErrorKind::TimedOut => t!("words-timed-out"),
        io::ErrorKind::InvalidData => t!("words-invalid-data"),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::in_language;

    #[test]
    fn frequent_causes_are_said_in_the_readers_language() {
        let missing = io::Error::from_raw_os_error(2);
        assert_eq!(system(&missing), missing.to_string());
        let said = in_language(Language::Portuguese, || system(&io::ErrorKind::NotFound.into()));
        assert_eq!(said, "não existe");
        let own = io::Error::other("rare");
        assert_eq!(in_language(Language::Portuguese, || system(&own)), "rare");
    }
}
