//! Object graphs under collection: what is reachable stays intact, what is not goes away.

#![expect(
    clippy::undocumented_unsafe_blocks,
    reason = "cells of these tests are live where the tests say so"
)]

use std::cell::{Cell, RefCell};

use dx_heap::{GcBits, Header, Heap, HeapOptions, Kind, KindInfo, Marker, Roots, WeakHooks};

const NODE: Kind = Kind(1);
const LEAF: Kind = Kind(2);
const COUNTED: Kind = Kind(3);

#[repr(C)]
struct Node {
    header: Header,
    left: Cell<*mut Node>,
    right: Cell<*mut Node>,
}

/// A heap with explicit roots and, if `scan`, the calling thread's stack.
struct World {
    heap: Heap,
    roots: RefCell<Vec<u64>>,
    stack_top: Cell<usize>,
}

impl World {
    fn new(options: HeapOptions) -> Box<World> {
        let world = Box::new(World {
            heap: Heap::new(options).unwrap(),
            roots: RefCell::default(),
            stack_top: Cell::new(0),
        });
        world.heap.set_kind(NODE, KindInfo::WORDS);
        world.heap.set_kind(LEAF, KindInfo::LEAF);
        world.heap.set_roots(Roots { context: (&raw const *world).cast(), ranges, precise });
        world
    }

    fn node(&self, left: *mut Node, right: *mut Node) -> *mut Node {
        let node = self.heap.alloc(24, Header::word(NODE, 0, 0)).cast::<Node>();
        unsafe {
            (*node).left.set(left);
            (*node).right.set(right);
        }
        node
    }
}

unsafe fn ranges(context: *const (), lowest: usize, range: &mut dyn FnMut(usize, usize)) {
    let world = unsafe { &*context.cast::<World>() };
    if world.stack_top.get() != 0 {
        range(lowest, world.stack_top.get());
    }
}

unsafe fn precise(context: *const (), marker: &Marker<'_>) {
    let world = unsafe { &*context.cast::<World>() };
    world.roots.borrow().iter().for_each(|&word| marker.word(word));
}

fn options(stress: u32) -> HeapOptions {
    HeapOptions { reserve_bytes: 1 << 32, nursery_bytes: 1 << 20, stress }
}

fn tree(world: &World, depth: u32) -> *mut Node {
    if depth == 0 {
        return world.node(std::ptr::null_mut(), std::ptr::null_mut());
    }
    let left = tree(world, depth - 1);
    let right = tree(world, depth - 1);
    world.node(left, right)
}

fn count(node: *mut Node) -> u64 {
    if node.is_null() {
        return 0;
    }
    let node = unsafe { &*node };
    assert_eq!(node.header.kind(), NODE);
    1 + count(node.left.get()) + count(node.right.get())
}

/// Runs with the caller's frames as conservative roots.
#[inline(never)]
fn with_stack<R>(world: &World, action: impl FnOnce() -> R) -> R {
    world.stack_top.set(dx_heap::stack_pointer() + 4096);
    let result = action();
    world.stack_top.set(0);
    result
}

#[test]
fn trees_held_by_the_native_stack_alone_survive_every_allocation_collecting() {
    let world = World::new(options(1));
    with_stack(&world, || {
        let root = tree(&world, 7);
        assert_eq!(count(root), 255);
    });
    assert!(world.heap.stats().major_collections > 200);
}

#[test]
fn minor_collections_keep_what_old_cells_point_to() {
    let world = World::new(options(0));
    let root = world.node(std::ptr::null_mut(), std::ptr::null_mut());
    world.roots.borrow_mut().push(root as u64);
    world.heap.collect(false);
    assert!(unsafe { (*root).header.has_gc(GcBits::OLD) });
    for round in 0..200 {
        let young = with_stack(&world, || tree(&world, 6));
        unsafe {
            (*root).left.set(young);
            world.heap.barrier(&(*root).header);
        }
        world.heap.collect(round % 7 == 0);
        assert_eq!(count(root), 128);
        // Garbage that reuses what was freed.
        (0..2000).for_each(|_| _ = world.node(std::ptr::null_mut(), std::ptr::null_mut()));
        assert_eq!(count(root), 128);
    }
    assert!(world.heap.stats().live_bytes < 1 << 20);
}

#[test]
fn random_changes_agree_with_a_model() {
    for stress in [0, 1, 7] {
        let world = World::new(HeapOptions { nursery_bytes: 64 << 10, ..options(stress) });
        let slots = 200;
        let table = world.heap.alloc(8 + 8 * slots, Header::word(NODE, 0, 0));
        world.roots.borrow_mut().push(table as u64);
        let mut model = vec![0u64; slots];
        let mut state = 12345u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize
        };
        for round in 0..if stress == 1 { 3000 } else { 60_000 } {
            let slot = random() % slots;
            let bytes = [16, 24, 40, 100, 300, 5000, 40_000, 200_000]
                [if random() % 50 == 0 { random() % 8 } else { random() % 4 }];
            let leaf = world.heap.alloc(bytes, Header::word(LEAF, 0, 0));
            unsafe {
                let stamp = (round as u64) << 3 | 1;
                leaf.cast::<u64>().add(1).write(stamp);
                leaf.cast::<u8>().add(bytes - 1).write(if bytes == 16 { (stamp >> 56) as u8 } else { 1 });
                table.cast::<u64>().add(1 + slot).write(leaf as u64);
                world.heap.barrier(&*table);
                model[slot] = leaf.cast::<u64>().add(1).read();
            }
            if round % 1000 == 0 {
                world.heap.collect(round % 3000 == 0);
            }
        }
        for (slot, &stamp) in model.iter().enumerate() {
            let word = unsafe { table.cast::<u64>().add(1 + slot).read() };
            if stamp != 0 {
                assert_eq!(unsafe { *(word as *const u64).add(1) }, stamp);
            }
        }
        assert!(world.heap.stats().block_bytes < 200 << 20);
    }
}

#[test]
fn interior_and_end_pointers_count_and_garbage_does_not() {
    let world = World::new(options(0));
    let found = |word: usize| {
        let mut cells = Vec::new();
        world.heap.cells_of_word(word, &mut |cell| cells.push(cell as usize));
        cells
    };
    let a = world.heap.alloc(48, Header::word(LEAF, 0, 0)) as usize;
    let b = world.heap.alloc(48, Header::word(LEAF, 0, 0)) as usize;
    assert_eq!(b, a + 48);
    assert_eq!(found(a), [a]);
    assert_eq!(found(a + 1), [a]);
    assert_eq!(found(a + 47), [a]);
    assert_eq!(found(b), [b, a]);
    // The next cell of the interval is not handed out yet.
    assert_eq!(found(b + 48), [b]);
    assert_eq!(found(b + 60), [0; 0]);
    let large = world.heap.alloc(300_000, Header::word(LEAF, 0, 0)) as usize;
    assert_eq!(found(large + 250_000), [large]);
    world.roots.borrow_mut().push(b as u64);
    world.heap.collect(true);
    // `a` and the large cell died; their stale headers must not be believed.
    assert_eq!(found(a), [0; 0]);
    assert_eq!(found(large + 8), [0; 0]);
    assert_eq!(found(b + 8), [b]);
    assert_eq!(found(0), [0; 0]);
    assert_eq!(found(usize::MAX), [0; 0]);
    // Reuse of the freed interval hands out `a` again.
    let again = world.heap.alloc(48, Header::word(LEAF, 0, 0)) as usize;
    assert_eq!(again, a);
}

thread_local! {
    static DROPPED: Cell<u32> = const { Cell::new(0) };
}

#[test]
fn finalizers_run_once_and_drops_at_death() {
    let world = World::new(options(0));
    unsafe fn dropped(_: *mut Header) {
        DROPPED.set(DROPPED.get() + 1);
    }
    world.heap.set_kind(COUNTED, KindInfo { drop: Some(dropped), ..KindInfo::LEAF });
    let cell = world.heap.alloc(32, Header::word(COUNTED, 0, 0));
    world.heap.register_drop(cell);
    world.heap.register_finalizer(unsafe { &*cell });
    let kept = world.node(cell.cast(), std::ptr::null_mut());
    world.roots.borrow_mut().push(kept as u64);
    world.heap.collect(false);
    world.heap.collect(true);
    assert_eq!((world.heap.next_finalizable(), DROPPED.get()), (None, 0));
    world.roots.borrow_mut().clear();
    world.heap.collect(true);
    assert_eq!(world.heap.next_finalizable(), Some(cell));
    assert_eq!(DROPPED.get(), 0);
    world.heap.collect(true);
    assert_eq!((world.heap.next_finalizable(), DROPPED.get()), (None, 1));
}

#[test]
fn weak_hooks_see_what_died() {
    struct Weak {
        cell: Cell<*mut Header>,
        died: Cell<bool>,
    }
    unsafe fn clear(context: *const (), marker: &Marker<'_>) {
        let weak = unsafe { &*context.cast::<Weak>() };
        if !weak.died.get() && !marker.is_marked(weak.cell.get()) {
            weak.died.set(true);
        }
    }
    unsafe fn sweep(_: *const (), _: &Marker<'_>, _: bool) {}
    let world = World::new(options(0));
    let weak =
        Weak { cell: Cell::new(world.heap.alloc(16, Header::word(LEAF, 0, 0))), died: Cell::new(false) };
    world.heap.set_weak_hooks(WeakHooks { context: (&raw const weak).cast(), clear, sweep });
    world.roots.borrow_mut().push(weak.cell.get() as u64);
    world.heap.collect(true);
    assert!(!weak.died.get());
    world.roots.borrow_mut().clear();
    world.heap.collect(false);
    assert!(!weak.died.get(), "a minor collection keeps what is old");
    world.heap.collect(true);
    assert!(weak.died.get());
}

#[test]
fn sizes_beyond_memory_are_refused() {
    let world = World::new(options(0));
    assert!(world.heap.try_alloc(usize::MAX / 2, Header::word(LEAF, 0, 0)).is_none());
    assert!(world.heap.try_alloc(1 << 45, Header::word(LEAF, 0, 0)).is_none());
}

#[test]
fn recycled_large_cells_are_zero_to_their_end() {
    let world = World::new(options(0));
    let dirty = world.heap.alloc(200_000, Header::word(LEAF, 0, 0));
    let bytes = world.heap.bytes_of(dirty);
    unsafe { dirty.cast::<u8>().add(8).write_bytes(0x38, bytes - 8) };
    world.heap.collect(true);
    let again = world.heap.alloc(150_000, Header::word(NODE, 0, 0));
    assert_eq!(again, dirty);
    let bytes = world.heap.bytes_of(again);
    assert!((8..bytes).all(|at| unsafe { *again.cast::<u8>().add(at) } == 0));
}

#[test]
fn large_cells_grow_in_place() {
    let world = World::new(options(0));
    let cell = world.heap.alloc(100_000, Header::word(LEAF, 0, 0));
    world.roots.borrow_mut().push(cell as u64);
    let last = unsafe { cell.cast::<u8>().add(99_999) };
    unsafe { *last = 7 };
    assert!(world.heap.try_extend(cell, 1_000_000));
    assert!(world.heap.bytes_of(cell) >= 1_000_000);
    unsafe {
        assert_eq!((*last, *cell.cast::<u8>().add(999_999)), (7, 0));
        *cell.cast::<u8>().add(999_999) = 9;
    }
    let behind = world.heap.alloc(100_000, Header::word(LEAF, 0, 0));
    assert!(!world.heap.try_extend(cell, 2_000_000));
    world.heap.collect(true);
    assert_ne!(cell, behind);
    // What was behind is free now, and dirty memory comes back zeroed.
    assert!(world.heap.try_extend(cell, 1_050_000));
    assert_eq!(unsafe { *cell.cast::<u8>().add(1_049_999) }, 0);
    let small = world.heap.alloc(100, Header::word(LEAF, 0, 0));
    assert!(!world.heap.try_extend(small, 200));
}
