//! Days and times as the reader's calendar, clock and language write them. Not here: the words themselves.

use std::cell::Cell;

use jiff::Zoned;
use jiff::civil::{Date, DateTime, Time};
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

/// Numbers the days of many points in time. Most of them are of the day of the one before, and looking at a clock
/// takes far longer than looking at that.
#[derive(Debug, Default)]
pub(super) struct Days {
    /// From when to when the last day was, in milliseconds since 1970, and its number.
    last: Cell<(u64, u64, i64)>,
}

impl Days {
    /// The number of the day of a point in time, as [`day_number`] has it.
    pub(super) fn number(&self, time: Timestamp) -> i64 {
        let ms = time.unix_ms();
        let (begin, end, number) = self.last.get();
        if (begin..end).contains(&ms) {
            return number;
        }
        let number = day_number(time);
        if let Some((begin, end)) = bounds(ms) {
            self.last.set((begin, end, number));
        }
        number
    }
}

/// When the day of a point in time begins, and when the next one does; a day may be longer or shorter than others.
fn bounds(ms: u64) -> Option<(u64, u64)> {
    let time = jiff::Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok()?;
    let begin = Zoned::new(time, TimeZone::system()).start_of_day().ok()?;
    let end = begin.tomorrow().ok()?.start_of_day().ok()?;
    let ms = |moment: Zoned| u64::try_from(moment.timestamp().as_millisecond()).ok();
    Some((ms(begin)?, ms(end)?))
}

/// The day of a point in time, as a heading.
pub(super) fn day(time: Timestamp, now: Timestamp) -> String {
    dates::day(local(time).date(), local(now).date())
}

/// How many minutes after midnight it is.
pub(crate) fn minute_of_day(time: Timestamp) -> u16 {
    let time = local(time).time();
    u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).unwrap_or_default()
}

/// The time of day so many minutes after midnight.
pub(super) fn time_of_minute(minute: u16, clock: Clock) -> String {
    let part = |number: u16| i8::try_from(number).unwrap_or_default();
    let time = Time::new(part(minute / 60 % 24), part(minute % 60), 0, 0);
    clock_time(time.unwrap_or_default(), clock)
}

/// The time of day.
pub(super) fn time(time: Timestamp, clock: Clock) -> String {
    clock_time(local(time).time(), clock)
}

fn clock_time(time: Time, clock: Clock) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_many_moments_have_the_numbers_that_each_has_alone() {
        let days = Days::default();
        let hour = 3_600_000;
        // More than a year of hours, forwards and backwards, over every change of the clock there is.
        let moments = (0..10_000_u64).chain((0..10_000).rev());
        for ms in moments.map(|hours| 1_795_000_000_000 + hours * hour) {
            let time = Timestamp::from_unix_ms(ms);
            assert_eq!(days.number(time), day_number(time), "{ms}");
        }
        for ms in [0, 1, u64::MAX, 8_640_000_000_000_000] {
            let time = Timestamp::from_unix_ms(ms);
            assert_eq!(days.number(time), day_number(time), "{ms}");
        }
    }
}
