//! The two outputs: data goes to standard output, words for people to standard error. Neither panics when
//! the other side has gone. Not here: what is written.

use std::env;
use std::io::{self, IsTerminal, Write};

use crate::exit::{Exit, Failure};

/// Writes one line of data. Where the reader has gone, the failure says so without words.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::output_closed()),
        Err(error) => Err(Failure::new(
            Exit::Other,
            format!("standard output cannot be written: {error}; check where it is redirected to"),
        )),
    }
}

/// Writes one line of words. They are a courtesy: where nobody can read them, the work goes on.
pub(crate) fn words(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether words may be coloured: on a terminal that can, unless `NO_COLOR` (no-color.org) says no.
pub(crate) fn words_coloured() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stderr().is_terminal() && !set("NO_COLOR") && !dumb
}
