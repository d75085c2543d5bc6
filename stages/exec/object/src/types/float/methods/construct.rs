//! `float(x)`.

use crate::args::Args;
use crate::error::PyResult;
use crate::ids;
use crate::thread::Thread;
use crate::types::support::{call, instance, type_name};
use crate::value::Value;

pub(super) fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let exact = class == thread.builtin_type(ids::FLOAT).value();
    let values =
        if exact || !args.has_keywords() { args.expect(thread, "float", 0, 1)? } else { args.positional() };
    let value = match values.first() {
        None => 0.0,
        Some(&value) => match value.as_str() {
            Some(text) => parse(thread, text.bytes(), value)?,
            None => from_value(thread, value)?,
        },
    };
    let value = thread.float(value);
    if exact { Ok(value) } else { instance(thread, class, ids::FLOAT, value) }
}

fn parse(thread: &Thread, text: &[u8], shown: Value) -> PyResult<f64> {
    match dx_text::float::parse(text) {
        Some(value) => Ok(value),
        None => {
            let shown = thread.repr(shown)?;
            let shown = String::from_utf8_lossy(shown.str_bytes().unwrap_or_default()).into_owned();
            Err(thread.value_error(format_args!("could not convert string to float: {shown}")))
        }
    }
}

fn from_value(thread: &Thread, value: Value) -> PyResult<f64> {
    if let Some(float) = float_of(thread, value)? {
        return Ok(float);
    }
    if let Some(data) = value.bytes_like() {
        let shown = value;
        return if data.is_ascii() { parse(thread, data, shown) } else { parse(thread, b"?", shown) };
    }
    let name = type_name(thread, value);
    Err(thread.type_error(format_args!("float() argument must be a string or a real number, not '{name}'")))
}

/// The number as a float: `__float__`, then `__index__`; nothing for what is no number.
pub fn float_of(thread: &Thread, value: Value) -> PyResult<Option<f64>> {
    if value.is_exact_float() {
        return Ok(value.as_float());
    }
    let class = thread.type_of(value);
    if let Some(slot) = class.slots().float {
        let result = slot(thread, value)?;
        return match result.as_float() {
            Some(float) => Ok(Some(float)),
            None => {
                let (class, result) = (type_name(thread, value), type_name(thread, result));
                Err(thread.type_error(format_args!("{class}.__float__() must return a float, not {result}")))
            }
        };
    }
    match class.slots().index {
        None => Ok(None),
        Some(_) => {
            let integer = crate::types::support::index(thread, value)?;
            super::operand(thread, integer)
        }
    }
}

pub(super) fn from_number(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (class, number) = (args.positional()[0], args.positional()[1]);
    let Some(float) = float_of(thread, number)? else {
        let name = type_name(thread, number);
        return Err(thread.type_error(format_args!("must be real number, not {name}")));
    };
    let value = thread.float(float);
    if class == thread.builtin_type(ids::FLOAT).value() { Ok(value) } else { call(thread, class, &[value]) }
}
