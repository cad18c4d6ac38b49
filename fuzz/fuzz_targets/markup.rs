//! Gives any bytes to the target `markup` of `papo_torture::fuzz`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| papo_torture::fuzz::markup(bytes));
