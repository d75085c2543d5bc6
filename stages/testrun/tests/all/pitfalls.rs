//! What goes wrong when a process is forked with an interpreter in it, and does not here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::support::{Project, Ran};

/// Made before the fork.
const CONFTEST: &str = r#"
import atexit, json, os, random, time
import pytest

SAME = random.Random(5)
PARENT = os.getpid()

def tell(kind, **facts):
    facts.update(kind=kind, pid=os.getpid(), worker=os.environ.get("PYTEST_XDIST_WORKER"))
    with open(os.path.join(os.path.dirname(__file__), "facts.ndjson"), "a") as file:
        file.write(json.dumps(facts) + "\n")

def meet(name):
    """Waits until as many workers as there are have come here."""
    open("%s.%d" % (name, os.getpid()), "w").close()
    end = time.monotonic() + 20
    while sum(found.startswith(name + ".") for found in os.listdir(".")) < 2:
        assert time.monotonic() < end, "the other worker never came"
        time.sleep(0.001)

atexit.register(tell, "exit of what conftest began")

@pytest.fixture(scope="session")
def once():
    tell("session")
    yield
    tell("session ends")
"#;

const FACTS: &str = r#"
import asyncio, atexit, gc, os, random, sys, tempfile, uuid
from conftest import PARENT, SAME, meet, tell

def test_facts(once, tmp_path, tmp_path_factory):
    meet("facts")
    tell("facts", random=random.random(), same=SAME.random(), uuid=str(uuid.uuid4()), name=tempfile.mktemp(),
         hash=hash("a string"), seed=os.environ.get("PYTHONHASHSEED"), frozen=gc.get_freeze_count(),
         parent=os.getppid() == PARENT, base=str(tmp_path_factory.getbasetemp()), tmp=str(tmp_path))
    atexit.register(tell, "exit of what a test began")
    async def wait(): await asyncio.sleep(0.01); return await asyncio.get_running_loop().run_in_executor(None, int, "5")
    assert asyncio.run(wait()) == 5

def test_output(once, capfd):
    name = "of-%d" % os.getpid()
    meet("output")
    for number in range(200):
        print(name, number)
        os.write(2, b"%s %d\n" % (name.encode(), number))
    out, err = capfd.readouterr()
    assert out == err == "".join("%s %d\n" % (name, number) for number in range(200))

def test_output_of_a_failure(once):
    meet("failure")
    for number in range(200):
        os.write(1, b"line %d of %d\n" % (number, os.getpid()))
    tell("failed")
    assert 0
"#;

fn facts(project: &Project) -> Vec<Value> {
    let text = fs::read_to_string(project.path().join("facts.ndjson")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'a>(facts: &'a [Value], kind: &str) -> Vec<&'a Value> {
    facts.iter().filter(|fact| fact["kind"] == kind).collect()
}

fn check_facts(ran: &Ran, project: &Project) {
    assert!(ran.stdout.contains("2 failed, 4 passed"), "{}\n{}", ran.stdout, ran.stderr);
    let all = facts(project);
    let each = of(&all, "facts");
    assert_eq!(each.len(), 2, "{all:#?}");
    let [a, b] = [each[0], each[1]];
    for other in ["random", "uuid", "name", "pid", "worker", "base", "tmp"] {
        assert_ne!(a[other], b[other], "{other} is a worker's own");
    }
    for shared in ["same", "hash"] {
        assert_eq!(a[shared], b[shared], "{shared} is the same in all workers");
    }
    for fact in [a, b] {
        assert_eq!(fact["seed"], Value::Null, "tests do not see how the hash seed came");
        assert_eq!(fact["parent"], true, "a fork");
        assert!(fact["frozen"].as_u64().unwrap() > 1000, "{fact}");
        let base = format!("popen-{}", fact["worker"].as_str().unwrap());
        assert!(fact["base"].as_str().unwrap().ends_with(&base), "{fact}");
    }
    let mut names: Vec<&str> = each.iter().map(|fact| fact["worker"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["gw0", "gw1"]);
    for (kind, count) in [
        // One more worker looks at the failures again.
        ("session", 3),
        ("session ends", 3),
        ("exit of what a test began", 2),
        // The workers', and the parent's own.
        ("exit of what conftest began", 4),
    ] {
        let mut pids: Vec<u64> = of(&all, kind).iter().map(|fact| fact["pid"].as_u64().unwrap()).collect();
        pids.sort_unstable();
        pids.dedup();
        assert_eq!((pids.len(), of(&all, kind).len()), (count, count), "{kind}: {all:#?}");
    }
    for pid in [&a["pid"], &b["pid"]] {
        let expected: String = (0..200).map(|number| format!("line {number} of {pid}\n")).collect();
        assert!(ran.stdout.contains(&expected), "in one piece\n{}", ran.stdout);
    }
}

#[test]
fn workers_are_processes_of_their_own() {
    let project = Project::new(&[("conftest.py", CONFTEST), ("test_a.py", FACTS), ("test_b.py", FACTS)]);
    let ran = project.run(&["--no-warm", "-n", "2"]);
    check_facts(&ran, &project);
}

#[test]
fn threads_in_the_parent_are_not_forked() {
    let conftest = "import threading, time\n\
        LOCK = threading.Lock()\n\
        def hold():\n    \
        while True:\n        \
        with LOCK: time.sleep(0.01)\n        time.sleep(0)\n\
        THREAD = threading.Thread(target=hold, daemon=True)\nTHREAD.start()\n";
    let test = "import conftest, time, pytest\n\
        @pytest.mark.parametrize('name', {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'})\n\
        def test_lock(name):\n    \
        assert conftest.THREAD.is_alive()\n    \
        assert conftest.LOCK.acquire(timeout=20)\n    \
        conftest.LOCK.release()\n    time.sleep(0.05)\n";
    let project = Project::new(&[("conftest.py", conftest), ("test_a.py", test), ("test_b.py", test)]);
    // The second run starts its workers at once.
    for _ in 0..2 {
        let ran = project.run(&["--no-warm", "-n", "3", "-W", "error"]);
        assert_eq!(ran.status, 0, "{}\n{}", ran.stdout, ran.stderr);
        assert!(
            ran.stdout.contains("workers apart (pytest's process has threads or an event loop)"),
            "{}",
            ran.stdout
        );
        assert!(ran.stdout.contains("16 passed"), "sets have one order\n{}", ran.stdout);
    }
    project.expect_no_leftovers();
}

/// As numpy's OpenBLAS does: its threads end before a fork, and it makes new ones when it is asked to.
const POOL: &str = "\
#include <pthread.h>
#include <unistd.h>
static pthread_t thread;
static volatile int running;
static void *work(void *nothing) { while (running) usleep(1000); return nothing; }
static void end(void) { if (running) { running = 0; pthread_join(thread, 0); } }
void begin(void) { if (!running) { running = 1; pthread_create(&thread, 0, work, 0); } }
void ends_before_forks(void) { pthread_atfork(end, 0, 0); }
";

#[test]
fn threads_that_end_before_a_fork_hinder_none() {
    let conftest =
        |more: &str| format!("import ctypes\nPOOL = ctypes.CDLL('./pool.so')\n{more}POOL.begin()\n");
    let test = "import os\nfrom conftest import POOL\n\
        def threads(): return len(os.listdir('/proc/self/task'))\n\
        def test_pool():\n    \
        before = threads()\n    POOL.begin()\n    assert threads() == 2\n    assert before in (1, 2)\n";
    let ending = conftest("POOL.ends_before_forks()\n");
    let project =
        Project::new(&[("pool.c", POOL), ("conftest.py", &ending), ("test_a.py", test), ("test_b.py", test)]);
    let words = ["-shared", "-fPIC", "-pthread", "-o", "pool.so", "pool.c"];
    assert!(Command::new("cc").args(words).current_dir(project.path()).status().unwrap().success());
    let ran = project.run(&["--no-warm", "-n", "2", "-W", "error"]);
    assert!(ran.status == 0 && !ran.stdout.contains("apart"), "{}\n{}", ran.stdout, ran.stderr);
    for _ in 0..2 {
        let ran = project.run(&["--warm", "-n", "2", "-W", "error"]);
        assert!(ran.status == 0 && ran.stdout.contains("warm, "), "{}\n{}", ran.stdout, ran.stderr);
    }
    assert!(project.dx(&["--stop"]).output().unwrap().status.success());
    project.write("conftest.py", &conftest(""));
    let ran = project.run(&["--no-warm", "-n", "2", "-W", "error"]);
    assert!(ran.status == 0 && ran.stdout.contains("workers apart"), "{}\n{}", ran.stdout, ran.stderr);
    project.expect_no_leftovers();
}

#[test]
fn an_event_loop_of_the_parent_is_not_shared() {
    let conftest = "import asyncio\nLOOP = asyncio.new_event_loop()\n";
    // Each step waits for a wake-up from another thread, which a loop with the same socket pair would take away.
    let test = "from conftest import LOOP\n\
        async def steps():\n    \
        for _ in range(200): await LOOP.run_in_executor(None, int)\n\
        def test_loop(): LOOP.run_until_complete(steps())\n";
    let project = Project::new(&[("conftest.py", conftest), ("test_a.py", test), ("test_b.py", test)]);
    let ran = project.run(&["--no-warm", "-n", "2", "--timeout", "20"]);
    assert_eq!(ran.status, 0, "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("workers apart"), "{}", ran.stdout);
}

#[test]
fn plugins_are_loaded_by_pytest() {
    let project = Project::new(&[
        (
            "lib/plug_module.py",
            "import pytest\nfrom plug_helper import check\n@pytest.fixture\ndef plugged(): return check\n",
        ),
        ("lib/plug_helper.py", "def check(value): assert value == 2\n"),
        ("lib/plug-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: plug\nVersion: 1.0\n"),
        ("lib/plug-1.0.dist-info/entry_points.txt", "[pytest11]\nplug = plug_module\n"),
        ("lib/plug-1.0.dist-info/RECORD", "plug_module.py,,\nplug_helper.py,,\n"),
        ("test_a.py", "def test_plugged(plugged): plugged(1)\n"),
        ("test_b.py", "def test_b(): pass\n"),
    ]);
    for mode in ["--no-warm", "--warm", "--warm"] {
        let lib = project.path().join("lib");
        let output = project.dx(&[mode, "-n", "2", "-W", "error"]).env("PYTHONPATH", lib).output().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{stdout}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(stdout.contains("assert 1 == 2"), "assertions of plugins are rewritten\n{stdout}");
    }
}

#[test]
fn what_pytest_keeps_is_written_once() {
    let project = Project::new(&[
        ("mod.py", "def f(x):\n    if x:\n        return 1\n    return 2\n"),
        ("test_a.py", "import mod\ndef test_ok(): assert mod.f(1) == 1\ndef test_fail(): assert 0\n"),
        ("test_b.py", "import mod\ndef test_ok(): assert mod.f(0) == 2\ndef test_fail(): assert 0\n"),
    ]);
    for workers in ["1", "2"] {
        let mut command = project.dx(&["--no-warm", "-n", workers, "--cov=mod", "--cov-report=term"]);
        let log = project.path().join(format!("coverage-{workers}.log"));
        command.env("COVERAGE_DEBUG", "dataio,pid").env("COVERAGE_DEBUG_FILE", &log);
        let output = command.args(["-p", "cacheprovider", "--cov-context=test"]).output().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stdout}");
        assert!(stdout.contains("100%"), "{stdout}");
        assert!(!stderr.contains("CoverageWarning"), "{stderr}");
        let log = fs::read_to_string(log).unwrap();
        let combined = log.lines().filter(|line| line.contains("Combining"));
        let by: BTreeSet<_> = combined.map(|line| line.split(':').next().unwrap()).collect();
        assert_eq!(by.len(), 1, "a worker that combines takes what others still write: {log}");
        let text = fs::read_to_string(project.path().join(".pytest_cache/v/cache/lastfailed")).unwrap();
        let failed: BTreeMap<String, bool> = serde_json::from_str(&text).unwrap();
        let expected = ["test_a.py::test_fail", "test_b.py::test_fail"];
        assert_eq!(failed.keys().collect::<Vec<_>>(), expected, "{workers}");
        let names = fs::read_dir(project.path()).unwrap().flatten().map(|entry| entry.file_name());
        let data: Vec<_> = names.filter(|name| name.to_string_lossy().starts_with(".coverage")).collect();
        assert_eq!(data, [".coverage"], "{workers}");
    }
}

#[test]
fn a_changed_configuration_is_seen() {
    let project = Project::new(&[
        ("pytest.ini", "[pytest]\npython_functions = test_*\npythonpath = .\naddopts = -p own_plugin\n"),
        ("own_plugin.py", "def pytest_report_header(): return 'of the first plugin'\n"),
        (
            "test_a.py",
            "import os\ndef test_a(): pass\ndef check_a(): assert os.environ.get('DX_MODE') != 'bad'\n",
        ),
    ]);
    let warm = |mode: &str| {
        let output = project.dx(&["--warm", "-n", "2"]).env("DX_MODE", mode).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for _ in 0..2 {
        assert!(warm("").contains("1 passed"));
    }
    project.write(
        "pytest.ini",
        "[pytest]\npython_functions = check_*\npythonpath = .\naddopts = -p own_plugin\n",
    );
    let changed = warm("");
    assert!(changed.contains("1 passed") && !changed.contains("test_a.py::test_a"), "{changed}");
    assert!(warm("bad").contains("1 failed"));
    project.write("own_plugin.py", "def pytest_report_header(): return 'of the second plugin'\n");
    assert!(warm("").contains("of the second plugin"));
    project.write(
        "conftest.py",
        "import pytest\n@pytest.fixture(autouse=True)\ndef broken(): assert 0, 'new'\n",
    );
    assert!(warm("").contains("1 error"));
}

#[test]
fn what_tests_were_told_of_the_streams_stays_true() {
    let project = Project::new(&[
        (
            "conftest.py",
            "import sys\nSTDOUT = sys.stdout\ndef pytest_collection_modifyitems(items): pass\n\
             def pytest_generate_tests(metafunc):\n    metafunc.parametrize('stream', [sys.stdout])\n",
        ),
        (
            "test_a.py",
            "import os, sys\nERR = sys.stderr\ndef test_same(stream, capfd):\n    pass\n\
             def test_objects(stream):\n    assert stream is sys.stdout and ERR is sys.stderr\n\
             def test_captured(stream):\n    print('by the object', file=stream)\n    os.write(1, b'by the number\\n')\n    assert 0\n",
        ),
        ("test_b.py", "def test_other(stream):\n    print('of another')\n    assert 0\n"),
    ]);
    let (expected, status) = project.pytest(&[]);
    assert_eq!(status, 1);
    let check = |arguments: &[&str]| {
        let ran = project.run(arguments);
        assert_eq!((&ran.outcomes, ran.status), (&expected, status), "{}\n{}", ran.stdout, ran.stderr);
        let said: Vec<_> = ran.stdout.lines().filter(|line| line.starts_with("by the")).collect();
        assert_eq!(said, ["by the object", "by the number"], "{}", ran.stdout);
        assert_eq!(ran.stdout.matches("of another").count(), 2, "{}", ran.stdout);
    };
    for workers in ["1", "2"] {
        check(&["--no-warm", "-n", workers]);
    }
    project.heat(&["--warm", "-n", "2"]);
    for _ in 0..3 {
        check(&["--warm", "-n", "2"]);
    }
    assert_eq!(fs::read_to_string(project.path().join(".dx/.gitignore")).unwrap(), "*\n");
}

#[test]
fn folders_of_earlier_runs_are_removed_once() {
    let project = Project::new(&[
        (
            "conftest.py",
            "import os\nfrom _pytest import pathlib\nreal = pathlib.cleanup_numbered_dir\n\
             def cleanup_numbered_dir(*arguments, **names):\n    with open('cleaned', 'a') as file:\n        \
             file.write('%d\\n' % os.getpid())\n    real(*arguments, **names)\n\
             pathlib.cleanup_numbered_dir = cleanup_numbered_dir\n",
        ),
        ("test_a.py", "def test_a(tmp_path): pass\n"),
        ("test_b.py", "def test_b(tmp_path): pass\n"),
    ]);
    let ran = project.run(&["--no-warm", "-n", "2"]);
    assert_eq!(ran.status, 0, "{}\n{}", ran.stdout, ran.stderr);
    let cleaned = fs::read_to_string(project.path().join("cleaned")).unwrap();
    assert_eq!(cleaned.lines().count(), 1, "{cleaned}");
}

/// A plugin that knows of xdist, and ends for good in the process that is no worker of it.
const ENDS_ONCE: &str = r#"
import os, tempfile
def pytest_sessionstart(session):
    if os.environ.get("PYTEST_XDIST_WORKER") is None:
        session.config.folder = tempfile.TemporaryDirectory()
def pytest_sessionfinish(session):
    if os.environ.get("PYTEST_XDIST_WORKER") is None:
        os.listdir(session.config.folder.name)
        session.config.folder.cleanup()
"#;

#[test]
fn what_a_plugin_ended_in_the_only_worker_need_not_be_there_for_the_parent() {
    let project = Project::new(&[("conftest.py", ENDS_ONCE), ("test_m.py", "def test_a(): assert True\n")]);
    let alone = project.run(&["-n", "1"]);
    assert_eq!(alone.status, 0, "{}{}", alone.stdout, alone.stderr);
    let text = "which has run in the worker, failed here: FileNotFoundError";
    assert!(alone.stdout.contains("1 passed") && alone.stdout.contains(text), "{}", alone.stdout);
}

/// What the parent ends with was made before its workers.
const FOLDER: &str = r#"
import os, tempfile
FOLDER = tempfile.TemporaryDirectory()
def pytest_sessionfinish():
    assert os.path.isdir(FOLDER.name)
"#;

#[test]
fn a_worker_removes_no_temporary_folder_of_its_parent() {
    let test = "def test_a(): assert True\n";
    let project = Project::new(&[("conftest.py", FOLDER), ("test_a.py", test), ("test_b.py", test)]);
    let ran = project.run(&["-n", "2"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
}

/// Some tool writes into the project's state while tests run.
const OVERWRITES: &str = r#"
import glob, os
def test_a():
    [path] = glob.glob(".dx/testrun/python-*/_dx_events.so")
    with open(path, "r+b") as file:
        file.write(b"\xcc" * os.path.getsize(path))
def test_b():
    assert os.listdir(".")
"#;

#[test]
fn a_library_that_is_overwritten_while_it_is_loaded_harms_no_run() {
    let project = Project::new(&[("test_m.py", OVERWRITES)]);
    for _ in 0..2 {
        let ran = project.run(&["-n", "1", "--affected", "--no-warm"]);
        assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    }
}
