//! Ints as text and back: `repr`, `__format__`, `int("…")`.

use dashu_int::{IBig, UBig};
use dx_text::format::{Defaults, IntForm};
use dx_text::int::{IntError, ParsedInt};
use dx_text::{format as kernels, int as digits};

use super::this;
use crate::args::Args;
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::int::Int;
use crate::types::str::from_parts;
use crate::types::str::methods::format::{parse_spec, raise_format, spec_argument};
use crate::value::Value;

/// The digits of the magnitude in `radix` (2 to 36), lower case.
///
/// ValueError when there would be more decimal digits than `sys.set_int_max_str_digits` allows.
pub(crate) fn magnitude_digits(thread: &Thread, value: Int, radix: u32) -> PyResult<String> {
    match value {
        Int::Small(small) => {
            let mut out = Vec::with_capacity(20);
            digits::push_radix(&mut out, small.unsigned_abs(), radix);
            Ok(String::from_utf8(out).unwrap_or_default())
        }
        Int::Big(big) => {
            check_digits(thread, value, radix)?;
            let magnitude = UBig::from_words(big.limbs());
            let text =
                if radix == 10 { magnitude.to_string() } else { magnitude.in_radix(radix as u8).to_string() };
            let limit = thread.max_int_digits();
            if limit > 0 && !radix.is_power_of_two() && text.len() > limit {
                return Err(too_many_digits(thread));
            }
            Ok(text)
        }
    }
}

fn check_digits(thread: &Thread, value: Int, radix: u32) -> PyResult<()> {
    let limit = thread.max_int_digits() as u64;
    // A digit has a little more than three bits: surely too long texts are refused before they are made.
    if limit > 0 && !radix.is_power_of_two() && value.bit_length() > limit * 10 / 3 + 64 {
        return Err(too_many_digits(thread));
    }
    Ok(())
}

#[cold]
fn too_many_digits(thread: &Thread) -> crate::error::Raised {
    let limit = thread.max_int_digits();
    thread.value_error(format_args!(
        "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to \
         increase the limit"
    ))
}

/// The decimal text of an int.
pub fn decimal_text(thread: &Thread, value: Int) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(21);
    match value {
        Int::Small(small) => digits::push_decimal(&mut out, small),
        Int::Big(big) => {
            if big.is_negative() {
                out.push(b'-');
            }
            out.extend_from_slice(magnitude_digits(thread, value, 10)?.as_bytes());
        }
    }
    Ok(out)
}

pub(super) fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(int) = value.as_int() else { return Ok(Value::NOT_IMPLEMENTED) };
    let text = decimal_text(thread, int)?;
    Ok(from_parts(thread, &text, text.len()).value())
}

pub(super) fn format(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = this(thread, args)?;
    let spec = spec_argument(thread, args)?;
    let spec = spec.str_bytes().unwrap_or_default();
    if spec.is_empty() {
        return thread.to_str(args.positional()[0]);
    }
    let spec = parse_spec(thread, spec, Defaults::INT)?;
    let mut out = Vec::new();
    match kernels::int_form(&spec).map_err(|error| raise_format(thread, error))? {
        IntForm::Digits(radix) => {
            let digits = magnitude_digits(thread, value, radix)?;
            kernels::format_int(&mut out, value.is_negative(), &digits, &spec);
        }
        IntForm::Character => match value {
            Int::Small(code @ 0..0x11_0000) => kernels::format_character(&mut out, code as u32, &spec),
            Int::Small(_) => return Err(thread.overflow_error("%c arg not in range(0x110000)")),
            Int::Big(_) => return Err(thread.overflow_error("Python int too large to convert to C long")),
        },
        IntForm::Float => {
            let Some(float) = value.to_f64() else {
                return Err(thread.overflow_error("int too large to convert to float"));
            };
            kernels::format_float(&mut out, float, &spec).map_err(|error| raise_format(thread, error))?;
        }
    }
    Ok(thread.str_from_wtf8(&out))
}

/// The int that `text` (WTF-8) stands for; `shown` is what the message quotes.
pub fn parse_text(thread: &Thread, text: &[u8], base: u32, shown: Value) -> PyResult<Value> {
    match digits::parse(text, base, thread.max_int_digits()) {
        Ok(ParsedInt::Small(value)) => Ok(thread.int(value)),
        Ok(ParsedInt::Large { negative, radix, digits }) => match UBig::from_str_radix(&digits, radix) {
            Ok(magnitude) => {
                let value = IBig::from(magnitude);
                thread.int_big(&if negative { -value } else { value })
            }
            Err(_) => invalid(thread, base, shown),
        },
        Err(IntError::Invalid) => invalid(thread, base, shown),
        Err(IntError::TooManyDigits(count)) => {
            let limit = thread.max_int_digits();
            Err(thread.value_error(format_args!(
                "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} digits; use \
                 sys.set_int_max_str_digits() to increase the limit"
            )))
        }
    }
}

#[cold]
fn invalid(thread: &Thread, base: u32, shown: Value) -> PyResult<Value> {
    let quoted = thread.repr(shown)?;
    let quoted = quoted.str_bytes().unwrap_or_default();
    let end = dx_text::wtf8::offset_of(quoted, 200);
    let quoted = String::from_utf8_lossy(&quoted[..end]);
    Err(thread.value_error(format_args!("invalid literal for int() with base {base}: {quoted}")))
}
