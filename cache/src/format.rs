//! The FORMAT file: the layout's version and the cache's random identity, on one line with a checksum.
//!
//! ```text
//! dx-cache VERSION ID CRC
//! ```
//!
//! The line's shape stays for ever, so that every version can tell "newer than me" (left untouched) from "damaged"
//! (written anew, with a new identity: what was remembered about the old cache is then no longer believed).

use std::fmt;
use std::path::Path;

use dx_schemas::digest::{Hex, from_hex};

use crate::error::CacheError;
use crate::layout::Layout;
use crate::sys::files;

pub(crate) const VERSION: u32 = 1;

/// 128 random bits made when the directory became a cache.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CacheId(pub [u8; 16]);

impl CacheId {
    /// For a stat manifest whose result stands in no cache.
    pub const NONE: CacheId = CacheId([0; 16]);
}

impl fmt::Display for CacheId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Hex(&self.0))
    }
}

impl fmt::Debug for CacheId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CacheId({self})")
    }
}

fn line(version: u32, id: CacheId) -> String {
    let body = format!("dx-cache {version} {id}");
    format!("{body} {:08x}\n", crc32fast::hash(body.as_bytes()))
}

pub(crate) enum Read {
    Current(CacheId),
    Future(u32),
    Damaged,
}

pub(crate) fn read(bytes: &[u8]) -> Read {
    parse(bytes).unwrap_or(Read::Damaged)
}

fn parse(bytes: &[u8]) -> Option<Read> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let (body, crc) = text.rsplit_once(' ')?;
    if u32::from_str_radix(crc, 16).ok()? != crc32fast::hash(body.as_bytes()) {
        return None;
    }
    let mut words = body.strip_prefix("dx-cache ")?.split(' ');
    let version: u32 = words.next()?.parse().ok()?;
    if version > VERSION {
        return Some(Read::Future(version));
    }
    let id = CacheId(from_hex(words.next()?)?);
    (version == VERSION && words.next().is_none()).then_some(Read::Current(id))
}

/// Writes a FORMAT file with a new identity. Unless it `replaces` a damaged one, a file that another process has just
/// made stays, so that both have the same identity.
pub(crate) fn create(layout: &Layout, replaces: bool) -> Result<(), CacheError> {
    let target = layout.format();
    let write = |target: &Path| {
        let id = CacheId(files::random()?);
        let text = line(VERSION, id);
        if replaces {
            return files::publish(&layout.scratch(), target, text.as_bytes());
        }
        files::publish_new(&layout.scratch(), target, text.as_bytes())
    };
    write(&target).map_err(CacheError::io("write", &target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_not_mistaken_for_another_version() {
        let id = CacheId([7; 16]);
        let good = line(VERSION, id).into_bytes();
        assert!(matches!(read(&good), Read::Current(found) if found == id));
        assert!(matches!(read(line(9, id).as_bytes()), Read::Future(9)));
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                let same_number = bad.eq_ignore_ascii_case(&good);
                assert!(matches!(read(&bad), Read::Damaged) || same_number, "byte {at} bit {bit}");
            }
            assert!(matches!(read(&good[..at]), Read::Damaged));
        }
    }
}
