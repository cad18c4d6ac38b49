//! What the event loop does with connections that speak HTTP. Not here: what a request is answered, which the visit
//! decides.

use std::time::{Duration, SystemTime};

use super::{EventLoop, Gone, seal};
use crate::carrier::Carrier;
use crate::shard::Output;
use crate::web::{Step, Visit, Visitor};

/// How long a client may take for the head of a request, and for reading an answer: nothing here is large.
const REQUEST_MAX: Duration = Duration::from_secs(15);

impl EventLoop {
    /// The connection speaks HTTP.
    pub(super) fn visited(&mut self, key: usize) {
        let socket = &mut self.sockets[key];
        let visitor = Visitor { refused: socket.refused.is_some() };
        socket.visit = Some(Box::new(Visit::new(visitor)));
        socket.deadline = Some(self.now + REQUEST_MAX);
    }

    /// Bytes of a visit, or none to go on with those that have come.
    pub(super) fn browse(&mut self, key: usize, bytes: &[u8]) -> Result<(), Gone> {
        let socket = &mut self.sockets[key];
        let Some(visit) = &mut socket.visit else { return Ok(()) };
        let was_idle = visit.is_idle();
        let (account, limits) = (socket.pass.account(), self.shared.guard.limits());
        let counted = || account.http(limits, self.now);
        let step = visit.input(bytes, &self.shared.site, SystemTime::now(), counted);
        if let Some(status) = visit.take_status() {
            self.shard.counters().answer(status);
        }
        if was_idle || !visit.may_read() {
            // A request has its time from its first byte on, and so has its answer.
            socket.deadline = Some(self.now + REQUEST_MAX);
        }
        let Step::Join(binding, rest) = step else { return Ok(()) };
        let Some(tls) = &mut socket.tls else { return Err(Gone) };
        while visit.output(|slices| seal(tls, slices)) == Output::Written {}
        socket.visit = None;
        self.admit(key, binding, Carrier::WebSocket, true)?;
        match self.sockets[key].slot {
            Some(slot) if !rest.is_empty() => self.shard.input(slot, &rest),
            _ => {}
        }
        Ok(())
    }

    /// An answer is written: another request may have come meanwhile, or comes.
    pub(super) fn browse_on(&mut self, key: usize) {
        let _ = self.browse(key, &[]);
        let Some(socket) = self.sockets.get_mut(key) else { return };
        if !std::mem::replace(&mut socket.listed, true) {
            self.readable.push(key);
        }
    }
}
