//! Bytes to text.

use super::{Codec, DecodeError, Endian};
use crate::wtf8;

impl Codec {
    /// Appends the text of `data` from byte `at` on, and returns how far it came.
    ///
    /// Unless `last`, a character cut off at the end is no error: it stays for the next call.
    pub fn decode_from(
        self,
        data: &[u8],
        at: usize,
        last: bool,
        out: &mut Vec<u8>,
    ) -> Result<usize, DecodeError> {
        match self {
            Codec::Utf8 => utf8(data, at, last, out),
            Codec::Utf16(endian) => utf16(data, at, last, endian, out),
            Codec::Utf32(endian) => utf32(data, at, last, endian, out),
            Codec::Latin1 => {
                latin1(&data[at..], out);
                Ok(data.len())
            }
            Codec::Ascii => ascii(data, at, out),
        }
    }
}

fn utf8(data: &[u8], at: usize, last: bool, out: &mut Vec<u8>) -> Result<usize, DecodeError> {
    let rest = &data[at..];
    let error = match std::str::from_utf8(rest) {
        Ok(_) => {
            out.extend_from_slice(rest);
            return Ok(data.len());
        }
        Err(error) => error,
    };
    let valid = error.valid_up_to();
    out.extend_from_slice(&rest[..valid]);
    let start = at + valid;
    let Some(length) = error.error_len() else {
        let reason = "unexpected end of data";
        return if last { Err(DecodeError { start, end: data.len(), reason }) } else { Ok(start) };
    };
    let starts = matches!(data[start], 0xc2..=0xf4);
    let reason = if starts { "invalid continuation byte" } else { "invalid start byte" };
    Err(DecodeError { start, end: start + length, reason })
}

fn ascii(data: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, DecodeError> {
    let rest = &data[at..];
    let valid = rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
    out.extend_from_slice(&rest[..valid]);
    if valid == rest.len() {
        return Ok(data.len());
    }
    let start = at + valid;
    Err(DecodeError { start, end: start + 1, reason: "ordinal not in range(128)" })
}

fn latin1(data: &[u8], out: &mut Vec<u8>) {
    if data.is_ascii() {
        out.extend_from_slice(data);
    } else {
        data.iter().for_each(|&byte| wtf8::push(out, byte.into()));
    }
}

fn unit16(data: &[u8], at: usize, endian: Endian) -> Option<u32> {
    let bytes = data.get(at..at + 2)?.try_into().ok()?;
    Some(u32::from(match endian {
        Endian::Little => u16::from_le_bytes(bytes),
        Endian::Big => u16::from_be_bytes(bytes),
    }))
}

fn utf16(
    data: &[u8],
    mut at: usize,
    last: bool,
    endian: Endian,
    out: &mut Vec<u8>,
) -> Result<usize, DecodeError> {
    let cut = |start: usize, reason: &'static str| {
        if last { Err(DecodeError { start, end: data.len(), reason }) } else { Ok(start) }
    };
    while at < data.len() {
        let Some(unit) = unit16(data, at, endian) else { return cut(at, "truncated data") };
        match unit {
            0xd800..=0xdbff => match unit16(data, at + 2, endian) {
                Some(low @ 0xdc00..=0xdfff) => {
                    wtf8::push(out, 0x10000 + ((unit & 0x3ff) << 10 | low & 0x3ff));
                    at += 4;
                }
                Some(_) => {
                    return Err(DecodeError { start: at, end: at + 2, reason: "illegal UTF-16 surrogate" });
                }
                None => return cut(at, "unexpected end of data"),
            },
            0xdc00..=0xdfff => {
                return Err(DecodeError { start: at, end: at + 2, reason: "illegal encoding" });
            }
            _ => {
                wtf8::push(out, unit);
                at += 2;
            }
        }
    }
    Ok(at)
}

fn utf32(
    data: &[u8],
    mut at: usize,
    last: bool,
    endian: Endian,
    out: &mut Vec<u8>,
) -> Result<usize, DecodeError> {
    while at < data.len() {
        let Some(bytes) = data.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()) else {
            let error = DecodeError { start: at, end: data.len(), reason: "truncated data" };
            return if last { Err(error) } else { Ok(at) };
        };
        let point = match endian {
            Endian::Little => u32::from_le_bytes(bytes),
            Endian::Big => u32::from_be_bytes(bytes),
        };
        let reason = match point {
            0xd800..=0xdfff => "code point in surrogate code point range(0xd800, 0xe000)",
            0x11_0000.. => "code point not in range(0x110000)",
            _ => {
                wtf8::push(out, point);
                at += 4;
                continue;
            }
        };
        return Err(DecodeError { start: at, end: at + 4, reason });
    }
    Ok(at)
}
