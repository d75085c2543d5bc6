//! The Python file that turns an interpreter into a parent of workers, and how it is started without compiling it anew.

use std::io;
use std::path::PathBuf;

use crate::state::State;

const SOURCE: &str = include_str!("../python/dx_testrun_worker.py");

/// Loads the worker from its compiled form beside it; compiles and keeps it where there is none of this Python's.
pub(crate) const BOOTSTRAP: &str = "\
import sys, marshal, _frozen_importlib_external as f
p = sys.argv[1]
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
m = type(sys)('dx_testrun_worker')
m.__file__ = p
sys.modules[m.__name__] = m
exec(c, m.__dict__)
m.main()
";

/// Writes the worker's source beside the state, named by its content. Falls back to a folder of the system's.
pub(crate) fn place(state: &State) -> io::Result<PathBuf> {
    let name = format!("worker-{}.py", &blake3::hash(SOURCE.as_bytes()).to_hex()[..16]);
    let path = state.path(&name);
    if path.is_file() {
        return Ok(path);
    }
    if state.write(&name, SOURCE.as_bytes()).is_ok() {
        return Ok(path);
    }
    let elsewhere = std::env::temp_dir().join(format!("dx-testrun-{}-{name}", std::process::id()));
    std::fs::write(&elsewhere, SOURCE)?;
    Ok(elsewhere)
}
