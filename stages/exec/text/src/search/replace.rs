//! `replace`, also of the empty string between all items.

use memchr::memmem;

use super::Unit;

/// `data` with the first `limit` occurrences of `old` replaced; nothing when there is none.
pub fn replace(data: &[u8], old: &[u8], new: &[u8], unit: Unit, limit: usize) -> Option<Vec<u8>> {
    if limit == 0 {
        return None;
    }
    if old.is_empty() {
        return Some(interleave(data, new, unit, limit));
    }
    let mut found: Box<dyn Iterator<Item = usize>> = match old {
        [byte] => Box::new(memchr::memchr_iter(*byte, data).take(limit)),
        _ => Box::new(memmem::find_iter(data, old).take(limit)),
    };
    let first = found.next()?;
    let mut out = Vec::with_capacity(data.len() + new.len());
    out.extend_from_slice(&data[..first]);
    out.extend_from_slice(new);
    let mut copied = first + old.len();
    for at in found {
        out.extend_from_slice(&data[copied..at]);
        out.extend_from_slice(new);
        copied = at + old.len();
    }
    out.extend_from_slice(&data[copied..]);
    Some(out)
}

/// `new` before each item and at the end, `limit` times at most.
fn interleave(data: &[u8], new: &[u8], unit: Unit, limit: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let (mut at, mut left) = (0, limit);
    while left > 0 {
        out.extend_from_slice(new);
        left -= 1;
        if at >= data.len() {
            return out;
        }
        let width = unit.width_at(data, at).min(data.len() - at);
        out.extend_from_slice(&data[at..at + width]);
        at += width;
    }
    out.extend_from_slice(&data[at..]);
    out
}
