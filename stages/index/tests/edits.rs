//! What an edit recompiles: the fragments whose structure hash changes, and the statements that would run again.

#[path = "golden/reader.rs"]
mod reader;

use dx_index::Indexed;
use dx_schemas::tree::Tree;

fn indexed() -> Vec<(String, Indexed)> {
    let cases = include_str!("golden/edits.golden").split("=== ").skip(1);
    cases
        .map(|case| {
            let (source, rest) = case.split_once("--- trees\n").unwrap();
            let read = reader::read(rest.split_once("--- expected\n").unwrap().0);
            assert_eq!(read.places.len(), read.trees.len());
            let trees: Vec<Tree<'_>> = read.trees.iter().map(|tree| Tree::open(tree).unwrap()).collect();
            let indexed = dx_index::index(&read.table, &trees).unwrap();
            assert!(indexed.diagnostics.is_empty());
            (source.lines().next().unwrap().to_owned(), indexed)
        })
        .collect()
}

/// Fragments that are new or have another hash.
fn recompiled(before: &Indexed, after: &Indexed) -> Vec<String> {
    let known = |id: &str| before.table.fragments.iter().find(|fragment| fragment.id == id);
    let changed = after
        .table
        .fragments
        .iter()
        .filter(|fragment| known(&fragment.id).is_none_or(|before| before.l2 != fragment.l2));
    changed
        .map(|fragment| if fragment.id.is_empty() { "<module>".to_owned() } else { fragment.id.clone() })
        .collect()
}

/// Names bound by statements of any body whose hash occurs nowhere in the old one.
fn run_again(before: &Indexed, after: &Indexed) -> Vec<String> {
    let statements = |indexed: &Indexed| -> Vec<_> {
        indexed.table.fragments.iter().flat_map(|fragment| fragment.statements.clone()).collect()
    };
    let known = statements(before);
    let changed = statements(after).into_iter().filter(|s| known.iter().all(|k| k.hash != s.hash));
    changed.flat_map(|statement| statement.binds).collect()
}

#[test]
fn an_edit_changes_the_hashes_of_what_it_means_and_no_other() {
    let cases = indexed();
    let (_, base) = &cases[0];
    let expected: &[(&str, &[&str], &[&str])] = &[
        ("a body", &["first"], &[]),
        ("a local's name", &["first"], &[]),
        ("comments and blank lines", &[], &[]),
        ("a default value", &["<module>"], &["first"]),
        ("a parameter with a default", &["<module>", "first"], &["first"]),
        ("functions in another order", &["<module>"], &[]),
        ("a class attribute", &["C"], &["size"]),
        ("the first super()", &["C", "C.m"], &[]),
        ("a module variable", &["<module>"], &["LIMIT"]),
        ("future annotations", &["<module>", "first", "second", "C", "C.m", "C.n"], &["annotations"]),
        ("a global of a function", &["first"], &[]),
    ];
    assert_eq!(cases.len(), expected.len() + 1);
    for ((name, edited), (expected_name, fragments, statements)) in cases[1..].iter().zip(expected) {
        assert_eq!(name, expected_name);
        assert_eq!(recompiled(base, edited), *fragments, "{name}");
        assert_eq!(run_again(base, edited), *statements, "{name}");
    }
}
