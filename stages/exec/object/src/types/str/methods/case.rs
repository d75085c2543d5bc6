//! Case conversion and the questions `isalpha`, `isdigit`, ….

use dx_text::unicode;

use super::this;
use crate::args::Args;
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::str::from_wtf8;
use crate::value::Value;

macro_rules! conversions {
    ($($name:ident = $kernel:path;)*) => {
        $(pub(super) fn $name(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
            let string = this(thread, args)?;
            Ok(from_wtf8(thread, &$kernel(string.bytes())).value())
        })*
    };
}

conversions! {
    upper = unicode::upper;
    lower = unicode::lower;
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
