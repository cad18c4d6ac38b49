//! What one message of the stream says, as JSON that an operator can read. Pure. Not here: what follows from it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Epoch, Kind, NewEntry};

/// The version of the format that this program writes and knows.
pub(super) const VERSION: u32 = 1;

/// The JSON around the entries of a record, and around each of them: generous.
const ENVELOPE_BYTES: usize = 256;

/// One message of the stream. Every server that applies the same records in the same order has the same log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Tells it from every other record: random.
    pub(super) id: u64,
    pub(super) change: Change,
}

/// What a record changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The log begins, or goes on under another epoch because it was restored.
    Founded(Epoch),
    /// These entries are appended, except those whose ids are taken.
    Entries { now_ms: u64, entries: Vec<NewEntry> },
    /// The entries of a room below this one are dropped.
    Pruned { room: Box<str>, first: u64 },
}

/// Why a message of the stream cannot be applied.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Nobody of ours has written it.
    Foreign,
    /// A newer papo has written it, in this version.
    Newer(u32),
}

/// The record as it is written. Fields that a version does not know are ignored.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    papo: u32,
    id: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epoch: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    now: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", borrow)]
    entries: Vec<Row<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prune: Option<(Box<str>, u64)>,
}

/// Room, kind, sender, name, id and body.
type Row<'a> = (Text<'a>, i64, Text<'a>, Text<'a>, Text<'a>, Text<'a>);

type Text<'a> = std::borrow::Cow<'a, str>;

impl Record {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut written = Written {
            papo: VERSION,
            id: format!("{:016x}", self.id).into(),
            epoch: None,
            now: None,
            entries: Vec::new(),
            prune: None,
        };
        match &self.change {
            Change::Founded(epoch) => written.epoch = Some(epoch.to_string().into()),
            Change::Entries { now_ms, entries } => {
                written.now = Some(*now_ms);
                written.entries = entries.iter().map(row).collect();
            }
            Change::Pruned { room, first } => written.prune = Some((room.clone(), *first)),
        }
        // Maps with keys that are no texts are all that could fail, and there are none.
        serde_json::to_vec(&written).unwrap_or_default()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        #[derive(Deserialize)]
        struct Version {
            papo: u32,
        }
        let foreign = |_| Unreadable::Foreign;
        let Version { papo } = serde_json::from_slice(bytes).map_err(foreign)?;
        if papo > VERSION {
            return Err(Unreadable::Newer(papo));
        }
        let written: Written<'_> = serde_json::from_slice(bytes).map_err(foreign)?;
        let number = |text: &str| u64::from_str_radix(text, 16).map_err(|_| Unreadable::Foreign);
        let change = match (written.epoch, written.now, written.prune) {
            (Some(epoch), None, None) => Change::Founded(Epoch::from_bits(number(&epoch)?)),
            (None, Some(now_ms), None) => {
                let entries = written.entries.into_iter().map(entry).collect::<Option<_>>();
                Change::Entries { now_ms, entries: entries.ok_or(Unreadable::Newer(VERSION + 1))? }
            }
            (None, None, Some((room, first))) => Change::Pruned { room, first },
            _ => return Err(Unreadable::Foreign),
        };
        Ok(Self { id: number(&written.id)?, change })
    }
}

fn row(new: &NewEntry) -> Row<'_> {
    let NewEntry { room, kind, sender, name, id, body } = new;
    (Text::from(&**room), kind.code(), (&**sender).into(), (&**name).into(), (&**id).into(), (&**body).into())
}

fn entry((room, kind, sender, name, id, body): Row<'_>) -> Option<NewEntry> {
    Some(NewEntry {
        room: Arc::from(room),
        kind: Kind::from_code(kind)?,
        sender: Arc::from(sender),
        name: Arc::from(name),
        id: id.into(),
        body: body.into(),
    })
}

/// Cuts a batch into parts that each fit into a message of so many bytes, in their order.
pub(super) fn parts(batch: &[NewEntry], bytes_max: usize) -> Vec<&[NewEntry]> {
    let (mut parts, mut start, mut bytes) = (Vec::new(), 0, ENVELOPE_BYTES);
    for (at, new) in batch.iter().enumerate() {
        let texts = [&*new.room, &*new.sender, &*new.name, &*new.id, &*new.body];
        let size = ENVELOPE_BYTES / 4 + texts.iter().map(|text| escaped_len(text)).sum::<usize>();
        if at > start && bytes + size > bytes_max {
            parts.push(&batch[start..at]);
            (start, bytes) = (at, ENVELOPE_BYTES);
        }
        bytes += size;
    }
    parts.push(&batch[start..]);
    parts
}

/// How long a text is in JSON, at most.
fn escaped_len(text: &str) -> usize {
    let longer = |byte: u8| match byte {
        b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(longer).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(body: &str) -> NewEntry {
        NewEntry {
            room: "sala \0é".into(),
            kind: Kind::Act,
            sender: "a\"".into(),
            name: "Ana".into(),
            id: "1".into(),
            body: body.into(),
        }
    }

    #[test]
    fn records_read_back_as_they_were_written() {
        for change in [
            Change::Founded(Epoch::from_bits(u64::MAX)),
            Change::Entries { now_ms: 7, entries: vec![new("x\n"), new("")] },
            Change::Pruned { room: "r".into(), first: 9 },
        ] {
            let record = Record { id: 0xabc, change };
            assert_eq!(Record::decode(&record.encode()), Ok(record));
        }
        for (bytes, expected) in [
            (&b"oi"[..], Unreadable::Foreign),
            (br#"{"papo":1,"id":"1"}"#, Unreadable::Foreign),
            (br#"{"papo":2,"id":"1","other":[]}"#, Unreadable::Newer(2)),
            (br#"{"papo":1,"id":"1","now":1,"entries":[["r",9,"","","",""]]}"#, Unreadable::Newer(2)),
        ] {
            assert_eq!(Record::decode(bytes), Err(expected));
        }
    }

    /// Invariant: the parts are the batch, and each is shorter than a message may be.
    #[test]
    fn a_large_batch_is_cut_into_messages() {
        let batch: Vec<NewEntry> = (0..200).map(|at| new(&"\"\n".repeat(at * 10))).collect();
        let parts = parts(&batch, 64 * 1024);
        assert!(parts.len() > 2);
        assert_eq!(parts.concat(), batch);
        for part in parts {
            let record = Record { id: 1, change: Change::Entries { now_ms: 1, entries: part.to_vec() } };
            assert!(record.encode().len() <= 64 * 1024);
        }
    }
}
