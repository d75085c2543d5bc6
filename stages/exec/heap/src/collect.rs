//! The collection cycle: gather conservative roots, mark, clear weak tables, queue finalisers, drop, make
//! blocks available again.
//!
//! Marks are sticky: a minor collection keeps them, so what survived before is not traced again, except cells of
//! the remembered set. A major collection clears them first. The conservative query needs the marks of the
//! *last* cycle to know which old cells are alive, therefore ranges are resolved before anything is cleared.

use crate::block::BlockState;
use crate::header::Header;
use crate::heap::Heap;
use crate::mark::Marker;
use crate::spill::with_spilled_registers;

/// Free runs of at least this many blocks go back to the system after a major collection.
const DISCARD_BLOCKS: u32 = 256;

impl Heap {
    /// Collects what the allocation rate and the growth of the old generation ask for.
    #[cold]
    #[inline(never)]
    pub fn collect_automatic(&self) {
        if self.disabled.get() > 0 {
            return;
        }
        let major = self.stats.get().live_bytes >= self.major_at.get();
        self.collect(major);
    }

    /// Collects now: the young generation, or with `major` everything. Does nothing while no roots are set or
    /// while a collection runs.
    pub fn collect(&self, major: bool) {
        if self.collecting.get() || self.roots.get().is_none() {
            return;
        }
        self.collecting.set(true);
        with_spilled_registers(&mut |lowest| self.cycle(major, lowest));
        self.collecting.set(false);
    }

    fn cycle(&self, major: bool, lowest: usize) {
        let Some(roots) = self.roots.get() else { return };
        self.retire_intervals();
        let gathered = self.gather(roots.context, roots.ranges, lowest);
        let mut stack = self.mark_stack.take();
        stack.clear();
        let marker = Marker::new(self, stack);
        let remembered = std::mem::take(&mut *self.remembered.borrow_mut());
        if major {
            self.marks().clear_blocks(0, self.pool.borrow().next);
        } else {
            remembered.iter().for_each(|&cell| marker.retrace(cell));
        }
        gathered.iter().for_each(|&cell| marker.cell(cell));
        // SAFETY: registered together with its context.
        unsafe { (roots.precise)(roots.context, &marker) };
        self.mark_queued(&marker);
        marker.drain();
        if let Some(weak) = self.weak.get() {
            // SAFETY: registered together with its context.
            unsafe { (weak.clear)(weak.context, &marker) };
        }
        self.queue_unreachable(&marker, major);
        if let Some(weak) = self.weak.get() {
            // SAFETY: registered together with its context.
            unsafe { (weak.sweep)(weak.context, &marker, major) };
        }
        self.drop_unmarked(&marker, major);
        let marked_bytes = marker.marked_bytes();
        self.mark_stack.set(marker.into_stack());
        self.make_available(major);
        self.allocated.set(0);
        self.count(major, marked_bytes);
    }

    fn gather(
        &self,
        context: *const (),
        ranges: unsafe fn(*const (), usize, &mut dyn FnMut(usize, usize)),
        lowest: usize,
    ) -> Vec<*mut Header> {
        let mut gathered = Vec::new();
        // SAFETY: registered together with its context.
        unsafe {
            ranges(context, lowest, &mut |low, high| {
                let mut at = low.next_multiple_of(8);
                while at + 8 <= high {
                    // SAFETY: roots name readable ranges; volatile because other frames own them.
                    let word = (at as *const usize).read_volatile();
                    self.cells_of_word(word, &mut |cell| gathered.push(cell));
                    at += 8;
                }
            });
        }
        gathered
    }

    fn make_available(&self, major: bool) {
        self.advance_epoch();
        self.free_large(major);
        let mut classes = self.classes.borrow_mut();
        let mut pool = self.pool.borrow_mut();
        for state in classes.iter_mut() {
            state.current = None;
            let visited = std::mem::take(&mut state.visited);
            for &block in &visited {
                self.block(block).fresh.set(false);
            }
            state.available.extend(visited);
            if major {
                state.available.append(&mut state.full);
                state.available.retain(|&block| {
                    let empty = self.marks().block_is_empty(block);
                    if empty {
                        self.block(block).state.set(BlockState::Free);
                        pool.give(block, 1);
                    }
                    !empty
                });
            }
        }
        drop(pool);
        drop(classes);
        if major {
            self.discard_free_runs(DISCARD_BLOCKS);
        }
    }

    fn free_large(&self, major: bool) {
        let mut pool = self.pool.borrow_mut();
        let mut keep = |block: u32| {
            if self.marks().is_set(self.block_start(block)) {
                return true;
            }
            let count = self.block(block).run.get();
            for part in block..block + count {
                self.block(part).state.set(BlockState::Free);
            }
            pool.give(block, count);
            false
        };
        let mut old = self.large_old.borrow_mut();
        if major {
            old.retain(|&block| keep(block));
        }
        let young = std::mem::take(&mut *self.large_young.borrow_mut());
        old.extend(young.into_iter().filter(|&block| keep(block)));
    }

    fn count(&self, major: bool, marked_bytes: usize) {
        let mut stats = self.stats.get();
        if major {
            stats.major_collections += 1;
            stats.live_bytes = marked_bytes;
            self.major_at.set((marked_bytes * 2).max(self.nursery.get() * 2));
        } else {
            stats.minor_collections += 1;
            stats.live_bytes += marked_bytes;
        }
        self.stats.set(stats);
    }
}
