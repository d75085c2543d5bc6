//! Whole runs on small projects: pytest's outcomes, whatever the number of workers and however the session is collected.

use super::support::{Outcomes, Project};

const MIXED: &str = r#"
import pytest, warnings, unittest

def test_ok(base): assert base == 5
def test_fail():
    print("some output")
    assert [1, 2] == [1, 3]
@pytest.mark.skip(reason="no")
def test_skip(): pass
@pytest.mark.xfail
def test_xfail(): assert 0
@pytest.mark.xfail
def test_xpass(): pass
@pytest.mark.parametrize("x", ["a", "b/c", "d::e", "é"])
def test_parameters(x, tmp_path):
    (tmp_path / "file").write_text(x)
@pytest.fixture
def bad_end():
    yield
    raise ValueError("teardown")
def test_teardown(bad_end): warnings.warn("hey")
@pytest.fixture
def bad_start(): raise ValueError("setup")
def test_setup(bad_start): pass
class TestClass:
    def test_method(self): pass
class TestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls): cls.made = True
    def test_made(self): self.assertTrue(self.made)
    @unittest.skip("never")
    def test_skipped(self): pass
"#;
const CONFTEST: &str = "import pytest\n@pytest.fixture(scope='session')\ndef base():\n    yield 5\n";

fn mixed() -> Project {
    Project::new(&[
        ("tests/conftest.py", CONFTEST),
        ("tests/test_one.py", MIXED),
        ("tests/deep/test_two.py", MIXED),
        ("tests/test_three.py", "import pytest\npytest.skip('not here', allow_module_level=True)\n"),
        (
            "tests/test_many.py",
            "import pytest\n@pytest.mark.parametrize('n', range(40))\ndef test_n(n): pass\n",
        ),
    ])
}

#[test]
fn outcomes_are_pytests_in_every_mode() {
    let project = mixed();
    let (expected, status) = project.pytest(&[]);
    assert_eq!(expected.len(), 40 + 2 * 14, "{expected:#?}");
    for mode in [
        &["--no-warm", "-n", "1"][..],
        &["--no-warm", "-n", "2"],
        &["--no-warm", "-n", "8"],
        &["--no-warm", "-n", "2", "--whole"],
        &["--no-warm", "-n", "2", "--isolate"],
        &["--no-warm", "-n", "2", "--shuffle=7"],
        &["--no-warm", "-n", "2", "--dist", "loadscope"],
    ] {
        let ran = project.run(mode);
        assert_eq!(ran.outcomes, expected, "{mode:?}\n{}\n{}", ran.stdout, ran.stderr);
        assert_eq!(ran.status, status, "{mode:?}\n{}", ran.stderr);
        assert!(ran.stdout.contains("4 failed") || ran.stdout.contains("2 failed"), "{}", ran.stdout);
    }
    project.expect_no_leftovers();
}

#[test]
fn selections_are_pytests() {
    let project = mixed();
    for selection in [
        &["-k", "ok or parameters"][..],
        &["tests/test_one.py::TestClass"],
        &["tests/deep", "--deselect", "tests/deep/test_two.py::test_ok"],
        &["tests/test_many.py::test_n[3]", "tests/test_one.py::test_ok"],
        &["-k", "nothing at all"],
        &["tests/none.py"],
        &["--no-such-option"],
    ] {
        project.agrees_with_pytest(&["--no-warm", "-n", "2"], selection);
    }
}

#[test]
fn a_file_that_cannot_be_collected_stops_the_run_as_under_pytest() {
    let project = mixed();
    project.write("tests/test_broken.py", "import no_such_module\n");
    project.write("tests/test_broken_too.py", "def f(:\n");
    let (_, status) = project.pytest(&[]);
    assert_eq!(status, 2);
    let ran = project.run(&["--no-warm", "-n", "2"]);
    assert_eq!(ran.status, 2, "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("2 errors during collection"), "{}", ran.stdout);
    let (expected, status) = project.pytest(&["--continue-on-collection-errors"]);
    let ran = project.run(&["--no-warm", "-n", "2", "--continue-on-collection-errors"]);
    assert_eq!((ran.outcomes, ran.status), (expected, status));
}

#[test]
fn nothing_to_run_is_pytests_five() {
    let project = Project::new(&[("tests/helper.py", "")]);
    assert_eq!(project.run(&["--no-warm"]).status, 5);
}

#[test]
fn crashes_and_hangs_are_laid_on_their_tests() {
    let project = Project::new(&[
        (
            "test_crash.py",
            "import os, time, signal, sys, subprocess\n\
             def test_a(): pass\n\
             def test_exit(): os._exit(3)\n\
             def test_signal(): os.kill(os.getpid(), signal.SIGSEGV)\n\
             def test_hang(): time.sleep(600)\n\
             def test_child(): subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n\
             def test_z(): pass\n",
        ),
        (
            "test_fixture.py",
            "import pytest, time\n\
             @pytest.fixture\n\
             def slow(): time.sleep(600)\n\
             def test_slow(slow): pass\n\
             def test_ok(): pass\n",
        ),
    ]);
    for workers in ["1", "2"] {
        let ran = project.run(&["--no-warm", "-n", workers, "--timeout", "2"]);
        let outcome = |id: &str| ran.outcomes.get(id).map(|all| all.join("+"));
        for (id, expected) in [
            ("test_crash.py::test_a", "passed"),
            ("test_crash.py::test_exit", "failed"),
            ("test_crash.py::test_signal", "failed"),
            ("test_crash.py::test_hang", "failed"),
            ("test_crash.py::test_child", "passed"),
            ("test_crash.py::test_z", "passed"),
            ("test_fixture.py::test_slow", "failed"),
            ("test_fixture.py::test_ok", "passed"),
        ] {
            assert_eq!(outcome(id).as_deref(), Some(expected), "{id}\n{}\n{}", ran.stdout, ran.stderr);
        }
        assert_eq!(ran.status, 1);
        assert!(ran.stdout.contains("signal SIGSEGV"), "{}", ran.stdout);
        assert!(ran.stdout.contains("the test took longer than 2 s"), "{}", ran.stdout);
        assert!(ran.stdout.contains("in slow"), "the stacks name the fixture\n{}", ran.stdout);
        project.expect_no_leftovers();
    }
}

/// What it had reported does not count a second time, and is not lost.
#[test]
fn a_test_that_dies_after_it_failed_is_one_failure() {
    let project = Project::new(&[
        (
            "conftest.py",
            "import os\ndef pytest_runtest_logfinish(nodeid):\n    if 'late' in nodeid: os._exit(9)\n",
        ),
        (
            "test_dies.py",
            "import os, pytest\n\
             @pytest.fixture\n\
             def bad_end():\n    yield\n    raise ValueError('bad end')\n\
             @pytest.fixture\n\
             def deadly_end():\n    yield\n    os._exit(9)\n\
             def test_late(bad_end): pass\n\
             def test_failed_first(deadly_end): assert 1 == 2\n\
             def test_ok(): pass\n",
        ),
    ]);
    let ran = project.run(&["--no-warm", "-n", "1"]);
    let failed = |id: &str| ran.outcomes[id] == ["failed"];
    assert!(failed("test_dies.py::test_late") && failed("test_dies.py::test_failed_first"), "{}", ran.stdout);
    assert!(ran.stdout.contains("2 failed, 1 passed in"), "{}", ran.stdout);
    for text in ["ERROR before that, in its teardown", "ValueError: bad end", "assert 1 == 2"] {
        assert!(ran.stdout.contains(text), "{text}\n{}", ran.stdout);
    }
}

#[test]
fn a_long_file_is_shared_between_workers() {
    let project = Project::new(&[(
        "test_long.py",
        "import os, time, pytest\n\
         @pytest.mark.parametrize('n', range(40))\n\
         def test_n(n):\n    time.sleep(0.03)\n\
         @pytest.fixture(scope='class')\n\
         def shared(): return os.getpid()\n\
         class TestTogether:\n    seen = []\n    @pytest.mark.parametrize('n', range(6))\n    \
         def test_same(self, shared, n):\n        assert shared == os.getpid()\n",
    )]);
    project.write("test_other.py", "def test_other(): pass\n");
    let ran = project.run(&["--no-warm", "-n", "2"]);
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    let by = |worker: u64| {
        let is_long =
            |event: &serde_json::Value| event["id"].as_str().is_some_and(|id| id.contains("test_long"));
        project.events().iter().filter(|event| event["worker"] == worker && is_long(event)).count()
    };
    assert!(by(0) > 5 && by(1) > 5, "{:?}", project.events());
}

#[test]
fn a_test_that_needs_what_another_file_imports_passes_as_under_pytest() {
    let project = Project::new(&[
        ("pkg/__init__.py", ""),
        ("pkg/lazy.py", "value = 1\n"),
        ("test_a.py", "import pkg\ndef test_lazy():\n    assert pkg.lazy.value == 1\n"),
        ("test_b.py", "def test_b(): pass\n"),
        ("test_c.py", "def test_wrong(): assert 0\n"),
        ("test_d.py", "def test_d(): pass\n"),
        ("test_e.py", "import pkg.lazy\ndef test_e(): pass\n"),
        ("pytest.ini", "[pytest]\npythonpath = .\n"),
    ]);
    let (expected, status) = project.pytest(&[]);
    let ran = project.run(&["--no-warm", "-n", "2"]);
    assert_eq!(ran.status, status);
    assert!(ran.stdout.contains("1 failed, 4 passed"), "{}", ran.stdout);
    assert!(ran.stdout.contains("test_a.py::test_lazy passes only after"), "{}", ran.stdout);
    assert_eq!(expected["test_a.py::test_lazy"], ["passed"]);
}

/// What fills a cache first stays there: under pytest that is a test of the first file, in a second worker one that sets
/// another value for its time. No other process meets that value again.
#[test]
fn a_test_that_fails_again_where_it_failed_depends_on_what_ran_there() {
    let project = Project::new(&[
        (
            "known.py",
            "value, cache = 'right', []\ndef get():\n    cache or cache.append(value)\n    return cache[0]\n",
        ),
        ("test_a.py", "import known, time\ndef test_a():\n    time.sleep(0.3)\n    assert known.get()\n"),
        ("test_b.py", "import time\ndef test_b(): time.sleep(0.3)\n"),
        (
            "test_y.py",
            "import known, pathlib\n\
            def test_y(monkeypatch):\n    \
                once = pathlib.Path(__file__).with_name('once')\n    \
                if not once.exists():\n        \
                    once.touch()\n        \
                    monkeypatch.setattr(known, 'value', 'wrong')\n        \
                    known.get()\n\n\
            def test_z(): assert known.get() == 'right'\n",
        ),
    ]);
    let ran = project.run(&["--no-warm", "-n", "2"]);
    assert_eq!(ran.status, 0, "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("test_y.py::test_z passes only after"), "{}", ran.stdout);
}

#[test]
fn failures_can_be_tried_again() {
    let project = Project::new(&[(
        "test_flaky.py",
        "import os\n\
         def test_second_time():\n    \
         first = not os.path.exists('mark')\n    open('mark', 'w').close()\n    assert not first\n\
         def test_never(): assert 0\n",
    )]);
    let ran = project.run(&["--no-warm", "--retries", "2"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.contains("1 failed, 1 flaky"), "{}", ran.stdout);
}

#[test]
fn partitions_are_disjoint_and_complete() {
    let project = mixed();
    for how in ["hash", "time"] {
        let mut all = Outcomes::new();
        for share in 1..=3 {
            let ran = project.run(&["--no-warm", "--partition", &format!("{how}:{share}/3")]);
            for (id, outcomes) in ran.outcomes {
                assert!(all.insert(id.clone(), outcomes).is_none(), "{id} is in two shares by {how}");
            }
        }
        assert_eq!(all, project.pytest(&[]).0, "{how}");
    }
}

#[test]
fn the_first_failure_stops_the_run() {
    let project = mixed();
    let ran = project.run(&["--no-warm", "-n", "1", "-x"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.contains("stopping after 1 failures"), "{}", ran.stdout);
    let (expected, _) = project.pytest(&["-x"]);
    assert_eq!(ran.outcomes, expected);
}

#[test]
fn the_list_is_pytests_and_never_stale() {
    let project = mixed();
    let list = || {
        let output = project.dx(&["--list", "--no-warm"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(list(), project.collected());
    assert_eq!(list(), project.collected());
    project.write("tests/test_many.py", "def test_new(): pass\n");
    assert_eq!(list(), project.collected());
    project.write("tests/test_added.py", "def test_added(): pass\n");
    assert_eq!(list(), project.collected());
    std::fs::remove_file(project.path().join("tests/test_one.py")).unwrap();
    assert_eq!(list(), project.collected());
    project.write("pytest.ini", "[pytest]\npython_functions = check_*\n");
    assert_eq!(list(), project.collected());
    let state = project.path().join(".dx/testrun");
    for entry in std::fs::read_dir(&state).unwrap().flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "dxti") {
            std::fs::write(entry.path(), b"damaged").unwrap();
        }
    }
    assert_eq!(list(), project.collected());
}

#[test]
fn coverage_is_the_same() {
    let project = Project::new(&[
        ("mod.py", "def f(x):\n    if x:\n        return 1\n    return 2\n\ndef g():\n    return 3\n"),
        ("test_a.py", "import mod\ndef test_f(): assert mod.f(1) == 1\n"),
        ("test_b.py", "import mod\ndef test_f(): assert mod.f(0) == 2\n"),
    ]);
    let ran = project.run(&["--no-warm", "-n", "2", "--cov=mod", "--cov-report=term-missing"]);
    assert_eq!(ran.status, 0, "{}\n{}", ran.stdout, ran.stderr);
    let line = ran.stdout.lines().find(|line| line.starts_with("mod.py")).unwrap_or_default();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, ["mod.py", "6", "1", "83%", "7"], "what pytest-cov says without dx\n{}", ran.stdout);
}

/// Files are collected in workers; what they warn is pytest's to filter and to tell all the same.
#[test]
fn a_session_that_ends_with_an_error_says_so() {
    let conftest = "def pytest_configure(config):\n    config.ran = []\n    \
                    config.add_cleanup(lambda: config.ran and config.ran[0].no_such_thing)\n\n\
                    def pytest_runtest_teardown(item):\n    item.config.ran.append(item)\n";
    let project = Project::new(&[("conftest.py", conftest), ("test_a.py", "def test_a():\n    pass\n")]);
    let ran = project.run(&["--no-warm", "-n", "1"]);
    assert_eq!(ran.status, 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("1 passed") && ran.stdout.contains("no_such_thing"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("internal error"), "{}", ran.stdout);
}

#[test]
fn warnings_of_imports_are_told() {
    let warns = "import warnings\nwarnings.warn('at import')\ndef test_a(): pass\n";
    let project = Project::new(&[("tests/test_a.py", warns), ("tests/test_b.py", warns)]);
    for workers in ["1", "2"] {
        let ran = project.run(&["--no-warm", "-n", workers]);
        assert!(ran.stdout.contains("2 passed, 2 warnings"), "{}", ran.stdout);
        assert!(ran.stdout.contains("tests/test_b.py:2: UserWarning: at import"), "{}", ran.stdout);
        project.agrees_with_pytest(&["--no-warm", "-n", workers], &["-W", "error"]);
        project.agrees_with_pytest(&["--no-warm", "-n", workers], &["-p", "no:warnings"]);
    }
}

/// Files that were asked for one by one are found without a node for each file beside them; whatever else they need is there.
#[test]
fn files_by_name_are_collected_as_pytest_does() {
    let conftest = "import pytest\n@pytest.fixture\ndef here(): return __name__\n";
    let project = Project::new(&[
        ("tests/__init__.py", ""),
        ("tests/conftest.py", conftest),
        ("tests/test_a.py", "def test_a(here): pass\nclass TestA:\n    def test_b(self): pass\n"),
        ("tests/test_b.py", "def test_a(): pass\n"),
        ("tests/deep/conftest.py", "collect_ignore = ['test_d.py']\n"),
        ("tests/deep/test_c.py", "def test_a(here): pass\n"),
        ("tests/deep/test_d.py", "def test_a(): pass\n"),
        ("tests/odd.py", "def test_a(): pass\n"),
    ]);
    std::os::unix::fs::symlink("test_b.py", project.path().join("tests/test_link.py")).unwrap();
    for selection in [
        &["tests/test_a.py"][..],
        &["tests/test_a.py::TestA::test_b", "tests/test_b.py"],
        &["tests/deep/test_c.py", "tests/test_a.py::test_a"],
        &["tests/deep/test_d.py"],
        &["tests/odd.py", "tests/test_link.py"],
        &["tests/test_a.py", "tests/test_a.py"],
        &["tests/deep", "tests/test_a.py"],
        &["tests/test_a.py::missing"],
        &["tests/../tests/test_b.py"],
        &["tests/test_a.py", "--ignore", "tests/test_a.py"],
    ] {
        project.agrees_with_pytest(&["--no-warm", "-n", "1"], selection);
    }
}

/// Nobody tells it to end: Python does, when the session is over.
#[test]
fn a_pool_of_processes_that_is_left_ends() {
    let text = "import concurrent.futures\n\
        pool = concurrent.futures.ProcessPoolExecutor(2)\n\
        def test_pool(): assert pool.submit(abs, -1).result() == 1\n";
    let project = Project::new(&[("test_a.py", text), ("test_b.py", text)]);
    let (expected, status) = project.pytest(&[]);
    for workers in ["1", "2"] {
        let ran = project.run(&["--no-warm", "-n", workers, "--run-timeout", "60"]);
        assert_eq!((&ran.outcomes, ran.status), (&expected, status), "{}\n{}", ran.stdout, ran.stderr);
    }
    project.expect_no_leftovers();
}

/// Who has run what a plugin put last must not run what it put before that.
#[test]
fn no_worker_goes_back_where_a_plugin_orders_the_tests() {
    let hook = "def pytest_collection_modifyitems(items): items.reverse()\n";
    let text = "import pytest, time\n\
        @pytest.mark.parametrize('n', range(3))\n\
        def test_n(n): time.sleep(SECONDS)\n";
    let project = Project::new(&[("conftest.py", hook)]);
    for file in 0..8 {
        // Equal shares of them would leave all of the waiting to one worker.
        let seconds = if file >= 4 { "0.1" } else { "0" };
        project.write(&format!("test_{file}.py"), &text.replace("SECONDS", seconds));
    }
    let ran = project.run(&["--no-warm", "-n", "2"]);
    assert_eq!((ran.outcomes.len(), ran.status), (24, 0), "{}\n{}", ran.stdout, ran.stderr);
    let end = "test_9".to_owned();
    let mut last = [end.clone(), end.clone()];
    let mut slow = [0, 0];
    for event in project.events().iter().filter(|event| event["event"] == "test") {
        let worker = event["worker"].as_u64().unwrap() as usize;
        let id = event["id"].as_str().unwrap();
        assert!(id < last[worker].as_str(), "gw{worker} ran {id} after {}", last[worker]);
        slow[worker] += u32::from(id >= "test_4");
        last[worker] = id.to_owned();
    }
    assert!(!last.contains(&end) && slow.iter().all(|count| *count >= 3), "{last:?} {slow:?}");
}

/// A plugin that takes over the run loop runs the tests itself; what it says of them is told like that of a worker.
#[test]
fn tests_that_pytest_runs_itself_are_told() {
    let project = mixed();
    project.write(
        "conftest.py",
        "def pytest_runtestloop(session):\n\
         \x20   for item, following in zip(session.items, session.items[1:] + [None]):\n\
         \x20       item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)\n\
         \x20   return True\n",
    );
    let ran = project.agrees_with_pytest(&["--no-warm", "-n", "2"], &[]);
    assert!(ran.stdout.contains("pytest runs the tests itself"), "{}", ran.stdout);
    assert_eq!(ran.stdout.matches(" failed,").count(), 1, "pytest's summary alone: {}", ran.stdout);
}

/// pytest-mypy adds one test to the first file: who collects files apart would have one in each.
#[test]
fn plugins_that_collect_files_see_the_whole_session() {
    let project = Project::new(&[
        ("conftest.py", "pytest_plugins = ['status']\n"),
        (
            "status.py",
            "import pytest\n\
             class Item(pytest.Item):\n\
             \x20   def runtest(self): pass\n\
             class File(pytest.File):\n\
             \x20   def collect(self):\n\
             \x20       yield Item.from_parent(self, name='status')\n\
             \x20       if not any(item.name == 'whole' for item in self.session.items):\n\
             \x20           yield Item.from_parent(self, name='whole')\n\
             def pytest_collect_file(file_path, parent):\n\
             \x20   if file_path.suffix == '.py' and 'test' in file_path.name:\n\
             \x20       return File.from_parent(parent, path=file_path)\n",
        ),
        ("test_a.py", "def test_a(): pass\n"),
        ("test_b.py", "def test_b(): pass\n"),
    ]);
    project.agrees_with_pytest(&["--no-warm", "-n", "2"], &[]);
}

/// Suites of tools that import test Python's own bytecode in folders that they make.
#[test]
fn sources_that_tests_write_leave_bytecode_behind() {
    let project = Project::new(&[(
        "test_import.py",
        "import importlib, sys\n\
         def test_bytecode(tmp_path, monkeypatch):\n\
         \x20   monkeypatch.setattr(sys, 'dont_write_bytecode', False)\n\
         \x20   monkeypatch.syspath_prepend(tmp_path)\n\
         \x20   (tmp_path / 'written_here.py').write_text('x = 1')\n\
         \x20   module = importlib.import_module('written_here')\n\
         \x20   assert list((tmp_path / '__pycache__').iterdir()), module.__cached__\n",
    )]);
    project.agrees_with_pytest(&["--no-warm"], &[]);
}

/// pytest calls a unittest's test passed whose `subTest` failed; the run failed, and the test is not one to be left out.
#[test]
fn a_test_with_a_part_that_failed_is_no_pass() {
    let project = Project::new(&[
        ("mode.py", "fails = True\n"),
        (
            "test_parts.py",
            "import unittest\n\
             class TestParts(unittest.TestCase):\n\
             \x20   def test_parts(self):\n\
             \x20       from mode import fails\n\
             \x20       for part in range(3):\n\
             \x20           with self.subTest(part=part):\n\
             \x20               assert not (fails and part == 1)\n",
        ),
        ("test_x.py", "def test_x(): pass\n"),
    ]);
    let arguments = ["--no-warm", "-n", "2", "--affected"];
    let first = project.agrees_with_pytest(&arguments, &[]);
    assert_eq!(first.status, 1, "{}", first.stdout);
    for _ in 0..2 {
        let again = project.run(&arguments);
        assert_eq!(again.status, 1, "{}", again.stdout);
        assert!(again.stdout.contains("1 of 2 ran, 1 cached"), "{}", again.stdout);
    }
}
