//! TLS for the raw clients of the server's tests: any certificate will do, since the test compares its key. Not here:
//! connections.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use papo_proto::Fingerprint;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs as provider};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};

use super::Dial;

pub(super) fn client_config(dial: &Dial) -> Arc<ClientConfig> {
    let mut crypto = provider::default_provider();
    if !dial.groups.is_empty() {
        crypto.kx_groups.clone_from(&dial.groups);
    }
    let crypto = Arc::new(crypto);
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&crypto))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(crypto)))
        .with_no_client_auth();
    config.alpn_protocols = dial.alpn.iter().map(|name| name.to_vec()).collect();
    Arc::new(config)
}

pub(super) fn fingerprint_of(certificate: &CertificateDer<'_>) -> Fingerprint {
    let parsed = ParsedCertificate::try_from(certificate).unwrap();
    Fingerprint(digest(&SHA256, parsed.subject_public_key_info().as_ref()).as_ref().try_into().unwrap())
}

/// Takes any certificate, but checks that the server has its key. Which key it is, the test compares.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("TLS 1.3 only".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
