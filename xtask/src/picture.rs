//! The task `picture`: lets the real program run in four terminals and draws what was typed and printed in three of
//! them as `docs/images/chat.svg`. Here is the play; how terminals work and how they are drawn is below.

mod drawing;
mod palette;
mod terminal;
pub(crate) mod window;

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::process;
use drawing::Pane;
use terminal::{Entry, Terminal};

/// Where the picture lies, from the root.
const PICTURE: &str = "docs/images/chat.svg";

/// The port that the program takes where none is said, and hence the one in every text about it.
const USUAL_PORT: u16 = 12345;

/// The server's folder in the picture.
const DATA: &str = "room";

/// For who cannot see the picture.
const TITLE: &str = "A papo server and two people in its room";
const DESCRIPTION: &str = "Three terminals with what was really typed and printed. In the first, papo serve opens a room \
    and prints an invite link. In the second, Ana joins with the link; in the third, Zoë joins with the server's \
    certificate. Another Ana is there too, and a badge behind the name tells the two apart. The server is stopped; Ana \
    types on; the server is started again, and what she typed reaches everybody.";

/// Plays, and writes the picture.
///
/// # Errors
/// Says what could not be built, started, awaited or written.
pub(crate) fn run() -> Result<(), String> {
    let program = build()?;
    let folder = Folder::new()?;
    let port = free_port()?;
    if port != USUAL_PORT {
        println!("Port {USUAL_PORT} is taken, so the picture shows {port}. Free it and draw again.");
    }
    let mut stage = Stage::new(&program, &folder.0);
    stage.play(port)?;
    let svg = stage.draw();
    // A path of this machine is nobody else's business.
    let home = env::home_dir().filter(|home| home.parent().is_some());
    for place in [Some(folder.0.clone()), home].into_iter().flatten() {
        if svg.contains(&*place.to_string_lossy()) {
            return Err(format!("the picture would show {}, a folder of this machine", place.display()));
        }
    }
    let path = process::root().join(PICTURE);
    let write = || fs::create_dir_all(path.parent().unwrap_or(&path)).and_then(|()| fs::write(&path, &svg));
    write().map_err(|error| format!("{PICTURE} cannot be written: {error}"))?;
    println!("{PICTURE}: {} bytes", svg.len());
    Ok(())
}

/// Builds the program and returns where it lies.
fn build() -> Result<PathBuf, String> {
    println!("Building papo.");
    let arguments = ["build", "--locked", "--package", "papo", "--bin", "papo"];
    let mut command = process::cargo();
    command.args(arguments).arg("--message-format=json-render-diagnostics");
    let messages = process::read(&mut command)?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut executables = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    executables.next_back().ok_or_else(|| "cargo did not say where it put papo".to_owned())
}

/// The usual port, or one that the system has to spare.
fn free_port() -> Result<u16, String> {
    let on = |port| TcpListener::bind(("127.0.0.1", port));
    let listener = on(USUAL_PORT).or_else(|_| on(0)).map_err(|error| format!("no port is free: {error}"))?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}

/// A folder that nobody else uses, gone when the play is over.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// Makes it.
    pub(crate) fn new() -> Result<Self, String> {
        let path = env::temp_dir().join(format!("papo-picture-{}", std::process::id()));
        // As the programs in it see it: where temporary things lie may be a link.
        let made = fs::create_dir(&path).and_then(|()| fs::canonicalize(&path));
        made.map(Self).map_err(|error| format!("{} cannot be made: {error}", path.display()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder left behind in the place for temporary things harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The four terminals.
struct Stage {
    server: Terminal,
    ana: Terminal,
    other_ana: Terminal,
    zoe: Terminal,
}

impl Stage {
    fn new(program: &Path, folder: &Path) -> Self {
        let terminal = |home| Terminal::new(program, folder, home);
        Self {
            server: terminal("home-server"),
            ana: terminal("home-ana"),
            other_ana: terminal("home-other-ana"),
            zoe: terminal("home-zoe"),
        }
    }

    /// From the first start of the server to the last word.
    fn play(&mut self, port: u16) -> Result<(), String> {
        let port_text = port.to_string();
        let mut serve = vec!["serve", "--data", DATA];
        if port != USUAL_PORT {
            serve.extend(["-p", &port_text]);
        }
        self.server.command(&serve)?;
        let invite = self.server.wait_for("https://")?;
        self.server.wait_for("Ctrl-C")?;
        self.everybody_comes(&invite, &port_text)?;

        self.says(|stage| &mut stage.ana, "Bom dia! A sala já está no ar 🎉")?;
        self.says(|stage| &mut stage.zoe, "Good morning! Just one command?")?;
        self.says(|stage| &mut stage.other_ana, "Só um! E eu sou a outra Ana.")?;

        self.server.interrupt()?;
        for person in self.people() {
            person.wait_for("Trying again")?;
        }
        let unheard = "Café às três? Levo o bolo.";
        self.ana.type_line(unheard)?;
        self.server.command(&serve)?;
        self.server.wait_for("Ctrl-C")?;
        for person in self.people() {
            person.wait_for("Connected again")?;
        }
        self.everybody_hears(unheard)?;
        self.says(|stage| &mut stage.zoe, "Chegou! I'll be there.")
    }

    /// One comes by the link, one by the certificate, and then somebody with a name that is taken.
    fn everybody_comes(&mut self, invite: &str, port: &str) -> Result<(), String> {
        let certificate = format!("{DATA}/server.crt");
        let by_link = ["join", invite, "--name", "Ana"];
        let by_certificate = ["join", "-ip", "127.0.0.1", "-p", port, "--name", "Zoë", "--ca", &certificate];
        self.ana.command(&by_link)?;
        self.ana.wait_for("You are in")?;
        // The server tells of newcomers a little later, and nobody types as fast as this play.
        self.ana.settle();
        self.zoe.command(&by_certificate)?;
        self.zoe.wait_for("You are in")?;
        self.ana.wait_for("Zoë came")?;
        self.zoe.settle();
        self.other_ana.command(&by_link)?;
        self.other_ana.wait_for("You are in")?;
        self.ana.wait_for("3 people")?;
        self.zoe.wait_for("3 people")?;
        Ok(())
    }

    fn says(&mut self, who: fn(&mut Self) -> &mut Terminal, text: &str) -> Result<(), String> {
        who(self).type_line(text)?;
        self.everybody_hears(text)
    }

    fn everybody_hears(&mut self, text: &str) -> Result<(), String> {
        for person in self.people() {
            person.wait_for(&format!(": {text}"))?;
        }
        // Who came is told at the server's own pace, and belongs above what is typed next.
        self.people().into_iter().for_each(Terminal::settle);
        Ok(())
    }

    fn people(&mut self) -> [&mut Terminal; 3] {
        [&mut self.ana, &mut self.other_ana, &mut self.zoe]
    }

    fn draw(&self) -> String {
        let server = fold(self.server.entries());
        let pane = |name, note, entries| Pane { name, note, entries };
        drawing::draw(
            TITLE,
            DESCRIPTION,
            &pane("The server", "opens the room, is stopped, and is started again", &server),
            &[
                pane("Ana", "comes with the invite link", self.ana.entries()),
                pane("Zoë", "comes with the certificate", self.zoe.entries()),
            ],
        )
    }
}

/// Puts one remark in place of what a command prints like the one before, but for its first line. Nothing else is
/// left out of the picture, and this is said in it.
fn fold(entries: &[Entry]) -> Vec<Entry> {
    let mut folded = Vec::new();
    let mut is_first_line = false;
    let mut left_out = 0_usize;
    for (index, entry) in entries.iter().enumerate() {
        let is_repeated = matches!(entry, Entry::Printed(_)) && entries[..index].contains(entry);
        if is_repeated && !is_first_line {
            left_out += 1;
            continue;
        }
        folded.extend(remark(&mut left_out));
        is_first_line = matches!(entry, Entry::Command(_));
        folded.push(entry.clone());
    }
    folded.extend(remark(&mut left_out));
    folded
}

fn remark(left_out: &mut usize) -> Option<Entry> {
    let count = std::mem::take(left_out);
    (count > 0).then(|| Entry::Remark(format!("… and {count} more lines, as above")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_later_command_repeats_is_folded_and_that_is_said() {
        let command = || Entry::Command("papo serve".to_owned());
        let printed = |text: &str| Entry::Printed(text.to_owned());
        let first = [command(), printed("open"), printed("key"), printed("invite")];
        assert_eq!(fold(&first), first, "what is there once stays");
        let second = [command(), printed("open"), printed("key"), printed("news"), printed("invite")];
        let more = |count| Entry::Remark(format!("… and {count} more lines, as above"));
        let expected = [command(), printed("open"), more(1), printed("news"), more(1)];
        assert_eq!(fold(&[&first[..], &second].concat())[4..], expected);
    }
}
