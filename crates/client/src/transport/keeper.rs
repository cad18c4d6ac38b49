//! What the client's thread keeps on the disk, and when. Not here: how, which is [`crate::store`]'s business.

use papo_proto::{Address, ErrorCode, Fingerprint, Message, MessageId, Refusal};

use crate::error::ConnectError;
use crate::event::{Event, Outgoing};
use crate::session::Follow;
use crate::store::{Store, StoreError};

/// How many messages are kept in one transaction at most.
const MESSAGES_MAX: usize = 256;

/// Keeps what has to outlive the program, if there is a store.
#[derive(Debug)]
pub(super) struct Keeper {
    store: Option<Store>,
    follow: Follow,
    /// Messages that have come but are not kept yet. They are the server's too, so that losing them costs
    /// no more than asking again.
    fresh: Vec<Message>,
}

impl Keeper {
    /// A keeper for a session that follows the room from there on.
    pub(super) fn new(store: Option<Store>, follow: Follow) -> Self {
        Self { store, follow, fresh: Vec::new() }
    }

    /// What is left to be sent.
    pub(super) fn outbox(&self) -> Result<Vec<Outgoing>, ConnectError> {
        let outbox = self.store.as_ref().map(Store::outbox).transpose();
        outbox.map(Option::unwrap_or_default).map_err(|error| ConnectError::local(&error))
    }

    /// Where else the room was at the last visit, and the key that those servers have.
    pub(super) fn servers(&self) -> (Vec<Address>, Option<Fingerprint>) {
        let Some(store) = &self.store else { return Default::default() };
        store.servers().unwrap_or_else(|error| {
            tracing::warn!(%error, "the further servers of the room are not known");
            Default::default()
        })
    }

    /// Keeps where else the room is.
    pub(super) fn keep_servers(&mut self, servers: &[Address], key: Option<&Fingerprint>) {
        self.with_store(|store| store.keep_servers(servers, key));
    }

    /// Makes messages survive the program before they are sent. If that fails, none of them is sent, and the
    /// events to be reported say so.
    pub(super) fn put_outgoing(&mut self, outgoing: &[Outgoing]) -> Result<(), Vec<Event>> {
        let Some(store) = &mut self.store else { return Ok(()) };
        store.put_outgoing(outgoing).map_err(|error| {
            let failed = |id: &MessageId| {
                // None of a server's codes: these words are our own.
                let refusal = Refusal::new(ErrorCode::Unknown, error.to_string()).about(id.clone());
                Event::Failed { id: id.clone(), refusal }
            };
            outgoing.iter().map(|outgoing| failed(&outgoing.id)).collect()
        })
    }

    /// Takes a message out of the outbox.
    pub(super) fn forget(&mut self, id: &MessageId) {
        self.with_store(|store| store.forget(id));
    }

    /// Keeps what an event says about the room.
    pub(super) fn keep(&mut self, event: &Event) {
        if self.store.is_none() {
            return;
        }
        match event {
            Event::Message(message) => {
                self.fresh.push(message.clone());
                if self.fresh.len() >= MESSAGES_MAX {
                    self.flush();
                }
            }
            Event::History { messages, .. } => {
                self.flush();
                self.with_store(|store| store.remember(messages));
            }
            Event::Reset => {
                self.fresh.clear();
                self.with_store(Store::reset);
            }
            Event::Joined { epoch, head, .. } => {
                self.flush();
                let first = match self.follow {
                    Follow::Live => head.next(),
                    Follow::After { seq, .. } => seq.next(),
                };
                self.with_store(|store| {
                    store.enter(*epoch)?;
                    if store.position()?.is_none() { store.go_on_at(first) } else { Ok(()) }
                });
            }
            Event::Truncated { next, .. } => {
                self.flush();
                self.with_store(|store| store.go_on_at(*next));
            }
            _ => {}
        }
    }

    /// Keeps the messages that have come since.
    pub(super) fn flush(&mut self) {
        if !self.fresh.is_empty() {
            let fresh = std::mem::take(&mut self.fresh);
            self.with_store(|store| store.remember(&fresh));
        }
    }

    /// History that cannot be kept is no reason to stop talking: the server has it.
    fn with_store(&mut self, work: impl FnOnce(&mut Store) -> Result<(), StoreError>) {
        if let Some(store) = &mut self.store
            && let Err(error) = work(store)
        {
            tracing::warn!(%error, "the local history is not complete");
        }
    }
}
