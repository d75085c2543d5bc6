//! The one-word header in front of every cell.
//!
//! ```text
//!  63          48 47    40 39    32 31                     0
//! | flags (owner) | gc bits |  kind  |       shape         |
//! ```
//! The heap reads `kind` (how to trace) and `gc bits`; `shape` and `flags` belong to the object model.
//! A header of zero means "this cell is not handed out", therefore kind 0 is not a kind.

use std::cell::Cell;

/// How a cell is traced and dropped; an index into the heap's table of kinds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(transparent)]
pub struct Kind(pub u8);

/// Bits of the header that the collector and the barrier share.
pub struct GcBits;

impl GcBits {
    /// The cell survived a collection and is not in the remembered set: a store into it must be reported.
    pub const OLD: u8 = 1;
    /// The cell was stored somewhere that outlives the frame which made it.
    pub const ESCAPED: u8 = 2;
    /// The cell is in the finaliser list.
    pub const FINALIZER: u8 = 4;
    /// The cell's finaliser has run; it runs once only.
    pub const FINALIZED: u8 = 8;
    /// At least one weak reference was made to this cell.
    pub const WEAK: u8 = 16;
    /// Native code of another runtime holds references (side table).
    pub const FOREIGN: u8 = 32;
}

/// The header word as a record of cells, so that a shared reference can change it.
#[repr(C, align(8))]
pub struct Header {
    shape: Cell<u32>,
    kind: Cell<u8>,
    gc: Cell<u8>,
    flags: Cell<u16>,
}

impl Header {
    /// The word of a new cell.
    #[inline(always)]
    pub const fn word(kind: Kind, shape: u32, flags: u16) -> u64 {
        shape as u64 | (kind.0 as u64) << 32 | (flags as u64) << 48
    }

    #[inline(always)]
    pub fn kind(&self) -> Kind {
        Kind(self.kind.get())
    }

    /// Changes how the cell is traced; only between kinds of the same layout.
    #[inline(always)]
    pub fn set_kind(&self, kind: Kind) {
        debug_assert!(kind.0 != 0);
        self.kind.set(kind.0);
    }

    #[inline(always)]
    pub fn shape(&self) -> u32 {
        self.shape.get()
    }

    #[inline(always)]
    pub fn set_shape(&self, shape: u32) {
        self.shape.set(shape);
    }

    #[inline(always)]
    pub fn flags(&self) -> u16 {
        self.flags.get()
    }

    #[inline(always)]
    pub fn set_flags(&self, flags: u16) {
        self.flags.set(flags);
    }

    #[inline(always)]
    pub fn gc_bits(&self) -> u8 {
        self.gc.get()
    }

    #[inline(always)]
    pub fn has_gc(&self, bit: u8) -> bool {
        self.gc.get() & bit != 0
    }

    #[inline(always)]
    pub fn set_gc(&self, bit: u8) {
        self.gc.set(self.gc.get() | bit);
    }

    #[inline(always)]
    pub fn clear_gc(&self, bit: u8) {
        self.gc.set(self.gc.get() & !bit);
    }
}
