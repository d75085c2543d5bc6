//! The format specification mini-language, parsed once into a [`Spec`].
//!
//! `[[fill]align][sign][z][#][0][width][grouping][.[precision][grouping]][type]`

use super::error::FormatError;
use crate::wtf8;

/// Where the padding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Center,
    /// `=`: between sign and digits.
    AfterSign,
}

/// What stands before a number that is not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Nothing was said: only `-` is written.
    Default,
    Minus,
    Plus,
    Space,
}

/// The separator between groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    None,
    Comma,
    Underscore,
    /// `_` with groups of four, for the bases 2, 8 and 16.
    UnderscoreFour,
}

impl Grouping {
    /// The separator and the length of a group.
    pub(super) fn parts(self) -> Option<(u8, usize)> {
        match self {
            Grouping::None => None,
            Grouping::Comma => Some((b',', 3)),
            Grouping::Underscore => Some((b'_', 3)),
            Grouping::UnderscoreFour => Some((b'_', 4)),
        }
    }
}

/// A parsed format spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Code point that fills up to the width.
    pub fill: u32,
    pub align: Align,
    /// True when the spec itself has an alignment.
    pub align_given: bool,
    pub sign: Sign,
    /// `z`: no negative zero.
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    pub width: Option<usize>,
    pub grouping: Grouping,
    pub fraction_grouping: Grouping,
    pub precision: Option<usize>,
    /// Code point of the presentation type; zero when there is none.
    pub kind: u32,
}

/// What the formatted type decides before the spec says anything.
#[derive(Clone, Copy, Debug)]
pub struct Defaults<'a> {
    pub align: Align,
    /// Presentation type when none is given; zero for none.
    pub kind: u8,
    /// The type's name, for messages.
    pub type_name: &'a str,
}

impl Defaults<'_> {
    pub const STR: Defaults<'static> = Defaults { align: Align::Left, kind: b's', type_name: "str" };
    pub const INT: Defaults<'static> = Defaults { align: Align::Right, kind: b'd', type_name: "int" };
    pub const FLOAT: Defaults<'static> = Defaults { align: Align::Right, kind: 0, type_name: "float" };
    pub const COMPLEX: Defaults<'static> = Defaults { align: Align::Right, kind: 0, type_name: "complex" };
}

fn align_of(point: u32) -> Option<Align> {
    match u8::try_from(point).ok()? {
        b'<' => Some(Align::Left),
        b'>' => Some(Align::Right),
        b'^' => Some(Align::Center),
        b'=' => Some(Align::AfterSign),
        _ => None,
    }
}

/// The spec's characters, read from the front.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u32> {
        (self.at < self.text.len()).then(|| wtf8::decode(self.text, self.at).0)
    }

    fn skip(&mut self) {
        self.at += wtf8::decode(self.text, self.at).1;
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    /// A decimal number, in digits of any script as CPython reads them.
    fn number(&mut self) -> Result<Option<usize>, FormatError> {
        let mut value = None;
        while let Some(digit) = self.peek().and_then(crate::unicode::to_decimal) {
            let next = value.unwrap_or(0usize).checked_mul(10).and_then(|v| v.checked_add(digit.into()));
            value = next.filter(|&v| v <= isize::MAX as usize);
            if value.is_none() {
                return FormatError::value("Too many decimal digits in format string");
            }
            self.skip();
        }
        Ok(value)
    }

    fn grouping(&mut self) -> Result<Grouping, FormatError> {
        let mut grouping = Grouping::None;
        if self.eat(b',') {
            grouping = Grouping::Comma;
        }
        if self.eat(b'_') {
            if grouping != Grouping::None {
                return FormatError::value("Cannot specify both ',' and '_'.");
            }
            grouping = Grouping::Underscore;
        }
        if self.peek() == Some(u32::from(b',')) && grouping != Grouping::None {
            let message = if grouping == Grouping::Underscore {
                "Cannot specify both ',' and '_'."
            } else {
                "Cannot specify ',' with ','."
            };
            return FormatError::value(message);
        }
        Ok(grouping)
    }
}

impl Spec {
    /// Parses `text` (generalised UTF-8).
    pub fn parse(text: &[u8], defaults: Defaults<'_>) -> Result<Spec, FormatError> {
        let mut spec = Spec {
            fill: u32::from(b' '),
            align: defaults.align,
            align_given: false,
            sign: Sign::Default,
            no_negative_zero: false,
            alternate: false,
            width: None,
            grouping: Grouping::None,
            fraction_grouping: Grouping::None,
            precision: None,
            kind: u32::from(defaults.kind),
        };
        let mut reader = Reader { text, at: 0 };
        let fill_given = spec.read_align(&mut reader);
        spec.sign = match reader.text.get(reader.at) {
            Some(b'+') => Sign::Plus,
            Some(b'-') => Sign::Minus,
            Some(b' ') => Sign::Space,
            _ => Sign::Default,
        };
        reader.at += usize::from(spec.sign != Sign::Default);
        spec.no_negative_zero = reader.eat(b'z');
        spec.alternate = reader.eat(b'#');
        if !fill_given && reader.eat(b'0') {
            spec.fill = u32::from(b'0');
            if !spec.align_given && defaults.align == Align::Right {
                spec.align = Align::AfterSign;
            }
        }
        spec.width = reader.number()?;
        spec.grouping = reader.grouping()?;
        if reader.eat(b'.') {
            spec.precision = reader.number()?;
            spec.fraction_grouping = reader.grouping()?;
            if spec.precision.is_none() && spec.fraction_grouping == Grouping::None {
                return FormatError::value("Format specifier missing precision");
            }
        }
        if let Some(kind) = reader.peek() {
            reader.skip();
            if reader.at < text.len() {
                let shown = String::from_utf8_lossy(text);
                let name = defaults.type_name;
                return FormatError::value(format!(
                    "Invalid format specifier '{shown}' for object of type '{name}'"
                ));
            }
            spec.kind = kind;
        }
        spec.check_grouping()?;
        Ok(spec)
    }

    /// Reads `[[fill]align]`; true when there is a fill.
    fn read_align(&mut self, reader: &mut Reader<'_>) -> bool {
        let Some(first) = reader.peek() else { return false };
        let next = reader.at + wtf8::decode(reader.text, reader.at).1;
        let second = (next < reader.text.len()).then(|| wtf8::decode(reader.text, next).0);
        if let Some(align) = second.and_then(align_of) {
            (self.fill, self.align, self.align_given) = (first, align, true);
            reader.at = next + 1;
            return true;
        }
        if let Some(align) = align_of(first) {
            (self.align, self.align_given) = (align, true);
            reader.at = next;
        }
        false
    }

    /// Separators go with some presentation types only, and underscores with four digits in some.
    fn check_grouping(&mut self) -> Result<(), FormatError> {
        let kind = self.kind_byte();
        match kind {
            _ if self.grouping == Grouping::None => {}
            b'd' | b'e' | b'f' | b'g' | b'E' | b'G' | b'%' | b'F' | 0 => {}
            b'b' | b'o' | b'x' | b'X' if self.grouping == Grouping::Underscore => {
                self.grouping = Grouping::UnderscoreFour;
            }
            _ => {
                let separator = if self.grouping == Grouping::Comma { ',' } else { '_' };
                let shown = shown_kind(self.kind);
                return FormatError::value(format!("Cannot specify '{separator}' with '{shown}'."));
            }
        }
        Ok(())
    }

    /// The presentation type as a byte; `?` stands for all that are not ASCII.
    pub(super) fn kind_byte(&self) -> u8 {
        u8::try_from(self.kind).ok().filter(u8::is_ascii).unwrap_or(b'?')
    }

    pub(super) fn unknown_kind(&self, type_name: &str) -> FormatError {
        let shown = shown_kind(self.kind);
        FormatError::Value(format!("Unknown format code '{shown}' for object of type '{type_name}'"))
    }
}

/// The type as messages show it: characters outside of printable ASCII by number.
fn shown_kind(kind: u32) -> String {
    match char::from_u32(kind) {
        Some(plain) if (33..128).contains(&kind) => plain.to_string(),
        _ => format!("\\x{kind:x}"),
    }
}
