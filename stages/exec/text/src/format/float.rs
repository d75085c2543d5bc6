//! `format(number, spec)` of a `float`.

use super::error::FormatError;
use super::number::Number;
use super::spec::{Defaults, Spec};
use crate::float::{Layout, push_finite};

/// The text of a float before sign and padding.
pub(super) struct Rendered {
    pub(super) negative: bool,
    text: String,
    whole: usize,
    point: bool,
    fraction: usize,
}

impl Rendered {
    pub(super) fn number(&self) -> Number<'_> {
        let after = self.whole + usize::from(self.point);
        Number {
            negative: self.negative,
            prefix: "",
            whole: &self.text[..self.whole],
            fraction: &self.text[after..after + self.fraction],
            has_point: self.point,
            rest: &self.text[after + self.fraction..],
        }
    }
}

/// Appends `value` as `spec` says.
pub fn format_float(out: &mut Vec<u8>, value: f64, spec: &Spec) -> Result<(), FormatError> {
    match spec.kind_byte() {
        0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' | b'%' => {}
        _ => return Err(spec.unknown_kind(Defaults::FLOAT.type_name)),
    }
    check_precision(spec)?;
    render(value, spec, true).number().push(out, spec);
    Ok(())
}

pub(super) fn check_precision(spec: &Spec) -> Result<(), FormatError> {
    if spec.precision.is_some_and(|precision| precision > i32::MAX as usize) {
        return FormatError::value("precision too big");
    }
    Ok(())
}

/// The text of `value`; `dot_zero` as a float without type wants it, a complex number's parts do not.
pub(super) fn render(value: f64, spec: &Spec, dot_zero: bool) -> Rendered {
    let kind = spec.kind_byte();
    let value = if kind == b'%' { value * 100.0 } else { value };
    let precision = spec.precision.unwrap_or(6);
    let (layout, dot_zero) = match kind {
        b'e' | b'E' => (Layout::Exponent { precision }, false),
        b'f' | b'F' | b'%' => (Layout::Fixed { precision }, false),
        b'g' | b'G' | b'n' => (Layout::General { precision }, false),
        _ => match spec.precision {
            Some(precision) => (Layout::General { precision }, dot_zero),
            None => (Layout::Repr, dot_zero),
        },
    };
    let mut text = String::new();
    if value.is_nan() {
        text.push_str("nan");
    } else if value.is_infinite() {
        text.push_str("inf");
    } else {
        push_finite(&mut text, value.abs(), layout, spec.alternate, dot_zero);
    }
    let mut negative = value.is_sign_negative() && !value.is_nan();
    if negative && spec.no_negative_zero && is_zero(&text) {
        negative = false;
    }
    if matches!(kind, b'E' | b'F' | b'G') {
        text.make_ascii_uppercase();
    }
    let whole = text.bytes().take_while(u8::is_ascii_digit).count();
    let point = text.as_bytes().get(whole) == Some(&b'.');
    let fraction = if point { text[whole + 1..].bytes().take_while(u8::is_ascii_digit).count() } else { 0 };
    if kind == b'%' {
        text.push('%');
    }
    Rendered { negative, text, whole, point, fraction }
}

/// True when every digit before an exponent is a zero.
fn is_zero(text: &str) -> bool {
    text.bytes().take_while(|&byte| byte != b'e').all(|byte| matches!(byte, b'0' | b'.'))
}
