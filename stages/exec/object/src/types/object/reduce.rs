//! `object.__reduce__`, `__reduce_ex__` and `__getstate__`: what copying and pickling ask for (PEP 307, 3154).

use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::instance;
use crate::spec::Layout;
use crate::thread::{RootVec, Thread};
use crate::types::class::TypeObject;
use crate::value::Value;

fn copyreg(thread: &Thread, name: &str) -> PyResult<Value> {
    let module = (thread.hooks.import.get())(thread, Args::new(&[thread.intern("copyreg")]))?;
    thread.get_attr_text(module, name)
}

/// `object.__reduce__()`: protocol 0.
pub(super) fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    reduce_with(thread, args.positional()[0], 0)
}

/// `object.__reduce_ex__(protocol)`: an overridden `__reduce__` goes first.
pub(super) fn reduce_ex(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [object, protocol] = *args.positional() else {
        return Err(thread.type_error("expected one argument"));
    };
    let protocol = thread.index_isize(protocol, ids::OVERFLOW_ERROR)?;
    let name = thread.names().__reduce__;
    let own = thread.type_of(object).lookup(thread, name);
    if own.is_some() && own != thread.builtin_type(ids::OBJECT).lookup(thread, name) {
        return thread.call_method(object, name, &[]);
    }
    reduce_with(thread, object, protocol)
}

fn reduce_with(thread: &Thread, object: Value, protocol: isize) -> PyResult<Value> {
    if protocol >= 2 {
        return reduce_new(thread, object);
    }
    thread.call(copyreg(thread, "_reduce_ex")?, &[object, Value::small(protocol as i64)])
}

/// `copyreg.__newobj__(cls, *args)` with the state, and the items of lists and dicts.
fn reduce_new(thread: &Thread, object: Value) -> PyResult<Value> {
    let class = thread.type_of(object);
    let (args, keywords) = new_arguments(thread, object)?;
    let has_args = !args.is_unbound();
    let items: &[Value] = args.tuple_items().unwrap_or_default();
    let (maker, maker_args) = match keywords.as_dict() {
        Some(keywords) if !keywords.is_empty() => {
            (copyreg(thread, "__newobj_ex__")?, thread.tuple(&[class.value(), args, keywords.value()]))
        }
        _ => {
            let mut all = RootVec::new(thread);
            all.push(class.value());
            all.extend(items);
            (copyreg(thread, "__newobj__")?, thread.tuple(&all))
        }
    };
    let (list, dict) = (object.as_list(), object.as_dict());
    let state = if class.lookup(thread, thread.names().__getstate__)
        == thread.builtin_type(ids::OBJECT).lookup(thread, thread.names().__getstate__)
    {
        default_state(thread, object, !has_args && list.is_none() && dict.is_none())?
    } else {
        thread.call_method(object, thread.names().__getstate__, &[])?
    };
    let list_items = if list.is_some() { thread.iter(object)? } else { Value::NONE };
    let dict_items = match dict {
        Some(_) => {
            let items = thread.call_method(object, thread.names().items, &[])?;
            thread.iter(items)?
        }
        None => Value::NONE,
    };
    Ok(thread.tuple(&[maker, maker_args, state, list_items, dict_items]))
}

/// What `__getnewargs_ex__` or `__getnewargs__` answers; UNBOUND where there is neither.
fn new_arguments(thread: &Thread, object: Value) -> PyResult<(Value, Value)> {
    let names = thread.names();
    if let Some(result) = thread.call_special(object, names.__getnewargs_ex__, &[])? {
        let Some(pair) = result.tuple_items() else {
            let given = thread.type_of(result).name_str();
            return Err(
                thread.type_error(format_args!("__getnewargs_ex__ should return a tuple, not '{given}'"))
            );
        };
        let [args, keywords] = *pair else {
            let given = pair.len();
            return Err(thread.value_error(format_args!(
                "__getnewargs_ex__ should return a tuple of length 2, not {given}"
            )));
        };
        for (value, what, fits) in
            [(args, "first", args.as_tuple().is_some()), (keywords, "second", keywords.as_dict().is_some())]
        {
            if !fits {
                let (kind, given) =
                    (if what == "first" { "tuple" } else { "dict" }, thread.type_of(value).name_str());
                return Err(thread.type_error(format_args!(
                    "{what} item of the tuple returned by __getnewargs_ex__ must be a {kind}, not '{given}'"
                )));
            }
        }
        return Ok((args, keywords));
    }
    match thread.call_special(object, names.__getnewargs__, &[])? {
        Some(args) if args.as_tuple().is_some() => Ok((args, Value::UNBOUND)),
        Some(other) => {
            let given = thread.type_of(other).name_str();
            Err(thread.type_error(format_args!("__getnewargs__ should return a tuple, not '{given}'")))
        }
        None => Ok((Value::UNBOUND, Value::UNBOUND)),
    }
}

/// `object.__getstate__()`.
pub(super) fn get_state(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    default_state(thread, args.positional()[0], false)
}

/// The instance's dict, or None; with slots, a pair of it and a dict of their values. With `required`, native
/// state that this would lose is an error.
fn default_state(thread: &Thread, object: Value, required: bool) -> PyResult<Value> {
    let class = thread.type_of(object);
    if required && class.layout() != Layout::PLAIN {
        let name = class.name_str();
        return Err(thread.type_error(format_args!("cannot pickle '{name}' object")));
    }
    let own = match thread.find_attr(object, thread.names().__dict__)? {
        Some(dict)
            if instance::has_dict(thread, object) && dict.as_dict().is_none_or(|dict| !dict.is_empty()) =>
        {
            dict
        }
        _ => Value::NONE,
    };
    let slots = thread.dict();
    let names = slot_names(thread, class)?;
    let list = names.as_list();
    let mut index = 0;
    while let Some(name) = list.and_then(|list| list.get(index)) {
        if let Some(value) = thread.find_attr(object, name)? {
            slots.set(thread, name, value)?;
        }
        index += 1;
    }
    if slots.is_empty() { Ok(own) } else { Ok(thread.tuple(&[own, slots.value()])) }
}

/// The names in `__slots__` of the class and its bases, as `copyreg` finds and remembers them.
fn slot_names(thread: &Thread, class: Gc<TypeObject>) -> PyResult<Value> {
    if let Some(known) = class.dict().get_name(thread, thread.names().__slotnames__) {
        return Ok(known);
    }
    // Without slots anywhere there is nothing to ask for.
    if class.fixed.get() == 0 {
        return Ok(Value::NONE);
    }
    thread.call(copyreg(thread, "_slotnames")?, &[class.value()])
}
