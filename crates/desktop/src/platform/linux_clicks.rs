//! The test of clicks on notifications: a D-Bus daemon of its own, a stand-in for the desktop's notification server, and
//! this test's program a second time as the one that notifies. Not here: what the words of a notification are.

#![cfg(test)]
#![expect(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the specification has these arguments, and the macro uses them"
)]

use std::collections::HashMap;
use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use papo_client::State;
use papo_client::state::{Action, Memory, Notification, Place};
use papo_proto::{Address, MemberId, Name, RoomName, Seq, Timestamp};
use zbus::zvariant::Value;

use super::notify::Notifier;

/// Names the bus to the second program; without it the test begins.
const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";
const ROLE: &str = "PAPO_TEST_NOTIFIES";

/// How long anything may take on a busy machine.
const DEADLINE: Duration = Duration::from_mins(1);

const PLACE: &str = "/org/freedesktop/Notifications";
const NAME: &str = "org.freedesktop.Notifications";

/// What a program has asked to be shown.
#[derive(Debug)]
struct Asked {
    summary: String,
    body: String,
    actions: Vec<String>,
    entry: Option<String>,
}

/// Stands in for the desktop's notification server.
struct Desktop {
    asked: Sender<Asked>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Desktop {
    #[expect(clippy::too_many_arguments, reason = "so the specification has it")]
    fn notify(
        &self,
        _program: &str,
        _replaces: u32,
        _icon: &str,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, Value<'_>>,
        _expires: i32,
    ) -> u32 {
        let entry = hints.get("desktop-entry").and_then(|value| value.downcast_ref::<String>().ok());
        self.asked.send(Asked { summary, body, actions, entry }).unwrap();
        7
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["actions".to_owned(), "body".to_owned()]
    }
}

/// A program that ends with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn lines(child: &mut Child) -> Receiver<String> {
    let (sender, lines) = channel();
    let output = child.stdout.take().unwrap();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn until(lines: &Receiver<String>, awaited: &str) -> String {
    loop {
        let line = lines.recv_timeout(DEADLINE).unwrap_or_else(|error| panic!("{awaited:?}: {error}"));
        if line.contains(awaited) {
            return line;
        }
    }
}

/// What the second program does: it notifies of one message, and says what a click on that tells.
fn notify_and_tell() {
    let ana = Name::parse("Ana").unwrap();
    let mut state = State::new(Memory::default(), MemberId::parse(&"a".repeat(24)).unwrap(), &ana);
    let place = Place {
        address: Address::default(),
        room: RoomName::default(),
        name: ana,
        fingerprint: None,
        invite: None,
        ca_file: None,
        others: Vec::new(),
    };
    state.act(Action::JoinPlace(Box::new(place)), Timestamp::default());
    let (tell, told) = channel();
    let notifier = Notifier::start(move |happening| tell.send(happening).unwrap());
    notifier.show(&Notification {
        room: state.rooms[0].id,
        seq: Seq::new(42),
        title: "lobby".to_owned(),
        from: "Zoë".to_owned(),
        text: "<b>Ana</b>, look".to_owned(),
    });
    let clicked = told.recv_timeout(DEADLINE).unwrap();
    // The first program reads it.
    println!("told {clicked:?}");
}

#[test]
fn a_click_on_a_notification_leads_to_its_message() {
    if env::var_os(ROLE).is_some() {
        return notify_and_tell();
    }
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("bus.conf");
    let listen = format!("unix:dir={}", folder.path().display());
    let text = format!(
        "<busconfig><type>session</type><listen>{listen}</listen><auth>EXTERNAL</auth>\
         <policy context='default'><allow send_destination='*' eavesdrop='true'/>\
         <allow eavesdrop='true'/><allow own='*'/></policy></busconfig>"
    );
    std::fs::write(&config, text).unwrap();
    let mut daemon = Command::new("dbus-daemon");
    daemon.arg(format!("--config-file={}", config.display()));
    daemon.args(["--nofork", "--nopidfile", "--print-address=1"]);
    let started = daemon.stdout(Stdio::piped()).spawn();
    let mut daemon = Ends(started.expect("dbus-daemon (Debian: dbus-daemon) is installed"));
    let address = until(&lines(&mut daemon.0), "unix:");
    let (asked, shown) = channel();
    let bus = zbus::blocking::connection::Builder::address(address.as_str())
        .unwrap()
        .name(NAME)
        .unwrap()
        .serve_at(PLACE, Desktop { asked })
        .unwrap()
        .build()
        .unwrap();

    let mut second = Command::new(env::current_exe().unwrap());
    second.args(["--exact", "--nocapture"]);
    second.arg("platform::linux_clicks::a_click_on_a_notification_leads_to_its_message");
    second.env(BUS, &address).env(ROLE, "1").stdout(Stdio::piped());
    let mut second = Ends(second.spawn().unwrap());
    let told = lines(&mut second.0);
    let asked = shown.recv_timeout(DEADLINE).unwrap();
    assert_eq!(asked.summary, "Zoë in lobby");
    assert_eq!(asked.body, "&lt;b&gt;Ana&lt;/b&gt;, look");
    assert_eq!(asked.actions, ["default", "Show"]);
    assert_eq!(asked.entry.as_deref(), Some("papo"));
    // The program may not listen yet; the desktop says it until it is heard, as a person clicks again.
    let (heard, hears) = channel();
    let reading = thread::spawn(move || {
        let line = until(&told, "told ");
        heard.send(()).unwrap();
        line
    });
    let every = Duration::from_millis(100);
    let tries = DEADLINE.as_millis() / every.as_millis();
    for _ in 0..tries {
        bus.emit_signal(None::<&str>, PLACE, NAME, "ActionInvoked", &(7_u32, "default")).unwrap();
        if hears.recv_timeout(every).is_ok() {
            break;
        }
    }
    let line = reading.join().unwrap();
    assert!(line.contains("NotificationClicked") && line.contains("42"), "{line}");
}
