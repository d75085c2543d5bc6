//! `print` and `input`.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_object::types::module::ModuleObject;
use dx_object::value::Value;

use super::type_name;
use crate::io;

/// An attribute of module `sys`.
pub(crate) fn sys_attribute(thread: &Thread, name: &str) -> Option<Value> {
    let sys = thread.modules.get().as_dict()?.get_name(thread, thread.intern("sys"))?;
    sys.downcast::<ModuleObject>()?.dict()?.get_name(thread, thread.intern(name))
}

/// The keyword arguments of `print`.
struct Options {
    separator: Value,
    end: Value,
    file: Value,
    flush: bool,
}

fn options(thread: &Thread, args: Args<'_>) -> PyResult<Options> {
    let mut options = Options { separator: Value::NONE, end: Value::NONE, file: Value::NONE, flush: false };
    for (name, value) in args.keywords() {
        match name.str_bytes() {
            Some(b"sep") => options.separator = text(thread, value, "sep")?,
            Some(b"end") => options.end = text(thread, value, "end")?,
            Some(b"file") => options.file = value,
            Some(b"flush") => options.flush = thread.truth(value)?,
            _ => {
                let name = thread.to_text(name)?;
                return Err(
                    thread.type_error(format_args!("print() got an unexpected keyword argument '{name}'"))
                );
            }
        }
    }
    Ok(options)
}

fn text(thread: &Thread, value: Value, name: &str) -> PyResult<Value> {
    if value.is_none() || value.as_str().is_some() {
        return Ok(value);
    }
    let given = type_name(thread, value);
    Err(thread.type_error(format_args!("{name} must be None or a string, not {given}")))
}

pub(super) fn print(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let mut options = options(thread, args)?;
    if options.file.is_none() {
        let Some(stdout) = sys_attribute(thread, "stdout") else {
            return Err(thread.runtime_error("lost sys.stdout"));
        };
        if stdout.is_none() {
            return Ok(Value::NONE);
        }
        options.file = stdout;
    }
    let write = |text: Value| {
        // A file of ours takes the text directly, any other object through its method.
        match io::write_text(thread, options.file, text) {
            Some(done) => done,
            None => thread.call_method(options.file, thread.names().write, &[text]).map(drop),
        }
    };
    for (index, &value) in args.positional().iter().enumerate() {
        if index > 0 {
            let gap = if options.separator.is_none() {
                thread.char_str(u32::from(b' '))
            } else {
                options.separator
            };
            write(gap)?;
        }
        write(thread.to_str(value)?)?;
    }
    write(if options.end.is_none() { thread.char_str(u32::from(b'\n')) } else { options.end })?;
    if options.flush {
        thread.call_method(options.file, thread.names().flush, &[])?;
    }
    Ok(Value::NONE)
}

pub(super) fn input(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let names = thread.names();
    let stream = |name: &str| {
        sys_attribute(thread, name)
            .filter(|stream| !stream.is_none())
            .ok_or_else(|| thread.runtime_error(format_args!("lost sys.{name}")))
    };
    let (input, output, _) = (stream("stdin")?, stream("stdout")?, stream("stderr")?);
    if let Some(prompt) = args.get(0) {
        let prompt = thread.to_str(prompt)?;
        thread.call_method(output, names.write, &[prompt])?;
    }
    thread.call_method(output, names.flush, &[])?;
    let line = thread.call_method(input, names.readline, &[])?;
    let Some(text) = line.as_str() else {
        return Err(thread.type_error("object.readline() returned non-string"));
    };
    match text.bytes() {
        [] => Err(thread.eof_error("EOF when reading a line")),
        [line @ .., b'\n'] => Ok(thread.str_from_wtf8(line)),
        _ => Ok(line),
    }
}
