//! The error handlers that are not Python code: `strict`, `ignore`, `replace`, `surrogateescape` ….

use super::{Codec, DecodeError, EncodeError, Endian};
use crate::repr::push_hex_escape;
use crate::wtf8;

/// What happens to bytes or characters that a codec cannot take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorPolicy {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    /// For encoding only.
    XmlCharRefReplace,
    SurrogateEscape,
    SurrogatePass,
}

impl ErrorPolicy {
    /// The policy with this name; nothing for handlers that are Python code (`namereplace` among them).
    pub fn from_name(name: &str) -> Option<ErrorPolicy> {
        Some(match name {
            "strict" => ErrorPolicy::Strict,
            "ignore" => ErrorPolicy::Ignore,
            "replace" => ErrorPolicy::Replace,
            "backslashreplace" => ErrorPolicy::BackslashReplace,
            "xmlcharrefreplace" => ErrorPolicy::XmlCharRefReplace,
            "surrogateescape" => ErrorPolicy::SurrogateEscape,
            "surrogatepass" => ErrorPolicy::SurrogatePass,
            _ => return None,
        })
    }
}

/// The text of all of `data`.
pub fn decode(codec: Codec, data: &[u8], policy: ErrorPolicy) -> Result<Vec<u8>, DecodeError> {
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while at < data.len() {
        match codec.decode_from(data, at, true, &mut out) {
            Ok(end) => at = end,
            Err(error) => at = mend_decoding(codec, data, error, policy, &mut out)?,
        }
    }
    Ok(out)
}

/// Does what `policy` says about an error of decoding and returns where decoding goes on.
pub fn mend_decoding(
    codec: Codec,
    data: &[u8],
    error: DecodeError,
    policy: ErrorPolicy,
    out: &mut Vec<u8>,
) -> Result<usize, DecodeError> {
    let bad = &data[error.start..error.end];
    match policy {
        ErrorPolicy::Strict | ErrorPolicy::XmlCharRefReplace => return Err(error),
        ErrorPolicy::Ignore => {}
        ErrorPolicy::Replace => wtf8::push(out, 0xfffd),
        ErrorPolicy::BackslashReplace => bad.iter().for_each(|&byte| push_hex_escape(out, byte.into())),
        ErrorPolicy::SurrogateEscape => {
            // Bytes that are ASCII are never escaped: what looks like text has to stay text.
            let escaped = bad.iter().take_while(|byte| !byte.is_ascii()).count();
            if escaped == 0 {
                return Err(error);
            }
            bad[..escaped].iter().for_each(|&byte| wtf8::push(out, 0xdc00 + u32::from(byte)));
            return Ok(error.start + escaped);
        }
        ErrorPolicy::SurrogatePass => {
            let (point, width) = encoded_surrogate(codec, &data[error.start..]).ok_or(error)?;
            wtf8::push(out, point);
            return Ok(error.start + width);
        }
    }
    Ok(error.end)
}

/// The surrogate that `data` starts with in this codec, and its width.
fn encoded_surrogate(codec: Codec, data: &[u8]) -> Option<(u32, usize)> {
    let (point, width) = match (codec, data) {
        (Codec::Utf8, &[0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, ..]) => {
            (0xd000 | u32::from(second & 0x3f) << 6 | u32::from(third & 0x3f), 3)
        }
        (Codec::Utf16(Endian::Little), &[low, high, ..]) | (Codec::Utf16(Endian::Big), &[high, low, ..]) => {
            (u32::from(high) << 8 | u32::from(low), 2)
        }
        (Codec::Utf32(Endian::Little), &[a, b, c, d, ..]) => (u32::from_le_bytes([a, b, c, d]), 4),
        (Codec::Utf32(Endian::Big), &[a, b, c, d, ..]) => (u32::from_be_bytes([a, b, c, d]), 4),
        _ => return None,
    };
    (0xd800..=0xdfff).contains(&point).then_some((point, width))
}

/// The bytes of all of `text`.
pub fn encode(codec: Codec, text: &[u8], policy: ErrorPolicy) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match codec.encode_from(text, at, &mut out) {
            Ok(()) => break,
            Err(error) => at = mend_encoding(codec, text, error, policy, &mut out)?,
        }
    }
    Ok(out)
}

/// Does what `policy` says about an error of encoding and returns where encoding goes on.
pub fn mend_encoding(
    codec: Codec,
    text: &[u8],
    error: EncodeError,
    policy: ErrorPolicy,
    out: &mut Vec<u8>,
) -> Result<usize, EncodeError> {
    let mut replacement = Vec::new();
    for (offset, point) in wtf8::code_points(&text[error.start..error.end]) {
        let unmended = EncodeError { start: error.start + offset, ..error };
        match policy {
            ErrorPolicy::Strict => return Err(error),
            ErrorPolicy::Ignore => {}
            ErrorPolicy::Replace => replacement.push(b'?'),
            ErrorPolicy::BackslashReplace => push_hex_escape(&mut replacement, point),
            ErrorPolicy::XmlCharRefReplace => replacement.extend_from_slice(format!("&#{point};").as_bytes()),
            ErrorPolicy::SurrogateEscape => match (codec, point) {
                // One escaped byte is no whole unit of these.
                (Codec::Utf16(_) | Codec::Utf32(_), _) => return Err(error),
                (_, 0xdc80..=0xdcff) => out.push((point - 0xdc00) as u8),
                _ => return Err(unmended),
            },
            ErrorPolicy::SurrogatePass => match (codec, point) {
                (Codec::Latin1 | Codec::Ascii, _) => return Err(unmended),
                (_, 0xd800..=0xdfff) => codec.push_wide(out, point),
                _ => return Err(unmended),
            },
        }
    }
    // Replacements are ASCII, which wide codecs have yet to widen.
    replacement.iter().for_each(|&byte| codec.push_wide(out, byte.into()));
    Ok(error.end)
}
