//! Takes a changed certificate into use while the server runs. Not here: reading one, and what TLS does with it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use papo_words::{Language, in_language};

use crate::certificate::{self, Certificate, CertificateError};
use crate::tls::CertificateInUse;

/// How often is looked whether the server's own authority has to sign again: it has months for it.
const RENEW_EVERY: Duration = Duration::from_hours(1);

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
        let in_use = Arc::new(CertificateInUse::new(certificate.shown()));
        Self { certificate: Arc::new(Mutex::new(certificate)), in_use }
    }

    /// What TLS takes for each handshake.
    pub(crate) fn in_use(&self) -> Arc<CertificateInUse> {
        Arc::clone(&self.in_use)
    }

    /// When the certificate in use ends, if that can be told.
    pub(crate) fn expires(&self) -> Option<SystemTime> {
        self.certificate.lock().unwrap_or_else(PoisonError::into_inner).expires()
    }

    /// Takes another certificate into use, from other files.
    pub(crate) fn take(&self, changed: Certificate) {
        let mut certificate = self.certificate.lock().unwrap_or_else(PoisonError::into_inner);
        self.in_use.replace(changed.shown());
        *certificate = changed;
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
        self.in_use.replace(changed.shown());
        *certificate = changed;
        Ok(true)
    }
}

/// Keeps the certificate in use up to date while the server runs.
pub(crate) struct Keeper {
    reloader: Reloader,
    /// Where the server's own authority may be, unless its certificate was given to it.
    folder: Option<PathBuf>,
    renewed_at: Instant,
    /// Whether it was said that the certificate on disk cannot be used.
    told: bool,
}

impl Keeper {
    /// A keeper for a server that has just been started.
    pub(crate) fn new(reloader: Reloader, folder: Option<PathBuf>) -> Self {
        Self { reloader, folder, renewed_at: Instant::now(), told: false }
    }

    /// Has the certificate signed again if it is time, and takes a changed one into use. One that cannot be used changes
    /// nothing and is said once.
    pub(crate) fn look(&mut self) {
        if let Some(folder) = self.folder.as_ref().filter(|_| self.renewed_at.elapsed() >= RENEW_EVERY) {
            self.renewed_at = Instant::now();
            if let Err(error) = certificate::renew(folder, SystemTime::now()) {
                said(|| tracing::error!("the server's own authority cannot sign again: {error}"));
            }
        }
        match self.reloader.reload() {
            Ok(_) => self.told = false,
            Err(error) if !self.told => {
                said(|| {
                    tracing::error!("the changed certificate cannot be used, the old one stays: {error}");
                });
                self.told = true;
            }
            Err(_) => {}
        }
    }
}

/// Log lines are for programs and for searching: they stay English.
pub(crate) fn said(say: impl FnOnce()) {
    in_language(Language::English, say);
}
