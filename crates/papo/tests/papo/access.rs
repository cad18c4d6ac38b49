//! Who may come in and who keeps order, as people meet it: by invite, from inside a room, and on the server's machine.

use crate::support::{Running, World};

/// Invariant: in a room by invite the first by the first invite owns it, an invite for one lets one in, a stranger
/// learns nothing, and whoever is banned is out.
#[test]
fn a_room_by_invite_has_an_owner_and_a_door() {
    let world = World::new();
    let mut server =
        Running::start(world.papo(["serve", "0.0.0.0", "-p", "0", "--address", "127.0.0.1", "--data", "s"]));
    let first = server.out("https://").trim().to_owned();
    let without_secret = first.rsplit_once('.').unwrap().0;
    let send = |profile: &str, target: &str| {
        Running::start(world.as_person(profile, profile, &["send", target, "oi"])).end()
    };
    let elsewhere = without_secret.replace("/lobby#", "/nowhere#");
    let stranger = send("Xis", without_secret);
    stranger.check(5, &["there is no such room, or you need an invite"]);
    assert_eq!(
        stranger.err,
        send("Xis", &elsewhere).err,
        "a room that exists and one that does not look the same"
    );

    let mut owner = Running::start(world.as_person("Ana", "Ana", &["join", &first]));
    owner.out("Ana came in first and owns the room");
    owner.write("/invite 1 2h");
    let told = owner.err("https://");
    let invite = &told[told.find("https://").unwrap()..].trim();
    send("Bia", invite).check(0, &[]);
    owner.out("Bia: oi");
    send("Caio", invite).check(5, &[]);
    send("Bia", without_secret).check(0, &[]);

    owner.write("/kick Nobody");
    owner.err("nobody called Nobody is known here");
    owner.write("/announce");
    owner.out("Ana lets only moderators and owners speak");
    send("Bia", without_secret).check(5, &[]);
    world.run(&["room", "lobby", "announce", "off", "--data", "s"]).check(0, &[]);
    owner.out("whoever runs the server lets everybody speak");
    let banned = world.run(&["room", "lobby", "ban", "Bia", "2h", "spam", "--data", "s"]);
    banned.check(0, &[]);
    assert!(banned.out.contains("for 2 h: spam"), "{banned:?}");
    send("Bia", without_secret).check(5, &["shut out"]);

    let another = world.run(&["invite", "--data", "s"]).out;
    send("Caio", another.trim()).check(0, &[]);
    let audit = world.run(&["room", "lobby", "audit", "--data", "s"]).out;
    assert!(audit.contains("Caio") && audit.contains("banned"), "{audit}");
    // A script learns that one of its lines was wrong.
    owner.end().check(2, &["some lines were not sent"]);
    server.interrupt();
    server.end().check(0, &["Only those with an invite come in", "owns the room"]);
}

/// Invariant: a server whose output is kept in logs prints nothing that lets anybody in, and an invite for the owner that
/// was made before it was started anew still holds.
#[test]
fn a_server_that_prints_no_invite_keeps_the_owners() {
    let world = World::new();
    let arguments = ["serve", "0.0.0.0", "-p", "0", "--address", "127.0.0.1", "--data", "s"];
    let server = || {
        let mut command = world.papo(arguments);
        command.env("PAPO_NO_INVITE", "1");
        let mut server = Running::start(command);
        server.err("No invite is printed here");
        server.err("Ctrl-C");
        server
    };
    let first = server();
    let made = world.run(&["room", "lobby", "owner-invite", "--data", "s"]);
    first.interrupt();
    let told = first.end();
    told.check(0, &[]);
    let second = server();
    // It is the second server's port that the owner comes to; the secret is the first one's.
    let there = world.run(&["invite", "--data", "s"]).out;
    let (there, secret) = (there.split('#').next().unwrap(), made.out.trim().split('#').nth(1).unwrap());
    let link = format!("{there}#{secret}");
    Running::start(world.as_person("Ana", "Ana", &["send", &link, "oi"])).end().check(0, &[]);
    world.run(&["room", "lobby", "owner-invite", "--data", "s"]).check(5, &["has an owner already"]);
    second.interrupt();
    let told_again = second.end();
    for (what, text) in [("output", &told.out), ("words", &told.err), ("output", &told_again.out)] {
        assert!(!text.contains('#'), "the {what} has an invite: {text}");
    }
}

/// Invariant: where nobody reads what the server prints, whoever runs it gets the owner's invite all the same, until
/// somebody owns the room; and how the room stands is told to people as a table and to programs as JSON.
#[test]
fn a_server_whose_output_nobody_reads_gets_its_owner() {
    let world = World::new();
    let mut server =
        Running::start(world.papo(["serve", "0.0.0.0", "-p", "0", "--address", "127.0.0.1", "--data", "s"]));
    let printed = server.out("https://").trim().to_owned();
    let room = |words: &[&str]| world.run(&[&["room", "lobby"], words, &["--data", "s"]].concat());
    let made = room(&["owner-invite"]);
    made.check(0, &["Whoever comes first by this invite owns the room"]);
    let send = |name: &str, target: &str| {
        Running::start(world.as_person(name, name, &["send", target.trim(), "oi"])).end()
    };
    send("Bia", &printed).check(5, &["taken back"]);
    send("Ana", &made.out).check(0, &[]);
    room(&["owner-invite"]).check(5, &["the room lobby has an owner already", "op NAME owner"]);
    // Commands are named as they are typed here, which is without a slash.
    room(&["invite", "many"]).check(2, &["papo: invite takes how many"]);
    room(&["revoke", "abc"]).check(2, &["begins with abc; access lists them"]);

    // Whom the room does not know is named by id, and a refusal is said in the language that was asked in.
    let unban = ["unban", "25njqamcweflpvkl73j4szah"];
    room(&unban).check(5, &["there is nothing to be changed"]);
    room(&[&unban[..], &["--lang", "pt"]].concat()).check(5, &["isto não pode ser feito"]);
    room(&["slow", "5s"]).check(0, &[]);
    let table = room(&["access"]);
    table.check(0, &[]);
    for row in [
        "come in  those with an invite",
        "slow     5 s between two messages",
        "Owners and moderators",
        "  owner  ",
    ] {
        assert!(table.out.contains(row), "{row:?} is missing:\n{}", table.out);
    }
    assert!(!table.out.contains('{'), "{}", table.out);
    let json = room(&["access", "--json"]).out;
    assert!(json.starts_with(r#"{"role":"operator","open":false,"slow":5,"staff":[{"id":""#), "{json}");
    let audit = room(&["audit", "--json"]).out;
    assert!(audit.lines().count() > 3 && audit.lines().all(|line| line.starts_with(r#"{"seq":"#)), "{audit}");
    server.interrupt();
    server.end().check(0, &[]);
    // The same while no server runs.
    room(&["owner-invite"]).check(5, &["has an owner already"]);
    assert_eq!(room(&["access", "--json"]).out, json);
}

/// Invariant: how a room stands is told when it is asked for, and unasked only what is new and bounds the person.
#[test]
fn what_everybody_knows_is_not_told_at_each_entrance() {
    let world = World::new();
    let mut server =
        Running::start(world.papo(["serve", "0.0.0.0", "-p", "0", "--address", "127.0.0.1", "--data", "s"]));
    let invite = server.out("https://").trim().to_owned();
    let join = || Running::start(world.as_person("Ana", "Ana", &["join", &invite]));
    let mut first = join();
    first.err("You are in lobby");
    first.write("/access");
    first.err("The room is by invite");
    first.end().check(0, &[]);
    world.run(&["room", "lobby", "slow", "1s", "--data", "s"]).check(0, &[]);
    let mut again = join();
    again.err("Slow mode: 1 s between two messages");
    again.write("/who");
    again.err("Here: Ana");
    let ended = again.end();
    ended.check(0, &[]);
    assert!(!ended.err.contains("by invite"), "{}", ended.err);
    server.interrupt();
    server.end().check(0, &[]);
}
