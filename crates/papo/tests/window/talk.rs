//! A conversation between the window and a terminal, with a server that dies in the middle of it.

use super::Computer;
use super::ears::{Role, Tree};
use super::support::{Running, Server, lasting_port};

/// The list of messages.
const TIMELINE: &str = "Messages in lobby";

/// The field in which a message is written.
const COMPOSER: &str = "Message to lobby";

/// The messages on the screen that hold this.
fn holding<'a>(tree: &'a Tree, text: &str) -> Vec<&'a str> {
    tree.in_list(TIMELINE, Role::ListItem).into_iter().filter(|name| name.contains(text)).collect()
}

/// The one message on the screen that holds this, once it is more than on its way.
fn stored(tree: &Tree, text: &str) -> Option<String> {
    match holding(tree, text).as_slice() {
        [one] if !one.contains("(sending") => Some((*one).to_owned()),
        _ => None,
    }
}

fn has_label(tree: &Tree, beginning: &str) -> Option<()> {
    let is_it = |name: &str| name.starts_with(beginning);
    tree.0.iter().any(|node| node.role == Role::Label as u32 && is_it(&node.name)).then_some(())
}

#[test]
fn nothing_is_lost_or_doubled_whatever_happens_to_server_and_window() {
    let computer = Computer::new();
    let Computer { world, hands, ears } = &computer;
    let port = lasting_port();
    let server = Server::start_on(world, port, &[]);
    let invite = server.invite.clone();
    let window = computer.window(&[&invite]);
    ears.until("the connection", |tree| has_label(tree, "connected"));
    let mut zoe = Running::start(world.as_person("zoe", "Zoe", &["join", "--plain", &invite]));
    zoe.err("You are in");

    // To and fro.
    hands.write("from the window");
    hands.press("Return");
    zoe.out("from the window");
    zoe.write("from the terminal");
    ears.until("the terminal's words", |tree| stored(tree, "from the terminal"));

    // The server dies, and both go on.
    drop(server);
    ears.until("the loss of the server", |tree| has_label(tree, "reconnecting"));
    hands.write("said without a server");
    hands.press("Return");
    let is_waiting = |tree: &Tree| has_label(tree, "waiting for the connection");
    ears.until("word that the message waits", is_waiting);
    zoe.write("typed without a server");
    let server = Server::start_on(world, port, &[]);
    zoe.out("said without a server");
    ears.until("the connection", |tree| has_label(tree, "connected"));
    let texts = ["from the window", "from the terminal", "said without a server", "typed without a server"];
    for text in texts {
        ears.until(text, |tree| stored(tree, text));
    }
    let tail = ["tail", "--after", "0", "--no-follow", "--json", &invite];
    let log = Running::start(world.as_person("check", "Check", &tail)).end().out;
    for text in texts {
        assert_eq!(log.matches(text).count(), 1, "{text}: {log}");
    }

    the_window_comes_back_as_it_was(&computer, window, &mut zoe);
    server.stop();
}

/// It is closed while somebody reads old messages and has begun to write, and opened again.
fn the_window_comes_back_as_it_was(computer: &Computer, window: Running, zoe: &mut Running) {
    let Computer { hands, ears, .. } = computer;
    for number in 1..=60 {
        zoe.write(&format!("line {number} of many"));
    }
    ears.until("the last line", |tree| stored(tree, "line 60 of many"));
    hands.write("half a thought");
    ears.until("the draft", |tree| {
        let composer = tree.find(Role::Entry, COMPOSER)?;
        (ears.text_of(composer) == "half a thought").then_some(())
    });
    hands.press("Prior");
    ears.until("older messages alone", |tree| {
        (holding(tree, "line 60 of many").is_empty() && tree.find(Role::List, TIMELINE).is_some())
            .then_some(())
    });
    hands.press("Prior");
    let read = ears.until("still older messages", |tree| {
        let shown = tree.in_list(TIMELINE, Role::ListItem);
        let is_far = holding(tree, "line 40 of many").is_empty() && !shown.is_empty();
        is_far.then(|| shown[shown.len() / 2].to_owned())
    });
    hands.press("ctrl+q");
    window.end().check(0, &[]);

    let _window = computer.window(&[]);
    ears.until("the draft after the restart", |tree| {
        let composer = tree.find(Role::Entry, COMPOSER)?;
        (ears.text_of(composer) == "half a thought").then_some(())
    });
    ears.until("the place in the room after the restart", |tree| {
        (!holding(tree, &read).is_empty() && holding(tree, "line 60 of many").is_empty()).then_some(())
    });
}
