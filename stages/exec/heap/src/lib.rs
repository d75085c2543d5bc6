//! A non-moving, size-class, mark-bitmap heap with sticky generations; it knows no Python.
//!
//! Objects never move, so native code holds plain pointers, `id()` is an address and buffers need no
//! pinning. Roots on native stacks are found conservatively ([`Heap::cells_of_word`]), objects in the
//! heap are traced precisely through the functions given for each [`Kind`].
//!
//! ```text
//!   one reservation, 64 KiB blocks                    side tables (same index arithmetic)
//!   | block 0 | block 1 | large object .... | block | mark bitmap: 1 bit per 8 bytes
//!   each block holds cells of one size class          block table: size, reciprocal, cursor
//! ```
//!
//! The rules that callers keep:
//! * a pointer to a cell lives on the native stack, in a traced cell or in a declared root, nowhere else;
//! * every store of a pointer into a cell that may be old is followed by [`Heap::barrier`];
//! * a traced word is a pointer exactly when it is not zero and its three low bits are zero.

mod bitmap;
mod block;
mod collect;
mod conservative;
mod finalize;
mod header;
mod heap;
mod large;
mod mark;
mod reserve;
mod size_class;
mod spill;

pub use finalize::WeakHooks;
pub use header::{GcBits, Header, Kind};
pub use heap::{Heap, HeapOptions, HeapStats, Roots};
pub use mark::{DropFn, KindInfo, Marker, ShapeTrace, Trace, TraceFn};
pub use reserve::Reservation;
pub use size_class::cell_bytes;
pub use spill::stack_pointer;
