//! The checker of histories, checked itself: a sound run is green, and each promise that is broken turns it red.

#![expect(clippy::expect_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeMap;

use papo_torture::history::{Delivered, Delivery, Entry, History, Violation};

/// What happens in a run, so that a test can change it before it is recorded.
#[derive(Clone, Debug)]
enum Happening {
    Joined { client: usize, head: u64 },
    Starts { client: usize, after: Option<u64> },
    Invoke { client: usize, id: String, text: String },
    Ok { client: usize, id: String, seq: u64 },
    Saw { client: usize, entry: Entry },
    Page { client: usize, page: Vec<Entry> },
}

use Happening::{Invoke, Joined, Ok, Page, Saw, Starts};

const ANA: usize = 0;
const BIA: usize = 1;

/// Who says each of the six messages of the sound run.
const SENDERS: [usize; 6] = [ANA, BIA, ANA, ANA, BIA, ANA];

/// A run without a fault: Ana reads all of it, Bia came in after the first message.
struct Run {
    log: Vec<Entry>,
    happenings: Vec<Happening>,
}

impl Run {
    fn sound() -> Self {
        let entry = |(index, &client): (usize, &usize)| entry(index as u64 + 1, client);
        let log: Vec<Entry> = SENDERS.iter().enumerate().map(entry).collect();
        let mut happenings = vec![
            Starts { client: ANA, after: Some(0) },
            Starts { client: BIA, after: None },
            Joined { client: ANA, head: 0 },
        ];
        for (entry, &sender) in log.iter().zip(&SENDERS) {
            let (id, text, seq) = (entry.id.clone(), entry.text.clone(), entry.seq);
            happenings.push(Invoke { client: sender, id: id.clone(), text });
            happenings.push(Saw { client: ANA, entry: entry.clone() });
            if seq == 1 {
                happenings.push(Joined { client: BIA, head: 1 });
            } else {
                happenings.push(Saw { client: BIA, entry: entry.clone() });
            }
            happenings.push(Ok { client: sender, id, seq });
        }
        happenings.push(Page { client: BIA, page: log[..2].to_vec() });
        Self { log, happenings }
    }

    fn history(&self) -> History {
        let mut history = History::new();
        assert_eq!((history.add_client("lobby", false), history.add_client("lobby", false)), (ANA, BIA));
        for happening in self.happenings.clone() {
            match happening {
                Joined { client, head } => history.joined(client, member(client), "epoch", head),
                Starts { client, after } => history.starts(client, after),
                Invoke { client, id, text } => history.invoke(client, &id, &text),
                Ok { client, id, seq } => history.ok(client, &id, seq),
                Saw { client, entry } => history.saw(client, entry),
                Page { client, page } => history.saw_page(client, page),
            }
        }
        history
    }

    fn settled(&self) -> Vec<Violation> {
        let history = self.history();
        [history.check_settled("lobby", &self.log), history.check_order(&self.log)].concat()
    }

    /// Where the first happening of this kind is.
    #[track_caller]
    fn position(&self, is_it: impl Fn(&Happening) -> bool) -> usize {
        self.happenings.iter().position(is_it).expect("it happens")
    }

    fn saw(&self, client: usize, seq: u64) -> usize {
        self.position(
            |happening| matches!(happening, Saw { client: by, entry } if *by == client && entry.seq == seq),
        )
    }

    fn ok_of(&self, wanted: u64) -> usize {
        self.position(|happening| matches!(happening, Ok { seq, .. } if *seq == wanted))
    }

    fn invoke_of(&self, wanted: &str) -> usize {
        self.position(|happening| matches!(happening, Invoke { id, .. } if id == wanted))
    }
}

fn member(client: usize) -> &'static str {
    ["ana", "bia"][client]
}

fn entry(seq: u64, client: usize) -> Entry {
    let (sender, name) = (member(client).to_owned(), member(client).to_uppercase());
    Entry { seq, time_ms: 1000 + seq, sender, name, id: format!("id{seq}"), text: format!("text {seq}") }
}

fn id(seq: u64) -> String {
    format!("id{seq}")
}

/// Breaks a sound run, and checks that this is found.
#[track_caller]
fn check_red(break_it: impl FnOnce(&mut Run), expected: &[Violation]) {
    let mut run = Run::sound();
    break_it(&mut run);
    let found = run.settled();
    assert!(!expected.is_empty());
    for violation in expected {
        assert!(found.contains(violation), "{violation:?} is not among {found:#?}");
    }
}

#[test]
fn a_sound_run_is_green() {
    let run = Run::sound();
    assert_eq!(run.settled(), []);
    let history = run.history();
    assert_eq!((history.invoked_len(), history.ok_len(), history.unknown()), (6, 6, vec![]));
    assert!(history.is_settled(|_| 6) && !history.is_settled(|_| 7));
}

#[test]
fn what_is_unknown_may_be_in_the_log_or_not_until_everything_is_at_rest() {
    for is_stored in [false, true] {
        let mut run = Run::sound();
        run.happenings.push(Invoke { client: ANA, id: id(7), text: "text 7".to_owned() });
        if is_stored {
            run.log.push(entry(7, ANA));
        }
        let history = run.history();
        assert_eq!(history.unknown(), ["id7"]);
        assert_eq!(history.check_kept("lobby", &run.log), [], "stored: {is_stored}");
        let found = history.check_settled("lobby", &run.log);
        assert!(found.contains(&Violation::Unanswered { client: ANA, id: id(7) }), "{found:#?}");
        let lost = Violation::Lost { client: ANA, id: id(7), told: None };
        assert_eq!(found.contains(&lost), !is_stored, "{found:#?}");
    }
}

#[test]
fn another_room_is_another_log() {
    let mut run = Run::sound();
    let history = run.history();
    assert_eq!(history.check_kept("elsewhere", &[]), []);
    run.log.truncate(1);
    assert_eq!(history.check_kept("elsewhere", &run.log), [Violation::NeverSaid { seq: 1 }]);
}

#[test]
fn an_echoed_message_that_is_lost_is_red_at_any_time() {
    let mut run = Run::sound();
    run.log.pop();
    let found = run.history().check_kept("lobby", &run.log);
    let lost = Violation::Lost { client: ANA, id: id(6), told: Some(6) };
    assert!(
        found.contains(&lost) && found.contains(&Violation::Differs { client: BIA, seq: 6 }),
        "{found:#?}"
    );
}

#[test]
fn a_log_with_a_gap_a_double_or_a_jump_back_in_time_is_red() {
    check_red(|run| drop(run.log.remove(2)), &[Violation::LogGap { expected: 3, found: 4 }]);
    check_red(
        |run| run.log.push(Entry { id: id(6), ..entry(7, ANA) }),
        &[Violation::Doubled { id: id(6), seq: 7 }, Violation::NeverSaid { seq: 7 }],
    );
    check_red(|run| run.log[3].time_ms = 0, &[Violation::TimeBack { seq: 4 }]);
}

#[test]
fn what_nobody_has_said_is_red() {
    check_red(|run| "?".clone_into(&mut run.log[0].text), &[Violation::NeverSaid { seq: 1 }]);
    check_red(|run| "eva".clone_into(&mut run.log[0].sender), &[Violation::NeverSaid { seq: 1 }]);
    check_red(|run| run.log.push(entry(7, BIA)), &[Violation::NeverSaid { seq: 7 }]);
}

#[test]
fn the_same_id_of_two_senders_is_green() {
    let mut run = Run::sound();
    let as_four = |text: &mut String| {
        if *text == id(5) {
            *text = id(4);
        }
    };
    run.log.iter_mut().for_each(|entry| as_four(&mut entry.id));
    for happening in &mut run.happenings {
        match happening {
            Saw { entry, .. } => as_four(&mut entry.id),
            Invoke { id, .. } | Ok { id, .. } => as_four(id),
            _ => {}
        }
    }
    assert_eq!(run.settled(), []);
}

#[test]
fn a_senders_messages_in_another_order_are_red() {
    check_red(
        |run| {
            let (one, other) = (run.invoke_of("id3"), run.invoke_of("id4"));
            run.happenings.swap(one, other);
        },
        &[Violation::SaidOrder { seq: 4 }],
    );
}

#[test]
fn a_gap_a_repeat_and_a_wrong_order_in_what_is_shown_are_red() {
    check_red(
        |run| drop(run.happenings.remove(run.saw(ANA, 4))),
        &[Violation::Gap { client: ANA, last: 3, next: 5 }],
    );
    check_red(
        |run| {
            let at = run.saw(ANA, 5);
            run.happenings.insert(at, run.happenings[at].clone());
        },
        &[Violation::NotRising { client: ANA, last: 5, next: 5 }],
    );
    check_red(
        |run| {
            let (one, other) = (run.saw(ANA, 4), run.saw(ANA, 5));
            run.happenings.swap(one, other);
        },
        &[
            Violation::Gap { client: ANA, last: 3, next: 5 },
            Violation::NotRising { client: ANA, last: 5, next: 4 },
        ],
    );
    check_red(
        |run| {
            let Some(Page { page, .. }) = run.happenings.last_mut() else { panic!("a page") };
            page.remove(0);
            page.push(entry(4, ANA));
        },
        &[Violation::PageGap { client: BIA, last: 2, next: 4 }],
    );
}

#[test]
fn who_comes_back_one_too_late_or_does_not_read_to_the_end_is_red() {
    check_red(
        |run| {
            let at = run.saw(BIA, 4);
            run.happenings[at] = Starts { client: BIA, after: Some(3) };
        },
        &[Violation::Gap { client: BIA, last: 3, next: 5 }],
    );
    check_red(
        |run| drop(run.happenings.remove(run.saw(BIA, 6))),
        &[Violation::Behind { client: BIA, reached: Some(5), head: 6 }],
    );
}

#[test]
fn another_message_than_the_logs_is_red() {
    type Change = fn(&mut Entry);
    let changes: [Change; 5] = [
        |entry| "eva".clone_into(&mut entry.sender),
        |entry| "EVA".clone_into(&mut entry.name),
        |entry| "other".clone_into(&mut entry.id),
        |entry| "other".clone_into(&mut entry.text),
        |entry| entry.time_ms += 1,
    ];
    for change in changes {
        check_red(
            |run| {
                let at = run.saw(BIA, 3);
                let Saw { entry, .. } = &mut run.happenings[at] else { panic!("a message") };
                change(entry);
            },
            &[Violation::Differs { client: BIA, seq: 3 }],
        );
    }
}

#[test]
fn a_wrong_a_second_and_a_foreign_echo_are_red() {
    check_red(
        |run| {
            let at = run.ok_of(6);
            run.happenings[at] = Ok { client: ANA, id: id(6), seq: 7 };
        },
        &[Violation::Misplaced { client: ANA, id: id(6), told: 7, found: vec![6] }],
    );
    check_red(
        |run| run.happenings.push(Ok { client: ANA, id: id(6), seq: 6 }),
        &[Violation::OkTwice { client: ANA, id: id(6) }],
    );
    check_red(
        |run| run.happenings.push(Ok { client: ANA, id: id(6), seq: 5 }),
        &[Violation::OkMoved { client: ANA, id: id(6), earlier: 6, later: 5 }],
    );
    check_red(
        |run| run.happenings.push(Ok { client: BIA, id: id(6), seq: 6 }),
        &[Violation::NeverInvoked { client: BIA, id: id(6) }],
    );
}

/// An echo may come again after the client has started anew: it may not have written the first one down.
#[test]
fn an_echo_in_another_life_is_green() {
    let mut run = Run::sound();
    run.happenings.push(Starts { client: ANA, after: Some(6) });
    run.happenings.push(Ok { client: ANA, id: id(6), seq: 6 });
    assert_eq!(run.settled(), []);
}

#[test]
fn a_place_that_was_known_before_the_message_was_said_is_red() {
    check_red(
        |run| {
            let invoke = run.happenings.remove(run.invoke_of("id2"));
            let at = run.ok_of(3);
            run.happenings.insert(at, invoke);
            let ok = run.happenings.remove(run.ok_of(2));
            run.happenings.push(ok);
        },
        &[Violation::TooEarly { client: BIA, id: id(2), seq: 2, known: 3 }],
    );
}

#[test]
fn another_log_is_red() {
    let mut history = Run::sound().history();
    history.joined(ANA, "ana", "another epoch", 6);
    assert!(matches!(history.violations(), [Violation::Unexpected { client: ANA, .. }]));
}

#[test]
fn a_message_that_nobody_was_let_in_for_is_red() {
    let mut history = History::new();
    history.add_client("lobby", false);
    history.starts(ANA, None);
    history.saw(ANA, entry(1, ANA));
    assert!(matches!(history.violations(), [Violation::Unexpected { client: ANA, .. }]));
}

/// A guest is somebody else on each connection, so that what it says again may be there twice.
#[test]
fn a_guests_message_may_be_there_once_for_each_connection() {
    let guest = |seq: u64, sender: &str| Entry { sender: sender.to_owned(), id: id(1), ..entry(seq, ANA) };
    let mut history = History::new();
    history.add_client("lobby", true);
    history.starts(ANA, Some(0));
    history.joined(ANA, "guest-1", "epoch", 0);
    history.invoke(ANA, "id1", "text 1");
    history.joined(ANA, "guest-2", "epoch", 1);
    let again = |seq, sender| Entry { text: "text 1".to_owned(), ..guest(seq, sender) };
    let log = [again(1, "guest-1"), again(2, "guest-2")];
    log.iter().for_each(|entry| history.saw(ANA, entry.clone()));
    history.ok(ANA, "id1", 1);
    assert_eq!(history.check_settled("lobby", &log), []);
    let twice = [again(1, "guest-1"), again(2, "guest-1")];
    assert!(
        history.check_kept("lobby", &twice).contains(&Violation::Doubled { id: id(1), seq: 2 }),
        "but not twice for one"
    );
}

#[test]
fn a_connection_carries_each_place_once_and_in_order() {
    let joined = |after: Option<u64>, head: u64| {
        let mut delivery = Delivery::new(BIA);
        delivery.asks(after);
        let joined = delivery.joined("bia", head);
        (delivery, joined)
    };
    let (mut delivery, is_behind) = joined(Some(2), 5);
    assert_eq!(is_behind, Ok(true));
    for seq in 3..=7 {
        assert_eq!(delivery.message(seq, "ana"), Ok(Delivered::Next));
    }
    assert_eq!(delivery.message(3, "bia"), Ok(Delivered::Repeated));
    for (seq, what) in [(9, "a gap"), (7, "a repeat"), (6, "back")] {
        let wrong = Violation::OutOfOrder { client: BIA, reached: 7, next: seq };
        assert_eq!(delivery.message(seq, "ana"), Err(wrong), "{what}");
    }
    let unexpected: BTreeMap<&str, Result<Delivered, Violation>> = BTreeMap::from([
        ("before it is let in", Delivery::new(BIA).message(1, "ana")),
        ("let in twice", delivery.joined("bia", 7).map(|_| Delivered::Next)),
        ("a log that was longer", joined(Some(6), 5).1.map(|_| Delivered::Next)),
    ]);
    for (what, outcome) in unexpected {
        assert!(matches!(outcome, Err(Violation::Unexpected { client: BIA, .. })), "{what}: {outcome:?}");
    }
}
