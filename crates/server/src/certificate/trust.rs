//! Whether browsers take a certificate by themselves: whether it leads to an authority that they bring along. Those are
//! Mozilla's, built in, and not this computer's: who visits is on another one, and an authority of one's own may be
//! gone from there tomorrow. Not here: what follows from it.

use std::sync::Arc;
use std::time::SystemTime;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use super::Facts;
use crate::tls;

/// Whether browsers take this chain for all the names in it, at this time.
pub(super) fn is_public(chain: &[CertificateDer<'_>], facts: &Facts, now: SystemTime) -> bool {
    // The usual cases need no look at some hundred authorities.
    if facts.is_self_signed || facts.names.iter().any(|name| name == "localhost") {
        return false;
    }
    leads_to(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }, chain, facts, now)
}

/// Whether a chain leads to one of these authorities, for every name that it is for.
fn leads_to(roots: RootCertStore, chain: &[CertificateDer<'_>], facts: &Facts, now: SystemTime) -> bool {
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(tls::provider()));
    let (Ok(verifier), Some((own, others))) = (verifier.build(), chain.split_first()) else { return false };
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let is_taken = |name: &String| {
        // A wildcard stands for any one label.
        let Ok(name) = ServerName::try_from(name.replacen('*', "any", 1)) else { return false };
        verifier.verify_server_cert(own, others, &name, &[], UnixTime::since_unix_epoch(since)).is_ok()
    };
    !facts.names.is_empty() && facts.names.iter().all(is_taken)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::pki_types::pem::PemObject as _;

    use super::super::{authority_file, facts_of_file, make_with_authority};
    use super::*;

    #[test]
    fn only_what_leads_to_a_browsers_authority_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["chat.example", "www.chat.example"].map(str::to_owned);
        let made = make_with_authority(folder.path(), &names).unwrap();
        let own = CertificateDer::from_pem_file(&made.files().certificate).unwrap();
        let facts = facts_of_file(&made.files().certificate).unwrap();
        let authority = CertificateDer::from_pem_file(authority_file(folder.path())).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone()).unwrap();
        let (now, chain) = (SystemTime::now(), [own]);
        assert!(leads_to(roots.clone(), &chain, &facts, now));
        let later = now + Duration::from_hours(24 * 500);
        assert!(!leads_to(roots.clone(), &chain, &facts, later), "it has ended");
        let more = Facts { names: vec!["chat.example".into(), "other.example".into()], ..facts.clone() };
        assert!(!leads_to(roots, &chain, &more, now), "one name is not in it");
        assert!(!is_public(&chain, &facts, now), "browsers do not know this authority");
        assert!(!is_public(&[], &facts, now));
    }
}
