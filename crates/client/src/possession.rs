//! What all verifiers of certificates here have in common: TLS 1.3 alone is spoken, and whoever shows a certificate has to
//! prove in the handshake that it holds the certificate's key. Not here: whom a certificate is believed, which is asked of
//! whoever is within.

use std::fmt::Debug;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, PeerIncompatible, SignatureScheme};

/// Decides whether a certificate is believed whose key the other side will have to prove to hold.
pub(crate) trait Believe: Debug + Send + Sync {
    /// Whether this one is.
    ///
    /// # Errors
    /// Why not; the handshake ends with it.
    fn believe(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error>;
}

/// A verifier that has somebody else decide whom to believe.
#[derive(Debug)]
pub(crate) struct PossessionVerifier<B> {
    believer: B,
    provider: Arc<CryptoProvider>,
}

impl<B: Believe> PossessionVerifier<B> {
    /// Checks the proof with the algorithms of this provider.
    pub(crate) fn new(believer: B, provider: Arc<CryptoProvider>) -> Self {
        Self { believer, provider }
    }
}

impl<B: Believe> ServerCertVerifier for PossessionVerifier<B> {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.believer.believe(leaf, intermediates, name, now).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerIncompatible::Tls12NotOffered.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
