//! Ids for messages: version 7 UUIDs (RFC 9562, section 5.7), which sort by time, so that a log's index of
//! ids grows at its end.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand;
use papo_proto::MessageId;

/// An id that no message has had before. Of two ids from one process, the later one is the greater one.
#[expect(clippy::expect_used, reason = "36 characters of 0-9, a-f and '-' are an id")]
#[expect(clippy::missing_panics_doc, reason = "as said above, it does not panic")]
pub fn new_message_id() -> MessageId {
    let ticks = next_ticks();
    let mut random = [0; 8];
    if rand::fill(&mut random).is_err() {
        // The ids of this process still differ by their ticks.
        tracing::error!("the system gives no random numbers");
    }
    let random = u64::from_be_bytes(random);
    let text = format!(
        "{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}",
        ticks >> 28,
        (ticks >> 12) & 0xffff,
        ticks & 0xfff,
        0x8000 | (random >> 48) & 0x3fff,
        random & 0xffff_ffff_ffff
    );
    MessageId::parse(&text).expect("a UUID is an id")
}

/// 48 bits of milliseconds since 1970 and 12 bits that count within a millisecond. Rises with every call,
/// even if the clock is set back (RFC 9562, section 6.2, method 1).
fn next_ticks() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = (u64::try_from(since_1970.as_millis()).unwrap_or(0) & 0xffff_ffff_ffff) << 12;
    let next = |last: u64| now.max(last + 1);
    let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
    next(last.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_7_and_rise() {
        let ids: Vec<MessageId> = (0..10_000).map(|_| new_message_id()).collect();
        for pair in ids.windows(2) {
            assert!(pair[0] < pair[1], "{pair:?}");
        }
        for id in &ids {
            let parts: Vec<&str> = id.as_str().split('-').collect();
            let lens: Vec<usize> = parts.iter().map(|part| part.len()).collect();
            assert_eq!(lens, [8, 4, 4, 4, 12], "{id}");
            assert!(parts[2].starts_with('7') && parts[3].starts_with(['8', '9', 'a', 'b']), "{id}");
        }
    }
}
