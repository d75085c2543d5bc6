//! The index of a dict: groups of sixteen control bytes and sixteen entry numbers.
//!
//! A control byte is 0 for an empty bucket, 1 for a removed one and `0x80 | 7 bits of hash` for a full one, so
//! zeroed memory is an empty index.

use dx_heap::Header;

use crate::error::PyResult;
use crate::kinds;
use crate::thread::Thread;

pub(super) const GROUP: usize = 16;
const REMOVED: u8 = 1;

/// Buckets for a table of this many entries.
#[inline(always)]
fn buckets_for(capacity: usize) -> usize {
    (capacity + capacity / 7 + 1).next_power_of_two().max(GROUP)
}

/// The largest capacity whose index is no larger than that of `wanted`: seven eighths of the buckets.
pub(super) fn capacity_for(wanted: usize) -> usize {
    let buckets = buckets_for(wanted);
    buckets - buckets / 8 - 1
}

/// Bytes of a group: control bytes, then positions, side by side because a hit reads both.
const GROUP_BYTES: usize = GROUP + 4 * GROUP;

/// A view of an index cell.
#[derive(Clone, Copy)]
pub(super) struct Index {
    groups: *mut u8,
    /// Number of groups less one.
    mask: usize,
}

impl Index {
    pub(super) fn allocate(thread: &Thread, capacity: usize) -> PyResult<*mut Header> {
        let bytes = 8 + buckets_for(capacity) / GROUP * GROUP_BYTES;
        if capacity > u32::MAX as usize {
            return Err(thread.memory_error(""));
        }
        let cell = thread.heap.try_alloc(bytes, Header::word(kinds::RAW, 0, 0));
        cell.ok_or_else(|| thread.memory_error(""))
    }

    #[inline(always)]
    pub(super) fn of(cell: *mut Header, capacity: usize) -> Index {
        Index { groups: cell.wrapping_add(1).cast(), mask: buckets_for(capacity) / GROUP - 1 }
    }

    #[inline(always)]
    fn control(&self, group: usize) -> *mut u8 {
        debug_assert!(group <= self.mask);
        self.groups.wrapping_add(group * GROUP_BYTES)
    }

    #[inline(always)]
    fn position(&self, group: usize, bucket: u32) -> *mut u32 {
        self.control(group).wrapping_add(GROUP + 4 * bucket as usize).cast()
    }

    /// Visits the groups of a hash in probe order until `visit` answers something; `None` after a full round.
    #[inline(always)]
    fn probe<R>(&self, hash: i64, mut visit: impl FnMut(usize, Group, u8) -> Option<R>) -> Option<R> {
        let (mut at, tag) = start(hash, self.mask);
        let mut step = 0;
        loop {
            // SAFETY: sixteen control bytes begin each group.
            let group = unsafe { Group::load(self.control(at)) };
            if let Some(found) = visit(at, group, tag) {
                return Some(found);
            }
            step += 1;
            if step > self.mask {
                return None;
            }
            at = (at + step) & self.mask;
        }
    }

    /// Calls `candidate` with each position whose bucket has these hash bits, until it answers something.
    #[inline(always)]
    pub(super) fn find<R>(&self, hash: i64, mut candidate: impl FnMut(usize) -> Option<R>) -> Option<R> {
        let found = self.probe(hash, |at, group, tag| {
            let mut matches = group.matches(tag);
            while matches != 0 {
                // SAFETY: the bucket is one of the group.
                let position = unsafe { self.position(at, matches.trailing_zeros()).read_unaligned() };
                if let Some(found) = candidate(position as usize) {
                    return Some(Some(found));
                }
                matches &= matches - 1;
            }
            // No probe went past a group with an empty bucket.
            (group.matches(0) != 0).then_some(None)
        });
        found.flatten()
    }

    /// Adds a position that is not in the index; there is room.
    pub(super) fn insert(&self, hash: i64, position: usize) {
        let placed = self.probe(hash, |at, group, tag| {
            let free = group.matches(0) | group.matches(REMOVED);
            if free == 0 {
                return None;
            }
            // SAFETY: the bucket is one of the group.
            unsafe {
                *self.control(at).wrapping_add(free.trailing_zeros() as usize) = tag;
                self.position(at, free.trailing_zeros()).write_unaligned(position as u32);
            }
            Some(())
        });
        debug_assert!(placed.is_some(), "the index of a dict is full");
    }

    /// Removes a position that is in the index.
    pub(super) fn remove(&self, hash: i64, position: usize) {
        self.probe(hash, |at, group, tag| {
            let mut matches = group.matches(tag);
            while matches != 0 {
                let bucket = matches.trailing_zeros();
                // SAFETY: the bucket is one of the group.
                unsafe {
                    if self.position(at, bucket).read_unaligned() as usize == position {
                        // No probe went past a group that has an empty bucket, so this one may become empty too.
                        let empty = group.matches(0) != 0;
                        *self.control(at).wrapping_add(bucket as usize) = if empty { 0 } else { REMOVED };
                        return Some(());
                    }
                }
                matches &= matches - 1;
            }
            (group.matches(0) != 0).then_some(())
        });
    }
}

/// First group and tag of a hash. Runs of eight sequential ints share a group, so that counting through a large
/// dict stays in the cache; the product spreads everything else, aligned addresses among it.
#[inline(always)]
fn start(hash: i64, mask: usize) -> (usize, u8) {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let tag = ((hash as u64).wrapping_mul(SPREAD) >> 57) as u8 | 0x80;
    let mixed = (hash as u64 >> 3).wrapping_mul(SPREAD) >> 28;
    (mixed as usize & mask, tag)
}

#[cfg(target_arch = "x86_64")]
struct Group(std::arch::x86_64::__m128i);

#[cfg(target_arch = "x86_64")]
impl Group {
    /// # Safety
    /// Sixteen bytes are readable.
    #[inline(always)]
    unsafe fn load(at: *const u8) -> Group {
        // SAFETY: readable by contract; SSE2 is part of the architecture's baseline.
        Group(unsafe { std::arch::x86_64::_mm_loadu_si128(at.cast()) })
    }

    #[inline(always)]
    fn matches(&self, byte: u8) -> u32 {
        use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_movemask_epi8, _mm_set1_epi8};
        // SAFETY: SSE2 is part of the architecture's baseline.
        unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(self.0, _mm_set1_epi8(byte as i8))) as u32 }
    }
}

#[cfg(not(target_arch = "x86_64"))]
struct Group([u8; GROUP]);

#[cfg(not(target_arch = "x86_64"))]
impl Group {
    /// # Safety
    /// Sixteen bytes are readable.
    #[inline(always)]
    unsafe fn load(at: *const u8) -> Group {
        // SAFETY: readable by contract.
        Group(unsafe { at.cast::<[u8; GROUP]>().read_unaligned() })
    }

    #[inline(always)]
    fn matches(&self, byte: u8) -> u32 {
        self.0.iter().enumerate().fold(0, |bits, (index, &own)| bits | u32::from(own == byte) << index)
    }
}
