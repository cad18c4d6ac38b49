//! What another process has used, and where processes run. On systems other than Linux this is not known, and
//! the report leaves it out.

use std::time::Duration;

/// What a process has used since it began.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Processor time of all threads, from the scheduler's own clock.
    pub(crate) cpu: Duration,
    /// The time in user space and in the system, as the system samples it, in its own ticks.
    pub(crate) ticks: [f64; 2],
    /// Resident memory in bytes.
    pub(crate) memory: u64,
}

impl std::ops::Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let ticks = [0, 1].map(|at| self.ticks[at] + other.ticks[at]);
        Self { cpu: self.cpu + other.cpu, ticks, memory: self.memory + other.memory }
    }
}

impl Usage {
    /// The processor time since an earlier look.
    pub(crate) fn cpu_since(self, before: Self) -> Duration {
        self.cpu.saturating_sub(before.cpu)
    }

    /// The share of it in user space, from 0 to 1.
    pub(crate) fn user_share_since(self, before: Self) -> f64 {
        let [user, system] = [0, 1].map(|at| self.ticks[at] - before.ticks[at]);
        if user + system > 0.0 { user / (user + system) } else { 0.0 }
    }
}

/// What the process has used, if the system tells.
pub(crate) fn usage(process: u32) -> Option<Usage> {
    #[cfg(target_os = "linux")]
    return crate::linux::usage(process);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = process;
        None
    }
}

/// Puts a process with all its threads on one core, if the system can.
pub(crate) fn pin(process: u32, core: usize) {
    #[cfg(target_os = "linux")]
    crate::linux::pin(process, core);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (process, core);
    }
}

/// Lets this process open as many connections as the system allows.
pub(crate) fn raise_open_files() {
    #[cfg(unix)]
    {
        // Without it, fewer connections are possible, and the first that is not says so.
        let _ = rlimit::increase_nofile_limit(u64::MAX);
    }
}
