//! Floats as text: `repr`, `__format__`, `hex`, `fromhex`.

use dx_text::float::{self as kernels, HexError};
use dx_text::format::{self, Defaults};

use super::this;
use crate::args::Args;
use crate::error::PyResult;
use crate::ids;
use crate::thread::Thread;
use crate::types::str::methods::format::{parse_spec, raise_format, spec_argument};
use crate::types::support::call;
use crate::value::Value;

pub(super) fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let mut text = String::with_capacity(24);
    kernels::push_repr(&mut text, value.as_float().unwrap_or(0.0));
    Ok(thread.str(&text))
}

pub(super) fn format(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = this(thread, args)?;
    let spec = spec_argument(thread, args)?;
    let spec = spec.str_bytes().unwrap_or_default();
    if spec.is_empty() {
        return thread.to_str(args.positional()[0]);
    }
    let spec = parse_spec(thread, spec, Defaults::FLOAT)?;
    let mut out = Vec::with_capacity(24);
    format::format_float(&mut out, value, &spec).map_err(|error| raise_format(thread, error))?;
    Ok(thread.str_from_wtf8(&out))
}

pub(super) fn hex(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let mut text = String::with_capacity(24);
    kernels::push_hex(&mut text, this(thread, args)?);
    Ok(thread.str(&text))
}

pub(super) fn fromhex(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let class = args.positional()[0];
    let Some(text) = args.positional()[1].as_str() else {
        return Err(thread.type_error("bad argument type for built-in operation"));
    };
    let value = match kernels::from_hex(text.bytes()) {
        Ok(value) => thread.float(value),
        Err(HexError::Invalid) => {
            return Err(thread.value_error("invalid hexadecimal floating-point string"));
        }
        Err(HexError::Overflow) => {
            return Err(thread.overflow_error("hexadecimal value too large to represent as a float"));
        }
    };
    if class == thread.builtin_type(ids::FLOAT).value() { Ok(value) } else { call(thread, class, &[value]) }
}

pub(super) fn getformat(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    match args.positional()[1].str_bytes() {
        Some(b"double" | b"float") => Ok(thread.str("IEEE, little-endian")),
        _ => Err(thread.value_error("__getformat__() argument 1 must be 'double' or 'float'")),
    }
}
