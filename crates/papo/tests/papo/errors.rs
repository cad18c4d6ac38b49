//! One test for each way in which things go wrong: the cause and the remedy are in the words, and the exit code
//! tells a script which kind it was.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use time::OffsetDateTime;

use crate::support::{ClosedPort, Ended, Running, Server, World, text};

/// Another fingerprint than any server has.
const OTHER_FINGERPRINT: &str = "aeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaq";

fn send(world: &World, arguments: &[&str]) -> Ended {
    let mut command = world.as_person("p", "Ana", &["send"]);
    command.args(arguments);
    Running::start(command).end()
}

#[test]
fn nothing_listens() {
    let world = World::new();
    let closed = ClosedPort::new();
    let address = format!("127.0.0.1:{}", closed.port);
    send(&world, &[&address, "oi"])
        .check(3, &[&format!("Nothing is listening on {address}"), "papo serve", "check address and port"]);
    for command in ["tail", "join"] {
        let ended = Running::start(world.as_person("p", "Ana", &[command, &address])).end();
        ended.check(3, &["Nothing is listening"]);
    }
}

#[test]
fn the_host_is_unknown() {
    let world = World::new();
    send(&world, &["nothing.invalid:9", "oi"])
        .check(3, &["There is no host called nothing.invalid", "Check how the name is spelt"]);
}

#[test]
fn the_server_does_not_answer_in_time() {
    let world = World::new();
    // The system takes the connection, and nobody ever says anything on it.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    send(&world, &["--timeout", "1", &address, "oi"])
        .check(3, &["nothing was sent", "not reached within 1 s", "--timeout"]);
}

#[test]
fn the_port_is_taken() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let ended = world.run(&["serve", &server.address(), "--data", "other"]);
    ended.check(1, &[&format!("{} is taken", server.address()), "choose another port with -p"]);
    server.stop();
}

#[test]
fn the_address_is_not_of_this_machine() {
    let world = World::new();
    world
        .run(&["serve", "192.0.2.1", "--open", "--data", "s"])
        .check(1, &["192.0.2.1:12345 is no address of this machine", "-ip"]);
}

#[test]
fn the_other_end_does_not_speak_tls() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answering = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        stream.read_to_end(&mut Vec::new())
    });
    send(&world, &[&address, "oi"]).check(3, &["does not speak TLS", "Check the port"]);
    // Whether the client closed or reset the connection does not matter.
    let _ = answering.join().unwrap();
}

#[test]
fn the_servers_key_is_another_one() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let invite = format!("https://{}/lobby#{OTHER_FINGERPRINT}", server.address());
    let grouped = |fingerprint: &str| {
        let groups: Vec<&str> =
            fingerprint.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap()).collect();
        groups.join(" ")
    };
    let (expected, found) = (grouped(OTHER_FINGERPRINT), grouped(server.fingerprint()));
    send(&world, &[&invite, "oi"]).check(4, &["does not have the expected key", &expected, &found, "invite"]);

    send(&world, &[&server.address(), "oi"]).check(4, &["is not known here yet", &found, "--ca FILE"]);
    fs::create_dir_all(world.path("p")).unwrap();
    fs::write(world.path("p/known_servers"), format!("{} {OTHER_FINGERPRINT}\n", server.address())).unwrap();
    send(&world, &[&server.address(), "oi"]).check(4, &[&expected, &found, "known_servers"]);
    server.stop();
}

/// Key and certificate files, valid between two years.
fn certificate(world: &World, from: i32, until: i32) -> (PathBuf, PathBuf) {
    let year = |year| OffsetDateTime::UNIX_EPOCH.replace_year(year).unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (year(from), year(until));
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let (certificate_file, key_file) = (world.path("c.pem"), world.path("k.pem"));
    fs::write(&certificate_file, certificate.pem()).unwrap();
    fs::write(&key_file, key.serialize_pem()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&key_file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    (certificate_file, key_file)
}

#[test]
fn the_certificate_has_expired_or_is_not_valid_yet() {
    let world = World::new();
    for (from, until, words) in [
        (1999, 2001, &["expired on 2001-01-01", "set this computer's clock", "renew the certificate"]),
        (2999, 3001, &["is valid from 2999-01-01 only", "set this computer's clock", "make a new one"]),
    ] {
        let (certificate, key) = certificate(&world, from, until);
        let server = Server::start(&world, &["--cert", text(&certificate), "--key", text(&key)]);
        send(&world, &["--ca", text(&certificate), &server.address(), "oi"]).check(4, words);
        // An invite vouches for the key, whatever the date.
        send(&world, &[&server.invite, "oi"]).check(0, &[]);
        server.stop();
    }
}

#[test]
fn the_certificate_of_ca_is_another_one() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let (other, _) = certificate(&world, 1999, 2999);
    send(&world, &["--ca", text(&other), &server.address(), "oi"])
        .check(4, &["is not the one in", "c.pem", "nor signed by it", "from its operator"]);
    send(&world, &["--ca", "nowhere.pem", &server.address(), "oi"]).check(7, &["nowhere.pem"]);
    server.stop();
}

/// A TLS server that speaks these protocols and says these bytes first, for one connection.
fn speaks(world: &World, alpn: &[u8], says: &'static [u8]) -> (String, PathBuf) {
    let (certificate, key) = certificate(world, 1999, 2999);
    let chain = {
        use rustls::pki_types::pem::PemObject as _;
        vec![CertificateDer::from_pem_file(&certificate).unwrap()]
    };
    let key = {
        use rustls::pki_types::pem::PemObject as _;
        PrivateKeyDer::from_pem_file(&key).unwrap()
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = vec![alpn.to_vec()];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
        // The client may go at any time; what it says of us is what counts.
        let _ = stream.write_all(says).and_then(|()| stream.read_to_end(&mut Vec::new()));
    });
    (address, certificate)
}

#[test]
fn the_servers_protocol_is_another_version() {
    let world = World::new();
    let (address, certificate) = speaks(&world, b"papo/2", b"");
    send(&world, &["--ca", text(&certificate), &address, "oi"])
        .check(3, &["no version of the protocol in common", "Update the older"]);
    let welcome =
        b"{\"type\":\"welcome\",\"protocol\":2,\"server\":\"x\",\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\"}\n";
    let (address, certificate) = speaks(&world, b"papo/1", welcome);
    send(&world, &["--ca", text(&certificate), &address, "oi"])
        .check(3, &["version 2 of the protocol, this program version 1", "Update the older"]);
}

#[test]
fn the_other_end_is_no_papo_server() {
    let world = World::new();
    let (address, certificate) = speaks(&world, b"papo/1", b"220 mail.example ESMTP\n");
    send(&world, &["--ca", text(&certificate), &address, "oi"])
        .check(3, &["is no papo server", "Check address and port"]);
}

#[test]
fn the_name_is_empty_or_too_long() {
    let world = World::new();
    let long = "x".repeat(65);
    for (name, words) in [
        (" ", "--name: the name is empty"),
        (long.as_str(), "--name: the name has 65 characters: shorten it to at most 64"),
        ("A\u{202e}na", "--name: the name holds the character U+202E"),
    ] {
        send(&world, &["--name", name, "oi"]).check(2, &[words]);
    }
}

#[test]
fn the_message_is_empty_or_too_long() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    send(&world, &[&server.invite]).check(2, &["there is nothing to say", "standard input"]);
    let mut from_input = Running::start(world.as_person("p", "Ana", &["send", &server.invite]));
    from_input.write(&"x".repeat(50_000));
    from_input.end().check(2, &["longer than a message may be", "--lines", "split it"]);
    send(&world, &[&server.invite, &"\"".repeat(30_000)])
        .check(2, &["at most 49,152 can be sent", "split it"]);

    let mut lines = Running::start(world.as_person("p", "Ana", &["send", "--lines", &server.invite]));
    lines.write("good");
    lines.write(&"x".repeat(50_000));
    lines.end().check(2, &["at most 49,152 can be sent"]);
    let said =
        Running::start(world.as_person("p", "Zoë", &["tail", &server.invite, "--after", "0", "--no-follow"]))
            .end();
    assert_eq!(said.out.lines().count(), 1, "what stood before the wrong line was sent: {said:#?}");
    server.stop();
}

/// Too fast is no failure: the server says so and everything arrives.
#[test]
fn messages_come_too_fast() {
    let world = World::new();
    let server = Server::start(&world, &["--rate", "2"]);
    let mut lines = Running::start(world.as_person("p", "Ana", &["send", "--lines", &server.invite]));
    (1..=6).for_each(|number| lines.write(&format!("line {number}")));
    lines.end().check(0, &["The server: ", "fast"]);
    let said =
        Running::start(world.as_person("p", "Zoë", &["tail", &server.invite, "--after", "0", "--no-follow"]))
            .end();
    let texts: Vec<&str> = said.out.lines().filter_map(|line| line.split(": ").nth(1)).collect();
    assert_eq!(texts, ["line 1", "line 2", "line 3", "line 4", "line 5", "line 6"]);
    server.stop();
}

#[test]
fn the_servers_folder_or_log_cannot_be_used() {
    let world = World::new();
    fs::write(world.path("file"), "").unwrap();
    world.run(&["serve", "-p", "0", "--data", "file/data"]).check(7, &["file/data cannot be made", "--data"]);
    fs::create_dir_all(world.path("data")).unwrap();
    fs::write(world.path("data/log.db"), "this is no database, and it is long enough to be looked at")
        .unwrap();
    world.run(&["serve", "-p", "0", "--data", "data"]).check(7, &["log.db", "Put back a backup"]);
}

#[test]
fn the_servers_folder_is_taken_by_another_server() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    world
        .run(&["serve", "-p", "0", "--data", "server"])
        .check(7, &["another program is using", "--data DIR"]);
    server.stop();
}

/// An invite names the key that is on the disk now, not the one that was there when the server was started.
#[test]
fn an_invite_follows_the_certificate() {
    let world = World::new();
    let data = world.path("server");
    let invite = |more: &[&str]| world.run(&[&["invite", "--data", text(&data)], more].concat()).out;
    let fingerprint = |file: &str| world.run(&["cert", "fingerprint", file]).out;
    let (given, key) = certificate(&world, 1999, 2999);
    let server = Server::start(&world, &["--cert", "c.pem", "--key", text(&key)]);
    assert_eq!(invite(&[]), server.invite);
    let (_, _) = certificate(&world, 1999, 2999);
    let renewed = invite(&[]);
    assert_ne!(renewed, server.invite);
    assert!(renewed.ends_with(&format!("#{}", fingerprint(text(&given)))), "{renewed}");
    server.running.interrupt();
    let words = server.running.end().err;
    assert!(words.contains("c.pem"), "{words}");

    Server::start(&world, &[]).stop();
    let own = fingerprint("server/server.crt");
    assert!(invite(&[]).ends_with(&own), "its own again");
    assert!(invite(&["--cert", text(&given)]).ends_with(&fingerprint(text(&given))), "the one that is named");
}

/// A log that is full refuses further messages by name, keeps what it has, and the sender keeps the text.
#[test]
fn the_log_is_full() {
    let world = World::new();
    let server = Server::start(&world, &["--history-max", "1", "--rate", "off"]);
    let big = "x".repeat(40_000);
    let mut stored = 0;
    let refused = loop {
        let ended = send(&world, &["--timeout", "2", &server.invite, &big]);
        if ended.code != Some(0) {
            break ended;
        }
        stored += 1;
        assert!(stored < 100, "a log of 1 MiB does not hold {stored} messages of 40 kB");
    };
    refused.check(5, &["The message was not sent", "The server: "]);
    let said =
        Running::start(world.as_person("p", "Zoë", &["tail", &server.invite, "--after", "0", "--no-follow"]))
            .end();
    assert_eq!(said.out.lines().count(), stored, "what was acknowledged is there, and nothing else");
    server.running.interrupt();
    server.running.end().check(0, &["no space is left for more messages"]);
}

#[test]
fn the_profile_cannot_be_used() {
    let world = World::new();
    fs::write(world.path("file"), "").unwrap();
    let profile = world.path("file/profile");
    send(&world, &["--profile", text(&profile), "127.0.0.1:1", "oi"]).check(7, &["--profile"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::create_dir_all(world.path("p")).unwrap();
        let key = world.path("p/identity.key");
        fs::write(&key, "").unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        send(&world, &["127.0.0.1:1", "oi"])
            .check(7, &["Other users of this computer may read your key", "chmod 600"]);
    }
}

#[test]
fn the_key_of_a_given_certificate_can_be_read_by_others_or_is_another_ones() {
    let world = World::new();
    let (certificate, key) = certificate(&world, 1999, 2999);
    let with = |certificate: &str| {
        world.run(&["serve", "-p", "0", "--data", "d", "--cert", certificate, "--key", text(&key)])
    };
    with("nowhere.pem").check(7, &["nowhere.pem cannot be read", "check that it exists"]);
    world.run(&["cert", "make", "--data", "other"]).check(0, &[]);
    with("other/server.crt").check(7, &["do not belong together"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        with(text(&certificate)).check(7, &["k.pem", "chmod 600"]);
    }
}

/// A script learns that it cannot know whether the message is there.
#[test]
fn the_connection_is_lost_before_all_is_stored() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut command = world.as_person("p", "Ana", &["send", "--lines", "--timeout", "2"]);
    command.arg(&server.invite);
    let mut sending = Running::start(command);
    let mut reader = Running::start(world.as_person("r", "Zoë", &["tail", &server.invite, "--after", "0"]));
    sending.write("stored");
    reader.out("stored");
    server.stop();
    sending.err("Trying again");
    sending.write("who knows");
    sending.end().check(6, &["the connection was lost", "within 2 s", "may have been stored", "papo tail"]);
}
