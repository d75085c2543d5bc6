//! `slice`: three values of any type.

pub mod methods;

use crate::error::PyResult;
use crate::gc::word_object;
use crate::ids;
use crate::spec::TypeSpec;
use crate::thread::Thread;
use crate::value::Value;

word_object! {
    pub struct SliceObject: SLICE { start, stop, step }
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(crate::spec::Layout::fixed::<SliceObject>()),
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("slice")
};

/// A slice applied to a length: `count` items from `start` on, `step` apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indices {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
    pub count: usize,
}

impl Thread {
    pub fn slice(&self, start: Value, stop: Value, step: Value) -> Value {
        SliceObject::make(self, ids::SLICE.0, start, stop, step).value()
    }
}

impl SliceObject {
    /// The slice of a sequence of this length. TypeError for bounds without `__index__`, ValueError for step 0.
    pub fn indices(&self, thread: &Thread, len: usize) -> PyResult<Indices> {
        let bound = |value: Value| -> PyResult<Option<isize>> {
            if value.is_none() { Ok(None) } else { slice_index(thread, value).map(Some) }
        };
        let step = bound(self.step.get())?.unwrap_or(1);
        if step == 0 {
            return Err(thread.value_error("slice step cannot be zero"));
        }
        let step = step.max(-isize::MAX);
        let start = bound(self.start.get())?;
        let stop = bound(self.stop.get())?;
        Ok(adjust(len as isize, start, stop, step))
    }
}

fn slice_index(thread: &Thread, value: Value) -> PyResult<isize> {
    let Some(int) = value.as_int() else {
        if thread.type_of(value).slots().index.is_none() {
            return Err(
                thread.type_error("slice indices must be integers or None or have an __index__ method")
            );
        }
        let index = thread.index(value)?;
        return Ok(index.as_int().map_or(0, |int| int.saturate() as isize));
    };
    Ok(int.saturate() as isize)
}

fn adjust(len: isize, start: Option<isize>, stop: Option<isize>, step: isize) -> Indices {
    let (low, high) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let clamp = |bound: isize| if bound < 0 { bound.saturating_add(len).max(low) } else { bound.min(high) };
    let start = start.map_or(if step < 0 { high } else { low }, clamp);
    let stop = stop.map_or(if step < 0 { low } else { high }, clamp);
    let count = if step < 0 {
        if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    Indices { start, stop, step, count: count as usize }
}
