//! Allocation with collection: complete binary trees of 24-byte nodes, built and dropped, beside a long-lived one.
//! Prints million nodes per CPU second; no harness, because one number is wanted.

#![expect(clippy::undocumented_unsafe_blocks, reason = "nodes are reachable from the root or the stack")]

use std::cell::{Cell, RefCell};

use dx_heap::{Header, Heap, HeapOptions, Kind, KindInfo, Marker, Roots};

const NODE: Kind = Kind(1);

struct World {
    heap: Heap,
    roots: RefCell<Vec<u64>>,
    top: Cell<usize>,
}

unsafe fn ranges(context: *const (), lowest: usize, range: &mut dyn FnMut(usize, usize)) {
    range(lowest, unsafe { &*context.cast::<World>() }.top.get());
}

unsafe fn precise(context: *const (), marker: &Marker<'_>) {
    unsafe { &*context.cast::<World>() }.roots.borrow().iter().for_each(|&word| marker.word(word));
}

fn tree(heap: &Heap, depth: u32) -> u64 {
    let node = heap.alloc(24, Header::word(NODE, 0, 0)).cast::<u64>();
    if depth > 0 {
        // The node may be old by the time its children are there.
        for child in 1..=2 {
            let value = tree(heap, depth - 1);
            unsafe {
                *node.add(child) = value;
                heap.barrier(&*node.cast::<Header>());
            }
        }
    }
    node as u64
}

fn cpu_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn main() {
    let world = Box::new(World {
        heap: Heap::new(HeapOptions::default()).expect("address space"),
        roots: RefCell::default(),
        top: Cell::new(dx_heap::stack_pointer() + 1024),
    });
    world.heap.set_kind(NODE, KindInfo::WORDS);
    world.heap.set_roots(Roots { context: (&raw const *world).cast(), ranges, precise });
    let begin = cpu_seconds();
    let mut nodes = 0u64;
    let long_lived = tree(&world.heap, 18);
    world.roots.borrow_mut().push(long_lived);
    nodes += (1 << 19) - 1;
    let max = 18;
    for depth in (4..=max).step_by(2) {
        for _ in 0..1u32 << (max - depth + 4) {
            std::hint::black_box(tree(&world.heap, depth));
            nodes += (2 << depth) - 1;
        }
    }
    let seconds = cpu_seconds() - begin;
    let stats = world.heap.stats();
    println!(
        "{:.1} M nodes/CPU-s ({nodes} nodes, {seconds:.2} s, {} minor, {} major, {} MB of blocks)",
        nodes as f64 / seconds / 1e6,
        stats.minor_collections,
        stats.major_collections,
        stats.block_bytes >> 20
    );
}
