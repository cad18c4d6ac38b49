//! Gives any bytes to the target `server_message` of `papo_torture::fuzz`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| papo_torture::fuzz::server_message(bytes));
