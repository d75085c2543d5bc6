//! `dx-bench`: the figures that the README quotes, each beside its peer in the same run.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

use clap::{Parser, Subcommand};
use dx_benches::affected::Affected;
use dx_benches::project::{self, Size};
use dx_benches::selection;
use dx_benches::stages;
use dx_benches::suites::{self, place, prepare, session::Session};
use dx_benches::timing::{self, Series, alternate};
use dx_benches::trivial::Trivial;
use dx_benches::watch::Watch;

/// Times whole processes beside their peers.
#[derive(Parser)]
#[command(name = "dx-bench")]
struct Arguments {
    /// Folder of the dx executables.
    #[arg(long, default_value = "target/release")]
    bin: PathBuf,
    /// The reference CPython 3.14.
    #[arg(long, env = "DX_CPYTHON", default_value = "cpython3.14")]
    cpython: PathBuf,
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Small programs on dx-exec and on CPython: CPU time of the whole process, best of the rounds.
    Programs { programs: Vec<PathBuf> },
    /// A build with nothing to do, beside ninja with as many targets.
    Null {
        #[arg(long, default_value_t = 10_000)]
        modules: usize,
    },
    /// A build from nothing, beside `python -m compileall`.
    Cold { folder: Option<PathBuf> },
    /// One function body edited in 200 modules of 20 functions.
    Edit,
    /// Real pytest suites: outcomes of dx-testrun test by test, and its speed, beside pytest and pytest-xdist.
    Suites {
        /// Only these, in this order; may be repeated.
        #[arg(long = "suite", value_name = "NAME")]
        names: Vec<String>,
        /// Worker counts; by default 1 and 2, and 8 for suites with state.
        #[arg(long, value_delimiter = ',', value_name = "N,…")]
        workers: Option<Vec<usize>>,
        /// Runs for each worker count whose outcomes must equal pytest's.
        #[arg(long, default_value_t = 3)]
        rounds: usize,
        /// Timed runs of each side; 0 compares outcomes only.
        #[arg(long, default_value_t = 5)]
        timed: usize,
        /// The Python whose virtual environments run the suites.
        #[arg(long, default_value = "python3")]
        python: PathBuf,
        /// Where suites are fetched to, unpacked and run.
        #[arg(long, default_value = "target/suites")]
        folder: PathBuf,
    },
    /// Real projects under random edits and along their histories: is every test run whose outcome changes?
    Selection {
        /// Suites of the table; may be repeated.
        #[arg(long = "project", value_name = "NAME")]
        names: Vec<String>,
        /// Random edits of each.
        #[arg(long, default_value_t = 0)]
        mutations: u64,
        /// Commits of each.
        #[arg(long, default_value_t = 0)]
        history: usize,
        /// A clone of the project, for its commits.
        #[arg(long, value_name = "FOLDER")]
        repository: Option<PathBuf>,
        /// Of the first edit; every further one has the next number.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Workers of dx; pytest runs without any
        #[arg(short = 'n', long, default_value_t = 2)]
        workers: usize,
        /// Let pytest-testmon do the same.
        #[arg(long)]
        peer: bool,
        #[arg(long, default_value = "python3")]
        python: PathBuf,
        /// Environments of their own: with the peer in them, pytest takes longer to start
        #[arg(long, default_value = "target/selection/suites")]
        folder: PathBuf,
        /// Where projects are edited.
        #[arg(long, default_value = "target/selection")]
        work: PathBuf,
    },
    /// Nothing changed, one test edited, and the cost of recording, beside pytest-testmon.
    Affected {
        #[arg(long, default_value_t = 1000)]
        files: usize,
        #[arg(long, default_value_t = 10)]
        tests: usize,
        #[arg(long, default_value_t = 11)]
        rounds: usize,
        #[arg(long, default_value = "python3")]
        python: PathBuf,
        /// A Python that has pytest and pytest-testmon, instead of an environment of its own
        #[arg(long, value_name = "PYTHON")]
        ready: Option<PathBuf>,
        #[arg(long, default_value = "target/selection/suites")]
        folder: PathBuf,
    },
    /// From a saved file to the result of the tests that it affects, under --watch.
    Watch {
        #[arg(long, default_value_t = 20)]
        rounds: usize,
        /// The Python whose virtual environment runs the tests.
        #[arg(long, default_value = "python3")]
        python: PathBuf,
        /// A Python that has pytest, instead of such an environment.
        #[arg(long, value_name = "PYTHON")]
        ready: Option<PathBuf>,
        #[arg(long, default_value = "target/suites")]
        folder: PathBuf,
    },
    /// Many files of trivial tests: what the runners themselves cost.
    Trivial {
        #[arg(long, default_value_t = 1000)]
        files: usize,
        #[arg(long, default_value_t = 10)]
        tests: usize,
        #[arg(short = 'n', long, default_value_t = 2)]
        workers: usize,
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        #[arg(long, default_value = "python3")]
        python: PathBuf,
        #[arg(long, default_value = "target/suites")]
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dx-bench: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    match &arguments.what {
        What::Programs { programs } => bench_programs(arguments, programs),
        What::Null { modules } => bench_null(arguments, *modules),
        What::Cold { folder } => bench_cold(arguments, folder.as_deref()),
        What::Edit => bench_edit(arguments),
        What::Suites { names, workers, rounds, timed, python, folder } => {
            let chosen = suites::select(names).map_err(io::Error::other)?;
            let session = Session {
                root: folder.clone(),
                python: python.clone(),
                dx: dx_testrun(arguments),
                workers: workers.clone(),
                rounds: *rounds,
                timed: *timed,
            };
            if session.run(&chosen)? {
                Ok(())
            } else {
                Err(io::Error::other("outcomes differ from pytest's"))
            }
        }
        What::Selection {
            names,
            mutations,
            history,
            repository,
            seed,
            workers,
            peer,
            python,
            folder,
            work,
        } => {
            let session = selection::Session {
                suites: folder.clone(),
                root: work.clone(),
                python: python.clone(),
                bin: arguments.bin.clone(),
                mutations: *mutations,
                history: *history,
                repository: repository.clone(),
                seed: *seed,
                workers: *workers,
                peer: *peer,
            };
            if session.run(names)? { Ok(()) } else { Err(io::Error::other("tests were missed")) }
        }
        What::Affected { files, tests, rounds, python, ready, folder } => {
            let python = match ready {
                Some(ready) => ready.clone(),
                None => {
                    let place = prepare::prepare(&suites::TRIVIAL, folder, python)?;
                    selection::install_testmon(&place)?;
                    place.python()
                }
            };
            Affected {
                python: std::path::absolute(python)?,
                bin: std::fs::canonicalize(&arguments.bin)?,
                files: *files,
                tests: *tests,
                rounds: *rounds,
            }
            .run()
        }
        What::Watch { rounds, python, ready, folder } => {
            let python = match ready {
                Some(ready) => std::path::absolute(ready)?,
                None => place::venv(&prepare::prepare(&suites::TRIVIAL, folder, python)?.folder)
                    .join("bin/python"),
            };
            Watch { python: std::path::absolute(python)?, bin: arguments.bin.clone(), rounds: *rounds }.run()
        }
        What::Trivial { files, tests, workers, rounds, python, folder } => {
            let place = prepare::prepare(&suites::TRIVIAL, folder, python)?;
            let trivial = Trivial {
                root: place.folder.join("runs"),
                python: place::venv(&place.folder).join("bin/python"),
                dx: dx_testrun(arguments),
                files: *files,
                tests: *tests,
                workers: *workers,
                rounds: *rounds,
            };
            trivial.run()
        }
    }
}

fn dx_pipe(arguments: &Arguments, cache: &Path) -> io::Result<Command> {
    let mut command = Command::new(fs::canonicalize(arguments.bin.join("dx-pipe"))?);
    command.env("DX_CACHE", cache).env_remove("MAKEFLAGS");
    Ok(command)
}

/// The test runner, if it was built; without it the benches of tests run their peers alone.
fn dx_testrun(arguments: &Arguments) -> Option<PathBuf> {
    let path = fs::canonicalize(arguments.bin.join("dx-testrun")).ok();
    if path.is_none() {
        eprintln!("dx-bench: no dx-testrun in {}, running the peers alone", arguments.bin.display());
    }
    path
}

fn check(what: &str, series: &Series) -> io::Result<()> {
    if series.all_succeeded() { Ok(()) } else { Err(io::Error::other(format!("{what} failed"))) }
}

fn bench_programs(arguments: &Arguments, programs: &[PathBuf]) -> io::Result<()> {
    let mut programs = programs.to_vec();
    if programs.is_empty() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
        programs = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        programs.sort();
    }
    let cache = tempfile::tempdir()?;
    let mut ratios = Vec::new();
    println!("{:<12}{:>10}{:>10}{:>8}", "program", "CPython", "dx", "times");
    for program in &programs {
        let mut cpython = Command::new(&arguments.cpython);
        cpython.arg(program);
        let mut dx = dx_pipe(arguments, cache.path())?;
        dx.arg("run").arg(program);
        let series = alternate(arguments.rounds, &mut [cpython, dx], |_| {})?;
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        check(&name, &series[0])?;
        check(&name, &series[1])?;
        let [peer, own] = [&series[0], &series[1]].map(|s| s.best_cpu().as_secs_f64());
        ratios.push(peer / own);
        println!("{name:<12}{peer:>9.3}s{own:>9.3}s{:>7.2}x", peer / own);
    }
    println!("{:<32}{:>7.2}x", "geometric mean", timing::geometric_mean(&ratios));
    Ok(())
}

fn bench_null(arguments: &Arguments, modules: usize) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("src");
    project::generate(&source, Size { modules, functions: 2 })?;
    let cache = folder.path().join("cache");
    let ninja = folder.path().join("ninja");
    write_ninja(&ninja, modules)?;
    let mut dx = dx_pipe(arguments, &cache)?;
    dx.arg("build").arg("src").current_dir(folder.path());
    let mut peer = Command::new("ninja");
    peer.current_dir(&ninja);
    for first in [&mut dx, &mut peer] {
        if !timing::run(first)?.success {
            return Err(io::Error::other("the first build failed"));
        }
    }
    // A file is trusted only when it is older than the manifest by more than the clock's grain.
    std::thread::sleep(std::time::Duration::from_secs(3));
    timing::run(&mut dx)?;
    let series = alternate(20, &mut [dx, peer], |_| {})?;
    series.iter().try_for_each(|s| check("null build", s))?;
    let [own, peer] = [&series[0], &series[1]].map(|s| s.median_wall().as_secs_f64() * 1e3);
    println!("null build of {modules} modules: dx {own:.1} ms, ninja {peer:.1} ms, {:.1}x", peer / own);
    Ok(())
}

fn write_ninja(folder: &Path, targets: usize) -> io::Result<()> {
    use std::fmt::Write as _;
    fs::create_dir_all(folder)?;
    let mut text = String::from("rule cp\n  command = : > $out\n");
    for target in 0..targets {
        let _ = writeln!(text, "build o{target}: cp i{target}");
        fs::write(folder.join(format!("i{target}")), "")?;
    }
    fs::write(folder.join("build.ninja"), text)
}

fn bench_cold(arguments: &Arguments, given: Option<&Path>) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("src");
    match given {
        Some(given) => copy_sources(given, &source)?,
        None => drop(project::generate(&source, Size { modules: 1000, functions: 20 })?),
    }
    let (files, lines, bytes) = measure_sources(&source)?;
    let cache = folder.path().join("cache");
    let mut dx = dx_pipe(arguments, &cache)?;
    dx.args(["build", "-k", "src"]).current_dir(folder.path());
    let mut peer = Command::new(&arguments.cpython);
    peer.args(["-m", "compileall", "-q", "-f", "-j", "2", "src"]).current_dir(folder.path());
    // Workers of compileall are no children that it waits for: CPU time is that of one process.
    let mut alone = Command::new(&arguments.cpython);
    alone.args(["-m", "compileall", "-q", "-f", "src"]).current_dir(folder.path());
    let series = alternate(3, &mut [dx, peer, alone], |_| {
        let _ = fs::remove_dir_all(&cache);
        let _ = fs::remove_dir_all(folder.path().join(".dx"));
    })?;
    let mut clean = dx_pipe(arguments, &cache)?;
    clean.args(["build", "-k", "src"]).current_dir(folder.path());
    timing::run(&mut clean)?;
    let [own, peer] = [&series[0], &series[1]].map(|s| s.median_wall().as_secs_f64());
    let [own_cpu, peer_cpu] = [&series[0], &series[2]].map(|s| s.median_cpu().as_secs_f64());
    println!("cold build of {files} files, {lines} lines, {:.1} MB", bytes as f64 / 1e6);
    println!(
        "  dx          {own:.2} s, {:.0} lines/s, {:.1} MB/s, {own_cpu:.2} s of CPU",
        lines as f64 / own,
        bytes as f64 / 1e6 / own
    );
    println!(
        "  compileall  {peer:.2} s on two cores, {:.2}x; {peer_cpu:.2} s of CPU, {:.2}x",
        peer / own,
        peer_cpu / own_cpu
    );
    println!(
        "  peak memory of one process {} MiB",
        series[0].0.iter().map(|r| r.peak_kib).max().unwrap_or(0) / 1024
    );
    println!("  cache bytes per source byte {:.2}", folder_bytes(&cache)? as f64 / bytes as f64);
    stages::bench(&arguments.bin, &source, lines, bytes)
}

fn bench_edit(arguments: &Arguments) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("src");
    let lines = project::generate(&source, Size { modules: 200, functions: 20 })?;
    let edited = source.join(project::package_name(57)).join(format!("{}.py", project::module_name(57)));
    let original = fs::read_to_string(&edited)?;
    let cache = folder.path().join("cache");
    let mut build = dx_pipe(arguments, &cache)?;
    build.arg("build").arg("src").current_dir(folder.path());
    timing::run(&mut build)?;
    std::thread::sleep(std::time::Duration::from_secs(3));
    timing::run(&mut build)?;
    let mut turn = 0;
    let series = alternate(20, &mut [build], |_| {
        turn += 1;
        let text = original.replacen("total = 0.0", &format!("total = {turn}.25"), 1);
        let _ = fs::write(&edited, text);
    })?;
    check("edit", &series[0])?;
    println!(
        "one body edited in 200 modules x 20 functions ({lines} lines): median {:.1} ms wall, {:.1} ms CPU",
        series[0].median_wall().as_secs_f64() * 1e3,
        series[0].median_cpu().as_secs_f64() * 1e3,
    );
    Ok(())
}

fn copy_sources(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_sources(&entry.path(), &target)?;
        } else if entry.path().is_file()
            && entry.path().extension().is_some_and(|extension| extension == "py")
        {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn measure_sources(folder: &Path) -> io::Result<(usize, usize, u64)> {
    let mut sum = (0, 0, 0);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            let inner = measure_sources(&path)?;
            sum = (sum.0 + inner.0, sum.1 + inner.1, sum.2 + inner.2);
        } else {
            let bytes = fs::read(&path)?;
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
            sum = (sum.0 + 1, sum.1 + lines, sum.2 + bytes.len() as u64);
        }
    }
    Ok(sum)
}

fn folder_bytes(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        sum += if meta.is_dir() { folder_bytes(&entry.path())? } else { meta.len() };
    }
    Ok(sum)
}
