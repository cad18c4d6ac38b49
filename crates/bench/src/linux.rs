//! What Linux tells of a process under /proc, and the tool that puts one on a core.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process::Usage;

/// What the process has used: nanoseconds of all its threads from `schedstat` (proc(5)), the split from `stat`,
/// resident memory from `status`.
pub(crate) fn usage(process: u32) -> Option<Usage> {
    let mut cpu = Duration::ZERO;
    for thread in fs::read_dir(format!("/proc/{process}/task")).ok()?.flatten() {
        let text = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0);
        cpu += Duration::from_nanos(nanoseconds);
    }
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the program's name in brackets, which may hold blanks.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = resident.split_whitespace().next()?.parse().ok()?;
    Some(Usage { cpu, ticks: [ticks(11), ticks(12)], memory: kibibytes * 1024 })
}

/// Puts the process with all its threads on one core. Only the figures are worse where that fails.
pub(crate) fn pin(process: u32, core: usize) {
    let _ = Command::new("taskset")
        .args(["-a", "-c", "-p", &core.to_string(), &process.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}
