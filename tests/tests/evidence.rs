//! What a test looked at counts, however it looked: each file of `selection/` is a project and an edit of it, with the
//! tests that the edit must run, and others that it must not.
//!
//! ```text
//! # Why it is hard to see.
//! runs test_m.py::test_a          these run after the edit (`runs` and `cached` take several)
//! cached test_m.py::test_b
//! arguments --doctest-modules     for pytest, in every run
//! environment NAME=VALUE          in the second run
//! -- m.py --                      a file that is there from the start
//! -- edit/m.py --                 the same after the edit
//! -- link -> m.py --              a symbolic link
//! ```
//!
//! `DX_CASE=part` runs some of them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use dx_tests::script::{Script, binaries};
use dx_tests::suite::python;

fn words<'a>(script: &'a Script, name: &str) -> Vec<&'a str> {
    let lines = script.lines.iter().filter_map(|(_, line)| line.strip_prefix(name)?.strip_prefix(' '));
    lines.flat_map(str::split_whitespace).collect()
}

fn write(root: &Path, name: &str, text: &str) {
    let (name, target) = name.split_once(" -> ").map_or((name, None), |(name, target)| (name, Some(target)));
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if let Some(target) = target {
        let _ = fs::remove_file(&path);
        return symlink(target, path).unwrap();
    }
    fs::write(path, text).unwrap();
}

/// How a project is run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Usual,
    /// By dx-testrun alone: whole files are compared.
    WithoutOutline,
    /// As for a Python that cannot load the library of `stages/testrun/c`.
    WithoutLibrary,
}

/// What went wrong with one of them.
fn check(script: &Script, how: How) -> Result<(), String> {
    let outline = how != How::WithoutOutline;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    write(&root, "pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['.']\n");
    let (edits, files): (Vec<_>, Vec<_>) =
        script.files.iter().partition(|(name, _)| name.starts_with("edit/"));
    files.iter().for_each(|(name, text)| write(&root, name, text));
    let run = |more: &[&str]| {
        let mut command = Command::new(binaries().join(if outline { "dx-pipe" } else { "dx-testrun" }));
        command.args(outline.then_some("test"));
        command.args(["--affected", "--no-warm", "-q", "-n", "1", "-p", "no:cacheprovider"]).args(more);
        command.arg("--events").arg(folder.path().join("events")).args(words(script, "arguments"));
        command.current_dir(&root).env("DX_CACHE", folder.path().join("cache")).env("DX_PYTHON", python());
        command.env_remove("CI").env_remove("DX_CASE");
        if how == How::WithoutLibrary {
            command.env("DX_EVENTS", "python");
        }
        if !more.is_empty() {
            command.envs(words(script, "environment").iter().filter_map(|word| word.split_once('=')));
        }
        let output = command.output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    let first = run(&[]);
    if !first.contains(" 0 cached") || first.contains("failed") || first.contains("error") {
        return Err(format!("the first run:\n{first}"));
    }
    edits.iter().for_each(|(name, text)| write(&root, name.trim_start_matches("edit/"), text));
    let second = run(&["--tb=short"]);
    let events = fs::read_to_string(folder.path().join("events")).unwrap_or_default();
    let ran = |id: &str| events.contains(&format!("\"id\":\"{id}\""));
    let missed: Vec<_> = words(script, "runs").into_iter().filter(|id| !ran(id)).collect();
    let needless: Vec<_> = words(script, "cached").into_iter().filter(|id| outline && ran(id)).collect();
    if missed.is_empty() && needless.is_empty() {
        return Ok(());
    }
    Err(format!("missed {missed:?}, needless {needless:?}\n{second}"))
}

#[test]
fn whatever_a_test_looked_at_counts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("selection");
    let wanted = std::env::var("DX_CASE").unwrap_or_default();
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_string_lossy().contains(&wanted));
    paths.sort();
    assert!(!paths.is_empty());
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    let work = || {
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let script = Script::parse(&name, &fs::read_to_string(path).unwrap());
            for (how, note) in [
                (How::Usual, ""),
                (How::WithoutOutline, ", without an outline"),
                (How::WithoutLibrary, ", without the library"),
            ] {
                if let Err(error) = check(&script, how) {
                    wrong.lock().unwrap().push(format!("{name}{note}: {error}"));
                }
            }
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), paths.len(), wrong.join("\n"));
}

/// Also when Python has made faster forms of the calls before: specialised instructions must not hide any.
#[test]
fn a_function_is_seen_however_it_is_called() {
    let source = include_str!("../calls/m.py");
    let tests =
        "import m\ndef test_warm():\n    for _ in range(200): m.drive()\ndef test_once():\n    m.drive()\n";
    let marks: Vec<&str> = source
        .split('"')
        .filter(|part| part.len() == 3 && part[1..].bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    assert_eq!(marks.len(), 57);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    let run = |how: &str, words: &[&str]| {
        let mut command = Command::new(binaries().join("dx-pipe"));
        command
            .args(["test", "--affected", "--no-warm", "-q", "-n", "1", "-p", "no:cacheprovider"])
            .args(words);
        command.current_dir(&root).env("DX_CACHE", folder.path().join("cache")).env("DX_PYTHON", python());
        command.env_remove("CI").env("DX_EVENTS", how);
        let output = command.output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    for how in ["", "python"] {
        let _ = fs::remove_dir_all(&root);
        write(&root, "pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['.']\n");
        write(&root, "m.py", source);
        write(&root, "test_m.py", tests);
        let first = run(how, &[]);
        assert!(first.contains("dx: 2 of 2 ran"), "{first}");
        for mark in &marks {
            write(&root, "m.py", &source.replace(&format!("\"{mark}\""), "\"changed\""));
            let why = run(how, &["--why", "test_m.py::test_once"]);
            assert!(why.contains(" runs: "), "{mark} [{how}]: {why}");
        }
    }
}
