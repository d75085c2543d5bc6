//! Methods, attributes and slots of `bytearray`: those of `bytes`, and what changes it in place.

use super::ByteArrayObject;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::bytes::methods as shared;
use crate::types::iterators;
use crate::types::memoryview::methods::contents;
use crate::types::support::sequence::{self, Subscript};
use crate::types::support::{empty_instance, is_iterable, size, type_name};
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some(
    "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> \
     bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size \
     given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\nConstruct a mutable \
     bytearray object from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the \
     specified encoding\n  - a bytes or a buffer object\n  - any object implementing the buffer API.\n  - an integer",
);

pub(super) const SLOTS: Slots = Slots {
    repr: Some(repr),
    compare: Some(shared::compare),
    iter: Some(|thread, value| Ok(iterators::new(thread, ids::BYTEARRAY_ITERATOR, value, 0, Value::NONE))),
    new: Some(|thread, class, _| empty_instance(thread, class, ids::BYTEARRAY)),
    init: Some(init),
    len: Some(|_, value| Ok(array(value).map_or(0, |array| array.len()))),
    getitem: Some(|thread, value, key| shared::getitem(thread, value, key, &sequence::BYTEARRAY)),
    setitem: Some(setitem),
    contains: Some(shared::contains_bytes),
    concat: Some(shared::concat_bytes),
    repeat: Some(shared::repeated),
    inplace_concat: Some(inplace_concat),
    inplace_repeat: Some(inplace_repeat),
    rem: Some(shared::percent_format),
    ..Slots::EMPTY
};

const OWN: [MethodDef; 12] = [
    MethodDef::new("append", Arity::One, append),
    MethodDef::new("extend", Arity::One, extend),
    MethodDef::new("insert", Arity::Positional(2, 2), insert),
    MethodDef::new("pop", Arity::Positional(0, 1), pop),
    MethodDef::new("remove", Arity::One, remove),
    MethodDef::new("clear", Arity::None, clear),
    MethodDef::new("reverse", Arity::None, reverse),
    MethodDef::new("copy", Arity::None, |thread, args| thread.bytearray(this(thread, args)?.bytes())),
    MethodDef::new("resize", Arity::One, resize),
    MethodDef::new("__alloc__", Arity::None, |thread, args| {
        Ok(Value::small(this(thread, args)?.len() as i64 + 1))
    }),
    MethodDef::new("__sizeof__", Arity::None, |thread, args| {
        Ok(Value::small(this(thread, args)?.len() as i64 + 57))
    }),
    MethodDef::new("__reduce__", Arity::None, reduce),
];

pub(super) static METHODS: &[MethodDef] = &const {
    // The methods shared with `bytes`, then the own ones.
    let mut all =
        [const { MethodDef::new("", Arity::None, |_, _| Ok(Value::NONE)) }; shared::SHARED.len() + OWN.len()];
    let mut at = 0;
    while at < shared::SHARED.len() {
        all[at] = MethodDef { ..shared::SHARED[at] };
        at += 1;
    }
    while at < all.len() {
        let own = &OWN[at - shared::SHARED.len()];
        all[at] = MethodDef { ..*own };
        at += 1;
    }
    all
};

pub(super) static GETSET: &[GetSetDef] = &[];

fn array(value: Value) -> Option<Gc<ByteArrayObject>> {
    value.downcast()
}

fn this(thread: &Thread, args: Args<'_>) -> PyResult<Gc<ByteArrayObject>> {
    args.get(0).and_then(array).ok_or_else(|| thread.type_error("descriptor requires a 'bytearray' object"))
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    let Some(array) = array(value) else { return Ok(()) };
    let data = shared::bytes_argument(thread, args, "bytearray")?;
    array.splice(thread, 0, array.len(), &data)
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let name = type_name(thread, value);
    let mut out = format!("{name}(").into_bytes();
    dx_text::repr::push_bytes(&mut out, value.bytes_like().unwrap_or_default());
    out.push(b')');
    Ok(thread.str_from_wtf8(&out))
}

fn setitem(thread: &Thread, value: Value, key: Value, item: Option<Value>) -> PyResult<()> {
    let Some(array) = array(value) else { return Ok(()) };
    let byte = match item {
        Some(item) if key.as_int().is_some() => Some(shared::byte_of(thread, item, "byte")?),
        _ => None,
    };
    match sequence::subscript(thread, key, array.len(), &sequence::BYTEARRAY)? {
        Subscript::Index(index) => match (byte, item) {
            (Some(byte), _) => {
                array.set(index, byte);
                Ok(())
            }
            (None, Some(item)) => {
                let byte = shared::byte_of(thread, item, "byte")?;
                if index < array.len() {
                    array.set(index, byte);
                }
                Ok(())
            }
            (None, None) => array.splice(thread, index, index + 1, &[]),
        },
        Subscript::Slice(_) => set_slice(thread, array, key, item),
    }
}

fn set_slice(thread: &Thread, array: Gc<ByteArrayObject>, key: Value, item: Option<Value>) -> PyResult<()> {
    let data = match item {
        None => Vec::new(),
        Some(item) => match contents(thread, item)? {
            Some(data) => data,
            None => {
                if item.as_int().is_some() || item.as_str().is_some() || !is_iterable(thread, item) {
                    return Err(thread.type_error(
                        "can assign only bytes, buffers, or iterables of ints in range(0, 256)",
                    ));
                }
                shared::collect(thread, item, "byte")?
            }
        },
    };
    let Subscript::Slice(indices) = sequence::subscript(thread, key, array.len(), &sequence::BYTEARRAY)?
    else {
        return Ok(());
    };
    if indices.step == 1 {
        let start = indices.start as usize;
        return array.splice(thread, start, start + indices.count, &data);
    }
    if item.is_none() {
        array.check_resizable(thread)?;
        let gone: Vec<usize> = sequence::positions(indices).collect();
        let kept: Vec<u8> =
            (0..array.len()).filter(|at| !gone.contains(at)).map(|at| array.bytes()[at]).collect();
        return array.splice(thread, 0, array.len(), &kept);
    }
    if data.len() != indices.count {
        let (given, wanted) = (data.len(), indices.count);
        return Err(thread.value_error(format_args!(
            "attempt to assign bytes of size {given} to extended slice of size {wanted}"
        )));
    }
    sequence::positions(indices).zip(data).for_each(|(at, byte)| array.set(at, byte));
    Ok(())
}

fn append(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let array = this(thread, args)?;
    let byte = shared::byte_of(thread, args.positional()[1], "byte")?;
    array.push(thread, byte)?;
    Ok(Value::NONE)
}

fn extend(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let array = this(thread, args)?;
    let source = args.positional()[1];
    let data = match contents(thread, source)? {
        Some(data) => data,
        None if source.as_str().is_some() => {
            let name = type_name(thread, source);
            return Err(thread.type_error(format_args!("expected iterable of integers; got: '{name}'")));
        }
        None if !is_iterable(thread, source) => {
            let name = type_name(thread, source);
            return Err(thread.type_error(format_args!("can't extend bytearray with {name}")));
        }
        None => shared::collect(thread, source, "byte")?,
    };
    array.extend(thread, &data)?;
    Ok(Value::NONE)
}

fn insert(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let array = this(thread, args)?;
    let index = size(thread, args.positional()[1])?;
    let byte = shared::byte_of(thread, args.positional()[2], "byte")?;
    let len = array.len();
    let at = if index < 0 { len.saturating_sub(index.unsigned_abs()) } else { (index as usize).min(len) };
    array.splice(thread, at, at, &[byte])?;
    Ok(Value::NONE)
}

fn pop(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let array = this(thread, args)?;
    let index = args.get(1).map_or(Ok(-1), |index| size(thread, index))?;
    if array.is_empty() {
        return Err(thread.index_error("pop from empty bytearray"));
    }
    let Some(at) = sequence::position(index, array.len()) else {
        return Err(thread.index_error("pop index out of range"));
    };
    let byte = array.bytes()[at];
    array.splice(thread, at, at + 1, &[])?;
    Ok(Value::small(byte.into()))
}

fn remove(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let array = this(thread, args)?;
    let byte = shared::byte_of(thread, args.positional()[1], "byte")?;
    match memchr::memchr(byte, array.bytes()) {
        Some(at) => {
            array.splice(thread, at, at + 1, &[])?;
            Ok(Value::NONE)
        }
        None => Err(thread.value_error("value not found in bytearray")),
    }
}

fn clear(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let array = this(thread, args)?;
    array.splice(thread, 0, array.len(), &[])?;
    Ok(Value::NONE)
}

fn reverse(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let array = this(thread, args)?;
    let mut data = array.bytes().to_vec();
    data.reverse();
    array.write(0, &data);
    Ok(Value::NONE)
}

fn resize(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let array = this(thread, args)?;
    let wanted = size(thread, args.positional()[1])?;
    let Ok(wanted) = usize::try_from(wanted) else {
        return Err(thread.value_error(format_args!("Can only resize to positive sizes, got {wanted}")));
    };
    let len = array.len();
    if wanted <= len {
        array.splice(thread, wanted, len, &[])?;
    } else {
        let mut more = Vec::new();
        if more.try_reserve_exact(wanted - len).is_err() {
            return Err(thread.memory_error(""));
        }
        more.resize(wanted - len, 0);
        array.extend(thread, &more)?;
    }
    Ok(Value::NONE)
}

fn inplace_concat(thread: &Thread, value: Value, other: Value) -> PyResult<Value> {
    let Some(array) = array(value) else { return Ok(Value::NOT_IMPLEMENTED) };
    match contents(thread, other)? {
        Some(data) => {
            array.extend(thread, &data)?;
            Ok(value)
        }
        None => {
            let (left, right) = (type_name(thread, value), type_name(thread, other));
            Err(thread.type_error(format_args!("can't concat {right} to {left}")))
        }
    }
}

fn inplace_repeat(thread: &Thread, value: Value, times: isize) -> PyResult<Value> {
    let Some(array) = array(value) else { return Ok(Value::NOT_IMPLEMENTED) };
    let repeated = shared::repeated(thread, value, times)?;
    array.splice(thread, 0, array.len(), repeated.bytes_like().unwrap_or_default())?;
    Ok(value)
}

fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let array = this(thread, args)?;
    let text: String = array.bytes().iter().map(|&byte| char::from(byte)).collect();
    let text = thread.str(&text);
    let arguments = thread.try_tuple(&[text, thread.str("latin-1")])?;
    let class = thread.type_of(array.value()).value();
    thread.try_tuple(&[class, arguments, Value::NONE])
}
