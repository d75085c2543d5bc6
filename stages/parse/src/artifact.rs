//! The result of a parse, and its form as a `syntax` artifact.

use std::collections::BTreeMap;

use dx_schemas::diagnostic::{Diagnostic, normalise};
use dx_schemas::positions::{self, Range};
use dx_schemas::syntax::{self, FragmentTable, SpanRow, SpanTable};
use dx_schemas::{ArtifactBuilder, Kind, SectionKind};
use ruff_text_size::{TextRange, TextSize};

use crate::finding::{Finding, Findings};
use crate::lower::Draft;
use crate::source::Source;

/// Everything that dx-parse makes of one file. Rows, trees, positions and spans have the same order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    pub table: FragmentTable,
    /// Sections in the layout of [`dx_schemas::tree`].
    pub trees: Vec<Vec<u8>>,
    /// Sections in the layout of [`dx_schemas::positions`].
    pub positions: Vec<Vec<u8>>,
    pub spans: SpanTable,
    /// Sorted by place; errors and warnings.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    pub(crate) fn assemble(
        source: &Source<'_>,
        drafts: Vec<Draft>,
        findings: &Findings,
        future_annotations: bool,
    ) -> Parsed {
        let mut table =
            FragmentTable { fragments: Vec::new(), future_annotations, broken: findings.has_errors() };
        let mut spans = SpanTable { spans: Vec::new(), line_count: source.lines.count(&source.text) };
        let (mut trees, mut sections) = (Vec::new(), Vec::new());
        let mut ordinals: BTreeMap<String, u32> = BTreeMap::new();
        for mut draft in drafts {
            if draft.ordinal != 0 {
                let next = ordinals.entry(draft.row.qualname.clone()).or_default();
                draft.row.ordinal = *next;
                *next += 1;
            }
            let base = source.lines.locate(draft.range.start().to_u32()).0;
            let base = if draft.ordinal == 0 { 0 } else { base };
            spans.spans.push(SpanRow {
                base_line: base + 1,
                start_byte: source.file_offset(draft.range.start().to_u32()),
                end_byte: source.file_offset(draft.range.end().to_u32()),
                l1: text_hash(source, &draft),
            });
            let ranges: Vec<_> =
                draft.ranges.iter().map(|place| place.map(|place| relative(source, place, base))).collect();
            sections.push(positions::encode(&ranges));
            trees.push(draft.builder.finish());
            table.fragments.push(draft.row);
        }
        let mut diagnostics = findings.iter().map(|finding| diagnostic(source, finding)).collect();
        normalise(&mut diagnostics);
        Parsed { table, trees, positions: sections, spans, diagnostics }
    }

    pub fn has_errors(&self) -> bool {
        self.table.broken
    }

    /// The bytes of the artifact.
    pub fn to_artifact(&self) -> Vec<u8> {
        let mut builder = ArtifactBuilder::new(Kind::Syntax);
        builder.add(SectionKind::FragmentTable, 0, syntax::encode(&self.table));
        builder.add(SectionKind::Spans, 0, syntax::encode(&self.spans));
        builder.add(SectionKind::Diagnostics, 0, syntax::encode(&self.diagnostics));
        for (ordinal, (tree, section)) in (0..).zip(self.trees.iter().zip(&self.positions)) {
            builder.add(SectionKind::Tree, ordinal, tree.clone());
            builder.add(SectionKind::Positions, ordinal, section.clone());
        }
        builder.finish()
    }
}

fn relative(source: &Source<'_>, place: TextRange, base: u32) -> Range {
    let (line, col) = source.lines.locate(place.start().to_u32());
    let (end_line, end_col) = source.lines.locate(place.end().to_u32());
    Range { line: line as i32 - base as i32, col, end_line: end_line as i32 - base as i32, end_col }
}

/// Equal hash, equal positions: the fragment's text without its children's bodies, of which only the shape counts (how
/// many lines they take and where they end), and the column where it starts.
fn text_hash(source: &Source<'_>, draft: &Draft) -> [u8; 32] {
    let text = source.text.as_bytes();
    let slice =
        |start: TextSize, end: TextSize| text.get(start.to_usize()..end.to_usize()).unwrap_or_default();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&source.lines.locate(draft.range.start().to_u32()).1.to_le_bytes());
    let mut at = draft.range.start();
    for child in &draft.children {
        let kept = slice(at, child.start());
        hasher.update(&(kept.len() as u64).to_le_bytes());
        hasher.update(kept);
        let (start_line, _) = source.lines.locate(child.start().to_u32());
        let (end_line, end_col) = source.lines.locate(child.end().to_u32());
        hasher.update(&(end_line - start_line).to_le_bytes());
        hasher.update(&end_col.to_le_bytes());
        at = child.end().max(at);
    }
    hasher.update(slice(at, draft.range.end()));
    *hasher.finalize().as_bytes()
}

/// Columns of diagnostics count characters from 1.
fn diagnostic(source: &Source<'_>, finding: &Finding) -> Diagnostic {
    let place = |offset: TextSize| {
        let offset = offset.to_usize().min(source.text.len());
        let offset = source.text.floor_char_boundary(offset);
        let (line, col) = source.lines.locate(offset as u32);
        let start = offset - col as usize;
        (line + 1, source.text[start..offset].chars().count() as u32 + 1)
    };
    let (line, col) = place(finding.range.start());
    let (end_line, end_col) = place(finding.range.end());
    Diagnostic {
        line,
        col,
        end_line,
        end_col,
        severity: finding.severity(),
        code: finding.exception.code().to_owned(),
        message: finding.message.clone(),
        exception: finding.exception.name().to_owned(),
    }
}
