//! Methods of file objects.

use std::io::SeekFrom;
use std::os::fd::AsRawFd;

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::types::list;
use dx_object::value::Value;

use super::file::{open_state, state_of};
use super::read::{self, line, readable, unsupported};
use super::write;

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("read", Arity::Positional(0, 1), |thread, args| {
        let size = size_argument(thread, args)?;
        read::read(thread, args.positional()[0], size)
    }),
    MethodDef::new("read1", Arity::Positional(0, 1), |thread, args| {
        let size = size_argument(thread, args)?;
        read::read(thread, args.positional()[0], size)
    }),
    MethodDef::new("readline", Arity::Positional(0, 1), |thread, args| {
        let size = size_argument(thread, args)?;
        read::readline(thread, args.positional()[0], size)
    }),
    MethodDef::new("readlines", Arity::Positional(0, 1), readlines),
    MethodDef::new("readinto", Arity::One, readinto),
    MethodDef::new("write", Arity::One, |thread, args| {
        write::write(thread, args.positional()[0], args.positional()[1])
    }),
    MethodDef::new("writelines", Arity::One, writelines),
    MethodDef::new("flush", Arity::None, flush),
    MethodDef::new("close", Arity::None, close),
    MethodDef::new("seek", Arity::Positional(1, 2), seek),
    MethodDef::new("tell", Arity::None, tell),
    MethodDef::new("truncate", Arity::Positional(0, 1), truncate),
    MethodDef::new("fileno", Arity::None, fileno),
    MethodDef::new("isatty", Arity::None, isatty),
    MethodDef::new("readable", Arity::None, |thread, args| {
        Ok(Value::bool(open_state(thread, args.positional()[0])?.borrow().readable))
    }),
    MethodDef::new("writable", Arity::None, |thread, args| {
        Ok(Value::bool(open_state(thread, args.positional()[0])?.borrow().writable))
    }),
    MethodDef::new("seekable", Arity::None, |thread, args| {
        let state = open_state(thread, args.positional()[0])?;
        let position = state.borrow_mut().position();
        Ok(Value::bool(position.is_ok()))
    }),
    MethodDef::new("reconfigure", Arity::Any, reconfigure),
    MethodDef::new("__enter__", Arity::None, |thread, args| {
        open_state(thread, args.positional()[0])?;
        Ok(args.positional()[0])
    }),
    MethodDef::new("__exit__", Arity::Any, close),
];

/// The optional size of a read: None and negative numbers mean everything.
fn size_argument(thread: &Thread, args: Args<'_>) -> PyResult<Option<usize>> {
    match args.get(1).filter(|size| !size.is_none()) {
        None => Ok(None),
        Some(size) => {
            let size = thread.index_isize(size, dx_object::ids::OVERFLOW_ERROR)?;
            Ok(usize::try_from(size).ok())
        }
    }
}

fn failed<T>(thread: &Thread, result: std::io::Result<T>) -> PyResult<T> {
    result.map_err(|error| match error.raw_os_error() {
        Some(libc::ESPIPE) => unsupported(thread, "underlying stream is not seekable"),
        _ => thread.io_error(&error, None),
    })
}

pub(super) fn iter(thread: &Thread, value: Value) -> PyResult<Value> {
    open_state(thread, value)?;
    Ok(value)
}

pub(super) fn next(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let state = readable(thread, value)?;
    let line = line(thread, &state, None)?;
    let empty = line.str_bytes().or_else(|| line.bytes_like()).is_none_or(<[u8]>::is_empty);
    Ok((!empty).then_some(line))
}

fn readlines(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let hint = size_argument(thread, args)?.filter(|&hint| hint > 0);
    let lines = list::new(thread);
    let mut total = 0;
    while let Some(line) = next(thread, args.positional()[0])? {
        total += line.str_bytes().or_else(|| line.bytes_like()).map_or(0, <[u8]>::len);
        lines.push(thread, line)?;
        if hint.is_some_and(|hint| total >= hint) {
            break;
        }
    }
    Ok(lines.value())
}

fn readinto(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let target = args.positional()[1];
    let room = thread.len(target)?;
    let data = read::read(thread, args.positional()[0], Some(room))?;
    let bytes = data.bytes_like().unwrap_or_default();
    if bytes.len() == room {
        thread.setitem(target, thread.slice(Value::NONE, Value::NONE, Value::NONE), data)?;
    } else {
        let end = Value::small(bytes.len() as i64);
        thread.setitem(target, thread.slice(Value::ZERO, end, Value::NONE), data)?;
    }
    Ok(Value::small(data.bytes_like().unwrap_or_default().len() as i64))
}

fn writelines(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let file = args.positional()[0];
    open_state(thread, file)?;
    thread.for_each(args.positional()[1], |line| write::write(thread, file, line).map(drop))?;
    Ok(Value::NONE)
}

fn flush(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let state = open_state(thread, args.positional()[0])?;
    let flushed = state.borrow_mut().flush();
    failed(thread, flushed)?;
    Ok(Value::NONE)
}

fn close(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    if let Some(state) = state_of(args.positional()[0]) {
        let closed = state.borrow_mut().close();
        failed(thread, closed)?;
    }
    Ok(Value::NONE)
}

fn seek(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let state = open_state(thread, args.positional()[0])?;
    let offset = thread.index_isize(args.positional()[1], dx_object::ids::OVERFLOW_ERROR)? as i64;
    let whence = args.get(2).map_or(Ok(Value::ZERO), |whence| thread.index(whence))?.as_small().unwrap_or(-1);
    let is_text = state.borrow().text;
    let target = match whence {
        0 if offset < 0 => {
            return Err(thread.value_error(format_args!("negative seek position {offset}")));
        }
        0 => SeekFrom::Start(offset as u64),
        1 if is_text && offset != 0 => {
            return Err(unsupported(thread, "can't do nonzero cur-relative seeks"));
        }
        2 if is_text && offset != 0 => {
            return Err(unsupported(thread, "can't do nonzero end-relative seeks"));
        }
        1 => SeekFrom::Current(offset),
        2 => SeekFrom::End(offset),
        _ => {
            return Err(thread.value_error(format_args!("invalid whence ({whence}, should be 0, 1 or 2)")));
        }
    };
    let position = state.borrow_mut().seek(target);
    Ok(thread.int_u64(failed(thread, position)?))
}

fn tell(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let state = open_state(thread, args.positional()[0])?;
    let position = state.borrow_mut().position();
    Ok(thread.int_u64(failed(thread, position)?))
}

fn truncate(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let state = open_state(thread, args.positional()[0])?;
    if !state.borrow().writable {
        return Err(unsupported(thread, "truncate"));
    }
    let size = match size_argument(thread, args)? {
        Some(size) => size as u64,
        None => {
            let position = state.borrow_mut().position();
            failed(thread, position)?
        }
    };
    let truncated = state.borrow_mut().truncate(size);
    failed(thread, truncated)?;
    Ok(thread.int_u64(size))
}

fn fileno(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let state = open_state(thread, args.positional()[0])?;
    let descriptor = state.borrow().file().map(AsRawFd::as_raw_fd);
    Ok(Value::small(failed(thread, descriptor)?.into()))
}

fn isatty(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let state = open_state(thread, args.positional()[0])?;
    let terminal = state.borrow().file().map(std::io::IsTerminal::is_terminal);
    Ok(Value::bool(failed(thread, terminal)?))
}

/// Changes the way of a text file; what is not named stays.
fn reconfigure(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let state = open_state(thread, args.positional()[0])?;
    let flushed = state.borrow_mut().flush();
    failed(thread, flushed)?;
    for (name, value) in args.keywords() {
        if value.is_none() {
            continue;
        }
        let text = value.as_str().map(|text| text.to_lossy().into_owned());
        match (name.str_bytes().unwrap_or_default(), text) {
            (b"encoding", Some(text)) => state.borrow_mut().encoding = text,
            (b"errors", Some(text)) => state.borrow_mut().errors = text,
            (b"line_buffering", _) => {
                let on = thread.truth(value)?;
                state.borrow_mut().line_buffering = on;
            }
            (b"write_through", _) => {
                let on = thread.truth(value)?;
                state.borrow_mut().unbuffered = on;
            }
            (b"newline", Some(_)) => {}
            _ => {
                let name = thread.to_text(name)?;
                return Err(thread
                    .type_error(format_args!("reconfigure() got an unexpected keyword argument '{name}'")));
            }
        }
    }
    Ok(Value::NONE)
}
