//! The program in Portuguese, from the outside: which of the layers says the language, and the first things that
//! somebody meets. Every other test speaks English.

use std::fs;

use crate::support::{ClosedPort, Ended, Running, World, text};

/// Runs the program with these variables above those that every test has.
fn run(world: &World, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = world.papo(arguments);
    command.env_remove("PAPO_LANG").env_remove("LANGUAGE").env("LC_ALL", "C").envs(variables.iter().copied());
    Running::start(command).end()
}

#[test]
fn the_language_is_that_of_the_first_layer_that_says_one() {
    let world = World::new();
    let path = world.path("papo.toml");
    let config = text(&path);
    fs::write(config, "lang = 'pt'\n").unwrap();
    let (english, portuguese) = ("Usage: papo serve", "Uso: papo serve");
    for (variables, arguments, expected) in [
        (&[][..], &["serve", "--help"][..], english),
        (&[("LC_ALL", "pt_BR.UTF-8")], &["serve", "--help"], portuguese),
        (&[("LC_ALL", "de_DE.UTF-8")], &["serve", "--help"], english),
        (&[("LC_ALL", "pt_PT")], &["serve", "--help", "--lang", "en"], english),
        (&[("PAPO_LANG", "pt")], &["serve", "--help"], portuguese),
        (&[("PAPO_LANG", "en")], &["--lang=pt", "serve", "--help"], portuguese),
        (&[("PAPO_CONFIG", config)], &["serve", "--help"], portuguese),
        (&[], &["serve", "--help", "--config", config], portuguese),
    ] {
        let ended = run(&world, variables, arguments);
        assert!(
            ended.code == Some(0) && ended.out.contains(expected),
            "{variables:?} {arguments:?}: {ended:#?}"
        );
    }
    run(&world, &[("PAPO_LANG", "tlh")], &["cert", "show"]).check(2, &["PAPO_LANG", "\"tlh\"", "en or pt"]);
}

#[test]
fn what_goes_wrong_is_said_in_portuguese() {
    let world = World::new();
    let closed = ClosedPort::new();
    let address = format!("127.0.0.1:{}", closed.port);
    let portuguese = [("PAPO_LANG", "pt"), ("PAPO_NAME", "Ana")];
    let said = |arguments: &[&str]| run(&world, &portuguese, arguments);
    said(&["join", &address])
        .check(3, &[&format!("Nada está escutando em {address}"), "papo serve", "porta"]);
    said(&["join", "a b"]).check(2, &["TARGET: \"a b\" não é um endereço"]);
    said(&["serve", "--prot", "1"]).check(2, &["não existe aqui", "--prot", "Você quis dizer --port?"]);
    said(&["serve", "--slow", "x"]).check(2, &["--slow"]);
}

#[test]
fn the_first_start_is_told_in_portuguese() {
    let world = World::new();
    let mut command = world.papo(["serve", "-p", "0", "--data", text(&world.path("data"))]);
    command.env("PAPO_LANG", "pt-BR");
    let mut server = Running::start(command);
    for expected in [
        "A sala está aberta em 127.0.0.1:",
        "impressão digital",
        "Este é o primeiro início",
        "O convite",
        "Ctrl-C fecha a sala.",
    ] {
        server.err(expected);
    }
}
