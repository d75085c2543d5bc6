//! Source to code, through the stages before this one.

use dx_codegen::{Options, compile};
use dx_schemas::code::{CodeView, encode, verify};
use dx_schemas::tree::Tree;

/// The verified code of each fragment, with the fragment's id.
pub(crate) fn code(source: &str) -> Vec<(String, Vec<u8>)> {
    let parsed = dx_parse::parse(source.as_bytes(), dx_parse::Options::default());
    assert!(!parsed.has_errors(), "{:?}", parsed.diagnostics);
    let trees: Vec<Tree<'_>> = parsed.trees.iter().map(|tree| Tree::open(tree).unwrap()).collect();
    let indexed = dx_index::index(&parsed.table, &trees).unwrap();
    assert_eq!(indexed.diagnostics, []);
    let rows = parsed.table.fragments.iter().zip(trees.iter().zip(&indexed.scopes));
    rows.map(|(row, (tree, scopes))| {
        let unit = match compile(tree, scopes, Options::default()) {
            Ok(unit) => unit,
            Err(findings) => panic!("{}: {findings:?}", row.id()),
        };
        let bytes = encode(&unit);
        let view = CodeView::open(&bytes).unwrap();
        if let Err(error) = verify(&view) {
            panic!("{}: {error}", row.id());
        }
        assert_eq!(view.to_unit(), unit);
        (row.id(), bytes)
    })
    .collect()
}
