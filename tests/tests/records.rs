//! Records of what tests used, of several runs: shards, runs at the same time, and runs that measure coverage.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use dx_tests::script::binaries;
use dx_tests::suite::{python, text};

struct Project(tempfile::TempDir);

impl Project {
    fn new() -> Project {
        let project = Project(tempfile::tempdir().unwrap());
        project.write("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['.']\n");
        project.write("m.py", &(0..6).map(|n| format!("def f{n}():\n    return 1\n")).collect::<String>());
        for n in 0..6 {
            let text = format!("import m\ndef test_f{n}():\n    assert m.f{n}() == 1\n");
            project.write(&format!("test_{n}.py"), &text);
        }
        project
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn change(&self, function: usize) {
        let path = self.0.path().join("m.py");
        let text = fs::read_to_string(&path).unwrap();
        let old = format!("def f{function}():\n    return 1\n");
        assert!(text.contains(&old));
        fs::write(path, text.replace(&old, &format!("def f{function}():\n    return 2 - 1\n"))).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binaries().join("dx-pipe"));
        command.arg("test").args(["--no-warm", "-q", "-n", "1", "-p", "no:cacheprovider"]).args(words);
        command.current_dir(self.0.path()).env("DX_CACHE", self.0.path().join(".dx/cache"));
        command.env("DX_PYTHON", python()).env_remove("CI").stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, words: &[&str]) -> String {
        text(&self.command(words).output().unwrap())
    }

    fn record(&self) -> PathBuf {
        let entries = fs::read_dir(self.0.path().join(".dx/testrun")).unwrap();
        let mut paths = entries.map(|entry| entry.unwrap().path());
        paths.find(|path| path.to_string_lossy().contains("/record-") && path.extension().is_none()).unwrap()
    }

    /// Takes the record away, as a job's machine is thrown away after it.
    fn take_record(&self, name: &str) -> PathBuf {
        let record = self.record();
        let folder = self.0.path().join(".dx").join(name);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(record.file_name().unwrap());
        fs::rename(record, &path).unwrap();
        path
    }
}

#[test]
fn records_of_shards_become_one() {
    let project = Project::new();
    project.run(&["--affected", "--partition", "hash:1/2"]);
    let first = project.take_record("first");
    project.run(&["--affected", "--partition", "hash:2/2"]);
    let second = project.take_record("second");
    for path in [&first, &second] {
        let said = project.run(&["--merge-record", path.to_str().unwrap()]);
        assert!(said.contains("tests are taken over"), "{said}");
    }
    let text = project.run(&["--affected"]);
    assert!(text.contains("6 cached"), "{text}");
    project.change(3);
    let text = project.run(&["--affected"]);
    assert!(text.contains("dx: 1 of 6 ran, 5 cached"), "{text}");
}

#[test]
fn a_record_of_an_older_state_hides_no_change() {
    let project = Project::new();
    project.run(&["--affected", "--partition", "hash:1/2"]);
    let older = project.take_record("older");
    project.change(0);
    project.change(1);
    project.run(&["--affected", "--partition", "hash:2/2"]);
    project.run(&["--merge-record", older.to_str().unwrap()]);
    // Whichever shards they are in: what was recorded with the functions as they are is cached, the others run.
    let text = project.run(&["--affected"]);
    let ran = (0..6).filter(|n| text.contains(&format!("test_{n}.py"))).count();
    assert!(ran <= 6 && text.contains("dx: "), "{text}");
    for n in 0..2 {
        let why = project.run(&["--why", &format!("test_{n}.py::test_f{n}")]);
        assert!(why.contains("is cached"), "it ran now: {why}");
    }
    assert!(project.run(&["--affected"]).contains("6 cached"));
}

#[test]
fn what_is_no_record_is_refused_or_left_out() {
    let project = Project::new();
    let path = project.0.path().join("record-1234");
    fs::write(&path, "nothing of the kind").unwrap();
    let said = project.run(&["--merge-record", path.to_str().unwrap()]);
    assert!(said.contains("damaged or of another version"), "{said}");
    let output = project.command(&["--merge-record", "m.py"]).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
}

#[test]
fn two_runs_at_once_keep_what_both_found() {
    let project = Project::new();
    let both = ["test_0.py", "test_1.py"].map(|file| project.command(&["--affected", file]).spawn().unwrap());
    for run in both {
        let output = run.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
    }
    for file in ["test_0.py", "test_1.py"] {
        let text = project.run(&["--affected", file]);
        assert!(text.contains("dx: 0 of 1 ran, 1 cached"), "{file}: {text}");
    }
}

#[test]
fn totals_of_coverage_are_those_of_a_full_run() {
    let project = Project::new();
    let full = project.run(&["--affected", "--cov=m"]);
    assert!(full.contains("100%") && full.contains("6 passed"), "{full}");
    project.change(2);
    let again = project.run(&["--affected", "--cov=m"]);
    assert!(again.contains("100%") && again.contains("6 passed"), "{again}");
    // In a file of another content every line may stand elsewhere.
    assert!(again.contains("dx: 6 of 6 ran"), "{again}");
    let without = project.run(&["--affected"]);
    assert!(without.contains("6 passed"), "other arguments, another record: {without}");
    project.change(4);
    assert!(project.run(&["--affected"]).contains("dx: 1 of 6 ran, 5 cached"));
}

#[test]
fn files_that_tests_only_touch_are_known_and_those_that_they_write_are_not() {
    let project = Project::new();
    project.write("data.txt", "1");
    let read = "    assert open('data.txt').read()\n";
    let touch =
        "import os\nimport m\n\ndef test_touch():\n    os.utime('data.txt')\n    assert m.f0() == 1\n";
    project.write("test_0.py", &format!("{touch}\ndef test_read():\n{read}"));
    let settled = |what: &str, cached: usize| {
        // Once for what is not known yet, and once more.
        project.run(&["--affected"]);
        project.run(&["--affected"]);
        let said = project.run(&["--affected"]);
        assert!(said.contains(&format!("dx: {} of 7 ran, {cached} cached", 7 - cached)), "{what}: {said}");
    };
    settled("touched", 7);
    project.write("data.txt", "2");
    let said = project.run(&["--affected"]);
    assert!(said.contains("dx: 1 of 7 ran, 6 cached"), "{said}");
    settled("another content", 7);
    project.write(
        "test_1.py",
        "def test_f1():\n    with open('data.txt', 'r+') as file:\n        file.write('2')\n",
    );
    settled("written", 6);
}

#[test]
fn a_test_that_needs_another_file_is_collected_with_it_from_then_on() {
    let project = Project::new();
    fs::create_dir(project.0.path().join("p")).unwrap();
    project.write("p/__init__.py", "");
    project.write("p/s.py", "");
    project.write("test_0.py", "import p\n\ndef test_f0():\n    assert p.s\n");
    project.write("test_5.py", "import p.s\n\ndef test_f5():\n    assert 1\n");
    let told = "test_0.py::test_f0 passes only after the whole session was collected";
    let first = project.run(&["--affected"]);
    assert!(first.contains(told) && first.contains("dx: 6 of 6 ran"), "{first}");
    project.write("test_0.py", "import p\n\ndef test_f0():\n    assert p.s and True\n");
    let again = project.run(&["--affected"]);
    assert!(!again.contains(told) && again.contains("dx: 1 of 6 ran, 5 cached"), "{again}");
    assert!(again.contains("1 passed"), "{again}");
    assert!(project.run(&["--affected"]).contains("6 cached"));
    // What the other one imports is what it passes with.
    project.write("test_5.py", "import p\n\ndef test_f5():\n    assert 1\n");
    let without = project.run(&["--affected"]);
    assert!(without.contains("1 failed, 1 passed") && without.contains("4 cached"), "{without}");
}

#[test]
fn a_file_with_errors_does_not_keep_others_from_being_known() {
    let project = Project::new();
    for n in 0..40 {
        project.write(&format!("broken_{n}.py"), "def (:\n");
    }
    assert!(project.run(&[]).contains("dx: 6 of 6 ran, 0 cached"));
    assert!(project.run(&[]).contains("dx: 0 of 6 ran, 6 cached"));
    project.change(3);
    assert!(project.run(&[]).contains("dx: 1 of 6 ran, 5 cached"));
}

#[test]
fn what_a_file_took_over_when_it_was_collected_holds_as_under_pytest() {
    let project = Project::new();
    // Under pytest, both files are imported before the first test runs.
    let leaves = "import m\ndef test_leaves():\n    m.f0 = lambda: 2\ndef test_more():\n    assert True\n";
    project.write("test_a_leaves.py", leaves);
    project.write("test_b_took.py", "from m import f0\ndef test_took():\n    assert f0() == 1\n");
    let last = project.run(&["test_a_leaves.py", "test_b_took.py"]);
    assert!(last.contains("3 passed"), "{last}");
    assert!(last.contains("test_b_took.py::test_took passes only after the whole session was collected"));
    // One that fails once and has no such reason is not taken for one of them.
    let flaky = "import pathlib\ndef test_flaky():\n    seen = pathlib.Path('seen')\n    \
                 was = seen.exists()\n    seen.touch()\n    assert was\n";
    project.write("test_c_flaky.py", flaky);
    let last = project.run(&["test_a_leaves.py", "test_c_flaky.py"]);
    assert!(last.contains("1 failed, 2 passed"), "{last}");
}

#[test]
fn code_that_was_there_before_pytest_counts_for_every_test() {
    let project = Project::new();
    fs::create_dir(project.0.path().join("site")).unwrap();
    project.write("site/sitecustomize.py", "import started\n");
    project.write("site/started.py", "def value():\n    return 1\n");
    let run = |words: &[&str]| {
        let mut command = project.command(words);
        command.env("PYTHONPATH", project.0.path().join("site"));
        text(&command.output().unwrap())
    };
    assert!(run(&[]).contains("dx: 6 of 6 ran, 0 cached"));
    assert!(run(&[]).contains("dx: 0 of 6 ran, 6 cached"));
    project.write("site/started.py", "def value():\n    return 2\n");
    let why = run(&["--why", "test_0.py::test_f0"]);
    assert!(why.contains("started.py"), "{why}");
    assert!(run(&[]).contains("dx: 6 of 6 ran, 0 cached"));
}

#[test]
fn what_the_user_names_or_picks_is_looked_for() {
    let project = Project::new();
    assert!(project.run(&[]).contains("dx: 6 of 6 ran, 0 cached"));
    let status = |words: &[&str]| project.command(words).output().unwrap().status.code();
    // A folder of which no record says anything, a test that is not there, an expression that picks nothing, or something.
    fs::create_dir(project.0.path().join("new")).unwrap();
    project.write("new/test_new.py", "def test_new(): pass\n");
    assert!(project.run(&["new"]).contains("dx: 1 of 1 ran, 0 cached"));
    assert!(project.run(&["new", "test_0.py"]).contains("dx: 0 of 2 ran, 2 cached"));
    assert_eq!(status(&["test_0.py::test_gone"]), Some(4));
    assert_eq!(status(&["-k", "nothing"]), Some(5));
    assert!(project.run(&["-k", "test_f1"]).contains("1 passed, 6 deselected"));
}

/// A project in which one test switches something off and on again, and another one needs it.
fn switching() -> Project {
    let project = Project::new();
    let set = "def set_strict(value):\n    global STRICT\n    STRICT = value\n";
    project.write("state.py", &format!("STRICT = True\nCOUNT = 0\nLATE = None\nCACHE = {{}}\n{set}"));
    let test = "import state\n\ndef test_f0():\n    state.set_strict(False)\n    assert not state.STRICT\n    state.set_strict(True)\n";
    project.write("test_0.py", test);
    project.write("test_5.py", "import state\n\ndef test_f5():\n    assert state.STRICT\n");
    assert!(project.run(&["--affected"]).contains("6 passed"));
    project
}

#[test]
fn what_a_test_leaves_behind_when_it_fails_reaches_tests_that_were_cached() {
    let project = switching();
    let test = fs::read_to_string(project.0.path().join("test_0.py")).unwrap();
    project.write("test_0.py", &test.replace("assert not state.STRICT", "assert state.STRICT"));
    let why = "dx: test_0.py::test_f0 fails, and leaves 'STRICT' in 'state.py' changed: 1 test that was cached runs, too";
    let events = project.0.path().join("events.ndjson");
    let said = project.run(&["--affected", "--events", events.to_str().unwrap()]);
    assert!(said.contains(why) && said.contains("2 failed"), "{said}");
    assert!(said.contains("dx: 2 of 6 ran, 4 cached"), "{said}");
    let told = fs::read_to_string(events).unwrap();
    assert_eq!(told.lines().filter(|line| line.contains(r#""event":"again""#)).count(), 1, "{told}");
    // Both fail from now on: nothing new.
    let said = project.run(&["--affected"]);
    assert!(!said.contains("too") && said.contains("2 failed"), "{said}");
    project.write("test_0.py", &test);
    let said = project.run(&["--affected"]);
    assert!(said.contains("2 passed") && said.contains("dx: 2 of 6 ran, 4 cached"), "{said}");
}

#[test]
fn a_changed_environment_reaches_every_test() {
    let project = switching();
    project.write("test_1.py", "import os\n\ndef test_f1():\n    os.environ['MODE'] = 'x'\n    assert 0\n");
    let said = project.run(&["--affected"]);
    assert!(said.contains("test_1.py::test_f1 fails, and changed the environment: set MODE"), "{said}");
    assert!(said.contains("1 failed, 5 passed") && said.contains("dx: 6 of 6 ran, 0 cached"), "{said}");
}

#[test]
fn what_is_counted_cached_or_made_late_is_no_trace_of_a_failure() {
    let project = switching();
    let lines = "    state.COUNT += 1\n    state.LATE = object()\n    state.CACHE['a'] = 1\n    assert 0\n";
    project.write("test_1.py", &format!("import state\n\ndef test_f1():\n{lines}"));
    let said = project.run(&["--affected"]);
    assert!(said.contains("1 failed") && said.contains("dx: 1 of 6 ran, 5 cached"), "{said}");
}
