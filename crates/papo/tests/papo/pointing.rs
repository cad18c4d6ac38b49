//! Commands about messages at a terminal and in a script: changing, taking back, answering, putting an emoji there.

use crate::support::{Running, Server, World, lasting_port};

fn join(world: &World, profile: &str, name: &str, invite: &str) -> Running {
    let mut person = Running::start(world.as_person(profile, name, &["join", "--plain", invite]));
    person.err("You are in lobby");
    person
}

#[test]
fn a_terminal_changes_answers_reacts_and_takes_back_by_word() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut zoe = join(&world, "z", "Zoë", &server.invite);
    let mut ana = join(&world, "a", "Ana", &server.invite);
    ana.write("/edit something");
    ana.err("there is nothing of yours here");
    ana.write("/reply oi");
    ana.err("nobody else has said anything here yet");
    zoe.write("which cake?");
    ana.out("which cake?");
    zoe.write("and when?");
    ana.out("and when?");
    for (line, shown) in [
        ("teh cake", "Ana: teh cake"),
        ("/edit the cake", "Ana changed \"teh cake\" to: the cake"),
        ("/reply at two", "Ana replies to Zoë (\"and when?\"): at two"),
        ("/reply ^2 that one", "Ana replies to Zoë (\"which cake?\"): that one"),
        ("/react :tada:", "Ana reacts with 🎉 to \"and when?\""),
        ("/react 🎉", "Ana no longer reacts with 🎉 to \"and when?\""),
        ("/delete ^3", "Ana took back: \"the cake\""),
        ("/react ^#1 👍", "Ana reacts with 👍 to \"which cake?\""),
        ("/delete", "Ana took back: \"that one\""),
    ] {
        ana.write(line);
        assert!(ana.out(shown).ends_with(shown), "{line}");
        assert!(zoe.out(shown).ends_with(shown), "{line}");
    }
    for (line, why) in [
        ("/edit", "/edit needs what your last message says instead"),
        ("/reply", "/reply needs the answer"),
        ("/delete 2", "/delete takes back your last message; /delete ^2 the one before it"),
        ("/delete ^#1", "message 1 is not yours"),
        ("/delete ^#99", "message 99 is not among those shown here"),
        ("/edit ^9 no", "there is only 1 message of that kind here, and 9 were counted"),
        ("/react nonsense", "nonsense is no emoji"),
        ("/theme dark", "the colours of a terminal are its own"),
        ("/timestamp 12", "/timestamp takes on or off"),
    ] {
        ana.write(line);
        ana.err(why);
    }
    ana.write("/timestamp off");
    ana.write("without a time");
    assert_eq!(ana.out("without a time"), "Ana: without a time");
    ana.write("/ignore Zoë");
    ana.err("You see nothing of Zoë");
    ana.write("/reply oi");
    ana.err("nobody else has said anything");
    zoe.end().check(0, &[]);
    ana.end().check(2, &["some lines were not sent"]);
    server.stop();
}

/// What a script says at once reaches the room a moment later; a command about the last message waits for it. It changed
/// the message before, or found none.
#[test]
fn a_script_may_change_what_it_has_just_said() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut ana = join(&world, "a", "Ana", &server.invite);
    for line in ["first", "helo", "/edit hello", "/delete ^2", "the end", "/leave"] {
        ana.write(line);
    }
    let ended = ana.end();
    ended.check(0, &[]);
    let said: Vec<&str> =
        ended.out.lines().filter_map(|line| line.split_once(" Ana")).map(|(_, said)| said).collect();
    let expected = [": first", ": helo", " changed \"helo\" to: hello", " took back: \"first\"", ": the end"];
    assert_eq!(said, expected, "{ended:#?}");
    server.stop();
}

/// Invariant: nothing waits for a connection that is gone. What was typed behind a command that waited is kept or done,
/// the command is refused, and whoever wants to leave leaves.
#[test]
fn a_lost_connection_ends_the_waiting() {
    let world = World::new();
    let port = lasting_port();
    let server = Server::start_on(&world, port, &[]);
    let invite = server.invite.clone();
    let mut ana = join(&world, "a", "Ana", &invite);
    server.running.freeze();
    ana.write("/help\nhi\n/edit hello\nand on");
    ana.err("/leave");
    drop(server);
    ana.err("Trying again in");
    ana.write("/frobnicate");
    ana.write("/leave");
    let told = ["that message is not in the room yet", "no /frobnicate", "2 messages could not be sent"];
    ana.end().check(6, &told);
    let server = Server::start_on(&world, port, &[]);
    let mut ana = Running::start(world.as_person("a", "Ana", &["join", "--plain", &invite]));
    ana.err("2 messages from last time");
    ana.out("Ana: hi");
    ana.out("Ana: and on");
    ana.end().check(0, &[]);
    server.stop();
}

/// Whoever is ignored was still read in the answers of others.
#[test]
fn answers_show_nothing_of_an_ignored_person_in_either_language() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut zoe = join(&world, "z", "Zoë", &server.invite);
    let mut ana = join(&world, "a", "Ana", &server.invite);
    let mut papo = world.as_person("b", "Bia", &["join", "--plain", &server.invite]);
    papo.env("PAPO_LANG", "pt-BR");
    let mut bia = Running::start(papo);
    bia.err("Você está na sala");
    ana.err("Bia came");
    zoe.write("buy now");
    for person in [&mut ana, &mut bia] {
        person.out("buy now");
        person.write("/ignore Zoë");
    }
    ana.err("You see nothing of Zoë");
    bia.err("Você não vê mais nada de Zoë");
    zoe.write("/reply me again");
    zoe.err("nobody else has said anything");
    bia.write("/edit");
    bia.err("/edit precisa do novo texto da sua última mensagem: /edit TEXTO");
    let mut eva = join(&world, "e", "Eva", &server.invite);
    eva.out("buy now");
    eva.write("/reply no");
    assert!(ana.out("Eva").ends_with("Eva replies to an ignored person: no"));
    assert!(bia.out("Eva").ends_with("Eva responde a uma pessoa ignorada: no"));
    eva.write("/react 👎");
    assert!(ana.out("👎").ends_with("Eva reacts with 👎 to what an ignored person said"));
    zoe.out("👎");
    for (person, code) in [(ana, 0), (eva, 0), (zoe, 2), (bia, 2)] {
        person.end().check(code, &[]);
    }
    server.stop();
}
