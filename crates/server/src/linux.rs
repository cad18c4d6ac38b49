//! What Linux tells a process of itself, under /proc (proc(5)).

use std::fs;

use crate::metrics::Process;

/// The system's clock ticks in a second, as it counts them for programs: 100 on every processor that papo is built for.
const TICKS_A_SECOND: f64 = 100.0;

/// What this process has used and may use; nothing where /proc is not there or reads otherwise.
pub(crate) fn process() -> Option<Process> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in brackets, which may hold blanks.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    let cpu_ticks = ticks()? + ticks()?;
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let number = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let open_files_max = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .and_then(|line| line.split_whitespace().next()?.parse().ok());
    Some(Process {
        cpu_seconds: cpu_ticks / TICKS_A_SECOND,
        resident_bytes: number("VmRSS:")? * 1024,
        virtual_bytes: number("VmSize:")? * 1024,
        // The folder that is being read is one of them, and gone by then.
        open_files: (fs::read_dir("/proc/self/fd").ok()?.count() as u64).saturating_sub(1),
        open_files_max,
        threads: number("Threads:")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_is_known_to_the_system() {
        let before = process().expect("this is Linux");
        let file = fs::File::open("/proc/self/stat").unwrap();
        let now = process().expect("this is Linux");
        assert!(now.resident_bytes > 100_000 && now.virtual_bytes > now.resident_bytes, "{now:?}");
        assert!(now.threads >= 1 && now.open_files >= 3, "{now:?}");
        assert!(now.cpu_seconds >= before.cpu_seconds);
        drop(file);
    }
}
