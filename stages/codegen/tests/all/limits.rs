//! Sources that are large or deep compile.

use std::fmt::Write as _;

use dx_schemas::code::CodeView;
use dx_schemas::opcode::{Op, Word};

use crate::support::code;

#[test]
fn long_chains_compile() {
    let sum = vec!["a"; 3_000].join(" + ");
    let constants = vec!["1"; 3_000].join(" + ");
    let mut elif = "if a == 0: pass\n".to_owned();
    for at in 1..10_000 {
        let _ = writeln!(elif, "elif a == {at}: b = {at}");
    }
    code(&format!("x = {sum}\ny = {constants}\n{elif}"));
    let both = vec!["a"; 20_000].join(" and ");
    let less = vec!["a"; 20_000].join(" < ");
    code(&format!("x = {both}\ny = {less}\nif {both}: pass\n"));
}

#[test]
fn wide_operands_are_encoded() {
    let mut source = "def f():\n".to_owned();
    for at in 0..400 {
        let _ = writeln!(source, "    v{at} = g(v{})", at.max(1) - 1);
    }
    source.push_str("    return v399, [v300, v301], v2.attribute\n");
    let (_, bytes) = code(&source).remove(1);
    let view = CodeView::open(&bytes).unwrap();
    let object = view.object(0);
    assert!(object.register_count() > 400);
    let prefixes =
        (0..object.instruction_count()).filter(|pc| Word(object.instruction(*pc)).op() == Some(Op::WIDE));
    assert!(prefixes.count() > 100);
}

#[test]
fn many_names_and_constants_are_encoded() {
    let names: Vec<String> = (0..66_000).map(|at| format!("n{at}")).collect();
    let numbers: Vec<String> = (0..66_000).map(|at| format!("{at}.5")).collect();
    code(&format!("x = [{}]\ny = [{}]\nz = last(0.25)\n", names.join(", "), numbers.join(", ")));
}

#[test]
fn deep_nesting_compiles() {
    let mut source = String::new();
    for at in 0..21 {
        let _ = writeln!(source, "{}while x:", " ".repeat(at));
    }
    code(&(source + &" ".repeat(21) + "pass\n"));
    code(&format!("x = {}y\n", "not ".repeat(3_000)));
    code(&format!("x = {}y{}\n", "f(".repeat(150), ")".repeat(150)));
    code(&format!("x = a{}\n", ".b(c)[d]".repeat(1_000)));
}
