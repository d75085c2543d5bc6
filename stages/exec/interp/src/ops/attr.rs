//! Attributes, with inline caches on shapes and type versions.
//!
//! A hit proves two things: the object's shape is the one seen before (so its class is, and where the attribute lies
//! or that it has none of that name), and the class's version is (so no descriptor of that name came or went).

use dx_object::error::{PyResult, Raised};
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::instance;
use dx_object::shape::SlotPlace;
use dx_object::spec::flags;
use dx_object::thread::Thread;
use dx_object::types::class::TypeObject;
use dx_object::types::method;
use dx_object::types::module::ModuleObject;
use dx_object::value::Value;

use super::exactly;
use crate::cache::{Cache, CacheKind};
use crate::frame::Window;

/// Sites that missed so often are left alone.
const MISSES_MAX: u8 = 200;

#[inline(always)]
fn version_holds(thread: &Thread, cache: &Cache) -> bool {
    thread.shapes.class(cache.shape.get()).current_version() == cache.version.get()
}

#[inline(always)]
fn read(object: Value, cache: &Cache) -> Option<Value> {
    instance::read(object, SlotPlace::Inline(cache.place.get())).bound()
}

/// LOAD_ATTR from its cache.
#[inline(always)]
pub fn cached(thread: &Thread, object: Value, cache: &Cache) -> Option<Value> {
    let header = object.header()?;
    if header.shape() != cache.shape.get() {
        return None;
    }
    match cache.kind.get() {
        CacheKind::Inline if version_holds(thread, cache) => read(object, cache),
        _ => cached_slow(thread, object, cache),
    }
}

#[inline(never)]
fn cached_slow(thread: &Thread, object: Value, cache: &Cache) -> Option<Value> {
    match cache.kind.get() {
        CacheKind::Overflow if version_holds(thread, cache) => {
            instance::read(object, SlotPlace::Overflow(cache.place.get(), cache.extra.get() as u32)).bound()
        }
        CacheKind::TypeValue if version_holds(thread, cache) => Some(cache.value.get()),
        CacheKind::Method if version_holds(thread, cache) => {
            Some(method::new(thread, cache.value.get(), object).value())
        }
        CacheKind::Module => module_value(object, cache),
        CacheKind::Class => class_value(object, cache),
        _ => None,
    }
}

#[inline(always)]
fn module_value(object: Value, cache: &Cache) -> Option<Value> {
    let module: Gc<ModuleObject> = exactly(object, ids::MODULE)?;
    let dict = module.dict()?;
    (dict.current_keys_version() == cache.version.get()).then(|| dict.value_at(cache.place.get() as usize))
}

#[inline(always)]
fn class_value(object: Value, cache: &Cache) -> Option<Value> {
    let class: Gc<TypeObject> = exactly(object, ids::TYPE)?;
    (object.word() == cache.extra.get() && class.current_version() == cache.version.get())
        .then(|| cache.value.get())
}

/// LOAD_METHOD from its cache.
#[inline(always)]
pub fn cached_method(thread: &Thread, object: Value, cache: &Cache) -> Option<(Value, Value)> {
    let header = object.header()?;
    if header.shape() != cache.shape.get() {
        return None;
    }
    if cache.kind.get() == CacheKind::Method {
        return version_holds(thread, cache).then(|| (cache.value.get(), object));
    }
    cached_slow_value(thread, object, cache).map(|value| (value, Value::UNBOUND))
}

#[inline(never)]
fn cached_slow_value(thread: &Thread, object: Value, cache: &Cache) -> Option<Value> {
    match cache.kind.get() {
        CacheKind::Inline if version_holds(thread, cache) => read(object, cache),
        _ => cached_slow(thread, object, cache),
    }
}

/// What the class has under the name, as far as a cache can use it.
enum OnClass {
    Nothing,
    /// A function that is bound to the receiver.
    Method(Value),
    /// A value without `__get__`.
    Plain(Value),
    /// A descriptor without `__set__`: an attribute of the instance comes first.
    NonData,
    Data,
}

fn on_class(thread: &Thread, class: Gc<TypeObject>, name: Value) -> OnClass {
    let Some(found) = class.lookup(thread, name) else { return OnClass::Nothing };
    let kind = thread.type_of(found);
    if kind.slots().descr_set.is_some() {
        return OnClass::Data;
    }
    if kind.has_flag(flags::METHOD) {
        return OnClass::Method(found);
    }
    if kind.slots().descr_get.is_none() { OnClass::Plain(found) } else { OnClass::NonData }
}

/// Whether attributes of the class's instances are looked up as `object.__getattribute__` does.
fn is_generic(thread: &Thread, class: Gc<TypeObject>) -> bool {
    let object = thread.builtin_type(ids::OBJECT);
    match (class.slots().getattr, object.slots().getattr) {
        (Some(own), Some(generic)) => std::ptr::fn_addr_eq(own, generic),
        _ => false,
    }
}

/// Prepares the cache for what was just looked up.
fn fill(thread: &Thread, object: Value, name: Value, cache: &Cache) {
    let Some(header) = object.header() else { return };
    if cache.misses.get() >= MISSES_MAX {
        return;
    }
    cache.misses.set(cache.misses.get() + 1);
    cache.kind.set(CacheKind::Empty);
    cache.shape.set(header.shape());
    if let Some(module) = exactly::<ModuleObject>(object, ids::MODULE) {
        return fill_module(thread, module, name, cache);
    }
    if let Some(class) = exactly::<TypeObject>(object, ids::TYPE) {
        return fill_class(thread, class, name, cache);
    }
    let class = thread.type_of(object);
    if !is_generic(thread, class) {
        return;
    }
    let shape = thread.shapes.get(header.shape());
    if shape.is_some_and(|shape| shape.dict_mode) || shape.is_none() && instance::has_dict(thread, object) {
        return;
    }
    let on_class = on_class(thread, class, name);
    if matches!(on_class, OnClass::Data) {
        return;
    }
    let version = class.version(thread);
    if version == 0 {
        return;
    }
    cache.version.set(version);
    match shape.and_then(|shape| shape.place_of(name)) {
        Some(SlotPlace::Inline(offset)) => {
            cache.place.set(offset);
            cache.kind.set(CacheKind::Inline);
        }
        Some(SlotPlace::Overflow(offset, index)) => {
            cache.place.set(offset);
            cache.extra.set(index.into());
            cache.kind.set(CacheKind::Overflow);
        }
        None => match on_class {
            OnClass::Method(function) => {
                cache.value.set(function);
                cache.kind.set(CacheKind::Method);
            }
            OnClass::Plain(value) => {
                cache.value.set(value);
                cache.kind.set(CacheKind::TypeValue);
            }
            OnClass::Nothing | OnClass::NonData | OnClass::Data => {}
        },
    }
}

fn fill_module(thread: &Thread, module: Gc<ModuleObject>, name: Value, cache: &Cache) {
    let Some(dict) = module.dict() else { return };
    if !matches!(on_class(thread, thread.builtin_type(ids::MODULE), name), OnClass::Nothing) {
        return;
    }
    let Some(position) = super::names::position(thread, dict, name) else { return };
    let version = dict.keys_version(thread);
    if version != 0 {
        cache.version.set(version);
        cache.place.set(position as u32);
        cache.kind.set(CacheKind::Module);
    }
}

/// An attribute of a class whose metaclass is `type`: functions and plain values are given as they are.
fn fill_class(thread: &Thread, class: Gc<TypeObject>, name: Value, cache: &Cache) {
    if !matches!(on_class(thread, thread.builtin_type(ids::TYPE), name), OnClass::Nothing) {
        return;
    }
    let Some(found) = class.lookup(thread, name) else { return };
    let is_function = found.header().is_some_and(|header| header.shape() == ids::FUNCTION.0);
    if !is_function && thread.type_of(found).slots().descr_get.is_some() {
        return;
    }
    let version = class.version(thread);
    if version != 0 {
        cache.version.set(version);
        cache.extra.set(class.value().word());
        cache.value.set(found);
        cache.kind.set(CacheKind::Class);
    }
}

/// LOAD_ATTR without a valid cache.
#[inline(never)]
pub fn load(thread: &Thread, object: Value, name: Value, cache: &Cache) -> PyResult<Value> {
    let value = thread.get_attr(object, name)?;
    fill(thread, object, name, cache);
    Ok(value)
}

/// LOAD_METHOD without a valid cache: (function, receiver), or (attribute, unbound).
#[inline(never)]
pub fn load_method(thread: &Thread, object: Value, name: Value, cache: &Cache) -> PyResult<(Value, Value)> {
    let class = thread.type_of(object);
    if is_generic(thread, class)
        && let OnClass::Method(function) = on_class(thread, class, name)
    {
        let interned = Some(name);
        if !has_own(thread, object) || instance::get(thread, object, name, interned)?.is_none() {
            fill(thread, object, name, cache);
            return Ok((function, object));
        }
    }
    let value = thread.get_attr(object, name)?;
    fill(thread, object, name, cache);
    Ok((value, Value::UNBOUND))
}

/// Whether the object can have attributes of its own.
fn has_own(thread: &Thread, object: Value) -> bool {
    object.header().is_some_and(|header| thread.shapes.get(header.shape()).is_some())
        || instance::has_dict(thread, object)
}

/// STORE_ATTR from its cache; false if it does not hold.
#[inline(always)]
pub fn cached_store(thread: &Thread, object: Value, value: Value, cache: &Cache) -> bool {
    let Some(header) = object.header() else { return false };
    if header.shape() != cache.shape.get() || !version_holds(thread, cache) {
        return false;
    }
    match cache.kind.get() {
        CacheKind::Inline => {
            instance::write(thread, object, SlotPlace::Inline(cache.place.get()), value);
            true
        }
        CacheKind::Transition => {
            instance::write(thread, object, SlotPlace::Inline(cache.place.get()), value);
            header.set_shape(cache.extra.get() as u32);
            true
        }
        _ => false,
    }
}

/// STORE_ATTR without a valid cache.
#[inline(never)]
pub fn store(thread: &Thread, object: Value, name: Value, value: Value, cache: &Cache) -> PyResult<()> {
    let before = object.header().map(dx_heap::Header::shape);
    thread.set_attr(object, name, value)?;
    let Some((before, header)) = before.zip(object.header()) else { return Ok(()) };
    if cache.misses.get() >= MISSES_MAX {
        return Ok(());
    }
    cache.misses.set(cache.misses.get() + 1);
    cache.kind.set(CacheKind::Empty);
    let class = thread.type_of(object);
    let generic = thread.builtin_type(ids::OBJECT).slots().setattr;
    let (Some(own), Some(generic)) = (class.slots().setattr, generic) else { return Ok(()) };
    if !std::ptr::fn_addr_eq(own, generic) || matches!(on_class(thread, class, name), OnClass::Data) {
        return Ok(());
    }
    let Some(shape) = thread.shapes.get(header.shape()).filter(|shape| !shape.dict_mode) else {
        return Ok(());
    };
    // A shape that this class no longer has (`__class__` was assigned) proves nothing about the old one.
    if thread.shapes.class(before) != class {
        return Ok(());
    }
    let Some(SlotPlace::Inline(offset)) = shape.place_of(name) else { return Ok(()) };
    let version = class.version(thread);
    if version == 0 {
        return Ok(());
    }
    cache.shape.set(before);
    cache.version.set(version);
    cache.place.set(offset);
    if header.shape() == before {
        cache.kind.set(CacheKind::Inline);
    } else {
        cache.extra.set(header.shape().into());
        cache.kind.set(CacheKind::Transition);
    }
    Ok(())
}

/// LOAD_SUPER_ATTR: `super(...).name` without the super object where `super` is the builtin.
pub fn load_super(
    thread: &Thread,
    regs: Window,
    first: usize,
    name: Value,
    code: usize,
) -> PyResult<(Value, Value)> {
    let (callee, class, object) = (regs.get(first), regs.get(first + 1), regs.get(first + 2));
    let builtin = thread.builtin_type(ids::SUPER).value();
    if callee != builtin {
        let made =
            if code & 2 != 0 { thread.call(callee, &[class, object])? } else { thread.call(callee, &[])? };
        return Ok((thread.get_attr(made, name)?, Value::UNBOUND));
    }
    let wants_method = code & 1 != 0;
    if wants_method
        && let Some(start) = class.as_type()
        && object.as_type().is_none()
    {
        let kind = thread.type_of(object);
        if kind.is_subtype(start) {
            let mut behind = kind.mro_classes().skip_while(|known| *known != start).skip(1);
            let found = behind.find_map(|class| class.dict().get_name(thread, name));
            if let Some(found) = found
                && name != thread.names().__class__
                && thread.type_of(found).has_flag(flags::METHOD)
            {
                return Ok((found, object));
            }
        }
    }
    let made = thread.call(builtin, &[class, object])?;
    Ok((thread.get_attr(made, name)?, Value::UNBOUND))
}

/// LOAD_SPECIAL: a method that `with` looks up on the type.
pub fn load_special(thread: &Thread, object: Value, which: usize) -> PyResult<(Value, Value)> {
    let names = thread.names();
    let name = [names.__enter__, names.__exit__, names.__aenter__, names.__aexit__][which & 3];
    let class = thread.type_of(object);
    let Some(found) = class.lookup(thread, name) else { return Err(no_manager(thread, class, which)) };
    let kind = thread.type_of(found);
    if kind.has_flag(flags::METHOD) {
        return Ok((found, object));
    }
    match kind.slots().descr_get {
        Some(get) => Ok((get(thread, found, Some(object), class.value())?, Value::UNBOUND)),
        None => Ok((found, Value::UNBOUND)),
    }
}

#[cold]
fn no_manager(thread: &Thread, class: Gc<TypeObject>, which: usize) -> Raised {
    let names = thread.names();
    let has = |name: Value| class.lookup(thread, name).is_some();
    let kind = crate::exception::print::class_name(thread, class.value());
    if which < 2 {
        let missed = if which == 0 { "__enter__" } else { "__exit__" };
        if has(names.__aenter__) && has(names.__aexit__) {
            return thread.type_error(format_args!(
                "'{kind}' object does not support the context manager protocol (missed {missed} method) but it \
                 supports the asynchronous context manager protocol. Did you mean to use 'async with'?"
            ));
        }
        return thread.type_error(format_args!(
            "'{kind}' object does not support the context manager protocol (missed {missed} method)"
        ));
    }
    let missed = if which == 2 { "__aenter__" } else { "__aexit__" };
    if has(names.__enter__) && has(names.__exit__) {
        return thread.type_error(format_args!(
            "'{kind}' object does not support the asynchronous context manager protocol (missed {missed} method) \
             but it supports the context manager protocol. Did you mean to use 'with'?"
        ));
    }
    thread.type_error(format_args!(
        "'{kind}' object does not support the asynchronous context manager protocol (missed {missed} method)"
    ))
}
