//! When who says what: on a schedule, or as fast as it is echoed. Not here: the connections.

use std::io;
use std::time::Duration;

use crate::crowd::Crowd;
use crate::options::Options;
use crate::stamp::{STAMP_BYTES, Stamp};

/// The load's writers and their plan.
pub(crate) struct Load {
    /// The indexes of the members that write.
    writers: Vec<usize>,
    pace: Pace,
    messages_max: Option<u64>,
    text_len: usize,
    /// Messages written so far.
    pub(crate) sent: u64,
    text: Vec<u8>,
    scratch: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Pace {
    /// Latency counts from the schedule, so a server that falls behind cannot hide it.
    Scheduled { interval: Duration, next: Duration },
    /// So many messages of each writer in flight.
    Windowed { each: usize },
}

impl Load {
    pub(crate) fn new(options: &Options, writers: Vec<usize>) -> Self {
        let pace = match options.rate {
            Some(rate) => {
                Pace::Scheduled { interval: Duration::from_secs(1) / rate.max(1), next: Duration::ZERO }
            }
            None => Pace::Windowed { each: (options.window() / writers.len().max(1)).max(1) },
        };
        Self {
            writers,
            pace,
            messages_max: options.messages,
            text_len: options.bytes,
            sent: 0,
            text: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Whether everything that was asked for has been written.
    pub(crate) fn is_done(&self) -> bool {
        self.messages_max.is_some_and(|messages| self.sent >= messages)
    }

    /// How long until something is to be written on schedule; nothing where there is no schedule.
    pub(crate) fn until_next(&self, now: Duration) -> Duration {
        match self.pace {
            Pace::Scheduled { next, .. } => next.saturating_sub(now),
            Pace::Windowed { .. } => Duration::ZERO,
        }
    }

    /// Writes whatever should have been written by now. Returns whether that was anything.
    pub(crate) fn offer(&mut self, crowd: &mut Crowd) -> io::Result<bool> {
        if self.writers.is_empty() {
            return Ok(false);
        }
        let (now, before) = (crowd.now(), self.sent);
        match self.pace {
            Pace::Scheduled { interval, mut next } => {
                while next <= now && !self.is_done() {
                    let turn = usize::try_from(self.sent).unwrap_or(usize::MAX) % self.writers.len();
                    self.say(crowd, turn, next)?;
                    crowd.links[self.writers[turn]].flush()?;
                    next += interval;
                }
                self.pace = Pace::Scheduled { interval, next };
            }
            Pace::Windowed { each } => {
                for turn in 0..self.writers.len() {
                    let writer = self.writers[turn];
                    let said = self.sent;
                    while crowd.members[writer].in_flight < each && !self.is_done() {
                        self.say(crowd, turn, now)?;
                    }
                    if self.sent > said {
                        crowd.links[writer].flush()?;
                    }
                }
            }
        }
        Ok(self.sent > before)
    }

    fn say(&mut self, crowd: &mut Crowd, turn: usize, due: Duration) -> io::Result<()> {
        let index = self.writers[turn];
        let member = &mut crowd.members[index];
        let due_ns = u64::try_from(due.as_nanos()).unwrap_or(u64::MAX);
        self.text.clear();
        Stamp { due_ns, writer: turn as u64, count: member.written }.write(&mut self.text);
        self.text.resize(self.text_len.max(STAMP_BYTES), b'x');
        member.written += 1;
        member.in_flight += 1;
        crowd.links[index].say(self.sent, &self.text, &mut self.scratch)?;
        self.sent += 1;
        Ok(())
    }
}
