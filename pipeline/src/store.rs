//! The driver's view of the cache: lookups that say why they missed, and a build that goes on without a cache.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use dx_cache::{Blob, Cache, CacheOptions, Lookup, Session, StoreState};
use dx_schemas::record::Record;
use dx_schemas::{ActionId, ContentId};

use crate::workspace::{Workspace, parse_size};

/// An artifact's bytes, mapped or our own.
#[derive(Clone)]
pub(crate) enum Held {
    Blob(Blob),
    Own(Arc<Vec<u8>>),
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Held::Blob(blob) => blob,
            Held::Own(bytes) => bytes,
        }
    }
}

/// A result that was found: where it is and what it is.
pub(crate) struct Hit {
    pub(crate) output: ContentId,
    pub(crate) bytes: Held,
}

pub(crate) struct Store {
    /// `None` when no cache can be used; the build then keeps what it makes in its own memory.
    cache: Option<Cache>,
    /// Begun when something is looked up: a build with nothing to do asks nothing.
    session: OnceLock<Session>,
    /// Why there is no cache.
    pub(crate) complaint: Option<String>,
}

pub(crate) fn cache_options(workspace: &Workspace) -> CacheOptions {
    let mut options = CacheOptions::default();
    let config = &workspace.config.cache;
    if let Some(size) = config.max_size.as_deref().and_then(parse_size) {
        options.size_bytes_max = size;
    }
    if let Some(days) = config.max_age_days {
        options.age_max = std::time::Duration::from_secs(days.saturating_mul(24 * 3600));
    }
    options
}

impl Store {
    /// Opens the workspace's cache; what is wrong with it is a complaint, never the end of the build.
    pub(crate) fn open(workspace: &Workspace) -> Store {
        Store::open_dir(&workspace.cache_dir(), cache_options(workspace))
    }

    pub(crate) fn open_dir(dir: &Path, options: CacheOptions) -> Store {
        let read_only = CacheOptions { read_only: true, ..options.clone() };
        let opened = Cache::open(dir, options).or_else(|error| {
            // A directory that cannot be written can still be read.
            Cache::open(dir, read_only).map_err(|_| error)
        });
        match opened {
            Ok(cache) => Store { cache: Some(cache), session: OnceLock::new(), complaint: None },
            Err(error) => Store { cache: None, session: OnceLock::new(), complaint: Some(error.to_string()) },
        }
    }

    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// Where shared things lie: the cache, or `.dx` where there is none.
    pub(crate) fn folder(&self, workspace: &Workspace) -> PathBuf {
        match &self.cache {
            Some(cache) => cache.path().to_path_buf(),
            None => workspace.dx(),
        }
    }

    pub(crate) fn session(&self) -> Option<&Session> {
        let cache = self.cache.as_ref()?;
        Some(self.session.get_or_init(|| cache.session()))
    }

    /// The outcome of an action: a hit needs the record, the bytes and that both fit. `Err` says what was wrong where
    /// it was more than absence.
    pub(crate) fn lookup(&self, key: &ActionId) -> Result<Hit, Option<String>> {
        let record = self.record(key)?;
        let bytes = self.content(&record.output)?;
        Ok(Hit { output: record.output, bytes })
    }

    pub(crate) fn record(&self, key: &ActionId) -> Result<Record, Option<String>> {
        let session = self.session().ok_or(None)?;
        match session.get_action(key) {
            Lookup::Hit(record) => Record::decode(&record).map_err(|error| Some(error.to_string())),
            Lookup::Miss(dx_cache::Miss::Absent) => Err(None),
            Lookup::Miss(miss) => Err(Some(format!("record {miss}"))),
        }
    }

    pub(crate) fn content(&self, id: &ContentId) -> Result<Held, Option<String>> {
        let session = self.session().ok_or(None)?;
        match session.get(id) {
            Lookup::Hit(blob) => Ok(Held::Blob(blob)),
            Lookup::Miss(dx_cache::Miss::Absent) => {
                Err(Some("the result is no longer in the cache".to_owned()))
            }
            Lookup::Miss(miss) => Err(Some(format!("result {miss}"))),
        }
    }

    pub(crate) fn put(&self, bytes: &[u8]) -> ContentId {
        match self.session() {
            Some(session) => session.put(bytes),
            None => ContentId::of(bytes),
        }
    }

    /// The artifact first, then the record that names it.
    pub(crate) fn put_result(&self, key: &ActionId, record: &Record) {
        if let Some(session) = self.session() {
            session.put_action(key, &record.encode());
        }
    }

    /// Publishes what was put.
    pub(crate) fn commit(&self) {
        if let Some(session) = self.session.get() {
            session.commit();
        }
    }

    /// What the user should hear about the cache: repairs, and why nothing is stored.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut out: Vec<String> =
            self.complaint.iter().map(|why| format!("building without a cache: {why}")).collect();
        if let Some(session) = self.session.get() {
            out.extend(
                session
                    .take_repairs()
                    .into_iter()
                    .map(|repair| format!("cache: repaired {}: {}", repair.subject, repair.damage)),
            );
            if let StoreState::Off { reason } = session.state() {
                out.push(format!("cache: results are not stored: {reason}"));
            }
        }
        out
    }
}
