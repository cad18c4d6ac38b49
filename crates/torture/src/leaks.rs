//! What must not get into any log, error or figure, and the look for it in everything that the programs under test
//! write: what members have said, their names, ids, keys and proofs, the secrets of invites, whole addresses.
//!
//! Nothing has to be planted: what tests send is remembered as they send it, and whoever keeps what a program has written
//! looks through it when the program ends. Not here: what a person asked to see, on their own standard output.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use papo_proto::Invite;
use serde_json::Value;

/// The shortest text that is looked for: a shorter one may stand in a log by chance.
const LOOKED_FOR_BYTES_MIN: usize = 8;

/// How many are remembered. A test that says more says more of the same kind, and the look has to end.
const REMEMBERED_MAX: usize = 2000;

/// The fields of a client's line that hold what is nobody else's business. `room` is none of them: the server names the
/// room whose log cannot be read.
const FIELDS: [&str; 9] = ["name", "id", "key", "proof", "invite", "text", "emoji", "why", "whom"];

/// How many bytes of lines are looked into, for the same reason.
const LOOKED_INTO_BYTES_MAX: usize = 1024 * 1024;

/// How much was looked into so far.
static LOOKED_INTO_BYTES: AtomicUsize = AtomicUsize::new(0);

/// Everything that tests of this process have remembered.
static REMEMBERED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Remembers a text that must not be written down.
pub fn remember(text: &str) {
    let mut remembered = REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
    for line in text.lines().map(str::trim) {
        if line.len() >= LOOKED_FOR_BYTES_MIN && remembered.len() < REMEMBERED_MAX {
            remembered.insert(line.to_owned());
        }
    }
}

/// Remembers what lines of the protocol hold. What is no such line is remembered as it is: nobody has to write down
/// what somebody else could not spell.
pub fn remember_lines(bytes: &[u8]) {
    for line in bytes.split(|&byte| byte == b'\n') {
        if LOOKED_INTO_BYTES.fetch_add(line.len(), Ordering::Relaxed) > LOOKED_INTO_BYTES_MAX {
            return;
        }
        let line = String::from_utf8_lossy(line);
        match serde_json::from_str(&line) {
            Ok(value) => remember_fields(&value),
            Err(_) => remember(&line),
        }
    }
}

fn remember_fields(value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if FIELDS.contains(&name.as_str()) => remember(text),
                    _ => remember_fields(value),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(remember_fields),
        _ => {}
    }
}

/// Remembers the secrets of the invites in a text. The rest of a link is said to everybody.
pub fn remember_invites(text: &str) {
    for word in text.split_whitespace() {
        if let Ok(Invite { secret: Some(secret), .. }) = word.parse() {
            remember(&secret.reveal());
        }
    }
}

/// Looks through what a program has written.
///
/// # Panics
/// Where something remembered is in it; names the line, and what was found.
#[track_caller]
pub fn look_through(what: &str, written: &str) {
    if let Some(found) = find(what, written) {
        panic!("{found}");
    }
}

/// Looks through what a program has written for what is in a file for its owner only, such as a key. Where there is no
/// such file there is nothing to find.
///
/// # Panics
/// Where a line of the file is in it; names the line.
#[track_caller]
pub fn look_for_file(what: &str, written: &str, path: &Path) {
    let text = fs::read_to_string(path).unwrap_or_default();
    for secret in text.lines().filter(|line| !line.starts_with("-----") && line.len() >= LOOKED_FOR_BYTES_MIN)
    {
        let found = find_one(what, written, secret);
        assert!(found.is_none(), "of {}: {found:?}", path.display());
    }
}

fn find(what: &str, written: &str) -> Option<String> {
    let remembered = REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
    remembered.iter().find_map(|secret| find_one(what, written, secret))
}

fn find_one(what: &str, written: &str, secret: &str) -> Option<String> {
    let before = &written[..written.find(secret)?];
    let index = before.matches('\n').count();
    let line = written.lines().nth(index)?;
    Some(format!("{what}, line {}: {secret:?} is written down: {line}", index + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each kind of secret is found in the line where it stands, and what everybody may know is not.
    #[test]
    fn what_was_said_is_found_where_it_stands() {
        let line =
            r#"{"type":"join","name":"a name of leaks","room":"a-room-of-leaks","agent":"agent of leaks"}"#;
        let act = r#"{"type":"say","id":"id-of-leaks","act":{"do":"kick","why":"a reason of leaks"}}"#;
        remember_lines(format!("{line}\n{act}\nrubbish of leaks").as_bytes());
        let link = format!("https://127.0.0.1:1/lobby#{}.{}", "a".repeat(52), "b2".repeat(16));
        remember_invites(&format!("Come in by {link} please"));
        remember("short");
        for secret in
            ["a name of leaks", "id-of-leaks", "a reason of leaks", "rubbish of leaks", &"b2".repeat(16)]
        {
            let found = find("the log", &format!("well\nshe said {secret}!\n"));
            assert!(found.is_some_and(|found| found.starts_with("the log, line 2: ")), "{secret}");
        }
        let known = format!("short words in a-room-of-leaks with an agent of leaks at {}", "a".repeat(52));
        assert_eq!(find("the log", &known), None);
    }
}
