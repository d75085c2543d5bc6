//! The Python package that turns an interpreter into a parent of workers, and how it is started without compiling it
//! anew.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use dx_schemas::digest::{ContentId, Hex};

use crate::state::{State, runtime_folder};

macro_rules! modules {
    ($($name:literal),*) => { &[$(($name, include_str!(concat!("../python/dx_testrun/", $name, ".py")))),*] };
}

/// The modules of `dx_testrun`; each imports only from those before it.
const MODULES: &[(&str, &str)] = modules![
    "__init__",
    "library",
    "wire",
    "watch",
    "leaks",
    "names",
    "orphans",
    "forked",
    "bytecode",
    "covered",
    "elsewhere",
    "nodes",
    "bare",
    "threads",
    "planning",
    "summary",
    "reports",
    "result",
    "plain",
    "asked",
    "functions",
    "window",
    "batch",
    "remember",
    "reads",
    "native",
    "windows",
    "telling",
    "record",
    "ports",
    "worker",
    "plugin",
    "session",
    "cold",
    "arguments",
    "packets",
    "pages",
    "nodeids",
    "layer",
    "preload",
    "server"
];

/// Those that import a pytest of the known kind: loaded when it is there, if it is one.
const LATER: &[(&str, &str)] = modules!["kept", "light", "lean"];

/// What the sources in `c/` were compiled to, and its file in the package.
const LIBRARY: (&str, &[u8]) = ("_dx_events.so", include_bytes!(concat!(env!("OUT_DIR"), "/_dx_events.so")));

/// Which module's `main` runs, after all those before it have been loaded.
#[derive(Clone, Copy)]
pub(crate) enum Entry {
    /// A parent for one run.
    Cold,
    /// A server that keeps layers warm.
    Server,
}

/// Loads modules (`argv[2]`, joined by commas) of the package in the folder `argv[1]` from one file with their compiled
/// form; compiles and keeps what this Python has none of. Those with a `~` are left for later. The file begins with a check of the rest. Sources that are not
/// those that `argv[3]` is the SHA-256 of were damaged after they had been looked at: their compiled form must not stay.
/// Code has no file that coverage or a profile could take for one of the project's.
const BOOTSTRAP: &str = "\
import sys, marshal, binascii, _frozen_importlib_external as f
p, names = sys.argv[1], sys.argv[2].split(',')
q = '%s/%s.%s' % (p, names[-1], f.MAGIC_NUMBER.hex())
try:
    with open(q, 'rb') as h: b = h.read()
    if int.from_bytes(b[:4], 'little') != binascii.crc32(b[4:]): raise ValueError
    codes = marshal.loads(b[4:])
except Exception:
    import os, hashlib
    files, texts = ['%s/%s.py' % (p, n.lstrip('~')) for n in names], []
    try:
        for n in files:
            with open(n, 'rb') as h: texts.append(h.read())
    except OSError: pass
    if hashlib.sha256(b''.join(texts)).hexdigest() != sys.argv[3]:
        sys.stderr.write('dx-testrun: error: %r was damaged while it was read: run again\\n' % p)
        os._exit(3)
    codes = [compile(text, '<dx_testrun>/%s.py' % n.lstrip('~'), 'exec') for n, text in zip(names, texts)]
    b = marshal.dumps(codes)
    try:
        t = '%s.%d' % (q, os.getpid())
        with open(t, 'wb') as h: h.write(binascii.crc32(b).to_bytes(4, 'little') + b)
        os.rename(t, q)
    except OSError:
        try: os.remove(t)
        except OSError: pass
d = None
for n, c in zip(names, codes):
    if n[0] == '~':
        d.later[n[1:]] = c
        continue
    m = type(sys)('dx_testrun' + ('.' + n if d else ''))
    m.__file__ = '%s/%s.py' % (p, n)
    if d: setattr(d, n, m)
    else: d = m; m.__path__ = [p]
    sys.modules[m.__name__] = m
    exec(c, m.__dict__)
del sys.argv[1:4]
m.main()
";

/// Digest of all that runs on the Python side.
pub(crate) fn digest() -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(BOOTSTRAP.as_bytes());
    for (name, content) in files() {
        for bytes in [name.as_bytes(), content] {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        }
    }
    hasher.finalize()
}

/// The files of the package.
fn files() -> impl Iterator<Item = (String, &'static [u8])> {
    let modules = MODULES.iter().chain(LATER);
    let sources = modules.map(|(name, source)| (format!("{name}.py"), source.as_bytes()));
    sources.chain(std::iter::once((LIBRARY.0.to_owned(), LIBRARY.1)))
}

/// The command that runs `entry`; further arguments are for its `main`.
pub(crate) fn command(python: &Path, state: &State, entry: Entry) -> io::Result<Command> {
    let name = match entry {
        Entry::Cold => "cold",
        Entry::Server => "server",
    };
    let last = MODULES.iter().position(|(module, _)| *module == name).unwrap_or(MODULES.len() - 1);
    let is_loaded = |module: &str| matches!(entry, Entry::Cold) || module != "cold";
    let before = MODULES[..last].iter().filter(|(module, _)| is_loaded(module));
    let before = before.map(|(module, text)| ((*module).to_owned(), *text));
    let later = LATER.iter().map(|(module, text)| (format!("~{module}"), *text));
    let (names, texts): (Vec<String>, Vec<&str>) =
        before.chain(later).chain([(name.to_owned(), MODULES[last].1)]).unzip();
    let sum = Hex(&ContentId::of(texts.concat().as_bytes()).sha256).to_string();
    let mut command = Command::new(python);
    command.args([OsString::from("-c"), BOOTSTRAP.into(), place(state)?.into()]);
    command.args([names.join(","), sum]);
    Ok(command)
}

/// Writes the package beside the state, in a folder named by its content; into the user's own folder for
/// running programs where that cannot be.
fn place(state: &State) -> io::Result<PathBuf> {
    let name = format!("python-{}", &digest().to_hex()[..16]);
    let folder = state.path(&name);
    if is_whole(&folder) {
        return Ok(folder);
    }
    if state.prepare().and_then(|()| write(&folder)).is_ok() {
        remove_others(state, &name);
        return Ok(folder);
    }
    let elsewhere = runtime_folder()?.join(name);
    if !is_whole(&elsewhere) {
        write(&elsewhere)?;
    }
    Ok(elsewhere)
}

fn is_whole(folder: &Path) -> bool {
    files().all(|(name, content)| fs::read(folder.join(name)).is_ok_and(|bytes| bytes == content))
}

/// Each file whole or not at all: another run may read them at the same time.
fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, content) in files() {
        let temporary = folder.join(format!("{name}.{}.tmp", std::process::id()));
        fs::write(&temporary, content)?;
        fs::rename(&temporary, folder.join(name))?;
    }
    Ok(())
}

/// Other versions of the package.
fn remove_others(state: &State, current: &str) {
    let Ok(entries) = fs::read_dir(state.path("")) else { return };
    for entry in entries.flatten() {
        let found = entry.file_name();
        if found.to_str().is_some_and(|found| found.starts_with("python-") && found != current) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
