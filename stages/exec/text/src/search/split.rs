//! `split` and `rsplit`, by a separator and by runs of white space.

use std::ops::Range;

use memchr::memmem;

use super::{Unit, rfind};

/// The parts of `data` between separators, from the left.
pub struct Split<'a> {
    data: &'a [u8],
    finder: memmem::Finder<'a>,
    start: usize,
    left: usize,
    done: bool,
}

/// Splits at `separator` (not empty) at most `limit` times.
pub fn split<'a>(data: &'a [u8], separator: &'a [u8], limit: usize) -> Split<'a> {
    Split { data, finder: memmem::Finder::new(separator), start: 0, left: limit, done: false }
}

impl Iterator for Split<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        if self.done {
            return None;
        }
        let start = self.start;
        let rest = &self.data[start..];
        let needle = self.finder.needle();
        let found = match needle {
            _ if self.left == 0 => None,
            [byte] => memchr::memchr(*byte, rest),
            _ => self.finder.find(rest),
        };
        match found {
            Some(length) => {
                self.left -= 1;
                self.start = start + length + needle.len().max(1);
                Some(start..start + length)
            }
            None => {
                self.done = true;
                Some(start..self.data.len())
            }
        }
    }
}

/// As [`split`] at a single byte: nothing has to be prepared for the search.
pub fn split_byte(data: &[u8], separator: u8, limit: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let (mut start, mut left, mut done) = (0, limit, false);
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let from = start;
        let found = if left == 0 { None } else { memchr::memchr(separator, &data[from..]) };
        match found {
            Some(length) => {
                left -= 1;
                start = from + length + 1;
                Some(from..from + length)
            }
            None => {
                done = true;
                Some(from..data.len())
            }
        }
    })
}

/// The parts of `data` between separators, from the right: the last part comes first.
pub struct RightSplit<'a> {
    data: &'a [u8],
    separator: &'a [u8],
    end: usize,
    left: usize,
    done: bool,
}

/// Splits at `separator` (not empty) at most `limit` times, from the right.
pub fn right_split<'a>(data: &'a [u8], separator: &'a [u8], limit: usize) -> RightSplit<'a> {
    RightSplit { data, separator, end: data.len(), left: limit, done: false }
}

impl Iterator for RightSplit<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.done {
            return None;
        }
        let end = self.end;
        let found = if self.left == 0 || self.separator.is_empty() {
            None
        } else {
            rfind(&self.data[..end], self.separator)
        };
        match found {
            Some(at) => {
                self.left -= 1;
                self.end = at;
                Some(at + self.separator.len()..end)
            }
            None => {
                self.done = true;
                Some(0..end)
            }
        }
    }
}

/// The words of `data`, at most `limit` of them cut off; what is left comes as the last part.
pub fn split_whitespace(data: &[u8], unit: Unit, limit: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let (mut at, mut left) = (0, limit);
    std::iter::from_fn(move || {
        while at < data.len() {
            let (space, width) = unit.space_at(data, at);
            if !space {
                break;
            }
            at += width;
        }
        if at >= data.len() {
            return None;
        }
        let start = at;
        if left == 0 {
            // The remainder keeps its inner white space, and its trailing white space too.
            at = data.len();
            return Some(start..data.len());
        }
        left -= 1;
        while at < data.len() {
            let (space, width) = unit.space_at(data, at);
            if space {
                break;
            }
            at += width;
        }
        at = at.min(data.len());
        Some(start..at)
    })
}

/// As [`split_whitespace`], from the right: the last word comes first.
pub fn right_split_whitespace(
    data: &[u8],
    unit: Unit,
    limit: usize,
) -> impl Iterator<Item = Range<usize>> + '_ {
    let (mut end, mut left) = (data.len(), limit);
    std::iter::from_fn(move || {
        while end > 0 {
            let (space, width) = unit.space_before(data, end);
            if !space {
                break;
            }
            end -= width;
        }
        if end == 0 {
            return None;
        }
        let last = end;
        if left == 0 {
            end = 0;
            return Some(0..last);
        }
        left -= 1;
        while end > 0 {
            let (space, width) = unit.space_before(data, end);
            if space {
                break;
            }
            end -= width;
        }
        Some(end..last)
    })
}
