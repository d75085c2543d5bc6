//! Module `_string`: the parsers behind `string.Formatter`.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::{RootVec, Thread};
use dx_object::value::Value;

use crate::convert::type_name;
use crate::library::ModuleSpec;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[&[
        MethodDef::new("formatter_parser", Arity::One, parser),
        MethodDef::new("formatter_field_name_split", Arity::One, field_name_split),
    ]],
    ..ModuleSpec::new("_string", "string helper module")
};

fn text_of(thread: &Thread, args: Args<'_>) -> PyResult<String> {
    let value = args.positional()[0];
    if value.as_str().is_none() {
        let given = type_name(thread, value);
        return Err(thread.type_error(format_args!("expected str, got {given}")));
    }
    thread.to_text(value)
}

/// Cuts `text` into literals and fields: (literal, name, spec, conversion) each.
fn parser(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let text = text_of(thread, args)?;
    let mut parts = RootVec::new(thread);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let at = rest.find(['{', '}']).unwrap_or(rest.len());
        let (literal, tail) = rest.split_at(at);
        if tail.is_empty() {
            parts.push(thread.try_tuple(&[thread.str(literal), Value::NONE, Value::NONE, Value::NONE])?);
            break;
        }
        let brace = &tail[..1];
        let after = &tail[1..];
        if after.starts_with(brace) {
            // A doubled brace ends the literal with one brace.
            let literal = thread.str(&rest[..=at]);
            parts.push(thread.try_tuple(&[literal, Value::NONE, Value::NONE, Value::NONE])?);
            rest = &after[1..];
            continue;
        }
        if brace == "}" {
            return Err(thread.value_error("Single '}' encountered in format string"));
        }
        if after.is_empty() {
            return Err(thread.value_error("Single '{' encountered in format string"));
        }
        let mut depth = 1;
        let end = after.char_indices().find_map(|(at, c)| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            (depth == 0).then_some(at)
        });
        let Some(end) = end else {
            return Err(thread.value_error("expected '}' before end of string"));
        };
        parts.push(field(thread, literal, &after[..end])?);
        rest = &after[end + 1..];
    }
    thread.iter(thread.list(&parts)?)
}

/// `name!conversion:spec`.
fn field(thread: &Thread, literal: &str, field: &str) -> PyResult<Value> {
    let mut bracket = false;
    let end = field
        .char_indices()
        .find(|&(_, c)| {
            bracket = (bracket || c == '[') && c != ']';
            !bracket && (c == '!' || c == ':')
        })
        .map_or(field.len(), |(at, _)| at);
    let (name, tail) = field.split_at(end);
    if name.contains('{') {
        return Err(thread.value_error("unexpected '{' in field name"));
    }
    let (mut conversion, mut spec) = (Value::NONE, "");
    if let Some(tail) = tail.strip_prefix('!') {
        let mut chars = tail.chars();
        let Some(letter) = chars.next() else {
            return Err(thread.value_error("unmatched '{' in format spec"));
        };
        conversion = thread.str(letter.encode_utf8(&mut [0; 4]));
        match chars.next() {
            None => {}
            Some(':') => spec = chars.as_str(),
            Some(_) => return Err(thread.value_error("expected ':' after conversion specifier")),
        }
    } else if let Some(tail) = tail.strip_prefix(':') {
        spec = tail;
    }
    thread.try_tuple(&[thread.str(literal), thread.str(name), thread.str(spec), conversion])
}

/// An int when it is written as one.
fn key(thread: &Thread, text: &str) -> PyResult<Value> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(thread.str(text));
    }
    match text.parse::<i64>() {
        Ok(number) => Ok(thread.int(number)),
        Err(_) => Err(thread.value_error("Too many decimal digits in format string")),
    }
}

/// `a.b[c]` as `a` and an iterator of (is attribute, name).
fn field_name_split(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let text = text_of(thread, args)?;
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (first, mut rest) = text.split_at(end);
    let mut parts = RootVec::new(thread);
    while !rest.is_empty() {
        let (is_attribute, name) = if let Some(tail) = rest.strip_prefix('.') {
            let end = tail.find(['.', '[']).unwrap_or(tail.len());
            rest = &tail[end..];
            (true, &tail[..end])
        } else if let Some(tail) = rest.strip_prefix('[') {
            let Some(end) = tail.find(']') else {
                return Err(thread.value_error("Missing ']' in format string"));
            };
            rest = &tail[end + 1..];
            (false, &tail[..end])
        } else {
            return Err(thread.value_error("Only '.' or '[' may follow ']' in format field specifier"));
        };
        if name.is_empty() {
            return Err(thread.value_error("Empty attribute in format string"));
        }
        let name = if is_attribute { thread.str(name) } else { key(thread, name)? };
        parts.push(thread.try_tuple(&[Value::bool(is_attribute), name])?);
    }
    let parts = thread.iter(thread.list(&parts)?)?;
    thread.try_tuple(&[key(thread, first)?, parts])
}
