//! Compares what dx-index says of a file with what CPython said.

use std::collections::BTreeSet;

use dx_schemas::scopes::{Binding, ScopeKind, Scopes, scope, symbol};
use dx_schemas::tree::Tree;

use crate::reader::Read;

/// `expected` is either `error CLASS: MESSAGE @ LINE:COLUMN`, or the symbol table, a line `code`, and code objects.
pub(crate) fn check(read: &Read, expected: &str) -> Result<(), String> {
    let trees: Vec<Tree<'_>> = read.trees.iter().map(|tree| Tree::open(tree).unwrap()).collect();
    let indexed = dx_index::index(&read.table, &trees).map_err(|error| error.to_string())?;
    let found: Vec<String> = (indexed.diagnostics.iter())
        .map(|d| {
            let place = &read.places[d.fragment as usize][d.node as usize];
            format!("{}: {} @ {place}", d.exception, d.message)
        })
        .collect();
    if let Some(error) = expected.strip_prefix("error ") {
        let error = error.trim_end();
        return if found.iter().any(|found| found == error) {
            Ok(())
        } else {
            Err(format!("expected {error} found {found:?}"))
        };
    }
    if !found.is_empty() {
        return Err(format!("unexpected {found:?}"));
    }
    let table = dx_index::symbol_table_text(&read.table, &trees).map_err(|error| error.to_string())?;
    let (scopes, code) = expected.split_once("\ncode\n").unwrap();
    difference(scopes, &table).map_or(Ok(()), Err)?;
    let found = code_objects(&indexed.scopes);
    // Dead code has no code object in CPython, so there may be more here.
    match code.lines().find(|line| !found.contains(*line)) {
        Some(line) => Err(format!("no code object {line}")),
        None => Ok(()),
    }
}

fn difference(expected: &str, found: &str) -> Option<String> {
    let mut scope = "";
    let (mut left, mut right) = (expected.trim_end().lines(), found.trim_end().lines());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return None,
            (a, b) if a == b => {
                scope = a.filter(|line| !line.trim_start().starts_with('.')).unwrap_or(scope);
            }
            (a, b) => return Some(format!("in {}: expected {a:?} found {b:?}", scope.trim())),
        }
    }
}

/// Qualified name, name, kind of frame, free variables and cells of every scope that has a frame.
fn code_objects(fragments: &[Scopes]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for scopes in fragments.iter().map(|scopes| &scopes.scopes) {
        let mut cells: Vec<BTreeSet<&str>> = scopes.iter().map(|_| BTreeSet::new()).collect();
        for (at, scope) in scopes.iter().enumerate() {
            let mut frame = at;
            while scopes[frame].has(scope::INLINED) {
                frame = scopes[frame].parent as usize;
            }
            let own = scope.symbols.iter().filter(|s| s.binding == Binding::Cell).map(|s| s.name.as_str());
            cells[frame].extend(own);
            for (flag, name) in [
                (scope::NEEDS_CLASS_CELL, "__class__"),
                (scope::NEEDS_CLASSDICT_CELL, "__classdict__"),
                (scope::CONDITIONAL_ANNOTATIONS, "__conditional_annotations__"),
            ] {
                if scope.has(flag) {
                    cells[frame].insert(name);
                }
            }
        }
        for (scope, cells) in scopes.iter().zip(cells).filter(|(scope, _)| !scope.has(scope::INLINED)) {
            let kind = match (scope.has(scope::GENERATOR), scope.has(scope::COROUTINE)) {
                (true, true) => "async-generator",
                (true, false) => "generator",
                (false, true) if scope.kind != ScopeKind::Module => "coroutine",
                _ => "",
            };
            let free: Vec<&str> = scope
                .symbols
                .iter()
                .filter(|s| s.binding == Binding::Free || s.flags & symbol::FREE_CLASS != 0)
                .map(|s| s.name.as_str())
                .collect();
            let cells = cells.into_iter().collect::<Vec<_>>().join(",");
            out.insert(format!(
                "{} | {} | {kind} | {} | {cells}",
                scope.qualname,
                scope.name,
                free.join(",")
            ));
        }
    }
    out
}
