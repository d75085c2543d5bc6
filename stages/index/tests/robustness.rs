//! Damaged input, deep input, equal input.

#[path = "golden/reader.rs"]
mod reader;

use std::sync::LazyLock;

use dx_schemas::syntax::{FragmentKind, FragmentRow, FragmentTable};
use dx_schemas::tree::{NodeKind, Tree, TreeBuilder};
use proptest::prelude::*;

static GOLDENS: LazyLock<Vec<reader::Read>> = LazyLock::new(goldens);

fn goldens() -> Vec<reader::Read> {
    let files = [include_str!("golden/scopes.golden"), include_str!("golden/index.golden")];
    let cases = files.iter().flat_map(|file| file.split("=== ").skip(1));
    cases
        .map(|case| {
            let (_, rest) = case.split_once("--- trees\n").unwrap();
            let read = reader::read(rest.split_once("--- expected\n").unwrap().0);
            assert_eq!(read.places.len(), read.trees.len());
            read
        })
        .collect()
}

fn module_table() -> FragmentTable {
    let row = FragmentRow {
        kind: FragmentKind::Module,
        name: String::new(),
        qualname: String::new(),
        ordinal: 0,
        parent: 0,
        class_name: String::new(),
    };
    FragmentTable { fragments: vec![row], ..FragmentTable::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn damaged_trees_never_panic(
        case in any::<prop::sample::Index>(),
        tree in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let read = case.get(&GOLDENS);
        let mut bytes = read.trees.clone();
        let at = tree.index(bytes.len());
        for (place, value) in flips {
            let place = place.index(bytes[at].len());
            bytes[at][place] = value;
        }
        let trees: Vec<_> = bytes.iter().filter_map(|bytes| Tree::open(bytes).ok()).collect();
        if let Ok(indexed) = dx_index::index(&read.table, &trees) {
            prop_assert!(!indexed.into_artifact().is_empty());
        }
    }

    #[test]
    fn damaged_tables_never_panic(
        case in any::<prop::sample::Index>(),
        row in any::<prop::sample::Index>(),
        parent in 0u32..8,
        kind in 0..3,
        drop in any::<bool>(),
    ) {
        let read = case.get(&GOLDENS);
        let trees: Vec<_> = read.trees.iter().map(|bytes| Tree::open(bytes).unwrap()).collect();
        let mut table = read.table.clone();
        let at = row.index(table.fragments.len());
        table.fragments[at].parent = parent;
        table.fragments[at].kind = [FragmentKind::Module, FragmentKind::Function, FragmentKind::Class][kind as usize];
        if drop {
            table.fragments.pop();
        }
        let _ = dx_index::index(&table, &trees);
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    for read in GOLDENS.iter() {
        let trees: Vec<_> = read.trees.iter().map(|bytes| Tree::open(bytes).unwrap()).collect();
        let first = dx_index::index(&read.table, &trees).unwrap().into_artifact();
        let second = dx_index::index(&read.table, &trees).unwrap().into_artifact();
        assert_eq!(first, second);
    }
}

/// A module of one expression, nested as deeply as no parser would let it.
fn nested(depth: usize, kinds: &[NodeKind]) -> Vec<u8> {
    let mut b = TreeBuilder::new();
    let module = b.open(NodeKind::Module);
    let statement = b.open(NodeKind::ExprStmt);
    let mut open = Vec::new();
    for at in 0..depth {
        let kind = kinds[at % kinds.len()];
        let node = b.open(kind);
        open.push(node);
        match kind {
            NodeKind::Lambda => {
                for _ in 0..2 {
                    b.leaf(NodeKind::List);
                }
                let function = b.open(NodeKind::Function);
                b.set_name(function, "<lambda>");
                b.leaf(NodeKind::Parameters);
                open.push(function);
            }
            NodeKind::Attribute => b.set_name(node, "a"),
            _ => {}
        }
    }
    let name = b.leaf(NodeKind::Name);
    b.set_name(name, "x");
    while let Some(node) = open.pop() {
        b.close(node);
    }
    b.close(statement);
    b.close(module);
    b.finish()
}

#[test]
fn deep_trees_do_not_overflow_the_stack() {
    let table = module_table();
    for kinds in [
        &[NodeKind::Await][..],
        &[NodeKind::Attribute],
        &[NodeKind::Tuple, NodeKind::Starred],
        &[NodeKind::UnaryOp],
    ] {
        let bytes = nested(200_000, kinds);
        let trees = [Tree::open(&bytes).unwrap()];
        assert!(dx_index::index(&table, &trees).is_ok());
    }
    let bytes = nested(3_000, &[NodeKind::Lambda]);
    let trees = [Tree::open(&bytes).unwrap()];
    let indexed = dx_index::index(&table, &trees).unwrap();
    assert_eq!(indexed.scopes[0].scopes.len(), 3_001);
}

#[test]
fn structure_hashes_tell_fragments_apart() {
    for read in GOLDENS.iter() {
        let trees: Vec<_> = read.trees.iter().map(|bytes| Tree::open(bytes).unwrap()).collect();
        let indexed = dx_index::index(&read.table, &trees).unwrap();
        let hashes: std::collections::BTreeSet<_> =
            indexed.table.fragments.iter().map(|fragment| fragment.l2).collect();
        // `f` twice with an equal body is one code, so only qualified names must differ.
        let names: std::collections::BTreeSet<_> =
            read.table.fragments.iter().map(|row| row.qualname.as_str()).collect();
        assert!(hashes.len() >= names.len());
    }
}
