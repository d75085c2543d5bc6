//! The files that a build opens are the files that it declares: the sources, the stages, the cache and `.dx`.
//!
//! Needs `strace`; `make soak` is where it must not be missing.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use dx_tests::sandbox::Sandbox;

/// What the loader, the C library and the standard library of Rust read of the system.
const SYSTEM: [&str; 7] = ["/lib", "/usr/lib", "/etc/ld.so", "/proc/", "/sys/", "/dev/null", "/dev/urandom"];

fn has_strace() -> bool {
    if Command::new("strace").arg("-V").output().is_ok() {
        return true;
    }
    assert!(std::env::var_os("DX_SOAK").is_none(), "strace is needed for this test");
    eprintln!("strace is not installed: nothing was checked");
    false
}

/// Builds the tree and answers every path that one of its processes opened.
fn opened(sandbox: &Sandbox) -> BTreeSet<PathBuf> {
    let log = sandbox.tree().with_file_name("strace");
    let pipe = sandbox.pipe(&[]);
    let mut command = Command::new("strace");
    // With `-y` descriptors have their paths: a file may be opened relative to its folder.
    command.args(["-f", "-y", "-qq", "-s", "4096", "-e", "trace=open,openat,openat2,creat", "-o"]).arg(&log);
    command.arg(pipe.get_program()).args(["build", "."]).current_dir(sandbox.tree());
    for (name, value) in pipe.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&log).unwrap();
    text.lines().filter(|line| !line.contains("ENOENT")).filter_map(path).collect()
}

/// `PID openat(AT_FDCWD</folder>, "name", FLAGS) = …`
fn path(line: &str) -> Option<PathBuf> {
    let (call, rest) = line.split_once('"')?;
    let name = rest.split('"').next()?;
    let folder =
        call.split_once('<').and_then(|(_, folder)| folder.rsplit_once('>')).map_or("", |(folder, _)| folder);
    let joined = Path::new(folder).join(name);
    Some(joined.components().filter(|part| *part != Component::CurDir).collect())
}

/// Builds, wants every path that was opened to be declared, and answers which of the tree's files were opened.
fn sources_opened(sandbox: &Sandbox, declared: &[&str]) -> BTreeSet<String> {
    let tree = std::fs::canonicalize(sandbox.tree()).unwrap();
    let places = [sandbox.cache(), sandbox.stages(), tree.join(".dx")];
    let program = PathBuf::from(sandbox.pipe(&[]).get_program());
    let mut sources = BTreeSet::new();
    for path in opened(sandbox) {
        let source =
            path.strip_prefix(&tree).ok().and_then(Path::to_str).filter(|path| declared.contains(path));
        sources.extend(source.map(str::to_owned));
        // Folders are listed: the tree's own, and those above it up to the root where ignore files may stand.
        let is_declared = source.is_some()
            || path.is_dir()
            || SYSTEM.iter().any(|start| path.to_string_lossy().starts_with(start))
            || places.iter().any(|place| path.starts_with(place))
            || path == program;
        assert!(is_declared, "`{}` was opened and is not declared", path.display());
    }
    sources
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_build_opens_what_it_declares() {
    if !has_strace() {
        return;
    }
    let sandbox = Sandbox::toy();
    sandbox.write("a.py", "import b\ndef f\n  x\n");
    sandbox.write("b.py", "y\n");
    sandbox.write("c d.py", "z\n");
    let sources = ["a.py", "b.py", "c d.py"];
    assert_eq!(sources_opened(&sandbox, &sources), set(&sources), "every source was opened");
}

#[test]
fn a_build_of_python_opens_what_it_declares() {
    if !has_strace() {
        return;
    }
    let sandbox = Sandbox::real();
    sandbox.write(
        "main.py",
        "import json\nimport helper\nfrom pkg import inner\n\nprint(inner.twice(helper.N))\n",
    );
    sandbox.write("helper.py", "import absent\n\nN = 3\n");
    sandbox.write("pkg/__init__.py", "from .inner import *\n");
    sandbox.write("pkg/inner.py", "from . import deep\n\ndef twice(n):\n    return n * deep.two()\n");
    sandbox.write("pkg/deep/__init__.py", "def two():\n    return 2\n");
    // Neither source nor configuration, beside what is.
    sandbox.write("pkg/notes.txt", "nothing of a build's\n");
    let sources = ["main.py", "helper.py", "pkg/__init__.py", "pkg/inner.py", "pkg/deep/__init__.py"];
    assert_eq!(sources_opened(&sandbox, &sources), set(&sources), "every source was opened");

    sandbox.write("pkg/inner.py", "from . import deep\n\ndef twice(n):\n    return deep.two() * n\n");
    let again = sources_opened(&sandbox, &sources);
    assert!(again.contains("pkg/inner.py"), "the edited source was opened");
}
