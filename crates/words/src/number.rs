//! Numbers as each language writes them. Not here: amounts inside of a text, which are given to it as they are.

use crate::{Language, language};

/// A whole number with its thousands apart: 1,234,567 or 1.234.567.
pub fn whole(number: u64) -> String {
    marked(&number.to_string(), language())
}

/// A number with so many decimals: 1,234.50 or 1.234,50.
pub fn decimal(number: f64, decimals: usize) -> String {
    marked(&format!("{number:.decimals$}"), language())
}

/// A number with at most so many decimals, and no zero at their end: 1,234.5 or 1.234,5.
pub fn short(number: f64, decimals_max: usize) -> String {
    let plain = format!("{number:.decimals_max$}");
    let plain = if decimals_max > 0 { plain.trim_end_matches('0').trim_end_matches('.') } else { &plain };
    marked(plain, language())
}

/// A number that is written in digits with a point, with its thousands apart and the language's decimal mark.
pub(crate) fn marked(plain: &str, language: Language) -> String {
    let (thousands, mark) = match language {
        Language::English => (',', '.'),
        Language::Portuguese => ('.', ','),
    };
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut written = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            written.push(thousands);
        }
        written.push(digit);
    }
    if !fraction.is_empty() {
        written.push(mark);
        written.push_str(fraction);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::in_language;

    #[test]
    fn numbers_are_written_as_the_language_does() {
        for (number, decimals, english, portuguese) in [
            (0.0, 0, "0", "0"),
            (999.0, 0, "999", "999"),
            (1000.0, 0, "1,000", "1.000"),
            (-1_234_567.0, 0, "-1,234,567", "-1.234.567"),
            (1234.5, 2, "1,234.50", "1.234,50"),
        ] {
            assert_eq!(decimal(number, decimals), english);
            in_language(Language::Portuguese, || assert_eq!(decimal(number, decimals), portuguese));
        }
        assert_eq!((whole(0), whole(1_234_567)), ("0".to_owned(), "1,234,567".to_owned()));
    }

    #[test]
    fn only_zeros_behind_the_mark_are_left_out() {
        for (number, decimals_max, text) in
            [(1200.0, 0, "1,200"), (1200.0, 2, "1,200"), (0.5, 2, "0.5"), (0.996, 2, "1"), (9.25, 2, "9.25")]
        {
            assert_eq!(short(number, decimals_max), text);
        }
    }
}
