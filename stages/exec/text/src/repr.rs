//! `repr` and `ascii` of strings and bytes: quotes and escapes.

use crate::unicode;
use crate::wtf8;

/// The quote that Python chooses: `'`, unless the text has a `'` and no `"`.
fn quote_for(text: &[u8]) -> u8 {
    if memchr::memchr(b'\'', text).is_some() && memchr::memchr(b'"', text).is_none() { b'"' } else { b'\'' }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `\xhh`, `\uhhhh` or `\Uhhhhhhhh`, whichever is the shortest that holds `point`.
pub fn push_hex_escape(out: &mut Vec<u8>, point: u32) {
    let (letter, digits) = match point {
        0..=0xff => (b'x', 2),
        0x100..=0xffff => (b'u', 4),
        _ => (b'U', 8),
    };
    out.extend_from_slice(&[b'\\', letter]);
    for place in (0..digits).rev() {
        out.push(HEX[(point >> (4 * place) & 15) as usize]);
    }
}

/// Pushes what every form of `repr` escapes alike; false when `byte` is none of it.
fn push_short_escape(out: &mut Vec<u8>, byte: u8, quote: u8) -> bool {
    let letter = match byte {
        b'\t' => b't',
        b'\n' => b'n',
        b'\r' => b'r',
        _ if byte == quote || byte == b'\\' => byte,
        _ => return false,
    };
    out.extend_from_slice(&[b'\\', letter]);
    true
}

fn push_str_with(out: &mut Vec<u8>, text: &[u8], shows: fn(u32) -> bool) {
    let quote = quote_for(text);
    out.reserve(text.len() + 2);
    out.push(quote);
    for (at, point) in wtf8::code_points(text) {
        match point {
            0..=0x7f if push_short_escape(out, point as u8, quote) => {}
            0x20..=0x7e => out.push(point as u8),
            0x80.. if shows(point) => {
                out.extend_from_slice(&text[at..(at + wtf8::width_of(point)).min(text.len())]);
            }
            _ => push_hex_escape(out, point),
        }
    }
    out.push(quote);
}

/// Appends `repr(text)` of a `str`.
pub fn push_str(out: &mut Vec<u8>, text: &[u8]) {
    push_str_with(out, text, unicode::is_printable);
}

/// Appends `ascii(text)` of a `str`.
pub fn push_ascii(out: &mut Vec<u8>, text: &[u8]) {
    push_str_with(out, text, |_| false);
}

/// Appends `text`, which is somebody's `repr`, with every non-ASCII character escaped (`ascii(object)`).
pub fn push_escaped_non_ascii(out: &mut Vec<u8>, text: &[u8]) {
    for (_, point) in wtf8::code_points(text) {
        if point < 0x80 {
            out.push(point as u8);
        } else {
            push_hex_escape(out, point);
        }
    }
}

/// Appends `repr(data)` of a `bytes`, the `b` included.
pub fn push_bytes(out: &mut Vec<u8>, data: &[u8]) {
    let quote = quote_for(data);
    out.reserve(data.len() + 3);
    out.extend_from_slice(&[b'b', quote]);
    for &byte in data {
        match byte {
            _ if push_short_escape(out, byte, quote) => {}
            0x20..=0x7e => out.push(byte),
            _ => push_hex_escape(out, u32::from(byte)),
        }
    }
    out.push(quote);
}
