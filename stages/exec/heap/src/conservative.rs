//! The conservative query: which cell, if any, does an arbitrary word point to, into or just past?
//!
//! A cell counts when it is marked (it survived), or when it lies below its block's cursor of this cycle and has
//! a header: intervals are zeroed when they are acquired, so a zero header there means "not handed out yet", and
//! what lies beyond the cursor unmarked is garbage of the last cycle whose stale header must not be believed.

use crate::block::{BlockMeta, BlockState};
use crate::header::Header;
use crate::heap::Heap;
use crate::size_class::{BLOCK_BYTES, BLOCK_SHIFT};

impl Heap {
    /// Calls `found` for each live cell that `word` may refer to (two, where one ends and the next begins).
    #[inline]
    pub fn cells_of_word(&self, word: usize, found: &mut dyn FnMut(*mut Header)) {
        if !self.contains_or_ends(word) {
            return;
        }
        if word < self.end()
            && let Some(cell) = self.live_cell_at(word)
        {
            found(cell);
            if word != cell as usize {
                return;
            }
        }
        // One past the end of the cell before: only where a cell could begin.
        if word > self.base()
            && let Some(cell) = self.live_cell_at(word - 1)
            && word == cell as usize + self.bytes_of(cell)
        {
            found(cell);
        }
    }

    fn live_cell_at(&self, address: usize) -> Option<*mut Header> {
        let block = self.block_of(address);
        let meta = self.block(block);
        let start = match meta.state.get() {
            BlockState::Free => return None,
            BlockState::Small => self.small_cell(meta, block, address)?,
            BlockState::LargeHead => self.block_start(block),
            BlockState::LargeTail => self.block_start(meta.head.get()),
        };
        if meta.state.get() == BlockState::Small {
            return Some(start as *mut Header);
        }
        // SAFETY: a large cell's first word is its header; zero until it is handed out.
        (unsafe { *(start as *const u64) } != 0).then_some(start as *mut Header)
    }

    fn small_cell(&self, meta: &BlockMeta, block: u32, address: usize) -> Option<usize> {
        let offset = address & (BLOCK_BYTES - 1);
        debug_assert_eq!(block, ((address - self.base()) >> BLOCK_SHIFT) as u32);
        if offset >= meta.used_bytes() {
            return None;
        }
        let cell_offset = meta.cell_index(offset) * meta.cell_bytes.get() as usize;
        let start = address - offset + cell_offset;
        if self.marks().is_set(start) {
            return Some(start);
        }
        let cursor = if meta.epoch.get() == self.epoch() { meta.cursor.get() as usize } else { 0 };
        // SAFETY: `start` is a cell's first word inside the block.
        (cell_offset < cursor && unsafe { *(start as *const u64) } != 0).then_some(start)
    }
}
