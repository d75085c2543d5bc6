//! The GENERATION file: a number that changes whenever something was removed from the cache.
//!
//! Who remembers "everything I need is in this cache" (the stat manifest) remembers this number too. A number that
//! cannot be read counts as one that was never seen.

use std::fs;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::layout::Layout;
use crate::sys::files;

/// A cache without the file has never lost anything.
pub(crate) fn read(layout: &Layout) -> u64 {
    match fs::read(layout.generation()) {
        Ok(bytes) => parse(&bytes).unwrap_or_else(unseen),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(_) => unseen(),
    }
}

pub(crate) fn advance(layout: &Layout) -> io::Result<u64> {
    let next = read(layout).wrapping_add(1);
    let text = format!("{next} {:08x}\n", crc32fast::hash(&next.to_le_bytes()));
    files::publish(&layout.scratch(), &layout.generation(), text.as_bytes())?;
    Ok(next)
}

fn parse(bytes: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let (number, crc) = text.split_once(' ')?;
    let number: u64 = number.parse().ok()?;
    (u32::from_str_radix(crc, 16).ok()? == crc32fast::hash(&number.to_le_bytes())).then_some(number)
}

/// Nanoseconds since 1970 with the top bit set: far from any count, and different at each call.
fn unseen() -> u64 {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
    nanos | 1 << 63
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_number_is_one_never_seen() {
        assert_eq!(parse(b"7 12345678\n"), None);
        assert_eq!(parse(b"7"), None);
        let good = format!("7 {:08x}\n", crc32fast::hash(&7u64.to_le_bytes()));
        assert_eq!(parse(good.as_bytes()), Some(7));
        assert!(unseen() > 1 << 62);
    }
}
