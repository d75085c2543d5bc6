//! Trees and positions of the sources in `trees/` are those of CPython's `ast`, node for node.
//!
//! The `.tree` files were made by `differential/trees.py` with CPython 3.14.

#[path = "../examples/dump/form.rs"]
mod form;

use dx_parse::{Options, parse};

#[test]
fn trees_and_positions_are_those_of_cpython() {
    for (name, source, expected) in [
        ("statements", &include_bytes!("trees/statements.py")[..], include_str!("trees/statements.tree")),
        ("definitions", include_bytes!("trees/definitions.py"), include_str!("trees/definitions.tree")),
        ("expressions", include_bytes!("trees/expressions.py"), include_str!("trees/expressions.tree")),
        ("strings", include_bytes!("trees/strings.py"), include_str!("trees/strings.tree")),
    ] {
        let parsed = parse(source, Options::default());
        assert!(!parsed.has_errors(), "{name}: {:?}", parsed.diagnostics);
        let found = form::whole_tree(&parsed);
        for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
            assert_eq!(found, expected, "{name}, line {}", number + 1);
        }
        assert_eq!(found.lines().count(), expected.lines().count(), "{name}");
    }
}
