//! The example projects through the real path: built, cached, mapped from the cache, run. They print what CPython 3.14
//! prints, also while the collector runs at (nearly) every allocation.

use std::fs;
use std::path::Path;

use dx_tests::sandbox::{Sandbox, rounds};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_example_projects_print_what_cpython_prints() {
    let projects = Path::new(env!("CARGO_MANIFEST_DIR")).join("projects");
    // Every allocation is for the soak: with debug assertions it takes minutes.
    let stress = rounds(10, 1).to_string();
    for name in ["ledger", "minilang"] {
        let sandbox = Sandbox::real();
        copy(&projects.join(name), &sandbox.tree());
        let expected = fs::read_to_string(projects.join(name).join("expected.txt")).unwrap();
        for every in ["0", &stress] {
            let output = sandbox.pipe(&["run", "main.py"]).env("DX_GC_STRESS", every).output().unwrap();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name}, stress {every}: {errors}");
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name}, stress {every}: {errors}");
        }
    }
}
