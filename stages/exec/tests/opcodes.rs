//! Every opcode is executed: the programs of `tests/python`, whose output is checked elsewhere, together run them all.
//!
//! Only builds with debug assertions note what runs.
#![cfg(debug_assertions)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use dx_schemas::opcode::{Intrinsic, Op};

/// The loader makes a NOP of each WIDE prefix (its bytes move into the instruction), and the generator writes no other.
const PREFIX: Op = Op::WIDE;

#[test]
fn every_opcode_is_executed_by_a_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python");
    let work = tempfile::tempdir().expect("a folder");
    let list = work.path().join("opcodes");
    let mut seen = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).expect("the folder of programs") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.ends_with(".py") || !path.with_extension("out").exists() || name.starts_with("stdlib_") {
            continue;
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_dx-exec"));
        command.arg(&path).current_dir(&folder).env("DX_OPCODES", &list);
        command.env("DX_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
        command.output().expect("dx-exec starts");
        let names = std::fs::read_to_string(&list).expect("a list of opcodes");
        seen.extend(names.lines().map(str::to_owned));
        std::fs::remove_file(&list).expect("a list of its own for each program");
    }
    let ops = Op::ALL.iter().filter(|op| **op != PREFIX).map(|op| op.name().to_owned());
    let wanted = ops.chain(Intrinsic::ALL.iter().map(|code| format!("INTRINSIC {code:?}")));
    let missing: Vec<String> = wanted.filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "no program runs {missing:?}");
}
