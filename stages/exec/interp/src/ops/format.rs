//! f-strings and t-strings.

use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::thread::Thread;
use dx_object::types::str::StrObject;
use dx_object::value::Value;

use super::exactly;

/// `str`, `repr` or `ascii` of a value by a conversion's letter; 0 is none.
pub fn convert(thread: &Thread, value: Value, conversion: usize) -> PyResult<Value> {
    match conversion as u8 {
        b's' => thread.to_str(value),
        b'r' => thread.repr(value),
        b'a' => ascii(thread, value),
        _ => Ok(value),
    }
}

/// `repr` with everything beyond ASCII escaped.
fn ascii(thread: &Thread, value: Value) -> PyResult<Value> {
    let repr = thread.repr(value)?;
    let mut out = String::new();
    for code in dx_object::types::str::code_points(repr.str_bytes().unwrap_or_default()) {
        match code {
            0..0x80 => out.push(char::from(code as u8)),
            0x80..0x100 => out.push_str(&format!("\\x{code:02x}")),
            0x100..0x1_0000 => out.push_str(&format!("\\u{code:04x}")),
            _ => out.push_str(&format!("\\U{code:08x}")),
        }
    }
    Ok(thread.str(&out))
}

/// `format(value, spec)` after a conversion.
pub fn format(thread: &Thread, value: Value, conversion: usize, spec: Option<Value>) -> PyResult<Value> {
    let value = if conversion == 0 { value } else { convert(thread, value, conversion)? };
    if spec.is_none() {
        if exactly::<StrObject>(value, ids::STR).is_some() {
            return Ok(value);
        }
        if value.is_small() || value.is_none() {
            return thread.to_str(value);
        }
    }
    let spec = spec.unwrap_or_else(|| thread.str(""));
    match thread.call_special(value, thread.names().__format__, &[spec])? {
        Some(text) if text.as_str().is_some() => Ok(text),
        Some(other) => {
            let kind = thread.type_of(other).name_str();
            Err(thread.type_error(format_args!("__format__ must return a str, not {kind}")))
        }
        None => Err(thread.type_error("unsupported format string passed to object.__format__")),
    }
}

/// `Interpolation(value, text, conversion, spec)`.
pub fn interpolation(thread: &Thread, parts: &[Value], conversion: usize) -> PyResult<Value> {
    let conversion = match conversion as u8 {
        0 => Value::NONE,
        letter => thread.str(char::from(letter).encode_utf8(&mut [0; 4])),
    };
    let spec = if parts[2].is_unbound() { thread.str("") } else { parts[2] };
    crate::template::interpolation(thread, parts[0], parts[1], conversion, spec)
}

/// `Template` of its strings and interpolations.
pub fn template(thread: &Thread, parts: &[Value]) -> PyResult<Value> {
    crate::template::template(thread, parts[0], parts[1])
}
