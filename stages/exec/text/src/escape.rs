//! Backslash escapes: the codecs `unicode_escape` and `raw_unicode_escape`, and those of bytes literals.

use crate::codec::DecodeError;
use crate::repr::push_hex_escape;
use crate::wtf8;

/// A character name's code points (`\N{name}`), where somebody has the table of names.
pub type NameLookup<'a> = &'a dyn Fn(&str) -> Option<u32>;

fn octal(data: &[u8], at: usize) -> (u32, usize) {
    let digits = data[at..].iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte));
    digits.fold((0, 0), |(value, count), digit| (value * 8 + u32::from(digit - b'0'), count + 1))
}

/// The value of up to `count` hexadecimal digits, and how many there were.
fn hexadecimal(data: &[u8], at: usize, count: usize) -> (u32, usize) {
    let digits = data.get(at..).unwrap_or_default().iter().take(count);
    let values = digits.map_while(|&byte| char::from(byte).to_digit(16));
    values.fold((0, 0), |(value, count), digit| (value << 4 | digit, count + 1))
}

fn simple(letter: u8) -> Option<u8> {
    Some(match letter {
        b'\\' | b'\'' | b'"' => letter,
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        _ => return None,
    })
}

/// Appends the text of `data` from `at` on in the codec `unicode_escape`.
pub fn decode_unicode_escape(
    data: &[u8],
    mut at: usize,
    names: NameLookup<'_>,
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    while let Some(&byte) = data.get(at) {
        let start = at;
        at += 1;
        if byte != b'\\' {
            wtf8::push(out, byte.into());
            continue;
        }
        let Some(&letter) = data.get(at) else {
            return Err(DecodeError { start, end: at, reason: "\\ at end of string" });
        };
        at += 1;
        let (count, reason) = match letter {
            b'x' => (2, "truncated \\xXX escape"),
            b'u' => (4, "truncated \\uXXXX escape"),
            b'U' => (8, "truncated \\UXXXXXXXX escape"),
            b'\n' => continue,
            b'N' => {
                at = named(data, start, names, out)?;
                continue;
            }
            b'0'..=b'7' => {
                let (value, length) = octal(data, at - 1);
                wtf8::push(out, value);
                at += length - 1;
                continue;
            }
            _ => {
                match simple(letter) {
                    Some(plain) => out.push(plain),
                    None => {
                        out.push(b'\\');
                        wtf8::push(out, letter.into());
                    }
                }
                continue;
            }
        };
        let (value, length) = hexadecimal(data, at, count);
        at += length;
        if length < count {
            return Err(DecodeError { start, end: at, reason });
        }
        if value > 0x10_ffff {
            return Err(DecodeError { start, end: at, reason: "illegal Unicode character" });
        }
        wtf8::push(out, value);
    }
    Ok(())
}

/// Decodes `\N{name}` at `start` and returns the offset behind it.
fn named(data: &[u8], start: usize, names: NameLookup<'_>, out: &mut Vec<u8>) -> Result<usize, DecodeError> {
    let body = start + 3;
    let close = data.get(body..).and_then(|rest| memchr::memchr(b'}', rest));
    let malformed = "malformed \\N character escape";
    let (Some(b'{'), Some(length @ 1..)) = (data.get(start + 2), close) else {
        let end = match (data.get(start + 2), close) {
            (Some(b'{'), None) => data.len(),
            (Some(b'{'), _) => body,
            _ => start + 2,
        };
        return Err(DecodeError { start, end, reason: malformed });
    };
    let end = body + length + 1;
    let name = std::str::from_utf8(&data[body..body + length]).ok();
    match name.and_then(names) {
        Some(point) => {
            wtf8::push(out, point);
            Ok(end)
        }
        None => Err(DecodeError { start, end, reason: "unknown Unicode character name" }),
    }
}

/// Appends the text of `data` from `at` on in the codec `raw_unicode_escape`.
pub fn decode_raw_unicode_escape(data: &[u8], mut at: usize, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    while let Some(&byte) = data.get(at) {
        let start = at;
        at += 1;
        let next = data.get(at).copied();
        let (count, reason) = match (byte, next) {
            (b'\\', Some(b'u')) => (4, "truncated \\uXXXX escape"),
            (b'\\', Some(b'U')) => (8, "truncated \\UXXXXXXXX escape"),
            (b'\\', Some(other)) => {
                // A backslash before anything else, another backslash too, takes it along.
                out.push(b'\\');
                wtf8::push(out, other.into());
                at += 1;
                continue;
            }
            _ => {
                wtf8::push(out, byte.into());
                continue;
            }
        };
        let (value, length) = hexadecimal(data, at + 1, count);
        at += 1 + length;
        if length < count {
            return Err(DecodeError { start, end: at, reason });
        }
        if value > 0x10_ffff {
            return Err(DecodeError { start, end: at, reason: "\\Uxxxxxxxx out of range" });
        }
        wtf8::push(out, value);
    }
    Ok(())
}

/// The bytes of `text` in the codec `unicode_escape`: everything but printable ASCII escaped.
pub fn encode_unicode_escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (_, point) in wtf8::code_points(text) {
        match point {
            9 => out.extend_from_slice(b"\\t"),
            10 => out.extend_from_slice(b"\\n"),
            13 => out.extend_from_slice(b"\\r"),
            0x5c => out.extend_from_slice(b"\\\\"),
            0x20..=0x7e => out.push(point as u8),
            _ => push_hex_escape(&mut out, point),
        }
    }
    out
}

/// The bytes of `text` in the codec `raw_unicode_escape`: what Latin-1 has not, escaped.
pub fn encode_raw_unicode_escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (_, point) in wtf8::code_points(text) {
        match point {
            0..=0xff => out.push(point as u8),
            _ => push_hex_escape(&mut out, point),
        }
    }
    out
}

/// The bytes of an escaped bytes literal (`codecs.escape_decode`).
pub fn decode_bytes_escape(data: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(&byte) = data.get(at) {
        let start = at;
        at += 1;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let Some(&letter) = data.get(at) else {
            return Err(DecodeError { start, end: at, reason: "Trailing \\ in string" });
        };
        at += 1;
        match letter {
            b'\n' => {}
            b'0'..=b'7' => {
                let (value, length) = octal(data, at - 1);
                out.push(value as u8);
                at += length - 1;
            }
            b'x' => {
                let (value, length) = hexadecimal(data, at, 2);
                at += length;
                if length < 2 {
                    return Err(DecodeError { start, end: at, reason: "invalid \\x escape" });
                }
                out.push(value as u8);
            }
            _ => match simple(letter) {
                Some(plain) => out.push(plain),
                None => out.extend_from_slice(&[b'\\', letter]),
            },
        }
    }
    Ok(out)
}
