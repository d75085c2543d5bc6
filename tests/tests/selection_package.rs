//! Selection and the Python package `dx`: what a cached fixture and a snapshot stand for is what their tests depend on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dx_tests::script::binaries;
use dx_tests::suite::python;

const TESTS: &str = "import dx, helper\n\
    @dx.fixture(cache=True, scope='session', inputs=['data.txt'])\n\
    def table():\n    return helper.build()\n\
    def test_table(table): assert table == 3\n\
    def test_snapshot(): dx.snapshot('Hello')\n\
    def test_other(): pass\n";

struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The status, and how many tests ran.
    fn run(&self, words: &[&str]) -> (i32, String) {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut command = Command::new(binaries().join("dx-pipe"));
        command.args([
            "test",
            "--no-warm",
            "-q",
            "-n",
            "1",
            "-p",
            "no:cacheprovider",
            "-p",
            "dx.pytest_plugin",
        ]);
        command.args(words).current_dir(self.root()).env_remove("CI").env_remove("DX_FIXTURE_KEY");
        command.env("DX_CACHE", self.folder.path().join("cache")).env("DX_PYTHON", python());
        command.env("PYTHONPATH", here.join("pipeline/launcher/python"));
        command.env("XDG_STATE_HOME", self.folder.path().join("state"));
        let output = command.output().unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code().unwrap_or(-1), text)
    }

    /// Runs what is affected: exactly so many tests.
    fn affects(&self, count: u32) -> String {
        let (status, text) = self.run(&["--affected"]);
        assert!(matches!(status, 0 | 1), "{text}");
        assert!(text.contains(&format!("dx: {count} of 3 ran")), "{count}\n{text}");
        text
    }
}

#[test]
fn a_value_from_the_cache_is_evidence_for_what_made_it() {
    let project = Project { folder: tempfile::tempdir().unwrap() };
    project.write("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['.']\n");
    project.write(
        "helper.py",
        "def build():\n    return deep()\ndef deep():\n    return 3\ndef unused():\n    return 1\n",
    );
    project.write("test_a.py", TESTS);
    project.write("data.txt", "1");
    assert_eq!(project.run(&["--all", "--update-snapshots"]).0, 0);
    // The value is there: nothing of helper.py is executed when it is recorded what the tests use.
    let (status, text) = project.run(&["--all"]);
    assert_eq!(status, 0, "{text}");
    project.run(&["--affected"]);
    project.affects(0);
    project.write("data.txt", "2");
    project.affects(1);
    project.affects(0);
    assert_eq!(project.run(&["--all"]).0, 0);
    project.affects(0);
    project.write(
        "helper.py",
        "def build():\n    return deep()\ndef deep():\n    return 4\ndef unused():\n    return 1\n",
    );
    let text = project.affects(1);
    assert!(text.contains("FAILED test_a.py::test_table"), "{text}");
    project.write(
        "helper.py",
        "def build():\n    return deep()\ndef deep():\n    return 3\ndef unused():\n    return 1\n",
    );
    project.affects(1);
    project.affects(0);
    let snap = "__snapshots__/test_a.snap";
    let text = fs::read_to_string(project.root().join(snap)).unwrap();
    project.write(snap, &text.replace("Hello", "Hallo"));
    let text = project.affects(1);
    assert!(text.contains("FAILED test_a.py::test_snapshot"), "{text}");
}
