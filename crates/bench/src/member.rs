//! What one member of the load is, and whether it gets every message once and in order. Not here: its connection.

use papo_words::t;

use crate::dialect::Room;

/// Why a member is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Writes, and listens.
    Writer,
    /// Listens.
    Listener,
    /// Listens, but not while the load goes on.
    Slow,
    /// Only stays.
    Idle,
}

/// What one member is and has got.
pub(crate) struct Member {
    pub(crate) role: Role,
    pub(crate) room: Room,
    pub(crate) joined: bool,
    /// The place that the next message must have: in the room where the server numbers them; else writer by writer.
    pub(crate) next: Vec<u64>,
    /// A writer's messages that have not come back.
    pub(crate) in_flight: usize,
    /// How many messages it has written.
    pub(crate) written: u64,
}

/// What was wrong with the place of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disorder {
    /// Messages left out before it.
    pub(crate) lost: u64,
    /// 1 where it or a later one had been there already.
    pub(crate) repeated: u64,
}

impl Member {
    pub(crate) fn new(role: Role, room: Room) -> Self {
        Self { role, room, joined: false, next: Vec::new(), in_flight: 0, written: 0 }
    }

    /// Takes note of a message of this stream at this place.
    pub(crate) fn note(&mut self, stream: usize, place: u64) -> Disorder {
        if self.next.len() <= stream {
            self.next.resize(stream + 1, 0);
        }
        let next = &mut self.next[stream];
        if place < *next {
            return Disorder { lost: 0, repeated: 1 };
        }
        let lost = place - *next;
        *next = place + 1;
        Disorder { lost, repeated: 0 }
    }

    /// The server says that the next message is this one. Returns how many it left out.
    pub(crate) fn skip_to(&mut self, place: u64) -> u64 {
        let skipped = place.saturating_sub(self.next.first().copied().unwrap_or(0));
        if skipped > 0 {
            self.next = vec![place];
        }
        skipped
    }

    /// How many messages of these streams it has not got; `ends` are the places behind the last ones.
    pub(crate) fn missing(&self, ends: &[u64], own: Option<usize>) -> u64 {
        let next = |stream: usize| self.next.get(stream).copied().unwrap_or(0);
        let streams = ends.iter().enumerate().filter(|&(stream, _)| own != Some(stream));
        streams.map(|(stream, end)| end.saturating_sub(next(stream))).sum()
    }
}

impl Role {
    /// Says that so many of them come in.
    pub(crate) fn come_in(self, count: usize) -> String {
        match self {
            Self::Writer => t!("bench-come-writers", count = count),
            Self::Listener => t!("bench-come-listeners", count = count),
            Self::Slow => t!("bench-come-slow", count = count),
            Self::Idle => t!("bench-come-idle", count = count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_repeats_are_told_for_each_stream_by_itself() {
        let mut member = Member::new(Role::Listener, Room::Loud(0));
        let fine = Disorder::default();
        for (stream, place, disorder) in [
            (0, 0, fine),
            (2, 0, fine),
            (0, 1, fine),
            (0, 4, Disorder { lost: 2, repeated: 0 }),
            (0, 3, Disorder { lost: 0, repeated: 1 }),
            (0, 5, fine),
            (2, 0, Disorder { lost: 0, repeated: 1 }),
        ] {
            assert_eq!(member.note(stream, place), disorder, "{place} of {stream}");
        }
        assert_eq!(member.missing(&[6, 0, 1], None), 0);
        assert_eq!(member.missing(&[7, 2, 1], None), 3);
        assert_eq!(member.missing(&[7, 2, 1], Some(1)), 1);
    }

    #[test]
    fn what_the_server_says_it_left_out_is_not_lost() {
        let mut member = Member::new(Role::Slow, Room::Loud(0));
        member.next = vec![5];
        assert_eq!((member.skip_to(9), member.skip_to(7)), (4, 0));
        assert_eq!(member.note(0, 9), Disorder::default());
    }
}
