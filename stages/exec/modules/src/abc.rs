//! Module `_abc`: registries and caches of abstract base classes.
//!
//! Each class has an `_abc_impl` of its own, with sets of weak references to classes: registered ones, those known to
//! be subclasses and those known not to be. Registering anything anywhere moves the token, which the negative caches
//! are checked against.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, MethodDef, TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::types::class::TypeObject;
use dx_object::types::set::{self, SetObject};
use dx_object::types::weakref::WeakReference;
use dx_object::value::Value;

use crate::library::ModuleSpec;
use crate::record::{self, LAYOUT, Record};

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[&[
        MethodDef::new("get_cache_token", Arity::None, |thread, _| token(thread)),
        MethodDef::new("_abc_init", Arity::One, init),
        MethodDef::new("_abc_register", Arity::Positional(2, 2), register),
        MethodDef::new("_abc_instancecheck", Arity::Positional(2, 2), instancecheck),
        MethodDef::new("_abc_subclasscheck", Arity::Positional(2, 2), |thread, args| {
            subclasscheck(thread, args.positional()[0], args.positional()[1]).map(Value::bool)
        }),
        MethodDef::new("_get_dump", Arity::One, dump),
        MethodDef::new("_reset_registry", Arity::One, |thread, args| reset(thread, args, true)),
        MethodDef::new("_reset_caches", Arity::One, |thread, args| reset(thread, args, false)),
    ]],
    ..ModuleSpec::new("_abc", "Module contains faster C implementation of abc.ABCMeta")
};

/// `first` is the registry, `second` the cache, `third` the negative cache, `fourth` its token.
static DATA: TypeSpec = TypeSpec {
    module: "_abc",
    layout: LAYOUT,
    flags: flags::NO_NEW,
    slots: Slots::EMPTY,
    ..TypeSpec::new("_abc_data")
};

/// The counter of registrations: a one-item list in the dict of the type of the data, which only this file reads.
fn counter(thread: &Thread) -> PyResult<Gc<dx_object::types::list::ListObject>> {
    let dict = thread.spec_type(&DATA, thread).dict();
    if let Some(list) = dict.get_text(thread, "_token").and_then(Value::as_list) {
        return Ok(list);
    }
    let list = thread.list(&[Value::ZERO])?;
    dict.set_text(thread, "_token", list)?;
    list.as_list().ok_or_else(|| thread.system_error("a list is no list"))
}

fn token(thread: &Thread) -> PyResult<Value> {
    Ok(counter(thread)?.get(0).unwrap_or(Value::ZERO))
}

fn advance(thread: &Thread) -> PyResult<()> {
    let counter = counter(thread)?;
    let next = counter.get(0).and_then(Value::as_small).unwrap_or(0) + 1;
    counter.set(thread, 0, Value::small(next));
    Ok(())
}

fn data(thread: &Thread, class: Value) -> PyResult<Gc<Record>> {
    let found = thread.get_attr(class, thread.intern("_abc_impl"))?;
    match record::of(found).filter(|_| thread.type_of(found) == thread.spec_type(&DATA, thread)) {
        Some(data) => Ok(data),
        None => Err(thread.type_error("_abc_impl is set to a wrong type")),
    }
}

fn set_of(value: Value) -> Option<Gc<SetObject>> {
    value.as_set()
}

/// The class behind a weak reference.
fn target(value: Value) -> Option<Value> {
    value.downcast::<WeakReference>()?.target()
}

/// Whether the set has a reference to the class. The one reference without callback that a class has stands for it.
fn holds(thread: &Thread, set: Value, class: Value) -> PyResult<bool> {
    match set_of(set) {
        Some(set) if !set.is_empty() && thread.can_be_weakly_referenced(class) => {
            let reference =
                thread.weak_reference(thread.builtin_type(ids::WEAK_REFERENCE), class, Value::NONE);
            set.contains(thread, reference.value())
        }
        _ => Ok(false),
    }
}

fn remember(thread: &Thread, set: Value, class: Value) -> PyResult<()> {
    if let Some(set) = set_of(set)
        && thread.can_be_weakly_referenced(class)
    {
        let reference = thread.weak_reference(thread.builtin_type(ids::WEAK_REFERENCE), class, Value::NONE);
        set.add(thread, reference.value())?;
    }
    Ok(())
}

fn is_abstract(thread: &Thread, value: Value) -> PyResult<bool> {
    match thread.find_attr(value, thread.names().__isabstractmethod__)? {
        Some(mark) => thread.truth(mark),
        None => Ok(false),
    }
}

/// `__abstractmethods__` from the namespace and the bases, and the class's data.
fn init(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let class = args.positional()[0];
    let names = thread.names();
    let found = set::new(thread, ids::FROZENSET);
    if let Some(own) = class.as_type() {
        let mut entries = RootVec::new(thread);
        for entry in own.dict().iter() {
            entries.extend(&[entry.key, entry.value]);
        }
        for pair in entries.chunks(2) {
            if is_abstract(thread, pair[1])? {
                found.add(thread, pair[0])?;
            }
        }
        let bases = thread.get_attr(class, names.__bases__)?;
        for &base in bases.tuple_items().unwrap_or_default() {
            let Some(inherited) = thread.find_attr(base, names.__abstractmethods__)? else { continue };
            for &name in thread.sequence(inherited)?.iter() {
                if let Some(value) = thread.find_attr(class, name)?
                    && is_abstract(thread, value)?
                {
                    found.add(thread, name)?;
                }
            }
        }
    }
    thread.set_attr(class, names.__abstractmethods__, found.value())?;
    let sets = || set::new(thread, ids::SET).value();
    let type_value = thread.spec_type(&DATA, thread).value();
    let made = record::make(thread, type_value, [sets(), sets(), sets(), token(thread)?])?;
    thread.set_attr(class, thread.intern("_abc_impl"), made)?;
    mark_collection(thread, class)?;
    Ok(Value::NONE)
}

/// `__abc_tpflags__` of `Sequence` and `Mapping` says what `match` takes their subclasses for.
fn mark_collection(thread: &Thread, class: Value) -> PyResult<()> {
    let Some(own) = class.as_type() else { return Ok(()) };
    let name = thread.intern("__abc_tpflags__");
    let Some(bits) = own.dict().get_name(thread, name).and_then(Value::as_small) else { return Ok(()) };
    own.set_flag(flags::SEQUENCE, bits & 1 << 5 != 0);
    own.set_flag(flags::MAPPING, bits & 1 << 6 != 0);
    own.set_attribute(thread, name, None).map(drop)
}

fn register(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (class, subclass) = (args.positional()[0], args.positional()[1]);
    let Some(subtype) = subclass.as_type() else {
        return Err(thread.type_error("Can only register classes"));
    };
    if thread.issubclass(subclass, class)? {
        return Ok(subclass);
    }
    if thread.issubclass(class, subclass)? {
        return Err(thread.runtime_error("Refusing to create an inheritance cycle"));
    }
    let data = data(thread, class)?;
    remember(thread, data.first.get(), subclass)?;
    advance(thread)?;
    if let Some(class) = class.as_type() {
        for flag in [flags::SEQUENCE, flags::MAPPING] {
            if class.has_flag(flag) {
                mark_subclasses(subtype, flag);
            }
        }
    }
    Ok(subclass)
}

fn mark_subclasses(class: Gc<TypeObject>, flag: u32) {
    if class.has_flag(flag) {
        return;
    }
    class.set_flag(flag, true);
    class.subclasses().into_iter().for_each(|subclass| mark_subclasses(subclass, flag));
}

fn instancecheck(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (class, instance) = (args.positional()[0], args.positional()[1]);
    let data = data(thread, class)?;
    let subclass = thread.get_attr(instance, thread.names().__class__)?;
    if holds(thread, data.second.get(), subclass)? {
        return Ok(Value::TRUE);
    }
    let own = thread.type_of(instance).value();
    if own == subclass && data.fourth.get() == token(thread)? && holds(thread, data.third.get(), subclass)? {
        return Ok(Value::FALSE);
    }
    let method = thread.names().__subclasscheck__;
    let answer = thread.call_method(class, method, &[subclass])?;
    if own == subclass || thread.truth(answer)? {
        return Ok(answer);
    }
    thread.call_method(class, method, &[own])
}

fn subclasscheck(thread: &Thread, class: Value, subclass: Value) -> PyResult<bool> {
    let Some(subtype) = subclass.as_type() else {
        return Err(thread.type_error("issubclass() arg 1 must be a class"));
    };
    let data = data(thread, class)?;
    if holds(thread, data.second.get(), subclass)? {
        return Ok(true);
    }
    let token = token(thread)?;
    if data.fourth.get() != token {
        if let Some(set) = set_of(data.third.get()) {
            set.clear();
        }
        data.fourth.set(token);
    } else if holds(thread, data.third.get(), subclass)? {
        return Ok(false);
    }
    let known = |answer: bool| -> PyResult<bool> {
        remember(thread, if answer { data.second.get() } else { data.third.get() }, subclass)?;
        Ok(answer)
    };
    let hook = thread.call_method(class, thread.names().__subclasshook__, &[subclass])?;
    match hook {
        Value::TRUE => return known(true),
        Value::FALSE => return known(false),
        Value::NOT_IMPLEMENTED => {}
        _ => {
            return Err(
                thread.assertion_error("__subclasshook__ must return either False, True, or NotImplemented")
            );
        }
    }
    if class.as_type().is_some_and(|class| subtype.is_subtype(class)) {
        return known(true);
    }
    let mut candidates = RootVec::new(thread);
    if let Some(registry) = set_of(data.first.get()) {
        registry.iter().filter_map(|entry| target(entry.key)).for_each(|class| candidates.push(class));
    }
    for &registered in candidates.iter() {
        if thread.issubclass(subclass, registered)? {
            return known(true);
        }
    }
    let subclasses = thread.call_method(class, thread.intern("__subclasses__"), &[])?;
    if subclasses.as_list().is_none() {
        return Err(thread.type_error("__subclasses__() must return a list"));
    }
    for &derived in thread.sequence(subclasses)?.iter() {
        if thread.issubclass(subclass, derived)? {
            return known(true);
        }
    }
    known(false)
}

fn dump(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let data = data(thread, args.positional()[0])?;
    let mut parts = RootVec::new(thread);
    for source in [data.first.get(), data.second.get(), data.third.get()] {
        let copy = set::new(thread, ids::SET);
        copy.update(thread, source)?;
        parts.push(copy.value());
    }
    parts.push(data.fourth.get());
    thread.try_tuple(&parts)
}

fn reset(thread: &Thread, args: Args<'_>, registry: bool) -> PyResult<Value> {
    let data = data(thread, args.positional()[0])?;
    let sets = if registry { vec![data.first.get()] } else { vec![data.second.get(), data.third.get()] };
    for set in sets.into_iter().filter_map(set_of) {
        set.clear();
    }
    Ok(Value::NONE)
}
