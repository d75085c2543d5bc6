//! `find`, `index`, `count`, `startswith` and their mirrors.

use dx_text::search;

use super::{str_argument, this};
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::thread::Thread;
use crate::types::str::StrObject;
use crate::types::support::{bounds, type_name};
use crate::value::Value;

/// What a search looks for, and where: character bounds, and the same as byte offsets.
struct Search {
    string: Gc<StrObject>,
    needle: Gc<StrObject>,
    /// `None` when the start is behind the end: nothing can be found, not even the empty string.
    bytes: Option<(usize, usize)>,
    chars: (usize, usize),
}

fn search(thread: &Thread, args: Args<'_>, function: &str) -> PyResult<Search> {
    let string = this(thread, args)?;
    let needle = str_argument(thread, args.positional()[1], function, 1)?;
    let chars = bounds(thread, args, 2, string.len())?;
    let bytes = byte_bounds(thread, string, chars);
    Ok(Search { string, needle, bytes, chars })
}

fn byte_bounds(
    thread: &Thread,
    string: Gc<StrObject>,
    (start, end): (usize, usize),
) -> Option<(usize, usize)> {
    (start <= end && start <= string.len())
        .then(|| (string.offset_of(thread, start), string.offset_of(thread, end)))
}

impl Search {
    /// The character index of what `kernel` finds.
    fn run(&self, kernel: fn(&[u8], &[u8]) -> Option<usize>) -> Option<usize> {
        let (start, end) = self.bytes?;
        let found = kernel(&self.string.bytes()[start..end], self.needle.bytes())?;
        Some(self.string.index_of_offset(start + found))
    }
}

fn position(found: Option<usize>) -> Value {
    Value::small(found.map_or(-1, |index| index as i64))
}

pub(super) fn find(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(position(search(thread, args, "find")?.run(search::find)))
}

pub(super) fn rfind(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(position(search(thread, args, "rfind")?.run(search::rfind)))
}

pub(super) fn index(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    match search(thread, args, "index")?.run(search::find) {
        None => Err(thread.value_error("substring not found")),
        found => Ok(position(found)),
    }
}

pub(super) fn rindex(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    match search(thread, args, "rindex")?.run(search::rfind) {
        None => Err(thread.value_error("substring not found")),
        found => Ok(position(found)),
    }
}

pub(super) fn count(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let search = search(thread, args, "count")?;
    let Some((start, end)) = search.bytes else { return Ok(Value::ZERO) };
    let count = if search.needle.is_empty() {
        search.chars.1 - search.chars.0 + 1
    } else {
        search::count(&search.string.bytes()[start..end], search.needle.bytes())
    };
    Ok(Value::small(count as i64))
}

/// Whether a part of a text, given by `fits`, is one of the alternatives.
fn has_affix(
    thread: &Thread,
    args: Args<'_>,
    function: &str,
    fits: fn(&[u8], &[u8]) -> bool,
) -> PyResult<Value> {
    let string = this(thread, args)?;
    let affix = args.positional()[1];
    let chars = bounds(thread, args, 2, string.len())?;
    let Some((start, end)) = byte_bounds(thread, string, chars) else {
        return Ok(Value::FALSE);
    };
    let part = &string.bytes()[start..end];
    if let Some(affix) = affix.as_str() {
        return Ok(Value::bool(fits(part, affix.bytes())));
    }
    let Some(alternatives) = affix.as_tuple() else {
        let name = type_name(thread, affix);
        return Err(
            thread.type_error(format_args!("{function} first arg must be str or a tuple of str, not {name}"))
        );
    };
    for &alternative in alternatives.items() {
        let Some(alternative) = alternative.as_str() else {
            let name = type_name(thread, alternative);
            return Err(
                thread.type_error(format_args!("tuple for {function} must only contain str, not {name}"))
            );
        };
        if fits(part, alternative.bytes()) {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

pub(super) fn startswith(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    has_affix(thread, args, "startswith", |part, affix| part.starts_with(affix))
}

pub(super) fn endswith(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    has_affix(thread, args, "endswith", |part, affix| part.ends_with(affix))
}
