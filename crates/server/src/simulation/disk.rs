//! The server's disk and the log on it. What was committed is in the disk's journal and survives the server;
//! what the server has of it in memory is made from the journal at each start. Not here: the rules of a log,
//! which papo's own log in memory obeys.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use papo_log::{
    Appended, Entry, Epoch, LogError, MemoryLimits, MemoryLog, NewEntry, Page, RoomLog, RoomState,
};

use super::Sabotage;
use super::world::Rng;

/// How many batches the sabotaged log keeps back.
const KEPT_BACK: usize = 4;

/// What stands between an id and what makes it different.
const MARK: char = '~';

/// Nothing is dropped.
const ALL: MemoryLimits = MemoryLimits { entries_max: usize::MAX, bytes_max: usize::MAX };

/// A batch as it was committed, with the wall clock's time.
type Batch = (u64, Vec<NewEntry>);

/// The disk. It outlives the server.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four switches that are turned one by one")]
pub(super) struct Disk {
    rng: Rng,
    mishaps_permille: u64,
    sabotage: Option<Sabotage>,
    journal: Vec<Batch>,
    /// What the sabotaged log has acknowledged and not committed.
    kept_back: Vec<Batch>,
    /// The newest place of each room, by what was committed.
    heads: BTreeMap<Arc<str>, u64>,
    /// How many ids the sabotaged log has made different.
    marks: u64,
    pub(super) full: bool,
    pub(super) unreadable: bool,
    /// Whether it takes nothing more until a restart.
    pub(super) broken: bool,
    /// Whether the power has just gone, in the middle of a commit.
    pub(super) power_off: bool,
}

/// What may happen in a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mishap {
    PowerCutBefore,
    /// Committed, but nobody will hear of it.
    PowerCutAfter,
    FailureBefore,
    /// Committed, but the disk says that it was not.
    FailureAfter,
}

impl Disk {
    pub(super) fn new(rng: Rng, mishaps_permille: u64, sabotage: Option<Sabotage>) -> Self {
        Self {
            rng,
            mishaps_permille,
            sabotage,
            journal: Vec::new(),
            kept_back: Vec::new(),
            heads: BTreeMap::new(),
            marks: 0,
            full: false,
            unreadable: false,
            broken: false,
            power_off: false,
        }
    }

    /// Nothing goes wrong any more.
    pub(super) fn calm(&mut self) {
        self.mishaps_permille = 0;
        (self.full, self.unreadable) = (false, false);
    }

    pub(super) fn head(&self, room: &str) -> u64 {
        self.heads.get(room).copied().unwrap_or(0)
    }

    /// Makes a batch survive the server; when sabotaged, only much later.
    fn commit(&mut self, batch: Batch) {
        self.kept_back.push(batch);
        let kept_back = if self.sabotage == Some(Sabotage::AckBeforeCommit) { KEPT_BACK } else { 0 };
        let commit_len = self.kept_back.len().saturating_sub(kept_back);
        self.journal.extend(self.kept_back.drain(..commit_len));
    }

    /// The batch as it is stored: when sabotaged, under ids that never repeat.
    fn marked(&mut self, batch: &[NewEntry]) -> Vec<NewEntry> {
        let mut batch = batch.to_vec();
        if self.sabotage == Some(Sabotage::NoDedupe) {
            for entry in &mut batch {
                self.marks += 1;
                entry.id = format!("{}{MARK}{}", entry.id, self.marks).into();
            }
        }
        batch
    }

    fn learn_heads(&mut self, batch: &[NewEntry], appended: &[Appended]) {
        for (entry, appended) in batch.iter().zip(appended) {
            if let Appended::New { seq, .. } = appended {
                self.heads.insert(Arc::clone(&entry.room), *seq);
            }
        }
    }

    fn mishap(&mut self) -> Option<Mishap> {
        use Mishap::{FailureAfter, FailureBefore, PowerCutAfter, PowerCutBefore};
        (self.rng.range(0..=999) < self.mishaps_permille)
            .then(|| [PowerCutBefore, PowerCutAfter, FailureBefore, FailureAfter][self.rng.index(4)])
    }
}

/// The log of a server that has just started.
pub(super) struct SimulatedLog {
    disk: Arc<Mutex<Disk>>,
    memory: MemoryLog,
}

impl SimulatedLog {
    /// Reads what the disk has.
    pub(super) fn open(disk: &Arc<Mutex<Disk>>) -> Self {
        let memory = MemoryLog::new(ALL);
        let mut on_disk = disk.lock().unwrap();
        (on_disk.power_off, on_disk.broken) = (false, false);
        on_disk.kept_back.clear();
        let journal = std::mem::take(&mut on_disk.journal);
        for (now_ms, batch) in &journal {
            let appended = memory.append(*now_ms, batch).unwrap();
            on_disk.learn_heads(batch, &appended);
        }
        on_disk.journal = journal;
        drop(on_disk);
        Self { disk: Arc::clone(disk), memory }
    }

    /// Everything in a room.
    pub(super) fn all(&self, room: &str) -> Vec<Entry> {
        self.read_after(room, 0, Page { entries_max: usize::MAX, bytes_max: usize::MAX }).unwrap()
    }

    fn read(
        &self,
        read: impl FnOnce(&MemoryLog) -> Result<Vec<Entry>, LogError>,
    ) -> Result<Vec<Entry>, LogError> {
        if self.disk.lock().unwrap().unreadable {
            return Err(LogError::Unreadable { path: PathBuf::from("log"), cause: "simulated".to_owned() });
        }
        let mut entries = read(&self.memory)?;
        for entry in &mut entries {
            if let Some((id, _)) = entry.id.split_once(MARK) {
                entry.id = id.into();
            }
        }
        Ok(entries)
    }
}

impl RoomLog for SimulatedLog {
    fn append(&self, now_ms: u64, batch: &[NewEntry]) -> Result<Vec<Appended>, LogError> {
        let mut disk = self.disk.lock().unwrap();
        let failed = || LogError::Failed { path: PathBuf::from("log"), cause: "simulated".to_owned() };
        if disk.broken || disk.power_off {
            return Err(failed());
        }
        if disk.full {
            return Err(LogError::DiskFull { path: PathBuf::from("log") });
        }
        let mishap = disk.mishap();
        disk.power_off = matches!(mishap, Some(Mishap::PowerCutBefore | Mishap::PowerCutAfter));
        disk.broken = matches!(mishap, Some(Mishap::FailureBefore | Mishap::FailureAfter));
        match mishap {
            Some(Mishap::PowerCutBefore | Mishap::FailureBefore) => Err(failed()),
            Some(Mishap::FailureAfter) => {
                // It is on the disk, but this server will not know before it is started again.
                let batch = disk.marked(batch);
                disk.journal.push((now_ms, batch));
                Err(failed())
            }
            None | Some(Mishap::PowerCutAfter) => {
                let batch = disk.marked(batch);
                let appended = self.memory.append(now_ms, &batch).unwrap();
                disk.learn_heads(&batch, &appended);
                disk.commit((now_ms, batch));
                Ok(appended)
            }
        }
    }

    fn read_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.read(|log| log.read_after(room, after, page))
    }

    fn read_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.read(|log| log.read_before(room, before, page))
    }

    fn read_acts_after(&self, room: &str, after: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.read(|log| log.read_acts_after(room, after, page))
    }

    fn read_acts_before(&self, room: &str, before: u64, page: Page) -> Result<Vec<Entry>, LogError> {
        self.read(|log| log.read_acts_before(room, before, page))
    }

    fn find(&self, room: &str, sender: &str, id: &str) -> Result<Option<Entry>, LogError> {
        if self.disk.lock().unwrap().unreadable {
            return Err(LogError::Unreadable { path: PathBuf::from("log"), cause: "simulated".to_owned() });
        }
        self.memory.find(room, sender, id)
    }

    fn state(&self, room: &str) -> Result<RoomState, LogError> {
        // One log for a whole run, with an epoch that does not differ between equal runs.
        Ok(RoomState { epoch: Epoch::from_bits(7), ..self.memory.state(room)? })
    }

    fn prune(&self, room: &str, first: u64) -> Result<(), LogError> {
        self.memory.prune(room, first)
    }
}
