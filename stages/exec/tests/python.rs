//! Runs the programs of `tests/python` through dx-exec and compares with what CPython 3.14 printed, also while the
//! collector runs at every allocation.
//!
//! `NAME.out` is the expected standard output, `NAME.err` the expected standard error, where `$DIR` stands for the
//! program's folder; a program with an `.err` file whose last line names an exception must end with status 1.

use std::path::{Path, PathBuf};
use std::process::Command;

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of programs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .filter(|path| path.with_extension("out").exists())
        // These import the standard library: see `stdlib.rs`.
        .filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("stdlib_")))
        .collect();
    found.sort();
    found
}

fn check(stress: Option<&str>) {
    let programs = programs();
    assert!(programs.len() > 20, "the programs are there");
    let mut wrong = Vec::new();
    for program in &programs {
        let folder = program.parent().expect("a folder").canonicalize().expect("a real folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_dx-exec"));
        command.arg(folder.join(program.file_name().expect("a name"))).current_dir(&folder);
        command.env("DX_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
        match stress {
            Some(every) => command.env("DX_GC_STRESS", every),
            None => command.env_remove("DX_GC_STRESS"),
        };
        let output = command.output().expect("dx-exec starts");
        let expected = std::fs::read(program.with_extension("out")).expect("an expected output");
        let mut right = output.stdout == expected;
        if let Ok(expected) = std::fs::read_to_string(program.with_extension("err")) {
            let expected = expected.replace("$DIR", &folder.display().to_string());
            right &= String::from_utf8_lossy(&output.stderr) == expected;
        }
        if !right {
            wrong.push(format!("{}:\n{}", program.display(), String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), programs.len(), wrong.join("\n"));
}

#[test]
fn programs_print_what_cpython_prints() {
    check(None);
}

#[test]
fn programs_run_under_collection_at_every_allocation() {
    check(Some("1"));
}
