//! Reading what is kept of a room: pages in both directions, and searching. Not here: writing, and outbox and
//! position.

use papo_proto::{Message, Seq};
use papo_words::t;

use super::{Store, StoreError, column};
use crate::state::Hit;

/// How many characters of a message stand before and after what was found.
const EXCERPT_BEFORE: usize = 40;
const EXCERPT_AFTER: usize = 120;

impl Store {
    /// At most `limit` messages above `after`, in order. The page ends below the first place that is not here.
    pub fn page_after(&self, after: Seq, limit: usize) -> Result<Vec<Message>, StoreError> {
        let sql = format!(
            "SELECT seq, json FROM message WHERE room = ?1 AND seq > {} ORDER BY seq LIMIT {}",
            column(after),
            i64::try_from(limit).unwrap_or(i64::MAX)
        );
        let rows = self.rows(&sql, |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let mut expected = column(after) + 1;
        let mut page = Vec::new();
        for (seq, json) in rows {
            if expected != seq {
                break;
            }
            expected = seq + 1;
            page.push(serde_json::from_str(&json).map_err(|_| self.damaged(t!("client-store-history")))?);
        }
        Ok(page)
    }

    /// The messages above `last` that change one from `first` to `last`, in order: edits, deletions and reactions.
    pub fn changes_of(&self, first: Seq, last: Seq) -> Result<Vec<Message>, StoreError> {
        // Few messages are changes; of the others only these words are looked for.
        let sql = format!(
            "SELECT json FROM message WHERE room = ?1 AND seq > {} AND (instr(json, '\"edit\":') > 0 \
             OR instr(json, '\"delete\":') > 0 OR instr(json, '\"react\":') > 0) ORDER BY seq",
            column(last)
        );
        let rows = self.rows(&sql, |row| row.get::<_, String>(0))?;
        let mut changes = Vec::new();
        for json in rows {
            let message: Message =
                serde_json::from_str(&json).map_err(|_| self.damaged(t!("client-store-history")))?;
            let body = &message.body;
            let target = body.edit.or(body.delete).or(body.react.as_ref().map(|reaction| reaction.to));
            if target.is_some_and(|target| (first..=last).contains(&target)) {
                changes.push(message);
            }
        }
        Ok(changes)
    }

    /// At most `limit` messages whose text or sender's name holds `text`, the newest first; capitals count as
    /// small letters. What was taken back later is not found; what was changed is found as it was said first.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<Hit>, StoreError> {
        let wanted = text.to_lowercase();
        let mut hits = Vec::new();
        let mut deleted = Vec::new();
        let sql = "SELECT json FROM message WHERE room = ?1 ORDER BY seq DESC";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.explain(error))?;
        let mut rows = select.query([self.room]).map_err(|error| self.explain(error))?;
        while let Some(row) = rows.next().map_err(|error| self.explain(error))? {
            let json =
                row.get_ref(0).and_then(|json| Ok(json.as_str()?)).map_err(|error| self.explain(error))?;
            let message: Message =
                serde_json::from_str(json).map_err(|_| self.damaged(t!("client-store-history")))?;
            deleted.extend(message.body.delete);
            let is_gone = deleted.contains(&message.seq);
            hits.extend(hit(message, &wanted).filter(|_| !is_gone));
            if hits.len() >= limit {
                break;
            }
        }
        Ok(hits)
    }
}

/// The message as a hit, if it is one. `wanted` is in small letters.
fn hit(message: Message, wanted: &str) -> Option<Hit> {
    let text = message.body.text?;
    let small = text.to_lowercase();
    let at = match small.find(wanted) {
        // Small letters may be longer or shorter than capitals; then the place is only about right.
        Some(at) => text.get(..at).map_or(0, |before| before.chars().count()),
        None if message.from.name.as_str().to_lowercase().contains(wanted) => 0,
        None => return None,
    };
    let skipped = at.saturating_sub(EXCERPT_BEFORE);
    let mut letters = text.chars().skip(skipped);
    let mut excerpt: String = if skipped > 0 { "…".to_owned() } else { String::new() };
    excerpt.extend(
        letters.by_ref().take(EXCERPT_BEFORE + EXCERPT_AFTER).map(|c| if c == '\n' { ' ' } else { c }),
    );
    if letters.next().is_some() {
        excerpt.push('…');
    }
    Some(Hit { seq: message.seq, time: message.time, from: message.from, excerpt })
}
