//! The archive that `export` writes and `import` reads: deterministic, bounded, checked.
//!
//! ```text
//! 0   magic "DXCA"  version u32
//! 8   one zstd stream of
//!       entries, content before records, each kind sorted by hash:
//!         slot u8  hash [32]  payload bytes u64  payload
//!       end: slot 0xff  BLAKE3 [32] of everything in the stream before its end
//! ```
//!
//! No times, no origins, no names of machines: two caches that hold the same things write the same bytes. Content
//! proves itself by its digest; records have none, so an import believes them only when the end has been reached.

use std::io::{self, Read, Write};

use crate::error::CacheError;

pub(super) const MAGIC: [u8; 4] = *b"DXCA";
pub(super) const VERSION: u32 = 1;
pub(super) const END: u8 = 0xff;

/// Level 3 is zstd's own default: twice as small as nothing at several hundred MB a second.
pub(super) const LEVEL: i32 = 3;

/// Windows above 128 MiB are refused on reading, so that an archive cannot claim the reader's memory.
pub(super) const WINDOW_LOG_MAX: u32 = 27;

/// Writes and hashes.
pub(super) struct Hashing<T> {
    pub(super) inner: T,
    pub(super) hasher: blake3::Hasher,
}

impl<T> Hashing<T> {
    pub(super) fn new(inner: T) -> Hashing<T> {
        Hashing { inner, hasher: blake3::Hasher::new() }
    }
}

impl<T: Write> Hashing<T> {
    pub(super) fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.inner.write_all(bytes)
    }
}

impl<T: Read> Hashing<T> {
    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], CacheError> {
        let mut out = [0; N];
        self.fill(&mut out)?;
        Ok(out)
    }

    pub(super) fn fill(&mut self, out: &mut [u8]) -> Result<(), CacheError> {
        self.inner.read_exact(out).map_err(|_| CacheError::Archive("it is cut off or damaged"))?;
        self.hasher.update(out);
        Ok(())
    }

    /// Reads `len` bytes without believing that they are there before they have come.
    pub(super) fn take_vec(&mut self, len: u64) -> Result<Vec<u8>, CacheError> {
        let mut out = Vec::new();
        let mut rest = len;
        while rest > 0 {
            let step = rest.min(1 << 20) as usize;
            let at = out.len();
            out.resize(at + step, 0);
            self.fill(&mut out[at..])?;
            rest -= step as u64;
        }
        Ok(out)
    }
}
