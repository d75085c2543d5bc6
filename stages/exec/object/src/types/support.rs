//! What many builtin methods do with their arguments, with CPython's messages.

pub(crate) mod sequence;

use crate::args::Args;
use crate::error::{PyResult, Raised};
use crate::ids::{self, TypeId};
use crate::instance;
use crate::thread::Thread;
use crate::types::int::methods::text::magnitude_digits;
use crate::types::str::StrObject;
use crate::value::Value;

pub(crate) use crate::ops::int_of;

/// The name of a value's type, as messages give it.
#[cold]
pub(crate) fn type_name(thread: &Thread, value: Value) -> String {
    thread.type_of(value).name_str()
}

/// `operator.index(value)`.
pub(crate) fn index(thread: &Thread, value: Value) -> PyResult<Value> {
    thread.index(value)
}

/// An argument that counts or sizes something. OverflowError when it does not fit a machine word.
#[inline]
pub(crate) fn size(thread: &Thread, value: Value) -> PyResult<isize> {
    thread.index_isize(value, ids::OVERFLOW_ERROR)
}

/// `bool(value)`.
#[inline]
pub(crate) fn truth(thread: &Thread, value: Value) -> PyResult<bool> {
    thread.truth(value)
}

/// A bound of a search: None is the default, anything else an index that is clamped, not checked.
fn bound(thread: &Thread, value: Option<Value>, len: usize, default: usize) -> PyResult<usize> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(default) };
    if value.as_int().is_none() && thread.type_of(value).slots().index.is_none() {
        return Err(thread.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let index = int_of(thread.index(value)?).saturate();
    Ok(if index < 0 { len.saturating_sub(index.unsigned_abs() as usize) } else { index as usize })
}

/// Start and end of a search in `len` items, given as arguments number `at` and the one after it.
///
/// The end is at most `len`; a start beyond the end finds nothing, not even what is empty.
pub(crate) fn bounds(thread: &Thread, args: Args<'_>, at: usize, len: usize) -> PyResult<(usize, usize)> {
    let start = bound(thread, args.get(at), len, 0)?;
    let end = bound(thread, args.get(at + 1), len, len)?.min(len);
    Ok((start, end))
}

/// `container[key]`.
#[inline]
pub(crate) fn get_item(thread: &Thread, container: Value, key: Value) -> PyResult<Value> {
    thread.getitem(container, key)
}

/// `container[key] = value`.
#[inline]
pub(crate) fn set_item(thread: &Thread, container: Value, key: Value, value: Value) -> PyResult<()> {
    thread.setitem(container, key, value)
}

/// `callable(*args)`.
#[inline]
pub(crate) fn call(thread: &Thread, callable: Value, args: &[Value]) -> PyResult<Value> {
    thread.call(callable, args)
}

/// Calls a special method of the value's type; nothing when there is none.
pub(crate) fn call_method(
    thread: &Thread,
    value: Value,
    name: Value,
    args: &[Value],
) -> PyResult<Option<Value>> {
    thread.call_special(value, name, args)
}

/// Whether `iter(value)` would find something to call.
pub(crate) fn is_iterable(thread: &Thread, value: Value) -> bool {
    let class = thread.type_of(value);
    class.slots().iter.is_some() || class.slots().getitem.is_some() && value.as_dict().is_none()
}

/// `ascii(value)`: its `repr` with everything but ASCII escaped.
pub(crate) fn ascii(thread: &Thread, value: Value) -> PyResult<Value> {
    let shown = thread.repr(value)?;
    let text = shown.str_bytes().unwrap_or_default();
    if text.is_ascii() {
        return Ok(shown);
    }
    let mut out = Vec::with_capacity(text.len() * 2);
    dx_text::repr::push_escaped_non_ascii(&mut out, text);
    Ok(thread.str_from_wtf8(&out))
}

/// `format(value, spec)`: a str.
pub(crate) fn format_value(thread: &Thread, value: Value, spec: Value) -> PyResult<Value> {
    let plain = spec.str_bytes().is_some_and(<[u8]>::is_empty);
    if plain && (value.has_kind::<StrObject>() || value.is_exact_int() || value.is_exact_float()) {
        return thread.to_str(value);
    }
    match call_method(thread, value, thread.names().__format__, &[spec])? {
        Some(text) if text.as_str().is_some() => Ok(text),
        Some(other) => {
            let name = type_name(thread, other);
            Err(thread.type_error(format_args!("__format__ must return a str, not {name}")))
        }
        None => thread.to_str(value),
    }
}

/// The digits and the sign of a number for `%d` and `%x`; nothing for what is no number of the wanted kind.
pub(crate) fn int_digits(
    thread: &Thread,
    value: Value,
    radix: u32,
    truncates: bool,
) -> PyResult<Option<(bool, String)>> {
    let number = match value.as_int() {
        Some(number) => number,
        None => {
            let class = thread.type_of(value);
            let slot =
                if truncates { class.slots().int.or(class.slots().index) } else { class.slots().index };
            let Some(slot) = slot else { return Ok(None) };
            match slot(thread, value)?.as_int() {
                Some(number) => number,
                None => return Ok(None),
            }
        }
    };
    Ok(Some((number.is_negative(), magnitude_digits(thread, number, radix)?)))
}

/// A number as a float; nothing for what is none.
pub(crate) fn to_float(thread: &Thread, value: Value) -> PyResult<Option<f64>> {
    crate::types::float::methods::float_of(thread, value)
}

/// The result of a builtin type's `__new__`: the value itself, or an instance of the subclass around it.
pub(crate) fn instance(thread: &Thread, class: Value, builtin: TypeId, value: Value) -> PyResult<Value> {
    let exact = thread.builtin_type(builtin);
    if class == exact.value() {
        return Ok(value);
    }
    match class.as_type() {
        Some(class) => Ok(instance::wrap(thread, class, value)),
        None => Err(thread.type_error("__new__(X): X is not a type object")),
    }
}

/// An empty container of the class, which is the builtin type or a subclass of it.
pub(crate) fn empty_instance(thread: &Thread, class: Value, builtin: TypeId) -> PyResult<Value> {
    match class.as_type() {
        Some(class) => Ok(instance::allocate(thread, class)),
        None => {
            let name = thread.builtin_type(builtin).name_str();
            Err(thread.type_error(format_args!("{name}.__new__(X): X is not a type object")))
        }
    }
}

/// An object of module `builtins`.
pub(crate) fn builtin(thread: &Thread, name: &str) -> PyResult<Value> {
    let found = thread.builtins.get().as_dict().and_then(|builtins| builtins.get_text(thread, name));
    found.ok_or_else(|| thread.attribute_error(format_args!("module 'builtins' has no attribute '{name}'")))
}

/// A bytes-like object, or an iterable of ints, as a bytes object.
pub(crate) fn to_bytes_object(thread: &Thread, value: Value) -> PyResult<Value> {
    if value.as_bytes().is_some() {
        return Ok(value);
    }
    if let Some(data) = crate::types::memoryview::methods::contents(thread, value)? {
        return thread.bytes(&data);
    }
    if let Some(data) = call_method(thread, value, thread.names().__bytes__, &[])? {
        return Ok(data);
    }
    if value.as_str().is_some() || !is_iterable(thread, value) {
        let name = type_name(thread, value);
        return Err(thread.type_error(format_args!("cannot convert '{name}' object to bytes")));
    }
    let data = crate::types::bytes::methods::collect(thread, value, "bytes")?;
    thread.bytes(&data)
}

/// The hash of a key or member; a TypeError says what the value was to be ("a dict key", "a set element").
#[inline]
pub(crate) fn hash_for(thread: &Thread, value: Value, what: &str) -> PyResult<i64> {
    match thread.hash(value) {
        Ok(hash) => Ok(hash),
        Err(raised) => Err(unusable(thread, value, what, raised)),
    }
}

#[cold]
fn unusable(thread: &Thread, value: Value, what: &str, raised: Raised) -> Raised {
    let exception = thread.exception();
    if thread.type_of(exception) != thread.builtin_type(ids::TYPE_ERROR) {
        return raised;
    }
    thread.take_exception();
    match thread.to_text(exception) {
        Ok(reason) => {
            let name = type_name(thread, value);
            thread.type_error(format_args!("cannot use '{name}' as {what} ({reason})"))
        }
        Err(raised) => raised,
    }
}
