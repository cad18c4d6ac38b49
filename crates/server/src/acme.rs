//! A certificate of a public authority, got and renewed by the server itself (ACME, RFC 8555). It is signed for the
//! server's own key, so invites hold on. That the name is the server's is shown on the same port (TLS-ALPN-01, RFC 8737).
//! All of it has a thread of its own, apart from everything that members need. Not here: the protocol itself, which a
//! library speaks, and what is shown in a handshake (`tls`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use instant_acme::{
    Account, AccountBuilder, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount,
    NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use tokio::sync::oneshot;

use crate::certificate::{Certificate, CertificateError, PemFiles, is_due};
use crate::files;
use crate::reload::{Reloader, said};
use crate::tls::{self, CertificateInUse};

/// What it keeps in the server's folder: the certificate with those that lead to the authority, and its account there.
const CERTIFICATE_FILE: &str = "acme.crt";
const ACCOUNT_FILE: &str = "acme.json";

/// How often is looked whether it is time.
const LOOK_EVERY: Duration = Duration::from_hours(1);

/// How long it waits after a failure; twice as long after each further one. So there are at most four in the first hour:
/// authorities bear five.
const FIRST_RETRY: Duration = Duration::from_mins(4);
const LAST_RETRY: Duration = Duration::from_hours(12);

/// How long the authority may take for looking at the server, and for signing.
const PATIENCE: RetryPolicy =
    RetryPolicy::new().initial_delay(Duration::from_millis(250)).timeout(Duration::from_mins(2));

/// The error of an authority that does not know the account (RFC 8555, section 6.7).
const NO_ACCOUNT: &str = "urn:ietf:params:acme:error:accountDoesNotExist";

/// Where a certificate comes from, and for which names. Who sets it up agrees with the authority's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcmeConfig {
    /// The names, at least one: each leads to this server from everywhere, with port 443 for its port.
    pub names: Vec<String>,
    /// The authority's directory, a URL.
    pub directory: String,
    /// Whom to believe that this is the authority (PEM), where it is none that the system knows.
    pub root: Option<PathBuf>,
}

impl AcmeConfig {
    /// The directory of the authority that most of the world uses.
    pub const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
}

/// The certificate that was got before, where there is one for these names that has not ended.
pub(crate) fn load(folder: &Path, config: &AcmeConfig) -> Option<Certificate> {
    let certificate = Certificate::load(&files_in(folder)).ok()?;
    let facts = certificate.facts()?;
    let has = |name: &String| facts.names.iter().any(|known| known.eq_ignore_ascii_case(name));
    (facts.ends > SystemTime::now() && config.names.iter().all(has)).then_some(certificate)
}

fn files_in(folder: &Path) -> PemFiles {
    PemFiles { certificate: folder.join(CERTIFICATE_FILE), key: PemFiles::in_folder(folder).key }
}

/// The thread that gets certificates. Ends when it is dropped, whatever it is doing.
#[derive(Debug)]
pub(crate) struct Acme {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Acme {
    /// Begins to get a certificate, and to renew it.
    pub(crate) fn start(config: AcmeConfig, folder: PathBuf, reloader: Reloader) -> io::Result<Self> {
        // The library's connections take whatever cryptography the process has.
        let _ = tls::provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let keeper = Keeper { config, folder, in_use: reloader.in_use(), reloader };
        let work = move || {
            runtime.block_on(async {
                tokio::select! {
                    () = keeper.keep() => {}
                    _ = stopped => {}
                }
            });
            // What looks up names may be in the middle of it.
            runtime.shutdown_background();
        };
        let thread = thread::Builder::new().name("papo-acme".to_owned()).spawn(work)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Acme {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// What the thread works with.
struct Keeper {
    config: AcmeConfig,
    folder: PathBuf,
    reloader: Reloader,
    in_use: Arc<CertificateInUse>,
}

impl Keeper {
    async fn keep(&self) {
        let mut failures = 0;
        loop {
            let wait = match self.look().await {
                Ok(()) => {
                    failures = 0;
                    LOOK_EVERY
                }
                Err(error) => {
                    let wait = retry_after(failures);
                    failures += 1;
                    said(|| {
                        tracing::error!(
                            "there is no certificate for {}: {error}. It is tried again in {} minutes; the one that is in \
                             use stays",
                            self.config.names.join(", "),
                            wait.as_secs() / 60
                        );
                    });
                    wait
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Gets a certificate if there is none, or if two thirds of its time are over.
    async fn look(&self) -> Result<(), AcmeError> {
        let there = load(&self.folder, &self.config);
        let times = there.as_ref().and_then(Certificate::facts).map(|facts| (facts.begins, facts.ends));
        if times.is_some_and(|(begins, ends)| !is_due(begins, ends, SystemTime::now())) {
            return Ok(());
        }
        let chain = self.obtain().await;
        self.in_use.forget_challenges();
        let files = files_in(&self.folder);
        files::replace(&files.certificate, chain?.as_bytes())
            .map_err(|source| CertificateError::NotWritten { path: files.certificate.clone(), source })?;
        self.reloader.take(Certificate::load(&files)?);
        tracing::info!("a certificate for {} is in use", self.config.names.join(", "));
        Ok(())
    }

    /// The whole conversation with the authority. Returns the chain as PEM.
    async fn obtain(&self) -> Result<String, AcmeError> {
        let account = self.account().await?;
        let names: Vec<Identifier> = self.config.names.iter().cloned().map(Identifier::Dns).collect();
        let mut order = match account.new_order(&NewOrder::new(&names)).await {
            Err(instant_acme::Error::Api(problem)) if problem.r#type.as_deref() == Some(NO_ACCOUNT) => {
                // The next time there will be another one.
                let _ = fs::remove_file(self.folder.join(ACCOUNT_FILE));
                return Err(instant_acme::Error::Api(problem).into());
            }
            order => order?,
        };
        self.show(&mut order).await?;
        let status = order.poll_ready(&PATIENCE).await?;
        if status != OrderStatus::Ready {
            return Err(AcmeError::NotReached(self.why_not(&mut order).await));
        }
        order.finalize_csr(&self.request()?).await?;
        Ok(order.poll_certificate(&PATIENCE).await?)
    }

    /// The account that was made before, or a new one.
    async fn account(&self) -> Result<Account, AcmeError> {
        let path = self.folder.join(ACCOUNT_FILE);
        let kept = fs::read(&path).ok().and_then(|json| serde_json::from_slice::<Kept>(&json).ok());
        if let Some(kept) = kept.filter(|kept| kept.directory == self.config.directory) {
            return Ok(self.builder()?.from_credentials(kept.credentials).await?);
        }
        let new = NewAccount { contact: &[], terms_of_service_agreed: true, only_return_existing: false };
        let (account, credentials) =
            self.builder()?.create(&new, self.config.directory.clone(), None).await?;
        let kept = Kept { directory: self.config.directory.clone(), credentials };
        let json = serde_json::to_vec(&kept).map_err(io::Error::other);
        let _ = fs::remove_file(&path);
        let written = json.and_then(|json| files::write_for_owner(&path, &json));
        written.map_err(|source| CertificateError::NotWritten { path, source })?;
        Ok(account)
    }

    fn builder(&self) -> Result<AccountBuilder, instant_acme::Error> {
        match &self.config.root {
            Some(root) => Account::builder_with_root(root),
            None => Account::builder(),
        }
    }

    /// Shows for each name, in handshakes that ask for it, that it is the server's.
    async fn show(&self, order: &mut Order) -> Result<(), AcmeError> {
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let mut challenge =
                authorization.challenge(ChallengeType::TlsAlpn01).ok_or(AcmeError::OtherChallenges)?;
            let name = challenge.identifier().to_string();
            let proof = challenge.key_authorization();
            self.in_use.challenge(&name, challenge_certificate(&name, proof.digest().as_ref())?);
            challenge.set_ready().await?;
        }
        Ok(())
    }

    /// What the authority has to say about the names that it has refused.
    async fn why_not(&self, order: &mut Order) -> String {
        let mut authorizations = order.authorizations();
        let mut causes = Vec::new();
        while let Some(Ok(authorization)) = authorizations.next().await {
            let errors = authorization.challenges.iter().filter_map(|challenge| challenge.error.as_ref());
            causes.extend(errors.map(ToString::to_string));
        }
        causes.join("; ")
    }

    /// A request for a certificate for the server's own key (RFC 2986), as DER.
    fn request(&self) -> Result<Vec<u8>, AcmeError> {
        let path = PemFiles::in_folder(&self.folder).key;
        let pem = fs::read_to_string(&path)
            .map_err(|source| CertificateError::Unreadable { path: path.clone(), source })?;
        let key = KeyPair::from_pem(&pem)?;
        let mut params = CertificateParams::new(self.config.names.clone())?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        Ok(params.serialize_request(&key)?.der().to_vec())
    }
}

/// The account as it is kept: the library's words, and whose account it is.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    directory: String,
    credentials: AccountCredentials,
}

/// How long to wait after this many failures before this one.
fn retry_after(failures: u32) -> Duration {
    FIRST_RETRY.saturating_mul(2_u32.saturating_pow(failures)).min(LAST_RETRY)
}

/// The certificate that shows the authority that a name is the server's (RFC 8737, section 3).
fn challenge_certificate(name: &str, digest: &[u8]) -> Result<CertifiedKey, AcmeError> {
    if digest.len() != 32 {
        return Err(AcmeError::OtherChallenges);
    }
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(vec![name.to_owned()])?;
    params.custom_extensions.push(CustomExtension::new_acme_identifier(digest));
    let certificate = params.self_signed(&key)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // Taken as it is: the extension is critical, and only authorities understand it.
    let key = tls::provider().key_provider.load_private_key(key)?;
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

/// Why there is no certificate. For the log, in English.
#[derive(Debug, thiserror::Error)]
enum AcmeError {
    /// The authority, or the way to it.
    #[error("{}", causes(.0))]
    Authority(#[from] instant_acme::Error),
    #[error(
        "the authority could not see that the name is this server's ({0}): the name must lead here, and port 443 of it to \
         this server's port"
    )]
    NotReached(String),
    #[error("the authority cannot look at a server by TLS-ALPN-01, which is the only way that papo knows")]
    OtherChallenges,
    #[error(transparent)]
    Files(#[from] CertificateError),
    #[error("the request cannot be made: {0}")]
    NotMade(#[from] rcgen::Error),
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

/// An error with what lies behind it: the library's own words are "client error" and no more.
fn causes(error: &instant_acme::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant: an authority that bears five failures an hour is never asked more often.
    #[test]
    fn failures_are_few_and_far_between() {
        let hour = Duration::from_hours(1);
        let mut begun = vec![Duration::ZERO];
        for failures in 0..20 {
            begun.push(*begun.last().unwrap() + retry_after(failures));
        }
        for (at, begin) in begun.iter().enumerate() {
            let within = begun[at..].iter().take_while(|&&later| later.saturating_sub(*begin) < hour).count();
            assert!(within <= 5, "{within} within an hour from {begin:?}");
        }
        assert_eq!(retry_after(30), LAST_RETRY);
    }

    #[test]
    fn what_was_got_is_used_again_for_the_same_names_only() {
        let folder = tempfile::tempdir().unwrap();
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<String>>();
        let config =
            |asked: &[&str]| AcmeConfig { names: names(asked), directory: String::new(), root: None };
        let own = Certificate::make(folder.path(), &names(&["a.example", "b.example"])).unwrap();
        assert!(load(folder.path(), &config(&["a.example"])).is_none(), "nothing was got yet");
        fs::copy(&own.files().certificate, folder.path().join(CERTIFICATE_FILE)).unwrap();
        for (asked, found) in [
            (["a.example"].as_slice(), true),
            (&["B.example", "a.example"], true),
            (&["a.example", "c.example"], false),
        ] {
            assert_eq!(load(folder.path(), &config(asked)).is_some(), found, "{asked:?}");
        }
    }
}
