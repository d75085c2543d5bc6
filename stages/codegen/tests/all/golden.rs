//! Small sources and the code they become: `tests/golden/*.txt`, the source first, then the disassembly of every
//! fragment.
//!
//! `DX_UPDATE=1` writes what the generator makes now. Together the files show every opcode.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dx_schemas::code::{CodeView, decode::decode, disassemble};
use dx_schemas::opcode::Op;

use crate::support;

const MARK: &str = "=== code\n";

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn listing(source: &str) -> String {
    let mut out = String::new();
    for (id, bytes) in support::code(source) {
        let _ = writeln!(out, "--- {}", if id.is_empty() { "<module>" } else { &id });
        out.push_str(&disassemble(&CodeView::open(&bytes).unwrap()));
    }
    out
}

#[test]
fn code_is_what_the_files_show() {
    let update = std::env::var_os("DX_UPDATE").is_some();
    let mut wrong = Vec::new();
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let (source, expected) = text.split_once(MARK).unwrap_or((&text, ""));
        let listing = listing(source);
        if listing == expected {
            continue;
        }
        if update {
            std::fs::write(&file, format!("{source}{MARK}{listing}")).unwrap();
        } else {
            let line = listing.lines().zip(expected.lines()).find(|(new, old)| new != old);
            wrong.push(format!("{}: {line:?}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "run with DX_UPDATE=1 if this is meant:\n{}", wrong.join("\n"));
}

#[test]
fn the_files_show_every_opcode() {
    // A prefix takes hundreds of variables (see `limits`); nothing emits NOP.
    let mut seen = BTreeSet::from([Op::NOP, Op::WIDE]);
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let (source, _) = text.split_once(MARK).unwrap();
        for (_, bytes) in support::code(source) {
            let view = CodeView::open(&bytes).unwrap();
            for index in 0..view.object_count() {
                let object = view.object(index);
                let mut pc = 0;
                while let Some(instruction) = decode(&object, pc) {
                    seen.insert(instruction.op);
                    pc = instruction.next();
                }
            }
        }
    }
    let missing: Vec<Op> = Op::ALL.iter().copied().filter(|op| !seen.contains(op)).collect();
    assert!(missing.is_empty(), "no file shows {missing:?}");
}
