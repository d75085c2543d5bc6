//! `format(text, spec)` of a `str`: truncate, then pad.

use super::error::FormatError;
use super::number::push_padded;
use super::spec::{Align, Defaults, Sign, Spec};
use crate::wtf8;

/// Appends `text` as `spec` says.
pub fn format_str(out: &mut Vec<u8>, text: &[u8], spec: &Spec) -> Result<(), FormatError> {
    if spec.kind_byte() != b's' {
        return Err(spec.unknown_kind(Defaults::STR.type_name));
    }
    match spec.sign {
        Sign::Default => {}
        Sign::Space => return FormatError::value("Space not allowed in string format specifier"),
        _ => return FormatError::value("Sign not allowed in string format specifier"),
    }
    if spec.no_negative_zero {
        return FormatError::value("Negative zero coercion (z) not allowed in string format specifier");
    }
    if spec.alternate {
        return FormatError::value("Alternate form (#) not allowed in string format specifier");
    }
    if spec.align == Align::AfterSign {
        return FormatError::value("'=' alignment not allowed in string format specifier");
    }
    let kept = spec.precision.map_or(text, |precision| &text[..wtf8::offset_of(text, precision)]);
    push_padded(out, kept, wtf8::count(kept), spec);
    Ok(())
}
