//! Attributes and slots of `staticmethod` and `classmethod`.

use crate::error::PyResult;
use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::value::Value;

pub(super) const STATIC_SLOTS: Slots = Slots::EMPTY;
pub(super) const CLASS_SLOTS: Slots = Slots::EMPTY;
pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static GETSET: &[GetSetDef] = &[];

/// What `functools.update_wrapper` would copy from the callable, where it has it.
pub(super) fn copy_attributes(thread: &Thread, wrapper: Value, callable: Value) -> PyResult<()> {
    let names = thread.names();
    for name in [names.__module__, names.__name__, names.__qualname__, names.__doc__] {
        if let Some(value) = thread.find_attr(callable, name)? {
            thread.set_attr(wrapper, name, value)?;
        }
    }
    Ok(())
}
