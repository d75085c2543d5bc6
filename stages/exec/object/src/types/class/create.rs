//! Calling a class, and `type(name, bases, namespace)`.

use super::{TypeObject, best_base, build, compute_mro};
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::kinds;
use crate::slots::inherit;
use crate::spec::{Arity, MethodDef, flags};
use crate::thread::{RootVec, Thread};
use crate::types::cell::CellObject;
use crate::types::dict::DictObject;
use crate::types::function::FunctionObject;
use crate::types::{getset, native::NativeFunction, wrappers};
use crate::value::Value;

/// `__new__` of builtin types: bound to the type whose slot it calls.
pub(crate) static NEW_DEF: MethodDef = MethodDef::new("__new__", Arity::Any, call_new);

/// Inline slots of a class whose instances nobody saw yet.
const INLINE_FIRST: u32 = 4;

/// `cls(...)`.
pub(crate) fn call(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(class) = class.as_type() else { return Err(thread.type_error("expected a type")) };
    if class == thread.builtin_type(ids::TYPE) && args.len() == 1 && !args.has_keywords() {
        return Ok(thread.type_of(args.positional()[0]).value());
    }
    let Some(new) = class.slots().new else {
        let name = qualified_name(thread, class);
        return Err(thread.type_error(format_args!("cannot create '{name}' instances")));
    };
    let instance = new(thread, class.value(), args)?;
    let made = thread.type_of(instance);
    if (made == class || made.is_subtype(class))
        && let Some(init) = made.slots().init
    {
        init(thread, instance, args)?;
    }
    Ok(instance)
}

/// `module.qualname`, without the module for builtins.
pub fn qualified_name(thread: &Thread, class: Gc<TypeObject>) -> String {
    let module =
        class.module_name(thread).and_then(|module| module.as_str().map(|m| m.to_lossy().into_owned()));
    match module {
        Some(module) if module != "builtins" => format!("{module}.{}", class.qualname_str()),
        _ => class.qualname_str(),
    }
}

/// `builtin.__new__(cls, ...)`.
fn call_new(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let owner = args.positional()[0].as_type();
    let Some(owner) = owner else { return Err(thread.system_error("__new__ is not bound to a type")) };
    let name = owner.name_str();
    let Some(given) = args.get(1) else {
        return Err(thread.type_error(format_args!("{name}.__new__(): not enough arguments")));
    };
    let Some(class) = given.as_type() else {
        let given = thread.type_of(given).name_str();
        return Err(thread.type_error(format_args!("{name}.__new__(X): X is not a type object ({given})")));
    };
    let class_name = class.name_str();
    if !class.is_subtype(owner) {
        return Err(thread.type_error(format_args!(
            "{name}.__new__({class_name}): {class_name} is not a subtype of {name}"
        )));
    }
    // The nearest builtin base must agree: object.__new__(dict) would make a dict without its parts.
    let builtin =
        class.mro_classes().find(|base| !base.has_flag(flags::HEAP) && base.layout() == class.layout());
    if let Some(builtin) = builtin
        && builtin.layout() != owner.layout()
    {
        let builtin = builtin.name_str();
        return Err(thread
            .type_error(format_args!("{name}.__new__({class_name}) is not safe, use {builtin}.__new__()")));
    }
    match owner.slots().new {
        Some(new) => new(thread, class.value(), args.rest().rest()),
        None => Err(thread.type_error(format_args!("cannot create '{name}' instances"))),
    }
}

pub(crate) fn type_init(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<()> {
    match args.len() {
        1 if args.has_keywords() => Err(thread.type_error("type.__init__() takes no keyword arguments")),
        1 | 3 => Ok(()),
        _ => Err(thread.type_error("type.__init__() takes 1 or 3 arguments")),
    }
}

/// The most derived metaclass of the bases and `metaclass`.
pub fn calculate_metaclass(
    thread: &Thread,
    metaclass: Gc<TypeObject>,
    bases: &[Value],
) -> PyResult<Gc<TypeObject>> {
    let mut winner = metaclass;
    for &base in bases {
        let candidate = thread.type_of(base);
        if winner.is_subtype(candidate) {
            continue;
        }
        if !candidate.is_subtype(winner) {
            return Err(thread.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the \
                 metaclasses of all its bases",
            ));
        }
        winner = candidate;
    }
    Ok(winner)
}

/// `type.__new__(metaclass, name, bases, namespace, **keywords)`.
pub(crate) fn type_new(thread: &Thread, metaclass: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(metaclass) = metaclass.as_type() else { return Err(thread.type_error("expected a type")) };
    let [name, bases, namespace] = *args.positional() else {
        let given = args.len();
        return Err(
            thread.type_error(format_args!("type.__new__() takes exactly 3 arguments ({given} given)"))
        );
    };
    let wrong = |position: usize, wanted: &str, value: Value| {
        let given = thread.type_of(value).name_str();
        thread.type_error(format_args!("type.__new__() argument {position} must be {wanted}, not {given}"))
    };
    if name.as_str().is_none() {
        return Err(wrong(1, "str", name));
    }
    let Some(base_items) = bases.tuple_items() else { return Err(wrong(2, "tuple", bases)) };
    let Some(original) = namespace.as_dict() else { return Err(wrong(3, "dict", namespace)) };
    for &base in base_items {
        if base.as_type().is_none() && thread.find_attr(base, thread.names().__mro_entries__)?.is_some() {
            return Err(
                thread.type_error("type() doesn't support MRO entry resolution; use types.new_class()")
            );
        }
    }
    let winner = calculate_metaclass(thread, metaclass, base_items)?;
    if winner != metaclass
        && let Some(new) = winner.slots().new
        && new as usize != type_new as *const () as usize
    {
        return new(thread, winner.value(), args);
    }
    let object = [thread.builtin_type(ids::OBJECT).value()];
    let bases = if base_items.is_empty() { thread.tuple(&object) } else { bases };
    let class = assemble(thread, winner, name, bases, original)?;
    set_names(thread, class)?;
    init_subclass(thread, class, args)?;
    Ok(class.value())
}

/// The class with its slots, before anybody is told about it.
fn assemble(
    thread: &Thread,
    metaclass: Gc<TypeObject>,
    name: Value,
    bases: Value,
    namespace: Gc<DictObject>,
) -> PyResult<Gc<TypeObject>> {
    let base_items = bases.tuple_items().unwrap_or_default();
    let base = best_base(thread, base_items)?;
    let class = build::bare_sized(thread, metaclass.instance_shape(), metaclass.instance_bytes());
    let names = thread.names();
    class.store(thread, &class.name, exact(thread, name));
    class.store(thread, &class.qualname, exact(thread, name));
    class.store(thread, &class.bases, bases);
    class.store(thread, &class.base, base.value());
    copy_namespace(thread, class, namespace)?;
    take_special_names(thread, class)?;
    let inherited =
        base_items.iter().filter_map(|base| base.as_type()).fold(0, |all, base| all | base.flags());
    class.flags.set(flags::HEAP | flags::BASE | inherited & flags::INHERITED);
    class.layout.set(base.layout());
    class.fixed.set(base.fixed.get());
    add_slots(thread, class, base, base_items)?;
    let mro =
        if metaclass.lookup(thread, names.mro) == thread.builtin_type(ids::TYPE).lookup(thread, names.mro) {
            compute_mro(thread, class, base_items)?
        } else {
            custom_mro(thread, class)?
        };
    class.store(thread, &class.mro, mro);
    for base in base_items {
        if let Some(base) = base.as_type() {
            base.add_subclass(class);
        }
    }
    wrap_special_functions(thread, class)?;
    inherit::fill(thread, class);
    set_class_cell(thread, class)?;
    Ok(class)
}

fn custom_mro(thread: &Thread, class: Gc<TypeObject>) -> PyResult<Value> {
    let result = thread.call_method(class.value(), thread.names().mro, &[])?;
    let mut items = RootVec::new(thread);
    items.extend_iterable(result)?;
    for &item in items.iter() {
        if item.as_type().is_none() {
            let given = thread.type_of(item).name_str();
            return Err(thread.type_error(format_args!("mro() returned a non-class ('{given}')")));
        }
    }
    Ok(thread.tuple(&items))
}

/// The plain str of a str or an instance of a subclass.
fn exact(thread: &Thread, name: Value) -> Value {
    name.as_str().map_or(name, |name| if name.is_interned() { name.value() } else { thread.intern_str(name) })
}

fn copy_namespace(thread: &Thread, class: Gc<TypeObject>, namespace: Gc<DictObject>) -> PyResult<()> {
    let dict = class.dict();
    dict.reserve(thread, namespace.len() + 4)?;
    let mut position = 0;
    while let Some((at, entry)) = namespace.next_entry(position) {
        match entry.key.as_str() {
            Some(name) => dict.set_name(thread, thread.intern_str(name), entry.value)?,
            None => dict.set(thread, entry.key, entry.value)?,
        }
        position = at + 1;
    }
    Ok(())
}

/// `__module__`, `__qualname__`, `__doc__`.
fn take_special_names(thread: &Thread, class: Gc<TypeObject>) -> PyResult<()> {
    let names = thread.names();
    let dict = class.dict();
    if dict.get_name(thread, names.__module__).is_none()
        && let Some(globals) = (thread.hooks.globals.get())(thread).as_dict()
        && let Some(module) = globals.get_name(thread, names.__name__)
    {
        dict.set_name(thread, names.__module__, module)?;
    }
    if let Some(qualname) = dict.remove_name(thread, names.__qualname__) {
        if qualname.as_str().is_none() {
            let given = thread.type_of(qualname).name_str();
            return Err(thread.type_error(format_args!("type __qualname__ must be a str, not {given}")));
        }
        class.store(thread, &class.qualname, qualname);
    }
    if dict.get_name(thread, names.__doc__).is_none() {
        dict.set_name(thread, names.__doc__, Value::NONE)?;
    }
    Ok(())
}

fn wrap_special_functions(thread: &Thread, class: Gc<TypeObject>) -> PyResult<()> {
    let names = thread.names();
    let dict = class.dict();
    let function = |name| dict.get_name(thread, name).filter(|value| value.has_kind::<FunctionObject>());
    if let Some(new) = function(names.__new__) {
        dict.set_name(thread, names.__new__, wrappers::static_method(thread, new).value())?;
    }
    for name in [names.__init_subclass__, names.__class_getitem__] {
        if let Some(method) = function(name) {
            dict.set_name(thread, name, wrappers::class_method(thread, method).value())?;
        }
    }
    Ok(())
}

/// `__slots__`, `__dict__` and `__weakref__`: what instances have, and where.
fn add_slots(thread: &Thread, class: Gc<TypeObject>, base: Gc<TypeObject>, bases: &[Value]) -> PyResult<()> {
    let names = thread.names();
    let dict = class.dict();
    let may_have_dict = !base.has_flag(flags::DICT)
        && base.layout().kind != kinds::TYPE
        && base.layout().kind != kinds::MODULE;
    let may_have_weak = !base.has_flag(flags::WEAKREF);
    let mut members = RootVec::new(thread);
    let (mut wants_dict, mut wants_weak) = (may_have_dict, may_have_weak);
    if let Some(slots) = dict.get_name(thread, names.__slots__) {
        let given = slot_names(thread, slots)?;
        if !given.is_empty() && base.layout().kind == kinds::TYPE {
            let name = base.name_str();
            return Err(
                thread.type_error(format_args!("nonempty __slots__ not supported for subtype of '{name}'"))
            );
        }
        (wants_dict, wants_weak) = (false, false);
        for &name in given.iter() {
            if name == names.__dict__ {
                if !may_have_dict || wants_dict {
                    return Err(thread.type_error("__dict__ slot disallowed: we already got one"));
                }
                wants_dict = true;
            } else if name == names.__weakref__ {
                if !may_have_weak || wants_weak {
                    return Err(thread.type_error("__weakref__ slot disallowed: we already got one"));
                }
                wants_weak = true;
            } else {
                let mangled = mangle(thread, class, name);
                if dict.get_name(thread, mangled).is_some()
                    && mangled != names.__qualname__
                    && mangled != names.__classcell__
                {
                    let name = thread.to_text(mangled)?;
                    return Err(thread
                        .value_error(format_args!("'{name}' in __slots__ conflicts with class variable")));
                }
                members.push(mangled);
            }
        }
        // A further base may bring a dict or weak references although this class adds none.
        for other in bases.iter().filter_map(|base| base.as_type()) {
            wants_dict |= may_have_dict && other.has_flag(flags::DICT);
            wants_weak |= may_have_weak && other.has_flag(flags::WEAKREF);
        }
    }
    members.as_mut_slice().sort_by(|a, b| a.str_bytes().cmp(&b.str_bytes()));
    let first = class.fixed.get();
    for (index, &name) in members.iter().enumerate() {
        let member = getset::member(thread, class, name, first + index as u32);
        dict.set_name(thread, name, member)?;
    }
    class.fixed.set(first + members.len() as u32);
    let flag = |flag: u32, on: bool| {
        if on {
            class.flags.set(class.flags.get() | flag);
        }
    };
    flag(flags::DICT, wants_dict);
    flag(flags::WEAKREF, wants_weak);
    if wants_dict && !base.has_flag(flags::DICT) {
        dict.set_name(
            thread,
            names.__dict__,
            getset::new(thread, &crate::types::object::DICT_GETSET, class),
        )?;
    }
    if wants_weak && !base.has_flag(flags::WEAKREF) {
        dict.set_name(
            thread,
            names.__weakref__,
            getset::new(thread, &crate::types::object::WEAKREF_GETSET, class),
        )?;
    }
    let own_dict = [kinds::TYPE, kinds::MODULE].contains(&base.layout().kind);
    let has_storage = (class.has_flag(flags::DICT) || class.fixed.get() > 0) && !own_dict;
    if has_storage {
        let inline = if class.has_flag(flags::DICT) {
            base.inline.get().max(class.fixed.get() + INLINE_FIRST)
        } else {
            class.fixed.get()
        };
        class.set_instance_layout(thread, base.layout().bytes, inline);
    } else {
        class.set_instance_layout(thread, 0, 0);
        class.set_instance_shape(thread.shapes.plain(class));
    }
    Ok(())
}

fn slot_names<'t>(thread: &'t Thread, slots: Value) -> PyResult<RootVec<'t>> {
    let mut names = RootVec::new(thread);
    if slots.as_str().is_some() {
        names.push(slots);
    } else {
        names.extend_iterable(slots)?;
    }
    for index in 0..names.len() {
        let name = names[index];
        let Some(text) = name.as_str() else {
            let given = thread.type_of(name).name_str();
            return Err(thread.type_error(format_args!("__slots__ items must be strings, not '{given}'")));
        };
        let valid = text.as_utf8().is_some_and(|text| {
            let mut chars = text.chars();
            chars.next().is_some_and(|first| first == '_' || first.is_alphabetic())
                && chars.all(|rest| rest == '_' || rest.is_alphanumeric())
        });
        if !valid {
            return Err(thread.type_error("__slots__ must be identifiers"));
        }
        names.set(index, thread.intern_str(text));
    }
    Ok(names)
}

/// Private names in `__slots__` are mangled like any others.
fn mangle(thread: &Thread, class: Gc<TypeObject>, name: Value) -> Value {
    let text = name.str_bytes().unwrap_or_default();
    let class_name = class.name_str();
    let stripped = class_name.trim_start_matches('_');
    if !text.starts_with(b"__") || text.ends_with(b"__") || stripped.is_empty() {
        return name;
    }
    let mangled = [b"_", stripped.as_bytes(), text].concat();
    thread.intern_bytes(&mangled)
}

fn set_class_cell(thread: &Thread, class: Gc<TypeObject>) -> PyResult<()> {
    let names = thread.names();
    if let Some(cell) = class.dict().remove_name(thread, names.__classcell__) {
        match cell.downcast::<CellObject>() {
            Some(cell) => cell.store(thread, &cell.content, class.value()),
            None => {
                let given = thread.type_of(cell).name_str();
                return Err(
                    thread.type_error(format_args!("__classcell__ must be a nonlocal cell, not '{given}'"))
                );
            }
        }
    }
    if let Some(cell) = class.dict().remove_name(thread, names.__classdictcell__)
        && let Some(cell) = cell.downcast::<CellObject>()
    {
        cell.store(thread, &cell.content, class.dict().value());
    }
    Ok(())
}

fn set_names(thread: &Thread, class: Gc<TypeObject>) -> PyResult<()> {
    let mut items = RootVec::new(thread);
    for entry in class.dict().iter() {
        items.push(entry.key);
        items.push(entry.value);
    }
    for pair in items.chunks_exact(2) {
        let (name, value) = (pair[0], pair[1]);
        let Some(set_name) = thread.lookup_special(value, thread.names().__set_name__)? else { continue };
        if let Err(raised) = thread.call(set_name, &[class.value(), name]) {
            let error = thread.take_exception();
            let quoted = thread.repr(name).and_then(|repr| thread.to_text(repr)).unwrap_or_default();
            let (kind, class_name) = (thread.type_of(value).name_str(), class.name_str());
            let note = format!("Error calling __set_name__ on '{kind}' instance {quoted} in '{class_name}'");
            let _ = thread.call_method(error, thread.names().add_note, &[thread.str(&note)]);
            thread.set_exception(error);
            return Err(raised);
        }
    }
    Ok(())
}

fn init_subclass(thread: &Thread, class: Gc<TypeObject>, args: Args<'_>) -> PyResult<()> {
    let name = thread.names().__init_subclass__;
    let Some(hook) = crate::types::super_object::get(thread, class, class.value(), class, name)? else {
        return Ok(());
    };
    let mut values = RootVec::new(thread);
    args.keywords().for_each(|(_, value)| values.push(value));
    thread.call_args(hook, Args::with_names(&values, args.names())).map(drop)
}

impl Gc<TypeObject> {
    /// `cls.__module__`, if it has one.
    pub fn module_name(self, thread: &Thread) -> Option<Value> {
        if self.has_flag(flags::HEAP) {
            self.dict().get_name(thread, thread.names().__module__)
        } else {
            Some(self.module.get())
        }
    }

    /// Whether instances are made by `object.__new__` (so that [`crate::instance::allocate`] may be called
    /// directly, unless the class is abstract).
    pub fn has_object_new(self, thread: &Thread) -> bool {
        let object = thread.builtin_type(ids::OBJECT);
        self.slots().word(crate::slots::SlotId::new) == object.slots().word(crate::slots::SlotId::new)
            && !self.has_flag(flags::ABSTRACT)
    }

    /// Whether `__new__` found on the class is the builtin one of the type it belongs to.
    pub(crate) fn builtin_new(value: Value) -> Option<Gc<TypeObject>> {
        let function = value.downcast::<NativeFunction>()?;
        if std::ptr::eq(function.def(), &raw const NEW_DEF) {
            function.receiver.get().as_type()
        } else {
            None
        }
    }
}
