//! Figures as text: `OpenMetrics` 1.0, as Prometheus and whatever speaks its language read it. Not here: which figures.

use std::fmt::{self, Display, Write as _};

use super::BOUNDS_US;

/// What kind of figure a family holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How often something took how long.
    Histogram,
    /// A text in a label; its value is 1.
    Info,
}

impl Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Info => "info",
        })
    }
}

/// A page of figures.
#[derive(Debug, Default)]
pub(super) struct Page(String);

/// The units that a family's name may end with; such a one is said again in its head.
const UNITS: [&str; 2] = ["seconds", "bytes"];

impl Page {
    /// Begins a family. Its name says its unit at its end, without `_total`.
    pub(super) fn family(&mut self, name: &'static str, kind: Kind, help: &'static str) -> Family<'_> {
        let unit = UNITS.iter().find(|unit| name.ends_with(*unit));
        let unit = unit.map_or_else(String::new, |unit| format!("# UNIT {name} {unit}\n"));
        // Writing into a text cannot fail, here and below.
        let _ = write!(self.0, "# TYPE {name} {kind}\n{unit}# HELP {name} {help}\n");
        Family { page: self, name, kind }
    }

    /// A family with one figure.
    pub(super) fn one(&mut self, name: &'static str, kind: Kind, help: &'static str, value: impl Display) {
        self.family(name, kind, help).sample("", value);
    }

    /// The page, ended as the format wants it.
    pub(super) fn end(mut self) -> String {
        self.0.push_str("# EOF\n");
        self.0
    }
}

/// A family that is being written.
pub(super) struct Family<'a> {
    page: &'a mut Page,
    name: &'static str,
    kind: Kind,
}

impl Family<'_> {
    /// One figure. `labels` stand without their braces, and are ours alone: nothing in them needs to be escaped.
    pub(super) fn sample(&mut self, labels: &str, value: impl Display) {
        let suffix = match self.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            Kind::Gauge | Kind::Histogram => "",
        };
        let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(self.page.0, "{}{suffix}{labels} {value}", self.name);
    }

    /// A histogram, from how many there are in each of its buckets and from their sum in microseconds.
    pub(super) fn histogram(&mut self, buckets: [u64; BOUNDS_US.len() + 1], sum_us: u64) {
        let (name, mut count) = (self.name, 0);
        let bounds = BOUNDS_US.iter().map(|&bound| format!("{:?}", seconds(bound)));
        for (bound, in_bucket) in bounds.chain(["+Inf".to_owned()]).zip(buckets) {
            count += in_bucket;
            let _ = writeln!(self.page.0, "{name}_bucket{{le=\"{bound}\"}} {count}");
        }
        let _ = writeln!(self.page.0, "{name}_count {count}\n{name}_sum {}", seconds(sum_us));
    }
}

/// Microseconds as seconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "a sum of microseconds is exact for 285 years, then nearly so"
)]
fn seconds(us: u64) -> f64 {
    us as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_as_the_format_has_it() {
        let mut page = Page::default();
        page.family("papo_requests", Kind::Counter, "Requests.").sample("code=\"a\"", 3);
        page.one("papo_build", Kind::Info, "Build.", 1);
        let mut buckets = [0; BOUNDS_US.len() + 1];
        (buckets[0], buckets[3], buckets[15]) = (2, 1, 1);
        page.family("papo_wait_seconds", Kind::Histogram, "Waits.").histogram(buckets, 1_500_000);
        let text = page.end();
        assert!(text.starts_with(
            "# TYPE papo_requests counter\n# HELP papo_requests Requests.\npapo_requests_total{code=\"a\"} 3\n\
             # TYPE papo_build info\n# HELP papo_build Build.\npapo_build_info 1\n\
             # TYPE papo_wait_seconds histogram\n# UNIT papo_wait_seconds seconds\n# HELP papo_wait_seconds Waits.\n\
             papo_wait_seconds_bucket{le=\"0.0001\"} 2\n"
        ));
        assert!(text.contains("{le=\"0.0005\"} 2\npapo_wait_seconds_bucket{le=\"0.001\"} 3\n"), "{text}");
        assert!(text.ends_with(
            "{le=\"10.0\"} 3\npapo_wait_seconds_bucket{le=\"+Inf\"} 4\npapo_wait_seconds_count 4\n\
             papo_wait_seconds_sum 1.5\n# EOF\n"
        ));
    }
}
