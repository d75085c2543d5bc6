//! Development tool: compares scopes and errors with CPython's for every file that `tests/tool/lib.py` wrote.
//!
//! `cargo run --example compare -- FOLDER`

#[path = "../tests/golden/reader.rs"]
mod reader;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use dx_schemas::scopes::{Binding, ScopeKind, Scopes, scope, symbol};
use dx_schemas::tree::Tree;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "trees"));
    names.sort();
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut seconds = 0.0;
    let mut tree_bytes = 0;
    for path in &names {
        let read = reader::read(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        let trees: Vec<Tree<'_>> = read.trees.iter().map(|tree| Tree::open(tree).unwrap()).collect();
        let start = Instant::now();
        let indexed = dx_index::index(&read.table, &trees).unwrap();
        seconds += start.elapsed().as_secs_f64();
        tree_bytes += read.trees.iter().map(Vec::len).sum::<usize>();
        let expected = std::fs::read(path.with_extension("expect")).unwrap();
        let expected = String::from_utf8_lossy(&expected).into_owned();
        let outcome = match expected.strip_prefix("error ") {
            Some(error) => match indexed.diagnostics.first() {
                Some(found) if error.contains(&format!(": {} @", found.message)) => "same error",
                found => {
                    println!("{}: expected {error} found {found:?}", short(path));
                    "other error"
                }
            },
            None => {
                let table = dx_index::symbol_table_text(&read.table, &trees).unwrap();
                let (scopes, code) = expected.split_once("\ncode\n").unwrap();
                let found = code_objects(&indexed.scopes);
                let missing = code.lines().find(|line| !found.contains(*line));
                if !indexed.diagnostics.is_empty() {
                    println!("{}: unexpected {:?}", short(path), indexed.diagnostics);
                    "false error"
                } else if let Some(line) = difference(scopes, &table) {
                    println!("{}: {line}", short(path));
                    "different"
                } else if let Some(line) = missing {
                    println!("{}: no code object {line}", short(path));
                    "different code"
                } else {
                    "same"
                }
            }
        };
        *counts.entry(outcome).or_default() += 1;
    }
    println!("{counts:?}; {:.1} MB of trees in {seconds:.2} s", tree_bytes as f64 / 1e6);
}

fn short(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().replace('+', "/")
}

fn difference(expected: &str, found: &str) -> Option<String> {
    let mut context = String::new();
    let (mut left, mut right) = (expected.trim_end().lines(), found.trim_end().lines());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return None,
            (a, b) if a == b => {
                if let Some(line) = a.filter(|line| !line.trim_start().starts_with('.')) {
                    context = line.trim().to_owned();
                }
            }
            (a, b) => return Some(format!("in {context}: expected {a:?} found {b:?}")),
        }
    }
}

fn code_objects(fragments: &[Scopes]) -> std::collections::BTreeSet<String> {
    let mut out = std::collections::BTreeSet::new();
    for scope in fragments.iter().flat_map(|scopes| &scopes.scopes).filter(|s| !s.has(scope::INLINED)) {
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
        out.insert(format!("{} | {} | {kind} | {}", scope.qualname, scope.name, free.join(",")));
    }
    // The module's own line.
    out.insert("<module> | <module> |  | ".to_owned());
    out
}
