//! `object.__dir__`: the names of the instance, of its class and of the class's bases.

use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::thread::Thread;
use crate::types::dict::DictObject;
use crate::value::Value;

pub(super) fn dir(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let object = args.positional()[0];
    let names = thread.dict();
    if let Some(own) = thread.find_attr(object, thread.names().__dict__)?.and_then(Value::as_dict) {
        names.update(thread, &own)?;
    }
    if let Some(class) = thread.find_attr(object, thread.names().__class__)? {
        merge_class(thread, names, class)?;
    }
    let list = crate::types::list::new(thread);
    for entry in names.iter() {
        list.push(thread, entry.key)?;
    }
    Ok(list.value())
}

/// Adds the names of a class and of its bases, by `__dict__` and `__bases__` as anybody would see them.
pub(crate) fn merge_class(thread: &Thread, names: Gc<DictObject>, class: Value) -> PyResult<()> {
    thread.check_stack()?;
    if let Some(class) = class.as_type() {
        for class in class.mro_classes() {
            names.update(thread, &class.dict())?;
        }
        return Ok(());
    }
    if let Some(own) = thread.find_attr(class, thread.names().__dict__)?.and_then(Value::as_dict) {
        names.update(thread, &own)?;
    }
    if let Some(bases) = thread.find_attr(class, thread.names().__bases__)? {
        for &base in bases.tuple_items().unwrap_or_default() {
            merge_class(thread, names, base)?;
        }
    }
    Ok(())
}
