//! What a screen reader learns of the window: the tree of what is shown, and what is announced (AT-SPI 2, the
//! accessibility of Linux desktops, over a message bus of the test's own). Not here: what it should learn.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use zbus::MatchRule;
use zbus::blocking::{Connection, MessageIterator, connection::Builder};
use zbus::export::serde::Serialize;
use zbus::message::Type;
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Value};

use super::support::{DEADLINE, Running, World};
use super::{program, start};

/// How often one looks again where nothing has told of a change, which programs are free to leave out.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// The politeness of an announcement that interrupts nobody (`ATSPI_LIVE_POLITE`).
const POLITE: i32 = 1;

/// What something in the window is (`AtspiRole`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Role {
    Frame = 23,
    Label = 29,
    List = 31,
    ListItem = 32,
    Button = 43,
    Entry = 79,
}

/// The bit of what has the keyboard, among the states (`AtspiStateType`).
const FOCUSED: u32 = 1 << 12;

/// Where something in the window is reached.
type Place = (String, OwnedObjectPath);

/// One thing of the tree as the bus has it: itself, its program, what it is in, its number there, how many are in
/// it, what can be done with it, its name, role, description and states.
type Item = (Place, Place, Place, i32, i32, Vec<String>, String, u32, String, Vec<u32>);

/// One thing in the window.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    place: Place,
    parent: Place,
    pub(crate) role: u32,
    pub(crate) name: String,
    pub(crate) has_keyboard: bool,
}

/// Everything in the window, in the order in which it is read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree(pub(crate) Vec<Node>);

impl Tree {
    /// What has this role and exactly this name.
    pub(crate) fn find(&self, role: Role, name: &str) -> Option<&Node> {
        self.0.iter().find(|node| node.role == role as u32 && node.name == name)
    }

    /// The names of all that have this role within the one list of this name.
    pub(crate) fn in_list(&self, list: &str, role: Role) -> Vec<&str> {
        let Some(list) = self.find(Role::List, list) else { return Vec::new() };
        let is_in = |node: &&Node| node.role == role as u32 && self.is_within(node, list);
        self.0.iter().filter(is_in).map(|node| node.name.as_str()).collect()
    }

    /// What has the keyboard.
    pub(crate) fn focused(&self) -> Option<&Node> {
        self.0.iter().find(|node| node.has_keyboard)
    }

    fn is_within(&self, node: &Node, outer: &Node) -> bool {
        let mut parent = &node.parent;
        while let Some(above) = self.0.iter().find(|node| node.place == *parent) {
            if above.place == outer.place {
                return true;
            }
            parent = &above.parent;
        }
        false
    }
}

/// A screen reader.
pub(crate) struct Ears {
    address: String,
    bus: Connection,
    changes: Receiver<()>,
    announced: Announced,
    _session: Running,
    folder: PathBuf,
}

/// What was to be said aloud, and how politely.
type Announced = Arc<Mutex<Vec<(String, i32)>>>;

impl Ears {
    /// Starts a message bus of its own and listens to everything on it.
    pub(crate) fn new(world: &World) -> Self {
        let folder = world.path("run");
        std::fs::create_dir(&folder).unwrap();
        let mut command = program("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        // Nothing on the person's own screen or bus may be found.
        command.env("XDG_RUNTIME_DIR", &folder).env("HOME", world.path("home"));
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("DBUS_SESSION_BUS_ADDRESS");
        let mut session = start(command);
        let address = session.out("unix:");
        let connection = connect(&address);
        for name in ["IsEnabled", "ScreenReaderEnabled"] {
            let value = ("org.a11y.Status", name, Value::Bool(true));
            call(
                &connection,
                "org.a11y.Bus",
                "/org/a11y/bus",
                "org.freedesktop.DBus.Properties",
                "Set",
                &value,
            );
        }
        let bus: String =
            call(&connection, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", &())
                .body()
                .deserialize()
                .unwrap();
        let bus = connect(&bus);
        let (changes, announced) = listen(&bus);
        Self { address, bus, changes, announced, _session: session, folder }
    }

    /// Lets a program be heard.
    pub(crate) fn listen_to(&self, command: &mut Command) {
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).env("XDG_RUNTIME_DIR", &self.folder);
        command.env_remove("AT_SPI_BUS_ADDRESS").env_remove("NO_AT_BRIDGE");
    }

    /// Waits until the window shows what is awaited, and returns that.
    #[track_caller]
    pub(crate) fn until<T>(&self, awaited: &str, find: impl Fn(&Tree) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            let tree = self.tree();
            if let Some(found) = find(&tree) {
                return found;
            }
            let shown: Vec<(u32, &str)> = tree.0.iter().map(|node| (node.role, node.name.as_str())).collect();
            assert!(start.elapsed() < DEADLINE, "{awaited} did not come: {shown:#?}");
            self.wait(awaited);
        }
    }

    /// Waits until something is announced that holds this; it has to be said politely.
    #[track_caller]
    pub(crate) fn hear(&self, awaited: &str) {
        let start = Instant::now();
        loop {
            let heard = self.announced.lock().unwrap().clone();
            if let Some((text, politeness)) = heard.iter().find(|(text, _)| text.contains(awaited)) {
                assert_eq!(*politeness, POLITE, "{text}");
                return;
            }
            assert!(start.elapsed() < DEADLINE, "{awaited:?} was not announced: {heard:?}");
            self.wait(awaited);
        }
    }

    /// Waits until something has changed, or for a while.
    #[track_caller]
    fn wait(&self, awaited: &str) {
        match self.changes.recv_timeout(LOOK_AGAIN) {
            Ok(()) => while self.changes.try_recv().is_ok() {},
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => panic!("the bus is gone while {awaited} is awaited"),
        }
    }

    /// The text in a field.
    pub(crate) fn text_of(&self, node: &Node) -> String {
        let (name, path) = &node.place;
        let message = try_call(&self.bus, name, path.as_str(), "org.a11y.atspi.Text", "GetText", &(0, -1));
        message.and_then(|message| message.body().deserialize().ok()).unwrap_or_default()
    }

    /// Everything in the window; empty where there is none yet.
    fn tree(&self) -> Tree {
        let root = "/org/a11y/atspi/accessible/root";
        let registry = "org.a11y.atspi.Registry";
        let children = try_call(&self.bus, registry, root, "org.a11y.atspi.Accessible", "GetChildren", &());
        let children: Vec<Place> =
            children.and_then(|message| message.body().deserialize().ok()).unwrap_or_default();
        let cache = "/org/a11y/atspi/cache";
        // One that has ended may still be listed.
        let items = children.iter().rev().find_map(|(name, _)| {
            let message = try_call(&self.bus, name, cache, "org.a11y.atspi.Cache", "GetItems", &())?;
            message.body().deserialize::<Vec<Item>>().ok()
        });
        Tree(items.unwrap_or_default().into_iter().map(Node::of).collect())
    }
}

impl Node {
    fn of(item: Item) -> Self {
        let (place, _, parent, _, _, _, name, role, _, states) = item;
        let has_keyboard = states.first().is_some_and(|states| states & FOCUSED != 0);
        Self { place, parent, role, name, has_keyboard }
    }
}

fn connect(address: &str) -> Connection {
    Builder::address(address.trim()).and_then(Builder::build).unwrap()
}

fn listen(bus: &Connection) -> (Receiver<()>, Announced) {
    let rule = MatchRule::builder().msg_type(Type::Signal).build();
    let messages = MessageIterator::for_match_rule(rule, bus, Some(10_000)).unwrap();
    let announced = Announced::default();
    let (tell, changes) = channel();
    let heard = Arc::clone(&announced);
    thread::spawn(move || {
        for message in messages.flatten() {
            heard.lock().unwrap().extend(announcement(&message));
            if tell.send(()).is_err() {
                return;
            }
        }
    });
    (changes, announced)
}

/// What a signal asks to be said aloud, and how politely.
fn announcement(message: &zbus::Message) -> Option<(String, i32)> {
    type Body = (String, i32, i32, OwnedValue, HashMap<String, OwnedValue>);
    message.header().member().filter(|name| name.as_str() == "Announcement")?;
    let (_, politeness, _, text, _) = message.body().deserialize::<Body>().ok()?;
    Some((String::try_from(text).ok()?, politeness))
}

/// What the bus answers; nothing where what is asked is not there, or not any more.
fn try_call<B>(
    bus: &Connection,
    name: &str,
    path: &str,
    interface: &str,
    method: &str,
    body: &B,
) -> Option<zbus::Message>
where
    B: Serialize + DynamicType,
{
    bus.call_method(Some(name), path, Some(interface), method, body).ok()
}

#[track_caller]
fn call<B>(bus: &Connection, name: &str, path: &str, interface: &str, method: &str, body: &B) -> zbus::Message
where
    B: Serialize + DynamicType,
{
    let answer = bus.call_method(Some(name), path, Some(interface), method, body);
    answer.unwrap_or_else(|error| panic!("{method} of {name}: {error}; is at-spi2-core installed?"))
}
