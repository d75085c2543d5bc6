//! What a build knows of one file when it is done with it, and the bytes in which the state keeps it.
//!
//! One file is one self-contained block, so a build that changes one file copies the blocks of all others as they are,
//! without decoding them.

use dx_schemas::bytes::{Reader, Short, Write};
use dx_schemas::{ActionId, ContentId};

/// One fragment's outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FragmentResult {
    /// `Qual.name#ordinal`; empty for the module's body.
    pub(crate) name: String,
    pub(crate) parent: u32,
    pub(crate) base_line: u32,
    pub(crate) positions: ContentId,
    /// Key and code; `None` in a file with errors.
    pub(crate) code: Option<(ActionId, ContentId)>,
}

/// An import statement of the file and what it means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Resolved {
    /// The module imported, absolute: `pkg.mod`.
    pub(crate) import: String,
    /// Path of the file as in [`FileResult::path`]; `None` for what lies outside (or nowhere).
    pub(crate) target: Option<String>,
}

/// One file's outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileResult {
    /// Relative to the workspace, or absolute outside of it.
    pub(crate) path: String,
    pub(crate) module: String,
    pub(crate) package: bool,
    /// The folder that its absolute imports start from, as `path`.
    pub(crate) root: String,
    pub(crate) source: ContentId,
    pub(crate) syntax: Option<(ActionId, ContentId)>,
    pub(crate) index: Option<(ActionId, ContentId)>,
    pub(crate) fragments: Vec<FragmentResult>,
    pub(crate) imports: Vec<Resolved>,
    /// Some artifact holds findings.
    pub(crate) findings: bool,
    /// Some finding is an error: there is no code.
    pub(crate) errors: bool,
}

const FINDINGS: u8 = 1;
const ERRORS: u8 = 2;
const PACKAGE: u8 = 4;

impl FileResult {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let flags = [(self.findings, FINDINGS), (self.errors, ERRORS), (self.package, PACKAGE)];
        out.put_u8(flags.iter().map(|(set, flag)| if *set { *flag } else { 0 }).sum());
        out.extend_from_slice(&self.source.to_bytes());
        out.put_text(&self.path);
        out.put_text(&self.module);
        out.put_text(&self.root);
        put_outcome(out, &self.syntax);
        put_outcome(out, &self.index);
        out.put_varint(self.fragments.len() as u64);
        for fragment in &self.fragments {
            out.put_text(&fragment.name);
            out.put_varint(u64::from(fragment.parent));
            out.put_varint(u64::from(fragment.base_line));
            out.extend_from_slice(&fragment.positions.to_bytes());
            put_outcome(out, &fragment.code);
        }
        out.put_varint(self.imports.len() as u64);
        for import in &self.imports {
            out.put_text(&import.import);
            out.put_u8(u8::from(import.target.is_some()));
            out.put_text(import.target.as_deref().unwrap_or_default());
        }
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<FileResult, Short> {
        let mut reader = Reader::new(bytes);
        let flags = reader.u8()?;
        let source = ContentId::from_bytes(&reader.array()?);
        let (path, module, root) =
            (reader.text()?.to_owned(), reader.text()?.to_owned(), reader.text()?.to_owned());
        let (syntax, index) = (take_outcome(&mut reader)?, take_outcome(&mut reader)?);
        let mut fragments = Vec::new();
        for _ in 0..reader.varint()? {
            fragments.push(FragmentResult {
                name: reader.text()?.to_owned(),
                parent: reader.varint32()?,
                base_line: reader.varint32()?,
                positions: ContentId::from_bytes(&reader.array()?),
                code: take_outcome(&mut reader)?,
            });
        }
        let mut imports = Vec::new();
        for _ in 0..reader.varint()? {
            let import = reader.text()?.to_owned();
            let there = reader.u8()? == 1;
            let target = reader.text()?.to_owned();
            imports.push(Resolved { import, target: there.then_some(target) });
        }
        reader.finish()?;
        Ok(FileResult {
            path,
            module,
            package: flags & PACKAGE != 0,
            root,
            source,
            syntax,
            index,
            fragments,
            imports,
            findings: flags & FINDINGS != 0,
            errors: flags & ERRORS != 0,
        })
    }

    /// The artifacts that must be in the cache for the result to be of use.
    pub(crate) fn contents(&self) -> impl Iterator<Item = &ContentId> {
        let own = [&self.syntax, &self.index].into_iter().flatten().map(|(_, id)| id);
        own.chain(self.fragments.iter().filter_map(|fragment| fragment.code.as_ref()).map(|(_, id)| id))
    }
}

/// Flags and source of an encoded file, without the rest.
pub(crate) fn peek(bytes: &[u8]) -> Result<(bool, bool, ContentId), Short> {
    let mut reader = Reader::new(bytes);
    let flags = reader.u8()?;
    Ok((flags & FINDINGS != 0, flags & ERRORS != 0, ContentId::from_bytes(&reader.array()?)))
}

fn put_outcome(out: &mut Vec<u8>, outcome: &Option<(ActionId, ContentId)>) {
    match outcome {
        None => out.put_u8(0),
        Some((key, id)) => {
            out.put_u8(1);
            out.extend_from_slice(&key.0);
            out.extend_from_slice(&id.to_bytes());
        }
    }
}

fn take_outcome(reader: &mut Reader<'_>) -> Result<Option<(ActionId, ContentId)>, Short> {
    if reader.u8()? == 0 {
        return Ok(None);
    }
    Ok(Some((ActionId(reader.array()?), ContentId::from_bytes(&reader.array()?))))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sample(path: &str) -> FileResult {
        let id = ContentId::of(path.as_bytes());
        FileResult {
            path: path.into(),
            module: "a".into(),
            package: true,
            root: ".".into(),
            source: id,
            syntax: Some((ActionId([1; 32]), id)),
            index: None,
            fragments: vec![FragmentResult {
                name: "C.f#1".into(),
                parent: 0,
                base_line: 300,
                positions: id,
                code: Some((ActionId([2; 32]), id)),
            }],
            imports: vec![
                Resolved { import: "os".into(), target: None },
                Resolved { import: "b".into(), target: Some("b.py".into()) },
            ],
            findings: true,
            errors: false,
        }
    }

    #[test]
    fn results_round_trip_and_damage_is_an_error() {
        let result = sample("a.py");
        let mut bytes = Vec::new();
        result.encode(&mut bytes);
        assert_eq!(FileResult::decode(&bytes).unwrap(), result);
        assert_eq!(peek(&bytes).unwrap(), (true, false, result.source));
        for len in 0..bytes.len() {
            assert!(FileResult::decode(&bytes[..len]).is_err());
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            let _ = FileResult::decode(&damaged);
        }
    }
}
