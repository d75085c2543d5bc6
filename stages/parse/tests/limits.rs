//! What nests deeply is refused with CPython's words or parsed; no stack overflows, in no form.

use dx_parse::{Options, Parsed, parse};

fn check(source: &str) -> Parsed {
    let parsed = parse(source.as_bytes(), Options::default());
    for (tree, places) in parsed.trees.iter().zip(&parsed.positions) {
        let tree = dx_schemas::tree::Tree::open(tree).unwrap();
        assert_eq!(dx_schemas::positions::decode(places).unwrap().len(), tree.node_count());
    }
    parsed
}

fn first_error(source: &str) -> String {
    let parsed = check(source);
    let found = parsed.diagnostics.iter().find(|found| found.is_error());
    found.map_or("accepted".to_owned(), |found| format!("{}: {}", found.exception, found.message))
}

const DEEP: &str = "RecursionError: maximum recursion depth exceeded during compilation";

#[test]
fn far_beyond_the_limit_is_refused() {
    for source in [
        format!("x = 1{}\n", " + 1".repeat(60_000)),
        format!("a{}\n", ".b".repeat(100_000)),
        format!("a{}\n", "()".repeat(100_000)),
        format!("{}1\n", "-".repeat(100_000)),
        format!("{}a\n", "not ".repeat(100_000)),
        format!("a{}\n", " ** a".repeat(100_000)),
        format!("{}a\n", "lambda: ".repeat(100_000)),
        format!("a{}\n", " if a else a".repeat(100_000)),
        format!("if a: pass\n{}", "elif a: pass\n".repeat(100_000)),
    ] {
        assert_eq!(first_error(&source), DEEP, "{}", &source[..20]);
    }
}

#[test]
fn just_within_the_limit_is_parsed() {
    let depth = 19_000;
    for source in [
        format!("x = 1{}\n", " + 1".repeat(depth)),
        format!("a{}\n", ".b".repeat(depth)),
        format!("a{}\n", "()".repeat(depth)),
        format!("{}1\n", "-".repeat(depth)),
        format!("{}a\n", "not ".repeat(depth)),
        format!("a{}\n", " ** a".repeat(depth)),
        format!("{}a\n", "lambda: ".repeat(depth)),
        format!("a{}\n", " if a else a".repeat(depth)),
        format!("if a: pass\n{}", "elif a: pass\n".repeat(depth)),
    ] {
        assert_eq!(first_error(&source), "accepted", "{}", &source[..20]);
    }
}

#[test]
fn broken_and_deep_sources_end_too() {
    for (piece, count) in
        [("(", 100_000), ("[", 100_000), ("{", 100_000), ("f'{", 2_000), ("a(", 50_000), ("x=", 50_000)]
    {
        assert_ne!(first_error(&piece.repeat(count)), "accepted", "{piece}");
    }
    for piece in
        ["-", "not ", "lambda:", "a if ", "a.", "*", "**", "await ", "yield ", "a:=", "for ", "if 1:", "@a\n"]
    {
        check(&piece.repeat(19_000 / piece.len()));
    }
}

#[test]
fn cpythons_own_limits() {
    let nested =
        |count: usize, open: &str, close: &str| format!("{}1{}\n", open.repeat(count), close.repeat(count));
    assert_eq!(first_error(&nested(200, "(", ")")), "accepted");
    assert_eq!(first_error(&nested(201, "(", ")")), "SyntaxError: too many nested parentheses");
    assert_eq!(first_error(&nested(100_000, "[", "]")), DEEP);
    let blocks = |count: usize, head: &str| {
        let lines: String = (0..count).map(|depth| format!("{}{head}\n", " ".repeat(depth))).collect();
        format!("{lines}{}pass\n", " ".repeat(count))
    };
    assert_eq!(first_error(&blocks(99, "if x:")), "accepted");
    assert_eq!(first_error(&blocks(100, "if x:")), "IndentationError: too many levels of indentation");
    assert_eq!(first_error(&blocks(21, "for x in y:")), "accepted");
    assert_eq!(first_error(&blocks(22, "for x in y:")), "SyntaxError: too many statically nested blocks");
}
