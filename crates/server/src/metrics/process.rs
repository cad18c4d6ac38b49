//! What the system knows of this process, under the names that every program in Prometheus' world has for it. On systems
//! other than Linux this is not known, and left out. Not here: how the system is asked.

use super::text::{Kind, Page};

/// What this process has used and may use.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Process {
    /// Processor time of all threads since the start, in seconds.
    pub(crate) cpu_seconds: f64,
    /// Resident memory in bytes.
    pub(crate) resident_bytes: u64,
    /// Address space in bytes.
    pub(crate) virtual_bytes: u64,
    /// Open files, connections among them.
    pub(crate) open_files: u64,
    /// How many it may have open; nothing where there is no limit.
    pub(crate) open_files_max: Option<u64>,
    /// Threads.
    pub(crate) threads: u64,
}

/// Writes down what is known.
pub(super) fn write(page: &mut Page, started_seconds: f64) {
    page.one(
        "process_start_time_seconds",
        Kind::Gauge,
        "When the server was started, in seconds since 1970.",
        started_seconds,
    );
    let Some(process) = process() else { return };
    page.one("process_cpu_seconds", Kind::Counter, "Processor time of all threads.", process.cpu_seconds);
    page.one("process_resident_memory_bytes", Kind::Gauge, "Resident memory.", process.resident_bytes);
    page.one("process_virtual_memory_bytes", Kind::Gauge, "Address space.", process.virtual_bytes);
    page.one("process_open_fds", Kind::Gauge, "Open files, connections among them.", process.open_files);
    if let Some(most) = process.open_files_max {
        page.one("process_max_fds", Kind::Gauge, "How many files may be open.", most);
    }
    page.one("process_threads", Kind::Gauge, "Threads.", process.threads);
}

#[cfg(target_os = "linux")]
fn process() -> Option<Process> {
    crate::linux::process()
}

#[cfg(not(target_os = "linux"))]
fn process() -> Option<Process> {
    None
}
