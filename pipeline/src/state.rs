//! The state of the last build of one set of paths: one block a file behind a sorted table of fixed rows.
//!
//! ```text
//! magic "DXST" (4)   version u32   file count u32   flags u32   checksum of these 16 bytes [16]
//! rows, sorted by path: block offset u64, block bytes u32, path bytes u32 (the path follows the block)
//! blocks
//! ```
//!
//! It is mapped or read as one piece and decoded file by file, only where something changed. It can be thrown away: it
//! saves work and explains, and nothing is believed because it stands here alone.

use dx_schemas::bytes::{Reader, Short, Write};

use crate::result::{FileResult, peek};

const MAGIC: [u8; 4] = *b"DXST";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 32;
const INCOMPLETE: u32 = 1;
const FINDINGS: u32 = 2;
const ERRORS: u32 = 4;

/// What a build with nothing to do must know, in the header with a checksum of its own: reading the whole state to
/// prove it would cost more than the rest of such a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) files: usize,
    /// The build did not come to every file: there is more to do although nothing changed.
    pub(crate) incomplete: bool,
    /// Some file has findings, which are to be told again.
    pub(crate) findings: bool,
    pub(crate) errors: bool,
}

impl Summary {
    pub(crate) fn read(state: &[u8]) -> Result<Summary, Short> {
        let mut reader = Reader::new(state);
        let head = reader.take(16)?;
        let sum = blake3::hash(head);
        if reader.take(16)? != &sum.as_bytes()[..16] {
            return Err(Short { at: 0 });
        }
        let mut reader = Reader::new(head);
        if reader.array()? != MAGIC || reader.u32()? != VERSION {
            return Err(Short { at: 0 });
        }
        let (files, flags) = (reader.u32()? as usize, reader.u32()?);
        Ok(Summary {
            files,
            incomplete: flags & INCOMPLETE != 0,
            findings: flags & FINDINGS != 0,
            errors: flags & ERRORS != 0,
        })
    }
}
const ROW_BYTES: usize = 16;

/// A validated view of a state.
#[derive(Clone, Copy)]
pub(crate) struct State<'a> {
    pub(crate) summary: Summary,
    rows: &'a [u8],
    bytes: &'a [u8],
}

impl<'a> State<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<State<'a>, Short> {
        let summary = Summary::read(bytes)?;
        let mut reader = Reader::new(bytes);
        reader.take(HEADER_BYTES)?;
        let rows = reader.table(summary.files, ROW_BYTES)?;
        Ok(State { summary, rows, bytes })
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
    let mut flags = if incomplete { INCOMPLETE } else { 0 };
    for (path, block) in files {
        let offset = blocks.len();
        match block {
            Block::Kept(bytes) => blocks.extend_from_slice(bytes),
            Block::New(result) => result.encode(&mut blocks),
        }
        if let Ok((findings, errors, _)) = peek(&blocks[offset..]) {
            flags |= if findings { FINDINGS } else { 0 } | if errors { ERRORS } else { 0 };
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
    out.put_u32(flags);
    let sum = blake3::hash(&out);
    out.extend_from_slice(&sum.as_bytes()[..16]);
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
        assert_eq!((state.len(), state.summary.incomplete), (3, true));
        assert!(state.summary.findings && !state.summary.errors);
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
