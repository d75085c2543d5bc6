//! The heap itself: allocation by bumping through free intervals, the write barrier, and the options.
//!
//! Every method takes `&self` and state is in cells: an allocation may collect, a collection runs tracers and
//! drops, and no exclusive reference to the heap may be alive across that.

use std::cell::{Cell, RefCell};

use crate::bitmap::Bitmap;
use crate::block::{BlockMeta, BlockState, BlockTable};
use crate::finalize::{Finalizers, WeakHooks};
use crate::header::{GcBits, Header, Kind};
use crate::large::RunPool;
use crate::mark::{KindInfo, Marker, ShapeTrace};
use crate::reserve::Reservation;
use crate::size_class::{BLOCK_BYTES, BLOCK_SHIFT, CLASS_COUNT, SMALL_MAX, class_bytes, class_of};

/// Where roots come from.
#[derive(Clone, Copy)]
pub struct Roots {
    pub context: *const (),
    /// Names the memory ranges to be scanned conservatively; given the lowest address of the running native
    /// stack that matters.
    pub ranges: unsafe fn(*const (), usize, &mut dyn FnMut(usize, usize)),
    /// Marks words that are known to be traced words.
    pub precise: unsafe fn(*const (), &Marker<'_>),
}

/// Sizes and the stress setting.
#[derive(Clone, Copy, Debug)]
pub struct HeapOptions {
    /// Address space to reserve.
    pub reserve_bytes: usize,
    /// Allocation between two collections.
    pub nursery_bytes: usize,
    /// Collect at every Nth allocation; 0 is off.
    pub stress: u32,
}

impl Default for HeapOptions {
    fn default() -> HeapOptions {
        HeapOptions { reserve_bytes: 1 << 38, nursery_bytes: 32 << 20, stress: 0 }
    }
}

/// What happened so far.
#[derive(Clone, Copy, Default, Debug)]
pub struct HeapStats {
    pub minor_collections: u64,
    pub major_collections: u64,
    /// Bytes in cells that survived the last collection.
    pub live_bytes: usize,
    /// Bytes of blocks ever used.
    pub block_bytes: usize,
}

/// The bump pointer of a size class.
#[derive(Default)]
pub(crate) struct Interval {
    pub(crate) next: Cell<usize>,
    pub(crate) end: Cell<usize>,
}

/// The blocks of a size class.
#[derive(Default)]
pub(crate) struct ClassBlocks {
    /// May have free cells, not visited in this cycle; taken from the end.
    pub(crate) available: Vec<u32>,
    /// Visited in this cycle.
    pub(crate) visited: Vec<u32>,
    /// Visited and without a free cell; looked at again after a major collection.
    pub(crate) full: Vec<u32>,
    pub(crate) current: Option<u32>,
}

pub struct Heap {
    intervals: [Interval; CLASS_COUNT],
    memory: Reservation,
    marks: Bitmap,
    blocks: BlockTable,
    pub(crate) kinds: Cell<*mut [KindInfo; 256]>,
    pub(crate) classes: RefCell<Vec<ClassBlocks>>,
    pub(crate) pool: RefCell<RunPool>,
    pub(crate) large_young: RefCell<Vec<u32>>,
    pub(crate) large_old: RefCell<Vec<u32>>,
    pub(crate) remembered: RefCell<Vec<*mut Header>>,
    pub(crate) finalizers: Finalizers,
    pub(crate) mark_stack: Cell<Vec<*mut Header>>,
    pub(crate) roots: Cell<Option<Roots>>,
    pub(crate) weak: Cell<Option<WeakHooks>>,
    shape_trace: Cell<Option<(ShapeTrace, *const ())>>,
    shape_threshold: Cell<u32>,
    epoch: Cell<u32>,
    pub(crate) allocated: Cell<usize>,
    pub(crate) nursery: Cell<usize>,
    pub(crate) major_at: Cell<usize>,
    pub(crate) stress: Cell<u32>,
    stress_count: Cell<u32>,
    pub(crate) disabled: Cell<u32>,
    pub(crate) collecting: Cell<bool>,
    pub(crate) stats: Cell<HeapStats>,
    ram_bytes: usize,
}

impl Heap {
    /// `None` when the system grants no address space.
    pub fn new(options: HeapOptions) -> Option<Heap> {
        let memory = Reservation::new(options.reserve_bytes, 64 << 20, BLOCK_BYTES)?;
        let blocks = memory.bytes() >> BLOCK_SHIFT;
        let kinds = Box::into_raw(Box::new([KindInfo::LEAF; 256]));
        Some(Heap {
            intervals: std::array::from_fn(|_| Interval::default()),
            marks: Bitmap::new(memory.base() as usize, memory.bytes())?,
            blocks: BlockTable::new(blocks)?,
            memory,
            kinds: Cell::new(kinds),
            classes: RefCell::new((0..CLASS_COUNT).map(|_| ClassBlocks::default()).collect()),
            pool: RefCell::new(RunPool::new(blocks as u32)),
            large_young: RefCell::default(),
            large_old: RefCell::default(),
            remembered: RefCell::default(),
            finalizers: Finalizers::default(),
            mark_stack: Cell::default(),
            roots: Cell::new(None),
            weak: Cell::new(None),
            shape_trace: Cell::new(None),
            shape_threshold: Cell::new(u32::MAX),
            epoch: Cell::new(1),
            allocated: Cell::new(0),
            nursery: Cell::new(options.nursery_bytes),
            major_at: Cell::new(options.nursery_bytes.saturating_mul(2)),
            stress: Cell::new(options.stress),
            stress_count: Cell::new(0),
            disabled: Cell::new(0),
            collecting: Cell::new(false),
            stats: Cell::default(),
            ram_bytes: ram_bytes(),
        })
    }

    /// A zeroed cell of at least `bytes` with `header` as its first word. Never fails: when memory is exhausted
    /// the process ends with a message. Use [`Heap::try_alloc`] for sizes that a program chooses.
    #[inline(always)]
    pub fn alloc(&self, bytes: usize, header: u64) -> *mut Header {
        debug_assert!(bytes >= 8 && header >> 32 & 0xff != 0);
        if bytes <= SMALL_MAX {
            let class = class_of(bytes);
            let size = class_bytes(class);
            let interval = &self.intervals[class];
            let start = interval.next.get();
            if start + size <= interval.end.get() {
                interval.next.set(start + size);
                // SAFETY: the interval is ours and no other cell overlaps `start..start + size`.
                unsafe { *(start as *mut u64) = header };
                return start as *mut Header;
            }
            return self.alloc_slow(class, header);
        }
        self.try_alloc(bytes, header).unwrap_or_else(|| out_of_memory())
    }

    /// Like [`Heap::alloc`], but `None` when so much memory cannot be had.
    pub fn try_alloc(&self, bytes: usize, header: u64) -> Option<*mut Header> {
        if bytes <= SMALL_MAX {
            Some(self.alloc(bytes, header))
        } else {
            self.alloc_large(bytes, header, true)
        }
    }

    /// Like [`Heap::try_alloc`] for a kind without pointers; the body's content is unspecified.
    pub fn try_alloc_raw(&self, bytes: usize, header: u64) -> Option<*mut Header> {
        if bytes <= SMALL_MAX {
            Some(self.alloc(bytes, header))
        } else {
            self.alloc_large(bytes, header, false)
        }
    }

    #[cold]
    #[inline(never)]
    fn alloc_slow(&self, class: usize, header: u64) -> *mut Header {
        let size = class_bytes(class);
        self.before_slow();
        let Some((start, end)) = self.next_interval(class) else { out_of_memory() };
        self.allocated.set(self.allocated.get() + (end - start));
        let interval = &self.intervals[class];
        interval.next.set(start + size);
        interval.end.set(end);
        // SAFETY: the interval was just acquired and zeroed.
        unsafe { *(start as *mut u64) = header };
        start as *mut Header
    }

    fn before_slow(&self) {
        let stress = self.stress.get();
        if stress != 0 {
            let count = self.stress_count.get() + 1;
            self.stress_count.set(count % stress);
            if count >= stress {
                self.collect(true);
            }
        } else if self.allocated.get() >= self.nursery.get() {
            self.collect_automatic();
        }
    }

    /// The next free interval of the class, zeroed; under stress a single cell, so that each allocation is seen.
    fn next_interval(&self, class: usize) -> Option<(usize, usize)> {
        let size = class_bytes(class);
        let mut classes = self.classes.borrow_mut();
        let state = &mut classes[class];
        loop {
            if let Some(block) = state.current {
                if let Some(interval) = self.interval_in(block, size) {
                    return Some(interval);
                }
                state.current = None;
            }
            if let Some(block) = state.available.pop() {
                let meta = self.block(block);
                meta.cursor.set(0);
                meta.epoch.set(self.epoch.get());
                if self.has_free_cell(block, size) {
                    state.visited.push(block);
                    state.current = Some(block);
                } else {
                    meta.cursor.set(meta.used_bytes() as u32);
                    state.full.push(block);
                }
                continue;
            }
            let (block, fresh) = self.pool.borrow_mut().take(1)?;
            let meta = self.block(block);
            meta.make_small(class, size, fresh);
            meta.epoch.set(self.epoch.get());
            self.marks.clear_blocks(block, 1);
            state.visited.push(block);
            state.current = Some(block);
        }
    }

    fn has_free_cell(&self, block: u32, size: usize) -> bool {
        let start = self.block_start(block);
        let end = start + self.block(block).used_bytes();
        (start..end).step_by(size).any(|cell| !self.marks.is_set(cell))
    }

    fn interval_in(&self, block: u32, size: usize) -> Option<(usize, usize)> {
        let meta = self.block(block);
        let block_start = self.block_start(block);
        let end = block_start + meta.used_bytes();
        let mut start = block_start + meta.cursor.get() as usize;
        while start < end && self.marks.is_set(start) {
            start += size;
        }
        if start >= end {
            meta.cursor.set((end - block_start) as u32);
            return None;
        }
        let mut stop = self.marks.next_set(start, end);
        if self.stress.get() != 0 {
            stop = start + size;
        }
        if !meta.fresh.get() {
            // SAFETY: no cell of the interval is marked, so nothing in it is alive.
            unsafe { (start as *mut u8).write_bytes(0, stop - start) };
        }
        meta.cursor.set((stop - block_start) as u32);
        Some((start, stop))
    }

    #[inline(never)]
    fn alloc_large(&self, bytes: usize, header: u64, zero: bool) -> Option<*mut Header> {
        // More than the machine has would only be found out while the pages are touched.
        if bytes > self.ram_bytes {
            return None;
        }
        self.before_slow();
        let count = u32::try_from(bytes.div_ceil(BLOCK_BYTES)).ok()?;
        let taken = self.pool.borrow_mut().take(count);
        let (block, fresh) = match taken {
            Some(taken) => taken,
            None => {
                self.collect(true);
                self.pool.borrow_mut().take(count)?
            }
        };
        let start = self.block_start(block);
        if zero && !fresh {
            // Tracers look at the whole cell, so what lies behind the bytes asked for is zero as well.
            // SAFETY: the run is free and ours.
            unsafe { (start as *mut u8).write_bytes(0, count as usize * BLOCK_BYTES) };
        }
        self.marks.clear_blocks(block, count);
        let head = self.block(block);
        head.state.set(BlockState::LargeHead);
        head.head.set(block);
        head.run.set(count);
        for tail in block + 1..block + count {
            let meta = self.block(tail);
            meta.state.set(BlockState::LargeTail);
            meta.head.set(block);
        }
        self.large_young.borrow_mut().push(block);
        self.allocated.set(self.allocated.get() + count as usize * BLOCK_BYTES);
        // SAFETY: first word of the run.
        unsafe { *(start as *mut u64) = header };
        Some(start as *mut Header)
    }

    /// Makes a large cell longer where it lies, if the blocks behind it are free: at least `bytes` afterwards. The
    /// added part is zero. Growing buffers save a copy and the peak of two of them.
    pub fn try_extend(&self, cell: *mut Header, bytes: usize) -> bool {
        let block = self.block_of(cell as usize);
        let head = self.block(block);
        if head.state.get() != BlockState::LargeHead || bytes > self.ram_bytes {
            return false;
        }
        let count = head.run.get();
        let Ok(wanted) = u32::try_from(bytes.div_ceil(BLOCK_BYTES)) else { return false };
        let more = wanted.saturating_sub(count);
        let end = block + count;
        let Some(fresh) = self.pool.borrow_mut().extend(end, more) else { return false };
        if !fresh {
            // SAFETY: the blocks were free and are ours now.
            unsafe { (self.block_start(end) as *mut u8).write_bytes(0, more as usize * BLOCK_BYTES) };
        }
        self.marks.clear_blocks(end, more);
        for tail in end..end + more {
            let meta = self.block(tail);
            meta.state.set(BlockState::LargeTail);
            meta.head.set(block);
        }
        head.run.set(count + more);
        self.allocated.set(self.allocated.get() + more as usize * BLOCK_BYTES);
        true
    }

    /// To be called after a pointer was stored into `cell`.
    #[inline(always)]
    pub fn barrier(&self, cell: &Header) {
        if cell.gc_bits() & GcBits::OLD != 0 {
            self.remember(cell);
        }
    }

    #[cold]
    #[inline(never)]
    fn remember(&self, cell: &Header) {
        cell.clear_gc(GcBits::OLD);
        self.remembered.borrow_mut().push(std::ptr::from_ref(cell).cast_mut());
    }

    /// Native memory that a cell owns, counted so that collections come in time.
    pub fn account(&self, bytes: usize) {
        self.allocated.set(self.allocated.get() + bytes);
    }

    pub fn set_kind(&self, kind: Kind, info: KindInfo) {
        assert!(kind.0 != 0, "kind 0 means free");
        // SAFETY: the table lives as long as the heap and no reference into it is kept.
        unsafe { (*self.kinds.get())[kind.0 as usize] = info };
    }

    #[inline(always)]
    pub(crate) fn kind_info(&self, kind: Kind) -> KindInfo {
        // SAFETY: as in `set_kind`.
        unsafe { (*self.kinds.get())[kind.0 as usize] }
    }

    pub fn set_roots(&self, roots: Roots) {
        self.roots.set(Some(roots));
    }

    pub fn set_weak_hooks(&self, hooks: WeakHooks) {
        self.weak.set(Some(hooks));
    }

    /// Cells whose shape is at least `threshold` are first given to `trace`.
    pub fn set_shape_trace(&self, threshold: u32, trace: ShapeTrace, context: *const ()) {
        self.shape_threshold.set(threshold);
        self.shape_trace.set(Some((trace, context)));
    }

    #[inline(always)]
    pub(crate) fn trace_shape(&self, cell: *mut Header, header: &Header, marker: &Marker<'_>) {
        if header.shape() >= self.shape_threshold.get()
            && let Some((trace, context)) = self.shape_trace.get()
        {
            // SAFETY: the function was registered with this context and the cell is live.
            unsafe { trace(context, cell, marker) };
        }
    }

    /// Bytes of the cell, at least those asked for.
    #[inline]
    pub fn bytes_of(&self, cell: *mut Header) -> usize {
        let meta = self.block(self.block_of(cell as usize));
        match meta.state.get() {
            BlockState::Small => meta.cell_bytes.get() as usize,
            _ => meta.run.get() as usize * BLOCK_BYTES,
        }
    }

    /// Disables automatic collections until [`Heap::enable`] was called as often.
    pub fn disable(&self) {
        self.disabled.set(self.disabled.get() + 1);
    }

    /// Whether automatic collections are off.
    pub fn is_disabled(&self) -> bool {
        self.disabled.get() > 0
    }

    pub fn enable(&self) {
        self.disabled.set(self.disabled.get().saturating_sub(1));
    }

    pub fn set_stress(&self, every: u32) {
        self.stress.set(every);
        if every != 0 {
            for interval in &self.intervals {
                // What is left of the intervals stays unused until the next collection.
                interval.end.set(interval.next.get());
            }
        }
    }

    pub fn stats(&self) -> HeapStats {
        let block_bytes = self.pool.borrow().next as usize * BLOCK_BYTES;
        HeapStats { block_bytes, ..self.stats.get() }
    }

    pub(crate) fn retire_intervals(&self) {
        for interval in &self.intervals {
            interval.next.set(0);
            interval.end.set(0);
        }
    }

    #[inline(always)]
    pub(crate) fn marks(&self) -> &Bitmap {
        &self.marks
    }

    #[inline(always)]
    pub(crate) fn block(&self, block: u32) -> &BlockMeta {
        self.blocks.get(block)
    }

    #[inline(always)]
    pub(crate) fn base(&self) -> usize {
        self.memory.base() as usize
    }

    #[inline(always)]
    pub(crate) fn end(&self) -> usize {
        self.base() + self.memory.bytes()
    }

    /// Whether the address lies in the heap's reservation.
    #[inline(always)]
    pub fn contains(&self, address: usize) -> bool {
        address.wrapping_sub(self.base()) < self.memory.bytes()
    }

    #[inline(always)]
    pub(crate) fn contains_or_ends(&self, address: usize) -> bool {
        address.wrapping_sub(self.base()) <= self.memory.bytes()
    }

    #[inline(always)]
    pub(crate) fn block_of(&self, address: usize) -> u32 {
        ((address - self.base()) >> BLOCK_SHIFT) as u32
    }

    #[inline(always)]
    pub(crate) fn block_start(&self, block: u32) -> usize {
        self.base() + ((block as usize) << BLOCK_SHIFT)
    }

    #[inline(always)]
    pub(crate) fn epoch(&self) -> u32 {
        self.epoch.get()
    }

    pub(crate) fn advance_epoch(&self) {
        self.epoch.set(self.epoch.get().wrapping_add(1).max(1));
    }

    /// Gives the pages of long free runs back to the system.
    pub(crate) fn discard_free_runs(&self, blocks_min: u32) {
        for (start, count) in self.pool.borrow().runs() {
            if count >= blocks_min {
                // SAFETY: free runs hold nothing; they are zeroed again when they are taken.
                unsafe {
                    let start = self.block_start(start) as *mut u8;
                    self.memory.discard(start, count as usize * BLOCK_BYTES);
                }
            }
        }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.drop_all();
        // SAFETY: made by `Box::into_raw` in `new` and freed only here.
        drop(unsafe { Box::from_raw(self.kinds.get()) });
    }
}

fn ram_bytes() -> usize {
    // SAFETY: plain queries of system constants.
    let (pages, page) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    usize::try_from(pages).unwrap_or(usize::MAX).saturating_mul(usize::try_from(page).unwrap_or(4096))
}

#[cold]
fn out_of_memory() -> ! {
    eprintln!("fatal: out of memory");
    std::process::abort()
}
