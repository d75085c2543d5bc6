//! What the tests of this folder share: a thread whose Python functions are native ones.

use dx_heap::HeapOptions;
use dx_object::types::dict::DictObject;
use dx_object::types::function::{self, FunctionObject, FunctionParts};
use dx_object::types::native;
use dx_object::{Arity, Gc, Interpreter, MethodDef, NativeFn, Options, PyResult, Thread, Value};

/// A thread that collects at every `stress`th allocation (0: when the heap wants to).
pub(crate) fn thread(stress: u32) -> Box<Thread> {
    let heap = HeapOptions { stress, reserve_bytes: 1 << 34, ..HeapOptions::default() };
    let thread = Interpreter::start(Options { heap, hash_seed: Some(0) }).unwrap();
    // A function's code is a native function here; calling one is calling the other.
    thread.hooks.call_function.set(|thread, value, args| {
        let function = value.downcast::<FunctionObject>().unwrap();
        thread.call_args(function.code.get(), args)
    });
    thread
}

/// A function as `def` makes them: it binds to instances.
pub(crate) fn def(thread: &Thread, name: &'static str, function: NativeFn) -> Value {
    let def: &'static MethodDef = Box::leak(Box::new(MethodDef::new(name, Arity::Any, function)));
    let code = native::function(thread, def, Value::NONE);
    let name = thread.intern(name);
    function::new(
        thread,
        FunctionParts {
            code,
            globals: thread.dict().value(),
            builtins: Value::NONE,
            defaults: Value::NONE,
            kwdefaults: Value::NONE,
            closure: Value::NONE,
            name,
            qualname: name,
            module: Value::NONE,
            doc: Value::NONE,
            annotate: Value::NONE,
        },
    )
    .value()
}

/// A namespace of these functions and values.
pub(crate) fn namespace(thread: &Thread, items: &[(&str, Value)]) -> Gc<DictObject> {
    let dict = thread.dict();
    for &(name, value) in items {
        dict.set_text(thread, name, value).unwrap();
    }
    dict
}

/// `type(name, bases, namespace)`.
pub(crate) fn class(
    thread: &Thread,
    name: &str,
    bases: &[Value],
    items: &[(&str, Value)],
) -> PyResult<Value> {
    let metaclass = thread.builtin_type(dx_object::ids::TYPE).value();
    let namespace = namespace(thread, items);
    let bases = thread.tuple(bases);
    thread.call(metaclass, &[thread.str(name), bases, namespace.value()])
}

/// The message of the exception that an operation raised, with its class.
pub(crate) fn message<T>(thread: &Thread, result: PyResult<T>) -> String {
    assert!(result.is_err(), "nothing was raised");
    let error = thread.take_exception();
    let args = error.as_exception().unwrap().args.get();
    let text =
        args.tuple_items().unwrap().first().map_or(String::new(), |&first| thread.to_text(first).unwrap());
    format!("{}: {text}", thread.type_of(error).name_str())
}

pub(crate) fn get(thread: &Thread, object: Value, name: &str) -> Value {
    thread.get_attr_text(object, name).unwrap()
}

pub(crate) fn set(thread: &Thread, object: Value, name: &str, value: Value) {
    thread.set_attr(object, thread.intern(name), value).unwrap();
}
