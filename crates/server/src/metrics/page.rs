//! All figures, added up at the moment somebody asks. Not here: how the text looks, and who may ask.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use papo_proto::{ClosingCode, ErrorCode};
use serde::Serialize;

use super::text::{Kind, Page};
use super::{
    CLOSINGS, Counter, DoorCounters, HANDSHAKE_DONE, HANDSHAKE_FAILED, HANDSHAKE_LATE, Health, STATUSES,
    ShardCounters, Unsaid, WriterCounters, process,
};
use crate::reader::ReadQueue;
use crate::reload::Reloader;
use crate::room::Hub;
use crate::writer::WriterQueue;

/// What the page is, for HTTP.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything that figures come from.
#[derive(Debug)]
pub(crate) struct Metrics {
    pub(crate) started: SystemTime,
    pub(crate) shards: Vec<Arc<ShardCounters>>,
    pub(crate) writer: Arc<WriterCounters>,
    pub(crate) door: Arc<DoorCounters>,
    pub(crate) health: Arc<Health>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) writer_queue: Arc<WriterQueue>,
    pub(crate) read_queue: Arc<ReadQueue>,
    pub(crate) reloader: Reloader,
}

impl Metrics {
    /// The figures as they are now, in the text of `OpenMetrics`.
    pub(crate) fn page(&self) -> String {
        let mut page = Page::default();
        self.server(&mut page);
        self.connections(&mut page);
        self.rooms(&mut page);
        self.log(&mut page);
        self.refusals(&mut page);
        process::write(&mut page, seconds_since_1970(self.started));
        page.end()
    }

    fn server(&self, page: &mut Page) {
        let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
        page.family("papo_build", Kind::Info, "What runs here.").sample(&version, 1);
        let ready = u8::from(self.health.not_ready(SystemTime::now()).is_none());
        page.one(
            "papo_ready",
            Kind::Gauge,
            "Whether the log can be written and nobody stops the server.",
            ready,
        );
        if let Some(expires) = self.reloader.expires() {
            page.one(
                "papo_certificate_expiry_timestamp_seconds",
                Kind::Gauge,
                "When the certificate in use ends, in seconds since 1970.",
                seconds_since_1970(expires),
            );
        }
    }

    fn connections(&self, page: &mut Page) {
        let begun = [0, 1].map(|at| self.sum(|shard| &shard.begun[at]));
        // Those that have ended are looked at last, so there may be more of them than were begun a moment ago.
        let ended = [0, 1].map(|at| self.sum(|shard| &shard.ended[at]));
        let mut family = page.family("papo_connections", Kind::Gauge, "Open connections by what they speak.");
        family.sample(LINES, begun[0].saturating_sub(ended[0]));
        family.sample(WEBSOCKET, begun[1].saturating_sub(ended[1]));
        family.sample("carrier=\"http\"", self.sum(|shard| &shard.visits));
        let mut family =
            page.family("papo_connections_begun", Kind::Counter, "Members' connections since the start.");
        family.sample(LINES, begun[0]);
        family.sample(WEBSOCKET, begun[1]);
        let mut family = page.family("papo_accepts", Kind::Counter, "Connections that came to the port.");
        let unsaid = self.door.unsaid.0.iter().map(Counter::count).sum();
        let came = self.door.came.count();
        family.sample("outcome=\"taken\"", came.saturating_sub(unsaid));
        family.sample("outcome=\"closed_unsaid\"", unsaid);
        page.one(
            "papo_accept_pauses",
            Kind::Counter,
            "How often none could be taken, for want of open files.",
            self.door.paused.count(),
        );
        page.one(
            "papo_handshakes_pending",
            Kind::Gauge,
            "Connections not through with the TLS handshake.",
            self.sum(|shard| &shard.strangers),
        );
        let mut family = page.family("papo_handshakes", Kind::Counter, "TLS handshakes by how they ended.");
        for (at, outcome) in
            [(HANDSHAKE_DONE, "done"), (HANDSHAKE_FAILED, "failed"), (HANDSHAKE_LATE, "late")]
        {
            family.sample(&format!("outcome=\"{outcome}\""), self.sum(|shard| &shard.handshakes[at]));
        }
        let mut family = page.family("papo_http_answers", Kind::Counter, "Answers over HTTP by status.");
        for (at, status) in STATUSES.iter().map(u16::to_string).chain(["other".to_owned()]).enumerate() {
            family.sample(&format!("status=\"{status}\""), self.sum(|shard| &shard.answers[at]));
        }
    }

    fn rooms(&self, page: &mut Page) {
        let (rooms, members) = self.hub.counts();
        page.one("papo_rooms", Kind::Gauge, "Rooms that somebody is in.", rooms);
        page.one(
            "papo_members",
            Kind::Gauge,
            "Members in rooms; one with several connections in a room is one there.",
            members,
        );
        page.one(
            "papo_deliveries",
            Kind::Counter,
            "Messages written to members: a message in a room of five is five.",
            self.sum(|shard| &shard.deliveries),
        );
        page.one(
            "papo_delivery_records",
            Kind::Counter,
            "Writes that deliveries went out in: some messages go together.",
            self.sum(|shard| &shard.records),
        );
        page.one(
            "papo_delivery_bytes",
            Kind::Counter,
            "Bytes of these writes before encryption.",
            self.sum(|shard| &shard.bytes),
        );
        let mut buckets = [0; super::BOUNDS_US.len() + 1];
        let mut sum_us = 0;
        for (of_shard, sum) in self.shards.iter().map(|shard| shard.fan_out.counts()) {
            buckets.iter_mut().zip(of_shard).for_each(|(all, one)| *all += one);
            sum_us += sum;
        }
        page.family(
            "papo_fan_out_seconds",
            Kind::Histogram,
            "From when a message is stored to its write to a member: the oldest message of each write.",
        )
        .histogram(buckets, sum_us);
    }

    fn log(&self, page: &mut Page) {
        let writer = &self.writer;
        let mut family = page.family("papo_messages", Kind::Counter, "Messages by what became of them.");
        for (outcome, counter) in [
            ("stored", &writer.stored),
            ("repeated", &writer.repeated),
            ("conflicting", &writer.conflicting),
            ("failed", &writer.failed),
        ] {
            family.sample(&format!("outcome=\"{outcome}\""), counter.count());
        }
        let (buckets, sum_us) = writer.commits.counts();
        page.family(
            "papo_log_commit_seconds",
            Kind::Histogram,
            "How long a commit of the log takes; all that waits is one commit.",
        )
        .histogram(buckets, sum_us);
        let (jobs, bytes) = self.writer_queue.waiting();
        page.one("papo_log_queue_jobs", Kind::Gauge, "What waits for the log's writer.", jobs);
        page.one("papo_log_queue_bytes", Kind::Gauge, "The same in bytes.", bytes);
        page.one(
            "papo_read_queue_jobs",
            Kind::Gauge,
            "What waits to be read from the log.",
            self.read_queue.waiting(),
        );
    }

    fn refusals(&self, page: &mut Page) {
        let mut family = page.family(
            "papo_rejections",
            Kind::Counter,
            "What members were refused, by the protocol's code; too_fast slows them and loses nothing.",
        );
        for (at, code) in ErrorCode::ALL.iter().enumerate() {
            family.sample(&label_of(code), self.sum(|shard| &shard.refusals[at]));
        }
        let mut family = page.family(
            "papo_closings",
            Kind::Counter,
            "Connections that the server has ended, by the protocol's code.",
        );
        for (at, code) in CLOSINGS.iter().enumerate() {
            family.sample(&label_of::<ClosingCode>(code), self.sum(|shard| &shard.closings[at]));
        }
        let mut family = page.family(
            "papo_closings_unsaid",
            Kind::Counter,
            "Connections that the server has closed without a word, by the reason.",
        );
        for (why, label) in Unsaid::ALL {
            let at = why as usize;
            let count = self.door.unsaid.0[at].count() + self.sum(|shard| &shard.unsaid.0[at]);
            family.sample(&format!("reason=\"{label}\""), count);
        }
    }

    /// One counter of all shards together.
    fn sum<'a>(&'a self, counter: impl Fn(&'a ShardCounters) -> &'a Counter) -> u64 {
        self.shards.iter().map(|shard| counter(shard).count()).sum()
    }
}

const LINES: &str = "carrier=\"lines\"";
const WEBSOCKET: &str = "carrier=\"websocket\"";

/// A code of the protocol as a label: JSON writes it in quotes already.
fn label_of<T: Serialize>(code: &T) -> String {
    format!("code={}", serde_json::to_string(code).unwrap_or_default())
}

fn seconds_since_1970(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
