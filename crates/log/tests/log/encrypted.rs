//! Logs in engines that take encrypted connections alone. Not here: what a log does otherwise, which is the same.

use papo_log::{Appended, Kind, LogError, NatsLog, NewEntry, Page, PostgresLog, RoomLog};
use papo_torture::engines::Encrypted;

use crate::folder::Folder;

fn check(log: &dyn RoomLog) {
    let entry = NewEntry {
        room: "sala".into(),
        kind: Kind::Message,
        sender: "ana".into(),
        name: "Ana".into(),
        id: "1".into(),
        body: "{}".into(),
    };
    let appended = log.append(1, &[entry]).unwrap();
    assert!(matches!(appended[..], [Appended::New { seq: 1, .. }]), "{appended:?}");
    let page = Page { entries_max: 10, bytes_max: 1000 };
    assert_eq!(log.read_after("sala", 0, page).unwrap().len(), 1);
}

/// It is not used, and what is said names the cause and the option.
fn check_refused<T>(opened: Result<T, LogError>, option: &str) {
    match opened.map(drop) {
        Err(LogError::Refused { cause, .. }) => {
            assert!(cause.contains("certificate") && cause.contains(option), "{cause}");
        }
        other => panic!("not refused: {other:?}"),
    }
}

/// Invariant: an engine is used over an encrypted connection where its certificate leads to the authority that the address
/// names, and not where it leads to another one.
#[test]
fn a_database_is_believed_by_its_certificate() {
    let (server, other) = (Encrypted::postgres(), Encrypted::nats());
    let open = |options: &str, authority: &Encrypted| {
        let file = authority.authority().display().to_string();
        let port = server.port();
        let url = format!("postgres://papo@localhost:{port}/postgres?{options}sslrootcert={file}");
        PostgresLog::open(&url.parse().unwrap())
    };
    check(&open("sslmode=verify-full&", &server).unwrap());
    open("", &server).unwrap();
    open("sslmode=require&", &server).unwrap();
    check_refused(open("sslmode=require&", &other), "sslrootcert");
    let missing = format!("postgres://papo@localhost:{}/postgres?sslrootcert=/nowhere", server.port());
    assert!(matches!(PostgresLog::open(&missing.parse().unwrap()), Err(LogError::Refused { .. })));
}

/// Invariant: the same with a stream, whichever way the address asks for it.
#[test]
fn a_stream_is_believed_by_its_certificate() {
    let (server, other) = (Encrypted::nats(), Encrypted::postgres());
    let open = |scheme: &str, authority: &Encrypted| {
        let folder = Folder::new();
        let file = authority.authority().display().to_string();
        let url = format!("{scheme}://localhost:{}/room?tlsca={file}", server.port());
        NatsLog::open(&url.parse().unwrap(), folder.path()).map(|log| (log, folder))
    };
    check(&open("tls", &server).unwrap().0);
    open("nats", &server).unwrap();
    check_refused(open("tls", &other), "tlsca");
}
