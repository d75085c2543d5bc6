//! Methods, attributes and slots of `bytes`; `bytearray` shares most of them.
//!
//! The shared methods read their receiver as bytes and answer an object of the receiver's kind.

mod build;
mod construct;
pub(crate) mod encode;
mod percent;
mod search;
mod slots;

use std::borrow::Cow;

use crate::args::Args;
use crate::error::PyResult;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::bytearray::ByteArrayObject;
use crate::types::memoryview::methods::contents;
use crate::types::support::type_name;
use crate::value::Value;

pub(in crate::types) use build::{concat_bytes, repeated};
pub(in crate::types) use construct::{byte_of, bytes_argument, collect};
pub(in crate::types) use encode::hex_arguments;
pub(in crate::types) use percent::format as percent_format;
pub(in crate::types) use search::contains_bytes;
pub(in crate::types) use slots::{compare, getitem};

pub(super) const DOC: Option<&str> = Some(
    "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable \
     copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null \
     bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable yielding \
     integers in range(256)\n  - a text string encoded using the specified encoding\n  - any object implementing the \
     buffer API.\n  - an integer",
);

pub(super) const SLOTS: Slots = slots::SLOTS;

/// The methods of both types, then those given.
macro_rules! shared_methods {
    ($($own:expr),* $(,)?) => {
        &[
            MethodDef::new("find", Arity::Positional(1, 3), search::find),
            MethodDef::new("rfind", Arity::Positional(1, 3), search::rfind),
            MethodDef::new("index", Arity::Positional(1, 3), search::index),
            MethodDef::new("rindex", Arity::Positional(1, 3), search::rindex),
            MethodDef::new("count", Arity::Positional(1, 3), search::count),
            MethodDef::new("startswith", Arity::Positional(1, 3), search::startswith),
            MethodDef::new("endswith", Arity::Positional(1, 3), search::endswith),
            MethodDef::new("split", Arity::Any, search::split),
            MethodDef::new("rsplit", Arity::Any, search::rsplit),
            MethodDef::new("splitlines", Arity::Any, search::splitlines),
            MethodDef::new("partition", Arity::One, search::partition),
            MethodDef::new("rpartition", Arity::One, search::rpartition),
            MethodDef::new("join", Arity::One, build::join),
            MethodDef::new("replace", Arity::Positional(2, 3), build::replace),
            MethodDef::new("strip", Arity::Positional(0, 1), build::strip),
            MethodDef::new("lstrip", Arity::Positional(0, 1), build::lstrip),
            MethodDef::new("rstrip", Arity::Positional(0, 1), build::rstrip),
            MethodDef::new("removeprefix", Arity::One, build::removeprefix),
            MethodDef::new("removesuffix", Arity::One, build::removesuffix),
            MethodDef::new("center", Arity::Positional(1, 2), build::center),
            MethodDef::new("ljust", Arity::Positional(1, 2), build::ljust),
            MethodDef::new("rjust", Arity::Positional(1, 2), build::rjust),
            MethodDef::new("zfill", Arity::One, build::zfill),
            MethodDef::new("expandtabs", Arity::Any, build::expandtabs),
            MethodDef::new("translate", Arity::Any, build::translate),
            MethodDef::new("maketrans", Arity::Positional(2, 2), build::maketrans).static_(),
            MethodDef::new("upper", Arity::None, build::upper),
            MethodDef::new("lower", Arity::None, build::lower),
            MethodDef::new("title", Arity::None, build::title),
            MethodDef::new("capitalize", Arity::None, build::capitalize),
            MethodDef::new("swapcase", Arity::None, build::swapcase),
            MethodDef::new("isalpha", Arity::None, encode::is_alpha),
            MethodDef::new("isalnum", Arity::None, encode::is_alphanumeric),
            MethodDef::new("isdigit", Arity::None, encode::is_digit),
            MethodDef::new("isspace", Arity::None, encode::is_space),
            MethodDef::new("isascii", Arity::None, encode::is_ascii),
            MethodDef::new("islower", Arity::None, encode::is_lower),
            MethodDef::new("isupper", Arity::None, encode::is_upper),
            MethodDef::new("istitle", Arity::None, encode::is_title),
            MethodDef::new("decode", Arity::Any, encode::decode),
            MethodDef::new("hex", Arity::Any, encode::hex),
            MethodDef::new("fromhex", Arity::One, encode::fromhex).class(),
            $($own),*
        ]
    };
}

pub(super) static METHODS: &[MethodDef] = shared_methods![
    MethodDef::new("__bytes__", Arity::None, |thread, args| plain(thread, args.positional()[0])),
    MethodDef::new("__getnewargs__", Arity::None, |thread, args| {
        let data = plain(thread, args.positional()[0])?;
        thread.try_tuple(&[data])
    }),
    MethodDef::new("__sizeof__", Arity::None, |thread, args| {
        let len = receiver(thread, args)?.bytes_like().map_or(0, <[u8]>::len);
        Ok(Value::small(33 + len as i64))
    }),
];

pub(in crate::types) static SHARED: &[MethodDef] = shared_methods![];

pub(super) static GETSET: &[GetSetDef] = &[];

/// A bytes object as exactly a `bytes`.
fn plain(_: &Thread, value: Value) -> PyResult<Value> {
    Ok(value.as_bytes().map_or(value, |bytes| bytes.value()))
}

/// The object that a method was called on; its bytes are read with [`Value::bytes_like`].
#[inline]
fn receiver(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    match args.get(0) {
        Some(value) if value.bytes_like().is_some() => Ok(value),
        _ => Err(thread.type_error("descriptor requires a 'bytes' object")),
    }
}

/// New data of the receiver's kind.
fn make(thread: &Thread, receiver: Value, data: &[u8]) -> PyResult<Value> {
    if receiver.has_kind::<ByteArrayObject>() { thread.bytearray(data) } else { thread.bytes(data) }
}

/// Part of the receiver's data; all of a `bytes` is the object itself.
fn part(thread: &Thread, receiver: Value, range: std::ops::Range<usize>) -> PyResult<Value> {
    let data = receiver.bytes_like().unwrap_or_default();
    if range.len() == data.len()
        && let Some(bytes) = receiver.as_bytes()
    {
        return Ok(bytes.value());
    }
    make(thread, receiver, &data[range])
}

/// An argument that must be bytes-like.
fn bytes_like<'a>(thread: &Thread, value: &'a Value) -> PyResult<Cow<'a, [u8]>> {
    if let Some(data) = value.bytes_like() {
        return Ok(Cow::Borrowed(data));
    }
    match contents(thread, *value)? {
        Some(data) => Ok(Cow::Owned(data)),
        None => {
            let name = type_name(thread, *value);
            Err(thread.type_error(format_args!("a bytes-like object is required, not '{name}'")))
        }
    }
}
