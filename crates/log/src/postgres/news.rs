//! Hearing and telling through the database's own `LISTEN` and `NOTIFY`, on a connection of its own.
//!
//! A notification inside the transaction that appends would make every commit wait for every other, because the database
//! orders notifications by one lock. So what was appended is told afterwards, in one message for all that has gathered,
//! and nothing depends on it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client};

use super::Inner;
use super::fault::Fault;
use crate::News;

/// The time between two messages: what is appended meanwhile goes into one.
const GATHER: Duration = Duration::from_millis(3);

/// How long to wait before the next attempt to connect.
const AGAIN_AFTER: Duration = Duration::from_millis(300);

/// How long connecting may take, on all hosts together.
const CONNECTED_WITHIN: Duration = Duration::from_secs(8);

/// After so long without anything to send, the connection is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long a message may take.
const SENT_WITHIN: Duration = Duration::from_secs(4);

/// Carries news until the log is dropped.
pub(super) async fn run(log: Weak<Inner>) {
    while let Some(inner) = log.upgrade() {
        // A network that takes everything and delivers nothing would be waited for until the log is dropped.
        let ended = timeout(CONNECTED_WITHIN, connect(&inner)).await;
        drop(inner);
        if let Ok(Ok(client)) = ended {
            carry(&log, &client).await;
        }
        sleep(AGAIN_AFTER).await;
    }
}

async fn connect(inner: &Arc<Inner>) -> Result<Client, Fault> {
    let hearer = Arc::downgrade(inner);
    let client = inner
        .door
        .connect(move |message| {
            if let (AsyncMessage::Notification(notification), Some(inner)) = (message, hearer.upgrade()) {
                inner.bus.receive(notification.payload());
            }
        })
        .await?;
    // What is told here needs no safety, and must not wait for the disk.
    client.batch_execute("SET synchronous_commit = off; LISTEN papo").await?;
    // Whatever was said before this moment was not heard.
    inner.bus.push(News::Everything);
    Ok(client)
}

/// Sends what waits, until the connection or the log is gone.
async fn carry(log: &Weak<Inner>, client: &Client) {
    while let Some(inner) = log.upgrade() {
        while let Some(message) = inner.bus.next_message() {
            let sent = async { client.execute("SELECT pg_notify('papo', $1)", &[&message]).await };
            if !matches!(timeout(SENT_WITHIN, sent).await, Ok(Ok(_))) {
                return;
            }
            sleep(GATHER).await;
        }
        let waited = timeout(LOOK_EVERY, inner.bus.waiting.notified()).await;
        let quiet = waited.is_err();
        if client.is_closed() {
            return;
        }
        if quiet && !matches!(timeout(SENT_WITHIN, client.check_connection()).await, Ok(Ok(()))) {
            return;
        }
    }
}
