//! What the tests of several crates share: the functions that a fuzzer calls, and what it calls them with where
//! there is only a stable compiler. Nothing of this is in the program. Not here: the fuzzer itself (`fuzz/`), and
//! the tests.
//!
//! Everything here fails by panicking, as tests do.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

#[cfg(target_os = "linux")]
pub mod engines;
pub mod explore;
pub mod fuzz;
pub mod history;
pub mod leaks;
pub mod proxy;
#[cfg(target_os = "linux")]
pub mod wire;
