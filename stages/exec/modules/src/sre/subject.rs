//! The subject of an operation: a str or a bytes-like object, with what the engine reads.

use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_object::types::str::code_points;
use dx_object::value::Value;

use super::engine::{Found, Query, find};
use super::program::Program;
use crate::convert::type_name;

/// The characters: bytes, or code points where they take more.
enum Units {
    Bytes(Vec<u8>),
    Wide(Vec<u32>),
}

pub(super) struct Text {
    units: Units,
    /// The Python object that pieces are cut from.
    pub(super) value: Value,
    is_str: bool,
}

impl Text {
    /// Checks the kind: `wants_str` is what the pattern was, nothing for a pattern of neither.
    pub(super) fn new(thread: &Thread, value: Value, wants_str: Option<bool>) -> PyResult<Text> {
        let (units, is_str) = match value.as_str() {
            Some(text) if text.is_ascii() => (Units::Bytes(text.bytes().to_vec()), true),
            Some(text) => (Units::Wide(code_points(text.bytes()).collect()), true),
            None => match dx_object::types::text::contents(thread, value)? {
                Some(bytes) => (Units::Bytes(bytes), false),
                None => {
                    let given = type_name(thread, value);
                    return Err(thread
                        .type_error(format_args!("expected string or bytes-like object, got '{given}'")));
                }
            },
        };
        match wants_str {
            Some(true) if !is_str => {
                Err(thread.type_error("cannot use a string pattern on a bytes-like object"))
            }
            Some(false) if is_str => {
                Err(thread.type_error("cannot use a bytes pattern on a string-like object"))
            }
            _ => Ok(Text { units, value, is_str }),
        }
    }

    pub(super) fn len(&self) -> usize {
        match &self.units {
            Units::Bytes(bytes) => bytes.len(),
            Units::Wide(points) => points.len(),
        }
    }

    pub(super) fn find(&self, program: &Program, query: Query) -> Option<Found> {
        match &self.units {
            Units::Bytes(bytes) => find(program, bytes.as_slice(), query),
            Units::Wide(points) => find(program, points.as_slice(), query),
        }
    }

    /// A piece as a new str or bytes.
    pub(super) fn slice(&self, thread: &Thread, from: usize, to: usize) -> PyResult<Value> {
        slice(thread, self.value, from, to)
    }

    /// The pieces put together.
    pub(super) fn join(&self, thread: &Thread, pieces: &[Value]) -> PyResult<Value> {
        join(thread, self.is_str, pieces)
    }
}

/// A piece of a str or a bytes-like object; the object itself when it is all of an exact one.
pub(super) fn slice(thread: &Thread, value: Value, from: usize, to: usize) -> PyResult<Value> {
    if let Some(text) = value.as_str() {
        return Ok(text.substring(thread, from, to));
    }
    let data = dx_object::types::text::contents(thread, value)?.unwrap_or_default();
    thread.bytes(data.get(from..to.min(data.len())).unwrap_or_default())
}

pub(super) fn join(thread: &Thread, is_str: bool, pieces: &[Value]) -> PyResult<Value> {
    let mut out = Vec::new();
    for &piece in pieces {
        match (is_str, piece.as_str()) {
            (true, Some(text)) => out.extend_from_slice(text.bytes()),
            (false, None) => match dx_object::types::text::contents(thread, piece)? {
                Some(data) => out.extend(data),
                None => return Err(wrong_piece(thread, false, piece)),
            },
            _ => return Err(wrong_piece(thread, is_str, piece)),
        }
    }
    if is_str { Ok(thread.str_from_wtf8(&out)) } else { thread.bytes(&out) }
}

#[cold]
fn wrong_piece(thread: &Thread, is_str: bool, piece: Value) -> dx_object::error::Raised {
    let given = type_name(thread, piece);
    let wanted = if is_str { "expected str instance" } else { "expected a bytes-like object" };
    thread.type_error(format_args!("sequence item 0: {wanted}, {given} found"))
}
