//! `float(text)`: white space around, underscores between digits, `inf`, `nan`, digits of any script.

use crate::int;
use crate::int::without_underscores;

/// The value of `text` (generalised UTF-8), or nothing when `float()` would refuse it.
pub fn parse(text: &[u8]) -> Option<f64> {
    let ascii = int::to_ascii(text)?;
    let trimmed = trim(&ascii);
    let plain = without_underscores(trimmed)?;
    // Rust's grammar is Python's here, the names of infinity and "not a number" in any case included.
    std::str::from_utf8(&plain).ok()?.parse().ok()
}

/// Without the white space that `float()` and `int()` drop at both ends.
pub(crate) fn trim(mut text: &[u8]) -> &[u8] {
    // Not the separators 0x1c to 0x1f, which are white space elsewhere.
    let is_space = |byte: u8| matches!(byte, b' ' | 9..=13);
    while let [first, rest @ ..] = text
        && is_space(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_space(*last)
    {
        text = rest;
    }
    text
}
