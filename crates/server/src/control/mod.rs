//! The way from `papo room` to the server that runs in the same folder: one line of JSON there, one back, over a
//! channel that only the owner of the folder can use. Not here: what is asked (`operator`).

#[cfg(unix)]
#[path = "unix.rs"]
mod platform;
#[cfg(not(unix))]
#[path = "windows.rs"]
mod platform;

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::operator::{Operator, OperatorAnswer, OperatorRequest};

/// The longest question.
const QUESTION_BYTES_MAX: u64 = 1 << 20;

/// The longest answer: some thousands of people with long names, or a MiB of acts with what stands around them.
const ANSWER_BYTES_MAX: u64 = 4 << 20;

/// How long the other side may take: it is a program on the same machine.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long nothing is taken after something went wrong.
const PAUSE: Duration = Duration::from_millis(100);

/// Where a server takes questions of its operator. Ends when it is dropped.
#[derive(Debug)]
pub struct Control {
    door: Arc<platform::Door>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Control {
    /// Begins to take questions in this folder.
    pub fn listen(data: &Path, operator: Operator) -> io::Result<Self> {
        let door = Arc::new(platform::Door::open(data)?);
        let stopped = Arc::new(AtomicBool::new(false));
        let (own, own_stopped) = (Arc::clone(&door), Arc::clone(&stopped));
        let work = move || {
            while !own_stopped.load(Ordering::SeqCst) {
                let answered = own.accept().and_then(|stream| {
                    if own_stopped.load(Ordering::SeqCst) { Ok(()) } else { serve(stream, &operator) }
                });
                if let Err(error) = answered {
                    tracing::debug!("a question of the operator could not be answered: {error}");
                    // Where the system has no file left for a connection, it says so without end.
                    thread::park_timeout(PAUSE);
                }
            }
        };
        let thread = thread::Builder::new().name("papo-control".to_owned()).spawn(work)?;
        Ok(Self { door, stopped, thread: Some(thread) })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.door.wake();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        self.door.close();
    }
}

/// Asks the server that runs in this folder; nothing where none does.
pub fn ask(data: &Path, request: &OperatorRequest) -> io::Result<Option<OperatorAnswer>> {
    let Some(mut stream) = platform::connect(data)? else { return Ok(None) };
    platform::limit(&stream, TIMEOUT)?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    BufReader::new(stream.take(ANSWER_BYTES_MAX)).read_line(&mut answer)?;
    Ok(Some(serde_json::from_str(&answer)?))
}

fn serve(stream: platform::Stream, operator: &Operator) -> io::Result<()> {
    platform::limit(&stream, TIMEOUT)?;
    let mut line = String::new();
    let mut reader = BufReader::new(stream.take(QUESTION_BYTES_MAX));
    reader.read_line(&mut line)?;
    let answer = match serde_json::from_str(&line) {
        Ok(request) => operator.ask(request),
        Err(error) => {
            OperatorAnswer::failed(format!("this question is not understood ({error}): update papo"))
        }
    };
    let mut bytes = serde_json::to_vec(&answer)?;
    bytes.push(b'\n');
    reader.into_inner().into_inner().write_all(&bytes)
}
