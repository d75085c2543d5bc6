//! Attributes and slots of cells.

use super::CellObject;
use crate::args::Args;
use crate::error::PyResult;
use crate::slots::{CompareOp, Slots};
use crate::spec::{GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some(
    "Create a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be \
     empty,\n    and further attempts to access its cell_contents attribute will\n    raise a ValueError.",
);
pub(super) const SLOTS: Slots =
    Slots { repr: Some(repr), compare: Some(compare), new: Some(new), ..Slots::EMPTY };
pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static GETSET: &[GetSetDef] = &[GetSetDef::new("cell_contents", get, Some(set))];

fn content(value: Value) -> Option<Value> {
    value.downcast::<CellObject>()?.content.get().bound()
}

fn new(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<Value> {
    let given = args.expect(thread, "cell", 0, 1)?;
    Ok(super::new(thread, given.first().copied().unwrap_or(Value::UNBOUND)).value())
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let address = value.word();
    Ok(thread.str(&match content(value) {
        None => format!("<cell at {address:#x}: empty>"),
        Some(content) => {
            let class = thread.type_of(content).name_str();
            format!("<cell at {address:#x}: {class} object at {:#x}>", content.word())
        }
    }))
}

fn compare(thread: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    if right.downcast::<CellObject>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    match (content(left), content(right)) {
        (Some(a), Some(b)) => thread.compare(a, b, op),
        // An empty cell comes before any other.
        (a, b) => Ok(Value::bool(op.of(a.is_some().cmp(&b.is_some())))),
    }
}

fn get(thread: &Thread, value: Value) -> PyResult<Value> {
    content(value).ok_or_else(|| thread.value_error("cell is empty"))
}

fn set(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    if let Some(cell) = value.downcast::<CellObject>() {
        cell.store(thread, &cell.content, new.unwrap_or(Value::UNBOUND));
    }
    Ok(())
}
