//! Moments that come by chance, and must not be waited for: a `conftest.py` reaches into the runner's own Python side
//! and makes them happen.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::support::Project;

const TESTS: &str = r#"
import time
import pytest

@pytest.mark.parametrize("n", range(30))
def test_n(n):
    time.sleep(0.01)
    with open("ran", "a") as file:
        file.write("%r\n" % time.time())
"#;

/// The parent's word that it forked a worker comes when that worker has done everything that it was told to do.
const LATE_WORD: &str = r#"
import time
try:
    from dx_testrun import wire
except ImportError:
    pass
else:
    send = wire.Channel.send
    def late(self, kind, *more, **named):
        if kind == wire.FORKED:
            time.sleep(0.8)
            with open("forked", "a") as file:
                file.write("%r\n" % time.time())
        return send(self, kind, *more, **named)
    wire.Channel.send = late
"#;

#[test]
fn a_worker_may_be_idle_before_it_is_known_to_be_forked() {
    let project = Project::new(&[("conftest.py", LATE_WORD), ("test_few.py", TESTS)]);
    let (expected, status) = project.pytest(&[]);
    fs::remove_file(project.path().join("ran")).unwrap();
    for workers in ["1", "2"] {
        for how in ["--tb=short", "--whole"] {
            let ran = project.run(&["--no-warm", how, "-n", workers, "--run-timeout", "30"]);
            assert_eq!((&ran.outcomes, ran.status), (&expected, status), "{}\n{}", ran.stdout, ran.stderr);
            let times = |name: &str| -> Vec<f64> {
                let text = fs::read_to_string(project.path().join(name)).unwrap();
                fs::remove_file(project.path().join(name)).unwrap();
                text.lines().map(|line| line.parse().unwrap()).collect()
            };
            let (done, forked) = (times("ran"), times("forked"));
            let last_done = done.iter().copied().fold(0.0, f64::max);
            let last_forked = forked.iter().copied().fold(0.0, f64::max);
            assert!(last_done < last_forked, "the race did not happen: {done:?} {forked:?}");
        }
    }
}

/// The first worker that comes to a point of its loop dies there.
fn death_at(method: &str, moment: &str) -> String {
    format!(
        r#"
import os, signal
try:
    from dx_testrun.worker import Worker
except ImportError:
    pass
else:
    original = Worker.{method}
    def die():
        try:
            os.close(os.open("died", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)
    def replaced(self, *arguments):
        if "{moment}" == "before":
            die()
        value = original(self, *arguments)
        die()
        return value
    Worker.{method} = replaced
"#
    )
}

/// No test is lost with it, none runs twice and none is blamed.
#[test]
fn a_death_between_tests_costs_nothing() {
    let project = Project::new(&[("test_long.py", TESTS), ("test_other.py", "def test_other(): pass\n")]);
    let (expected, status) = project.pytest(&[]);
    assert_eq!(status, 0);
    for (method, moment) in [
        ("give_up", "before"),
        ("give_up", "after"),
        ("peek", "after"),
        ("next_unit", "after"),
        ("collect", "before"),
        ("collect", "after"),
        ("run_unit", "after"),
    ] {
        for name in ["ran", "died"] {
            let _ = fs::remove_file(project.path().join(name));
        }
        project.write("conftest.py", &death_at(method, moment));
        let ran = project.run(&["--no-warm", "-n", "2", "--run-timeout", "30"]);
        assert!(project.path().join("died").exists(), "no worker came to '{method}'\n{}", ran.stdout);
        assert_eq!(
            (&ran.outcomes, ran.status),
            (&expected, status),
            "{moment} '{method}'\n{}\n{}",
            ran.stdout,
            ran.stderr
        );
        let runs = fs::read_to_string(project.path().join("ran")).unwrap().lines().count();
        assert_eq!(runs, 30, "{moment} '{method}'\n{}", ran.stdout);
        project.expect_no_leftovers();
    }
}

/// A file that kills whoever collects it is blamed, once, and after a second try.
#[test]
fn a_file_that_kills_its_collector_is_blamed_the_second_time() {
    let project = Project::new(&[
        ("test_a.py", "def test_a(): pass\n"),
        ("test_deadly.py", "import os\nopen('imports', 'a').write('x')\nos._exit(9)\n"),
        ("test_z.py", "def test_z(): pass\n"),
    ]);
    for workers in ["1", "2"] {
        let ran = project.run(&["--no-warm", "-n", workers, "--continue-on-collection-errors"]);
        assert_eq!(ran.status, 1, "{}\n{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("2 passed, 1 error"), "{}", ran.stdout);
        assert_eq!(ran.outcomes.len(), 2, "{}", ran.stdout);
        let imports = fs::read_to_string(project.path().join("imports")).unwrap();
        assert_eq!(imports, "xx", "{}", ran.stdout);
        fs::remove_file(project.path().join("imports")).unwrap();
    }
}

/// What a test left running is ended by the runner; where that was killed while pytest sums up, by pytest's process.
#[test]
fn who_kills_the_runner_during_the_summary_leaves_nothing_running() {
    let conftest =
        "import time\ndef pytest_terminal_summary():\n    open('summing', 'w').close()\n    time.sleep(1)\n";
    let test =
        "import subprocess\ndef test_child(): subprocess.Popen(['sleep', '600'], start_new_session=True)\n";
    let project = Project::new(&[("conftest.py", conftest), ("test_a.py", test)]);
    let mut run = project.dx(&["--no-warm", "-n", "1"]).stdout(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while !project.path().join("summing").exists() {
        assert!(Instant::now() < deadline, "it never came to its summary");
        std::thread::sleep(Duration::from_millis(10));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    project.expect_no_leftovers();
}
