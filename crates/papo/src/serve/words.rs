//! What `papo serve` says to the person who starts it.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;

use papo_proto::{Fingerprint, Invite};

pub(super) const OPEN_TO_ALL: &str =
    "Anyone who reaches this address may come in (--open). Traffic is encrypted all the same.";

pub(super) const INVITE: &str = "The invite, for the others:";

pub(super) const STOPPING: &str = "Stopping: everybody is told. Ctrl-C once more ends at once.";

pub(super) fn stopped(keeps: bool) -> &'static str {
    if keeps {
        "The room is closed. Everything that was said is stored."
    } else {
        "The room is closed, and what was said is gone (--history none)."
    }
}

pub(super) fn started(bound: &[SocketAddr], fingerprint: &Fingerprint, data: &Path, is_new: bool) -> String {
    let listed: Vec<String> = bound.iter().map(ToString::to_string).collect();
    let mut text = format!("The room is open at {}\n", listed.join(" and "));
    let _ = writeln!(text, "  fingerprint  {}", fingerprint.grouped());
    let _ = write!(text, "  folder       {}", data.display());
    if is_new {
        text.push_str("\nThis is the first start: a new key and certificate were made in that folder.");
    }
    text
}

pub(super) fn next(invite: &Invite, certificate: &Path) -> String {
    let address = &invite.address;
    format!(
        "Next, in another terminal:\n  papo join '{invite}'\nor with the certificate:\n  papo join -ip {} -p {} --ca {}\nCtrl-C closes the room.",
        address.host,
        address.port,
        quoted(certificate)
    )
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '\\' | ':' | '.' | '_' | '-');
    if text.chars().all(plain) { text } else { format!("'{text}'") }
}
