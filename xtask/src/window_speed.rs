//! The task `window-speed`: how fast the real window is in a room of 50,000 messages, on a screen in memory that is
//! painted without a graphics card. Not here: which figures are good enough (`docs/BENCHMARKS.md`).
//!
//! The window itself writes when each frame began and how long it took (`papo desktop --frame-times FILE`); processor
//! time and memory are read from `/proc`, hence on Linux alone.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{ChildStdin, Command, Stdio},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

use crate::{
    picture::Folder,
    process,
    screen::{Running, Screen},
};

/// What this task needs besides papo, and the Debian packages that have it.
const PROGRAMS: [&str; 2] = ["Xvfb", "xdotool"];
const PACKAGES: &str = "xvfb xdotool libgl1-mesa-dri fonts-noto-core fonts-noto-color-emoji";

/// How many messages the room has.
const MESSAGES: usize = 50_000;

/// How often the window is started; the first time, files are read from the disk.
const STARTS: usize = 5;

/// To which messages the view jumps: far from each other and from the end.
const GOALS: [usize; 6] = [2_500, 47_500, 12_500, 37_500, 22_500, 7_500];

/// How long the window is watched at rest and in a busy room.
const WATCHED: Duration = Duration::from_secs(15);

/// How long one waits for the window to come to rest before it is measured.
const CALM: Duration = Duration::from_secs(3);

/// How many messages a second are said in the busy room.
const BUSY_RATE: u32 = 100;

/// How long anything may take that is awaited.
const PATIENCE: Duration = Duration::from_mins(5);

/// How many parts a second has in which Linux counts processor time (`USER_HZ`, proc(5)).
const TICKS_PER_SECOND: f64 = 100.0;

/// Measures, and prints a table.
///
/// # Errors
/// Says what is missing, or what could not be built, started or awaited.
pub(crate) fn run(program: Option<&str>) -> Result<(), String> {
    let missing: Vec<&str> =
        PROGRAMS.into_iter().filter(|program| process::find(program).is_none()).collect();
    if !missing.is_empty() {
        return Err(format!("{} not found; on Debian: apt-get install {PACKAGES}", missing.join(", ")));
    }
    let program = match program {
        Some(program) => fs::canonicalize(program).map_err(|error| format!("{program}: {error}"))?,
        None => built()?,
    };
    let stage = Stage::open(program)?;
    stage.fill()?;
    let starts: Vec<f64> = (0..STARTS).map(|_| stage.start()).collect::<Result<_, String>>()?;
    let mut window = stage.window()?;
    window.ready()?;
    println!("\n| what | figure |\n| --- | ---: |");
    println!("| first start to the messages on the screen | {:.0} ms |", starts[0]);
    println!("| further starts, median | {:.0} ms |", quantile(&starts[1..], 50));
    at_rest(&mut window)?;
    stage.jumps(&mut window)?;
    stage.busy(&mut window)?;
    Ok(())
}

/// The program as people get it.
fn built() -> Result<PathBuf, String> {
    println!("Building papo for release; this takes some minutes.");
    process::run(process::cargo().args(["build", "--release", "--locked", "--package", "papo"]))?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| process::root().join("target"), PathBuf::from);
    Ok(target.join("release").join("papo"))
}

/// A server, a room and a screen.
struct Stage {
    program: PathBuf,
    invite: String,
    _server: Running,
    screen: Screen,
    folder: Folder,
}

impl Stage {
    fn open(program: PathBuf) -> Result<Self, String> {
        let (folder, screen) = (Folder::new()?, Screen::open()?);
        let mut command = Command::new(&program);
        command.args(["serve", "127.0.0.1:0", "--limits", "off", "--durability", "os", "--data"]);
        command.arg(folder.0.join("room")).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Running::start(&mut command)?;
        let output = server.0.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let invite = lines.find_map(|line| {
            line.split_whitespace().find(|word| word.starts_with("https://")).map(str::to_owned)
        });
        let invite = invite.ok_or("the server printed no invite")?;
        // What it prints later is nobody's business, but it must not be told that nobody reads.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self { program, invite, _server: server, screen, folder })
    }

    fn command(&self, arguments: &[&str], profile: &str) -> Command {
        let mut command = self.screen.command(&self.program);
        command.args(arguments).arg(&self.invite).args(["--lang", "en", "--name", profile]);
        command.arg("--profile").arg(self.folder.0.join(profile));
        command
    }

    /// Somebody says everything while the one whose window it will be is in the room, so that this computer has
    /// kept it.
    fn fill(&self) -> Result<(), String> {
        println!("Saying {MESSAGES} messages.");
        let mut join = self.command(&["join", "--plain"], "Clara");
        join.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut join = Running::start(&mut join)?;
        let told = BufReader::new(join.0.stderr.take().ok_or("no output")?).lines();
        let mut told = told.map_while(Result::ok);
        told.find(|line| line.contains("You are in")).ok_or("the room was not reached")?;
        thread::spawn(move || told.for_each(drop));
        let heard = BufReader::new(join.0.stdout.take().ok_or("no output")?).lines();
        let (_writer, mut input) = self.writer()?;
        let speaker =
            thread::spawn(move || (1..=MESSAGES).try_for_each(|number| writeln!(input, "{}", text(number))));
        let last = format!("({MESSAGES})");
        heard
            .map_while(Result::ok)
            .find(|line| line.ends_with(&last))
            .ok_or("the last message was not heard")?;
        speaker.join().map_err(|_| "the speaker failed")?.map_err(|error| error.to_string())
    }

    /// Somebody who says what is written to the input, line by line.
    fn writer(&self) -> Result<(Running, ChildStdin), String> {
        let mut command = self.command(&["send", "--lines", "--timeout", "600"], "Bia");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut running = Running::start(&mut command)?;
        let input = running.0.stdin.take().ok_or("no input")?;
        Ok((running, input))
    }

    /// How long it takes from the start of the program until the messages are on the screen, in milliseconds.
    fn start(&self) -> Result<f64, String> {
        let mut window = self.window()?;
        let end_us = window.ready()?;
        Ok(milliseconds(end_us - window.began_us))
    }

    fn window(&self) -> Result<Window<'_>, String> {
        let frames = self.folder.0.join("frames.jsonl");
        // What an earlier window has written is not this one's.
        let _ = fs::remove_file(&frames);
        let mut command = self.command(&["desktop", "--frame-times", &frames.to_string_lossy()], "Clara");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let began_us = now_us();
        let running = Running::start(&mut command)?;
        Ok(Window { running, began_us, frames, screen: &self.screen })
    }

    /// Searches for single messages and goes to each, and to both ends.
    fn jumps(&self, window: &mut Window<'_>) -> Result<(), String> {
        let id = self.screen.find("lobby")?;
        self.screen.tool(&["windowsize", &id, "1180", "720", "windowfocus", &id])?;
        self.screen.tool(&["key", "ctrl+f"])?;
        thread::sleep(CALM);
        let (mut until_shown, mut worst) = (Vec::new(), Vec::new());
        for goal in GOALS {
            self.screen.tool(&["key", "ctrl+a"])?;
            self.screen.tool(&["type", "--delay", "5", &beacon(goal)])?;
            thread::sleep(CALM);
            let (before, pressed_us) = (window.frames()?, now_us());
            self.screen.tool(&["key", "Return"])?;
            let jumps = before.last().map_or(0, |frame| frame.jumps);
            let goal = goal as u64;
            let is_shown =
                |frame: &Frame| frame.jumps > jumps && (frame.oldest..=frame.newest).contains(&goal);
            window.until("the message that was jumped to", |frames| frames.iter().any(is_shown))?;
            thread::sleep(Duration::from_secs(1));
            let frames = window.frames()?.split_off(before.len());
            let shown = frames.iter().find(|frame| is_shown(frame)).ok_or("the frames are gone")?;
            until_shown.push(milliseconds(shown.begin_us + shown.view_us - pressed_us.min(shown.begin_us)));
            worst.push(longest(&frames));
        }
        self.screen.tool(&["key", "Escape"])?;
        println!(
            "| search hit to its place: key pressed to the message laid out, median, slowest | {:.0} ms, {:.0} ms |",
            quantile(&until_shown, 50),
            quantile(&until_shown, 100)
        );
        println!(
            "| the longest frame of such a jump, median, slowest | {:.1} ms, {:.1} ms |",
            quantile(&worst, 50),
            quantile(&worst, 100)
        );
        Ok(())
    }

    /// Somebody says [`BUSY_RATE`] messages a second, and the window shows them.
    fn busy(&self, window: &mut Window<'_>) -> Result<(), String> {
        let id = self.screen.find("lobby")?;
        self.screen.tool(&["windowfocus", &id, "key", "ctrl+End"])?;
        thread::sleep(CALM);
        let (_writer, mut input) = self.writer()?;
        let total = BUSY_RATE * u32::try_from((CALM + WATCHED + CALM).as_secs()).unwrap_or(u32::MAX);
        let speaker = thread::spawn(move || {
            let start = Instant::now();
            for number in 0..total {
                let due = Duration::from_secs(1) * number / BUSY_RATE;
                thread::sleep(due.saturating_sub(start.elapsed()));
                writeln!(input, "{}", text(MESSAGES + number as usize))?;
            }
            Ok::<(), std::io::Error>(())
        });
        let newest = MESSAGES as u64 + u64::from(BUSY_RATE);
        window.until("the first messages of the busy room", |frames| {
            frames.last().is_some_and(|frame| frame.newest > newest)
        })?;
        thread::sleep(CALM);
        let (before, ticks, start) = (window.frames()?.len(), window.ticks()?, Instant::now());
        thread::sleep(WATCHED);
        let (frames, ticks, time) =
            (window.frames()?.split_off(before), window.ticks()? - ticks, start.elapsed());
        speaker.join().map_err(|_| "the speaker failed")?.map_err(|error| error.to_string())?;
        let heard =
            frames.last().map_or(0, |frame| frame.newest) - frames.first().map_or(0, |frame| frame.newest);
        let whole: Vec<f64> = frames.iter().skip(1).map(|frame| milliseconds(frame.before_us)).collect();
        let view: Vec<f64> = frames.iter().map(|frame| milliseconds(frame.view_us)).collect();
        let apart: Vec<f64> =
            frames.windows(2).map(|pair| milliseconds(pair[1].begin_us - pair[0].begin_us)).collect();
        let seconds = time.as_secs_f64();
        println!("| busy room: messages a second | {:.1} |", number(heard) / seconds);
        println!("| busy room: frames a second | {:.1} |", number(frames.len() as u64) / seconds);
        for (what, times) in
            [("a frame takes", &whole), ("of that, the view", &view), ("from one frame to the next", &apart)]
        {
            println!(
                "| busy room: {what}, p50, p99, longest | {:.1} ms, {:.1} ms, {:.1} ms |",
                quantile(times, 50),
                quantile(times, 99),
                quantile(times, 100)
            );
        }
        println!("| busy room: processor time, with the painting | {:.0} % of a core |", share(ticks, time));
        println!("| private memory after it | {:.0} MB |", window.private_mb()?);
        Ok(())
    }
}

/// Nothing happens, and the window has the keyboard.
fn at_rest(window: &mut Window<'_>) -> Result<(), String> {
    let id = window.screen.find("lobby")?;
    window.screen.tool(&["windowfocus", &id])?;
    thread::sleep(CALM);
    let (before, ticks, start) = (window.frames()?.len(), window.ticks()?, Instant::now());
    thread::sleep(WATCHED);
    let (drawn, ticks) = (window.frames()?.len() - before, window.ticks()? - ticks);
    println!("| at rest: processor time | {:.1} % of a core |", share(ticks, start.elapsed()));
    println!("| at rest: frames in {} s | {drawn} |", WATCHED.as_secs());
    println!("| at rest: private memory | {:.0} MB |", window.private_mb()?);
    Ok(())
}

/// What the window has written about a frame.
#[derive(Clone, Copy)]
struct Frame {
    begin_us: u64,
    view_us: u64,
    before_us: u64,
    oldest: u64,
    newest: u64,
    jumps: u64,
}

impl Frame {
    fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let number = |name: &str| value[name].as_u64();
        Some(Self {
            begin_us: number("begin_us")?,
            view_us: number("view_us")?,
            before_us: number("before_us")?,
            oldest: number("oldest")?,
            newest: number("newest")?,
            jumps: number("jumps")?,
        })
    }
}

/// The running window.
struct Window<'a> {
    running: Running,
    began_us: u64,
    frames: PathBuf,
    screen: &'a Screen,
}

impl Window<'_> {
    /// Every frame so far.
    fn frames(&mut self) -> Result<Vec<Frame>, String> {
        if let Ok(Some(status)) = self.running.0.try_wait() {
            return Err(format!(
                "the window ended ({status}); is {} from before --frame-times?",
                self.frames.display()
            ));
        }
        // It is not there before the first frame.
        Ok(fs::read_to_string(&self.frames).unwrap_or_default().lines().filter_map(Frame::parse).collect())
    }

    fn until(&mut self, what: &str, is_so: impl Fn(&[Frame]) -> bool) -> Result<Vec<Frame>, String> {
        let start = Instant::now();
        loop {
            let frames = self.frames()?;
            if is_so(&frames) {
                return Ok(frames);
            }
            if start.elapsed() > PATIENCE {
                return Err(format!("{what} did not come"));
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the messages are on the screen; returns since when they are.
    fn ready(&mut self) -> Result<u64, String> {
        let has_all = |frame: &Frame| frame.newest >= MESSAGES as u64;
        let frames = self.until("the room", |frames| {
            frames.iter().position(has_all).is_some_and(|at| at + 1 < frames.len())
        })?;
        let at = frames.iter().position(has_all).ok_or("the frames are gone")?;
        Ok(frames[at].begin_us + frames[at].view_us.max(frames[at + 1].before_us))
    }

    /// How much processor time it has used, in ticks.
    fn ticks(&self) -> Result<u64, String> {
        let text = self.proc("stat")?;
        // The second field is the program's name in brackets, and may hold anything.
        let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).and_then(|field| field.parse::<u64>().ok());
        field(14)
            .zip(field(15))
            .map(|(user, system)| user + system)
            .ok_or_else(|| format!("not understood: {text}"))
    }

    /// How much memory belongs to it alone, in megabytes.
    fn private_mb(&self) -> Result<f64, String> {
        let text = self.proc("smaps_rollup")?;
        let lines = text.lines().filter(|line| line.starts_with("Private_"));
        let kilobytes: u64 =
            lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum();
        Ok(number(kilobytes) * 1024.0 / 1e6)
    }

    fn proc(&self, name: &str) -> Result<String, String> {
        let path = format!("/proc/{}/{name}", self.running.0.id());
        fs::read_to_string(&path).map_err(|error| format!("{path} cannot be read: {error}"))
    }
}

/// What is said: short and long, in several scripts, with all the marks there are; its number stands at its end.
fn text(number: usize) -> String {
    const TEXTS: [&str; 7] = [
        "Bom dia! A sala já está no ar 🎉",
        "Só um: `papo serve`. E a janela é `papo desktop`, com **tudo** o que se espera dela.",
        "Good morning",
        "A longer message that does not fit into one line: it tells of the weather, of the harbour, of boats that come in at noon, and of nothing else that anybody would want to remember.",
        "See https://example.org/papo and then *tell* me",
        "Привет! Καλημέρα!",
        "> Só um",
    ];
    let beacon = if number.is_multiple_of(2_500) { beacon(number) + " " } else { String::new() };
    format!("{beacon}{} ({number})", TEXTS[number % TEXTS.len()])
}

/// A word that stands in one message alone.
fn beacon(number: usize) -> String {
    let letters =
        number.to_string().bytes().map(|digit| char::from(b'a' + (digit - b'0'))).collect::<String>();
    format!("farol{letters}z")
}

fn longest(frames: &[Frame]) -> f64 {
    milliseconds(frames.iter().skip(1).map(|frame| frame.before_us).max().unwrap_or_default())
}

fn milliseconds(microseconds: u64) -> f64 {
    Duration::from_micros(microseconds).as_secs_f64() * 1_000.0
}

/// The share of one core, in percent.
fn share(ticks: u64, time: Duration) -> f64 {
    number(ticks) / TICKS_PER_SECOND / time.as_secs_f64() * 100.0
}

/// The value that so many percent of all values are not above; 0 where there are none.
fn quantile(values: &[f64], percent: usize) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = (values.len() * percent).div_ceil(100);
    values.get(at.saturating_sub(1)).copied().unwrap_or_default()
}

/// A count as a number to reckon with.
fn number(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_values() {
        let values = [5.0, 1.0, 4.0, 2.0, 3.0];
        let found = [0, 50, 99, 100].map(|percent| quantile(&values, percent).to_string());
        assert_eq!(found, ["1", "3", "5", "5"]);
        assert_eq!(quantile(&[], 50).to_string(), "0");
    }

    #[test]
    fn each_beacon_stands_in_one_message_alone() {
        for goal in GOALS {
            let holding = (1..=MESSAGES).filter(|number| text(*number).contains(&beacon(goal)));
            assert_eq!(holding.collect::<Vec<_>>(), [goal]);
        }
    }

    #[test]
    fn a_line_of_the_window_is_understood() {
        let line = r#"{"begin_us":9,"view_us":2,"before_us":3,"oldest":1,"newest":4,"jumps":0}"#;
        assert_eq!(Frame::parse(line).map(|frame| (frame.begin_us, frame.newest)), Some((9, 4)));
        assert!(Frame::parse("{").is_none(), "a line that is being written");
    }
}
