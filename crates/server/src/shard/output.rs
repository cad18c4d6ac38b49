//! What a shard writes to a connection: its own answers first, then whatever the room has that it has not, in
//! records as large as TLS allows. Not here: sealing and sending, which the sink does.

use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use papo_proto::codec::encode_server;
use papo_proto::{Seq, ServerMessage};

use super::{LocalRoom, Shard};
use crate::carrier::Carrier;
use crate::connection::{Connection, Hold, Membership, Stage};
use crate::desk::{ReadJob, Wanted};
use crate::feed::{Batch, SLICES_MAX, Window};
use crate::metrics::ShardCounters;

/// The plaintext of one TLS record (RFC 8446, section 5.1). One record a write is the cheapest way to send.
const RECORD_BYTES_MAX: usize = 16 * 1024;

/// How much of the feed a connection gets before a `closing`; whoever is further behind resumes by `seq`.
const FAREWELL_BYTES_MAX: usize = 64 * 1024;

/// What became of a call for output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Something was done, mostly written; there may be more.
    Written,
    /// There is nothing to write at the moment.
    Nothing,
    /// Everything is written and the connection is to be closed.
    Close,
}

impl Shard {
    /// Gives the sink the next record's worth of what the connection has not been sent yet.
    pub(crate) fn output(&mut self, slot: usize, sink: impl FnOnce(&[IoSlice<'_>])) -> Output {
        let Some(connection) = self.connections.get_mut(slot) else { return Output::Nothing };
        if !connection.direct.is_empty() {
            let direct = std::mem::take(&mut connection.direct);
            sink(&[IoSlice::new(&direct)]);
            let id = self.id_of(slot);
            self.release(id, Hold::Unread);
            return Output::Written;
        }
        let Connection { stage, direct, generation, carrier, .. } = connection;
        let membership = match stage {
            Stage::Joined(membership) => membership,
            Stage::Closing => return Output::Close,
            Stage::Fresh(_) | Stage::Opening(_) => return Output::Nothing,
        };
        let local = &self.rooms[membership.room];
        if let Some(page) = membership.page.take() {
            return write_page(page, membership, *carrier, &self.counters, sink);
        }
        if membership.cursor < local.messages.floor() {
            if !std::mem::replace(&mut membership.reading, true) {
                let from = crate::desk::ConnectionId { shard: self.index, slot, generation: *generation };
                let wanted = Wanted::Frames { after: membership.cursor };
                self.desk.read(ReadJob { room: local.room.name.clone(), wanted, from });
            }
            return Output::Nothing;
        }
        if membership.presence_cursor < local.presence_frames.floor() {
            // What it writes goes out with the next call.
            skip_presence(local, membership, *carrier, direct);
            return Output::Written;
        }
        write_feeds(local, membership, *carrier, (&self.counters, self.writing_at), sink)
    }

    /// Takes a page from the log for a connection that is behind the feed.
    pub(super) fn page(&mut self, slot: usize, frames: Option<Arc<Batch>>) {
        let Stage::Joined(membership) = &mut self.connections[slot].stage else { return };
        let local = &self.rooms[membership.room];
        let Some(page) = frames else {
            membership.reading = false;
            return;
        };
        membership.reading = false;
        // The log may have dropped what comes next: then it is said, never passed over.
        let next = if page.is_empty() { local.messages.floor() + 1 } else { page.first() };
        let lost = next > membership.cursor + 1;
        if lost {
            membership.cursor = next - 1;
        }
        if !page.is_empty() {
            membership.page = Some(page);
            membership.catches_up = true;
        }
        if lost {
            let first = Seq::new(local.room.first().max(1));
            self.send(slot, &ServerMessage::Truncated { first, next: Seq::new(next) });
        }
        self.queue(slot);
    }

    /// Puts what the feed still has for a connection before its goodbye.
    pub(super) fn flush_feed(&mut self, slot: usize) {
        let mut farewell = Vec::new();
        while farewell.len() < FAREWELL_BYTES_MAX {
            let Connection { stage, carrier, .. } = &mut self.connections[slot];
            let Stage::Joined(membership) = stage else { break };
            let local = &self.rooms[membership.room];
            if membership.page.is_some() || membership.cursor < local.messages.floor() {
                break;
            }
            let gather =
                |slices: &[IoSlice<'_>]| slices.iter().for_each(|slice| farewell.extend_from_slice(slice));
            let tally = (&*self.counters, self.writing_at);
            if write_feeds(local, membership, *carrier, tally, gather) != Output::Written {
                break;
            }
        }
        self.connections[slot].direct.extend_from_slice(&farewell);
    }
}

impl Membership {
    /// Whether the connection is behind the feed and nobody is reading for it.
    pub(super) fn is_behind(&self, messages: &Window) -> bool {
        self.page.is_none() && !self.reading && self.cursor < messages.floor()
    }
}

/// Writes from a page of the log, and keeps it where something is left.
fn write_page(
    page: Arc<Batch>,
    membership: &mut Membership,
    carrier: Carrier,
    counters: &ShardCounters,
    sink: impl FnOnce(&[IoSlice<'_>]),
) -> Output {
    let (frames, reached) = page.frames_after(membership.cursor, RECORD_BYTES_MAX, true, carrier);
    if frames.is_empty() {
        // Everything of the page is written: what comes next is in the feed or in another page.
        return Output::Written;
    }
    sink(&[IoSlice::new(frames)]);
    counters.deliver(reached - membership.cursor, frames.len(), None);
    membership.cursor = reached;
    if reached < page.last() {
        membership.page = Some(page);
    }
    Output::Written
}

/// Writes messages and presence from the room's feeds, together in one record, and counts it at this time.
fn write_feeds(
    local: &LocalRoom,
    membership: &mut Membership,
    carrier: Carrier,
    (counters, now): (&ShardCounters, Duration),
    sink: impl FnOnce(&[IoSlice<'_>]),
) -> Output {
    let mut slices = [IoSlice::new(&[]); SLICES_MAX];
    let messages = local.messages.gather(membership.cursor, RECORD_BYTES_MAX, carrier, &mut slices);
    let presence = local.presence_frames.gather(
        membership.presence_cursor,
        RECORD_BYTES_MAX.saturating_sub(messages.bytes),
        carrier,
        &mut slices[messages.slices..],
    );
    if messages.slices + presence.slices == 0 {
        return Output::Nothing;
    }
    sink(&slices[..messages.slices + presence.slices]);
    if messages.slices > 0 {
        let waited = messages.fed_at.filter(|_| !membership.catches_up).map(|at| now.saturating_sub(at));
        counters.deliver(messages.reached - membership.cursor, messages.bytes, waited);
        membership.catches_up &= messages.reached < local.messages.head();
    }
    membership.cursor = messages.reached;
    membership.presence_cursor = presence.reached;
    Output::Written
}

/// A connection that has missed presence frames is told how many there are; who they are, it may ask.
fn skip_presence(local: &LocalRoom, membership: &mut Membership, carrier: Carrier, direct: &mut Vec<u8>) {
    membership.presence_cursor = local.presence_frames.head();
    let count = local.room.presence().count();
    carrier.put(direct, |out| encode_server(&ServerMessage::Count { count }, out));
}
