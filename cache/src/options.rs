//! What a caller chooses when it opens a cache.

use std::time::Duration;

/// How much a hit of content proves before its bytes are handed out for the first time in a process. Records are always
/// proved by 128 bits of BLAKE3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Verification {
    /// The payload's SHA-256 is the one that was asked for.
    #[default]
    Digest,
    /// The frame's header is whole (128 bits) and the payload matches its CRC-32: for a process that must start at once
    /// and reads what this machine wrote.
    Checksum,
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
