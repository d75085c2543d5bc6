//! Instances: allocation by their class's layout, attribute storage by shape.

use dx_heap::Header;

use crate::error::PyResult;
use crate::gc::Gc;
use crate::kinds;
use crate::shape::{Shape, SlotPlace};
use crate::spec::flags;
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::types::dict::{self, DictObject};
use crate::types::function::FunctionObject;
use crate::types::module::ModuleObject;
use crate::value::Value;

/// Most slots that lie in an instance; what goes beyond is overflow.
const INLINE_MAX: u32 = 32;

/// A new instance of the class, its builtin part zeroed. For builtin types of variable size it is the wrapper of
/// a subclass's instance, whose value [`wrap`] stores.
#[inline]
pub fn allocate(thread: &Thread, class: Gc<TypeObject>) -> Value {
    let layout = class.layout();
    let kind = if layout.wrapped { kinds::WRAPPED } else { layout.kind };
    let cell = thread.heap.alloc(class.instance_bytes(), Header::word(kind, class.instance_shape(), 0));
    let value = Value::from_cell(cell);
    if class.slots().del.is_some() {
        value.header().into_iter().for_each(|header| thread.heap.register_finalizer(header));
    }
    value
}

/// [`allocate`] for the class argument of a `__new__`.
pub fn allocate_checked(thread: &Thread, class: Value) -> PyResult<Value> {
    match class.downcast::<TypeObject>() {
        Some(class) => Ok(allocate(thread, class)),
        None => Err(thread.type_error("__new__(X): X is not a type object")),
    }
}

/// The value of type `class` around a builtin value: itself for the builtin type, a wrapper for a subclass.
pub fn wrap(thread: &Thread, class: Gc<TypeObject>, builtin: Value) -> Value {
    if class.flags() & flags::HEAP == 0 {
        return builtin;
    }
    let value = allocate(thread, class);
    // SAFETY: wrappers have the builtin value as their first word.
    unsafe { *value.cell().add(1).cast::<Value>() = builtin };
    value
}

impl Value {
    /// The builtin value inside an instance of a subclass of a builtin of variable size.
    #[inline]
    pub fn wrapped(self) -> Option<Value> {
        match self.header() {
            Some(header) if header.kind() == kinds::WRAPPED => {
                // SAFETY: wrappers have the builtin value as their first word.
                let word = unsafe { *self.cell().add(1).cast::<u64>() };
                if word == 0 { None } else { Some(Value::from_word(word)) }
            }
            _ => None,
        }
    }
}

fn shape(thread: &Thread, object: Value) -> Option<&Shape> {
    thread.shapes.get(object.header()?.shape())
}

/// Reads the word at a place; UNBOUND where nothing was stored.
#[inline(always)]
pub fn read(object: Value, place: SlotPlace) -> Value {
    // SAFETY: the place comes from the object's own shape.
    let word = unsafe {
        match place {
            SlotPlace::Inline(offset) => *object.cell().byte_add(offset as usize).cast::<u64>(),
            SlotPlace::Overflow(offset, index) => {
                let buffer = *object.cell().byte_add(offset as usize).cast::<*mut u64>();
                if buffer.is_null() { 0 } else { *buffer.add(1 + index as usize) }
            }
        }
    };
    if word == 0 { Value::UNBOUND } else { Value::from_word(word) }
}

/// Stores at a place that exists (a slot of the object's shape, in allocated storage).
#[inline(always)]
pub fn write(thread: &Thread, object: Value, place: SlotPlace, value: Value) {
    // SAFETY: the place comes from the object's own shape and its storage was made.
    unsafe {
        match place {
            SlotPlace::Inline(offset) => {
                *object.cell().byte_add(offset as usize).cast::<Value>() = value;
                thread.heap.barrier(&*object.cell());
            }
            SlotPlace::Overflow(offset, index) => {
                let buffer = *object.cell().byte_add(offset as usize).cast::<*mut u64>();
                *buffer.add(1 + index as usize) = value.word();
                thread.heap.barrier(&*buffer.cast::<Header>());
            }
        }
    }
}

/// Makes sure that the overflow buffer has a word at `index`.
fn ensure_overflow(thread: &Thread, object: Value, offset: u32, index: u32) {
    // SAFETY: the overflow word of the object's shape.
    unsafe {
        let at = object.cell().byte_add(offset as usize).cast::<*mut Header>();
        let old = *at;
        let old_words = if old.is_null() { 0 } else { thread.heap.bytes_of(old) / 8 - 1 };
        if (index as usize) < old_words {
            return;
        }
        let words = (old_words * 2).max(index as usize + 1).max(3);
        let buffer = thread.heap.alloc(8 + 8 * words, Header::word(kinds::WORDS, 0, 0));
        if old_words > 0 {
            old.add(1).cast::<u64>().copy_to_nonoverlapping(buffer.add(1).cast(), old_words);
        }
        *object.cell().byte_add(offset as usize).cast::<*mut Header>() = buffer;
        thread.heap.barrier(&*object.cell());
    }
}

fn write_growing(thread: &Thread, object: Value, place: SlotPlace, value: Value) {
    if let SlotPlace::Overflow(offset, index) = place {
        ensure_overflow(thread, object, offset, index);
    }
    write(thread, object, place, value);
}

/// The value of a `__slots__` slot.
pub fn fixed_slot(thread: &Thread, object: Value, slot: usize) -> Option<Value> {
    read(object, shape(thread, object)?.place(slot)).bound()
}

/// Stores into (UNBOUND: empties) a `__slots__` slot.
pub fn set_fixed_slot(thread: &Thread, object: Value, slot: usize, value: Value) {
    if let Some(shape) = shape(thread, object) {
        write_growing(thread, object, shape.place(slot), value);
    }
}

/// The attribute of the instance itself (no class lookup). `interned` is the interned form of the name, if any.
#[inline]
pub fn get(thread: &Thread, object: Value, name: Value, interned: Option<Value>) -> PyResult<Option<Value>> {
    let Some(header) = object.header() else { return Ok(None) };
    if let Some(shape) = thread.shapes.get(header.shape())
        && !shape.dict_mode
    {
        return Ok(interned
            .and_then(|name| shape.place_of(name))
            .and_then(|place| read(object, place).bound()));
    }
    match existing_dict(thread, object) {
        None => Ok(None),
        Some(dict) if dict.has_str_keys() => Ok(match interned {
            Some(name) => dict.get_name(thread, name),
            None => dict.get_name(thread, name),
        }),
        Some(dict) => dict.get(thread, name),
    }
}

/// The dict that holds the object's attributes, if it has one already.
fn existing_dict(thread: &Thread, object: Value) -> Option<Gc<DictObject>> {
    if let Some(shape) = shape(thread, object) {
        if !shape.dict_mode {
            return None;
        }
        // SAFETY: in dict mode the overflow word is a dict.
        let word = unsafe { *object.cell().byte_add(shape.slots_offset as usize).cast::<u64>() };
        return Value::from_word(word).as_dict();
    }
    match object.header()?.kind() {
        kinds::FUNCTION => object.downcast::<FunctionObject>()?.dict.get().as_dict(),
        kinds::MODULE => object.downcast::<ModuleObject>()?.dict(),
        kinds::TYPE => Some(object.downcast::<TypeObject>()?.dict()),
        _ => None,
    }
}

/// Whether the object has a `__dict__`.
pub fn has_dict(thread: &Thread, object: Value) -> bool {
    let Some(header) = object.header() else { return false };
    match header.kind() {
        kinds::FUNCTION | kinds::MODULE => true,
        kinds::TYPE => false,
        _ => thread.shapes.get(header.shape()).is_some() && thread.type_of(object).flags() & flags::DICT != 0,
    }
}

/// The object's `__dict__`, made now if need be: the instance's attributes move into it and stay there.
pub fn dict_of(thread: &Thread, object: Value) -> PyResult<Option<Gc<DictObject>>> {
    if let Some(dict) = existing_dict(thread, object) {
        return Ok(Some(dict));
    }
    if !has_dict(thread, object) {
        return Ok(None);
    }
    if let Some(module) = object.downcast::<ModuleObject>() {
        let dict = dict::new(thread);
        module.store(thread, &module.dict, dict.value());
        return Ok(Some(dict));
    }
    if let Some(function) = object.downcast::<FunctionObject>() {
        let dict = dict::new(thread);
        function.store(thread, &function.dict, dict.value());
        return Ok(Some(dict));
    }
    let Some(shape) = shape(thread, object) else { return Ok(None) };
    let dict = dict::new(thread);
    for index in 0..shape.count as usize {
        if let Some(value) = read(object, shape.place(shape.fixed as usize + index)).bound() {
            dict.set_name(thread, shape.name_at(index), value)?;
        }
    }
    set_dict(thread, object, dict)?;
    Ok(Some(dict))
}

/// Replaces the object's `__dict__`; what was in it is gone. The object has one.
pub fn set_dict(thread: &Thread, object: Value, dict: Gc<DictObject>) -> PyResult<()> {
    if let Some(function) = object.downcast::<FunctionObject>() {
        function.store(thread, &function.dict, dict.value());
        return Ok(());
    }
    if let Some(module) = object.downcast::<ModuleObject>() {
        module.store(thread, &module.dict, dict.value());
        return Ok(());
    }
    let Some(shape) = shape(thread, object) else { return Ok(()) };
    let target = thread.shapes.in_dict_mode(shape);
    // Fixed slots that lie in the overflow buffer have no place beside a dict, so classes get all of theirs inline.
    debug_assert!(shape.fixed <= shape.inline);
    for index in 0..shape.count as usize {
        if let place @ SlotPlace::Inline(_) = shape.place(shape.fixed as usize + index) {
            write(thread, object, place, Value::UNBOUND);
        }
    }
    // SAFETY: the overflow word of the object's shape.
    unsafe {
        *object.cell().byte_add(shape.slots_offset as usize).cast::<Value>() = dict.value();
        (*object.cell()).set_shape(target.id);
        thread.heap.barrier(&*object.cell());
    }
    Ok(())
}

/// Stores an attribute in the instance itself. `false` when it has no place for attributes.
#[inline]
pub fn set(thread: &Thread, object: Value, name: Value, value: Value) -> PyResult<bool> {
    let Some(header) = object.header() else { return Ok(false) };
    if let Some(shape) = thread.shapes.get(header.shape())
        && !shape.dict_mode
    {
        let Some(name) = name.as_str().map(|name| thread.intern_str(name)) else { return Ok(false) };
        if let Some(place) = shape.place_of(name) {
            write(thread, object, place, value);
            return Ok(true);
        }
        return add(thread, object, shape, name, value);
    }
    match dict_of(thread, object)? {
        Some(dict) => dict.set(thread, name, value).map(|()| true),
        None => Ok(false),
    }
}

/// Gives the instance a further attribute.
#[inline(never)]
fn add(thread: &Thread, object: Value, shape: &Shape, name: Value, value: Value) -> PyResult<bool> {
    let class = shape.class();
    if class.flags() & flags::DICT == 0 {
        return Ok(false);
    }
    let Some(next) = thread.shapes.with_name(shape, name) else {
        return match dict_of(thread, object)? {
            Some(dict) => dict.set_name(thread, name, value).map(|()| true),
            None => Ok(false),
        };
    };
    let slot = (next.fixed + next.count - 1) as usize;
    write_growing(thread, object, next.place(slot), value);
    if slot >= next.inline as usize {
        class.want_inline(thread, (slot as u32 + 1).min(INLINE_MAX));
    }
    if let Some(header) = object.header() {
        header.set_shape(next.id);
    }
    Ok(true)
}

/// Removes an attribute of the instance itself; says whether it was there.
pub fn delete(thread: &Thread, object: Value, name: Value) -> PyResult<bool> {
    let interned = thread.find_interned(name);
    if get(thread, object, name, interned)?.is_none() {
        return Ok(false);
    }
    match dict_of(thread, object)? {
        Some(dict) => Ok(dict.remove(thread, name)?.is_some()),
        None => Ok(false),
    }
}
