//! System calls that fail, made by `strace`: a disk that does not take what it is given, and a full one.
//! Linux only, because `strace` is.

use std::ffi::OsStr;
use std::path::Path;

use crate::appender::{Acknowledged, Child, check_nothing_lost};
use crate::folder::Folder;

/// `SQLITE_IOERR_FSYNC`: the system said that a sync had failed.
const IOERR_FSYNC: u32 = 1034;

/// Invariant: after one failed sync nothing more is acknowledged, though every later sync would
/// succeed; reads go on; and all that was acknowledged is there after a restart.
#[test]
fn nothing_is_acknowledged_after_a_failed_sync() {
    // Without waiting for the disk, only a move of the journal syncs: bodies long enough to cause some.
    for (durability, body_bytes, batch_len, inject) in [
        ("disk", 300, 1, "fsync,fdatasync:error=EIO:when=60"),
        ("disk", 300, 1, "fsync,fdatasync:error=EIO:when=61+"),
        ("disk", 30_000, 10, "fsync,fdatasync:error=EIO:when=150"),
        ("os", 30_000, 10, "fsync,fdatasync:error=EIO:when=16"),
    ] {
        println!("{durability}, {body_bytes} bytes, {inject}");
        let folder = Folder::new();
        let settings = [
            ("BATCHES", "400".to_owned()),
            ("BATCH_LEN", batch_len.to_string()),
            ("BODY_BYTES", body_bytes.to_string()),
            ("DURABILITY", durability.to_owned()),
        ];
        let lines = run(&folder.log(), inject, None, &settings);
        let failed_at = lines.iter().position(|line| line.starts_with("failed")).expect("a sync failed");
        let (before, after) = lines.split_at(failed_at);
        println!("{} lines before, {} after: {}", before.len(), after.len(), after[0]);
        assert!(!after.iter().any(|line| line.starts_with("ack")), "acknowledged after a failed sync");
        assert!(
            after[0].contains(&format!("code {IOERR_FSYNC}")) && after[0].contains("start papo again"),
            "{}",
            after[0]
        );
        assert!(after.iter().filter(|line| line.starts_with("failed")).all(|line| *line == after[0]));
        assert!(after.iter().any(|line| line.starts_with("read ")), "reads go on");
        let acknowledged: Vec<_> = before.iter().filter_map(|line| Acknowledged::parse(line)).collect();
        assert!(acknowledged.len() >= 20, "too few were acknowledged before");
        check_nothing_lost(&folder.log(), body_bytes, &acknowledged);
    }
}

/// Invariant: while the disk is full nothing is acknowledged and the cause is named; when it has space
/// again the same process goes on; and all that was acknowledged is there.
#[test]
fn a_full_disk_is_survived() {
    let folder = Folder::new();
    let journal = folder.path().join("papo.db-wal");
    let settings = [("BATCHES", "120".to_owned()), ("BODY_BYTES", "300".to_owned())];
    let inject = "write,pwrite64:error=ENOSPC:when=200..230";
    let lines = run(&folder.log(), inject, Some(&journal), &settings);
    let kinds: Vec<_> = lines.iter().map(|line| line.split(' ').next().unwrap_or_default()).collect();
    let full_at = kinds.iter().position(|kind| *kind == "full").expect("the disk was full");
    println!("{} full: {}", kinds.iter().filter(|kind| **kind == "full").count(), lines[full_at]);
    assert!(kinds[..full_at].contains(&"ack") && kinds[full_at..].contains(&"ack"), "{kinds:?}");
    assert!(!kinds.contains(&"failed"), "{lines:?}");
    let acknowledged: Vec<_> = lines.iter().filter_map(|line| Acknowledged::parse(line)).collect();
    check_nothing_lost(&folder.log(), 300, &acknowledged);
}

/// Runs the child under `strace` until it ends by itself, with failures injected, for one file or all.
fn run(path: &Path, inject: &str, only: Option<&Path>, settings: &[(&str, String)]) -> Vec<String> {
    let calls = inject.split(':').next().unwrap_or_default();
    let words = [format!("--trace={calls}"), format!("--inject={inject}")];
    let mut front: Vec<&OsStr> =
        ["strace", "-f", "-qq", "-o", "/dev/null"].into_iter().map(OsStr::new).collect();
    front.extend(words.iter().map(OsStr::new));
    if let Some(only) = only {
        front.extend([OsStr::new("-P"), only.as_os_str()]);
    }
    let child = Child::spawn_under(&front, path, settings)
        .unwrap_or_else(|error| panic!("this test needs strace (install the package `strace`): {error}"));
    let lines = child.lines();
    assert!(
        lines.iter().any(|line| line == "open"),
        "the child did not start: strace must be allowed to trace its children here"
    );
    lines
}
