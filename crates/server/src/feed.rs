//! The newest frames of a room, encoded once and shared by everyone who reads them. A reader holds the
//! number it has reached and nothing else; what it has not taken yet costs no memory of its own. Not here:
//! what is older than the window, which comes from the log, and who reads, which is the shard's business.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::carrier::Carrier;

/// How many bytes of frames a room keeps for its readers. A reader further behind is read up from the log.
/// A tenth of a second at two million bytes a second; small enough for ten thousand busy rooms.
pub(crate) const WINDOW_BYTES_MAX: usize = 256 * 1024;

/// How many pieces one record is gathered from at most. Under load a batch holds many frames, so that one
/// or two pieces fill a record; in a calm room there is one.
pub(crate) const SLICES_MAX: usize = 64;

/// Encoded frames with consecutive numbers.
#[derive(Debug)]
pub(crate) struct Batch {
    first: u64,
    /// When it was fed to its room, where that is to be measured.
    fed_at: Option<Duration>,
    lines: Frames,
    /// The same for WebSocket, made once, by the first shard that has a reader for it.
    web: OnceLock<Frames>,
}

/// Frames in one piece of memory.
#[derive(Debug, Default)]
struct Frames {
    /// Where each frame ends in `bytes`.
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

impl Frames {
    /// Appends the frame that `encode` writes.
    fn push(&mut self, encode: impl FnOnce(&mut Vec<u8>)) {
        encode(&mut self.bytes);
        // A batch is cut long before 4 GiB: the writer takes at most a few thousand messages at a time.
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }

    /// The frame at this index.
    fn frame(&self, index: usize) -> &[u8] {
        let from = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.bytes[from..self.ends[index] as usize]
    }
}

impl Batch {
    /// A batch whose first frame will have this number.
    pub(crate) fn starting_at(first: u64) -> Self {
        Self { first, fed_at: None, lines: Frames::default(), web: OnceLock::new() }
    }

    /// The same, with the time at which it is fed to its room.
    pub(crate) fn fed(self, at: Option<Duration>) -> Self {
        Self { fed_at: at, ..self }
    }

    /// Appends the frame that `encode` writes as a line.
    pub(crate) fn push(&mut self, encode: impl FnOnce(&mut Vec<u8>)) {
        self.lines.push(encode);
    }

    /// The frames as this carrier has them.
    fn frames(&self, carrier: Carrier) -> &Frames {
        if carrier == Carrier::Lines {
            return &self.lines;
        }
        self.web.get_or_init(|| {
            let mut web = Frames::default();
            for index in 0..self.lines.ends.len() {
                web.push(|out| carrier.put(out, |out| out.extend_from_slice(self.lines.frame(index))));
            }
            web
        })
    }

    /// The number of the first frame.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The number of the last frame; one below the first where there is none.
    pub(crate) fn last(&self) -> u64 {
        self.first + self.lines.ends.len() as u64 - 1
    }

    /// Whether it has the frame with this number.
    pub(crate) fn contains(&self, number: u64) -> bool {
        (self.first..=self.last()).contains(&number)
    }

    /// Whether it holds no frame.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.ends.is_empty()
    }

    /// How many bytes its frames have as lines. As many again, and few more, where browsers listen too.
    pub(crate) fn bytes_len(&self) -> usize {
        self.lines.bytes.len()
    }

    /// The whole frames after the one numbered `after`, as many as fit into `bytes_max` but at least one where
    /// there is one and `or_one` says so, and the number of the last.
    pub(crate) fn frames_after(
        &self,
        after: u64,
        bytes_max: usize,
        or_one: bool,
        carrier: Carrier,
    ) -> (&[u8], u64) {
        let frames = self.frames(carrier);
        let skipped = usize::try_from((after + 1).saturating_sub(self.first)).unwrap_or(usize::MAX);
        if skipped >= frames.ends.len() {
            return (&[], after);
        }
        let from = if skipped == 0 { 0 } else { frames.ends[skipped - 1] as usize };
        let fits = frames.ends[skipped..].partition_point(|&end| end as usize - from <= bytes_max);
        let taken = if fits == 0 && or_one { 1 } else { fits };
        if taken == 0 {
            return (&[], after);
        }
        let to = frames.ends[skipped + taken - 1] as usize;
        (&frames.bytes[from..to], self.first + (skipped + taken) as u64 - 1)
    }
}

/// Batches with consecutive numbers, the oldest dropped where they grow beyond [`WINDOW_BYTES_MAX`]. One is
/// shared by all shards; each shard that has readers keeps its own copy of the pointers, so that reading
/// takes no lock.
#[derive(Debug)]
pub(crate) struct Window {
    batches: VecDeque<Arc<Batch>>,
    bytes: usize,
    head: u64,
}

impl Window {
    /// An empty window behind the frame numbered `head`.
    pub(crate) fn after(head: u64) -> Self {
        Self { batches: VecDeque::new(), bytes: 0, head }
    }

    /// The number of the newest frame.
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// The smallest number that a reader may have reached and still be served from here.
    pub(crate) fn floor(&self) -> u64 {
        self.batches.front().map_or(self.head, |batch| batch.first() - 1)
    }

    /// Adds the batch that follows the newest frame.
    pub(crate) fn push(&mut self, batch: Arc<Batch>) {
        if batch.is_empty() {
            return;
        }
        debug_assert_eq!(batch.first(), self.head + 1, "frames follow one another");
        self.head = batch.last();
        self.bytes += batch.bytes_len();
        self.batches.push_back(batch);
        while self.bytes > WINDOW_BYTES_MAX && self.batches.len() > 1 {
            self.bytes -= self.batches.pop_front().map_or(0, |dropped| dropped.bytes_len());
        }
    }

    /// Forgets every frame but not how far it had come. For a shard whose readers have all taken everything.
    fn clear(&mut self) {
        self.batches = VecDeque::new();
        self.bytes = 0;
    }

    /// Takes over what `newer` has and this one has not.
    fn catch_up(&mut self, newer: &Self) {
        if newer.floor() > self.head {
            // So far behind that there is a hole: the readers before it will be read up from the log.
            self.clear();
            self.head = newer.floor();
        }
        let known = newer.batches.partition_point(|batch| batch.last() <= self.head);
        for batch in newer.batches.range(known..) {
            self.push(Arc::clone(batch));
        }
    }

    /// Gathers frames after the one numbered `cursor` into `slices`, whole ones, at most `bytes_max` bytes
    /// altogether unless the first alone is longer.
    pub(crate) fn gather<'a>(
        &'a self,
        cursor: u64,
        bytes_max: usize,
        carrier: Carrier,
        slices: &mut [IoSlice<'a>],
    ) -> Gathered {
        let mut gathered = Gathered { slices: 0, bytes: 0, reached: cursor, fed_at: None };
        let start = self.batches.partition_point(|batch| batch.last() <= cursor);
        for batch in self.batches.range(start..).take(slices.len()) {
            let bytes_left = bytes_max.saturating_sub(gathered.bytes);
            let (frames, last) =
                batch.frames_after(gathered.reached, bytes_left, gathered.slices == 0, carrier);
            if frames.is_empty() {
                break;
            }
            if gathered.slices == 0 {
                gathered.fed_at = batch.fed_at;
            }
            slices[gathered.slices] = IoSlice::new(frames);
            gathered.slices += 1;
            gathered.bytes += frames.len();
            gathered.reached = last;
            if last < batch.last() {
                break;
            }
        }
        gathered
    }
}

/// What [`Window::gather`] has found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gathered {
    /// How many slices are filled.
    pub(crate) slices: usize,
    /// How many bytes they have.
    pub(crate) bytes: usize,
    /// The number reached.
    pub(crate) reached: u64,
    /// When the first of the frames was fed to its room, where that is known.
    pub(crate) fed_at: Option<Duration>,
}

/// The window that all shards share.
#[derive(Debug)]
pub(crate) struct Feed {
    /// Held for as long as it takes to append or copy a few pointers; nothing else is locked while it is held.
    window: Mutex<Window>,
}

impl Feed {
    /// A feed that goes on behind `window`.
    pub(crate) fn new(window: Window) -> Self {
        Self { window: Mutex::new(window) }
    }

    /// Adds the batch that follows the newest frame.
    pub(crate) fn push(&self, batch: Arc<Batch>) {
        self.window.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }

    /// The number of the newest frame.
    pub(crate) fn head(&self) -> u64 {
        self.window.lock().unwrap_or_else(PoisonError::into_inner).head()
    }

    /// Adds the one frame that `encode` writes, whatever its number will be.
    pub(crate) fn push_frame(&self, encode: impl FnOnce(&mut Vec<u8>)) {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let mut batch = Batch::starting_at(window.head() + 1);
        batch.push(encode);
        window.push(Arc::new(batch));
    }

    /// Brings a shard's copy up to date.
    pub(crate) fn update(&self, copy: &mut Window) {
        copy.catch_up(&self.window.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// A copy that begins at the newest frame.
    pub(crate) fn copy(&self) -> Window {
        let window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let mut copy = Window::after(window.floor());
        copy.catch_up(&window);
        copy
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::web::frame::{self, Opcode};

    fn batch(first: u64, frames: &[Vec<u8>]) -> Arc<Batch> {
        let mut batch = Batch::starting_at(first);
        for frame in frames {
            batch.push(|out| out.extend_from_slice(frame));
        }
        Arc::new(batch)
    }

    /// Reads everything after `cursor` in records of at most `bytes_max`.
    fn read_all(window: &Window, mut cursor: u64, bytes_max: usize, carrier: Carrier) -> Vec<u8> {
        let mut read = Vec::new();
        while cursor < window.head() {
            let mut slices = [IoSlice::new(&[]); SLICES_MAX];
            let Gathered { slices: filled, bytes, reached, .. } =
                window.gather(cursor, bytes_max, carrier, &mut slices);
            assert!(reached > cursor, "a reader below the head gets on");
            assert_eq!(bytes, slices[..filled].iter().map(|slice| slice.len()).sum::<usize>());
            slices[..filled].iter().for_each(|slice| read.extend_from_slice(slice));
            cursor = reached;
        }
        read
    }

    proptest! {
        /// Invariant: from any position inside the window a reader gets each later frame once, in order,
        /// whatever the sizes of batches, frames and records.
        #[test]
        fn every_later_frame_once_and_in_order(
            batches in prop::collection::vec(prop::collection::vec(1_usize..300, 1..6), 1..12),
            bytes_max in 1_usize..700,
            from in 0_u64..70,
        ) {
            let (shared, mut copy) = (Feed::new(Window::after(0)), Window::after(0));
            let (mut first, mut frames) = (1, Vec::new());
            for (index, sizes) in batches.iter().enumerate() {
                let new: Vec<Vec<u8>> =
                    sizes.iter().zip(first..).map(|(&size, seq)| vec![u8::try_from(seq + 32).unwrap(); size]).collect();
                shared.push(batch(first, &new));
                first += new.len() as u64;
                frames.extend(new);
                if index % 3 == 0 {
                    shared.update(&mut copy);
                }
            }
            shared.update(&mut copy);
            let from = from.min(copy.head());
            prop_assert_eq!(copy.head(), first - 1);
            let skipped = usize::try_from(from).unwrap();
            prop_assert_eq!(read_all(&copy, from, bytes_max, Carrier::Lines), frames[skipped..].concat());
            let mut web = Vec::new();
            frames[skipped..].iter().for_each(|frame| frame::write(Opcode::Text, frame, &mut web));
            prop_assert_eq!(read_all(&copy, from, bytes_max, Carrier::WebSocket), web);
        }
    }

    #[test]
    fn the_window_stays_bounded_and_says_where_it_begins() {
        let feed = Feed::new(Window::after(10));
        let mut late = feed.copy();
        assert_eq!((late.floor(), late.head()), (10, 10));
        for seq in 11..=60 {
            feed.push(batch(seq, &[vec![b'x'; 16 * 1024]]));
        }
        let copy = feed.copy();
        assert_eq!(copy.head(), 60);
        assert!(copy.bytes <= WINDOW_BYTES_MAX);
        assert_eq!(copy.floor(), 60 - (WINDOW_BYTES_MAX as u64 / (16 * 1024)));
        feed.update(&mut late);
        assert_eq!(late.floor(), copy.floor(), "a copy with a hole begins anew");
        late.clear();
        assert_eq!((late.floor(), late.head()), (60, 60));
    }
}
