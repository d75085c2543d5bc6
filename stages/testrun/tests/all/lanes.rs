//! The lean lane: nobody can tell which way a test went, and only tests that are certain go there.

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::support::{Project, cases};

/// Tests that move what pytest puts right, each followed by one that would see it.
const ODD: &str = r#"
import logging, os, sys, threading, unittest, warnings
import pytest

def test_passes(): assert 1 + 1 == 2
def test_compares():
    print("out"); print("err", file=sys.stderr); logging.warning("logged")
    assert {"a": 1, "b": [1, 2]} == {"a": 1, "b": [1, 3]}
def test_prints(): print("dropped")
def test_is_quiet_again(): assert 0
def test_skips(): pytest.skip("why")
def test_skips_as_unittest(): raise unittest.SkipTest("as unittest")
def test_xfails(): pytest.xfail("because")
def test_fails_by_hand(): pytest.fail("by hand", pytrace=False)
def test_warns(): warnings.warn("careful")
def test_warns_again(): warnings.warn("careful")
def test_returns(): return 3
def test_simplifies():
    warnings.simplefilter("error")
    logging.captureWarnings(True)
def test_is_not_an_error(): warnings.warn("no error")
def test_replaces_stdout(): sys.stdout = open(os.devnull, "w")
def test_sees_its_output(): print("seen"); assert 0
def test_redirects():
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
def test_writes_to_the_file(): os.write(1, b"below python\n"); assert 0
def test_removes_handlers(): logging.basicConfig(force=True)
def test_logs(): logging.warning("second"); assert 0
def test_raises(): {}["missing"]
def test_knows_its_name(): assert os.environ["PYTEST_CURRENT_TEST"].endswith("::test_knows_its_name (call)")
def test_forgets_the_error(): assert not hasattr(sys, "last_value")
class Lost:
    def __del__(self): raise RuntimeError("in a destructor")
def test_loses(): Lost()
def test_thread():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start(); thread.join()
def test_deep(): helper(3)
def helper(n):
    if n: helper(n - 1)
    else: raise OSError("deep")
class TestClass:
    value = 1
    def test_method(self): assert self.value == 1
    def test_each_has_its_own(self): self.value = 2; assert self.value == 2
    def test_method_fails(self): assert self.value == 2
def test_last(): pass
"#;
const LEAN: usize = 29;

fn plain_text(text: &str) -> String {
    let shown = text.lines().filter(|line| !line.contains(" passed") && !line.starts_with("dx:"));
    let mut out = String::new();
    for line in shown {
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("0x") {
            out.push_str(before);
            rest = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

fn lean(project: &Project) -> usize {
    project.events().iter().filter(|event| event["lane"] == "lean").count()
}

#[test]
fn nobody_can_tell_the_lanes_apart() {
    let project = Project::new(&[("tests/test_odd.py", ODD), ("tests/test_more.py", ODD)]);
    let (expected, status) = project.pytest(&[]);
    for workers in ["1", "2"] {
        let own = ["--no-warm", "-n", workers, "-rA", "-v"];
        let pytest = project.run(&[&own[..], &["--lane", "pytest"]].concat());
        assert_eq!(lean(&project), 0);
        // Reports of passed tests are pytest's to make.
        let all = project.run(&own);
        assert_eq!(lean(&project), 0);
        assert_eq!((&pytest.outcomes, &all.outcomes), (&expected, &expected));
        let own = ["--no-warm", "-n", workers];
        let pytest = project.run(&[&own[..], &["--lane", "pytest"]].concat());
        let auto = project.run(&own);
        assert_eq!(auto.outcomes, expected, "{}\n{}", auto.stdout, auto.stderr);
        assert_eq!((auto.status, lean(&project)), (status, 2 * LEAN), "{}", auto.stdout);
        if workers == "1" {
            assert_eq!(plain_text(&auto.stdout), plain_text(&pytest.stdout));
        }
    }
}

#[test]
fn a_collected_session_knows_its_lean_tests() {
    let project = Project::new(&[("tests/test_odd.py", ODD)]);
    let (expected, _) = project.pytest(&[]);
    let ran = project.heat(&["--warm", "-n", "1"]);
    assert_eq!((ran.outcomes, lean(&project)), (expected, LEAN));
    let other = project.run(&["--warm", "-n", "1", "--lane", "pytest"]);
    assert!(other.stdout.contains("warm, collected"), "{}", other.stdout);
    assert_eq!(lean(&project), 0);
}

/// Text of a file, and how many of its tests are lean when it is collected without pytest or with it.
const FILES: &[(&str, usize)] = &[
    ("def test_a(): pass\ndef test_b(): pass\n", 2),
    ("class TestA:\n    def test_a(self): pass\n    def helper(self): pass\n", 1),
    (
        "import pytest\n@pytest.mark.parametrize('a', [1, 2])\ndef test_a(a): assert a\ndef test_b(): pass\n",
        3,
    ),
    (
        "import pytest\n@pytest.mark.parametrize('tmp_path', [1], indirect=False)\ndef test_a(tmp_path): assert tmp_path == 1\n",
        1,
    ),
    ("import pytest\n@pytest.mark.parametrize('a', [1], scope='module')\ndef test_a(a): pass\n", 0),
    (
        "import pytest\n@pytest.fixture\ndef f(request): return request.param\n@pytest.mark.parametrize('f', [1], indirect=True)\ndef test_a(f): pass\n",
        0,
    ),
    ("def test_a(tmp_path): pass\n", 0),
    ("def test_a(missing): pass\n", 0),
    ("def test_a(x=1): assert x == 1\n", 1),
    ("def test_a(*args, **named): assert not args\n", 0),
    ("async def test_a(): pass\n", 0),
    ("import pytest\n@pytest.mark.skip\ndef test_a(): pass\ndef test_b(): pass\n", 1),
    ("import pytest\npytestmark = pytest.mark.xfail\ndef test_a(): assert 0\n", 0),
    ("import pytest\n@pytest.fixture(autouse=True)\ndef f(): pass\ndef test_a(): pass\n", 0),
    ("import pytest\n@pytest.fixture\ndef f(): pass\ndef test_a(f): pass\ndef test_b(): pass\n", 1),
    ("seen = []\ndef setup_function(function): seen.append(function)\ndef test_a(): assert seen\n", 0),
    ("seen = []\ndef setup_module(): seen.append(1)\ndef test_a(): assert seen\n", 0),
    ("class TestA:\n    def setup_method(self): self.x = 1\n    def test_a(self): assert self.x\n", 0),
    (
        "class TestA:\n    @classmethod\n    def setup_class(cls): cls.x = 1\n    def test_a(self): assert self.x\n",
        0,
    ),
    ("class TestA:\n    def __init__(self): pass\n    def test_a(self): pass\ndef test_b(): pass\n", 1),
    ("class Base:\n    def test_a(self): pass\nclass TestA(Base):\n    def test_b(self): pass\n", 2),
    (
        "class TestA:\n    class TestB:\n        def test_a(self): pass\n    @staticmethod\n    def test_c(): pass\n",
        2,
    ),
    ("import unittest\nclass Other(unittest.TestCase):\n    def test_a(self): pass\ndef test_b(): pass\n", 1),
    (
        "from unittest.mock import patch\n@patch('os.getcwd')\ndef test_a(getcwd): pass\ndef test_b(): pass\n",
        1,
    ),
    (
        "import functools\ndef twice(f):\n    @functools.wraps(f)\n    def run(*a, **k): f(*a, **k)\n    return run\n@twice\ndef test_a(tmp_path): assert tmp_path\n",
        0,
    ),
    ("def named(): pass\nnamed.__test__ = True\ndef test_a(): pass\n", 1),
    ("def test_a(): pass\ntest_a.__test__ = False\ndef test_b(): pass\n", 1),
    ("import functools\ntest_a = functools.partial(int, 3)\ndef test_b(): pass\n", 1),
    ("test_a = lambda: None\ntest_b = test_a\n", 2),
    ("__test__ = False\ndef test_a(): pass\n", 0),
    (
        "def pytest_generate_tests(metafunc):\n    if 'a' in metafunc.fixturenames: metafunc.parametrize('a', [1, 2])\ndef test_a(a): pass\n",
        2,
    ),
    ("from other import *\n", 1),
    ("import pytest\npytest.skip('all', allow_module_level=True)\n", 0),
    ("def test_a(): pass\nraise ValueError('broken')\n", 0),
    ("", 0),
];

#[test]
fn what_could_be_more_is_pytests() {
    let project = Project::new(&[("other.py", "def test_imported(): pass\n")]);
    let names: Vec<String> = (0..FILES.len()).map(|number| format!("tests/test_{number:02}.py")).collect();
    for (name, (text, _)) in names.iter().zip(FILES) {
        project.write(name, text);
    }
    let own = ["--no-warm", "-n", "1", "-p", "no:randomly", "--rootdir=.", "--continue-on-collection-errors"];
    let given = ["-o", "pythonpath=.", "--continue-on-collection-errors"];
    let (expected, status) = project.pytest(&given);
    let ran = project.run(&[&own[..], &given].concat());
    assert_eq!((&ran.outcomes, ran.status), (&expected, status), "{}", ran.stdout);
    for (name, (text, count)) in names.iter().zip(FILES) {
        let prefix = format!("{name}::");
        let is_lean = |event: &&serde_json::Value| {
            event["lane"] == "lean" && event["id"].as_str().unwrap().starts_with(&prefix)
        };
        assert_eq!(project.events().iter().filter(is_lean).count(), *count, "{text}");
    }
}

#[test]
fn who_looks_at_tests_sees_all_of_them() {
    let test = ("tests/test_a.py", "def test_a(): pass\nclass TestA:\n    def test_b(self): pass\n");
    let hooks = [
        "def pytest_runtest_setup(item): pass\n",
        "def pytest_runtest_call(item): pass\n",
        "import pytest\n@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_protocol(item):\n    return (yield)\n",
        "def pytest_runtest_logreport(report): pass\n",
        "def pytest_pyfunc_call(pyfuncitem): pass\n",
        "def pytest_itemcollected(item): item.name\n",
        "def pytest_collection_modifyitems(items):\n    for item in items: item.add_marker('seen')\n",
        "import pytest\n@pytest.fixture(autouse=True)\ndef f(): pass\n",
    ];
    for (number, hook) in hooks.iter().enumerate() {
        let project = Project::new(&[test, ("tests/conftest.py", hook)]);
        project.agrees_with_pytest(&["--no-warm", "-n", "2"], &[]);
        // What only collects may leave the running to the lane.
        let most = if (5..7).contains(&number) { 2 } else { 0 };
        assert!(lean(&project) <= most, "{hook}");
    }
    let project = Project::new(&[test]);
    project.agrees_with_pytest(&["--no-warm", "-n", "1"], &["--cov", ".", "--cov-context=test"]);
    assert_eq!(lean(&project), 0, "each test has its context");
    project.agrees_with_pytest(&["--no-warm", "-n", "1"], &["--cov", "."]);
    assert_eq!(lean(&project), 2);
    let project =
        Project::new(&[test, ("other/conftest.py", hooks[0]), ("other/test_o.py", "def test_o(): pass\n")]);
    project.agrees_with_pytest(&["--no-warm", "-n", "1"], &[]);
    assert_eq!(lean(&project), 2, "a conftest concerns its folder");
}

#[test]
fn what_tests_share_is_set_up_and_torn_down_around_them() {
    let project = Project::new(&[
        (
            "tests/__init__.py",
            "import os\ndef setup_module(module): os.environ['SHARED'] = '1'\ndef teardown_module(module): print('down'); raise ValueError('end of the package')\n",
        ),
        (
            "tests/test_a.py",
            "import os, pytest\n@pytest.fixture(scope='module')\ndef m():\n    yield 1\n    raise ValueError('end of the module')\ndef test_f(m): pass\ndef test_a(): assert os.environ['SHARED'] == '1'\ndef test_b(): pass\n",
        ),
        ("tests/test_b.py", "import os\ndef test_a(): assert os.environ['SHARED'] == '1'\n"),
        ("test_z.py", "def test_a(): pass\n"),
        ("broken/__init__.py", "def setup_module(): raise ValueError('no package')\n"),
        ("broken/test_c.py", "def test_a(): pass\ndef test_b(): pass\n"),
    ]);
    for workers in ["1", "2"] {
        let (expected, status) = project.pytest(&[]);
        let ran = project.run(&["--no-warm", "-n", workers]);
        if workers == "1" {
            assert_eq!((ran.outcomes, ran.status), (expected, status), "{}", ran.stdout);
        } else {
            // The package ends in each worker that had a part of it.
            assert!(ran.outcomes.keys().eq(expected.keys()), "{}", ran.stdout);
        }
    }
}

#[test]
fn a_run_stops_where_pytest_would() {
    let project = Project::new(&[("tests/test_odd.py", ODD), ("tests/test_z.py", "def test_z(): pass\n")]);
    project.agrees_with_pytest(&["--no-warm", "-n", "1"], &["-x"]);
    project.agrees_with_pytest(&["--no-warm", "-n", "1"], &["--maxfail=3"]);
    project.agrees_with_pytest(&["--no-warm", "-n", "1"], &["-s"]);
    project.agrees_with_pytest(&["--no-warm", "-n", "1"], &["--capture=sys"]);
    project.agrees_with_pytest(&["--no-warm", "-n", "1"], &["-W", "error"]);
    project.agrees_with_pytest(&["--no-warm", "-n", "1"], &["-p", "no:logging"]);
    assert!(lean(&project) > 0);
    // `a` is all but those that passed: their reports are not needed.
    project.agrees_with_pytest(&["--no-warm", "-n", "1"], &["-ra"]);
    assert!(lean(&project) > 0);
    for part in ["warnings", "unraisableexception", "threadexception"] {
        project.agrees_with_pytest(&["--no-warm", "-n", "1"], &["-p", &format!("no:{part}")]);
        assert_eq!(lean(&project), 0, "{part}");
    }
    project.agrees_with_pytest(&["--no-warm", "-n", "1"], &["-k", "method or quiet"]);
}

#[test]
fn both_ways_are_compared_on_request() {
    let project = Project::new(&[("tests/test_odd.py", ODD)]);
    let output = project.dx(&["--no-warm", "--verify-lanes"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains(&format!("dx: both ways agree on {LEAN} of {LEAN} tests, {LEAN} of them lean")),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(1), "its own failures stay");
}

/// Parts of a module, each right by itself.
const PARTS: &[&str] = &[
    "def test_plain(): pass",
    "def test_bad(): assert 0",
    "@pytest.mark.skip\ndef test_marked(): pass",
    "@pytest.mark.parametrize('a', [1, 2])\ndef test_many(a): assert a == 1",
    "def test_path(tmp_path): assert tmp_path.is_dir()",
    "class TestOne:\n    def test_a(self): pass\n    def test_b(self): assert 0",
    "class TestTwo:\n    def setup_method(self): self.x = 1\n    def test_a(self): assert self.x",
    "class Case(unittest.TestCase):\n    def test_u(self): self.assertEqual(1, 1)",
    "@pytest.fixture(scope='module')\ndef m():\n    yield 1\n    print('end')\ndef test_m(m): pass",
    "@pytest.fixture(scope='class')\ndef c():\n    yield\n    raise ValueError\nclass TestThree:\n    def test_x(self, c): pass\n    def test_y(self): pass",
    "def test_capsys(capsys): print('x'); assert capsys.readouterr().out == 'x\\n'",
    "def test_warning(): warnings.warn('w')",
    "def test_log(caplog): logging.warning('l'); assert caplog.records",
    "def test_out(): print('o'); sys.stdout = io.StringIO()",
];

proptest! {
    #![proptest_config(cases(4, 200))]

    /// Any mixture of what is lean and what is not has pytest's outcomes.
    #[test]
    fn lanes_agree(
        files in prop::collection::vec(subsequence(PARTS, 0..PARTS.len()).prop_shuffle(), 1..4),
        workers in 1..3_u32,
    ) {
        let project = Project::new(&[]);
        for (number, parts) in files.iter().enumerate() {
            let head = "import io, logging, sys, unittest, warnings, pytest\n";
            project.write(&format!("tests/test_{number}.py"), &(head.to_owned() + &parts.join("\n") + "\n"));
        }
        project.agrees_with_pytest(&["--no-warm", "-n", &workers.to_string()], &[]);
    }
}

/// pytest's cache takes the tests of a file that could not be collected the last time for failed ones.
#[test]
fn a_file_that_was_broken_is_collected_again() {
    let project = Project::new(&[("tests/test_a.py", "def test_a(): pass\nraise ValueError\n")]);
    let run = |words: &[&str]| {
        let mut command = project.command(std::path::Path::new(env!("CARGO_BIN_EXE_dx-testrun")));
        command.arg("--python").arg(super::support::python()).args(["--no-warm", "-n", "1"]).args(words);
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text.into_owned())
    };
    assert_eq!(run(&[]).0, Some(2));
    project.write("tests/test_a.py", "def test_a(): pass\nclass TestB:\n    def test_b(self): pass\n");
    let (status, text) = run(&[]);
    assert!(status == Some(0) && text.contains("2 passed") && !text.contains("Error"), "{text}");
}
