//! `%`-formatting: the template of `'%5.2f' % x`, and the forms of its numbers and texts.
//!
//! `%[(key)][flags][width][.precision][length]conversion`, for `str` and `bytes` alike.

use std::ops::Range;

use super::error::FormatError;
use crate::float::{Layout, push_finite};
use crate::wtf8;

/// A width or precision: nothing, a number, or `*`, the next argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    None,
    Number(usize),
    Argument,
}

/// One conversion of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Byte range of `(key)` in the template, without the parentheses.
    pub key: Option<Range<usize>>,
    pub left: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: Amount,
    pub precision: Amount,
    /// Code point of the conversion.
    pub conversion: u32,
    /// Byte offset of the conversion character in the template.
    pub position: usize,
}

impl Directive {
    /// Takes `*`'s value for the width: a negative one aligns left.
    pub fn set_width(&mut self, value: i64) {
        self.left |= value < 0;
        self.width = Amount::Number(usize::try_from(value.unsigned_abs()).unwrap_or(usize::MAX));
    }

    /// Takes `*`'s value for the precision: a negative one is zero.
    pub fn set_precision(&mut self, value: i64) {
        self.precision = Amount::Number(usize::try_from(value.max(0)).unwrap_or(usize::MAX));
    }

    fn width(&self) -> usize {
        if let Amount::Number(width) = self.width { width } else { 0 }
    }

    fn precision(&self) -> Option<usize> {
        if let Amount::Number(precision) = self.precision { Some(precision) } else { None }
    }

    /// The error for a conversion that does not exist; `index` counts characters.
    pub fn unsupported(&self, template: &[u8]) -> FormatError {
        let index = wtf8::count(&template[..self.position.min(template.len())]);
        let point = self.conversion;
        let shown = if (32..127).contains(&point) { char::from_u32(point).unwrap_or('?') } else { '?' };
        FormatError::Value(format!("unsupported format character '{shown}' ({point:#x}) at index {index}"))
    }
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PercentPiece {
    /// Bytes to copy.
    Text(Range<usize>),
    Conversion(Directive),
}

/// Iterates over the pieces of a template; `%%` comes as the text `%`.
pub struct PercentTemplate<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> PercentTemplate<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        PercentTemplate { text, at: 0 }
    }

    fn next_byte(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn key(&mut self) -> Result<Option<Range<usize>>, FormatError> {
        if self.text.get(self.at) != Some(&b'(') {
            return Ok(None);
        }
        self.at += 1;
        let start = self.at;
        let mut depth = 1;
        while depth > 0 {
            match self.next_byte() {
                Some(b'(') => depth += 1,
                Some(b')') => depth -= 1,
                Some(_) => {}
                None => return FormatError::value("incomplete format key"),
            }
        }
        Ok(Some(start..self.at - 1))
    }

    fn amount(&mut self, limit: usize, too_big: &str) -> Result<Amount, FormatError> {
        if self.text.get(self.at) == Some(&b'*') {
            self.at += 1;
            return Ok(Amount::Argument);
        }
        let mut amount = Amount::None;
        while let Some(&digit @ b'0'..=b'9') = self.text.get(self.at) {
            let value = if let Amount::Number(value) = amount { value } else { 0 };
            let next = value.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
            if next > limit {
                return FormatError::value(too_big);
            }
            amount = Amount::Number(next);
            self.at += 1;
        }
        Ok(amount)
    }

    fn directive(&mut self) -> Result<Directive, FormatError> {
        let mut directive = Directive {
            key: self.key()?,
            left: false,
            plus: false,
            space: false,
            alternate: false,
            zero: false,
            width: Amount::None,
            precision: Amount::None,
            conversion: 0,
            position: 0,
        };
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'-' => directive.left = true,
                b'+' => directive.plus = true,
                b' ' => directive.space = true,
                b'#' => directive.alternate = true,
                b'0' => directive.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        directive.width = self.amount(isize::MAX as usize, "width too big")?;
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            directive.precision = match self.amount(i32::MAX as usize, "precision too big")? {
                Amount::None => Amount::Number(0),
                given => given,
            };
        }
        if let Some(b'h' | b'l' | b'L') = self.text.get(self.at) {
            self.at += 1;
        }
        if self.at >= self.text.len() {
            return FormatError::value("incomplete format");
        }
        let (conversion, width) = wtf8::decode(self.text, self.at);
        (directive.conversion, directive.position) = (conversion, self.at);
        self.at = (self.at + width).min(self.text.len());
        Ok(directive)
    }
}

impl Iterator for PercentTemplate<'_> {
    type Item = Result<PercentPiece, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        if rest[0] != b'%' {
            let start = self.at;
            self.at = memchr::memchr(b'%', rest).map_or(self.text.len(), |length| start + length);
            return Some(Ok(PercentPiece::Text(start..self.at)));
        }
        self.at += 1;
        if rest.get(1) == Some(&b'%') {
            // The second of the two stands for itself; with flags between them `%` is no conversion.
            self.at += 1;
            return Some(Ok(PercentPiece::Text(self.at - 1..self.at)));
        }
        let piece = self.directive().map(PercentPiece::Conversion);
        if piece.is_err() {
            self.at = self.text.len();
        }
        Some(piece)
    }
}

/// Appends sign, prefix and digits, padded to the width: zeros go behind the prefix.
fn push_number(
    out: &mut Vec<u8>,
    negative: bool,
    prefix: &str,
    digits: &str,
    directive: &Directive,
    zero: bool,
) {
    let sign = match () {
        () if negative => "-",
        () if directive.plus => "+",
        () if directive.space => " ",
        () => "",
    };
    let padding = directive.width().saturating_sub(sign.len() + prefix.len() + digits.len());
    let (left, zero) = (directive.left, zero && !directive.left);
    let fill = |out: &mut Vec<u8>, wanted: bool, byte: u8| {
        if wanted {
            out.resize(out.len() + padding, byte);
        }
    };
    fill(out, !left && !zero, b' ');
    out.extend_from_slice(sign.as_bytes());
    out.extend_from_slice(prefix.as_bytes());
    fill(out, zero, b'0');
    out.extend_from_slice(digits.as_bytes());
    fill(out, left, b' ');
}

/// Appends an integer (`d`, `i`, `u`, `o`, `x`, `X`) whose magnitude has these lower-case `digits` in the
/// conversion's base.
pub fn percent_integer(out: &mut Vec<u8>, negative: bool, digits: &str, directive: &Directive) {
    let conversion = u8::try_from(directive.conversion).unwrap_or(b'd');
    let prefix = match conversion {
        _ if !directive.alternate => "",
        b'o' => "0o",
        b'x' => "0x",
        b'X' => "0X",
        _ => "",
    };
    let zeros = directive.precision().unwrap_or(0).saturating_sub(digits.len());
    let mut filled = "0".repeat(zeros) + digits;
    if conversion == b'X' {
        filled.make_ascii_uppercase();
    }
    push_number(out, negative, prefix, &filled, directive, directive.zero);
}

/// Appends a float (`e`, `E`, `f`, `F`, `g`, `G`).
pub fn percent_float(out: &mut Vec<u8>, value: f64, directive: &Directive) {
    let conversion = u8::try_from(directive.conversion).unwrap_or(b'g');
    let precision = directive.precision().unwrap_or(6);
    let layout = match conversion.to_ascii_lowercase() {
        b'e' => Layout::Exponent { precision },
        b'f' => Layout::Fixed { precision },
        _ => Layout::General { precision },
    };
    let mut text = String::new();
    if value.is_nan() {
        text.push_str("nan");
    } else if value.is_infinite() {
        text.push_str("inf");
    } else {
        push_finite(&mut text, value.abs(), layout, directive.alternate, false);
    }
    if conversion.is_ascii_uppercase() {
        text.make_ascii_uppercase();
    }
    let negative = value.is_sign_negative() && !value.is_nan();
    push_number(out, negative, "", &text, directive, directive.zero);
}

/// Appends a text (`s`, `r`, `a`, `c`): cut to the precision and padded with spaces, both in characters.
pub fn percent_text(out: &mut Vec<u8>, text: &[u8], directive: &Directive) {
    let kept = directive.precision().map_or(text, |precision| &text[..wtf8::offset_of(text, precision)]);
    push_spaced(out, kept, wtf8::count(kept), directive);
}

/// As [`percent_text`] for `bytes` templates, where each byte counts.
pub fn percent_bytes(out: &mut Vec<u8>, data: &[u8], directive: &Directive) {
    let kept = directive.precision().map_or(data, |precision| &data[..precision.min(data.len())]);
    push_spaced(out, kept, kept.len(), directive);
}

fn push_spaced(out: &mut Vec<u8>, text: &[u8], length: usize, directive: &Directive) {
    let padding = directive.width().saturating_sub(length);
    if !directive.left {
        out.resize(out.len() + padding, b' ');
    }
    out.extend_from_slice(text);
    if directive.left {
        out.resize(out.len() + padding, b' ');
    }
}
