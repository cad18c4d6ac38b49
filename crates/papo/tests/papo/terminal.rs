//! What a person at a terminal sees: colours, one's own lines once, and the invite once. A pipe gets none of that.

use crate::support::{DEADLINE, Running, Server, World, on_terminal, screen};

use std::time::Instant;

const COLUMNS: u16 = 40;

/// Ana on a terminal, with these variables.
fn ana(world: &World, server: &Server, variables: &[(&str, &str)]) -> Running {
    let mut papo = world.as_person("a", "Ana", &["join", "--earlier", "0", &server.invite]);
    papo.envs(variables.iter().copied());
    let mut ana = Running::start(on_terminal(&papo, COLUMNS));
    ana.out("You are in");
    ana
}

/// One's own line is there once, with time and name, and nothing else goes away with what was typed. A line that
/// comes right after something was printed stays; therefore Ana tries until the computer is fast enough.
#[test]
fn what_was_typed_gives_way_to_what_the_room_shows() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let mut zoe = Running::start(world.as_person("z", "Zoë", &["join", &server.invite]));
    zoe.err("You are in");
    for text in ["a short line", "a line that takes a second row of a terminal as narrow as this"] {
        let start = Instant::now();
        loop {
            let mut ana = ana(&world, &server, &[]);
            // The server tells this a while after it has let her in.
            zoe.err("Ana came");
            ana.write(text);
            zoe.out(text);
            ana.out(&format!(": {text}"));
            ana.write("/quit");
            let ended = ana.end();
            assert_eq!(ended.code, Some(0), "{ended:#?}");
            zoe.err("Ana left");
            let rows = screen(&ended.out, COLUMNS.into());
            let shown = rows.concat();
            assert!(shown.contains("You are in lobby as Ana, with Zoë."), "{rows:#?}");
            assert_eq!(shown.matches(&format!("Ana: {text}")).count(), 1, "{rows:#?}");
            if shown.matches(text).count() == 1 {
                break;
            }
            assert!(start.elapsed() < DEADLINE, "it never went away: {rows:#?}");
        }
    }
    zoe.end().check(0, &[]);
    server.stop();
}

#[test]
fn a_terminal_that_can_gets_colours_and_others_get_none() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    for (variables, coloured, obeys) in
        [(&[][..], true, true), (&[("NO_COLOR", "1")], false, true), (&[("TERM", "dumb")], false, false)]
    {
        let mut ana = ana(&world, &server, variables);
        ana.write("oi");
        ana.out(": oi");
        ana.write("/quit");
        let told = ana.end().out;
        assert_eq!(told.contains("\u{1b}[2m* You are in"), coloured, "{variables:?} {told:?}");
        assert_eq!(told.contains("\u{1b}[1;38;5;"), coloured, "{variables:?} {told:?}");
        assert!(obeys || !told.contains('\u{1b}'), "{told:?}");
        if !obeys {
            assert_eq!(told.matches("oi").count(), 2, "typed and shown: {told:?}");
        }
    }
    server.stop();
}

/// The invite stands on its own line, and at the first start also in one that can be copied as it is. Where it
/// went elsewhere, the words hold it.
#[test]
fn the_invite_is_told_so_that_it_can_be_copied() {
    let world = World::new();
    let serve = world.papo(["serve", "-ip", "127.0.0.1", "-p", "0", "--data", "s"]);
    let mut server = Running::start(on_terminal(&serve, 120));
    let invite = server.out("https://");
    assert!(invite.starts_with("https://127.0.0.1:") && !invite.contains(' '), "{invite:?}");
    let line = server.out("They type: papo join 'https://");
    assert!(line.contains(&format!("papo join '{}'", invite.trim_end())), "{line:?}");
    server.out("Or with the certificate: papo join -ip 127.0.0.1");
    server.out("Ctrl-C closes");
    server.write("\u{3}");
    let ended = server.end();
    assert_eq!((ended.code, ended.out.matches("https://").count()), (Some(0), 2), "{ended:#?}");

    let mut papo = std::process::Command::new("sh");
    papo.args(["-c", "exec \"$0\" \"$@\" > invite"]).arg(serve.get_program()).args(serve.get_args());
    papo.current_dir(world.path(""));
    let mut server = Running::start(on_terminal(&papo, 200));
    let line = server.out("https://");
    assert!(line.starts_with("They type: papo join 'https://") && line.ends_with('\''), "{line:?}");
    server.out("Ctrl-C closes");
    server.write("\u{3}");
    let ended = server.end();
    assert_eq!((ended.code, ended.out.matches("https://").count()), (Some(0), 1), "{ended:#?}");
    let file = std::fs::read_to_string(world.path("invite")).unwrap();
    assert_eq!(format!("They type: papo join '{}'", file.trim_end()), line);

    // In the other language too.
    let mut papo = world.papo(["serve", "-p", "0", "--data", "t"]);
    papo.env("PAPO_LANG", "pt-BR");
    let mut server = Running::start(on_terminal(&papo, 200));
    server.out("Elas digitam: papo join 'https://127.0.0.1:");
    server.write("\u{3}");
    server.end();
}

/// A person who looks at both outputs can let a telephone read the link; a script gets the link alone.
#[test]
fn the_invite_is_drawn_on_a_terminal() {
    let world = World::new();
    Server::start(&world, &[]).stop();
    let data = world.path("server");
    let mut invite = world.papo(["invite", "--data"]);
    invite.arg(&data);
    for (variables, drawn) in [(&[][..], true), (&[("PAPO_QR", "0")], false)] {
        invite.envs(variables.iter().copied());
        let shown = Running::start(on_terminal(&invite, 120)).end().out;
        assert!(shown.contains("https://127.0.0.1:") && shown.contains('█') == drawn, "{shown}");
    }
    invite.env_remove("PAPO_QR");
    let piped = Running::start(invite).end();
    assert!(piped.out.starts_with("https://") && piped.err.is_empty(), "{piped:#?}");
}

/// What comes after a visit that Ctrl-C has ended begins on a line of its own.
#[test]
fn ctrl_c_ends_the_line() {
    let world = World::new();
    let server = Server::start(&world, &[]);
    let join = world.as_person("a", "Ana", &["join", &server.invite]);
    let mut shell = std::process::Command::new("sh");
    for (name, value) in join.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
        .args(["-c", "trap : INT; \"$0\" \"$@\"; echo over"])
        .arg(join.get_program())
        .args(join.get_args())
        .current_dir(world.path(""));
    let mut ana = Running::start(on_terminal(&shell, 120));
    ana.out("You are in");
    ana.press("typed and not sent\u{3}");
    assert_eq!(ana.out("over").trim(), "over");
    ana.end().check(0, &[]);
    server.stop();
}
