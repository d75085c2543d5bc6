//! Literal values in a tree's pool.

use std::borrow::Cow;

use crate::container::ArtifactError;

/// Type of a constant as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ConstTag {
    None,
    True,
    False,
    Ellipsis,
    /// Magnitude, little-endian, no leading zero byte; zero is empty. Literals are never negative.
    Int,
    /// IEEE 754 bits, little-endian.
    Float,
    /// The imaginary part's bits.
    Imaginary,
    /// UTF-8 that may hold surrogates, each three bytes, never joined to pairs (Python's `surrogatepass`).
    Str,
    Bytes,
}

const TAGS: [ConstTag; 9] = [
    ConstTag::None,
    ConstTag::True,
    ConstTag::False,
    ConstTag::Ellipsis,
    ConstTag::Int,
    ConstTag::Float,
    ConstTag::Imaginary,
    ConstTag::Str,
    ConstTag::Bytes,
];

impl ConstTag {
    pub fn from_code(code: u8) -> Option<ConstTag> {
        TAGS.get(code as usize).copied()
    }
}

/// A constant, borrowed from the pool. Floats are compared by bits (`0.0` is not `-0.0`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Const<'a> {
    None,
    True,
    False,
    Ellipsis,
    /// Little-endian magnitude without leading zero bytes.
    Int(&'a [u8]),
    Float(u64),
    Imaginary(u64),
    /// WTF-8.
    Str(&'a [u8]),
    Bytes(&'a [u8]),
}

impl<'a> Const<'a> {
    pub fn tag(self) -> ConstTag {
        match self {
            Const::None => ConstTag::None,
            Const::True => ConstTag::True,
            Const::False => ConstTag::False,
            Const::Ellipsis => ConstTag::Ellipsis,
            Const::Int(_) => ConstTag::Int,
            Const::Float(_) => ConstTag::Float,
            Const::Imaginary(_) => ConstTag::Imaginary,
            Const::Str(_) => ConstTag::Str,
            Const::Bytes(_) => ConstTag::Bytes,
        }
    }

    /// The bytes that stand in the pool.
    pub fn body(self) -> Cow<'a, [u8]> {
        match self {
            Const::None | Const::True | Const::False | Const::Ellipsis => Cow::Borrowed(&[]),
            Const::Float(bits) | Const::Imaginary(bits) => Cow::Owned(bits.to_le_bytes().to_vec()),
            Const::Int(body) | Const::Str(body) | Const::Bytes(body) => Cow::Borrowed(body),
        }
    }

    /// An int that fits 64 bits.
    pub fn as_u64(self) -> Option<u64> {
        match self {
            Const::Int(body) if body.len() <= 8 => {
                Some(body.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
            }
            _ => None,
        }
    }
}

pub(super) fn check(tag: ConstTag, body: &[u8]) -> Result<(), ArtifactError> {
    let good = match tag {
        ConstTag::None | ConstTag::True | ConstTag::False | ConstTag::Ellipsis => body.is_empty(),
        ConstTag::Int => body.last() != Some(&0),
        ConstTag::Float | ConstTag::Imaginary => body.len() == 8,
        ConstTag::Str => is_wtf8(body),
        ConstTag::Bytes => true,
    };
    if good { Ok(()) } else { Err(ArtifactError::Malformed("a constant's bytes do not fit its type")) }
}

pub(super) fn view(tag: u8, body: &[u8]) -> Const<'_> {
    let bits = || body.try_into().map_or(0, u64::from_le_bytes);
    match ConstTag::from_code(tag) {
        Some(ConstTag::True) => Const::True,
        Some(ConstTag::False) => Const::False,
        Some(ConstTag::Ellipsis) => Const::Ellipsis,
        Some(ConstTag::Int) => Const::Int(body),
        Some(ConstTag::Float) => Const::Float(bits()),
        Some(ConstTag::Imaginary) => Const::Imaginary(bits()),
        Some(ConstTag::Str) => Const::Str(body),
        Some(ConstTag::Bytes) => Const::Bytes(body),
        Some(ConstTag::None) | None => Const::None,
    }
}

/// Whether bytes are generalised UTF-8: as UTF-8, but surrogates may stand as characters of their own. Two that would
/// make a pair stay two: `'\ud800\udc00'` has length 2 in Python and is not `'\U00010000'`.
pub fn is_wtf8(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(_) => return true,
            Err(error) => {
                let &[0xed, 0xa0..=0xbf, 0x80..=0xbf, ref after @ ..] = &rest[error.valid_up_to()..] else {
                    return false;
                };
                rest = after;
            }
        }
    }
}
