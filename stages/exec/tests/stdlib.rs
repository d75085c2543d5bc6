//! Runs the programs `stdlib_*.py` of `tests/python`, which import the standard library's sources, and compares with
//! what CPython 3.14 printed, also while the collector runs often.

use std::path::Path;
use std::process::Command;

#[test]
fn programs_over_the_standard_library_print_what_cpython_prints() {
    let library = tempfile::tempdir().expect("a folder");
    let sources = dx_pylib::Sources::unpack().expect("the embedded library");
    for (name, body) in sources.files() {
        let path = library.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder made");
        std::fs::write(path, body).expect("a file written");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder of programs") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with("stdlib_") || !name.ends_with(".py") {
            continue;
        }
        count += 1;
        let expected = std::fs::read(path.with_extension("out")).expect("an expected output");
        for stress in ["0", "5000"] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_dx-exec"));
            command.arg("--library").arg(library.path()).arg(&path).env("DX_GC_STRESS", stress);
            let output = command.output().expect("dx-exec starts");
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.stdout == expected, "{name} under stress {stress} differs:\n{errors}");
        }
    }
    assert!(count >= 5, "only {count} programs");
}
