//! What plugins prepare for each worker, as under pytest-xdist.

use std::fs;

use super::support::Project;

/// With the specifications of xdist's hooks, which need not be installed.
const CONFTEST: &str = r#"
import os

MINE = {}

class Hooks:
    def pytest_configure_node(self, node): "xdist's"
    def pytest_testnodedown(self, node, error): "xdist's"

def pytest_addhooks(pluginmanager):
    pluginmanager.add_hookspecs(Hooks)

def tell(line):
    with open(os.path.join(os.path.dirname(__file__), "told"), "a") as file:
        file.write(line + "\n")

def pytest_configure(config):
    MINE["database"] = getattr(config, "workerinput", {}).get("database")

def pytest_configure_node(node):
    node.workerinput["database"] = "for " + node.gateway.id
    tell("up " + node.gateway.id)

def pytest_testnodedown(node, error):
    tell("down " + node.workerinput["database"])
"#;

const TESTS: &str = r#"
import os, pytest
from conftest import MINE

@pytest.mark.parametrize("number", range(4))
def test_own(number, request):
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    assert MINE["database"] == (worker and "for " + worker)
    assert worker is None or request.config.workerinput["workerid"] == worker
"#;

#[test]
fn each_worker_is_configured_with_what_plugins_prepared_for_it() {
    let project = Project::new(&[
        ("conftest.py", CONFTEST),
        ("test_a.py", TESTS),
        ("test_b.py", TESTS),
        ("test_c.py", TESTS),
    ]);
    let ran = project.run(&["-n", "2", "--no-warm"]);
    assert_eq!((ran.status, ran.outcomes.len()), (0, 12), "{}{}", ran.stdout, ran.stderr);
    let told = fs::read_to_string(project.path().join("told")).unwrap();
    assert_eq!(told.lines().collect::<Vec<_>>(), ["up gw0", "up gw1", "down for gw0", "down for gw1"]);
    // One worker is pytest alone.
    fs::remove_file(project.path().join("told")).unwrap();
    assert_eq!(project.run(&["-n", "1", "--no-warm"]).status, 0);
    assert!(!project.path().join("told").exists());
    project.expect_no_leftovers();
}

/// A failure is not looked at again in a worker that no plugin has prepared.
#[test]
fn no_worker_is_made_that_was_not_prepared() {
    let bad = "from conftest import MINE\ndef test_bad(): assert MINE['database'] is None\n";
    let project = Project::new(&[("conftest.py", CONFTEST), ("test_a.py", TESTS), ("test_bad.py", bad)]);
    let ran = project.run(&["-n", "2", "--no-warm"]);
    assert_eq!((ran.status, ran.outcomes.len()), (1, 5), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.outcomes["test_bad.py::test_bad"], ["failed"], "{}", ran.stdout);
}
