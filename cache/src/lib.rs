//! The content-addressed store: packs, action records, stat manifest, maintenance.
//!
//! A cache is one directory that several processes use at once and that any of them may leave at any moment, by
//! `kill -9` too. Nothing in it is trusted: a hit needs the index entry, the bytes and their checksum; everything
//! else is a [`Lookup::Miss`] with a reason, and the next [`Session::put`] repairs it. So there is no recovery step,
//! no lock that a reader waits for, and no error that stops a build because of what the cache holds.
//!
//! ```text
//! FORMAT        version, random id          packs/ID.pack     append-only checksummed frames
//! GENERATION    counts removals             segments/N-R.seg  sorted indexes, newest first
//! LOCK          held by gc, merges          blobs/            large content (the cacache crate)
//! leases/       who reads which packs       tmp/              half-written files, never read
//! ```
//!
//! Entry points: [`Cache::open`], [`Cache::session`], [`Session`], [`manifest`], [`maintain`].

mod blob;
mod cache;
mod clock;
mod error;
mod format;
mod frame;
mod generation;
mod index;
mod key;
mod large;
mod layout;
mod lease;
mod lookup;
pub mod maintain;
pub mod manifest;
mod options;
mod pack;
mod recover;
mod segment;
mod session;
mod sys;
mod writer;

pub use blob::Blob;
pub use cache::Cache;
pub use error::CacheError;
pub use format::CacheId;
pub use key::{Lane, Origin, RecordKey, RecordKind};
pub use lookup::{Lookup, Miss, Record};
pub use options::{CacheOptions, Verification};
pub use pack::PackId;
pub use session::{CommitReport, Repair, Session, StoreState, Used};
