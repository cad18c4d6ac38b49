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
