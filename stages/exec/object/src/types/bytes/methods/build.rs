//! New bytes from old ones: joining, replacing, padding, case, translation.

use dx_text::bytes as kernels;
use dx_text::search::{self, Side, Unit};

use super::{bytes_like, contents, make, part, receiver};
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::thread::{RootVec, Thread};
use crate::types::support::{is_iterable, size, type_name};
use crate::value::Value;

pub(in crate::types) fn concat_bytes(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let data = left.bytes_like().unwrap_or_default();
    match contents(thread, right)? {
        Some(more) => make(thread, left, &[data, &more].concat()),
        None => {
            let (left, right) = (type_name(thread, left), type_name(thread, right));
            Err(thread.type_error(format_args!("can't concat {right} to {left}")))
        }
    }
}

pub(in crate::types) fn repeated(thread: &Thread, value: Value, times: isize) -> PyResult<Value> {
    let data = value.bytes_like().unwrap_or_default();
    let times = usize::try_from(times).unwrap_or(0);
    let mut out = Vec::new();
    let total = data.len().checked_mul(times).filter(|&total| total <= isize::MAX as usize);
    if total.is_none_or(|total| out.try_reserve_exact(total).is_err()) {
        return Err(thread.memory_error(""));
    }
    match data {
        &[byte] => out.resize(times, byte),
        [] => {}
        data => (0..times).for_each(|_| out.extend_from_slice(data)),
    }
    make(thread, value, &out)
}

pub(super) fn join(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = receiver(thread, args)?;
    let iterable = args.positional()[1];
    if !is_iterable(thread, iterable) {
        return Err(thread.type_error("can only join an iterable"));
    }
    let mut items = RootVec::new(thread);
    items.extend_iterable(iterable)?;
    let mut joined = Vec::new();
    for (index, &item) in items.iter().enumerate() {
        let Some(data) = contents(thread, item)? else {
            let name = type_name(thread, item);
            return Err(thread.type_error(format_args!(
                "sequence item {index}: expected a bytes-like object, {name} found"
            )));
        };
        if index > 0 {
            joined.extend_from_slice(value.bytes_like().unwrap_or_default());
        }
        joined.extend_from_slice(&data);
    }
    make(thread, value, &joined)
}

pub(super) fn replace(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = receiver(thread, args)?;
    let (old, new) = (bytes_like(thread, &args.positional()[1])?, bytes_like(thread, &args.positional()[2])?);
    let limit = args.get(3).map_or(Ok(-1), |count| size(thread, count))?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let data = value.bytes_like().unwrap_or_default();
    match search::replace(data, &old, &new, Unit::Byte, limit) {
        Some(data) => make(thread, value, &data),
        None => part(thread, value, 0..data.len()),
    }
}

fn strip_side(thread: &Thread, args: Args<'_>, side: Side) -> PyResult<Value> {
    let value = receiver(thread, args)?;
    let set = args.get(1).filter(|set| !set.is_none());
    let data = value.bytes_like().unwrap_or_default();
    let range = match set {
        None => search::strip_whitespace(data, Unit::Byte, side),
        Some(set) => search::strip_set(data, &bytes_like(thread, &set)?, Unit::Byte, side),
    };
    part(thread, value, range)
}

pub(super) fn strip(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    strip_side(thread, args, Side::Both)
}

pub(super) fn lstrip(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    strip_side(thread, args, Side::Left)
}

pub(super) fn rstrip(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    strip_side(thread, args, Side::Right)
}

pub(super) fn removeprefix(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = receiver(thread, args)?;
    let prefix = bytes_like(thread, &args.positional()[1])?;
    let data = value.bytes_like().unwrap_or_default();
    let cut = if data.starts_with(&prefix) { prefix.len() } else { 0 };
    part(thread, value, cut..data.len())
}

pub(super) fn removesuffix(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = receiver(thread, args)?;
    let suffix = bytes_like(thread, &args.positional()[1])?;
    let data = value.bytes_like().unwrap_or_default();
    let cut = if data.ends_with(&suffix) { suffix.len() } else { 0 };
    part(thread, value, 0..data.len() - cut)
}

/// Pads to a width; `left_of` says how many of the missing bytes go to the left.
fn pad(
    thread: &Thread,
    args: Args<'_>,
    function: &str,
    left_of: fn(missing: usize, width: usize) -> usize,
) -> PyResult<Value> {
    let value = receiver(thread, args)?;
    let width = usize::try_from(size(thread, args.positional()[1])?).unwrap_or(0);
    let fill = match args.get(2) {
        None => b' ',
        Some(fill) => match fill.bytes_like() {
            Some(&[byte]) => byte,
            Some(data) => {
                let (name, length) = (type_name(thread, fill), data.len());
                return Err(thread.type_error(format_args!(
                    "{function}(): argument 2 must be a byte string of length 1, not a {name} object of length \
                     {length}"
                )));
            }
            None => {
                let name = type_name(thread, fill);
                return Err(thread.type_error(format_args!(
                    "{function}() argument 2 must be a byte string of length 1, not {name}"
                )));
            }
        },
    };
    let data = value.bytes_like().unwrap_or_default();
    let missing = width.saturating_sub(data.len());
    if missing == 0 {
        return part(thread, value, 0..data.len());
    }
    let mut out = Vec::new();
    if out.try_reserve_exact(width).is_err() {
        return Err(thread.memory_error(""));
    }
    let left = left_of(missing, width);
    out.resize(left, fill);
    out.extend_from_slice(data);
    out.resize(width, fill);
    make(thread, value, &out)
}

pub(super) fn center(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    pad(thread, args, "center", |missing, width| missing / 2 + (missing & width & 1))
}

pub(super) fn ljust(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    pad(thread, args, "ljust", |_, _| 0)
}

pub(super) fn rjust(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    pad(thread, args, "rjust", |missing, _| missing)
}

pub(super) fn zfill(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = receiver(thread, args)?;
    let width = usize::try_from(size(thread, args.positional()[1])?).unwrap_or(0);
    let data = value.bytes_like().unwrap_or_default();
    let missing = width.saturating_sub(data.len());
    let sign = usize::from(matches!(data.first(), Some(b'+' | b'-')));
    let mut out = Vec::new();
    if out.try_reserve_exact(missing.saturating_add(data.len())).is_err() {
        return Err(thread.memory_error(""));
    }
    out.extend_from_slice(&data[..sign]);
    out.resize(sign + missing, b'0');
    out.extend_from_slice(&data[sign..]);
    make(thread, value, &out)
}

pub(super) fn expandtabs(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "expandtabs",
        parameters: &["tabsize"],
        positional_only: 0,
        positional: 1,
        required: 0,
    };
    let value = receiver(thread, args)?;
    let [tab_size] = SIGNATURE.bind(thread, args.rest())?;
    let tab_size = tab_size.bound().map_or(Ok(8), |value| size(thread, value))?;
    let tab_size = usize::try_from(tab_size).unwrap_or(0);
    let data = value.bytes_like().unwrap_or_default();
    if memchr::memchr_iter(b'\t', data).count().saturating_mul(tab_size) > isize::MAX as usize / 2 {
        return Err(thread.overflow_error("result too long"));
    }
    make(thread, value, &kernels::expand_tabs(data, tab_size, Unit::Byte))
}

pub(super) fn translate(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "translate",
        parameters: &["", "delete"],
        positional_only: 1,
        positional: 2,
        required: 1,
    };
    let value = receiver(thread, args)?;
    let [table, delete] = SIGNATURE.bind(thread, args.rest())?;
    let table = if table.is_none() { None } else { Some(bytes_like(thread, &table)?.into_owned()) };
    if table.as_ref().is_some_and(|table| table.len() != 256) {
        return Err(thread.value_error("translation table must be 256 characters long"));
    }
    let delete = match delete.bound() {
        Some(delete) => bytes_like(thread, &delete)?.into_owned(),
        None => Vec::new(),
    };
    let data = value.bytes_like().unwrap_or_default();
    let kept = data.iter().filter(|byte| !delete.contains(byte));
    let out: Vec<u8> =
        kept.map(|&byte| table.as_ref().map_or(byte, |table| table[usize::from(byte)])).collect();
    make(thread, value, &out)
}

pub(super) fn maketrans(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [from, to] = args.positional() else { return Ok(Value::NONE) };
    let (from, to) = (bytes_like(thread, from)?, bytes_like(thread, to)?);
    if from.len() != to.len() {
        return Err(thread.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    from.iter().zip(to.iter()).for_each(|(&from, &to)| table[usize::from(from)] = to);
    thread.bytes(&table)
}

macro_rules! conversions {
    ($($name:ident = $kernel:expr;)*) => {
        $(pub(super) fn $name(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
            let value = receiver(thread, args)?;
            make(thread, value, &($kernel)(value.bytes_like().unwrap_or_default()))
        })*
    };
}

conversions! {
    upper = <[u8]>::to_ascii_uppercase;
    lower = <[u8]>::to_ascii_lowercase;
    title = kernels::title;
    capitalize = kernels::capitalize;
    swapcase = kernels::swapcase;
}
