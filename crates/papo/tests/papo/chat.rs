//! Conversations: people who join, talk, lose the server and find it again; scripts that send and read.

use std::collections::HashSet;
use std::fs;
use std::time::{Duration, Instant};

use crate::support::{Running, Server, World, lasting_port, text};

fn join(world: &World, profile: &str, name: &str, target: &str) -> Running {
    let mut person = Running::start(world.as_person(profile, name, &["join", "--plain", target]));
    person.err("You are in lobby");
    person
}

fn tail(world: &World, invite: &str, options: &[&str]) -> Vec<String> {
    let mut command = world.as_person("reader", "Reader", &["tail", invite]);
    command.args(options);
    if !options.contains(&"--after") {
        command.args(["--after", "0"]);
    }
    let ended = Running::start(command).end();
    ended.check(0, &[]);
    ended.out.lines().map(str::to_owned).collect()
}

/// What was said, without time and name.
fn texts(lines: &[String]) -> Vec<&str> {
    lines.iter().filter_map(|line| line.split_once(": ")).map(|(_, text)| text).collect()
}

/// Two servers of one key that name each other: who was on the first one once finds the second one when the first is
/// away, with nothing but the first one's address, and believes it by the key that the first one had.
#[test]
fn the_other_servers_are_known_at_the_next_visit() {
    let (here, there) = (World::new(), World::new());
    let ports = [lasting_port(), lasting_port()];
    let first = Server::start_on(&here, ports[0], &["--also", &format!("127.0.0.1:{}", ports[1])]);
    let [certificate, key] = ["server.crt", "server.key"].map(|name| here.path("server").join(name));
    let of_first = ["--cert", text(&certificate), "--key", text(&key)];
    let second = Server::start_on(&there, ports[1], &of_first);
    assert_eq!(first.fingerprint().split('.').next(), second.fingerprint().split('.').next());
    let address = first.address();
    let visit = |target: &str| {
        let mut person = Running::start(here.as_person("a", "Ana", &["join", "--plain", target]));
        person.err("You are in lobby");
        person.write("here I am");
        person.out("here I am");
        person.end().check(0, &[]);
    };
    let first_invite = first.invite.clone();
    visit(&first_invite);
    visit(&address);
    first.stop();
    visit(&address);
    // Somebody new, by the invite, which names both.
    let mut fresh = Running::start(here.as_person("c", "Caio", &["join", "--plain", &first_invite]));
    fresh.err("You are in lobby");
    fresh.end().check(0, &[]);
    second.stop();
    // Both are away: what is told is about the one that was meant.
    let person = Running::start(here.as_person("a", "Ana", &["join", "--plain", &address]));
    person.end().check(3, &[&address]);
    let stranger = Running::start(here.as_person("b", "Bia", &["join", "--plain", &address]));
    stranger.end().check(3, &[&address]);
}

/// Two people called Ana and one Zoë talk; the server is stopped, they write on, it is started again on the
/// same port: everybody gets everything once and in one order.
#[test]
fn everything_arrives_once_and_in_order_across_a_restart() {
    let world = World::new();
    let port = lasting_port();
    let server = Server::start_on(&world, port, &[]);
    let invite = server.invite.clone();
    let mut people = [("a", "Ana"), ("b", "Ana"), ("z", "Zoë")]
        .map(|(profile, name)| join(&world, profile, name, &invite));
    people[0].err("3 people are here.");
    for (index, person) in people.iter_mut().enumerate() {
        person.write(&format!("hello from {index}"));
        // The echo comes before the next one speaks, so the order is known.
        person.out(&format!("hello from {index}"));
    }
    for person in people.iter_mut().take(2) {
        person.out("hello from 2");
    }
    server.stop();
    for (index, person) in people.iter_mut().enumerate() {
        let stopping = person.err("Trying again in");
        let words = "* The server is stopping or restarting; nothing is lost. Trying again in ";
        assert!(stopping.starts_with(words), "{stopping}");
        (1..=3).for_each(|number| person.write(&format!("{index} writes on, {number}")));
    }
    let server = Server::start_on(&world, port, &[]);
    for person in &mut people {
        person.err("Connected again");
    }
    let expected: HashSet<String> = (0..3)
        .flat_map(|index| {
            let on = (1..=3).map(move |number| format!("{index} writes on, {number}"));
            on.chain([format!("hello from {index}")])
        })
        .collect();
    let lines = tail(&world, &invite, &["--count", "12"]);
    let room = texts(&lines);
    assert_eq!(room.iter().map(|&text| text.to_owned()).collect::<HashSet<_>>(), expected);
    for index in 0..3 {
        let own: Vec<&str> =
            room.iter().copied().filter(|text| text.starts_with(&format!("{index} "))).collect();
        let expected: Vec<String> = (1..=3).map(|number| format!("{index} writes on, {number}")).collect();
        assert_eq!(own, expected, "one person's messages keep their order");
    }
    for mut person in people {
        room.iter().skip(3).for_each(|_| drop(person.out("writes on")));
        let ended = person.end();
        ended.check(0, &[]);
        let lines: Vec<String> = ended.out.lines().map(str::to_owned).collect();
        let seen = texts(&lines);
        // Who came later has seen less of the beginning, and nothing twice or in another order.
        assert_eq!(seen, room[room.len() - seen.len()..], "everybody sees the room's order");
        assert!(seen.len() >= 10, "{seen:?}");
        let (before, after) = ended.err.split_once("Connected again").unwrap();
        assert_eq!(before.matches("Not connected: this is kept").count(), 1, "once in a break: {before}");
        let came = after.lines().filter(|line| line.contains(" came"));
        let news: Vec<&str> = came.filter(|line| !line.contains("Reader")).collect();
        assert!(news.is_empty(), "everybody was here before the break: {news:?}");
        assert!(!(ended.err + &ended.out).contains('\u{1b}'), "no colours in a pipe");
    }
    server.stop();
}

/// People of one name carry their badges, others do not; and nobody can pretend to have one.
#[test]
fn people_of_one_name_can_be_told_apart() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut zoe = join(&world, "z", "Zoë", &server.invite);
    let mut ana = join(&world, "a", "Ana", &server.invite);
    zoe.err("Ana came");
    ana.write("only one Ana so far");
    assert!(zoe.out("so far").contains(" Ana: "));
    let mut other = join(&world, "b", "Ana", &server.invite);
    zoe.err("came. 3");
    let shown = ana.err("You are shown as Ana#");
    assert!(shown.ends_with(" now: another Ana is here."), "{shown}");
    let said = ["first", "second"].map(|text| {
        let speaker = if text == "first" { &mut ana } else { &mut other };
        speaker.write(text);
        zoe.out(text)
    });
    let badges = said.clone().map(|line| line.split_once('#').map(|(_, rest)| rest[..4].to_owned()));
    assert!(badges[0].is_some() && badges[1].is_some() && badges[0] != badges[1], "{said:?}");
    zoe.write("not me");
    assert!(zoe.out("not me").contains(" Zoë: "));
    ana.write("/nick Zoë#abcd");
    let renamed = zoe.err("is called Zoë＃abcd#");
    assert!(renamed.starts_with("* Ana#"), "the name before is told: {renamed}");
    for person in [zoe, ana, other] {
        person.end().check(0, &[]);
    }
    server.stop();
}

#[test]
fn commands_are_done_and_never_sent() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut person = join(&world, "a", "Ana", &server.invite);
    for (line, words) in [
        ("/help", "/history [N]"),
        ("/who", "Here: Ana"),
        ("/frobnicate now", "there is no /frobnicate"),
        ("/nick", "/nick NAME: the name is empty"),
        ("/history", "There are no older messages"),
    ] {
        person.write(line);
        person.err(words);
    }
    person.write("/me waves");
    assert!(person.out("waves").ends_with("Ana: *waves*"));
    person.write("//help is text");
    assert!(person.out("is text").ends_with("Ana: /help is text"));
    person.write("/nick Bia");
    person.err("You are called Bia now");
    // What was said just before is waited for, what comes after it is not meant for the room.
    for line in ["last words", "/leave", "too late"] {
        person.write(line);
    }
    let ended = person.end();
    ended.check(2, &["some lines were not sent"]);
    assert_eq!(
        texts(&tail(&world, &server.invite, &["--no-follow"])),
        ["*waves*", "/help is text", "last words"]
    );
    server.stop();
}

/// Whoever comes is told once who is there, in one line, and does not hear of those again.
#[test]
fn whoever_comes_is_told_who_is_there() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let come = |profile: &str, name: &str| {
        let mut person = Running::start(world.as_person(profile, name, &["join", &server.invite]));
        let line = person.err("You are in");
        (person, line)
    };
    let (mut zoe, line) = come("z", "Zoë");
    assert_eq!(line, "* You are in lobby as Zoë, alone so far. /help lists the commands.");
    let (bia, line) = come("b", "Bia");
    assert_eq!(line, "* You are in lobby as Bia, with Zoë. /help lists the commands.");
    let (ana, line) = come("a", "Ana");
    assert_eq!(line, "* You are in lobby as Ana, with Bia and Zoë. /help lists the commands.");
    // The server tells of arrivals a little later, so that Bia hears of her own and perhaps of Zoë's.
    zoe.err("3 people are here");
    zoe.write("oi");
    zoe.out("oi");
    zoe.end().check(0, &[]);
    for (person, others) in [(bia, ["Bia", "Zoë"]), (ana, ["Bia", "Zoë"])] {
        let words = person.end().err;
        let again = others.map(|name| words.contains(&format!("{name} came")));
        assert_eq!(again, [false, false], "{words}");
    }
    server.stop();
}

/// Whoever comes later sees the last messages, and gets older ones on request.
#[test]
fn the_past_is_shown_and_asked_for() {
    let world = World::new();
    let server = Server::start(&world, &["--rate", "off"]);
    let mut writer = Running::start(world.as_person("a", "Ana", &["send", "--lines", &server.invite]));
    (1..=30).for_each(|number| writer.write(&format!("number {number}.")));
    writer.end().check(0, &[]);
    let mut reader = join(&world, "z", "Zoë", &server.invite);
    assert!(reader.out("number").ends_with("number 11."), "the last 20 are shown");
    reader.out("number 30.");
    reader.write("/history 5");
    reader.err("5 older messages; /history shows more");
    assert!(reader.out("number").ends_with("number 6."));
    reader.out("number 10.");
    reader.write("/history");
    reader.err("5 older messages, the room's first");
    assert!(reader.out("number").ends_with("number 1."));
    reader.end().check(0, &[]);
    server.stop();
}

/// `join` in a pipe: all lines are sent before it ends, in order.
#[test]
fn a_pipe_may_speak() {
    let world = World::new();
    let server = Server::start(&world, &["--rate", "off"]);
    fs::write(
        world.path("lines"),
        (1..=200).fold(String::new(), |all, number| all + &format!("line {number}\n")),
    )
    .unwrap();
    let mut command = world.as_person("a", "Ana", &["join", &server.invite]);
    command.stdin(fs::File::open(world.path("lines")).unwrap());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let lines = tail(&world, &server.invite, &["--no-follow"]);
    let expected: Vec<String> = (1..=200).map(|number| format!("line {number}")).collect();
    assert_eq!(texts(&lines), expected);
    server.stop();
}

/// What could not be sent before the end is kept and goes out the next time.
#[test]
fn the_outbox_outlives_the_program() {
    let world = World::new();
    let port = lasting_port();
    let server = Server::start_on(&world, port, &[]);
    let invite = server.invite.clone();
    let mut person = join(&world, "a", "Ana", &invite);
    server.stop();
    person.err("Trying again");
    person.write("for later");
    // The next line is dealt with only when the one before it is in the outbox.
    person.write("/frobnicate");
    person.err("there is no /frobnicate");
    person.interrupt();
    person.end().check(6, &["1 message could not be sent", "next `papo join`"]);
    let server = Server::start_on(&world, port, &[]);
    let mut person = Running::start(world.as_person("a", "Ana", &["join", &invite]));
    person.err("1 message from last time");
    person.out("for later");
    person.end().check(0, &[]);
    assert_eq!(texts(&tail(&world, &invite, &["--no-follow"])), ["for later"]);
    server.stop();
}

#[test]
fn send_and_tail_are_made_for_scripts() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let send = |arguments: &[&str], input: &[&str]| {
        let mut command = world.as_person("a", "Ana", &["send", &server.invite]);
        command.args(arguments);
        let mut sending = Running::start(command);
        input.iter().for_each(|line| sending.write(line));
        let ended = sending.end();
        ended.check(0, &[]);
        assert_eq!((ended.out.as_str(), ended.err.as_str()), ("", ""), "success is silent");
    };
    send(&["several", "words"], &[]);
    send(&[], &["two lines", "of one message"]);
    send(&["--lines"], &["one", "", "two"]);
    let lines = tail(&world, &server.invite, &["--no-follow"]);
    assert_eq!(lines[1..3].iter().map(|line| line.trim()).collect::<Vec<_>>()[1], "of one message");
    assert!(lines[2].starts_with("      "), "a further line cannot pass for a message: {lines:?}");
    let json = tail(&world, &server.invite, &["--no-follow", "--json"]);
    let messages: Vec<serde_json::Value> =
        json.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said: Vec<_> = messages.iter().map(|message| message["text"].as_str().unwrap()).collect();
    assert_eq!(said, ["several words", "two lines\nof one message", "one", "two"]);
    for (index, message) in messages.iter().enumerate() {
        assert_eq!(message["type"], "message");
        assert_eq!(message["seq"], index + 1);
        assert_eq!(message["from"], messages[0]["from"], "one profile is one member");
    }
    let some = tail(&world, &server.invite, &["--after", "2", "-n", "1"]);
    assert_eq!(texts(&some), ["one"]);
    server.stop();
}

/// A terminal obeys nothing that others have written.
#[test]
fn nothing_from_others_reaches_the_terminal_unescaped() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let hostile = "\u{1b}]0;owned\u{7} \u{9b}2J \u{202e}evil\r";
    let mut command = world.as_person("a", "Ana", &["send", &server.invite]);
    command.arg(hostile);
    Running::start(command).end().check(0, &[]);
    for options in [&["--no-follow"][..], &["--no-follow", "--json"]] {
        let lines = tail(&world, &server.invite, options);
        assert_eq!(lines.len(), 1);
        assert!(!lines[0].contains(|c: char| c.is_control() || c == '\u{202e}'), "{lines:?}");
    }
    server.stop();
}

/// Rooms are apart, and the invite's room counts.
#[test]
fn rooms_are_apart() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let sala = server.invite.replace("/lobby#", "/sala#");
    Running::start(world.as_person("a", "Ana", &["send", &sala, "in sala"])).end().check(0, &[]);
    assert_eq!(texts(&tail(&world, &server.invite, &["--no-follow", "--room", "sala"])), ["in sala"]);
    assert!(tail(&world, &server.invite, &["--no-follow"]).is_empty());
    server.stop();
}

/// The certificate alone is enough, as in the project's first days: address, port and `--ca`.
#[test]
fn the_certificate_is_enough() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let (certificate, port) = (world.path("server/server.crt"), server.port.to_string());
    let by_file = ["send", "-ip", "127.0.0.1", "-p", &port, "--ca", text(&certificate), "oi"];
    Running::start(world.as_person("a", "Ana", &by_file)).end().check(0, &[]);
    assert_eq!(texts(&tail(&world, &server.invite, &["--no-follow"])), ["oi"]);
    server.stop();
}

/// A script that sends does not mind a restart of the server either.
#[test]
fn sending_lines_survives_a_restart() {
    let world = World::new();
    let port = lasting_port();
    let server = Server::start_on(&world, port, &[]);
    let invite = server.invite.clone();
    let mut sending = Running::start(world.as_person("a", "Ana", &["send", "--lines", &invite]));
    let mut reader = Running::start(world.as_person("z", "Zoë", &["tail", &invite, "--after", "0"]));
    sending.write("before");
    reader.out("before");
    server.stop();
    sending.err("Trying again");
    sending.write("between");
    let server = Server::start_on(&world, port, &[]);
    sending.err("Connected again");
    sending.write("after");
    sending.end().check(0, &[]);
    reader.out("between");
    reader.out("after");
    assert_eq!(texts(&tail(&world, &invite, &["--no-follow"])), ["before", "between", "after"]);
    server.stop();
}

/// What a visit has seen can be read again without the server, by people and by programs.
#[test]
fn what_was_seen_can_be_read_offline() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let invite = server.invite.clone();
    let mut person = join(&world, "a", "Ana", &invite);
    for line in ["the first", "the second", "the third"] {
        person.write(line);
        person.out(line);
    }
    person.end().check(0, &[]);
    server.stop();
    let offline = |options: &[&str]| {
        let mut command = world.as_person("a", "Ana", &["tail", &invite, "--offline"]);
        command.args(options);
        let ended = Running::start(command).end();
        ended.check(0, &[]);
        ended.out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(texts(&offline(&[])), ["the first", "the second", "the third"]);
    assert_eq!(texts(&offline(&["--after", "1", "-n", "1"])), ["the second"]);
    let json: serde_json::Value = serde_json::from_str(&offline(&["--json"])[2]).unwrap();
    assert_eq!((&json["seq"], &json["text"]), (&3.into(), &"the third".into()));
    let mut stranger = Running::start(world.as_person("z", "Zoë", &["tail", &invite, "--offline"]));
    stranger.err("Nothing of this room is kept here yet");
    stranger.end().check(0, &[]);
}

/// The server's own log holds nothing of what people say or are called, however much it is asked to write.
#[test]
fn the_servers_log_holds_no_text_of_messages() {
    let world = World::new();
    for format in ["text", "json"] {
        let server = Server::start(&world, &["--log-level", "trace", "--log-format", format]);
        let mut command = world.as_person("a", "Canary-Name", &["send", &server.invite]);
        command.arg("canary-text");
        Running::start(command).end().check(0, &[]);
        let mut person = join(&world, "z", "Canary-Name", &server.invite);
        person.out("canary-text");
        person.end().check(0, &[]);
        let ended = server.stop_and_tell();
        assert!(ended.err.contains("DEBUG"), "the log was written: {}", ended.err);
        for canary in ["canary-text", "Canary-Name"] {
            assert!(!ended.err.contains(canary) && !ended.out.contains(canary), "{format}: {}", ended.err);
        }
    }
}

/// Invariant: a name of one's own for somebody is shown with the one they chose, to oneself alone, at the next visit too,
/// until it is taken back; whoever takes a name that looks like it gets a badge.
#[test]
fn a_petname_is_shown_to_its_giver_alone() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut ana = join(&world, "a", "Ana", &server.invite);
    let mut bia = join(&world, "b", "Bia", &server.invite);
    ana.err("Bia");
    ana.write("/call");
    ana.err("You have given nobody a name of your own");
    ana.write("/call Bia Mãe querida");
    ana.err("You call Bia Mãe querida from now on. Only you see it");
    bia.write("oi");
    assert!(ana.out("oi").ends_with(" Mãe querida (Bia): oi"));
    assert!(bia.out("oi").ends_with(" Bia: oi"));
    ana.write("/who");
    ana.err("Mãe querida (Bia)");

    let mut other = join(&world, "c", "mãe QUERIDA", &server.invite);
    other.write("it is me");
    let line = ana.out("it is me");
    assert!(line.contains(" mãe QUERIDA#"), "whoever looks like her has a badge: {line}");
    ana.err("3 people are here");
    ana.write("/call mãe_QUERIDA Mãe querida");
    ana.err("several are called");
    ana.end().check(2, &[]);

    let mut ana = join(&world, "a", "Ana", &server.invite);
    ana.out("Mãe querida (Bia): oi");
    ana.write("/call");
    ana.err("Your names for others: Mãe querida#");
    ana.write("/call Mãe_querida");
    ana.err("several are called");
    ana.write("/call Bia");
    ana.err("Bia is shown by the name they chose again");
    ana.write("/call Bia");
    ana.err("you have given Bia no name of your own");
    bia.write("again");
    assert!(ana.out("again").ends_with(" Bia: again"));
    ana.end().check(2, &[]);
    for person in [bia, other] {
        person.end().check(0, &[]);
    }
    server.stop();
}

/// A paste that is longer than the server takes at once is sent whole and in order, and the person is told so once.
#[test]
fn a_paste_that_is_too_fast_is_told_once_and_sent_whole() {
    const LINES: usize = 25;
    let world = World::new();
    let server = Server::start(&world, &["--limits", "messages=5:3"]);
    let mut ana = Running::start(world.as_person("a", "Ana", &["join", "--plain", &server.invite]));
    ana.err("You are in lobby");
    (1..=LINES).for_each(|number| ana.write(&format!("line {number} of the paste")));
    let ended = ana.end();
    ended.check(0, &["Nothing is lost"]);
    assert_eq!(ended.err.matches("more slowly").count(), 1, "{ended:?}");
    let tail = ["tail", "--after", "0", "--no-follow", &server.invite];
    let read = Running::start(world.as_person("z", "Zoë", &tail)).end();
    let said: Vec<&str> = read.out.lines().filter_map(|line| line.split("Ana: ").nth(1)).collect();
    let expected: Vec<String> = (1..=LINES).map(|number| format!("line {number} of the paste")).collect();
    assert_eq!(said, expected, "{read:?}");
    server.stop();
}

/// What works in the window works here: `/whois`, `/search`, `/ignore`.
#[test]
fn a_terminal_tells_who_somebody_is_finds_what_was_said_and_ignores() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut ana = join(&world, "a", "Ana", &server.invite);
    let mut zoe = join(&world, "z", "Zoë", &server.invite);
    ana.err("Zoë");
    zoe.write("cake for everybody");
    ana.out("cake");
    ana.write("/whois Zoë");
    assert!(ana.err("is here. Key: ").contains("badge"));
    // What has come is kept a moment later; the question is asked until it is.
    let begun = Instant::now();
    loop {
        ana.write("/search CAKE");
        if ana.err("ound").contains("1 message found") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "nothing is found");
    }
    assert!(ana.err("Zoë: cake for everybody").ends_with("everybody"));
    ana.write("/ignore Zoë");
    ana.err("You see nothing of Zoë");
    zoe.write("hidden words");
    zoe.out("hidden");
    ana.write("in between");
    ana.out("in between");
    ana.write("/unignore Zoë");
    ana.err("You see again");
    zoe.write("shown words");
    assert!(ana.out("words").contains("shown"));
    ana.write("/dance");
    ana.err("there is no /dance");
}
