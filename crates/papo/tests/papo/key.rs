//! The key goes to another computer: `papo key export` and `papo key import`.

use std::fs;

use crate::support::{Running, World, text};

/// Runs a program on a terminal of its own. Types each answer once its question has come and the terminal no longer
/// shows what is typed: earlier, the terminal would show it, whatever the program does.
#[cfg(unix)]
const TYPIST: &str = "
import os, pty, select, sys, termios
typed = sys.argv[1].split('|')
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b''
while True:
    if select.select([terminal], [], [], 0.01)[0]:
        try:
            came = os.read(terminal, 4096)
        except OSError:
            break
        if not came:
            break
        shown += came
    elif typed and typed[0].encode() in shown and not termios.tcgetattr(terminal)[3] & termios.ECHO:
        os.write(terminal, typed[1].encode() + b'\\n')
        typed = typed[2:]
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";

/// Makes the key of a person.
fn make_key(world: &World, profile: &str) -> Vec<u8> {
    let mut visit = world.as_person(profile, "Ana", &["send", "127.0.0.1:1", "oi", "--timeout", "1"]);
    // Nothing listens there; the key is made before.
    visit.output().unwrap();
    fs::read(world.path(profile).join("identity.key")).unwrap()
}

fn write_private(world: &World, name: &str, line: &str) -> String {
    let path = world.path(name);
    fs::write(&path, line).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    text(&path).to_owned()
}

/// Invariant: who has file and passphrase is the same person elsewhere; nothing that is there is lost.
#[test]
fn a_key_goes_to_another_profile_with_its_passphrase_only() {
    let world = World::new();
    let passphrase = write_private(&world, "passphrase", "quatro palavras sem sentido\r\nsecond line\n");
    let wrong = write_private(&world, "wrong", "quatro palavras sem sentidos");
    let short = write_private(&world, "short", "1234567\n");
    let run = |arguments: &[&str], from: &str| world.run(&[arguments, &["--passphrase-file", from]].concat());
    let export = |profile: &str, from: &str| run(&["key", "export", "k.txt", "--profile", profile], from);
    let import = |from: &str, more: &[&str]| {
        run(&[&["key", "import", "k.txt", "--profile", "b"], more].concat(), from)
    };

    import(&passphrase, &[]).check(7, &["There is no file k.txt"]);
    export("a", &passphrase).check(7, &["There is no key in a yet", "papo join"]);
    assert!(!world.path("a").exists(), "asking for a key makes none");
    let key = make_key(&world, "a");
    export("a", &short).check(2, &["too short: take 8 characters or more"]);
    export("a", "nowhere").check(7, &["cannot be read from nowhere"]);
    assert!(!world.path("k.txt").exists());
    export("a", &passphrase).check(0, &["The key #", "is in k.txt", "is you"]);
    export("a", &passphrase).check(7, &["k.txt is there already"]);
    let file = fs::read_to_string(world.path("k.txt")).unwrap();
    assert!(file.starts_with("-----BEGIN PAPO PROTECTED KEY-----\n") && !file.contains("PRIVATE"), "{file}");

    import(&wrong, &[]).check(7, &["The passphrase is not that of k.txt"]);
    assert!(!world.path("b/identity.key").exists());
    let mut by_variable = world.papo(["key", "import", "k.txt", "--profile", "b"]);
    by_variable.env("PAPO_PASSPHRASE_FILE", &passphrase);
    Running::start(by_variable).end().check(0, &["You are #"]);
    assert_eq!(fs::read(world.path("b/identity.key")).unwrap(), key);
    import(&passphrase, &[]).check(7, &["There is a key already", "identity.key", "--replace"]);

    fs::remove_file(world.path("b/identity.key")).unwrap();
    let other = make_key(&world, "b");
    import(&passphrase, &["--replace"]).check(0, &["You are #", "kept: ", "identity.key.old-1"]);
    assert_eq!(fs::read(world.path("b/identity.key")).unwrap(), key);
    assert_eq!(fs::read(world.path("b/identity.key.old-1")).unwrap(), other);

    fs::write(world.path("k.txt"), &file[..file.len() / 2]).unwrap();
    import(&passphrase, &["--replace"]).check(7, &["k.txt is not a key", "or it is damaged"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for name in ["b/identity.key", "b/identity.key.old-1"] {
            assert_eq!(fs::metadata(world.path(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
        fs::write(world.path("k.txt"), &file).unwrap();
        fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o644)).unwrap();
        import(&passphrase, &["--replace"]).check(7, &["may read the passphrase", "mode 644", "chmod 600"]);
    }
}

/// Invariant: a script is told how to give the passphrase; a person types it, and does so unseen.
#[test]
fn the_passphrase_is_asked_for_where_somebody_can_be_asked() {
    let world = World::new();
    let key = make_key(&world, "a");
    world.run(&["key", "export", "k.txt", "--profile", "a"]).check(2, &["--passphrase-file FILE"]);
    #[cfg(unix)]
    {
        let ask = |arguments: &[&str], typed: &[&str]| {
            let papo = world.papo(arguments);
            let mut command = std::process::Command::new("python3");
            command.args(["-c", TYPIST]).arg(typed.join("|")).arg(papo.get_program()).args(papo.get_args());
            command.envs(papo.get_envs().filter_map(|(name, value)| Some((name, value?))));
            command.current_dir(world.path(""));
            let ended = Running::start(command).end();
            assert!(!ended.out.contains("palavras"), "it was shown: {ended:#?}");
            ended
        };
        let (new, again) = ("A passphrase for the key", "The same once more");
        let export = ["key", "export", "k.txt", "--profile", "a"];
        let ended = ask(&export, &[new, "quatro palavras", again, "quatro palavra"]);
        assert!(ended.code == Some(2) && ended.out.contains("differ"), "{ended:#?}");
        assert!(!world.path("k.txt").exists());
        let ended = ask(&export, &[new, "quatro palavras", again, "quatro palavras"]);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        let import = ["key", "import", "k.txt", "--profile", "b"];
        let ended = ask(&import, &["The key's passphrase", "quatro palavras"]);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        assert_eq!(fs::read(world.path("b/identity.key")).unwrap(), key);
    }
    #[cfg(not(unix))]
    drop(key);
}
