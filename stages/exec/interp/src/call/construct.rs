//! `C(...)` for a plain class with a Python `__init__`: the instance is made and `__init__` runs as a frame.

use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::instance;
use dx_object::spec::flags;
use dx_object::thread::Thread;
use dx_object::types::class::TypeObject;
use dx_object::value::Value;

use super::{Begun, enter, shift};
use crate::frame::{Policy, ThreadState, Window};

/// `None` when the class needs the general way (`__new__`, a native `__init__`, abstract methods).
pub(super) fn begin(
    thread: &Thread,
    ts: &ThreadState,
    at: *mut Value,
    count: usize,
    names: Value,
) -> PyResult<Option<Begun>> {
    let window = Window::new(at);
    // SAFETY: the caller compared the shape with that of exact instances of `type`.
    let class: Gc<TypeObject> = unsafe { Gc::from_raw(window.get(0).cell().cast()) };
    if !class.has_flag(flags::HEAP) || class.has_flag(flags::ABSTRACT) || !class.has_object_new(thread) {
        return Ok(None);
    }
    let Some(init) = class.lookup(thread, thread.names().__init__) else { return Ok(None) };
    if init.header().is_none_or(|header| header.shape() != ids::FUNCTION.0) {
        return Ok(None);
    }
    let instance = instance::allocate(thread, class);
    shift(thread, at.wrapping_add(1), count, 2);
    window.set(0, instance);
    window.set(1, init);
    window.set(2, instance);
    enter(thread, ts, Window::new(at.wrapping_add(2)), count + 1, names, Policy::Init).map(Some)
}
