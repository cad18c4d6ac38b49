//! Clients and certificates that are not ours: OpenSSL's command line and the Python example.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[cfg(unix)]
use crate::support::on_terminal;
use crate::support::{Running, Server, World, text};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

/// Two lines typed into `openssl s_client` are a client.
#[test]
fn openssl_and_two_lines_are_a_client() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut command = Command::new("openssl");
    command.args(["s_client", "-quiet", "-verify_return_error", "-connect", &server.address(), "-CAfile"]);
    command.arg(world.path("server/server.crt"));
    let mut client = Running::start(command);
    client.write("{\"type\":\"join\",\"name\":\"Ana\"}");
    client.out("\"type\":\"welcome\"");
    client.out("\"type\":\"joined\"");
    client.write("{\"type\":\"say\",\"id\":\"1\",\"text\":\"oi\"}");
    let echo = client.out("\"type\":\"message\"");
    assert!(echo.contains("\"seq\":1") && echo.contains("\"text\":\"oi\""), "{echo}");
    drop(client);
    server.stop();
}

/// The Python example talks with `papo join`.
#[test]
fn the_python_example_is_a_client() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut command = Command::new("python3");
    command.arg(example("client.py")).arg(world.path("server/server.crt"));
    command.args(["Zoë", "127.0.0.1", &server.port.to_string()]).env("PYTHONUTF8", "1");
    let mut python = Running::start(command);
    let mut ana = Running::start(world.as_person("a", "Ana", &["join", &server.invite]));
    ana.err("You are in lobby");
    // Whoever comes first sees the other one come; saying something settles it in either order.
    python.write("olá de Python");
    ana.out("Zoë (guest): olá de Python");
    ana.write("olá de Rust");
    python.out("Ana: olá de Rust");
    let ended = python.end();
    ended.check(0, &[]);
    ana.end().check(0, &[]);
    server.stop();
}

/// The command line with which the project's certificate has always been made still makes one that works.
#[test]
fn the_openssl_line_of_the_first_days_works() {
    let world = World::new();
    fs::copy(example("server.cnf"), world.path("server.cnf")).unwrap();
    let line = "req -x509 -nodes -days 365 -newkey rsa:2048 -keyout server.key -out server.crt -config server.cnf -extensions v3_req";
    let made = Command::new("openssl").args(line.split(' ')).current_dir(world.path("")).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let (certificate, key) = (world.path("server.crt"), world.path("server.key"));
    let server = Server::start(&world, &["--cert", text(&certificate), "--key", text(&key)]);
    let port = server.port.to_string();
    for host in ["127.0.0.1", "localhost"] {
        let arguments = ["send", "-ip", host, "-p", &port, "--ca", text(&certificate), "oi"];
        Running::start(world.as_person("a", "Ana", &arguments)).end().check(0, &[]);
    }
    let fingerprint = world.run(&["cert", "fingerprint", "server.crt"]);
    assert_eq!(fingerprint.out, server.fingerprint());
    server.stop();
}

/// A person at a terminal is asked about an unknown server once, sees its fingerprint, and decides.
#[cfg(unix)]
#[test]
fn a_person_at_a_terminal_is_asked_about_an_unknown_server() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let address = server.address();
    let on_terminal =
        |profile| Running::start(on_terminal(&world.as_person(profile, "Ana", &["join", &address]), 80));
    let mut no = on_terminal("no");
    no.out("Compare it with");
    no.write("");
    assert_eq!(no.end().code, Some(4), "whatever is no clear yes is a no");
    assert!(!world.path("no/known_servers").exists());

    let mut yes = on_terminal("yes");
    yes.out(&server.fingerprint()[..4]);
    yes.out("Is it the same?");
    yes.write("y");
    yes.out("You are in lobby");
    yes.write("/quit");
    assert_eq!(yes.end().code, Some(0));
    // From now on the server is known, to scripts as well.
    Running::start(world.as_person("yes", "Ana", &["send", &address, "oi"])).end().check(0, &[]);
    server.stop();
}
