//! A second tokenizer, for broken files only: CPython's rules and CPython's words for what is no token.
//!
//! The foreign lexer recovers in ways of its own and does not tell brackets, tabs and prefixes apart as CPython's
//! messages do. CPython lets an error of the tokenizer win over one of the grammar, even when it stands later in the
//! file, so this scan stops at the first one and the translation puts it first.

mod indent;
mod number;
mod string;

use ruff_text_size::TextRange;

use crate::finding::{Exception, span};

/// What stopped the scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) exception: Exception,
    pub(crate) range: TextRange,
    pub(crate) message: String,
    /// CPython looks for errors of this kind in the whole rest of the file once the grammar has found one; others
    /// count only when the grammar gets there.
    pub(crate) far: bool,
}

/// What kind of token, as far as messages ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Name,
    Number,
    String,
    Operator,
    /// The brace that opens a field of an f-string or t-string.
    Field,
    Newline,
    Indent,
    Dedent,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) shape: Shape,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Open brackets around it.
    pub(crate) level: usize,
    /// The string whose field it stands in: `f-string`, `t-string`, or empty.
    pub(crate) string: &'static str,
}

impl Token {
    pub(crate) fn range(&self) -> TextRange {
        span(self.start, self.end)
    }
}

/// The result: tokens up to the stop, if there was one, and the bracket that is open at the end.
pub(crate) struct Scan {
    pub(crate) tokens: Vec<Token>,
    pub(crate) stop: Option<Stop>,
    /// Offset of the innermost bracket that nothing closes.
    pub(crate) unclosed: Option<usize>,
}

pub(crate) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: 0,
        tokens: Vec::new(),
        brackets: Vec::new(),
        strings: Vec::new(),
        indents: vec![(0, 0)],
    };
    let stop = scanner.run().err();
    let unclosed = if stop.is_none() { scanner.brackets.last().map(|open| open.0) } else { None };
    Scan { tokens: scanner.tokens, stop, unclosed }
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    /// Offset and character of open brackets; those of fields in strings too.
    brackets: Vec<(usize, u8)>,
    /// Open f-strings and t-strings.
    strings: Vec<string::Open>,
    /// Columns of open blocks with tabs to eight and with tabs as one.
    indents: Vec<(usize, usize)>,
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, shape: Shape, start: usize) {
        let string = self.strings.last().map_or("", string::Open::kind);
        self.tokens.push(Token { shape, start, end: self.at, level: self.brackets.len(), string });
    }

    fn stop<T>(&self, start: usize, end: usize, message: impl Into<String>) -> Result<T, Stop> {
        Err(Stop {
            exception: Exception::Syntax,
            range: span(start, end),
            message: message.into(),
            far: true,
        })
    }

    /// A stop that only counts when the grammar gets there.
    fn near(&self, at: usize, message: &str) -> Result<(), Stop> {
        Err(Stop {
            exception: Exception::Syntax,
            range: span(at, at),
            message: message.to_owned(),
            far: false,
        })
    }

    fn skip_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    }

    /// The line (from 1) of an offset; asked for once, when a message needs it.
    fn line(&self, offset: usize) -> usize {
        memchr::memchr_iter(b'\n', &self.bytes[..offset.min(self.bytes.len())]).count() + 1
    }

    fn run(&mut self) -> Result<(), Stop> {
        self.indentation()?;
        while self.at < self.bytes.len() {
            self.token()?;
        }
        if self.tokens.last().is_some_and(|last| last.shape != Shape::Newline) && self.brackets.is_empty() {
            self.push(Shape::Newline, self.at);
        }
        self.push(Shape::End, self.at);
        Ok(())
    }

    fn token(&mut self) -> Result<(), Stop> {
        let start = self.at;
        match self.peek(0) {
            b' ' | b'\t' | b'\x0c' => self.at += 1,
            b'#' => self.skip_comment(),
            b'\n' => {
                self.at += 1;
                if self.brackets.is_empty() {
                    self.push(Shape::Newline, start);
                    return self.indentation();
                }
            }
            b'\\' => return self.continuation(),
            b'\'' | b'"' => return self.string(start),
            b'0'..=b'9' => return self.number(),
            b'.' if self.peek(1).is_ascii_digit() => return self.number(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => return self.name(),
            b'(' | b'[' | b'{' => {
                self.brackets.push((start, self.peek(0)));
                self.at += 1;
                self.push(Shape::Operator, start);
            }
            b')' | b']' | b'}' => return self.close_bracket(),
            b':' if self.in_bare_field() => return self.field_tail(),
            byte if byte < 0x20 || byte == 0x7f => {
                return self.stop(start, start + 1, format!("invalid non-printable character U+{byte:04X}"));
            }
            _ => {
                self.at += operator_len(&self.bytes[start..]);
                self.push(Shape::Operator, start);
            }
        }
        Ok(())
    }

    fn continuation(&mut self) -> Result<(), Stop> {
        let start = self.at;
        if self.peek(1) == b'\n' {
            self.at += 2;
            if self.at >= self.bytes.len() {
                return self.near(start + 1, "unexpected EOF while parsing");
            }
            return Ok(());
        }
        if start + 1 >= self.bytes.len() {
            return self.near(start + 1, "unexpected EOF while parsing");
        }
        self.near(start + 1, "unexpected character after line continuation character")
    }

    fn name(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let rest = &self.text[start..];
        let len = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()));
        let word = &rest[..len.unwrap_or(rest.len())];
        if matches!(self.bytes.get(start + word.len()), Some(b'\'' | b'"')) && word.len() <= 3 {
            if string::is_prefix(word) {
                self.at += word.len();
                return self.string(start);
            }
            if let Some((one, other)) = string::incompatible(word) {
                let message = format!("'{one}' and '{other}' prefixes are incompatible");
                return self.stop(start, start + word.len() + 1, message);
            }
        }
        for (offset, c) in word.char_indices() {
            let fits = if offset == 0 { is_name_start(c) } else { is_name_continue(c) };
            if !fits && !c.is_ascii() {
                let code = u32::from(c);
                let place = start + offset;
                let message = if is_printable(c) {
                    format!("invalid character '{c}' (U+{code:04X})")
                } else {
                    format!("invalid non-printable character U+{code:04X}")
                };
                return self.stop(place, place + c.len_utf8(), message);
            }
        }
        self.at += word.len();
        self.push(Shape::Name, start);
        Ok(())
    }

    fn close_bracket(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let close = self.peek(0);
        if close == b'}' && self.in_bare_field() {
            return self.field_tail();
        }
        let prefix = self.strings.last().map(string::Open::label).unwrap_or_default();
        let floor = self.strings.last().map_or(0, |open| open.floor());
        let Some((offset, open)) = self.brackets.last().copied().filter(|_| self.brackets.len() > floor)
        else {
            return self.stop(start, start + 1, format!("{prefix}unmatched '{}'", char::from(close)));
        };
        if !matches!((open, close), (b'(', b')') | (b'[', b']') | (b'{', b'}')) {
            let (open, close) = (char::from(open), char::from(close));
            let (here, there) = (self.line(start), self.line(offset));
            let mut message =
                format!("closing parenthesis '{close}' does not match opening parenthesis '{open}'");
            if here != there {
                message.push_str(&format!(" on line {there}"));
            }
            return self.stop(start, start + 1, message);
        }
        self.brackets.pop();
        self.at += 1;
        self.push(Shape::Operator, start);
        Ok(())
    }
}

/// The longest operator at the start.
fn operator_len(bytes: &[u8]) -> usize {
    const LONG: [&[u8]; 25] = [
        b"...", b"**=", b"//=", b">>=", b"<<=", b"!=", b"->", b":=", b"==", b"<=", b">=", b"<>", b"<<",
        b">>", b"**", b"//", b"+=", b"-=", b"*=", b"/=", b"%=", b"&=", b"|=", b"^=", b"@=",
    ];
    LONG.iter().find(|op| bytes.starts_with(op)).map_or(1, |op| op.len())
}

fn is_name_start(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_start(c)
}

fn is_name_continue(c: char) -> bool {
    unicode_ident::is_xid_continue(c)
}

/// Near enough to `str.isprintable`: letters, marks, numbers, punctuation and symbols, not separators and controls.
fn is_printable(c: char) -> bool {
    !(c.is_control()
        || c.is_whitespace()
        || matches!(u32::from(c), 0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f
            | 0x2028..=0x202e | 0x2060..=0x206f | 0xe000..=0xf8ff | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff
            | 0xf0000..))
}
