//! Gives any bytes to the target `http` of `papo_server::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| papo_server::fuzzing::http(bytes));
