//! Starting other programs from the project's root. It knows nothing of what they are for.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The folder of the workspace: the parent of this package's folder.
pub(crate) fn root() -> PathBuf {
    // Cargo says at run time too where the package is. What it said when this was compiled may be another checkout
    // that shares the target folder.
    let package =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or_else(|| package.clone(), Path::to_path_buf)
}

/// The cargo that runs this task, so that every step uses one and the same toolchain.
pub(crate) fn cargo() -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Runs a program to its end, its output going straight to the terminal.
///
/// # Errors
/// Says which command could not be started or did not succeed.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let shown = shown(command);
    let status = command.status().map_err(|error| format!("`{shown}` could not be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{shown}` failed ({status})")) }
}

/// Runs a program to its end and returns what it wrote to its standard output.
///
/// # Errors
/// Says which command could not be started or did not succeed, with what it wrote to its standard error.
pub(crate) fn read(command: &mut Command) -> Result<String, String> {
    let shown = shown(command);
    let Output { status, stdout, stderr } =
        command.output().map_err(|error| format!("`{shown}` could not be started: {error}"))?;
    if status.success() {
        Ok(String::from_utf8_lossy(&stdout).into_owned())
    } else {
        Err(format!("`{shown}` failed ({status}): {}", String::from_utf8_lossy(&stderr).trim()))
    }
}

/// Where a program lies, by the folders of `PATH`; `None` if in none of them.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let file_name = format!("{program}{}", env::consts::EXE_SUFFIX);
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(&file_name)).find(|path| path.is_file())
}

/// A command as a person would type it, without the path of the program.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_stem().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(name).chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let mut command = Command::new("cargo");
        command.args(["fmt", "--all"]);
        assert_eq!(shown(&command), "cargo fmt --all");
    }

    #[test]
    fn a_failed_command_is_named() {
        let cause = read(cargo().args(["--list", "--no-such-option"])).unwrap_err();
        assert!(cause.contains("cargo --list --no-such-option"), "{cause}");
    }

    #[test]
    fn a_missing_program_is_not_found() {
        assert_eq!(find("no-program-has-this-name"), None);
    }
}
