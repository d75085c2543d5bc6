//! The foreign parser's errors in CPython's words.

use ruff_python_ast::Mod;
use ruff_python_parser::Parsed;

use crate::finding::Findings;
use crate::source::Source;

/// Adds a finding for every error of the parser.
pub(crate) fn translate(_source: &Source<'_>, parsed: &Parsed<Mod>, findings: &mut Findings) {
    for error in parsed.errors() {
        findings.syntax(error, error.error.to_string());
    }
    for error in parsed.unsupported_syntax_errors() {
        findings.syntax(error, error.to_string());
    }
}
