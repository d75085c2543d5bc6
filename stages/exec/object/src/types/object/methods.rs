//! Methods, attributes and slots of `object`.

use crate::args::Args;
use crate::error::PyResult;
use crate::instance;
use crate::slots::{CompareOp, Slots};
use crate::spec::{Arity, GetSetDef, MethodDef, flags};
use crate::thread::Thread;
use crate::types::class::create::qualified_name;
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some(
    "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\n\
     instance that has no instance attributes and cannot be given any.\n",
);

pub(super) const SLOTS: Slots = Slots {
    repr: Some(repr),
    str: Some(|thread, value| thread.repr(value)),
    hash: Some(|_, value| Ok(crate::hash::of_pointer(value.word()))),
    getattr: Some(crate::attr::generic_getattr),
    setattr: Some(crate::attr::generic_setattr),
    compare: Some(compare),
    new: Some(new),
    init: Some(init),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("__init_subclass__", Arity::Any, init_subclass).class(),
    MethodDef::new("__subclasshook__", Arity::Any, |_, _| Ok(Value::NOT_IMPLEMENTED)).class(),
    MethodDef::new("__format__", Arity::One, format),
    MethodDef::new("__dir__", Arity::None, super::dir::dir),
    MethodDef::new("__sizeof__", Arity::None, |thread, args| {
        Ok(thread.int_usize(thread.type_of(args.positional()[0]).instance_bytes()))
    }),
    MethodDef::new("__reduce__", Arity::None, super::reduce::reduce),
    MethodDef::new("__reduce_ex__", Arity::One, super::reduce::reduce_ex),
    MethodDef::new("__getstate__", Arity::None, super::reduce::get_state),
];

pub(super) static GETSET: &[GetSetDef] =
    &[GetSetDef::new("__class__", |thread, value| Ok(thread.type_of(value).value()), Some(set_class))];

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let name = qualified_name(thread, thread.type_of(value));
    Ok(thread.str_format(format_args!("<{name} object at {:#x}>", value.word())))
}

fn compare(thread: &Thread, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
    match op {
        CompareOp::Eq if a == b => Ok(Value::TRUE),
        CompareOp::Ne => {
            // By default the opposite of `__eq__`.
            let Some(compare) = thread.type_of(a).slots().compare else { return Ok(Value::NOT_IMPLEMENTED) };
            let equal = compare(thread, a, b, CompareOp::Eq)?;
            if equal == Value::NOT_IMPLEMENTED { Ok(equal) } else { Ok(Value::bool(!thread.truth(equal)?)) }
        }
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(class) = class.as_type() else {
        return Err(thread.type_error("object.__new__(X): X is not a type"));
    };
    if !args.is_empty() {
        if class.slots().new.map(|f| f as usize) != Some(new as *const () as usize) {
            return Err(
                thread.type_error("object.__new__() takes exactly one argument (the type to instantiate)")
            );
        }
        if class.slots().init.map(|f| f as usize) == Some(init as *const () as usize) {
            let name = class.name_str();
            return Err(thread.type_error(format_args!("{name}() takes no arguments")));
        }
    }
    if class.has_flag(flags::ABSTRACT) {
        return Err(methods_missing(thread, class)?);
    }
    Ok(instance::allocate(thread, class))
}

#[cold]
fn methods_missing(
    thread: &Thread,
    class: crate::gc::Gc<crate::types::class::TypeObject>,
) -> PyResult<crate::error::Raised> {
    let names = thread.names();
    let abstract_names = class.lookup(thread, names.__abstractmethods__).unwrap_or(Value::NONE);
    let mut items = Vec::new();
    thread.for_each(abstract_names, |name| {
        items.push(thread.to_text(name)?);
        Ok(())
    })?;
    items.sort();
    let (name, plural) = (class.name_str(), if items.len() == 1 { "" } else { "s" });
    let list = items.iter().map(|item| format!("'{item}'")).collect::<Vec<_>>().join(", ");
    Ok(thread.type_error(format_args!(
        "Can't instantiate abstract class {name} without an implementation for abstract method{plural} {list}"
    )))
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    if args.is_empty() {
        return Ok(());
    }
    let class = thread.type_of(value);
    let name = class.name_str();
    if class.slots().init.map(|f| f as usize) != Some(init as *const () as usize) {
        return Err(
            thread.type_error("object.__init__() takes exactly one argument (the instance to initialize)")
        );
    }
    if class.slots().new.map(|f| f as usize) == Some(new as *const () as usize) {
        return Err(thread.type_error(format_args!(
            "{name}.__init__() takes exactly one argument (the instance to initialize)"
        )));
    }
    Ok(())
}

fn init_subclass(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    if args.len() > 1 || args.has_keywords() {
        let name =
            args.get(0).and_then(|class| class.as_type()).map(|class| class.name_str()).unwrap_or_default();
        return Err(thread.type_error(format_args!("{name}.__init_subclass__() takes no keyword arguments")));
    }
    Ok(Value::NONE)
}

fn format(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [value, spec] = *args.positional() else { return Err(thread.type_error("expected one argument")) };
    let Some(text) = spec.as_str() else {
        let given = thread.type_of(spec).name_str();
        return Err(thread.type_error(format_args!("__format__() argument must be str, not {given}")));
    };
    if !text.is_empty() {
        let name = thread.type_of(value).name_str();
        return Err(thread.type_error(format_args!("unsupported format string passed to {name}.__format__")));
    }
    thread.to_str(value)
}

fn set_class(thread: &Thread, value: Value, class: Option<Value>) -> PyResult<()> {
    let Some(class) = class else { return Err(thread.type_error("can't delete __class__ attribute")) };
    let Some(new) = class.as_type() else {
        let given = thread.type_of(class).name_str();
        return Err(thread.type_error(format_args!("__class__ must be set to a class, not '{given}' object")));
    };
    crate::attr::change_class(thread, value, new)
}
