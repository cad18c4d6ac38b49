//! What an error of TLS means, in terms of what a person can do about it.

use papo_proto::Address;
use papo_words::t;
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
            ConnectError::BadCertificate { detail: trust::why_bad(error) }
        }
        // The server refuses for reasons of its own; they may pass.
        Error::AlertReceived(
            AlertDescription::InternalError | AlertDescription::UserCanceled | AlertDescription::CloseNotify,
        ) => ConnectError::Lost { detail: t!("client-detail-handshake-broken-off") },
        _ => ConnectError::TlsMismatch { address, detail: mismatch(error) },
    }
}

/// What was not agreed on, for people.
fn mismatch(error: &Error) -> String {
    match error {
        Error::AlertReceived(AlertDescription::ProtocolVersion) | Error::PeerIncompatible(_) => {
            t!("client-detail-old-tls")
        }
        Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity) => {
            t!("client-detail-no-algorithm")
        }
        Error::AlertReceived(_) => t!("client-detail-handshake-refused"),
        _ => t!("client-detail-handshake-failed"),
    }
}

/// Explains an error of TLS once the connection is there.
pub(super) fn in_traffic(error: &Error) -> ConnectError {
    tracing::debug!(%error, "TLS failed");
    let detail = match error {
        Error::AlertReceived(_) => t!("client-detail-broken-off"),
        _ => t!("client-detail-damaged-on-the-way"),
    };
    ConnectError::Lost { detail }
}
