//! Values as text, for builtin functions in other crates: what `ascii`, `format`, `hex` and codecs share with
//! the methods of the types.

use crate::error::PyResult;
use crate::gc::Gc;
use crate::thread::Thread;
use crate::types::int::Int;
use crate::types::str::StrObject;
use crate::types::{int, memoryview, str, support};
use crate::value::Value;

/// `ascii(value)`.
pub fn ascii(thread: &Thread, value: Value) -> PyResult<Value> {
    support::ascii(thread, value)
}

/// `format(value, spec)`; the spec is a str.
pub fn format(thread: &Thread, value: Value, spec: Value) -> PyResult<Value> {
    support::format_value(thread, value, spec)
}

/// The digits of an int's magnitude in a radix from 2 to 36, lower case.
pub fn magnitude_digits(thread: &Thread, value: Int, radix: u32) -> PyResult<String> {
    int::methods::text::magnitude_digits(thread, value, radix)
}

/// `text.encode(encoding, errors)`: a bytes object.
pub fn encode(thread: &Thread, text: Gc<StrObject>, encoding: &str, errors: &str) -> PyResult<Value> {
    str::methods::encode::encode_text(thread, text, encoding, errors)
}

/// `data.decode(encoding, errors)`: a str.
pub fn decode(thread: &Thread, data: &[u8], encoding: &str, errors: &str) -> PyResult<Value> {
    str::methods::encode::decode_bytes(thread, data, encoding, errors)
}

/// The content of any bytes-like object; nothing for others.
pub fn contents(thread: &Thread, value: Value) -> PyResult<Option<Vec<u8>>> {
    memoryview::methods::contents(thread, value)
}
