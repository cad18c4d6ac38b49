//! What the runs of each kind have done, added up. Pure.

/// For each kind, in the order in which they came, what was counted and how much of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Totals(Vec<(String, Vec<(String, u64)>)>);

impl Totals {
    /// Takes up one line of a run of the kind `name`; only those that count something matter: `soak: NAME: 3 kills,
    /// 7 messages said`, or libFuzzer's `Done 7 runs in 3 second(s)`.
    pub(super) fn add(&mut self, name: &str, line: &str) {
        if let Some((_, said)) = line.split_once("soak: ") {
            let Some((name, counts)) = said.split_once(": ") else { return };
            for count in counts.split(", ").filter_map(|count| count.split_once(' ')) {
                let Ok(number) = count.0.parse() else { continue };
                self.count(name, count.1, number);
            }
        } else if let Some(done) = line.strip_prefix("Done ") {
            let words: Vec<&str> = done.split(' ').collect();
            let [runs, "runs", "in", seconds, "second(s)"] = words[..] else { return };
            let (Ok(runs), Ok(seconds)) = (runs.parse(), seconds.parse()) else { return };
            self.count(name, "runs", runs);
            self.count(name, "seconds", seconds);
        }
    }

    /// One line for each kind.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        let width = self.0.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        self.0.iter().map(move |(name, counts)| {
            let counts: Vec<String> =
                counts.iter().map(|(what, number)| format!("{number} {what}")).collect();
            format!("{name:<width$}  {}", counts.join(", "))
        })
    }

    fn count(&mut self, name: &str, what: &str, number: u64) {
        let at = self.0.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.0.push((name.to_owned(), Vec::new()));
            self.0.len() - 1
        });
        let counts = &mut self.0[at].1;
        match counts.iter_mut().find(|(known, _)| known == what) {
            Some((_, total)) => *total += number,
            None => counts.push((what.to_owned(), number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_one_kind_are_added_up() {
        let mut totals = Totals::default();
        totals.add("kill", "running 1 test");
        totals.add("kill", "test x ... soak: kill: 20 kills, 3 messages said, 0 broken promises");
        totals.add("kill", "soak: kill: 40 kills, 4 messages said, 0 broken promises");
        totals.add("fuzz lines", "Done 70 runs in 5 second(s)");
        totals.add("fuzz lines", "Done 30 runs in 6 second(s)");
        totals.add("fuzz lines", "Done with it");
        let lines: Vec<String> = totals.lines().collect();
        assert_eq!(
            lines,
            ["kill        60 kills, 7 messages said, 0 broken promises", "fuzz lines  100 runs, 11 seconds"]
        );
    }
}
