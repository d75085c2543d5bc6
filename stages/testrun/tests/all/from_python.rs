//! `dx.testrun`: discovery and runs from Python.

use std::process::Command;

use super::package::{dx, passes};
use super::support::{Project, python};

const PROGRAM: &str = r#"
import dx, pathlib, sys

found = dx.testrun.discover(pathlib.Path("tests"), args=["-p", "no:cacheprovider"])
assert [test.id for test in found] == ["tests/test_a.py::test_pass", "tests/test_a.py::test_fail", "tests/test_a.py::test_skip"], found
assert {test.file for test in found} == {"tests/test_a.py"}
assert dx.testrun.discover("tests", args=["-k", "nothing"]) == []

result = dx.testrun.run("tests", args=["--no-warm"], workers=2, retries=1)
assert (result.status, result.ok) == (1, False), result
assert result.counts == {"passed": 1, "failed": 1, "skipped": 1}, result.counts
assert [one.id for one in result.failed] == ["tests/test_a.py::test_fail"], result.failed
assert result.failed[0].attempt == 2 and "assert 1 == 2" in result.failed[0].text, result.failed
by_id = {one.id: one for one in result.outcomes}
assert by_id["tests/test_a.py::test_skip"].text.endswith("not today"), by_id
assert "1 failed, 1 passed, 1 skipped" in result.stdout, result.stdout

result = dx.testrun.run(["tests/test_a.py::test_pass"], args=["--no-warm"])
assert result.ok and result.counts == {"passed": 1} and result.failed == [], result

result = dx.testrun.run("broken", args=["--no-warm"])
assert result.status == 2 and [one.id for one in result.files] == ["broken/test_b.py"], result
assert "ZeroDivisionError" in result.files[0].text

for call, says in [
    (lambda: dx.testrun.discover("nowhere"), "file or directory not found: nowhere"),
    (lambda: dx.testrun.discover("broken"), "ZeroDivisionError"),
    (lambda: dx.testrun.run("tests", workers="many"), "many"),
    (lambda: dx.testrun.run("tests", args=["--nonsense"]), "--nonsense"),
    (lambda: dx.testrun.run("tests", python="/nowhere/python"), "/nowhere/python"),
]:
    try:
        call()
    except dx.testrun.DxError as error:
        assert says in str(error) and error.status in (2, 4), (says, error, error.status)
    else:
        raise AssertionError(says)

assert "pytest" not in sys.modules
print("as expected")
"#;

#[test]
fn python_discovers_and_runs() {
    let project = Project::new(&[
        (
            "tests/test_a.py",
            "import pytest\ndef test_pass(): pass\ndef test_fail(): assert 1 == 2\n\
             @pytest.mark.skip(reason='not today')\ndef test_skip(): pass\n",
        ),
        ("broken/test_b.py", "1 / 0\n"),
    ]);
    // The same environment as dx-testrun's own, with another program.
    let model = dx(&project, &[]);
    let mut command = Command::new(python());
    command.args(["-c", PROGRAM]).current_dir(project.path()).env("DX_TESTRUN", model.get_program());
    for (name, value) in model.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    assert_eq!(passes(&mut command), "as expected\n");
}
