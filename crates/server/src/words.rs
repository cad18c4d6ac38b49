//! What the log's errors mean, in the reader's language. Where they go into the server's own log they stay English,
//! as the log words them. Not here: the server's other errors, which say so themselves.

use papo_log::LogError;
use papo_words::{system, t};

/// Cause and remedy.
pub(crate) fn log(error: &LogError) -> String {
    match error {
        LogError::DiskFull { path } => t!("server-log-disk-full", file = %path.display()),
        LogError::Failed { path, cause } => t!("server-log-failed", file = %path.display(), cause = cause),
        LogError::Unreadable { path, cause } => {
            t!("server-log-unreadable", file = %path.display(), cause = cause)
        }
        LogError::Corrupt { path, cause } => t!("server-log-corrupt", file = %path.display(), cause = cause),
        LogError::Newer { path, found, known } => {
            t!("server-log-newer", file = %path.display(), found = %found, known = %known)
        }
        LogError::Foreign { path } => t!("server-log-foreign", file = %path.display()),
        LogError::InUse { path } => t!("server-log-in-use", file = %path.display()),
        LogError::NotWritable { path, source } => {
            t!("server-log-not-writable", file = %path.display(), cause = system(source))
        }
        LogError::NoFolder { path } => t!("server-log-no-folder", file = %path.display()),
        LogError::NotAFile { path } => t!("server-log-not-a-file", file = %path.display()),
        LogError::Unsafe { path, setting, wanted, found } => {
            t!("server-log-unsafe", file = %path.display(), setting = *setting, wanted = wanted, found = found)
        }
        LogError::Unopened { path, cause } => {
            t!("server-log-unopened", file = %path.display(), cause = cause)
        }
        LogError::Away { engine, cause } => t!("server-log-away", engine = engine, cause = cause),
        LogError::Refused { engine, cause } => t!("server-log-refused", engine = engine, cause = cause),
        LogError::UnsafeEngine { engine, setting, wanted, found } => {
            t!(
                "server-log-unsafe-engine",
                engine = engine,
                setting = *setting,
                wanted = wanted,
                found = found
            )
        }
        LogError::Replaced { engine } => t!("server-log-replaced", engine = engine),
        // A kind that a later log has before this list does.
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use papo_words::{Language, in_language};

    use super::*;

    /// The catalogue's English is the log's own, so that a search finds both.
    #[test]
    fn an_error_of_the_log_is_said_in_the_readers_language() {
        let path = || "log.db".into();
        for error in [
            LogError::DiskFull { path: path() },
            LogError::Failed { path: path(), cause: "x".into() },
            LogError::Unreadable { path: path(), cause: "x".into() },
            LogError::Corrupt { path: path(), cause: "x".into() },
            LogError::Newer { path: path(), found: 9, known: 1 },
            LogError::Foreign { path: path() },
            LogError::InUse { path: path() },
            LogError::NotWritable { path: path(), source: std::io::Error::other("x") },
            LogError::NoFolder { path: path() },
            LogError::NotAFile { path: path() },
            LogError::Unsafe { path: path(), setting: "a", wanted: "b".into(), found: "c".into() },
            LogError::Unopened { path: path(), cause: "x".into() },
            LogError::Away { engine: "log.db".into(), cause: "x".into() },
            LogError::Refused { engine: "log.db".into(), cause: "x".into() },
            LogError::UnsafeEngine {
                engine: "log.db".into(),
                setting: "a",
                wanted: "b".into(),
                found: "c".into(),
            },
            LogError::Replaced { engine: "log.db".into() },
        ] {
            assert_eq!(log(&error), error.to_string());
            let portuguese = in_language(Language::Portuguese, || log(&error));
            assert!(portuguese.starts_with("log.db: ") && portuguese != log(&error), "{portuguese}");
        }
    }
}
