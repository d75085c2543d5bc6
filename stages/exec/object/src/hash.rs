//! Hashes equal to CPython's for a given seed: siphash13 for text and bytes, the modular hash of numbers,
//! the xxHash-style mix of tuples (`Python/pyhash.c`, `Objects/tupleobject.c`).

use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::{class::TypeObject, float, int};
use crate::value::Value;

/// Numbers hash modulo this Mersenne prime.
pub const MODULUS: u64 = (1 << 61) - 1;
/// `hash(float("inf"))`.
pub const INFINITY: i64 = 314_159;

/// The two words that randomise hashes of text and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashKey {
    k0: u64,
    k1: u64,
}

impl HashKey {
    /// `None` draws random words; 0 is the fixed key of zeros; any other seed is stretched as CPython does.
    pub fn new(seed: Option<u32>) -> HashKey {
        let mut bytes = [0u8; 16];
        match seed {
            Some(0) => {}
            Some(seed) => {
                let mut state = seed;
                for byte in &mut bytes {
                    state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
                    *byte = (state >> 16) as u8;
                }
            }
            None => {
                // SAFETY: the buffer has the given length. On failure it stays zero, a valid key.
                unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
            }
        }
        let [k0, k1] = [&bytes[..8], &bytes[8..]].map(|half| {
            let mut word = [0u8; 8];
            word.copy_from_slice(half);
            u64::from_le_bytes(word)
        });
        HashKey { k0, k1 }
    }

    /// Hash of a bytes object.
    pub fn hash_bytes(&self, bytes: &[u8]) -> i64 {
        if bytes.is_empty() {
            return 0;
        }
        let mut sip = Sip::new(self);
        let chunks = bytes.chunks_exact(8);
        let rest = chunks.remainder();
        for chunk in chunks {
            let mut word = [0u8; 8];
            word.copy_from_slice(chunk);
            sip.word(u64::from_le_bytes(word));
        }
        let mut last = (bytes.len() as u64) << 56;
        for (index, &byte) in rest.iter().enumerate() {
            last |= u64::from(byte) << (8 * index);
        }
        fix(sip.finish(last) as i64)
    }

    /// Hash of a str, given as WTF-8. CPython hashes the code units of its narrowest fixed-width form.
    pub fn hash_text(&self, bytes: &[u8]) -> i64 {
        if bytes.is_ascii() {
            return self.hash_bytes(bytes);
        }
        let points = || crate::types::str::code_points(bytes);
        let widest = points().max().unwrap_or(0);
        let mut units = Vec::with_capacity(bytes.len() * 2);
        for point in points() {
            match widest {
                0..0x100 => units.push(point as u8),
                0x100..0x1_0000 => units.extend((point as u16).to_le_bytes()),
                _ => units.extend(point.to_le_bytes()),
            }
        }
        self.hash_bytes(&units)
    }
}

struct Sip {
    v: [u64; 4],
}

impl Sip {
    fn new(key: &HashKey) -> Sip {
        Sip {
            v: [
                key.k0 ^ 0x736f_6d65_7073_6575,
                key.k1 ^ 0x646f_7261_6e64_6f6d,
                key.k0 ^ 0x6c79_6765_6e65_7261,
                key.k1 ^ 0x7465_6462_7974_6573,
            ],
        }
    }

    #[inline]
    fn round(&mut self) {
        let [mut a, mut b, mut c, mut d] = self.v;
        a = a.wrapping_add(b);
        c = c.wrapping_add(d);
        b = b.rotate_left(13) ^ a;
        d = d.rotate_left(16) ^ c;
        a = a.rotate_left(32);
        c = c.wrapping_add(b);
        a = a.wrapping_add(d);
        b = b.rotate_left(17) ^ c;
        d = d.rotate_left(21) ^ a;
        c = c.rotate_left(32);
        self.v = [a, b, c, d];
    }

    #[inline]
    fn word(&mut self, word: u64) {
        self.v[3] ^= word;
        self.round();
        self.v[0] ^= word;
    }

    fn finish(mut self, last: u64) -> u64 {
        self.word(last);
        self.v[2] ^= 0xff;
        (0..3).for_each(|_| self.round());
        self.v.iter().fold(0, |all, part| all ^ part)
    }
}

/// -1 is CPython's error status, so no hash is -1.
#[inline(always)]
pub const fn fix(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

/// Hash of a small int.
#[inline(always)]
pub const fn of_small(value: i64) -> i64 {
    let magnitude = value.unsigned_abs();
    let reduced = if magnitude >= MODULUS { magnitude - MODULUS } else { magnitude } as i64;
    fix(if value < 0 { -reduced } else { reduced })
}

/// Hash of a float; of a NaN, the hash of its word (identity).
pub fn of_float(value: f64, identity: Value) -> i64 {
    if value.is_nan() {
        return of_pointer(identity.word());
    }
    if value.is_infinite() {
        return if value > 0.0 { INFINITY } else { -INFINITY };
    }
    let (mut fraction, mut exponent) = float::frexp(value.abs());
    let mut hash = 0u64;
    while fraction != 0.0 {
        hash = (hash << 28) & MODULUS | hash >> 33;
        fraction *= 268_435_456.0;
        exponent -= 28;
        let part = fraction as u64;
        fraction -= part as f64;
        hash += part;
        if hash >= MODULUS {
            hash -= MODULUS;
        }
    }
    let shift = exponent.rem_euclid(61) as u32;
    hash = (hash << shift) & MODULUS | hash >> (61 - shift);
    fix(if value < 0.0 { -(hash as i64) } else { hash as i64 })
}

/// Hash by identity.
#[inline(always)]
pub const fn of_pointer(word: u64) -> i64 {
    fix(word.rotate_right(4) as i64)
}

const PRIME_1: u64 = 11_400_714_785_074_694_791;
const PRIME_2: u64 = 14_029_467_366_897_019_727;
const PRIME_5: u64 = 2_870_177_450_012_600_261;

/// Hash of a tuple with these items.
pub fn of_items(thread: &Thread, items: &[Value]) -> PyResult<i64> {
    let mut mixed = PRIME_5;
    for &item in items {
        let lane = thread.hash(item)? as u64;
        mixed = mixed.wrapping_add(lane.wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1);
    }
    mixed = mixed.wrapping_add(items.len() as u64 ^ (PRIME_5 ^ 3_527_539));
    Ok(if mixed == u64::MAX { 1_546_275_796 } else { mixed as i64 })
}

/// Hash of a frozenset with members of these hashes, in any order.
pub fn of_members(hashes: impl Iterator<Item = i64>) -> i64 {
    let mut mixed = 0u64;
    let mut count = 0u64;
    for hash in hashes {
        let hash = hash as u64;
        mixed ^= (hash ^ 89_869_747 ^ (hash << 16)).wrapping_mul(3_644_798_167);
        count += 1;
    }
    mixed ^= (count + 1).wrapping_mul(1_927_868_237);
    mixed ^= (mixed >> 11) ^ (mixed >> 25);
    mixed = mixed.wrapping_mul(69_069).wrapping_add(907_133_923);
    if mixed == u64::MAX { 590_923_713 } else { mixed as i64 }
}

/// `hash(None)`.
pub const NONE: i64 = 0xfca8_6420;

impl Thread {
    /// `hash(value)`.
    #[inline]
    pub fn hash(&self, value: Value) -> PyResult<i64> {
        if let Some(small) = value.as_small() {
            return Ok(of_small(small));
        }
        if let Some(string) = value.downcast::<crate::types::str::StrObject>() {
            return Ok(string.hash(self));
        }
        self.hash_slow(value)
    }

    #[inline(never)]
    fn hash_slow(&self, value: Value) -> PyResult<i64> {
        if let Some(float) = value.as_float_immediate() {
            return Ok(of_float(float, value));
        }
        let class = self.type_of(value);
        match class.slots().hash {
            Some(hash) => hash(self, value),
            None => Err(self.unhashable(class)),
        }
    }

    #[cold]
    fn unhashable(&self, class: crate::gc::Gc<TypeObject>) -> crate::error::Raised {
        self.type_error(format_args!("unhashable type: '{}'", class.name_str()))
    }
}

/// Hash of a big int's magnitude (little-endian limbs) and sign.
pub fn of_limbs(limbs: &[u64], negative: bool) -> i64 {
    let mut hash = 0u128;
    for &limb in limbs.iter().rev() {
        hash = ((hash << 64) | u128::from(limb)) % u128::from(MODULUS);
    }
    let hash = hash as i64;
    fix(if negative { -hash } else { hash })
}

/// The hash slot of `int`.
pub(crate) fn int_slot(_: &Thread, value: Value) -> PyResult<i64> {
    Ok(int::hash(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_hashes_equal_cpython() {
        // PYTHONHASHSEED=0 and =1, from CPython 3.14.
        let zero = HashKey::new(Some(0));
        assert_eq!(zero.hash_text(b""), 0);
        assert_eq!(zero.hash_text(b"a"), EXPECTED_ZERO[0]);
        assert_eq!(zero.hash_text(b"hello world"), EXPECTED_ZERO[1]);
        assert_eq!(zero.hash_text("h\u{e9}llo".as_bytes()), EXPECTED_ZERO[2]);
        assert_eq!(zero.hash_text("\u{20ac}uro".as_bytes()), EXPECTED_ZERO[3]);
        assert_eq!(zero.hash_text("\u{1f600}!".as_bytes()), EXPECTED_ZERO[4]);
        let one = HashKey::new(Some(1));
        assert_eq!(one.hash_text(b"a"), EXPECTED_ONE[0]);
        assert_eq!(one.hash_text(b"hello world"), EXPECTED_ONE[1]);
    }

    include!("hash_expected.in");

    #[test]
    fn number_hashes_equal_cpython() {
        for &(bits, hash) in FLOAT_HASHES {
            assert_eq!(of_float(f64::from_bits(bits), Value::NONE), hash, "{}", f64::from_bits(bits));
        }
        assert_eq!(of_small(-1), -2);
        assert_eq!(of_limbs(&[0, 1], false), 8);
        assert_eq!(of_limbs(&[MODULUS], true), 0);
    }
}
