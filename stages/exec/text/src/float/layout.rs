//! The layout of a float's digits: `repr`, and the forms `e`, `f` and `g` of formats, as CPython lays them out.

use std::fmt::Write as _;

use super::digits::{self, Digits, EXACT_DIGITS};

/// Which digits, and where the exponent form begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `repr`: the shortest digits; exponents from `1e16` and below `1e-4`.
    Repr,
    /// `e`: always with an exponent, `precision` digits after the point.
    Exponent { precision: usize },
    /// `f`: never with an exponent, `precision` digits after the point.
    Fixed { precision: usize },
    /// `g`: `precision` significant digits; the exponent form when it is shorter.
    General { precision: usize },
}

/// Appends `repr(value)`.
pub fn push_repr(out: &mut String, value: f64) {
    if value.is_nan() {
        out.push_str("nan");
        return;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    let magnitude = value.abs();
    if value.is_infinite() {
        out.push_str("inf");
    } else if (1e-4..1e16).contains(&magnitude) {
        // Here the digits' writer lays them out as Python does, unless it chose an exponent.
        let mut buffer = zmij::Buffer::new();
        let plain = buffer.format_finite(magnitude);
        if plain.contains('e') {
            push_finite(out, magnitude, Layout::Repr, false, true);
        } else {
            out.push_str(plain);
        }
    } else {
        push_finite(out, magnitude, Layout::Repr, false, true);
    }
}

/// Appends `value`, which is finite and not negative.
///
/// `alternate` keeps the point without digits after it and the zeros of `g`; `dot_zero` writes `1.0` where
/// `1` would stand.
pub fn push_finite(out: &mut String, value: f64, layout: Layout, alternate: bool, dot_zero: bool) {
    match layout {
        Layout::Repr => {
            let digits = digits::shortest(value);
            let exponent = digits.point <= -4 || digits.point > 16;
            push_digits(out, &digits, exponent, None, alternate, dot_zero);
        }
        Layout::General { precision } => {
            let precision = precision.max(1);
            let digits = digits::rounded(value, precision);
            let limit = precision as i64 - i64::from(dot_zero);
            let exponent = digits.point <= -4 || i64::from(digits.point) > limit;
            let shown = alternate.then_some(precision);
            push_digits(out, &digits, exponent, shown, alternate, dot_zero);
        }
        Layout::Exponent { precision } => {
            let digits = digits::rounded(value, precision.saturating_add(1));
            push_digits(out, &digits, true, Some(precision.saturating_add(1)), alternate, false);
        }
        Layout::Fixed { precision } => {
            let exact = precision.min(EXACT_DIGITS);
            // Writing to a string cannot fail.
            let _ = write!(out, "{value:.exact$}");
            out.extend(std::iter::repeat_n('0', precision - exact));
            if precision == 0 && alternate {
                out.push('.');
            }
        }
    }
}

/// Lays out `digits`, filled with zeros up to `shown` digits in all.
fn push_digits(
    out: &mut String,
    digits: &Digits,
    exponent: bool,
    shown: Option<usize>,
    alternate: bool,
    dot_zero: bool,
) {
    let text = digits.text.as_str();
    let length = text.len().max(shown.unwrap_or(0));
    let zeros = |out: &mut String, count: usize| out.extend(std::iter::repeat_n('0', count));
    let point = if exponent { 1 } else { digits.point };
    if point <= 0 {
        out.push_str("0.");
        zeros(out, point.unsigned_abs() as usize);
        out.push_str(text);
        zeros(out, length - text.len());
    } else {
        let whole = point as usize;
        let split = whole.min(text.len());
        out.push_str(&text[..split]);
        zeros(out, whole - split);
        let fraction = length.saturating_sub(whole);
        if fraction > 0 {
            out.push('.');
            out.push_str(&text[split..]);
            zeros(out, fraction - (text.len() - split));
        } else if dot_zero && !exponent {
            out.push_str(".0");
        } else if alternate {
            out.push('.');
        }
    }
    if exponent {
        let zero = digits.text == "0";
        let value = if zero { 0 } else { digits.point - 1 };
        let sign = if value < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:02}", value.unsigned_abs());
    }
}
