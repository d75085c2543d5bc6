//! `template % values` of bytes.

use dx_text::format::{self as kernels, Amount, Directive, PercentPiece, PercentTemplate};

use super::{contents, make};
use crate::error::PyResult;
use crate::ids;
use crate::thread::Thread;
use crate::types::str::methods::format::raise_format;
use crate::types::str::methods::percent::{Values, push_number};
use crate::types::support::{ascii, call_method, index, type_name};
use crate::value::Value;

pub(in crate::types) fn format(thread: &Thread, template: Value, values: Value) -> PyResult<Value> {
    let Some(text) = template.bytes_like() else { return Ok(Value::NOT_IMPLEMENTED) };
    let text = text.to_vec();
    let mut out = Vec::with_capacity(text.len() + 32);
    let mut values = Values::new(values, true);
    for piece in PercentTemplate::new(&text) {
        match piece.map_err(|error| raise_format(thread, error))? {
            PercentPiece::Text(range) => out.extend_from_slice(&text[range]),
            PercentPiece::Conversion(mut directive) => {
                let key = match directive.key.clone() {
                    Some(range) => Some(thread.bytes(&text[range])?),
                    None => None,
                };
                let value = values.resolve(thread, &mut directive, key)?;
                push_value(thread, &mut out, &text, &directive, value)?;
            }
        }
    }
    values.finish(thread)?;
    make(thread, template, &out)
}

fn push_value(
    thread: &Thread,
    out: &mut Vec<u8>,
    template: &[u8],
    directive: &Directive,
    value: Value,
) -> PyResult<()> {
    match u8::try_from(directive.conversion).unwrap_or(0) {
        b's' | b'b' => kernels::percent_bytes(out, &data_of(thread, value)?, directive),
        b'r' | b'a' => {
            let text = ascii(thread, value)?;
            kernels::percent_bytes(out, text.str_bytes().unwrap_or_default(), directive);
        }
        b'c' => {
            let byte = character(thread, value)?;
            kernels::percent_bytes(out, &[byte], &Directive { precision: Amount::None, ..directive.clone() });
        }
        _ if push_number(thread, out, directive, value)? => {}
        _ => return Err(raise_format(thread, directive.unsupported(template))),
    }
    Ok(())
}

/// `%b`: a bytes-like object, or what `__bytes__` answers.
fn data_of(thread: &Thread, value: Value) -> PyResult<Vec<u8>> {
    if let Some(data) = contents(thread, value)? {
        return Ok(data);
    }
    if value.as_str().is_none()
        && let Some(data) = call_method(thread, value, thread.names().__bytes__, &[])?
        && let Some(data) = data.as_bytes()
    {
        return Ok(data.bytes().to_vec());
    }
    let name = type_name(thread, value);
    Err(thread.type_error(format_args!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{name}'"
    )))
}

fn character(thread: &Thread, value: Value) -> PyResult<u8> {
    match value.bytes_like() {
        Some(&[byte]) => return Ok(byte),
        Some(data) => {
            let (name, length) = (type_name(thread, value), data.len());
            return Err(thread.type_error(format_args!(
                "%c requires an integer in range(256) or a single byte, not a {name} object of length {length}"
            )));
        }
        None => {}
    }
    let number = index(thread, value);
    match thread.catching(ids::TYPE_ERROR, number)? {
        Some(number) => number
            .as_small()
            .and_then(|number| u8::try_from(number).ok())
            .ok_or_else(|| thread.overflow_error("%c arg not in range(256)")),
        None => {
            let name = type_name(thread, value);
            Err(thread.type_error(format_args!(
                "%c requires an integer in range(256) or a single byte, not {name}"
            )))
        }
    }
}
