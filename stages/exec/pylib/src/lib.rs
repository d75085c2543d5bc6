//! The standard library's Python sources, embedded.
//!
//! A program runs where no Python is installed, so its standard library travels inside the executable, compressed. The
//! driver writes it once into a folder named by [`DIGEST`] and then treats it as any other source tree.

use std::io;

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
