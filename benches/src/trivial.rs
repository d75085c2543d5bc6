//! Many files of trivial tests: what a runner itself costs, and the memory of its workers.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::memory::{self, Process};
use crate::timing::{self, alternate};

/// Size of the generated suite and what to run on it.
#[derive(Debug)]
pub struct Trivial {
    pub root: PathBuf,
    pub python: PathBuf,
    pub dx: Option<PathBuf>,
    pub files: usize,
    pub tests: usize,
    pub workers: usize,
    pub rounds: usize,
}

/// Writes `files` files of `tests` tests each, a hundred files to a folder.
pub fn generate(folder: &Path, files: usize, tests: usize) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("pytest.ini"), "[pytest]\n")?;
    for file in 0..files {
        let package = folder.join(format!("d{:03}", file / 100));
        fs::create_dir_all(&package)?;
        let mut text = String::new();
        for test in 0..tests {
            let _ = write!(text, "def test_{test}():\n    assert {test} + 1 == {}\n\n\n", test + 1);
        }
        fs::write(package.join(format!("test_f{file:04}.py")), text)?;
    }
    Ok(())
}

impl Trivial {
    pub fn run(&self) -> io::Result<()> {
        let folder = self.root.join(format!("{}x{}", self.files, self.tests));
        if !folder.join("pytest.ini").exists() {
            generate(&folder, self.files, self.tests)?;
            std::thread::sleep(Duration::from_secs(3));
        }
        println!("{} files of {} trivial tests", self.files, self.tests);
        self.whole(&folder)?;
        self.list(&folder)?;
        self.memory(&folder)
    }

    fn pytest(&self, folder: &Path, arguments: &[&str]) -> Command {
        self.command(folder, &self.python.with_file_name("pytest"), arguments)
    }

    fn dx(&self, folder: &Path, arguments: &[&str]) -> Option<Command> {
        let mut command = self.command(folder, self.dx.as_ref()?, arguments);
        command.arg("--python").arg(&self.python);
        Some(command)
    }

    fn command(&self, folder: &Path, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder);
        for name in ["PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "CI"] {
            command.env_remove(name);
        }
        command
    }

    fn whole(&self, folder: &Path) -> io::Result<()> {
        let n = self.workers.to_string();
        let warm = ["--warm", "-n", &n];
        let mut names = vec!["pytest".to_owned(), format!("pytest -n{n}")];
        let mut commands = vec![self.pytest(folder, &[]), self.pytest(folder, &["-n", &n])];
        for (name, arguments) in [("dx cold", &["--no-warm", "-n", &n][..]), ("dx warm", &warm)] {
            if let Some(command) = self.dx(folder, arguments) {
                names.push(format!("{name} -n{n}"));
                commands.push(command);
            }
        }
        // Once untimed: bytecode is written, the warm parent started.
        for (name, command) in names.iter().zip(&mut commands) {
            let run = timing::run(command)?;
            if !run.success {
                return Err(io::Error::other(format!("{name} ended with {:?}", run.code)));
            }
        }
        let series = alternate(self.rounds, &mut commands, |_| {})?;
        if let Some(mut stop) = self.dx(folder, &["--stop"]) {
            timing::run(&mut stop)?;
        }
        let peer = series[0].median_wall().as_secs_f64();
        for (name, series) in names.iter().zip(&series) {
            let (wall, cpu) = (series.median_wall().as_secs_f64(), series.median_cpu().as_secs_f64());
            println!("  {name:<14}{wall:>8.3} s wall{cpu:>8.3} s CPU{:>7.2}x pytest", peer / wall);
        }
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<()> {
        let mut commands = vec![self.pytest(folder, &["--co", "-q"])];
        commands.extend(self.dx(folder, &["--list"]));
        for command in &mut commands {
            timing::run(command)?;
        }
        // A file is trusted only when it is older than the index by more than the clock's grain.
        std::thread::sleep(Duration::from_secs(3));
        let series = alternate(self.rounds, &mut commands, |_| {})?;
        let peer = series[0].median_wall().as_secs_f64();
        println!("  {:<18}{:>9.1} ms", "pytest --co -q", peer * 1e3);
        if let Some(series) = series.get(1) {
            let wall = series.median_wall().as_secs_f64();
            println!("  {:<18}{:>9.1} ms, {:.0}x", "dx --list", wall * 1e3, peer / wall);
            let [pytest, dx] = [0, 1].map(|side| node_ids(&mut commands[side]));
            let (pytest, dx) = (pytest?, dx?);
            let equal = if pytest == dx { "equal to" } else { "DIFFERENT from" };
            println!("  {:<18}{:>9}, {equal} pytest's {}", "node ids", dx.len(), pytest.len());
        }
        Ok(())
    }

    fn memory(&self, folder: &Path) -> io::Result<()> {
        let n = self.workers.to_string();
        let mut sides = vec![("pytest", self.pytest(folder, &[]))];
        sides.push(("pytest -n", self.pytest(folder, &["-n", &n])));
        sides.extend(self.dx(folder, &["--no-warm", "-n", &n]).map(|command| ("dx cold -n", command)));
        println!("  private memory of each process at its largest, MiB (its depth under the command):");
        for (name, command) in &mut sides {
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let processes = memory::watch(command)?;
            let text: Vec<_> = processes
                .iter()
                .filter(|process| process.private_kib > 1024)
                .map(|Process { depth, private_kib, .. }| format!("{} ({depth})", private_kib / 1024))
                .collect();
            println!("    {name:<14}{}", text.join("  "));
        }
        Ok(())
    }
}

/// The lines of a listing that are node ids.
fn node_ids(command: &mut Command) -> io::Result<Vec<String>> {
    let output = command.stdout(Stdio::piped()).output()?.stdout;
    Ok(String::from_utf8_lossy(&output)
        .lines()
        .filter(|line| line.contains("::"))
        .map(str::to_owned)
        .collect())
}
