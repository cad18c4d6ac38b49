//! What can be asked of a measurement, and which wishes contradict each other. Not here: the measuring.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use papo_proto::limits::BODY_BYTES_MAX;
use papo_words::t;
use serde::Serialize;

use crate::BenchError;
use crate::dialect::Carrier;

/// The shortest text of a message: the stamp that every message carries, and a little air.
const TEXT_BYTES_MIN: usize = 32;

/// The longest text: what a body holds at most, and some room for what stands around it.
const TEXT_BYTES_MAX: usize = BODY_BYTES_MAX - 1024;

/// The most writers: a stamp tells no more of them apart.
const WRITERS_MAX: usize = 65_536;

/// Messages in flight at full speed, where nothing else is said and the writers are not more than that.
const WINDOW_DEFAULT: usize = 64;

/// A load and what to measure it on.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The invite of a running server with its rate limit off; without one, a server is started for the run. If it names several servers, members are spread over them
    #[arg(value_name = "INVITE")]
    pub invite: Option<papo_proto::Invite>,
    /// With INVITE: the ids of the servers' processes on this computer, to measure their processor time and memory
    #[arg(long, value_name = "ID", requires = "invite", value_delimiter = ',')]
    pub process: Vec<u32>,
    /// Measure the yardstick instead of papo: a bare loop that does only the encrypted writes
    #[arg(long, conflicts_with = "invite")]
    pub yardstick: bool,
    /// How many members only listen
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub listeners: usize,
    /// How many members write; they hear everything as well
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count(0, WRITERS_MAX))]
    pub writers: usize,
    /// How many rooms the members are spread over
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count(1, 10_000))]
    pub rooms: usize,
    /// Messages a second, from all writers together, on a fixed schedule; else as fast as they are echoed
    #[arg(long, value_name = "N", conflicts_with = "window", value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: Option<u32>,
    /// At full speed, how many messages of all writers together wait for their echo [default: 64]
    #[arg(long, value_name = "N", value_parser = count(1, 1_000_000))]
    pub window: Option<usize>,
    /// The length of a message's text in bytes
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = count(TEXT_BYTES_MIN, TEXT_BYTES_MAX))]
    pub bytes: usize,
    /// How long to measure, in seconds
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub seconds: u64,
    /// How long to run before measuring, in seconds; not at all with --messages
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u64).range(0..=3_600))]
    pub warmup: u64,
    /// End the load after this many messages, if that comes first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub messages: Option<u64>,
    /// How many connections only shake hands, before anything else: what TLS alone costs the server
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub handshakes: usize,
    /// How many connections only stay, in a room of their own: their memory, and the server's load at rest
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub idle: usize,
    /// How many further members come in as fast as they can while the load goes on
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub storm: usize,
    /// How many further listeners stop reading when the load begins, and read on at its end
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub slow: usize,
    /// How members speak with the server; all but `lines` and `websocket` need an INVITE
    #[arg(long, value_enum, default_value_t)]
    pub carrier: Carrier,
    /// What the started server keeps
    #[arg(long, value_enum, default_value_t, conflicts_with_all = ["invite", "yardstick"])]
    pub log: Log,
    /// How many threads of the started server serve connections
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with_all = ["invite", "yardstick"], value_parser = count(1, 1024))]
    pub shards: usize,
    /// Where the started server keeps its files; a folder that is removed afterwards, if not said
    #[arg(long, value_name = "DIR", conflicts_with_all = ["invite", "yardstick"])]
    pub data: Option<PathBuf>,
    /// Put the server on the first core and the load generator on the second (Linux)
    #[arg(long)]
    pub pin: bool,
    /// Print the measurement as JSON
    #[arg(long)]
    pub json: bool,
    /// Write a page with figures and plots to this file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Be the yardstick's server instead of measuring
    #[arg(long, hide = true)]
    pub serve_yardstick: Option<SocketAddr>,
}

/// What a server that is started for a run keeps of its messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Log {
    /// Nothing
    #[default]
    None,
    /// Everything, handed to the operating system
    Os,
    /// Everything, on the disk before anybody sees it
    Disk,
}

fn count(min: usize, max: usize) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(min as u64..=max as u64)
}

impl Options {
    /// Messages of all writers together that wait for their echo at full speed.
    pub fn window(&self) -> usize {
        self.window.unwrap_or_else(|| WINDOW_DEFAULT.max(self.writers))
    }

    /// Whether anybody writes.
    pub fn has_load(&self) -> bool {
        self.writers > 0
    }

    /// Refuses wishes that contradict each other, with the remedy.
    pub fn check(&self) -> Result<(), BenchError> {
        let refuse = |text: String| Err(BenchError::Options(text));
        let Self { writers, rooms, listeners, .. } = *self;
        if writers + listeners + self.slow + self.idle + self.storm + self.handshakes == 0 {
            return refuse(t!("bench-nobody"));
        }
        if self.has_load() && writers < rooms {
            return refuse(t!("bench-few-writers", rooms = %rooms));
        }
        if self.has_load() && self.window() < writers {
            return refuse(t!("bench-small-window", writers = %writers));
        }
        if self.yardstick && self.carrier != Carrier::Lines {
            return refuse(t!("bench-yardstick-speaks-lines"));
        }
        if !self.carrier.is_ours() && self.invite.is_none() {
            return refuse(t!("bench-carrier-needs-invite"));
        }
        if self.has_load() && !self.carrier.echoes() && listeners < rooms {
            return refuse(t!("bench-few-listeners", rooms = %rooms));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};

    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        let words = std::iter::once("bench").chain(line.split_whitespace());
        let command = Options::augment_args(clap::Command::new("bench"));
        let matches = command.try_get_matches_from(words).map_err(|error| error.to_string())?;
        let options = Options::from_arg_matches(&matches).map_err(|error| error.to_string())?;
        options.check().map_err(|error| error.to_string())?;
        Ok(options)
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_reason() {
        for (line, reason) in [
            ("--bytes 31", "32..="),
            ("--bytes 48129", "32..=48128"),
            ("--window 0", "not in 1.."),
            ("--rate 0", "not in 1.."),
            ("--rooms 0", "not in 1.."),
            ("--seconds 0", "not in 1.."),
            ("--messages 0", "not in 1.."),
            ("--shards 0", "not in 1.."),
            ("--log tape", "none, os, disk"),
            ("--carrier pigeon", "websocket"),
            ("--rate 5 --window 5", "cannot be used with"),
            ("--process 1", "INVITE"),
            ("--writers 3 --window 2", "--window 3 or more"),
            ("--writers 3 --rooms 4", "--writers 4 or more"),
            ("--writers 0 --listeners 0", "nobody to measure"),
            ("--carrier irc", "INVITE"),
            ("--yardstick --carrier websocket", "speaks lines"),
        ] {
            let error = parse(line).expect_err(line);
            assert!(error.contains(reason), "{line}: {error}");
        }
    }

    #[test]
    fn what_is_not_said_has_a_sensible_value() {
        let options = parse("").unwrap();
        assert_eq!((options.listeners, options.writers, options.window()), (200, 1, 64));
        assert_eq!((options.log, options.carrier), (Log::None, Carrier::Lines));
        assert_eq!(parse("--carrier websocket").unwrap().carrier, Carrier::Websocket);
        assert_eq!(parse("--writers 100").unwrap().window(), 100);
        assert_eq!(parse("--writers 0 --listeners 0 --idle 5").unwrap().idle, 5);
    }
}
