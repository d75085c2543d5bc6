//! Searching and cutting of bytes.

use std::borrow::Cow;
use std::ops::Range;

use dx_text::search::{self, Unit};

use super::{byte_of, bytes_like, contents, make, part, receiver};
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::list;
use crate::types::support::{bounds, size, truth, type_name};
use crate::value::Value;

/// What is looked for: bytes, or one byte given as an int.
fn needle<'a>(thread: &Thread, value: &'a Value, message: &str) -> PyResult<Cow<'a, [u8]>> {
    if let Some(data) = value.bytes_like() {
        return Ok(Cow::Borrowed(data));
    }
    if value.as_int().is_some() || thread.type_of(*value).slots().index.is_some() {
        return Ok(Cow::Owned(vec![byte_of(thread, *value, "byte")?]));
    }
    match contents(thread, *value)? {
        Some(data) => Ok(Cow::Owned(data)),
        None => {
            let name = type_name(thread, *value);
            Err(thread.type_error(format_args!("{message}, not '{name}'")))
        }
    }
}

const NEEDLE: &str = "argument should be integer or bytes-like object";

/// The offset of what `kernel` finds within the bounds given.
fn run(
    thread: &Thread,
    args: Args<'_>,
    kernel: fn(&[u8], &[u8]) -> Option<usize>,
) -> PyResult<Option<usize>> {
    let value = receiver(thread, args)?;
    let (start, end) = bounds(thread, args, 2, value.bytes_like().map_or(0, <[u8]>::len))?;
    let wanted = needle(thread, &args.positional()[1], NEEDLE)?;
    let data = value.bytes_like().unwrap_or_default();
    let found = data.get(start..end).and_then(|part| kernel(part, &wanted));
    Ok(found.map(|at| start + at))
}

fn position(found: Option<usize>) -> Value {
    Value::small(found.map_or(-1, |at| at as i64))
}

pub(super) fn find(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(position(run(thread, args, search::find)?))
}

pub(super) fn rfind(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(position(run(thread, args, search::rfind)?))
}

pub(super) fn index(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    match run(thread, args, search::find)? {
        None => Err(thread.value_error("subsection not found")),
        found => Ok(position(found)),
    }
}

pub(super) fn rindex(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    match run(thread, args, search::rfind)? {
        None => Err(thread.value_error("subsection not found")),
        found => Ok(position(found)),
    }
}

pub(super) fn count(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = receiver(thread, args)?;
    let (start, end) = bounds(thread, args, 2, value.bytes_like().map_or(0, <[u8]>::len))?;
    let wanted = needle(thread, &args.positional()[1], NEEDLE)?;
    let data = value.bytes_like().unwrap_or_default();
    let count = data.get(start..end).map_or(0, |part| search::count(part, &wanted));
    Ok(Value::small(count as i64))
}

pub(in crate::types) fn contains_bytes(thread: &Thread, value: Value, wanted: Value) -> PyResult<bool> {
    let wanted = needle(thread, &wanted, "a bytes-like object is required")?.into_owned();
    Ok(search::find(value.bytes_like().unwrap_or_default(), &wanted).is_some())
}

fn has_affix(
    thread: &Thread,
    args: Args<'_>,
    function: &str,
    fits: fn(&[u8], &[u8]) -> bool,
) -> PyResult<Value> {
    let value = receiver(thread, args)?;
    let affix = args.positional()[1];
    let data = value.bytes_like().unwrap_or_default();
    let (start, end) = bounds(thread, args, 2, data.len())?;
    let data = data.get(start..end);
    let check = |affix: &[u8]| data.is_some_and(|data| fits(data, affix));
    if let Some(alternatives) = affix.tuple_items() {
        for alternative in alternatives {
            if check(&bytes_like(thread, alternative)?) {
                return Ok(Value::TRUE);
            }
        }
        return Ok(Value::FALSE);
    }
    match contents(thread, affix)? {
        Some(affix) => Ok(Value::bool(check(&affix))),
        None => {
            let name = type_name(thread, affix);
            Err(thread.type_error(format_args!(
                "{function} first arg must be bytes or a tuple of bytes, not {name}"
            )))
        }
    }
}

pub(super) fn startswith(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    has_affix(thread, args, "startswith", |data, affix| data.starts_with(affix))
}

pub(super) fn endswith(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    has_affix(thread, args, "endswith", |data, affix| data.ends_with(affix))
}

/// A list of parts, in reverse order when they were found from the right.
fn collect(
    thread: &Thread,
    value: Value,
    ranges: impl Iterator<Item = Range<usize>>,
    reversed: bool,
) -> PyResult<Value> {
    let data = value.bytes_like().unwrap_or_default();
    let parts = list::new(thread);
    for range in ranges {
        parts.push(thread, make(thread, value, &data[range])?)?;
    }
    if reversed {
        parts.reverse();
    }
    Ok(parts.value())
}

/// The separator (none for white space) and the number of cuts.
fn split_arguments(
    thread: &Thread,
    args: Args<'_>,
    signature: &'static Signature,
) -> PyResult<(Option<Vec<u8>>, usize)> {
    let [separator, limit] = signature.bind(thread, args.rest())?;
    let limit = limit.bound().map_or(Ok(-1), |limit| size(thread, limit))?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let separator = match separator.bound().filter(|value| !value.is_none()) {
        None => None,
        Some(separator) => Some(bytes_like(thread, &separator)?.into_owned()),
    };
    if separator.as_ref().is_some_and(Vec::is_empty) {
        return Err(thread.value_error("empty separator"));
    }
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
    let value = receiver(thread, args)?;
    let (separator, limit) = split_arguments(thread, args, &SIGNATURE)?;
    let data = value.bytes_like().unwrap_or_default();
    match separator {
        Some(separator) => collect(thread, value, search::split(data, &separator, limit), false),
        None => collect(thread, value, search::split_whitespace(data, Unit::Byte, limit), false),
    }
}

pub(super) fn rsplit(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "rsplit",
        parameters: &["sep", "maxsplit"],
        positional_only: 0,
        positional: 2,
        required: 0,
    };
    let value = receiver(thread, args)?;
    let (separator, limit) = split_arguments(thread, args, &SIGNATURE)?;
    let data = value.bytes_like().unwrap_or_default();
    match separator {
        Some(separator) => collect(thread, value, search::right_split(data, &separator, limit), true),
        None => collect(thread, value, search::right_split_whitespace(data, Unit::Byte, limit), true),
    }
}

pub(super) fn splitlines(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "splitlines",
        parameters: &["keepends"],
        positional_only: 0,
        positional: 1,
        required: 0,
    };
    let value = receiver(thread, args)?;
    let [keep_ends] = SIGNATURE.bind(thread, args.rest())?;
    let keep_ends = keep_ends.bound().map_or(Ok(false), |value| truth(thread, value))?;
    let data = value.bytes_like().unwrap_or_default();
    collect(thread, value, search::lines(data, Unit::Byte, keep_ends), false)
}

/// The three parts around the separator that `kernel` finds; `absent` is where all goes without one.
fn cut(
    thread: &Thread,
    args: Args<'_>,
    kernel: fn(&[u8], &[u8]) -> Option<usize>,
    absent: usize,
) -> PyResult<Value> {
    let value = receiver(thread, args)?;
    let separator = bytes_like(thread, &args.positional()[1])?;
    if separator.is_empty() {
        return Err(thread.value_error("empty separator"));
    }
    let data = value.bytes_like().unwrap_or_default();
    let len = data.len();
    let ranges = match kernel(data, &separator) {
        Some(at) => [0..at, at..at + separator.len(), at + separator.len()..len],
        None if absent == 0 => [0..len, 0..0, 0..0],
        None => [0..0, 0..0, 0..len],
    };
    let mut parts = [Value::NONE; 3];
    for (slot, range) in parts.iter_mut().zip(ranges) {
        *slot = part(thread, value, range)?;
    }
    thread.try_tuple(&parts)
}

pub(super) fn partition(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    cut(thread, args, search::find, 0)
}

pub(super) fn rpartition(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    cut(thread, args, search::rfind, 2)
}
