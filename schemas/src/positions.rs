//! Positions of one fragment's nodes, relative to the fragment, decoded only when somebody looks.
//!
//! ```text
//! count varint; then per node, in the tree's order:
//!   varint 0: the node has no place of its own (lists, absent slots)
//!   or zigzag(line - line of the placed node before) + 1 as varint, varint start column,
//!      varint lines spanned, varint end column
//! ```
//!
//! Lines count from the fragment's base line (0); columns are UTF-8 byte offsets, as `co_positions` reports them.

use crate::bytes::{Reader, Write};
use crate::container::ArtifactError;
use crate::tree::NodeId;

/// A range relative to its fragment's base line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    pub line: i32,
    pub col: u32,
    pub end_line: i32,
    pub end_col: u32,
}

/// Encodes one entry per node; `None` where the node has no place of its own.
pub fn encode(ranges: &[Option<Range>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(ranges.len() * 4 + 4);
    out.put_varint(ranges.len() as u64);
    let mut line = 0;
    for range in ranges {
        let Some(range) = range else {
            out.put_varint(0);
            continue;
        };
        let delta = i64::from(range.line) - line;
        out.put_varint(((delta << 1 ^ delta >> 63) as u64) + 1);
        out.put_varint(u64::from(range.col));
        out.put_varint((range.end_line - range.line).max(0) as u64);
        out.put_varint(u64::from(range.end_col));
        line = i64::from(range.line);
    }
    out
}

/// Decodes all ranges of a fragment.
pub fn decode(bytes: &[u8]) -> Result<Vec<Option<Range>>, ArtifactError> {
    let mut reader = Reader::new(bytes);
    let count = reader.varint()? as usize;
    if count > reader.remaining() {
        return Err(ArtifactError::Malformed("more positions than bytes"));
    }
    let mut ranges = Vec::with_capacity(count);
    let mut line = 0i64;
    for _ in 0..count {
        let Some(coded) = reader.varint()?.checked_sub(1) else {
            ranges.push(None);
            continue;
        };
        line = line.saturating_add((coded >> 1) as i64 ^ -((coded & 1) as i64));
        let col = reader.varint32()?;
        let spanned = i64::from(reader.varint32()?);
        let end_col = reader.varint32()?;
        let fit =
            |line: i64| i32::try_from(line).map_err(|_| ArtifactError::Malformed("a line is out of range"));
        ranges.push(Some(Range { line: fit(line)?, col, end_line: fit(line + spanned)?, end_col }));
    }
    reader.finish()?;
    Ok(ranges)
}

/// The range of one node; `None` when it has no place of its own or is not there.
pub fn lookup(bytes: &[u8], node: NodeId) -> Option<Range> {
    decode(bytes).ok()?.get(node.0 as usize).copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_round_trip_and_damage_is_an_error() {
        let ranges = [
            None,
            Some(Range { line: 0, col: 4, end_line: 3, end_col: 9 }),
            Some(Range { line: 200, col: 0, end_line: 200, end_col: 1000 }),
            Some(Range { line: -2, col: 0, end_line: 1, end_col: 1 }),
        ];
        let bytes = encode(&ranges);
        assert_eq!(decode(&bytes).unwrap(), ranges);
        assert_eq!(lookup(&bytes, NodeId(1)), ranges[1]);
        for len in 0..bytes.len() {
            assert!(decode(&bytes[..len]).is_err());
        }
        assert!(decode(&[0xff, 0xff, 0xff, 0xff, 0x0f]).is_err());
    }
}
