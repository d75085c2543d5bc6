//! The `syntax` artifact: what dx-parse makes of one file.
//!
//! | section | ordinal | holds |
//! | --- | --- | --- |
//! | fragment-table | 0 | [`FragmentTable`], MessagePack: no position, no text hash |
//! | tree | fragment | [`crate::tree`] |
//! | positions | fragment | [`crate::positions`] |
//! | spans | 0 | [`SpanTable`], MessagePack: where the fragments stand, their L1 hashes |
//! | diagnostics | 0 | `Vec<Diagnostic>`, MessagePack |
//!
//! dx-index is handed the fragment table and the trees, never positions or spans: an edit that moves code and changes
//! nothing else stops here. A file with errors has a tree too, as far as recovery got; it is never compiled.

use serde::{Deserialize, Serialize};

use crate::container::ArtifactError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FragmentKind {
    Module,
    Function,
    Class,
}

/// One fragment: the module's body, a function or method, a class body. Row 0 is the module; rows are in source order
/// (pre-order), so the k-th child of a fragment is the k-th row that names it as parent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FragmentRow {
    pub kind: FragmentKind,
    /// `f`, `C`, or empty for the module.
    pub name: String,
    /// `C.f`; empty for the module. Without the ordinal.
    pub qualname: String,
    /// Which of the fragments with this qualified name, from 0, in source order.
    pub ordinal: u32,
    /// Row of the parent; 0 for the module itself.
    pub parent: u32,
    /// Name of the innermost class, for private name mangling; empty outside classes.
    pub class_name: String,
}

impl FragmentRow {
    /// `C.f#0`, the name that the index, events and images use.
    pub fn id(&self) -> String {
        if self.ordinal == 0 { self.qualname.clone() } else { format!("{}#{}", self.qualname, self.ordinal) }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FragmentTable {
    pub fragments: Vec<FragmentRow>,
    /// `from __future__ import annotations` is in force.
    pub future_annotations: bool,
    /// The file has syntax errors: its trees are incomplete.
    pub broken: bool,
}

/// Where a fragment stands in its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRow {
    /// Line (from 1) to which the fragment's positions are relative: `co_firstlineno`, the first decorator's line.
    pub base_line: u32,
    pub start_byte: u32,
    pub end_byte: u32,
    /// BLAKE3 of the fragment's bytes without those of its child fragments: equal text has equal positions.
    #[serde(with = "crate::hash_form")]
    pub l1: [u8; 32],
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanTable {
    pub spans: Vec<SpanRow>,
    pub line_count: u32,
}

/// Encodes a table section.
pub fn encode<T: Serialize>(table: &T) -> Vec<u8> {
    rmp_serde::to_vec(table).unwrap_or_default()
}

/// Decodes a table section. MessagePack lengths are not trusted for allocation by the decoder.
pub fn decode<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, ArtifactError> {
    rmp_serde::from_slice(bytes).map_err(|_| ArtifactError::Malformed("a table does not decode"))
}
