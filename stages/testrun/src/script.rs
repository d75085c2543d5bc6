//! The Python files that turn an interpreter into a parent of workers, and how they are started without compiling them
//! anew.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use crate::state::State;

/// In the order in which they are loaded; `main` of the last one runs.
const WORKER: (&str, &str) = ("dx_testrun_worker", include_str!("../python/dx_testrun_worker.py"));
const WARM: (&str, &str) = ("dx_testrun_warm", include_str!("../python/dx_testrun_warm.py"));

/// Loads modules (`NAME=FILE`, joined by `:`) from their compiled form beside them; compiles and keeps what this Python
/// has none of.
pub(crate) const BOOTSTRAP: &str = "\
import sys, marshal, _frozen_importlib_external as f
for e in sys.argv[1].split(':'):
    n, p = e.split('=', 1)
    q = p + '.' + f.MAGIC_NUMBER.hex() + '.pyc'
    try:
        with open(q, 'rb') as h: c = marshal.loads(h.read())
    except Exception:
        import os
        with open(p, 'rb') as h: c = compile(h.read(), p, 'exec')
        try:
            t = q + '.' + str(os.getpid())
            with open(t, 'wb') as h: h.write(marshal.dumps(c))
            os.rename(t, q)
        except OSError: pass
    m = type(sys)(n)
    m.__file__ = p
    sys.modules[n] = m
    exec(c, m.__dict__)
m.main()
";

/// Digest of all that runs on the Python side.
pub(crate) fn digest() -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for text in [BOOTSTRAP, WORKER.1, WARM.1] {
        hasher.update(text.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize()
}

/// The argument for a parent of its own.
pub(crate) fn cold(state: &State) -> io::Result<OsString> {
    argument(state, &[WORKER])
}

/// The argument for a server that keeps layers warm.
pub(crate) fn warm(state: &State) -> io::Result<OsString> {
    argument(state, &[WORKER, WARM])
}

fn argument(state: &State, modules: &[(&str, &str)]) -> io::Result<OsString> {
    let mut joined = OsString::new();
    for (name, source) in modules {
        if !joined.is_empty() {
            joined.push(":");
        }
        joined.push(name);
        joined.push("=");
        joined.push(place(state, name, source)?);
    }
    Ok(joined)
}

/// Writes a source beside the state, named by its content; into a folder of the system's where that cannot be, or where
/// the path would not survive the argument.
fn place(state: &State, name: &str, source: &str) -> io::Result<PathBuf> {
    let file = format!("{name}-{}.py", &blake3::hash(source.as_bytes()).to_hex()[..16]);
    let path = state.path(&file);
    let plain = path.to_str().is_some_and(|text| !text.contains(':'));
    if plain && path.is_file() {
        return Ok(path);
    }
    if plain && state.write(&file, source.as_bytes()).is_ok() {
        remove_others(state, name, &file);
        return Ok(path);
    }
    let elsewhere = std::env::temp_dir().join(format!("{}-{file}", std::process::id()));
    std::fs::write(&elsewhere, source)?;
    Ok(elsewhere)
}

/// Other versions of a module, with their compiled forms.
fn remove_others(state: &State, name: &str, current: &str) {
    let Ok(entries) = std::fs::read_dir(state.path("")) else { return };
    for entry in entries.flatten() {
        let found = entry.file_name();
        let found = found.to_string_lossy();
        if found.starts_with(&format!("{name}-")) && !found.starts_with(current) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
