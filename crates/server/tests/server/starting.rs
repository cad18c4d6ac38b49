//! What keeps a server from starting: the error names the cause and what to do about it.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use papo_server::{Config, History, PemFiles, ServeError, Server};

use crate::common::TestServer;
use crate::common::server::config;

/// A server that should not start. Returns what it says.
fn refused(folder: &Path, change: impl FnOnce(&mut Config)) -> (ServeError, String) {
    let mut config = config(folder);
    change(&mut config);
    let error = Server::bind(config).expect_err("this cannot work");
    let text = error.to_string();
    (error, text)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Invariant: a port that somebody has is not shared, and the error says so.
#[test]
fn a_taken_port_is_named() {
    let folder = folder();
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = other.local_addr().unwrap();
    let (error, text) = refused(folder.path(), |config| config.listen = vec![address]);
    assert!(matches!(error, ServeError::PortTaken(taken) if taken == address), "{error:?}");
    assert!(text.contains(&address.to_string()) && text.contains("-p"), "{text}");
    let files = PemFiles::in_folder(folder.path());
    assert!(!files.certificate.exists(), "nothing was made for a server that does not start");
}

/// Invariant: an address of another machine is refused by name.
#[test]
fn an_address_of_another_machine_is_named() {
    // From the block for documentation (RFC 5737), which no machine has.
    let address = SocketAddr::from(([192, 0, 2, 1], 0));
    let (error, text) = refused(folder().path(), |config| config.listen = vec![address]);
    assert!(matches!(error, ServeError::NotOurAddress(_)), "{error:?}");
    assert!(text.contains("192.0.2.1") && text.contains("-ip"), "{text}");
}

/// Invariant: a folder that is none is refused by name, and left as it is.
#[test]
fn a_folder_that_is_a_file_is_named() {
    let folder = folder();
    let path = folder.path().join("file");
    fs::write(&path, "mine").unwrap();
    for data in [path.clone(), path.join("below")] {
        let (error, text) = refused(folder.path(), |config| config.data.clone_from(&data));
        assert!(matches!(error, ServeError::Folder { .. }), "{error:?}");
        assert!(text.contains(data.to_str().unwrap()) && text.contains("--data"), "{text}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

/// Invariant: a second server on the same folder is refused by the log, and the first one goes on.
#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let server = TestServer::start(|_| {});
    let (mut member, _) = server.guest("Ana", "lobby");
    let (error, text) = refused(&server.config.data, |_| {});
    assert!(matches!(error, ServeError::Log(papo_log::LogError::InUse { .. })), "{error:?}");
    assert!(text.contains("another program is using"), "{text}");
    member.say("1", "untouched");
    assert_eq!(member.message().seq.number(), 1);
}

/// Invariant: half a pair of certificate and key, or a broken one, is named and never replaced.
#[test]
fn a_broken_pair_is_named_and_kept() {
    let rows = [
        // Which file is broken, how, and which one the error is about.
        ("server.crt", None, "server.key"),
        ("server.key", None, "server.crt"),
        ("server.key", Some("no key"), "server.key"),
        ("server.crt", Some("no certificate"), "server.crt"),
    ];
    for (broken, with, named) in rows {
        let folder = folder();
        drop(Server::bind(config(folder.path())).unwrap());
        let broken = folder.path().join(broken);
        match with {
            Some(text) => fs::write(broken, text).unwrap(),
            None => fs::remove_file(broken).unwrap(),
        }
        let before = contents(folder.path());
        let (error, text) = refused(folder.path(), |_| {});
        assert!(matches!(error, ServeError::Certificate(_)), "{error:?}");
        assert!(text.contains(named), "{text}");
        assert_eq!(contents(folder.path()), before, "nothing is overwritten");
    }
}

fn contents(folder: &Path) -> Vec<Option<String>> {
    let files = PemFiles::in_folder(folder);
    [files.certificate, files.key].map(|path| fs::read_to_string(path).ok()).into()
}

/// Invariant: a key that other users may read is refused, with what to type.
#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    drop(Server::bind(config(folder.path())).unwrap());
    let key = PemFiles::in_folder(folder.path()).key;
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let (error, text) = refused(folder.path(), |_| {});
    assert!(matches!(error, ServeError::Certificate(_)), "{error:?}");
    assert!(text.contains("chmod 600") && text.contains(key.to_str().unwrap()), "{text}");
}

/// Invariant: a log that is none of ours is refused and left as it is.
#[test]
fn a_damaged_log_is_named_and_kept() {
    let folder = folder();
    drop(Server::bind(config(folder.path())).unwrap());
    let log = folder.path().join("log.db");
    fs::write(&log, "not a log, but somebody's notes of some length. ".repeat(10)).unwrap();
    let before = fs::read(&log).unwrap();
    let (error, text) = refused(folder.path(), |_| {});
    assert!(matches!(error, ServeError::Log(_)), "{error:?}");
    assert!(text.contains("log.db") && text.contains("backup"), "{text}");
    assert_eq!(fs::read(&log).unwrap(), before);
}

/// Invariant: the key is made once; the next start has the same fingerprint, and without history nothing of what
/// was said is on disk.
#[test]
fn the_key_stays_and_without_history_nothing_is_kept() {
    let folder = folder();
    let without = |config: &mut Config| config.history = History::None;
    let mut first = config(folder.path());
    without(&mut first);
    let server = Server::bind(first.clone()).unwrap();
    assert!(server.is_new());
    let fingerprint = server.fingerprint();
    drop(server);
    let server = Server::bind(first).unwrap();
    assert!(!server.is_new());
    assert_eq!(server.fingerprint(), fingerprint);
    let mut kept: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    kept.sort();
    assert_eq!(kept, ["address.key", "server.crt", "server.key"]);
}
