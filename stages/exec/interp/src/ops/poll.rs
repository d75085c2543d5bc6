//! What the poll word asks for, between two instructions of the loop.

use std::sync::atomic::Ordering;

use dx_object::error::PyResult;
use dx_object::thread::{Thread, poll};

use crate::frame::ThreadState;

/// Answers every request that is pending.
#[cold]
#[inline(never)]
pub fn poll(thread: &Thread, _: &ThreadState) -> PyResult<()> {
    let asked = thread.poll.swap(0, Ordering::Relaxed);
    if asked & poll::FINALIZE != 0 {
        thread.run_finalizers();
    }
    if asked & poll::SIGNAL != 0 {
        return Err(thread.raise_args(dx_object::ids::KEYBOARD_INTERRUPT, &[]));
    }
    Ok(())
}
