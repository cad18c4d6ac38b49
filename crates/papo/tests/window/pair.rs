//! One person on two devices, of which one is the window and the other a terminal: the key goes there, and comes from
//! there.

use std::fs;

use super::Computer;
use super::ears::{Role, Tree};
use super::support::Running;

/// Moves to a button with the Tab key, and presses it.
fn press(computer: &Computer, button: &str) {
    let Computer { hands, ears, .. } = computer;
    let has_keyboard = |tree: &Tree| tree.find(Role::Button, button).is_some_and(|node| node.has_keyboard);
    ears.until(button, |tree| tree.find(Role::Button, button).map(drop));
    for _ in 0..60 {
        let before = ears.until("the tree", |tree| Some(tree.focused().map(|node| node.name.clone())));
        if ears.until("the tree", |tree| Some(has_keyboard(tree))) {
            break;
        }
        hands.press("Tab");
        ears.until("another focus", |tree| {
            (tree.focused().map(|node| node.name.clone()) != before).then_some(())
        });
    }
    ears.until(button, |tree| has_keyboard(tree).then_some(()));
    hands.press("space");
}

fn labels(tree: &Tree) -> impl Iterator<Item = &str> {
    tree.0.iter().filter(|node| node.role == Role::Label as u32).map(|node| node.name.as_str())
}

fn label(tree: &Tree, text: &str) -> Option<String> {
    labels(tree).find(|name| name.contains(text)).map(str::to_owned)
}

/// Invariant: what the window shows takes its key to a terminal, and what a terminal shows takes that one's key into the
/// window, which is that person from then on.
#[test]
fn the_key_goes_to_another_device_and_comes_from_one() {
    let computer = Computer::new();
    let Computer { world, hands, ears } = &computer;
    // Nobody who opens the window from a menu reads what is printed: a fault in the file is shown, with the settings.
    let file = world.path("config/papo/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "[client]\nport = 'x'\n").unwrap();
    let window = computer.window(&[]);
    ears.until("the fault", |tree| {
        label(tree, "client.port in ").filter(|text| text.contains("is not a port"))
    });
    fs::remove_file(&file).unwrap();
    press(&computer, "Take my key to another device");
    // The address, a slash, and five groups of four.
    let is_code = |code: &&str| {
        code.rsplit_once('/').is_some_and(|(_, letters)| letters.len() == 24 && !letters.contains(' '))
    };
    let code = ears.until("the code", |tree| labels(tree).find(is_code).map(str::to_owned));
    let taken = world.run(&["key", "pair", &code, "--profile", "other"]);
    taken.check(0, &["You are #"]);
    ears.until("word that it has gone over", |tree| label(tree, "has your key now"));
    let key = |profile: &str| fs::read(world.path(profile).join("identity.key")).unwrap();
    assert_eq!(key("clara"), key("other"));
    hands.press("Escape");

    // The other way round: somebody else's key, which has been in a room.
    world.as_person("zoe", "Zoe", &["send", "127.0.0.1:1", "oi", "--timeout", "1"]).output().unwrap();
    let zoe = ["key", "pair", "--profile", "zoe", "--address", "127.0.0.1"];
    let mut zoe = Running::start(world.papo(zoe));
    let code = zoe.out("/").trim().to_owned();
    hands.press("ctrl+comma");
    press(&computer, "Take my key from another device");
    let field = "The code that the other device shows";
    ears.until("the field", |tree| tree.find(Role::Entry, field).filter(|node| node.has_keyboard).map(drop));
    hands.write("no code");
    hands.press("Return");
    ears.until("what is wrong with it", |tree| label(tree, "not a pairing code"));
    ears.until("the field", |tree| tree.find(Role::Entry, field).map(drop));
    press_into(&computer, field);
    hands.press("ctrl+a");
    hands.write(&code);
    hands.press("Return");
    ears.until("word that it has come", |tree| label(tree, "enter your rooms as that person"));
    zoe.end().check(0, &[]);
    assert_eq!(key("clara"), key("zoe"));
    assert_eq!(fs::read(world.path("clara/identity.key.old-1")).unwrap(), key("other"), "it is kept");
    hands.press("ctrl+q");
    window.end().check(0, &[]);
}

/// Gives a field the keyboard.
fn press_into(computer: &Computer, field: &str) {
    let Computer { hands, ears, .. } = computer;
    for _ in 0..60 {
        let is_there = |tree: &Tree| tree.find(Role::Entry, field).is_some_and(|node| node.has_keyboard);
        let (before, there) = ears
            .until("the tree", |tree| Some((tree.focused().map(|node| node.name.clone()), is_there(tree))));
        if there {
            return;
        }
        hands.press("Tab");
        ears.until("another focus", |tree| {
            (tree.focused().map(|node| node.name.clone()) != before).then_some(())
        });
    }
}
