//! The files that a build opens are the files that it declares: the sources, the stages, the cache and `.dx`.
//!
//! Needs `strace`; `make soak` is where it must not be missing.

use std::collections::BTreeSet;
use std::process::Command;

use dx_tests::sandbox::Sandbox;

#[test]
fn a_build_opens_what_it_declares() {
    if Command::new("strace").arg("-V").output().is_err() {
        assert!(std::env::var_os("DX_SOAK").is_none(), "strace is needed for this test");
        eprintln!("strace is not installed: nothing was checked");
        return;
    }
    let sandbox = Sandbox::toy();
    sandbox.write("a.py", "import b\ndef f\n  x\n");
    sandbox.write("b.py", "y\n");
    sandbox.write("c d.py", "z\n");
    let log = sandbox.tree().with_file_name("strace");
    let pipe = sandbox.pipe(&[]);
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", "trace=open,openat,creat", "-o"]).arg(&log);
    command.arg(pipe.get_program()).args(["build", "."]).current_dir(sandbox.tree());
    for (name, value) in pipe.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&log).unwrap();
    let opened: BTreeSet<&str> = text
        .lines()
        .filter(|line| !line.contains("ENOENT"))
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    let tree = std::fs::canonicalize(sandbox.tree()).unwrap().display().to_string();
    // What the loader, the C library and the standard library of Rust read of the system.
    let system = ["/lib", "/usr/lib", "/etc/ld.so", "/proc/", "/sys/", "/dev/null", "/dev/urandom"];
    let places = [sandbox.cache(), sandbox.stages(), sandbox.tree().join(".dx")]
        .map(|path| path.display().to_string());
    let sources = ["a.py", "b.py", "c d.py"];
    let mut seen = 0;
    for path in opened {
        let inside = path.strip_prefix(&tree).unwrap_or(path).trim_start_matches(['/', '.']);
        let is_source = sources.contains(&inside);
        seen += usize::from(is_source);
        // Folders are listed: the tree's own, and those above it up to the root where ignore files may stand.
        let is_folder = std::path::Path::new(path).is_dir() || inside.is_empty();
        let is_declared = is_source
            || is_folder
            || system.iter().any(|start| path.starts_with(start))
            || places.iter().any(|place| path.starts_with(place.as_str()))
            || inside.starts_with("dx/")
            || path == pipe.get_program().to_string_lossy();
        assert!(is_declared, "`{path}` was opened and is not declared");
    }
    assert_eq!(seen, sources.len(), "every source was opened");
}
