//! The state of the last build of one set of paths: one block a file behind a sorted table of fixed rows.
//!
//! ```text
//! magic "DXST" (4)   version u32   file count u32   1 if files are missing u32
//! rows, sorted by path: block offset u64, block bytes u32, path bytes u32 (the path follows the block)
//! blocks
//! ```
//!
//! It is mapped or read as one piece and decoded file by file, only where something changed. It can be thrown away: it
//! saves work and explains, and nothing is believed because it stands here alone.

use dx_schemas::bytes::{Reader, Short, Write};

use crate::result::FileResult;

const MAGIC: [u8; 4] = *b"DXST";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 16;
const ROW_BYTES: usize = 16;

/// A validated view of a state.
#[derive(Clone, Copy)]
pub(crate) struct State<'a> {
    /// The build did not come to every file: there is more to do although nothing changed.
    pub(crate) incomplete: bool,
    rows: &'a [u8],
    bytes: &'a [u8],
}

impl<'a> State<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<State<'a>, Short> {
        let mut reader = Reader::new(bytes);
        if reader.array()? != MAGIC || reader.u32()? != VERSION {
            return Err(Short { at: 0 });
        }
        let count = reader.u32()? as usize;
        let incomplete = reader.u32()? != 0;
        let rows = reader.table(count, ROW_BYTES)?;
        Ok(State { incomplete, rows, bytes })
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len() / ROW_BYTES
    }

    fn row(&self, index: usize) -> Option<(&'a [u8], &'a [u8])> {
        let mut reader = Reader::new(self.rows.get(index * ROW_BYTES..)?);
        let offset = usize::try_from(reader.u64().ok()?).ok()?;
        let (block, path) = (reader.u32().ok()? as usize, reader.u32().ok()? as usize);
        let middle = offset.checked_add(block)?;
        let path = self.bytes.get(middle..middle.checked_add(path)?)?;
        Some((self.bytes.get(offset..middle)?, path))
    }

    /// The encoded result of the file at `index`.
    pub(crate) fn block(&self, index: usize) -> &'a [u8] {
        self.row(index).map_or(&[], |(block, _)| block)
    }

    pub(crate) fn path(&self, index: usize) -> &'a str {
        self.row(index).and_then(|(_, path)| std::str::from_utf8(path).ok()).unwrap_or_default()
    }

    pub(crate) fn find(&self, path: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = (low + high) / 2;
            match self.path(middle).cmp(path) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    pub(crate) fn file(&self, index: usize) -> Option<FileResult> {
        FileResult::decode(self.block(index)).ok()
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = FileResult> {
        let state = *self;
        (0..self.len()).filter_map(move |index| state.file(index))
    }
}

/// What goes into a new state.
pub(crate) enum Block<'a> {
    /// As it stands in the old state.
    Kept(&'a [u8]),
    New(&'a FileResult),
}

/// Writes a state; `files` must be sorted by path.
pub(crate) fn write(incomplete: bool, files: &[(&str, Block<'_>)]) -> Vec<u8> {
    debug_assert!(files.is_sorted_by(|a, b| a.0 < b.0), "files of a state are sorted by path");
    let mut rows = Vec::with_capacity(files.len() * ROW_BYTES);
    let mut blocks = Vec::new();
    let start = HEADER_BYTES + files.len() * ROW_BYTES;
    for (path, block) in files {
        let offset = blocks.len();
        match block {
            Block::Kept(bytes) => blocks.extend_from_slice(bytes),
            Block::New(result) => result.encode(&mut blocks),
        }
        rows.put_u64((start + offset) as u64);
        rows.put_u32((blocks.len() - offset) as u32);
        rows.put_u32(path.len() as u32);
        blocks.extend_from_slice(path.as_bytes());
    }
    let mut out = Vec::with_capacity(start + blocks.len());
    out.extend_from_slice(&MAGIC);
    out.put_u32(VERSION);
    out.put_u32(files.len() as u32);
    out.put_u32(u32::from(incomplete));
    out.extend_from_slice(&rows);
    out.extend_from_slice(&blocks);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::tests::sample;

    #[test]
    fn files_are_found_by_path_and_kept_blocks_stay_the_same() {
        let files = ["a.py", "b c.py", "z/é.py"].map(sample);
        let blocks: Vec<_> = files.iter().map(|file| (file.path.as_str(), Block::New(file))).collect();
        let bytes = write(true, &blocks);
        let state = State::open(&bytes).unwrap();
        assert_eq!((state.len(), state.incomplete), (3, true));
        assert_eq!(state.find("b c.py"), Some(1));
        assert_eq!(state.find("c.py"), None);
        assert_eq!(state.file(2).unwrap(), files[2]);
        let kept: Vec<_> = (0..3).map(|index| (state.path(index), Block::Kept(state.block(index)))).collect();
        assert_eq!(write(true, &kept), bytes);
    }

    #[test]
    fn damaged_states_never_panic() {
        let file = sample("a.py");
        let bytes = write(false, &[("a.py", Block::New(&file))]);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            for bytes in [&damaged[..], &bytes[..at]] {
                if let Ok(state) = State::open(bytes) {
                    let _ = (state.find("a.py"), state.files().count());
                }
            }
        }
    }
}
