//! Integers as text: `int(text, base)`, and the digits of small ones in any base.

mod parse;
mod radix;

pub use parse::{IntError, ParsedInt, parse};
pub use radix::{push_decimal, push_radix};

use std::borrow::Cow;

use crate::{unicode, wtf8};

/// `text` with digits and spaces of any script as ASCII ones; nothing when another character is left.
pub(crate) fn to_ascii(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if text.is_ascii() {
        return Some(Cow::Borrowed(text));
    }
    let mut ascii = Vec::with_capacity(text.len());
    for (_, point) in wtf8::code_points(text) {
        ascii.push(match point {
            0..=0x7f => point as u8,
            _ if unicode::is_space(point) => b' ',
            _ => b'0' + unicode::to_decimal(point)?,
        });
    }
    Some(Cow::Owned(ascii))
}

/// `text` without its underscores, each of which must stand between two decimal digits.
pub(crate) fn without_underscores(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if memchr::memchr(b'_', text).is_none() {
        return Some(Cow::Borrowed(text));
    }
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    for at in memchr::memchr_iter(b'_', text) {
        if at == 0 || !is_digit(at - 1) || !is_digit(at + 1) {
            return None;
        }
    }
    Some(Cow::Owned(text.iter().copied().filter(|&byte| byte != b'_').collect()))
}
