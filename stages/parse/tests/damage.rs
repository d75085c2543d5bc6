//! Whatever the bytes: no panic, well-formed sections, equal bytes for equal input.

use dx_parse::{Options, parse};
use dx_schemas::tree::Tree;
use dx_schemas::{Artifact, Kind, positions};
use proptest::prelude::*;

const SOURCES: [&str; 4] = [
    include_str!("trees/statements.py"),
    include_str!("trees/definitions.py"),
    include_str!("trees/expressions.py"),
    include_str!("trees/strings.py"),
];

fn check(bytes: &[u8]) {
    let parsed = parse(bytes, Options::default());
    let table = &parsed.table.fragments;
    assert_eq!(table.len(), parsed.trees.len());
    assert_eq!(table.len(), parsed.positions.len());
    assert_eq!(table.len(), parsed.spans.spans.len());
    for (tree, places) in parsed.trees.iter().zip(&parsed.positions) {
        let tree = Tree::open(tree).unwrap();
        assert_eq!(positions::decode(places).unwrap().len(), tree.node_count());
    }
    for (row, fragment) in table.iter().enumerate().skip(1) {
        assert!((fragment.parent as usize) < row);
    }
    for span in &parsed.spans.spans {
        assert!(span.start_byte <= span.end_byte);
    }
    assert_eq!(parsed.has_errors(), parsed.diagnostics.iter().any(dx_schemas::Diagnostic::is_error));
    let artifact = parsed.to_artifact();
    Artifact::open_as(&artifact, Kind::Syntax).unwrap().verify().unwrap();
    assert_eq!(parse(bytes, Options::default()).to_artifact(), artifact);
}

/// Pieces that make interesting sources when strung together.
const PIECES: [&str; 60] = [
    "def f(", "class C:", "if ", "else:", "elif x:", "for ", " in ", "while ", "try:", "except", "*", "**",
    "finally:", "with ", " as ", "match x:", "case ", "lambda ", ":", ",", "(", ")", "[", "]", "{", "}", "=",
    ":=", "==", "+=", "f'", "f\"{", "t'''", "'", "\"", "\"\"\"", "\\", "\n", "\n    ", "\n\t", "\n  ", "x",
    "1", "0x", "1e", "é", "€", "import ", "from ", ".", "return ", "yield ", "await ", "async ", "@", "->",
    "!", "#", "\\N{", ";",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }

    #[test]
    fn random_pieces(picks in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        let source: String = picks.iter().map(|pick| PIECES[*pick]).collect();
        check(source.as_bytes());
    }

    #[test]
    fn truncated_sources(which in 0..SOURCES.len(), at in any::<prop::sample::Index>()) {
        let source = SOURCES[which].as_bytes();
        check(&source[..at.index(source.len())]);
    }

    #[test]
    fn mutated_sources(
        which in 0..SOURCES.len(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..PIECES.len(), 0usize..4), 1..4),
    ) {
        let mut source = SOURCES[which].as_bytes().to_vec();
        for (at, pick, removed) in edits {
            let start = at.index(source.len());
            let end = (start + removed).min(source.len());
            source.splice(start..end, PIECES[pick].bytes());
        }
        check(&source);
    }
}
