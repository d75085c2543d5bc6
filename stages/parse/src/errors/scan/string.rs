//! Strings, and the fields of f-strings and t-strings.

use super::{Scanner, Shape, Stop};
use crate::checks::tokens::FIELDS_MAX;

/// An f-string or t-string whose end is not reached.
pub(super) struct Open {
    start: usize,
    quote: u8,
    triple: bool,
    raw: bool,
    template: bool,
    /// For each open field: how many brackets are open with its brace, and whether its specification is reached.
    fields: Vec<(usize, bool)>,
}

impl Open {
    pub(super) fn kind(&self) -> &'static str {
        if self.template { "t-string" } else { "f-string" }
    }

    /// What CPython puts before a message about brackets in a field.
    pub(super) fn label(&self) -> String {
        format!("{}: ", self.kind())
    }

    /// Brackets that belong to what surrounds the innermost field, its brace included.
    pub(super) fn floor(&self) -> usize {
        self.fields.last().map_or(0, |field| field.0)
    }
}

/// Whether a word is a prefix of strings.
pub(super) fn is_prefix(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    matches!(lower.as_str(), "r" | "u" | "b" | "f" | "t" | "br" | "rb" | "fr" | "rf" | "tr" | "rt")
}

/// The two letters of a prefix that exclude each other.
pub(super) fn incompatible(word: &str) -> Option<(char, char)> {
    let lower = word.to_ascii_lowercase();
    let letters_only = lower.chars().all(|c| "rubft".contains(c) && lower.matches(c).count() == 1);
    [('u', 'b'), ('u', 'r'), ('u', 'f'), ('u', 't'), ('b', 'f'), ('b', 't'), ('f', 't')]
        .into_iter()
        .find(|(one, other)| letters_only && lower.contains(*one) && lower.contains(*other))
}

impl Scanner<'_> {
    /// At the quote of a string whose prefix began at `start`.
    pub(super) fn string(&mut self, start: usize) -> Result<(), Stop> {
        let prefix = self.text[start..self.at].to_ascii_lowercase();
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        if prefix.contains(['f', 't']) {
            let (raw, template) = (prefix.contains('r'), prefix.contains('t'));
            self.push(Shape::String, start);
            self.strings.push(Open { start, quote, triple, raw, template, fields: Vec::new() });
            return self.middle();
        }
        let mut escaped_quote = false;
        loop {
            let byte = self.peek(0);
            if self.at >= self.bytes.len() || (byte == b'\n' && !triple) {
                // The quote may be that of the string around the field, whose brace is missing then.
                if let Some(open) =
                    self.strings.last().filter(|open| open.quote == quote && open.triple == triple)
                {
                    return self.stop(start, start + 1, format!("{}: expecting '}}'", open.kind()));
                }
                let what = if triple { "triple-quoted string" } else { "string" };
                let mut message = self.unterminated(what, triple);
                if escaped_quote && !triple {
                    message.push_str("; perhaps you escaped the end quote?");
                }
                return self.stop(start, start + 1, message);
            }
            self.at += 1;
            if byte == b'\\' {
                escaped_quote |= self.peek(0) == quote;
                self.skip_character();
            } else if byte == quote && (!triple || (self.peek(0) == quote && self.peek(1) == quote)) {
                self.at += if triple { 2 } else { 0 };
                self.push(Shape::String, start);
                return Ok(());
            }
        }
    }

    fn unterminated(&self, what: &str, triple: bool) -> String {
        // A file that ends in a newline is found open on its last line.
        let past_end = triple && self.bytes.last() == Some(&b'\n');
        let line = self.line(self.at) - usize::from(past_end);
        format!("unterminated {what} literal (detected at line {line})")
    }

    /// Over one character, which may be of several bytes.
    fn skip_character(&mut self) {
        self.at = (self.at + 1).min(self.bytes.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    /// Text of the innermost string, up to a field, a specification's end, or the closing quote.
    fn middle(&mut self) -> Result<(), Stop> {
        while let Some(open) = self.strings.last() {
            let (quote, triple, raw, start, kind) =
                (open.quote, open.triple, open.raw, open.start, open.kind());
            let in_spec = open.fields.last().is_some_and(|field| field.1);
            let byte = self.peek(0);
            let at_end = self.at >= self.bytes.len();
            let closes = byte == quote && (!triple || (self.peek(1) == quote && self.peek(2) == quote));
            if in_spec && (at_end || closes) {
                let message = format!("{kind}: expecting '}}', or format specs");
                return self.stop(self.at, self.at + 1, message);
            }
            if at_end || (byte == b'\n' && !triple) {
                if in_spec {
                    let message = format!(
                        "{kind}: newlines are not allowed in format specifiers for single quoted {kind}s"
                    );
                    return self.stop(self.at, self.at, message);
                }
                let what = if triple { format!("triple-quoted {kind}") } else { kind.to_owned() };
                return self.stop(start, start + 1, self.unterminated(&what, triple));
            }
            match byte {
                b'\\' if !raw && self.peek(1) == b'N' && self.peek(2) == b'{' => {
                    self.at += 2;
                    self.at += memchr::memchr3(b'}', b'\n', quote, &self.bytes[self.at..]).unwrap_or(0);
                    if self.peek(0) == b'}' {
                        self.at += 1;
                    }
                }
                b'\\' => {
                    self.at += 1;
                    if !matches!(self.peek(0), b'{' | b'}') {
                        self.skip_character();
                    }
                }
                b'{' if !in_spec && self.peek(1) == b'{' => self.at += 2,
                b'{' => return self.open_field(),
                b'}' if in_spec => {
                    self.close_field();
                    if !self.strings.last().is_some_and(|open| open.fields.last().is_none_or(|field| field.1))
                    {
                        return Ok(());
                    }
                }
                b'}' if self.peek(1) == b'}' => self.at += 2,
                b'}' => {
                    return self.stop(self.at, self.at + 1, format!("{kind}: single '}}' is not allowed"));
                }
                _ if closes => {
                    let close = self.at;
                    self.at += if triple { 3 } else { 1 };
                    self.strings.pop();
                    self.push(Shape::String, close);
                    return Ok(());
                }
                _ => self.skip_character(),
            }
        }
        Ok(())
    }

    fn open_field(&mut self) -> Result<(), Stop> {
        let start = self.at;
        self.brackets.push((start, b'{'));
        let depth = self.brackets.len();
        self.at += 1;
        let Some(open) = self.strings.last_mut() else { return Ok(()) };
        open.fields.push((depth, false));
        if open.fields.len() > FIELDS_MAX {
            let message = format!("{}: expressions nested too deeply", open.kind());
            return self.stop(start, start + 1, message);
        }
        self.push(Shape::Field, start);
        Ok(())
    }

    fn close_field(&mut self) {
        let start = self.at;
        self.brackets.pop();
        self.at += 1;
        if let Some(open) = self.strings.last_mut() {
            open.fields.pop();
        }
        self.push(Shape::Operator, start);
    }

    /// Whether the cursor is in a field with no bracket open but its own brace.
    pub(super) fn in_bare_field(&self) -> bool {
        self.strings.last().is_some_and(|open| {
            open.fields.last().is_some_and(|field| !field.1 && field.0 == self.brackets.len())
        })
    }

    /// At the `}` or `:` of a field.
    pub(super) fn field_tail(&mut self) -> Result<(), Stop> {
        let start = self.at;
        if self.peek(0) == b'}' {
            self.close_field();
            // A nested field stands in its parent's specification, which goes on.
            return self.middle();
        }
        self.at += 1;
        self.push(Shape::Operator, start);
        if let Some(field) = self.strings.last_mut().and_then(|open| open.fields.last_mut()) {
            field.1 = true;
        }
        self.middle()
    }
}
