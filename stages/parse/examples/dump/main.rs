//! Prints trees in the form that `tests/differential/trees.py` makes of CPython's `ast`.
//!
//! `dump LIST` reads file names, one a line, from LIST and prints `== NAME` before each tree.

mod form;

use std::io::Write;

fn main() {
    let list = std::env::args().nth(1).unwrap_or_default();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for path in std::fs::read_to_string(list).unwrap_or_default().lines() {
        let Ok(bytes) = std::fs::read(path) else { continue };
        let parsed = dx_parse::parse(&bytes, dx_parse::Options::default());
        let tree = if parsed.has_errors() { "rejected\n".to_owned() } else { form::whole_tree(&parsed) };
        let _ = write!(out, "== {path}\n{tree}");
    }
}
