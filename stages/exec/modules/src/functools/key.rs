//! `cmp_to_key`: keys that compare by a function of two values.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::slots::{CompareOp, Slots};
use dx_object::spec::{GetSetDef, TypeSpec};
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::record::{self, LAYOUT};

/// `first` is the function, `second` the value (unbound in what `cmp_to_key` answers).
static KEY: TypeSpec = TypeSpec {
    module: "functools",
    layout: LAYOUT,
    flags: dx_object::spec::flags::NO_NEW,
    slots: Slots { call: Some(call), compare: Some(compare), ..Slots::EMPTY },
    getset: &[GetSetDef::new("obj", object, None)],
    ..TypeSpec::new("KeyWrapper")
};

fn make(thread: &Thread, function: Value, object: Value) -> PyResult<Value> {
    let class = thread.spec_type(&KEY, thread).value();
    record::make(thread, class, [function, object, Value::NONE, Value::NONE])
}

pub(super) fn cmp_to_key(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "cmp_to_key",
        parameters: &["mycmp"],
        positional_only: 0,
        positional: 1,
        required: 1,
    };
    let [function] = SIGNATURE.bind(thread, args)?;
    make(thread, function, Value::UNBOUND)
}

fn object(thread: &Thread, value: Value) -> PyResult<Value> {
    match record::of(value).and_then(|this| this.second.get().bound()) {
        Some(object) => Ok(object),
        None => Err(thread.attribute_error("object")),
    }
}

fn call(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature =
        Signature { function: "K", parameters: &["obj"], positional_only: 0, positional: 1, required: 1 };
    let [object] = SIGNATURE.bind(thread, args)?;
    let function = record::of(value).map_or(Value::NONE, |this| this.first.get());
    make(thread, function, object)
}

fn compare(thread: &Thread, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
    if thread.type_of(a) != thread.type_of(b) {
        return Err(thread.type_error("other argument must be K instance"));
    }
    let Some(x) = record::of(a) else { return Ok(Value::NOT_IMPLEMENTED) };
    let answer = thread.call(x.first.get(), &[object(thread, a)?, object(thread, b)?])?;
    thread.compare(answer, Value::ZERO, op)
}
