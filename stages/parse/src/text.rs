//! The text form of a result, for people and goldens.

use std::fmt::Write;

use dx_schemas::positions;
use dx_schemas::tree::Tree;

use crate::Parsed;

/// Fragments with their trees, each node with its place, then the diagnostics.
pub fn to_text(parsed: &Parsed) -> String {
    let mut out = String::new();
    let spans = &parsed.spans.spans;
    let sections = parsed.trees.iter().zip(&parsed.positions);
    for ((row, span), (tree, places)) in parsed.table.fragments.iter().zip(spans).zip(sections) {
        let id = if row.qualname.is_empty() { "<module>".to_owned() } else { row.id() };
        // Writing to a string cannot fail.
        let _ = write!(out, "fragment {id} {:?} parent={}", row.kind, row.parent);
        if !row.class_name.is_empty() {
            let _ = write!(out, " class={}", row.class_name);
        }
        let _ = writeln!(out, " line={} bytes={}..{}", span.base_line, span.start_byte, span.end_byte);
        let (Ok(tree), Ok(places)) = (Tree::open(tree), positions::decode(places)) else { continue };
        for (line, place) in tree.to_string().lines().zip(places) {
            let _ = match place {
                Some(at) => {
                    writeln!(
                        out,
                        "{}  @{}:{}-{}:{}",
                        line.trim_end(),
                        at.line,
                        at.col,
                        at.end_line,
                        at.end_col
                    )
                }
                None => writeln!(out, "{}", line.trim_end()),
            };
        }
    }
    for found in &parsed.diagnostics {
        let _ = writeln!(
            out,
            "{}:{}-{}:{} {}: {}: {}",
            found.line,
            found.col,
            found.end_line,
            found.end_col,
            found.severity.name(),
            found.exception,
            found.message
        );
    }
    out
}
