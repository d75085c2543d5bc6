//! Module `_collections`. `OrderedDict` is the pure-Python one of `collections`.

mod defaultdict;
mod deque;
mod tuplegetter;

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::slots::dispatch::BinaryOp;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::library::ModuleSpec;

pub(crate) use tuplegetter::TUPLEGETTER;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[&[MethodDef::new("_count_elements", Arity::Positional(2, 2), count_elements)]],
    types: &[
        &deque::DEQUE,
        &deque::ITERATOR,
        &deque::REVERSE_ITERATOR,
        &defaultdict::DEFAULTDICT,
        &tuplegetter::TUPLEGETTER,
    ],
    ..ModuleSpec::new("_collections", "High performance data structures.")
};

/// Counts the items of an iterable in a mapping.
fn count_elements(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (mapping, iterable) = (args.positional()[0], args.positional()[1]);
    let dict_type = thread.builtin_type(ids::DICT);
    let own = |name: &str| {
        let name = thread.intern(name);
        thread.type_of(mapping).lookup(thread, name) == dict_type.lookup(thread, name)
    };
    if let Some(dict) = mapping.as_dict()
        && own("get")
        && own("__setitem__")
    {
        thread.for_each(iterable, |item| {
            let hash = thread.hash(item)?;
            let count = match dict.get_hashed(thread, item, hash)? {
                None => Value::ONE,
                Some(count) => match count.as_small() {
                    Some(count) => thread.int(count + 1),
                    None => thread.binary(BinaryOp::Add, count, Value::ONE)?,
                },
            };
            dict.set_hashed(thread, item, hash, count)
        })?;
        return Ok(Value::NONE);
    }
    let get = thread.get_attr(mapping, thread.names().get)?;
    thread.for_each(iterable, |item| {
        let count = thread.call(get, &[item, Value::ZERO])?;
        let count = thread.binary(BinaryOp::Add, count, Value::ONE)?;
        thread.setitem(mapping, item, count)
    })?;
    Ok(Value::NONE)
}
