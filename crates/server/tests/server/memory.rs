//! What bad input and bad acts cost in memory: nothing. Every row of both tables that leaves its connection as it was is said
//! again and again, and the process does not grow. Not here: lines that are bad by themselves, and those that end the
//! connection, which the tests of the real program look at.

use std::env;
use std::fs;
use std::process::Command;

use papo_server::{AccessRules, Slow};

use crate::bad_acts::{self, Cast};
use crate::bad_inputs;
use crate::common::{RawClient, TestServer, lines};
use crate::rows::{Answer, Row, Who};

/// Set in the process that has nothing else to do.
const ALONE: &str = "PAPO_TEST_ALONE";

/// How often each line is said in a round, and how many rounds there are. The first two fill what is kept for use.
const TIMES: usize = 50;
const ROUNDS: usize = 4;

/// How much the process may grow after the second round: what an allocator keeps here and there. Measured: 80; and 8,600
/// where a KiB of each refusal was kept on purpose.
const GROWTH_KIB_MAX: u64 = 2 * 1024;

/// Invariant: what is refused leaves nothing in memory, whoever says it, and however often.
#[test]
fn bad_input_and_bad_acts_leave_nothing_in_memory() {
    if env::var_os(ALONE).is_none() {
        // Other tests of this process would be measured too.
        let name = "memory::bad_input_and_bad_acts_leave_nothing_in_memory";
        let mut alone = Command::new(env::current_exe().unwrap());
        let ran = alone.args([name, "--exact", "--nocapture"]).env(ALONE, "yes").output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(
            ran.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        return;
    }
    let server = TestServer::start(|config| {
        config.access = AccessRules { open: false, slow: Slow::Off };
        // A round may take longer on a busy machine than a stranger may.
        config.limits.join_seconds_max = 3600;
    });
    let mut cast = Cast::assemble(&server, "sala");
    let stays = |row: &Row| matches!(row.answer, Answer::Refused(_) | Answer::Pong | Answer::Page);
    let rows: Vec<Row> = bad_acts::rows().chain(bad_inputs::rows()).filter(stays).collect();
    let mut sizes_kib = Vec::new();
    for _ in 0..ROUNDS {
        let mut stranger = server.client();
        stranger.welcome();
        for row in &rows {
            say_often(row, &mut cast, &mut stranger);
        }
        sizes_kib.push(resident_kib());
    }
    println!("{} rows; resident after each round, in KiB: {sizes_kib:?}", rows.len());
    assert!(sizes_kib[ROUNDS - 1] <= sizes_kib[1] + GROWTH_KIB_MAX, "the process grows: {sizes_kib:?}");
}

/// Says every line of a row many times over, and reads as many answers.
fn say_often(row: &Row, cast: &mut Cast, stranger: &mut RawClient) {
    let times = (TIMES / row.lines.len()).max(1);
    let said: Vec<String> =
        row.lines.iter().map(|line| cast.filled_in(line).replace("{id}", "memory")).collect();
    let client = if row.who == Who::Stranger { stranger } else { cast.client(row.who) };
    let once = lines(&said);
    client.send_bytes(&once.repeat(times));
    (0..times * said.len()).for_each(|_| drop(client.answer()));
}

fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}
