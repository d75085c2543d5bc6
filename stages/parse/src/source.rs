//! A source file as text: decoded, newlines translated, with the way back to lines, columns and the file's own bytes.
//!
//! CPython's tokenizer sees `\n` for every line end and UTF-8 for every coding, and its positions are in that text; so
//! are ours. Only spans of fragments are given in bytes of the file.

mod codec;
mod cookie;
mod decode;
mod lines;

pub(crate) use lines::LineIndex;

use std::borrow::Cow;

/// A decoded file.
pub(crate) struct Source<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) lines: LineIndex,
    /// Bytes of the byte order mark, which stands before the text.
    mark_bytes: u32,
    /// Offsets in the text of the line ends that were two bytes in the file, sorted.
    narrowed: Vec<u32>,
}

impl<'a> Source<'a> {
    fn new(text: Cow<'a, str>, mark_bytes: u32, narrowed: Vec<u32>) -> Source<'a> {
        let lines = LineIndex::new(&text);
        Source { text, lines, mark_bytes, narrowed }
    }

    /// The offset in the file of an offset in the text; in a file that is not UTF-8, the offset in its UTF-8 form.
    pub(crate) fn file_offset(&self, offset: u32) -> u32 {
        let before = self.narrowed.partition_point(|at| *at < offset) as u32;
        offset + before + self.mark_bytes
    }
}
