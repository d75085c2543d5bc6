//! Module `_functools`.

mod key;
mod lru;
mod partial;

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::library::ModuleSpec;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[&[
        MethodDef::new("reduce", Arity::Any, reduce),
        MethodDef::new("cmp_to_key", Arity::Any, key::cmp_to_key),
    ]],
    types: &[&partial::PARTIAL, &partial::PLACEHOLDER, &lru::WRAPPER],
    fill: Some(|thread, dict| dict.set_text(thread, "Placeholder", partial::placeholder(thread)?)),
    ..ModuleSpec::new("_functools", "Tools that operate on functions.")
};

fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "reduce",
        parameters: &["function", "iterable", "initial"],
        positional_only: 2,
        positional: 3,
        required: 2,
    };
    let [function, iterable, initial] = SIGNATURE.bind(thread, args)?;
    let iterator = match thread.iter(iterable) {
        Ok(iterator) => iterator,
        Err(_) if thread.catch(ids::TYPE_ERROR).is_some() => {
            return Err(thread.type_error("reduce() arg 2 must support iteration"));
        }
        Err(raised) => return Err(raised),
    };
    let mut result = match initial.bound() {
        Some(initial) => initial,
        None => match thread.next(iterator)? {
            Some(first) => first,
            None => return Err(thread.type_error("reduce() of empty iterable with no initial value")),
        },
    };
    while let Some(item) = thread.next(iterator)? {
        result = thread.call(function, &[result, item])?;
    }
    Ok(result)
}
