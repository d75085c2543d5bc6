//! Read-only shared mappings of the store's files.
//!
//! The store's own processes only append to a file or unlink it, so mapped bytes do not change and do not vanish. A
//! stranger who truncates a file in place while it is mapped gets the reader a SIGBUS; that is why lengths are checked
//! with `fstat` before mapping, and why file systems on which another machine can do it are read with `pread` instead
//! ([`crate::sys::files::is_network`]).

use std::fs::File;
use std::io;
use std::ops::Deref;

use memmap2::{Mmap, MmapOptions};

pub(crate) struct Mapping(Mmap);

impl Mapping {
    /// Maps the first `len` bytes of `file`, or less if it is shorter.
    pub(crate) fn prefix(file: &File, len: usize) -> io::Result<Mapping> {
        let size = file.metadata()?.len();
        let len = usize::try_from(size).unwrap_or(usize::MAX).min(len);
        // SAFETY: the mapping is read-only and within the file's length; the module's comment says why nobody
        // changes or truncates these bytes.
        let map = unsafe { MmapOptions::new().len(len).map(file)? };
        Ok(Mapping(map))
    }

    pub(crate) fn whole(file: &File) -> io::Result<Mapping> {
        Mapping::prefix(file, usize::MAX)
    }
}

impl Deref for Mapping {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
