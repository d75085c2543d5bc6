//! From a place in code to lines of source: positions are decoded and files read only when a traceback is shown.

use dx_schemas::positions::{self, Range};

use crate::code::Code;

/// Where an instruction stands in its file.
#[derive(Clone, Debug)]
pub struct Place {
    /// From 1.
    pub line: u32,
    pub end_line: u32,
    /// UTF-8 byte offsets.
    pub col: u32,
    pub end_col: u32,
    /// Ranges of the nodes below the instruction's node, in the tree's order, in lines of the file.
    pub below: Vec<(u32, u32, u32, u32)>,
}

/// The place of the instruction at an offset.
pub fn place(code: &Code, offset: u32) -> Option<Place> {
    let fragment = code.fragment();
    let input = &fragment.module().input.fragments[fragment.row as usize];
    let object = fragment.view()?;
    let node = object.object(code.index).node_at(offset)? as usize;
    let ranges = positions::decode(input.position_bytes()).ok()?;
    let base = i64::from(input.base_line);
    let absolute = |range: &Range| {
        let line = |line: i32| u32::try_from(base + i64::from(line)).unwrap_or(1);
        (line(range.line), range.col, line(range.end_line), range.end_col)
    };
    let own = ranges.get(node)?.as_ref().map(absolute)?;
    let end = (own.2, own.3);
    let below = ranges[node + 1..]
        .iter()
        .flatten()
        .map(absolute)
        .take_while(|range| (range.0, range.1) < end)
        .collect();
    Some(Place { line: own.0, end_line: own.2, col: own.1, end_col: own.3, below })
}

/// The line of the instruction at an offset, or the first line of its scope.
pub fn line(code: &Code, offset: u32) -> u32 {
    place(code, offset).map_or_else(|| first_line(code), |place| place.line)
}

/// `co_firstlineno`.
pub fn first_line(code: &Code) -> u32 {
    let fragment = code.fragment();
    let input = &fragment.module().input.fragments[fragment.row as usize];
    if code.index == 0 {
        return input.base_line;
    }
    let ranges = positions::decode(input.position_bytes()).unwrap_or_default();
    let line = ranges.get(code.node as usize).and_then(Option::as_ref).map_or(0, |range| range.line);
    u32::try_from(i64::from(input.base_line) + i64::from(line)).unwrap_or(1)
}

/// Lines `first..=last` of a module's source, if it can be read.
pub fn lines(code: &Code, first: u32, last: u32) -> Option<Vec<String>> {
    let input = &code.fragment().module().input;
    let bytes = match &input.source {
        Some(source) => source.as_bytes().to_vec(),
        None => std::fs::read(&input.path).ok()?,
    };
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let found: Vec<String> = split_lines(text)
        .skip(first.checked_sub(1)? as usize)
        .take((last.saturating_sub(first) + 1) as usize)
        .map(str::to_owned)
        .collect();
    (!found.is_empty()).then_some(found)
}

/// Lines without their ends; `\r\n`, `\r` and `\n` end one.
fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match text.find(['\n', '\r']) {
            Some(at) => {
                let next = if text[at..].starts_with("\r\n") { at + 2 } else { at + 1 };
                rest = Some(&text[next..]);
                Some(&text[..at])
            }
            None => {
                rest = None;
                Some(text)
            }
        }
    })
}
