//! OSError: `errno`, `strerror`, `filename`, and the subclass that stands for an error number.

use super::Own;
use super::base::{self, field, get_field, set_field};
use crate::args::Args;
use crate::error::{PyResult, Raised};
use crate::gc::Gc;
use crate::ids::{self, TypeId};
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::types::exception::{ExceptionObject, make};
use crate::value::Value;

const ERRNO: usize = 0;
const STRERROR: usize = 1;
const FILENAME: usize = 2;
const FILENAME2: usize = 3;
const WRITTEN: usize = 4;

static GETSET: &[GetSetDef] = &[
    field::<ERRNO>("errno"),
    field::<STRERROR>("strerror"),
    field::<FILENAME>("filename"),
    field::<FILENAME2>("filename2"),
    GetSetDef::new("characters_written", written, Some(set_field::<WRITTEN>)),
];

static METHODS: &[MethodDef] = &[MethodDef::new("__reduce__", Arity::None, reduce)];

pub(super) const OWN: Own = Own {
    slots: Slots { str: Some(str), new: Some(new), init: Some(init), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
};

/// The subclass of OSError for an error number.
pub fn class_for(errno: i64) -> TypeId {
    match i32::try_from(errno).unwrap_or(0) {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => ids::BLOCKING_IO_ERROR,
        libc::EPIPE | libc::ESHUTDOWN => ids::BROKEN_PIPE_ERROR,
        libc::ECHILD => ids::CHILD_PROCESS_ERROR,
        libc::ECONNABORTED => ids::CONNECTION_ABORTED_ERROR,
        libc::ECONNREFUSED => ids::CONNECTION_REFUSED_ERROR,
        libc::ECONNRESET => ids::CONNECTION_RESET_ERROR,
        libc::EEXIST => ids::FILE_EXISTS_ERROR,
        libc::ENOENT => ids::FILE_NOT_FOUND_ERROR,
        libc::EISDIR => ids::IS_A_DIRECTORY_ERROR,
        libc::ENOTDIR => ids::NOT_A_DIRECTORY_ERROR,
        libc::EINTR => ids::INTERRUPTED_ERROR,
        libc::EACCES | libc::EPERM => ids::PERMISSION_ERROR,
        libc::ESRCH => ids::PROCESS_LOOKUP_ERROR,
        libc::ETIMEDOUT => ids::TIMEOUT_ERROR,
        _ => ids::OS_ERROR,
    }
}

impl Thread {
    /// Raises the OSError of an error of the system, about a file if one is given.
    #[cold]
    pub fn io_error(&self, error: &std::io::Error, filename: Option<Value>) -> Raised {
        let Some(errno) = error.raw_os_error() else { return self.os_error(error) };
        // The library's text, without the number that Rust appends.
        let text = error.to_string();
        let text = text.split(" (os error").next().unwrap_or_default();
        let class = class_for(errno.into());
        let (errno, text) = (Value::small(errno.into()), self.str(text));
        match filename {
            Some(filename) => self.raise_args(class, &[errno, text, filename]),
            None => self.raise_args(class, &[errno, text]),
        }
    }
}

pub(super) fn fill(thread: &Thread, exception: Gc<ExceptionObject>, items: &[Value], counts: bool) {
    let (2..=5) = items.len() else { return };
    exception.set_field(thread, ERRNO, items[0]);
    exception.set_field(thread, STRERROR, items[1]);
    let Some(&filename) = items.get(2) else { return };
    if counts && filename.as_int().is_some() {
        exception.set_field(thread, WRITTEN, filename);
        return;
    }
    if filename.is_none() {
        return;
    }
    exception.set_field(thread, FILENAME, filename);
    if let Some(&second) = items.get(4) {
        exception.set_field(thread, FILENAME2, second);
    }
    // Names of files are no arguments any more: programs unpack `errno, text = error.args`.
    let arguments = thread.tuple(&items[..2]);
    exception.store(thread, &exception.args, arguments);
}

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(class) = class.downcast::<TypeObject>() else {
        return Err(thread.type_error("expected a type"));
    };
    let items = args.positional();
    let plain = thread.builtin_type(ids::OS_ERROR);
    if class == plain
        && (2..=5).contains(&items.len())
        && let Some(errno) = items[0].as_small()
    {
        return Ok(make(thread, thread.builtin_type(class_for(errno)), items));
    }
    Ok(make(thread, class, items))
}

/// Everything was stored by `__new__`; a Python subclass may pass other arguments on.
fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    let class = thread.type_of(value).name_str();
    args.no_keywords(thread, &class)?;
    if value.as_exception().is_some_and(|this| this.field(thread, ERRNO).is_unbound()) {
        base::set_arguments(thread, value, args);
    }
    Ok(())
}

fn str(thread: &Thread, value: Value) -> PyResult<Value> {
    let errno = get_field::<ERRNO>(thread, value)?;
    let text = get_field::<STRERROR>(thread, value)?;
    let filename = get_field::<FILENAME>(thread, value)?;
    let second = get_field::<FILENAME2>(thread, value)?;
    let known = value.as_exception().is_some_and(|this| !this.field(thread, ERRNO).is_unbound());
    if !known && filename.is_none() {
        return base::str(thread, value);
    }
    let mut shown = b"[Errno ".to_vec();
    let mut push = |part: Value| shown.extend_from_slice(part.str_bytes().unwrap_or_default());
    push(thread.to_str(errno)?);
    push(thread.intern("] "));
    push(thread.to_str(text)?);
    if !filename.is_none() {
        push(thread.intern(": "));
        push(thread.repr(filename)?);
        if !second.is_none() {
            push(thread.intern(" -> "));
            push(thread.repr(second)?);
        }
    }
    Ok(thread.str_from_wtf8(&shown))
}

fn written(thread: &Thread, value: Value) -> PyResult<Value> {
    let field = value.as_exception().map_or(Value::UNBOUND, |this| this.field(thread, WRITTEN));
    field.bound().ok_or_else(|| thread.attribute_error("characters_written"))
}

fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let class = thread.type_of(value).value();
    let mut arguments = base::args_of(value);
    let filename = get_field::<FILENAME>(thread, value)?;
    if let (Some(&[errno, text]), false) = (arguments.tuple_items(), filename.is_none()) {
        let second = get_field::<FILENAME2>(thread, value)?;
        arguments = if second.is_none() {
            thread.try_tuple(&[errno, text, filename])?
        } else {
            thread.try_tuple(&[errno, text, filename, Value::NONE, second])?
        };
    }
    match base::state(thread, value)? {
        Some(state) => thread.try_tuple(&[class, arguments, state]),
        None => thread.try_tuple(&[class, arguments]),
    }
}
