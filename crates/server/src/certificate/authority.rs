//! A small certificate authority of the server's own: whoever trusts it once has browsers open the page without a
//! warning. It may sign for this server's names only (RFC 5280, section 4.2.1.10), so that trusting it gives its key no
//! power over any other site. Not here: how a system is told to trust it.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::{SHA256, digest};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PublicKeyData as _, SerialNumber,
};
use time::OffsetDateTime;

use super::{Certificate, CertificateError, PemFiles, facts_of_file};
use crate::files;

/// The names of its two files in the server's folder.
const CERTIFICATE_FILE: &str = "authority.crt";
const KEY_FILE: &str = "authority.key";

/// How long the authority is valid, in days: whoever trusts it does so once.
const AUTHORITY_DAYS: i64 = 3650;

/// How long a certificate that it signs is valid, in days. Apple's systems take none of more than 825 days.
const SIGNED_DAYS: i64 = 397;

/// Where the authority's certificate is, in a server's folder: this one is for everybody who is to trust the server.
pub fn authority_file(folder: &Path) -> PathBuf {
    folder.join(CERTIFICATE_FILE)
}

/// Where the authority's key is, in the same folder. Whoever has it can pass for the server to all who trust the authority.
pub fn authority_key_file(folder: &Path) -> PathBuf {
    folder.join(KEY_FILE)
}

/// Makes an authority for these names and addresses in a folder, and has it sign a certificate for the server's key.
/// That key stays as it is where there is one, and with it the fingerprint: invites hold on.
///
/// # Errors
/// Where the folder has an authority already, or a file cannot be read or written.
pub fn make_with_authority(folder: &Path, names: &[String]) -> Result<Certificate, CertificateError> {
    let server = PemFiles::in_folder(folder);
    let own = PemFiles { certificate: folder.join(CERTIFICATE_FILE), key: folder.join(KEY_FILE) };
    for path in [&own.certificate, &own.key] {
        if path.exists() {
            return Err(CertificateError::Exists { path: path.clone() });
        }
    }
    if server.certificate.exists() && !server.key.exists() {
        return Err(CertificateError::Half { missing: server.key, there: server.certificate });
    }
    let made = KeyPair::generate().and_then(|key| {
        let certificate = params_of(&key, names).self_signed(&key)?.pem();
        Ok((certificate, key.serialize_pem()))
    });
    let (certificate, key) = made.map_err(not_made)?;
    if !server.key.exists() {
        let key = KeyPair::generate().map_err(not_made)?;
        write(&server.key, &key.serialize_pem())?;
    }
    write(&own.key, &key)?;
    write(&own.certificate, &certificate)?;
    sign(folder, names)?;
    Certificate::load(&server)
}

/// Has the authority in a folder sign again where two thirds of a certificate's time are over. Returns whether it did;
/// where there is no authority, or the certificate is none of its own, nothing is to be done.
pub(crate) fn renew(folder: &Path, now: SystemTime) -> Result<bool, CertificateError> {
    if !folder.join(KEY_FILE).exists() {
        return Ok(false);
    }
    let facts = facts_of_file(&PemFiles::in_folder(folder).certificate)?;
    if facts.is_self_signed || !is_due(facts.begins, facts.ends, now) {
        return Ok(false);
    }
    sign(folder, &facts.names)?;
    Ok(true)
}

/// Whether two thirds of a certificate's time are over.
pub(crate) fn is_due(begins: SystemTime, ends: SystemTime, now: SystemTime) -> bool {
    let whole = ends.duration_since(begins).unwrap_or_default();
    ends.duration_since(now).unwrap_or_default() < whole / 3
}

/// Signs a certificate for the server's key and puts it in the place of the one that is there.
fn sign(folder: &Path, names: &[String]) -> Result<(), CertificateError> {
    let server = PemFiles::in_folder(folder);
    let own = folder.join(KEY_FILE);
    files::refuse_readable_by_others(&own)
        .map_err(|source| CertificateError::Exposed { path: own.clone(), source })?;
    let (authority, key) = (read_key(&own)?, read_key(&server.key)?);
    let signed = || {
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "papo");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        // Browsers take no two certificates of one authority with the same number, also for the same key.
        params.serial_number = Some(serial());
        (params.not_before, params.not_after) = validity(SIGNED_DAYS);
        let issuer = Issuer::new(params_of(&authority, names), &authority);
        Ok(params.signed_by(&key, &issuer)?.pem())
    };
    let text = signed().map_err(not_made)?;
    files::replace(&server.certificate, text.as_bytes())
        .map_err(|source| CertificateError::NotWritten { path: server.certificate, source })
}

/// What the authority's certificate says. The same for the same key, but for its time and the names.
fn params_of(key: &KeyPair, names: &[String]) -> CertificateParams {
    let mut params = CertificateParams::default();
    // Two authorities of one name and different keys would be taken for one by browsers, and the second for a forgery.
    let hash = digest(&SHA256, &key.subject_public_key_info());
    let mark = papo_proto::id::base32().encode(&hash.as_ref()[..5]);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, format!("papo authority {mark}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: names.iter().map(|name| permitted(name)).collect(),
        excluded_subtrees: Vec::new(),
    });
    params.serial_number = Some(serial());
    (params.not_before, params.not_after) = validity(AUTHORITY_DAYS);
    params
}

/// A name or address as a constraint: an address alone, a name with those below it.
fn permitted(name: &str) -> GeneralSubtree {
    match name.parse::<IpAddr>() {
        Ok(address) => {
            let bits = if address.is_ipv4() { 32 } else { 128 };
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, bits))
        }
        Err(_) => GeneralSubtree::DnsName(name.trim_start_matches("*.").to_owned()),
    }
}

/// From a day ago, for clients whose clock is a little slow.
fn validity(days: i64) -> (OffsetDateTime, OffsetDateTime) {
    let now = OffsetDateTime::from(SystemTime::now() - Duration::from_hours(24));
    (now, now + time::Duration::days(days))
}

/// Sixteen random bytes, positive.
fn serial() -> SerialNumber {
    let mut random = [0; 16];
    // Without random numbers, making the keys has failed before.
    let _ = aws_lc_rs::rand::fill(&mut random);
    random[0] &= 0x7f;
    SerialNumber::from(random.to_vec())
}

fn read_key(path: &Path) -> Result<KeyPair, CertificateError> {
    let text = fs::read_to_string(path)
        .map_err(|source| CertificateError::Unreadable { path: path.to_owned(), source })?;
    KeyPair::from_pem(&text)
        .map_err(|error| CertificateError::Unusable { path: path.to_owned(), cause: error.to_string() })
}

fn write(path: &Path, text: &str) -> Result<(), CertificateError> {
    files::write_for_owner(path, text.as_bytes())
        .map_err(|source| CertificateError::NotWritten { path: path.to_owned(), source })
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn not_made(error: rcgen::Error) -> CertificateError {
    CertificateError::NotMade(error.to_string())
}

#[cfg(test)]
mod tests {
    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier as _;
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    use std::sync::Arc;

    use super::*;

    const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "chat.example"];

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    /// Whether a client that trusts the authority in this folder takes this certificate for this name.
    fn is_taken(folder: &Path, certificate: &Path, name: &str) -> Result<(), rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority_file(folder)).unwrap()).unwrap();
        let provider = Arc::new(crate::tls::provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let leaf = CertificateDer::from_pem_file(certificate).unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        verifier.verify_server_cert(&leaf, &[], &name, &[], UnixTime::now()).map(|_| ())
    }

    /// Invariant: the key that invites name stays the server's, whatever signs for it.
    #[test]
    fn invites_hold_on_when_an_authority_signs() {
        let folder = tempfile::tempdir().unwrap();
        let before = Certificate::make(folder.path(), &names(&["localhost"])).unwrap();
        let after = make_with_authority(folder.path(), &names(&NAMES)).unwrap();
        assert_eq!(before.fingerprint(), after.fingerprint());
        for name in NAMES {
            is_taken(folder.path(), &after.files().certificate, name).unwrap();
        }
        is_taken(folder.path(), &after.files().certificate, "evil.example").unwrap_err();
        let again = make_with_authority(folder.path(), &names(&NAMES)).unwrap_err();
        assert!(matches!(again, CertificateError::Exists { .. }), "{again}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!((mode(KEY_FILE) & 0o777, mode("server.key") & 0o777), (0o600, 0o600));
        }
    }

    /// Invariant: with the authority's key one can make no certificate for another name that its believers take.
    #[test]
    fn the_authority_has_no_power_over_other_names() {
        let folder = tempfile::tempdir().unwrap();
        make_with_authority(folder.path(), &names(&NAMES)).unwrap();
        let certificate = PemFiles::in_folder(folder.path()).certificate;
        for (name, taken) in [
            ("chat.example", true),
            ("sub.chat.example", true),
            ("evil.example", false),
            ("notchat.example", false),
            ("127.0.0.2", false),
            ("::1", false),
        ] {
            sign(folder.path(), &names(&[name])).unwrap();
            assert_eq!(is_taken(folder.path(), &certificate, name).is_ok(), taken, "{name}");
        }
    }

    /// Invariant: a certificate is signed anew while the old one still holds, for the same key and the same names.
    #[test]
    fn it_signs_again_before_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let day = Duration::from_hours(24);
        assert!(!renew(folder.path(), SystemTime::now()).unwrap(), "without an authority there is nothing");
        Certificate::make(folder.path(), &names(&["localhost"])).unwrap();
        let first = make_with_authority(folder.path(), &names(&NAMES)).unwrap();
        let facts = |certificate: &Certificate| facts_of_file(&certificate.files().certificate).unwrap();
        let before = fs::read(&first.files().certificate).unwrap();
        assert!(!renew(folder.path(), SystemTime::now() + 250 * day).unwrap());
        assert_eq!(fs::read(&first.files().certificate).unwrap(), before);
        assert!(renew(folder.path(), SystemTime::now() + 270 * day).unwrap());
        let second = Certificate::load(first.files()).unwrap();
        assert_ne!(fs::read(&first.files().certificate).unwrap(), before);
        assert_eq!(
            (second.fingerprint(), facts(&second).names),
            (first.fingerprint(), names(&["localhost", "127.0.0.1", "chat.example"]))
        );
        is_taken(folder.path(), &second.files().certificate, "chat.example").unwrap();
    }
}
