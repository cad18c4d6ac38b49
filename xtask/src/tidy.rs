//! The task `tidy`: rules of the project that neither the compiler nor clippy knows.
//! Each rule is one file below; here they are run over one reading of the tree and their findings listed.

use std::fmt;

use crate::process;

mod catalogues;
mod dependencies;
mod layout;
mod length;
mod links;
mod protocol;
mod source;
mod spoken;
mod tree;
mod words;

use tree::Tree;

/// Whether what can be brought up to date by the machine is written instead of reported.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bless {
    /// Only look.
    No,
    /// Write the protocol's hash into its document.
    Yes,
}

/// One place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// From the root, with forward slashes.
    path: String,
    /// Counted from 1.
    line: usize,
    /// What is wrong, and the remedy.
    text: String,
}

impl Finding {
    fn new(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, text: text.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.path, self.line, self.text)
    }
}

/// Runs every rule over every file that git tracks or would add.
///
/// # Errors
/// Counts the findings, which are printed before, or says why the tree could not be read.
pub(crate) fn run(bless: Bless) -> Result<(), String> {
    if bless == Bless::Yes {
        protocol::bless(&Tree::read(&process::root())?)?;
    }
    let tree = Tree::read(&process::root())?;
    let metadata = dependencies::metadata()?;
    let mut findings = [
        dependencies::edges(&metadata, &tree),
        dependencies::explained(&metadata, &tree),
        length::check(&tree),
        protocol::check(&tree),
        words::check(&tree),
        catalogues::check(&tree),
        spoken::check(&tree),
        layout::check(&tree),
        links::check(&tree),
    ]
    .concat();
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files, nothing found", tree.files.len());
            Ok(())
        }
        1 => Err("tidy: one finding".to_owned()),
        count => Err(format!("tidy: {count} findings")),
    }
}
