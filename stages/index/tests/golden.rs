//! Small sources whose scopes, names and errors are known from CPython 3.14.
//!
//! `tests/tool/generate.py` makes the `.golden` files from the `.cases` with the original at hand; here it is not
//! needed.

#[path = "golden/check.rs"]
mod check;
#[path = "golden/reader.rs"]
mod reader;

/// Checks every case of a file; reports all that differ at once.
fn check_file(golden: &str) {
    let mut failures = Vec::new();
    let mut count = 0;
    for case in golden.split("=== ").skip(1) {
        let (source, rest) = case.split_once("--- trees\n").unwrap();
        let (trees, expected) = rest.split_once("--- expected\n").unwrap();
        count += 1;
        if let Err(difference) = check::check(&reader::read(trees), expected) {
            failures.push(format!("{source}{difference}\n"));
        }
    }
    assert!(count > 10, "the file of cases was not read");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn scopes_are_those_of_cpython() {
    check_file(include_str!("golden/scopes.golden"));
}

#[test]
fn errors_are_those_of_cpython() {
    check_file(include_str!("golden/errors.golden"));
}
