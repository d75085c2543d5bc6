//! `from module import ...`: attributes, submodules, stars.

use dx_object::error::{PyResult, Raised};
use dx_object::ids;
use dx_object::thread::{RootVec, Thread};
use dx_object::value::Value;

use super::{load, modules};
use crate::frame::{ThreadState, Window};
use crate::ops;

/// Imports those names of a `from` that are submodules of a package.
pub(super) fn load_submodules(
    thread: &Thread,
    module: Value,
    absolute: &str,
    fromlist: Value,
) -> PyResult<()> {
    let path = thread.get_attr(module, thread.names().__path__);
    if thread.catching(ids::ATTRIBUTE_ERROR, path)?.is_none() {
        return Ok(());
    }
    let mut names = RootVec::new(thread);
    names.extend_iterable(fromlist)?;
    for &name in names.iter() {
        if name.as_str().is_none() {
            let kind = thread.type_of(name).name_str();
            return Err(thread.type_error(format_args!("Item in ``from list'' must be str, not {kind}")));
        }
        if name.str_bytes() == Some(b"*") {
            let all = thread.get_attr(module, thread.intern("__all__"));
            if let Some(all) = thread.catching(ids::ATTRIBUTE_ERROR, all)? {
                let mut listed = RootVec::new(thread);
                listed.extend_iterable(all)?;
                for &name in listed.iter().filter(|name| name.as_str().is_some()) {
                    load_submodule(thread, module, absolute, name)?;
                }
            }
            continue;
        }
        load_submodule(thread, module, absolute, name)?;
    }
    Ok(())
}

fn load_submodule(thread: &Thread, module: Value, absolute: &str, name: Value) -> PyResult<()> {
    let there = thread.get_attr(module, name);
    if thread.catching(ids::ATTRIBUTE_ERROR, there)?.is_some() {
        return Ok(());
    }
    let full = format!("{absolute}.{}", crate::text(name));
    match load(thread, &full) {
        Ok(_) => Ok(()),
        Err(raised) => {
            // Only that there is no such module is no error: the name may be an attribute set later.
            if !thread.raised_is(ids::MODULE_NOT_FOUND_ERROR) {
                return Err(raised);
            }
            let exception = thread.take_exception();
            let missing = thread.get_attr(exception, thread.names().name)?;
            if missing.str_bytes() == Some(full.as_bytes()) {
                return Ok(());
            }
            Err(thread.raise(exception))
        }
    }
}

/// IMPORT_FROM.
pub fn import_from(thread: &Thread, module: Value, name: Value) -> PyResult<Value> {
    let found = thread.get_attr(module, name);
    if let Some(value) = thread.catching(ids::ATTRIBUTE_ERROR, found)? {
        return Ok(value);
    }
    let own = thread.get_attr(module, thread.names().__name__);
    let own = thread.catching(ids::ATTRIBUTE_ERROR, own)?.filter(|own| own.as_str().is_some());
    if let Some(own) = own {
        let full = format!("{}.{}", crate::text(own), crate::text(name));
        if let Some(submodule) = modules(thread)?.get_text(thread, &full) {
            return Ok(submodule);
        }
    }
    Err(cannot_import(thread, module, own, name))
}

#[cold]
fn cannot_import(thread: &Thread, module: Value, own: Option<Value>, name: Value) -> Raised {
    let module_name = own.map_or("<unknown module name>".to_owned(), crate::text);
    let file = thread.get_attr(module, thread.names().__file__);
    let file = match file {
        Ok(file) => file.as_str().map(|_| crate::text(file)),
        Err(_) => {
            thread.take_exception();
            None
        }
    };
    let initializing = ThreadState::of(thread).state.importing.borrow().contains(&module_name);
    let wanted = crate::text(name);
    let place = file.clone().unwrap_or_else(|| "unknown location".to_owned());
    let raised = if initializing && own.is_some() {
        thread.import_error(format_args!(
            "cannot import name '{wanted}' from partially initialized module '{module_name}' (most likely due to a \
             circular import) ({place})"
        ))
    } else {
        thread.import_error(format_args!("cannot import name '{wanted}' from '{module_name}' ({place})"))
    };
    let exception = thread.exception();
    let path = file.map_or(Value::NONE, |file| thread.str(&file));
    let parts = [("name", own.unwrap_or(Value::NONE)), ("path", path), ("name_from", name)];
    for (key, value) in parts {
        if thread.set_attr(exception, thread.intern(key), value).is_err() {
            thread.take_exception();
        }
    }
    thread.set_exception(exception);
    raised
}

/// IMPORT_STAR: public names into the frame's namespace.
pub fn import_star(thread: &Thread, regs: Window, module: Value) -> PyResult<()> {
    let all = thread.get_attr(module, thread.intern("__all__"));
    let all = thread.catching(ids::ATTRIBUTE_ERROR, all)?;
    let mut names = RootVec::new(thread);
    match all {
        Some(all) => names.extend_iterable(all)?,
        None => {
            let dict = thread.get_attr(module, thread.names().__dict__)?;
            names.extend_iterable(dict)?;
        }
    }
    for &name in names.iter() {
        if name.as_str().is_none() {
            let kind = thread.type_of(name).name_str();
            let (item, place) = match all {
                Some(_) => ("Item in", "__all__"),
                None => ("Key in", "__dict__"),
            };
            let own = thread.get_attr(module, thread.names().__name__)?;
            let own = crate::text_of(thread, own);
            return Err(thread.type_error(format_args!("{item} {own}.{place} must be str, not {kind}")));
        }
        if all.is_none() && name.str_bytes().is_some_and(|bytes| bytes.starts_with(b"_")) {
            continue;
        }
        let value = thread.get_attr(module, name)?;
        ops::names::store_name(thread, regs, name, value)?;
    }
    Ok(())
}
