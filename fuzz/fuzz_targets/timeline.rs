//! Gives any bytes to the target `timeline` of `papo_torture::fuzz`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| papo_torture::fuzz::timeline(bytes));
