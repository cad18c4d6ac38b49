//! papo's load generator: real members over real TLS, many of them on one thread, against a papo server, the
//! yardstick, or a server given by its invite. It measures deliveries, their latency, and what they cost the
//! server. Not here: judgement; it prints figures, and says itself when it was the bottleneck.
//!
//! - [`options`]: what can be asked for.
//! - [`run`]: one measurement from start to end.
//! - `generator`: the members and their load; `link`: one member's connection.
//! - `yardstick`: a bare loop that does only the encrypted writes, to compare with.
//! - [`report`]: what was measured, as words and as JSON.

mod generator;
mod link;
#[cfg(target_os = "linux")]
mod linux;
mod meter;
pub mod options;
mod process;
pub mod report;
mod target;
mod tls;
pub mod yardstick;

pub use options::Options;
pub use report::Report;

/// Why a measurement could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The server to be measured did not start.
    #[error("the server to be measured did not start ({0}): try `papo serve -p 0` by itself")]
    NoServer(String),
    /// A member could not come in.
    #[error("a member could not join ({0}): check the server's limits, and that its rate is off")]
    NotJoined(String),
    /// A connection was lost while measuring.
    #[error("connection {index} was lost: {cause}")]
    Lost {
        /// Which one.
        index: usize,
        /// Why.
        cause: String,
    },
    /// The system refused something.
    #[error("the system does not let the load generator work: {0}")]
    System(#[from] std::io::Error),
}

/// Makes one measurement. `progress` is called about once a second with a line for people.
pub fn run(options: &Options, progress: &mut dyn FnMut(&str)) -> Result<Report, BenchError> {
    process::raise_open_files();
    let target = target::Target::start(options)?;
    let mut generator = generator::Generator::connect(options, &target, progress)?;
    generator.measure(progress)
}
