//! Errors of the file, collected while it is walked.
//!
//! CPython stops at the first; here the walk goes on, so that a user sees all of them at once.

use dx_schemas::diagnostic::Severity;
use dx_schemas::index::NodeDiagnostic;

use crate::symtable::Place;

#[derive(Default)]
pub(crate) struct Findings(Vec<NodeDiagnostic>);

impl Findings {
    /// Reports a `SyntaxError`.
    pub(crate) fn error(&mut self, place: Place, code: &str, message: impl Into<String>) {
        self.0.push(NodeDiagnostic {
            fragment: place.fragment,
            node: place.node,
            severity: Severity::Error,
            code: code.to_owned(),
            message: message.into(),
            exception: "SyntaxError".to_owned(),
        });
    }

    /// In order of place, each once.
    pub(crate) fn finish(mut self) -> Vec<NodeDiagnostic> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
}
