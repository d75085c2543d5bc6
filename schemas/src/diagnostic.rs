//! A finding about the user's source, as data.
//!
//! Stages return diagnostics beside their result; only the shell and the driver print them. In an artifact a range is
//! relative to the file; the file's name is put in front by whoever prints, so equal sources share diagnostics.

use serde::{Deserialize, Serialize};

pub mod findings;
pub mod render;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Note,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// One finding. Lines and columns count from 1; columns count characters, as CPython's `SyntaxError.offset` does;
/// the end column is exclusive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    pub line: u32,
    pub col: u32,
    pub end_line: u32,
    pub end_col: u32,
    pub severity: Severity,
    /// A stable name in kebab case, such as `syntax-error` or `return-outside-function`.
    pub code: String,
    /// CPython's text where it has one; lower case and no full stop otherwise.
    pub message: String,
    /// The exception CPython raises: `SyntaxError`, `IndentationError`, `TabError`; empty for other findings.
    pub exception: String,
}

impl Diagnostic {
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts by place and drops exact repetitions, the order in which every artifact stores its findings.
pub fn normalise(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort();
    diagnostics.dedup();
}
