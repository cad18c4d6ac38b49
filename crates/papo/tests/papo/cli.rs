//! The command line: help, precedence of options, variables and file, exit codes, and what goes to which output.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{ClosedPort, Running, Server, World, text};

#[test]
fn every_command_explains_itself() {
    let world = World::new();
    for command in
        ["", "serve", "join", "send", "tail", "invite", "cert", "cert make", "cert show", "cert fingerprint"]
    {
        let mut arguments: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).collect();
        arguments.push("--help");
        let ended = world.run(&arguments);
        ended.check(0, &[]);
        assert!(ended.out.contains("Usage: papo") && ended.out.contains("[PAPO_"), "{command}: {ended:#?}");
        assert_eq!(ended.err, "", "help that was asked for is data");
    }
    assert!(world.run(&["--version"]).out.starts_with("papo "));
}

#[test]
fn wrong_usage_is_told_and_ends_with_2() {
    let world = World::new();
    for (arguments, words) in [
        (&["frobnicate"][..], "unrecognized subcommand"),
        (&["serve", "--prot", "1"], "--port"),
        (&["serve", "-p", "70000"], "--port: \"70000\" is not a port"),
        (&["serve", "-ip", "a b"], "--ip: \"a b\" is not an address"),
        (&["serve", "--cert", "a"], "--cert and --key go together"),
        (&["serve", "127.0.0.1:1", "-p", "2"], "said twice"),
        (&["join", "https://127.0.0.1:1/lobby"], "TARGET: the invite's fingerprint"),
        (&["tail", "--after", "x"], "--after: \"x\" is not the number of a message"),
        (&["send", "--timeout", "soon", "oi"], "--timeout: \"soon\" is not a whole number"),
        (&["send", "--room", "a/b", "oi"], "--room: the room's name holds a character"),
    ] {
        let ended = world.run(arguments);
        ended.check(2, &[words]);
        assert_eq!(ended.out, "", "nothing but data goes to standard output");
    }
}

/// An option counts before the environment, the environment before the file: the port shows which one won.
#[test]
fn each_layer_outdoes_those_below() {
    let world = World::new();
    let closed = [ClosedPort::new(), ClosedPort::new(), ClosedPort::new()];
    let [flag, variable, file] = [&closed[0], &closed[1], &closed[2]].map(|closed| closed.port.to_string());
    let config = world.path("papo.toml");
    fs::write(&config, format!("[client]\nip = '127.0.0.1'\nport = {file}\n")).unwrap();
    for (typed, set, named, expected) in [
        (&["-p", &flag][..], true, true, &flag),
        (&[], true, true, &variable),
        (&[], false, true, &file),
        (&["-ip", "127.0.0.1"], false, true, &file),
        (&["-ip=127.0.0.1"], true, false, &variable),
    ] {
        let mut command = world.papo(["send", "--name", "Ana"]);
        command.args(typed).arg("oi");
        if set {
            command.env("PAPO_PORT", &variable);
        }
        if named {
            command.env("PAPO_CONFIG", &config);
        }
        Running::start(command).end().check(3, &[&format!("127.0.0.1:{expected}")]);
    }
}

#[test]
fn the_platforms_configuration_file_is_read_and_its_mistakes_are_told() {
    let world = World::new();
    let folders = ["config/papo", "home/Library/Application Support/papo", "data/papo"];
    let path = world.path(folders[if cfg!(windows) { 2 } else { usize::from(cfg!(target_os = "macos")) }]);
    fs::create_dir_all(&path).unwrap();
    let file = path.join("config.toml");
    fs::write(&file, "[client]\nprot = 1\nport = 'x'\n").unwrap();
    world.run(&["send", "oi"]).check(
        2,
        &[
            "client.prot",
            "is not known",
            "did you mean \"port\"",
            "client.port in",
            "config.toml: \"x\" is not a port",
        ],
    );
    fs::write(&file, "[client\n").unwrap();
    world.run(&["send", "oi"]).check(2, &["config.toml is not TOML", "line 1"]);
    world.run(&["send", "oi", "--config", "nowhere.toml"]).check(7, &["no configuration file nowhere.toml"]);
}

#[test]
fn an_address_that_others_reach_is_by_invite_unless_it_is_open() {
    let world = World::new();
    let serve = |options: &[&str]| {
        let mut command =
            world.papo(["serve", "0.0.0.0", "-p", "0", "--address", "chat.example", "--data", "s"]);
        command.args(options);
        let mut server = Running::start(command);
        let link = server.out("https://");
        assert!(link.starts_with("https://chat.example:"));
        (server, link.trim().to_owned())
    };
    let (server, link) = serve(&[]);
    let secret = link.rsplit_once('.').unwrap().1;
    assert_eq!(secret.len(), 32, "the first invite has a secret: {link}");
    server.interrupt();
    server.end().check(0, &["Only those with an invite come in", "owns the room"]);
    let made = world.run(&["room", "lobby", "invite", "1", "2h", "--data", "s"]);
    made.check(0, &[]);
    let (server, again) = serve(&["--open"]);
    assert_ne!(link, again, "an invite that nobody has used holds no more");
    world.run(&["room", "lobby", "lock", "--data", "s"]).check(0, &[]);
    world.run(&["room", "lobby", "audit", "--data", "s"]).check(0, &[]);
    world.run(&["room", "lobby", "kick", "Zoe", "--data", "s"]).check(2, &["nobody called Zoe"]);
    world.run(&["room", "lobby", "dance", "--data", "s"]).check(2, &["no command dance"]);
    server.interrupt();
    server.end().check(0, &["Anyone who reaches this address may come in"]);
}

#[test]
fn the_first_start_tells_all_that_others_need() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let (invite, fingerprint) = (server.invite.clone(), server.fingerprint().to_owned());
    let certificate = world.path("server/server.crt");
    server.running.interrupt();
    let ended = server.running.end();
    let grouped: Vec<&str> =
        fingerprint.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap()).collect();
    let by_file = format!("--ca {}", text(&certificate));
    ended.check(
        0,
        &[
            "This is the first start",
            &grouped.join(" "),
            "The invite, for the others:",
            &format!("folder       {}", text(&world.path("server"))),
            "papo join -ip 127.0.0.1 -p ",
            &by_file,
        ],
    );
    assert_eq!(ended.out, invite, "standard output holds the invite alone");
    assert!(!ended.err.contains("https://"), "what is no terminal may be a log: {}", ended.err);
    let again = Server::start(&world, &[]);
    assert_eq!(again.fingerprint(), fingerprint, "a restart keeps the key");
    again.running.interrupt();
    let words = again.running.end().err;
    for piece in ["first start", "folder", "--ca"] {
        assert!(!words.contains(piece), "{piece:?} was said at the first start: {words}");
    }
    // A relative path would lead somewhere else tomorrow.
    let mut elsewhere = Running::start(world.papo(["serve", "-p", "0", "--data", "elsewhere"]));
    elsewhere
        .err(&format!("folder       {}", text(&fs::canonicalize(world.path("")).unwrap().join("elsewhere"))));
    elsewhere.interrupt();
    elsewhere.end().check(0, &[]);
}

#[test]
fn invites_and_certificates_tell_the_same_fingerprint() {
    let world = World::new();
    let data = world.path("server");
    let data = text(&data);
    world.run(&["invite", "--data", data]).check(7, &["no server has been started", "papo serve"]);
    world.run(&["cert", "show", "--data", data]).check(7, &["server.crt"]);
    let made = world.run(&["cert", "make", "--data", data, "chat.example"]);
    made.check(0, &["server.key", "keep it secret"]);
    world.run(&["cert", "make", "--data", data]).check(7, &["is there already and is not replaced"]);
    assert_eq!(world.run(&["cert", "fingerprint", "--data", data]).out, made.out);
    let shown = world.run(&["cert", "show", "server/server.crt"]);
    assert!(shown.out.contains("chat.example") && shown.out.contains("valid until"), "{shown:#?}");

    let server = Server::start(&world, &[]);
    assert_eq!(server.fingerprint(), made.out);
    let port = server.port;
    assert_eq!(world.run(&["invite", "--data", data]).out, server.invite);
    let elsewhere =
        world.run(&["invite", "--data", data, "--address", "chat.example:9", "--room", "sala", "--qr"]);
    assert_eq!(elsewhere.out, format!("https://chat.example:9/sala#{}", made.out));
    assert!(elsewhere.err.contains('█'), "{elsewhere:#?}");
    server.stop();
    assert!(
        world.run(&["invite", "--data", data]).out.contains(&format!(":{port}/")),
        "what it last listened on"
    );
}

/// `papo tail | head -n 1` ends quietly.
#[test]
fn a_closed_output_is_no_failure() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut command = world.as_person("p", "Zoë", &["tail", &server.invite, "--after", "0"]);
    let mut tail = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let say = |text: &str| {
        Running::start(world.as_person("p", "Ana", &["send", &server.invite, text])).end().check(0, &[]);
    };
    say("one");
    let mut line = String::new();
    BufReader::new(tail.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.ends_with("Ana: one\n"), "{line:?}");
    say("two");
    let output = tail.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    server.stop();
}

/// Log lines are JSON if asked for, and hold no colour where no terminal is.
#[test]
fn log_lines_can_be_json() {
    let world = World::new();
    let server = Server::start(&world, &["--log-format", "json", "--log-level", "debug"]);
    server.running.interrupt();
    let ended = server.running.end();
    assert!(ended.err.contains("The room is closed"), "{ended:#?}");
    for line in ended.err.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{ended:#?}"));
        assert!(event["level"].is_string(), "{line}");
    }
    let mut command = world.papo(["serve", "-p", "0", "--log-format", "json", "--cert", "no", "--key", "no"]);
    command.args(["--data", "s"]);
    let failed = Running::start(command).end();
    failed.check(7, &["ERROR", "no cannot be read"]);
    assert!(failed.err.lines().all(|line| line.starts_with('{')), "a failure is an event too: {failed:#?}");
    assert!(!ended.err.contains('\u{1b}'));
}

/// The certificate of the first start is for whoever follows the invite, with any TLS client.
#[test]
fn the_first_certificate_names_the_invites_host() {
    let world = World::new();
    let server = Server::start(&world, &["--address", "chat.example"]);
    assert!(server.invite.starts_with("https://chat.example:"), "{}", server.invite);
    server.stop();
    let shown = world.run(&["cert", "show", "--data", world.path("server").to_str().unwrap()]);
    shown.check(0, &[]);
    assert!(shown.out.contains("chat.example") && shown.out.contains("localhost"), "{}", shown.out);
}

/// A link that a page or a message holds opens the program, until that is taken back; a list of other programs stays as
/// it was.
#[cfg(all(target_os = "linux", feature = "desktop"))]
#[test]
fn links_are_bound_to_the_program_and_released_again() {
    let world = World::new();
    let run = |option: &str| {
        let mut command = world.papo(["desktop", option]);
        // The system's own helpers are not asked: what is looked at is what they read.
        command.env("PATH", "");
        Running::start(command).end()
    };
    let installed = run("--install-links");
    installed.check(0, &["papo is in the menu of programs"]);
    let entry = fs::read_to_string(world.path("data/applications/papo.desktop")).unwrap();
    let exec = entry.lines().find_map(|line| line.strip_prefix("Exec=")).unwrap();
    assert!(exec.contains(env!("CARGO_BIN_EXE_papo")) && exec.ends_with(" desktop %u"), "{entry}");
    assert!(entry.lines().any(|line| line == "MimeType=x-scheme-handler/papo;"), "{entry}");
    let files: Vec<&str> = installed.out.lines().collect();
    assert_eq!(files.len(), 3);
    assert!(files.iter().all(|file| std::path::Path::new(file).is_file()), "{files:?}");
    let list = world.path("config/mimeapps.list");
    let others = "[Default Applications]\ntext/html=browser.desktop;\n";
    fs::create_dir_all(list.parent().unwrap()).unwrap();
    fs::write(&list, format!("{others}x-scheme-handler/papo=papo.desktop\n")).unwrap();
    run("--remove-links").check(0, &["no longer in the menu"]);
    assert!(files.iter().all(|file| !std::path::Path::new(file).exists()), "{files:?}");
    assert_eq!(fs::read_to_string(list).unwrap(), others);
    run("--remove-links").check(0, &["nothing to take away"]);
}
