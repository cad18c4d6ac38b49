//! The measurement as one page that needs nothing else: figures, plots, light and dark. It holds no script and
//! asks for nothing over the network. Not here: how a plot is drawn.

use std::fmt::Write as _;

use papo_words::number::{decimal, short, whole};
use papo_words::{language, t};

use super::plot::{Axis, HALF, Line, Plot, Scale, WIDE};
use super::words::{Row, percent, rows, tick, time, whole_of};
use super::{Percentiles, Report, Slice};

/// The command that makes it.
const NAME: &str = "papo bench";

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
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{NAME}: {title}</title><style>{STYLE}</style></head><body><main>\
         <header><div class=\"brand\">{SIGN}{NAME}</div><h1>{title}</h1>\
         <p class=\"when\">{} · {}</p></header>",
        language().tag(),
        escape(&about.when),
        escape(&about.program)
    );
    // Writing to memory cannot fail, here and below.
    if report.generator_was_the_bottleneck() {
        let _ = write!(html, "<p class=\"warn\">{}</p>", t!("bench-bottleneck"));
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
        "<footer><p>{}</p><p>{} <code>{}</code></p></footer></main></body></html>",
        t!("bench-foot"),
        t!("bench-again"),
        escape(&about.command)
    );
    html.push('\n');
    html
}

/// One of the figures that one looks for first.
struct Head {
    name: String,
    value: String,
    note: String,
    is_bad: bool,
}

impl Head {
    fn new(name: String, value: String, note: String) -> Self {
        Self { name, value, note, is_bad: false }
    }
}

/// The few figures that one looks for first.
fn heads(report: &Report, html: &mut String) {
    let mut heads = Vec::new();
    if report.deliveries > 0 {
        heads_of_load(report, &mut heads);
    }
    if let Some(idle) = report.idle {
        let count = t!("bench-head-of", count = idle.connections);
        if let Some(newcomers) = idle.newcomers {
            let kibibytes = format!("{} KiB", decimal(newcomers.server_memory_bytes_each / 1024.0, 1));
            heads.push(Head::new(t!("bench-head-idle-memory"), kibibytes, count));
        }
        if let Some(cores) = idle.server_cores_at_rest {
            heads.push(Head::new(t!("bench-head-rest"), percent(cores, 2), t!("bench-of-a-core")));
        }
    }
    if let Some(storm) = report.storm {
        let note = t!("bench-head-storm-note", joined = storm.joined, refused = storm.refused);
        let head = Head::new(t!("bench-head-storm"), time(storm.seconds * 1e6), note);
        heads.push(Head { is_bad: storm.refused > 0, ..head });
    }
    html.push_str("<dl class=\"heads\">");
    for Head { name, value, note, is_bad } in heads {
        let class = if is_bad { " class=\"bad\"" } else { "" };
        let _ = write!(html, "<div{class}><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div>");
    }
    html.push_str("</dl>");
}

fn heads_of_load(report: &Report, heads: &mut Vec<Head>) {
    let Percentiles { p50, p99, max, .. } = report.latency_us.delivery;
    let of = t!("bench-head-of-messages", rate = whole_of(report.messages_per_second));
    heads.push(Head::new(t!("bench-head-deliveries"), whole_of(report.deliveries_per_second), of));
    heads.push(Head::new(t!("bench-head-half"), time(p50), String::new()));
    let longest = t!("bench-head-longest", time = time(max));
    heads.push(Head::new(t!("bench-head-nearly-all"), time(p99), longest));
    let lost = report.lost + report.repeated;
    let head = Head::new(t!("bench-head-lost"), whole(lost), t!("bench-head-of", count = report.deliveries));
    heads.push(Head { is_bad: lost > 0, ..head });
    if let Some(cpu) = report.server_cpu {
        let cores = report.server_cores.map(|cores| t!("bench-head-cores", cores = decimal(cores, 2)));
        let microseconds = format!("{} µs", decimal(cpu.us_per_delivery, 2));
        heads.push(Head::new(t!("bench-head-cpu"), microseconds, cores.unwrap_or_default()));
    }
}

fn latency(report: &Report, html: &mut String) {
    let line = |name: &str, class, of: fn(&Percentiles) -> f64| {
        let point = |slice: &Slice| (slice.at_seconds, slice.latency_us.as_ref().map(of));
        Line { name: name.to_owned(), class, points: report.timeline.iter().map(point).collect() }
    };
    let longest = t!("bench-longest");
    let lines =
        vec![line(&longest, "d", |p| p.max), line("p99", "c", |p| p.p99), line("p50", "a", |p| p.p50)];
    let values = lines.iter().flat_map(|line| line.points.iter().filter_map(|point| point.1));
    let (x, y) = (seconds_axis(report), Axis::logarithmic(values, tick));
    let plot = Plot { title: t!("bench-plot-latency"), width: WIDE, x, y, lines };
    figure(&t!("bench-plot-latency-note"), &plot, html);
}

fn percentiles(report: &Report, html: &mut String) {
    let points: Vec<(f64, Option<f64>)> =
        report.distribution.iter().map(|&(share, latency)| (share, Some(latency))).collect();
    // The last point is the longest of all, whose share is 1: it has no place on this axis.
    let points = points.split_last().map(|(_, points)| points.to_vec()).unwrap_or_default();
    let to = points.last().map_or(0.9, |point| point.0).max(0.9);
    let values = report.distribution.iter().map(|point| point.1);
    let plot = Plot {
        title: t!("bench-plot-percentiles"),
        width: WIDE,
        x: Axis { scale: Scale::Nines, from: 0.0, to, name: nines },
        y: Axis::logarithmic(values, tick),
        lines: vec![Line { name: String::new(), class: "a", points }],
    };
    figure(&t!("bench-plot-percentiles-note"), &plot, html);
}

/// A share as a percentage with as many nines as it has.
fn nines(share: f64) -> String {
    format!("{} %", short(share * 100.0, 5))
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
        title: t!("bench-plot-deliveries"),
        width: HALF,
        x: seconds_axis(report),
        y: Axis::linear(max(&deliveries), brief),
        lines: vec![Line { name: String::new(), class: "b", points: deliveries }],
    };
    figure(&t!("bench-plot-deliveries-note"), &plot, html);
    if max(&memory) > 0.0 {
        let plot = Plot {
            title: t!("bench-plot-memory"),
            width: HALF,
            x: seconds_axis(report),
            y: Axis::linear(max(&memory), |mebibytes| format!("{} MiB", brief(mebibytes))),
            lines: vec![Line { name: String::new(), class: "c", points: memory }],
        };
        figure(&t!("bench-plot-memory-note"), &plot, html);
    }
    html.push_str("</div>");
}

fn seconds_axis(report: &Report) -> Axis {
    let to = report.timeline.last().map_or(1.0, |slice| slice.at_seconds);
    Axis { scale: Scale::Linear, from: 0.0, to, name: |seconds| format!("{} s", brief(seconds)) }
}

fn mebibytes(bytes: u64) -> f64 {
    crate::meter::float(bytes) / 1024.0 / 1024.0
}

/// A number with as few digits as tell it from its neighbours on an axis.
fn brief(value: f64) -> String {
    let (value, unit) = match value {
        value if value >= 999_500.0 => (value / 1e6, " M"),
        value if value >= 9_995.0 => (value / 1e3, " k"),
        value => (value, ""),
    };
    format!("{}{unit}", short(value, 2))
}

fn figure(note: &str, plot: &Plot, html: &mut String) {
    let _ = write!(
        html,
        "<figure><figcaption><h2>{}</h2><p>{note}</p></figcaption><div class=\"wide\">{}</div></figure>",
        plot.title,
        plot.svg()
    );
}

fn table(report: &Report, html: &mut String) {
    let _ = write!(html, "<section><h2>{}</h2><div class=\"wide\">", t!("bench-table"));
    if report.deliveries > 0 {
        html.push_str("<table class=\"latency\"><thead><tr><th></th>");
        for name in ["p50", "p90", "p99", "p99.9", &t!("bench-longest")] {
            let _ = write!(html, "<th class=\"number\">{name}</th>");
        }
        html.push_str("</tr></thead>");
        for (name, latency) in [
            (t!("bench-table-delivery"), report.latency_us.delivery),
            (t!("bench-table-echo"), report.latency_us.echo),
        ] {
            let Percentiles { p50, p90, p99, p999, max } = latency;
            let _ = write!(html, "<tr><th>{name}</th>");
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
            escape(&name),
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
    use papo_words::{Language, in_language};

    use super::super::sample::full;
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
            assert_eq!(nines(share), text);
        }
    }

    #[test]
    fn the_page_is_in_the_readers_language() {
        let about = About { program: "papo 1".into(), when: "x".into(), command: "papo bench".into() };
        let page = in_language(Language::Portuguese, || page(&full(), &about));
        for text in [
            "<html lang=\"pt-BR\">",
            "<h2>Latência por percentil</h2>",
            "aria-label=\"Memória do servidor\"",
            "<dd>10,0 KiB<small>de 30</small>",
            "<th>latência em cada membro</th>",
            "<p>De novo: <code>papo bench</code></p>",
        ] {
            assert!(page.contains(text), "{text}\n{page}");
        }
        for english in ["latency", "deliveries", "server ", "memory"] {
            let body = page.split_once("</style>").unwrap().1;
            let mut texts = body.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text);
            assert_eq!(texts.find(|text| text.contains(english)), None, "{english}");
        }
    }
}
