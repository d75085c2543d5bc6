//! `template % values` of `str`; the conversions are shared with `bytes`.

use dx_text::format::{Amount, Directive, PercentPiece, PercentTemplate};
use dx_text::{format as kernels, wtf8};

use super::format::raise_format;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::thread::Thread;
use crate::types::str::{StrObject, from_wtf8};
use crate::types::support::{ascii, get_item, int_digits, to_float, type_name};
use crate::value::Value;

/// Gives out the values on the right of `%`, in order or by key.
pub(crate) struct Values {
    values: Value,
    /// How many of a tuple were given out; a value that is no tuple counts as one.
    used: usize,
    keyed: bool,
    for_bytes: bool,
}

impl Values {
    pub(crate) fn new(values: Value, for_bytes: bool) -> Values {
        Values { values, used: 0, keyed: false, for_bytes }
    }

    fn next(&mut self, thread: &Thread) -> PyResult<Value> {
        let next = match self.values.tuple_items() {
            Some(items) => items.get(self.used).copied(),
            None => (self.used == 0).then_some(self.values),
        };
        self.used += 1;
        next.ok_or_else(|| thread.type_error("not enough arguments for format string"))
    }

    /// A value for `*`.
    fn amount(&mut self, thread: &Thread) -> PyResult<i64> {
        match self.next(thread)?.as_small() {
            Some(amount) => Ok(amount),
            None => Err(thread.type_error("* wants int")),
        }
    }

    fn key(&mut self, thread: &Thread, key: Value) -> PyResult<Value> {
        let values = self.values;
        if values.as_tuple().is_some() || !self.is_mapping(thread) {
            return Err(thread.type_error("format requires a mapping"));
        }
        self.keyed = true;
        get_item(thread, values, key)
    }

    /// Whether the value can stand for keys: subscriptable, and not the template's own kind of text.
    fn is_mapping(&self, thread: &Thread) -> bool {
        let text = self.values.as_str().is_some() || self.for_bytes && self.values.bytes_like().is_some();
        !text && thread.type_of(self.values).slots().getitem.is_some()
    }

    /// Error when a value was never used.
    pub(crate) fn finish(&self, thread: &Thread) -> PyResult<()> {
        let left = match self.values.tuple_items() {
            Some(items) => !self.keyed && self.used < items.len(),
            None => self.used == 0 && !self.keyed && !self.is_mapping(thread),
        };
        if left {
            let kind = if self.for_bytes { "bytes" } else { "string" };
            return Err(
                thread.type_error(format_args!("not all arguments converted during {kind} formatting"))
            );
        }
        Ok(())
    }

    /// Fills in the stars of a conversion and finds its value.
    pub(crate) fn resolve(
        &mut self,
        thread: &Thread,
        directive: &mut Directive,
        key: Option<Value>,
    ) -> PyResult<Value> {
        let keyed = match key {
            Some(key) => Some(self.key(thread, key)?),
            None => None,
        };
        if directive.width == Amount::Argument {
            let width = self.amount(thread)?;
            directive.set_width(width);
        }
        if directive.precision == Amount::Argument {
            let precision = self.amount(thread)?;
            directive.set_precision(precision);
        }
        for amount in [directive.width, directive.precision] {
            if matches!(amount, Amount::Number(n) if n > 1 << 32) {
                return Err(thread.memory_error(""));
            }
        }
        keyed.map_or_else(|| self.next(thread), Ok)
    }
}

/// Appends a number's conversion; false when `conversion` is none of a number's.
pub(crate) fn push_number(
    thread: &Thread,
    out: &mut Vec<u8>,
    directive: &Directive,
    value: Value,
) -> PyResult<bool> {
    let conversion = u8::try_from(directive.conversion).unwrap_or(0);
    let (radix, truncates) = match conversion {
        b'd' | b'i' | b'u' => (10, true),
        b'x' | b'X' => (16, false),
        b'o' => (8, false),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
            let Some(number) = to_float(thread, value)? else {
                let name = type_name(thread, value);
                return Err(thread.type_error(format_args!("must be real number, not {name}")));
            };
            kernels::percent_float(out, number, directive);
            return Ok(true);
        }
        _ => return Ok(false),
    };
    let shown = char::from(conversion);
    let Some((negative, digits)) = int_digits(thread, value, radix, truncates)? else {
        let name = type_name(thread, value);
        let wanted = if truncates { "a real number" } else { "an integer" };
        return Err(thread.type_error(format_args!("%{shown} format: {wanted} is required, not {name}")));
    };
    kernels::percent_integer(out, negative, &digits, directive);
    Ok(true)
}

fn push_value(
    thread: &Thread,
    out: &mut Vec<u8>,
    template: &[u8],
    directive: &Directive,
    value: Value,
) -> PyResult<()> {
    let conversion = u8::try_from(directive.conversion).unwrap_or(0);
    // The plain conversions of strings and small ints need no object in between.
    if directive.width == Amount::None
        && directive.precision == Amount::None
        && !directive.plus
        && !directive.space
    {
        match (conversion, value.as_small()) {
            (b'd' | b'i' | b's' | b'r', Some(small)) => {
                dx_text::int::push_decimal(out, small);
                return Ok(());
            }
            (b's', None) => {
                if let Some(text) = value.downcast::<StrObject>() {
                    out.extend_from_slice(text.bytes());
                    return Ok(());
                }
            }
            _ => {}
        }
    }
    let text = match conversion {
        b's' => thread.to_str(value)?,
        b'r' => thread.repr(value)?,
        b'a' => ascii(thread, value)?,
        b'c' => character(thread, value)?,
        _ => {
            if push_number(thread, out, directive, value)? {
                return Ok(());
            }
            return Err(raise_format(thread, directive.unsupported(template)));
        }
    };
    let bytes = text.str_bytes().unwrap_or_default();
    if conversion == b'c' {
        let whole = Directive { precision: Amount::None, ..directive.clone() };
        kernels::percent_text(out, bytes, &whole);
    } else {
        kernels::percent_text(out, bytes, directive);
    }
    Ok(())
}

/// `%c`: a code point or a string of one character.
fn character(thread: &Thread, value: Value) -> PyResult<Value> {
    if let Some(text) = value.as_str() {
        if text.len() == 1 {
            return Ok(text.value());
        }
        let length = text.len();
        return Err(thread.type_error(format_args!(
            "%c requires an int or a unicode character, not a string of length {length}"
        )));
    }
    let integer = crate::types::support::index(thread, value);
    let Some(integer) = thread.catching(ids::TYPE_ERROR, integer)? else {
        let name = type_name(thread, value);
        return Err(thread.type_error(format_args!("%c requires an int or a unicode character, not {name}")));
    };
    match integer.as_small().and_then(|code| u32::try_from(code).ok()) {
        Some(code @ 0..0x11_0000) => Ok(thread.char_str(code)),
        _ => Err(thread.overflow_error("%c arg not in range(0x110000)")),
    }
}

/// `template % values`.
pub(crate) fn format(thread: &Thread, template: Gc<StrObject>, values: Value) -> PyResult<Value> {
    let text = template.bytes();
    let mut out = Vec::with_capacity(text.len() + 32);
    let mut values = Values::new(values, false);
    for piece in PercentTemplate::new(text) {
        match piece.map_err(|error| raise_format(thread, error))? {
            PercentPiece::Text(range) => out.extend_from_slice(&text[range]),
            PercentPiece::Conversion(mut directive) => {
                let key = directive.key.clone().map(|range| from_wtf8(thread, &text[range]).value());
                let value = values.resolve(thread, &mut directive, key)?;
                push_value(thread, &mut out, text, &directive, value)?;
            }
        }
    }
    values.finish(thread)?;
    debug_assert!(wtf8::count(&out) <= out.len());
    Ok(from_wtf8(thread, &out).value())
}
