//! The window without a mouse and without eyes: everything is in the tree with a name, everything is reached with the
//! Tab key, and what is new is announced.

use super::Computer;
use super::ears::{Role, Tree};
use super::support::{Running, Server};

/// After so many presses of the Tab key everything has been reached, many times over.
const PRESSES_MAX: usize = 60;

/// What has the keyboard: its role and its name.
type Focus = (u32, String);

/// Where the last one hands the keyboard on to the first, the window itself has it for a frame: that is on the way.
fn focus(tree: &Tree) -> Option<Focus> {
    tree.focused().filter(|node| node.role != Role::Frame as u32).map(|node| (node.role, node.name.clone()))
}

/// Presses a key, and waits until something else has the keyboard.
fn move_on(computer: &Computer, key: &str, from: &Focus) -> Focus {
    computer.hands.press(key);
    computer.ears.until(&format!("another focus than {from:?}"), |tree| focus(tree).filter(|now| now != from))
}

#[test]
fn the_keyboard_and_a_screen_reader_are_enough() {
    let computer = Computer::new();
    let Computer { world, hands, ears } = &computer;
    let server = Server::start(world, &[]);
    let mut zoe = Running::start(world.as_person("zoe", "Zoe", &["join", "--plain", &server.invite]));
    zoe.err("You are in");
    zoe.write("before the window");
    zoe.out("before the window");
    let _window = computer.window(&[&server.invite]);

    // Everything is there, with its name.
    ears.until("the members", |tree| {
        tree.in_list("Who is here", Role::ListItem).contains(&"Zoe").then_some(())
    });
    ears.until("the room in the list", |tree| {
        let rooms = tree.in_list("Rooms", Role::ListItem);
        rooms.iter().any(|name| name.contains("lobby")).then_some(())
    });
    ears.until("what was said before", |tree| {
        let messages = tree.in_list("Messages in lobby", Role::ListItem);
        messages.iter().any(|name| name.contains("Zoe") && name.contains("before the window")).then_some(())
    });
    for button in ["Send", "Search", "Invite", "More"] {
        ears.until(button, |tree| tree.find(Role::Button, button).map(drop));
    }
    let composer = (Role::Entry as u32, "Message to lobby".to_owned());
    ears.until("the keyboard in the composer", |tree| focus(tree).filter(|now| *now == composer));

    // What is new is said aloud, without interrupting.
    zoe.write("while you listen");
    ears.hear("while you listen");

    // Tab reaches all of it, and Shift+Tab goes back.
    let mut reached = vec![composer.clone()];
    for _ in 0..PRESSES_MAX {
        let now = move_on(&computer, "Tab", &reached[reached.len() - 1]);
        if now == composer {
            break;
        }
        reached.push(now);
    }
    for name in ["Send", "Search", "Invite", "More"] {
        assert!(reached.contains(&(Role::Button as u32, name.to_owned())), "{name} in {reached:?}");
    }
    assert!(reached.iter().any(|(_, name)| name.contains("lobby") && *name != composer.1), "{reached:?}");
    let last = move_on(&computer, "shift+Tab", &composer);
    assert_eq!(Some(&last), reached.last(), "{reached:?}");

    // Enter and Space press what has the keyboard.
    let mut now = last;
    while now.1 != "Search" {
        now = move_on(&computer, "Tab", &now);
    }
    hands.press("space");
    ears.until("the search", |tree| {
        tree.find(Role::Entry, "Search").filter(|node| node.has_keyboard).map(drop)
    });
    hands.press("Escape");
    ears.until("the end of the search", |tree| tree.find(Role::Entry, "Search").is_none().then_some(()));
}
