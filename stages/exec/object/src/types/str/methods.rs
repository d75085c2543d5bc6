//! Methods, attributes and slots of `str`.
//!
//! The work is done by the kernels of `dx-text` on the WTF-8 bytes; the files below turn arguments into their
//! input and results into objects, with CPython's messages.

mod build;
mod case;
pub(crate) mod encode;
pub(crate) mod format;
mod pad;
pub(crate) mod percent;
mod search;
mod slots;
mod split;
mod translate;

use super::StrObject;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::support::type_name;
use crate::value::Value;

pub use slots::repr_text;

pub(super) const DOC: Option<&str> = Some(
    "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nCreate a new string object from \
     the given object.",
);

pub(super) const SLOTS: Slots = slots::SLOTS;

const fn method(name: &'static str, least: u16, most: u16, function: crate::spec::NativeFn) -> MethodDef {
    MethodDef::new(name, Arity::Positional(least, most), function)
}

const fn any(name: &'static str, function: crate::spec::NativeFn) -> MethodDef {
    MethodDef::new(name, Arity::Any, function)
}

const fn none(name: &'static str, function: crate::spec::NativeFn) -> MethodDef {
    MethodDef::new(name, Arity::None, function)
}

const fn one(name: &'static str, function: crate::spec::NativeFn) -> MethodDef {
    MethodDef::new(name, Arity::One, function)
}

pub(super) static METHODS: &[MethodDef] = &[
    none("upper", case::upper),
    none("lower", case::lower),
    none("title", case::title),
    none("capitalize", case::capitalize),
    none("swapcase", case::swapcase),
    none("casefold", case::casefold),
    none("isalpha", case::is_alpha),
    none("isalnum", case::is_alphanumeric),
    none("isdecimal", case::is_decimal),
    none("isdigit", case::is_digit),
    none("isnumeric", case::is_numeric),
    none("isspace", case::is_space),
    none("isprintable", case::is_printable),
    none("isidentifier", case::is_identifier),
    none("islower", case::is_lower),
    none("isupper", case::is_upper),
    none("istitle", case::is_title),
    none("isascii", case::is_ascii),
    method("find", 1, 3, search::find),
    method("rfind", 1, 3, search::rfind),
    method("index", 1, 3, search::index),
    method("rindex", 1, 3, search::rindex),
    method("count", 1, 3, search::count),
    method("startswith", 1, 3, search::startswith),
    method("endswith", 1, 3, search::endswith),
    any("split", split::split),
    any("rsplit", split::rsplit),
    any("splitlines", split::splitlines),
    one("partition", split::partition),
    one("rpartition", split::rpartition),
    one("join", build::join),
    any("replace", build::replace),
    one("removeprefix", build::removeprefix),
    one("removesuffix", build::removesuffix),
    method("strip", 0, 1, build::strip),
    method("lstrip", 0, 1, build::lstrip),
    method("rstrip", 0, 1, build::rstrip),
    method("center", 1, 2, pad::center),
    method("ljust", 1, 2, pad::ljust),
    method("rjust", 1, 2, pad::rjust),
    one("zfill", pad::zfill),
    any("expandtabs", pad::expandtabs),
    any("encode", encode::encode),
    any("format", format::format),
    one("format_map", format::format_map),
    one("__format__", format::dunder_format),
    one("translate", translate::translate),
    method("maketrans", 1, 3, translate::maketrans).static_(),
    none("__getnewargs__", getnewargs),
    none("__sizeof__", sizeof),
];

pub(super) static GETSET: &[GetSetDef] = &[];

/// The string that a method was called on.
#[inline]
fn this(thread: &Thread, args: Args<'_>) -> PyResult<Gc<StrObject>> {
    match args.get(0).and_then(Value::as_str) {
        Some(string) => Ok(string),
        None => Err(thread.type_error("descriptor requires a 'str' object")),
    }
}

/// An argument that has to be a str: "find() argument 1 must be str, not int".
fn str_argument(thread: &Thread, value: Value, function: &str, position: usize) -> PyResult<Gc<StrObject>> {
    value.as_str().ok_or_else(|| {
        let name = type_name(thread, value);
        thread.type_error(format_args!("{function}() argument {position} must be str, not {name}"))
    })
}

/// The string itself where it is exactly a `str`, else a copy: methods never answer an instance of a subclass.
fn same(string: Gc<StrObject>) -> Value {
    // `as_str` looks through instances of subclasses, so this is the plain string already.
    string.value()
}

fn getnewargs(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    thread.try_tuple(&[string.value()])
}

fn sizeof(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    // CPython's sizes: 40 bytes before ASCII text, 56 before other, a terminator behind it.
    let widest = super::code_points(string.bytes()).max().unwrap_or(0);
    let size = match widest {
        0..0x80 => 41 + string.len(),
        0x80..0x100 => 57 + string.len(),
        0x100..0x1_0000 => 58 + 2 * string.len(),
        _ => 60 + 4 * string.len(),
    };
    Ok(Value::small(size as i64))
}
