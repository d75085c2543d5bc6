//! Trees built here come back equal; damaged ones are refused or harmless.

use super::node::Operator;
use super::*;

fn sample() -> Vec<u8> {
    let mut b = TreeBuilder::new();
    let module = b.open(NodeKind::Module);
    let assign = b.open(NodeKind::Assign);
    let targets = b.open(NodeKind::List);
    let x = b.leaf(NodeKind::Name);
    b.set_name(x, "x");
    b.close(targets);
    let sum = b.open(NodeKind::BinOp);
    b.set_extra(sum, Operator::Add as u16);
    for constant in [Const::Int(&[1, 2]), Const::Float(1.5f64.to_bits())] {
        let leaf = b.leaf(NodeKind::Constant);
        b.set_const(leaf, constant);
    }
    b.close(sum);
    b.close(assign);
    let ret = b.open(NodeKind::Return);
    b.absent();
    b.close(ret);
    b.close(module);
    b.finish()
}

#[test]
fn a_built_tree_reads_back() {
    let bytes = sample();
    let tree = Tree::open(&bytes).unwrap();
    let statements: Vec<_> = tree.root().children().collect();
    assert_eq!(statements.len(), 2);
    let [targets, value] = statements[0].slots();
    assert_eq!(targets.children().next().unwrap().ident(), "x");
    let [left, right] = value.slots();
    assert_eq!(left.constant().unwrap().as_u64(), Some(0x201));
    assert_eq!(right.constant(), Some(Const::Float(1.5f64.to_bits())));
    let [value] = statements[1].slots();
    assert!(value.present().is_none());
    assert_eq!(
        tree.to_string().lines().map(str::trim_end).collect::<Vec<_>>(),
        [
            "    0 Module",
            "    1   Assign",
            "    2     List",
            "    3       Name x",
            "    4     BinOp +",
            "    5       Constant 513",
            "    6       Constant 1.5",
            "    7   Return",
            "    8     Absent",
        ]
    );
}

#[test]
fn damaged_trees_never_panic() {
    let good = sample();
    for at in 0..good.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut bytes = good.clone();
            bytes[at] = value;
            if let Ok(tree) = Tree::open(&bytes) {
                let _ = tree.to_string();
            }
        }
        assert!(Tree::open(&good[..at]).is_err());
    }
}

#[test]
fn surrogates_stand_alone_also_in_pairs() {
    assert!(is_wtf8("aé\u{10000}".as_bytes()));
    assert!(is_wtf8(b"\xed\xa0\x80x"));
    assert!(is_wtf8(b"\xed\xb0\x80\xed\xa0\x80"));
    assert!(is_wtf8(b"\xed\xa0\x80\xed\xb0\x80"));
    assert!(!is_wtf8(b"\xff"));
    assert!(!is_wtf8(b"\xed\xa0"));
}
