//! `int(text, base)`: white space, sign, prefix, underscores, digits of any script.

use super::to_ascii;
use crate::float::trim;

/// An integer read from text: in a word where it fits, else its digits for a big-integer library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParsedInt {
    Small(i64),
    /// Digits of `radix` without sign, prefix and underscores.
    Large {
        negative: bool,
        radix: u32,
        digits: String,
    },
}

/// Why [`parse`] gave no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntError {
    /// Not an integer of this base.
    Invalid,
    /// More decimal digits than the limit; how many there are.
    TooManyDigits(usize),
}

/// Reads `text` (generalised UTF-8) in `base`: 2 to 36, or 0 to let a prefix decide.
///
/// `max_digits` limits bases that are no power of two (`sys.set_int_max_str_digits`; 0 is no limit).
pub fn parse(text: &[u8], base: u32, max_digits: usize) -> Result<ParsedInt, IntError> {
    if base == 10
        && let Some(value) = plain_decimal(text)
    {
        return Ok(ParsedInt::Small(value));
    }
    let ascii = to_ascii(text).ok_or(IntError::Invalid)?;
    let mut rest = trim(&ascii);
    let negative = match rest {
        [sign @ (b'-' | b'+'), tail @ ..] => {
            rest = tail;
            *sign == b'-'
        }
        _ => false,
    };
    let (radix, body) = strip_prefix(rest, base)?;
    let digits = digits_of(body, radix)?;
    let significant = digits.trim_start_matches('0').len();
    if base == 0 && radix == 10 && significant > 0 && digits.starts_with('0') {
        // `int("010", 0)` is as ambiguous as the literal 010.
        return Err(IntError::Invalid);
    }
    if !radix.is_power_of_two() && max_digits > 0 && digits.len() > max_digits {
        return Err(IntError::TooManyDigits(digits.len()));
    }
    match i64::from_str_radix(&digits, radix) {
        Ok(value) => Ok(ParsedInt::Small(if negative { -value } else { value })),
        Err(_) => Ok(ParsedInt::Large { negative, radix, digits }),
    }
}

/// The value of nothing but a few digits after an optional `-`: what nearly every text is.
fn plain_decimal(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if digits.is_empty() || digits.len() > 18 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    Some(if digits.len() < text.len() { -value } else { value })
}

/// The radix, and the digits after a prefix that fits it; an underscore may follow the prefix.
fn strip_prefix(text: &[u8], base: u32) -> Result<(u32, &[u8]), IntError> {
    let named = match text {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    match base {
        _ if named != 0 && (base == 0 || base == named) => {
            let body = &text[2..];
            Ok((named, body.strip_prefix(b"_").unwrap_or(body)))
        }
        0 => Ok((10, text)),
        2..=36 => Ok((base, text)),
        _ => Err(IntError::Invalid),
    }
}

/// The digits alone, when every one belongs to `radix` and underscores stand between two of them.
fn digits_of(text: &[u8], radix: u32) -> Result<String, IntError> {
    let mut digits = String::with_capacity(text.len());
    let mut after_digit = false;
    for &byte in text {
        if byte == b'_' && after_digit {
            after_digit = false;
            continue;
        }
        let digit = char::from(byte);
        digit.to_digit(radix).ok_or(IntError::Invalid)?;
        digits.push(digit);
        after_digit = true;
    }
    if after_digit { Ok(digits) } else { Err(IntError::Invalid) }
}
