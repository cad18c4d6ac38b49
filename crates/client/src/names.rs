//! Who could be taken for whom. Names are free and may repeat; where two look the same, a reader needs more
//! than the name. Once shared a name stays so, lest a badge comes and goes with somebody's connection. Not
//! here: the badge itself (`MemberId::badge`).

use std::collections::HashMap;

use papo_proto::{Member, MemberId, Name};
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;
use unicode_width::UnicodeWidthChar;

/// How many names are remembered. Beyond that every further name counts as shared, which errs on the safe side.
pub const NAMES_REMEMBERED_MAX: usize = 100_000;

/// The names seen so far, by what they look like.
#[derive(Debug, Default)]
pub struct Names {
    owners: HashMap<String, Owner>,
}

#[derive(Debug)]
enum Owner {
    One(MemberId),
    Several,
}

impl Names {
    /// Takes note of members and what they are called.
    pub fn see<'a>(&mut self, members: impl IntoIterator<Item = &'a Member>) {
        for member in members {
            self.see_as(&member.name, &member.id);
        }
    }

    /// Takes note of a name under an id that stands for whoever bears it.
    pub fn see_as(&mut self, name: &Name, id: &MemberId) {
        let full = self.owners.len() >= NAMES_REMEMBERED_MAX;
        match self.owners.get_mut(&look(name)) {
            Some(owner) => {
                if matches!(owner, Owner::One(known) if known != id) {
                    *owner = Owner::Several;
                }
            }
            None if full => {}
            None => {
                self.owners.insert(look(name), Owner::One(id.clone()));
            }
        }
    }

    /// Whether several are called so, or look as if they were.
    pub fn is_shared(&self, name: &Name) -> bool {
        match self.owners.get(&look(name)) {
            Some(owner) => matches!(owner, Owner::Several),
            None => self.owners.len() >= NAMES_REMEMBERED_MAX,
        }
    }
}

/// What a name looks like: names of the same look can be taken for one another. The skeleton of Unicode UTS #39,
/// section 4, of the name's letters without style and width (NFKC), and coarser than that: capitals, blanks and what
/// is invisible do not count either. A badge too many does no harm.
fn look(name: &Name) -> String {
    let visible = |c: &char| c.width() != Some(0) && !c.is_whitespace();
    let plain: String = name.as_str().nfkc().filter(visible).collect();
    // Small and capital letters of other alphabets look like different Latin ones, so both ways are gone.
    let small: String = skeleton(&plain).flat_map(char::to_lowercase).collect();
    skeleton(&small).flat_map(char::to_lowercase).filter(visible).map(letter).collect()
}

/// What the skeleton tells apart and a hurried reader does not.
fn letter(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '|' | 'i' => 'l',
        'а'..='я' => cyrillic(c),
        'τ' => 't',
        'κ' => 'k',
        'ω' => 'w',
        _ => c,
    }
}

/// The Latin letter that a small Cyrillic one looks like as a capital.
fn cyrillic(c: char) -> char {
    match c {
        'в' => 'b',
        'к' => 'k',
        'м' => 'm',
        'н' => 'h',
        'т' => 't',
        'п' => 'n',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_taken_for_one_another_look_the_same() {
        let name = |text: &str| Name::parse(text).unwrap();
        for (one, other) in [
            ("Ana", "ana"),
            ("Ana", "Аnа"),
            ("Ana", "A n\u{200B}a"),
            ("Paul", "PauI"),
            ("Paul", "Pau1"),
            ("Bob", "B0b"),
            ("Ana", "Ａｎａ"),
            ("Ana", "𝓐𝓷𝓪"),
            ("Maria", "rnaria"),
            ("José", "Jose\u{301}"),
            ("Kim", "Κim"),
            ("Tom", "ТОМ"),
            ("ﬁlipe", "filipe"),
            ("scope", "ѕсоре"),
        ] {
            assert_eq!(look(&name(one)), look(&name(other)), "{one} {other}");
        }
        for (one, other) in [("Ana", "Anna"), ("Ana", "Eva"), ("名前", "名刺")] {
            assert_ne!(look(&name(one)), look(&name(other)), "{one} {other}");
        }
    }
}
