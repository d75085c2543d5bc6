//! One process's use of the cache: lookups, puts, and what is worth telling about them.
//!
//! A session sees the segments that were published when it began (or at the last [`Session::refresh`]) and everything
//! that it put itself. It is shared between threads by reference. What it cannot write (a full disk, a read-only
//! directory) it keeps in memory, so that a build goes on and still finds its own products; [`Session::state`] says
//! why. Nothing is visible to other processes before [`Session::commit`].

mod append;
mod assure;
mod commit;
mod get;
mod put;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use dx_schemas::digest::ContentId;

pub use commit::CommitReport;

use crate::blob::Blob;
use crate::cache::{Cache, make_directories};
use crate::clock;
use crate::index::Index;
use crate::key::{KeyMap, Origin, RecordKey};
use crate::lease::Lease;
use crate::lookup::Miss;
use crate::pack::{Pack, PackId};
use crate::segment::Entry;
use crate::writer::PackWriter;

pub struct Session {
    cache: Cache,
    generation: u64,
    /// The gc generation up to which everything used here is known to be in the cache still.
    assured_generation: AtomicU64,
    /// The time of use that is recorded; a long-lived session takes a new one with each commit.
    now_minutes: AtomicU32,
    index: RwLock<Arc<Index>>,
    packs: RwLock<HashMap<PackId, Arc<Pack>>>,
    /// Put or recovered here and not yet published.
    fresh: RwLock<KeyMap<Entry>>,
    /// What could not be written.
    memory: RwLock<KeyMap<(Origin, Blob)>>,
    /// What was used, with its mapped bytes once they were proved whole: the second lookup of a key ends here.
    known: RwLock<KeyMap<Known>>,
    damaged: Mutex<KeyMap<Miss>>,
    repairs: Mutex<Vec<Repair>>,
    writer: Mutex<Writer>,
    /// How much of each of this session's packs is on disk.
    written: Mutex<BTreeMap<PackId, u64>>,
    lease: Mutex<Option<Lease>>,
    /// The process that opened the session. A forked child may read with it, but pack, lock and lease are its parent's.
    process: u32,
}

#[derive(Clone)]
struct Known {
    entry: Entry,
    bytes: Option<Blob>,
}

enum Writer {
    /// Nothing was put yet.
    Idle,
    Open {
        current: Box<PackWriter>,
        /// Full packs whose entries are not published yet.
        finished: Vec<PackWriter>,
    },
    Off(String),
}

/// Whether puts reach the disk, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreState {
    Storing,
    Off { reason: String },
}

/// Something that was damaged and is whole again, or was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    pub subject: String,
    pub damage: String,
}

/// What a session gave or stored: the roots of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Used {
    pub contents: Vec<ContentId>,
    pub records: Vec<RecordKey>,
}

/// A poisoned lock is taken all the same: every structure under a lock is consistent between two statements, and a
/// panic in one worker thread must not spread to the others.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    pub(crate) fn start(cache: Cache) -> Session {
        let generation = cache.gc_generation();
        let session = Session {
            generation,
            assured_generation: AtomicU64::new(generation),
            now_minutes: AtomicU32::new(clock::minutes_now()),
            index: RwLock::default(),
            packs: RwLock::default(),
            fresh: RwLock::default(),
            memory: RwLock::default(),
            known: RwLock::default(),
            damaged: Mutex::default(),
            repairs: Mutex::default(),
            writer: Mutex::new(Writer::Idle),
            written: Mutex::default(),
            lease: Mutex::default(),
            process: std::process::id(),
            cache,
        };
        if session.cache.take_reformatted() {
            session.repaired("FORMAT".to_owned(), "did not match its checksum; the cache has a new identity");
        }
        if session.cache.options().read_only {
            session.turn_off("the cache was opened read-only".to_owned());
        } else if let Err(error) = make_directories(session.cache.layout()) {
            session.turn_off(error.to_string());
        }
        if session.is_storing() {
            match Lease::take(session.cache.layout()) {
                Ok(lease) => *lock(&session.lease) = Some(lease),
                Err(error) => session.turn_off(format!("cannot write to the cache: {error}")),
            }
        }
        session.refresh();
        session
    }

    /// Looks at what other processes have published since the session began; for processes that live long.
    pub fn refresh(&self) {
        self.assure();
        let layout = self.cache.layout();
        let index = match Index::load(layout, self.cache.maps_files()) {
            Ok(index) => index,
            Err(error) => {
                self.turn_off(format!("cannot read the cache's index: {error}"));
                return;
            }
        };
        for path in &index.damaged {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // Its packs are walked again below, so nothing but the time of last use is lost with it.
            let gone = self.is_storing() && std::fs::remove_file(path).is_ok();
            let what = if gone { "index segment was damaged; removed" } else { "index segment is damaged" };
            self.repaired(name, what);
        }
        let recovered = if self.is_storing() {
            crate::recover::tails(layout, &index, self.cache.maps_files())
        } else {
            Vec::new()
        };
        *write(&self.index) = Arc::new(index);
        // Content stays what it is; of a record there may be a newer one now.
        for known in write(&self.known).values_mut().filter(|known| !known.entry.key.is_content()) {
            known.bytes = None;
        }
        if !recovered.is_empty() {
            let mut fresh = write(&self.fresh);
            for entry in recovered {
                fresh.entry(entry.key).or_insert(entry);
            }
        }
    }

    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// The cache's gc generation when the session began: what a stat manifest of this build has to name.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    pub fn state(&self) -> StoreState {
        match &*lock(&self.writer) {
            Writer::Off(reason) => StoreState::Off { reason: reason.clone() },
            _ => StoreState::Storing,
        }
    }

    /// What was found damaged and mended since the last call.
    pub fn take_repairs(&self) -> Vec<Repair> {
        std::mem::take(&mut lock(&self.repairs))
    }

    /// All that was hit or put so far, sorted.
    pub fn used(&self) -> Used {
        let mut out = Used::default();
        for Known { entry, .. } in read(&self.known).values() {
            if entry.key.is_content() {
                out.contents.push(ContentId { sha256: entry.key.hash, size_bytes: u64::from(entry.len) });
            } else {
                out.records.extend(entry.key.as_record());
            }
        }
        out.contents.sort_unstable();
        out.records.sort_unstable();
        out
    }

    /// The packs in which what was used stands: what a stat manifest of this build relies on.
    pub fn used_packs(&self) -> Vec<PackId> {
        let packs: std::collections::BTreeSet<PackId> =
            read(&self.known).values().filter_map(|known| known.entry.pack()).collect();
        packs.into_iter().collect()
    }

    fn now(&self) -> u32 {
        self.now_minutes.load(Ordering::Relaxed)
    }

    fn is_forked(&self) -> bool {
        self.process != std::process::id()
    }

    fn is_storing(&self) -> bool {
        !matches!(*lock(&self.writer), Writer::Off(_))
    }

    fn turn_off(&self, reason: String) {
        let mut writer = lock(&self.writer);
        if !matches!(*writer, Writer::Off(_)) {
            *writer = Writer::Off(reason);
        }
    }

    fn repaired(&self, subject: String, damage: &str) {
        lock(&self.repairs).push(Repair { subject, damage: damage.to_owned() });
    }

    fn note_used(&self, entry: Entry, bytes: Option<Blob>) {
        write(&self.known).insert(entry.key, Known { entry, bytes });
    }
}
