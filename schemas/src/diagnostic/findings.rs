//! From the findings that artifacts store to findings with a place in the file.
//!
//! dx-parse stores places; later stages store nodes, because a position in their artifacts would change with every
//! moved line. Whoever prints joins the two through the `positions` and `spans` of the syntax artifact.

use crate::container::{Artifact, ArtifactError, Kind, SectionKind};
use crate::diagnostic::Diagnostic;
use crate::index::NodeDiagnostic;
use crate::positions;
use crate::syntax::{SpanTable, decode};
use crate::tree::NodeId;

/// What is needed to give a node its place.
pub struct Places<'a> {
    syntax: &'a Artifact<'a>,
    spans: SpanTable,
    source: Option<&'a [u8]>,
}

impl<'a> Places<'a> {
    pub fn new(syntax: &'a Artifact<'a>, source: Option<&'a [u8]>) -> Result<Places<'a>, ArtifactError> {
        let spans = match syntax.find(SectionKind::Spans, 0) {
            Some(_) => decode(syntax.section(SectionKind::Spans, 0)?)?,
            None => SpanTable::default(),
        };
        Ok(Places { syntax, spans, source })
    }

    /// The finding with its place; the first line of its fragment where the node has none.
    pub fn place(&self, found: &NodeDiagnostic) -> Diagnostic {
        let base = self.spans.spans.get(found.fragment as usize).map_or(1, |span| span.base_line);
        let range = self
            .syntax
            .section(SectionKind::Positions, found.fragment)
            .ok()
            .and_then(|bytes| positions::lookup(bytes, NodeId(found.node)));
        let at = |line: i32| u32::try_from(i64::from(base) + i64::from(line)).unwrap_or(base);
        let (line, col, end_line, end_col) = match range {
            Some(range) => {
                let (line, end_line) = (at(range.line), at(range.end_line));
                (line, self.column(line, range.col), end_line, self.column(end_line, range.end_col))
            }
            None => (base, 1, base, 1),
        };
        Diagnostic {
            line,
            col,
            end_line,
            end_col,
            severity: found.severity,
            code: found.code.clone(),
            message: found.message.clone(),
            exception: found.exception.clone(),
        }
    }

    /// A byte offset as a column of characters from 1.
    fn column(&self, line: u32, byte: u32) -> u32 {
        let text = self.source.and_then(|source| line_of(source, line)).unwrap_or_default();
        match text.get(..byte as usize) {
            Some(before) => String::from_utf8_lossy(before).chars().count() as u32 + 1,
            None => byte.saturating_add(1),
        }
    }
}

/// All findings of one artifact, sorted. `fragment` is the unit's own where the artifact is of one fragment and
/// therefore does not know which it is.
pub fn of_artifact(
    artifact: &Artifact<'_>,
    places: Option<&Places<'_>>,
    fragment: Option<u32>,
) -> Result<Vec<Diagnostic>, ArtifactError> {
    if artifact.find(SectionKind::Diagnostics, 0).is_none() {
        return Ok(Vec::new());
    }
    let bytes = artifact.section(SectionKind::Diagnostics, 0)?;
    let mut out = if artifact.kind == Kind::Syntax {
        decode::<Vec<Diagnostic>>(bytes)?
    } else {
        let mut found: Vec<NodeDiagnostic> = decode(bytes)?;
        if let Some(fragment) = fragment {
            found.iter_mut().for_each(|one| one.fragment = fragment);
        }
        let unplaced = |one: &NodeDiagnostic| Diagnostic {
            line: 1,
            col: 1,
            end_line: 1,
            end_col: 1,
            severity: one.severity,
            code: one.code.clone(),
            message: one.message.clone(),
            exception: one.exception.clone(),
        };
        found.iter().map(|one| places.map_or_else(|| unplaced(one), |places| places.place(one))).collect()
    };
    super::normalise(&mut out);
    Ok(out)
}

/// A line of source (from 1) without its end; `\n`, `\r\n` and `\r` end lines, as Python's tokenizer has it.
pub fn line_of(source: &[u8], line: u32) -> Option<&[u8]> {
    let mut rest = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    for _ in 1..line {
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
        let width = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = &rest[end + width..];
    }
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_the_tokenizer_ends_them() {
        let source = b"\xef\xbb\xbfa\r\nb\rc\n\nd";
        let lines: Vec<_> = (1..=6).map(|line| line_of(source, line)).collect();
        assert_eq!(lines, [Some(&b"a"[..]), Some(b"b"), Some(b"c"), Some(b""), Some(b"d"), None]);
    }
}
