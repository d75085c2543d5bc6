//! Fetching a suite and making its virtual environment, once: a stamp with the whole recipe says that it is done.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::place::{Place, data, venv};
use super::{Source, Suite};

/// The parallel peer, in every environment.
const XDIST: &str = "pytest-xdist==3.8.0";

/// Makes `root/NAME` ready with an interpreter like `python`.
pub fn prepare(suite: &'static Suite, root: &Path, python: &Path) -> io::Result<Place> {
    fs::create_dir_all(root)?;
    let folder = fs::canonicalize(root)?.join(suite.name);
    let stamp = folder.join("ready");
    let recipe = recipe(suite, python)?;
    if fs::read_to_string(&stamp).is_ok_and(|text| text == recipe) {
        return place(suite, folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("runs"))?;
    let log = folder.join("prepare.log");
    step(Command::new(python).args(["-m", "venv"]).arg(venv(&folder)), &log)?;
    let python = venv(&folder).join("bin/python");
    let pip = |action: &str| {
        let mut command = Command::new(&python);
        command.args(["-m", "pip", "--disable-pip-version-check", action]);
        command
    };
    let source = folder.join("source");
    let mut install = pip("install");
    install
        .arg("-c")
        .arg(data().join("constraints.txt"))
        .args([suite.pytest, XDIST])
        .args(suite.requirements);
    match suite.source {
        Source::Archive { project, version } => {
            let archives = folder.join("archive");
            step(
                pip("download")
                    .args(["--no-deps", "--no-binary", project])
                    .arg(format!("{project}=={version}"))
                    .arg("-d")
                    .arg(&archives),
                &log,
            )?;
            step(
                Command::new(&python).args(["-m", "tarfile", "-e"]).arg(only_entry(&archives)?).arg(&source),
                &log,
            )?;
            install.arg(only_entry(&source)?);
        }
        Source::Folder(name) => copy(&data().join(name), &source.join(name))?,
    }
    step(&mut install, &log)?;
    let place = place(suite, folder)?;
    fs::write(stamp, recipe)?;
    Ok(place)
}

fn place(suite: &'static Suite, folder: PathBuf) -> io::Result<Place> {
    let project = only_entry(&folder.join("source"))?;
    Ok(Place { suite, folder, project, services: Vec::new() })
}

/// Everything that the prepared folder depends on, as text.
fn recipe(suite: &Suite, python: &Path) -> io::Result<String> {
    let interpreter =
        Command::new(python).args(["-c", "import sys; print(sys.version, sys.prefix)"]).output()?;
    if !interpreter.status.success() {
        return Err(io::Error::other(format!("'{}' is no Python", python.display())));
    }
    let mut text = String::from_utf8_lossy(&interpreter.stdout).into_owned();
    let _ = writeln!(text, "{:?} {:?} {} {XDIST}", suite.source, suite.requirements, suite.pytest);
    text += &fs::read_to_string(data().join("constraints.txt"))?;
    if let Source::Folder(name) = suite.source {
        append_files(&data().join(name), &mut text)?;
    }
    Ok(text)
}

fn append_files(folder: &Path, text: &mut String) -> io::Result<()> {
    for path in entries(folder)? {
        if path.is_dir() {
            append_files(&path, text)?;
        } else {
            let _ = writeln!(text, "{}\n{}", path.display(), fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for path in entries(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() { copy(&path, &target)? } else { fs::copy(&path, target).map(|_| ())? }
    }
    Ok(())
}

/// Sorted, without caches of Python's.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.retain(|path| path.file_name().is_some_and(|name| name != "__pycache__"));
    paths.sort();
    Ok(paths)
}

fn only_entry(folder: &Path) -> io::Result<PathBuf> {
    match <[PathBuf; 1]>::try_from(entries(folder)?) {
        Ok([path]) => Ok(path),
        Err(paths) => Err(io::Error::other(format!(
            "'{}' should hold one entry, it has {}",
            folder.display(),
            paths.len()
        ))),
    }
}

/// Runs one step with its output appended to the log; a failure names the log.
fn step(command: &mut Command, log: &Path) -> io::Result<()> {
    let file = File::options().create(true).append(true).open(log)?;
    let status =
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).status().map_err(|error| {
            io::Error::new(error.kind(), format!("cannot start {:?}: {error}", command.get_program()))
        })?;
    if status.success() {
        return Ok(());
    }
    let text = fs::read_to_string(log).unwrap_or_default();
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    Err(io::Error::other(format!("preparing failed: {last} (all of it in {})", log.display())))
}
