//! Gives any bytes to the target `frames` of `papo_server::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| papo_server::fuzzing::frames(bytes));
