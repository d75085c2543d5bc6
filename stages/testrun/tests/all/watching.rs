//! `--watch`: after every change the tests that it affects, until somebody quits. Nothing here depends on how long
//! something takes: a test waits for what is said.

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::pty::{Terminal, mode_of};
use super::support::Project;

/// A watch whose commands are lines.
struct Watch {
    child: Child,
    screen: super::pty::Screen,
}

fn project() -> Project {
    Project::new(&[
        ("pytest.ini", "[pytest]\npythonpath = .\n"),
        ("pkg/one.py", "def f():\n    return 1\n"),
        ("pkg/two.py", "def f():\n    return 2\n"),
        ("data.txt", "3"),
        ("tests/test_one.py", "from pkg import one\ndef test_one(): assert one.f() == 1\n"),
        ("tests/test_two.py", "from pkg import two\ndef test_two(): assert two.f() == 2\n"),
        ("tests/test_data.py", "def test_data():\n    with open('data.txt') as f: assert f.read() == '3'\n"),
    ])
}

/// Replaces a file as most editors do.
fn save(project: &Project, name: &str, text: &str) {
    let path = project.path().join(name);
    let new = path.with_extension("new~");
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}

impl Watch {
    fn start(project: &Project, arguments: &[&str]) -> Watch {
        let mut command = project.dx(&[&["--watch", "-n", "1", "-q"], arguments].concat());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let screen = super::pty::Screen::of(child.stdout.take().unwrap());
        Watch { child, screen }
    }

    /// Waits for the end of the next run; everything that was written until then.
    fn run(&mut self) -> String {
        self.screen.until("[q]uit")
    }

    fn say(&mut self, line: &str) {
        self.child.stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    fn end(mut self) -> i32 {
        self.screen.drain();
        let status = self.child.wait().unwrap();
        status.code().unwrap_or_else(|| -status.signal().unwrap())
    }

    fn quit(mut self) -> i32 {
        self.say("q");
        self.end()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn says(said: &str, text: &str) {
    assert!(said.contains(text), "not '{text}' but:\n{said}");
}

#[test]
fn an_edit_runs_what_it_affects() {
    let project = project();
    let mut watch = Watch::start(&project, &[]);
    says(&watch.run(), "dx: 3 of 3 ran, 0 cached");
    save(&project, "pkg/one.py", "def f():\n    return 10\n");
    let said = watch.run();
    says(&said, "dx: 1 of 3 ran, 2 cached");
    says(&said, "FAILED tests/test_one.py::test_one");
    // What failed runs as well.
    save(&project, "pkg/two.py", "def f():\n    return 1 + 1\n");
    says(&watch.run(), "dx: 2 of 3 ran, 1 cached");
    save(&project, "pkg/one.py", "def f():\n    return 1\n");
    says(&watch.run(), "dx: 1 of 3 ran, 2 cached");
    // A file that no test has anything to do with, then one that a test reads.
    save(&project, "notes.md", "x");
    save(&project, "data.txt", "4");
    let said = watch.run();
    says(&said, "FAILED tests/test_data.py::test_data");
    says(&said, "dx: 1 of 3 ran, 2 cached");
    // Written in place, which may be seen half done.
    project.write("data.txt", "3");
    while !watch.run().contains("1 passed") {}
    assert_eq!(watch.quit(), 0);
    project.dx(&["--stop"]).output().unwrap();
    project.expect_no_leftovers();
}

#[test]
fn files_and_folders_come_and_go() {
    let project = project();
    let mut watch = Watch::start(&project, &[]);
    watch.run();
    save(&project, "tests/test_new.py", "def test_new(): pass\n");
    says(&watch.run(), "dx: 1 of 4 ran, 3 cached");
    fs::remove_file(project.path().join("tests/test_new.py")).unwrap();
    says(&watch.run(), "dx: 0 of 3 ran, 3 cached");
    // A folder that was not there, made somewhere else as a whole.
    let elsewhere = project.path().join(".dx/made");
    fs::create_dir_all(&elsewhere).unwrap();
    fs::write(elsewhere.join("test_deep.py"), "def test_deep(): pass\n").unwrap();
    fs::rename(&elsewhere, project.path().join("more")).unwrap();
    says(&watch.run(), "dx: 1 of 4 ran, 3 cached");
    save(&project, "more/test_deep.py", "def test_deep(): assert 0\n");
    says(&watch.run(), "FAILED more/test_deep.py::test_deep");
    fs::rename(project.path().join("more"), &elsewhere).unwrap();
    says(&watch.run(), "dx: 0 of 3 ran, 3 cached");
    // A conftest above tests that are known.
    save(
        &project,
        "tests/conftest.py",
        "import pytest\n@pytest.fixture(autouse=True)\ndef bad(): assert 0\n",
    );
    says(&watch.run(), "3 errors");
    assert_eq!(watch.quit(), 1);
}

#[test]
fn lines_are_commands() {
    let project = project();
    let mut watch = Watch::start(&project, &[]);
    watch.run();
    watch.say("a");
    says(&watch.run(), "3 passed");
    watch.say("f");
    says(&watch.run(), "dx: no test has failed");
    save(&project, "pkg/one.py", "def f():\n    return 10\n");
    watch.run();
    watch.say("f");
    let said = watch.run();
    says(&said, "FAILED tests/test_one.py::test_one");
    says(&said, "dx: 1 that had failed ran");
    watch.say("p two or data");
    says(&watch.run(), "2 passed, 1 deselected");
    watch.screen.until("(-k 'two or data')");
    // It stays for what is affected.
    save(&project, "pkg/two.py", "def f():\n    return 1 + 1\n");
    says(&watch.run(), "1 passed");
    watch.say("p");
    says(&watch.run(), "FAILED tests/test_one.py::test_one");
    watch.say("what");
    watch.say("");
    says(&watch.run(), "dx: 1 of 3 ran, 2 cached");
    // The end of its input does not end it.
    drop(watch.child.stdin.take());
    save(&project, "pkg/one.py", "def f():\n    return 1\n");
    says(&watch.run(), "dx: 1 of 3 ran, 2 cached");
    // SAFETY: kill takes numbers.
    unsafe { libc::kill(watch.child.id() as i32, libc::SIGTERM) };
    assert_eq!(watch.end(), 0);
}

#[test]
fn many_files_at_once_make_few_runs() {
    let project = project();
    let mut watch = Watch::start(&project, &[]);
    watch.run();
    for number in 0..50 {
        project.write(&format!("tests/test_many{number}.py"), "def test_many(): pass\n");
    }
    let mut runs = 1;
    while !watch.run().contains(" of 53 ran") {
        runs += 1;
    }
    assert!(runs <= 10, "{runs} runs");
    assert_eq!(watch.quit(), 0);
}

#[test]
fn what_is_saved_during_a_run_leads_to_another() {
    let project = project();
    project.write(
        "tests/test_slow.py",
        "import os, time\nfrom pkg import one\n\
         def test_slow():\n    \
             value = one.f()\n    \
             open(os.environ['STARTED'], 'w').close()\n    \
             while value == 7 and not os.path.exists(os.environ['GO']): time.sleep(0.01)\n",
    );
    let (started, go) = (project.runtime.path().join("started"), project.runtime.path().join("go"));
    let mut command = project.dx(&["--watch", "-n", "1", "-q"]);
    command.env("STARTED", &started).env("GO", &go).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let screen = super::pty::Screen::of(child.stdout.take().unwrap());
    let mut watch = Watch { child, screen };
    says(&watch.run(), "4 of 4 ran");
    fs::remove_file(&started).unwrap();
    save(&project, "pkg/one.py", "def f():\n    return 7\n");
    while !started.exists() {
        std::thread::yield_now();
    }
    save(&project, "pkg/one.py", "def f():\n    return 1\n");
    fs::write(&go, "").unwrap();
    watch.run();
    let said = watch.run();
    says(&said, "2 passed");
    assert_eq!(watch.quit(), 0);
}

#[test]
fn what_tests_write_does_not_run_them_forever() {
    let project = project();
    // It fails, so that it runs each time, and nobody knows what it reads.
    project.write(
        "tests/test_log.py",
        "import time\ndef test_log():\n    open('log.txt', 'w').write(str(time.time_ns()))\n    assert 0\n",
    );
    let mut watch = Watch::start(&project, &[]);
    let mut runs = 0;
    while !watch.screen.until("\n").contains("dx: tests write 'log.txt'") {
        runs += 1;
        assert!(runs < 1000, "{}", watch.screen.seen());
    }
    save(&project, "pkg/one.py", "def f():\n    return 2 - 1\n");
    says(&watch.run(), "2 of 4 ran");
    assert_eq!(watch.quit(), 1);
}

#[test]
fn a_configuration_that_is_wrong_is_told_and_waited_for() {
    let project = project();
    let mut watch = Watch::start(&project, &[]);
    watch.run();
    save(&project, "dx.toml", "[test]\nworkers = 'many'\n");
    watch.run();
    save(&project, "dx.toml", "");
    says(&watch.run(), "dx: 0 of 3 ran, 3 cached");
    assert_eq!(watch.quit(), 0);
}

#[test]
fn saves_beside_what_pytest_lists_leave_it_warm() {
    let project = project();
    project.write("test_top.py", "import helper\ndef test_top(): assert helper.f()\n");
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut watch = Watch::start(&project, &["-v"]);
    for turn in 1.. {
        // Each save changes the folder that pytest lists, and what was made warm right after it is stale at the next.
        save(&project, "helper.py", &format!("def f():\n    return {turn}\n"));
        if watch.run().contains("dx: 1 worker, warm, configured, ") {
            break;
        }
        assert!(Instant::now() < deadline, "{}", watch.screen.seen());
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(watch.quit(), 0);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let project = project();
    for option in ["--ci", "--audit", "--list", "--partition=hash:1/2", "--why=x"] {
        let output = project.dx(&["--watch", option]).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{option}: {error}");
        assert!(error.contains("--watch") && error.contains("cannot be used with"), "{option}: {error}");
    }
}

fn terminal(project: &Project, arguments: &[&str]) -> Terminal {
    let mut command = project.dx(&[&["--watch", "-n", "1", "-q"], arguments].concat());
    command.env("TERM", "dumb");
    Terminal::start(command)
}

#[test]
fn keys_are_commands_and_the_terminal_is_as_before() {
    let project = project();
    let mut terminal = terminal(&project, &[]);
    let before = terminal.first;
    terminal.expect("dx: 3 of 3 ran");
    terminal.expect("[q]uit");
    terminal.wait_for_mode(|mode| mode & (libc::ICANON | libc::ECHO) == 0);
    terminal.keys("a");
    terminal.expect("3 passed");
    terminal.expect("[q]uit");
    terminal.keys("p");
    terminal.expect("pattern (-k): ");
    terminal.keys("onex\x7f");
    terminal.expect("pattern (-k): one");
    terminal.keys("\r");
    terminal.expect("1 passed, 2 deselected");
    terminal.expect("(-k 'one')");
    terminal.keys("pwhatever\x1b?");
    terminal.expect("quit (also Ctrl-C)");
    terminal.expect("(-k 'one')");
    terminal.keys("p\r");
    terminal.expect("dx: 0 of 3 ran, 3 cached");
    terminal.expect("[q]uit");
    terminal.keys("f");
    terminal.expect("dx: no test has failed");
    terminal.expect("[q]uit");
    terminal.keys("q");
    let screen = terminal.keep_screen();
    let (status, text) = terminal.end();
    assert_eq!(status, 0, "{text}");
    assert_eq!(screen.mode(), before);
}

#[test]
fn signals_leave_the_terminal_as_it_was() {
    let project = project();
    for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGQUIT] {
        let mut terminal = terminal(&project, &[]);
        let before = terminal.first;
        terminal.expect("[q]uit");
        terminal.wait_for_mode(|mode| mode & libc::ICANON == 0);
        let screen = terminal.keep_screen();
        terminal.signal(signal);
        let (status, text) = terminal.end();
        assert_eq!(status, 0, "{signal}: {text}");
        assert_eq!(screen.mode(), before, "{signal}");
    }
}

#[test]
fn a_test_has_the_terminal_as_it_was_and_ctrl_c_ends_only_the_run() {
    let project = project();
    // Not `input`, which changes the mode by itself. Python may sleep through a Ctrl-C that comes just before a read.
    project.write(
        "tests/test_read.py",
        "import sys, time\n\
         def test_read():\n    \
             print('name?', flush=True)\n    \
             line = sys.stdin.readline()\n    \
             print('it is', line.strip(), flush=True)\n    \
             while line == 'nobody\\n': time.sleep(0.01)\n",
    );
    let mut terminal = terminal(&project, &["-s", "tests/test_read.py"]);
    terminal.expect("name?");
    terminal.say("x");
    terminal.expect("1 passed");
    terminal.expect("[q]uit");
    terminal.keys("a");
    terminal.expect("name?");
    let mode = mode_of(&terminal);
    assert_eq!(mode & libc::ICANON, libc::ICANON);
    terminal.say("nobody");
    terminal.expect("it is nobody");
    // Ctrl-C
    terminal.keys("\x03");
    terminal.expect("the run was interrupted");
    terminal.expect("[q]uit");
    terminal.wait_for_mode(|mode| mode & libc::ICANON == 0);
    terminal.keys("\x03");
    let (status, text) = terminal.end();
    assert_eq!(status, 2, "{text}");
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_takes_it_again() {
    let project = project();
    let mut terminal = terminal(&project, &[]);
    let before = terminal.first;
    terminal.expect("[q]uit");
    terminal.wait_for_mode(|mode| mode & libc::ICANON == 0);
    terminal.signal(libc::SIGTSTP);
    // In a group that nobody looks after a process goes on at once; where there is somebody, it stops.
    terminal.signal(libc::SIGCONT);
    terminal.expect("[q]uit");
    terminal.wait_for_mode(|mode| mode & libc::ICANON == 0);
    let screen = terminal.keep_screen();
    terminal.keys("q");
    assert_eq!(terminal.end().0, 0);
    assert_eq!(screen.mode(), before);
}
