//! Parsed replacement templates: literals and groups in turn.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::slots::Slots;
use dx_object::spec::{TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::value::Value;

use super::matches;
use crate::record::{self, LAYOUT};

/// `first` is the tuple of literal, group, literal, …, literal.
pub(super) static TEMPLATE: TypeSpec = TypeSpec {
    module: "re",
    layout: LAYOUT,
    flags: flags::NO_NEW,
    slots: Slots::EMPTY,
    ..TypeSpec::new("Template")
};

/// `template(pattern, parts)`.
pub(super) fn make(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let parts = thread.sequence(args.positional()[1])?;
    let groups = parts.iter().skip(1).step_by(2);
    if parts.len() % 2 == 0 || groups.clone().any(|group| group.as_small().is_none_or(|group| group < 0)) {
        return Err(thread.type_error("invalid template"));
    }
    let class = thread.spec_type(&TEMPLATE, thread).value();
    let parts = thread.try_tuple(&parts)?;
    record::make(thread, class, [parts, Value::NONE, Value::NONE, Value::NONE])
}

/// Appends what the template gives for a match.
pub(super) fn expand(thread: &Thread, template: Value, found: Value, out: &mut RootVec<'_>) -> PyResult<()> {
    let parts = record::of(template).map_or(Value::NONE, |this| this.first.get());
    for (index, &part) in parts.tuple_items().unwrap_or_default().iter().enumerate() {
        let piece = match part.as_small() {
            Some(group) if index % 2 == 1 => matches::group(thread, found, group as usize)?,
            _ => part,
        };
        if !piece.is_none() {
            out.push(piece);
        }
    }
    Ok(())
}
