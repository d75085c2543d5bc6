//! The envelope of every artifact: header, directory of sections with digests, bodies.
//!
//! ```text
//! 0   magic "\x89DXA" (4)   kind u16   version u16
//! 8   section count u32     directory bytes u32
//! 16  directory: per section 56 bytes
//!       kind u16, flags u16, ordinal u32, offset u64 (from the start of the artifact), size u64 (in the id)
//!       ContentId: sha256[32], size u64
//! ..  bodies, each aligned to 64 bytes, zero padded between
//! ```
//!
//! The header names neither producer nor time: equal content is equal bytes, whoever made it. A reader may skip a
//! section kind it does not know unless the must-understand flag is set. Opening checks the directory only; a body is
//! checked against its digest when it is read with [`Artifact::section`] (or trusted by [`Artifact::section_unchecked`]
//! where the store has verified the whole).

use serde::{Deserialize, Serialize};

use crate::bytes::{Reader, Short, Write};
use crate::digest::ContentId;

pub const MAGIC: [u8; 4] = *b"\x89DXA";
const HEADER_BYTES: usize = 16;
const ENTRY_BYTES: usize = 56;
const ALIGNMENT: usize = 64;
const MUST_UNDERSTAND: u16 = 1;

macro_rules! kinds {
    ($(#[$doc:meta])* $enum:ident { $($(#[$vdoc:meta])* $name:ident = $code:literal, $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[repr(u16)]
        pub enum $enum { $($(#[$vdoc])* $name = $code),* }

        impl $enum {
            pub const ALL: &'static [$enum] = &[$($enum::$name),*];

            pub fn from_code(code: u16) -> Option<$enum> {
                match code { $($code => Some($enum::$name),)* _ => None }
            }

            pub fn name(self) -> &'static str {
                match self { $($enum::$name => $text),* }
            }
        }
    };
}

kinds! {
    /// What an artifact is. The version of each kind stands in [`Kind::version`].
    Kind {
        Syntax = 1, "syntax";
        Index = 2, "index";
        Code = 3, "code";
        Image = 4, "image";
        /// What one stage hands the next in a shell pipe: several artifacts and diagnostics of one file.
        Bundle = 5, "bundle";
        /// Code artifacts of one module's fragments, packed.
        CodePack = 6, "code-pack";
        Record = 7, "record";
    }
}

kinds! {
    /// What a section holds; its layout is documented in the module of the same name.
    SectionKind {
        /// MessagePack: the file's fragments without positions (`syntax::FragmentRow`).
        FragmentTable = 1, "fragment-table";
        /// Flat tree of one fragment (`tree`); the ordinal is the fragment's index.
        Tree = 2, "tree";
        /// Positions of one fragment's nodes (`positions`).
        Positions = 3, "positions";
        /// MessagePack: base lines, byte ranges and text hashes of fragments (`syntax::SpanRow`).
        Spans = 4, "spans";
        /// MessagePack: `Vec<Diagnostic>`.
        Diagnostics = 5, "diagnostics";
        /// Scopes of one fragment (`scopes`).
        Scopes = 6, "scopes";
        /// MessagePack: what the index knows of the file (`index`).
        IndexTable = 7, "index-table";
        /// One code object tree in DPB (`code`).
        Code = 8, "code";
        /// MessagePack: modules, fragments and digests of a program (`image`).
        ImageTable = 9, "image-table";
        /// A whole artifact inside another.
        Nested = 10, "nested";
        /// MessagePack: an action record (`record`).
        Record = 11, "record";
        /// The bytes of a source file; in requests and bundles only.
        Source = 12, "source";
        /// MessagePack: the files of a bundle (`bundle`).
        BundleTable = 13, "bundle-table";
    }
}

impl Kind {
    /// The version that this build writes, and the only one it reads.
    pub fn version(self) -> u16 {
        match self {
            Kind::Syntax
            | Kind::Index
            | Kind::Code
            | Kind::Image
            | Kind::Bundle
            | Kind::CodePack
            | Kind::Record => 1,
        }
    }
}

/// Why bytes are not the artifact that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactError {
    #[error("not a dx artifact (bad magic)")]
    Magic,
    #[error("artifact of unknown kind {0}")]
    UnknownKind(u16),
    #[error("wrong kind of artifact: expected {expected}, found {found}")]
    WrongKind { expected: &'static str, found: &'static str },
    #[error("{kind} artifact has version {found}, this build reads version {expected}")]
    Version { kind: &'static str, found: u16, expected: u16 },
    #[error("{kind} artifact has section kind {code}, which this build must understand and does not")]
    UnknownSection { kind: &'static str, code: u16 },
    #[error("damaged artifact: {0}")]
    Damaged(#[from] Short),
    #[error("damaged artifact: {0}")]
    Malformed(&'static str),
    #[error("damaged section {section} {ordinal}: bytes do not match their digest")]
    Digest { section: &'static str, ordinal: u32 },
    #[error("artifact has no section {section} {ordinal}")]
    Missing { section: &'static str, ordinal: u32 },
}

/// One line of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    pub kind: SectionKind,
    pub ordinal: u32,
    pub offset: usize,
    pub id: ContentId,
}

/// A validated view of an artifact's bytes.
#[derive(Clone, Debug)]
pub struct Artifact<'a> {
    pub kind: Kind,
    bytes: &'a [u8],
    sections: Vec<Section>,
}

impl<'a> Artifact<'a> {
    /// Reads header and directory, whatever the kind.
    pub fn open(bytes: &'a [u8]) -> Result<Artifact<'a>, ArtifactError> {
        let mut reader = Reader::new(bytes);
        if reader.take(4).ok() != Some(&MAGIC) {
            return Err(ArtifactError::Magic);
        }
        let code = reader.u16()?;
        let kind = Kind::from_code(code).ok_or(ArtifactError::UnknownKind(code))?;
        let version = reader.u16()?;
        if version != kind.version() {
            return Err(ArtifactError::Version {
                kind: kind.name(),
                found: version,
                expected: kind.version(),
            });
        }
        let count = reader.u32()? as usize;
        if reader.u32()? as usize != count.saturating_mul(ENTRY_BYTES) {
            return Err(ArtifactError::Malformed("directory size does not match the section count"));
        }
        let mut directory = Reader::new(reader.table(count, ENTRY_BYTES)?);
        let mut sections = Vec::with_capacity(count);
        for _ in 0..count {
            if let Some(section) = read_entry(&mut directory, kind, bytes.len())? {
                sections.push(section);
            }
        }
        if !sections.is_sorted_by(|a, b| (a.kind, a.ordinal) < (b.kind, b.ordinal)) {
            return Err(ArtifactError::Malformed("sections are not in order"));
        }
        Ok(Artifact { kind, bytes, sections })
    }

    /// As [`Artifact::open`], and refuses another kind by name.
    pub fn open_as(bytes: &'a [u8], kind: Kind) -> Result<Artifact<'a>, ArtifactError> {
        let artifact = Artifact::open(bytes)?;
        if artifact.kind != kind {
            return Err(ArtifactError::WrongKind { expected: kind.name(), found: artifact.kind.name() });
        }
        Ok(artifact)
    }

    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    pub fn find(&self, kind: SectionKind, ordinal: u32) -> Option<&Section> {
        let at = self.sections.binary_search_by(|s| (s.kind, s.ordinal).cmp(&(kind, ordinal))).ok()?;
        Some(&self.sections[at])
    }

    /// The body of a section, verified against its digest.
    pub fn section(&self, kind: SectionKind, ordinal: u32) -> Result<&'a [u8], ArtifactError> {
        let (body, id) = self.locate(kind, ordinal)?;
        if id.matches(body) { Ok(body) } else { Err(ArtifactError::Digest { section: kind.name(), ordinal }) }
    }

    /// The body of a section whose artifact was verified as a whole.
    pub fn section_unchecked(&self, kind: SectionKind, ordinal: u32) -> Result<&'a [u8], ArtifactError> {
        Ok(self.locate(kind, ordinal)?.0)
    }

    fn locate(&self, kind: SectionKind, ordinal: u32) -> Result<(&'a [u8], ContentId), ArtifactError> {
        let section =
            self.find(kind, ordinal).ok_or(ArtifactError::Missing { section: kind.name(), ordinal })?;
        Ok((&self.bytes[section.offset..section.offset + section.id.size_bytes as usize], section.id))
    }

    /// Verifies every section.
    pub fn verify(&self) -> Result<(), ArtifactError> {
        self.sections.iter().try_for_each(|s| self.section(s.kind, s.ordinal).map(drop))
    }
}

fn read_entry(
    directory: &mut Reader<'_>,
    artifact: Kind,
    artifact_bytes: usize,
) -> Result<Option<Section>, ArtifactError> {
    let code = directory.u16()?;
    let flags = directory.u16()?;
    let ordinal = directory.u32()?;
    let offset = directory.u64()?;
    let id = ContentId::from_bytes(&directory.array()?);
    let end = offset.checked_add(id.size_bytes);
    if end.is_none_or(|end| end > artifact_bytes as u64) {
        return Err(ArtifactError::Malformed("a section ends outside the artifact"));
    }
    match SectionKind::from_code(code) {
        Some(kind) => Ok(Some(Section { kind, ordinal, offset: offset as usize, id })),
        None if flags & MUST_UNDERSTAND == 0 => Ok(None),
        None => Err(ArtifactError::UnknownSection { kind: artifact.name(), code }),
    }
}

/// Collects sections and lays them out; the order of adding does not matter.
pub struct ArtifactBuilder {
    kind: Kind,
    sections: Vec<(SectionKind, u32, Vec<u8>)>,
}

impl ArtifactBuilder {
    pub fn new(kind: Kind) -> ArtifactBuilder {
        ArtifactBuilder { kind, sections: Vec::new() }
    }

    pub fn add(&mut self, kind: SectionKind, ordinal: u32, body: Vec<u8>) -> &mut ArtifactBuilder {
        self.sections.push((kind, ordinal, body));
        self
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.sections.sort_by_key(|(kind, ordinal, _)| (*kind, *ordinal));
        debug_assert!(
            self.sections.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)),
            "a section was added twice"
        );
        let directory_bytes = self.sections.len() * ENTRY_BYTES;
        let mut out = Vec::with_capacity(
            HEADER_BYTES
                + directory_bytes
                + self.sections.iter().map(|s| s.2.len() + ALIGNMENT).sum::<usize>(),
        );
        out.extend_from_slice(&MAGIC);
        out.put_u16(self.kind as u16);
        out.put_u16(self.kind.version());
        out.put_u32(self.sections.len() as u32);
        out.put_u32(directory_bytes as u32);
        let mut offset = (HEADER_BYTES + directory_bytes).next_multiple_of(ALIGNMENT);
        for (kind, ordinal, body) in &self.sections {
            out.put_u16(*kind as u16);
            out.put_u16(MUST_UNDERSTAND);
            out.put_u32(*ordinal);
            out.put_u64(offset as u64);
            out.extend_from_slice(&ContentId::of(body).to_bytes());
            offset = (offset + body.len()).next_multiple_of(ALIGNMENT);
        }
        for (_, _, body) in &self.sections {
            out.pad_to(ALIGNMENT);
            out.extend_from_slice(body);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let mut builder = ArtifactBuilder::new(Kind::Syntax);
        builder.add(SectionKind::Tree, 1, b"tree one".to_vec());
        builder.add(SectionKind::Tree, 0, Vec::new());
        builder.add(SectionKind::Spans, 0, vec![7; 100]);
        builder.finish()
    }

    #[test]
    fn sections_come_back_in_order_whatever_order_they_were_added_in() {
        let bytes = sample();
        let artifact = Artifact::open_as(&bytes, Kind::Syntax).unwrap();
        assert_eq!(artifact.section(SectionKind::Tree, 1), Ok(&b"tree one"[..]));
        assert_eq!(artifact.section(SectionKind::Tree, 0), Ok(&b""[..]));
        assert_eq!(artifact.sections().len(), 3);
        assert!(artifact.sections().iter().all(|s| s.offset % 64 == 0));
        artifact.verify().unwrap();
    }

    #[test]
    fn a_wrong_kind_or_version_is_refused_by_name() {
        let mut bytes = sample();
        let error = Artifact::open_as(&bytes, Kind::Code).unwrap_err();
        assert_eq!(error.to_string(), "wrong kind of artifact: expected code, found syntax");
        bytes[6] = 9;
        let error = Artifact::open(&bytes).unwrap_err();
        assert_eq!(error.to_string(), "syntax artifact has version 9, this build reads version 1");
        assert_eq!(Artifact::open(b"#!/bin/sh").unwrap_err(), ArtifactError::Magic);
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_noticed_or_harmless() {
        let good = sample();
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bytes = good.clone();
                bytes[at] ^= 1 << bit;
                if let Ok(artifact) = Artifact::open(&bytes) {
                    // Padding is the only place where a flip changes nothing that is read.
                    if artifact.verify().is_ok() {
                        let covered = artifact
                            .sections()
                            .iter()
                            .any(|s| (s.offset..s.offset + s.id.size_bytes as usize).contains(&at));
                        assert!(!covered, "flip of bit {bit} at {at} went unnoticed");
                    }
                }
            }
            if let Ok(artifact) = Artifact::open(&good[..at]) {
                assert!(artifact.verify().is_err() || at >= good.len());
            }
        }
    }
}
