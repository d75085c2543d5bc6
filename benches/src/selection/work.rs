//! One project that is edited, and the three runners on it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Session;
use crate::suites::outcomes::{Finished, run};
use crate::suites::place::{Place, data};

/// Folders of a project whose files are edited, as far as they are there.
const EDITED: [&str; 4] = ["src", "tests", "test", "networkx"];
/// Pins of the peer's version.
const TESTMON: &str = "pytest-testmon==2.2.0";
/// Seconds in which pytest must come to its end: an edit may make a loop of what was none.
const LIMIT: &str = "120";
/// pytest's arguments for every runner: a file that does not import must not keep the others from running, and hundreds
/// of failures are to be counted and not explained.
const COMMON: [&str; 2] = ["--continue-on-collection-errors", "--tb=no"];

pub(super) struct Work {
    pub(super) place: Place,
    folder: PathBuf,
    pipe: PathBuf,
    workers: usize,
}

impl Work {
    /// A copy of the suite's source.
    pub(super) fn copied(mut place: Place, folder: &Path, session: &Session) -> io::Result<Work> {
        fresh(folder)?;
        let project = folder.join("project");
        step(Command::new("cp").arg("-a").arg(&place.project).arg(&project))?;
        let _ = fs::remove_dir_all(project.join(".dx"));
        place.project = project;
        Work::new(place, folder, session)
    }

    /// A clone of the project's repository.
    pub(super) fn cloned(
        mut place: Place,
        folder: &Path,
        session: &Session,
        repository: &Path,
    ) -> io::Result<Work> {
        fresh(folder)?;
        let project = folder.join("project");
        step(Command::new("git").args(["clone", "-q", "--shared"]).arg(repository).arg(&project))?;
        place.project = project;
        Work::new(place, folder, session)
    }

    fn new(place: Place, folder: &Path, session: &Session) -> io::Result<Work> {
        let pipe = fs::canonicalize(session.bin.join("dx-pipe"))?;
        Ok(Work { place, folder: folder.to_owned(), pipe, workers: session.workers })
    }

    pub(super) fn edited(&self) -> Vec<&'static str> {
        EDITED.into_iter().filter(|name| self.place.project.join(name).is_dir()).collect()
    }

    /// A command that imports the project from its working tree.
    fn command(&self, program: &Path, more: &[&Path]) -> io::Result<Command> {
        let mut command = self.place.command(program);
        let project = &self.place.project;
        let paths = [project.join("src"), project.clone()];
        let paths = paths.iter().map(PathBuf::as_path).chain(more.iter().copied());
        command.env("PYTHONPATH", std::env::join_paths(paths).map_err(io::Error::other)?);
        command.env("TMPDIR", self.folder.join("tmp"));
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONHASHSEED", "0");
        Ok(command)
    }

    fn recorded(&self, command: Command, name: &str) -> io::Result<Finished> {
        run(command, &self.folder.join(format!("{name}.jsonl")), &self.folder.join(format!("{name}.log")))
    }

    pub(super) fn affected(&self) -> io::Result<Finished> {
        let mut command = self.command(&self.pipe, &[])?;
        command.args([
            "test",
            "--affected",
            "--no-warm",
            "--timeout",
            "30",
            "-n",
            &self.workers.to_string(),
            "--events",
        ]);
        command.arg(self.folder.join("dx.jsonl")).arg("--python").arg(self.place.python());
        command.args(COMMON).args(self.place.suite.arguments());
        command.env("DX_CACHE", self.folder.join("cache"));
        self.recorded(command, "dx")
    }

    /// Everything, by pytest.
    pub(super) fn truth(&self) -> io::Result<Finished> {
        let mut command = self.command(Path::new("timeout"), &[&data()])?;
        command.args(["-s", "KILL", LIMIT]).arg(self.place.bin().join("pytest"));
        command.args(["-p", "dx_bench_truth"]).args(COMMON).args(self.place.suite.arguments());
        command.env("DX_BENCH_TRUTH", self.folder.join("truth.jsonl"));
        self.recorded(command, "truth")
    }

    /// pytest-testmon runs what it selects.
    pub(super) fn testmon(&self) -> io::Result<Finished> {
        let mut command = self.command(&self.place.bin().join("pytest"), &[&data()])?;
        command.args(["--testmon", "-p", "dx_bench_truth"]).args(COMMON).args(self.place.suite.arguments());
        command.env("DX_BENCH_TRUTH", self.folder.join("testmon.jsonl"));
        self.recorded(command, "testmon")
    }

    /// The tests that pytest-testmon would run; nothing where it does not come to an end.
    pub(super) fn testmon_choice(&self) -> io::Result<Option<BTreeSet<String>>> {
        let mut command = self.command(&self.place.bin().join("pytest"), &[])?;
        command.args(["--testmon", "--testmon-nocollect", "--collect-only", "-q"]);
        command.args(COMMON).args(self.place.suite.arguments()).stdin(Stdio::null());
        let output = command.output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let chosen = text.lines().filter(|line| line.contains("::")).map(str::to_owned).collect();
        Ok(output.status.code().is_some_and(|exit| matches!(exit, 0..=2 | 5)).then_some(chosen))
    }

    /// Keeps project and records as they are now, for `restore`.
    pub(super) fn keep(&self) -> io::Result<()> {
        let kept = self.folder.join("kept");
        step(Command::new("cp").arg("-a").arg(&self.place.project).arg(kept))
    }

    pub(super) fn restore(&self) -> io::Result<()> {
        fs::remove_dir_all(&self.place.project)?;
        step(Command::new("cp").arg("-a").arg(self.folder.join("kept")).arg(&self.place.project))
    }
}

impl Place {
    /// The same place, for another use.
    pub(super) fn again(&self) -> Place {
        Place {
            suite: self.suite,
            folder: self.folder.clone(),
            project: self.project.clone(),
            services: self.services.clone(),
        }
    }
}

pub fn install_testmon(place: &Place) -> io::Result<()> {
    let mut pip = Command::new(place.python());
    step(pip.args(["-m", "pip", "--disable-pip-version-check", "-q", "install", TESTMON]))
}

pub(super) fn step(command: &mut Command) -> io::Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(format!("{command:?}: {text}")))
}

fn fresh(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder.join("tmp"))
}
