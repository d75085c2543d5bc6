//! Module `_sre`: the engine behind `re`, which parses and compiles patterns itself.

mod charset;
mod engine;
mod matches;
mod pattern;
mod program;
mod subject;
mod template;

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::convert::c_int;
use crate::library::ModuleSpec;

const MAGIC: i64 = 20_230_612;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[&[
        MethodDef::new("compile", Arity::Any, pattern::compile),
        MethodDef::new("template", Arity::Positional(2, 2), template::make),
        MethodDef::new("getcodesize", Arity::None, |_, _| Ok(Value::small(4))),
        MethodDef::new("ascii_iscased", Arity::One, |thread, args| {
            let c = point(thread, args)?;
            Ok(Value::bool(c < 128 && (c as u8).is_ascii_alphabetic()))
        }),
        MethodDef::new("unicode_iscased", Arity::One, |thread, args| {
            let c = point(thread, args)?;
            Ok(Value::bool(charset::lower(c) != c || charset::upper(c) != c))
        }),
        MethodDef::new("ascii_tolower", Arity::One, |thread, args| {
            point(thread, args).map(|c| Value::small(i64::from(charset::ascii_lower(c))))
        }),
        MethodDef::new("unicode_tolower", Arity::One, |thread, args| {
            point(thread, args).map(|c| Value::small(i64::from(charset::lower(c))))
        }),
    ]],
    types: &[&pattern::PATTERN, &matches::MATCH],
    fill: Some(|thread, dict| {
        dict.set_text(thread, "MAGIC", Value::small(MAGIC))?;
        dict.set_text(thread, "CODESIZE", Value::small(4))?;
        dict.set_text(thread, "MAXREPEAT", Value::small(i64::from(u32::MAX)))?;
        dict.set_text(thread, "MAXGROUPS", Value::small(i64::from(u32::MAX / 4)))
    }),
    ..ModuleSpec::new("_sre", "")
};

fn point(thread: &Thread, args: Args<'_>) -> PyResult<u32> {
    c_int(thread, args.positional()[0]).map(|c| c as u32)
}
