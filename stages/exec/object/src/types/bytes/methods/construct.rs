//! `bytes(x)` and what `bytearray(x)` shares with it.

use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::ids;
use crate::thread::Thread;
use crate::types::memoryview::methods::contents;
use crate::types::str::methods::encode::{encode_text, names_of};
use crate::types::support::{call_method, instance, is_iterable, size, type_name};
use crate::value::Value;

/// A byte from an int. ValueError when it is out of range; `what` is the message's subject.
pub(in crate::types) fn byte_of(thread: &Thread, value: Value, what: &str) -> PyResult<u8> {
    let number = match value.as_small() {
        Some(small) => Some(small),
        None => crate::types::support::index(thread, value)?.as_small(),
    };
    number
        .and_then(|number| u8::try_from(number).ok())
        .ok_or_else(|| thread.value_error(format_args!("{what} must be in range(0, 256)")))
}

/// The bytes that an iterable of ints yields.
pub(in crate::types) fn collect(thread: &Thread, iterable: Value, what: &str) -> PyResult<Vec<u8>> {
    let mut data = Vec::new();
    thread.for_each(iterable, |item| {
        data.push(byte_of(thread, item, what)?);
        Ok(())
    })?;
    Ok(data)
}

/// The data that the arguments of `bytes` or `bytearray` stand for.
pub(in crate::types) fn bytes_argument(
    thread: &Thread,
    args: Args<'_>,
    class: &'static str,
) -> PyResult<Vec<u8>> {
    static BYTES: Signature = Signature {
        function: "bytes",
        parameters: &["source", "encoding", "errors"],
        positional_only: 0,
        positional: 3,
        required: 0,
    };
    static BYTEARRAY: Signature = Signature {
        function: "bytearray",
        parameters: &["source", "encoding", "errors"],
        positional_only: 0,
        positional: 3,
        required: 0,
    };
    let signature = if class == "bytes" { &BYTES } else { &BYTEARRAY };
    let [source, encoding, errors] = signature.bind(thread, args)?;
    if !encoding.is_unbound() || !errors.is_unbound() {
        let text = source.bound().and_then(Value::as_str);
        let Some(text) = text else {
            let what = if encoding.is_unbound() { "errors" } else { "encoding" };
            return Err(thread.type_error(format_args!("{what} without a string argument")));
        };
        if encoding.is_unbound() {
            return Err(thread.type_error("string argument without an encoding"));
        }
        let [encoding, errors] =
            names_of(thread, class, [(encoding, "encoding", "utf-8"), (errors, "errors", "strict")])?;
        let data = encode_text(thread, text, &encoding, &errors)?;
        return Ok(data.bytes_like().unwrap_or_default().to_vec());
    }
    let Some(source) = source.bound() else { return Ok(Vec::new()) };
    from_object(thread, source, class)
}

fn from_object(thread: &Thread, source: Value, class: &str) -> PyResult<Vec<u8>> {
    if source.as_str().is_some() {
        return Err(thread.type_error("string argument without an encoding"));
    }
    if let Some(data) = contents(thread, source)? {
        return Ok(data);
    }
    if class == "bytes"
        && let Some(result) = call_method(thread, source, thread.names().__bytes__, &[])?
    {
        return match result.as_bytes() {
            Some(data) => Ok(data.bytes().to_vec()),
            None => {
                let name = type_name(thread, result);
                Err(thread.type_error(format_args!("__bytes__ returned non-bytes (type {name})")))
            }
        };
    }
    if source.as_int().is_some() || thread.type_of(source).slots().index.is_some() {
        let count = size(thread, source)?;
        let Ok(count) = usize::try_from(count) else { return Err(thread.value_error("negative count")) };
        let mut data = Vec::new();
        if data.try_reserve_exact(count).is_err() {
            return Err(thread.memory_error(""));
        }
        data.resize(count, 0);
        return Ok(data);
    }
    if !is_iterable(thread, source) {
        let name = type_name(thread, source);
        return Err(thread.type_error(format_args!("cannot convert '{name}' object to {class}")));
    }
    collect(thread, source, if class == "bytes" { "bytes" } else { "byte" })
}

pub(super) fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let exact = class == thread.builtin_type(ids::BYTES).value();
    if let ([source], true, false) = (args.positional(), exact, args.has_keywords())
        && source.header().is_some_and(|header| header.shape() == ids::BYTES.0)
    {
        return Ok(*source);
    }
    let data = bytes_argument(thread, args, "bytes")?;
    let data = thread.bytes(&data)?;
    instance(thread, class, ids::BYTES, data)
}
