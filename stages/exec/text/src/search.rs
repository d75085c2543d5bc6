//! Searching and cutting, for `str` and `bytes`: `find`, `count`, `split`, `strip`, `replace`, `splitlines`.
//!
//! All positions are byte offsets. Generalised UTF-8 synchronises itself, so a search among bytes finds
//! whole characters; only where a single character matters (white space, empty needles) do the two types
//! differ, and [`Unit`] says which one is meant.

mod find;
mod lines;
mod replace;
mod split;
mod strip;

pub use find::{count, find, rfind};
pub use lines::{Lines, lines};
pub use replace::replace;
pub use split::{
    RightSplit, Split, right_split, right_split_whitespace, split, split_byte, split_whitespace,
};
pub use strip::{Side, strip_set, strip_whitespace};

use crate::{unicode, wtf8};

/// What one item of the searched data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A byte of a `bytes`.
    Byte,
    /// A character of a `str` in generalised UTF-8.
    Character,
}

impl Unit {
    /// How many items `data` has.
    pub fn count(self, data: &[u8]) -> usize {
        match self {
            Unit::Byte => data.len(),
            Unit::Character => wtf8::count(data),
        }
    }

    /// The item at `at` and its width, with white space as its type sees it.
    #[inline]
    fn space_at(self, data: &[u8], at: usize) -> (bool, usize) {
        let byte = data[at];
        if byte < 0x80 {
            return (is_ascii_space(self, byte), 1);
        }
        match self {
            Unit::Byte => (false, 1),
            Unit::Character => {
                let (point, width) = wtf8::decode(data, at);
                (unicode::is_space(point), width)
            }
        }
    }

    /// As [`Unit::space_at`] for the item that ends at `end`, which is not zero.
    #[inline]
    fn space_before(self, data: &[u8], end: usize) -> (bool, usize) {
        let byte = data[end - 1];
        if byte < 0x80 {
            return (is_ascii_space(self, byte), 1);
        }
        match self {
            Unit::Byte => (false, 1),
            Unit::Character => wtf8::last(&data[..end])
                .map_or((false, 1), |(point, width)| (unicode::is_space(point), width)),
        }
    }

    /// The width of the item at `at`.
    #[inline]
    fn width_at(self, data: &[u8], at: usize) -> usize {
        match self {
            Unit::Byte => 1,
            Unit::Character => wtf8::width(data[at]),
        }
    }
}

/// The separators 0x1c to 0x1f are white space in a `str` only.
#[inline]
fn is_ascii_space(unit: Unit, byte: u8) -> bool {
    matches!(byte, b' ' | 9..=13) || unit == Unit::Character && matches!(byte, 0x1c..=0x1f)
}
