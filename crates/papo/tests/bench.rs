//! Tests of `papo bench` with the real binary: for one second each, every message reaches everybody once and in
//! order, and the figures are there. How large they are is no matter of a test.

// Said once more, for the lints: helpers of tests may panic as tests do.
#![cfg(test)]

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

fn bench(arguments: &[&str]) -> Output {
    let common = ["bench", "--seconds", "1", "--warmup", "0"];
    Command::new(env!("CARGO_BIN_EXE_papo"))
        .env("PAPO_LANG", "en")
        .args(common)
        .args(arguments)
        .output()
        .unwrap()
}

fn measured(arguments: &[&str]) -> Value {
    let ended = bench(&[arguments, &["--json"]].concat());
    assert!(ended.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
    let report: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!((&report["lost"], &report["repeated"]), (&0.into(), &0.into()), "{arguments:?}: {report}");
    report
}

#[test]
fn everybody_gets_everything_once_and_in_order() {
    for arguments in [
        ["--listeners", "20", "--writers", "2"].as_slice(),
        &["--listeners", "20", "--writers", "2", "--yardstick"],
        &["--listeners", "6", "--writers", "3", "--rooms", "3", "--log", "disk", "--rate", "200"],
        &["--listeners", "6", "--shards", "2", "--bytes", "5000", "--window", "4", "--log", "os"],
    ] {
        let report = measured(arguments);
        assert!(report["deliveries"].as_u64().unwrap() > 0, "{report}");
        for key in ["p50", "p90", "p99", "p999", "max"] {
            assert!(report["latency_us"]["delivery"][key].as_f64().unwrap() > 0.0, "{key} of {report}");
            assert!(report["latency_us"]["echo"][key].as_f64().unwrap() > 0.0, "{key} of {report}");
        }
        for key in
            ["messages_per_second", "deliveries_per_second", "deliveries_per_record", "bytes_per_delivery"]
        {
            assert!(report[key].as_f64().unwrap() > 0.0, "{key} of {report}");
        }
        assert!(!report["timeline"].as_array().unwrap().is_empty(), "{report}");
        assert!(!report["distribution"].as_array().unwrap().is_empty(), "{report}");
        if cfg!(target_os = "linux") {
            for key in ["us_per_delivery", "user_us_per_delivery", "system_us_per_delivery"] {
                assert!(report["server_cpu"][key].as_f64().unwrap() >= 0.0, "{key} of {report}");
            }
            assert!(report["newcomers"]["server_cpu_us_each"].as_f64().unwrap() > 0.0, "{report}");
        }
    }
}

#[test]
fn every_message_of_a_counted_load_reaches_every_member() {
    let report = measured(&["--listeners", "9", "--messages", "50", "--window", "5"]);
    assert_eq!((&report["messages"], &report["deliveries"]), (&50.into(), &500.into()), "{report}");
}

#[test]
fn every_message_reaches_every_member_over_websocket_too() {
    let load = ["--carrier", "websocket", "--listeners", "9", "--messages", "50", "--window", "5"];
    let report = measured(&load);
    assert_eq!((&report["messages"], &report["deliveries"]), (&50.into(), &500.into()), "{report}");
}

#[test]
fn idle_slow_and_storming_members_are_counted_and_shown_on_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    let report = measured(&[
        "--listeners",
        "5",
        "--rate",
        "100",
        "--idle",
        "30",
        "--slow",
        "2",
        "--storm",
        "40",
        "--log",
        "disk",
        "--report",
        page.to_str().unwrap(),
    ]);
    assert_eq!(
        (&report["storm"]["joined"], &report["storm"]["refused"]),
        (&40.into(), &0.into()),
        "{report}"
    );
    assert_eq!(report["slow"]["caught_up"], 2, "{report}");
    assert_eq!(
        report["slow"]["messages_left_out_by_name"], 0,
        "what the disk keeps is not left out: {report}"
    );
    assert_eq!(report["idle"]["connections"], 30, "{report}");
    let html = fs::read_to_string(page).unwrap();
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
    for outside in ["http://", "https://", "src=", "<script", "url(", "@import"] {
        // The name of a namespace is never fetched.
        let page = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assert!(!page.contains(outside), "the page asks for something: {outside}");
    }
    assert!(html.matches("<svg").count() >= 4, "the plots are there");
}

#[test]
fn only_those_who_stay_can_be_measured() {
    let report = measured(&["--listeners", "0", "--writers", "0", "--idle", "20", "--handshakes", "40"]);
    assert_eq!(report["handshakes"]["connections"], 40, "{report}");
    if cfg!(target_os = "linux") {
        assert!(report["handshakes"]["server_cpu_us_each"].as_f64().unwrap() > 0.0, "{report}");
        assert!(report["idle"]["server_memory_bytes_first"].is_number(), "{report}");
    }
    assert_eq!((&report["idle"]["connections"], &report["deliveries"]), (&20.into(), &0.into()), "{report}");
}

#[test]
fn what_contradicts_itself_is_wrong_usage() {
    for (arguments, words) in [
        (["--bytes", "31"].as_slice(), "32"),
        (&["--window", "0"], "--window"),
        (&["--writers", "2", "--rooms", "3"], "say --writers 3 or more"),
        (&["--log", "tape"], "disk"),
        (&["--carrier", "mqtt"], "INVITE"),
    ] {
        let ended = bench(arguments);
        let told = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
}
