//! Text and JSON forms of every artifact: what `--emit=text|json` and `dx-pipe show` print.
//!
//! Made for reading and for comparing by eye or `diff`, never for reading back. Whatever does not decode is said to be
//! damaged in its place; the rest is still shown.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

use crate::code::{self, CodeView};
use crate::container::{Artifact, ArtifactError, Kind, Section, SectionKind};
use crate::diagnostic::Diagnostic;
use crate::digest::Hex;
use crate::index::{IndexTable, NodeDiagnostic};
use crate::syntax::{FragmentTable, SpanTable, decode};
use crate::tree::Tree;
use crate::{bundle, positions};

/// Nested artifacts are shown to this depth; deeper ones can only come from damage or malice.
const NESTING_MAX: usize = 4;
/// Bytes of an opaque section that are shown.
const BYTES_SHOWN_MAX: usize = 64;

pub fn json(artifact: &Artifact<'_>) -> Value {
    json_at(artifact, 0)
}

fn json_at(artifact: &Artifact<'_>, depth: usize) -> Value {
    let sections: Vec<Value> = artifact
        .sections()
        .iter()
        .map(|section| {
            let body = match section_value(artifact, section, depth) {
                Ok(value) => value,
                Err(error) => json!({ "damaged": error.to_string() }),
            };
            json!({
                "section": section.kind.name(),
                "ordinal": section.ordinal,
                "id": section.id.to_string(),
                "body": body,
            })
        })
        .collect();
    json!({ "kind": artifact.kind.name(), "version": artifact.kind.version(), "sections": sections })
}

fn section_value(artifact: &Artifact<'_>, section: &Section, depth: usize) -> Result<Value, ArtifactError> {
    let bytes = artifact.section(section.kind, section.ordinal)?;
    match section.kind {
        SectionKind::FragmentTable => table::<FragmentTable>(bytes),
        SectionKind::Spans => table::<SpanTable>(bytes),
        SectionKind::Diagnostics if artifact.kind == Kind::Syntax => table::<Vec<Diagnostic>>(bytes),
        SectionKind::Diagnostics => table::<Vec<NodeDiagnostic>>(bytes),
        SectionKind::IndexTable => table::<IndexTable>(bytes),
        SectionKind::Scopes => table::<crate::scopes::Scopes>(bytes),
        SectionKind::ImageTable => table::<crate::image::Image>(bytes),
        SectionKind::BundleTable => table::<Vec<bundle::BundleFile>>(bytes),
        SectionKind::Source => Ok(Value::String(String::from_utf8_lossy(bytes).into_owned())),
        SectionKind::Positions => Ok(positions_value(&positions::decode(bytes)?)),
        SectionKind::Nested if depth < NESTING_MAX => Ok(json_at(&Artifact::open(bytes)?, depth + 1)),
        SectionKind::Tree | SectionKind::Code => {
            let text = listing(section.kind, bytes)?;
            Ok(Value::Array(text.lines().map(|line| Value::String(line.to_owned())).collect()))
        }
        _ => Ok(opaque(bytes)),
    }
}

fn table<T: for<'de> serde::Deserialize<'de> + Serialize>(bytes: &[u8]) -> Result<Value, ArtifactError> {
    let decoded: T = decode(bytes)?;
    serde_json::to_value(decoded).map_err(|_| ArtifactError::Malformed("a table has no JSON form"))
}

fn positions_value(ranges: &[Option<positions::Range>]) -> Value {
    let one = |range: &Option<positions::Range>| match range {
        Some(range) => json!([range.line, range.col, range.end_line, range.end_col]),
        None => Value::Null,
    };
    Value::Array(ranges.iter().map(one).collect())
}

fn opaque(bytes: &[u8]) -> Value {
    let shown = &bytes[..bytes.len().min(BYTES_SHOWN_MAX)];
    json!({ "bytes": bytes.len(), "start": Hex(shown).to_string() })
}

/// Sections whose form is a listing rather than a table.
fn listing(kind: SectionKind, bytes: &[u8]) -> Result<String, ArtifactError> {
    if kind == SectionKind::Tree {
        return Ok(Tree::open(bytes)?.to_string());
    }
    let view = CodeView::open(bytes)?;
    // The disassembler relies on what the verifier proves.
    code::verify(&view).map_err(|_| ArtifactError::Malformed("the code does not verify"))?;
    Ok(code::disassemble(&view))
}

/// A form for people: one block a section, listings line by line, tables as indented JSON.
pub fn text(artifact: &Artifact<'_>) -> String {
    let mut out = String::new();
    text_at(artifact, 0, &mut out);
    out
}

fn text_at(artifact: &Artifact<'_>, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{indent}{} artifact, version {}", artifact.kind.name(), artifact.kind.version());
    for section in artifact.sections() {
        let _ = writeln!(out, "{indent}{} {} {}", section.kind.name(), section.ordinal, section.id);
        let nested = (section.kind == SectionKind::Nested && depth < NESTING_MAX)
            .then(|| artifact.section(section.kind, section.ordinal).ok())
            .flatten()
            .and_then(|bytes| Artifact::open(bytes).ok());
        if let Some(nested) = nested {
            text_at(&nested, depth + 1, out);
            continue;
        }
        match section_value(artifact, section, depth) {
            Ok(Value::Array(lines)) if lines.iter().all(Value::is_string) => {
                for line in lines.iter().filter_map(Value::as_str) {
                    let _ = writeln!(out, "{indent}  {line}");
                }
            }
            Ok(value) => {
                let pretty = if matches!(section.kind, SectionKind::Positions) {
                    value.to_string()
                } else {
                    format!("{value:#}")
                };
                for line in pretty.lines() {
                    let _ = writeln!(out, "{indent}  {line}");
                }
            }
            Err(error) => {
                let _ = writeln!(out, "{indent}  {error}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ArtifactBuilder;

    #[test]
    fn damage_is_shown_in_its_place_and_the_rest_around_it() {
        let mut builder = ArtifactBuilder::new(Kind::Syntax);
        builder.add(SectionKind::Diagnostics, 0, crate::syntax::encode(&Vec::<Diagnostic>::new()));
        builder.add(SectionKind::Spans, 0, b"\xc1".to_vec());
        let bytes = builder.finish();
        let artifact = Artifact::open(&bytes).unwrap();
        let text = text(&artifact);
        assert!(text.starts_with("syntax artifact, version 1\n"), "{text}");
        assert!(text.contains("does not decode"), "{text}");
        assert_eq!(json(&artifact)["sections"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn deeply_nested_artifacts_end_somewhere() {
        let mut bytes = ArtifactBuilder::new(Kind::Bundle).finish();
        for _ in 0..50 {
            let mut builder = ArtifactBuilder::new(Kind::Bundle);
            builder.add(SectionKind::Nested, 0, bytes);
            bytes = builder.finish();
        }
        let artifact = Artifact::open(&bytes).unwrap();
        assert!(text(&artifact).lines().count() < 30);
        let _ = json(&artifact);
    }
}
