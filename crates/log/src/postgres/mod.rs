//! A log in `PostgreSQL`, which several servers share.
//!
//! The database keeps everything; a handle has only connections. Each call takes one, and tries again on a new one while
//! the database is away for a moment, such as during a failover: nothing is stored twice, because ids are looked up in
//! the transaction that stores. Not here: the statements (`session.rs`), and what is done with them (`append.rs`,
//! `read.rs`, `prune.rs`, `news.rs`).

mod append;
mod fault;
mod news;
mod prune;
mod read;
mod schema;
mod session;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};

use crate::bus::{Bus, random_bits};
use crate::engine::EngineThread;
use crate::shared::{News, Shared};
use crate::{Appended, EngineUrl, Entry, Epoch, LogError, NewEntry, Page, RoomLog, RoomState};

use self::append::Doubt;
use self::fault::Fault;
use self::session::{Door, Session};

/// How long an append goes on trying. Longer than a connection takes to be made anew. What it has not taken by then its
/// sender says again, so more would only keep people longer from learning why they wait.
const APPEND_WITHIN: Duration = Duration::from_secs(4);

/// How long a read goes on trying: somebody waits for the answer.
const READ_WITHIN: Duration = Duration::from_secs(5);

/// How long one attempt may take: a commit that waits for a standby, or a host that does not answer.
const ATTEMPT_WITHIN: Duration = Duration::from_secs(5);

/// The time between two attempts.
const AGAIN_AFTER: Duration = Duration::from_millis(150);

/// How many connections read at the same time.
const READERS_MAX: usize = 4;

/// A log in a `PostgreSQL` database, in the schema `papo`.
///
/// It is as safe as the database is: at the usual settings each commit waits for its disk, and for a synchronous standby
/// where there is one. A server without `fsync` is refused.
pub struct PostgresLog {
    inner: Arc<Inner>,
    /// Dropped last: its tasks hold the log weakly.
    thread: EngineThread,
}

/// What calls and tasks share.
struct Inner {
    door: Door,
    engine: String,
    epoch: i64,
    bus: Bus,
    /// The connection that appends, and the rooms that it knows to have a row. Held through a whole commit.
    writer: tokio::sync::Mutex<(Option<Session>, HashSet<Box<str>>)>,
    /// Connections that nobody uses at the moment. Held for taking or returning one.
    idle: Mutex<Vec<Session>>,
    readers: Semaphore,
}

impl PostgresLog {
    /// Connects to the database and makes the tables where there are none.
    ///
    /// The address may name several hosts: the first one that can be written to is used, and looked for again
    /// whenever a connection is lost.
    pub fn open(url: &EngineUrl) -> Result<Self, LogError> {
        let engine = url.to_string();
        let away = |cause: String| LogError::Away { engine: engine.clone(), cause };
        let thread = EngineThread::start().map_err(|error| away(error.to_string()))?;
        let lasting = |fault| match fault {
            Fault::Passing(cause) => away(cause),
            Fault::Lasting(lasting) => lasting.into_error(&engine),
        };
        let door = Door::new(url).map_err(lasting)?;
        let session =
            thread.wait(try_until(&engine, READ_WITHIN, async || Session::open(&door, None).await))?;
        let inner = Arc::new(Inner {
            door,
            epoch: session.epoch,
            bus: Bus::new(),
            writer: tokio::sync::Mutex::new((Some(session), HashSet::new())),
            idle: Mutex::default(),
            readers: Semaphore::new(READERS_MAX),
            engine,
        });
        thread.spawn(news::run(Arc::downgrade(&inner)));
        Ok(Self { inner, thread })
    }

    fn read<T>(&self, work: impl AsyncFn(&mut Session) -> Result<T, Fault>) -> Result<T, LogError> {
        self.thread.wait(self.inner.read(work))
    }
}

impl Inner {
    async fn append(&self, now_ms: u64, batch: &[NewEntry]) -> Result<Vec<Appended>, LogError> {
        let mut writer = self.writer.lock().await;
        let (session, known_rooms) = &mut *writer;
        let mut doubt = Doubt::default();
        let until = Instant::now() + APPEND_WITHIN;
        loop {
            let attempt = async {
                let ready = match session.take().filter(|session| !session.client.is_closed()) {
                    Some(ready) => ready,
                    None => Session::open(&self.door, Some(self.epoch)).await?,
                };
                let appended = append::append(&ready, known_rooms, &mut doubt, now_ms, batch).await?;
                // Only a session that ended its transaction is used again.
                *session = Some(ready);
                Ok(appended)
            };
            match self.outcome(timeout(ATTEMPT_WITHIN, attempt).await, until) {
                Some(outcome) => return outcome,
                None => sleep(AGAIN_AFTER).await,
            }
        }
    }

    async fn read<T>(&self, work: impl AsyncFn(&mut Session) -> Result<T, Fault>) -> Result<T, LogError> {
        // Never closed.
        let _permit = self.readers.acquire().await;
        let until = Instant::now() + READ_WITHIN;
        loop {
            let attempt = async {
                let mut ready = match self.take_idle() {
                    Some(ready) => ready,
                    None => Session::open(&self.door, Some(self.epoch)).await?,
                };
                let done = work(&mut ready).await?;
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(ready);
                Ok(done)
            };
            match self.outcome(timeout(ATTEMPT_WITHIN, attempt).await, until) {
                Some(outcome) => return outcome,
                None => sleep(AGAIN_AFTER).await,
            }
        }
    }

    fn take_idle(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|session| !session.client.is_closed());
        idle.pop()
    }

    /// What an attempt comes to; nothing where another one should follow.
    fn outcome<T>(
        &self,
        attempted: Result<Result<T, Fault>, tokio::time::error::Elapsed>,
        until: Instant,
    ) -> Option<Result<T, LogError>> {
        let outcome = outcome(&self.engine, attempted, until);
        if let Some(Err(LogError::Replaced { .. })) = outcome {
            self.bus.push(News::Replaced);
        }
        outcome
    }
}

/// Tries until it succeeds, fails for good, or the time is over.
async fn try_until<T>(
    engine: &str,
    within: Duration,
    attempt: impl AsyncFn() -> Result<T, Fault>,
) -> Result<T, LogError> {
    let until = Instant::now() + within;
    loop {
        match outcome(engine, timeout(ATTEMPT_WITHIN, attempt()).await, until) {
            Some(outcome) => return outcome,
            None => sleep(AGAIN_AFTER).await,
        }
    }
}

fn outcome<T>(
    engine: &str,
    attempted: Result<Result<T, Fault>, tokio::time::error::Elapsed>,
    until: Instant,
) -> Option<Result<T, LogError>> {
    let cause = match attempted {
        Ok(Ok(done)) => return Some(Ok(done)),
        Ok(Err(Fault::Lasting(lasting))) => return Some(Err(lasting.into_error(engine))),
        Ok(Err(Fault::Passing(cause))) => cause,
        Err(_) => "no answer in time".to_owned(),
    };
    (Instant::now() >= until).then(|| Err(LogError::Away { engine: engine.to_owned(), cause }))
}

impl RoomLog for PostgresLog {
    fn append(&self, now_ms: u64, batch: &[NewEntry]) -> Result<Vec<Appended>, LogError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let appended = self.thread.wait(self.inner.append(now_ms, batch))?;
        for (new, appended) in batch.iter().zip(&appended) {
            if let Appended::New { .. } = appended {
                self.inner.bus.appended(&new.room);
            }
        }
        Ok(appended)
    }

    fn read_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.read(async |session| read::after(session, room, after, page).await)
    }

    fn read_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.read(async |session| read::before(session, &session.statements.before, room, before, page).await)
    }

    fn read_acts_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.read(async |session| read::acts_after(session, room, after, page).await)
    }

    fn read_acts_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.read(async |session| {
            read::before(session, &session.statements.acts_before, room, before, page).await
        })
    }

    fn find(&self, room: &str, sender: &str, id: &str) -> Result<Option<Entry>, LogError> {
        self.read(async |session| read::find(session, room, sender, id).await)
    }

    fn state(&self, room: &str) -> Result<RoomState, LogError> {
        let (first, head) = self.read(async |session| read::bounds(session, room).await)?;
        Ok(RoomState { epoch: Epoch::from_bits(self.inner.epoch.cast_unsigned()), first, head })
    }

    fn prune(&self, room: &str, first: u64) -> Result<(), LogError> {
        while self.read(async |session| prune::chunk(session, room, first).await)? {}
        Ok(())
    }

    fn shared(&self) -> Option<&dyn Shared> {
        Some(self)
    }
}

impl Shared for PostgresLog {
    fn node(&self) -> u64 {
        self.inner.bus.node
    }

    fn wait(&self, within: Duration) -> Vec<News> {
        self.inner.bus.wait(within)
    }

    fn tell(&self, note: &str) {
        self.inner.bus.tell(note);
    }

    fn hears_itself(&self, within: Duration) -> bool {
        self.inner.bus.hears_itself(within)
    }

    fn heads(&self, rooms: &[Arc<str>]) -> Result<Vec<u64>, LogError> {
        let rooms: Vec<&str> = rooms.iter().map(|room| &**room).collect();
        self.read(async |session| read::heads(session, &rooms).await)
    }

    fn renew(&self) -> Result<(), LogError> {
        let epoch = self.inner.epoch;
        self.read(async |session| {
            let renew = "UPDATE papo.log SET epoch = $2 WHERE epoch = $1";
            session.client.execute(renew, &[&epoch, &random_bits().cast_signed()]).await?;
            Ok(())
        })?;
        self.inner.bus.push(News::Replaced);
        Ok(())
    }

    fn warnings(&self) -> Vec<String> {
        let alone = self.read(async |session| {
            let standbys = "SELECT current_setting('synchronous_standby_names') = ''";
            Ok(session.client.query_one(standbys, &[]).await?.get::<_, bool>(0))
        });
        match alone {
            Ok(true) => vec![format!(
                "{}: no standby has to confirm a commit (synchronous_standby_names is empty): what was said last is \
                 lost if this one database server is lost with its disk",
                self.inner.engine
            )],
            _ => Vec::new(),
        }
    }
}
