//! `papo cert`: make, show and compare the server's certificate. Not here: how one is made.

use std::fs;
use std::path::{self, Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use papo_client::text::for_terminal_line;
use papo_proto::Timestamp;
use papo_server::certificate::{
    Certificate, CertificateError, PemFiles, authority_file, authority_key_file, facts_of_file,
    fingerprint_of_file, make_with_authority,
};
use papo_words::{and, system, t};

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
    let make = if asked.local_ca { make_with_authority } else { Certificate::make };
    let made = make(&asked.data, &names).map_err(|error| failure(&error))?;
    let (key, certificate) = (made.files().key.display(), made.files().certificate.display());
    if asked.local_ca {
        let authority = authority_file(&asked.data);
        let names = and(&names);
        let authority_key = authority_key_file(&asked.data);
        output::words(&t!(
            "cli-cert-authority",
            authority = %authority.display(),
            authority_key = %authority_key.display(),
            key = %key,
            names = names
        ));
        output::words(&how_to_trust(&authority));
    } else {
        output::words(&t!("cli-cert-made", key = %key, certificate = %certificate));
    }
    output::line(&made.fingerprint().to_string())
}

/// Tells how a computer or a phone comes to trust the authority in a server's folder.
pub(crate) fn trust(data: &Path) -> Result<(), Failure> {
    let authority = authority_file(data);
    let facts = facts_of_file(&authority);
    if !authority.exists() {
        return Err(Failure::local(t!("cli-cert-no-authority", folder = %data.display())));
    }
    facts.map_err(|error| failure(&error))?;
    output::line(&how_to_trust(&authority))
}

fn how_to_trust(authority: &Path) -> String {
    let authority = path::absolute(authority).unwrap_or_else(|_| authority.to_owned());
    t!("cli-cert-trust", file = %authority.display())
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
    let facts = facts_of_file(&path)
        .map_err(|error| Failure::local(t!("cli-cert-wrong", file = %path.display(), cause = %error)))?;
    let names: Vec<_> = facts.names.iter().map(|name| for_terminal_line(name)).collect();
    output::line(&t!(
        "cli-cert-facts",
        file = %path.display(),
        fingerprint = fingerprint.grouped(),
        begin = %timestamp(facts.begins),
        end = %timestamp(facts.ends),
        names = names.join(", ")
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

fn timestamp(time: SystemTime) -> Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
