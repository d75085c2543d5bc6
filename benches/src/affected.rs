//! `dx-pipe test` beside pytest-testmon on many trivial tests: nothing changed, one test edited, the cost of recording.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use crate::timing::{Run, Series, run};
use crate::trivial::generate;

/// How long nobody does anything before a run: warm layers are made ready meanwhile, and files settle.
const PAUSE: Duration = Duration::from_millis(1300);
/// The file that is edited, and the line of it.
const EDITED: &str = "d000/test_f0050.py";
const LINE: &str = "assert 3 + 1 == 4";

/// Size of the generated suite and who runs it.
#[derive(Debug)]
pub struct Affected {
    pub python: PathBuf,
    /// Folder of dx-pipe and dx-testrun.
    pub bin: PathBuf,
    pub files: usize,
    pub tests: usize,
    pub rounds: usize,
}

impl Affected {
    pub fn run(&self) -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        // Each has its own: both keep pytest's cache beside the tests.
        let (own, peer) = (folder.path().join("dx"), folder.path().join("testmon"));
        for project in [&own, &peer] {
            generate(project, self.files, self.tests)?;
        }
        println!("{} files of {} trivial tests", self.files, self.tests);
        let dx = |project: &Path, words: &[&str]| {
            let mut command = self.command(project, &self.bin.join("dx-pipe"));
            command.arg("test").args(words).arg("--python").arg(&self.python);
            command.env("DX_CACHE", folder.path().join("cache"));
            command
        };
        let testmon = || {
            let mut command = self.command(&peer, &self.python.with_file_name("pytest"));
            command.args(["-q", "--testmon"]);
            command
        };
        self.recording(&own)?;
        succeeded(run(&mut testmon())?)?;
        let warm = ["--affected", "--warm"];
        for _ in 0..2 {
            succeeded(run(&mut dx(&own, &warm))?)?;
        }
        let mut null = [Vec::new(), Vec::new()];
        let mut edited = [Vec::new(), Vec::new()];
        for round in 0..self.rounds {
            for (side, project) in [&own, &peer].into_iter().enumerate() {
                let command = || if side == 0 { dx(&own, &warm) } else { testmon() };
                sleep(PAUSE);
                null[side].push(run(&mut command())?);
                edit(project, round)?;
                sleep(PAUSE);
                edited[side].push(succeeded(run(&mut command())?)?);
            }
        }
        for (what, runs) in [("nothing changed", null), ("one test edited, warm", edited)] {
            let [own, peer] = runs.map(|runs| Series(runs).median_wall().as_secs_f64() * 1e3);
            println!("  {what:<24}{own:>8.1} ms, testmon {peer:>7.1} ms, {:.1}x", peer / own);
        }
        let mut stop = self.command(&own, &self.bin.join("dx-testrun"));
        run(stop.arg("--stop")).map(drop)
    }

    /// CPU time of a first run with recording and of one without, in turns.
    fn recording(&self, project: &Path) -> io::Result<()> {
        let mut sides = [Vec::new(), Vec::new()];
        for round in 0..=self.rounds.min(5) {
            for (side, word) in [None, Some("--affected")].into_iter().enumerate() {
                forget_records(project)?;
                let mut command = self.command(project, &self.bin.join("dx-testrun"));
                command.args(["--no-warm", "-n", "2"]).args(word).arg("--python").arg(&self.python);
                let done = succeeded(run(&mut command)?)?;
                // Once untimed: bytecode is written, the index kept.
                if round > 0 {
                    sides[side].push(done);
                }
            }
        }
        forget_records(project)?;
        let [without, with] = sides.map(|runs| Series(runs).median_cpu().as_secs_f64());
        let more = (with / without - 1.0) * 100.0;
        println!("  {:<24}{with:>8.2} s CPU, {without:.2} without, {more:.0} % more", "recording");
        Ok(())
    }

    fn command(&self, project: &Path, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(project);
        for name in ["PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "CI"] {
            command.env_remove(name);
        }
        command
    }
}

fn succeeded(done: Run) -> io::Result<Run> {
    if done.success { Ok(done) } else { Err(io::Error::other(format!("a run ended with {:?}", done.code))) }
}

fn edit(project: &Path, round: usize) -> io::Result<()> {
    let path = project.join(EDITED);
    let text = fs::read_to_string(&path)?;
    let lines = text.lines().map(|line| {
        let is_it = line.trim_start().starts_with(LINE);
        if is_it { format!("    {LINE} and {} + 1", round + 1) } else { line.to_owned() }
    });
    fs::write(path, lines.collect::<Vec<_>>().join("\n") + "\n")
}

fn forget_records(project: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(project.join(".dx/testrun")) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("record-")) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
