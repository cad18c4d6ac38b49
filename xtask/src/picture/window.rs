//! The task `pictures`: opens the real window on a screen that nobody sees, in a real room with real members, and
//! keeps what it shows as `docs/images/window-*.png`. Not here: the terminals in which the members sit.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{Folder, build, terminal::Terminal};
use crate::{
    process,
    screen::{LOOKS_MAX, Running, Screen},
};

/// What this task needs besides papo, and the Debian packages that have it.
const PROGRAMS: [&str; 4] = ["Xvfb", "xdotool", "import", "pngquant"];
const PACKAGES: &str =
    "xvfb xdotool imagemagick pngquant fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji";

/// How often in a row a window has to look the same before it is taken to be finished.
const SAME_LOOKS: usize = 3;

/// The members that make a room of fifty, with those of the first pictures and the one who looks.
const CROWD: usize = 46;

/// How fast a server on the same computer answers a window at rest, in milliseconds.
const SETTLED_MS: u64 = 25;

/// For how long it has to stay so, in seconds: the window is still busy with itself when it comes into the room.
const CALM_S: usize = 4;

/// For how long that is waited for, in seconds: two questions of a silent connection.
const SETTLED_WITHIN_S: usize = 45;

/// What the title says outside of rooms.
const START: &str = "papo";

/// Where nobody listens: the port of an old service (RFC 1078) that computers have long ceased to offer.
const CLOSED: &str = "127.0.0.1:1";

/// One picture of the window.
#[derive(Clone, Copy)]
struct Picture<'a> {
    name: &'a str,
    size: [u32; 2],
    is_dark: bool,
    language: &'a str,
    /// What comes behind `papo desktop`; nothing for the start screen.
    target: &'a [&'a str],
    /// What the window's title says once it shows what is wanted.
    title: &'a str,
    /// Whose window it is; somebody's own for each picture where nothing is said.
    profile: Option<&'a str>,
    /// What is done in the window before the picture is taken.
    steps: &'a [Step],
}

/// Something that a person does in the window. Places are points from its upper left corner, negative ones from its
/// right or lower edge.
#[derive(Clone, Copy)]
enum Step {
    /// Presses a key.
    Key(&'static str),
    /// Presses the pointer's first button.
    Click([i32; 2]),
    /// Draws the pointer from one place to another with its button down.
    Draw([i32; 2], [i32; 2]),
}

/// Opens the room and keeps every picture.
///
/// # Errors
/// Says which program is missing, or what could not be started, awaited or written.
pub(crate) fn run() -> Result<(), String> {
    let missing: Vec<&str> =
        PROGRAMS.into_iter().filter(|program| process::find(program).is_none()).collect();
    if !missing.is_empty() {
        return Err(format!("{} not found; on Debian: apt-get install {PACKAGES}", missing.join(", ")));
    }
    let studio = Studio { program: build()?, folder: Folder::new()?, screen: Screen::open()? };
    let usual = Picture {
        name: "start",
        size: [1120, 680],
        is_dark: false,
        language: "en",
        target: &[],
        title: START,
        profile: None,
        steps: &[],
    };
    studio.take(&usual)?;
    // The button below the card.
    studio.take(&Picture { name: "open", steps: &[Step::Click([411, 518])], ..usual })?;
    let mut server = studio.terminal();
    server.command(&["serve", "127.0.0.1:0", "--data", "room"])?;
    let line = server.wait_for("https://")?;
    let invite = line.split_whitespace().find(|word| word.starts_with("https://"));
    let invite = invite.ok_or("the server printed no invite")?.to_owned();
    server.wait_for("Ctrl-C")?;

    let lobby = [invite.as_str()];
    let room = Picture { target: &lobby, title: "lobby", ..usual };
    let _friends = studio.friends(&invite)?;
    studio.take(&Picture { name: "room-light", ..room })?;
    studio.take(&Picture { name: "room-dark", is_dark: true, ..room })?;
    studio.take(&Picture { name: "room-portuguese", language: "pt", ..room })?;
    studio.take(&Picture { name: "room-small", size: [720, 480], ..room })?;
    studio.take(&Picture { name: "room-large", size: [1600, 1000], ..room })?;
    studio.take(&Picture { name: "settings", steps: &[Step::Key("ctrl+comma")], ..room })?;
    studio.take(&Picture {
        name: "settings-portuguese",
        language: "pt",
        size: [720, 480],
        steps: &[Step::Key("ctrl+comma")],
        ..room
    })?;
    let over_three = [Step::Draw([330, -250], [420, -140])];
    studio.take(&Picture { name: "selection", steps: &over_three, ..room })?;
    studio.order(&room)?;

    let worldwide = [invite.as_str(), "--room", "world"];
    let _world = studio.world(&invite)?;
    studio.take(&Picture { name: "scripts", target: &worldwide, title: "world", ..room })?;
    let _crowd = studio.crowd(&invite)?;
    studio.take(&Picture { name: "fifty", ..room })?;
    studio.take(&Picture { name: "error", target: &[CLOSED], ..room })
}

/// Where everything of the pictures is; gone afterwards.
struct Studio {
    program: PathBuf,
    screen: Screen,
    folder: Folder,
}

impl Studio {
    fn terminal(&self) -> Terminal {
        Terminal::new(&self.program, &self.folder.0, "home")
    }

    /// Somebody who comes into a room; in it as long as the terminal is there.
    fn member(&self, invite: &str, room: &str, name: &str) -> Result<Terminal, String> {
        let mut terminal = self.terminal();
        let profile = format!("{room}-{name}");
        terminal.command(&["join", invite, "--room", room, "--name", name, "--profile", &profile])?;
        terminal.wait_for("You are in")?;
        Ok(terminal)
    }

    /// Comes in and says these lines.
    fn speaks(&self, invite: &str, room: &str, name: &str, lines: &[&str]) -> Result<Terminal, String> {
        let mut terminal = self.member(invite, room, name)?;
        for line in lines {
            terminal.type_line(line)?;
        }
        terminal.settle();
        Ok(terminal)
    }

    fn friends(&self, invite: &str) -> Result<[Terminal; 3], String> {
        let mut ana = self.speaks(invite, "lobby", "Ana", &["Bom dia! A sala já está no ar 🎉"])?;
        let zoe = self.speaks(invite, "lobby", "Zoë", &["Good morning! Just **one** command?"])?;
        ana.type_line("Só um: `papo serve`. E a janela é `papo desktop`.")?;
        ana.settle();
        let bia_says = ["> Só um", "And the invite is a link, nothing to install: https://example.org/papo"];
        let bia = self.speaks(invite, "lobby", "Bia", &bia_says)?;
        ana.type_line("Café às três? Levo o bolo.")?;
        ana.settle();
        Ok([ana, zoe, bia])
    }

    /// Long names, and what is not written in Latin letters.
    fn world(&self, invite: &str) -> Result<[Terminal; 5], String> {
        let long = "Maria Aparecida do Nascimento Albuquerque de Vasconcelos";
        Ok([
            self.speaks(invite, "world", long, &["A name as long as it may be 👩‍👩‍👧 👍🏽 🇧🇷"])?,
            self.speaks(invite, "world", "ليلى", &["مرحبا! هذه غرفة papo جديدة."])?,
            self.speaks(invite, "world", "דנה", &["שלום, מה שלומכם?"])?,
            self.speaks(invite, "world", "小林", &["こんにちは。中文也可以，한국어도."])?,
            self.speaks(invite, "world", "अनु", &["नमस्ते! และภาษาไทย ❤️🎉"])?,
        ])
    }

    /// A room that is kept in order: an advertiser is banned, and whoever looks at it owns the room.
    fn order(&self, room: &Picture<'_>) -> Result<(), String> {
        let invite = room.target[0];
        let rex = self.speaks(invite, "lobby", "Rex", &["CHEAP WATCHES!!! https://example.com"])?;
        self.keeps_order(&["ban", "Rex", "7d", "advertising"])?;
        drop(rex);
        let printed = self.keeps_order(&["owner-invite"])?;
        let link = printed.split_whitespace().find(|word| word.starts_with("https://"));
        let target = [link.ok_or("no invite for the owner was printed")?];
        let owned = Picture { profile: Some("owner"), ..*room };
        self.take(&Picture { name: "member", target: &target, steps: &[Step::Click([-150, 95])], ..owned })?;
        for words in [["invite", "1", "1d"].as_slice(), &["invite", "30", "7d"], &["slow", "10s"]] {
            self.keeps_order(words)?;
        }
        let menu = [Step::Click([-265, 26]), Step::Click([-235, 138])];
        self.take(&Picture { name: "access", steps: &menu, ..owned })?;
        // Here the members are folded away, and the entry that shows and hides them with them.
        let menu = [Step::Click([-50, 26]), Step::Click([-100, 102])];
        let size = [720, 480];
        self.take(&Picture { name: "access-portuguese", language: "pt", size, steps: &menu, ..owned })
    }

    /// Keeps order in the lobby from the server's own computer. Returns the first line that is printed.
    fn keeps_order(&self, words: &[&str]) -> Result<String, String> {
        let mut terminal = self.terminal();
        let arguments = [["room", "lobby"].as_slice(), words, &["--data", "room"]].concat();
        terminal.command(&arguments)?;
        terminal.wait_for("")
    }

    fn crowd(&self, invite: &str) -> Result<Vec<Terminal>, String> {
        let first = [
            "Alice", "Bruno", "Chloé", "Davi", "Elif", "Frida", "Gil", "Hana", "Ivo", "Júlia", "Kofi", "Lia",
        ];
        let last = ["A.", "Braga", "Costa", "Dias"];
        let names = last.iter().flat_map(|last| first.iter().map(move |first| format!("{first} {last}")));
        names.take(CROWD).map(|name| self.member(invite, "lobby", &name)).collect()
    }

    /// Opens the window, waits until it changes no more, and keeps what it shows.
    fn take(&self, picture: &Picture<'_>) -> Result<(), String> {
        let profile = self.folder.0.join(format!("window-{}", picture.profile.unwrap_or(picture.name)));
        // Whoever is pictured has a home of their own, with the configuration file where one looks for it.
        let config = profile.join(".config/papo");
        let written = fs::create_dir_all(&config)
            .and_then(|()| fs::write(profile.join("surfaces.json"), memory(picture)))
            .and_then(|()| fs::write(config.join("config.toml"), configuration(picture)));
        written.map_err(|error| format!("{} cannot be written: {error}", profile.display()))?;
        let mut command = self.screen.command(&self.program);
        command.arg("desktop").args(picture.target).args(["--name", "Clara", "--lang", picture.language]);
        command.env("HOME", &profile).env_remove("XDG_CONFIG_HOME");
        let frames = profile.join("frames");
        command.arg("--frame-times").arg(&frames);
        command.arg("--profile").arg(&profile).stdout(Stdio::null()).stderr(Stdio::null());
        let _window = Running::start(&mut command)?;
        let id = self.screen.find(picture.title)?;
        let [width, height] = picture.size.map(|length| length.to_string());
        self.screen.tool(&["windowmove", &id, "0", "0", "windowsize", &id, &width, &height])?;
        // The pointer stands beside the window, where it points at nothing.
        self.screen.tool(&["mousemove", "1699", "1099"])?;
        let taken = self.folder.0.join("taken.png");
        if picture.title != START && picture.target != [CLOSED] {
            self.settle(&frames)?;
        }
        self.look(&id, &taken)?;
        for step in picture.steps {
            self.act(&id, picture.size, *step)?;
            self.look(&id, &taken)?;
        }
        let name = format!("docs/images/window-{}.png", picture.name);
        let path = process::root().join(&name);
        let quantize = ["--force", "--strip", "--speed", "1", "256", "--output"];
        process::run(Command::new("pngquant").args(quantize).arg(&path).arg("--").arg(&taken))?;
        println!("{name}");
        Ok(())
    }

    /// Waits until the server has answered a window at rest: what is measured first is how long the window takes itself
    /// to start, on a computer that draws without a graphics card. After the limit the picture shows what there is.
    fn settle(&self, frames: &Path) -> Result<(), String> {
        let (mut last, mut calm) = (None, 0);
        for _ in 0..SETTLED_WITHIN_S {
            let text = fs::read_to_string(frames).unwrap_or_default();
            let line = text.lines().next_back().and_then(|line| serde_json::from_str::<Value>(line).ok());
            last = line.and_then(|line| line["latency_ms"].as_u64()).or(last);
            calm = if last.is_some_and(|latency_ms| latency_ms <= SETTLED_MS) { calm + 1 } else { 0 };
            if calm == CALM_S {
                return Ok(());
            }
            self.screen.tool(&["sleep", "1"])?;
        }
        println!("The server answers after {last:?} ms. Take the pictures again on a quieter computer.");
        Ok(())
    }

    /// Does something in the window, and takes the pointer out of it again.
    fn act(&self, id: &str, size: [u32; 2], step: Step) -> Result<(), String> {
        let at = |place: [i32; 2]| -> [String; 2] {
            std::array::from_fn(|axis| {
                let from = if place[axis] < 0 { i64::from(size[axis]) } else { 0 };
                (from + i64::from(place[axis])).to_string()
            })
        };
        let mut arguments: Vec<String> = ["windowfocus", id].map(str::to_owned).into();
        let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
        match step {
            Step::Key(key) => add(&["key", key]),
            Step::Click(place) => {
                let [x, y] = at(place);
                add(&["mousemove", &x, &y, "sleep", "0.3", "click", "1", "sleep", "0.3"]);
            }
            Step::Draw(from, to) => {
                let ([x, y], [to_x, to_y]) = (at(from), at(to));
                add(&["mousemove", &x, &y, "sleep", "0.3", "mousedown", "1", "sleep", "0.3"]);
                add(&["mousemove", &to_x, &to_y, "sleep", "0.3", "mouseup", "1", "sleep", "0.3"]);
            }
        }
        add(&["mousemove", "1699", "1099"]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.screen.tool(&arguments).map(drop)
    }

    /// Looks at the window until it shows the same several times in a row.
    fn look(&self, id: &str, path: &Path) -> Result<(), String> {
        let (mut last, mut same) = (Vec::new(), 0);
        for _ in 0..LOOKS_MAX {
            self.screen.tool(&["sleep", "1"])?;
            // Without the time at which it was taken, which would make each differ.
            let arguments = ["-window", id, "-define", "png:exclude-chunks=date,time"];
            process::run(self.screen.command(Path::new("import")).args(arguments).arg(path))?;
            let now =
                fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
            same = if now == last { same + 1 } else { 1 };
            if same == SAME_LOOKS {
                return Ok(());
            }
            last = now;
        }
        Err("the window changes and changes".to_owned())
    }
}

/// Where the window is, as it keeps that.
fn memory(picture: &Picture<'_>) -> String {
    let [width, height] = picture.size;
    format!(r#"{{"window":{{"size":[{width}.0,{height}.0],"position":[0.0,0.0],"is-maximised":false}}}}"#)
}

/// What its person has chosen.
fn configuration(picture: &Picture<'_>) -> String {
    let theme = if picture.is_dark { "dark" } else { "light" };
    format!("[window]\ntheme = \"{theme}\"\nnotify = \"none\"\nreduced-motion = true\n")
}
