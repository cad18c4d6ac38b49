//! What must hold between the log and what every client has said and heard. Pure: nothing is opened or run
//! here, so that each rule can be shown to turn red.

use std::collections::{HashMap, HashSet};

/// A message as the log holds it, or as a client was shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) seq: u64,
    pub(crate) sender: String,
    pub(crate) id: String,
    pub(crate) text: String,
}

/// A message as its sender has said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) id: String,
    pub(crate) text: String,
}

/// What a client was told, as far as it is about messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A message of the stream.
    Message(Entry),
    /// A message of its own is in the log.
    Sent { id: String, seq: u64 },
    /// Something that has no place in a run without a fault of log or client, such as another log.
    Unexpected(String),
}

/// Everything that one client has said and heard, over all its connections, each in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Transcript {
    pub(crate) member: String,
    pub(crate) said: Vec<Said>,
    pub(crate) heard: Vec<Heard>,
}

impl Transcript {
    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.heard.iter().filter_map(|heard| match heard {
            Heard::Message(entry) => Some(entry),
            _ => None,
        })
    }

    pub(crate) fn sent(&self) -> impl Iterator<Item = (&str, u64)> {
        self.heard.iter().filter_map(|heard| match heard {
            Heard::Sent { id, seq } => Some((id.as_str(), *seq)),
            _ => None,
        })
    }
}

/// A promise that was broken. `member` is whose, `seq` a place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    /// The log's places are not 1, 2, 3 …: where `expected` belongs, it has `found`.
    LogGap { expected: u64, found: u64 },
    /// The log has an id of one sender twice.
    DoubledId { member: String, id: String, seq: u64 },
    /// The log has a message that nobody has said, or not in these words.
    NeverSaid { seq: u64 },
    /// The log does not have a message that was said.
    NotStored { member: String, id: String },
    /// The log has a sender's messages in another order than they were said in.
    SaidOrder { member: String, seq: u64 },
    /// A message was echoed to its sender, and the log does not have it.
    LostEcho { member: String, id: String, seq: u64 },
    /// A message was echoed with one place, and the log has it at another one.
    WrongSeq { member: String, id: String, echoed: u64, stored: u64 },
    /// A message of its own was never reported to its sender as sent, or more often than once.
    SentTimes { member: String, id: String, times: usize },
    /// A client was shown something that the log does not have at that place.
    Differs { member: String, seq: u64 },
    /// A client was not shown what came between these two places.
    Gap { member: String, last: u64, next: u64 },
    /// A client was shown a place again, or one behind what it had.
    NotRising { member: String, last: u64, next: u64 },
    /// A client was not shown the end of the log.
    Behind { member: String, last: u64, head: u64 },
    /// A client was told something that has no place here.
    Unexpected { member: String, what: String },
}

/// Checks what must hold at any moment, whatever is still on its way: what anybody was shown is in the log,
/// at that place, and each client's places rise by exactly one. `log` is in the order of its places.
pub(crate) fn check_kept(log: &[Entry], transcripts: &[Transcript]) -> Vec<Violation> {
    let mut violations = check_log(log);
    for transcript in transcripts {
        check_stream(log, transcript, &mut violations);
        check_echoes(log, transcript, &mut violations);
    }
    violations
}

/// Checks what must hold once everything said is settled and everybody has read to the end: what
/// [`check_kept`] checks, and that nothing is missing or too much on either side.
pub(crate) fn check_settled(log: &[Entry], transcripts: &[Transcript]) -> Vec<Violation> {
    let mut violations = check_kept(log, transcripts);
    check_said(log, transcripts, &mut violations);
    for transcript in transcripts {
        check_sent_once(transcript, &mut violations);
        let (last, head) = (transcript.messages().last().map_or(0, |entry| entry.seq), log.len() as u64);
        if last < head {
            violations.push(Violation::Behind { member: transcript.member.clone(), last, head });
        }
    }
    violations
}

/// The log by itself.
fn check_log(log: &[Entry]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut ids = HashSet::new();
    for (entry, expected) in log.iter().zip(1..) {
        if entry.seq != expected {
            violations.push(Violation::LogGap { expected, found: entry.seq });
        }
        if !ids.insert((&entry.sender, &entry.id)) {
            let (member, id) = (entry.sender.clone(), entry.id.clone());
            violations.push(Violation::DoubledId { member, id, seq: entry.seq });
        }
    }
    violations
}

/// The stream that one client was shown.
fn check_stream(log: &[Entry], transcript: &Transcript, violations: &mut Vec<Violation>) {
    let member = || transcript.member.clone();
    let mut last = None;
    for heard in &transcript.heard {
        match heard {
            Heard::Message(entry) => {
                let next = entry.seq;
                match last {
                    Some(last) if next <= last => {
                        violations.push(Violation::NotRising { member: member(), last, next });
                    }
                    Some(last) if next > last + 1 => {
                        violations.push(Violation::Gap { member: member(), last, next });
                    }
                    _ => {}
                }
                last = Some(next);
                if at(log, next) != Some(entry) {
                    violations.push(Violation::Differs { member: member(), seq: next });
                }
            }
            Heard::Sent { .. } => {}
            Heard::Unexpected(what) => {
                violations.push(Violation::Unexpected { member: member(), what: what.clone() });
            }
        }
    }
}

/// What one client was told of its own messages.
fn check_echoes(log: &[Entry], transcript: &Transcript, violations: &mut Vec<Violation>) {
    let of_member = log.iter().filter(|entry| entry.sender == transcript.member);
    let stored: HashMap<&str, u64> = of_member.map(|entry| (entry.id.as_str(), entry.seq)).collect();
    for (id, echoed) in transcript.sent() {
        let (member, id) = (transcript.member.clone(), id.to_owned());
        match stored.get(id.as_str()) {
            None => violations.push(Violation::LostEcho { member, id, seq: echoed }),
            Some(&stored) if stored != echoed => {
                violations.push(Violation::WrongSeq { member, id, echoed, stored });
            }
            Some(_) => {}
        }
    }
}

/// The log against what everybody has said.
fn check_said(log: &[Entry], transcripts: &[Transcript], violations: &mut Vec<Violation>) {
    let mut said = HashMap::new();
    for transcript in transcripts {
        for (order, Said { id, text }) in transcript.said.iter().enumerate() {
            said.insert((transcript.member.as_str(), id.as_str()), (order, text));
        }
    }
    let mut last_order: HashMap<&str, usize> = HashMap::new();
    for Entry { seq, sender, id, text } in log {
        // Taken out, so that what is left at the end is what the log does not have.
        let Some((order, words)) = said.remove(&(sender.as_str(), id.as_str())) else {
            violations.push(Violation::NeverSaid { seq: *seq });
            continue;
        };
        if words != text {
            violations.push(Violation::NeverSaid { seq: *seq });
        }
        if last_order.insert(sender, order).is_some_and(|last| last > order) {
            violations.push(Violation::SaidOrder { member: sender.clone(), seq: *seq });
        }
    }
    let missing = said.into_keys().map(|(member, id)| (member.to_owned(), id.to_owned()));
    violations.extend(missing.map(|(member, id)| Violation::NotStored { member, id }));
}

/// Each message said was reported as sent, once.
fn check_sent_once(transcript: &Transcript, violations: &mut Vec<Violation>) {
    let mut times: HashMap<&str, usize> = HashMap::new();
    transcript.sent().for_each(|(id, _)| *times.entry(id).or_default() += 1);
    for Said { id, .. } in &transcript.said {
        let times = times.get(id.as_str()).copied().unwrap_or_default();
        if times != 1 {
            let (member, id) = (transcript.member.clone(), id.clone());
            violations.push(Violation::SentTimes { member, id, times });
        }
    }
}

/// What the log has at a place, found in one step where it has no gaps.
fn at(log: &[Entry], seq: u64) -> Option<&Entry> {
    let index = usize::try_from(seq.checked_sub(1)?).ok()?;
    log.get(index).filter(|entry| entry.seq == seq).or_else(|| log.iter().find(|entry| entry.seq == seq))
}

mod tests {
    use super::*;

    /// Who said each of the six messages of the world below.
    const SENDERS: [&str; 6] = ["ana", "bia", "ana", "ana", "bia", "ana"];

    /// A run without fault: a log, Ana who has read all of it, and Bia who came in after the first message.
    struct World {
        log: Vec<Entry>,
        ana: Transcript,
        bia: Transcript,
    }

    impl World {
        fn sound() -> Self {
            let entry = |(index, sender): (usize, &&str)| Entry {
                seq: index as u64 + 1,
                sender: (*sender).to_owned(),
                id: format!("id{}", index + 1),
                text: format!("text {}", index + 1),
            };
            let log: Vec<Entry> = SENDERS.iter().enumerate().map(entry).collect();
            let transcript = |member: &str, first: usize| Transcript {
                member: member.to_owned(),
                said: own(&log, member)
                    .map(|entry| Said { id: entry.id.clone(), text: entry.text.clone() })
                    .collect(),
                heard: log[first..].iter().flat_map(|entry| heard_of(entry, member)).collect(),
            };
            Self { ana: transcript("ana", 0), bia: transcript("bia", 1), log }
        }

        fn check(self) -> Vec<Violation> {
            check_settled(&self.log, &[self.ana, self.bia])
        }

        /// Where Ana was shown this place.
        fn shown_to_ana(&self, seq: u64) -> usize {
            let shown = |heard: &Heard| matches!(heard, Heard::Message(entry) if entry.seq == seq);
            self.ana.heard.iter().position(shown).unwrap()
        }
    }

    fn own<'a>(log: &'a [Entry], member: &'a str) -> impl Iterator<Item = &'a Entry> {
        log.iter().filter(move |entry| entry.sender == member)
    }

    fn heard_of(entry: &Entry, member: &str) -> Vec<Heard> {
        let mut heard = vec![Heard::Message(entry.clone())];
        if entry.sender == member {
            heard.push(Heard::Sent { id: entry.id.clone(), seq: entry.seq });
        }
        heard
    }

    /// Breaks a sound world and checks that this is found.
    #[track_caller]
    fn check_red(break_it: impl FnOnce(&mut World), expected: &[Violation]) {
        let mut world = World::sound();
        break_it(&mut world);
        let found = world.check();
        assert!(!expected.is_empty());
        for violation in expected {
            assert!(found.contains(violation), "{violation:?} is not among {found:#?}");
        }
    }

    fn ana() -> String {
        "ana".to_owned()
    }

    #[test]
    fn a_sound_run_is_green() {
        assert_eq!(World::sound().check(), []);
    }

    #[test]
    fn an_acknowledgement_out_of_its_place_is_green() {
        let mut world = World::sound();
        // As after a reconnect: all acknowledgements come ahead of the replay.
        world.ana.heard.sort_by_key(|heard| matches!(heard, Heard::Message(_)));
        assert_eq!(world.check(), []);
    }

    #[test]
    fn what_is_still_on_its_way_is_green_until_everything_is_settled() {
        let mut world = World::sound();
        world.ana.said.push(Said { id: "id7".to_owned(), text: "text 7".to_owned() });
        world.bia.heard.truncate(3);
        assert_eq!(check_kept(&world.log, &[world.ana.clone(), world.bia.clone()]), []);
        let found = world.check();
        assert!(found.contains(&Violation::NotStored { member: ana(), id: "id7".to_owned() }), "{found:#?}");
        assert!(
            found.contains(&Violation::SentTimes { member: ana(), id: "id7".to_owned(), times: 0 }),
            "{found:#?}"
        );
        assert!(
            found.contains(&Violation::Behind { member: "bia".to_owned(), last: 3, head: 6 }),
            "{found:#?}"
        );
    }

    #[test]
    fn a_lost_echoed_message_is_red_also_at_the_end_of_the_log() {
        check_red(
            |world| drop(world.log.pop()),
            &[
                Violation::LostEcho { member: ana(), id: "id6".to_owned(), seq: 6 },
                Violation::Differs { member: "bia".to_owned(), seq: 6 },
                Violation::NotStored { member: ana(), id: "id6".to_owned() },
            ],
        );
        let mut world = World::sound();
        world.log.pop();
        let lost = Violation::LostEcho { member: ana(), id: "id6".to_owned(), seq: 6 };
        assert!(check_kept(&world.log, &[world.ana]).contains(&lost), "found at any moment");
    }

    #[test]
    fn a_gap_in_the_log_is_red() {
        check_red(|world| drop(world.log.remove(2)), &[Violation::LogGap { expected: 3, found: 4 }]);
    }

    #[test]
    fn a_gap_in_what_was_shown_is_red() {
        check_red(
            |world| drop(world.ana.heard.remove(world.shown_to_ana(4))),
            &[Violation::Gap { member: ana(), last: 3, next: 5 }],
        );
    }

    #[test]
    fn a_repeat_is_red() {
        check_red(
            |world| {
                let at = world.shown_to_ana(5);
                world.ana.heard.insert(at, world.ana.heard[at].clone());
            },
            &[Violation::NotRising { member: ana(), last: 5, next: 5 }],
        );
    }

    #[test]
    fn a_reorder_in_what_was_shown_is_red() {
        check_red(
            |world| {
                let (one, other) = (world.shown_to_ana(4), world.shown_to_ana(5));
                world.ana.heard.swap(one, other);
            },
            &[
                Violation::Gap { member: ana(), last: 3, next: 5 },
                Violation::NotRising { member: ana(), last: 5, next: 4 },
            ],
        );
    }

    #[test]
    fn a_reorder_of_what_one_has_said_is_red() {
        check_red(|world| world.ana.said.swap(0, 1), &[Violation::SaidOrder { member: ana(), seq: 3 }]);
    }

    #[test]
    fn a_doubled_id_is_red() {
        check_red(
            |world| {
                let again = Entry { seq: 7, ..world.log[5].clone() };
                world.log.push(again);
            },
            &[
                Violation::DoubledId { member: ana(), id: "id6".to_owned(), seq: 7 },
                Violation::NeverSaid { seq: 7 },
            ],
        );
    }

    #[test]
    fn the_same_id_of_two_senders_is_green() {
        let mut world = World::sound();
        for heard in world.ana.heard.iter_mut().chain(&mut world.bia.heard) {
            match heard {
                Heard::Message(entry) if entry.seq == 5 => "id4".clone_into(&mut entry.id),
                Heard::Sent { id, seq: 5 } => "id4".clone_into(id),
                _ => {}
            }
        }
        "id4".clone_into(&mut world.log[4].id);
        "id4".clone_into(&mut world.bia.said[1].id);
        assert_eq!(world.check(), []);
    }

    #[test]
    fn a_wrong_place_in_an_echo_is_red() {
        check_red(
            |world| {
                let Some(Heard::Sent { seq, .. }) = world.ana.heard.last_mut() else { panic!("an echo") };
                *seq = 5;
            },
            &[Violation::WrongSeq { member: ana(), id: "id6".to_owned(), echoed: 5, stored: 6 }],
        );
    }

    #[test]
    fn a_message_reported_twice_as_sent_is_red() {
        check_red(
            |world| {
                let echo = world.ana.heard.last().cloned();
                world.ana.heard.extend(echo);
            },
            &[Violation::SentTimes { member: ana(), id: "id6".to_owned(), times: 2 }],
        );
    }

    #[test]
    fn other_words_than_were_said_are_red() {
        check_red(|world| "?".clone_into(&mut world.log[0].text), &[Violation::NeverSaid { seq: 1 }]);
    }

    #[test]
    fn another_message_than_the_logs_is_red() {
        check_red(
            |world| {
                let at = world.shown_to_ana(2);
                let Heard::Message(entry) = &mut world.ana.heard[at] else { panic!("a message") };
                ana().clone_into(&mut entry.sender);
            },
            &[Violation::Differs { member: ana(), seq: 2 }],
        );
    }

    #[test]
    fn another_log_is_red() {
        check_red(
            |world| world.ana.heard.push(Heard::Unexpected("reset".to_owned())),
            &[Violation::Unexpected { member: ana(), what: "reset".to_owned() }],
        );
    }
}
