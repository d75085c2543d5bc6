//! Debuggers and `-s` on a terminal, with workers: what is typed reaches the test, and the run ends as pytest's does.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::support::{Project, python};

/// How long anything may take to be said.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program on a terminal of its own.
struct Terminal {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
    /// Up to where it was looked at.
    at: usize,
}

impl Terminal {
    fn start(mut command: Command) -> Terminal {
        let (mut master, mut slave) = (0, 0);
        let size = libc::winsize { ws_row: 40, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: both numbers are written, the size is read, and the two null pointers are allowed.
        let made =
            unsafe { libc::openpty(&mut master, &mut slave, std::ptr::null_mut(), std::ptr::null(), &size) };
        assert_eq!(made, 0, "{}", std::io::Error::last_os_error());
        // SAFETY: the descriptors were just made and belong to nobody else.
        let (master, slave) = unsafe { (File::from_raw_fd(master), File::from_raw_fd(slave)) };
        // SAFETY: takes a descriptor and numbers.
        unsafe { libc::fcntl(master.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
        let other = || slave.try_clone().unwrap();
        command.stdin(other()).stdout(other()).stderr(other());
        command.env("NO_COLOR", "1").env("PYTHON_BASIC_REPL", "1");
        // SAFETY: both calls may be made between fork and exec.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                libc::ioctl(0, libc::TIOCSCTTY, 0);
                Ok(())
            });
        }
        let child = command.spawn().unwrap();
        drop((slave, command));
        let (say, screen) = channel();
        let mut reader = master.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if say.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Terminal { child, keyboard: master, screen, seen: String::new(), at: 0 }
    }

    /// Waits until something new with this text is on the screen.
    fn expect(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = self.seen[self.at..].find(text) {
                self.at += found + text.len();
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.screen.recv_timeout(left) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => panic!("'{text}' was never said:\n{}", self.seen),
            }
        }
    }

    fn say(&mut self, line: &str) {
        self.keyboard.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Its status and everything that it wrote.
    fn end(mut self) -> (i32, String) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code().unwrap_or(-1);
            }
            if let Ok(bytes) = self.screen.recv_timeout(Duration::from_millis(10)) {
                self.seen.push_str(&String::from_utf8_lossy(&bytes));
            }
            assert!(Instant::now() < deadline, "it does not end:\n{}", self.seen);
        };
        while let Ok(bytes) = self.screen.recv_timeout(Duration::from_millis(200)) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        (status, std::mem::take(&mut self.seen))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The run's own commands: dx-testrun cold and warm, and pytest.
fn commands(project: &Project, arguments: &[&str]) -> Vec<(&'static str, Command)> {
    let mut pytest = Command::new(python().with_file_name("pytest"));
    pytest.current_dir(project.path()).args(["-p", "no:cacheprovider"]).args(arguments);
    let dx = |mode: &str| project.dx(&[&[mode, "-n", "2"], arguments].concat());
    let mut all = vec![
        ("pytest", pytest),
        ("cold", dx("--no-warm")),
        ("cold, live", dx("--no-warm")),
        ("warm", dx("--warm")),
        ("warm, live", dx("--warm")),
    ];
    for (name, command) in &mut all {
        command.env("TERM", if name.ends_with("live") { "xterm" } else { "dumb" });
    }
    all
}

/// What pytest counts in its last line, without the time, and without warnings: other runs of pytest on this machine get
/// into each other's way when they clean up.
fn counts(screen: &str) -> String {
    let line = screen.lines().rev().find(|line| line.contains(" in ") && line.contains('s'));
    let line = line.unwrap_or_else(|| panic!("no last line:\n{screen}"));
    // After what the live line was wiped out with.
    let line = line.rsplit("\x1b[K").next().unwrap_or(line);
    let counts = line.split(" in ").next().unwrap_or_default().trim_matches(['=', ' ', '!']);
    counts.split(", ").filter(|count| !count.contains("warning")).collect::<Vec<_>>().join(", ")
}

/// Says all lines, each when a debugger asks; status and counts must be pytest's.
fn debug(project: &Project, arguments: &[&str], lines: &[&str]) {
    let mut expected = None;
    for (name, command) in commands(project, arguments) {
        let mut terminal = Terminal::start(command);
        for line in lines {
            terminal.expect("(Pdb) ");
            terminal.say("p 'the answer is', value * 2");
            terminal.expect("('the answer is', 42)");
            terminal.expect("(Pdb) ");
            terminal.say(line);
        }
        let (status, screen) = terminal.end();
        // Whether tests of the other worker still run after somebody quits, is a matter of time.
        let quits = lines.last() == Some(&"q");
        assert_eq!(screen.contains("Exit: Quitting debugger"), quits, "{name}\n{screen}");
        let found = (status, if quits { String::new() } else { counts(&screen) });
        let expected = expected.get_or_insert_with(|| found.clone());
        assert_eq!(&found, expected, "{name} {arguments:?} {lines:?}\n{screen}");
    }
}

fn project() -> Project {
    Project::new(&[
        ("test_a.py", "def test_fails():\n    value = 21\n    assert value == 2\n"),
        ("test_b.py", "def test_stops():\n    value = 21\n    breakpoint()\n    assert value == 21\n"),
        ("test_bad.py", "def test_bad():\n    value = 21\n    breakpoint()\n    assert value == 2\n"),
        ("test_c.py", "def test_c(): pass\n"),
        (
            "test_d.py",
            "import sys\ndef test_reads():\n    print('hello from', 'test_d')\n    assert input('name? ') == 'x'\n",
        ),
    ])
}

#[test]
fn a_failing_test_is_debugged() {
    let project = project();
    debug(&project, &["--pdb", "test_a.py", "test_c.py"], &["c"]);
    debug(&project, &["--pdb", "test_a.py", "test_c.py"], &["q"]);
}

#[test]
fn a_breakpoint_stops_a_test() {
    let project = project();
    debug(&project, &["test_b.py", "test_c.py"], &["c"]);
    debug(&project, &["test_b.py", "test_c.py"], &["q"]);
    // It fails, and is not run again to see whether it does so by itself.
    debug(&project, &["test_bad.py", "test_c.py"], &["c"]);
    debug(&project, &["-s", "test_b.py", "test_c.py"], &["c"]);
}

#[test]
fn a_test_reads_what_is_typed() {
    let project = project();
    for (name, command) in commands(&project, &["-s", "test_d.py"]) {
        let mut terminal = Terminal::start(command);
        terminal.expect("hello from test_d");
        terminal.expect("name? ");
        terminal.say("x");
        let (status, screen) = terminal.end();
        assert_eq!((status, counts(&screen).as_str()), (0, "1 passed"), "{name}\n{screen}");
    }
}
