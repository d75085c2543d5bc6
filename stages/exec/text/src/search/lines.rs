//! `splitlines`: a `bytes` knows three line ends, a `str` also the separators of Unicode.

use std::ops::Range;

use super::Unit;
use crate::{unicode, wtf8};

/// The lines of some data.
pub struct Lines<'a> {
    data: &'a [u8],
    unit: Unit,
    keep_ends: bool,
    at: usize,
}

/// Iterates over the lines of `data`, with their line ends when `keep_ends`.
pub fn lines(data: &[u8], unit: Unit, keep_ends: bool) -> Lines<'_> {
    Lines { data, unit, keep_ends, at: 0 }
}

impl Lines<'_> {
    /// Offset and width of the next line end from `from` on.
    fn next_break(&self, from: usize) -> Option<(usize, usize)> {
        let mut at = from;
        while let Some(&byte) = self.data.get(at) {
            let width = match byte {
                b'\n' => 1,
                b'\r' => 1 + usize::from(self.data.get(at + 1) == Some(&b'\n')),
                0x0b | 0x0c | 0x1c..=0x1e if self.unit == Unit::Character => 1,
                0xc2 | 0xe2 if self.unit == Unit::Character => {
                    let (point, width) = wtf8::decode(self.data, at);
                    if !unicode::is_line_break(point) {
                        at += width;
                        continue;
                    }
                    width
                }
                _ => {
                    at += 1;
                    continue;
                }
            };
            return Some((at, width));
        }
        None
    }
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        if start >= self.data.len() {
            return None;
        }
        let (end, width) = self.next_break(start).unwrap_or((self.data.len(), 0));
        self.at = end + width;
        Some(start..if self.keep_ends { self.at } else { end })
    }
}
