//! One entry in a pack: a 64-byte header, the payload, zeros up to the next multiple of 64.
//!
//! ```text
//! 0   magic "DXFR"
//! 4   slot u8 (name space, see key.rs), origin u8, zero u16
//! 8   payload bytes u32, CRC-32 of the payload u32
//! 16  key [32]
//! 48  checksum [16]: BLAKE3 of bytes 0..48, and for a record of its payload too; its first 128 bits
//! 64  payload
//! ```
//!
//! Content has its digest for a key, so hashing it once more would only double the cost of a put; the CRC is for whoever
//! asks for speed ([`crate::Verification::Checksum`]) and for walking. A record's key says nothing about its bytes.
//!
//! Frames begin at multiples of 64, so payloads do too, and a mapped one can be read at any width. A frame says
//! itself what it is: a pack whose index was lost is indexed again by walking it.

use std::io;

use crate::key::{EntryKey, Origin};
use crate::lookup::Miss;

pub(crate) const UNIT: usize = 64;
pub(crate) const HEADER: usize = 64;
const MAGIC: [u8; 4] = *b"DXFR";
const CHECKED: usize = 48;

/// A frame's payload never exceeds this; larger content is a file of its own.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 64 << 20;

/// Bytes that a payload of `len` takes in a pack, header and padding included.
pub(crate) fn span(len: usize) -> usize {
    HEADER + len.next_multiple_of(UNIT)
}

/// Appends a frame; `out` holds whole frames only.
pub(crate) fn append(out: &mut Vec<u8>, key: &EntryKey, origin: Origin, payload: &[u8]) {
    debug_assert!(out.len().is_multiple_of(UNIT) && payload.len() <= PAYLOAD_BYTES_MAX);
    let at = out.len();
    out.reserve(span(payload.len()));
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&[key.slot, origin as u8, 0, 0]);
    out.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    out.extend_from_slice(&crc32fast::hash(payload).to_le_bytes());
    out.extend_from_slice(&key.hash);
    let checksum = checksum(&out[at..at + CHECKED], key, payload);
    out.extend_from_slice(&checksum);
    out.extend_from_slice(payload);
    out.resize(at + span(payload.len()), 0);
}

fn checksum(head: &[u8], key: &EntryKey, payload: &[u8]) -> [u8; 16] {
    let hash = if key.is_content() {
        blake3::hash(head)
    } else {
        let mut hasher = blake3::Hasher::new();
        hasher.update(head);
        hasher.update(payload);
        hasher.finalize()
    };
    let mut out = [0; 16];
    out.copy_from_slice(&hash.as_bytes()[..16]);
    out
}

/// A frame that has been found whole.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) key: EntryKey,
    pub(crate) origin: Origin,
    pub(crate) payload: &'a [u8],
}

/// Reads the frame at the start of `bytes` and proves its checksums; the digest of content is the caller's to ask.
pub(crate) fn read(bytes: &[u8]) -> Result<Frame<'_>, Miss> {
    let Some((head, rest)) = bytes.split_at_checked(HEADER) else {
        return Err(Miss::Damaged("frame is cut off"));
    };
    if head[..4] != MAGIC {
        return Err(Miss::Damaged("no frame where the index points"));
    }
    let len = u32::from_le_bytes([head[8], head[9], head[10], head[11]]) as usize;
    let Some(payload) = rest.get(..len) else {
        return Err(Miss::Damaged("frame is cut off"));
    };
    let mut hash = [0; 32];
    hash.copy_from_slice(&head[16..CHECKED]);
    let key = EntryKey { hash, slot: head[4] };
    let whole = checksum(&head[..CHECKED], &key, payload) == head[CHECKED..]
        && crc32fast::hash(payload).to_le_bytes() == head[12..16];
    if !whole {
        return Err(Miss::Damaged("frame does not match its checksum"));
    }
    let origin = Origin::from_code(head[5]).ok_or(Miss::Damaged("frame of unknown origin"))?;
    Ok(Frame { key, origin, payload })
}

/// Walks whole frames from the start of `bytes` and stops at the first that is not; returns where it stopped.
pub(crate) fn walk(
    bytes: &[u8],
    mut visit: impl FnMut(usize, Frame<'_>) -> io::Result<()>,
) -> io::Result<usize> {
    let mut at = 0;
    while at < bytes.len() {
        let Ok(frame) = read(&bytes[at..]) else { break };
        let end = at + span(frame.payload.len());
        if end > bytes.len() {
            break;
        }
        visit(at, frame)?;
        at = end;
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let mut out = Vec::new();
        append(&mut out, &EntryKey { hash: [1; 32], slot: 0 }, Origin::Local, b"first");
        append(&mut out, &EntryKey { hash: [2; 32], slot: 1 }, Origin::Import, &[9; 200]);
        out
    }

    #[test]
    fn frames_are_walked_in_order_and_aligned() {
        let bytes = sample();
        let mut seen = Vec::new();
        let end = walk(&bytes, |at, frame| {
            seen.push((at, frame.key.hash[0], frame.payload.len(), frame.origin));
            Ok(())
        });
        assert_eq!(end.ok(), Some(bytes.len()));
        assert_eq!(seen, [(0, 1, 5, Origin::Local), (128, 2, 200, Origin::Import)]);
    }

    #[test]
    fn no_flipped_bit_of_header_or_payload_passes() {
        let bytes = sample();
        for at in 0..HEADER + 5 {
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[at] ^= 1 << bit;
                assert!(read(&bad).is_err(), "byte {at} bit {bit}");
            }
        }
    }
}
