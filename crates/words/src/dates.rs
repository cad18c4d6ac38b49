//! Days and hours as each language writes them. Not here: what time it is, and where; callers say both.

use jiff::civil::{Date, DateTime, Time};

use crate::t;

/// A day as a heading: "today", "yesterday", "Sunday, 22 November", and with the year where it is not this one.
pub fn day(day: Date, today: Date) -> String {
    if day == today {
        return t!("dates-today");
    }
    if day.tomorrow().is_ok_and(|next| next == today) {
        return t!("dates-yesterday");
    }
    let (weekday, month) = (weekday(day), month(day));
    if day.year() == today.year() {
        t!("dates-long", weekday = weekday, day = i32::from(day.day()), month = month)
    } else {
        let year = day.year().to_string();
        t!("dates-long-year", weekday = weekday, day = i32::from(day.day()), month = month, year = year)
    }
}

/// A day in figures, for lists and tables: 22/11/2026, or 2026-11-22 in English, where nobody can tell
/// which of day and month comes first.
pub fn short(day: Date) -> String {
    let two = |number: i8| format!("{number:02}");
    t!("dates-short", year = format!("{:04}", day.year()), month = two(day.month()), day = two(day.day()))
}

/// The same of a day that is written as in 2026-11-22; what else it is stays as it is.
pub fn short_of(day: &str) -> String {
    day.parse().map_or_else(|_| day.to_owned(), short)
}

/// Hours and minutes.
pub fn time(time: Time) -> String {
    let two = |number: i8| format!("{number:02}");
    t!("dates-time", hour = two(time.hour()), minute = two(time.minute()))
}

/// Hours and minutes, with the day in figures before them if it is not today.
pub fn moment(then: DateTime, today: Date) -> String {
    if then.date() == today {
        time(then.time())
    } else {
        format!("{} {}", short(then.date()), time(then.time()))
    }
}

fn weekday(day: Date) -> String {
    t!("dates-weekday", number = i32::from(day.weekday().to_monday_one_offset()))
}

fn month(day: Date) -> String {
    t!("dates-month", number = i32::from(day.month()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;
    use crate::{Language, in_language};

    #[test]
    fn a_day_is_written_as_each_language_does() {
        let today = date(2026, 11, 23);
        for (then, english, portuguese) in [
            (today, "Today", "Hoje"),
            (date(2026, 11, 22), "Yesterday", "Ontem"),
            (date(2026, 3, 1), "Sunday, 1 March", "Domingo, 1º de março"),
            (date(2026, 11, 21), "Saturday, 21 November", "Sábado, 21 de novembro"),
            (date(2025, 12, 24), "Wednesday, 24 December 2025", "Quarta-feira, 24 de dezembro de 2025"),
        ] {
            assert_eq!(day(then, today), english);
            in_language(Language::Portuguese, || assert_eq!(day(then, today), portuguese));
        }
    }

    #[test]
    fn every_day_and_month_has_a_name() {
        for language in Language::ALL {
            in_language(language, || {
                let mut names: Vec<String> = (1..=12).map(|n| month(date(2026, n, 1))).collect();
                names.extend((1..=7).map(|n| weekday(date(2026, 11, n))));
                names.sort();
                names.dedup();
                assert_eq!(names.len(), 19, "{names:?}");
            });
        }
    }

    #[test]
    fn a_moment_names_its_day_unless_that_is_today() {
        let then = datetime(2026, 2, 3, 4, 5, 0, 0);
        assert_eq!(moment(then, date(2026, 2, 3)), "04:05");
        assert_eq!(moment(then, date(2026, 2, 4)), "2026-02-03 04:05");
        in_language(Language::Portuguese, || assert_eq!(moment(then, date(2026, 2, 4)), "03/02/2026 04:05"));
    }
}
