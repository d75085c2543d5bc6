//! Totals of coverage where tests are left out: those of a run of everything, by pytest itself.

use std::fs;
use std::process::{Command, Output};

use dx_tests::script::binaries;
use dx_tests::suite::{python, text};
use serde_json::Value;

const FILES: [(&str, &str); 6] = [
    ("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['.']\n"),
    (
        "m.py",
        r#"def shared(x):
    """It has one."""
    if x:
        return 1
    return 2

def two(x):
    value = shared(x)
    return value + 1

class Thing:
    def method(self, x):
        for n in range(x):
            if n > 3:
                return n
        return None

def at_import():
    return 5

LIMIT = at_import()
"#,
    ),
    ("n.py", "def only(x):\n    y = x\n    return y\n\ndef never():\n    return 0\n"),
    (
        "conftest.py",
        "import pytest\n\n@pytest.fixture(scope='module')\ndef thing():\n    from m import Thing\n    return Thing().method(2)\n",
    ),
    (
        "test_m.py",
        "import m\n\ndef test_shared():\n    assert m.shared(1) == 1\n\ndef test_two(thing):\n    assert m.two(0) > 0 and thing is None\n\ndef test_thing(thing):\n    assert m.Thing().method(9) == 4\n",
    ),
    (
        "test_n.py",
        "def test_only():\n    import n\n    assert n.only(1) == 1\n\ndef test_sum():\n    assert 1 + 1 == 2\n",
    ),
];

struct Project {
    folder: tempfile::TempDir,
    branches: bool,
}

impl Project {
    fn new(branches: bool) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap(), branches };
        FILES.iter().for_each(|(name, content)| project.write(name, content));
        project
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.folder.path().join(name), content).unwrap();
    }

    fn edit(&self, name: &str, old: &str, new: &str) {
        let content = fs::read_to_string(self.folder.path().join(name)).unwrap();
        assert!(content.contains(old), "{old:?} in {content}");
        self.write(name, &content.replacen(old, new, 1));
    }

    fn measured(&self, mut command: Command, report: &str) -> (Value, String) {
        let path = self.folder.path().join(report);
        command.current_dir(self.folder.path()).env_remove("CI");
        command.args(["-q", "-p", "no:cacheprovider", "--cov=.", &format!("--cov-report=json:{report}")]);
        command.args(self.branches.then_some("--cov-branch"));
        let output: Output = command.output().unwrap();
        let said = text(&output);
        assert!(output.status.success(), "{said}");
        let found: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        (found["files"].clone(), said)
    }

    /// What dx measures is what pytest measures; its last line.
    fn agree(&self, what: &str) -> String {
        let mut dx = Command::new(binaries().join("dx-pipe"));
        dx.args(["test", "--affected", "--no-warm", "-n", "2"]).env("DX_PYTHON", python());
        dx.env("DX_CACHE", self.folder.path().join(".dx/cache"));
        let (found, said) = self.measured(dx, "dx.json");
        let pytest = Command::new(std::path::Path::new(&python()).join("bin/pytest"));
        let (expected, _) = self.measured(pytest, "pytest.json");
        let files = |found: &Value| found.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(files(&found), files(&expected), "{what}");
        for (name, expected) in expected.as_object().unwrap() {
            for part in
                ["executed_lines", "missing_lines", "executed_branches", "missing_branches", "summary"]
            {
                assert_eq!(found[name][part], expected[part], "{what}: {part} of {name}: {said}");
            }
        }
        said.lines().last().unwrap_or_default().to_owned()
    }
}

fn edits(branches: bool) {
    let project = Project::new(branches);
    let all = |what: &str, tests: usize| {
        let said = project.agree(what);
        assert!(said.contains(&format!("dx: {tests} of {tests} ran, 0 cached")), "{what}: {said}");
    };
    let some = |what: &str, ran: usize, cached: usize| {
        let said = project.agree(what);
        let expected = format!("dx: {ran} of {} ran, {cached} cached", ran + cached);
        assert!(said.contains(&expected), "{what}: {said}");
    };
    all("the first run", 5);
    some("nothing", 0, 5);
    project.edit("n.py", "    y = x\n", "    y = x\n    if not y:\n        y = 2\n");
    some("lines of one function", 2, 3);
    project.edit("m.py", "    value = shared(x)\n", "    value = shared(not x)\n");
    some("a function that takes another way through one that did not change", 3, 2);
    project.edit("m.py", "def shared", "# Lines below stand elsewhere.\n\ndef shared");
    some("a comment", 3, 2);
    project.edit("test_n.py", "1 + 1 == 2", "2 == 1 + 1");
    some("a test", 2, 3);
    project.edit("m.py", "LIMIT = at", "LIMIT = 1 + at");
    all("what a module does when it is imported", 5);
    project.edit("m.py", "return 5", "return 6");
    all("a function that is called when its module is imported", 5);
    project.edit("n.py", "return 0", "return 1");
    some("a function that no test calls, in a file that one uses", 2, 3);
    project.write("new.py", "def f():\n    return 1\n");
    all("a new file", 5);
    project.edit("test_m.py", "def test_thing", "def helper");
    all("a test that is gone", 4);
    some("nothing again", 0, 4);
    let kept = fs::read_dir(project.folder.path().join(".dx/testrun")).unwrap();
    let kept = kept.map(|entry| entry.unwrap().path());
    let kept: Vec<_> = kept.filter(|path| path.to_string_lossy().contains("/coverage-")).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    fs::write(&kept[0], "damaged").unwrap();
    all("what was kept is damaged", 4);
}

#[test]
fn lines_of_tests_that_are_left_out_count() {
    edits(false);
}

#[test]
fn branches_of_tests_that_are_left_out_count() {
    edits(true);
}
