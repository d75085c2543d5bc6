//! `strip`, `lstrip` and `rstrip`.

use std::ops::Range;

use super::Unit;
use crate::wtf8;

/// Which ends are stripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
    Both,
}

impl Side {
    fn left(self) -> bool {
        self != Side::Right
    }

    fn right(self) -> bool {
        self != Side::Left
    }
}

/// What is left of `data` without white space at its ends.
pub fn strip_whitespace(data: &[u8], unit: Unit, side: Side) -> Range<usize> {
    let (mut start, mut end) = (0, data.len());
    while side.left() && start < end {
        let (space, width) = unit.space_at(data, start);
        if !space {
            break;
        }
        start += width;
    }
    while side.right() && start < end {
        let (space, width) = unit.space_before(data, end);
        if !space {
            break;
        }
        end -= width;
    }
    start..end.max(start)
}

/// What is left of `data` without items of `set` at its ends.
pub fn strip_set(data: &[u8], set: &[u8], unit: Unit, side: Side) -> Range<usize> {
    let (mut start, mut end) = (0, data.len());
    let contains = |item: &[u8]| match item {
        [byte] => memchr::memchr(*byte, set).is_some(),
        _ => memchr::memmem::find(set, item).is_some(),
    };
    while side.left() && start < end {
        let width = unit.width_at(data, start).min(end - start);
        if !contains(&data[start..start + width]) {
            break;
        }
        start += width;
    }
    while side.right() && start < end {
        let width = match unit {
            Unit::Byte => 1,
            Unit::Character => wtf8::last(&data[start..end]).map_or(1, |(_, width)| width),
        };
        if !contains(&data[end - width..end]) {
            break;
        }
        end -= width;
    }
    start..end
}
