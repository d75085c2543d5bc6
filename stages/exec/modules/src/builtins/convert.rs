//! Values as text, as characters, as numbers that stand for them.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::ops::int_of;
use dx_object::thread::Thread;
use dx_object::types::int::Int;
use dx_object::types::text;
use dx_object::value::Value;
use dx_text::wtf8;

use super::type_name;

pub(super) fn repr(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    thread.repr(args.positional()[0])
}

pub(super) fn ascii(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    text::ascii(thread, args.positional()[0])
}

pub(super) fn format(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let spec = args.get(1).unwrap_or_else(|| thread.empty_str());
    if spec.as_str().is_none() {
        let given = type_name(thread, spec);
        return Err(thread.type_error(format_args!("format() argument 2 must be str, not {given}")));
    }
    text::format(thread, args.positional()[0], spec)
}

pub(super) fn chr(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let code = thread.index(args.positional()[0])?;
    match code.as_small().and_then(|code| u32::try_from(code).ok()) {
        Some(code @ 0..0x11_0000) => Ok(thread.char_str(code)),
        _ => Err(thread.value_error("chr() arg not in range(0x110000)")),
    }
}

pub(super) fn ord(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let length = match (value.as_str(), value.bytes_like()) {
        (Some(text), _) if text.len() == 1 => {
            return Ok(Value::small(wtf8::decode(text.bytes(), 0).0.into()));
        }
        (None, Some(&[byte])) => return Ok(Value::small(byte.into())),
        (Some(text), _) => text.len(),
        (None, Some(data)) => data.len(),
        (None, None) => {
            let given = type_name(thread, value);
            return Err(
                thread.type_error(format_args!("ord() expected string of length 1, but {given} found"))
            );
        }
    };
    Err(thread.type_error(format_args!("ord() expected a character, but string of length {length} found")))
}

fn in_base(thread: &Thread, args: Args<'_>, radix: u32, prefix: &str) -> PyResult<Value> {
    let number: Int = int_of(thread.index(args.positional()[0])?);
    let digits = text::magnitude_digits(thread, number, radix)?;
    let sign = if number.is_negative() { "-" } else { "" };
    Ok(thread.str(&format!("{sign}{prefix}{digits}")))
}

pub(super) fn bin(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    in_base(thread, args, 2, "0b")
}

pub(super) fn oct(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    in_base(thread, args, 8, "0o")
}

pub(super) fn hex(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    in_base(thread, args, 16, "0x")
}

pub(super) fn hash(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(thread.int(thread.hash(args.positional()[0])?))
}

pub(super) fn id(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(thread.int_u64(args.positional()[0].id()))
}
