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
    tracing::debug!(%error, "the TLS handshake failed");
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
            ConnectError::BadCertificate { detail: trust::why_bad(error).to_owned() }
        }
        // The server refuses for reasons of its own; they may pass.
        Error::AlertReceived(
            AlertDescription::InternalError | AlertDescription::UserCanceled | AlertDescription::CloseNotify,
        ) => ConnectError::Lost { detail: "the server has broken off the handshake".to_owned() },
        _ => ConnectError::TlsMismatch { address, detail: mismatch(error).to_owned() },
    }
}

/// What was not agreed on, for people.
fn mismatch(error: &Error) -> &'static str {
    match error {
        Error::AlertReceived(AlertDescription::ProtocolVersion) | Error::PeerIncompatible(_) => {
            "it offers an older version, or other algorithms"
        }
        Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity) => {
            "it accepts none of this program's algorithms"
        }
        Error::AlertReceived(_) => "it has refused the handshake",
        _ => "the handshake failed",
    }
}

/// Explains an error of TLS once the connection is there.
pub(super) fn in_traffic(error: &Error) -> ConnectError {
    tracing::debug!(%error, "TLS failed");
    let detail = match error {
        Error::AlertReceived(_) => "the server has broken it off",
        _ => "what came was damaged on the way",
    };
    ConnectError::Lost { detail: detail.to_owned() }
}
