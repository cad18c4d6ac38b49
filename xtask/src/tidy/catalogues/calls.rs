//! The calls of `t!` in a Rust file, with their keys and the names of their arguments. Not here: whether a
//! catalogue has them.

use std::collections::BTreeSet;

use crate::tidy::source::{Flat, Source};

/// How a call begins.
const BEGIN: &str = "t!(";

/// One call of `t!`.
pub(super) struct Call {
    pub(super) key: String,
    pub(super) arguments: BTreeSet<String>,
    /// Where it begins, counted from 1.
    pub(super) line: usize,
    pub(super) is_test: bool,
}

/// Every call of a file whose key is written out, from top to bottom.
pub(super) fn find(source: &Source) -> Vec<Call> {
    let flat = Flat::new(source);
    let starts = (0..flat.code.len()).filter(|&start| flat.begins_at(start));
    starts.filter_map(|start| flat.call(source, start)).collect()
}

impl Flat {
    /// Whether a call begins here, and not the end of another macro's name.
    fn begins_at(&self, start: usize) -> bool {
        let before = start.checked_sub(1).map(|before| self.code[before]);
        let is_begin = self.code[start..].iter().copied().take(BEGIN.len()).eq(BEGIN.chars());
        is_begin && !before.is_some_and(|char| char.is_alphanumeric() || char == '_')
    }

    fn call(&self, source: &Source, start: usize) -> Option<Call> {
        let mut parts = self.parts(start + BEGIN.len()).into_iter();
        let key = parts.next()?.trim().strip_prefix('"')?.strip_suffix('"')?.to_owned();
        let name = |part: String| part.split_once('=').map(|(name, _)| name.trim().to_owned());
        let line = self.line_of[start];
        let is_test = source.lines.get(line).is_some_and(|line| line.is_test);
        Some(Call { key, arguments: parts.filter_map(name).collect(), line: line + 1, is_test })
    }

    /// What stands between the commas up to the end of the parentheses that are open at `start`.
    fn parts(&self, start: usize) -> Vec<String> {
        let mut parts = vec![String::new()];
        let mut depth = 0_usize;
        for (code, text) in self.code.iter().zip(&self.text).skip(start) {
            match code {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth == 0 => break,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => {
                    parts.push(String::new());
                    continue;
                }
                _ => {}
            }
            parts.last_mut().into_iter().for_each(|part| part.push(*text));
        }
        parts
    }
}
