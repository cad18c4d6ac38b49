//! How long each frame takes, written to a file that was asked for (`--frame-times`): how the window is measured.
//! Not here: what the figures mean (`cargo xtask window-speed`), and how long the graphics card paints.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use papo_client::State;
use papo_client::event::ConnectionState;
use papo_proto::Seq;

/// A file that gets one line for each frame, a JSON object:
///
/// - `begin_us`: when the frame began, in microseconds since 1970;
/// - `view_us`: how long what had happened was taken and the view was laid out;
/// - `before_us`: how long the frame before took as a whole, without waiting for the screen; 0 for the first;
/// - `oldest`, `newest`: which messages of the shown room are in memory; 0 where none are;
/// - `jumps`: how often the view was sent to some message so far;
/// - `latency_ms`: how long the server of the shown room took to answer last; `null` where that is not known.
#[derive(Debug)]
pub(crate) struct FrameTimes {
    file: Option<File>,
    begin: Instant,
    begin_us: u128,
}

impl FrameTimes {
    /// Makes the file, empty.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let file = File::create(path)?;
        Ok(Self { file: Some(file), begin: Instant::now(), begin_us: 0 })
    }

    /// A frame begins.
    pub(crate) fn begin(&mut self) {
        self.begin = Instant::now();
        self.begin_us = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    }

    /// Everything of the frame is laid out. `before` is how long the frame before took as a whole, in seconds.
    pub(crate) fn laid_out(&mut self, state: &State, before: Option<f32>) {
        let Some(file) = &mut self.file else { return };
        let room = state.current();
        let number = |seq: Option<Seq>| seq.map_or(0, Seq::number);
        let (oldest, newest) =
            room.map_or((0, 0), |room| (number(room.timeline.oldest()), number(room.timeline.newest())));
        let jumps = room.and_then(|room| room.jump).map_or(0, |jump| jump.serial);
        let latency_ms = match room.map(|room| &room.connection) {
            Some(ConnectionState::Joined { latency: Some(latency) }) => latency.as_millis().to_string(),
            _ => "null".to_owned(),
        };
        let (begin_us, view_us) = (self.begin_us, self.begin.elapsed().as_micros());
        let before_us = before.unwrap_or_default() * 1e6;
        let line = format!(
            "{{\"begin_us\":{begin_us},\"view_us\":{view_us},\"before_us\":{before_us:.0},\
             \"oldest\":{oldest},\"newest\":{newest},\"jumps\":{jumps},\"latency_ms\":{latency_ms}}}\n"
        );
        // Not buffered: whoever measures reads along, and a window at rest draws no further frame.
        if let Err(error) = file.write_all(line.as_bytes()) {
            tracing::warn!(%error, "the times of frames are not written any more");
            self.file = None;
        }
    }
}
