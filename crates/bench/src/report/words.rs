//! The figures of a measurement for people: names, units, and one place for how numbers look. Not here: the page.

use std::fmt;

use papo_words::number::{decimal, short, whole};
use papo_words::t;

use super::{Newcomers, Report};
use crate::meter::Percentiles;
use crate::options::Log;

/// One figure.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) note: String,
}

impl Report {
    /// What was measured and with which load, in one line.
    pub fn title(&self) -> String {
        let mut parts = Vec::new();
        if self.listeners + self.writers > 0 {
            parts.push(t!("bench-listeners", count = self.listeners));
            parts.push(t!("bench-writers", count = self.writers));
        }
        parts.extend(self.handshakes.map(|shaken| t!("bench-some-handshakes", count = shaken.connections)));
        parts.extend(self.idle.map(|idle| t!("bench-some-idle", count = idle.connections)));
        parts.extend(self.storm.map(|storm| t!("bench-more-at-once", count = storm.connections)));
        parts.extend(self.slow.map(|slow| t!("bench-slow-listeners", count = slow.listeners)));
        if self.rooms > 1 {
            parts.push(t!("bench-rooms", count = self.rooms));
        }
        if self.servers > 1 {
            parts.push(t!("bench-servers", count = self.servers));
        }
        if self.writers > 0 {
            parts.push(t!("bench-bytes", count = self.bytes));
            parts.extend(self.rate.map(|rate| t!("bench-messages-a-second", count = rate)));
            parts.extend(self.window.map(|window| t!("bench-in-flight", count = window)));
        }
        parts.extend(self.log.map(Log::in_words));
        format!("{}: {}", self.target_in_words(), parts.join(", "))
    }

    fn target_in_words(&self) -> String {
        match self.target {
            "yardstick" => t!("bench-target-yardstick"),
            "given" => t!("bench-target-given"),
            name => name.to_owned(),
        }
    }
}

impl Log {
    fn in_words(self) -> String {
        match self {
            Self::None => t!("bench-log-none"),
            Self::Os => t!("bench-log-os"),
            Self::Disk => t!("bench-log-disk"),
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
            for (what, latency) in
                [(t!("bench-latency"), self.latency_us.delivery), (t!("bench-echo"), self.latency_us.echo)]
            {
                writeln!(f, "{what:<8} {}", percentiles(latency))?;
            }
        }
        if self.generator_was_the_bottleneck() {
            writeln!(f, "{}", t!("bench-bottleneck"))?;
        }
        Ok(())
    }
}

/// How things stand while the measurement goes on, in one line.
pub(crate) fn moment(deliveries_per_second: f64, latency: &Percentiles) -> String {
    let microseconds = |time: f64| format!("{:>8} µs", decimal(time, 0));
    t!(
        "bench-moment",
        rate = format!("{:>10}", whole_of(deliveries_per_second)),
        half = microseconds(latency.p50),
        nearly = microseconds(latency.p99),
    )
}

fn percentiles(Percentiles { p50, p90, p99, p999, max }: Percentiles) -> String {
    let longest = t!("bench-longest");
    let named = [("p50", p50), ("p90", p90), ("p99", p99), ("p99.9", p999), (&longest, max)];
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
        came_in(&t!("bench-who-active"), newcomers, &mut rows);
    }
    if let Some(shaken) = report.handshakes {
        let within = time(shaken.seconds * 1e6);
        let note = match shaken.server_cpu_us_each.map(|cpu| format!("{} µs", decimal(cpu, 0))) {
            Some(cpu) => t!("bench-handshakes-note-cpu", time = within, cpu = cpu),
            None => t!("bench-handshakes-note", time = within),
        };
        push(&mut rows, t!("bench-handshakes"), whole(shaken.connections as u64), note);
    }
    if let Some(idle) = report.idle {
        let note = t!("bench-idle-note", time = time(idle.came_in_seconds * 1e6));
        push(&mut rows, t!("bench-idle"), whole(idle.connections as u64), note);
        if let Some(newcomers) = idle.newcomers {
            came_in(&t!("bench-who-idle"), newcomers, &mut rows);
        }
        if let Some(cores) = idle.server_cores_at_rest {
            push(&mut rows, t!("bench-rest"), percent(cores, 2), t!("bench-of-a-core"));
        }
    }
    crowds(report, &mut rows);
    if report.deliveries > 0 {
        push(&mut rows, t!("bench-generator"), percent(report.generator_busy, 0), t!("bench-busy"));
    }
    rows
}

fn load(report: &Report, rows: &mut Vec<Row>) {
    let a_second = |rate: f64| t!("bench-a-second", rate = whole_of(rate));
    push(rows, t!("bench-messages"), whole(report.messages), a_second(report.messages_per_second));
    push(rows, t!("bench-deliveries"), whole(report.deliveries), a_second(report.deliveries_per_second));
    push(rows, t!("bench-lost"), whole(report.lost), t!("bench-repeated", count = report.repeated));
    let note = t!("bench-record-note", bytes = decimal(report.bytes_per_delivery, 0));
    push(rows, t!("bench-record"), decimal(report.deliveries_per_record, 1), note);
}

fn server(report: &Report, rows: &mut Vec<Row>) {
    if let (Some(cpu), Some(cores)) = (report.server_cpu, report.server_cores) {
        let note = t!(
            "bench-cpu-note",
            user = decimal(cpu.user_us_per_delivery, 3),
            system = decimal(cpu.system_us_per_delivery, 3),
            cores = decimal(cores, 2),
        );
        push(rows, t!("bench-cpu"), format!("{} µs", decimal(cpu.us_per_delivery, 3)), note);
    }
    if let Some(disk) = report.disk_sync_us {
        let microseconds = |time: f64| format!("{} µs", decimal(time, 0));
        let note = t!("bench-disk-note", time = microseconds(disk.p99));
        push(rows, t!("bench-disk"), microseconds(disk.p50), note);
    }
    if let Some([before, after]) = report.server_memory_bytes {
        let note = t!("bench-memory-note", before = bytes(before));
        push(rows, t!("bench-memory"), bytes(after), note);
    }
}

fn crowds(report: &Report, rows: &mut Vec<Row>) {
    if let Some(storm) = report.storm {
        let note = t!("bench-storm-note", time = time(storm.seconds * 1e6), refused = storm.refused);
        push(rows, t!("bench-storm"), whole(storm.joined as u64), note);
        if report.deliveries > 0 {
            let Percentiles { p50, p99, max, .. } = storm.latency_us;
            let note = t!("bench-storm-latency-note", half = time(p50), longest = time(max));
            push(rows, t!("bench-storm-latency"), time(p99), note);
        }
    }
    if let Some(slow) = report.slow {
        let count = slow.messages_left_out_by_name;
        let note = t!("bench-read-on-note", listeners = slow.listeners, count = count);
        push(rows, t!("bench-read-on"), whole(slow.caught_up as u64), note);
    }
}

fn came_in(who: &str, newcomers: Newcomers, rows: &mut Vec<Row>) {
    let memory = t!("bench-bytes", count = newcomers.server_memory_bytes_each.round());
    push(rows, t!("bench-came-in-memory"), memory, t!("bench-came-in-memory-note", who = who));
    let cpu = format!("{} µs", decimal(newcomers.server_cpu_us_each, 0));
    push(rows, t!("bench-came-in-cpu"), cpu, t!("bench-came-in-cpu-note", who = who));
}

fn push(rows: &mut Vec<Row>, name: String, value: String, note: String) {
    rows.push(Row { name, value, note });
}

/// A share as a percentage.
pub(super) fn percent(share: f64, decimals: usize) -> String {
    format!("{} %", decimal(share * 100.0, decimals))
}

/// A rate without decimals.
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
    let (value, unit, decimals) = in_unit(microseconds);
    format!("{} {unit}", decimal(value, decimals))
}

/// The same with no more digits than it needs.
pub(super) fn tick(microseconds: f64) -> String {
    let (value, unit, decimals) = in_unit(microseconds);
    format!("{} {unit}", short(value, decimals))
}

/// A time in the unit that suits it, with the decimals that make three digits.
fn in_unit(microseconds: f64) -> (f64, &'static str, usize) {
    let (value, unit) = match microseconds {
        us if us < 999.5 => (us, "µs"),
        us if us < 999_500.0 => (us / 1e3, "ms"),
        us => (us / 1e6, "s"),
    };
    let decimals = if unit == "µs" || value >= 99.95 { 0 } else { 1 + usize::from(value < 9.995) };
    (value, unit, decimals)
}

/// A size in the binary unit that suits it.
pub(super) fn bytes(count: u64) -> String {
    let count = crate::meter::float(count);
    let (value, unit) = match count {
        count if count < 1024.0 * 1024.0 => (count / 1024.0, "KiB"),
        count if count < 1024.0 * 1024.0 * 1024.0 => (count / 1024.0 / 1024.0, "MiB"),
        count => (count / 1024.0 / 1024.0 / 1024.0, "GiB"),
    };
    format!("{} {unit}", decimal(value, 1))
}

#[cfg(test)]
mod tests {
    use papo_words::{Language, in_language};

    use super::super::sample::full;
    use super::*;

    #[test]
    fn numbers_look_as_people_read_them() {
        assert_eq!(whole_of(1_234_567.4), "1,234,567");
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
        assert_eq!((tick(1_000.0), tick(12_500.0)), ("1 ms".to_owned(), "12.5 ms".to_owned()));
        assert_eq!(bytes(10 * 1024 * 1024 + 512 * 1024), "10.5 MiB");
    }

    /// The name of each row has its own column, on the terminal too.
    #[test]
    fn every_name_fits_its_column_in_every_language() {
        for language in Language::ALL {
            in_language(language, || {
                for Row { name, note, .. } in rows(&full()) {
                    assert!(name.chars().count() <= 24, "{name}");
                    assert!(!note.is_empty(), "{name}");
                }
            });
        }
    }

    #[test]
    fn a_measurement_is_told_in_portuguese() {
        let told = in_language(Language::Portuguese, || full().to_string());
        for line in [
            "papo: 2.000 ouvintes, 1 pessoa escrevendo, 3 handshakes, 30 conexões paradas, mais 40 de uma vez, \
             2 ouvintes lentos, 100 bytes, 64 a caminho, registro no disco",
            "entregas                    1.234.567  56.789 por segundo",
            "CPU do servidor              2,500 µs  por entrega (usuário 1,000, sistema 1,500), 0,95 núcleos",
            "leram o resto depois                1  de 2 ouvintes lentos; 1 mensagem deixada de fora, com aviso",
            "latência p50     87 µs   p90     87 µs   p99   1,23 ms   p99.9   1,23 ms   máx.    2,50 s",
        ] {
            assert!(told.lines().any(|told| told == line), "{line}\n{told}");
        }
    }
}
