//! `f(*args, **kwargs)`: the arguments are spread over the register stack, then it is an ordinary call.

use dx_object::error::{PyResult, Raised};
use dx_object::ids;
use dx_object::thread::{RootVec, Thread};
use dx_object::types::dict::DictObject;
use dx_object::types::list::ListObject;
use dx_object::types::tuple::TupleObject;
use dx_object::value::Value;

use super::{Begun, begin, no_room};
use crate::frame::{ThreadState, Window};
use crate::ops::exactly;

/// CALL_EX: `at[0]` called with the iterable `at[1]` and, if `keywords`, the mapping `at[2]`.
#[inline(never)]
pub fn begin_ex(thread: &Thread, ts: &ThreadState, at: *mut Value, keywords: bool) -> PyResult<Begun> {
    let window = Window::new(at);
    let callee = window.get(0);
    let mut words = RootVec::new(thread);
    let positional = window.get(1);
    if let Some(tuple) = exactly::<TupleObject>(positional, ids::TUPLE) {
        words.extend(tuple.items());
    } else if let Some(list) = exactly::<ListObject>(positional, ids::LIST) {
        words.extend(list.items());
    } else {
        if !crate::ops::iter::is_iterable(thread, positional) {
            return Err(not_iterable(thread, callee, positional));
        }
        words.extend_iterable(positional)?;
    }
    let mut names = Value::NONE;
    if keywords {
        let mapping = window.get(2);
        let dict = match exactly::<DictObject>(mapping, ids::DICT) {
            Some(dict) => dict,
            None => {
                let dict = thread.dict();
                crate::ops::build::dict_merge(thread, dict.value(), mapping, callee)?;
                dict
            }
        };
        let mut keys = RootVec::new(thread);
        for entry in dict.iter() {
            if entry.key.as_str().is_none() {
                return Err(thread.type_error("keywords must be strings"));
            }
            keys.push(entry.key);
            words.push(entry.value);
        }
        if !keys.is_empty() {
            names = thread.tuple(&keys);
        }
    }
    if at.wrapping_add(words.len() + 64) >= thread.registers.limit() {
        return Err(no_room(thread));
    }
    let end = window.at(1 + words.len() + 1);
    // The tuple of names lies behind the arguments, where the collector sees it while they are bound.
    for (index, &word) in words.iter().enumerate() {
        window.set(1 + index, word);
    }
    window.set(1 + words.len(), names);
    if end > thread.registers.top() {
        thread.registers.set_top(end);
    }
    begin(thread, ts, at, words.len(), names)
}

#[cold]
fn not_iterable(thread: &Thread, callee: Value, value: Value) -> Raised {
    let kind = thread.type_of(value).name_str();
    let callee = function_text(thread, callee);
    thread.type_error(format_args!("{callee} argument after * must be an iterable, not {kind}"))
}

/// How messages name a callee: `module.qualname()`, without the module for builtins.
pub fn function_text(thread: &Thread, callee: Value) -> String {
    let text = |name: Value| {
        let value = thread.get_attr(callee, name);
        match value {
            Ok(value) => value.as_str().map(|_| crate::text(value).to_string()),
            Err(_) => {
                thread.take_exception();
                None
            }
        }
    };
    match (text(thread.names().__qualname__), text(thread.names().__module__)) {
        (Some(qualname), Some(module)) if module != "builtins" => format!("{module}.{qualname}()"),
        (Some(qualname), _) => format!("{qualname}()"),
        (None, _) => thread.type_of(callee).name_str().to_string() + " object",
    }
}
