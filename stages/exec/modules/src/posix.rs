//! Module `posix`: the system's calls, for `os`.

mod files;
mod process;
mod status;

use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::spec::MethodDef;
use dx_object::thread::Thread;
use dx_object::types::dict;
use dx_object::value::Value;

use crate::convert::type_name;
use crate::library::ModuleSpec;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[files::FUNCTIONS, process::FUNCTIONS, status::FUNCTIONS],
    fill: Some(|thread, module| {
        for &(name, number) in CONSTANTS.iter().chain(STATUSES) {
            module.set_text(thread, name, Value::small(i64::from(number)))?;
        }
        module.set_text(thread, "error", thread.builtin_type(ids::OS_ERROR).value())?;
        module.set_text(thread, "environ", environment(thread)?)?;
        module.set_text(thread, "stat_result", status::class(thread)?)?;
        module.set_text(thread, "_have_functions", thread.list(&[])?)
    }),
    ..ModuleSpec::new(
        "posix",
        "This module provides access to operating system functionality that is\nstandardized by the C Standard and the \
         POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix \
         manual entries for more information on calls.",
    )
};

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name)),*] };
}

static CONSTANTS: &[(&str, i32)] = constants! {
    F_OK R_OK W_OK X_OK O_RDONLY O_WRONLY O_RDWR O_APPEND O_CREAT O_EXCL O_TRUNC O_NONBLOCK O_CLOEXEC O_DIRECTORY
    O_NOFOLLOW O_SYNC O_DSYNC O_NOCTTY WNOHANG WUNTRACED
};

/// Exit statuses by the names of `sysexits.h`.
static STATUSES: &[(&str, i32)] = &[
    ("EX_OK", 0),
    ("EX_USAGE", 64),
    ("EX_DATAERR", 65),
    ("EX_NOINPUT", 66),
    ("EX_UNAVAILABLE", 69),
    ("EX_SOFTWARE", 70),
    ("EX_OSERR", 71),
    ("EX_OSFILE", 72),
    ("EX_CANTCREAT", 73),
    ("EX_IOERR", 74),
    ("EX_TEMPFAIL", 75),
    ("EX_NOPERM", 77),
];

/// Names and values of the environment, both bytes.
fn environment(thread: &Thread) -> PyResult<Value> {
    use std::os::unix::ffi::OsStrExt;
    let environ = dict::new(thread);
    for (name, value) in std::env::vars_os() {
        let name = thread.bytes(name.as_bytes())?;
        environ.set(thread, name, thread.bytes(value.as_bytes())?)?;
    }
    Ok(environ.value())
}

/// A path given as str, bytes or an object with `__fspath__`: its bytes, and whether the answer is to be bytes.
fn path(thread: &Thread, value: Value, function: &str) -> PyResult<(std::path::PathBuf, bool)> {
    use std::os::unix::ffi::OsStringExt;
    let value = if value.as_str().is_some() || value.as_bytes().is_some() {
        value
    } else {
        match thread.call_special(value, thread.names().__fspath__, &[])? {
            Some(path) => path,
            None => {
                let given = type_name(thread, value);
                return Err(thread.type_error(format_args!(
                    "{function}: path should be string, bytes or os.PathLike, not {given}"
                )));
            }
        }
    };
    let (bytes, is_bytes) = match value.as_str() {
        Some(text) => {
            let encoded = dx_object::types::text::encode(thread, text, "utf-8", "surrogateescape")?;
            (encoded.bytes_like().unwrap_or_default().to_vec(), false)
        }
        None => (value.bytes_like().unwrap_or_default().to_vec(), true),
    };
    if bytes.contains(&0) {
        return Err(thread.value_error(format_args!("{function}: embedded null byte")));
    }
    Ok((std::ffi::OsString::from_vec(bytes).into(), is_bytes))
}

/// A name of the file system as str or bytes.
fn name(thread: &Thread, name: &std::ffi::OsStr, as_bytes: bool) -> PyResult<Value> {
    use std::os::unix::ffi::OsStrExt;
    if as_bytes {
        return thread.bytes(name.as_bytes());
    }
    dx_object::types::text::decode(thread, name.as_bytes(), "utf-8", "surrogateescape")
}

/// The result of a call of the system about a path.
fn checked<T>(thread: &Thread, result: std::io::Result<T>, subject: Option<Value>) -> PyResult<T> {
    result.map_err(|error| thread.io_error(&error, subject))
}

/// Entries that look up nothing and answer the same every time.
const fn constant(name: &'static str, function: dx_object::spec::NativeFn) -> MethodDef {
    MethodDef::new(name, dx_object::spec::Arity::None, function)
}
