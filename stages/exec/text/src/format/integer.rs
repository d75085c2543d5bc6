//! `format(number, spec)` of an `int`, small or big: the caller brings the digits.

use super::error::FormatError;
use super::number::{Number, push_padded};
use super::spec::{Defaults, Sign, Spec};
use crate::wtf8;

/// What the presentation type asks the caller for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntForm {
    /// The digits of the magnitude in this base: go on with [`format_int`].
    Digits(u32),
    /// The character of this number: go on with [`format_character`].
    Character,
    /// The number as a float: go on with [`super::format_float`].
    Float,
}

/// Checks `spec` for an `int` and says how it is to be shown.
pub fn int_form(spec: &Spec) -> Result<IntForm, FormatError> {
    let kind = spec.kind_byte();
    let radix = match kind {
        b'b' => 2,
        b'o' => 8,
        b'd' | b'n' | b'c' => 10,
        b'x' | b'X' => 16,
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => return Ok(IntForm::Float),
        _ => return Err(spec.unknown_kind(Defaults::INT.type_name)),
    };
    if spec.precision.is_some() {
        return FormatError::value("Precision not allowed in integer format specifier");
    }
    if spec.no_negative_zero {
        return FormatError::value("Negative zero coercion (z) not allowed in integer format specifier");
    }
    if kind != b'c' {
        return Ok(IntForm::Digits(radix));
    }
    if spec.sign != Sign::Default {
        return FormatError::value("Sign not allowed with integer format specifier 'c'");
    }
    if spec.alternate {
        return FormatError::value("Alternate form (#) not allowed with integer format specifier 'c'");
    }
    Ok(IntForm::Character)
}

/// Appends an integer whose magnitude has these `digits` in the base that [`int_form`] gave.
pub fn format_int(out: &mut Vec<u8>, negative: bool, digits: &str, spec: &Spec) {
    let upper = spec.kind == u32::from(b'X');
    let uppercase = if upper { digits.to_ascii_uppercase() } else { String::new() };
    let prefix = match spec.kind_byte() {
        _ if !spec.alternate => "",
        b'b' => "0b",
        b'o' => "0o",
        b'x' => "0x",
        b'X' => "0X",
        _ => "",
    };
    let whole = if upper { &uppercase } else { digits };
    Number { negative, prefix, whole, fraction: "", has_point: false, rest: "" }.push(out, spec);
}

/// Appends the character `point` (presentation type `c`).
pub fn format_character(out: &mut Vec<u8>, point: u32, spec: &Spec) {
    let mut text = Vec::with_capacity(4);
    wtf8::push(&mut text, point);
    push_padded(out, &text, 1, spec);
}
