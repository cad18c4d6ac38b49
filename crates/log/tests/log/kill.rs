//! A process that is killed at any moment loses nothing that it has acknowledged.

use crate::appender::{Acknowledged, Child, check_nothing_lost};
use crate::folder::Folder;
use crate::seed::Random;

const ROUNDS: u64 = 20;
const BODY_BYTES: usize = 700;

/// Invariant: after each of many kills at random moments, the log has every acknowledged entry, has
/// no gaps, knows the ids, and is sound. The rounds go on in one file, with both durabilities.
#[test]
fn killing_loses_nothing_acknowledged() {
    let mut random = Random::from_environment();
    let folder = Folder::new();
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let settings = [
            ("BATCHES", "1000000".to_owned()),
            ("BATCH_LEN", (1 + random.below(40)).to_string()),
            ("BODY_BYTES", BODY_BYTES.to_string()),
            ("DURABILITY", if random.below(2) == 0 { "disk" } else { "os" }.to_owned()),
        ];
        let mut child = Child::spawn(&folder.log(), &settings);
        // The child is ahead of what was read here, so this is a random moment of its work.
        let mut lines: Vec<_> = (0..random.below(400)).map_while(|_| child.line()).collect();
        lines.extend(child.kill());
        assert!(!lines.iter().any(|line| line.starts_with("failed") || line.starts_with("refused")));
        acknowledged.extend(lines.iter().filter_map(|line| Acknowledged::parse(line)));
        check_nothing_lost(&folder.log(), BODY_BYTES, &acknowledged);
        println!("round {round}: {} acknowledged, none lost", acknowledged.len());
    }
    assert!(acknowledged.len() > 100, "the rounds were too short to show anything");
}
