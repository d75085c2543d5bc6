//! Stage executables: where they are, and their ToolIds, read from the ELF note without starting them.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use dx_schemas::ToolId;
use dx_schemas::bytes::Reader;
use dx_schemas::stages::StageSpec;

use crate::failure::Failure;

/// A stage that was found.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    pub(crate) path: PathBuf,
    pub(crate) id: ToolId,
}

/// The folder of the stages: `DX_STAGES`, or where dx-pipe itself lies.
pub(crate) fn folder() -> PathBuf {
    match std::env::var_os("DX_STAGES").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => {
            std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.to_path_buf())).unwrap_or_default()
        }
    }
}

pub(crate) fn find(spec: &StageSpec) -> Result<Tool, Failure> {
    let path = folder().join(spec.name);
    if !path.is_file() {
        return Err(Failure::NoStage { name: spec.name, path });
    }
    match read_note(&path, spec.name) {
        Ok(id) => Ok(Tool { path, id }),
        Err(reason) => Err(Failure::NotAStage { path, reason }),
    }
}

const NO_NOTE: &str = "it has no dx note";
/// Notes are small; a larger segment is not ours.
const NOTES_BYTES_MAX: u64 = 1 << 16;
const PROGRAM_HEADERS_MAX: usize = 128;
const PT_NOTE: u32 = 4;

/// Walks the note segments of a 64-bit little-endian ELF file for the note that `dx_shell::Note` writes.
fn read_note(path: &Path, stage: &str) -> Result<ToolId, &'static str> {
    let file = File::open(path).map_err(|_| "it cannot be read")?;
    let mut header = [0; 64];
    file.read_exact_at(&mut header, 0).map_err(|_| "it is too short")?;
    if !header.starts_with(b"\x7fELF\x02\x01") {
        return Err("it is no 64-bit ELF file");
    }
    let field = |at: usize, len: usize| {
        header[at..at + len].iter().rev().fold(0u64, |value, byte| value << 8 | u64::from(*byte))
    };
    let (offset, entry_bytes, count) = (field(32, 8), field(54, 2) as usize, field(56, 2) as usize);
    if entry_bytes != 56 || count > PROGRAM_HEADERS_MAX {
        return Err("its program headers are odd");
    }
    let mut table = vec![0; entry_bytes * count];
    file.read_exact_at(&mut table, offset).map_err(|_| "its program headers are cut off")?;
    for entry in table.chunks_exact(entry_bytes) {
        let mut reader = Reader::new(entry);
        let kind = reader.u32().map_err(|_| NO_NOTE)?;
        reader.u32().map_err(|_| NO_NOTE)?;
        let offset = reader.u64().map_err(|_| NO_NOTE)?;
        reader.take(16).map_err(|_| NO_NOTE)?;
        let size = reader.u64().map_err(|_| NO_NOTE)?;
        if kind != PT_NOTE || size > NOTES_BYTES_MAX {
            continue;
        }
        let mut notes = vec![0; size as usize];
        if file.read_exact_at(&mut notes, offset).is_ok()
            && let Some(id) = find_note(&notes, stage)
        {
            return Ok(id);
        }
    }
    Err(NO_NOTE)
}

fn find_note(notes: &[u8], stage: &str) -> Option<ToolId> {
    let mut reader = Reader::new(notes);
    while reader.remaining() > 0 {
        let name_bytes = reader.u32().ok()? as usize;
        let descriptor_bytes = reader.u32().ok()? as usize;
        let kind = reader.u32().ok()?;
        let name = reader.take(name_bytes.checked_next_multiple_of(4)?).ok()?;
        let padded = descriptor_bytes.checked_next_multiple_of(4)?.min(reader.remaining());
        let descriptor = reader.take(padded).ok()?;
        if kind == 1 && name == b"dx\0\0" && descriptor.len() == 64 {
            let of = descriptor[..32].split(|byte| *byte == 0).next()?;
            if of == stage.as_bytes() {
                return Some(ToolId(descriptor[32..].try_into().ok()?));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_found_behind_others_and_only_for_its_stage() {
        let mut notes = Vec::new();
        let mut note = |name: &[u8], kind: u32, descriptor: &[u8]| {
            notes.extend((name.len() as u32).to_le_bytes());
            notes.extend((descriptor.len() as u32).to_le_bytes());
            notes.extend(kind.to_le_bytes());
            notes.extend(name);
            notes.extend(descriptor);
        };
        note(b"GNU\0", 3, &[1; 20]);
        let mut descriptor = [0; 64];
        descriptor[..8].copy_from_slice(b"dx-parse");
        descriptor[32..].fill(9);
        note(b"dx\0\0", 1, &descriptor);
        assert_eq!(find_note(&notes, "dx-parse"), Some(ToolId([9; 32])));
        assert_eq!(find_note(&notes, "dx-index"), None);
        for len in 0..notes.len() {
            assert_eq!(find_note(&notes[..len], "dx-parse"), None);
        }
    }

    #[test]
    fn other_files_are_refused_with_a_reason() {
        let error = read_note(Path::new("/proc/self/exe"), "dx-parse").unwrap_err();
        assert_eq!(error, NO_NOTE);
        assert!(read_note(Path::new("Cargo.toml"), "dx-parse").is_err());
    }
}
