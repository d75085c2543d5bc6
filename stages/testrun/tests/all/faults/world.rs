//! The project that suffers: a suite of some sixty quick tests, what pytest says of it, and runs of it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use super::super::support::{Outcomes, Project};
use super::check::{self, Told};
use super::numbers::Numbers;

const CONFTEST: &str = r#"
import json, os, pytest

with open(os.path.join(os.path.dirname(__file__), "world.json")) as file:
    WORLD = json.load(file)

@pytest.fixture(scope="session")
def world():
    yield WORLD
"#;
const QUICK: &str = r#"
import os, time
import pytest

@pytest.mark.parametrize("n", range(8))
def test_n(n):
    time.sleep(0.004)
def test_flavour(world):
    assert world["flavour"] == 0
@pytest.mark.skip(reason="no")
def test_skip(): pass
@pytest.mark.xfail
def test_xfail(): assert 0
@pytest.fixture
def bad_end():
    yield
    raise ValueError("teardown")
def test_teardown(bad_end): pass
class TestClass:
    @pytest.fixture(scope="class")
    def shared(self): return [os.getpid()]
    @pytest.mark.parametrize("n", range(4))
    def test_in_order(self, shared, n):
        # After a death the rest of the class begins with a fixture of its own.
        assert shared[0] == os.getpid() and shared[1:] == sorted(set(shared[1:]) - {n})
        shared.append(n)
"#;
/// Leaves a process behind that belongs to no group of ours.
const CHILD: &str = r#"
import subprocess
def test_child(world):
    if world["child"]:
        subprocess.Popen(["sleep", "600"], start_new_session=True)
"#;
/// No run takes longer, unless something hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// How dx-testrun is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mode {
    pub(crate) warm: bool,
    pub(crate) workers: usize,
}

impl Mode {
    pub(crate) fn choose(numbers: &mut Numbers) -> Mode {
        Mode { warm: numbers.once_in(2), workers: 1 + numbers.below(4) }
    }

    fn arguments(self) -> [String; 3] {
        [if self.warm { "--warm" } else { "--no-warm" }.to_owned(), "-n".to_owned(), self.workers.to_string()]
    }
}

pub(crate) struct World {
    pub(crate) project: Project,
    /// What pytest says of the suite, by flavour.
    truths: Vec<Outcomes>,
    flavour: Cell<usize>,
    /// What one run takes, more or less.
    pub(crate) usual: Duration,
    runs: Cell<usize>,
}

/// A run that goes on.
pub(crate) struct Running {
    child: Child,
    mode: Mode,
    began: Instant,
    /// Events, standard output, standard error.
    files: [PathBuf; 3],
}

impl World {
    pub(crate) fn new() -> World {
        let project = Project::new(&[("tests/conftest.py", CONFTEST), ("tests/test_child.py", CHILD)]);
        for name in ["a", "b", "deep/c", "deep/d"] {
            project.write(&format!("tests/{name}/test_quick_{}.py", name.replace('/', "_")), QUICK);
        }
        let mut world = World {
            project,
            truths: Vec::new(),
            flavour: Cell::new(0),
            usual: Duration::from_millis(800),
            runs: Cell::new(0),
        };
        for flavour in 0..2 {
            world.set(flavour, false);
            let (truth, status) = world.project.pytest(&[]);
            assert_eq!(status, 1, "some of the tests fail");
            assert_eq!(truth.len(), 4 * 16 + 1, "{truth:#?}");
            world.truths.push(truth);
        }
        let began = Instant::now();
        let told = world.run(Mode { warm: false, workers: 2 }, &[]);
        check::same(&told, &world.truth());
        world.usual = began.elapsed();
        world
    }

    fn set(&self, flavour: usize, child: bool) {
        self.flavour.set(flavour);
        let text = format!("{{\"flavour\": {flavour}, \"child\": {child}}}");
        self.project.write("tests/world.json", &text);
    }

    /// The suite is not quite what it was, so that nothing stale can pass for right.
    pub(crate) fn begin_round(&self, numbers: &mut Numbers) {
        self.set(numbers.below(2), numbers.once_in(3));
    }

    /// For rounds in which nobody is left who could find a test's own children.
    pub(crate) fn without_children(&self) {
        self.set(self.flavour.get(), false);
    }

    pub(crate) fn truth(&self) -> Outcomes {
        self.truths[self.flavour.get()].clone()
    }

    pub(crate) fn runs(&self) -> usize {
        self.runs.get()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.project.path().join(".dx")
    }

    pub(crate) fn run(&self, mode: Mode, more: &[&str]) -> Told {
        self.start(mode, more).finish(self)
    }

    pub(crate) fn start(&self, mode: Mode, more: &[&str]) -> Running {
        let arguments = mode.arguments();
        let all: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
        self.spawn(mode, self.project.dx(&all))
    }

    /// Starts a command that is dx-testrun in the end.
    pub(crate) fn spawn(&self, mode: Mode, mut command: Command) -> Running {
        self.runs.set(self.runs.get() + 1);
        let folder = self.project.runtime.path();
        let file = |kind: &str| folder.join(format!("run-{}.{kind}", self.runs.get()));
        let files = [file("events"), file("out"), file("err")];
        command.arg("--events").arg(&files[0]);
        // Into files: a process that stays behind would hold a pipe open.
        command.stdout(File::create(&files[1]).unwrap()).stderr(File::create(&files[2]).unwrap());
        Running { child: command.spawn().unwrap(), mode, began: Instant::now(), files }
    }

    /// The next run is right, nothing is left of the one before, and what is kept stays small.
    pub(crate) fn expect_recovery(&self, numbers: &mut Numbers) {
        self.set(self.flavour.get(), false);
        let mode = Mode::choose(numbers);
        self.age();
        let told = self.run(mode, &[]);
        check::same(&told, &self.truth());
        self.expect_tidy();
        if numbers.once_in(3) {
            let stopped = self.project.dx(&["--stop"]).output().unwrap();
            assert!(stopped.status.success(), "{stopped:?}");
        }
    }

    /// What a dead run left half-written is an hour older now, so that the next one may take it for dead.
    fn age(&self) {
        let then = std::time::SystemTime::now() - Duration::from_secs(2 * 3600);
        for path in check::files_below(&self.state()).into_iter().filter(|path| check::is_temporary(path)) {
            let _ = File::options().write(true).open(path).and_then(|file| file.set_modified(then));
        }
    }

    fn expect_tidy(&self) {
        let kept = check::files_below(&self.state());
        let temporary: Vec<&PathBuf> = kept.iter().filter(|path| check::is_temporary(path)).collect();
        assert!(temporary.is_empty(), "left half-written: {temporary:#?}");
        // The Python side is one folder with a file for each module, however many those are.
        let packages: BTreeSet<&Path> = kept.iter().filter_map(|path| package(path)).collect();
        assert_eq!(packages.len(), 1, "{packages:#?}");
        let others: Vec<&PathBuf> = kept.iter().filter(|path| package(path).is_none()).collect();
        assert!(others.len() < 8, "too much is kept: {others:#?}");
        let mut sockets = check::files_below(&self.project.runtime.path().join("dx-testrun"));
        sockets.retain(|path| path.to_string_lossy().contains(".sock"));
        assert!(sockets.len() < 12, "too much is kept: {sockets:#?}");
    }

    /// Every process that is not kept warm ends, and of those that are there are a server, its two layers, what these have
    /// forked ahead (one and two) at the most.
    pub(crate) fn expect_no_orphans(&self) {
        let deadline = Instant::now() + Duration::from_secs(15);
        loop {
            let (warm, others): (Vec<u32>, Vec<u32>) =
                self.project.processes().into_iter().partition(|pid| is_warm(*pid));
            if others.is_empty() && warm.len() <= 6 {
                return;
            }
            assert!(Instant::now() < deadline, "still running: {:#?}", self.project.leftovers());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Workers of any run: they have a ring.
    pub(crate) fn workers(&self) -> Vec<u32> {
        let has_ring = |pid: &u32| {
            fs::read_to_string(format!("/proc/{pid}/maps")).is_ok_and(|maps| maps.contains("dx-testrun-ring"))
        };
        self.project
            .processes()
            .into_iter()
            .filter(|pid| name(*pid) != "dx-testrun" && has_ring(pid))
            .collect()
    }

    /// Processes that are kept warm, without the runs that were forked from them: those hold on to their output.
    pub(crate) fn warm(&self) -> Vec<u32> {
        let is_run = |pid: &u32| {
            let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else { return true };
            let targets = open.flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
            targets.into_iter().any(|target| target.extension() == Some("out".as_ref()))
        };
        self.project.processes().into_iter().filter(|pid| is_warm(*pid) && !is_run(pid)).collect()
    }
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Until so much time has passed since the start; false if the run was over before.
    pub(crate) fn wait_until(&mut self, moment: Duration) -> bool {
        while self.began.elapsed() < moment {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            std::thread::sleep(Duration::from_micros(300));
        }
        true
    }

    pub(crate) fn finish(mut self, world: &World) -> Told {
        while self.child.try_wait().unwrap().is_none() {
            if self.began.elapsed() > PATIENCE {
                let processes = world.project.leftovers();
                let told = Told::read(None, &self.files);
                let _ = self.child.kill();
                panic!("{:?} hangs: {processes:#?}\n{told}", self.mode);
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        let status = self.child.wait().unwrap().code();
        let told = Told::read(status, &self.files);
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        told
    }
}

fn name(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned()
}

fn is_warm(pid: u32) -> bool {
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    command
        .split(|byte| *byte == 0)
        .any(|argument| Path::new(&*String::from_utf8_lossy(argument)).extension() == Some("sock".as_ref()))
}

/// The folder of the Python side, of a file in it.
fn package(path: &Path) -> Option<&Path> {
    let is_package = |folder: &&Path| {
        folder.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("python-"))
    };
    path.parent().filter(is_package)
}
