//! Characters of WTF-8: counting, decoding and the offset index that makes `s[i]` constant time.

use dx_heap::Header;

use super::StrObject;
use crate::kinds;
use crate::thread::Thread;
use crate::value::Value;

/// Characters between two entries of the index.
const STEP: usize = 64;

/// Bytes of the character that begins with this byte.
#[inline(always)]
pub(crate) fn char_bytes(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

/// Number of characters in WTF-8 text: bytes that are not continuation bytes.
pub(crate) fn count_chars(bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        return bytes.len();
    }
    bytes.iter().filter(|&&byte| byte as i8 >= -0x40).count()
}

/// The code points of WTF-8 text.
pub fn code_points(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let &first = bytes.get(at)?;
        let length = char_bytes(first);
        let mut code = match length {
            1 => u32::from(first),
            2 => u32::from(first & 0x1f),
            3 => u32::from(first & 0x0f),
            _ => u32::from(first & 0x07),
        };
        for index in 1..length {
            code = code << 6 | u32::from(bytes.get(at + index).copied().unwrap_or(0x80) & 0x3f);
        }
        at += length;
        Some(code)
    })
}

/// WTF-8 of a code point, surrogates included.
pub(crate) fn encode(code: u32, buffer: &mut [u8; 4]) -> &[u8] {
    match code {
        0..0x80 => {
            buffer[0] = code as u8;
            &buffer[..1]
        }
        0x80..0x800 => {
            buffer[0] = 0xc0 | (code >> 6) as u8;
            buffer[1] = 0x80 | (code & 0x3f) as u8;
            &buffer[..2]
        }
        0x800..0x1_0000 => {
            buffer[0] = 0xe0 | (code >> 12) as u8;
            buffer[1] = 0x80 | (code >> 6 & 0x3f) as u8;
            buffer[2] = 0x80 | (code & 0x3f) as u8;
            &buffer[..3]
        }
        _ => {
            buffer[0] = 0xf0 | (code >> 18 & 7) as u8;
            buffer[1] = 0x80 | (code >> 12 & 0x3f) as u8;
            buffer[2] = 0x80 | (code >> 6 & 0x3f) as u8;
            buffer[3] = 0x80 | (code & 0x3f) as u8;
            &buffer[..4]
        }
    }
}

pub(super) fn offset_of(thread: &Thread, string: &StrObject, index: usize) -> usize {
    if index == string.len() {
        return string.bytes().len();
    }
    let bytes = string.bytes();
    let mut at = 0;
    let mut left = index;
    if index >= STEP {
        at = indexed(thread, string, index / STEP);
        left = index % STEP;
    }
    while left > 0 {
        at += char_bytes(bytes[at]);
        left -= 1;
    }
    at
}

/// Entry `entry` of the string's index, which is built now if nobody did.
fn indexed(thread: &Thread, string: &StrObject, entry: usize) -> usize {
    let Some(extension) = string.extension() else { return 0 };
    if extension.index.get().word() == 0 {
        build(thread, string);
    }
    // SAFETY: the index has an entry for each full step, and callers ask for characters in range.
    unsafe { *extension.index.get().cell().add(1).cast::<usize>().add(entry) }
}

#[cold]
fn build(thread: &Thread, string: &StrObject) {
    let Some(extension) = string.extension() else { return };
    let entries = string.len() / STEP + 1;
    let cell = thread.heap.alloc(8 + 8 * entries, Header::word(kinds::RAW, 0, 0));
    let mut chars = 0;
    for (offset, &byte) in string.bytes().iter().enumerate() {
        if byte as i8 >= -0x40 {
            if chars % STEP == 0 {
                // SAFETY: there is an entry for each full step.
                unsafe { *cell.add(1).cast::<usize>().add(chars / STEP) = offset };
            }
            chars += 1;
        }
    }
    extension.index.set(Value::from_cell(cell));
    thread.heap.barrier(&string.header);
}
