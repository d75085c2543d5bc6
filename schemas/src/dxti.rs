//! The `.dxti` table: the tests of a project as its last collection found them.
//!
//! It is the payload of a stat manifest (`cache/src/manifest.rs`), which vouches for it: the manifest names every file
//! that the collection read, every folder that it listed, and a digest of everything else. All fields are little-endian.
//!
//! ```text
//! header   magic "DXTI"  version u32   file count u32   test count u32   string bytes u32   0 u32   BLAKE3 of the rest 32
//! file     path (offset u32, length u32)   first test u32   tests u32
//! test     id after the path (offset u32, length u32)
//! strings
//! ```
//!
//! Tests of a file stand side by side in pytest's order, files too; a file may come more than once where pytest's order
//! goes back to it.

use crate::bytes::{Reader, Short, Write};

pub const MAGIC: [u8; 4] = *b"DXTI";
pub const VERSION: u32 = 1;
const HEADER_BYTES: usize = 56;
const FILE_BYTES: usize = 16;
const TEST_BYTES: usize = 8;

/// Why bytes are no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DxtiError {
    #[error("not a test index")]
    Magic,
    #[error("a test index of version {0}, this is version {VERSION}")]
    Version(u32),
    #[error("the test index is damaged")]
    Damaged,
}

impl From<Short> for DxtiError {
    fn from(_: Short) -> DxtiError {
        DxtiError::Damaged
    }
}

/// Collects files and tests, then writes them.
#[derive(Default)]
pub struct DxtiBuilder {
    files: Vec<u8>,
    tests: Vec<u8>,
    strings: Vec<u8>,
    file_count: u32,
    test_count: u32,
}

impl DxtiBuilder {
    /// A file and the ids of its tests without the path.
    pub fn file<'a>(&mut self, path: &str, tests: impl Iterator<Item = &'a str>) {
        let first = self.test_count;
        for test in tests {
            let at = self.string(test);
            self.tests.put_u32(at);
            self.tests.put_u32(test.len() as u32);
            self.test_count += 1;
        }
        let at = self.string(path);
        self.files.put_u32(at);
        self.files.put_u32(path.len() as u32);
        self.files.put_u32(first);
        self.files.put_u32(self.test_count - first);
        self.file_count += 1;
    }

    fn string(&mut self, text: &str) -> u32 {
        let at = self.strings.len() as u32;
        self.strings.extend_from_slice(text.as_bytes());
        at
    }

    pub fn finish(self) -> Vec<u8> {
        let body = [self.files, self.tests, self.strings.clone()].concat();
        let mut out = Vec::with_capacity(HEADER_BYTES + body.len());
        out.extend_from_slice(&MAGIC);
        for word in [VERSION, self.file_count, self.test_count, self.strings.len() as u32, 0] {
            out.put_u32(word);
        }
        out.extend_from_slice(blake3::hash(&body).as_bytes());
        out.extend_from_slice(&body);
        out
    }
}

/// A table over mapped bytes; everything was checked when it was opened.
#[derive(Clone, Copy, Debug)]
pub struct Dxti<'a> {
    files: &'a [u8],
    tests: &'a [u8],
    strings: &'a str,
}

/// One file of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DxtiFile<'a> {
    pub path: &'a str,
    first: u32,
    count: u32,
}

impl<'a> Dxti<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Dxti<'a>, DxtiError> {
        let mut reader = Reader::new(bytes);
        if reader.take(4).map_err(|_| DxtiError::Magic)? != MAGIC {
            return Err(DxtiError::Magic);
        }
        let version = reader.u32()?;
        if version != VERSION {
            return Err(DxtiError::Version(version));
        }
        let (files, tests, strings) =
            (reader.u32()? as usize, reader.u32()? as usize, reader.u32()? as usize);
        if reader.u32()? != 0 {
            return Err(DxtiError::Damaged);
        }
        let digest: [u8; 32] = reader.array()?;
        let body = reader.take(reader.remaining())?;
        if blake3::hash(body).as_bytes() != &digest {
            return Err(DxtiError::Damaged);
        }
        let mut reader = Reader::new(body);
        let table = Dxti {
            files: reader.take(files.checked_mul(FILE_BYTES).ok_or(DxtiError::Damaged)?)?,
            tests: reader.take(tests.checked_mul(TEST_BYTES).ok_or(DxtiError::Damaged)?)?,
            strings: std::str::from_utf8(reader.take(strings)?).map_err(|_| DxtiError::Damaged)?,
        };
        if reader.remaining() != 0 {
            return Err(DxtiError::Damaged);
        }
        let sound = |bytes: &[u8]| table.text(bytes).is_some();
        let in_range = |bytes: &[u8]| {
            let (first, count) = (word(bytes, 8) as usize, word(bytes, 12) as usize);
            first.checked_add(count).is_some_and(|end| end <= tests)
        };
        let files_sound =
            table.files.as_chunks::<FILE_BYTES>().0.iter().all(|file| sound(file) && in_range(file));
        let tests_sound = table.tests.as_chunks::<TEST_BYTES>().0.iter().all(|test| sound(test));
        if files_sound && tests_sound { Ok(table) } else { Err(DxtiError::Damaged) }
    }

    pub fn test_count(&self) -> usize {
        self.tests.len() / TEST_BYTES
    }

    pub fn files(&self) -> impl Iterator<Item = DxtiFile<'a>> {
        let table = *self;
        table.files.as_chunks::<FILE_BYTES>().0.iter().map(move |bytes| DxtiFile {
            path: table.text(bytes).unwrap_or_default(),
            first: word(bytes, 8),
            count: word(bytes, 12),
        })
    }

    /// The tests of a file, without its path.
    pub fn tests(&self, file: DxtiFile<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
        let table = *self;
        let range = file.first as usize..(file.first + file.count) as usize;
        table.tests.as_chunks::<TEST_BYTES>().0[range]
            .iter()
            .map(move |bytes| table.text(bytes).unwrap_or_default())
    }

    fn text(&self, bytes: &[u8]) -> Option<&'a str> {
        let (at, length) = (word(bytes, 0) as usize, word(bytes, 4) as usize);
        self.strings.get(at..at.checked_add(length)?)
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let mut out = [0; 4];
    if let Some(found) = bytes.get(at..at + 4) {
        out.copy_from_slice(found);
    }
    u32::from_le_bytes(out)
}
