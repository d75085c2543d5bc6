//! `--since REVISION`: what changed since the revision is run, and what changed since a test was recorded, in a real
//! repository.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use dx_tests::script::binaries;
use dx_tests::suite::{python, text};

struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap() };
        project.write("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['.']\n");
        project.write(".gitignore", ".dx\n__pycache__\n");
        project.write("m.py", "def f():\n    return 1\ndef g():\n    return 1\n");
        project.write("data.txt", "1\n");
        project.write("test_f.py", "import m\ndef test_f():\n    assert m.f() == 1\n");
        project.write("test_g.py", "import m\ndef test_g():\n    assert m.g() == 1\n");
        project.write(
            "test_data.py",
            "import pathlib\ndef test_data():\n    assert (pathlib.Path(__file__).parent / 'data.txt').exists()\n    (pathlib.Path(__file__).parent / 'data.txt').read_text()\n",
        );
        project.git(&["init", "-q", "."]);
        project.commit("one");
        project
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.root()).unwrap();
        fs::write(self.root().join(name), text).unwrap();
    }

    fn git(&self, words: &[&str]) {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(words).current_dir(self.root());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    fn run(&self, outline: bool, words: &[&str]) -> Output {
        let mut command = Command::new(binaries().join(if outline { "dx-pipe" } else { "dx-testrun" }));
        command.args(outline.then_some("test")).args([
            "--no-warm",
            "-q",
            "-n",
            "1",
            "-p",
            "no:cacheprovider",
        ]);
        command.arg("--events").arg(self.folder.path().join("events")).args(words).current_dir(self.root());
        command.env("DX_CACHE", self.folder.path().join("cache")).env("DX_PYTHON", python()).env_remove("CI");
        command.output().unwrap()
    }

    /// The tests that ran.
    fn ran(&self, outline: bool, words: &[&str]) -> Vec<String> {
        let output = self.run(outline, words);
        assert!(output.status.code().is_some_and(|code| code < 2), "{words:?}\n{}", text(&output));
        let events = fs::read_to_string(self.folder.path().join("events")).unwrap();
        let ids = events.lines().filter(|line| line.contains("\"event\":\"test\""));
        let mut ids: Vec<String> = ids
            .filter_map(|line| Some(line.split("\"id\":\"").nth(1)?.split('"').next()?.to_owned()))
            .collect();
        ids.sort();
        ids
    }
}

const F: &str = "test_f.py::test_f";
const G: &str = "test_g.py::test_g";
const DATA: &str = "test_data.py::test_data";

#[test]
fn what_changed_since_a_revision_runs_again_although_it_was_recorded() {
    let project = Project::new();
    assert_eq!(project.ran(true, &["--since", "HEAD"]), [DATA, F, G], "nothing is known yet");
    assert!(project.ran(true, &["--since", "HEAD"]).is_empty());
    project.write("m.py", "# A note.\ndef f():\n    return 2 - 1\ndef g():\n    return 1\n");
    assert_eq!(project.ran(true, &["--affected"]), [F]);
    assert!(project.ran(true, &["--affected"]).is_empty(), "it is recorded");
    assert_eq!(project.ran(true, &["--since=HEAD"]), [F], "one function, not the file");
    let why = text(&project.run(true, &["--since", "HEAD", "--why", F]));
    assert!(why.contains("'f' in 'm.py' changed"), "{why}");
    project.commit("two");
    assert!(project.ran(true, &["--since", "HEAD"]).is_empty());
    assert_eq!(project.ran(true, &["--since", "HEAD~1"]), [F]);
    project.write("data.txt", "2\n");
    project.commit("three");
    assert_eq!(project.ran(true, &["--since", "HEAD~1"]), [DATA]);
    assert_eq!(project.ran(true, &["--since", "HEAD~2"]), [DATA, F]);
    project.write("test_new.py", "def test_new():\n    pass\n");
    assert_eq!(project.ran(true, &["--since", "HEAD"]), ["test_new.py::test_new"]);
    assert_eq!(project.ran(true, &["--since", "HEAD"]), ["test_new.py::test_new"], "not committed");
}

#[test]
fn a_record_of_another_state_than_the_revision_takes_nothing_away() {
    let project = Project::new();
    project.write("m.py", "def f():\n    return 2\ndef g():\n    return 1\n");
    project.run(true, &["--affected"]);
    // Back to the revision: nothing differs from it, and everything that differs from the record runs.
    project.write("m.py", "def f():\n    return 1\ndef g():\n    return 1\n");
    assert_eq!(project.ran(true, &["--since", "HEAD"]), [F]);
    // The same where the test had passed with the other state.
    project.write("m.py", "def f():\n    return 1\ndef g():\n    return 3 - 2\n");
    project.run(true, &["--affected"]);
    project.write("m.py", "def f():\n    return 1\ndef g():\n    return 1\n");
    assert_eq!(project.ran(true, &["--since", "HEAD"]), [G]);
    project.write("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['.']\n# more\n");
    assert_eq!(project.ran(true, &["--since", "HEAD"]), [DATA, F, G], "configuration");
    assert_eq!(project.ran(true, &["--since", "HEAD"]), [DATA, F, G], "although it is recorded now");
}

#[test]
fn without_an_outline_whole_files_are_compared() {
    let project = Project::new();
    project.ran(false, &["--affected"]);
    project.write("m.py", "def f():\n    return 2 - 1\ndef g():\n    return 1\n");
    assert_eq!(project.ran(false, &["--affected"]), [F, G]);
    assert_eq!(project.ran(false, &["--since", "HEAD"]), [F, G]);
}

#[test]
fn what_is_no_revision_is_refused() {
    let project = Project::new();
    for (revision, message) in [("nowhere", "'nowhere' is no revision"), ("--all", "--since"), ("", "''")] {
        let output = project.run(true, &["--since", revision]);
        assert_eq!(output.status.code(), Some(4), "{revision}: {}", text(&output));
        assert!(text(&output).contains(message), "{revision}: {}", text(&output));
    }
    fs::remove_dir_all(project.root().join(".git")).unwrap();
    let output = project.run(true, &["--since", "HEAD"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(text(&output).contains("--since needs a git repository"), "{}", text(&output));
}
