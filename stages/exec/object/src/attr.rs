//! Attribute access: `object.__getattribute__` and its kin, and the entries that everything else calls.

use crate::error::{PyResult, Raised};
use crate::gc::Gc;
use crate::ids;
use crate::instance;
use crate::kinds;
use crate::spec::flags;
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::value::Value;

impl Thread {
    /// `getattr(object, name)`.
    #[inline]
    pub fn get_attr(&self, object: Value, name: Value) -> PyResult<Value> {
        let class = self.type_of(object);
        match class.slots().getattr {
            Some(getattr) => getattr(self, object, name),
            None => Err(no_attribute(self, object, name)),
        }
    }

    /// `getattr(object, name)` with AttributeError turned into `None`.
    pub fn find_attr(&self, object: Value, name: Value) -> PyResult<Option<Value>> {
        let class = self.type_of(object);
        // The common getattr says "absent" without making the exception.
        if class.slots().getattr.map(|f| f as usize) == Some(generic_getattr as *const () as usize) {
            return generic_find(self, object, name);
        }
        let result = self.get_attr(object, name);
        self.catching(ids::ATTRIBUTE_ERROR, result)
    }

    pub fn get_attr_text(&self, object: Value, name: &str) -> PyResult<Value> {
        self.get_attr(object, self.intern(name))
    }

    /// `setattr(object, name, value)`.
    #[inline]
    pub fn set_attr(&self, object: Value, name: Value, value: Value) -> PyResult<()> {
        self.change_attr(object, name, Some(value))
    }

    /// `delattr(object, name)`.
    pub fn delete_attr(&self, object: Value, name: Value) -> PyResult<()> {
        self.change_attr(object, name, None)
    }

    #[inline]
    fn change_attr(&self, object: Value, name: Value, value: Option<Value>) -> PyResult<()> {
        let class = self.type_of(object);
        match class.slots().setattr {
            Some(setattr) => setattr(self, object, name, value),
            None => Err(no_attribute(self, object, name)),
        }
    }

    /// A special method: looked up on the type only, bound to the object.
    pub fn lookup_special(&self, object: Value, name: Value) -> PyResult<Option<Value>> {
        let class = self.type_of(object);
        let Some(found) = class.lookup(self, name) else { return Ok(None) };
        match self.type_of(found).slots().descr_get {
            Some(get) => get(self, found, Some(object), class.value()).map(Some),
            None => Ok(Some(found)),
        }
    }

    /// Looks a method up for a call: the function to call, and whether the object is to be passed first. A
    /// function on the type is not bound (no bound method is made).
    pub fn load_method(&self, object: Value, name: Value) -> PyResult<(Value, bool)> {
        let class = self.type_of(object);
        if class.slots().getattr.map(|f| f as usize) != Some(generic_getattr as *const () as usize) {
            return Ok((self.get_attr(object, name)?, false));
        }
        let interned = self.find_interned(name);
        let found = interned.and_then(|name| class.lookup(self, name));
        if let Some(found) = found
            && self.type_of(found).has_flag(flags::METHOD)
        {
            return match instance::get(self, object, name, interned)? {
                Some(own) => Ok((own, false)),
                None => Ok((found, true)),
            };
        }
        Ok((generic_getattr(self, object, name)?, false))
    }
}

/// `object.__getattribute__`.
pub fn generic_getattr(thread: &Thread, object: Value, name: Value) -> PyResult<Value> {
    match generic_find(thread, object, name)? {
        Some(value) => Ok(value),
        None => Err(no_attribute(thread, object, name)),
    }
}

/// `object.__getattribute__` that answers `None` instead of raising AttributeError itself.
pub fn generic_find(thread: &Thread, object: Value, name: Value) -> PyResult<Option<Value>> {
    let class = thread.type_of(object);
    if name.as_str().is_none() {
        return Err(bad_name(thread, name));
    }
    let interned = thread.find_interned(name);
    let found = interned.and_then(|name| class.lookup(thread, name));
    let mut getter = None;
    if let Some(found) = found {
        let found_class = thread.type_of(found);
        getter = found_class.slots().descr_get;
        if let Some(get) = getter
            && found_class.slots().descr_set.is_some()
        {
            return finish(thread, get(thread, found, Some(object), class.value()));
        }
    }
    if let Some(own) = instance::get(thread, object, name, interned)? {
        return Ok(Some(own));
    }
    match (found, getter) {
        (Some(found), Some(get)) => finish(thread, get(thread, found, Some(object), class.value())),
        (found, _) => {
            if found.is_none()
                && let Some(module) = object.downcast::<crate::types::module::ModuleObject>()
            {
                return module_getattr(thread, module, name);
            }
            Ok(found)
        }
    }
}

/// A descriptor's own AttributeError is passed on, message and all.
fn finish(_: &Thread, result: PyResult<Value>) -> PyResult<Option<Value>> {
    result.map(Some)
}

/// PEP 562: `__getattr__` of a module.
fn module_getattr(
    thread: &Thread,
    module: Gc<crate::types::module::ModuleObject>,
    name: Value,
) -> PyResult<Option<Value>> {
    let hook = module.dict().and_then(|dict| dict.get_name(thread, thread.names().__getattr__));
    match hook {
        Some(hook) => thread.call(hook, &[name]).map(Some),
        None => Ok(None),
    }
}

#[cold]
fn bad_name(thread: &Thread, name: Value) -> Raised {
    let given = thread.type_of(name).name_str();
    thread.type_error(format_args!("attribute name must be string, not '{given}'"))
}

/// The AttributeError for an absent attribute.
#[cold]
pub fn no_attribute(thread: &Thread, object: Value, name: Value) -> Raised {
    let text = name.as_str().map(|name| name.to_lossy().into_owned()).unwrap_or_default();
    let message = if let Some(class) = object.as_type() {
        format!("type object '{}' has no attribute '{text}'", class.name_str())
    } else if let Some(module) = object.downcast::<crate::types::module::ModuleObject>() {
        let known = module.dict().and_then(|dict| dict.get_name(thread, thread.names().__name__));
        match known.and_then(Value::as_str) {
            Some(module) => format!("module '{}' has no attribute '{text}'", module.to_lossy()),
            None => format!("module has no attribute '{text}'"),
        }
    } else {
        format!("'{}' object has no attribute '{text}'", thread.type_of(object).name_str())
    };
    attribute_error(thread, &message, object, name)
}

/// AttributeError with its `name` and `obj`.
#[cold]
pub fn attribute_error(thread: &Thread, message: &str, object: Value, name: Value) -> Raised {
    let class = thread.builtin_type(ids::ATTRIBUTE_ERROR);
    let error = crate::types::exception::make(thread, class, &[thread.str(message)]);
    if let Some(exception) = error.as_exception() {
        exception.set_field(thread, 0, name);
        exception.set_field(thread, 1, object);
    }
    thread.raise(error)
}

/// `object.__setattr__` and `object.__delattr__`.
pub fn generic_setattr(thread: &Thread, object: Value, name: Value, value: Option<Value>) -> PyResult<()> {
    let class = thread.type_of(object);
    if name.as_str().is_none() {
        return Err(bad_name(thread, name));
    }
    let found = thread.find_interned(name).and_then(|name| class.lookup(thread, name));
    if let Some(found) = found
        && let Some(set) = thread.type_of(found).slots().descr_set
    {
        return set(thread, found, object, value);
    }
    let done = match value {
        Some(value) => instance::set(thread, object, name, value)?,
        None => instance::delete(thread, object, name)?,
    };
    if done {
        return Ok(());
    }
    if value.is_none() && instance::has_dict(thread, object) {
        return Err(no_attribute(thread, object, name));
    }
    let (class_name, text) = (class.name_str(), thread.to_text(name)?);
    let message = if found.is_some() {
        format!("'{class_name}' object attribute '{text}' is read-only")
    } else if value.is_some() {
        format!("'{class_name}' object has no attribute '{text}' and no __dict__ for setting new attributes")
    } else {
        format!("'{class_name}' object has no attribute '{text}'")
    };
    Err(attribute_error(thread, &message, object, name))
}

/// `type.__getattribute__`.
pub fn type_getattr(thread: &Thread, object: Value, name: Value) -> PyResult<Value> {
    match type_find(thread, object, name)? {
        Some(value) => Ok(value),
        None => Err(no_attribute(thread, object, name)),
    }
}

fn type_find(thread: &Thread, object: Value, name: Value) -> PyResult<Option<Value>> {
    let Some(class) = object.as_type() else { return generic_find(thread, object, name) };
    if name.as_str().is_none() {
        return Err(bad_name(thread, name));
    }
    let metaclass = thread.type_of(object);
    let interned = thread.find_interned(name);
    let meta = interned.and_then(|name| metaclass.lookup(thread, name));
    let mut getter = None;
    if let Some(meta) = meta {
        let meta_class = thread.type_of(meta);
        getter = meta_class.slots().descr_get;
        if let Some(get) = getter
            && meta_class.slots().descr_set.is_some()
        {
            return get(thread, meta, Some(object), metaclass.value()).map(Some);
        }
    }
    if let Some(own) = interned.and_then(|name| class.lookup(thread, name)) {
        return match thread.type_of(own).slots().descr_get {
            Some(get) => get(thread, own, None, object).map(Some),
            None => Ok(Some(own)),
        };
    }
    match (meta, getter) {
        (Some(meta), Some(get)) => get(thread, meta, Some(object), metaclass.value()).map(Some),
        (meta, _) => Ok(meta),
    }
}

/// `type.__setattr__` and `type.__delattr__`.
pub fn type_setattr(thread: &Thread, object: Value, name: Value, value: Option<Value>) -> PyResult<()> {
    let Some(class) = object.as_type() else { return generic_setattr(thread, object, name, value) };
    if name.as_str().is_none() {
        return Err(bad_name(thread, name));
    }
    if !class.has_flag(flags::HEAP) {
        let (text, class_name) = (thread.to_text(name)?, class.name_str());
        return Err(
            thread.type_error(format_args!("cannot set '{text}' attribute of immutable type '{class_name}'"))
        );
    }
    let metaclass = thread.type_of(object);
    if let Some(meta) = thread.find_interned(name).and_then(|name| metaclass.lookup(thread, name))
        && let Some(set) = thread.type_of(meta).slots().descr_set
    {
        set(thread, meta, object, value)?;
        class.modified();
        return Ok(());
    }
    if class.set_attribute(thread, name, value)? { Ok(()) } else { Err(no_attribute(thread, object, name)) }
}

/// `object.__class__ = class`.
pub fn change_class(thread: &Thread, object: Value, class: Gc<TypeObject>) -> PyResult<()> {
    let old = thread.type_of(object);
    let module = |class: Gc<TypeObject>| class.layout().kind == kinds::MODULE;
    let mutable = old.has_flag(flags::HEAP) && class.has_flag(flags::HEAP) || module(old) && module(class);
    if !mutable {
        return Err(thread
            .type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    let same = old.layout() == class.layout()
        && old.fixed.get() == class.fixed.get()
        && old.has_flag(flags::DICT) == class.has_flag(flags::DICT)
        && fixed_names_agree(thread, old, class);
    if !same {
        let (new_name, old_name) = (class.name_str(), old.name_str());
        return Err(thread.type_error(format_args!(
            "__class__ assignment: '{new_name}' object layout differs from '{old_name}'"
        )));
    }
    let Some(header) = object.header() else { return Ok(()) };
    match thread.shapes.get(header.shape()) {
        None => header.set_shape(class.instance_shape()),
        Some(shape) => {
            // The storage keeps its size, so the new shape grows from a root with the old one's inline slots.
            let root = thread.shapes.root(class, shape.slots_offset, shape.inline, shape.fixed);
            let mut target = root;
            if shape.dict_mode {
                target = thread.shapes.get(root).map_or(root, |root| thread.shapes.in_dict_mode(root).id);
            } else {
                for name in shape.names() {
                    let next =
                        thread.shapes.get(target).and_then(|shape| thread.shapes.with_name(shape, name));
                    target = next.map_or(target, |shape| shape.id);
                }
            }
            header.set_shape(target);
        }
    }
    thread.heap.barrier(header);
    if class.slots().del.is_some() {
        thread.heap.register_finalizer(header);
    }
    Ok(())
}

/// Slots by number must mean the same names in both classes.
fn fixed_names_agree(thread: &Thread, a: Gc<TypeObject>, b: Gc<TypeObject>) -> bool {
    let members = |class: Gc<TypeObject>| {
        let mut found: Vec<(i64, Value)> = Vec::new();
        for class in class.mro_classes() {
            for entry in class.dict().iter() {
                if let Some(member) = entry.value.downcast::<crate::types::getset::Member>() {
                    found.push((member.slot.get().small_value(), member.name.get()));
                }
            }
        }
        found.sort_by_key(|&(slot, _)| slot);
        found
    };
    let _ = thread;
    a == b || members(a) == members(b)
}
