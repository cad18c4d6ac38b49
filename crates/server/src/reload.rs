//! Takes a changed certificate into use while the server runs. Not here: reading one, and what TLS does with it.

use std::sync::{Arc, Mutex, PoisonError};

use crate::certificate::{Certificate, CertificateError};
use crate::tls::CertificateInUse;

/// Looks at the server's certificate again, from any thread. A server does so by itself every few seconds; an
/// operator who has just put a new one into place need not wait.
#[derive(Clone, Debug)]
pub struct Reloader {
    /// What was read last. Held while the files are read, so that two looks do not cross.
    certificate: Arc<Mutex<Certificate>>,
    in_use: Arc<CertificateInUse>,
}

impl Reloader {
    /// A reloader for the certificate that is in use first.
    pub(crate) fn new(certificate: Certificate) -> Self {
        let in_use = Arc::new(CertificateInUse::new(certificate.certified()));
        Self { certificate: Arc::new(Mutex::new(certificate)), in_use }
    }

    /// What TLS takes for each handshake.
    pub(crate) fn in_use(&self) -> Arc<CertificateInUse> {
        Arc::clone(&self.in_use)
    }

    /// Reads the certificate and its key again if one of the files has changed; returns whether there is another
    /// one in use now. Connections that are there go on; handshakes from now on show the new one. One that cannot
    /// be used changes nothing.
    pub fn reload(&self) -> Result<bool, CertificateError> {
        let mut certificate = self.certificate.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(changed) = certificate.reload() else { return Ok(false) };
        let changed = changed?;
        if changed.fingerprint() == certificate.fingerprint() {
            tracing::info!("the certificate has changed and is in use; its key is the same");
        } else {
            tracing::warn!(
                "the certificate has changed and is in use; its key is another one, with the fingerprint {}. \
                 Clients that know the old key refuse to connect: make a new invite with `papo invite`",
                changed.fingerprint().grouped()
            );
        }
        self.in_use.replace(changed.certified());
        *certificate = changed;
        Ok(true)
    }
}
