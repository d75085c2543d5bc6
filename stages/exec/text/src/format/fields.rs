//! The templates of `str.format`: literal text and replacement fields, as CPython divides them.

use std::ops::Range;

use super::error::FormatError;
use crate::{unicode, wtf8};

/// `!r`, `!s`, `!a`, or nothing.
pub type Conversion = Option<u32>;

/// A replacement field; ranges are bytes of the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Range<usize>,
    pub conversion: Conversion,
    pub spec: Range<usize>,
    /// True when the spec has fields of its own, to be filled in first.
    pub spec_has_fields: bool,
}

/// What a template consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes to copy, doubled braces already reduced to one.
    Text(Range<usize>),
    Field(Field),
}

/// Iterates over the pieces of a template; it ends after the first error.
pub struct Template<'a> {
    text: &'a [u8],
    at: usize,
    /// A field whose literal text was given out, to be parsed next.
    pending: bool,
}

impl<'a> Template<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Template { text, at: 0, pending: false }
    }

    fn next_byte(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    /// Text up to a brace; sets `pending` when a field follows.
    fn literal(&mut self) -> Result<Range<usize>, FormatError> {
        let start = self.at;
        let rest = &self.text[start..];
        let Some(length) = memchr::memchr2(b'{', b'}', rest) else {
            self.at = self.text.len();
            return Ok(start..self.at);
        };
        let brace = rest[length];
        self.at = start + length + 1;
        if self.text.get(self.at) == Some(&brace) {
            self.at += 1;
            return Ok(start..self.at - 1);
        }
        if brace == b'}' {
            return FormatError::value("Single '}' encountered in format string");
        }
        if self.at >= self.text.len() {
            return FormatError::value("Single '{' encountered in format string");
        }
        self.pending = true;
        Ok(start..start + length)
    }

    /// The part of a field before its conversion and spec, and the byte that ended it.
    fn name(&mut self) -> Result<(Range<usize>, u8), FormatError> {
        let start = self.at;
        loop {
            match self.next_byte() {
                None => return FormatError::value("expected '}' before end of string"),
                Some(b'{') => return FormatError::value("unexpected '{' in field name"),
                // Anything may stand between brackets, braces included.
                Some(b'[') => {
                    let rest = &self.text[self.at..];
                    self.at += memchr::memchr(b']', rest).unwrap_or(rest.len());
                }
                Some(end @ (b'}' | b':' | b'!')) => return Ok((start..self.at - 1, end)),
                Some(_) => {}
            }
        }
    }

    fn field(&mut self) -> Result<Field, FormatError> {
        let (name, end) = self.name()?;
        let mut field = Field { name, conversion: None, spec: self.at..self.at, spec_has_fields: false };
        if end == b'}' {
            return Ok(field);
        }
        if end == b'!' {
            if self.at >= self.text.len() {
                return FormatError::value("end of string while looking for conversion specifier");
            }
            let (conversion, width) = wtf8::decode(self.text, self.at);
            self.at = (self.at + width).min(self.text.len());
            field.conversion = Some(conversion);
            match self.next_byte() {
                Some(b'}') => return Ok(field),
                Some(b':') | None => {}
                Some(_) => return FormatError::value("expected ':' after conversion specifier"),
            }
        }
        let start = self.at;
        let mut depth = 1;
        while let Some(byte) = self.next_byte() {
            match byte {
                b'{' => {
                    field.spec_has_fields = true;
                    depth += 1;
                }
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                field.spec = start..self.at - 1;
                return Ok(field);
            }
        }
        FormatError::value("unmatched '{' in format spec")
    }
}

impl Iterator for Template<'_> {
    type Item = Result<Piece, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.pending {
            if self.at >= self.text.len() {
                return None;
            }
            match self.literal() {
                Ok(range) if range.is_empty() && self.pending => {}
                Ok(range) => return Some(Ok(Piece::Text(range))),
                Err(error) => {
                    self.at = self.text.len();
                    return Some(Err(error));
                }
            }
        }
        self.pending = false;
        let field = self.field();
        if field.is_err() {
            self.at = self.text.len();
        }
        Some(field.map(Piece::Field))
    }
}

/// How fields name their arguments: all by number, or all by position, never both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbering {
    #[default]
    Undecided,
    /// The next automatic number.
    Automatic(usize),
    Manual,
}

impl Numbering {
    fn automatic(&mut self) -> Result<usize, FormatError> {
        let number = match *self {
            Numbering::Undecided => 0,
            Numbering::Automatic(next) => next,
            Numbering::Manual => {
                return FormatError::value(
                    "cannot switch from manual field specification to automatic field numbering",
                );
            }
        };
        *self = Numbering::Automatic(number + 1);
        Ok(number)
    }

    fn manual(&mut self) -> Result<(), FormatError> {
        if matches!(self, Numbering::Automatic(_)) {
            return FormatError::value(
                "cannot switch from automatic field numbering to manual field specification",
            );
        }
        *self = Numbering::Manual;
        Ok(())
    }
}

/// What a field's name starts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldName<'a> {
    Index(usize),
    Key(&'a [u8]),
}

/// What follows the first name: `.attribute` or `[item]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameStep<'a> {
    Attribute(&'a [u8]),
    Index(usize),
    Key(&'a [u8]),
}

impl<'a> FieldName<'a> {
    /// Divides a field's name; an empty first part takes the next automatic number.
    ///
    /// The steps after the first name are found by the iterator, so that their errors come after the
    /// arguments' as in CPython.
    pub fn parse(
        name: &'a [u8],
        numbering: &mut Numbering,
    ) -> Result<(FieldName<'a>, NameSteps<'a>), FormatError> {
        let end = memchr::memchr2(b'.', b'[', name).unwrap_or(name.len());
        let first = &name[..end];
        let steps = NameSteps { rest: &name[end..] };
        let first = if first.is_empty() {
            FieldName::Index(numbering.automatic()?)
        } else if let Some(index) = integer(first)? {
            numbering.manual()?;
            FieldName::Index(index)
        } else {
            FieldName::Key(first)
        };
        Ok((first, steps))
    }
}

/// Iterates over the `.name` and `[item]` parts of a field's name.
#[derive(Clone, Debug)]
pub struct NameSteps<'a> {
    rest: &'a [u8],
}

impl<'a> NameSteps<'a> {
    fn step(&mut self) -> Result<NameStep<'a>, FormatError> {
        let (mark, body) = (self.rest[0], &self.rest[1..]);
        let empty = "Empty attribute in format string";
        match mark {
            b'.' => {
                let end = memchr::memchr2(b'.', b'[', body).unwrap_or(body.len());
                self.rest = &body[end..];
                if end == 0 { FormatError::value(empty) } else { Ok(NameStep::Attribute(&body[..end])) }
            }
            b'[' => {
                let Some(end) = memchr::memchr(b']', body) else {
                    return FormatError::value("Missing ']' in format string");
                };
                self.rest = &body[end + 1..];
                let item = &body[..end];
                if item.is_empty() {
                    return FormatError::value(empty);
                }
                Ok(integer(item)?.map_or(NameStep::Key(item), NameStep::Index))
            }
            _ => FormatError::value("Only '.' or '[' may follow ']' in format field specifier"),
        }
    }
}

impl<'a> Iterator for NameSteps<'a> {
    type Item = Result<NameStep<'a>, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let step = self.step();
        if step.is_err() {
            self.rest = &[];
        }
        Some(step)
    }
}

/// The value of a name made of decimal digits only, of any script.
fn integer(name: &[u8]) -> Result<Option<usize>, FormatError> {
    let mut value = 0usize;
    for (_, point) in wtf8::code_points(name) {
        let Some(digit) = unicode::to_decimal(point) else { return Ok(None) };
        let next = value.checked_mul(10).and_then(|value| value.checked_add(digit.into()));
        value = match next.filter(|&value| value <= isize::MAX as usize) {
            Some(value) => value,
            None => return FormatError::value("Too many decimal digits in format string"),
        };
    }
    Ok(Some(value))
}
