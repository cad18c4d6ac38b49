//! What every message's text begins with: when it should have been sent, by whom, and its place among its
//! writer's messages. Written and read once a delivery, so the digits are the letters `a` to `p`: they need no
//! escape in any carrier and no branch to read. Not here: the rest of the text, which is padding.

/// How many bytes a stamp takes.
pub(crate) const STAMP_BYTES: usize = DUE_DIGITS + WRITER_DIGITS + COUNT_DIGITS;

const DUE_DIGITS: usize = 16;
const WRITER_DIGITS: usize = 4;
const COUNT_DIGITS: usize = 8;

/// The digit zero; the others follow it.
const ZERO: u8 = b'a';

/// Where and when a message comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// When it should have been sent, in nanoseconds since the start of the load.
    pub(crate) due_ns: u64,
    /// Which writer wrote it, from 0.
    pub(crate) writer: u64,
    /// How many messages that writer wrote before.
    pub(crate) count: u64,
}

impl Stamp {
    /// Appends the stamp to a text.
    pub(crate) fn write(self, text: &mut Vec<u8>) {
        for (number, digits) in
            [(self.due_ns, DUE_DIGITS), (self.writer, WRITER_DIGITS), (self.count, COUNT_DIGITS)]
        {
            text.extend((0..digits).rev().map(|at| ZERO + ((number >> (4 * at)) % 16).to_le_bytes()[0]));
        }
    }

    /// Reads the stamp at the beginning of a text.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let (due_ns, rest) = text.split_at_checked(DUE_DIGITS)?;
        let (writer, rest) = rest.split_at_checked(WRITER_DIGITS)?;
        let count = rest.get(..COUNT_DIGITS)?;
        Some(Self { due_ns: number(due_ns), writer: number(writer), count: number(count) })
    }
}

fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number << 4 | u64::from(digit.wrapping_sub(ZERO) % 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_reads_as_it_was_written() {
        for stamp in [
            Stamp { due_ns: 0, writer: 0, count: 0 },
            Stamp { due_ns: 0x1234_5678_9abc_def0, writer: 0xffff, count: 0x0fed_cba9 },
        ] {
            let mut text = Vec::new();
            stamp.write(&mut text);
            assert_eq!(text.len(), STAMP_BYTES);
            assert!(text.iter().all(u8::is_ascii_lowercase), "{text:?}");
            text.extend_from_slice(b"xxxx");
            assert_eq!(Stamp::read(&text), Some(stamp));
            assert_eq!(Stamp::read(&text[..STAMP_BYTES - 1]), None);
        }
    }
}
