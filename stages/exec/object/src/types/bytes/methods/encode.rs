//! Bytes as text, as hexadecimal digits, and the questions about their letters.

use dx_text::bytes::{self as kernels, HexError};

use super::receiver;
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::ids;
use crate::thread::Thread;
use crate::types::memoryview::methods::contents;
use crate::types::str::methods::encode::{decode_bytes, names_of};
use crate::types::support::{call, size, type_name};
use crate::value::Value;

macro_rules! questions {
    ($($name:ident = $kernel:expr;)*) => {
        $(pub(super) fn $name(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
            let value = receiver(thread, args)?;
            let kernel: fn(&[u8]) -> bool = $kernel;
            Ok(Value::bool(kernel(value.bytes_like().unwrap_or_default())))
        })*
    };
}

/// True when there is a byte and the question holds for each.
fn every(data: &[u8], question: fn(&u8) -> bool) -> bool {
    !data.is_empty() && data.iter().all(question)
}

questions! {
    is_alpha = |data| every(data, u8::is_ascii_alphabetic);
    is_alphanumeric = |data| every(data, u8::is_ascii_alphanumeric);
    is_digit = |data| every(data, u8::is_ascii_digit);
    is_space = |data| every(data, |byte| matches!(byte, b' ' | 9..=13));
    is_ascii = <[u8]>::is_ascii;
    is_lower = |data| data.iter().any(u8::is_ascii_lowercase) && !data.iter().any(u8::is_ascii_uppercase);
    is_upper = |data| data.iter().any(u8::is_ascii_uppercase) && !data.iter().any(u8::is_ascii_lowercase);
    is_title = kernels::is_title;
}

pub(super) fn decode(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "decode",
        parameters: &["encoding", "errors"],
        positional_only: 0,
        positional: 2,
        required: 0,
    };
    let value = receiver(thread, args)?;
    let [encoding, errors] = SIGNATURE.bind(thread, args.rest())?;
    let [encoding, errors] =
        names_of(thread, "decode", [(encoding, "encoding", "utf-8"), (errors, "errors", "strict")])?;
    decode_bytes(thread, value.bytes_like().unwrap_or_default(), &encoding, &errors)
}

/// The separator and group length of `hex`.
pub(in crate::types) fn hex_arguments(thread: &Thread, args: Args<'_>) -> PyResult<(Option<u8>, i64)> {
    static SIGNATURE: Signature = Signature {
        function: "hex",
        parameters: &["sep", "bytes_per_sep"],
        positional_only: 0,
        positional: 2,
        required: 0,
    };
    let [separator, group] = SIGNATURE.bind(thread, args.rest())?;
    let group = group.bound().map_or(Ok(1), |group| size(thread, group))?;
    let separator = match separator.bound() {
        None => None,
        Some(separator) => {
            if thread.len(separator)? != 1 {
                return Err(thread.value_error("sep must be length 1."));
            }
            let text = separator.str_bytes().or_else(|| separator.bytes_like());
            match text {
                Some(&[byte]) if byte.is_ascii() => Some(byte),
                Some(_) => return Err(thread.value_error("sep must be ASCII.")),
                None => return Err(thread.type_error("sep must be str or bytes.")),
            }
        }
    };
    Ok((separator, group as i64))
}

pub(super) fn hex(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = receiver(thread, args)?;
    let (separator, group) = hex_arguments(thread, args)?;
    Ok(thread.str(&kernels::hex(value.bytes_like().unwrap_or_default(), separator, group)))
}

pub(super) fn fromhex(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (class, text) = (args.positional()[0], args.positional()[1]);
    let digits = match text.str_bytes() {
        Some(text) => text.to_vec(),
        None => match contents(thread, text)? {
            Some(data) => data,
            None => {
                let name = type_name(thread, text);
                return Err(thread
                    .type_error(format_args!("fromhex() argument must be str or bytes-like, not {name}")));
            }
        },
    };
    let data = match kernels::from_hex(&digits) {
        Ok(data) => data,
        Err(HexError::Odd) => {
            return Err(thread.value_error("fromhex() arg must contain an even number of hexadecimal digits"));
        }
        Err(HexError::At(at)) => {
            return Err(thread.value_error(format_args!(
                "non-hexadecimal number found in fromhex() arg at position {at}"
            )));
        }
    };
    let data = thread.bytes(&data)?;
    if class == thread.builtin_type(ids::BYTES).value() { Ok(data) } else { call(thread, class, &[data]) }
}
