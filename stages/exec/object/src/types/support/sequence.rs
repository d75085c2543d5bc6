//! Subscripts of sequences: an index or a slice, checked against a length, with each type's own messages.

use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::slice::{Indices, SliceObject};
use crate::types::support::type_name;
use crate::value::Value;

/// How a type words its errors.
pub(crate) struct Wording {
    /// Before "must be integers …": "list indices".
    pub(crate) indices: &'static str,
    /// The whole message of the IndexError.
    pub(crate) out_of_range: &'static str,
    /// `str` quotes the name of the wrong type and says nothing about slices.
    pub(crate) text: bool,
}

pub(crate) const LIST: Wording =
    Wording { indices: "list indices", out_of_range: "list index out of range", text: false };
pub(crate) const LIST_STORE: Wording =
    Wording { indices: "list indices", out_of_range: "list assignment index out of range", text: false };
pub(crate) const TUPLE: Wording =
    Wording { indices: "tuple indices", out_of_range: "tuple index out of range", text: false };
pub(crate) const STR: Wording =
    Wording { indices: "string indices", out_of_range: "string index out of range", text: true };
pub(crate) const BYTES: Wording =
    Wording { indices: "byte indices", out_of_range: "index out of range", text: false };
pub(crate) const BYTEARRAY: Wording =
    Wording { indices: "bytearray indices", out_of_range: "bytearray index out of range", text: false };

/// A checked subscript.
pub(crate) enum Subscript {
    Index(usize),
    Slice(Indices),
}

/// The place of a possibly negative index.
#[inline]
pub(crate) fn position(index: isize, len: usize) -> Option<usize> {
    let at = if index < 0 { len.checked_sub(index.unsigned_abs())? } else { index as usize };
    (at < len).then_some(at)
}

/// The positions that a slice picks, in its order.
pub(crate) fn positions(indices: Indices) -> impl ExactSizeIterator<Item = usize> {
    (0..indices.count).map(move |turn| (indices.start + turn as isize * indices.step) as usize)
}

/// What `key` picks from `len` items.
#[inline]
pub(crate) fn subscript(thread: &Thread, key: Value, len: usize, wording: &Wording) -> PyResult<Subscript> {
    let index = match key.as_small() {
        Some(index) => index as isize,
        None => {
            if let Some(slice) = key.downcast::<SliceObject>() {
                return Ok(Subscript::Slice(slice.indices(thread, len)?));
            }
            other_index(thread, key, wording)?
        }
    };
    match position(index, len) {
        Some(at) => Ok(Subscript::Index(at)),
        None => Err(thread.index_error(wording.out_of_range)),
    }
}

#[cold]
fn other_index(thread: &Thread, key: Value, wording: &Wording) -> PyResult<isize> {
    if key.as_int().is_none() && thread.type_of(key).slots().index.is_none() {
        let (indices, name) = (wording.indices, type_name(thread, key));
        return Err(if wording.text {
            thread.type_error(format_args!("{indices} must be integers, not '{name}'"))
        } else {
            thread.type_error(format_args!("{indices} must be integers or slices, not {name}"))
        });
    }
    let index = thread.index(key)?;
    match index.as_int().and_then(|int| int.to_i64()) {
        Some(index) => Ok(index as isize),
        None => {
            let name = type_name(thread, key);
            Err(thread.index_error(format_args!("cannot fit '{name}' into an index-sized integer")))
        }
    }
}
