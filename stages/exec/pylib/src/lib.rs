//! The standard library's Python sources, embedded.
//!
//! A program runs where no Python is installed, so its standard library travels inside the executable, compressed. The
//! driver writes it once into a folder named by [`DIGEST`] and then treats it as any other source tree.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Names the contents: 16 hexadecimal digits, the same on every machine that embeds the same sources.
pub const DIGEST: &str = include_str!(concat!(env!("OUT_DIR"), "/digest"));

static ARCHIVE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lib.zst"));

/// The unpacked sources.
pub struct Sources {
    bytes: Vec<u8>,
}

impl Sources {
    /// Unpacks the archive (some 15 MB, 20 ms).
    pub fn unpack() -> io::Result<Sources> {
        let bytes = zstd::decode_all(ARCHIVE)?;
        debug_assert_eq!(bytes.len().to_string(), env!("DX_PYLIB_BYTES"));
        Ok(Sources { bytes })
    }

    /// Path relative to the library's root (`json/decoder.py`) and contents, sorted by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let mut rest = &self.bytes[..];
        std::iter::from_fn(move || {
            let name = next_part(&mut rest)?;
            let body = next_part(&mut rest)?;
            Some((std::str::from_utf8(name).ok()?, body))
        })
    }
}

/// The folder with the sources, below `base` and named by what is in it; unpacked once, whole or not at all, also when
/// several processes do it at the same time or one is killed. `base` is made private, as the cache wants its folder.
pub fn folder_in(base: &Path) -> io::Result<PathBuf> {
    let folder = base.join("library").join(DIGEST);
    if folder.is_dir() {
        return Ok(folder);
    }
    make_private(base)?;
    let unfinished = folder.with_extension(format!("{}.tmp", std::process::id()));
    for (name, bytes) in Sources::unpack()?.files() {
        let file = unfinished.join(name);
        fs::create_dir_all(file.parent().unwrap_or(&unfinished))?;
        fs::write(&file, bytes)?;
    }
    if let Err(error) = fs::rename(&unfinished, &folder) {
        let _ = fs::remove_dir_all(&unfinished);
        if !folder.is_dir() {
            return Err(error);
        }
    }
    Ok(folder)
}

fn make_private(base: &Path) -> io::Result<()> {
    if let Some(parent) = base.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::DirBuilder::new().mode(0o700).create(base) {
        // A directory that a script made beforehand has the umask's mode; once it is filled the cache may refuse it.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if fs::read_dir(base)?.next().is_none() {
                fs::set_permissions(base, fs::Permissions::from_mode(0o700))?;
            }
            Ok(())
        }
        made => made,
    }
}

fn next_part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (len, after) = rest.split_first_chunk::<4>()?;
    let (part, after) = after.split_at_checked(u32::from_le_bytes(*len) as usize)?;
    *rest = after;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_whole_and_sorted() {
        let sources = Sources::unpack().unwrap();
        let names: Vec<_> = sources.files().map(|(name, _)| name).collect();
        assert!(names.is_sorted());
        assert!(names.len() > 600, "only {} files", names.len());
        for name in ["abc.py", "json/decoder.py", "collections/__init__.py", "re/_compiler.py"] {
            assert!(names.contains(&name), "{name} is missing");
        }
        let bytes: usize = sources.files().map(|(name, body)| name.len() + body.len() + 8).sum();
        assert_eq!(bytes, sources.bytes.len());
    }
}
