//! `format(number, spec)` of a `complex`: two floats, padded as one.

use super::error::FormatError;
use super::float::{check_precision, render};
use super::number::push_padded;
use super::spec::{Align, Defaults, Sign, Spec};

/// Appends the complex number as `spec` says.
pub fn format_complex(out: &mut Vec<u8>, real: f64, imag: f64, spec: &Spec) -> Result<(), FormatError> {
    match spec.kind_byte() {
        0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' => {}
        _ => return Err(spec.unknown_kind(Defaults::COMPLEX.type_name)),
    }
    check_precision(spec)?;
    if spec.fill == u32::from(b'0') {
        return FormatError::value("Zero padding is not allowed in complex format specifier");
    }
    if spec.align == Align::AfterSign {
        return FormatError::value("'=' alignment flag is not allowed in complex format specifier");
    }
    // Without a type the form is that of `str`: parentheses, and no real part when it is a positive zero.
    let plain = spec.kind == 0;
    let skip_real = plain && real == 0.0 && real.is_sign_positive();
    let parentheses = plain && !skip_real;
    let mut part = spec.clone();
    part.width = None;
    part.align = Align::Right;
    let mut text = Vec::new();
    if parentheses {
        text.push(b'(');
    }
    if !skip_real {
        render(real, &part, false).number().push(&mut text, &part);
        part.sign = Sign::Plus;
    }
    render(imag, &part, false).number().push(&mut text, &part);
    text.push(b'j');
    if parentheses {
        text.push(b')');
    }
    let length = text.len();
    push_padded(out, &text, length, spec);
    Ok(())
}
