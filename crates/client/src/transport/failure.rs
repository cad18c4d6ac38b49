//! What an error of TLS means, in terms of what a person can do about it.

use papo_proto::Address;
use rustls::{AlertDescription, Error};

use crate::error::ConnectError;
use crate::trust;

/// Explains an error of TLS during the handshake.
pub(super) fn in_handshake(error: &Error, address: &Address) -> ConnectError {
    if let Some(cause) = trust::cause_in(error) {
        return cause;
    }
    let address = address.clone();
    match error {
        // The first bytes that came are no TLS record, or none that belongs here.
        Error::InvalidMessage(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. } => ConnectError::NotTls { address },
        Error::AlertReceived(AlertDescription::NoApplicationProtocol) | Error::NoApplicationProtocol => {
            ConnectError::Version { server: None }
        }
        Error::InvalidCertificate(_) | Error::NoCertificatesPresented | Error::DecryptError => {
            ConnectError::BadCertificate { detail: error.to_string() }
        }
        // The server refuses for reasons of its own; they may pass.
        Error::AlertReceived(
            AlertDescription::InternalError | AlertDescription::UserCanceled | AlertDescription::CloseNotify,
        ) => ConnectError::Lost { detail: error.to_string() },
        _ => ConnectError::TlsMismatch { address, detail: error.to_string() },
    }
}

/// Explains an error of TLS once the connection is there.
pub(super) fn in_traffic(error: &Error) -> ConnectError {
    ConnectError::Lost { detail: error.to_string() }
}
