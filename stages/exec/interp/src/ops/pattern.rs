//! The `match` statement.

use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::spec::flags;
use dx_object::thread::{RootVec, Thread};
use dx_object::types::class::TypeObject;
use dx_object::types::dict::DictObject;
use dx_object::types::set;
use dx_object::value::Value;

use super::exactly;

pub fn is_sequence(thread: &Thread, value: Value) -> bool {
    thread.type_of(value).has_flag(flags::SEQUENCE)
}

pub fn is_mapping(thread: &Thread, value: Value) -> bool {
    thread.type_of(value).has_flag(flags::MAPPING)
}

/// MATCH_KEYS: the values of a mapping under the keys of a tuple, None if one is missing.
pub fn keys(thread: &Thread, subject: Value, keys: Value) -> PyResult<Value> {
    let keys = RootVec::from_slice(thread, keys.tuple_items().unwrap_or_default());
    let seen = set::new(thread, ids::SET);
    let mut values = RootVec::new(thread);
    let dict = exactly::<DictObject>(subject, ids::DICT);
    let get = match dict {
        Some(_) => Value::NONE,
        None if keys.is_empty() => Value::NONE,
        None => thread.get_attr(subject, thread.names().get)?,
    };
    // A value that no mapping holds: the default that says "missing".
    let missing = dx_object::types::cell::new(thread, Value::NONE).value();
    for &key in keys.iter() {
        if !seen.add(thread, key)? {
            let key = crate::repr_text(thread, key)?;
            return Err(thread.value_error(format_args!("mapping pattern checks duplicate key ({key})")));
        }
        let value = match dict {
            Some(dict) => dict.get(thread, key)?,
            None => Some(thread.call(get, &[key, missing])?).filter(|value| *value != missing),
        };
        match value {
            Some(value) => values.push(value),
            None => return Ok(Value::NONE),
        }
    }
    Ok(thread.tuple(&values))
}

/// MATCH_REST: the mapping as a dict, without the keys of a tuple.
pub fn rest(thread: &Thread, subject: Value, keys: Value) -> PyResult<Value> {
    let rest = thread.dict();
    super::build::dict_update(thread, rest.value(), subject)?;
    for &key in RootVec::from_slice(thread, keys.tuple_items().unwrap_or_default()).iter() {
        rest.remove(thread, key)?;
    }
    Ok(rest.value())
}

/// MATCH_CLASS: a tuple of attributes, None when the subject is no instance or lacks one.
pub fn class(thread: &Thread, parts: &[Value], positional: usize) -> PyResult<Value> {
    let (subject, pattern, names) = (parts[0], parts[1], parts[2]);
    let Some(class) = pattern.downcast::<TypeObject>() else {
        return Err(thread.type_error("called match pattern must be a class"));
    };
    if !thread.isinstance(subject, pattern)? {
        return Ok(Value::NONE);
    }
    let mut seen: Vec<String> = Vec::new();
    let mut found = RootVec::new(thread);
    if positional > 0 {
        let match_args = thread.get_attr(pattern, thread.names().__match_args__);
        let match_args = thread.catching(ids::ATTRIBUTE_ERROR, match_args)?;
        let whole = match_args.is_none() && class.has_flag(flags::MATCH_SELF);
        let allowed = match match_args {
            None if whole => 1,
            None => 0,
            Some(args) => match args.tuple_items() {
                Some(items) => items.len(),
                None => {
                    let kind = thread.type_of(args).name_str();
                    let class = class.name_str();
                    return Err(thread
                        .type_error(format_args!("{class}.__match_args__ must be a tuple (got {kind})")));
                }
            },
        };
        if allowed < positional {
            let plural = if allowed == 1 { "" } else { "s" };
            let class = class.name_str();
            return Err(thread.type_error(format_args!(
                "{class}() accepts {allowed} positional sub-pattern{plural} ({positional} given)"
            )));
        }
        if whole {
            found.push(subject);
        } else {
            let args = RootVec::from_slice(
                thread,
                match_args.unwrap_or(Value::NONE).tuple_items().unwrap_or_default(),
            );
            for &name in &args[..positional] {
                if name.as_str().is_none() {
                    let kind = thread.type_of(name).name_str();
                    return Err(thread
                        .type_error(format_args!("__match_args__ elements must be strings (got {kind})")));
                }
                match attribute(thread, class.name_str(), subject, name, &mut seen)? {
                    Some(value) => found.push(value),
                    None => return Ok(Value::NONE),
                }
            }
        }
    }
    for &name in RootVec::from_slice(thread, names.tuple_items().unwrap_or_default()).iter() {
        match attribute(thread, class.name_str(), subject, name, &mut seen)? {
            Some(value) => found.push(value),
            None => return Ok(Value::NONE),
        }
    }
    Ok(thread.tuple(&found))
}

fn attribute(
    thread: &Thread,
    class: impl std::fmt::Display,
    subject: Value,
    name: Value,
    seen: &mut Vec<String>,
) -> PyResult<Option<Value>> {
    let text = crate::text(name);
    if seen.contains(&text) {
        return Err(
            thread.type_error(format_args!("{class}() got multiple sub-patterns for attribute '{text}'"))
        );
    }
    seen.push(text);
    let value = thread.get_attr(subject, name);
    thread.catching(ids::ATTRIBUTE_ERROR, value)
}
