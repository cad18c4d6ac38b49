//! Whether a server is the one that is meant. Asked in this order, and the first that knows the server
//! decides: the fingerprint in the invite; the certificate or authority given with `--ca`; the servers
//! accepted earlier; the system's certificate authorities; a person. Not here: the connection itself.
//!
//! Whatever vouches for the key, the server has to prove in the handshake that it holds it. A fingerprint
//! vouches for the key alone: neither name nor expiry of the certificate around it matter then, as with
//! SSH. Through `--ca` and the system's authorities they do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::digest;
use papo_proto::limits::ALPN_LINES;
use papo_proto::{Address, Fingerprint, Timestamp};
use papo_words::t;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::client::{Resumption, verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs as provider};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, Error, OtherError, RootCertStore};

use crate::error::{ConnectError, day};
use crate::known_servers;
use crate::possession::{Believe, PossessionVerifier};

/// What a client knows about whom to trust, before it sees any certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// The fingerprint in the invite.
    pub fingerprint: Option<Fingerprint>,
    /// The file given with `--ca`: PEM, with the server's own certificate or an authority's.
    pub ca_file: Option<PathBuf>,
    /// The file of the [known servers](crate::known_servers). Without one, nothing is remembered.
    pub known_servers: Option<PathBuf>,
}

/// Asks a person whether the server at this address has this fingerprint. Called in the connection's own
/// thread, with no connection open, so that the person may take any time.
pub type Ask = Box<dyn FnMut(&Address, &Fingerprint) -> bool + Send>;

/// The fingerprint of a certificate: the SHA-256 of its `SubjectPublicKeyInfo`. `None` if it is damaged.
pub fn fingerprint_of(certificate: &CertificateDer<'_>) -> Option<Fingerprint> {
    let key_info = ParsedCertificate::try_from(certificate).ok()?.subject_public_key_info();
    let digest = digest::digest(&digest::SHA256, &key_info);
    digest.as_ref().try_into().ok().map(Fingerprint)
}

impl Trust {
    /// How TLS is to be spoken with this server. `accepted` is a fingerprint that a person has just
    /// accepted. Reads the files anew, so that a change in them counts from the next connection on.
    pub(crate) fn tls_config(
        &self,
        address: &Address,
        accepted: Option<Fingerprint>,
    ) -> Result<ClientConfig, ConnectError> {
        let provider = Arc::new(provider::default_provider());
        let policy = self.policy(address, accepted)?;
        let believer = Verifier { address: address.clone(), policy, provider: Arc::clone(&provider) };
        let verifier = PossessionVerifier::new(believer, Arc::clone(&provider));
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|error| ConnectError::local(&error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = vec![ALPN_LINES.to_vec()];
        // A resumed session would come without a certificate, past what is decided here.
        config.resumption = Resumption::disabled();
        Ok(config)
    }

    /// Keeps a server's key for the next time, once the server has proven that it holds it: one that a
    /// person has accepted, or that came with an invite.
    pub(crate) fn remember(&self, address: &Address, fingerprint: &Fingerprint) -> Result<(), ConnectError> {
        let Some(path) = &self.known_servers else { return Ok(()) };
        let local = |error| ConnectError::local(&error);
        match known_servers::find(path, address).map_err(local)? {
            Some(known) if known == *fingerprint => Ok(()),
            // Whoever joins with an invite has accepted the key in it, also instead of an earlier one.
            Some(_) if self.fingerprint == Some(*fingerprint) => {
                known_servers::replace(path, address, fingerprint).map_err(local)
            }
            // Another process has just remembered another key: that one has to be decided about by a person.
            Some(_) => Ok(()),
            None => known_servers::remember(path, address, fingerprint).map_err(local),
        }
    }

    fn policy(&self, address: &Address, accepted: Option<Fingerprint>) -> Result<Policy, ConnectError> {
        if let Some(expected) = self.fingerprint {
            let remedy = t!("client-remedy-new-invite");
            return Ok(Policy::Fingerprint { expected, remedy });
        }
        if let Some(file) = &self.ca_file {
            return Authorities::load(file).map(Policy::Authorities);
        }
        if let Some(path) = &self.known_servers {
            let known = known_servers::find(path, address).map_err(|error| ConnectError::local(&error))?;
            if let Some(expected) = known {
                let remedy = t!("client-remedy-remove-line", address = %address, file = %path.display());
                return Ok(Policy::Fingerprint { expected, remedy });
            }
        }
        Ok(match accepted {
            Some(expected) => Policy::Fingerprint { expected, remedy: t!("client-remedy-again") },
            None => Policy::System,
        })
    }
}

/// What decides.
#[derive(Debug)]
enum Policy {
    /// The key is known; the remedy says what to do if it has been changed on purpose.
    Fingerprint { expected: Fingerprint, remedy: String },
    /// A file vouches.
    Authorities(Authorities),
    /// Nothing is known; perhaps the system's authorities vouch.
    System,
}

/// What stands in the file given with `--ca`.
#[derive(Debug)]
struct Authorities {
    file: PathBuf,
    fingerprints: Vec<Fingerprint>,
    roots: RootCertStore,
}

impl Authorities {
    fn load(file: &Path) -> Result<Self, ConnectError> {
        let certificates: Vec<_> = CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect)
            .map_err(|error| ConnectError::Local { text: ca_unreadable(file, &error) })?;
        if certificates.is_empty() {
            return Err(ConnectError::Local { text: t!("client-ca-empty", file = %file.display()) });
        }
        let mut authorities =
            Self { file: file.to_owned(), fingerprints: Vec::new(), roots: RootCertStore::empty() };
        for certificate in certificates {
            let damaged = || ConnectError::Local { text: t!("client-ca-damaged", file = %file.display()) };
            authorities.fingerprints.push(fingerprint_of(&certificate).ok_or_else(damaged)?);
            authorities.roots.add(certificate).map_err(|_| damaged())?;
        }
        Ok(authorities)
    }
}

/// Decides about the certificate that one server shows in one handshake.
#[derive(Debug)]
struct Verifier {
    address: Address,
    policy: Policy,
    provider: Arc<CryptoProvider>,
}

/// What a server shows.
struct Shown<'a> {
    leaf: &'a CertificateDer<'a>,
    parsed: ParsedCertificate<'a>,
    fingerprint: Fingerprint,
    intermediates: &'a [CertificateDer<'a>],
    name: &'a ServerName<'a>,
    now: UnixTime,
}

impl Verifier {
    fn decide(&self, shown: &Shown<'_>) -> Result<(), ConnectError> {
        match &self.policy {
            Policy::Fingerprint { expected, .. } if *expected == shown.fingerprint => Ok(()),
            Policy::Fingerprint { expected, remedy } => Err(ConnectError::NotTrusted {
                address: self.address.clone(),
                expected: *expected,
                found: shown.fingerprint,
                remedy: remedy.as_str().into(),
            }),
            Policy::Authorities(authorities) => self.decide_by_file(authorities, shown),
            Policy::System => self.decide_by_system(shown),
        }
    }

    fn decide_by_file(&self, authorities: &Authorities, shown: &Shown<'_>) -> Result<(), ConnectError> {
        let algorithms = self.provider.signature_verification_algorithms.all;
        let chain = verify_server_cert_signed_by_trust_anchor(
            &shown.parsed,
            &authorities.roots,
            shown.intermediates,
            shown.now,
            algorithms,
        );
        // The certificate in the file may be the server's own: then it needs no other one above it, and its
        // name does not matter, because the file was given for this very server. Its time still counts.
        let is_own = authorities.fingerprints.contains(&shown.fingerprint);
        match chain {
            Err(error) => match self.explain(&error) {
                Some(time_or_name) => Err(time_or_name),
                None if is_own => Ok(()),
                None => Err(ConnectError::OtherCertificate {
                    address: self.address.clone(),
                    file: authorities.file.as_path().into(),
                    expected: authorities.fingerprints.first().copied().unwrap_or(shown.fingerprint),
                    found: shown.fingerprint,
                }),
            },
            Ok(()) if is_own => Ok(()),
            Ok(()) => verify_server_name(&shown.parsed, shown.name).map_err(|error| {
                let damaged = || ConnectError::BadCertificate { detail: why_bad(&error) };
                self.explain(&error).unwrap_or_else(damaged)
            }),
        }
    }

    fn decide_by_system(&self, shown: &Shown<'_>) -> Result<(), ConnectError> {
        // Loaded only here: reading the system's authorities takes longer than the rest of a handshake.
        let system = rustls_platform_verifier::Verifier::new(Arc::clone(&self.provider));
        let verdict = system.and_then(|system| {
            system.verify_server_cert(shown.leaf, shown.intermediates, shown.name, &[], shown.now)
        });
        let Err(error) = verdict else { return Ok(()) };
        tracing::debug!(%error, "the system does not vouch for the certificate");
        let detail = match self.explain(&error) {
            Some(ConnectError::Expired { not_after }) => {
                t!("client-detail-expired", day = day(not_after))
            }
            Some(ConnectError::NotYetValid { not_before }) => {
                t!("client-detail-not-yet-valid", day = day(not_before))
            }
            Some(ConnectError::WrongHostName { host, .. }) => t!("client-detail-wrong-host", host = host),
            // Whatever else is said of a certificate that nobody known has signed is about what is in it, and
            // hides that it would not count anyway.
            _ => t!("client-detail-no-authority"),
        };
        let address = self.address.clone();
        Err(ConnectError::UnknownServer { address, fingerprint: shown.fingerprint, detail })
    }

    /// What is wrong with a certificate's time or name; `None` for everything else.
    fn explain(&self, error: &Error) -> Option<ConnectError> {
        let Error::InvalidCertificate(error) = error else { return None };
        let host = self.address.host.clone();
        match error {
            CertificateError::ExpiredContext { not_after, .. } => {
                Some(ConnectError::Expired { not_after: timestamp(*not_after) })
            }
            CertificateError::NotValidYetContext { not_before, .. } => {
                Some(ConnectError::NotYetValid { not_before: timestamp(*not_before) })
            }
            CertificateError::NotValidForNameContext { presented, .. } => {
                Some(ConnectError::WrongHostName { host, presented: presented.clone() })
            }
            CertificateError::NotValidForName => {
                Some(ConnectError::WrongHostName { host, presented: Vec::new() })
            }
            _ => None,
        }
    }
}

/// That the file given with `--ca` cannot be read, or is no PEM file.
fn ca_unreadable(file: &Path, error: &pem::Error) -> String {
    let cause = match error {
        pem::Error::Io(error) => papo_words::system(error),
        error => error.to_string(),
    };
    t!("client-ca-unreadable", file = %file.display(), cause = cause)
}

/// What is wrong with a certificate, or with the proof of its key, for people.
pub(crate) fn why_bad(error: &Error) -> String {
    match error {
        Error::DecryptError | Error::InvalidCertificate(CertificateError::BadSignature) => {
            t!("client-detail-no-proof")
        }
        Error::NoCertificatesPresented => t!("client-detail-no-certificate"),
        Error::InvalidCertificate(CertificateError::BadEncoding) => t!("client-detail-damaged"),
        _ => t!("client-detail-unacceptable"),
    }
}

fn timestamp(time: UnixTime) -> Timestamp {
    Timestamp::from_unix_ms(time.as_secs().saturating_mul(1000))
}

impl Believe for Verifier {
    fn believe(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let parsed = ParsedCertificate::try_from(leaf)?;
        let fingerprint = fingerprint_of(leaf).ok_or(CertificateError::BadEncoding)?;
        // The cause travels through rustls to whoever drives the connection; see `cause_in`.
        self.decide(&Shown { leaf, parsed, fingerprint, intermediates, name, now })
            .map_err(|cause| CertificateError::Other(OtherError(Arc::new(cause))).into())
    }
}

/// The cause that a verifier has put into an error of rustls.
pub(crate) fn cause_in(error: &Error) -> Option<ConnectError> {
    let Error::InvalidCertificate(CertificateError::Other(OtherError(cause))) = error else { return None };
    cause.downcast_ref::<ConnectError>().cloned()
}
