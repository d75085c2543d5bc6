//! `dx-pipe run`: build the closure of a program, write its image, become dx-exec.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use dx_schemas::Exit;

use crate::build::{self, Options, Report, Site, finish};
use crate::closure::{self, Closure, Search};
use crate::engine::Counts;
use crate::failure::Failure;
use crate::findings::{self, OfFile};
use crate::library;
use crate::observe::Observed;
use crate::resolve::{Resolver, Target};
use crate::snapshot::Snapshot;
use crate::tell::tell;
use crate::tool;
use crate::trace::Trace;
use crate::workspace::Workspace;

/// What is to run.
#[derive(Clone, Debug)]
pub(crate) enum Program {
    File(PathBuf),
    Module(String),
}

/// Builds and replaces this process by the program; returns only when that is not possible.
pub(crate) fn run(program: &Program, arguments: &[OsString], options: &Options) -> Result<Exit, Failure> {
    let started = Instant::now();
    let start = match program {
        Program::File(file) => file.clone(),
        Program::Module(_) => PathBuf::from("."),
    };
    let workspace = Workspace::find(&start)?;
    let site = Site::open(workspace, options)?;
    let base = site.store.folder(&site.workspace);
    let library = library::folder(&base)?;
    let script = locate(&site, program, &library)?;
    let exec = tool::folder().join("dx-exec");
    if !exec.is_file() {
        return Err(Failure::NoStage { name: "dx-exec", path: exec });
    }

    if script.file.to_str().is_none() {
        // States and images name files in UTF-8; a script that has no such name runs all the same.
        return become_program(Command::new(&exec), program, arguments);
    }
    let name = blake3::hash(format!("run\0{program:?}\0{}", script.file.display()).as_bytes()).to_hex();
    let name = format!("run-{}", &name[..16]);
    let image = site.workspace.dx().join("images").join(format!("{name}.image"));
    let mut snapshot = Snapshot::load(&site.workspace, &site.store, &name, setup(&site, &script));
    let mut observed = Observed::new(options.events.as_deref(), options.explain, options.quiet)?;
    let quiet = Options { quiet: true, ..options.clone() };
    if let Some(summary) = snapshot.summary()
        && snapshot.is_up_to_date()
        && image.is_file()
    {
        // The program comes next, so nothing is printed; who asked for events gets the one line of such a build.
        let report = Report { exit: Exit::Done, counts: Counts::default(), files: summary.files };
        finish(&site, &quiet, &report, &mut observed, &Trace::new(false), started)?;
    } else {
        let mut trace = Trace::new(options.trace.is_some());
        snapshot.begin();
        let closure = Closure::new(&site, &script.search);
        let package = script.package.as_deref();
        let mut closed = closure.close(&script.file, package, &snapshot, &mut observed, &mut trace)?;
        site.store.commit();
        write_image(&image, closed.image.clone().write())?;
        closure::save(&site, &mut snapshot, &closed)?;
        let mut found = Vec::new();
        let mut failures = Vec::new();
        for file in &mut closed.product.files {
            failures.append(&mut file.failures);
            let diagnostics = std::mem::take(&mut file.diagnostics);
            found.push(OfFile { path: file.path.clone(), diagnostics });
        }
        observed.clear();
        let shown = site.shown(&script.file);
        // What the user's own script says is told now; a module's errors are raised when it is imported.
        found.retain(|file| file.path == shown);
        let errors = findings::print(&mut found, options.json_messages, |path| site.located(path));
        for failure in &failures {
            tell!("dx-pipe: error: {failure}");
        }
        let unreadable = closed.product.files.iter().any(|file| file.unreadable);
        let exit = build::exit(&failures, unreadable, errors);
        let counts = std::mem::take(&mut closed.product.counts);
        let report = Report { exit, counts, files: closed.results.len() };
        finish(&site, &quiet, &report, &mut observed, &trace, started)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    let mut command = Command::new(&exec);
    if site.store.cache().is_some() {
        command.arg("--image").arg(&image);
        command.arg("--cache").arg(&base);
        command.arg("--root").arg(&site.workspace.root);
        command.arg("--library").arg(&library);
        if matches!(program, Program::Module(_)) {
            command.arg("--module");
        }
        command.arg("--");
        match program {
            Program::File(file) => command.arg(file),
            Program::Module(_) => command.arg(&script.file),
        };
        return replaced(command, arguments);
    }
    // Without a cache the image's code is nowhere.
    become_program(command, program, arguments)
}

/// Becomes dx-exec, which compiles what it needs by itself.
fn become_program(mut exec: Command, program: &Program, arguments: &[OsString]) -> Result<Exit, Failure> {
    match program {
        Program::File(file) => exec.arg("--").arg(file),
        Program::Module(name) => exec.arg("-m").arg(name),
    };
    replaced(exec, arguments)
}

fn replaced(mut command: Command, arguments: &[OsString]) -> Result<Exit, Failure> {
    let error = command.args(arguments).exec();
    Err(Failure::Spawn { path: PathBuf::from(command.get_program()), error })
}

/// The file that runs, and where its imports look.
struct Script {
    file: PathBuf,
    /// The module whose package its relative imports start from.
    package: Option<String>,
    search: Search,
}

fn locate(site: &Site, program: &Program, library: &Path) -> Result<Script, Failure> {
    let first = match program {
        Program::File(file) => {
            let real = fs::canonicalize(file).map_err(Failure::read(file))?;
            real.parent().unwrap_or(Path::new("/")).to_path_buf()
        }
        Program::Module(_) => std::env::current_dir().map_err(Failure::read("."))?,
    };
    let mut path = vec![first];
    let environment = std::env::var_os("PYTHONPATH").unwrap_or_default();
    path.extend(std::env::split_paths(&environment).filter(|entry| !entry.as_os_str().is_empty()));
    path.extend(site.roots());
    path.push(library.to_path_buf());
    let search = Search { path, library: library.to_path_buf() };
    match program {
        Program::File(file) => {
            let file = fs::canonicalize(file).map_err(Failure::read(file))?;
            if file.is_dir() {
                let inner = file.join("__main__.py");
                if !inner.is_file() {
                    let text = format!("can't find '__main__' module in '{}'", file.display());
                    return Err(Failure::Usage(text));
                }
                let mut search = search;
                search.path[0] = file;
                return Ok(Script { file: inner, package: None, search });
            }
            Ok(Script { file, package: None, search })
        }
        Program::Module(name) => {
            let mut resolver = Resolver::default();
            let missing = || Failure::Usage(format!("no module named `{name}`"));
            let (found, module) = match resolver.find(&search.path, name).ok_or_else(missing)? {
                Target::Module { file, package: false } => (file, name.clone()),
                _ => {
                    let inner = format!("{name}.__main__");
                    match resolver.find(&search.path, &inner) {
                        Some(Target::Module { file, .. }) => (file, inner),
                        _ => {
                            let text = format!("no module named `{inner}`; `{name}` cannot be run");
                            return Err(Failure::Usage(text));
                        }
                    }
                }
            };
            Ok(Script { file: found, package: Some(module).filter(|name| name.contains('.')), search })
        }
    }
}

/// What, beside files, decides over the image.
fn setup(site: &Site, script: &Script) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&site.setup);
    for entry in &script.search.path {
        let text = entry.as_os_str().as_encoded_bytes();
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    *hasher.finalize().as_bytes()
}

fn write_image(path: &Path, bytes: Vec<u8>) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Failure::write(folder))?;
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&temporary, bytes).map_err(Failure::write(&temporary))?;
    fs::rename(&temporary, path).map_err(Failure::write(path))
}
