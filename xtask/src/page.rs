//! The tests of the page: its pure modules against the shared vectors, and the whole of it in a real browser against the
//! program that was just built. Not here: the tests themselves, which are in `web/tests`.

use std::path::Path;
use std::process::Command;

use crate::process;

/// Where the page and its tests are.
const FOLDER: &str = "web";

/// Gets what the tests need, and runs them: four files at a time, since they wait more than they work, and by themselves those that measure.
///
/// # Errors
/// Names the command that failed.
pub(crate) fn test() -> Result<(), String> {
    let folder = process::root().join(FOLDER);
    // Versions are exact in `package.json` and the packages have no others below them, so there is no lock file.
    let install = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
    process::run(npm(&folder).args(install))?;
    process::run(npm(&folder).args(["run", "--silent", "types"]))?;
    process::run(npm(&folder).args(["run", "--silent", "test"]))
}

fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder);
    command
}
