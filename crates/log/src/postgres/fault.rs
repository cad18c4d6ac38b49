//! What an error of `PostgreSQL` means: does it pass, or does somebody have to do something? Not here: trying again.

use std::error::Error as _;
use std::path::PathBuf;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::{LogError, engine};

/// Why an attempt has failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The connection, or the server behind it: another attempt on a new connection may succeed. Whether the
    /// attempt has stored anything is unknown.
    Passing(String),
    /// Trying again would change nothing.
    Lasting(Lasting),
}

/// What does not pass by itself.
#[derive(Debug)]
pub(super) enum Lasting {
    /// The database refuses us, or something in it is not as it should be.
    Refused(String),
    /// The certificate of the server is not believed.
    Untrusted(String),
    /// The disk is full; the transaction was rolled back.
    Full,
    /// A newer papo has made the tables.
    Newer(i32),
    /// A setting without which nothing is safe.
    Unsafe { setting: &'static str, wanted: &'static str, found: String },
    /// The log is another one than it was.
    Replaced,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let Some(answer) = error.as_db_error() else {
            // `Display` names the step only; what happened stands behind it.
            let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            if engine::is_untrusted(&error) {
                let remedy = "name the file of its authority with sslrootcert=FILE in the address";
                return Self::Lasting(Lasting::Untrusted(format!("{cause}: {remedy}")));
            }
            return Self::Passing(cause);
        };
        let code = answer.code();
        let text = format!("{} {}", code.code(), answer.message());
        if *code == SqlState::DISK_FULL {
            return Self::Lasting(Lasting::Full);
        }
        // Connections, transactions that gave way to others, resources, an operator's order, the system, and a
        // server that has become a standby. What they leave undone may be tried again.
        let class = code.code().get(..2).unwrap_or_default();
        let passing = matches!(class, "08" | "25" | "40" | "53" | "55" | "57" | "58");
        if passing { Self::Passing(text) } else { Self::Lasting(Lasting::Refused(text)) }
    }
}

impl Fault {
    /// What it means where a database was connected to before. The certificate that is not believed is then the one of
    /// another host, the last that was tried, and the one that was believed may be back in a moment.
    pub(super) fn when_known(self) -> Self {
        match self {
            Self::Lasting(Lasting::Untrusted(cause)) => Self::Passing(cause),
            other => other,
        }
    }
}

impl Lasting {
    /// In words for the operator.
    pub(super) fn into_error(self, engine: &str) -> LogError {
        let (engine, path) = (engine.to_owned(), PathBuf::from(engine));
        match self {
            Self::Refused(cause) | Self::Untrusted(cause) => LogError::Refused { engine, cause },
            Self::Full => LogError::DiskFull { path },
            Self::Newer(found) => LogError::Newer {
                path,
                found: u32::try_from(found).unwrap_or(u32::MAX),
                known: super::schema::KNOWN.unsigned_abs(),
            },
            Self::Unsafe { setting, wanted, found } => {
                LogError::UnsafeEngine { engine, setting, wanted: wanted.to_owned(), found }
            }
            Self::Replaced => LogError::Replaced { engine },
        }
    }
}
