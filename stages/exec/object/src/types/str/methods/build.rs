//! `join`, `replace`, `removeprefix`, `strip`: new strings from old ones.

use dx_text::search::{self, Side, Unit};

use super::split::{only_argument, part_or_same, two_arguments};
use super::{same, this};
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::thread::{RootVec, Thread};
use crate::types::str::{build, from_parts, from_wtf8};
use crate::types::support::{is_iterable, size, type_name};
use crate::value::Value;

pub(super) fn join(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let separator = this(thread, args)?;
    let iterable = args.positional()[1];
    // A list or tuple is read in place; anything else is drawn into a vector first.
    if let Some(items) = iterable.downcast::<crate::types::list::ListObject>() {
        return join_items(thread, separator.bytes(), items.items());
    }
    if let Some(items) = iterable.downcast::<crate::types::tuple::TupleObject>() {
        return join_items(thread, separator.bytes(), items.items());
    }
    if !is_iterable(thread, iterable) {
        return Err(thread.type_error("can only join an iterable"));
    }
    let mut items = RootVec::new(thread);
    items.extend_iterable(iterable)?;
    join_items(thread, separator.bytes(), &items)
}

/// Joins items that are known to stay as they are: nothing here runs Python code.
fn join_items(thread: &Thread, separator: &[u8], items: &[Value]) -> PyResult<Value> {
    let (mut bytes, mut chars) = (0usize, 0usize);
    for (index, item) in items.iter().enumerate() {
        let Some(item) = item.as_str() else {
            let name = type_name(thread, *item);
            return Err(
                thread.type_error(format_args!("sequence item {index}: expected str instance, {name} found"))
            );
        };
        bytes = bytes.saturating_add(item.bytes().len());
        chars += item.len();
    }
    let gaps = items.len().saturating_sub(1);
    let Some(bytes) = separator.len().checked_mul(gaps).and_then(|all| all.checked_add(bytes)) else {
        return Err(thread.overflow_error("join() result is too long for a Python string"));
    };
    chars += dx_text::wtf8::count(separator) * gaps;
    match items {
        [] => return Ok(thread.empty_str()),
        [only] if only.downcast::<crate::types::str::StrObject>().is_some() => return Ok(*only),
        _ => {}
    }
    if bytes > SMALL_MAX {
        // What may not fit the machine is made where running out of memory can be noticed.
        let mut joined = Vec::new();
        if joined.try_reserve_exact(bytes).is_err() {
            return Err(thread.memory_error(""));
        }
        joined.resize(bytes, 0);
        write_joined(separator, items, &mut joined);
        return Ok(from_parts(thread, &joined, chars).value());
    }
    let joined = build(thread, bytes, chars, |out| write_joined(separator, items, out))?;
    Ok(joined.value())
}

/// Results up to this size are written straight into their cell.
const SMALL_MAX: usize = 1 << 24;

/// Writes the items, which are strings, with the separator between them; the room is exactly right.
fn write_joined(separator: &[u8], items: &[Value], out: &mut [u8]) {
    let mut at = 0;
    let mut push = |bytes: &[u8]| {
        out[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            push(separator);
        }
        push(item.str_bytes().unwrap_or_default());
    }
}

pub(super) fn replace(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "replace",
        parameters: &["", "", "count"],
        positional_only: 2,
        positional: 3,
        required: 2,
    };
    let string = this(thread, args)?;
    let [old, new, count] = SIGNATURE.bind(thread, args.rest())?;
    let (old, new) = two_arguments(thread, old, new, "replace")?;
    let limit = match count.bound() {
        Some(count) => usize::try_from(size(thread, count)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    match search::replace(string.bytes(), old.bytes(), new.bytes(), Unit::Character, limit) {
        Some(text) => Ok(from_wtf8(thread, &text).value()),
        None => Ok(same(string)),
    }
}

pub(super) fn removeprefix(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    let prefix = only_argument(thread, args.positional()[1], "removeprefix")?;
    let cut = if string.bytes().starts_with(prefix.bytes()) { prefix.bytes().len() } else { 0 };
    Ok(part_or_same(thread, string, cut..string.bytes().len()))
}

pub(super) fn removesuffix(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    let suffix = only_argument(thread, args.positional()[1], "removesuffix")?;
    let cut = if string.bytes().ends_with(suffix.bytes()) { suffix.bytes().len() } else { 0 };
    Ok(part_or_same(thread, string, 0..string.bytes().len() - cut))
}

fn strip_side(thread: &Thread, args: Args<'_>, side: Side, function: &str) -> PyResult<Value> {
    let string = this(thread, args)?;
    let range = match args.get(1).filter(|value| !value.is_none()) {
        None => search::strip_whitespace(string.bytes(), Unit::Character, side),
        Some(set) => match set.as_str() {
            Some(set) => search::strip_set(string.bytes(), set.bytes(), Unit::Character, side),
            None => {
                return Err(thread.type_error(format_args!("{function} arg must be None or str")));
            }
        },
    };
    Ok(part_or_same(thread, string, range))
}

pub(super) fn strip(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    strip_side(thread, args, Side::Both, "strip")
}

pub(super) fn lstrip(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    strip_side(thread, args, Side::Left, "lstrip")
}

pub(super) fn rstrip(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    strip_side(thread, args, Side::Right, "rstrip")
}
