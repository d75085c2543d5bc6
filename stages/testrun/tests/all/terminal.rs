//! Debuggers and `-s` on a terminal, with workers: what is typed reaches the test, and the run ends as pytest's does.

use std::process::Command;

use super::pty::Terminal;
use super::support::{Project, python};

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
