//! Constants of code: literals after folding, with tuples and frozensets of earlier constants.

/// A constant. Equal means equal type and bits, so `1`, `1.0` and `True` are three, `0.0` and `-0.0` two.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Constant {
    None,
    True,
    False,
    Ellipsis,
    /// Sign and little-endian magnitude without leading zero bytes (zero: positive and empty).
    Int {
        negative: bool,
        magnitude: Vec<u8>,
    },
    Float(u64),
    Complex {
        real: u64,
        imaginary: u64,
    },
    /// WTF-8.
    Str(Vec<u8>),
    Bytes(Vec<u8>),
    /// Indices of constants that precede this one.
    Tuple(Vec<u32>),
    FrozenSet(Vec<u32>),
}

impl Constant {
    pub fn int(value: i64) -> Constant {
        let bytes = value.unsigned_abs().to_le_bytes();
        let len = 8 - value.unsigned_abs().leading_zeros() as usize / 8;
        Constant::Int { negative: value < 0, magnitude: bytes[..len].to_vec() }
    }

    pub fn str(text: &str) -> Constant {
        Constant::Str(text.as_bytes().to_vec())
    }

    pub fn as_i64(&self) -> Option<i64> {
        let Constant::Int { negative, magnitude } = self else { return None };
        if magnitude.len() > 8 {
            return None;
        }
        let value = magnitude.iter().rev().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        if *negative { 0i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() }
    }

    pub(super) fn tag(&self) -> u8 {
        match self {
            Constant::None => 0,
            Constant::True => 1,
            Constant::False => 2,
            Constant::Ellipsis => 3,
            Constant::Int { negative: false, .. } => 4,
            Constant::Int { negative: true, .. } => 5,
            Constant::Float(_) => 6,
            Constant::Complex { .. } => 7,
            Constant::Str(_) => 8,
            Constant::Bytes(_) => 9,
            Constant::Tuple(_) => 10,
            Constant::FrozenSet(_) => 11,
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Constant::None | Constant::True | Constant::False | Constant::Ellipsis => {}
            Constant::Int { magnitude, .. } => out.extend_from_slice(magnitude),
            Constant::Float(bits) => out.extend_from_slice(&bits.to_le_bytes()),
            Constant::Complex { real, imaginary } => {
                out.extend_from_slice(&real.to_le_bytes());
                out.extend_from_slice(&imaginary.to_le_bytes());
            }
            Constant::Str(body) | Constant::Bytes(body) => out.extend_from_slice(body),
            Constant::Tuple(items) | Constant::FrozenSet(items) => {
                items.iter().for_each(|item| out.extend_from_slice(&item.to_le_bytes()));
            }
        }
    }

    /// Reads a constant whose own index is `index` (items must precede it).
    pub(super) fn read(tag: u8, body: &[u8], index: u32) -> Option<Constant> {
        let bits = |at: usize| Some(u64::from_le_bytes(body.get(at..at + 8)?.try_into().ok()?));
        let items = || {
            let items: Vec<u32> =
                body.chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect();
            (body.len().is_multiple_of(4) && items.iter().all(|item| *item < index)).then_some(items)
        };
        let empty = |constant| body.is_empty().then_some(constant);
        match tag {
            0 => empty(Constant::None),
            1 => empty(Constant::True),
            2 => empty(Constant::False),
            3 => empty(Constant::Ellipsis),
            4 | 5 if body.last() != Some(&0) && !(tag == 5 && body.is_empty()) => {
                Some(Constant::Int { negative: tag == 5, magnitude: body.to_vec() })
            }
            6 if body.len() == 8 => Some(Constant::Float(bits(0)?)),
            7 if body.len() == 16 => Some(Constant::Complex { real: bits(0)?, imaginary: bits(8)? }),
            8 if crate::tree::is_wtf8(body) => Some(Constant::Str(body.to_vec())),
            9 => Some(Constant::Bytes(body.to_vec())),
            10 => Some(Constant::Tuple(items()?)),
            11 => Some(Constant::FrozenSet(items()?)),
            _ => None,
        }
    }
}
