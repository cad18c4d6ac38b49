//! One test for each cause of a failed connection, over real sockets. Invariant: the text a person reads
//! names the cause and the remedy.

mod common;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use papo_client::error::Category;
use papo_client::{ConnectError, Options, Trust};
use papo_proto::{Address, ClosingCode, ErrorCode, Fingerprint, Nonce, Refusal, Seq, ServerMessage};
use rcgen::date_time_ymd;

use common::{Authority, Certificate, TestServer, by_fingerprint, failure, gets_in, options, tls};

/// A deadline for tests in which it has to pass.
const SOON: Duration = Duration::from_millis(300);

const SOME_FINGERPRINT: Fingerprint = Fingerprint([0x5a; 32]);

#[track_caller]
fn check(found: &ConnectError, expected: &ConnectError, category: Category, texts: &[&str]) {
    assert_eq!(found, expected);
    check_text(found, category, texts);
}

#[track_caller]
fn check_text(found: &ConnectError, category: Category, texts: &[&str]) {
    assert_eq!(found.category(), category, "{found:?}");
    let text = found.to_string();
    for part in texts {
        assert!(text.contains(part), "{part:?} is missing in: {text}");
    }
}

fn by_file(file: &Path) -> Trust {
    Trust { ca_file: Some(file.to_owned()), ..Trust::default() }
}

fn by_memory(folder: &Path) -> Trust {
    Trust { known_servers: Some(folder.join("known_servers")), ..Trust::default() }
}

#[test]
fn nothing_listens() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let address = Address::new("127.0.0.1", port);
    let found = failure(options(&address, Trust::default()));
    let place = format!("Nothing is listening on 127.0.0.1:{port}");
    let expected = ConnectError::Refused { address };
    check(&found, &expected, Category::Unreachable, &[&place, "papo serve", "check address and port"]);
    assert!(!found.is_final(), "the server may be about to start");
}

#[test]
fn the_host_is_unknown() {
    let found = failure(options(&Address::new("nothing.invalid", 12_345), Trust::default()));
    let expected = ConnectError::UnknownHost { host: "nothing.invalid".to_owned() };
    check(
        &found,
        &expected,
        Category::Unreachable,
        &["no host called nothing.invalid", "Check how the name"],
    );
}

#[test]
fn something_listens_but_says_nothing() {
    // The system accepts the connection for a program that never does.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = Address::new("127.0.0.1", listener.local_addr().unwrap().port());
    let found = failure(Options { connect_timeout: SOON, ..options(&address, Trust::default()) });
    let expected = ConnectError::NoHandshake { address };
    let texts = ["Something listens at", "as a papo server does", "Check host and port"];
    check(&found, &expected, Category::Unreachable, &texts);
    assert!(!found.is_final() && !found.to_string().contains("firewall"), "{found}");
}

#[test]
fn something_else_than_tls_answers() {
    let talks: [fn(&mut std::net::TcpStream); 3] = [
        |stream| stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").unwrap(),
        |stream| {
            drop(stream.read(&mut [0; 16]));
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").unwrap();
        },
        |stream| stream.write_all(b"{\"type\":\"welcome\"}\n").unwrap(),
    ];
    for talk in talks {
        let server = TestServer::tcp(move |mut stream| {
            talk(&mut stream);
            drop(stream.read_to_end(&mut Vec::new()));
        });
        let found = failure(options(&server.address, Trust::default()));
        let expected = ConnectError::NotTls { address: server.address.clone() };
        check(&found, &expected, Category::Unreachable, &["does not speak TLS", "Check the port"]);
    }
}

#[test]
fn the_connection_is_closed_during_the_handshake() {
    let server = TestServer::tcp(|mut stream| {
        // Reading first, lest the system send a reset instead of the end.
        drop(stream.read(&mut [0; 8 * 1024]));
    });
    let found = failure(options(&server.address, Trust::default()));
    check_text(&found, Category::Lost, &["closed before the handshake was done", "server is full"]);
}

#[test]
fn an_older_tls_is_refused() {
    // An alert `protocol_version` (RFC 8446, section 6), as a server says that only speaks TLS 1.2.
    let server = TestServer::tcp(|mut stream| {
        stream.write_all(&[21, 3, 3, 0, 2, 2, 70]).unwrap();
        drop(stream.read_to_end(&mut Vec::new()));
    });
    let found = failure(options(&server.address, Trust::default()));
    check_text(&found, Category::Unreachable, &["cannot agree on TLS 1.3", "proxy"]);
}

#[test]
fn the_server_has_another_fingerprint_than_the_invite() {
    let certificate = Certificate::new();
    let server = TestServer::papo(&certificate);
    let found = failure(options(&server.address, by_fingerprint(SOME_FINGERPRINT)));
    let (wanted, shown) = (SOME_FINGERPRINT.grouped(), certificate.fingerprint().grouped());
    let texts = [wanted.as_str(), &shown, "set up anew", "in between", "new invite"];
    check_text(&found, Category::Untrusted, &texts);
    assert!(found.is_final());
    assert_eq!(gets_in(options(&server.address, by_fingerprint(certificate.fingerprint()))), Ok(()));
}

#[test]
fn a_fingerprint_vouches_for_the_key_alone() {
    for certificate in [
        Certificate::with(&["elsewhere.example"], |_| {}),
        Certificate::with(&["127.0.0.1"], |params| params.not_after = date_time_ymd(2020, 1, 1)),
    ] {
        let server = TestServer::papo(&certificate);
        assert_eq!(gets_in(options(&server.address, by_fingerprint(certificate.fingerprint()))), Ok(()));
    }
}

#[test]
fn whoever_shows_the_certificate_without_its_key_is_refused() {
    let certificate = Certificate::new();
    let thief = Certificate { chain: certificate.chain.clone(), key: Certificate::new().key };
    // rustls refuses to serve a key that does not belong to the certificate; a resolver does not look.
    let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&thief.key).unwrap();
    let resolver = rustls::sign::SingleCertAndKey::from(rustls::sign::CertifiedKey::new(thief.chain, key));
    let mut config = Arc::unwrap_or_clone(tls(&certificate, &["papo/1"]));
    config.cert_resolver = Arc::new(resolver);
    let server = TestServer::tls(Arc::new(config), |mut peer| peer.wait_for_end());
    let found = failure(options(&server.address, by_fingerprint(certificate.fingerprint())));
    check_text(&found, Category::Untrusted, &["cannot be accepted", "has not proven that it holds"]);
}

#[test]
fn the_server_is_unknown_and_nobody_is_there_to_ask() {
    let certificate = Certificate::new();
    let server = TestServer::papo(&certificate);
    let folder = tempfile::tempdir().unwrap();
    for trust in [Trust::default(), by_memory(folder.path())] {
        let found = failure(options(&server.address, trust));
        let shown = certificate.fingerprint().grouped();
        check_text(&found, Category::Untrusted, &["not known here", &shown, "invite", "--ca", "papo join"]);
        assert!(found.is_final());
    }
}

#[test]
fn a_server_is_asked_about_once_remembered_and_then_must_keep_its_key() {
    let (first, second) = (Certificate::new(), Certificate::new());
    let folder = tempfile::tempdir().unwrap();
    let trust = by_memory(folder.path());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let ask = |answer: bool, asked: &Arc<AtomicUsize>| {
        let (asked, expected) = (Arc::clone(asked), first.fingerprint());
        let ask = move |_: &Address, found: &Fingerprint| {
            asked.fetch_add(1, Ordering::SeqCst);
            assert_eq!(*found, expected);
            answer
        };
        Some(Box::new(ask) as papo_client::trust::Ask)
    };
    let papo = |certificate: &Certificate| {
        let config = tls(certificate, &["papo/1"]);
        let papo = move |stream| {
            if let Some(mut peer) = common::Peer::accept(Arc::clone(&config), stream)
                && peer.let_in(Seq::ZERO).is_some()
            {
                while peer.hear().is_some() {}
            }
        };
        TestServer::tcp_on(&listener, papo)
    };

    let server = papo(&first);
    let address = server.address.clone();
    let no = failure(Options { ask: ask(false, &asked), ..options(&address, trust.clone()) });
    check_text(&no, Category::Untrusted, &["not known here"]);
    let yes = gets_in(Options { ask: ask(true, &asked), ..options(&address, trust.clone()) });
    assert_eq!((yes, asked.load(Ordering::SeqCst)), (Ok(()), 2));
    // Now it is known: nobody has to be asked.
    assert_eq!(gets_in(options(&address, trust.clone())), Ok(()));
    let known = std::fs::read_to_string(folder.path().join("known_servers")).unwrap();
    assert_eq!(known, format!("{address} {}\n", first.fingerprint()));
    drop(server);

    let server = papo(&second);
    let found = failure(Options { ask: ask(true, &asked), ..options(&address, trust) });
    let (wanted, shown) = (first.fingerprint().grouped(), second.fingerprint().grouped());
    let line = format!("remove the line of {address}");
    check_text(&found, Category::Untrusted, &[&wanted, &shown, &line, "known_servers"]);
    assert!(found.is_final(), "a changed key is a hard stop");
    assert_eq!(asked.load(Ordering::SeqCst), 2, "nobody is tempted to say yes to a changed key");
    drop(server);
}

#[test]
fn an_invite_is_remembered() {
    let certificate = Certificate::new();
    let server = TestServer::papo(&certificate);
    let folder = tempfile::tempdir().unwrap();
    let invited = Trust { fingerprint: Some(certificate.fingerprint()), ..by_memory(folder.path()) };
    assert_eq!(gets_in(options(&server.address, invited)), Ok(()));
    assert_eq!(gets_in(options(&server.address, by_memory(folder.path()))), Ok(()));
}

/// Invariant: the key in an invite that one has joined with replaces what was remembered for this address, and
/// for no other.
#[test]
fn an_invite_with_another_key_replaces_the_remembered_one() {
    let certificate = Certificate::new();
    let server = TestServer::papo(&certificate);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known_servers");
    let (address, other) = (&server.address, format!("# mine\nother:1 {SOME_FINGERPRINT}\n"));
    std::fs::write(&file, format!("{address} {SOME_FINGERPRINT}\n{other}")).unwrap();
    let wrong = Trust { fingerprint: Some(Fingerprint([1; 32])), ..by_memory(folder.path()) };
    check_text(&failure(options(address, wrong)), Category::Untrusted, &["new invite"]);
    let before = failure(options(address, by_memory(folder.path())));
    check_text(&before, Category::Untrusted, &["remove the line", "in another way"]);

    let invited = Trust { fingerprint: Some(certificate.fingerprint()), ..by_memory(folder.path()) };
    assert_eq!(gets_in(options(address, invited)), Ok(()));
    let known = std::fs::read_to_string(&file).unwrap();
    assert_eq!(known, format!("{other}{address} {}\n", certificate.fingerprint()));
    assert_eq!(gets_in(options(address, by_memory(folder.path()))), Ok(()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn an_unknown_server_is_explained_without_the_words_of_a_library() {
    let expired = |params: &mut rcgen::CertificateParams| params.not_after = date_time_ymd(2020, 2, 3);
    let is_authority = |params: &mut rcgen::CertificateParams| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    };
    let nobody = "no authority that it knows has signed";
    for (certificate, cause) in [
        (Certificate::with(&["127.0.0.1"], expired), "the certificate expired on 2020-02-03"),
        (Certificate::with(&["127.0.0.1"], is_authority), nobody),
        (Certificate::with(&["elsewhere.example"], |_| {}), nobody),
    ] {
        let server = TestServer::papo(&certificate);
        let found = failure(options(&server.address, Trust::default()));
        check_text(&found, Category::Untrusted, &["not known here", cause, "--ca"]);
        assert!(!found.to_string().contains("invalid peer certificate"), "{found}");
    }
}

#[test]
fn a_damaged_line_of_the_known_servers_is_not_passed_over() {
    let server = TestServer::papo(&Certificate::new());
    let folder = tempfile::tempdir().unwrap();
    let trust = by_memory(folder.path());
    let lines = format!("# comment\nother:1 damaged\n{} abc\n", server.address);
    std::fs::write(folder.path().join("known_servers"), lines).unwrap();
    let ask = Box::new(|_: &Address, _: &Fingerprint| true);
    let found = failure(Options { ask: Some(ask), ..options(&server.address, trust) });
    check_text(&found, Category::Local, &["Line 3 of", "known_servers", "remove the line"]);
}

#[test]
fn a_certificate_given_as_file_vouches_for_its_server() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = Certificate::with(&["elsewhere.example"], |_| {});
    let server = TestServer::papo(&certificate);
    // Its name does not matter: the file was given for this server.
    assert_eq!(gets_in(options(&server.address, by_file(&certificate.write(folder.path())))), Ok(()));

    let other = Certificate::new();
    let file = other.write(folder.path());
    let found = failure(options(&server.address, by_file(&file)));
    let expected = ConnectError::OtherCertificate {
        address: server.address.clone(),
        file: file.as_path().into(),
        expected: other.fingerprint(),
        found: certificate.fingerprint(),
    };
    let (wanted, shown) = (other.fingerprint().grouped(), certificate.fingerprint().grouped());
    let file = file.display().to_string();
    check(&found, &expected, Category::Untrusted, &[&wanted, &shown, &file, "from its operator"]);
}

#[test]
fn an_authority_given_as_file_vouches_for_names() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let file = authority.write(folder.path());
    let good = TestServer::papo(&authority.sign(&["127.0.0.1"], |_| {}));
    assert_eq!(gets_in(options(&good.address, by_file(&file))), Ok(()));

    let elsewhere = TestServer::papo(&authority.sign(&["elsewhere.example"], |_| {}));
    let found = failure(options(&elsewhere.address, by_file(&file)));
    let texts = ["not for 127.0.0.1", "elsewhere.example", "papo cert make"];
    check_text(&found, Category::Untrusted, &texts);
    assert!(matches!(found, ConnectError::WrongHostName { .. }), "{found:?}");

    let foreign = TestServer::papo(&Authority::new().sign(&["127.0.0.1"], |_| {}));
    let found = failure(options(&foreign.address, by_file(&file)));
    check_text(&found, Category::Untrusted, &["nor signed by it"]);
}

#[test]
fn a_certificate_out_of_its_time_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let expired = |params: &mut rcgen::CertificateParams| params.not_after = date_time_ymd(2020, 2, 3);
    let early = |params: &mut rcgen::CertificateParams| params.not_before = date_time_ymd(2999, 2, 3);
    let own_expired = Certificate::with(&["127.0.0.1"], expired);
    let own_early = Certificate::with(&["127.0.0.1"], early);
    let signed_expired = authority.sign(&["127.0.0.1"], expired);
    let signed_early = authority.sign(&["127.0.0.1"], early);
    let expired_texts = ["expired on 2020-02-03", "clock", "renew"];
    let early_texts = ["valid from 2999-02-03 only", "clock", "make a new one"];
    for (certificate, is_own, texts) in [
        (own_expired, true, expired_texts),
        (own_early, true, early_texts),
        (signed_expired, false, expired_texts),
        (signed_early, false, early_texts),
    ] {
        let file = if is_own { certificate.write(folder.path()) } else { authority.write(folder.path()) };
        let server = TestServer::papo(&certificate);
        let found = failure(options(&server.address, by_file(&file)));
        check_text(&found, Category::Untrusted, &texts);
        assert!(found.is_final());
    }
}

#[test]
fn certificates_made_by_openssl_work_and_have_openssls_fingerprint() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/server.cnf");
    let rsa: &[&str] = &["-newkey", "rsa:2048"];
    let ecdsa: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    let ours: &[&str] = &["-config", examples, "-extensions", "v3_req"];
    // OpenSSL's own settings make a certificate that calls itself an authority.
    let theirs: &[&str] = &["-subj", "/CN=somewhere"];
    for (key, settings) in [(rsa, ours), (rsa, theirs), (ecdsa, ours), (ecdsa, theirs)] {
        let folder = tempfile::tempdir().unwrap();
        let run = |args: &[&str]| {
            let output = Command::new("openssl").args(args).current_dir(folder.path()).output().unwrap();
            assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        };
        let files = ["-keyout", "server.key", "-out", "server.crt"];
        run(&[&["req", "-x509", "-nodes", "-days", "365"], key, &files, settings].concat());
        let (file, key_file) = (folder.path().join("server.crt"), folder.path().join("server.key"));
        let certificate = Certificate::read(&file, &key_file);
        let server = TestServer::papo(&certificate);
        assert_eq!(gets_in(options(&server.address, by_file(&file))), Ok(()), "{key:?} {settings:?}");

        run(&["x509", "-in", "server.crt", "-pubkey", "-noout", "-out", "public.pem"]);
        run(&["pkey", "-pubin", "-in", "public.pem", "-outform", "DER", "-out", "public.der"]);
        let digest = run(&["dgst", "-sha256", "-binary", "public.der"]);
        assert_eq!(certificate.fingerprint(), Fingerprint(digest.try_into().unwrap()));
    }
}

#[test]
fn a_file_without_certificate_is_explained() {
    let server = TestServer::papo(&Certificate::new());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.key");
    let found = failure(options(&server.address, by_file(&file)));
    check_text(&found, Category::Local, &["server.key cannot be read", "BEGIN CERTIFICATE"]);
    std::fs::write(&file, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
    let found = failure(options(&server.address, by_file(&file)));
    check_text(&found, Category::Local, &["server.key holds no certificate", "BEGIN CERTIFICATE"]);
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    let found = failure(options(&server.address, by_file(&file)));
    check_text(&found, Category::Local, &["server.key holds a damaged certificate", "BEGIN CERTIFICATE"]);
}

#[test]
fn the_server_speaks_another_version() {
    let certificate = Certificate::new();
    let trust = by_fingerprint(certificate.fingerprint());
    let server = TestServer::tls(tls(&certificate, &["papo/2"]), |mut peer| peer.wait_for_end());
    let found = failure(options(&server.address, trust.clone()));
    let expected = ConnectError::Version { server: None };
    check(&found, &expected, Category::Unreachable, &["no version", "papo/1", "Update the older"]);

    let server = TestServer::tls(tls(&certificate, &["papo/1"]), |mut peer| {
        let nonce = Nonce([0; 16]);
        peer.say(&ServerMessage::Welcome { protocol: 2, server: "new".to_owned(), nonce });
        peer.wait_for_end();
    });
    let found = failure(options(&server.address, trust));
    let expected = ConnectError::Version { server: Some(2) };
    check(&found, &expected, Category::Unreachable, &["speaks version 2", "version 1", "Update the older"]);
}

#[test]
fn something_else_than_papo_answers_behind_tls() {
    let certificate = Certificate::new();
    let trust = by_fingerprint(certificate.fingerprint());
    let no_alpn = TestServer::tls(tls(&certificate, &[]), |mut peer| peer.wait_for_end());
    let garbage = TestServer::tls(tls(&certificate, &["papo/1"]), |mut peer| {
        peer.send_raw(b"220 mail.example ESMTP\r\n");
        peer.wait_for_end();
    });
    for server in [no_alpn, garbage] {
        let found = failure(options(&server.address, trust.clone()));
        let texts = ["no papo server", "Check address and port", "proxy"];
        check(&found, &ConnectError::NotPapo, Category::Unreachable, &texts);
    }
}

#[test]
fn the_server_is_silent() {
    let certificate = Certificate::new();
    let server = TestServer::tls(tls(&certificate, &["papo/1"]), |mut peer| peer.wait_for_end());
    let trust = by_fingerprint(certificate.fingerprint());
    // Long enough for the handshake on a busy machine: only what comes after it must be missing.
    let connect_timeout = Duration::from_secs(3);
    let found = failure(Options { connect_timeout, ..options(&server.address, trust) });
    let texts = ["is silent", "Check the network", "overloaded"];
    check(&found, &ConnectError::Silent, Category::Lost, &texts);
}

#[test]
fn the_server_refuses_closes_or_breaks_off() {
    let certificate = Certificate::new();
    let refusal = Refusal::new(ErrorCode::BadRoom, "there is no such room: choose another one");
    let text = "the server is full: come back later".to_owned();
    let closing = ServerMessage::Closing { code: ClosingCode::Full, text: text.clone(), after: Some(60) };
    let refused = ConnectError::JoinRefused(refusal.clone());
    let closed = ConnectError::Closed { code: ClosingCode::Full, text, after: Some(60) };
    for (answer, expected, category, texts) in [
        (ServerMessage::Error(refusal), refused, Category::Refused, ["let you in", "choose another one"]),
        (closing, closed, Category::Lost, ["has closed", "try again in a while"]),
    ] {
        let server = TestServer::tls(tls(&certificate, &["papo/1"]), move |mut peer| {
            peer.welcome();
            peer.say(&answer);
            peer.wait_for_end();
        });
        let found = failure(options(&server.address, by_fingerprint(certificate.fingerprint())));
        check(&found, &expected, category, &texts);
    }
    let server = TestServer::tls(tls(&certificate, &["papo/1"]), |mut peer| {
        peer.let_in(Seq::ZERO);
        peer.cut();
    });
    let found = failure(options(&server.address, by_fingerprint(certificate.fingerprint())));
    check_text(&found, Category::Lost, &["connection was lost", "Check the network"]);
    assert!(!found.is_final());
}
