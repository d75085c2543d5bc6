//! The index table of small sources, as lines.
//!
//! `index.golden` has the trees (and scopes, which are checked too); `index.expected` what is expected of the table.
//! `DX_UPDATE=1` writes the latter anew: read what changed.

#[path = "golden/check.rs"]
mod check;
#[path = "golden/reader.rs"]
mod reader;

use std::fmt::Write;

use dx_index::Indexed;
use dx_schemas::tree::Tree;

#[test]
fn tables_are_as_expected() {
    let mut found = String::new();
    for case in include_str!("golden/index.golden").split("=== ").skip(1) {
        let (source, rest) = case.split_once("--- trees\n").unwrap();
        let (trees, expected) = rest.split_once("--- expected\n").unwrap();
        let read = reader::read(trees);
        check::check(&read, expected).unwrap();
        let trees: Vec<Tree<'_>> = read.trees.iter().map(|tree| Tree::open(tree).unwrap()).collect();
        let indexed = dx_index::index(&read.table, &trees).unwrap();
        let name = source.lines().next().unwrap();
        let _ = writeln!(found, "=== {name}");
        write_table(&mut found, &indexed);
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/index.expected");
    if std::env::var_os("DX_UPDATE").is_some() {
        std::fs::write(path, &found).unwrap();
    }
    assert_eq!(found, std::fs::read_to_string(path).unwrap());
}

fn write_table(out: &mut String, indexed: &Indexed) {
    let table = &indexed.table;
    for (at, fragment) in table.fragments.iter().enumerate() {
        let _ = writeln!(out, "{at} {:?} {:?} in {}", fragment.kind, fragment.id, fragment.parent);
        for reference in &fragment.references {
            let _ = writeln!(out, "    {:?} {}", reference.kind, reference.path);
        }
        for statement in &fragment.statements {
            let _ = writeln!(out, "    statement {} binds {:?}", statement.node, statement.binds);
        }
    }
    for import in &table.imports {
        let dots = ".".repeat(import.level as usize);
        let mut circumstances = String::new();
        for (on, word) in [
            (!import.at_import, " later"),
            (import.optional, " optional"),
            (import.type_checking, " type-checking"),
        ] {
            circumstances.push_str(if on { word } else { "" });
        }
        let _ = writeln!(
            out,
            "import in {}: {dots}{} {:?}{circumstances}",
            import.fragment, import.module, import.names
        );
    }
    for test in &table.tests {
        let marks: Vec<String> =
            test.marks.iter().map(|mark| format!("{} {:?}", mark.name, mark.cases)).collect();
        let _ = writeln!(
            out,
            "test {} marks {marks:?} parameters {:?} bases {:?}",
            test.fragment, test.parameters, test.bases
        );
    }
    for fixture in &table.fixtures {
        let _ = writeln!(
            out,
            "fixture {} {} scope {} autouse {} parameters {:?}",
            fixture.fragment, fixture.name, fixture.scope, fixture.autouse, fixture.parameters
        );
    }
    let _ = writeln!(out, "all {:?} opaque {}", table.all, table.opaque);
}
