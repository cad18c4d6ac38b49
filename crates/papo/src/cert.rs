//! `papo cert`: make, show and compare the server's certificate. Not here: how one is made.

use std::fs;
use std::path::{Path, PathBuf};

use papo_client::text::for_terminal_line;
use papo_proto::Timestamp;
use papo_server::certificate::{Certificate, CertificateError, PemFiles, fingerprint_of_file};
use papo_words::{system, t};
use x509_cert::Certificate as Certificate509;
use x509_cert::der::DecodePem;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::exit::Failure;
use crate::output;
use crate::settings::{CertFile, CertMake};

/// The names that every certificate of papo's own holds, so that it works on the server's own computer.
const NAMES_ALWAYS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Makes key and certificate, as the first `papo serve` would.
pub(crate) fn make(asked: CertMake) -> Result<(), Failure> {
    fs::create_dir_all(&asked.data).map_err(|error| {
        Failure::local(t!("cli-folder", folder = %asked.data.display(), cause = system(&error)))
    })?;
    let mut names: Vec<String> = NAMES_ALWAYS.map(str::to_owned).to_vec();
    names.extend(asked.names.into_iter().filter(|name| !NAMES_ALWAYS.contains(&name.as_str())));
    let made = Certificate::make(&asked.data, &names).map_err(|error| failure(&error))?;
    let (key, certificate) = (made.files().key.display(), made.files().certificate.display());
    output::words(&t!("cli-cert-made", key = %key, certificate = %certificate));
    output::line(&made.fingerprint().to_string())
}

/// Prints the fingerprint alone, for scripts and for comparing.
pub(crate) fn fingerprint(asked: &CertFile) -> Result<(), Failure> {
    let fingerprint = fingerprint_of_file(&file(asked)).map_err(|error| failure(&error))?;
    output::line(&fingerprint.to_string())
}

/// Prints what a person may want to know of a certificate.
pub(crate) fn show(asked: &CertFile) -> Result<(), Failure> {
    let path = file(asked);
    let fingerprint = fingerprint_of_file(&path).map_err(|error| failure(&error))?;
    let facts = Facts::read(&path)?;
    output::line(&t!(
        "cli-cert-facts",
        file = %path.display(),
        fingerprint = fingerprint.grouped(),
        begin = %facts.not_before,
        end = %facts.not_after,
        names = facts.names.join(", ")
    ))
}

fn file(asked: &CertFile) -> PathBuf {
    match asked {
        CertFile::File(file) => file.clone(),
        CertFile::OfServer(data) => PemFiles::in_folder(data).certificate,
    }
}

fn failure(error: &CertificateError) -> Failure {
    Failure::local(error.to_string())
}

/// What stands in a certificate.
#[derive(Debug, PartialEq, Eq)]
struct Facts {
    not_before: Timestamp,
    not_after: Timestamp,
    names: Vec<String>,
}

impl Facts {
    fn read(path: &Path) -> Result<Self, Failure> {
        let wrong = |error: &dyn std::fmt::Display| {
            Failure::local(t!("cli-cert-wrong", file = %path.display(), cause = %error))
        };
        let pem = fs::read(path).map_err(|error| wrong(&error))?;
        let certificate = Certificate509::from_pem(first_certificate(&pem)).map_err(|error| wrong(&error))?;
        let certificate = certificate.tbs_certificate();
        let time = |time: &x509_cert::time::Time| {
            Timestamp::from_unix_ms(u64::try_from(time.to_unix_duration().as_millis()).unwrap_or(u64::MAX))
        };
        let alternatives = certificate.get_extension::<SubjectAltName>().map_err(|error| wrong(&error))?;
        let names =
            alternatives.iter().flat_map(|(_, alternatives)| &alternatives.0).filter_map(name).collect();
        let validity = certificate.validity();
        Ok(Self { not_before: time(&validity.not_before), not_after: time(&validity.not_after), names })
    }
}

/// The first certificate of a file that may hold a whole chain.
fn first_certificate(pem: &[u8]) -> &[u8] {
    const END: &[u8] = b"-----END CERTIFICATE-----";
    let end = pem.windows(END.len()).position(|window| window == END);
    end.map_or(pem, |end| &pem[..end + END.len()])
}

/// A name or address that a certificate is for; other kinds do not matter to TLS.
fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(for_terminal_line(name.as_str()).into_owned()),
        GeneralName::IpAddress(bytes) => match *bytes.as_bytes() {
            [a, b, c, d] => Some(std::net::Ipv4Addr::new(a, b, c, d).to_string()),
            ref bytes => Some(std::net::Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).to_string()),
        },
        _ => None,
    }
}
