//! Reading: all, some, a line; text is decoded from what the state has read ahead.

use std::cell::RefCell;
use std::rc::Rc;

use dx_object::error::{PyResult, Raised};
use dx_object::thread::Thread;
use dx_object::types::text;
use dx_object::value::Value;
use dx_text::wtf8;

use super::buffer::{FileState, Newline};
use super::file::{UNSUPPORTED, open_state};

/// Raises `io.UnsupportedOperation`.
#[cold]
pub(super) fn unsupported(thread: &Thread, message: &str) -> Raised {
    let class = thread.spec_type(&UNSUPPORTED, thread);
    let error = dx_object::types::exception::make(thread, class, &[thread.str(message)]);
    thread.raise(error)
}

/// The state of a file that can be read.
pub(super) fn readable(thread: &Thread, value: Value) -> PyResult<Rc<RefCell<FileState>>> {
    let state = open_state(thread, value)?;
    if !state.borrow().readable {
        let what = if state.borrow().text { "not readable" } else { "read" };
        return Err(unsupported(thread, what));
    }
    prepare(thread, &state)?;
    Ok(state)
}

/// Encodings in which a line end is more than a byte are decoded at once; what follows works on UTF-8.
fn prepare(thread: &Thread, state: &RefCell<FileState>) -> PyResult<()> {
    let wide = {
        let state = state.borrow();
        let name = state.encoding.to_ascii_lowercase();
        state.text && (name.contains("16") || name.contains("32") || name.ends_with("sig"))
    };
    if !wide {
        return Ok(());
    }
    let (data, encoding, errors) = {
        let mut state = state.borrow_mut();
        // Line ends are looked at behind the decoding.
        let newline = std::mem::replace(&mut state.newline, Newline::Any);
        let data = state.read_all();
        state.newline = newline;
        (data.map_err(|error| thread.io_error(&error, None))?, state.encoding.clone(), state.errors.clone())
    };
    if data.is_empty() {
        return Ok(());
    }
    let decoded = text::decode(thread, &data, &encoding, &errors)?;
    let mut decoded = decoded.str_bytes().unwrap_or_default().to_vec();
    let mut state = state.borrow_mut();
    if state.newline == Newline::Universal {
        decoded = dx_text::search::replace(&decoded, b"\r\n", b"\n", dx_text::search::Unit::Byte, usize::MAX)
            .unwrap_or(decoded);
        decoded.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
    }
    state.encoding = "utf-8".to_owned();
    state.errors = "surrogatepass".to_owned();
    state.replace_ready(decoded);
    Ok(())
}

fn fill(thread: &Thread, state: &RefCell<FileState>) -> PyResult<bool> {
    // The borrow ends before the error is made.
    let filled = state.borrow_mut().fill();
    filled.map_err(|error| thread.io_error(&error, None))
}

/// Bytes as the file gives them: text or bytes.
fn finish(thread: &Thread, state: &RefCell<FileState>, data: &[u8]) -> PyResult<Value> {
    let (is_text, encoding, errors) = {
        let state = state.borrow();
        (state.text, state.encoding.clone(), state.errors.clone())
    };
    if is_text { text::decode(thread, data, &encoding, &errors) } else { thread.bytes(data) }
}

/// `read(size)`: everything when there is no size.
pub(super) fn read(thread: &Thread, value: Value, size: Option<usize>) -> PyResult<Value> {
    let state = readable(thread, value)?;
    let Some(size) = size else {
        let data = state.borrow_mut().read_all();
        let data = data.map_err(|error| thread.io_error(&error, None))?;
        return finish(thread, &state, &data);
    };
    loop {
        let enough = {
            let state = state.borrow();
            span(&state, size).is_some()
        };
        if enough || !fill(thread, &state)? {
            break;
        }
    }
    let count = {
        let state = state.borrow();
        span(&state, size).unwrap_or(state.ready().len())
    };
    let data = state.borrow_mut().take(count);
    finish(thread, &state, &data)
}

/// How many of the bytes that are ready make `size` characters (or bytes), if there are so many.
fn span(state: &FileState, size: usize) -> Option<usize> {
    let ready = state.ready();
    if !state.text || !state.encoding.to_ascii_lowercase().starts_with("utf") {
        return (ready.len() >= size).then_some(size);
    }
    let mut at = 0;
    for _ in 0..size {
        at += wtf8::width(*ready.get(at)?);
    }
    (at <= ready.len()).then_some(at)
}

/// The length of the first line that is ready, with its end; nothing when its end is not ready.
fn line_length(state: &FileState, from: usize) -> Option<usize> {
    let ready = state.ready();
    let rest = &ready[from.min(ready.len())..];
    if !state.text {
        return memchr::memchr(b'\n', rest).map(|at| from + at + 1);
    }
    match state.newline {
        Newline::Universal | Newline::Line => memchr::memchr(b'\n', rest).map(|at| from + at + 1),
        Newline::Return => memchr::memchr(b'\r', rest).map(|at| from + at + 1),
        Newline::ReturnLine => memchr::memmem::find(ready, b"\r\n").map(|at| at + 2),
        Newline::Any => {
            let at = memchr::memchr2(b'\n', b'\r', ready)?;
            match (ready[at], ready.get(at + 1)) {
                (b'\r', Some(b'\n')) => Some(at + 2),
                (b'\r', None) => None,
                _ => Some(at + 1),
            }
        }
    }
}

/// One line with its end; empty at the end of the file.
pub(super) fn readline(thread: &Thread, value: Value, size: Option<usize>) -> PyResult<Value> {
    let state = readable(thread, value)?;
    line(thread, &state, size)
}

/// As [`readline`], for a state that was looked at already.
pub(super) fn line(thread: &Thread, state: &RefCell<FileState>, size: Option<usize>) -> PyResult<Value> {
    let mut seen = 0;
    let mut length = loop {
        let found = {
            let state = state.borrow();
            let found = line_length(&state, seen);
            seen = state.ready().len().saturating_sub(1);
            found
        };
        match found {
            Some(length) => break length,
            None if !fill(thread, state)? => break state.borrow().ready().len(),
            None => {}
        }
    };
    if let Some(size) = size {
        length = length.min(span(&state.borrow(), size).unwrap_or(length));
    }
    if let Some(line) = plain(thread, &mut state.borrow_mut(), length) {
        return Ok(line);
    }
    let data = state.borrow_mut().take(length);
    finish(thread, state, &data)
}

/// The text of the first bytes that are ready, when they are valid UTF-8 in a file of that encoding.
fn plain(thread: &Thread, state: &mut FileState, length: usize) -> Option<Value> {
    let bytes = state.ready().get(..length)?;
    if !state.text || !state.is_utf8() || !bytes.is_ascii() && std::str::from_utf8(bytes).is_err() {
        return None;
    }
    let line = thread.str_from_wtf8(bytes);
    state.skip(length);
    Some(line)
}
