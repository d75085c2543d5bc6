//! What dx.toml and pyproject.toml say about tests, and what a warm pytest makes of it.

use std::time::{Duration, Instant};

use super::support::Project;

/// A project whose conftest imports a module that lies beside the project, as an installed one would.
fn project() -> Project {
    Project::new(&[
        ("lib/heavy.py", "VALUE = 1\n"),
        (
            "lib/threads.py",
            "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n",
        ),
        ("lib/plug.py", "def pytest_report_header(): return 'plugged'\n"),
        ("lib/plug-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: plug\nVersion: 1.0\n"),
        ("lib/plug-1.0.dist-info/entry_points.txt", "[pytest11]\nplug = plug\n"),
        ("lib/plug-1.0.dist-info/RECORD", "plug.py,,\nplug_too/a.py,,\n"),
        ("conftest.py", "import sys\nEARLY = 'heavy' in sys.modules\nimport heavy\n"),
        (
            "test_a.py",
            "import conftest, os\n\
             def test_value(): print(f'{conftest.EARLY=} {conftest.heavy.VALUE=}'); assert not os.environ.get('DX_FAIL')\n",
        ),
    ])
}

fn warm(project: &Project, arguments: &[&str]) -> String {
    let mut command = project.dx(&[&["--warm", "-n", "1", "-rP"], arguments].concat());
    let output = command.env("PYTHONPATH", project.path().join("lib")).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_configuration_is_the_options_default() {
    let project = Project::new(&[
        ("test_a.py", "def test_a(): pass\n"),
        ("test_b.py", "import time\ndef test_b(): time.sleep(1)\n"),
    ]);
    let first = |arguments: &[&str]| {
        let ran = project.run(&[&["--no-warm"], arguments].concat());
        ran.stdout.lines().find(|line| line.starts_with("dx: ")).unwrap_or_default().to_owned() + &ran.stderr
    };
    project.write("dx.toml", "[test]\nworkers = 1\n");
    assert!(first(&[]).starts_with("dx: 1 worker,"), "{}", first(&[]));
    assert!(first(&["-n", "2"]).starts_with("dx: 2 workers,"));
    project.write("dx.toml", "[test]\ntimeout = \"0.2s\"\n");
    assert_eq!(project.run(&["--no-warm"]).outcomes["test_b.py::test_b"], ["failed"]);
    assert_eq!(project.run(&["--no-warm", "--timeout", "60"]).outcomes["test_b.py::test_b"], ["passed"]);
    std::fs::remove_file(project.path().join("dx.toml")).unwrap();
    project.write("pyproject.toml", "[tool.dx.test]\nworkers = \"1\"\n[tool.other]\nx = 1\n");
    assert!(first(&[]).starts_with("dx: 1 worker,"));
    for (text, says) in [
        ("[test]\nworker = 1\n", "unknown field `worker`"),
        ("[tests]\nworkers = 1\n", "unknown field `tests`"),
        ("[test]\nworkers = 1000\n", "dx.toml': test.workers takes a number from 0 to 256"),
        (
            "[test]\nidle = \"soon\"\n",
            "dx.toml': test.idle takes seconds, or a time like 90s, 15m or 2h, not 'soon'",
        ),
        ("[test]\nmemory = \"2X\"\n", "dx.toml': test.memory takes a size like 2G or 500M, not '2X'"),
        ("[test]\npreload = [\"a b\"]\n", "dx.toml': test.preload takes names of modules, not 'a b'"),
        ("[test]\npreload = \"numpy\"\n", "dx.toml': TOML parse error at line 2"),
    ] {
        project.write("dx.toml", text);
        let ran = project.run(&["--no-warm"]);
        assert_eq!(ran.status, 4, "{text}\n{}", ran.stdout);
        assert!(ran.stderr.contains(says), "{text}\n{}", ran.stderr);
    }
    project.write(
        "dx.toml",
        "[test]\nidle = \"15m\"\nmemory = \"2G\"\nworkers = \"auto\"\ntimeout = 60\npreload = []\n",
    );
    assert_eq!(project.run(&["--no-warm"]).status, 0);
}

#[test]
fn modules_are_imported_before_pytest_is_configured() {
    let project = project();
    let told = warm(&project, &[]);
    assert!(told.contains("conftest.EARLY=False"), "{told}");
    project.write("dx.toml", "[test]\npreload = [\"heavy\"]\n");
    for _ in 0..2 {
        let told = warm(&project, &[]);
        assert!(
            told.contains("conftest.EARLY=True conftest.heavy.VALUE=1")
                && told.contains("dx: 1 worker, warm"),
            "{told}"
        );
    }
    // What layer 0 holds cannot be stale either.
    std::thread::sleep(Duration::from_millis(50));
    project.write("lib/heavy.py", "VALUE = 2\n");
    for _ in 0..2 {
        let told = warm(&project, &[]);
        assert!(told.contains("conftest.heavy.VALUE=2"), "{told}");
    }
    assert!(warm(&project, &[]).contains("dx: 1 worker, warm"), "another server serves");
}

#[test]
fn modules_that_cannot_be_there_first_are_refused() {
    let project = project();
    for (module, says) in [
        ("plug", "'plug' belongs to a pytest plugin"),
        ("plug_too.a", "'plug_too.a' belongs to a pytest plugin"),
        ("pytest_cov", "'pytest_cov' belongs to a pytest plugin"),
        ("threads", "'threads' starts threads"),
        ("no_such_module", "'no_such_module' cannot be imported: ModuleNotFoundError"),
    ] {
        let told = warm(&project, &["--preload", module]);
        assert!(
            told.contains("1 passed") && told.contains(says) && told.contains("a fresh pytest"),
            "{module}\n{told}"
        );
    }
}

#[test]
fn limits_hold_for_a_server_that_runs_already() {
    let project = project();
    warm(&project, &["--idle", "10m"]);
    let status = || String::from_utf8_lossy(&project.dx(&["--status"]).output().unwrap().stdout).into_owned();
    assert!(status().contains("warm: process"), "{}", status());
    warm(&project, &["--idle", "0.1s"]);
    let deadline = Instant::now() + Duration::from_secs(20);
    while !status().contains("nothing is kept warm") {
        assert!(Instant::now() < deadline, "{}", status());
        std::thread::sleep(Duration::from_millis(200));
    }
    // More than one layer does not fit into a mebibyte.
    warm(&project, &["--memory", "1M"]);
    let deadline = Instant::now() + Duration::from_secs(20);
    while !status().contains("nothing is kept warm") {
        assert!(Instant::now() < deadline, "{}", status());
        std::thread::sleep(Duration::from_millis(200));
    }
}
