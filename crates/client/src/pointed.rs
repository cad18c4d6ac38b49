//! Which message a command means: `/reply text` the last one that fits, `/reply ^2 text` the one before it, and
//! `/reply ^#812 text` the one of that number in the room's log. The sign is there because a text may begin with a number
//! as well. It is pure. Not here: what is done with the message.

use papo_proto::Seq;
use papo_words::t;

/// What stands before a number that points at a message.
const SIGN: char = '^';

/// Which message a command means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// So many from the end, of those that fit; 1 is the last one.
    FromEnd(usize),
    /// The one with this number in the room's log.
    Number(Seq),
}

/// Whose messages fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// One's own: nobody can change what others have said.
    Own,
    /// Those of others; one's own only by their number.
    Others,
}

/// A message with a text that the person sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its number; none before the room has it.
    pub seq: Option<Seq>,
    /// Whether the person has said it.
    pub is_own: bool,
}

/// Reads which message is meant, and returns what stands behind that. What does not point is all text: `^^` is a face.
pub fn read(rest: &str) -> (Which, &str) {
    let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let which = word.strip_prefix(SIGN).and_then(|number| match number.strip_prefix('#') {
        Some(seq) => digits(seq).map(|seq| Which::Number(Seq::new(seq))),
        None => digits(number).and_then(|place| usize::try_from(place).ok()).map(Which::FromEnd),
    });
    which.map_or((Which::FromEnd(1), rest), |which| (which, behind.trim_start()))
}

fn digits(text: &str) -> Option<u64> {
    // A number may have a sign where it is parsed; here it has none.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Finds the message that is meant among those that the person sees.
///
/// # Errors
/// Says why there is none, as a clause with the remedy.
pub fn find(
    which: Which,
    whose: Whose,
    newest_first: impl IntoIterator<Item = Candidate>,
) -> Result<Seq, String> {
    let mut candidates = newest_first.into_iter();
    let place = match which {
        Which::FromEnd(place) => place,
        Which::Number(seq) => {
            return match candidates.find(|one| one.seq == Some(seq)) {
                Some(one) if one.is_own || whose == Whose::Others => Ok(seq),
                Some(_) => Err(t!("client-which-not-yours", number = seq.to_string())),
                None => Err(t!("client-which-not-here", number = seq.to_string())),
            };
        }
    };
    let is_own = whose == Whose::Own;
    let mut fitting = candidates.filter(|one| one.is_own == is_own);
    let mut count = 0;
    while let Some(one) = fitting.next().filter(|_| count < place) {
        count += 1;
        if count == place {
            return one.seq.ok_or_else(|| t!("client-which-on-its-way"));
        }
    }
    Err(match (place, count, whose) {
        (0, _, _) => t!("client-which-zero"),
        (_, 0, Whose::Own) => t!("client-which-none-own"),
        (_, 0, Whose::Others) => t!("client-which-none-others"),
        (_, count, _) => t!("client-which-too-far", place = place, count = count),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sign_with_a_number_points() {
        let last = Which::FromEnd(1);
        for (rest, expected) in [
            ("", (last, "")),
            ("2 minutes", (last, "2 minutes")),
            ("#12 is mended", (last, "#12 is mended")),
            ("^2 two\nlines", (Which::FromEnd(2), "two\nlines")),
            ("^2", (Which::FromEnd(2), "")),
            ("^#812  oi", (Which::Number(Seq::new(812)), "oi")),
            ("^^ yes", (last, "^^ yes")),
            ("^ yes", (last, "^ yes")),
            ("^_^", (last, "^_^")),
            ("^+2 x", (last, "^+2 x")),
            ("^#", (last, "^#")),
            ("^99999999999999999999999 x", (last, "^99999999999999999999999 x")),
        ] {
            assert_eq!(read(rest), expected, "{rest:?}");
        }
    }

    #[test]
    fn each_message_is_found_from_the_end_or_by_its_number() {
        let one = |seq: u64, is_own| Candidate { seq: Some(Seq::new(seq)), is_own };
        let said = [one(9, false), one(8, true), one(5, false), one(2, true)];
        let found = |which, whose| find(which, whose, said).map(Seq::number);
        assert_eq!(found(Which::FromEnd(1), Whose::Own), Ok(8));
        assert_eq!(found(Which::FromEnd(2), Whose::Own), Ok(2));
        assert_eq!(found(Which::FromEnd(2), Whose::Others), Ok(5));
        assert_eq!(found(Which::Number(Seq::new(5)), Whose::Others), Ok(5));
        assert_eq!(found(Which::Number(Seq::new(2)), Whose::Others), Ok(2), "one's own by its number");
        let why = |which, whose| find(which, whose, said).unwrap_err();
        assert!(why(Which::FromEnd(3), Whose::Own).contains("2 messages"));
        assert!(why(Which::FromEnd(0), Whose::Own).contains("^1"));
        assert!(why(Which::Number(Seq::new(5)), Whose::Own).contains("not yours"));
        assert!(why(Which::Number(Seq::new(7)), Whose::Others).contains('7'));
        let pending = [Candidate { seq: None, is_own: true }, one(8, true)];
        let why = find(Which::FromEnd(1), Whose::Own, pending).unwrap_err();
        assert!(why.contains("not in the room yet"), "an earlier one is not changed in its place: {why}");
        assert!(find(Which::FromEnd(1), Whose::Own, []).unwrap_err().contains("nothing of yours"));
        assert!(find(Which::FromEnd(1), Whose::Others, []).unwrap_err().contains("nobody else"));
    }
}
