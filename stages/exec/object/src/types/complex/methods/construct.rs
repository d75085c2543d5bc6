//! `complex(real, imag)` and `complex("1+2j")`.

use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::ids;
use crate::thread::Thread;
use crate::types::float::methods::float_of;
use crate::types::support::{call, call_method, instance, type_name};
use crate::value::Value;

static SIGNATURE: Signature = Signature {
    function: "complex",
    parameters: &["real", "imag"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

pub(super) fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let [real, imag] = SIGNATURE.bind(thread, args)?;
    let pair = match (real.bound(), imag.bound()) {
        (None, None) => (0.0, 0.0),
        (Some(real), None) => match real.as_str() {
            Some(text) => parse(text.bytes())
                .ok_or_else(|| thread.value_error("complex() arg is a malformed string"))?,
            None => part(thread, real, "complex() argument must be a string or a number, not ")?,
        },
        (real, Some(imag)) => {
            let real = real.unwrap_or(Value::ZERO);
            if real.as_str().is_some() {
                return Err(thread.type_error("complex() argument 'real' must be a real number, not str"));
            }
            let (a, b) = part(thread, real, "complex() argument 'real' must be a real number, not ")?;
            let (c, d) = part(thread, imag, "complex() argument 'imag' must be a real number, not ")?;
            // A real number has no imaginary part that could change the sign of a zero.
            (a - d, if b == 0.0 && real.as_complex().is_none() { c } else { b + c })
        }
    };
    let value = thread.complex(pair.0, pair.1);
    instance(thread, class, ids::COMPLEX, value)
}

/// A number as a complex one; `message` is what the error says before the type's name.
fn part(thread: &Thread, value: Value, message: &str) -> PyResult<(f64, f64)> {
    if let Some(pair) = value.as_complex() {
        return Ok(pair);
    }
    let name = thread.names().__complex__;
    if let Some(result) = call_method(thread, value, name, &[])? {
        return match result.as_complex() {
            Some(pair) => Ok(pair),
            None => {
                let (class, result) = (type_name(thread, value), type_name(thread, result));
                Err(thread
                    .type_error(format_args!("{class}.__complex__() must return a complex, not {result}")))
            }
        };
    }
    match float_of(thread, value)? {
        Some(real) => Ok((real, 0.0)),
        None => {
            let name = type_name(thread, value);
            Err(thread.type_error(format_args!("{message}{name}")))
        }
    }
}

pub(super) fn from_number(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (class, number) = (args.positional()[0], args.positional()[1]);
    if number.as_str().is_some() {
        return Err(thread.type_error("must be real number, not str"));
    }
    let (real, imag) = part(thread, number, "must be real number, not ")?;
    let value = thread.complex(real, imag);
    if class == thread.builtin_type(ids::COMPLEX).value() { Ok(value) } else { call(thread, class, &[value]) }
}

/// Reads `1`, `2j`, `1+2j`, `(1-j)`, with white space around and within the parentheses.
fn parse(text: &[u8]) -> Option<(f64, f64)> {
    let mut text = text.trim_ascii();
    if let [b'(', inner @ .., b')'] = text {
        text = inner.trim_ascii();
    }
    let Some(body) = text.strip_suffix(b"j").or_else(|| text.strip_suffix(b"J")) else {
        return Some((dx_text::float::parse(unspaced(text)?)?, 0.0));
    };
    // The sign of the imaginary part is the last one that begins no exponent.
    let split = (1..body.len())
        .rev()
        .find(|&at| matches!(body[at], b'+' | b'-') && !matches!(body[at - 1], b'e' | b'E' | b'+' | b'-'));
    let (real, imag) = body.split_at(split.unwrap_or(0));
    let real = if real.is_empty() { 0.0 } else { dx_text::float::parse(unspaced(real)?)? };
    let imag = match imag {
        b"" | b"+" => 1.0,
        b"-" => -1.0,
        digits => dx_text::float::parse(unspaced(digits)?)?,
    };
    Some((real, imag))
}

/// Parts of a complex number have no white space of their own.
fn unspaced(text: &[u8]) -> Option<&[u8]> {
    (!text.iter().any(u8::is_ascii_whitespace)).then_some(text)
}
