//! The one pack that this process appends to.
//!
//! Made at the first put, so that a build which stores nothing leaves no file. A clean pack that an earlier process
//! left is continued instead of starting another, or every edit would leave a file of its own.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::Arc;

use crate::frame;
use crate::index::Index;
use crate::layout::Layout;
use crate::pack::{self, Pack, PackId};
use crate::sys::files;

/// Frames gather in memory up to here before they are written in one call.
const BUFFER_BYTES: usize = 1 << 20;

/// A pack longer than this is not continued: gc removes and compacts whole packs, so they should stay handy.
const CONTINUED_BYTES_MAX: u64 = 64 << 20;

pub(crate) struct PackWriter {
    pub(crate) id: PackId,
    pub(crate) reader: Arc<Pack>,
    file: File,
    /// Length of what has been written whole.
    written: u64,
    buffer: Vec<u8>,
}

/// Frames that could not be written, handed back so that their content is not lost to this process.
pub(crate) struct Unwritten {
    pub(crate) error: io::Error,
    pub(crate) frames: Vec<u8>,
}

impl PackWriter {
    pub(crate) fn open(layout: &Layout, index: &Index, map: bool) -> io::Result<PackWriter> {
        for (id, committed) in index.committed() {
            if let Some(writer) = PackWriter::continue_pack(layout, id, committed, map) {
                return Ok(writer);
            }
        }
        PackWriter::create(layout, map)
    }

    pub(crate) fn create(layout: &Layout, map: bool) -> io::Result<PackWriter> {
        let id = PackId(files::random()?);
        let scratch = layout.scratch().join(format!("{id}.pack"));
        let made = (|| {
            let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(&scratch)?;
            // Locked before it has a name that others look at. A file system without locks has no second writer to
            // fear here: the name is random, and only continuing a pack needs the lock.
            let _ = file.try_lock();
            file.write_all(&pack::header(id))?;
            let reader = Pack::of_file(File::open(&scratch)?, id, map)
                .map_err(|miss| io::Error::other(miss.to_string()))?;
            fs::rename(&scratch, layout.pack(id))?;
            Ok((file, reader))
        })();
        match made {
            Ok((file, reader)) => Ok(PackWriter {
                id,
                reader: Arc::new(reader),
                file,
                written: pack::HEADER,
                buffer: Vec::new(),
            }),
            Err(error) => {
                let _ = fs::remove_file(&scratch);
                Err(error)
            }
        }
    }

    /// Takes over a pack if nobody writes it, it ends exactly where the indexes say, and it is still in the directory.
    fn continue_pack(layout: &Layout, id: PackId, committed: u64, map: bool) -> Option<PackWriter> {
        if committed > CONTINUED_BYTES_MAX || !committed.is_multiple_of(frame::UNIT as u64) {
            return None;
        }
        let file = OpenOptions::new().read(true).write(true).open(layout.pack(id)).ok()?;
        if file.metadata().ok()?.len() != committed {
            return None;
        }
        file.try_lock().ok()?;
        let metadata = file.metadata().ok()?;
        if metadata.len() != committed || metadata.nlink() == 0 {
            return None;
        }
        let reader = Pack::open(layout, id, map).ok()?;
        Some(PackWriter { id, reader: Arc::new(reader), file, written: committed, buffer: Vec::new() })
    }

    /// Appends a whole frame; returns where it will be.
    pub(crate) fn append(&mut self, frame: &[u8]) -> Result<u64, Unwritten> {
        let offset = self.written + self.buffer.len() as u64;
        if self.buffer.is_empty() {
            self.buffer.reserve(BUFFER_BYTES.min(frame.len().next_power_of_two()));
        }
        self.buffer.extend_from_slice(frame);
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush()?;
        }
        Ok(offset)
    }

    pub(crate) fn flush(&mut self) -> Result<(), Unwritten> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        match self.file.write_all_at(&self.buffer, self.written) {
            Ok(()) => {
                self.written += self.buffer.len() as u64;
                self.buffer.clear();
                Ok(())
            }
            // What was written in part lies behind the committed length, where nobody looks.
            Err(error) => Err(Unwritten { error, frames: std::mem::take(&mut self.buffer) }),
        }
    }

    pub(crate) fn take_buffer(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffer)
    }

    /// A frame that is still in memory.
    pub(crate) fn buffered(&self, offset: u64, len: usize) -> Option<&[u8]> {
        let at = usize::try_from(offset.checked_sub(self.written)?).ok()?;
        self.buffer.get(at..at.checked_add(len)?)
    }

    /// Whether somebody removed the pack (`clear` does): what is appended from here on is lost.
    pub(crate) fn is_removed(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| metadata.nlink() == 0)
    }

    pub(crate) fn written(&self) -> u64 {
        self.written
    }
}
