//! The task `test`: the one command that builds everything and passes every test on a fresh machine.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    time::Instant,
};

use crate::{page, process, programs};

/// Runs the task; `arguments` go to `cargo test` as they are.
///
/// # Errors
/// Says what is missing or which command failed.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let unchecked = programs::ensure()?;
    let start = Instant::now();
    // This very program is left out: Windows does not replace a program that is running.
    process::run(process::cargo().args([
        "build",
        "--workspace",
        "--all-targets",
        "--locked",
        "--exclude",
        "xtask",
    ]))?;
    // All failures in one run, not only the first crate's.
    let mut command = process::cargo();
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]).args(arguments);
    let totals = run_tests(&mut command)?;
    if totals.passed == 0 && arguments.is_empty() {
        return Err("no test ran".to_owned());
    }
    // Whoever asks for some tests by name does not mean these; and elsewhere the browser goes by other names.
    if arguments.is_empty() && cfg!(target_os = "linux") {
        page::test()?;
    }
    let Totals { suites, passed, ignored } = totals;
    let time_s = start.elapsed().as_secs_f64();
    println!("All tests passed: {passed} in {suites} suites, {ignored} ignored, {time_s:.1} s.");
    unchecked.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// What the closing lines of all suites say together.
#[derive(Debug, Default, PartialEq, Eq)]
struct Totals {
    suites: u64,
    passed: u64,
    ignored: u64,
}

impl Totals {
    /// Takes up one line of `cargo test`; only the closing line of a suite counts.
    fn add(&mut self, line: &str) {
        let Some((_, figures)) = line.split_once("test result:") else { return };
        let figure = |name: &str| {
            let part = figures.split(';').find_map(|part| part.trim_end().strip_suffix(name))?;
            part.split_whitespace().next_back()?.parse::<u64>().ok()
        };
        self.suites += 1;
        self.passed += figure(" passed").unwrap_or(0);
        self.ignored += figure(" ignored").unwrap_or(0);
    }
}

/// Runs `cargo test`, passes its output on line by line and adds up its closing lines.
fn run_tests(command: &mut Command) -> Result<Totals, String> {
    let shown = process::shown(command);
    let failed = |error: std::io::Error| format!("`{shown}` could not be run: {error}");
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut totals = Totals::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.map_err(failed)?;
            // Whoever closed our output early still wants to know how the tests ended.
            let _ = std::io::stdout().lock().write_all(&[&line, b"\n".as_slice()].concat());
            totals.add(&String::from_utf8_lossy(&line));
        }
    }
    let status = child.wait().map_err(failed)?;
    if status.success() {
        Ok(totals)
    } else {
        Err(format!("`{shown}` failed ({status}): see the lines above"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_added_up_and_others_are_not() {
        let mut totals = Totals::default();
        totals.add("running 3 tests");
        totals.add(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.2s",
        );
        totals.add(
            "test result: \u{1b}[32mok\u{1b}[m. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        );
        assert_eq!(totals, Totals { suites: 2, passed: 15, ignored: 1 });
    }
}
