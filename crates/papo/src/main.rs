//! The papo binary.
fn main() {}
