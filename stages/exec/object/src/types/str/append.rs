//! Concatenation with shared, over-allocated buffers.
//!
//! ```text
//!   buffer:  header | used | capacity | bytes ...
//! ```

use dx_heap::Header;

use super::{EXTENDED, Extension, SHAPE, StrObject, flag, from_parts};
use crate::error::PyResult;
use crate::gc::Gc;
use crate::kinds;
use crate::thread::Thread;
use crate::value::Value;

/// Shorter results are plain strings: copying them is cheaper than managing a buffer.
const BUFFERED_MIN: usize = 256;

#[repr(C)]
struct Buffer {
    header: Header,
    used: usize,
    capacity: usize,
}

/// `left + right`.
pub fn concat(thread: &Thread, left: Gc<StrObject>, right: Gc<StrObject>) -> PyResult<Value> {
    if left.is_empty() {
        return Ok(right.value());
    }
    if right.is_empty() {
        return Ok(left.value());
    }
    let chars = left.len() + right.len();
    if let Some(extended) = extend_in_place(thread, left, right, chars) {
        return Ok(extended);
    }
    let total = left.bytes.checked_add(right.bytes).ok_or_else(|| thread.memory_error(""))?;
    if total < BUFFERED_MIN {
        let mut joined = [0u8; BUFFERED_MIN];
        joined[..left.bytes].copy_from_slice(left.bytes());
        joined[left.bytes..total].copy_from_slice(right.bytes());
        return Ok(from_parts(thread, &joined[..total], chars).value());
    }
    let buffer = new_buffer(thread, total)?;
    // SAFETY: the buffer is new and has room for both.
    unsafe {
        let data = buffer.add(1).cast::<u8>();
        left.data.copy_to_nonoverlapping(data, left.bytes);
        right.data.copy_to_nonoverlapping(data.add(left.bytes), right.bytes);
        (*buffer).used = total;
        Ok(view(thread, buffer, data, total, chars))
    }
}

/// Bytes of a buffer for a text of this length: twice when small, a quarter more when large, which is still linear.
fn room_for(total: usize) -> usize {
    size_of::<Buffer>() + total + if total < 1 << 20 { total } else { total / 4 }
}

fn new_buffer(thread: &Thread, total: usize) -> PyResult<*mut Buffer> {
    let bytes = dx_heap::cell_bytes(room_for(total));
    let cell = thread.heap.try_alloc_raw(bytes, Header::word(kinds::RAW, 0, 0));
    let buffer = cell.ok_or_else(|| thread.memory_error(""))?.cast::<Buffer>();
    // SAFETY: the cell is new and larger than the fixed part.
    unsafe {
        (*buffer).capacity = bytes - size_of::<Buffer>();
    }
    Ok(buffer)
}

fn extend_in_place(
    thread: &Thread,
    left: Gc<StrObject>,
    right: Gc<StrObject>,
    chars: usize,
) -> Option<Value> {
    let owner = left.extension()?.buffer;
    if owner.word() == 0 {
        return None;
    }
    let buffer = owner.cell().cast::<Buffer>();
    // SAFETY: a string with a buffer keeps it alive and points into it.
    unsafe {
        let data = buffer.add(1).cast::<u8>();
        let end = left.data.add(left.bytes);
        if !std::ptr::eq(end, data.add((*buffer).used)) {
            return None;
        }
        if (*buffer).capacity - (*buffer).used < right.bytes {
            let bytes = dx_heap::cell_bytes(room_for((*buffer).used + right.bytes));
            if !thread.heap.try_extend(buffer.cast(), bytes) {
                return None;
            }
            (*buffer).capacity = bytes - size_of::<Buffer>();
        }
        right.data.copy_to(end.cast_mut(), right.bytes);
        (*buffer).used += right.bytes;
        Some(view(thread, buffer, left.data, left.bytes + right.bytes, chars))
    }
}

/// A string over part of a buffer.
fn view(thread: &Thread, buffer: *mut Buffer, data: *const u8, bytes: usize, chars: usize) -> Value {
    let cell =
        thread.heap.alloc(EXTENDED, Header::word(kinds::STR, SHAPE, flag::EXTENDED)).cast::<StrObject>();
    // SAFETY: the cell is new and as large as an extended string's fixed parts.
    unsafe {
        (*cell).bytes = bytes;
        (*cell).chars = chars;
        (*cell).data = data;
        (*cell.add(1).cast::<Extension>()).buffer = Value::from_cell(buffer.cast());
        Gc::from_raw(cell).value()
    }
}
