//! Generalised UTF-8: how the characters of a `str` are laid out in bytes.
//!
//! Python's strings may hold single surrogates, which UTF-8 cannot: here each takes the three bytes that the
//! scheme gives its number, and two that happen to stand side by side stay two characters. The readers below
//! trust that the bytes were made by [`push`]; damaged ones give wrong characters, never a panic.

/// How many bytes the character that starts with `lead` takes.
#[inline]
pub fn width(lead: u8) -> usize {
    match lead {
        0..=0xdf => 1 + usize::from(lead >= 0xc0),
        0xe0..=0xef => 3,
        _ => 4,
    }
}

/// True for the second and later bytes of a character.
#[inline]
pub fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// How many bytes the code point `point` takes.
#[inline]
pub fn width_of(point: u32) -> usize {
    match point {
        0..=0x7f => 1,
        0x80..=0x7ff => 2,
        0x800..=0xffff => 3,
        _ => 4,
    }
}

/// The code point that starts at byte `at`, and its width; `(0, 1)` past the end.
#[inline]
pub fn decode(text: &[u8], at: usize) -> (u32, usize) {
    let byte = |offset: usize| u32::from(text.get(at + offset).copied().unwrap_or(0x80)) & 0x3f;
    let Some(&lead) = text.get(at) else { return (0, 1) };
    let wide = u32::from(lead);
    match width(lead) {
        1 => (wide, 1),
        2 => ((wide & 0x1f) << 6 | byte(1), 2),
        3 => ((wide & 0x0f) << 12 | byte(1) << 6 | byte(2), 3),
        _ => ((wide & 0x07) << 18 | byte(1) << 12 | byte(2) << 6 | byte(3), 4),
    }
}

/// The last code point of `text` and its width.
#[inline]
pub fn last(text: &[u8]) -> Option<(u32, usize)> {
    let mut start = text.len().checked_sub(1)?;
    while start > 0 && is_continuation(text[start]) && text.len() - start < 4 {
        start -= 1;
    }
    Some((decode(text, start).0, text.len() - start))
}

/// Appends the code point `point`, surrogates included.
#[inline]
pub fn push(out: &mut Vec<u8>, point: u32) {
    let tail = |shift: u32| 0x80 | (point >> shift & 0x3f) as u8;
    match width_of(point) {
        1 => out.push(point as u8),
        2 => out.extend_from_slice(&[0xc0 | (point >> 6) as u8, tail(0)]),
        3 => out.extend_from_slice(&[0xe0 | (point >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend_from_slice(&[0xf0 | (point >> 18 & 7) as u8, tail(12), tail(6), tail(0)]),
    }
}

/// How many characters `text` has.
pub fn count(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| !is_continuation(byte)).count()
}

/// True when one character is a single surrogate, which no strict codec can write.
pub fn has_surrogate(text: &[u8]) -> bool {
    memchr::memchr_iter(0xed, text).any(|at| text.get(at + 1).is_some_and(|&next| next >= 0xa0))
}

/// The byte offset of character number `index`, or the length of `text` when there are not so many.
pub fn offset_of(text: &[u8], index: usize) -> usize {
    let mut at = 0;
    for _ in 0..index {
        match text.get(at) {
            Some(&lead) => at += width(lead),
            None => break,
        }
    }
    at.min(text.len())
}

/// The characters of `text`, each with its byte offset.
#[derive(Clone)]
pub struct CodePoints<'a> {
    text: &'a [u8],
    at: usize,
}

/// Iterates over the code points of `text` with their byte offsets.
pub fn code_points(text: &[u8]) -> CodePoints<'_> {
    CodePoints { text, at: 0 }
}

impl Iterator for CodePoints<'_> {
    type Item = (usize, u32);

    #[inline]
    fn next(&mut self) -> Option<(usize, u32)> {
        if self.at >= self.text.len() {
            return None;
        }
        let (point, width) = decode(self.text, self.at);
        let start = self.at;
        self.at += width;
        Some((start, point))
    }
}
