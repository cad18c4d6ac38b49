//! The measurement as one page that needs nothing else: figures, plots, light and dark. It holds no script and
//! asks for nothing over the network. Not here: how a plot is drawn.

use std::fmt::Write as _;

use super::plot::{Axis, HALF, Line, Plot, Scale, WIDE};
use super::words::{BOTTLENECK, Row, rows, time, whole, whole_of};
use super::{Percentiles, Report, Slice};

/// What the page looks like.
const STYLE: &str = include_str!("page.css");

/// The sign of papo: a speech bubble.
const SIGN: &str = "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M12 2.500c5.500 0 9.500 3.600 9.500 8.200s-4 8.200-9.500 8.200c-.9 0-1.800-.1-2.600-.3L4.600 21.400c-.5.3-1.100-.2-.9-.8l1.200-3.900C3.400 15.200 2.500 13 2.500 10.700 2.500 6.100 6.500 2.500 12 2.500z\"/></svg>";

/// Where a measurement comes from.
#[derive(Clone, Debug)]
pub struct About {
    /// The program's name and version.
    pub program: String,
    /// When it was made.
    pub when: String,
    /// The command that makes it again.
    pub command: String,
}

/// The page of a measurement, as HTML.
pub fn page(report: &Report, about: &About) -> String {
    let title = escape(&report.title());
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>papo bench: {title}</title><style>{STYLE}</style></head><body><main>\
         <header><div class=\"brand\">{SIGN}papo bench</div><h1>{title}</h1>\
         <p class=\"when\">{} · {}</p></header>",
        escape(&about.when),
        escape(&about.program)
    );
    // Writing to memory cannot fail, here and below.
    if report.generator_was_the_bottleneck() {
        let _ = write!(html, "<p class=\"warn\">{BOTTLENECK}</p>");
    }
    heads(report, &mut html);
    if report.deliveries > 0 {
        latency(report, &mut html);
        over_time(report, &mut html);
        percentiles(report, &mut html);
    }
    table(report, &mut html);
    let _ = write!(
        html,
        "<footer><p>Latency counts from when a message should have been sent until a member had it, decrypted. A \
         delivery is one message at one member. All connections are TLS 1.3 with AES-128-GCM.</p>\
         <p>Again: <code>{}</code></p></footer></main></body></html>",
        escape(&about.command)
    );
    html.push('\n');
    html
}

/// The few figures that one looks for first.
fn heads(report: &Report, html: &mut String) {
    let mut heads: Vec<(&str, String, String, bool)> = Vec::new();
    if report.deliveries > 0 {
        let Percentiles { p50, p99, max, .. } = report.latency_us.delivery;
        let lost = report.lost + report.repeated;
        heads.push((
            "deliveries a second",
            whole_of(report.deliveries_per_second),
            format!("of {} messages", whole_of(report.messages_per_second)),
            false,
        ));
        heads.push(("latency, half within", time(p50), String::new(), false));
        heads.push(("99 of 100 within", time(p99), format!("longest {}", time(max)), false));
        heads.push(("lost or repeated", whole(lost), format!("of {}", whole(report.deliveries)), lost > 0));
    }
    if let Some(cpu) = report.server_cpu.filter(|_| report.deliveries > 0) {
        heads.push(("server CPU a delivery", format!("{:.2} µs", cpu.us_per_delivery), cores(report), false));
    }
    if let Some(idle) = report.idle {
        let count = format!("of {}", whole(idle.connections as u64));
        if let Some(newcomers) = idle.newcomers {
            let kibibytes = format!("{:.1} KiB", newcomers.server_memory_bytes_each / 1024.0);
            heads.push(("memory each idle connection", kibibytes, count, false));
        }
        if let Some(cores) = idle.server_cores_at_rest {
            let note = "of a core".to_owned();
            heads.push(("server CPU at rest", format!("{:.2} %", cores * 100.0), note, false));
        }
    }
    if let Some(storm) = report.storm {
        let bad = storm.refused > 0;
        let note = format!("{} in, {} refused", storm.joined, storm.refused);
        heads.push(("the storm was in after", time(storm.seconds * 1e6), note, bad));
    }
    html.push_str("<dl class=\"heads\">");
    for (name, value, note, bad) in heads {
        let class = if bad { " class=\"bad\"" } else { "" };
        let _ = write!(html, "<div{class}><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div>");
    }
    html.push_str("</dl>");
}

fn cores(report: &Report) -> String {
    report.server_cores.map(|cores| format!("{cores:.2} cores")).unwrap_or_default()
}

fn latency(report: &Report, html: &mut String) {
    let line = |name, class, of: fn(&Percentiles) -> f64| {
        let point = |slice: &Slice| (slice.at_seconds, slice.latency_us.as_ref().map(of));
        Line { name, class, points: report.timeline.iter().map(point).collect() }
    };
    let lines = vec![line("max", "d", |p| p.max), line("p99", "c", |p| p.p99), line("p50", "a", |p| p.p50)];
    let values = lines.iter().flat_map(|line| line.points.iter().filter_map(|point| point.1));
    let (x, y) = (seconds_axis(report), Axis::logarithmic(values, tick));
    let plot = Plot { title: "Latency of deliveries over time", width: WIDE, x, y, lines };
    figure("Latency over time", "half, 99 of 100, and the longest of each moment", &plot, html);
}

fn percentiles(report: &Report, html: &mut String) {
    let points: Vec<(f64, Option<f64>)> =
        report.distribution.iter().map(|&(share, latency)| (share, Some(latency))).collect();
    // The last point is the longest of all, whose share is 1: it has no place on this axis.
    let points = points.split_last().map(|(_, points)| points.to_vec()).unwrap_or_default();
    let to = points.last().map_or(0.9, |point| point.0).max(0.9);
    let values = report.distribution.iter().map(|point| point.1);
    let plot = Plot {
        title: "Latency by percentile",
        width: WIDE,
        x: Axis { scale: Scale::Nines, from: 0.0, to, name: percent },
        y: Axis::logarithmic(values, tick),
        lines: vec![Line { name: "", class: "a", points }],
    };
    figure("Latency by percentile", "this share of all deliveries took at most so long", &plot, html);
}

/// A share as a percentage with as many nines as it has.
fn percent(share: f64) -> String {
    let text = format!("{:.5}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

fn over_time(report: &Report, html: &mut String) {
    let points = |of: fn(&Slice) -> Option<f64>| -> Vec<(f64, Option<f64>)> {
        report.timeline.iter().map(|slice| (slice.at_seconds, of(slice))).collect()
    };
    let max = |points: &[(f64, Option<f64>)]| points.iter().filter_map(|point| point.1).fold(0.0, f64::max);
    let deliveries = points(|slice| Some(slice.deliveries_per_second));
    let memory = points(|slice| slice.server_memory_bytes.map(mebibytes));
    html.push_str("<div class=\"pair\">");
    let plot = Plot {
        title: "Deliveries a second over time",
        width: HALF,
        x: seconds_axis(report),
        y: Axis::linear(max(&deliveries), short),
        lines: vec![Line { name: "", class: "b", points: deliveries }],
    };
    figure("Deliveries a second", "at all members together", &plot, html);
    if max(&memory) > 0.0 {
        let plot = Plot {
            title: "Resident memory of the server over time",
            width: HALF,
            x: seconds_axis(report),
            y: Axis::linear(max(&memory), |mebibytes| format!("{} MiB", short(mebibytes))),
            lines: vec![Line { name: "", class: "c", points: memory }],
        };
        figure("Server memory", "resident", &plot, html);
    }
    html.push_str("</div>");
}

fn seconds_axis(report: &Report) -> Axis {
    let to = report.timeline.last().map_or(1.0, |slice| slice.at_seconds);
    Axis { scale: Scale::Linear, from: 0.0, to, name: |seconds| format!("{} s", short(seconds)) }
}

fn mebibytes(bytes: u64) -> f64 {
    crate::meter::float(bytes) / 1024.0 / 1024.0
}

/// A time with no more digits than it needs.
fn tick(microseconds: f64) -> String {
    time(microseconds).replace(".00 ", " ").replace(".0 ", " ")
}

/// A number with as few digits as tell it from its neighbours on an axis.
fn short(value: f64) -> String {
    let (value, unit) = match value {
        value if value >= 999_500.0 => (value / 1e6, " M"),
        value if value >= 9_995.0 => (value / 1e3, " k"),
        value => (value, ""),
    };
    let text = format!("{value:.2}");
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
}

fn figure(title: &str, words: &str, plot: &Plot<'_>, html: &mut String) {
    let _ = write!(
        html,
        "<figure><figcaption><h2>{title}</h2><p>{words}</p></figcaption><div class=\"wide\">{}</div></figure>",
        plot.svg()
    );
}

fn table(report: &Report, html: &mut String) {
    html.push_str("<section><h2>All figures</h2><div class=\"wide\">");
    if report.deliveries > 0 {
        html.push_str(
            "<table class=\"latency\"><thead><tr><th></th><th class=\"number\">p50</th><th class=\"number\">p90</th>\
             <th class=\"number\">p99</th><th class=\"number\">p99.9</th><th class=\"number\">max</th></tr></thead>",
        );
        for (name, latency) in
            [("at every member", report.latency_us.delivery), ("back at its writer", report.latency_us.echo)]
        {
            let Percentiles { p50, p90, p99, p999, max } = latency;
            let _ = write!(html, "<tr><th>latency {name}</th>");
            for value in [p50, p90, p99, p999, max] {
                let _ = write!(html, "<td class=\"number\">{}</td>", time(value));
            }
            html.push_str("</tr>");
        }
        html.push_str("</table>");
    }
    html.push_str("<table>");
    for Row { name, value, note } in rows(report) {
        let _ = write!(
            html,
            "<tr><th>{}</th><td class=\"number\">{}</td><td>{}</td></tr>",
            escape(name),
            escape(&value),
            escape(&note)
        );
    }
    html.push_str("</table></div></section>");
}

/// Text as it stands in HTML, also within quotes.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ours_cannot_become_markup() {
        assert_eq!(escape(r#"<a b="c">&"#), "&lt;a b=&quot;c&quot;&gt;&amp;");
    }

    #[test]
    fn shares_show_their_nines() {
        for (share, text) in
            [(0.0, "0 %"), (0.5, "50 %"), (0.9, "90 %"), (0.999, "99.9 %"), (0.99999, "99.999 %")]
        {
            assert_eq!(percent(share), text);
        }
    }
}
