//! Slots of `str`: construction, text, comparison, items, `+`, `*`, `in`, `%`.

use std::cmp::Ordering;

use dx_text::{search, wtf8};

use super::encode::{decode_bytes, names_of};
use super::{percent, same};
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::ids;
use crate::slots::{CompareOp, Slots};
use crate::thread::Thread;
use crate::types::iterators;
use crate::types::str::{StrObject, concat as join, from_parts};
use crate::types::support::sequence::{self, Subscript};
use crate::types::support::{instance, type_name};
use crate::value::Value;

pub(super) const SLOTS: Slots = Slots {
    repr: Some(repr),
    str: Some(|_, value| Ok(value.as_str().map_or(value, same))),
    hash: Some(|thread, value| Ok(value.as_str().map_or(0, |text| text.hash(thread)))),
    compare: Some(compare),
    iter: Some(iter),
    new: Some(new),
    len: Some(|_, value| Ok(value.as_str().map_or(0, |text| text.len()))),
    getitem: Some(getitem),
    contains: Some(contains),
    concat: Some(concat),
    repeat: Some(repeat),
    rem: Some(rem),
    ..Slots::EMPTY
};

/// The quoted and escaped form of a text, for messages.
pub fn repr_text(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    dx_text::repr::push_str(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(text) = value.as_str() else { return Ok(Value::NOT_IMPLEMENTED) };
    let mut out = Vec::with_capacity(text.bytes().len() + 2);
    dx_text::repr::push_str(&mut out, text.bytes());
    Ok(thread.str_from_wtf8(&out))
}

fn compare(_: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let (Some(a), Some(b)) = (left.as_str(), right.as_str()) else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(Value::bool(match op {
        CompareOp::Eq => a.equals(&b),
        CompareOp::Ne => !a.equals(&b),
        _ if a == b => op.of(Ordering::Equal),
        // The order of the bytes is the order of the code points.
        _ => op.of(a.bytes().cmp(b.bytes())),
    }))
}

fn iter(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(text) = value.as_str() else { return Ok(Value::NOT_IMPLEMENTED) };
    let class = if text.is_ascii() { ids::STR_ASCII_ITERATOR } else { ids::STR_ITERATOR };
    Ok(iterators::new(thread, class, text.value(), 0, Value::ZERO))
}

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "str",
        parameters: &["object", "encoding", "errors"],
        positional_only: 0,
        positional: 3,
        required: 0,
    };
    let text = match args.positional() {
        [] if !args.has_keywords() => thread.empty_str(),
        [value] if !args.has_keywords() => thread.to_str(*value)?,
        values if values.len() > 3 => {
            let given = values.len();
            return Err(thread.type_error(format_args!("str expected at most 3 arguments, got {given}")));
        }
        _ => {
            let [object, encoding, errors] = SIGNATURE.bind(thread, args)?;
            match (object.bound(), encoding.is_unbound() && errors.is_unbound()) {
                (None, _) => thread.empty_str(),
                (Some(object), true) => thread.to_str(object)?,
                (Some(object), false) => decode(thread, object, encoding, errors)?,
            }
        }
    };
    // `__str__` may answer an instance of a subclass; `str(x)` passes it on as it is.
    if class == thread.builtin_type(ids::STR).value() {
        return Ok(text);
    }
    let text = text.as_str().map_or(text, same);
    instance(thread, class, ids::STR, text)
}

fn decode(thread: &Thread, object: Value, encoding: Value, errors: Value) -> PyResult<Value> {
    let [encoding, errors] =
        names_of(thread, "str", [(encoding, "encoding", "utf-8"), (errors, "errors", "strict")])?;
    if object.as_str().is_some() {
        return Err(thread.type_error("decoding str is not supported"));
    }
    match crate::types::memoryview::methods::contents(thread, object)? {
        Some(data) => decode_bytes(thread, &data, &encoding, &errors),
        None => {
            let name = type_name(thread, object);
            Err(thread.type_error(format_args!("decoding to str: need a bytes-like object, {name} found")))
        }
    }
}

fn getitem(thread: &Thread, value: Value, key: Value) -> PyResult<Value> {
    let Some(text) = value.as_str() else { return Ok(Value::NOT_IMPLEMENTED) };
    match sequence::subscript(thread, key, text.len(), &sequence::STR)? {
        Subscript::Index(index) => Ok(text.char_at(thread, index)),
        Subscript::Slice(indices) if indices.step == 1 => {
            if indices.count == text.len() {
                return Ok(same(text));
            }
            let start = indices.start as usize;
            Ok(text.substring(thread, start, start + indices.count))
        }
        Subscript::Slice(indices) => {
            let bytes = text.bytes();
            if text.is_ascii() {
                let picked: Vec<u8> = sequence::positions(indices).map(|at| bytes[at]).collect();
                return Ok(from_parts(thread, &picked, picked.len()).value());
            }
            let points: Vec<u32> = wtf8::code_points(bytes).map(|(_, point)| point).collect();
            let mut picked = Vec::with_capacity(indices.count * 2);
            sequence::positions(indices).for_each(|at| wtf8::push(&mut picked, points[at]));
            Ok(from_parts(thread, &picked, indices.count).value())
        }
    }
}

fn contains(thread: &Thread, value: Value, needle: Value) -> PyResult<bool> {
    let Some(text) = value.as_str() else { return Ok(false) };
    match needle.as_str() {
        Some(needle) => Ok(search::find(text.bytes(), needle.bytes()).is_some()),
        None => {
            let name = type_name(thread, needle);
            Err(thread.type_error(format_args!("'in <string>' requires string as left operand, not {name}")))
        }
    }
}

fn concat(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let Some(a) = left.as_str() else { return Ok(Value::NOT_IMPLEMENTED) };
    match right.as_str() {
        Some(b) => join(thread, a, b),
        None => {
            let name = type_name(thread, right);
            Err(thread.type_error(format_args!("can only concatenate str (not \"{name}\") to str")))
        }
    }
}

fn repeat(thread: &Thread, value: Value, times: isize) -> PyResult<Value> {
    let Some(text) = value.as_str() else { return Ok(Value::NOT_IMPLEMENTED) };
    let times = usize::try_from(times).unwrap_or(0);
    if times == 1 || text.is_empty() {
        return Ok(same(text));
    }
    let mut out = Vec::new();
    let total = text.bytes().len().checked_mul(times).filter(|&total| total <= isize::MAX as usize);
    if total.is_none_or(|total| out.try_reserve_exact(total).is_err()) {
        return Err(thread.memory_error(""));
    }
    match text.bytes() {
        &[byte] => out.resize(times, byte),
        bytes => (0..times).for_each(|_| out.extend_from_slice(bytes)),
    }
    Ok(from_parts(thread, &out, text.len() * times).value())
}

fn rem(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    match left.downcast::<StrObject>().or_else(|| left.as_str()) {
        Some(template) => percent::format(thread, template, right),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}
