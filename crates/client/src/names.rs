//! Who could be taken for whom. Names are free and may repeat; where two look the same, a reader needs more
//! than the name. Once shared a name stays so, lest a badge comes and goes with somebody's connection. Not
//! here: the badge itself (`MemberId::badge`).

use std::collections::{HashMap, HashSet};

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

/// A newcomer, and somebody present who could be taken for them by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Double {
    /// Who has come, or has taken this name.
    pub newcomer: Member,
    /// Who was there.
    pub present: Member,
}

/// Tells of newcomers who could be taken for somebody present: of each once, or else somebody who comes and goes
/// could make it a habit to overlook the notice.
#[derive(Debug, Default)]
pub struct Doubles {
    told: HashSet<(MemberId, String)>,
}

impl Doubles {
    /// The doubles among those who have just come. Who is present may hold the newcomers as well.
    pub fn among<'a>(
        &mut self,
        newcomers: &[Member],
        present: impl IntoIterator<Item = &'a Member>,
    ) -> Vec<Double> {
        if newcomers.is_empty() {
            return Vec::new();
        }
        let is_new = |member: &Member| newcomers.iter().any(|newcomer| newcomer.id == member.id);
        let mut there: HashMap<String, Member> = HashMap::new();
        for member in present.into_iter().filter(|member| !is_new(member)) {
            there.entry(look(&member.name)).or_insert_with(|| member.clone());
        }
        let mut doubles = Vec::new();
        for newcomer in newcomers {
            let look = look(&newcomer.name);
            match there.get(&look) {
                Some(present) if self.note(&newcomer.id, look.clone()) => {
                    doubles.push(Double { newcomer: newcomer.clone(), present: present.clone() });
                }
                Some(_) => {}
                // Of several who come at once, the first is there when the second comes.
                None => drop(there.insert(look, newcomer.clone())),
            }
        }
        doubles
    }

    /// Whether that was not told before. When too much was told, nothing more is: the badges still are.
    fn note(&mut self, id: &MemberId, look: String) -> bool {
        self.told.len() < NAMES_REMEMBERED_MAX && self.told.insert((id.clone(), look))
    }
}

/// What a name looks like: names of the same look can be taken for one another. The skeleton of Unicode UTS #39,
/// section 4, of the name's letters without style and width (NFKC), and coarser than that: capitals, blanks and what
/// is invisible do not count either. A badge too many does no harm.
pub(crate) fn look(name: &Name) -> String {
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
    use std::slice::from_ref;

    use super::*;

    /// Invariant: who comes under the name or a look-alike of somebody present is told of once, and nobody else is.
    #[test]
    fn a_double_is_told_of_once() {
        let member =
            |name: &str, id: u8| Member { id: MemberId::of_guest([id; 8]), name: Name::parse(name).unwrap() };
        let (ana, forged, eva) = (member("Ana", 1), member("Аnа", 2), member("Eva", 3));
        let mut doubles = Doubles::default();
        let present = [ana.clone(), eva.clone()];
        let double = |newcomer: &Member, present: &Member| Double {
            newcomer: newcomer.clone(),
            present: present.clone(),
        };
        assert_eq!(doubles.among(from_ref(&eva), &present), []);
        let both = [ana.clone(), eva.clone(), forged.clone()];
        assert_eq!(doubles.among(from_ref(&forged), &both), [double(&forged, &ana)]);
        assert_eq!(doubles.among(from_ref(&forged), &both), [], "that was told");
        // The same person under another name of somebody present.
        let renamed = Member { name: eva.name.clone(), ..forged.clone() };
        assert_eq!(doubles.among(from_ref(&renamed), &present), [double(&renamed, &eva)]);
        let (leo, other) = (member("Leo", 4), member("LEO", 5));
        assert_eq!(doubles.among(&[leo.clone(), other.clone()], &present), [double(&other, &leo)]);
    }

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
