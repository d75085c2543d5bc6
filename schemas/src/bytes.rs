//! Reading and writing of little-endian fields with bounds, the ground on which every flat layout stands.
//!
//! A reader never trusts a length: it is checked against what is left before anything is allocated or sliced, so
//! damaged bytes give [`Short`], never a panic and never a huge allocation.

/// The bytes end before what was asked for, or a number does not fit its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("truncated or malformed at byte {at}")]
pub struct Short {
    pub at: usize,
}

/// A cursor over bytes.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    pub fn position(&self) -> usize {
        self.at
    }

    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub fn short(&self) -> Short {
        Short { at: self.at }
    }

    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Short> {
        let rest = &self.bytes[self.at..];
        let out = rest.get(..len).ok_or(self.short())?;
        self.at += len;
        Ok(out)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Short> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    pub fn u8(&mut self) -> Result<u8, Short> {
        Ok(self.take(1)?[0])
    }

    pub fn u16(&mut self) -> Result<u16, Short> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, Short> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, Short> {
        self.array().map(u64::from_le_bytes)
    }

    /// An unsigned LEB128 number of at most 64 bits.
    pub fn varint(&mut self) -> Result<u64, Short> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            if shift == 63 && byte > 1 {
                return Err(self.short());
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.short())
    }

    /// A varint that must fit 32 bits.
    pub fn varint32(&mut self) -> Result<u32, Short> {
        let at = self.short();
        self.varint()?.try_into().map_err(|_| at)
    }

    /// A zigzag-coded signed varint.
    pub fn zigzag(&mut self) -> Result<i64, Short> {
        let raw = self.varint()?;
        Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    /// UTF-8 with its length before it.
    pub fn text(&mut self) -> Result<&'a str, Short> {
        let at = self.short();
        let len = self.varint32()? as usize;
        std::str::from_utf8(self.take(len)?).map_err(|_| at)
    }

    /// `count` items of `item_bytes` each, checked before the multiplication can wrap.
    pub fn table(&mut self, count: usize, item_bytes: usize) -> Result<&'a [u8], Short> {
        let len = count.checked_mul(item_bytes).ok_or(self.short())?;
        self.take(len)
    }

    pub fn finish(&self) -> Result<(), Short> {
        if self.remaining() == 0 { Ok(()) } else { Err(self.short()) }
    }
}

/// Little-endian appends to a byte vector.
pub trait Write {
    fn put_u8(&mut self, value: u8);
    fn put_u16(&mut self, value: u16);
    fn put_u32(&mut self, value: u32);
    fn put_u64(&mut self, value: u64);
    fn put_varint(&mut self, value: u64);
    fn put_zigzag(&mut self, value: i64);
    fn put_text(&mut self, text: &str);
    fn pad_to(&mut self, alignment: usize);
}

impl Write for Vec<u8> {
    fn put_u8(&mut self, value: u8) {
        self.push(value);
    }

    fn put_u16(&mut self, value: u16) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_u32(&mut self, value: u32) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_u64(&mut self, value: u64) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.push(value as u8);
    }

    fn put_zigzag(&mut self, value: i64) {
        self.put_varint((value << 1 ^ value >> 63) as u64);
    }

    fn put_text(&mut self, text: &str) {
        self.put_varint(text.len() as u64);
        self.extend_from_slice(text.as_bytes());
    }

    fn pad_to(&mut self, alignment: usize) {
        self.resize(self.len().next_multiple_of(alignment), 0);
    }
}

/// Reads a little-endian `u32` of a table whose bounds were checked when the table was opened.
#[inline]
pub fn u32_at(table: &[u8], index: usize) -> u32 {
    let at = index * 4;
    u32::from_le_bytes([table[at], table[at + 1], table[at + 2], table[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_round_trip_and_overlong_ones_are_refused() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            out.put_varint(value);
            assert_eq!(Reader::new(&out).varint(), Ok(value));
        }
        for value in [0, -1, 1, i64::MIN, i64::MAX] {
            let mut out = Vec::new();
            out.put_zigzag(value);
            assert_eq!(Reader::new(&out).zigzag(), Ok(value));
        }
        assert!(Reader::new(&[0xff; 11]).varint().is_err());
        assert!(Reader::new(&[0x80, 0x80]).varint().is_err());
    }
}
