//! The words before a ring's bytes.

/// "DXRG".
pub const RING_MAGIC: [u8; 4] = *b"DXRG";
/// Where the bytes of the ring begin.
pub const RING_BYTES: usize = 64;

/// Offsets of the shared words.
pub mod offsets {
    pub const HEAD: usize = 16;
    pub const TAIL: usize = 24;
    pub const FILE: usize = 40;
    pub const ITEM: usize = 44;
    pub const BEGAN: usize = 48;
    pub const WANTED: usize = 56;
}

/// The part that is written once, by dx-testrun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingHeader {
    pub capacity: u32,
}

impl RingHeader {
    pub fn encode(self) -> [u8; 16] {
        let mut out = [0; 16];
        out[..4].copy_from_slice(&RING_MAGIC);
        out[4..8].copy_from_slice(&u32::from(super::VERSION).to_le_bytes());
        out[8..12].copy_from_slice(&self.capacity.to_le_bytes());
        out
    }
}

/// What a worker says it is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Current {
    pub file: u32,
    /// `None` while the file is collected.
    pub item: Option<u32>,
    /// Nanoseconds of CLOCK_MONOTONIC.
    pub began: u64,
}

impl Current {
    /// From the shared words; `None` between tests.
    pub fn from_words(file: u32, item: u32, began: u64) -> Option<Current> {
        let file = file.checked_sub(1)?;
        Some(Current { file, item: (item != u32::MAX).then_some(item), began })
    }
}
