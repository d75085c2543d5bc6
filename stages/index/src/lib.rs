//! What one file says of itself: fragments and their hashes, scopes, references, imports, tests.
//!
//! A pure function of the fragment table and the trees: no path, no position, no text. Everything that it finds is
//! sorted or in source order, so that equal trees give equal bytes.

mod artifact;
mod discover;
mod dotted;
mod exports;
mod file;
mod findings;
mod hash;
mod imports;
mod literal;
mod names;
mod references;
mod scopes;
mod stage;
mod statements;
mod symtable;

pub use file::Mismatch;
pub use stage::Index;

use dx_schemas::index::{FragmentEntry, IndexTable, NodeDiagnostic};
use dx_schemas::scopes::Scopes;
use dx_schemas::syntax::{self, FragmentKind, FragmentTable};
use dx_schemas::tree::Tree;

/// What dx-index makes of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Indexed {
    pub table: IndexTable,
    /// One per fragment.
    pub scopes: Vec<Scopes>,
    /// The same, as they stand in the artifact.
    pub encoded_scopes: Vec<Vec<u8>>,
    /// By place, each once; places are nodes.
    pub diagnostics: Vec<NodeDiagnostic>,
}

/// Indexes one file.
///
/// # Errors
/// When table and trees do not belong together; errors of the user's program are diagnostics.
pub fn index(table: &FragmentTable, trees: &[Tree<'_>]) -> Result<Indexed, Mismatch> {
    let broken = table.broken;
    let file = file::File::new(table, trees)?;
    let mut findings = findings::Findings::default();
    let mut walked = symtable::walk::walk(&file, &mut findings);
    symtable::resolve::resolve(&mut walked.table, &mut findings);
    let names = symtable::names::code_names(&walked.table);
    let (scopes, own) = scopes::by_fragment(&file, &walked.table, &names);
    let encoded_scopes: Vec<Vec<u8>> = scopes.iter().map(syntax::encode).collect();
    let uses = references::Uses::new(file.rows.len(), &walked.uses);
    let references = references::References { file: &file, table: &walked.table, uses: &uses, own: &own };
    let mut imports = Vec::new();
    let mut fragments = Vec::with_capacity(file.rows.len());
    for (at, (row, tree)) in file.rows.iter().zip(trees).enumerate() {
        imports::of_fragment(at as u32, row.kind, tree, &mut imports);
        let scopes = &scopes[at];
        fragments.push(FragmentEntry {
            id: row.id(),
            kind: row.kind,
            parent: row.parent,
            l2: hash::structure(row, &scopes.class_name, file.future_annotations, tree, &encoded_scopes[at]),
            references: references.of_fragment(at as u32),
            statements: match row.kind {
                FragmentKind::Function => Vec::new(),
                FragmentKind::Module | FragmentKind::Class => statements::of_body(tree, scopes),
            },
        });
    }
    // What recovery from a syntax error put somewhere else would be reported for where it stands now.
    let diagnostics = if broken { Vec::new() } else { findings.finish() };
    let (tests, fixtures) = discover::tests_and_fixtures(&file);
    let all = exports::all(&trees[0]);
    let opaque = exports::is_opaque(trees);
    let table = IndexTable { fragments, imports, tests, fixtures, all, opaque };
    Ok(Indexed { table, scopes, encoded_scopes, diagnostics })
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
