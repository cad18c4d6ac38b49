//! The server's limits as an operator writes them: `off`, or a list such as `connections=5000, messages=20:100`.
//! Not here: what they mean and why they are what they are, which the server library says.

use papo_server::{Limits, Rate};
use papo_words::t;

use super::number;

/// How the value of a limit is written, and where it goes.
#[derive(Clone, Copy)]
enum Limit {
    /// A whole number from 1 on, or `off`.
    Count(fn(&mut Limits) -> &mut usize),
    /// So many a second, or so many and a burst, or `off`.
    Rate(fn(&mut Limits) -> &mut Option<Rate>),
    /// A whole number of seconds from 1 on.
    Seconds(fn(&mut Limits) -> &mut u64),
}

use Limit::{Count, Seconds};

/// Every limit by its name.
const LIMITS: [(&str, Limit); 17] = [
    ("connections", Count(|limits| &mut limits.connections_max)),
    ("connections-per-address", Count(|limits| &mut limits.connections_per_address_max)),
    ("handshakes", Count(|limits| &mut limits.handshakes_max)),
    ("pending-per-address", Count(|limits| &mut limits.pending_per_address_max)),
    ("connects-per-address", Limit::Rate(|limits| &mut limits.connects_per_address)),
    ("http-per-address", Limit::Rate(|limits| &mut limits.http_per_address)),
    ("joins", Limit::Rate(|limits| &mut limits.joins)),
    ("joins-per-address", Limit::Rate(|limits| &mut limits.joins_per_address)),
    ("messages", Limit::Rate(|limits| &mut limits.messages)),
    ("messages-per-address", Limit::Rate(|limits| &mut limits.messages_per_address)),
    ("requests", Limit::Rate(|limits| &mut limits.requests)),
    ("requests-per-address", Limit::Rate(|limits| &mut limits.requests_per_address)),
    ("wrong-secrets-per-address", Limit::Rate(|limits| &mut limits.wrong_secrets_per_address)),
    ("handshake-seconds", Seconds(|limits| &mut limits.handshake_seconds_max)),
    ("join-seconds", Seconds(|limits| &mut limits.join_seconds_max)),
    ("line-seconds", Seconds(|limits| &mut limits.line_seconds_max)),
    ("stall-seconds", Seconds(|limits| &mut limits.stall_seconds_max)),
];

/// The limits that a text stands for: those it does not name are as usual, or off where it begins with `off`.
pub(super) fn limits(text: &str) -> Result<Limits, String> {
    let mut limits = Limits::default();
    for (index, part) in text.split(',').map(str::trim).enumerate() {
        match part.split_once('=') {
            Some((name, value)) => set(&mut limits, name.trim(), value.trim())?,
            None if part == "off" && index == 0 => limits = Limits::without_rates(),
            None => {
                return Err(t!("cli-not-limit", text = format!("{part:?}")));
            }
        }
    }
    Ok(limits)
}

fn set(limits: &mut Limits, name: &str, value: &str) -> Result<(), String> {
    let Some((_, limit)) = LIMITS.iter().find(|(known, _)| *known == name) else {
        let names: Vec<&str> = LIMITS.iter().map(|(name, _)| *name).collect();
        return Err(t!("cli-no-limit", name = format!("{name:?}"), names = names.join(", ")));
    };
    let wrong = |error: String| t!("cli-wrong", source = name, why = error);
    match limit {
        Count(field) if value == "off" => *field(limits) = usize::MAX,
        Count(field) => *field(limits) = number(value, 1).map_err(wrong)?,
        Limit::Rate(field) => *field(limits) = rate(value).map_err(wrong)?,
        Seconds(field) => *field(limits) = number(value, 1).map_err(wrong)?,
    }
    Ok(())
}

/// `off`, `N` or `N:BURST`. Without a burst it is twice the rate: people write in bursts.
pub(super) fn rate(text: &str) -> Result<Option<Rate>, String> {
    if text == "off" {
        return Ok(None);
    }
    let (per_second, burst) = text.split_once(':').map_or((text, None), |(rate, burst)| (rate, Some(burst)));
    let per_second: u32 = number(per_second, 1).map_err(|error| t!("cli-not-rate", why = error))?;
    let burst = burst.map_or(Ok(per_second.saturating_mul(2)), |burst| number(burst, 1))?;
    Ok(Some(Rate { per_second, burst }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_written_by_name() {
        let usual = Limits::default();
        assert_eq!(limits("off"), Ok(Limits::without_rates()));
        assert_eq!(limits("messages=off"), Ok(Limits { messages: None, ..usual }));
        let rate = |per_second, burst| Some(Rate { per_second, burst });
        assert_eq!(
            limits("connections=7, messages=20:90,joins=3 , join-seconds=5"),
            Ok(Limits {
                connections_max: 7,
                messages: rate(20, 90),
                joins: rate(3, 6),
                join_seconds_max: 5,
                ..usual
            })
        );
        let some = Limits { requests: rate(1, 1), ..Limits::without_rates() };
        assert_eq!(limits("off,requests=1:1"), Ok(some));
    }

    /// Invariant: every limit can be set by its own name, and none sets another's.
    #[test]
    fn every_limit_can_be_set() {
        let mut seen = Vec::new();
        for (name, _) in LIMITS {
            let set = limits(&format!("{name}=4")).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_ne!(set, Limits::default(), "{name}");
            assert!(!seen.contains(&set), "{name} sets what another sets");
            seen.push(set);
        }
        let fields = format!("{:?}", Limits::without_rates()).matches("_max:").count()
            + format!("{:?}", Limits::without_rates()).matches(": None").count();
        assert_eq!(fields, LIMITS.len(), "a limit without a name");
    }

    /// Invariant: the manual names every limit, and its usual value is the one in use.
    #[test]
    fn the_manual_is_right() {
        let manual = include_str!("../../../../docs/OPERATIONS.md");
        for (name, _) in LIMITS {
            let row = manual.lines().find_map(|line| line.strip_prefix(&format!("| `{name}` | `")));
            let usual = row.and_then(|row| row.split('`').next()).expect(name);
            assert_eq!(limits(&format!("{name}={usual}")), Ok(Limits::default()), "{name}");
        }
    }

    #[test]
    fn wrong_limits_say_what_is_wrong() {
        for (text, expected) in [
            ("loud", "\"loud\" is not a limit: write off, or NAME=VALUE"),
            ("messages=1,off", "\"off\" is not a limit"),
            ("noise=1", "there is no limit \"noise\": it is one of connections, "),
            ("messages=0", "messages: \"0\" is not a whole number from 1 on: write one, or off"),
            ("messages=1:x", "messages: \"x\" is not a whole number"),
            ("join-seconds=off", "join-seconds: \"off\" is not a whole number"),
        ] {
            let error = limits(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
