//! The key goes to another device by a code: `papo key pair` on both.

use std::fs;
use std::net::TcpListener;
use std::thread;

use crate::support::{Ended, Running, World, lasting_port};

/// Makes the key of a person.
fn make_key(world: &World, profile: &str) -> Vec<u8> {
    let mut visit = world.as_person(profile, "Ana", &["send", "127.0.0.1:1", "oi", "--timeout", "1"]);
    // Nothing listens there; the key is made before.
    visit.output().unwrap();
    fs::read(world.path(profile).join("identity.key")).unwrap()
}

/// The device with the key, and its code.
fn offer(world: &World, profile: &str, address: &str) -> (Running, String) {
    let mut waiting = Running::start(world.papo(["key", "pair", "--profile", profile, "--address", address]));
    let code = waiting.out("/").trim().to_owned();
    (waiting, code)
}

fn take(world: &World, profile: &str, code: &str) -> Ended {
    world.run(&["key", "pair", code, "--profile", profile])
}

/// Invariant: the code takes the key to one other device, once, and nothing that is there is lost.
#[test]
fn a_code_takes_the_key_to_one_other_device_once() {
    let world = World::new();
    world
        .run(&["key", "pair", "--profile", "a", "--address", "127.0.0.1"])
        .check(7, &["There is no key in a yet", "papo join"]);
    let key = make_key(&world, "a");
    let (waiting, code) = offer(&world, "a", "127.0.0.1");
    assert!(code.starts_with("127.0.0.1:"), "{code}");

    // Neither a slip of the finger nor a key in the way uses the code up.
    let last = if code.ends_with('a') { "b" } else { "a" };
    take(&world, "b", &format!("{}{last}", &code[..code.len() - 1])).check(2, &["a slip in the code"]);
    take(&world, "b", "https://127.0.0.1:1/lobby").check(2, &["not a pairing code", "papo key pair"]);
    let other = make_key(&world, "c");
    take(&world, "c", &code).check(7, &["There is a key already", "--replace"]);

    take(&world, "b", &code.to_uppercase()).check(0, &["You are #"]);
    waiting
        .end()
        .check(0, &["papo key pair 127.0.0.1:", "Whoever types it there is you", "has your key now"]);
    assert_eq!(fs::read(world.path("b/identity.key")).unwrap(), key);
    take(&world, "d", &code).check(3, &["Nobody waits at 127.0.0.1:", "a code works once"]);
    assert!(!world.path("d/identity.key").exists());

    // Where a key is to be replaced, it is kept.
    let (waiting, code) = offer(&world, "b", "127.0.0.1");
    world.run(&["key", "pair", &code, "--replace", "--profile", "c"]).check(0, &["You are #", "kept: "]);
    waiting.end().check(0, &[]);
    assert_eq!(fs::read(world.path("c/identity.key")).unwrap(), key);
    assert_eq!(fs::read(world.path("c/identity.key.old-1")).unwrap(), other);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for name in ["b/identity.key", "c/identity.key", "c/identity.key.old-1"] {
            assert_eq!(fs::metadata(world.path(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
}

/// Invariant: an old code is told of on both sides and gets nothing, and the new one is still good.
#[test]
fn an_old_code_gets_nothing() {
    let world = World::new();
    let key = make_key(&world, "a");
    let address = format!("127.0.0.1:{}", lasting_port());
    let (waiting, old) = offer(&world, "a", &address);
    drop(waiting);
    let (mut waiting, new) = offer(&world, "a", &address);
    assert_ne!(old, new);
    take(&world, "b", &old).check(5, &["does not take this code"]);
    waiting.err("from 127.0.0.1 with another code and got nothing");
    assert!(!world.path("b/identity.key").exists());
    take(&world, "b", &new).check(0, &[]);
    waiting.end().check(0, &[]);
    assert_eq!(fs::read(world.path("b/identity.key")).unwrap(), key);
}

/// Invariant: who waits in vain says so in the end, and what is no papo at the address is not believed.
#[test]
fn who_is_not_there_is_named() {
    let world = World::new();
    make_key(&world, "a");
    let wait = |address: &str, more: &[&str]| {
        let arguments = ["key", "pair", "--profile", "a", "--address", address, "--timeout", "1"];
        world.run(&[&arguments, more].concat())
    };
    wait("127.0.0.1", &["--qr"]).check(3, &["Nobody came with the code within a minute", "█"]);

    let address = format!("127.0.0.1:{}", lasting_port());
    let (waiting, code) = offer(&world, "a", &address);
    wait(&address, &[]).check(1, &["Nobody can be waited for at 127.0.0.1:", "--address"]);
    drop(waiting);
    // The device with the key has gone, and something else listens in its place.
    let listener = TcpListener::bind(&address).unwrap();
    let answering = thread::spawn(move || drop(listener.accept().unwrap()));
    take(&world, "b", &code).check(4, &["does not know the code"]);
    answering.join().unwrap();
    assert!(!world.path("b/identity.key").exists());
}
