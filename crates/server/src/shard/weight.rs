//! How much a connection holds, for tests of what bounds it. Not here: what the sockets and TLS hold.

use super::Shard;
use crate::connection::Stage;

impl Shard {
    /// How many bytes are kept for this connection alone.
    pub(crate) fn bytes_kept(&self, slot: usize) -> usize {
        let connection = &self.connections[slot];
        let page = match &connection.stage {
            Stage::Joined(membership) => membership.page.as_ref().map_or(0, |page| page.bytes_len()),
            Stage::Fresh(_) | Stage::Opening(_) | Stage::Closing => 0,
        };
        connection.inbox.pending_len() + connection.kept.len() + connection.direct.len() + page
    }
}
