//! Large content: a file of its own, kept by the `cacache` crate under its SHA-256.
//!
//! Only content by hash goes there, in one write without a declared size: mutable keys grow without bound in that
//! crate, and a declared size makes it write through a mapping, where a full disk is a SIGBUS and not an error. Reading
//! maps the file at the address that its layout documents (`content-v2/sha256/ab/cd/…`, pinned by a test) instead of
//! going through the crate, which copies.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use dx_schemas::digest::{ContentId, Hex};

use crate::blob::Blob;
use crate::layout::Layout;
use crate::lookup::Miss;
use crate::sys::map::Mapping;

pub(crate) fn path(layout: &Layout, sha256: &[u8; 32]) -> PathBuf {
    let hex = Hex(sha256).to_string();
    layout.blobs().join("content-v2/sha256").join(&hex[..2]).join(&hex[2..4]).join(&hex[4..])
}

/// Stores `bytes`; an existing file of the same address, damaged or not, is replaced.
pub(crate) fn write(layout: &Layout, bytes: &[u8]) -> io::Result<()> {
    let write = || -> Result<(), cacache::Error> {
        let options = cacache::WriteOpts::new().algorithm(cacache::Algorithm::Sha256);
        let mut writer = options.open_hash_sync(layout.blobs())?;
        io::Write::write_all(&mut writer, bytes)
            .map_err(|error| cacache::Error::IoError(error, "write".to_owned()))?;
        writer.commit()?;
        Ok(())
    };
    write().map_err(|error| match error {
        cacache::Error::IoError(error, _) => error,
        other => io::Error::other(other),
    })
}

/// The file's bytes if they have the right length; whether they have the right digest is the caller's to ask.
pub(crate) fn read(layout: &Layout, id: &ContentId, map: bool) -> Result<Blob, Miss> {
    let absent = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Miss::Absent,
        kind => Miss::Unreadable(kind),
    };
    let path = path(layout, &id.sha256);
    let file = File::open(&path).map_err(absent)?;
    if file.metadata().map_err(absent)?.len() != id.size_bytes {
        return Err(Miss::Damaged("file has the wrong length"));
    }
    if !map {
        return Ok(Blob::copy_of(&fs::read(&path).map_err(absent)?));
    }
    let mapping = Mapping::whole(&file).map_err(absent)?;
    let len = usize::try_from(id.size_bytes).map_err(|_| Miss::Damaged("file has the wrong length"))?;
    if mapping.len() < len {
        return Err(Miss::Damaged("file has the wrong length"));
    }
    Ok(Blob::mapped(Arc::new(mapping), 0..len))
}

/// Every stored file with its size and address; names that are no address are left out.
pub(crate) fn list(layout: &Layout) -> io::Result<Vec<(ContentId, fs::Metadata)>> {
    let mut out = Vec::new();
    let root = layout.blobs().join("content-v2/sha256");
    for first in directories(&root)? {
        for second in directories(&first)? {
            let prefix: String = [&first, &second]
                .iter()
                .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
                .collect();
            for entry in fs::read_dir(&second)? {
                let entry = entry?;
                let Some(name) = entry.file_name().to_str().map(|name| format!("{prefix}{name}")) else {
                    continue;
                };
                let (Some(sha256), Ok(metadata)) = (dx_schemas::digest::from_hex(&name), entry.metadata())
                else {
                    continue;
                };
                out.push((ContentId { sha256, size_bytes: metadata.len() }, metadata));
            }
        }
    }
    out.sort_unstable_by_key(|(id, _)| *id);
    Ok(out)
}

fn directories(path: &std::path::Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(path) {
        Ok(entries) => entries
            .filter_map(|entry| match entry {
                Ok(entry) if entry.file_type().is_ok_and(|kind| kind.is_dir()) => Some(Ok(entry.path())),
                Ok(_) => None,
                Err(error) => Some(Err(error)),
            })
            .collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_crate_stores_where_we_look_and_replaces_damage() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(dir.path());
        let bytes = vec![5; 300_000];
        let id = ContentId::of(&bytes);
        write(&layout, &bytes).unwrap();
        assert_eq!(&read(&layout, &id, true).unwrap()[..], &bytes[..]);
        assert_eq!(list(&layout).unwrap().len(), 1);
        let damage = |path: &Path| fs::write(path, &bytes[..1000]).unwrap();
        damage(&path(&layout, &id.sha256));
        assert!(matches!(read(&layout, &id, true), Err(Miss::Damaged(_))));
        write(&layout, &bytes).unwrap();
        assert_eq!(&read(&layout, &id, false).unwrap()[..], &bytes[..]);
    }
}
