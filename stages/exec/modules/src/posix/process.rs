//! The process: its numbers, its environment, its descriptors. The only unsafe part of module `posix`.

use std::io;

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::types::bytes;
use dx_object::value::Value;

use super::{checked, constant, path};
use crate::convert::{bytes_like, c_int, c_long};

pub(super) static FUNCTIONS: &[MethodDef] = &[
    constant("getpid", |_, _| Ok(Value::small(i64::from(std::process::id())))),
    constant("getppid", |_, _| Ok(Value::small(i64::from(std::os::unix::process::parent_id())))),
    // SAFETY: these four only answer numbers.
    constant("getuid", |_, _| Ok(Value::small(i64::from(unsafe { libc::getuid() })))),
    // SAFETY: as above.
    constant("geteuid", |_, _| Ok(Value::small(i64::from(unsafe { libc::geteuid() })))),
    // SAFETY: as above.
    constant("getgid", |_, _| Ok(Value::small(i64::from(unsafe { libc::getgid() })))),
    // SAFETY: as above.
    constant("getegid", |_, _| Ok(Value::small(i64::from(unsafe { libc::getegid() })))),
    constant("cpu_count", |thread, _| {
        Ok(std::thread::available_parallelism().map_or(Value::NONE, |count| thread.int_usize(count.get())))
    }),
    MethodDef::new("_exit", Arity::One, |thread, args| {
        let status = c_int(thread, args.positional()[0])?;
        // SAFETY: ends the process at once, as asked.
        unsafe { libc::_exit(status) }
    }),
    MethodDef::new("umask", Arity::One, |thread, args| {
        let mask = c_int(thread, args.positional()[0])?;
        // SAFETY: exchanges a number of the process.
        Ok(Value::small(i64::from(unsafe { libc::umask(mask as libc::mode_t) })))
    }),
    MethodDef::new("urandom", Arity::One, urandom),
    MethodDef::new("strerror", Arity::One, |thread, args| {
        let text = io::Error::from_raw_os_error(c_int(thread, args.positional()[0])?).to_string();
        Ok(thread.str(text.split(" (os error").next().unwrap_or_default()))
    }),
    MethodDef::new("putenv", Arity::Positional(2, 2), |thread, args| {
        let (name, value) =
            (bytes_like(thread, args.positional()[0])?, bytes_like(thread, args.positional()[1])?);
        set_variable(thread, &name, Some(&value))
    }),
    MethodDef::new("unsetenv", Arity::One, |thread, args| {
        let name = bytes_like(thread, args.positional()[0])?;
        set_variable(thread, &name, None)
    }),
    MethodDef::new("access", Arity::Positional(2, 2), |thread, args| {
        use std::os::unix::ffi::OsStrExt;
        let (path, _) = path(thread, args.positional()[0], "access")?;
        let mode = c_int(thread, args.positional()[1])?;
        let Ok(path) = std::ffi::CString::new(path.as_os_str().as_bytes()) else { return Ok(Value::FALSE) };
        // SAFETY: reads a text that ends with zero.
        Ok(Value::bool(unsafe { libc::access(path.as_ptr(), mode) } == 0))
    }),
    MethodDef::new("isatty", Arity::One, |thread, args| {
        let descriptor = c_int(thread, args.positional()[0])?;
        // SAFETY: only answers.
        Ok(Value::bool(unsafe { libc::isatty(descriptor) } == 1))
    }),
    MethodDef::new("open", Arity::Any, open),
    MethodDef::new("close", Arity::One, |thread, args| {
        let descriptor = c_int(thread, args.positional()[0])?;
        // SAFETY: descriptors are numbers to Python; that nobody else uses it is the program's affair.
        answer(thread, unsafe { libc::close(descriptor) }.into()).map(|_| Value::NONE)
    }),
    MethodDef::new("read", Arity::Positional(2, 2), read),
    MethodDef::new("write", Arity::Positional(2, 2), |thread, args| {
        let descriptor = c_int(thread, args.positional()[0])?;
        let data = bytes_like(thread, args.positional()[1])?;
        // SAFETY: reads the vector's bytes.
        let written = unsafe { libc::write(descriptor, data.as_ptr().cast(), data.len()) };
        answer(thread, written as i64)
    }),
    MethodDef::new("lseek", Arity::Positional(3, 3), |thread, args| {
        let descriptor = c_int(thread, args.positional()[0])?;
        let (offset, whence) = (c_long(thread, args.positional()[1])?, c_int(thread, args.positional()[2])?);
        // SAFETY: moves a position of the system's.
        answer(thread, unsafe { libc::lseek(descriptor, offset, whence) })
    }),
    constant("pipe", |thread, _| {
        let mut ends = [0; 2];
        // SAFETY: writes two ints, which are ours.
        answer(thread, unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) }.into())?;
        thread.try_tuple(&ends.map(|end| Value::small(i64::from(end))))
    }),
];

/// The result of a call that answers -1 for an error.
fn answer(thread: &Thread, result: i64) -> PyResult<Value> {
    if result < 0 {
        return Err(thread.io_error(&io::Error::last_os_error(), None));
    }
    Ok(thread.int(result))
}

fn urandom(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let size = thread.index_isize(args.positional()[0], ids::OVERFLOW_ERROR)?;
    let Ok(size) = usize::try_from(size) else {
        return Err(thread.value_error("negative argument not allowed"));
    };
    let mut failed = None;
    let result = bytes::build(thread, size, |buffer| {
        for part in buffer.chunks_mut(256) {
            // SAFETY: writes the part's bytes; up to 256 come at once.
            if unsafe { libc::getrandom(part.as_mut_ptr().cast(), part.len(), 0) } < 0 {
                failed = Some(io::Error::last_os_error());
            }
        }
    })?;
    match failed {
        None => Ok(result),
        Some(error) => checked(thread, Err(error), None),
    }
}

fn set_variable(thread: &Thread, name: &[u8], value: Option<&[u8]>) -> PyResult<Value> {
    let texts = (std::ffi::CString::new(name), std::ffi::CString::new(value.unwrap_or_default()));
    let (Ok(name), Ok(text)) = texts else { return Err(thread.value_error("embedded null byte")) };
    if name.as_bytes().contains(&b'=') {
        return Err(thread.value_error("illegal environment variable name"));
    }
    // SAFETY: texts end with zero; the runtime changes and reads the environment on one thread.
    let result = unsafe {
        if value.is_some() {
            libc::setenv(name.as_ptr(), text.as_ptr(), 1)
        } else {
            libc::unsetenv(name.as_ptr())
        }
    };
    answer(thread, result.into()).map(|_| Value::NONE)
}

fn open(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    use std::os::unix::ffi::OsStrExt;
    static SIGNATURE: dx_object::args::Signature = dx_object::args::Signature {
        function: "open",
        parameters: &["path", "flags", "mode"],
        positional_only: 0,
        positional: 3,
        required: 2,
    };
    let [given, flags, mode] = SIGNATURE.bind(thread, args)?;
    let (path, _) = path(thread, given, "open")?;
    let flags = c_int(thread, flags)?;
    let mode = mode.bound().map_or(Ok(0o777), |mode| c_int(thread, mode))?;
    let Ok(path) = std::ffi::CString::new(path.as_os_str().as_bytes()) else {
        return Err(thread.value_error("embedded null byte"));
    };
    // SAFETY: reads a text that ends with zero.
    let descriptor = unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, mode) };
    if descriptor < 0 {
        return Err(thread.io_error(&io::Error::last_os_error(), Some(given)));
    }
    Ok(Value::small(i64::from(descriptor)))
}

fn read(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let descriptor = c_int(thread, args.positional()[0])?;
    let size = thread.index_isize(args.positional()[1], ids::OVERFLOW_ERROR)?;
    let Ok(size) = usize::try_from(size) else {
        return Err(thread.io_error(&io::Error::from_raw_os_error(libc::EINVAL), None));
    };
    let mut data = vec![0u8; size.min(1 << 30)];
    // SAFETY: writes at most the vector's length.
    let count = unsafe { libc::read(descriptor, data.as_mut_ptr().cast(), data.len()) };
    answer(thread, count as i64)?;
    thread.bytes(&data[..count as usize])
}
