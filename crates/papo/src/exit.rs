//! How the program ends: the exit codes, and failures that carry one. Not here: the words of the failures,
//! which come from whoever failed.

use std::fmt;
use std::process::ExitCode;

use crate::output;

/// What a shell reports of a program that a Ctrl-C has ended (128 and the signal's number).
pub(crate) const EXIT_INTERRUPTED: i32 = 130;

/// Why the program ends, as a shell sees it. The numbers are part of the interface and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It ends as it was asked to.
    Done = 0,
    /// Something that has no code of its own.
    Other = 1,
    /// The command line, a variable or the configuration file is wrong.
    Usage = 2,
    /// No connection came about.
    NoConnection = 3,
    /// The server's key is not one to trust.
    NotTrusted = 4,
    /// The server said no.
    Refused = 5,
    /// The connection broke before all was done.
    Lost = 6,
    /// A file or folder of this computer.
    LocalFile = 7,
}

/// A failure, ready for the person: cause and remedy, and the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) text: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, text: impl Into<String>) -> Self {
        Self { exit, text: text.into() }
    }

    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::new(Exit::Usage, text)
    }

    pub(crate) fn local(text: impl Into<String>) -> Self {
        Self::new(Exit::LocalFile, text)
    }

    /// Whoever read the output has gone, as `head` does: nothing is wrong and nothing is said.
    pub(crate) fn output_closed() -> Self {
        Self::new(Exit::Done, String::new())
    }

    /// Prints the failure and yields the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.text.is_empty() {
            output::failure(&self.text);
        }
        ExitCode::from(self.exit as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The exit code after the parser has printed help, the version or what is wrong with the command line.
pub(crate) fn after_parser(told: &clap::Error) -> ExitCode {
    if told.use_stderr() { ExitCode::from(Exit::Usage as u8) } else { ExitCode::SUCCESS }
}
