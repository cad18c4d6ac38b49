//! The server's key and certificate: made on first start or given as PEM, and looked at again while the
//! server runs. Not here: how TLS uses them.

mod authority;
mod facts;
mod trust;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use aws_lc_rs::digest::{SHA256, digest};
use papo_proto::Fingerprint;
use papo_words::{system, t};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;

use crate::files;
use crate::tls::{self, Shown};
use crate::web::Hosts;

pub use authority::{authority_file, authority_key_file, make_with_authority};
pub(crate) use authority::{is_due, renew};
pub use facts::Facts;

/// The names of the two files in the server's folder.
const CERTIFICATE_FILE: &str = "server.crt";
const KEY_FILE: &str = "server.key";

/// How long a certificate that we make is valid, in days. Clients that come by invite trust the key and not the
/// date, so this only bounds how long `--ca server.crt` works without a new one.
const VALID_DAYS: i64 = 3650;

/// Where a key and its certificate are, both as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PemFiles {
    /// The certificate, followed by those that lead to an authority, if any.
    pub certificate: PathBuf,
    /// The private key: PKCS#8, PKCS#1 or SEC1; ECDSA, RSA or Ed25519.
    pub key: PathBuf,
}

impl PemFiles {
    /// The files in a server's folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self { certificate: folder.join(CERTIFICATE_FILE), key: folder.join(KEY_FILE) }
    }

    /// Whether both files are there.
    pub fn exist(&self) -> bool {
        self.certificate.exists() && self.key.exists()
    }
}

/// A key with its certificate, read and checked.
#[derive(Clone)]
pub struct Certificate {
    certified: Arc<CertifiedKey>,
    fingerprint: Fingerprint,
    /// What stands in it; nothing where it is written in a way that TLS takes and readers of certificates do not.
    facts: Option<Facts>,
    /// Whether browsers take it by themselves.
    is_public: bool,
    files: PemFiles,
    modified: [Option<SystemTime>; 2],
}

impl fmt::Debug for Certificate {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads a key and its certificate, and checks that they belong together.
    pub fn load(files: &PemFiles) -> Result<Self, CertificateError> {
        let modified = [&files.certificate, &files.key].map(|path| files::modified(path));
        files::refuse_readable_by_others(&files.key)
            .map_err(|source| CertificateError::Exposed { path: files.key.clone(), source })?;
        let chain = CertificateDer::pem_file_iter(&files.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| unreadable(&files.certificate, error))?;
        let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| unreadable(&files.key, error))?;
        let own = chain.first().ok_or(pem::Error::NoItemsFound);
        let own = own.map_err(|error| unreadable(&files.certificate, error))?;
        let fingerprint = fingerprint_of(own, &files.certificate)?;
        let facts = Facts::read(own).ok();
        let is_public =
            facts.as_ref().is_some_and(|facts| trust::is_public(&chain, facts, SystemTime::now()));
        let certified =
            CertifiedKey::from_der(chain, key, &tls::provider()).map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => CertificateError::NotAPair { files: files.clone() },
                other => CertificateError::Unusable { path: files.key.clone(), cause: other.to_string() },
            })?;
        Ok(Self {
            certified: Arc::new(certified),
            fingerprint,
            facts,
            is_public,
            files: files.clone(),
            modified,
        })
    }

    /// Makes a key (ECDSA P-256) and a certificate for these names and addresses in a folder; only the owner
    /// may read the key. Replaces nothing that is there.
    pub fn make(folder: &Path, names: &[String]) -> Result<Self, CertificateError> {
        let files = PemFiles::in_folder(folder);
        match (files.certificate.exists(), files.key.exists()) {
            (false, false) => {}
            (true, true) => return Err(CertificateError::Exists { path: files.certificate }),
            (true, false) => {
                return Err(CertificateError::Half { missing: files.key, there: files.certificate });
            }
            (false, true) => {
                return Err(CertificateError::Half { missing: files.certificate, there: files.key });
            }
        }
        let (certificate, key) =
            make_pem(names).map_err(|error| CertificateError::NotMade(error.to_string()))?;
        let write = |path: &Path, text: &str| {
            files::write_for_owner(path, text.as_bytes())
                .map_err(|source| CertificateError::NotWritten { path: path.to_owned(), source })
        };
        write(&files.key, &key)?;
        write(&files.certificate, &certificate)?;
        Self::load(&files)
    }

    /// The server's fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// What TLS and the page need of it.
    pub(crate) fn shown(&self) -> Shown {
        let names = self.facts.iter().flat_map(|facts| &facts.names).cloned();
        Shown { certified: Arc::clone(&self.certified), hosts: Hosts::new(names), is_public: self.is_public }
    }

    /// What stands in it, if that can be told.
    pub(crate) fn facts(&self) -> Option<&Facts> {
        self.facts.as_ref()
    }

    /// When it ends, if that can be told.
    pub(crate) fn expires(&self) -> Option<SystemTime> {
        self.facts.as_ref().map(|facts| facts.ends)
    }

    /// Where it came from.
    pub fn files(&self) -> &PemFiles {
        &self.files
    }

    /// The same again if a file has changed since, or nothing if none has.
    pub(crate) fn reload(&self) -> Option<Result<Self, CertificateError>> {
        let modified = [&self.files.certificate, &self.files.key].map(|path| files::modified(path));
        (modified != self.modified).then(|| Self::load(&self.files))
    }
}

/// The fingerprint of the first certificate in a PEM file.
pub fn fingerprint_of_file(path: &Path) -> Result<Fingerprint, CertificateError> {
    let certificate = CertificateDer::from_pem_file(path).map_err(|error| unreadable(path, error))?;
    fingerprint_of(&certificate, path)
}

/// What stands in the first certificate of a PEM file.
pub fn facts_of_file(path: &Path) -> Result<Facts, CertificateError> {
    let certificate = CertificateDer::from_pem_file(path).map_err(|error| unreadable(path, error))?;
    Facts::read(&certificate).map_err(|cause| CertificateError::Unusable { path: path.to_owned(), cause })
}

/// Why a file holds no certificate or key.
fn unreadable(path: &Path, error: pem::Error) -> CertificateError {
    match error {
        pem::Error::Io(source) => CertificateError::Unreadable { path: path.to_owned(), source },
        other => CertificateError::NotPem { path: path.to_owned(), cause: other.to_string() },
    }
}

fn fingerprint_of(certificate: &CertificateDer<'_>, path: &Path) -> Result<Fingerprint, CertificateError> {
    let parsed = ParsedCertificate::try_from(certificate)
        .map_err(|error| CertificateError::Unusable { path: path.to_owned(), cause: error.to_string() })?;
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(digest(&SHA256, parsed.subject_public_key_info().as_ref()).as_ref());
    Ok(Fingerprint(fingerprint))
}

/// A new certificate and its key, as PEM.
fn make_pem(names: &[String]) -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "papo");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = time::OffsetDateTime::now_utc();
    // A day earlier, for clients whose clock is a little slow.
    params.not_before = now - time::Duration::days(1);
    params.not_after = now + time::Duration::days(VALID_DAYS);
    Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
}

/// Why there is no certificate to serve with.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("{}", t!("server-unreadable", file = %path.display(), cause = system(source)))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{}", t!("server-not-pem", file = %path.display(), cause = cause))]
    NotPem {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// The key can be read by others.
    #[error("{}", t!("server-exposed", file = %path.display()))]
    Exposed {
        /// The key's file.
        path: PathBuf,
        /// Cause and remedy.
        source: io::Error,
    },
    /// The certificate is another key's.
    #[error("{}", t!("server-not-a-pair", certificate = %files.certificate.display(), key = %files.key.display()))]
    NotAPair {
        /// The files.
        files: PemFiles,
    },
    /// TLS cannot use it.
    #[error("{}", t!("server-unusable", file = %path.display(), cause = cause))]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// There is a file already.
    #[error("{}", t!("server-exists", file = %path.display()))]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// One of the two files is there without the other.
    #[error("{}", t!("server-half", missing = %missing.display(), there = %there.display()))]
    Half {
        /// The file that is not there.
        missing: PathBuf,
        /// The file that is.
        there: PathBuf,
    },
    /// A file cannot be written.
    #[error("{}", t!("server-not-written", file = %path.display(), cause = system(source)))]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A name or address cannot stand in a certificate.
    #[error("{}", t!("server-not-made", cause = .0))]
    NotMade(String),
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn a_made_certificate_reads_back_and_its_key_is_the_owners() {
        let folder = folder();
        let made = Certificate::make(folder.path(), &["localhost".into(), "127.0.0.1".into()]).unwrap();
        let files = PemFiles::in_folder(folder.path());
        assert_eq!(Certificate::load(&files).unwrap().fingerprint(), made.fingerprint());
        assert_eq!(fingerprint_of_file(&files.certificate).unwrap(), made.fingerprint());
        assert!(made.reload().is_none(), "nothing has changed");
        let again = Certificate::make(folder.path(), &[]).unwrap_err();
        assert!(matches!(again, CertificateError::Exists { .. }), "{again}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&files.key), 0o600);
            fs::set_permissions(&files.key, fs::Permissions::from_mode(0o644)).unwrap();
            let error = Certificate::load(&files).unwrap_err();
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn one_file_without_the_other_is_named_and_replaces_nothing() {
        for key_is_missing in [true, false] {
            let folder = folder();
            Certificate::make(folder.path(), &["localhost".into()]).unwrap();
            let files = PemFiles::in_folder(folder.path());
            let (missing, there) =
                if key_is_missing { (files.key, files.certificate) } else { (files.certificate, files.key) };
            fs::remove_file(&missing).unwrap();
            let before = fs::read(&there).unwrap();
            let error = Certificate::make(folder.path(), &["localhost".into()]).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{} is missing", missing.display())), "{error}");
            assert!(error.contains("new invite"), "{error}");
            assert!(!missing.exists() && fs::read(&there).unwrap() == before, "nothing is replaced");
        }
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let (one, two) = (folder(), folder());
        for folder in [&one, &two] {
            Certificate::make(folder.path(), &["localhost".into()]).unwrap();
        }
        let mixed = PemFiles {
            certificate: PemFiles::in_folder(one.path()).certificate,
            key: PemFiles::in_folder(two.path()).key,
        };
        let error = Certificate::load(&mixed).unwrap_err();
        assert!(matches!(error, CertificateError::NotAPair { .. }), "{error}");
        fs::write(&mixed.certificate, "no certificate").unwrap();
        let error = Certificate::load(&mixed).unwrap_err();
        assert!(matches!(error, CertificateError::NotPem { .. }), "{error}");
    }
}
