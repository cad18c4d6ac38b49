//! The screens besides the room, driven by role and label without a display.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "helpers of tests, which clippy.toml allows for the tests themselves only; a painter computes"
)]

mod actions;
mod cpu;
mod opening;
mod pictures;
mod scripts;
mod support;
