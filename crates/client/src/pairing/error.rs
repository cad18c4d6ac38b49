//! Why two devices were not paired: cause and remedy. Not here: what a program does about it.

use std::io;
use std::time::Duration;

use papo_proto::Address;
use papo_words::{system, t};

use crate::protected::ProtectedError;

/// Why a key did not go over.
#[derive(Debug, thiserror::Error)]
pub enum PairingError {
    /// The text is no code at all.
    #[error("{}", t!("client-pairing-no-code"))]
    NoCode,
    /// The text is a code with a slip of the finger in it.
    #[error("{}", t!("client-pairing-mistyped"))]
    Mistyped,
    /// The system gives no random numbers.
    #[error("{}", t!("client-pairing-no-randomness"))]
    NoRandomness,
    /// Nobody can be waited for at this address.
    #[error("{}", t!("client-pairing-unbound", address = %address, cause = system(cause)))]
    Unbound {
        /// The address.
        address: Address,
        /// What the system says.
        cause: io::Error,
    },
    /// Nobody came with the code.
    #[error("{}", t!("client-pairing-nobody", minutes = minutes(*waited)))]
    Nobody {
        /// How long was waited.
        waited: Duration,
    },
    /// The person has taken the offer back, or no longer wants the key.
    #[error("{}", t!("client-pairing-withdrawn"))]
    Withdrawn,
    /// Too many came with another code.
    #[error("{}", t!("client-pairing-too-many"))]
    TooMany,
    /// The key was sent, and whether it arrived is not known.
    #[error("{}", t!("client-pairing-unconfirmed"))]
    Unconfirmed,
    /// Nobody waits at the code's address.
    #[error("{}", t!("client-pairing-unreachable", address = %address, cause = system(cause)))]
    Unreachable {
        /// The address.
        address: Address,
        /// What the system says.
        cause: io::Error,
    },
    /// Somebody waits there, for another code.
    #[error("{}", t!("client-pairing-refused", address = %address))]
    Refused {
        /// The address.
        address: Address,
    },
    /// What answers there does not know the code.
    #[error("{}", t!("client-pairing-stranger", address = %address))]
    Stranger {
        /// The address.
        address: Address,
    },
    /// The file of the key.
    #[error(transparent)]
    Key(#[from] ProtectedError),
}

fn minutes(waited: Duration) -> u64 {
    waited.as_secs().div_ceil(60)
}
