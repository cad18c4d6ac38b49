//! The project's own tasks, run as `cargo xtask <task>`: `test`, `ci`, `tidy`, `soak`, `picture`, `pictures` and
//! `window-speed`.
//!
//! This is a tool for people who change papo. It is no part of the program and depends on none of its crates.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task speaks to the terminal it was started in"
)]

use std::{env, process::ExitCode};

mod ci;
mod page;
mod picture;
mod process;
mod programs;
mod screen;
mod soak;
mod suite;
mod tidy;
mod window_speed;

/// What `cargo xtask` without a known task prints.
const HELP: &str = "\
cargo xtask <task>

  test [-- ARGS]   see that the programs which tests need are there, build everything, run every test;
                   ARGS go to `cargo test`
  ci               formatting, layout rules, lints, documentation, `test`, dependencies
  tidy [--bless]   the layout rules alone; --bless writes the protocol's new hash into docs/PROTOCOL.md
  soak [--minutes N] [--kind NAME]
                   let the tests run that find more the longer they run, and say what they have done
  picture          let the program run and draw what it prints as docs/images/chat.svg
  pictures         open the window in a real room, on a screen in memory, and keep what it shows
                   as docs/images/window-*.png
  window-speed [PROGRAM]
                   measure the window in a room of 50,000 messages, on a screen in memory; of PROGRAM,
                   or of papo built for release";

/// Reads the task's name and hands over; the exit code is 0 only if the whole task passed.
fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["test"] => suite::run(&[]),
        ["test", "--", rest @ ..] => suite::run(rest),
        ["ci"] => ci::run(),
        ["tidy"] => tidy::run(tidy::Bless::No),
        ["tidy", "--bless"] => tidy::run(tidy::Bless::Yes),
        ["soak", rest @ ..] => soak::run(rest),
        ["picture"] => picture::run(),
        ["pictures"] => picture::window::run(),
        ["window-speed"] => window_speed::run(None),
        ["window-speed", program] => window_speed::run(Some(program)),
        ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(format!("no such task\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("xtask: {cause}");
            ExitCode::FAILURE
        }
    }
}
