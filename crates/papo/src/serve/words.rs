//! What `papo serve` says to the person who starts it, from the catalogue. Not here: when.

use std::net::SocketAddr;
use std::path::Path;

use papo_proto::{Address, Fingerprint, Invite};
use papo_words::{and, t};

pub(super) fn stopped(keeps: bool) -> String {
    if keeps { t!("cli-stopped") } else { t!("cli-stopped-gone") }
}

/// That the room is open, and where. `data` is told where it is new.
pub(super) fn started(bound: &[SocketAddr], fingerprint: &Fingerprint, data: Option<&Path>) -> String {
    let listed: Vec<String> = bound.iter().map(ToString::to_string).collect();
    let text = t!("cli-started", addresses = and(&listed), fingerprint = fingerprint.grouped());
    match data {
        Some(data) => format!("{text}\n{}", t!("cli-started-first", folder = %data.display())),
        None => text,
    }
}

/// How the others use the invite, as a line that can be copied.
pub(super) fn how_to_use(invite: &Invite) -> String {
    t!("cli-how-to-use", command = format!("papo join '{invite}'"))
}

/// That the room's folder is taken.
pub(super) fn log_in_use(log: &Path) -> String {
    t!("cli-log-in-use", log = %log.display())
}

/// How others come in who have the certificate.
pub(super) fn with_certificate(invite: &Invite, certificate: &Path) -> String {
    let Address { host, port } = &invite.address;
    let command = format!("papo join -ip {host} -p {port} --ca {}", quoted(certificate));
    t!("cli-with-certificate", command = command)
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '\\' | ':' | '.' | '_' | '-');
    if text.chars().all(plain) { text } else { format!("'{text}'") }
}

#[cfg(test)]
mod tests {
    use papo_proto::RoomName;

    use super::*;

    #[test]
    fn the_folder_is_told_at_the_first_start() {
        let bound = ["127.0.0.1:1".parse().unwrap(), "[::1]:1".parse().unwrap()];
        let again = started(&bound, &Fingerprint([0; 32]), None);
        let lines: Vec<&str> = again.lines().collect();
        assert_eq!((lines[0], lines.len()), ("The room is open at 127.0.0.1:1 and [::1]:1.", 2));
        assert!(lines[1].starts_with("  fingerprint  aaaa aaaa"), "{again}");
        let first = started(&bound, &Fingerprint([0; 32]), Some(Path::new("/srv/room")));
        assert!(first.starts_with(&again) && first.contains("\n  folder       /srv/room\nThis is the first"));
    }

    #[test]
    fn what_is_to_be_typed_can_be_typed() {
        let address = Address::new("::1".to_owned(), 9);
        let invite = Invite {
            address,
            room: RoomName::default(),
            fingerprint: Fingerprint([0; 32]),
            secret: None,
            others: Vec::new(),
        };
        assert_eq!(how_to_use(&invite), format!("They type: papo join '{invite}'"));
        let line = with_certificate(&invite, Path::new("my room/server.crt"));
        assert!(line.ends_with("papo join -ip ::1 -p 9 --ca 'my room/server.crt'"), "{line}");
    }
}
