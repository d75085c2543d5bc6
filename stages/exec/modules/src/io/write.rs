//! Writing text and bytes.

use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_object::types::text;
use dx_object::value::Value;

use super::buffer::Newline;
use super::file::{open_state, state_of};
use super::read::unsupported;

/// Writes a str to a file object of ours; nothing when `file` is none, or not one for text.
pub(crate) fn write_text(thread: &Thread, file: Value, text: Value) -> Option<PyResult<()>> {
    let state = state_of(file)?;
    if !state.borrow().text {
        return None;
    }
    Some(write(thread, file, text).map(drop))
}

/// `write(data)`: how many characters or bytes were taken.
pub(super) fn write(thread: &Thread, file: Value, data: Value) -> PyResult<Value> {
    let state = open_state(thread, file)?;
    let (is_text, writable) = {
        let state = state.borrow();
        (state.text, state.writable)
    };
    if !is_text {
        let Some(bytes) = text::contents(thread, data)? else {
            let given = thread.type_of(data).name_str();
            return Err(thread.type_error(format_args!("a bytes-like object is required, not '{given}'")));
        };
        if !writable {
            return Err(unsupported(thread, "write"));
        }
        let written = state.borrow_mut().write(&bytes);
        written.map_err(|error| thread.io_error(&error, None))?;
        return Ok(Value::small(bytes.len() as i64));
    }
    let Some(string) = data.as_str() else {
        let given = thread.type_of(data).name_str();
        return Err(thread.type_error(format_args!("write() argument must be str, not {given}")));
    };
    if !writable {
        return Err(unsupported(thread, "not writable"));
    }
    let count = Value::small(string.len() as i64);
    let (encoding, errors, newline) = {
        let state = state.borrow();
        let plain =
            string.is_ascii() && state.encoding.len() == 5 && state.encoding.eq_ignore_ascii_case("utf-8");
        if plain && !matches!(state.newline, Newline::Return | Newline::ReturnLine) {
            drop(state);
            let written = open_state(thread, file)?.borrow_mut().write(string.bytes());
            written.map_err(|error| thread.io_error(&error, None))?;
            return Ok(count);
        }
        (state.encoding.clone(), state.errors.clone(), state.newline)
    };
    let end: &[u8] = match newline {
        Newline::Return => b"\r",
        Newline::ReturnLine => b"\r\n",
        _ => b"\n",
    };
    let mut out = data;
    if end != b"\n"
        && let Some(changed) =
            dx_text::search::replace(string.bytes(), b"\n", end, dx_text::search::Unit::Byte, usize::MAX)
    {
        out = thread.str_from_wtf8(&changed);
    }
    let Some(out) = out.as_str() else { return Ok(count) };
    let encoded = text::encode(thread, out, &encoding, &errors)?;
    let written = state.borrow_mut().write(encoded.bytes_like().unwrap_or_default());
    written.map_err(|error| thread.io_error(&error, None))?;
    Ok(count)
}
