//! The mark bitmap: one bit for each 8 bytes of the heap's whole reservation, in a reservation of its own.
//!
//! Bits in a side table keep marks of neighbouring blocks in different cache sets and let a sweep find free
//! intervals by scanning words.

use crate::reserve::Reservation;
use crate::size_class::{BLOCK_BYTES, GRANULE};

/// Words of the bitmap that belong to one block.
const WORDS_PER_BLOCK: usize = BLOCK_BYTES / GRANULE / 64;

pub(crate) struct Bitmap {
    memory: Reservation,
    heap_base: usize,
}

impl Bitmap {
    pub(crate) fn new(heap_base: usize, heap_bytes: usize) -> Option<Bitmap> {
        let bytes = heap_bytes / GRANULE / 8;
        Some(Bitmap { memory: Reservation::new(bytes, bytes, 4096)?, heap_base })
    }

    #[inline(always)]
    fn word(&self, address: usize) -> (*mut u64, u64) {
        let bit = (address - self.heap_base) / GRANULE;
        // SAFETY: the address lies in the heap's reservation, for which the bitmap has a bit.
        let word = unsafe { self.memory.base().cast::<u64>().add(bit / 64) };
        (word, 1 << (bit % 64))
    }

    #[inline(always)]
    pub(crate) fn is_set(&self, address: usize) -> bool {
        let (word, mask) = self.word(address);
        // SAFETY: `word` is inside the bitmap.
        unsafe { *word & mask != 0 }
    }

    /// Sets the bit and says whether it was clear before.
    #[inline(always)]
    pub(crate) fn set(&self, address: usize) -> bool {
        let (word, mask) = self.word(address);
        // SAFETY: `word` is inside the bitmap, and only one thread marks.
        unsafe {
            let old = *word;
            *word = old | mask;
            old & mask == 0
        }
    }

    fn block_words(&self, block: u32) -> *mut u64 {
        // SAFETY: callers pass blocks of the heap's reservation.
        unsafe { self.memory.base().cast::<u64>().add(block as usize * WORDS_PER_BLOCK) }
    }

    pub(crate) fn clear_blocks(&self, from: u32, count: u32) {
        // SAFETY: the blocks lie in the reservation, so their words lie in the bitmap.
        unsafe { self.block_words(from).write_bytes(0, count as usize * WORDS_PER_BLOCK) }
    }

    pub(crate) fn block_is_empty(&self, block: u32) -> bool {
        let words = self.block_words(block);
        // SAFETY: as above.
        (0..WORDS_PER_BLOCK).all(|index| unsafe { *words.add(index) } == 0)
    }

    /// The lowest marked address in `from..end` (both in one block), or `end`.
    pub(crate) fn next_set(&self, from: usize, end: usize) -> usize {
        let mut bit = (from - self.heap_base) / GRANULE;
        let last = (end - self.heap_base) / GRANULE;
        let words = self.memory.base().cast::<u64>();
        while bit < last {
            // SAFETY: bits below `last` belong to the heap.
            let word = unsafe { *words.add(bit / 64) } >> (bit % 64);
            if word != 0 {
                bit += word.trailing_zeros() as usize;
                return self.heap_base + bit.min(last) * GRANULE;
            }
            bit = (bit / 64 + 1) * 64;
        }
        end
    }
}
