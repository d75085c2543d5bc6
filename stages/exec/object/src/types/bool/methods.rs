//! Methods, attributes and slots of `bool`.

use crate::args::Args;
use crate::error::PyResult;
use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::int::arith;
use crate::types::support::truth;
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some(
    "bool(object=False, /)\n--\n\nReturns True when the argument is true, False otherwise.\nThe builtins True and \
     False are the only two instances of the class bool.\nThe class bool is a subclass of the class int, and cannot \
     be subclassed.",
);

/// Two bools give a bool, anything else is an int's affair.
macro_rules! logic {
    ($($name:ident: $operator:tt;)*) => {
        $(fn $name(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
            if let (Some(left), Some(right)) = (left.as_bool(), right.as_bool()) {
                return Ok(Value::bool(left $operator right));
            }
            match (left.as_int(), right.as_int()) {
                (Some(left), Some(right)) => arith::$name(thread, left, right),
                _ => Ok(Value::NOT_IMPLEMENTED),
            }
        })*
    };
}

logic! {
    and: &;
    or: |;
    xor: ^;
}

pub(super) const SLOTS: Slots = Slots {
    repr: Some(|thread, value| Ok(thread.intern(if value == Value::TRUE { "True" } else { "False" }))),
    new: Some(new),
    bool: Some(|_, value| Ok(value == Value::TRUE)),
    and: Some(and),
    or: Some(or),
    xor: Some(xor),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static GETSET: &[GetSetDef] = &[];

fn new(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<Value> {
    let values = args.expect(thread, "bool", 0, 1)?;
    Ok(Value::bool(values.first().map_or(Ok(false), |&value| truth(thread, value))?))
}
