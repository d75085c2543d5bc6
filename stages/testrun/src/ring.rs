//! The consumer's end of the ring through which a worker sends its results.
//!
//! The layout is in `schemas/src/testrun.rs`. The worker is another process and may write anything anywhere in this
//! memory: every number read from it is bounded before it is used, and what comes out are bytes that a decoder checks.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use dx_schemas::testrun::{Current, RING_BYTES, RingHeader, offsets};
use memmap2::MmapRaw;

use crate::sys::memory;

/// Room for the results of some thousand tests, or one long report at a time.
const CAPACITY: usize = 1 << 20;

pub(crate) struct Ring {
    map: MmapRaw,
    tail: u64,
}

impl Ring {
    /// A new ring and the file through which the worker maps it.
    pub(crate) fn new() -> io::Result<(Ring, File)> {
        let file = memory::shared_file(c"dx-testrun-ring", RING_BYTES + CAPACITY)?;
        let map = MmapRaw::map_raw(&file)?;
        let ring = Ring { map, tail: 0 };
        let header = RingHeader { capacity: CAPACITY as u32 }.encode();
        // SAFETY: the map has at least RING_BYTES bytes and nobody else has it yet.
        unsafe {
            std::ptr::copy_nonoverlapping(header.as_ptr(), ring.map.as_mut_ptr(), header.len());
        }
        Ok((ring, file))
    }

    fn word(&self, offset: usize) -> &AtomicU64 {
        // SAFETY: the offset is a constant below RING_BYTES, aligned to 8 in a page-aligned map, and all accesses of
        // this process to it are atomic.
        unsafe { AtomicU64::from_ptr(self.map.as_mut_ptr().add(offset).cast()) }
    }

    fn half(&self, offset: usize) -> &AtomicU32 {
        // SAFETY: as in `word`, aligned to 4.
        unsafe { AtomicU32::from_ptr(self.map.as_mut_ptr().add(offset).cast()) }
    }

    /// Appends what the worker wrote since the last call to `out`.
    pub(crate) fn read(&mut self, out: &mut Vec<u8>) {
        let head = self.word(offsets::HEAD).load(Ordering::Acquire);
        // A head that ran too far is a damaged one: nothing after it can be believed.
        let available = head.wrapping_sub(self.tail).min(CAPACITY as u64) as usize;
        let start = (self.tail % CAPACITY as u64) as usize;
        let first = available.min(CAPACITY - start);
        for (offset, count) in [(start, first), (0, available - first)] {
            let old = out.len();
            out.resize(old + count, 0);
            // SAFETY: offset + count <= CAPACITY, so the range lies in the map; `out` has `count` bytes from `old` on.
            // The worker does not write there before the tail has moved, and if it did, the bytes would be odd, not the
            // program.
            unsafe {
                std::ptr::copy_nonoverlapping(
                    self.map.as_ptr().add(RING_BYTES + offset),
                    out.as_mut_ptr().add(old),
                    count,
                );
            }
        }
        self.tail += available as u64;
        self.word(offsets::TAIL).store(self.tail, Ordering::Release);
    }

    /// What the worker says it is doing.
    pub(crate) fn current(&self) -> Option<Current> {
        let file = self.half(offsets::FILE).load(Ordering::Acquire);
        let item = self.half(offsets::ITEM).load(Ordering::Acquire);
        let began = self.word(offsets::BEGAN).load(Ordering::Acquire);
        Current::from_words(file, item, began)
    }

    /// Asks the worker for what it has not begun, or takes that back.
    pub(crate) fn want(&self, wanted: bool) {
        // SAFETY: the offset is a constant below RING_BYTES; accesses of this process to it are atomic.
        let flag = unsafe { AtomicU8::from_ptr(self.map.as_mut_ptr().add(offsets::WANTED)) };
        flag.store(wanted.into(), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;

    /// What a worker does, by file instead of by map.
    fn produce(file: &File, head: &mut u64, bytes: &[u8]) {
        for byte in bytes {
            let at = RING_BYTES as u64 + *head % CAPACITY as u64;
            file.write_at(&[*byte], at).unwrap();
            *head += 1;
        }
        file.write_at(&head.to_le_bytes(), offsets::HEAD as u64).unwrap();
    }

    #[test]
    fn bytes_come_out_in_order_across_the_end() {
        let (mut ring, file) = Ring::new().unwrap();
        let mut head = CAPACITY as u64 - 3;
        ring.tail = head;
        produce(&file, &mut head, b"abcdef");
        let mut out = Vec::new();
        ring.read(&mut out);
        assert_eq!(out, b"abcdef");
        ring.read(&mut out);
        assert_eq!(out.len(), 6);
    }

    #[test]
    fn a_wild_head_is_bounded() {
        let (mut ring, file) = Ring::new().unwrap();
        file.write_at(&u64::MAX.to_le_bytes(), offsets::HEAD as u64).unwrap();
        let mut out = Vec::new();
        ring.read(&mut out);
        assert!(out.len() <= CAPACITY);
    }

    #[test]
    fn the_current_test_is_seen() {
        let (ring, file) = Ring::new().unwrap();
        assert_eq!(ring.current(), None);
        let words = [8u32.to_le_bytes(), 5u32.to_le_bytes()].concat();
        file.write_at(&words, offsets::FILE as u64).unwrap();
        file.write_at(&9u64.to_le_bytes(), offsets::BEGAN as u64).unwrap();
        assert_eq!(ring.current(), Some(Current { file: 7, item: Some(5), began: 9 }));
        ring.want(true);
        let mut flag = [0];
        file.read_at(&mut flag, offsets::WANTED as u64).unwrap();
        assert_eq!(flag, [1]);
    }
}
