//! What a caller chooses when it opens a cache.

use std::time::Duration;

/// How much a hit proves before its bytes are handed out for the first time in a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Verification {
    /// The frame's 128-bit BLAKE3 checksum, which covers key, length and payload: no damage passes it.
    #[default]
    Checksum,
    /// The payload's SHA-256 as well, which also catches a writer that stored bytes under a wrong id.
    Digest,
}

#[derive(Clone, Debug)]
pub struct CacheOptions {
    /// Nothing in the directory is written: no lease, no put, no repair.
    pub read_only: bool,
    /// gc removes the least recently used entries above this size.
    pub size_bytes_max: u64,
    /// gc removes entries that no build has used for this long.
    pub age_max: Duration,
    pub verification: Verification,
    /// Content of at least this size is a file of its own instead of a frame in a pack.
    pub large_bytes_min: usize,
}

impl Default for CacheOptions {
    fn default() -> CacheOptions {
        CacheOptions {
            read_only: false,
            size_bytes_max: 5 << 30,
            age_max: Duration::from_secs(30 * 24 * 3600),
            verification: Verification::default(),
            large_bytes_min: 256 << 10,
        }
    }
}
