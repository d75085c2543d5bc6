//! One character's data, and the look-up that finds it.
//!
//! A case mapping is a difference of code points, or, from [`SPECIAL_BASE`] on, the number of a longer
//! replacement in the table of special cases.

use super::tables::{PAGE_BITS, PAGES, RECORD_IDS, RECORDS, SPECIAL};

const ALPHA: u16 = 1;
const LOWER: u16 = 1 << 1;
const UPPER: u16 = 1 << 2;
const TITLE: u16 = 1 << 3;
const DECIMAL: u16 = 1 << 4;
const DIGIT: u16 = 1 << 5;
const NUMERIC: u16 = 1 << 6;
const SPACE: u16 = 1 << 7;
const LINE_BREAK: u16 = 1 << 8;
const PRINTABLE: u16 = 1 << 9;
const IDENTIFIER_START: u16 = 1 << 10;
const IDENTIFIER_CONTINUE: u16 = 1 << 11;
const CASED: u16 = 1 << 12;
const CASE_IGNORABLE: u16 = 1 << 13;

/// From here on a mapping is a number of [`SPECIAL`], not a difference.
const SPECIAL_BASE: i32 = 0x4000_0000;

/// What characters that behave alike have in common.
pub(super) struct Record {
    flags: u16,
    upper: i32,
    lower: i32,
    title: i32,
    fold: i32,
    decimal: u8,
    digit: u8,
}

impl Record {
    pub(super) const fn new(
        flags: u16,
        upper: i32,
        lower: i32,
        title: i32,
        fold: i32,
        decimal: u8,
        digit: u8,
    ) -> Self {
        Record { flags, upper, lower, title, fold, decimal, digit }
    }
}

#[inline]
fn record(point: u32) -> &'static Record {
    // A code point past the last one, which no text holds, is read as unassigned.
    let page = PAGES.get((point >> PAGE_BITS) as usize).copied().unwrap_or(PAGES[PAGES.len() - 1]);
    let place = (point & ((1 << PAGE_BITS) - 1)) as usize;
    &RECORDS[usize::from(RECORD_IDS[(usize::from(page) << PAGE_BITS) + place])]
}

/// The result of a case mapping.
pub(super) enum Mapped {
    One(u32),
    Many(&'static [u32]),
}

#[inline]
fn mapped(point: u32, mapping: i32) -> Mapped {
    if mapping >= SPECIAL_BASE {
        Mapped::Many(SPECIAL[(mapping - SPECIAL_BASE) as usize])
    } else {
        Mapped::One(point.wrapping_add_signed(mapping))
    }
}

pub(super) fn to_upper(point: u32) -> Mapped {
    mapped(point, record(point).upper)
}

pub(super) fn to_lower(point: u32) -> Mapped {
    mapped(point, record(point).lower)
}

pub(super) fn to_title(point: u32) -> Mapped {
    mapped(point, record(point).title)
}

pub(super) fn to_fold(point: u32) -> Mapped {
    mapped(point, record(point).fold)
}

/// The value of a decimal digit of any script, as `int()` and `float()` read it.
pub fn to_decimal(point: u32) -> Option<u8> {
    Some(record(point).decimal).filter(|&value| value != 255)
}

/// The value of a digit, superscripts and circled ones included (`unicodedata.digit`).
pub fn to_digit(point: u32) -> Option<u8> {
    Some(record(point).digit).filter(|&value| value != 255)
}

macro_rules! questions {
    ($($(#[$doc:meta])* $name:ident: $flag:ident;)*) => {
        $($(#[$doc])*
        #[inline]
        pub fn $name(point: u32) -> bool {
            record(point).flags & $flag != 0
        })*
    };
}

questions! {
    /// A letter, in the sense of `str.isalpha`.
    is_alpha: ALPHA;
    /// A lower-case character, in the sense of `str.islower`.
    is_lower: LOWER;
    /// An upper-case character, in the sense of `str.isupper`.
    is_upper: UPPER;
    /// A title-case character such as `ǅ`.
    is_title: TITLE;
    /// A decimal digit.
    is_decimal: DECIMAL;
    /// A digit, superscripts included.
    is_digit: DIGIT;
    /// A character with a numeric value, fractions and number signs included.
    is_numeric: NUMERIC;
    /// White space as `str.isspace` and `str.split` see it.
    is_space: SPACE;
    /// A character that ends a line for `str.splitlines`.
    is_line_break: LINE_BREAK;
    /// A character that `repr` shows as itself.
    is_printable: PRINTABLE;
    /// A character that can start an identifier.
    is_identifier_start: IDENTIFIER_START;
    /// A character that can go on with an identifier.
    is_identifier_continue: IDENTIFIER_CONTINUE;
    /// A character that has case: titles begin after one that has not.
    is_cased: CASED;
    /// A character that the rule of the final sigma looks through.
    is_case_ignorable: CASE_IGNORABLE;
}
