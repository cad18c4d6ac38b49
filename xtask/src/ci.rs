//! The task `ci`: everything that has to pass before a change is taken, each step named with its time.

use std::time::{Duration, Instant};

use crate::{process, suite, tidy};

/// One step: its name and what it does.
type Step = (&'static str, fn() -> Result<(), String>);

/// In this order: what is quick to say no comes first.
const STEPS: [Step; 6] = [
    ("fmt", || process::run(process::cargo().args(["fmt", "--all", "--check"]))),
    ("tidy", || tidy::run(tidy::Bless::No)),
    ("clippy", clippy),
    ("doc", documentation),
    ("test", || suite::run(&[])),
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
        let verdict = if outcome.is_ok() { "passed" } else { "FAILED" };
        println!("  {name:<6} {verdict} {:>7.1} s", time.as_secs_f64());
    }
    let failed: Vec<&str> =
        results.iter().filter(|(_, (outcome, _))| outcome.is_err()).map(|(name, _)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("ci: failed: {}", failed.join(", "))) }
}

/// Runs one step between two lines that name it.
fn timed((name, step): &Step) -> (Result<(), String>, Duration) {
    println!("\n==> {name}");
    let start = Instant::now();
    let outcome = step();
    let time = start.elapsed();
    match &outcome {
        Ok(()) => println!("<== {name}: passed, {:.1} s", time.as_secs_f64()),
        Err(cause) => println!("<== {name}: FAILED, {:.1} s: {cause}", time.as_secs_f64()),
    }
    (outcome, time)
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

/// Checks licences and known holes, but only where cargo-deny is there: building it takes longer than all the rest.
fn dependencies() -> Result<(), String> {
    if process::find("cargo-deny").is_none() {
        println!("cargo-deny is not installed: licences and advisories are NOT checked here.");
        println!("To check them: cargo install --locked cargo-deny && cargo deny check");
        return Ok(());
    }
    process::run(process::cargo().args(["deny", "check"]))
}
