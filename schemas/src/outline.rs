//! The outline of a project: what the test runner is told of every source file, so that it knows which functions an edit
//! changed. Written by the driver, which has it from the `index` artifacts. All fields are little-endian.
//!
//! ```text
//! header   magic "DXOL"  version u32   file count u32   0 u32   BLAKE3 of the rest 32
//! file     path text   content [40]   detail bytes u32   detail
//! detail   flags u8   fragment count varint   fragments   import count varint   imports
//! fragment id text   base line varint   digest [16]
//! import   module text   1 and target text, or 0
//! text     length varint   UTF-8
//! ```
//!
//! Files are sorted by path, which is relative to the project's root. Details are decoded only where a file is of
//! interest.

use crate::ContentId;
use crate::bytes::{Reader, Short, Write};

pub const MAGIC: [u8; 4] = *b"DXOL";
pub const VERSION: u32 = 2;
const HEADER_BYTES: usize = 48;
const BROKEN: u8 = 1;

/// Why bytes are no outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutlineError {
    #[error("not an outline")]
    Magic,
    #[error("an outline of version {0}, this is version {VERSION}")]
    Version(u32),
    #[error("the outline is damaged")]
    Damaged,
}

impl From<Short> for OutlineError {
    fn from(_: Short) -> OutlineError {
        OutlineError::Damaged
    }
}

/// What is in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// It has errors; its fragments are not to be relied on.
    pub broken: bool,
    pub fragments: Vec<OutlineFragment>,
    pub imports: Vec<OutlineImport>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineFragment {
    /// `Qual.name#ordinal`; empty for the module's body.
    pub id: String,
    /// `co_firstlineno`: the line of the first decorator, or of `def` and `class`.
    pub line: u32,
    /// Equal digests mean the same code, and the same parameters and docstrings of the functions that stand in it.
    pub digest: [u8; 16],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineImport {
    /// Absolute: `pkg.mod`.
    pub module: String,
    /// The project's file that it means; nothing for what lies outside.
    pub target: Option<String>,
}

impl Detail {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.put_u8(if self.broken { BROKEN } else { 0 });
        out.put_varint(self.fragments.len() as u64);
        for fragment in &self.fragments {
            out.put_text(&fragment.id);
            out.put_varint(u64::from(fragment.line));
            out.extend_from_slice(&fragment.digest);
        }
        out.put_varint(self.imports.len() as u64);
        for import in &self.imports {
            out.put_text(&import.module);
            out.put_u8(u8::from(import.target.is_some()));
            if let Some(target) = &import.target {
                out.put_text(target);
            }
        }
        out
    }

    pub fn decode(bytes: &[u8]) -> Result<Detail, OutlineError> {
        let mut reader = Reader::new(bytes);
        let broken = reader.u8()? & BROKEN != 0;
        let mut detail = Detail { broken, ..Detail::default() };
        for _ in 0..reader.varint32()? {
            let id = reader.text()?.to_owned();
            detail.fragments.push(OutlineFragment { id, line: reader.varint32()?, digest: reader.array()? });
        }
        for _ in 0..reader.varint32()? {
            let module = reader.text()?.to_owned();
            let target = if reader.u8()? == 1 { Some(reader.text()?.to_owned()) } else { None };
            detail.imports.push(OutlineImport { module, target });
        }
        reader.finish()?;
        Ok(detail)
    }
}

/// Collects files, sorted by path, then writes them.
#[derive(Default)]
pub struct OutlineBuilder {
    body: Vec<u8>,
    count: u32,
}

impl OutlineBuilder {
    /// A file with its encoded [`Detail`].
    pub fn file(&mut self, path: &str, content: ContentId, detail: &[u8]) {
        self.body.put_text(path);
        self.body.extend_from_slice(&content.to_bytes());
        self.body.put_u32(detail.len() as u32);
        self.body.extend_from_slice(detail);
        self.count += 1;
    }

    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES + self.body.len());
        out.extend_from_slice(&MAGIC);
        out.put_u32(VERSION);
        out.put_u32(self.count);
        out.put_u32(0);
        out.extend_from_slice(blake3::hash(&self.body).as_bytes());
        out.extend_from_slice(&self.body);
        out
    }
}

/// A file of an outline.
#[derive(Clone, Copy, Debug)]
pub struct OutlineFile<'a> {
    pub path: &'a str,
    pub content: ContentId,
    detail: &'a [u8],
}

impl<'a> OutlineFile<'a> {
    pub fn detail(&self) -> Result<Detail, OutlineError> {
        Detail::decode(self.detail)
    }

    /// As it was encoded.
    pub fn detail_bytes(&self) -> &'a [u8] {
        self.detail
    }
}

/// A validated view of an outline.
#[derive(Debug, Default)]
pub struct Outline<'a> {
    files: Vec<OutlineFile<'a>>,
}

impl<'a> Outline<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Outline<'a>, OutlineError> {
        let mut reader = Reader::new(bytes);
        if reader.array()? != MAGIC {
            return Err(OutlineError::Magic);
        }
        let version = reader.u32()?;
        if version != VERSION {
            return Err(OutlineError::Version(version));
        }
        let (count, _) = (reader.u32()?, reader.u32()?);
        let sum: [u8; 32] = reader.array()?;
        if *blake3::hash(&bytes[reader.position()..]).as_bytes() != sum {
            return Err(OutlineError::Damaged);
        }
        let mut files = Vec::new();
        for _ in 0..count {
            let path = reader.text()?;
            let content = ContentId::from_bytes(&reader.array()?);
            let len = reader.u32()? as usize;
            files.push(OutlineFile { path, content, detail: reader.take(len)? });
        }
        reader.finish()?;
        if !files.is_sorted_by(|a, b| a.path < b.path) {
            return Err(OutlineError::Damaged);
        }
        Ok(Outline { files })
    }

    pub fn files(&self) -> &[OutlineFile<'a>] {
        &self.files
    }

    pub fn find(&self, path: &str) -> Option<&OutlineFile<'a>> {
        let at = self.files.binary_search_by(|file| file.path.cmp(path)).ok()?;
        Some(&self.files[at])
    }
}
