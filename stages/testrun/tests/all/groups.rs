//! `--dist loadgroup`: what one `xdist_group` mark holds together runs in one worker, and says what pytest says.

use std::collections::{BTreeMap, BTreeSet};

use super::support::Project;

/// Each test says its group in its name: `..._in_GROUP`.
const FILE: &str = r#"
import time
import pytest

def alone(): time.sleep(0.004)

@pytest.mark.parametrize("n", range(6))
def test_free(n): alone()
@pytest.mark.xdist_group("red")
@pytest.mark.parametrize("n", range(5))
def test_in_red(n): time.sleep(0.01)
@pytest.mark.xdist_group(name="blue")
def test_in_blue(): assert 0
@pytest.mark.parametrize("n", [0, pytest.param(1, marks=pytest.mark.xdist_group("red"), id="in_red")])
def test_some(n): alone()
@pytest.mark.xdist_group("green")
class TestGreen:
    def test_one_in_green(self): alone()
    def test_two_in_green(self): alone()
    @pytest.mark.xdist_group("blue")
    def test_other_in_blue(self): alone()
@pytest.mark.skip(reason="no")
@pytest.mark.xdist_group("green")
def test_skipped_in_green(): pass
"#;
const WHOLE: &str = r#"
import pytest
pytestmark = pytest.mark.xdist_group("red")
def test_a_in_red(): pass
def test_b_in_red(): pass
"#;
const MARKS: &str = "[pytest]\nmarkers =\n    xdist_group: together\n";

fn project() -> Project {
    let project = Project::new(&[("pytest.ini", MARKS), ("test_whole.py", WHOLE)]);
    for name in ["test_a.py", "sub/test_b.py", "sub/test_c.py", "test_z.py"] {
        project.write(name, &FILE.replace("TestGreen", &format!("TestGreen{}", name.len())));
    }
    project.write("sub/__init__.py", "");
    project
}

/// Group -> workers in which its tests ran; and all workers.
fn homes(project: &Project) -> (BTreeMap<String, BTreeSet<u64>>, BTreeSet<u64>) {
    let (mut homes, mut all) = (BTreeMap::<_, BTreeSet<u64>>::new(), BTreeSet::new());
    for event in project.events() {
        let Some(worker) = event["worker"].as_u64() else { continue };
        all.insert(worker);
        let id = event["id"].as_str().unwrap();
        if let Some((_, group)) = id.split_once("_in_").or_else(|| id.split_once("[in_")) {
            let group = group.split(['[', ']']).next().unwrap();
            homes.entry(group.to_owned()).or_default().insert(worker);
        } else if id.contains("test_whole.py") {
            homes.entry("red".to_owned()).or_default().insert(worker);
        }
    }
    (homes, all)
}

#[test]
fn a_group_stays_in_one_worker() {
    let project = project();
    let (expected, status) = project.pytest(&[]);
    assert_eq!(status, 1);
    for (warmth, workers) in
        [("--no-warm", 1), ("--no-warm", 2), ("--no-warm", 3), ("--no-warm", 4), ("--warm", 2), ("--warm", 4)]
    {
        let ran = project.run(&[warmth, "-n", &workers.to_string(), "--dist", "loadgroup"]);
        assert_eq!(
            (&ran.outcomes, ran.status),
            (&expected, status),
            "{warmth} {workers}\n{}\n{}",
            ran.stdout,
            ran.stderr
        );
        let (homes, all) = homes(&project);
        assert_eq!(homes.keys().collect::<Vec<_>>(), ["blue", "green", "red"]);
        assert!(homes.values().all(|workers| workers.len() == 1), "{warmth} {workers}: {homes:?}");
        assert!(workers == 1 || all.len() > 1, "{warmth} {workers}: the work is shared: {all:?}");
    }
}

/// Where a test of a group takes its worker down, what is left of the group stays together.
#[test]
fn a_group_outlives_its_worker() {
    let project = project();
    project.write(
        "test_b.py",
        "import os, pytest\n@pytest.mark.xdist_group('red')\ndef test_crash_in_red(): os._exit(3)\n",
    );
    let ran = project.run(&["--no-warm", "-n", "3", "--dist", "loadgroup"]);
    assert_eq!(ran.outcomes["test_b.py::test_crash_in_red"], ["failed"], "{}", ran.stdout);
    let (mut expected, status) = project.pytest(&["--ignore", "test_b.py"]);
    expected.insert("test_b.py::test_crash_in_red".to_owned(), vec!["failed".to_owned()]);
    assert_eq!((&ran.outcomes, ran.status), (&expected, status), "{}\n{}", ran.stdout, ran.stderr);
    let (homes, _) = homes(&project);
    assert!(homes.values().all(|workers| workers.len() == 1), "{homes:?}");
}
