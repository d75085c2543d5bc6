//! `split`, `rsplit`, `splitlines`, `partition`.

use std::ops::Range;

use dx_text::search::{self, Unit};

use super::{same, str_argument, this};
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::gc::Gc;
use crate::thread::Thread;
use crate::types::list;
use crate::types::str::{StrObject, from_parts, from_wtf8};
use crate::types::support::{size, truth, type_name};
use crate::value::Value;

/// A part of a string as a new string; parts of ASCII strings need no counting.
fn part(thread: &Thread, string: Gc<StrObject>, range: Range<usize>) -> Value {
    if string.is_ascii() {
        let chars = range.len();
        from_parts(thread, &string.bytes()[range], chars).value()
    } else {
        from_wtf8(thread, &string.bytes()[range]).value()
    }
}

fn collect(
    thread: &Thread,
    string: Gc<StrObject>,
    ranges: impl Iterator<Item = Range<usize>>,
) -> PyResult<Gc<list::ListObject>> {
    let parts = list::new(thread);
    for range in ranges {
        parts.push(thread, part(thread, string, range))?;
    }
    Ok(parts)
}

/// The separator (none for white space) and the number of cuts.
fn arguments(
    thread: &Thread,
    args: Args<'_>,
    signature: &'static Signature,
) -> PyResult<(Option<Gc<StrObject>>, usize)> {
    let [separator, limit] = signature.bind(thread, args.rest())?;
    let limit = match limit.bound() {
        Some(limit) => usize::try_from(size(thread, limit)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let separator = match separator.bound().filter(|value| !value.is_none()) {
        None => None,
        Some(value) => match value.as_str() {
            Some(separator) if separator.is_empty() => return Err(thread.value_error("empty separator")),
            Some(separator) => Some(separator),
            None => {
                let name = type_name(thread, value);
                return Err(thread.type_error(format_args!("must be str or None, not {name}")));
            }
        },
    };
    Ok((separator, limit))
}

pub(super) fn split(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "split",
        parameters: &["sep", "maxsplit"],
        positional_only: 0,
        positional: 2,
        required: 0,
    };
    let string = this(thread, args)?;
    let (separator, limit) = arguments(thread, args, &SIGNATURE)?;
    let parts = match separator.as_ref().map(|separator| separator.bytes()) {
        Some(&[byte]) => collect(thread, string, search::split_byte(string.bytes(), byte, limit))?,
        Some(separator) => collect(thread, string, search::split(string.bytes(), separator, limit))?,
        None => collect(thread, string, search::split_whitespace(string.bytes(), Unit::Character, limit))?,
    };
    Ok(parts.value())
}

pub(super) fn rsplit(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "rsplit",
        parameters: &["sep", "maxsplit"],
        positional_only: 0,
        positional: 2,
        required: 0,
    };
    let string = this(thread, args)?;
    let (separator, limit) = arguments(thread, args, &SIGNATURE)?;
    let parts = match separator {
        Some(separator) => {
            collect(thread, string, search::right_split(string.bytes(), separator.bytes(), limit))?
        }
        None => {
            collect(thread, string, search::right_split_whitespace(string.bytes(), Unit::Character, limit))?
        }
    };
    parts.reverse();
    Ok(parts.value())
}

pub(super) fn splitlines(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "splitlines",
        parameters: &["keepends"],
        positional_only: 0,
        positional: 1,
        required: 0,
    };
    let string = this(thread, args)?;
    let [keep_ends] = SIGNATURE.bind(thread, args.rest())?;
    let keep_ends = keep_ends.bound().map_or(Ok(false), |value| truth(thread, value))?;
    Ok(collect(thread, string, search::lines(string.bytes(), Unit::Character, keep_ends))?.value())
}

fn separator(thread: &Thread, value: Value) -> PyResult<Gc<StrObject>> {
    let Some(separator) = value.as_str() else {
        let name = type_name(thread, value);
        return Err(thread.type_error(format_args!("must be str, not {name}")));
    };
    if separator.is_empty() {
        return Err(thread.value_error("empty separator"));
    }
    Ok(separator)
}

pub(super) fn partition(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    let separator = separator(thread, args.positional()[1])?;
    let empty = thread.empty_str();
    let items = match search::find(string.bytes(), separator.bytes()) {
        None => [same(string), empty, empty],
        Some(at) => {
            let after = at + separator.bytes().len();
            let tail = part(thread, string, after..string.bytes().len());
            [part(thread, string, 0..at), same(separator), tail]
        }
    };
    thread.try_tuple(&items)
}

pub(super) fn rpartition(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    let separator = separator(thread, args.positional()[1])?;
    let empty = thread.empty_str();
    let items = match search::rfind(string.bytes(), separator.bytes()) {
        None => [empty, empty, same(string)],
        Some(at) => {
            let after = at + separator.bytes().len();
            let tail = part(thread, string, after..string.bytes().len());
            [part(thread, string, 0..at), same(separator), tail]
        }
    };
    thread.try_tuple(&items)
}

/// Of use to `removeprefix` and `strip`: the part of a string, or the string itself when it is all of it.
pub(super) fn part_or_same(thread: &Thread, string: Gc<StrObject>, range: Range<usize>) -> Value {
    if range.len() == string.bytes().len() { same(string) } else { part(thread, string, range) }
}

/// See [`str_argument`], for the methods that take one str.
pub(super) fn only_argument(thread: &Thread, value: Value, function: &str) -> PyResult<Gc<StrObject>> {
    value.as_str().ok_or_else(|| {
        let name = type_name(thread, value);
        thread.type_error(format_args!("{function}() argument must be str, not {name}"))
    })
}

/// Both texts of `replace`.
pub(super) fn two_arguments(
    thread: &Thread,
    old: Value,
    new: Value,
    function: &str,
) -> PyResult<(Gc<StrObject>, Gc<StrObject>)> {
    Ok((str_argument(thread, old, function, 1)?, str_argument(thread, new, function, 2)?))
}
