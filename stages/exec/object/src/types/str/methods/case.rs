//! Case conversion and the questions `isalpha`, `isdigit`, ….

use dx_text::unicode;

use super::this;
use crate::args::Args;
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::str::{build, from_wtf8};
use crate::value::Value;

macro_rules! conversions {
    ($($name:ident = $kernel:path;)*) => {
        $(pub(super) fn $name(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
            let string = this(thread, args)?;
            Ok(from_wtf8(thread, &$kernel(string.bytes())).value())
        })*
    };
}

/// ASCII text changes letter by letter, written straight into the new string.
macro_rules! ascii_conversions {
    ($($name:ident = $kernel:path, $letters:ident;)*) => {
        $(pub(super) fn $name(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
            let string = this(thread, args)?;
            let text = string.bytes();
            if !string.is_ascii() || text.len() > 1 << 24 {
                return Ok(from_wtf8(thread, &$kernel(text)).value());
            }
            let changed = build(thread, text.len(), text.len(), |out| {
                out.copy_from_slice(text);
                out.$letters();
            })?;
            Ok(changed.value())
        })*
    };
}

ascii_conversions! {
    upper = unicode::upper, make_ascii_uppercase;
    lower = unicode::lower, make_ascii_lowercase;
}

conversions! {
    title = unicode::title;
    capitalize = unicode::capitalize;
    swapcase = unicode::swapcase;
    casefold = unicode::casefold;
}

macro_rules! questions {
    ($($name:ident = $kernel:expr;)*) => {
        $(pub(super) fn $name(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
            Ok(Value::bool(($kernel)(this(thread, args)?.bytes())))
        })*
    };
}

questions! {
    is_alpha = unicode::all_alpha;
    is_alphanumeric = unicode::all_alphanumeric;
    is_decimal = unicode::all_decimal;
    is_digit = unicode::all_digit;
    is_numeric = unicode::all_numeric;
    is_space = unicode::all_space;
    is_printable = unicode::all_printable;
    is_identifier = unicode::is_identifier;
    is_lower = unicode::has_only_lower;
    is_upper = unicode::has_only_upper;
    is_title = unicode::is_title_case;
    is_ascii = <[u8]>::is_ascii;
}
