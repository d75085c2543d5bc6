//! `int(x)` and `int(text, base)`.

use super::numbers::plain;
use super::parse_text;
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::ids;
use crate::thread::Thread;
use crate::types::support::{instance, size, type_name};
use crate::value::Value;

static SIGNATURE: Signature =
    Signature { function: "int", parameters: &["", "base"], positional_only: 1, positional: 2, required: 0 };

pub(super) fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let value = match args.positional() {
        [value] if !args.has_keywords() => to_int(thread, *value)?,
        _ => {
            let [value, base] = SIGNATURE.bind(thread, args)?;
            match (value.bound(), base.bound()) {
                (None, None) => Value::ZERO,
                (None, Some(_)) => return Err(thread.type_error("int() missing string argument")),
                (Some(value), None) => to_int(thread, value)?,
                (Some(value), Some(base)) => with_base(thread, value, base)?,
            }
        }
    };
    instance(thread, class, ids::INT, value)
}

fn with_base(thread: &Thread, value: Value, base: Value) -> PyResult<Value> {
    let base = match size(thread, base)? {
        base @ (0 | 2..=36) => base as u32,
        _ => return Err(thread.value_error("int() base must be >= 2 and <= 36, or 0")),
    };
    if let Some(text) = value.as_str() {
        return parse_text(thread, text.bytes(), base, value);
    }
    match value.bytes_like() {
        Some(data) => parse_bytes(thread, data, base, value),
        None => Err(thread.type_error("int() can't convert non-string with explicit base")),
    }
}

/// Bytes stand for their ASCII characters only; what is none of them makes the text invalid.
fn parse_bytes(thread: &Thread, data: &[u8], base: u32, value: Value) -> PyResult<Value> {
    let shown = thread.bytes(data)?;
    let _ = value;
    if data.is_ascii() {
        parse_text(thread, data, base, shown)
    } else {
        parse_text(thread, b"?", base, shown)
    }
}

/// `int(value)`.
fn to_int(thread: &Thread, value: Value) -> PyResult<Value> {
    if value.is_exact_int() {
        return Ok(value);
    }
    if let Some(text) = value.as_str() {
        return parse_text(thread, text.bytes(), 10, value);
    }
    let class = thread.type_of(value);
    if let Some(slot) = class.slots().int.or(class.slots().index) {
        let result = slot(thread, value)?;
        if result.as_int().is_none() {
            let name = type_name(thread, result);
            return Err(thread.type_error(format_args!("__int__ returned non-int (type {name})")));
        }
        return plain(thread, result);
    }
    if let Some(data) = value.bytes_like() {
        return parse_bytes(thread, data, 10, value);
    }
    let name = type_name(thread, value);
    Err(thread.type_error(format_args!(
        "int() argument must be a string, a bytes-like object or a real number, not '{name}'"
    )))
}
