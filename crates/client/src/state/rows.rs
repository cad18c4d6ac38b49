//! A room's timeline as the lines that a surface draws: messages, grouped by who has said them, with the days,
//! the line of unread ones and the gaps between them. Not here: what a message says, which
//! [`Timeline::row`](crate::Timeline::row) and [`Timeline::row_of`](crate::Timeline::row_of) tell.

use papo_proto::{MemberId, MessageId, Seq, Timestamp};

use super::Room;
use crate::timeline::{Content, Row};

/// How far apart two messages of one member may be that share one head, in milliseconds.
pub const GROUP_MS_MAX: u64 = 5 * 60 * 1000;

/// One line of a timeline. No two lines of one room are equal, also when further ones come before them, so
/// that a line is what a surface remembers heights and selections by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// There are older messages, which are being fetched or will be when the reader comes near.
    Older,
    /// Here the room begins.
    Beginning,
    /// The person has cleared what was said before.
    Cleared,
    /// A day begins.
    Day {
        /// The number of the day, as the caller counts them.
        day: i64,
        /// When its first message was said.
        time: Timestamp,
    },
    /// Nobody has read what follows.
    Unread,
    /// Messages are missing before this one.
    Gap(Seq),
    /// The room's entry of this number of those who have come and gone.
    Moves(u64),
    /// A message.
    Message {
        /// Which one.
        key: Key,
        /// Whether it belongs to the message above it, so that it needs no head of its own.
        is_grouped: bool,
    },
}

/// Which message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// The one at this place.
    Stored(Seq),
    /// One of ours that the room does not have yet.
    Own(MessageId),
}

impl Key {
    fn of(row: &Row<'_>) -> Self {
        row.seq.map_or_else(|| Self::Own(row.id.clone()), Self::Stored)
    }
}

/// The lines of a room, from the oldest to the newest. `day_of` numbers the day of a point in time as the
/// reader's calendar has it.
pub fn lines(room: &Room, day_of: impl Fn(Timestamp) -> i64) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut above: Option<(MemberId, Timestamp, i64)> = None;
    let mut is_behind_act = false;
    let oldest = room.timeline.oldest().unwrap_or_default();
    let floor = room.cleared.unwrap_or_default();
    // Those before the oldest message in memory stand nowhere until that is here.
    let mut moves = room.moves.iter().filter(|moves| moves.after.next() >= oldest.max(floor)).peekable();
    if room.cleared.is_some() {
        lines.push(Line::Cleared);
    } else if room.timeline.oldest().is_some() || room.head == Seq::ZERO {
        lines.push(if room.paging.has_older && room.head > Seq::ZERO {
            Line::Older
        } else {
            Line::Beginning
        });
    }
    for row in room.timeline.rows() {
        if row.seq.is_none() && !room.paging.is_at_end {
            break;
        }
        if row.seq.is_some_and(|seq| seq <= floor) || room.ignored.has(&row.from.id) {
            continue;
        }
        let day = day_of(row.time);
        let mut is_grouped = above.as_ref().is_some_and(|(from, time, _)| {
            *from == row.from.id && row.time.unix_ms().abs_diff(time.unix_ms()) <= GROUP_MS_MAX
        });
        if above.as_ref().is_none_or(|(_, _, above)| *above != day) && !is_backwards(above.as_ref(), day) {
            lines.push(Line::Day { day, time: row.time });
            is_grouped = false;
        }
        if let Some(seq) = row.seq.filter(|_| row.gap_before) {
            lines.push(Line::Gap(seq));
            is_grouped = false;
        }
        if row.seq.is_some() && row.seq == room.unread_line {
            lines.push(Line::Unread);
            is_grouped = false;
        }
        // What was done to the room is a line of its own, and no head for what is said behind it.
        let is_act = matches!(row.content, Content::Act(_));
        is_grouped &= row.reply.is_none() && !is_act && !is_behind_act;
        is_behind_act = is_act;
        while let Some(moves) = moves.next_if(|moves| row.seq.is_none_or(|seq| moves.after < seq)) {
            lines.push(Line::Moves(moves.serial));
            is_grouped = false;
        }
        let latest = above.map_or(day, |(_, _, above)| above.max(day));
        above = Some((row.from.id.clone(), row.time, latest));
        lines.push(Line::Message { key: Key::of(&row), is_grouped });
    }
    if room.paging.is_at_end {
        lines.extend(moves.map(|moves| Line::Moves(moves.serial)));
    }
    lines
}

/// Whether a day lies before the one above it, which a wrong clock can bring about: then there is no line for
/// it, lest the same day is announced twice.
fn is_backwards(above: Option<&(MemberId, Timestamp, i64)>, day: i64) -> bool {
    above.is_some_and(|(_, _, above)| day < *above)
}
