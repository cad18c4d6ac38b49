//! Written-out exchanges in which the server refuses something: what is kept, what is said again and what is given up.
//! `script.rs` says how to read them. Not here: the conversation as it should go (`exchanges`).

use super::exchanges::{check_in, live};
use super::script::check;

#[test]
fn a_server_that_slows_us_down_has_lost_nothing() {
    check_in(
        "too fast",
        "say 1 one
  > say 1 one
< error too_fast 1 3
  refused: too_fast
+10000
< message 6 ana 1 one
  message 6 Ana: one
  sent 1 at 6
  forget 1
",
    );
}

#[test]
fn a_log_that_fails_is_tried_again_with_everything_in_order() {
    check_in(
        "log failed",
        "say 1 one
  > say 1 one
say 2 two
  > say 2 two
< error log_failed 1 2
  refused: log_failed
say 3 three
+1999
+1
  > say 1 one
  > say 2 two
  > say 3 three
< message 6 ana 2 two
  message 6 Ana: two
  sent 2 at 6
  forget 2
< message 7 ana 1 one
  message 7 Ana: one
  sent 1 at 7
  forget 1
",
    );
}

#[test]
fn a_late_refusal_does_not_hold_up_what_is_said_next() {
    check_in(
        "log failed, late",
        "say 1 one
  > say 1 one
say 2 two
  > say 2 two
< error log_failed 1 2
  refused: log_failed
+2000
  > say 1 one
  > say 2 two
< error log_failed 2 2
  refused: log_failed
< message 6 ana 1 one
  message 6 Ana: one
  sent 1 at 6
  forget 1
< message 7 ana 2 two
  message 7 Ana: two
  sent 2 at 7
  forget 2
say 3 three
  > say 3 three
< error log_failed 2 2
  refused: log_failed
say 4 four
  > say 4 four
",
    );
}

#[test]
fn what_cannot_be_mended_by_trying_again_stops_the_session() {
    let connected = "+0\n  connecting\n  connect\nconnected\n";
    let case = |name: &str, rest: &str| check(name, live, &[connected, rest].concat());
    case("version", "< welcome 2\n  close\n  stopped: Version\n+100000\n");
    case("not papo", "< raw HTTP/1.1 400 Bad Request\n  close\n  stopped: NotPapo\n");
    for code in ["bad_name", "bad_room", "bad_proof", "bad_field", "no_entry", "banned", "locked"] {
        let refused =
            format!("< welcome\n  > join Ana\n< error {code}\n  close\n  stopped: JoinRefused\n+100000\n");
        case(code, &refused);
    }
    case(
        "the log fails",
        "< welcome\n  > join Ana\n< error log_failed - 2\n  close\n  waiting: JoinRefused\n",
    );
    case(
        "patience",
        "< welcome\n  > join Ana\n< error too_fast\n  refused: too_fast\n< joined 5\n  in\n  joined 5 a\n  > ping\n",
    );
    check(
        "trust",
        live,
        "+0\n  connecting\n  connect\nuntrusted\n  stopped: NotPapo\nretry\n  connecting\n  connect\n",
    );
}

#[test]
fn who_was_put_out_stays_out() {
    check_in("kicked", "< closing kicked\n  close\n  stopped: Closed\n+100000\n");
    check_in("banned", "< closing banned 5\n  close\n  stopped: Closed\n+100000\n");
}

#[test]
fn slow_mode_keeps_what_is_said_and_is_told_once() {
    check_in(
        "slow mode",
        "say 1 oi
  > say 1 oi
say 2 oi
  > say 2 oi
< message 6 ana 1 oi
  message 6 Ana: oi
  sent 1 at 6
  forget 1
< error slow_mode 2 7
  refused: slow_mode
say 3 oi
+6999
+1
  > say 2 oi
  > say 3 oi
< message 7 ana 2 oi
  message 7 Ana: oi
  sent 2 at 7
  forget 2
< error slow_mode 3 7
  refused: slow_mode
",
    );
    let several = "say 1 oi\n  > say 1 oi\nsay 2 oi\n  > say 2 oi\n< error slow_mode 1 7\n  refused: slow_mode\n< error slow_mode 2 7\n";
    check_in("told once", several);
    let muted = "say 1 oi\n  > say 1 oi\n< error muted 1 7\n  failed 1: muted\n  forget 1\n";
    check_in("a mute is final", muted);
}

#[test]
fn a_new_name_is_told_and_a_refused_one_forgotten() {
    check_in(
        "typing",
        "typing\n  > typing\ntyping\n+2000\ntyping\n  > typing\nlost\n  waiting: Lost\ntyping\n",
    );
    check_in(
        "rename",
        "rename Bia
  > rename Bia
< renamed bia
  renamed Bia
rename Eva
  > rename Eva
< error bad_name
  refused: bad_name
rename Eva
  > rename Eva
< error bad_name
  refused: bad_name
lost
  waiting: Lost
retry
  connecting
  connect
connected
< welcome
  > join Bia after=5 epoch=a
rename Ana
you bia
< joined 5
  in
  joined 5 a
  > ping
  > rename Ana
",
    );
}
