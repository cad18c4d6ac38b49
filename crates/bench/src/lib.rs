//! papo's load generator: real members over real TLS, many of them on one thread, against a papo server, the
//! yardstick, or a server given by its invite. It measures deliveries, their latency, and what they cost the
//! server. Not here: judgement; it prints figures, and says itself when it was the bottleneck.
//!
//! - [`options`]: what can be asked for.
//! - [`run`]: one measurement from start to end; `measurement`: its phases.
//! - `target`: the server that is measured; `process`, `linux`: what the system tells of it.
//! - `crowd`: the members; `member`, `link`, `tls`, `dialect`, `stamp`: what makes up one of them.
//! - `handshakes`: connections of which nothing but TLS is wanted.
//! - `load`: who says what when; `storm`: members who all come at once; `meter`: what is counted.
//! - `yardstick`: a bare loop that does only the encrypted writes, to compare with.
//! - [`report`]: what was measured, as words, as JSON and as a page.

mod crowd;
pub mod dialect;
mod disk;
mod handshakes;
mod link;
#[cfg(target_os = "linux")]
mod linux;
mod load;
mod measurement;
mod member;
mod meter;
pub mod options;
mod process;
pub mod report;
mod stamp;
mod storm;
mod target;
mod tls;
pub mod yardstick;

use papo_words::{system, t};

pub use options::Options;
pub use report::Report;

/// Why a measurement could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// What was asked for contradicts itself; the text says how, and what to say instead.
    #[error("{0}")]
    Options(String),
    /// The server to be measured did not start.
    #[error("{}", t!("bench-no-server", cause = .0))]
    NoServer(String),
    /// A member could not come in.
    #[error("{}", t!("bench-not-joined", cause = .0))]
    NotJoined(String),
    /// A connection was lost while measuring.
    #[error("{}", t!("bench-connection-lost", index = %index, cause = cause))]
    Lost {
        /// Which one.
        index: usize,
        /// Why.
        cause: String,
    },
    /// The system refused something.
    #[error("{}", t!("bench-system", cause = system(.0)))]
    System(#[from] std::io::Error),
}

/// Makes one measurement. `progress` is called about once a second with a line for people.
pub fn run(options: &Options, progress: &mut dyn FnMut(&str)) -> Result<Report, BenchError> {
    options.check()?;
    process::raise_open_files();
    let target = target::Target::start(options)?;
    measurement::Measurement::new(options, &target, progress)?.run()
}
