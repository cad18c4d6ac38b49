//! Days and times as the reader's calendar, clock and language write them. Not here: the words themselves.

use jiff::Zoned;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use papo_client::state::Clock;
use papo_proto::Timestamp;
use papo_words::{dates, t};

/// A point in time on the reader's clock.
fn local(time: Timestamp) -> DateTime {
    let ms = i64::try_from(time.unix_ms()).unwrap_or(i64::MAX);
    let time = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX);
    Zoned::new(time, TimeZone::system()).datetime()
}

/// The number of the day of a point in time; days that follow each other have numbers that do.
pub(super) fn day_number(time: Timestamp) -> i64 {
    let date = local(time).date();
    i64::from(date.year()) * 1_000 + i64::from(date.day_of_year())
}

/// The day of a point in time, as a heading.
pub(super) fn day(time: Timestamp, now: Timestamp) -> String {
    dates::day(local(time).date(), local(now).date())
}

/// The time of day.
pub(super) fn time(time: Timestamp, clock: Clock) -> String {
    let time = local(time).time();
    match clock {
        Clock::Hours24 => dates::time(time),
        Clock::Hours12 => {
            let hour = match time.hour() % 12 {
                0 => 12,
                hour => hour,
            };
            let minute = format!("{:02}", time.minute());
            if time.hour() < 12 {
                t!("window-time-am", hour = hour.to_string(), minute = minute)
            } else {
                t!("window-time-pm", hour = hour.to_string(), minute = minute)
            }
        }
    }
}

/// Day and time of day.
pub(super) fn full(moment: Timestamp, clock: Clock) -> String {
    let date: Date = local(moment).date();
    format!("{} {}", dates::short(date), time(moment, clock))
}
