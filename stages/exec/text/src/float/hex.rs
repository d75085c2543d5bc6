//! `float.hex` and `float.fromhex`.

use std::fmt::Write as _;

/// Appends `value.hex()`.
pub fn push_hex(out: &mut String, value: f64) {
    if value.is_nan() {
        out.push_str("nan");
        return;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    if value.is_infinite() {
        out.push_str("inf");
        return;
    }
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let biased = (bits >> 52 & 0x7ff) as i32;
    // Writing to a string cannot fail.
    let _ = match (biased, fraction) {
        (0, 0) => write!(out, "0x0.0p+0"),
        (0, _) => write!(out, "0x0.{fraction:013x}p-1022"),
        _ => write!(out, "0x1.{fraction:013x}p{:+}", biased - 1023),
    };
}

/// Why [`from_hex`] gave no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// Not a hexadecimal float.
    Invalid,
    /// Too large for a float.
    Overflow,
}

/// The value of `text` as `float.fromhex` reads it.
pub fn from_hex(text: &[u8]) -> Result<f64, HexError> {
    let is_space = |byte: &u8| matches!(byte, b' ' | 9..=13);
    let start = text.iter().position(|byte| !is_space(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1);
    let mut rest = &text[start..end];
    let negative = match rest {
        [sign @ (b'-' | b'+'), tail @ ..] => {
            rest = tail;
            *sign == b'-'
        }
        _ => false,
    };
    let magnitude = match rest.to_ascii_lowercase().as_slice() {
        b"inf" | b"infinity" => f64::INFINITY,
        b"nan" => f64::NAN,
        lower => magnitude(lower)?,
    };
    Ok(if negative { -magnitude } else { magnitude })
}

fn hex_digit(byte: u8) -> Option<u64> {
    char::from(byte).to_digit(16).map(u64::from)
}

/// Reads `[0x]h…[.h…][p[±]d…]`.
fn magnitude(text: &[u8]) -> Result<f64, HexError> {
    let text = text.strip_prefix(b"0x").unwrap_or(text);
    let body_end = text.iter().position(|&byte| byte == b'p').unwrap_or(text.len());
    let (body, tail) = text.split_at(body_end);
    let exponent = match tail {
        [] => 0,
        [_, digits @ ..] => exponent(digits)?,
    };
    // The first 60 significant bits decide, with one more that says whether anything follows them.
    let (mut bits, mut sticky, mut dropped, mut after_point) = (0u64, false, 0i64, 0i64);
    let (mut seen_point, mut any) = (false, false);
    for &byte in body {
        if byte == b'.' && !seen_point {
            seen_point = true;
            continue;
        }
        let digit = hex_digit(byte).ok_or(HexError::Invalid)?;
        any = true;
        after_point += i64::from(seen_point);
        if bits >> 56 == 0 {
            bits = bits << 4 | digit;
        } else {
            dropped += 1;
            sticky |= digit != 0;
        }
    }
    match (any, bits) {
        (false, _) => Err(HexError::Invalid),
        (true, 0) => Ok(0.0),
        (true, _) => scale(bits, sticky, exponent.saturating_add(4 * (dropped - after_point))),
    }
}

fn exponent(digits: &[u8]) -> Result<i64, HexError> {
    let (negative, digits) = match digits {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(HexError::Invalid);
    }
    // Exponents beyond this are zero or an overflow whatever the digits are.
    let value = digits.iter().fold(0i64, |value, digit| (value * 10 + i64::from(digit - b'0')).min(1 << 56));
    Ok(if negative { -value } else { value })
}

/// `bits * 2^exponent` (at most 60 bits), rounded once, half to even.
fn scale(bits: u64, sticky: bool, exponent: i64) -> Result<f64, HexError> {
    let length = 64 - i64::from(bits.leading_zeros());
    let top = exponent.saturating_add(length - 1);
    if top > 1023 {
        return Err(HexError::Overflow);
    }
    if top < -1076 {
        return Ok(0.0);
    }
    // The weight of the last bit that fits: 52 below the top, but never below the smallest subnormal's.
    let lowest = (top - 52).max(-1074);
    let shift = lowest - exponent;
    let (mut kept, mut weight) = (bits, exponent);
    if shift > 0 {
        let (rest, half) = (bits & ((1 << shift) - 1), 1 << (shift - 1));
        kept = bits >> shift;
        weight = lowest;
        if rest > half || rest == half && (sticky || kept & 1 == 1) {
            kept += 1;
        }
    }
    // At most 54 bits, the last of them zero: two exact multiplications by powers of two.
    let half = weight / 2;
    let value = kept as f64 * power_of_two(half) * power_of_two(weight - half);
    if value.is_infinite() { Err(HexError::Overflow) } else { Ok(value) }
}

fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023).clamp(1, 2046) as u64) << 52)
}
