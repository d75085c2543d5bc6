//! From a saved file to the result of the tests that it affects: `--watch`, beside a pytest that is started for them.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::timing::{alternate, median};

/// Modules of the project, each with a test file.
const MODULES: usize = 100;
const FUNCTIONS: usize = 20;
/// Tests of each module: so many call the function that is edited.
const TESTS: usize = 5;
/// The module that is edited.
const EDITED: usize = 50;
/// How long nobody does anything between two edits.
const PAUSE: Duration = Duration::from_millis(400);
/// How long one run may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is compared.
#[derive(Debug)]
pub struct Watch {
    pub python: PathBuf,
    /// Folder of dx-pipe and dx-testrun.
    pub bin: PathBuf,
    pub rounds: usize,
}

impl Watch {
    pub fn run(&self) -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let project = folder.path().join("project");
        generate(&project)?;
        println!("one function edited in {MODULES} modules of {FUNCTIONS} functions, {TESTS} tests call it");
        let test = format!("tests/test_m{EDITED}.py");
        let mut peer = Command::new(&self.python);
        peer.args(["-m", "pytest", "-q", &test]).current_dir(&project);
        let series = alternate(5, &mut [peer], |_| {})?;
        let peer = series[0].median_wall();
        println!("  {:<28}{:>7.1} ms", "pytest of that file", ms(peer));
        for (name, program, arguments) in [
            ("dx-pipe test --watch", "dx-pipe", &["test", "--watch"][..]),
            ("dx-testrun --watch", "dx-testrun", &["--watch"]),
        ] {
            let mut command = Command::new(fs::canonicalize(self.bin.join(program))?);
            command.args(arguments).arg("--python").arg(&self.python).current_dir(&project);
            command.env("DX_CACHE", folder.path().join("cache"));
            for name in ["CI", "PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"] {
                command.env_remove(name);
            }
            let times = self.time(command, &project)?;
            let (first, last) = (times.first().copied(), times.last().copied());
            println!(
                "  {name:<28}{:>7.1} ms, {:.1} to {:.1}, {:.1}x",
                ms(median(&times)),
                ms(first.unwrap_or_default()),
                ms(last.unwrap_or_default()),
                peer.as_secs_f64() / median(&times).as_secs_f64()
            );
        }
        let mut stop = Command::new(fs::canonicalize(self.bin.join("dx-testrun"))?);
        stop.arg("--stop").current_dir(&project).stdout(Stdio::null()).status()?;
        Ok(())
    }

    /// From the rename that puts the edited file in its place to the line that says what ran; sorted.
    fn time(&self, command: Command, project: &Path) -> io::Result<Vec<Duration>> {
        let mut watched = Watched::start(command)?;
        watched.until("watching ")?;
        let mut times = Vec::new();
        // The first edits find the warm pytest still being made.
        for round in 0..self.rounds + 3 {
            std::thread::sleep(PAUSE);
            let new = project.join("edit.tmp");
            // Another text in every round and for every command; what it computes stays the same.
            fs::write(&new, module(&format!("y = x + 1 + {0} - {0}", round + std::process::id() as usize)))?;
            let began = Instant::now();
            fs::rename(&new, project.join("pkg").join(format!("m{EDITED}.py")))?;
            let line = watched.until("dx: ")?;
            let took = began.elapsed();
            if !line.starts_with(&format!("dx: {TESTS} of {} ran", MODULES * TESTS)) {
                return Err(io::Error::other(format!("another run than expected: {line}")));
            }
            watched.until("watching ")?;
            if round >= 3 {
                times.push(took);
            }
        }
        watched.quit()?;
        times.sort();
        Ok(times)
    }
}

/// A program whose lines are read as they come.
struct Watched {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Watched {
    fn start(mut command: Command) -> io::Result<Watched> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let missing = || io::Error::other("no pipe");
        let input = child.stdin.take().ok_or_else(missing)?;
        let output = child.stdout.take().ok_or_else(missing)?;
        let (say, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if say.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Watched { child, input, lines })
    }

    /// The next line that begins so; the one that names the workers is passed over.
    fn until(&mut self, start: &str) -> io::Result<String> {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line.starts_with(start) && !line.contains(" worker") => return Ok(line),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return Err(io::Error::other("no result in a minute")),
                Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("it ended")),
            }
        }
    }

    fn quit(mut self) -> io::Result<()> {
        self.input.write_all(b"q\n")?;
        self.child.wait().map(drop)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn generate(project: &Path) -> io::Result<()> {
    for folder in ["pkg", "tests"] {
        fs::create_dir_all(project.join(folder))?;
    }
    fs::write(project.join("dx.toml"), "")?;
    fs::write(project.join("pytest.ini"), "[pytest]\npythonpath = .\n")?;
    fs::write(project.join("pkg/__init__.py"), "")?;
    for number in 0..MODULES {
        fs::write(project.join(format!("pkg/m{number}.py")), module("y = x + 1"))?;
        let mut tests = format!("from pkg import m{number}\n");
        for test in 0..TESTS {
            let _ =
                write!(tests, "\n\ndef test_{test}():\n    assert m{number}.f0({test}) == {}\n", test + 1);
        }
        fs::write(project.join(format!("tests/test_m{number}.py")), tests)?;
    }
    Ok(())
}

/// A module whose first function has this statement.
fn module(statement: &str) -> String {
    let mut text = format!("def f0(x):\n    {statement}\n    return y\n");
    for function in 1..FUNCTIONS {
        let _ = write!(text, "\n\ndef f{function}(x):\n    y = x + {function}\n    return y\n");
    }
    text
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
