//! What one file says of itself: fragments and their hashes, scopes, references, imports, tests.
//!
//! A pure function of the fragment table and the trees: no path, no position, no text. Everything that it finds is
//! sorted or in source order, so that equal trees give equal bytes.

mod file;
mod findings;
mod literal;
mod names;
mod scopes;
mod symtable;

pub use file::Mismatch;

use dx_schemas::index::NodeDiagnostic;
use dx_schemas::scopes::Scopes;
use dx_schemas::syntax::FragmentTable;
use dx_schemas::tree::Tree;

/// What dx-index makes of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Indexed {
    /// One per fragment.
    pub scopes: Vec<Scopes>,
    /// By place, each once; places are nodes.
    pub diagnostics: Vec<NodeDiagnostic>,
}

/// Indexes one file.
///
/// # Errors
/// When table and trees do not belong together; errors of the user's program are diagnostics.
pub fn index(table: &FragmentTable, trees: &[Tree<'_>]) -> Result<Indexed, Mismatch> {
    let file = file::File::new(table, trees)?;
    let mut findings = findings::Findings::default();
    let mut walked = symtable::walk::walk(&file, &mut findings);
    symtable::resolve::resolve(&mut walked.table, &mut findings);
    let names = symtable::names::code_names(&walked.table);
    let (scopes, _own) = scopes::by_fragment(&file, &walked.table, &names);
    Ok(Indexed { scopes, diagnostics: findings.finish() })
}

/// The symbol table of a file in the terms of CPython's `_symtable`, for comparing the two.
///
/// # Errors
/// As [`index`].
pub fn symbol_table_text(table: &FragmentTable, trees: &[Tree<'_>]) -> Result<String, Mismatch> {
    let file = file::File::new(table, trees)?;
    let mut findings = findings::Findings::default();
    let mut walked = symtable::walk::walk(&file, &mut findings);
    symtable::resolve::resolve(&mut walked.table, &mut findings);
    Ok(symtable::text::text(&walked.table))
}
