//! A warm pytest serves the next run, and is never stale: whatever it has read may change.

use std::time::Duration;

use super::support::{Project, Ran, python};

fn project() -> Project {
    Project::new(&[
        (
            "conftest.py",
            "import json, os\nDATA = json.load(open('data.json'))\nVALUE = os.environ.get('VALUE', 'none')\n",
        ),
        ("data.json", "1"),
        ("helper.py", "answer = 1\n"),
        ("pytest.ini", "[pytest]\npythonpath = .\n"),
        (
            "test_it.py",
            "import conftest, helper\n\
             def test_data(): assert conftest.DATA == 1\n\
             def test_helper(): assert helper.answer == 1\n\
             def test_value(): assert conftest.VALUE == 'none'\n",
        ),
    ])
}

fn warm(project: &Project) -> Ran {
    project.run(&["--warm", "-n", "2"])
}

fn heat(project: &Project) -> Ran {
    project.heat(&["--warm", "-n", "2"])
}

#[test]
fn a_warm_run_says_what_pytest_says() {
    let project = project();
    let (expected, status) = project.pytest(&[]);
    let ran = heat(&project);
    assert_eq!((ran.outcomes, ran.status), (expected, status));
    for selection in
        [&["test_it.py::test_data"][..], &["-k", "helper"], &["-v", "test_it.py"], &["nothing.py"]]
    {
        project.agrees_with_pytest(&["--warm"], selection);
    }
    let output = project.dx(&["--status"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("warm: process"), "{output:?}");
    assert!(project.dx(&["--stop"]).output().unwrap().status.success());
    project.expect_no_leftovers();
}

#[test]
fn a_changed_file_is_seen() {
    let project = project();
    let changes: [(&str, &str, &str); 5] = [
        ("test_it.py", "def test_new(): assert 0\n", "test_it.py::test_new"),
        ("test_it.py", "import helper\ndef test_helper(): assert helper.answer == 1\n", ""),
        ("helper.py", "answer = 2\n", "test_it.py::test_helper"),
        ("data.json", "2", ""),
        ("conftest.py", "raise SystemExit('conftest')\n", ""),
    ];
    for (name, text, failing) in changes {
        heat(&project);
        project.write(name, text);
        let (expected, status) = project.pytest(&[]);
        let ran = warm(&project);
        assert_eq!(
            (&ran.outcomes, ran.status),
            (&expected, status),
            "{name}\n{}\n{}",
            ran.stdout,
            ran.stderr
        );
        // A fork of the layer that proved stale ends without a word.
        assert!(!ran.stderr.contains("Traceback"), "{name}\n{}", ran.stderr);
        if !failing.is_empty() {
            assert_eq!(ran.outcomes[failing], ["failed"], "{name}");
        }
        if ran.status > 1 {
            break;
        }
    }
}

#[test]
fn data_and_new_files_and_the_environment_are_seen() {
    let project = project();
    heat(&project);
    project.write("data.json", "2");
    assert_eq!(warm(&project).outcomes["test_it.py::test_data"], ["failed"]);
    project.write("data.json", "1");
    heat(&project);
    project.write("sub/test_more.py", "def test_more(): pass\n");
    assert!(warm(&project).outcomes.contains_key("sub/test_more.py::test_more"));
    heat(&project);
    project.write("sub/conftest.py", "def pytest_itemcollected(item): item.add_marker('xfail')\n");
    assert_eq!(warm(&project).outcomes["sub/test_more.py::test_more"], ["xpassed"]);
    heat(&project);
    let output = project.dx(&["--warm", "test_it.py"]).env("VALUE", "other").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn a_run_that_dies_leaves_nothing_and_the_next_is_right() {
    let project = project();
    project.write("test_slow.py", "import time\ndef test_slow(): time.sleep(600)\n");
    for mode in ["--warm", "--no-warm"] {
        let mut child = project.dx(&[mode, "-n", "2"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        child.kill().unwrap();
        child.wait().unwrap();
        let _ = project.dx(&["--stop"]).output();
        project.expect_no_leftovers();
    }
    std::fs::remove_file(project.path().join("test_slow.py")).unwrap();
    assert_eq!(warm(&project).status, 0);
}

/// What dx keeps for itself is no part of the project, also for tests that look through all of it.
#[test]
fn who_lists_the_whole_project_stays_warm() {
    let walks = "import os\nFOUND = [names for _, _, names in os.walk('.')]\ndef test_it(): pass\n";
    let project = Project::new(&[("test_it.py", walks)]);
    heat(&project);
    let ran = warm(&project);
    assert!(ran.stdout.contains("warm, collected"), "{}", ran.stdout);
}

/// Of a session that was collected as a whole, a run of a part tells what pytest tells of that part.
#[test]
fn what_was_collected_beside_the_tests_of_a_run_is_not_told() {
    let tests = |name: &str| {
        let slow = "@pytest.mark.slow\ndef test_slow(): pass\n";
        format!("import pytest, warnings\nwarnings.warn('in {name}')\n{slow}def test_it(): pass\n")
    };
    let skipped = "import pytest\npytest.importorskip('nothing_of_this_name')\n";
    let project = Project::new(&[
        ("pytest.ini", "[pytest]\naddopts = -m 'not slow'\nmarkers = slow\n"),
        ("a/test_a.py", &tests("a")),
        ("a/test_none_a.py", skipped),
        ("b/test_b.py", &tests("b")),
        ("b/test_none_b.py", skipped),
    ]);
    heat(&project);
    for paths in [&["a"][..], &["a/test_a.py"], &["a/test_a.py::test_it"], &["b", "a"], &["."], &[]] {
        let ran = project.run(&[&["--warm", "-rs"][..], paths].concat());
        assert!(ran.stdout.contains("warm, collected"), "{}", ran.stdout);
        let mut pytest = project.command(&python().with_file_name("pytest"));
        let own = pytest.args(["-p", "no:cacheprovider", "-rs"]).args(paths).output().unwrap();
        let of_interest = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| {
                line.starts_with("SKIPPED")
                    || line.contains("UserWarning")
                    || line.contains("passed")
                    || line.starts_with("collected")
            });
            lines.map(|line| line.trim_matches('=').split(" in 0").next().unwrap().to_owned()).collect()
        };
        assert_eq!(of_interest(&ran.stdout), of_interest(&String::from_utf8_lossy(&own.stdout)), "{paths:?}");
    }
}

/// The collected session stands on a configured one, which read its files before the run that changed them.
#[test]
fn what_a_run_changes_before_the_session_is_collected_is_seen() {
    let project = Project::new(&[
        ("conftest.py", "import json\nDATA = json.load(open('data.json'))\n"),
        ("data.json", "1"),
        (
            "test_it.py",
            "import conftest, json\ndef test_data():\n    \
             assert conftest.DATA == json.load(open('data.json'))\n    \
             open('data.json', 'w').write(str(conftest.DATA % 3 + 1))\n",
        ),
    ]);
    for _ in 0..6 {
        let ran = warm(&project);
        assert_eq!(ran.status, 0, "{}", ran.stdout);
        // The server collects the session meanwhile.
        std::thread::sleep(Duration::from_millis(700));
    }
}
