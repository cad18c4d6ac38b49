//! The task `ci`: everything that has to pass before a change is taken, each step named with its time.

use std::time::{Duration, Instant};

use crate::{process, soak, suite, tidy};

/// How a step ended that did not fail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Passed,
    /// What it needs is not there; nothing was checked.
    Skipped,
}

/// One step: its name and what it does.
type Step = (&'static str, fn() -> Result<Ended, String>);

/// In this order: what is quick to say no comes first.
const STEPS: [Step; 8] = [
    ("fmt", || passed(process::run(process::cargo().args(["fmt", "--all", "--check"])))),
    ("tidy", || passed(tidy::run(tidy::Bless::No))),
    ("clippy", || passed(clippy())),
    ("doc", || passed(documentation())),
    ("fuzz", || passed(fuzz_targets())),
    ("test", || passed(suite::run(&[]))),
    ("soak", || passed(soak::in_ci())),
    ("deny", dependencies),
];

/// Runs every step, also after one that failed, so that one run shows all there is to mend.
///
/// # Errors
/// Names the steps that failed.
pub(crate) fn run() -> Result<(), String> {
    let results: Vec<_> = STEPS.iter().map(|step| (step.0, timed(step))).collect();
    println!("\nci:");
    for (name, (outcome, time)) in &results {
        println!("  {name:<6} {:<7} {:>7.1} s", verdict(outcome), time.as_secs_f64());
    }
    let failed: Vec<&str> =
        results.iter().filter(|(_, (outcome, _))| outcome.is_err()).map(|(name, _)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("ci: failed: {}", failed.join(", "))) }
}

/// Runs one step between two lines that name it.
fn timed((name, step): &Step) -> (Result<Ended, String>, Duration) {
    println!("\n==> {name}");
    let start = Instant::now();
    let outcome = step();
    let time = start.elapsed();
    let cause = outcome.as_ref().err().map_or_else(String::new, |cause| format!(": {cause}"));
    println!("<== {name}: {}, {:.1} s{cause}", verdict(&outcome), time.as_secs_f64());
    (outcome, time)
}

fn verdict(outcome: &Result<Ended, String>) -> &'static str {
    match outcome {
        Ok(Ended::Passed) => "passed",
        Ok(Ended::Skipped) => "skipped",
        Err(_) => "FAILED",
    }
}

fn passed(outcome: Result<(), String>) -> Result<Ended, String> {
    outcome.map(|()| Ended::Passed)
}

fn clippy() -> Result<(), String> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    process::run(process::cargo().args(arguments))
}

fn documentation() -> Result<(), String> {
    let mut command = process::cargo();
    command.args(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings");
    process::run(&mut command)
}

/// The fuzzers are a workspace of their own, which no other step compiles: without this a target that no longer
/// compiles is found by whoever wants to fuzz. What the server shows to them it shows under the fuzzer's own `cfg`.
fn fuzz_targets() -> Result<(), String> {
    let mut command = process::cargo();
    command
        .args(["check", "--manifest-path", "fuzz/Cargo.toml", "--locked"])
        .env("RUSTFLAGS", "--cfg fuzzing");
    process::run(&mut command)
}

/// Checks licences and known holes, but only where cargo-deny is there: building it takes longer than all the rest.
fn dependencies() -> Result<Ended, String> {
    if process::find("cargo-deny").is_none() {
        println!("cargo-deny is not installed: licences and advisories are NOT checked here.");
        println!("To check them: cargo install --locked cargo-deny && cargo deny check");
        return Ok(Ended::Skipped);
    }
    passed(process::run(process::cargo().args(["deny", "check"])))
}
