//! The two outputs: data goes to standard output, words for people to standard error. Neither panics when
//! the other side has gone. Not here: what is written.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use papo_words::{system, t};

use crate::exit::{Exit, Failure};

/// When something was last written to either output. Held while that is done, so that a time read from here
/// is never older than what stands on the screen.
static WRITTEN_AT: Mutex<Option<Instant>> = Mutex::new(None);

/// Whether words are events of the log.
static SPEAKS_BY_LOG: AtomicBool = AtomicBool::new(false);

/// Writes one line of data. Where the reader has gone, the failure says so without words.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    write_at(&mut io::stdout().lock(), &format!("{text}\n")).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::output_closed(),
        _ => Failure::new(Exit::Other, t!("cli-output-unwritable", cause = system(&error))),
    })
}

/// Makes words events of the log from now on: whoever has the log read by a program reads no sentences.
pub(crate) fn speak_by_log() {
    SPEAKS_BY_LOG.store(true, Ordering::Relaxed);
}

/// Writes one line of words. They are a courtesy: where nobody can read them, the work goes on.
pub(crate) fn words(text: &str) {
    if SPEAKS_BY_LOG.load(Ordering::Relaxed) {
        tracing::info!("{}", text.trim());
        return;
    }
    let _ = write_at(&mut io::stderr().lock(), &format!("{text}\n"));
}

/// Writes words that hold what lets somebody in: for the eyes of a person, and so on a terminal or not at all. What
/// is not a terminal may be a log, which others read and which is kept.
pub(crate) fn confidential(text: &str) {
    if SPEAKS_BY_LOG.load(Ordering::Relaxed) {
        return;
    }
    let text = format!("{text}\n");
    if io::stderr().is_terminal() {
        let _ = write_at(&mut io::stderr().lock(), &text);
    } else if io::stdout().is_terminal() {
        let _ = write_at(&mut io::stdout().lock(), &text);
    }
}

/// Writes why the program ends.
pub(crate) fn failure(text: &str) {
    if SPEAKS_BY_LOG.load(Ordering::Relaxed) {
        tracing::error!("{text}");
    } else {
        words(&format!("papo: {text}"));
    }
}

/// Writes words that are no more than an aside: fainter than what people say, where that can be shown.
pub(crate) fn aside(text: &str) {
    if words_coloured() { words(&faint(text)) } else { words(text) }
}

/// A text in a fainter tone. What follows it is as before.
pub(crate) fn faint(text: &str) -> String {
    format!("\x1b[2m{text}\x1b[22m")
}

/// Moves about on the terminal that data goes to; see [`is_dialogue`].
pub(crate) fn moves(sequence: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(sequence.as_bytes()).and_then(|()| out.flush());
}

/// When the last line was written, to either output.
pub(crate) fn written_at() -> Option<Instant> {
    *WRITTEN_AT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a person reads the words, but not the data.
pub(crate) fn data_goes_elsewhere() -> bool {
    io::stderr().is_terminal() && !io::stdout().is_terminal()
}

/// Whether a person reads the data, and no program.
pub(crate) fn data_is_read() -> bool {
    io::stdout().is_terminal()
}

/// Whether data may be coloured: on a terminal that can, unless `NO_COLOR` (no-color.org) says no.
pub(crate) fn data_coloured() -> bool {
    io::stdout().is_terminal() && obeys_sequences() && !is_set("NO_COLOR")
}

/// Whether words may be coloured.
pub(crate) fn words_coloured() -> bool {
    io::stderr().is_terminal() && obeys_sequences() && !is_set("NO_COLOR")
}

/// Whether somebody types on the terminal that data goes to, and it can do more than a typewriter.
pub(crate) fn is_dialogue() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal() && obeys_sequences()
}

/// Whether a person at a terminal reads both outputs.
pub(crate) fn is_all_read() -> bool {
    io::stderr().is_terminal() && io::stdout().is_terminal()
}

/// Ends the line on which somebody was typing when Ctrl-C came, so that the shell's prompt begins one of its own.
pub(crate) fn end_typed_line() {
    if io::stdin().is_terminal() && io::stderr().is_terminal() {
        words("");
    }
}

fn write_at(out: &mut impl Write, text: &str) -> io::Result<()> {
    let mut written_at = WRITTEN_AT.lock().unwrap_or_else(PoisonError::into_inner);
    let result = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    *written_at = Some(Instant::now());
    result
}

/// Whether the terminal, if there is one, obeys escape sequences. Windows has no `TERM`, and its older
/// console prints them.
fn obeys_sequences() -> bool {
    env::var_os("TERM").map_or_else(|| is_set("WT_SESSION"), |term| !term.is_empty() && term != "dumb")
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}
