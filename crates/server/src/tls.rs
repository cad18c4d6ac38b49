//! TLS as the server speaks it: version 1.3 only, and a certificate that can be exchanged while it runs. Not
//! here: where the certificate comes from.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use papo_proto::limits::ALPN_LINES;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;

use crate::web::{ALPN_HTTP, Hosts};

/// What a server shows of itself: its certificate with the key, and what follows from what stands in it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) certified: Arc<CertifiedKey>,
    /// The names that it is for.
    pub(crate) hosts: Hosts,
    /// Whether browsers take it by themselves.
    pub(crate) is_public: bool,
}

/// The ALPN name by which an authority looks whether a name is the server's (RFC 8737, section 6.2).
pub(crate) const ALPN_ACME: &[u8] = b"acme-tls/1";

/// The certificate in use. Handshakes take whatever is there when they begin.
#[derive(Debug)]
pub(crate) struct CertificateInUse {
    shown: RwLock<Arc<Shown>>,
    /// What an authority that asks for it is shown instead, by the name that it asks about.
    challenges: RwLock<BTreeMap<String, Arc<CertifiedKey>>>,
}

impl CertificateInUse {
    pub(crate) fn new(shown: Shown) -> Self {
        Self { shown: RwLock::new(Arc::new(shown)), challenges: RwLock::default() }
    }

    pub(crate) fn replace(&self, shown: Shown) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shown);
    }

    /// What is shown at the moment.
    pub(crate) fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on an authority that asks about this name is shown this.
    pub(crate) fn challenge(&self, name: &str, certified: CertifiedKey) {
        let mut challenges = self.challenges.write().unwrap_or_else(PoisonError::into_inner);
        challenges.insert(name.to_ascii_lowercase(), Arc::new(certified));
    }

    /// No authority is expected any more.
    pub(crate) fn forget_challenges(&self) {
        self.challenges.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl ResolvesServerCert for CertificateInUse {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if hello.alpn().is_some_and(|names| names.eq([ALPN_ACME])) {
            let challenges = self.challenges.read().unwrap_or_else(PoisonError::into_inner);
            return challenges.get(&hello.server_name()?.to_ascii_lowercase()).map(Arc::clone);
        }
        Some(Arc::clone(&self.shown().certified))
    }
}

/// The cryptography in use: aws-lc-rs with X25519MLKEM768 first, and of the two AES suites the shorter key
/// first, since records are sealed once for every member and nobody breaks AES-128.
pub(crate) fn provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider
        .cipher_suites
        .sort_by_key(|suite| suite.suite() != rustls::CipherSuite::TLS13_AES_128_GCM_SHA256);
    provider
}

/// How the server speaks TLS with this certificate.
pub(crate) fn config(certificate: Arc<CertificateInUse>) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols = vec![ALPN_LINES.to_vec(), ALPN_HTTP.to_vec(), ALPN_ACME.to_vec()];
    config.ignore_client_order = true;
    // A chat holds its connection for hours, so a resumed handshake saves nothing; without tickets there is
    // no key to rotate and no memory for each of them.
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(config)
}
