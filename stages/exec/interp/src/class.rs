//! The `class` statement: `__build_class__`.

use dx_object::args::Args;
use dx_object::error::{PyResult, Raised};
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::thread::{RootVec, Thread};
use dx_object::types::class::TypeObject;
use dx_object::types::function::FunctionObject;
use dx_object::value::Value;

use crate::call::call_with_owner;

/// `__build_class__(function, name, *bases, metaclass=None, **keywords)`.
pub fn build_class(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let given = args.positional();
    if given.len() < 2 {
        return Err(thread.type_error("__build_class__: not enough arguments"));
    }
    let (function, name) = (given[0], given[1]);
    if function.downcast::<FunctionObject>().is_none() {
        return Err(thread.type_error("__build_class__: func must be a function"));
    }
    if name.as_str().is_none() {
        return Err(thread.type_error("__build_class__: name is not a string"));
    }
    let original = thread.tuple(&given[2..]);
    let bases = resolve_bases(thread, original)?;
    let mut keyword_names = RootVec::new(thread);
    let mut keyword_values = RootVec::new(thread);
    let mut metaclass = None;
    for (key, value) in args.keywords() {
        if key.str_bytes() == Some(b"metaclass") {
            metaclass = Some(value);
        } else {
            keyword_names.push(key);
            keyword_values.push(value);
        }
    }
    let keyword_names = if keyword_names.is_empty() { Value::NONE } else { thread.tuple(&keyword_names) };
    let metaclass = choose_metaclass(thread, metaclass, bases)?;
    let namespace = prepare(thread, metaclass, name, bases, keyword_names, &keyword_values)?;
    call_with_owner(thread, function, namespace, &[], Value::NONE)?;
    let names = thread.names();
    let cell = lookup(thread, namespace, names.__classcell__)?;
    if original != bases {
        thread.setitem(namespace, names.__orig_bases__, original)?;
    }
    if lookup(thread, namespace, names.__static_attributes__)?.is_none() {
        let none = thread.tuple(&[]);
        thread.setitem(namespace, names.__static_attributes__, none)?;
    }
    let mut words = RootVec::from_slice(thread, &[name, bases, namespace]);
    words.extend(&keyword_values);
    let class = thread.call_args(metaclass, Args::with_names(&words, keyword_names))?;
    if let Some(cell) = cell
        && class.as_type().is_some()
    {
        check_cell(thread, cell, class, name)?;
    }
    Ok(class)
}

/// `__mro_entries__` of bases that are no classes.
fn resolve_bases(thread: &Thread, original: Value) -> PyResult<Value> {
    let items = RootVec::from_slice(thread, original.tuple_items().unwrap_or_default());
    let mut resolved = RootVec::new(thread);
    let mut changed = false;
    for &base in items.iter() {
        if base.as_type().is_none() {
            let method = thread.get_attr(base, thread.names().__mro_entries__);
            if let Some(method) = thread.catching(ids::ATTRIBUTE_ERROR, method)? {
                let entries = thread.call(method, &[original])?;
                let Some(entries) = entries.tuple_items() else {
                    return Err(thread.type_error("__mro_entries__ must return a tuple"));
                };
                resolved.extend(entries);
                changed = true;
                continue;
            }
        }
        resolved.push(base);
    }
    Ok(if changed { thread.tuple(&resolved) } else { original })
}

/// The most derived of the given metaclass and the bases' types.
fn choose_metaclass(thread: &Thread, given: Option<Value>, bases: Value) -> PyResult<Value> {
    let bases = bases.tuple_items().unwrap_or_default();
    let first = match given {
        Some(given) => given,
        None => match bases.first() {
            Some(&base) => thread.type_of(base).value(),
            None => thread.builtin_type(ids::TYPE).value(),
        },
    };
    let Some(mut winner) = first.as_type() else { return Ok(first) };
    for &base in bases {
        let kind = thread.type_of(base);
        if winner.is_subtype(kind) {
            continue;
        }
        if !kind.is_subtype(winner) {
            return Err(conflict(thread));
        }
        winner = kind;
    }
    Ok(winner.value())
}

#[cold]
fn conflict(thread: &Thread) -> Raised {
    thread.type_error(
        "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of \
         all its bases",
    )
}

fn prepare(
    thread: &Thread,
    metaclass: Value,
    name: Value,
    bases: Value,
    keyword_names: Value,
    keywords: &[Value],
) -> PyResult<Value> {
    if metaclass == thread.builtin_type(ids::TYPE).value() {
        return Ok(thread.dict().value());
    }
    let method = thread.get_attr(metaclass, thread.names().__prepare__);
    let Some(method) = thread.catching(ids::ATTRIBUTE_ERROR, method)? else {
        return Ok(thread.dict().value());
    };
    let mut words = RootVec::from_slice(thread, &[name, bases]);
    words.extend(keywords);
    let namespace = thread.call_args(method, Args::with_names(&words, keyword_names))?;
    if namespace.as_dict().is_none() && thread.type_of(namespace).slots().getitem.is_none() {
        let meta = match metaclass.as_type() {
            Some(class) => class.name_str(),
            None => "<metaclass>".to_owned(),
        };
        let kind = thread.type_of(namespace).name_str();
        return Err(thread.type_error(format_args!("{meta}.__prepare__() must return a mapping, not {kind}")));
    }
    Ok(namespace)
}

fn lookup(thread: &Thread, namespace: Value, name: Value) -> PyResult<Option<Value>> {
    if let Some(dict) = crate::ops::exactly::<dx_object::types::dict::DictObject>(namespace, ids::DICT) {
        return Ok(dict.get_name(thread, name));
    }
    let found = thread.getitem(namespace, name);
    thread.catching(ids::KEY_ERROR, found)
}

/// The `__class__` cell must hold the new class.
fn check_cell(thread: &Thread, cell: Value, class: Value, name: Value) -> PyResult<()> {
    let Some(cell) = cell.downcast::<dx_object::types::cell::CellObject>() else { return Ok(()) };
    let content = cell.content.get();
    if content == class {
        return Ok(());
    }
    let (name, class) = (crate::repr_text(thread, name)?, crate::repr_text(thread, class)?);
    if content.is_unbound() {
        return Err(thread.runtime_error(format_args!(
            "__class__ not set defining {name} as {class}. Was __classcell__ propagated to type.__new__?"
        )));
    }
    let content = crate::repr_text(thread, content)?;
    Err(thread.type_error(format_args!("__class__ set to {content} defining {name} as {class}")))
}

/// The class of a value, for messages.
pub fn type_name(thread: &Thread, value: Value) -> String {
    let class: Gc<TypeObject> = thread.type_of(value);
    class.name_str()
}
