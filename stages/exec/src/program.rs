//! Start and end of a program: interpreter, `sys`, the entry module, uncaught exceptions, flushing, exit status.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::{CommandFactory, Parser};
use dx_heap::HeapOptions;
use dx_interp::frame::ThreadState;
use dx_interp::image::ModuleInput;
use dx_interp::state::{Finder, Found};
use dx_modules::sys::Settings;
use dx_object::error::{PyResult, Raised};
use dx_object::ids;
use dx_object::interpreter::{self, Interpreter};
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::finder::PathFinder;
use crate::front::{self, Named};
use crate::image::ImageModules;
use crate::options::Options;
use crate::streams;

/// Address space for the native stack; pages are touched only by deep recursion through native code.
const STACK_BYTES: usize = 512 << 20;
/// Status of a panic, which is a bug of ours.
const INTERNAL_ERROR: i32 = 101;

/// Tells the user something. Standard error may be closed or full: nobody is left to tell then, and that is no reason
/// to end otherwise than the program did.
macro_rules! tell {
    ($($part:tt)*) => {{
        let _ = writeln!(std::io::stderr(), $($part)*);
    }};
}

/// Runs the command line on a thread with a large stack; answers the exit status.
pub fn main() -> i32 {
    let options = Options::parse();
    if options.man {
        // Nothing can be done about a manual page that cannot be written.
        let _ = clap_mangen::Man::new(Options::command()).render(&mut std::io::stdout());
        return 0;
    }
    // A panic is our bug: it is reported and ends the process with a status of its own, however it was built.
    std::panic::set_hook(Box::new(|info| {
        tell!("dx-exec: internal error: {info} (a bug of dx, please report it)");
        // SAFETY: `_exit` takes a plain integer and does not return. Nothing may run on a broken state.
        unsafe { libc::_exit(INTERNAL_ERROR) }
    }));
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || run(&options));
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(status)) => status,
        Ok(Err(_)) => INTERNAL_ERROR,
        Err(error) => {
            tell!("dx-exec: cannot start a thread: {error}");
            2
        }
    }
}

/// What is run.
enum Entry {
    Source { source: Vec<u8>, path: String, in_memory: bool },
    Module(String),
    Image,
}

fn run(options: &Options) -> i32 {
    let mut args = options.args.clone();
    let (entry, argv0, folder) = match plan(options, &mut args) {
        Ok(plan) => plan,
        Err(message) => {
            tell!("dx-exec: {message}");
            return 2;
        }
    };
    let image = match &options.image {
        Some(file) => match open_image(file, options) {
            Ok(image) => Some(image),
            Err(message) => {
                tell!("dx-exec: {message}");
                return 2;
            }
        },
        None => None,
    };
    let stress = std::env::var("DX_GC_STRESS").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let heap = HeapOptions { stress, ..HeapOptions::default() };
    let hash_seed = std::env::var("PYTHONHASHSEED").ok().and_then(|text| text.parse().ok());
    let Some(thread) = Interpreter::start(interpreter::Options { heap, hash_seed }) else {
        tell!("dx-exec: the system grants no address space");
        return 2;
    };
    let mut path = vec![folder];
    path.extend(std::env::var("PYTHONPATH").iter().flat_map(|text| text.split(':').map(str::to_owned)));
    path.extend(library(options).iter().map(|folder| folder.display().to_string()));
    let mut argv = vec![argv0];
    argv.extend(args);
    let executable = std::env::current_exe().map(|path| path.display().to_string()).unwrap_or_default();
    let settings = Settings { argv, path, executable, open_streams: streams::were_open() };
    let finder = PathFinder::new(image);
    let status =
        match start(&thread, &settings, finder.clone()).and_then(|()| execute(&thread, &finder, entry)) {
            Ok(()) => 0,
            Err(raised) => uncaught(&thread, raised),
        };
    let status = flush(&thread).map_or(120, |()| status);
    if options.stats {
        tell!("dx-exec: {:?}", thread.heap.stats());
    }
    if let Some(file) = std::env::var_os("DX_OPCODES") {
        write_opcodes(&thread, Path::new(&file));
    }
    status
}

/// Lists the opcodes that ran, one a line, for the test that every one does.
fn write_opcodes(thread: &Thread, file: &Path) {
    let written = match ThreadState::of(thread).seen.names() {
        Some(names) => std::fs::write(file, names.join("\n")),
        None => Err(std::io::Error::other("only builds with debug assertions note opcodes")),
    };
    if let Err(error) = written {
        tell!("dx-exec: DX_OPCODES: cannot write '{}': {error}", file.display());
    }
}

/// The folder of the standard library: what the driver says, or the embedded sources, unpacked once beside the cache.
fn library(options: &Options) -> Option<PathBuf> {
    if options.library.is_some() || options.image.is_some() {
        return options.library.clone();
    }
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let user = || set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    let base = set("DX_CACHE").or_else(|| Some(user()?.join("dx")))?;
    match dx_pylib::folder_in(&base) {
        Ok(folder) => Some(folder),
        Err(error) => {
            tell!("dx-exec: warning: no standard library, '{}' cannot be written: {error}", base.display());
            None
        }
    }
}

fn open_image(file: &Path, options: &Options) -> Result<ImageModules, String> {
    let folder = |folder: &Option<PathBuf>| folder.clone().unwrap_or_default();
    ImageModules::open(file, &folder(&options.cache), &folder(&options.root), &folder(&options.library))
}

/// What to run, `sys.argv[0]` and `sys.path[0]`; takes the file's name out of the arguments.
fn plan(options: &Options, args: &mut Vec<OsString>) -> Result<(Entry, OsString, String), String> {
    if let Some(source) = &options.command {
        let source = source.clone().into_bytes();
        return Ok((
            Entry::Source { source, path: "<string>".into(), in_memory: true },
            "-c".into(),
            String::new(),
        ));
    }
    let cwd = || std::env::current_dir().map(|path| path.display().to_string()).unwrap_or_default();
    if let Some(module) = &options.run_module {
        return Ok((Entry::Module(module.clone()), "-m".into(), cwd()));
    }
    if args.is_empty() && options.image.is_none() {
        args.push("-".into());
    }
    let first = if args.is_empty() { OsString::new() } else { args.remove(0) };
    let folder = || match Path::new(&first).parent() {
        Some(parent) if parent.as_os_str().is_empty() => cwd(),
        Some(parent) => std::fs::canonicalize(parent).unwrap_or(parent.to_owned()).display().to_string(),
        None => cwd(),
    };
    if options.image.is_some() {
        let folder = if options.module { cwd() } else { folder() };
        return Ok((Entry::Image, first, folder));
    }
    if first == "-" {
        let mut source = Vec::new();
        std::io::stdin()
            .read_to_end(&mut source)
            .map_err(|error| format!("cannot read standard input: {error}"))?;
        return Ok((Entry::Source { source, path: "<stdin>".into(), in_memory: true }, first, String::new()));
    }
    let path = first.to_string_lossy().into_owned();
    let source = std::fs::read(&first).map_err(|error| format!("can't open file '{path}': {error}"))?;
    let folder = folder();
    Ok((Entry::Source { source, path, in_memory: false }, first, folder))
}

fn start(thread: &Thread, settings: &Settings, finder: Rc<PathFinder>) -> PyResult<()> {
    dx_interp::attach(thread)?;
    let state = &ThreadState::of(thread).state;
    state.compile.set(Some(front::compile_hook));
    state.set_finder(finder);
    dx_modules::install(thread, settings)
}

fn execute(thread: &Thread, finder: &PathFinder, entry: Entry) -> PyResult<()> {
    let input: ModuleInput = match entry {
        Entry::Source { source, path, in_memory } => {
            let named = Named { name: "__main__", path: &path, package: false, keep_source: in_memory };
            front::compile(&source, &named, front::Manner::FILE)
                .map_err(|refused| front::raise(thread, &refused, &source, &path))?
        }
        Entry::Module(name) => {
            let name = if finder
                .find(thread, &name, None)?
                .is_some_and(|found| matches!(&found, Found::Code(i) if i.package))
            {
                format!("{name}.__main__")
            } else {
                name
            };
            if let Some((package, _)) = name.rsplit_once('.') {
                dx_interp::import::load(thread, package)?;
            }
            match find_module(thread, finder, &name)? {
                Some(input) => input,
                None => {
                    tell!("dx-exec: No module named {name}");
                    return Err(thread.raise_args(ids::SYSTEM_EXIT, &[Value::ONE]));
                }
            }
        }
        Entry::Image => match finder.image.as_ref().map(|image| image.load_entry(thread)) {
            Some(input) => match input? {
                Some(input) => input,
                None => return Err(thread.system_error("the image has no entry module")),
            },
            None => return Err(thread.system_error("no image")),
        },
    };
    dx_interp::import::run_module(thread, "__main__", input).map(|_| ())
}

fn find_module(thread: &Thread, finder: &PathFinder, name: &str) -> PyResult<Option<ModuleInput>> {
    let path = match name.rsplit_once('.') {
        Some((package, _)) => {
            let package = dx_interp::import::load(thread, package)?;
            let path = thread.get_attr(package, thread.names().__path__)?;
            let mut folders = Vec::new();
            thread.for_each(path, |folder| {
                folders.push(dx_interp::text(folder));
                Ok(())
            })?;
            Some(folders)
        }
        None => None,
    };
    Ok(match finder.find(thread, name, path.as_deref())? {
        Some(Found::Code(input)) => Some(input),
        _ => None,
    })
}

/// Shows an exception that nothing handled; answers the exit status.
fn uncaught(thread: &Thread, _: Raised) -> i32 {
    let exception = thread.take_exception();
    if thread.type_of(exception).is_subtype(thread.builtin_type(ids::SYSTEM_EXIT)) {
        return exit_status(thread, exception);
    }
    let hook = dx_modules::sys::attribute(thread, "excepthook");
    let traceback = dx_interp::exception::traceback(exception);
    let class = thread.type_of(exception).value();
    let shown = hook.is_some_and(|hook| thread.call(hook, &[class, exception, traceback]).is_ok());
    if !shown {
        thread.take_exception();
        let text = dx_interp::exception::print::render(thread, exception);
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
    if thread.type_of(exception).is_subtype(thread.builtin_type(ids::KEYBOARD_INTERRUPT)) { 130 } else { 1 }
}

fn exit_status(thread: &Thread, exception: Value) -> i32 {
    let code = thread.get_attr(exception, thread.names().code).unwrap_or(Value::NONE);
    if code.is_none() {
        return 0;
    }
    if let Some(status) = code.as_int() {
        return (status.to_i64().unwrap_or(-1) & 0xff) as i32;
    }
    let text = dx_interp::text_of(thread, code);
    let line = thread.str(&format!("{text}\n"));
    if dx_modules::sys::write(thread, "stderr", line).is_err() {
        thread.take_exception();
    }
    1
}

/// Flushes the standard streams that the program did not close; `None` when that failed.
fn flush(thread: &Thread) -> Option<()> {
    let mut ok = Some(());
    for name in ["stdout", "stderr"] {
        let Some(stream) = dx_modules::sys::attribute(thread, name).filter(|stream| !stream.is_none()) else {
            continue;
        };
        let closed = thread.get_attr(stream, thread.intern("closed")).and_then(|closed| thread.truth(closed));
        if closed.unwrap_or(false) {
            continue;
        }
        if thread.call_method(stream, thread.names().flush, &[]).is_err() {
            let exception = thread.take_exception();
            if name == "stdout" {
                let message = "Exception ignored while flushing sys.stdout:";
                dx_interp::exception::unraisable(thread, exception, message, Value::NONE);
            }
            ok = None;
        }
    }
    ok
}
