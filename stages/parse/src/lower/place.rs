//! Places that the foreign tree does not give as CPython's does.

use ruff_text_size::{TextRange, TextSize};

/// The offset of the next token at or after `from`: over blanks, line ends, continuations and comments.
pub(crate) fn skip_trivia(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\x0c' | b'\n' | b'\\' => at += 1,
            b'#' => at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |len| at + len),
            _ => break,
        }
    }
    at
}

/// A range with another start.
pub(crate) fn from(start: usize, range: TextRange) -> TextRange {
    let start = TextSize::new(start as u32).min(range.end());
    TextRange::new(start, range.end())
}

/// The place of a statement with a body: it ends after the semicolon that its last line may end with.
pub(crate) fn compound(text: &str, range: TextRange) -> TextRange {
    let rest = &text.as_bytes()[range.end().to_usize()..];
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0c')).count();
    match rest.get(blanks) {
        Some(b';') => TextRange::new(range.start(), range.end() + TextSize::new(blanks as u32 + 1)),
        _ => range,
    }
}
