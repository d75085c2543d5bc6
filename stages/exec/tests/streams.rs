//! A standard stream whose descriptor is closed at the start is None, as in CPython 3.14, whose answers these are.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a shell does to the descriptors; which streams are None; what `input` raises; what comes on standard output and
/// on standard error.
const CASES: [(&str, [bool; 3], &str, &str, &str); 5] = [
    ("", [false; 3], "EOFError: EOF when reading a line", "to stdout\n", SAID),
    ("<&-", [true, false, false], "RuntimeError: lost sys.stdin", "to stdout\n", SAID),
    (">&-", [false, true, false], "RuntimeError: lost sys.stdout", "", SAID),
    // `print` to None prints to standard output.
    ("2>&-", [false, false, true], "RuntimeError: lost sys.stderr", "to stdout\nto stderr\n", ""),
    ("<&- >&- 2>&-", [true; 3], "RuntimeError: lost sys.stdin", "", ""),
];
const SAID: &str = "to stderr\nValueError: shown\nthe end\n";

/// What the program writes: which streams are None, and what `input` raises.
fn written(none: [bool; 3], input: &str) -> String {
    let none = none.map(|none| if none { "True" } else { "False" }).join(" ");
    let rest =
        ["print", "print to it", "displayhook", "excepthook"].map(|what| format!("{what}: None\n")).concat();
    format!("none: {none}\nsame: True\ninput: {input}\n{rest}")
}

#[test]
fn streams_that_are_closed_at_the_start_are_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python/closed_streams.py");
    for (closed, none, input, out, err) in CASES {
        let file = folder.path().join("written");
        let output = Command::new("sh")
            .args(["-c", &format!("exec \"$@\" {closed}"), "sh", env!("CARGO_BIN_EXE_dx-exec")])
            .args([&program, &file])
            .env("DX_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
            .stdin(Stdio::null())
            .output()
            .expect("a shell");
        assert_eq!(output.status.code(), Some(1), "{closed}");
        assert_eq!(
            std::fs::read_to_string(&file).expect("what was written"),
            written(none, input),
            "{closed}"
        );
        assert_eq!(String::from_utf8_lossy(&output.stdout), out, "{closed}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), err, "{closed}");
    }
}
