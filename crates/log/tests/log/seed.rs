//! Random numbers that can be had again: the seed is printed, and `PAPO_SEED` sets it.

use std::env;
use std::time::SystemTime;

/// The generator `SplitMix64` (Steele, Lea, Flood 2014): small, and good enough to choose moments.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn from_environment() -> Self {
        let from_clock = || {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
            u64::from(now.subsec_nanos()) ^ now.as_secs()
        };
        let given = env::var("PAPO_SEED").map(|seed| seed.parse().expect("PAPO_SEED is a whole number"));
        let seed = given.unwrap_or_else(|_| from_clock());
        println!("PAPO_SEED={seed}");
        Self(seed)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
