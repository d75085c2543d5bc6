//! Text to bytes.

use super::{Codec, EncodeError, Endian};
use crate::wtf8;

fn is_surrogate(point: u32) -> bool {
    (0xd800..=0xdfff).contains(&point)
}

impl Codec {
    /// Appends the bytes of `text` from byte `at` on, up to the first characters that have none.
    pub fn encode_from(self, text: &[u8], at: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match self {
            Codec::Utf8 => utf8(text, at, out),
            Codec::Latin1 | Codec::Ascii if text[at..].is_ascii() => {
                out.extend_from_slice(&text[at..]);
                Ok(())
            }
            Codec::Latin1 => narrow(text, at, 0x100, "ordinal not in range(256)", out),
            Codec::Ascii => narrow(text, at, 0x80, "ordinal not in range(128)", out),
            Codec::Utf16(_) | Codec::Utf32(_) => wide(self, text, at, out),
        }
    }

    /// Appends one code point in UTF-16 or UTF-32, surrogates included.
    pub(super) fn push_wide(self, out: &mut Vec<u8>, point: u32) {
        let unit = |unit: u32, endian| match endian {
            Endian::Little => (unit as u16).to_le_bytes(),
            Endian::Big => (unit as u16).to_be_bytes(),
        };
        match self {
            Codec::Utf32(Endian::Little) => out.extend_from_slice(&point.to_le_bytes()),
            Codec::Utf32(Endian::Big) => out.extend_from_slice(&point.to_be_bytes()),
            Codec::Utf16(endian) if point < 0x10000 => out.extend_from_slice(&unit(point, endian)),
            Codec::Utf16(endian) => {
                let offset = point - 0x10000;
                out.extend_from_slice(&unit(0xd800 | offset >> 10, endian));
                out.extend_from_slice(&unit(0xdc00 | offset & 0x3ff, endian));
            }
            Codec::Utf8 | Codec::Latin1 | Codec::Ascii => wtf8::push(out, point),
        }
    }
}

/// The end of the run of characters from `at` on for which `refused` holds.
fn run_end(text: &[u8], at: usize, refused: impl Fn(u32) -> bool) -> usize {
    let run = wtf8::code_points(&text[at..]).find(|&(_, point)| !refused(point));
    run.map_or(text.len(), |(offset, _)| at + offset)
}

fn utf8(text: &[u8], at: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let rest = &text[at..];
    let surrogate =
        memchr::memchr_iter(0xed, rest).find(|&place| rest.get(place + 1).is_some_and(|&next| next >= 0xa0));
    let Some(place) = surrogate else {
        out.extend_from_slice(rest);
        return Ok(());
    };
    out.extend_from_slice(&rest[..place]);
    let start = at + place;
    Err(EncodeError { start, end: run_end(text, start, is_surrogate), reason: "surrogates not allowed" })
}

fn narrow(
    text: &[u8],
    at: usize,
    limit: u32,
    reason: &'static str,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    for (offset, point) in wtf8::code_points(&text[at..]) {
        if point >= limit {
            let start = at + offset;
            return Err(EncodeError { start, end: run_end(text, start, |point| point >= limit), reason });
        }
        out.push(point as u8);
    }
    Ok(())
}

fn wide(codec: Codec, text: &[u8], at: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    for (offset, point) in wtf8::code_points(&text[at..]) {
        if is_surrogate(point) {
            let start = at + offset;
            return Err(EncodeError { start, end: start + 3, reason: "surrogates not allowed" });
        }
        codec.push_wide(out, point);
    }
    Ok(())
}
