//! Binding arguments to parameters, with CPython's errors in CPython's order.

use dx_object::error::{PyResult, Raised};
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::thread::{RootVec, Thread};
use dx_object::types::dict::DictObject;
use dx_object::types::function::FunctionObject;
use dx_object::types::tuple::TupleObject;
use dx_object::value::Value;
use dx_schemas::code::flag;

use super::keyword_names;
use crate::code::Code;
use crate::frame::Window;
use crate::ops::exactly;

/// Fills the positional parameters from `given` on with defaults, if there are enough.
#[inline]
pub fn defaults_in_place(function: Gc<FunctionObject>, code: &Code, regs: Window, given: usize) -> bool {
    let Some(defaults) = exactly::<TupleObject>(function.defaults.get(), ids::TUPLE) else { return false };
    let defaults = defaults.items();
    let wanted = code.positional_count - given;
    if defaults.len() < wanted {
        return false;
    }
    let skip = defaults.len() - wanted;
    for (index, &value) in defaults[skip..].iter().enumerate() {
        regs.set(given + index, value);
    }
    true
}

/// Binds `count` words in `regs`, the last of which are named by `names`, in place.
pub fn bind(
    thread: &Thread,
    function: Gc<FunctionObject>,
    code: &Code,
    regs: Window,
    count: usize,
    names: Value,
) -> PyResult<()> {
    let keywords = keyword_names(names);
    let given = count - keywords.len();
    // The words move out of the way; the vector's buffer is a heap cell that this frame's stack keeps alive.
    let words = RootVec::from_slice(thread, regs.slice(0, count));
    regs.fill(0, code.parameter_count, Value::UNBOUND);
    let named = code.positional_count + code.keyword_only_count;
    let in_place = given.min(code.positional_count);
    for (index, &word) in words[..in_place].iter().enumerate() {
        regs.set(index, word);
    }
    let mut star = named;
    if code.has(flag::VARARGS) {
        let rest = thread.tuple(&words[in_place..given]);
        regs.set(star, rest);
        star += 1;
    }
    let extra = if code.has(flag::VARKEYWORDS) {
        let dict = thread.dict();
        regs.set(star, dict.value());
        Some(dict)
    } else {
        None
    };
    for (&name, &value) in keywords.iter().zip(&words[given..]) {
        bind_keyword(thread, function, code, regs, keywords, extra, name, value)?;
    }
    if given > code.positional_count && !code.has(flag::VARARGS) {
        return Err(too_many(thread, function, code, regs, given));
    }
    if given < code.positional_count {
        fill_defaults(thread, function, code, regs, given)?;
    }
    if code.keyword_only_count > 0 {
        fill_keyword_defaults(thread, function, code, regs)?;
    }
    Ok(())
}

fn bind_keyword(
    thread: &Thread,
    function: Gc<FunctionObject>,
    code: &Code,
    regs: Window,
    keywords: &[Value],
    extra: Option<Gc<DictObject>>,
    name: Value,
    value: Value,
) -> PyResult<()> {
    if name.as_str().is_none() {
        return Err(
            thread.type_error(format_args!("{}() keywords must be strings", called(thread, function)))
        );
    }
    let named = code.positional_count + code.keyword_only_count;
    let known = &code.register_names[..named];
    let name = thread.find_interned(name).unwrap_or(name);
    let found = (code.positional_only_count..named).find(|&index| known[index] == name);
    match found {
        Some(index) if regs.get(index).is_unbound() => {
            regs.set(index, value);
            Ok(())
        }
        Some(_) => Err(thread.type_error(format_args!(
            "{}() got multiple values for argument '{}'",
            called(thread, function),
            crate::text(name)
        ))),
        None => match extra {
            Some(dict) => {
                dict.set(thread, name, value)?;
                Ok(())
            }
            None => Err(unexpected(thread, function, code, keywords, name)),
        },
    }
}

#[cold]
fn unexpected(
    thread: &Thread,
    function: Gc<FunctionObject>,
    code: &Code,
    keywords: &[Value],
    name: Value,
) -> Raised {
    let callee = called(thread, function);
    let misused: Vec<String> = code.register_names[..code.positional_only_count]
        .iter()
        .filter(|known| keywords.iter().any(|given| crate::text(*given) == crate::text(**known)))
        .map(|known| crate::text(*known).to_string())
        .collect();
    if !misused.is_empty() {
        return thread.type_error(format_args!(
            "{callee}() got some positional-only arguments passed as keyword arguments: '{}'",
            misused.join(", ")
        ));
    }
    let named = code.positional_count + code.keyword_only_count;
    let known = code.register_names[code.positional_only_count..named].iter();
    let known: Vec<String> = known.map(|known| crate::text(*known).to_string()).collect();
    let name = crate::text(name).to_string();
    match crate::exception::suggest::closest(&name, known.iter().map(String::as_str)) {
        Some(close) => thread.type_error(format_args!(
            "{callee}() got an unexpected keyword argument '{name}'. Did you mean '{close}'?"
        )),
        None => thread.type_error(format_args!("{callee}() got an unexpected keyword argument '{name}'")),
    }
}

fn fill_defaults(
    thread: &Thread,
    function: Gc<FunctionObject>,
    code: &Code,
    regs: Window,
    given: usize,
) -> PyResult<()> {
    let defaults = exactly::<TupleObject>(function.defaults.get(), ids::TUPLE);
    let defaults = defaults.as_ref().map_or(&[][..], |tuple| tuple.items());
    let required = code.positional_count.saturating_sub(defaults.len());
    if (given..required).any(|index| regs.get(index).is_unbound()) {
        return Err(missing(thread, function, code, regs, given));
    }
    for index in given.max(required)..code.positional_count {
        if regs.get(index).is_unbound() {
            // There may be more defaults than parameters (`__defaults__` is assignable); the last ones count.
            let from_end = code.positional_count - index;
            regs.set(index, defaults[defaults.len() - from_end]);
        }
    }
    Ok(())
}

fn fill_keyword_defaults(
    thread: &Thread,
    function: Gc<FunctionObject>,
    code: &Code,
    regs: Window,
) -> PyResult<()> {
    let first = code.positional_count;
    let defaults = function.kwdefaults.get().as_dict();
    let mut absent = Vec::new();
    for index in first..first + code.keyword_only_count {
        if !regs.get(index).is_unbound() {
            continue;
        }
        let name = code.register_names[index];
        match defaults.and_then(|dict| dict.get_name(thread, name)) {
            Some(value) => regs.set(index, value),
            None => absent.push(crate::text(name).to_string()),
        }
    }
    if absent.is_empty() { Ok(()) } else { Err(missing_names(thread, function, "keyword-only", &absent)) }
}

/// "missing 2 required positional arguments: 'a' and 'b'": those before the defaults that are not bound.
#[cold]
pub fn missing(
    thread: &Thread,
    function: Gc<FunctionObject>,
    code: &Code,
    regs: Window,
    given: usize,
) -> Raised {
    let defaults =
        exactly::<TupleObject>(function.defaults.get(), ids::TUPLE).map_or(0, |tuple| tuple.items().len());
    let required = code.positional_count.saturating_sub(defaults);
    let absent: Vec<String> = (given..required)
        .filter(|&index| regs.get(index).is_unbound())
        .map(|index| crate::text(code.register_names[index]).to_string())
        .collect();
    missing_names(thread, function, "positional", &absent)
}

fn missing_names(thread: &Thread, function: Gc<FunctionObject>, kind: &str, names: &[String]) -> Raised {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let list = match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
    };
    let plural = if names.len() == 1 { "" } else { "s" };
    thread.type_error(format_args!(
        "{}() missing {} required {kind} argument{plural}: {list}",
        called(thread, function),
        names.len()
    ))
}

#[cold]
fn too_many(
    thread: &Thread,
    function: Gc<FunctionObject>,
    code: &Code,
    regs: Window,
    given: usize,
) -> Raised {
    let defaults =
        exactly::<TupleObject>(function.defaults.get(), ids::TUPLE).map_or(0, |tuple| tuple.items().len());
    let most = code.positional_count;
    let first = code.positional_count;
    let keyword_only =
        (first..first + code.keyword_only_count).filter(|&index| !regs.get(index).is_unbound()).count();
    let (plural, takes) = if defaults > 0 {
        (true, format!("from {} to {most}", most.saturating_sub(defaults)))
    } else {
        (most != 1, most.to_string())
    };
    let plural_given = if given == 1 { "" } else { "s" };
    let also = if keyword_only > 0 {
        let plural_keyword = if keyword_only == 1 { "" } else { "s" };
        format!(
            " positional argument{plural_given} (and {keyword_only} keyword-only argument{plural_keyword})"
        )
    } else {
        String::new()
    };
    let were = if given == 1 && keyword_only == 0 { "was" } else { "were" };
    let plural = if plural { "s" } else { "" };
    thread.type_error(format_args!(
        "{}() takes {takes} positional argument{plural} but {given}{also} {were} given",
        called(thread, function)
    ))
}

/// How messages name a function: its qualified name.
fn called(_: &Thread, function: Gc<FunctionObject>) -> String {
    crate::text(function.qualname.get()).to_string()
}
