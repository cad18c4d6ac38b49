//! Written-out exchanges, one for each rule of the conversation. `script.rs` says how to read them. Not here: what a server
//! refuses (`refusals`).

use papo_client::event::Outgoing;
use papo_client::session::{Follow, SessionOptions};
use papo_proto::{Body, Seq};

use super::options;
use super::script::{check, epoch, outgoing};

pub(super) fn live() -> SessionOptions {
    options(Follow::Live)
}

fn after_5() -> SessionOptions {
    options(Follow::After { epoch: Some(epoch("a")), seq: Seq::new(5) })
}

fn with_outbox() -> SessionOptions {
    let too_large = Outgoing { body: Body::text("x".repeat(50_000)), ..outgoing("0", "") };
    SessionOptions { outbox: vec![too_large, outgoing("1", "one"), outgoing("2", "two")], ..after_5() }
}

/// In the room, at place 5, with the first `ping` answered.
const IN: &str = "\
+0
  connecting
  connect
connected
< welcome
  > join Ana
< joined 5
  in
  joined 5 a
  > ping
< pong
  in, 0ns away
";

/// The same once more after a break.
const IN_AGAIN: &str = "\
retry
  connecting
  connect
connected
< welcome
  > join Ana after=5 epoch=a
< joined 5
  in
  joined 5 a
  > ping
";

pub(super) fn check_in(name: &str, script: &str) {
    check(name, live, &[IN, script].concat());
}

fn check_again(name: &str, before: &str, after: &str) {
    check(name, live, &[IN, before, IN_AGAIN, after].concat());
}

#[test]
fn an_own_message_is_shown_and_acknowledged_once() {
    check_in(
        "say and echo",
        "say 1 oi
  > say 1 oi
< message 6 ana 1 oi
  message 6 Ana: oi
  sent 1 at 6
  forget 1
< message 6 ana 1 oi
< message 7 bob 1 mine has the same id
  message 7 Bob: mine has the same id
",
    );
    check_in("the same id twice", "say 1 oi\n  > say 1 oi\nsay 1 oi\n");
}

#[test]
fn what_is_said_without_a_connection_is_said_in_order_once_there_is_one() {
    check(
        "outbox from disk",
        with_outbox,
        "say 3 three
  failed 0: too_large
  forget 0
+0
  connecting
  connect
connected
< welcome
  > join Ana after=5 epoch=a
< joined 5
  in
  joined 5 a
  > ping
  > say 1 one
  > say 2 two
  > say 3 three
",
    );
}

#[test]
fn a_break_repeats_what_was_not_acknowledged_and_nothing_else() {
    check_again(
        "resend",
        "say 1 one
  > say 1 one
say 2 two
  > say 2 two
< error too_large 1
  failed 1: too_large
  forget 1
lost
  waiting: Lost
say 3 three
",
        "  > say 2 two
  > say 3 three
< message 6 ana 2 two
  message 6 Ana: two
  sent 2 at 6
  forget 2
",
    );
}

#[test]
fn an_old_message_that_comes_again_is_an_acknowledgement_only() {
    check_again(
        "answer to a repetition",
        "say 1 one\n  > say 1 one\nlost\n  waiting: Lost\n",
        "  > say 1 one
< message 2 ana 1 one
  sent 1 at 2
  forget 1
< message 6 bob y next
  message 6 Bob: next
",
    );
}

#[test]
fn a_guest_reads_what_it_has_missed_before_it_says_anything_again() {
    check_in(
        "a guest is somebody else on each connection",
        "say 1 one
  > say 1 one
say 2 two
  > say 2 two
lost
  waiting: Lost
you anab
retry
  connecting
  connect
connected
< welcome
  > join Ana after=5 epoch=a
< joined 7
  in
  joined 7 a
  > ping
< message 6 ana 1 one
  message 6 Ana: one
  sent 1 at 6
  forget 1
< message 7 bob x hello
  message 7 Bob: hello
  > say 2 two
",
    );
}

#[test]
fn a_gap_is_filled_before_anything_after_it_is_shown() {
    check_in(
        "gap",
        "< message 9 bob y late
  > history after=5 limit=200
< message 10 bob z later
< history more 6 7
  message 6 Bob: old
  message 7 Bob: old
  > history after=7 limit=200
< message 11 bob z latest
< history end 8 9 10 11
  message 8 Bob: old
  message 9 Bob: old
  message 10 Bob: old
  message 11 Bob: old
< message 12 bob z on
  message 12 Bob: on
",
    );
    check_in(
        "an own message in the gap",
        "say x old
  > say x old
you bob
< message 7 bob y late
  > history after=5 limit=200
< history end 6 7
  message 6 Bob: old
  message 7 Bob: old
",
    );
    check_again(
        "another connection has no gap",
        "< message 9 bob y late\n  > history after=5 limit=200\nlost\n  waiting: Lost\n",
        "< message 6 bob y on\n  message 6 Bob: on\n",
    );
    check_in(
        "the log has dropped it meanwhile",
        "< message 9 bob y late
  > history after=5 limit=200
< history end 8 9
  truncated 8 8
  message 8 Bob: old
  message 9 Bob: old
",
    );
    check_in(
        "the log never had it",
        "< message 9 bob y late
  > history after=5 limit=200
< history end
  close
  waiting: Garbled
",
    );
    check_in(
        "the log cannot be read",
        "< message 9 bob y late
  > history after=5 limit=200
< error log_failed
  close
  waiting: Lost
",
    );
}

#[test]
fn requests_are_answered_in_order_and_survive_a_break() {
    check_in(
        "history and members",
        "history 5 - 1000
  > history before=5 limit=200
members
  > members
< message 8 bob y late
  > history after=5 limit=200
< history more 1 2 3 4
  history 1 2 3 4 more
< history end 6 7 8
  message 6 Bob: old
  message 7 Bob: old
  message 8 Bob: old
< members
  members 1
< history end 1
",
    );
    check_again(
        "asked again",
        "history - 3 0\n  > history after=3 limit=1\nmembers\n  > members\nlost\n  waiting: Lost\n",
        "  > history after=3 limit=1\n  > members\n",
    );
}

#[test]
fn what_the_log_no_longer_has_is_told_by_name() {
    check(
        "truncated",
        after_5,
        "+0
  connecting
  connect
connected
< welcome
  > join Ana after=5 epoch=a
< joined 9
  in
  joined 9 a
  > ping
< truncated 8 8
  truncated 8 8
< message 8 bob y x
  message 8 Bob: x
",
    );
}

#[test]
fn another_log_resets_what_was_kept_of_the_old_one() {
    check(
        "other epoch",
        after_5,
        "+0
  connecting
  connect
connected
< welcome
  > join Ana after=5 epoch=a
< joined 9 b
  reset
  in
  joined 9 b
  > ping
< truncated 1 1
  truncated 1 1
< message 1 bob y x
  message 1 Bob: x
lost
  waiting: Lost
retry
  connecting
  connect
connected
< welcome
  > join Ana after=1 epoch=b
",
    );
    check(
        "the log has lost its end",
        after_5,
        "+0
  connecting
  connect
connected
< welcome
  > join Ana after=5 epoch=a
< joined 4
  reset
  in
  joined 4 a
  > ping
< truncated 1 5
  truncated 1 5
< message 5 bob y x
  message 5 Bob: x
",
    );
}

/// Invariant: a refusal that comes late, of a message that was said again and stored since, holds up nothing.
#[test]
fn a_server_that_closes_says_whether_to_come_back() {
    check_in(
        "in 3 seconds",
        "< closing stopping 3\n  close\n  waiting: Closed\n+2999\n+1501\n  connecting\n  connect\n",
    );
    check_in("sometime", "< closing silent\n  close\n  waiting: Closed\n+750\n  connecting\n  connect\n");
    check_in("never", "< closing left\n  close\n  left\n+100000\nretry\n");
}

#[test]
fn silence_is_asked_about_and_then_ends_the_connection() {
    check_in("silence", "+19999\n+1\n  > ping\n+24999\n+1\n  close\n  waiting: Silent\n");
    check_in("an answer", "+20000\n  > ping\n+40\n< pong\n  in, 40ms away\n+19999\n+1\n  > ping\n");
    let unanswered = "+20000\n  > ping\n< message 6 bob x hi\n  message 6 Bob: hi\n+19999\n+1\n  > ping\n";
    check_in("a ping without an answer is followed by another", unanswered);
    check_in("the other way round", "< ping\n  > pong\n");
    let hangs = "+0\n  connecting\n  connect\nconnected\n+9999\n+1\n  close\n  waiting: Silent\n";
    check("no welcome", live, hangs);
    let hangs = "+0\n  connecting\n  connect\nconnected\n< welcome\n  > join Ana\n+9999\n+1\n  close\n  waiting: Silent\n";
    check("no joined", live, hangs);
}

#[test]
fn what_cannot_be_read_ends_the_connection_and_what_is_new_does_not() {
    check_in("garbage", "< raw \u{7f}ELF\n  close\n  waiting: Garbled\n");
    check_in("wrong field", "< raw {\"type\":\"message\",\"seq\":-1}\n  close\n  waiting: Garbled\n");
    check_again("half a line", "< half {\"type\":\nlost\n  waiting: Lost\n", "< ping\n  > pong\n");
    check_in("new type", "< raw {\"type\":\"dance\",\"with\":\"me\"}\n");
    check_in("out of place", "< welcome\n< joined 99\n");
    check_in("endless line", &format!("< raw {}\n  close\n  waiting: Garbled\n", "x".repeat(65 * 1024)));
}

/// Whoever was put out must not run back in, also if the server says when a ban ends.
#[test]
fn questions_about_the_room_are_asked_again_after_a_break() {
    let usual = r#"< raw {"type":"access","role":"member","open":false}"#;
    let check = |name: &str, rest: &str| check_in(name, rest);
    check("unasked", &format!("{usual}\n  access Member\n"));
    check("asked", &format!("access\n  > access\n{usual}\n  access Member\n"));
    let acts = r#"< raw {"type":"audit","acts":[],"more":false}"#;
    check_again(
        "both",
        "audit 9\n  > audit before=9 limit=50\naccess\n  > access\nlost\n  waiting: Lost\n",
        &format!("  > audit before=9 limit=50\n  > access\n{acts}\n  audit 0\n{usual}\n  access Member\n"),
    );
}

#[test]
fn leaving_waits_for_the_farewell_and_for_answers_before_it() {
    check_in(
        "farewell",
        "say 1 oi
  > say 1 oi
leave
  > leave
say 2 later
< message 6 ana 1 oi
  message 6 Ana: oi
  sent 1 at 6
  forget 1
< closing left
  close
  left
+100000
leave
",
    );
    check_in("no farewell", "leave\n  > leave\n+1999\n+1\n  close\n  left\n");
    check_in("the connection breaks", "leave\n  > leave\nlost\n  left\n");
    check("not yet in", live, "+0\n  connecting\n  connect\nleave\n  close\n  left\n+100000\n");
    check("not yet begun", live, "leave\n  left\n+100000\n");
}
