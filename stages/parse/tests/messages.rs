//! The first error of each source in `errors/messages.txt` is CPython's: exception, line, column and words.
//!
//! The file was made with CPython 3.14; it holds only what is equal.

use dx_parse::{Options, parse};

#[test]
fn the_first_error_is_the_one_that_cpython_reports() {
    let data = include_str!("errors/messages.txt");
    let mut wrong = Vec::new();
    let mut count = 0;
    for block in data.split("### ").skip(1) {
        let (expected, source) = block.split_once('\n').unwrap();
        let found = parse(source.as_bytes(), Options::default())
            .diagnostics
            .iter()
            .find(|found| found.is_error())
            .map_or("accepted".to_owned(), |found| {
                format!("{} {}:{} {}", found.exception, found.line, found.col, found.message)
            });
        if found != expected {
            wrong.push(format!("{source:?}\n  expected {expected}\n  found    {found}"));
        }
        count += 1;
    }
    assert!(count > 200, "only {count} sources were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_does_not_decode_is_told_once() {
    for source in [&b"x = \xff\n\nz = \xfe + 1\n"[..], b"a\0b\n"] {
        let found = parse(source, Options::default()).diagnostics;
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
