//! How a server is set up. Not here: where the settings come from, which is the command line's business.

use std::net::SocketAddr;
use std::path::PathBuf;

use papo_proto::Address;

use crate::acme::AcmeConfig;
use crate::certificate::PemFiles;
use crate::gate::AccessRules;
use crate::limits::Limits;

/// Everything that a server needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where to listen; at least one address. Port 0 takes a free one.
    pub listen: Vec<SocketAddr>,
    /// The one folder where the server keeps everything. Made where it is missing.
    pub data: PathBuf,
    /// The names and addresses under which others reach the server, for the certificate that it makes on first
    /// start; those of this computer alone are in it anyway.
    pub names: Vec<String>,
    /// A key and certificate of one's own; else those in `data`, made on first start.
    pub certificate: Option<PemFiles>,
    /// Where the server gets a certificate of a public authority for its own key, by itself; not with `certificate`.
    pub acme: Option<AcmeConfig>,
    /// What is kept of what is said.
    pub history: History,
    /// How many threads serve connections, 1 to 64; 0 for one a core.
    pub shards: usize,
    /// Whether a WebSocket at `/echo` sends everything back: only for conformance suites.
    pub websocket_echo: bool,
    /// Where whoever runs the server may ask for figures and health over HTTP, besides `listen` and never on the same
    /// address: plain on a loopback address, over TLS on any other. Port 0 takes a free one.
    pub admin: Option<SocketAddr>,
    /// Where the same rooms are as well, on servers that share the log and have the same key: members are told, and go on
    /// there where this server ends.
    pub also: Vec<Address>,
    /// What is allowed.
    pub limits: Limits,
    /// Who may come into the rooms, where a room does not say otherwise.
    pub access: AccessRules,
}

/// What is kept of what is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum History {
    /// Everything, on disk, as safe as this.
    Disk {
        /// When a message counts as stored.
        durability: papo_log::Durability,
        /// How large the log's file may grow, in bytes; `None` for as large as the disk.
        bytes_max: Option<u64>,
    },
    /// The newest messages of each room, in memory: a restart forgets them.
    None,
    /// Everything, in a log that several servers share.
    Shared(papo_log::EngineUrl),
}

impl Default for History {
    fn default() -> Self {
        Self::Disk { durability: papo_log::Durability::Disk, bytes_max: None }
    }
}
