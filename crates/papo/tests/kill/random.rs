//! The choice of the moments, which can be had again: the seed is printed, and `PAPO_KILL_SEED` sets it.

use std::env;
use std::hash::{BuildHasher, RandomState};

/// The generator `SplitMix64` (Steele, Lea, Flood 2014): small, and good enough to choose moments.
pub(crate) struct Random {
    pub(crate) seed: u64,
    state: u64,
}

impl Random {
    pub(crate) fn from_environment() -> Self {
        let given = env::var("PAPO_KILL_SEED").ok();
        let seed = given.map(|seed| seed.parse().expect("PAPO_KILL_SEED is a whole number"));
        let seed = seed.unwrap_or_else(fresh_number);
        println!("PAPO_KILL_SEED={seed}");
        Self { seed, state: seed }
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// Another number at each call, as the keys of the standard library's hash maps are.
pub(crate) fn fresh_number() -> u64 {
    RandomState::new().hash_one(0)
}
