//! What can be asked of a measurement.

use std::net::SocketAddr;
use std::path::PathBuf;

/// A load and what to measure it on.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The invite of a running server with its rate limit off; without one, a server is started for the run.
    #[arg(value_name = "INVITE")]
    pub invite: Option<papo_proto::Invite>,
    /// Measure the yardstick instead of papo: a bare loop that does only the encrypted writes.
    #[arg(long, conflicts_with = "invite")]
    pub yardstick: bool,
    /// How many members only listen.
    #[arg(long, default_value_t = 200)]
    pub listeners: usize,
    /// How many members write. They hear everything as well.
    #[arg(long, default_value_t = 1)]
    pub writers: usize,
    /// How many rooms the members are spread over.
    #[arg(long, default_value_t = 1)]
    pub rooms: usize,
    /// Messages a second, from all writers together, on a fixed schedule; without it, as fast as they are echoed.
    #[arg(long)]
    pub rate: Option<u32>,
    /// At full speed, how many messages of all writers together wait for their echo.
    #[arg(long, default_value_t = 64)]
    pub window: usize,
    /// The length of a message's text in bytes; at least 32.
    #[arg(long, default_value_t = 100)]
    pub bytes: usize,
    /// How long to measure, in seconds.
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// How long to run before measuring, in seconds.
    #[arg(long, default_value_t = 2)]
    pub warmup: u64,
    /// How many further members listen but stop reading when the load begins, and read on at the end.
    #[arg(long, default_value_t = 0)]
    pub slow: usize,
    /// End the load after this many messages, if that comes first.
    #[arg(long)]
    pub messages: Option<u64>,
    /// How many handshakes to make as fast as they go, beside the load.
    #[arg(long, default_value_t = 0)]
    pub storm: usize,
    /// What the started server keeps: `disk`, `os` (without waiting for the disk) or `none`.
    #[arg(long, default_value = "none")]
    pub log: String,
    /// How many threads of the started server serve connections.
    #[arg(long, default_value_t = 1)]
    pub shards: usize,
    /// Put the started server on the first core and the load generator on the second (Linux).
    #[arg(long)]
    pub pin: bool,
    /// Where the started server keeps its files; a folder that is removed afterwards, if not said.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Print the measurement as JSON.
    #[arg(long)]
    pub json: bool,
    /// Be the yardstick's server instead of measuring.
    #[arg(long, hide = true)]
    pub serve_yardstick: Option<SocketAddr>,
}
