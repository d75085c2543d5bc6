//! The start of a line: blocks open and close by columns, which must agree whatever a tab is worth.

use super::{Scanner, Shape, Stop};
use crate::finding::{Exception, span};

const TAB_WIDTH: usize = 8;
const BLOCKS_MAX: usize = 100;
const TABS_MESSAGE: &str = "inconsistent use of tabs and spaces in indentation";

impl Scanner<'_> {
    /// Measures the next line that has a statement and opens or closes blocks.
    pub(super) fn indentation(&mut self) -> Result<(), Stop> {
        loop {
            let line_start = self.at;
            let (col, alt) = self.columns();
            match self.peek(0) {
                b'#' => self.skip_comment(),
                b'\n' => {}
                _ if self.at >= self.bytes.len() => {
                    while self.indents.len() > 1 {
                        self.indents.pop();
                        self.push(Shape::Dedent, self.at);
                    }
                    return Ok(());
                }
                _ => return self.block(line_start, col, alt),
            }
            if self.at < self.bytes.len() {
                self.at += 1;
            }
        }
    }

    /// The column of the next character with tabs to eight, and with tabs as one.
    fn columns(&mut self) -> (usize, usize) {
        let (mut col, mut alt) = (0, 0);
        loop {
            match self.peek(0) {
                b' ' => (col, alt) = (col + 1, alt + 1),
                b'\t' => (col, alt) = ((col / TAB_WIDTH + 1) * TAB_WIDTH, alt + 1),
                b'\x0c' => (col, alt) = (0, 0),
                b'\\' if self.peek(1) == b'\n' => {
                    // The line goes on; its column is that of the first part.
                    self.at += 2;
                    while matches!(self.peek(0), b' ' | b'\t' | b'\x0c') {
                        self.at += 1;
                    }
                    return (col, alt);
                }
                _ => return (col, alt),
            }
            self.at += 1;
        }
    }

    fn block(&mut self, line_start: usize, col: usize, alt: usize) -> Result<(), Stop> {
        let fail = |exception, message: &str| {
            if exception == Exception::Tab {
                let range = span(line_start, line_start);
                return Err(Stop { exception, range, message: message.to_owned(), far: false });
            }
            let rest = &self.bytes[line_start..];
            let end = memchr::memchr(b'\n', rest).map_or(self.bytes.len(), |len| line_start + len);
            Err(Stop { exception, range: span(end, end), message: message.to_owned(), far: false })
        };
        let (top_col, top_alt) = self.indents.last().copied().unwrap_or_default();
        if col == top_col {
            return if alt == top_alt { Ok(()) } else { fail(Exception::Tab, TABS_MESSAGE) };
        }
        if col > top_col {
            if alt <= top_alt {
                return fail(Exception::Tab, TABS_MESSAGE);
            }
            if self.indents.len() >= BLOCKS_MAX {
                return fail(Exception::Indentation, "too many levels of indentation");
            }
            self.indents.push((col, alt));
            self.push(Shape::Indent, line_start);
            return Ok(());
        }
        let keep = self.indents.iter().rposition(|(open, _)| *open <= col).unwrap_or(0);
        let (found_col, found_alt) = self.indents[keep];
        if found_col != col {
            return fail(Exception::Indentation, "unindent does not match any outer indentation level");
        }
        if found_alt != alt {
            return fail(Exception::Tab, TABS_MESSAGE);
        }
        while self.indents.len() > keep + 1 {
            self.indents.pop();
            self.push(Shape::Dedent, self.at);
        }
        Ok(())
    }
}
