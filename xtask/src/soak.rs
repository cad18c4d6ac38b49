//! The task `soak`: the tests that find more the longer they run, one after the other and round again, for as long as
//! it is given. At the end there is one line for each kind: what all of its runs have done together.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{process, programs};

mod totals;

use totals::Totals;

/// How long a kind goes on before it is the next one's turn: long enough that starting it does not count, short
/// enough that a short soak sees all kinds.
const TURN_SECONDS_MAX: u64 = 60;

/// Less than this teaches nothing.
const TURN_SECONDS_MIN: u64 = 5;

/// A kind of test that finds more the longer it runs. It reads `PAPO_SOAK_SECONDS`, and says what it has done in a
/// line `soak: NAME: COUNT things, COUNT other things`.
struct Kind {
    name: &'static str,
    /// What to give to `cargo test`.
    package: &'static [&'static str],
    /// The test, by its whole name.
    test: &'static str,
    /// Variables of its own, for the soak that is part of `ci`.
    in_ci: &'static [(&'static str, &'static str)],
    /// How long it goes on in `ci`, in seconds; none where every test run does enough of it.
    ci_seconds: Option<u64>,
}

/// Every kind but fuzzing, which finds its targets by itself.
const KINDS: [Kind; 5] = [
    Kind {
        name: "simulation",
        package: &["-p", "papo-server", "--lib"],
        test: "simulation::nothing_is_lost_and_nothing_comes_twice",
        in_ci: &[],
        ci_seconds: Some(120),
    },
    Kind {
        name: "kill",
        package: &["-p", "papo", "--test", "kill"],
        test: "killing_the_server_loses_nothing_echoed",
        in_ci: &[("PAPO_KILLS", "100")],
        ci_seconds: Some(0),
    },
    Kind {
        name: "network",
        package: &["-p", "papo", "--test", "kill"],
        test: "network::a_broken_network_loses_nothing",
        in_ci: &[],
        ci_seconds: Some(20),
    },
    Kind {
        name: "nodes",
        package: &["-p", "papo", "--test", "kill"],
        test: "chaos::servers_that_share",
        in_ci: &[],
        ci_seconds: None,
    },
    Kind {
        name: "partition",
        package: &["-p", "papo", "--test", "kill"],
        test: "partition::a_cut_network",
        in_ci: &[],
        ci_seconds: None,
    },
];

/// What fuzzing is called here.
const FUZZ: &str = "fuzz";

/// The tests that try random changes where there is no fuzzer: those of each crate that has targets.
const EXPLORING: [(&[&str], &str); 3] = [
    (&["-p", "papo-torture", "--test", "fuzz"], ""),
    (&["-p", "papo-server", "--lib"], "fuzzing::"),
    (&["-p", "papo", "--bin", "papo"], "any_text_is_read_or_refused_by_name"),
];

/// What was asked for.
struct Options<'a> {
    time: Duration,
    /// The kinds wanted; all of them where none is named.
    only: Vec<&'a str>,
}

/// Runs the task.
///
/// # Errors
/// Says what was not understood, or names the kinds that have found something.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let options = parse(arguments)?;
    // None of what can be done without is part of a soak.
    programs::ensure()?;
    let start = Instant::now();
    let mut soak = Soak::default();
    let wanted = |name: &str| options.only.is_empty() || options.only.contains(&name);
    let kinds: Vec<&Kind> = KINDS.iter().filter(|kind| wanted(kind.name)).collect();
    let turns = kinds.len() as u64 + u64::from(wanted(FUZZ));
    let turn = (options.time.as_secs() / turns.max(1)).clamp(TURN_SECONDS_MIN, TURN_SECONDS_MAX);
    while soak.turns == 0 || start.elapsed() < options.time {
        for kind in &kinds {
            soak.test(kind.name, kind.package, kind.test, turn, &[]);
        }
        if wanted(FUZZ) {
            soak.fuzz(turn);
        }
    }
    soak.report(start.elapsed())
}

/// The part that every change goes through: a fixed amount of each kind.
///
/// # Errors
/// Names the kinds that have found something.
pub(crate) fn in_ci() -> Result<(), String> {
    let start = Instant::now();
    let mut soak = Soak::default();
    for kind in &KINDS {
        if let Some(seconds) = kind.ci_seconds {
            soak.test(kind.name, kind.package, kind.test, seconds, kind.in_ci);
        }
    }
    // Every test run has explored the targets already; only a fuzzer adds to that.
    if process::find("cargo-fuzz").is_some() {
        soak.fuzz(TURN_SECONDS_MIN);
    }
    soak.report(start.elapsed())
}

fn parse<'a>(arguments: &[&'a str]) -> Result<Options<'a>, String> {
    let mut options = Options { time: Duration::from_mins(10), only: Vec::new() };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let value = rest.next().ok_or_else(|| format!("soak: {argument} needs a value"))?;
        match *argument {
            "--minutes" => {
                let minutes: u64 =
                    value.parse().map_err(|_| format!("soak: {value} is no number of minutes"))?;
                options.time = Duration::from_mins(minutes);
            }
            "--kind" if *value == FUZZ || KINDS.iter().any(|kind| kind.name == *value) => {
                options.only.push(value);
            }
            "--kind" => {
                let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).chain([FUZZ]).collect();
                return Err(format!("soak: there is no kind {value}: choose from {}", names.join(", ")));
            }
            _ => return Err(format!("soak: {argument} is not known: use --minutes N and --kind NAME")),
        }
    }
    Ok(options)
}

/// A soak under way.
#[derive(Default)]
struct Soak {
    totals: Totals,
    /// What has failed, each once.
    failed: Vec<String>,
    turns: u64,
}

impl Soak {
    /// One turn of a test.
    fn test(
        &mut self,
        name: &str,
        package: &[&str],
        test: &str,
        seconds: u64,
        variables: &[(&'static str, &'static str)],
    ) {
        let mut command = process::cargo();
        command.args(["test", "--quiet", "--locked"]).args(package);
        command.args(["--", "--nocapture", "--test-threads=1"]).arg(test);
        command.env("PAPO_SOAK_SECONDS", seconds.to_string()).envs(variables.iter().copied());
        self.turn(name, &mut command);
    }

    /// One turn of every target, with a fuzzer where there is one.
    fn fuzz(&mut self, seconds: u64) {
        if process::find("cargo-fuzz").is_none() {
            for (package, test) in EXPLORING {
                self.test(FUZZ, package, test, TURN_SECONDS_MIN.min(seconds), &[]);
            }
            return;
        }
        match targets() {
            Ok(targets) => {
                let each = (seconds / targets.len().max(1) as u64).max(TURN_SECONDS_MIN);
                targets.iter().for_each(|target| self.fuzz_target(target, each));
            }
            Err(cause) => self.fail(FUZZ, &cause),
        }
    }

    /// libFuzzer goes on from what it has found in earlier soaks, which stays in the target folder, and from the
    /// inputs that the project keeps.
    fn fuzz_target(&mut self, target: &str, seconds: u64) {
        let found = process::root().join("target/fuzz-corpus").join(target);
        let kept = process::root().join("fuzz/corpus").join(target);
        if let Err(error) = fs::create_dir_all(&found) {
            return self.fail(FUZZ, &format!("{}: {error}", found.display()));
        }
        let mut command = process::cargo();
        // With a stable compiler; the crates hold no unsafe code that a sanitizer could look at.
        command.env("RUSTC_BOOTSTRAP", "1").args(["fuzz", "run", "--sanitizer", "none", target]);
        command.args([found, kept]).args(["--", "-max_len=4096", "-timeout=20"]);
        command.arg(format!("-max_total_time={seconds}"));
        self.turn(&format!("{FUZZ} {target}"), &mut command);
    }

    /// Runs a command to its end and adds up what it says it has done.
    fn turn(&mut self, name: &str, command: &mut Command) {
        self.turns += 1;
        println!("==> {name}: {}", process::shown(command));
        let _ = std::io::stdout().flush();
        match output(command) {
            Ok(lines) => lines.iter().for_each(|line| self.totals.add(name, line)),
            Err(cause) => self.fail(name, &cause),
        }
    }

    fn fail(&mut self, name: &str, cause: &str) {
        println!("{name}: {cause}");
        if !self.failed.iter().any(|failed| failed == name) {
            self.failed.push(name.to_owned());
        }
    }

    /// One line for each kind.
    fn report(&self, time: Duration) -> Result<(), String> {
        println!("\nsoak, {:.1} min:", time.as_secs_f64() / 60.0);
        for line in self.totals.lines() {
            println!("  {line}");
        }
        if self.failed.is_empty() {
            Ok(())
        } else {
            Err(format!("soak: something was found by {}; see above", self.failed.join(", ")))
        }
    }
}

/// The names of the targets: those of the programs.
fn targets() -> Result<Vec<String>, String> {
    let folder = process::root().join("fuzz/fuzz_targets");
    let cause = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(cause)? {
        let path: PathBuf = entry.map_err(cause)?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// The lines that a command prints; on failure they are shown.
fn output(command: &mut Command) -> Result<Vec<String>, String> {
    let shown = process::shown(command);
    let failed = |error: std::io::Error| format!("`{shown}` could not be run: {error}");
    // Both streams in one, so that a failure is shown in its order. libFuzzer writes to the second.
    let (reader, writer) = std::io::pipe().map_err(failed)?;
    command.stdin(Stdio::null()).stdout(writer.try_clone().map_err(failed)?).stderr(writer);
    let mut child = command.spawn().map_err(failed)?;
    // Ours are the last ends of the pipe that would keep it open.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut lines = Vec::new();
    for line in BufReader::new(reader).split(b'\n') {
        lines.push(String::from_utf8_lossy(&line.map_err(failed)?).into_owned());
    }
    let status = child.wait().map_err(failed)?;
    if status.success() {
        return Ok(lines);
    }
    // The beginning of a fuzzer's diary tells nothing.
    let from = lines.len().saturating_sub(200);
    Err(format!("`{shown}` failed ({status}):\n{}", lines[from..].join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_and_kinds_are_understood() {
        let options = parse(&["--minutes", "3", "--kind", "kill", "--kind", "fuzz"]).unwrap();
        assert_eq!((options.time, options.only), (Duration::from_mins(3), vec!["kill", "fuzz"]));
        assert!(parse(&[]).unwrap().only.is_empty());
        for wrong in [&["--minutes"][..], &["--minutes", "x"], &["--kind", "x"], &["--hours", "1"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_target_of_the_fuzzer_has_its_folder_of_inputs() {
        let targets = targets().unwrap();
        assert!(targets.len() >= 11, "{targets:?}");
        for target in targets {
            assert!(process::root().join("fuzz/corpus").join(&target).is_dir(), "{target} has no inputs");
        }
    }

    #[test]
    fn a_command_that_fails_is_shown_with_what_it_said() {
        let mut command = process::cargo();
        let cause = output(command.arg("no-such-command")).unwrap_err();
        assert!(cause.contains("failed") && cause.contains("no-such-command"), "{cause}");
    }
}
