//! Line starts of a text, so that an offset becomes a line and a column.
//!
//! Lookups come nearly in order, so the line found last is tried first.

use std::cell::Cell;

pub(crate) struct LineIndex {
    /// Offsets at which lines begin; the first is 0.
    starts: Vec<u32>,
    last: Cell<usize>,
}

impl LineIndex {
    pub(crate) fn new(text: &str) -> LineIndex {
        let mut starts = Vec::with_capacity(text.len() / 32 + 1);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        LineIndex { starts, last: Cell::new(0) }
    }

    /// Lines in the text; the empty line after a final newline does not count.
    pub(crate) fn count(&self, text: &str) -> u32 {
        let open_end = usize::from(self.starts.last().copied() == Some(text.len() as u32));
        (self.starts.len() - open_end.min(self.starts.len() - 1)) as u32
    }

    /// Line (from 0) and byte column (from 0).
    pub(crate) fn locate(&self, offset: u32) -> (u32, u32) {
        let holds = |line: usize| {
            self.starts[line] <= offset && self.starts.get(line + 1).is_none_or(|next| offset < *next)
        };
        let mut line = self.last.get();
        if !holds(line) {
            line = if line + 1 < self.starts.len() && holds(line + 1) {
                line + 1
            } else {
                self.starts.partition_point(|start| *start <= offset) - 1
            };
            self.last.set(line);
        }
        (line as u32, offset - self.starts[line])
    }
}

#[cfg(test)]
mod tests {
    use super::LineIndex;

    #[test]
    fn offsets_become_lines_and_columns_in_any_order() {
        let text = "ab\n\ncd";
        let lines = LineIndex::new(text);
        for (offset, place) in [(0, (0, 0)), (2, (0, 2)), (6, (2, 2)), (3, (1, 0)), (4, (2, 0)), (1, (0, 1))]
        {
            assert_eq!(lines.locate(offset), place);
        }
        assert_eq!(lines.count(text), 3);
        assert_eq!(LineIndex::new("a\n").count("a\n"), 1);
        assert_eq!(LineIndex::new("").count(""), 1);
    }
}
