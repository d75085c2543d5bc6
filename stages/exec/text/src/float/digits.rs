//! The decimal digits of a float: the shortest that read back the same, or a given number, correctly rounded.

use std::fmt::Write as _;

/// The value `0.d1d2d3… * 10^point`: `point` is where the decimal point stands within the digits.
///
/// At least one digit; no trailing zeros, except for the single digit of zero.
pub struct Digits {
    pub text: String,
    pub point: i32,
}

impl Digits {
    fn zero() -> Self {
        Digits { text: "0".to_owned(), point: 1 }
    }

    /// From a form such as `12.5e-7`, `0.001` or `3e5`.
    fn of_literal(literal: &str) -> Self {
        let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut text = String::with_capacity(whole.len() + fraction.len());
        text.push_str(whole);
        text.push_str(fraction);
        let leading = text.bytes().take_while(|&digit| digit == b'0').count();
        if leading == text.len() {
            return Digits::zero();
        }
        let kept = text.trim_end_matches('0').len();
        text.truncate(kept);
        text.drain(..leading);
        let exponent: i32 = exponent.parse().unwrap_or(0);
        Digits { text, point: whole.len() as i32 - leading as i32 + exponent }
    }
}

/// The fewest digits that read back as `value`, which is finite and not negative.
pub fn shortest(value: f64) -> Digits {
    Digits::of_literal(zmij::Buffer::new().format_finite(value))
}

/// More digits than any float has: what comes after them are zeros.
pub(super) const EXACT_DIGITS: usize = 1100;

/// `value` (finite, not negative) rounded half to even to `count` significant digits, at least one.
pub fn rounded(value: f64, count: usize) -> Digits {
    let mut literal = String::new();
    let fraction = count.clamp(1, EXACT_DIGITS) - 1;
    // Writing to a string cannot fail.
    let _ = write!(literal, "{value:.fraction$e}");
    Digits::of_literal(&literal)
}
