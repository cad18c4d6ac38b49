//! A Rust file as one row of characters, for rules that look across lines. Not here: what they look for.

use super::Source;

/// A file as one row of characters, once with the insides of literals blanked and once as it is written.
pub(in crate::tidy) struct Flat {
    pub(in crate::tidy) code: Vec<char>,
    pub(in crate::tidy) text: Vec<char>,
    /// The line of each character, counted from 0.
    pub(in crate::tidy) line_of: Vec<usize>,
}

impl Flat {
    pub(in crate::tidy) fn new(source: &Source) -> Self {
        let mut flat = Self { code: Vec::new(), text: Vec::new(), line_of: Vec::new() };
        for (number, line) in source.lines.iter().enumerate() {
            flat.code.extend(line.code.chars().chain(['\n']));
            flat.text.extend(line.text.chars().chain(['\n']));
            flat.line_of.resize(flat.code.len(), number);
        }
        flat
    }
}
