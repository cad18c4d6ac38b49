//! Standard input as lines, in a thread of its own, no faster than they are dealt with. Not here: what a line
//! means.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::Instant;

use papo_proto::limits::LINE_BYTES_MAX;

use super::link::Happening;
use super::typed::TypedLine;
use super::words;

/// How many lines may be under way: read, but not yet in the room's log. Enough for the server to store many
/// with one write to its disk, few enough that an endless input costs nothing.
pub(super) const LINES_UNDER_WAY_MAX: usize = 64;

/// Lets the reader go on by one line each time that one has been dealt with.
pub(super) struct Credit(SyncSender<()>);

impl Credit {
    /// One more line may be read.
    pub(super) fn give(&self) {
        // It is full only if more were given than taken, and gone only if the input has ended.
        let _ = self.0.try_send(());
    }
}

/// Begins to read standard input. Each line, and its end, go to `sender`.
pub(super) fn start(sender: SyncSender<Happening>) -> Credit {
    let (give, take) = mpsc::sync_channel(LINES_UNDER_WAY_MAX);
    let credit = Credit(give);
    (0..LINES_UNDER_WAY_MAX).for_each(|_| credit.give());
    thread::spawn(move || read_lines(&mut io::stdin().lock(), &take, &sender));
    credit
}

fn read_lines(input: &mut impl BufRead, take: &Receiver<()>, sender: &SyncSender<Happening>) {
    let mut awaited_at = Instant::now();
    while take.recv().is_ok() {
        let read = read_line(input);
        let read_at = Instant::now();
        let happening = match read {
            Ok(Some(Ok((text, is_whole)))) => {
                Happening::Line(TypedLine { text, awaited_at, read_at, is_whole })
            }
            Ok(Some(Err(why))) => Happening::BadLine(why),
            Ok(None) => Happening::InputEnded,
            Err(error) => {
                let _ = sender.send(Happening::BadLine(words::input_unreadable(&error)));
                Happening::InputEnded
            }
        };
        let ended = matches!(happening, Happening::InputEnded);
        if sender.send(happening).is_err() || ended {
            return;
        }
        awaited_at = read_at;
    }
}

/// A line without its end, and whether it had one; or why it cannot be sent.
type Line = Result<(String, bool), String>;

/// Reads one line; `None` at the end of the input. A line that no message could hold is read
/// over without being kept.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    let limit = LINE_BYTES_MAX as u64 + 1;
    if input.take(limit).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() > LINE_BYTES_MAX && bytes.last() != Some(&b'\n') {
        input.skip_until(b'\n')?;
        return Ok(Some(Err(words::line_too_long())));
    }
    let is_whole = bytes.last() == Some(&b'\n');
    if is_whole {
        bytes.pop();
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    let text = String::from_utf8(bytes).map_err(|_| words::line_not_utf8());
    Ok(Some(text.map(|text| (text, is_whole))))
}

/// Reads all of standard input as one text, without the line feed at its end; at most `bytes_max`.
pub(super) fn read_all(input: impl Read, bytes_max: usize) -> io::Result<Result<String, String>> {
    let mut bytes = Vec::new();
    input.take(bytes_max as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > bytes_max {
        return Ok(Err(words::input_too_long(bytes_max)));
    }
    let text = String::from_utf8(bytes).map_err(|_| words::line_not_utf8());
    Ok(text.map(|text| text.trim_end_matches(['\n', '\r']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Vec<Line> {
        let mut input = input;
        std::iter::from_fn(|| read_line(&mut input).unwrap()).collect()
    }

    #[test]
    fn lines_lose_their_end_and_nothing_else() {
        let own = |text: &str, is_whole| Ok((text.to_owned(), is_whole));
        let expected = [own("a", true), own("", true), own(" b ", true), own("c", false)];
        assert_eq!(lines(b"a\r\n\n b \nc"), expected);
        assert_eq!(lines(b""), []);
    }

    #[test]
    fn a_line_that_cannot_be_sent_does_not_take_the_next_one_with_it() {
        let mut input = vec![b'x'; LINE_BYTES_MAX + 1];
        input.extend(b"more\n\xff\nlast");
        let read = lines(&input);
        assert!(read[0].as_ref().unwrap_err().contains("too long"), "{read:?}");
        assert!(read[1].as_ref().unwrap_err().contains("UTF-8"), "{read:?}");
        assert_eq!(read[2], Ok(("last".to_owned(), false)));
        let full = vec![b'x'; LINE_BYTES_MAX];
        assert_eq!(lines(&full), [Ok((String::from_utf8(full.clone()).unwrap(), false))]);
    }

    #[test]
    fn a_whole_input_is_one_text() {
        assert_eq!(read_all(&b"a\nb\n\n"[..], 9).unwrap().as_deref(), Ok("a\nb"));
        assert!(read_all(&b"0123456789"[..], 9).unwrap().is_err());
    }

    #[test]
    fn reading_waits_until_lines_are_dealt_with() {
        let (give, take) = mpsc::sync_channel(2);
        let credit = Credit(give);
        credit.give();
        credit.give();
        drop(credit);
        let (sender, happenings) = mpsc::sync_channel(9);
        read_lines(&mut &b"1\n2\n3\n"[..], &take, &sender);
        drop(sender);
        assert_eq!(happenings.iter().count(), 2, "two credits are two lines");
    }
}
