//! What is outside the window: one client thread for each room, the thread that reads files, and the way
//! back from all of them. The only place that talks to the client library's threads. Not here: what follows
//! from what they say.

use std::collections::HashMap;
use std::io;
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use papo_client::configuration::{Choices, Configuration};
use papo_client::session::Follow;
use papo_client::state::{Command, Happening, Hosting, Opening, Pairing, PairingOrder, Place, RoomId};
use papo_client::trust::{Ask, Trust};
use papo_client::{Client, ConnectError, Event, Identity, Profile};
use papo_proto::{Address, Fingerprint};

use crate::WindowError;
use crate::desk::FRAME;
use crate::hosting::Host;
use crate::pairing::{Fetched, Going};
use crate::platform::links;
use crate::reader::{Job, Reader};

/// How many happenings of one source wait at most. A connection waits in turn, so that a room faster than
/// the window is read no faster than it can be shown.
const HAPPENINGS_MAX: usize = 4_096;

/// How many happenings are taken for one frame, so that a backlog of a hundred thousand messages does not
/// hold up the drawing.
const TAKEN_PER_FRAME_MAX: usize = 4_096;

/// The shortest wait for a frame.
const AT_ONCE: Duration = Duration::from_millis(1);

/// Where a server in this program keeps its things: a folder in the profile, the same as `papo serve` has
/// without options.
const SERVER_FOLDER: &str = "server";

/// What is outside.
pub(crate) struct Core {
    profile: Profile,
    /// The folder that was named for the profile, where one was.
    profile_asked: Option<PathBuf>,
    identity: Arc<Identity>,
    links: HashMap<RoomId, Link>,
    told: Receiver<Happening>,
    tell: SyncSender<Happening>,
    reader: Reader,
    /// The server in this program, while there is one.
    host: Option<Host>,
    /// The key that goes to another device or comes from one, and that which has come.
    pairing: Option<Going>,
    fetched: Fetched,
    /// Those that are being stopped.
    stopping: Stopping,
    wake: Arc<Wake>,
}

/// The threads that stop servers, which takes seconds that no frame waits for. Dropping it waits for them.
#[derive(Default)]
struct Stopping(Vec<JoinHandle<()>>);

impl Stopping {
    /// Stops a server on a thread of its own. It says so into the queue that only the window's thread empties.
    fn add(&mut self, host: Host) {
        self.0.retain(|thread| !thread.is_finished());
        // It can stop without being waited for.
        host.ask_to_stop();
        match drop_apart(host, |work| thread::Builder::new().name("papo-stopping".to_owned()).spawn(work)) {
            Ok(thread) => self.0.push(thread),
            Err(error) => tracing::warn!(%error, "nothing waits for the server of a room that was closed"),
        }
    }
}

/// Drops it on another thread. Where there is none it is never dropped, for that would wait on this very thread, which
/// what is dropped may wait for: a server tells its end into the queue that the window empties. It was asked to stop, and
/// ends with the program at the latest.
fn drop_apart<T: Send + 'static>(
    last: T,
    spawn: impl FnOnce(Box<dyn FnOnce() + Send>) -> io::Result<JoinHandle<()>>,
) -> io::Result<JoinHandle<()>> {
    let last = ManuallyDrop::new(last);
    spawn(Box::new(move || drop(ManuallyDrop::into_inner(last))))
}

impl Drop for Stopping {
    fn drop(&mut self) {
        for thread in self.0.drain(..) {
            if thread.join().is_err() {
                tracing::error!("the thread that stops a server has panicked");
            }
        }
    }
}

/// A room's connection. The order of the fields is the order of their end: a thread that waits for room in
/// the queue, or for an answer, is freed before it is waited for.
struct Link {
    events: Receiver<Happening>,
    answer: SyncSender<bool>,
    client: Option<Client>,
}

/// Wakes the window: at most every [`FRAME`], however much happens.
pub(crate) struct Wake {
    context: egui::Context,
    is_due: AtomicBool,
    last: Mutex<Instant>,
}

impl Wake {
    pub(crate) fn new(context: egui::Context) -> Self {
        Self { context, is_due: AtomicBool::new(false), last: Mutex::new(Instant::now()) }
    }

    /// Has the window drawn soon.
    pub(crate) fn wake(&self) {
        if !self.is_due.swap(true, Ordering::AcqRel) {
            let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
            // Never at once: two frames follow on that, where one shows everything.
            let wait = FRAME.saturating_sub(last.elapsed()).max(AT_ONCE);
            self.context.request_repaint_after(wait);
        }
    }

    /// Calls the window to the front.
    fn to_front(&self) {
        self.context.send_viewport_cmd(egui::ViewportCommand::Minimized(false));
        self.context.send_viewport_cmd(egui::ViewportCommand::Focus);
    }

    /// Takes note that everything that has happened until now is about to be taken.
    fn taken(&self) {
        self.is_due.store(false, Ordering::Release);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

impl Core {
    /// Opens what is needed for the first frame. Nothing is connected yet.
    pub(crate) fn new(
        profile: Profile,
        profile_asked: Option<PathBuf>,
        identity: Identity,
        configuration: Option<Configuration>,
        context: &egui::Context,
    ) -> Result<Self, WindowError> {
        let (tell, told) = sync_channel(HAPPENINGS_MAX);
        let wake = Arc::new(Wake::new(context.clone()));
        let reader = {
            let (tell, wake) = (tell.clone(), Arc::clone(&wake));
            Reader::start(profile.clone(), configuration, move |happening| {
                // Where nobody takes it any more, the window is closing.
                drop(tell.send(happening));
                wake.wake();
            })
        };
        let reader = reader.map_err(|error| WindowError::Local(error.to_string()))?;
        Ok(Self {
            profile,
            profile_asked,
            identity: Arc::new(identity),
            links: HashMap::new(),
            told,
            tell,
            reader,
            host: None,
            pairing: None,
            fetched: Fetched::default(),
            stopping: Stopping::default(),
            wake,
        })
    }

    /// What has happened since, in the order of each source; a part of it where it is much.
    pub(crate) fn take(&mut self) -> Vec<Happening> {
        self.wake.taken();
        let mut taken: Vec<Happening> = self.told.try_iter().collect();
        for link in self.links.values() {
            let left = TAKEN_PER_FRAME_MAX.saturating_sub(taken.len());
            taken.extend(link.events.try_iter().take(left));
        }
        if taken.len() >= TAKEN_PER_FRAME_MAX {
            self.wake.wake();
        }
        taken
    }

    /// Does what the state asks for, as far as it is not about the window itself; that comes back.
    pub(crate) fn execute(&mut self, command: Command) -> Option<Command> {
        match command {
            Command::Connect(room, place) => self.connect(room, *place),
            Command::Disconnect(room) => {
                if let Some(mut link) = self.links.remove(&room)
                    && let Some(client) = link.client.take()
                {
                    client.leave();
                }
                self.reader.ask(Job::Close(room));
            }
            Command::Tell(room, command) => {
                if let Some(client) = self.links.get(&room).and_then(|link| link.client.as_ref()) {
                    client.command(command);
                }
            }
            Command::Answer(room, accept) => {
                if let Some(link) = self.links.get(&room) {
                    // Whoever has asked is gone where there is no room for a second answer.
                    let _ = link.answer.try_send(accept);
                }
            }
            Command::Load(room, wanted) => self.reader.ask(Job::Load(room, wanted)),
            Command::LoadChanges(room, first, last) => self.reader.ask(Job::LoadChanges(room, first, last)),
            Command::Ignore(room, id, is_ignored) => self.reader.ask(Job::Ignore(room, id, is_ignored)),
            Command::Find { room, serial, text } => self.reader.ask(Job::Find { room, serial, text }),
            Command::Call(room, id, name) => self.reader.ask(Job::Call(room, id, name)),
            Command::OpenHere(opening) => self.open_here(*opening),
            Command::OpenLinksHere(wanted) => self.open_links_here(wanted),
            Command::StopHosting => self.stop_hosting(),
            Command::Pair(order) => self.pair(order),
            Command::OpenFolder(folder) => self.reader.ask(Job::OpenFolder(folder)),
            other => return Some(other),
        }
        None
    }

    /// What happens goes this way into the window, from any thread.
    fn teller(&self) -> impl Fn(Happening) + Clone + Send + 'static {
        let (tell, wake) = (self.tell.clone(), Arc::clone(&self.wake));
        move |happening| {
            // Where nobody takes it any more, the window is closing.
            drop(tell.send(happening));
            wake.wake();
        }
    }

    /// Changes which program links open, which takes the system a moment.
    fn open_links_here(&self, wanted: bool) {
        let (tell, profile) = (self.teller(), self.profile_asked.clone());
        let change = move || tell(Happening::Links(links::change(wanted, profile.as_deref())));
        if let Err(error) = thread::Builder::new().name("papo-links".to_owned()).spawn(change) {
            tracing::warn!(%error, "links cannot be bound to this program");
        }
    }

    fn pair(&mut self, order: PairingOrder) {
        // Whatever is asked for, what was going on is over.
        self.pairing = None;
        let folder = self.profile.folder().to_owned();
        let (is_offer, going) = match order {
            PairingOrder::Offer => (true, Going::offer(folder, self.teller())),
            PairingOrder::Take(code) => {
                (false, Going::take(folder, code, Arc::clone(&self.fetched), self.teller()))
            }
            PairingOrder::GiveUp => return,
            PairingOrder::Become => {
                let fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(identity) = fetched {
                    self.identity = Arc::new(identity);
                }
                return;
            }
        };
        match going {
            Ok(going) => self.pairing = Some(going),
            Err(error) => {
                let text = papo_words::system(&error);
                // The queue is read by this very thread: it must not wait for itself.
                let _ = self.tell.try_send(Happening::Pairing(Pairing::Failed { is_offer, text }));
                self.wake.wake();
            }
        }
    }

    fn stop_hosting(&mut self) {
        if let Some(host) = self.host.take() {
            self.stopping.add(host);
        }
    }

    fn open_here(&mut self, opening: Opening) {
        // One that has ended by itself makes room for the next.
        self.stop_hosting();
        match Host::start(&self.profile.folder().join(SERVER_FOLDER), opening, self.teller()) {
            Ok(host) => self.host = Some(host),
            Err(text) => {
                // The queue is read by this very thread: it must not wait for itself.
                let _ = self.tell.try_send(Happening::Hosting(Hosting::Failed(text)));
                self.wake.wake();
            }
        }
    }

    /// Takes a click on a notification, and calls the window to the front.
    pub(crate) fn on_click(&self) -> impl Fn(Happening) + Clone + Send + 'static {
        let (tell, wake) = (self.teller(), Arc::clone(&self.wake));
        move |happening| {
            wake.to_front();
            tell(happening);
        }
    }

    /// Takes what a further start of the program hands over, and calls the window to the front.
    pub(crate) fn on_handed(&self) -> impl Fn(String) + Send + 'static {
        let (tell, wake) = (self.tell.clone(), Arc::clone(&self.wake));
        move |link: String| {
            wake.to_front();
            if !link.is_empty() {
                // Where the queue is full, a second click finds room.
                let _ = tell.try_send(Happening::Opened(link));
            }
            wake.wake();
        }
    }

    /// Keeps this text, the state's memory.
    pub(crate) fn save(&self, text: String) {
        self.reader.ask(Job::Save(text));
    }

    /// Brings these choices and the configuration file together.
    pub(crate) fn configure(&self, choices: Choices) {
        self.reader.ask(Job::Configure(Box::new(choices)));
    }

    fn connect(&mut self, room: RoomId, place: Place) {
        self.links.remove(&room);
        self.reader.ask(Job::Open(room, Box::new(place.clone())));
        let (events_in, events) = sync_channel(HAPPENINGS_MAX);
        let (answer, answers) = sync_channel(1);
        let options = self.options(room, place, answers, events_in.clone());
        let wake = Arc::clone(&self.wake);
        let on_event = move |event: Event| {
            // Where nobody takes events any more, the room was left and they do not matter.
            drop(events_in.send(Happening::Room(room, event)));
            wake.wake();
        };
        match options.and_then(|options| Client::start(options, on_event)) {
            Ok(client) => {
                self.links.insert(room, Link { events, answer, client: Some(client) });
            }
            Err(cause) => {
                // The queue is read by this very thread: it must not wait for itself.
                let _ = self.tell.try_send(Happening::Cannot(room, cause));
                self.wake.wake();
            }
        }
    }

    fn options(
        &self,
        room: RoomId,
        place: Place,
        answers: Receiver<bool>,
        events: SyncSender<Happening>,
    ) -> Result<papo_client::Options, ConnectError> {
        let store =
            self.profile.store(&place.address, &place.room).map_err(|error| ConnectError::local(&error))?;
        let position = store.position().map_err(|error| ConnectError::local(&error))?;
        let follow = position.map_or(Follow::Live, |(epoch, seq)| Follow::After { epoch: Some(epoch), seq });
        let trust = Trust {
            fingerprint: place.fingerprint,
            ca_file: place.ca_file.clone(),
            known_servers: Some(self.profile.known_servers()),
        };
        let wake = Arc::clone(&self.wake);
        let ask: Ask = Box::new(move |address: &Address, fingerprint: &Fingerprint| {
            let asked = Happening::Asked { room, address: address.clone(), fingerprint: *fingerprint };
            let is_asked = events.send(asked).is_ok();
            wake.wake();
            // Without anybody to answer, or after the room was left, it is a no.
            is_asked && answers.recv().unwrap_or(false)
        });
        Ok(papo_client::Options {
            identity: Some(Arc::clone(&self.identity)),
            store: Some(store),
            invite: place.invite,
            others: place.others,
            follow,
            ask: Some(ask),
            ..papo_client::Options::new(place.address, trust, place.name, place.room)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant: the window's thread never waits for a server, also where no other thread can be made.
    #[test]
    fn what_is_stopped_is_dropped_on_another_thread_or_not_at_all() {
        for can_spawn in [true, false] {
            let last = Arc::new(());
            let ended = drop_apart(Arc::clone(&last), |work| {
                if can_spawn {
                    thread::Builder::new().spawn(work)
                } else {
                    Err(io::ErrorKind::OutOfMemory.into())
                }
            });
            assert_eq!(ended.is_ok(), can_spawn);
            ended.into_iter().for_each(|thread| thread.join().unwrap());
            assert_eq!(Arc::strong_count(&last) == 1, can_spawn);
        }
    }
}
