//! The promises that can be broken. Not here: how that is found.

/// A promise that was broken. `client` is whose, by its number; `seq` is a place in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The log's places are not 1, 2, 3 …
    LogGap {
        /// The place that comes next.
        expected: u64,
        /// The place that is there.
        found: u64,
    },
    /// The log's times go back.
    TimeBack {
        /// Where.
        seq: u64,
    },
    /// The log has an id of one sender twice.
    Doubled {
        /// The message.
        id: String,
        /// Where it is for the second time.
        seq: u64,
    },
    /// The log has a message that nobody has said, or not in these words.
    NeverSaid {
        /// Where.
        seq: u64,
    },
    /// The log has a sender's messages in another order than they were said in.
    SaidOrder {
        /// Where something comes too late.
        seq: u64,
    },
    /// A message was said and answered, or everything has come to rest, and the log does not have it.
    Lost {
        /// Whose it is.
        client: usize,
        /// The message.
        id: String,
        /// The place that was told, if one was.
        told: Option<u64>,
    },
    /// A message was told to be at one place, and the log has it elsewhere.
    Misplaced {
        /// Whose it is.
        client: usize,
        /// The message.
        id: String,
        /// The place that was told.
        told: u64,
        /// The places where it is.
        found: Vec<u64>,
    },
    /// Everything has come to rest, and the sender of a message was never told that it is in the log.
    Unanswered {
        /// Whose it is.
        client: usize,
        /// The message.
        id: String,
    },
    /// A client was told of a message of its own that it has not said.
    NeverInvoked {
        /// Who was told.
        client: usize,
        /// The message.
        id: String,
    },
    /// A client was told one place of its message and later another one.
    OkMoved {
        /// Who was told.
        client: usize,
        /// The message.
        id: String,
        /// What was told first.
        earlier: u64,
        /// What was told then.
        later: u64,
    },
    /// A client was told twice that a message of its own is in the log.
    OkTwice {
        /// Who was told.
        client: usize,
        /// The message.
        id: String,
    },
    /// A message got a place that somebody knew to be taken before it was said.
    TooEarly {
        /// Whose it is.
        client: usize,
        /// The message.
        id: String,
        /// Its place.
        seq: u64,
        /// The newest place known when it was said.
        known: u64,
    },
    /// A client was shown something that the log does not have at that place.
    Differs {
        /// Who was shown it.
        client: usize,
        /// Where.
        seq: u64,
    },
    /// A client was not shown what comes between two places.
    Gap {
        /// Who.
        client: usize,
        /// The place before.
        last: u64,
        /// The place after.
        next: u64,
    },
    /// A client was shown a place again, or one behind what it had.
    NotRising {
        /// Who.
        client: usize,
        /// What it had.
        last: u64,
        /// What came.
        next: u64,
    },
    /// A page of older messages has a gap.
    PageGap {
        /// Who got it.
        client: usize,
        /// The place before.
        last: u64,
        /// The place after.
        next: u64,
    },
    /// Everything has come to rest, and a client was not shown the end of the log.
    Behind {
        /// Who.
        client: usize,
        /// What it was shown last.
        reached: Option<u64>,
        /// The end of the log.
        head: u64,
    },
    /// A connection carried a message out of its order.
    OutOfOrder {
        /// Whose connection.
        client: usize,
        /// The place up to which it had come.
        reached: u64,
        /// What came.
        next: u64,
    },
    /// A client was told something that has no place here.
    Unexpected {
        /// Who.
        client: usize,
        /// What.
        what: String,
    },
}
