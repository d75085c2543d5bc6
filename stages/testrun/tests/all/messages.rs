//! What tests say may be longer than a message, or be no text at all.

use std::os::unix::ffi::OsStrExt;

use super::support::Project;

#[test]
fn a_report_that_is_too_long_is_cut() {
    let project = Project::new(&[(
        "test_long.py",
        "import pytest\n\
             def test_prints():\n    \
             for at in range(70): print('x' * (1 << 20))\n    print('the end')\n    assert 0\n\
             def test_says(): raise ValueError('é' * (4 << 20) + 'the last word')\n\
             @pytest.mark.parametrize('name', ['y' * (1 << 20)])\n\
             def test_name(name): pass\n\
             def test_z(): pass\n",
    )]);
    let arguments = ["--no-warm", "-n", "2", "--report", "html"];
    let ran = project.run(&arguments);
    let tail =
        |text: &str| text.chars().rev().take(3000).collect::<Vec<_>>().iter().rev().collect::<String>();
    assert_eq!(ran.status, 1, "{}\n{}", tail(&ran.stdout), ran.stderr);
    assert!(ran.stdout.contains("2 failed, 2 passed"), "{}", tail(&ran.stdout));
    assert!(!ran.stdout.contains("internal error"), "{}", tail(&ran.stdout));
    for expected in ["characters are left out here: the report was too long", "the end", "the last word"] {
        assert!(ran.stdout.contains(expected), "{expected}");
    }
    let html = std::fs::read_to_string(project.path().join("dx-report.html")).unwrap();
    assert!(html.contains("bytes are left out here") && html.len() < 32 << 20, "{} bytes", html.len());
}

#[test]
fn what_is_no_text_is_told_as_well_as_it_can() {
    let project = Project::new(&[
        ("test_odd.py", "def test_odd(): raise ValueError('a\\ud800b 😀 \\\\ud800')\ndef test_z(): pass\n"),
        // Two halves side by side are no pair.
        ("test_pair.py", "def test_pair(): raise ValueError('p\\ud800\\udfffq')\n"),
        ("test_import.py", "raise ValueError('\\udcff')\n"),
    ]);
    let ran = project.run(&["--no-warm", "-n", "2", "--continue-on-collection-errors"]);
    assert_eq!(ran.status, 1, "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("2 failed, 1 passed, 1 error"), "{}", ran.stdout);
    assert!(ran.stdout.contains("ValueError: a\u{fffd}b 😀 \\ud800"), "{}", ran.stdout);
    let events = std::fs::read_to_string(project.events_file()).unwrap();
    assert!(events.contains("a\u{fffd}b 😀 \\\\ud800"), "{events}");
    assert!(events.contains("p\u{fffd}\u{fffd}q"), "{events}");
}

#[test]
fn a_file_whose_name_is_no_text_can_be_read() {
    let project = Project::new(&[(
        "test_a.py",
        "with open(b'data\\xff') as file: VALUE = file.read()\ndef test_a(): assert VALUE == '1'\n",
    )]);
    let odd = project.path().join(std::ffi::OsStr::from_bytes(b"data\xff"));
    std::fs::write(&odd, "1").unwrap();
    let ran = project.run(&["--no-warm", "-n", "2"]);
    assert_eq!(ran.status, 0, "{}\n{}", ran.stdout, ran.stderr);
    let list = || project.dx(&["--list", "--no-warm"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&list().stdout), "test_a.py::test_a\n");
    // Nobody could see that it changed: the list is pytest's each time.
    std::fs::remove_file(odd).unwrap();
    assert_eq!(list().status.code(), Some(2), "{:?}", list());
}
