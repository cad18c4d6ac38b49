//! The figures of a measurement for people: names, units, and one place for how numbers look. Not here: the page.

use std::fmt;

use super::{Newcomers, Report};
use crate::meter::Percentiles;
use crate::options::Log;

/// What is said where the load generator limited the measurement.
pub(super) const BOTTLENECK: &str =
    "The load generator was the bottleneck: the server could do more than this says.";

/// One figure.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) note: String,
}

impl Report {
    /// What was measured and with which load, in one line.
    pub fn title(&self) -> String {
        let mut parts = vec![some(self.listeners, "listener"), some(self.writers, "writer")];
        if self.listeners + self.writers == 0 {
            parts.clear();
        }
        parts.extend(self.handshakes.map(|shaken| some(shaken.connections, "handshake")));
        parts.extend(self.idle.map(|idle| some(idle.connections, "idle connection")));
        parts.extend(self.storm.map(|storm| format!("{} more at once", storm.connections)));
        parts.extend(self.slow.map(|slow| some(slow.listeners, "slow listener")));
        if self.rooms > 1 {
            parts.push(format!("{} rooms", self.rooms));
        }
        if self.writers > 0 {
            parts.push(format!("{} bytes", self.bytes));
            parts.extend(self.rate.map(|rate| format!("{rate} messages a second")));
            parts.extend(self.window.map(|window| format!("{window} in flight")));
        }
        parts.extend(self.log.map(|log| log.in_words().to_owned()));
        format!("{}: {}", self.target, parts.join(", "))
    }
}

impl Log {
    fn in_words(self) -> &'static str {
        match self {
            Self::None => "no log",
            Self::Os => "log without waiting for the disk",
            Self::Disk => "log on the disk",
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title())?;
        for Row { name, value, note } in rows(self) {
            writeln!(f, "{name:<24} {value:>12}  {note}")?;
        }
        if self.deliveries > 0 {
            for (what, latency) in [("latency", self.latency_us.delivery), ("echo", self.latency_us.echo)] {
                writeln!(f, "{what:<8} {}", percentiles(latency))?;
            }
        }
        if self.generator_was_the_bottleneck() {
            writeln!(f, "{BOTTLENECK}")?;
        }
        Ok(())
    }
}

fn percentiles(Percentiles { p50, p90, p99, p999, max }: Percentiles) -> String {
    let named = [("p50", p50), ("p90", p90), ("p99", p99), ("p99.9", p999), ("max", max)];
    named.map(|(name, microseconds)| format!("{name} {:>9}", time(microseconds))).join("   ")
}

/// Every figure that was measured but the latency of deliveries, which needs more room.
pub(super) fn rows(report: &Report) -> Vec<Row> {
    let mut rows = Vec::new();
    if report.deliveries > 0 {
        load(report, &mut rows);
        server(report, &mut rows);
    }
    if let Some(newcomers) = report.newcomers {
        came_in("a listener or writer", newcomers, &mut rows);
    }
    if let Some(shaken) = report.handshakes {
        push(&mut rows, "handshakes", whole(shaken.connections as u64), || {
            let cpu = shaken.server_cpu_us_each.map(|cpu| format!(", {cpu:.0} µs of server CPU each"));
            format!("within {}{}", time(shaken.seconds * 1e6), cpu.unwrap_or_default())
        });
    }
    if let Some(idle) = report.idle {
        push(&mut rows, "idle connections", whole(idle.connections as u64), || {
            format!("in within {}", time(idle.came_in_seconds * 1e6))
        });
        if let Some(newcomers) = idle.newcomers {
            came_in("an idle connection", newcomers, &mut rows);
        }
        if let Some(cores) = idle.server_cores_at_rest {
            push(&mut rows, "server at rest", format!("{:.2} %", cores * 100.0), || "of a core".into());
        }
    }
    crowds(report, &mut rows);
    if report.deliveries > 0 {
        push(&mut rows, "generator", format!("{:.0} %", report.generator_busy * 100.0), || "busy".into());
    }
    rows
}

fn load(report: &Report, rows: &mut Vec<Row>) {
    let a_second = |rate: f64| format!("{} a second", whole_of(rate));
    push(rows, "messages", whole(report.messages), || a_second(report.messages_per_second));
    push(rows, "deliveries", whole(report.deliveries), || a_second(report.deliveries_per_second));
    push(rows, "lost", whole(report.lost), || format!("{} repeated", whole(report.repeated)));
    push(rows, "a TLS record", format!("{:.1}", report.deliveries_per_record), || {
        format!("deliveries, each {:.0} bytes encrypted", report.bytes_per_delivery)
    });
}

fn server(report: &Report, rows: &mut Vec<Row>) {
    if let (Some(cpu), Some(cores)) = (report.server_cpu, report.server_cores) {
        push(rows, "server CPU", format!("{:.3} µs", cpu.us_per_delivery), || {
            let (user, system) = (cpu.user_us_per_delivery, cpu.system_us_per_delivery);
            format!("a delivery (user {user:.3}, system {system:.3}), {cores:.2} cores")
        });
    }
    if let Some(disk) = report.disk_sync_us {
        push(rows, "disk", format!("{:.0} µs", disk.p50), || {
            format!("to make 4 KiB durable, half of the time at most; p99 {:.0} µs", disk.p99)
        });
    }
    if let Some([before, after]) = report.server_memory_bytes {
        push(rows, "server memory", bytes(after), || format!("after the load, {} before", bytes(before)));
    }
}

fn crowds(report: &Report, rows: &mut Vec<Row>) {
    if let Some(storm) = report.storm {
        push(rows, "storm", whole(storm.joined as u64), || {
            format!("in within {}, {} refused", time(storm.seconds * 1e6), storm.refused)
        });
        if report.deliveries > 0 {
            push(rows, "latency in the storm", time(storm.latency_us.p99), || {
                let Percentiles { p50, max, .. } = storm.latency_us;
                format!("p99 of the others' messages; p50 {}, max {}", time(p50), time(max))
            });
        }
    }
    if let Some(slow) = report.slow {
        push(rows, "read on later", whole(slow.caught_up as u64), || {
            let left_out = whole(slow.messages_left_out_by_name);
            format!("of {} slow listeners; {left_out} messages left out, and said so", slow.listeners)
        });
    }
}

fn came_in(who: &'static str, newcomers: Newcomers, rows: &mut Vec<Row>) {
    let memory = format!("{:.0} bytes", newcomers.server_memory_bytes_each);
    push(rows, "memory", memory, || format!("of the server for {who}"));
    let cpu = format!("{:.0} µs", newcomers.server_cpu_us_each);
    push(rows, "handshake and join", cpu, || format!("of server CPU for {who}"));
}

fn push(rows: &mut Vec<Row>, name: &'static str, value: String, note: impl FnOnce() -> String) {
    rows.push(Row { name, value, note: note() });
}

fn some(count: usize, what: &str) -> String {
    format!("{} {what}{}", whole(count as u64), if count == 1 { "" } else { "s" })
}

/// A count with its digits in groups of three.
pub(super) fn whole(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The same of a rate.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rates are positive and far from 2^64"
)]
pub(super) fn whole_of(rate: f64) -> String {
    whole(rate.round() as u64)
}

/// A time of microseconds with three significant digits, in the unit that suits it.
pub(super) fn time(microseconds: f64) -> String {
    let (value, unit) = match microseconds {
        us if us < 999.5 => (us, "µs"),
        us if us < 999_500.0 => (us / 1e3, "ms"),
        us => (us / 1e6, "s"),
    };
    let decimals = if unit == "µs" || value >= 99.95 { 0 } else { 1 + usize::from(value < 9.995) };
    format!("{value:.decimals$} {unit}")
}

/// A size in the binary unit that suits it.
pub(super) fn bytes(count: u64) -> String {
    let count = crate::meter::float(count);
    let (value, unit) = match count {
        count if count < 1024.0 * 1024.0 => (count / 1024.0, "KiB"),
        count if count < 1024.0 * 1024.0 * 1024.0 => (count / 1024.0 / 1024.0, "MiB"),
        count => (count / 1024.0 / 1024.0 / 1024.0, "GiB"),
    };
    format!("{value:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_people_read_them() {
        for (count, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(whole(count), text);
        }
        for (microseconds, text) in [
            (0.0, "0 µs"),
            (87.4, "87 µs"),
            (999.6, "1.00 ms"),
            (1_234.0, "1.23 ms"),
            (12_340.0, "12.3 ms"),
            (123_400.0, "123 ms"),
            (2_500_000.0, "2.50 s"),
        ] {
            assert_eq!(time(microseconds), text);
        }
        assert_eq!(bytes(10 * 1024 * 1024 + 512 * 1024), "10.5 MiB");
    }
}
