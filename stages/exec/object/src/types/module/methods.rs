//! Methods, attributes and slots of modules.

use super::ModuleObject;
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::gc::Gc;
use crate::instance;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::dict::{self, DictObject};
use crate::types::support::type_name;
use crate::value::Value;

pub(super) const DOC: Option<&str> =
    Some("Create a module object.\n\nThe name must be a string; the optional docstring can have any type.");

pub(super) const SLOTS: Slots = Slots {
    repr: Some(repr),
    getattr: Some(getattr),
    new: Some(|thread, class, _| {
        let value = instance::allocate_checked(thread, class)?;
        if let Some(module) = value.downcast::<ModuleObject>() {
            module.state.set(Value::NONE);
            module.store(thread, &module.dict, dict::new(thread).value());
        }
        Ok(value)
    }),
    init: Some(init),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[MethodDef::new("__dir__", Arity::None, dir)];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("__dict__", |_, value| Ok(dict_of(value).map_or(Value::NONE, |dict| dict.value())), None),
    GetSetDef::new("__annotations__", annotations, Some(set_annotations)),
];

fn dict_of(value: Value) -> Option<Gc<DictObject>> {
    value.downcast::<ModuleObject>()?.dict()
}

fn entry(thread: &Thread, value: Value, name: Value) -> Option<Value> {
    dict_of(value)?.get_name(thread, name)
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    static SIGNATURE: Signature = Signature {
        function: "module",
        parameters: &["name", "doc"],
        positional_only: 0,
        positional: 2,
        required: 1,
    };
    let [name, doc] = SIGNATURE.bind(thread, args)?;
    if name.as_str().is_none() {
        let given = type_name(thread, name);
        return Err(thread.type_error(format_args!("module() argument 'name' must be str, not {given}")));
    }
    let Some(dict) = dict_of(value) else { return Ok(()) };
    let names = thread.names();
    dict.set_name(thread, names.__name__, name)?;
    dict.set_name(thread, names.__doc__, doc.bound().unwrap_or(Value::NONE))?;
    for name in [names.__package__, names.__loader__, names.__spec__] {
        dict.set_name(thread, name, Value::NONE)?;
    }
    Ok(())
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let names = thread.names();
    let name = match entry(thread, value, names.__name__) {
        Some(name) => thread.to_text(thread.repr(name)?)?,
        None => "'?'".to_owned(),
    };
    let file = entry(thread, value, names.__file__).filter(|file| !file.is_none());
    Ok(thread.str(&match file {
        Some(file) => {
            let file = thread.to_text(thread.repr(file)?)?;
            format!("<module {name} from {file}>")
        }
        None if entry(thread, value, names.__path__).is_some() => format!("<module {name} (namespace)>"),
        None => {
            let spec = entry(thread, value, names.__spec__).filter(|spec| !spec.is_none());
            let builtin =
                spec.is_none() && entry(thread, value, names.__loader__).is_some_and(Value::is_none);
            if builtin && is_native(thread, value) {
                format!("<module {name} (built-in)>")
            } else {
                format!("<module {name}>")
            }
        }
    }))
}

/// Modules written in Rust keep themselves in `sys.modules` and have no file.
fn is_native(thread: &Thread, value: Value) -> bool {
    let name = entry(thread, value, thread.names().__name__);
    let known = name.and_then(|name| thread.modules.get().as_dict()?.get_name(thread, name));
    known == Some(value)
}

/// Names that are missing are asked of the module's `__getattr__`.
fn getattr(thread: &Thread, value: Value, name: Value) -> PyResult<Value> {
    if let Some(found) = crate::attr::generic_find(thread, value, name)? {
        return Ok(found);
    }
    if let Some(hook) = entry(thread, value, thread.names().__getattr__) {
        return thread.call(hook, &[name]);
    }
    let attribute = thread.to_text(name)?;
    let message = match entry(thread, value, thread.names().__name__) {
        Some(module) if module.as_str().is_some() => {
            let module = thread.to_text(module)?;
            format!("module '{module}' has no attribute '{attribute}'")
        }
        _ => format!("module has no attribute '{attribute}'"),
    };
    Err(crate::attr::attribute_error(thread, &message, value, name))
}

fn dir(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let hook = thread.intern("__dir__");
    if let Some(hook) = entry(thread, value, hook) {
        return thread.call(hook, &[]);
    }
    let names = crate::types::list::new(thread);
    if let Some(dict) = dict_of(value) {
        thread.for_each(dict.value(), |name| names.push(thread, name))?;
    }
    Ok(names.value())
}

/// Kept in the namespace; made by the module's annotate function when first asked for.
fn annotations(thread: &Thread, value: Value) -> PyResult<Value> {
    let names = thread.names();
    if let Some(known) = entry(thread, value, names.__annotations__) {
        return Ok(known);
    }
    let made = match entry(thread, value, names.__annotate__).filter(|function| !function.is_none()) {
        Some(function) => thread.call(function, &[Value::ONE])?,
        None => thread.dict().value(),
    };
    if let Some(dict) = dict_of(value) {
        dict.set_name(thread, names.__annotations__, made)?;
    }
    Ok(made)
}

fn set_annotations(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let Some(dict) = dict_of(value) else { return Ok(()) };
    let name = thread.names().__annotations__;
    match new {
        Some(new) => dict.set_name(thread, name, new),
        None => match dict.remove_name(thread, name) {
            Some(_) => Ok(()),
            None => Err(thread.attribute_error("__annotations__")),
        },
    }
}
