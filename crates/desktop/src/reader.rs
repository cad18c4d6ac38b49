//! The thread that reads and writes files for the window, so that drawing never waits for a disk. Not here:
//! the outbox and the messages that come, which each connection's own thread keeps.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use papo_client::Profile;
use papo_client::configuration::{Choices, Configuration};
use papo_client::ignored::Ignored;
use papo_client::petnames::Petnames;
use papo_client::state::{Happening, Page, Place, RoomId, Wanted};
use papo_client::store::{Store, StoreError};
use papo_proto::{MemberId, Message, Name, Seq};

/// How many messages are read at once.
const PAGE_LEN: usize = 200;

/// How many hits of a search are shown; who finds more looks for something more special.
const HITS_MAX: usize = 200;

/// What the thread is asked for.
#[derive(Debug)]
pub(crate) enum Job {
    /// This room will be read from.
    Open(RoomId, Box<Place>),
    /// This room will not be read from any more.
    Close(RoomId),
    /// Read messages.
    Load(RoomId, Wanted),
    /// Read what has changed messages from here to there.
    LoadChanges(RoomId, Seq, Seq),
    /// Ignore somebody or no longer, and tell it in this room.
    Ignore(RoomId, MemberId, bool),
    /// Search messages.
    Find { room: RoomId, serial: u64, text: Arc<str> },
    /// Call somebody so, and tell it in this room.
    Call(RoomId, MemberId, Option<Name>),
    /// Keep the memory.
    Save(String),
    /// Bring these choices and the configuration file together.
    Configure(Box<Choices>),
    /// Show this folder in the system's own program for folders.
    OpenFolder(PathBuf),
}

/// The thread. Dropping it waits for what it was asked to write.
#[derive(Debug)]
pub(crate) struct Reader {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    /// Starts the thread; it tells what it has read to `tell`.
    pub(crate) fn start(
        profile: Profile,
        configuration: Option<Configuration>,
        tell: impl Fn(Happening) + Send + 'static,
    ) -> io::Result<Self> {
        let (jobs, waiting) = channel();
        let work = move || {
            let mut shelf = Shelf { profile, configuration, stores: HashMap::new() };
            work_off(&waiting, &mut shelf, &tell);
        };
        let thread = thread::Builder::new().name("papo-reader".to_owned()).spawn(work)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Asks for something.
    pub(crate) fn ask(&self, job: Job) {
        if let Some(jobs) = &self.jobs
            && jobs.send(job).is_err()
        {
            tracing::error!("the thread that reads files has ended");
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that reads files has panicked");
        }
    }
}

/// The stores of all rooms.
struct Shelf {
    profile: Profile,
    configuration: Option<Configuration>,
    stores: HashMap<RoomId, Store>,
}

fn work_off(waiting: &Receiver<Job>, shelf: &mut Shelf, tell: &impl Fn(Happening)) {
    for job in waiting {
        match job {
            Job::Open(room, place) => match shelf.profile.store(&place.address, &place.room) {
                Ok(store) => {
                    shelf.stores.insert(room, store);
                }
                Err(error) => tracing::warn!(%error, "the local history cannot be read"),
            },
            Job::Close(room) => {
                shelf.stores.remove(&room);
            }
            Job::Load(room, wanted) => {
                let messages = shelf.load(room, wanted);
                let ends = messages.first().zip(messages.last()).map(|(first, last)| (first.seq, last.seq));
                tell(Happening::Page(Page { room, wanted, messages }));
                if let Some((first, last)) = ends {
                    shelf.tell_changes(room, first, last, tell);
                }
            }
            Job::LoadChanges(room, first, last) => shelf.tell_changes(room, first, last, tell),
            Job::Ignore(room, id, is_ignored) => {
                let ignored = Ignored::change(&shelf.profile.ignored(), &id, is_ignored);
                tell(Happening::Ignored(room, ignored.map_err(|error| error.to_string())));
            }
            Job::Find { room, serial, text } => {
                let hits = shelf.stores.get(&room).map(|store| store.search(&text, HITS_MAX));
                let hits = hits.transpose().unwrap_or_else(|error| {
                    tracing::warn!(%error, "the local history cannot be searched");
                    None
                });
                tell(Happening::Found { room, serial, hits: hits.unwrap_or_default() });
            }
            Job::Call(room, id, name) => {
                let called = Petnames::call(&shelf.profile.petnames(), &id, name.as_ref());
                tell(Happening::Called(room, called.map_err(|error| error.to_string())));
            }
            Job::Configure(choices) => {
                if let Some(configuration) = &mut shelf.configuration {
                    configuration.ask(*choices);
                    let configured = configuration.sync().map(Box::new);
                    tell(Happening::Configured(configured.map_err(|error| error.to_string())));
                }
            }
            Job::OpenFolder(folder) => {
                if let Err(error) = open::that_detached(&folder) {
                    tracing::warn!(%error, "nothing shows the folder of the configuration file");
                }
            }
            Job::Save(text) => {
                if let Err(error) = shelf.profile.write_memory(&text) {
                    tracing::warn!(%error, "drafts and settings cannot be kept");
                }
            }
        }
    }
}

impl Shelf {
    /// Messages that are kept here; none where they cannot be read, which the server can help with.
    fn load(&self, room: RoomId, wanted: Wanted) -> Vec<Message> {
        let Some(store) = self.stores.get(&room) else { return Vec::new() };
        read(store, wanted).unwrap_or_else(|error| {
            tracing::warn!(%error, "the local history cannot be read");
            Vec::new()
        })
    }

    /// Tells what later messages have made of those from `first` to `last`.
    fn tell_changes(&self, room: RoomId, first: Seq, last: Seq, tell: &impl Fn(Happening)) {
        let Some(store) = self.stores.get(&room) else { return };
        match store.changes_of(first, last) {
            Ok(changes) if changes.is_empty() => {}
            Ok(changes) => tell(Happening::Changes(room, changes)),
            Err(error) => tracing::warn!(%error, "the local history cannot be read"),
        }
    }
}

fn read(store: &Store, wanted: Wanted) -> Result<Vec<Message>, StoreError> {
    match wanted {
        Wanted::Newest => store.page_before(None, PAGE_LEN),
        Wanted::Before(seq) => store.page_before(Some(seq), PAGE_LEN),
        Wanted::After(seq) => store.page_after(seq, PAGE_LEN),
        Wanted::Around(seq) => {
            let mut messages = store.page_before(Some(seq.next()), PAGE_LEN / 2)?;
            if messages.last().is_some_and(|last| last.seq == seq) {
                messages.extend(store.page_after(seq, PAGE_LEN / 2)?);
                Ok(messages)
            } else {
                // Only what is around the message helps.
                Ok(Vec::new())
            }
        }
    }
}
