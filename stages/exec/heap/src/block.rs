//! The block table: what each 64 KiB block holds and how far this cycle's allocation got in it.

use std::cell::Cell;

use crate::reserve::Reservation;
use crate::size_class::BLOCK_BYTES;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum BlockState {
    Free = 0,
    /// Cells of one size class.
    Small = 1,
    /// First block of a large cell.
    LargeHead = 2,
    /// A later block of a large cell; `head` names the first.
    LargeTail = 3,
}

/// One entry; zeroed memory is a valid entry of a free block.
#[repr(C)]
pub(crate) struct BlockMeta {
    pub(crate) state: Cell<BlockState>,
    pub(crate) class: Cell<u8>,
    /// The block's memory is still zero as the system gave it.
    pub(crate) fresh: Cell<bool>,
    pub(crate) cell_bytes: Cell<u32>,
    /// `ceil(2^32 / cell_bytes)`: the cell index of an offset by multiplication.
    pub(crate) reciprocal: Cell<u32>,
    /// Offset up to which free intervals were handed out in cycle `epoch`; an older epoch means 0.
    pub(crate) cursor: Cell<u32>,
    pub(crate) epoch: Cell<u32>,
    /// First block of the large cell.
    pub(crate) head: Cell<u32>,
    /// Blocks in the large cell (at its head).
    pub(crate) run: Cell<u32>,
}

impl BlockMeta {
    pub(crate) fn make_small(&self, class: usize, bytes: usize, fresh: bool) {
        self.state.set(BlockState::Small);
        self.class.set(class as u8);
        self.fresh.set(fresh);
        self.cell_bytes.set(bytes as u32);
        self.reciprocal.set((1u64 << 32).div_ceil(bytes as u64) as u32);
        self.cursor.set(0);
        self.epoch.set(0);
    }

    #[inline(always)]
    pub(crate) fn cell_index(&self, offset: usize) -> usize {
        ((offset as u64 * u64::from(self.reciprocal.get())) >> 32) as usize
    }

    /// Bytes of the block that are cells; the rest is waste at its end.
    #[inline(always)]
    pub(crate) fn used_bytes(&self) -> usize {
        let size = self.cell_bytes.get() as usize;
        BLOCK_BYTES / size * size
    }
}

pub(crate) struct BlockTable {
    memory: Reservation,
}

impl BlockTable {
    pub(crate) fn new(blocks: usize) -> Option<BlockTable> {
        let bytes = (blocks * size_of::<BlockMeta>()).next_multiple_of(4096);
        Some(BlockTable { memory: Reservation::new(bytes, bytes, 4096)? })
    }

    #[inline(always)]
    pub(crate) fn get(&self, block: u32) -> &BlockMeta {
        // SAFETY: the table covers every block of the reservation and zero is a valid entry.
        unsafe { &*self.memory.base().cast::<BlockMeta>().add(block as usize) }
    }
}
