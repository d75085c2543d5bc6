//! Bytes handed out by the store: a window into a mapped file, or memory of their own; aligned to 64 bytes.
//!
//! A blob keeps its mapping alive, and files are only ever unlinked, so a blob stays readable while gc removes the
//! pack under it. The alignment lets readers of flat layouts look at wide fields without copying.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::sys::aligned::AlignedBytes;
use crate::sys::map::Mapping;

#[derive(Clone)]
pub struct Blob(Source);

#[derive(Clone)]
enum Source {
    Mapped { map: Arc<Mapping>, range: Range<usize> },
    Owned { bytes: Arc<AlignedBytes>, range: Range<usize> },
}

impl Blob {
    /// The caller has checked that `range` lies in the mapping.
    pub(crate) fn mapped(map: Arc<Mapping>, range: Range<usize>) -> Blob {
        debug_assert!(range.end <= map.len());
        Blob(Source::Mapped { map, range })
    }

    pub(crate) fn owned(bytes: AlignedBytes) -> Blob {
        let range = 0..bytes.len();
        Blob(Source::Owned { bytes: Arc::new(bytes), range })
    }

    pub(crate) fn copy_of(bytes: &[u8]) -> Blob {
        Blob::owned(AlignedBytes::copy_of(bytes))
    }

    /// A part of this blob, sharing its memory.
    pub(crate) fn part(&self, part: Range<usize>) -> Blob {
        match &self.0 {
            Source::Mapped { map, range } => {
                Blob::mapped(map.clone(), range.start + part.start..range.start + part.end)
            }
            Source::Owned { bytes, range } => {
                debug_assert!(range.start + part.end <= range.end);
                let range = range.start + part.start..range.start + part.end;
                Blob(Source::Owned { bytes: bytes.clone(), range })
            }
        }
    }

    /// Whether the bytes lie in a mapped file (and cost no memory of their own).
    pub fn is_mapped(&self) -> bool {
        matches!(self.0, Source::Mapped { .. })
    }
}

impl Deref for Blob {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Source::Mapped { map, range } => &map[range.clone()],
            Source::Owned { bytes, range } => &bytes[range.clone()],
        }
    }
}

impl AsRef<[u8]> for Blob {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Blob {
    fn eq(&self, other: &Blob) -> bool {
        self[..] == other[..]
    }
}

impl Eq for Blob {}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes, {})", self.len(), if self.is_mapped() { "mapped" } else { "owned" })
    }
}
