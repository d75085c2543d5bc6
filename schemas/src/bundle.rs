//! What one stage hands the next in a shell pipe: the artifacts of one or more files, and their names and sources.
//!
//! A bundle is never cached and never keyed: it may therefore carry the path as the user typed it, and the source, so
//! that the last stage of a pipe can still print an excerpt. Sections of file `i`:
//!
//! ```text
//! BundleTable 0            MessagePack: Vec<BundleFile>
//! Source      i            the bytes of the file, where known
//! Nested      i << 8 | k   a whole artifact of kind k
//! ```

use serde::{Deserialize, Serialize};

use crate::container::{Artifact, ArtifactBuilder, ArtifactError, Kind, SectionKind};

/// What a bundle says of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleFile {
    /// The name to print; lossy where the file's name is not UTF-8.
    pub path: String,
}

/// One file on its way through a shell pipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub source: Option<Vec<u8>>,
    /// At most one artifact of each kind.
    pub artifacts: Vec<(Kind, Vec<u8>)>,
}

impl File {
    pub fn artifact(&self, kind: Kind) -> Option<&[u8]> {
        self.artifacts.iter().find(|(known, _)| *known == kind).map(|(_, bytes)| bytes.as_slice())
    }

    /// Adds an artifact in place of one of the same kind.
    pub fn put(&mut self, kind: Kind, bytes: Vec<u8>) {
        self.artifacts.retain(|(known, _)| *known != kind);
        self.artifacts.push((kind, bytes));
    }
}

pub fn write(files: &[File]) -> Vec<u8> {
    let table: Vec<BundleFile> = files.iter().map(|file| BundleFile { path: file.path.clone() }).collect();
    let mut builder = ArtifactBuilder::new(Kind::Bundle);
    let table = rmp_serde::to_vec(&table).unwrap_or_default();
    builder.add(SectionKind::BundleTable, 0, table);
    for (at, file) in files.iter().enumerate() {
        let at = at as u32;
        if let Some(source) = &file.source {
            builder.add(SectionKind::Source, at, source.clone());
        }
        for (kind, bytes) in &file.artifacts {
            builder.add(SectionKind::Nested, at << 8 | *kind as u32, bytes.clone());
        }
    }
    builder.finish()
}

pub fn read(bytes: &[u8]) -> Result<Vec<File>, ArtifactError> {
    let artifact = Artifact::open_as(bytes, Kind::Bundle)?;
    let table: Vec<BundleFile> = rmp_serde::from_slice(artifact.section(SectionKind::BundleTable, 0)?)
        .map_err(|_| ArtifactError::Malformed("the table of a bundle cannot be read"))?;
    let mut files: Vec<File> =
        table.into_iter().map(|entry| File { path: entry.path, ..File::default() }).collect();
    for section in artifact.sections() {
        let outside = ArtifactError::Malformed("a bundle holds a section of no file");
        match section.kind {
            SectionKind::Source => {
                let file = files.get_mut(section.ordinal as usize).ok_or(outside)?;
                file.source = Some(artifact.section(section.kind, section.ordinal)?.to_vec());
            }
            SectionKind::Nested => {
                let file = files.get_mut((section.ordinal >> 8) as usize).ok_or(outside)?;
                let kind = Kind::from_code((section.ordinal & 0xff) as u16)
                    .ok_or(ArtifactError::Malformed("a bundle holds an artifact of unknown kind"))?;
                file.put(kind, artifact.section(section.kind, section.ordinal)?.to_vec());
            }
            _ => {}
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_travel_together_and_come_back_in_order() {
        let mut first = File { path: "a b.py".into(), source: Some(b"x = 1".to_vec()), ..File::default() };
        first.put(Kind::Syntax, vec![1]);
        first.put(Kind::Index, vec![2]);
        first.put(Kind::Syntax, vec![3]);
        let second = File { path: "-".into(), ..File::default() };
        let bytes = write(&[first.clone(), second.clone()]);
        let mut back = read(&bytes).unwrap();
        back[0].artifacts.sort();
        first.artifacts.sort();
        assert_eq!(back, [first, second]);
    }

    #[test]
    fn damaged_bundles_are_refused() {
        let bytes = write(&[File { path: "a.py".into(), source: Some(vec![7; 80]), ..File::default() }]);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x41;
            let _ = read(&damaged);
            let _ = read(&bytes[..at]);
        }
    }
}
