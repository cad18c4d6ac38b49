//! What the server tells of itself: figures and health, on an address of its own. Their text is read here by a reader
//! that is as strict as `OpenMetrics` 1.0, written from its text and sharing nothing with what writes it.

#![expect(clippy::float_cmp, reason = "what is counted are whole numbers, which are exact")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Instant;

use crate::common::{Dial, PATIENCE, RawClient, TestServer};

fn server() -> TestServer {
    TestServer::start(|_| {})
}

/// Asks on the operator's address. Returns the status and all that follows the first line.
fn ask(address: SocketAddr, path: &str, host: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (first, rest) = answer.split_once("\r\n").unwrap();
    (first.split(' ').nth(1).unwrap().parse().unwrap(), rest.to_owned())
}

/// All figures, by the name of their series.
fn figures(server: &TestServer) -> BTreeMap<String, f64> {
    let (status, answer) = ask(server.admin.unwrap(), "/metrics", "localhost");
    assert_eq!(status, 200);
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    let media_type = "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert!(head.lines().any(|line| line == media_type), "{head}");
    let figures = read(text);
    assert!(!figures.is_empty());
    figures
}

/// The figures once they fulfil a condition. Counting is not part of what a member waits for, so it may come later.
fn figures_when(
    server: &TestServer,
    is_so: impl Fn(&BTreeMap<String, f64>) -> bool,
) -> BTreeMap<String, f64> {
    let begun = Instant::now();
    loop {
        let figures = figures(server);
        if is_so(&figures) {
            return figures;
        }
        assert!(begun.elapsed() < PATIENCE, "{figures:#?}");
    }
}

/// A family as its head declares it.
struct Family<'a> {
    name: &'a str,
    kind: &'a str,
}

impl Family<'_> {
    /// Whether a series of this name may stand in the family.
    fn has(&self, series: &str) -> bool {
        let suffixes: &[&str] = match self.kind {
            "counter" => &["_total"],
            "info" => &["_info"],
            "gauge" => &[""],
            "histogram" => &["_bucket", "_count", "_sum"],
            other => panic!("a kind that is not used here: {other}"),
        };
        suffixes.iter().any(|suffix| series.strip_suffix(suffix) == Some(self.name))
    }
}

/// Reads the text of `OpenMetrics`; fails where it is not exactly what the standard allows.
fn read(text: &str) -> BTreeMap<String, f64> {
    let body = text.strip_suffix("# EOF\n").expect("it ends with its end");
    let (mut figures, mut families) = (BTreeMap::new(), BTreeSet::new());
    let mut family = Family { name: "", kind: "" };
    // What the head of the family has said so far: type, unit, help, in this order.
    let mut said = 0;
    for line in body.lines() {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        match words[..] {
            ["#", "TYPE", name, kind] => {
                assert!(families.insert(name.to_owned()), "a family stands in one place: {line}");
                assert!(!name.ends_with("_total") && !name.ends_with("_info"), "{line}");
                assert!(name.starts_with("papo_") || name.starts_with("process_"), "{line}");
                (family, said) = (Family { name, kind }, 1);
            }
            ["#", "UNIT", name, unit] => {
                assert!(name == family.name && said == 1 && name.ends_with(&format!("_{unit}")), "{line}");
                said = 2;
            }
            ["#", "HELP", name, help] => {
                assert!(name == family.name && said < 3 && help.ends_with('.'), "{line}");
                let has_unit = name.ends_with("_seconds") || name.ends_with("_bytes");
                assert_eq!(said == 2, has_unit, "{line}");
                said = 3;
            }
            [series, value] => {
                let name = series.split('{').next().unwrap();
                assert!(said == 3 && family.has(name), "{line}");
                check_labels(&series[name.len()..]);
                let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
                assert!(value.is_finite() && value >= 0.0, "{line}");
                assert!(figures.insert(series.to_owned(), value).is_none(), "twice: {line}");
            }
            _ => panic!("not a line of OpenMetrics: {line:?}"),
        }
    }
    for name in families {
        check_histogram(&name, &figures);
    }
    figures
}

/// Invariant: a label says what something is, never whose it is: only these are there, with values from closed lists.
fn check_labels(labels: &str) {
    let Some(inside) = labels.strip_prefix('{') else { return assert_eq!(labels, "") };
    let inside = inside.strip_suffix('}').unwrap();
    let (name, value) = inside.split_once('=').unwrap();
    assert!(["carrier", "outcome", "code", "reason", "status", "version", "le"].contains(&name), "{labels}");
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._+".contains(c);
    assert!(!value.is_empty() && value.chars().all(is_plain), "{labels}");
}

/// Buckets count upwards, and the last one has all.
fn check_histogram(name: &str, figures: &BTreeMap<String, f64>) {
    let prefix = format!("{name}_bucket{{le=\"");
    let bound = |series: &str| -> Option<f64> {
        let bound = series.strip_prefix(&prefix)?.strip_suffix("\"}")?;
        Some(if bound == "+Inf" { f64::INFINITY } else { bound.parse().unwrap() })
    };
    let mut buckets: Vec<(f64, f64)> =
        figures.iter().filter_map(|(series, &value)| Some((bound(series)?, value))).collect();
    if buckets.is_empty() {
        return;
    }
    buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
    assert!(buckets.is_sorted_by(|one, other| one.0 < other.0 && one.1 <= other.1), "{name}: {buckets:?}");
    let all = *buckets.last().unwrap();
    assert_eq!(all, (f64::INFINITY, figures[&format!("{name}_count")]), "{name}");
    assert!(figures[&format!("{name}_sum")] <= all.1 * 60.0, "{name}: nothing here takes a minute");
}

/// Invariant: what happens is counted, each where it belongs, once.
#[test]
fn what_happens_is_counted() {
    let server = server();
    let begin = figures(&server);
    assert_eq!(begin["papo_messages_total{outcome=\"stored\"}"], 0.0);
    assert_eq!(begin["papo_ready"], 1.0);
    assert!(begin["papo_certificate_expiry_timestamp_seconds"] > begin["process_start_time_seconds"]);

    let (mut ana, _) = server.guest("canary-ana", "canary-room");
    let (mut zoe, _) = server.guest("canary-zoe", "canary-room");
    for count in 0..3 {
        ana.say(&count.to_string(), "canary-text");
    }
    assert_eq!((ana.messages(3).len(), zoe.messages(3).len()), (3, 3));
    ana.say("0", "canary-text");
    ana.say("0", "another text");
    ana.send("canary-rubbish");

    let refused =
        |now: &BTreeMap<String, f64>, code| now[&format!("papo_rejections_total{{code=\"{code}\"}}")];
    let now = figures_when(&server, |now| refused(now, "bad_json") + refused(now, "id_reused") == 2.0);
    for (series, expected) in [
        ("papo_connections{carrier=\"lines\"}", 2.0),
        ("papo_connections{carrier=\"websocket\"}", 0.0),
        ("papo_connections_begun_total{carrier=\"lines\"}", 2.0),
        ("papo_accepts_total{outcome=\"taken\"}", 2.0),
        ("papo_accepts_total{outcome=\"closed_unsaid\"}", 0.0),
        ("papo_handshakes_total{outcome=\"done\"}", 2.0),
        ("papo_rooms", 1.0),
        ("papo_members", 2.0),
        ("papo_messages_total{outcome=\"stored\"}", 3.0),
        ("papo_messages_total{outcome=\"repeated\"}", 1.0),
        ("papo_messages_total{outcome=\"conflicting\"}", 1.0),
        ("papo_messages_total{outcome=\"failed\"}", 0.0),
        ("papo_deliveries_total", 6.0),
        ("papo_rejections_total{code=\"id_reused\"}", 1.0),
        ("papo_rejections_total{code=\"bad_json\"}", 1.0),
        ("papo_closings_total{code=\"left\"}", 0.0),
    ] {
        assert_eq!(now[series], expected, "{series}: {now:#?}");
    }
    let (records, commits) = (now["papo_delivery_records_total"], now["papo_log_commit_seconds_count"]);
    assert!((2.0..=6.0).contains(&records) && (1.0..=5.0).contains(&commits), "{now:#?}");
    assert_eq!(now["papo_fan_out_seconds_count"], records, "everybody was there when it was said");

    drop(zoe);
    ana.send(r#"{"type":"leave"}"#);
    let end = figures_when(&server, |now| now["papo_connections{carrier=\"lines\"}"] == 0.0);
    assert_eq!(end["papo_closings_total{code=\"left\"}"], 1.0);
    assert_eq!(end["papo_deliveries_total"], 6.0);
}

/// Invariant: a connection that is closed without a word is counted once, by the reason, whatever the reason is.
#[test]
fn who_is_closed_without_a_word_is_counted_by_the_reason() {
    let server = TestServer::start(|config| {
        config.limits.handshake_seconds_max = 1;
        config.limits.connections_per_address_max = 1;
    });
    let connect = || TcpStream::connect(server.address).unwrap();
    let say = |bytes: &[u8]| {
        let mut stream = connect();
        stream.write_all(bytes).unwrap();
        stream
    };
    let end = |mut stream: TcpStream| {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // It may be a reset instead of an end.
        let _ = stream.read_to_end(&mut Vec::new());
    };
    // Records of a handshake, each with a piece of a message that never ends.
    let endless = [&[22, 3, 1, 0x30, 0, 1, 0, 0xff, 0xff][..], &[0; 0x3000 - 4]].concat();
    let endless = [&endless[..], &[22, 3, 1, 0x30, 0], &[0; 0x3000]].concat();
    let rows: [(&str, &dyn Fn()); 5] = [
        ("silent", &|| end(connect())),
        ("not_tls", &|| end(say(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))),
        ("handshake_late", &|| end(say(&[22, 3, 1, 2, 0, 1, 0]))),
        ("handshake_failed", &|| end(say(&[22, 3, 1, 0, 4, 99, 0, 0, 0]))),
        ("handshake_too_large", &|| end(say(&endless))),
    ];
    let reasons = |now: &BTreeMap<String, f64>| -> BTreeMap<String, f64> {
        let is_one = |series: &str| series.starts_with("papo_closings_unsaid_total");
        now.iter()
            .filter(|(series, _)| is_one(series))
            .map(|(series, &count)| (series.clone(), count))
            .collect()
    };
    let mut expected = reasons(&figures(&server));
    assert!(expected.len() > rows.len() && expected.values().all(|&count| count == 0.0), "{expected:?}");
    let mut count_of = |reason: &str, act: &dyn Fn()| {
        act();
        *expected.get_mut(&format!("papo_closings_unsaid_total{{reason=\"{reason}\"}}")).unwrap() += 1.0;
        let all: f64 = expected.values().sum();
        let now = figures_when(&server, |now| reasons(now).values().sum::<f64>() >= all);
        assert_eq!(reasons(&now), expected, "{reason}");
    };
    for (reason, act) in rows {
        count_of(reason, act);
    }
    // The first stays, some more are told that they are too many, and one above those is not.
    let _held: Vec<TcpStream> = (0..9).map(|_| say(&[22])).collect();
    count_of("address_full", &|| end(connect()));
}

/// Invariant: who comes back and is read up has waited because it was away: that is a delivery, and no fan-out.
#[test]
fn catching_up_is_no_fan_out() {
    let server = server();
    let (mut ana, _) = server.guest("Ana", "lobby");
    ana.say("1", "one");
    ana.say("2", "two");
    ana.messages(2);
    let before = figures_when(&server, |now| now["papo_deliveries_total"] == 2.0);
    let mut late = server.client();
    late.join(r#"{"type":"join","name":"Zoe","room":"lobby","after":0}"#);
    late.messages(2);
    let after = figures_when(&server, |now| now["papo_deliveries_total"] == 4.0);
    assert_eq!(after["papo_fan_out_seconds_count"], before["papo_fan_out_seconds_count"]);
    ana.say("3", "three");
    ana.message();
    late.message();
    let live = figures_when(&server, |now| now["papo_deliveries_total"] == 6.0);
    assert_eq!(live["papo_fan_out_seconds_count"], after["papo_fan_out_seconds_count"] + 2.0);
}

/// Invariant: no text, name, room or address of a member is among the figures, and the public address has none.
#[test]
fn figures_name_nobody_and_are_not_public() {
    let server = server();
    let (mut ana, joined) = server.guest("canary-name", "canary-room");
    ana.say("canary-id", "canary-text");
    ana.message();
    let (_, text) = ask(server.admin.unwrap(), "/metrics", "127.0.0.1");
    for canary in ["canary", joined.you.id.as_str(), &joined.epoch, &server.address.port().to_string()] {
        assert!(!text.contains(canary), "{canary} is among the figures:\n{text}");
    }
    let mut browser = server.connect(&Dial { alpn: &[b"http/1.1"], ..Dial::default() });
    browser.send_raw(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let answer = rest(&mut browser);
    assert!(answer.starts_with("HTTP/1.1 404 ") && !answer.contains("papo_"), "{answer}");
}

/// Invariant: in plain text only names of this computer are answered (DNS rebinding), nothing else is there, and
/// health can be asked for on both addresses.
#[test]
fn the_operators_address_answers_three_questions() {
    let server = server();
    let admin = server.admin.unwrap();
    for (path, host, status) in [
        ("/metrics", "localhost:9464", 200),
        ("/metrics?x=y", "[::1]", 200),
        ("/healthz", "localhost", 200),
        ("/readyz", "localhost", 200),
        ("/", "localhost", 404),
        ("/lobby", "localhost", 404),
        ("/socket", "localhost", 404),
        ("/metrics", "evil.example", 421),
        ("//", "localhost", 404),
        ("http://localhost/metrics", "localhost", 400),
    ] {
        let (answered, text) = ask(admin, path, host);
        assert_eq!(answered, status, "{path} at {host}: {text}");
        assert!(text.contains("Connection: close\r\n"), "{text}");
    }
    let mut browser = server.connect(&Dial { alpn: &[b"http/1.1"], ..Dial::default() });
    browser.send_raw(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(rest(&mut browser).starts_with("HTTP/1.1 200 OK\r\n"));
    figures_when(&server, |now| now["papo_http_answers_total{status=\"200\"}"] == 1.0);
}

/// Invariant: where others could reach it, the operator's address speaks TLS with the server's key.
#[test]
fn beyond_this_computer_figures_are_encrypted() {
    let server =
        TestServer::start(|config| config.admin = Some(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, server.admin.unwrap().port()));
    let mut client = RawClient::connect(address, &Dial { alpn: &[b"http/1.1"], ..Dial::default() }).unwrap();
    assert_eq!(client.fingerprint, server.fingerprint);
    client.send_raw(b"GET /metrics HTTP/1.1\r\nHost: figures.example\r\n\r\n");
    let answer = rest(&mut client);
    let (_, text) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(read(text)["papo_ready"], 1.0);
    let mut plain = TcpStream::connect(address).unwrap();
    plain.set_read_timeout(Some(PATIENCE)).unwrap();
    plain.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // It may be a reset instead of an end.
    let _ = plain.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("papo"), "nothing is said without TLS");
}

/// All that still comes.
fn rest(client: &mut RawClient) -> String {
    let mut all = String::new();
    while let Some(line) = client.line() {
        all.push_str(&String::from_utf8_lossy(&line));
        all.push('\n');
    }
    all
}

/// Invariant: whoever takes our dashboard and alerts looks at figures that there are: every series that they, and the
/// manual of operations, name is among those that a server tells, with the labels that they ask for.
#[test]
fn dashboard_alerts_and_manual_name_figures_that_there_are() {
    let server = server();
    let told = figures(&server);
    for (file, text, least) in [
        ("grafana-dashboard.json", include_str!("../../../../examples/grafana-dashboard.json"), 30),
        ("alerts.yaml", include_str!("../../../../examples/alerts.yaml"), 10),
        ("OPERATIONS.md", include_str!("../../../../docs/OPERATIONS.md"), 20),
    ] {
        let text = text.replace("\\\"", "\"");
        let asked = asked_for(&text);
        assert!(asked.len() >= least, "{file} asks for {asked:?}");
        for (name, labels) in &asked {
            // A histogram has no series of its own name; people call it so all the same.
            let as_written = |series: &str| match series.strip_suffix("_bucket") {
                Some(family) if file == "OPERATIONS.md" => family == *name || series == *name,
                _ => series == *name,
            };
            let series: Vec<&String> =
                told.keys().filter(|series| as_written(series.split('{').next().unwrap_or(series))).collect();
            assert!(!series.is_empty(), "{file} asks for {name}, which no server tells");
            for label in labels {
                assert!(series.iter().any(|series| series.contains(label)), "{file}: {name} has no {label}");
            }
        }
    }
}

/// The series that a text of queries names, each with its labels (`code="full"`) of which we give the values.
fn asked_for(text: &str) -> Vec<(&str, Vec<String>)> {
    let mut asked = Vec::new();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut rest, mut is_begun) = (text, false);
    while let Some(c) = rest.chars().next() {
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end.max(c.len_utf8()));
        rest = after;
        let is_series =
            word.starts_with("papo_") || (word.starts_with("process_") && cfg!(target_os = "linux"));
        // `PAPO_…`, files and parts of longer words are no series; `process_*` stands for several.
        if !is_series || is_begun || rest.starts_with('*') {
            is_begun = matches!(c, '/' | '-' | '.');
            continue;
        }
        let inside =
            rest.strip_prefix('{').and_then(|inside| inside.split_once('}')).map_or("", |(it, _)| it);
        asked.push((word, labels(inside)));
    }
    asked
}

/// The labels between the braces of a query, but for those that Prometheus itself gives.
fn labels(inside: &str) -> Vec<String> {
    let mut labels = Vec::new();
    for one in inside.split(',') {
        let Some((name, value)) = one.split_once('=') else { continue };
        let (name, value) = (name.trim_end_matches('!'), value.trim_start_matches('~').trim_matches('"'));
        if !["instance", "job"].contains(&name) {
            labels.extend(value.split('|').map(|value| format!("{name}=\"{value}\"")));
        }
    }
    labels
}
