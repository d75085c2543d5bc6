//! What `bytes` and `bytearray` do to ASCII letters, and their hexadecimal form.

use crate::search::Unit;
use crate::wtf8;

/// `bytes.title`: a letter after a non-letter is upper case, others lower.
pub fn title(data: &[u8]) -> Vec<u8> {
    let mut after_letter = false;
    data.iter()
        .map(|byte| {
            let out = if after_letter { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() };
            after_letter = byte.is_ascii_alphabetic();
            out
        })
        .collect()
}

/// `bytes.capitalize`.
pub fn capitalize(data: &[u8]) -> Vec<u8> {
    let mut out = data.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

/// `bytes.swapcase`.
pub fn swapcase(data: &[u8]) -> Vec<u8> {
    data.iter().map(|byte| if byte.is_ascii_alphabetic() { byte ^ 0x20 } else { *byte }).collect()
}

/// `bytes.istitle`.
pub fn is_title(data: &[u8]) -> bool {
    let (mut seen, mut after_letter) = (false, false);
    for byte in data {
        if byte.is_ascii_alphabetic() {
            if byte.is_ascii_uppercase() == after_letter {
                return false;
            }
            (seen, after_letter) = (true, true);
        } else {
            after_letter = false;
        }
    }
    seen
}

/// `bytes.hex`: two digits a byte, with `separator` between groups of `group` bytes counted from the right
/// (from the left when negative).
pub fn hex(data: &[u8], separator: Option<u8>, group: i64) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(data.len() * 2);
    let size = usize::try_from(group.unsigned_abs()).unwrap_or(usize::MAX);
    for (at, byte) in data.iter().enumerate() {
        let before = if group < 0 { at } else { data.len() - at };
        if let Some(separator) = separator
            && at > 0
            && size > 0
            && before % size == 0
        {
            out.push(char::from(separator));
        }
        out.push(char::from(HEX[usize::from(byte >> 4)]));
        out.push(char::from(HEX[usize::from(byte & 15)]));
    }
    out
}

/// Why [`from_hex`] gave no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// The text ends within a pair.
    Odd,
    /// The byte offset of what is no digit.
    At(usize),
}

/// `bytes.fromhex`: pairs of digits, white space between them.
pub fn from_hex(text: &[u8]) -> Result<Vec<u8>, HexError> {
    let digit = |at: usize| match text.get(at) {
        Some(&byte) => char::from(byte).to_digit(16).ok_or(HexError::At(at)),
        None => Err(HexError::Odd),
    };
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut at = 0;
    while at < text.len() {
        if matches!(text[at], b' ' | 9..=13) {
            at += 1;
            continue;
        }
        let (high, low) = (digit(at)?, digit(at + 1)?);
        out.push((high << 4 | low) as u8);
        at += 2;
    }
    Ok(out)
}

/// `bytes.expandtabs` and, for ASCII text, `str.expandtabs`.
pub fn expand_tabs(data: &[u8], tab_size: usize, unit: Unit) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut column = 0;
    for &byte in data {
        match byte {
            b'\t' => {
                if tab_size > 0 {
                    let spaces = tab_size - column % tab_size;
                    out.resize(out.len() + spaces, b' ');
                    column += spaces;
                }
            }
            _ => {
                out.push(byte);
                if matches!(byte, b'\n' | b'\r') {
                    column = 0;
                } else if unit == Unit::Byte || !wtf8::is_continuation(byte) {
                    column += 1;
                }
            }
        }
    }
    out
}
