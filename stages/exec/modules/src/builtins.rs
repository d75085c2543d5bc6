//! The builtin functions that need no frame and no code: `len`, `print`, `sorted`, `zip`, ….

mod attributes;
mod convert;
mod extremes;
mod iteration;
mod numbers;
mod print;
mod sequence;

use dx_object::error::PyResult;
use dx_object::spec::{Arity, MethodDef, TypeSpec};
use dx_object::thread::Thread;
use dx_object::types::native;
use dx_object::value::Value;

use crate::io;

pub(crate) use print::sys_attribute;

static FUNCTIONS: &[MethodDef] = &[
    MethodDef::new("abs", Arity::One, numbers::abs),
    MethodDef::new("divmod", Arity::Positional(2, 2), numbers::divmod),
    MethodDef::new("pow", Arity::Any, numbers::pow),
    MethodDef::new("round", Arity::Any, numbers::round),
    MethodDef::new("sum", Arity::Any, numbers::sum),
    MethodDef::new("min", Arity::Any, extremes::min),
    MethodDef::new("max", Arity::Any, extremes::max),
    MethodDef::new("len", Arity::One, sequence::len),
    MethodDef::new("sorted", Arity::Any, sequence::sorted),
    MethodDef::new("all", Arity::One, sequence::all),
    MethodDef::new("any", Arity::One, sequence::any),
    MethodDef::new("iter", Arity::Positional(1, 2), sequence::iter),
    MethodDef::new("repr", Arity::One, convert::repr),
    MethodDef::new("ascii", Arity::One, convert::ascii),
    MethodDef::new("format", Arity::Positional(1, 2), convert::format),
    MethodDef::new("chr", Arity::One, convert::chr),
    MethodDef::new("ord", Arity::One, convert::ord),
    MethodDef::new("bin", Arity::One, convert::bin),
    MethodDef::new("oct", Arity::One, convert::oct),
    MethodDef::new("hex", Arity::One, convert::hex),
    MethodDef::new("hash", Arity::One, convert::hash),
    MethodDef::new("id", Arity::One, convert::id),
    MethodDef::new("callable", Arity::One, attributes::callable),
    MethodDef::new("isinstance", Arity::Positional(2, 2), attributes::isinstance),
    MethodDef::new("issubclass", Arity::Positional(2, 2), attributes::issubclass),
    MethodDef::new("getattr", Arity::Positional(2, 3), attributes::getattr),
    MethodDef::new("setattr", Arity::Positional(3, 3), attributes::setattr),
    MethodDef::new("hasattr", Arity::Positional(2, 2), attributes::hasattr),
    MethodDef::new("delattr", Arity::Positional(2, 2), attributes::delattr),
    MethodDef::new("print", Arity::Any, print::print),
    MethodDef::new("input", Arity::Positional(0, 1), print::input),
    MethodDef::new("open", Arity::Any, io::open),
];

static TYPES: &[&TypeSpec] =
    &[&iteration::ENUMERATE, &iteration::ZIP, &iteration::MAP, &iteration::FILTER, &iteration::REVERSED];

/// Adds the functions and types of this folder to module `builtins`, which exists already.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    let Some(dict) = thread.builtins.get().as_dict() else {
        return Err(thread.system_error("module builtins is not there yet"));
    };
    let module = thread.intern("builtins");
    for def in FUNCTIONS {
        dict.set_text(thread, def.name, native::function(thread, def, module))?;
    }
    for spec in TYPES {
        dict.set_text(thread, spec.name, thread.spec_type(spec, thread).value())?;
    }
    Ok(())
}

/// The name of a value's type, as messages give it.
fn type_name(thread: &Thread, value: Value) -> String {
    thread.type_of(value).name_str()
}
