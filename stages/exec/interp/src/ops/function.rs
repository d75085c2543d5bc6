//! Making functions.

use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::thread::Thread;
use dx_object::types::function::{self, FunctionObject, FunctionParts};
use dx_object::value::Value;
use dx_schemas::opcode::FunctionPart;

use crate::code::Code;
use crate::code::object::entry_word;
use crate::frame::Window;

/// MAKE_FUNCTION: the closure is made of this frame's cells.
pub fn make(thread: &Thread, code: &Code, regs: Window, child: usize) -> PyResult<Value> {
    let target = code.child(thread, child)?;
    let captures = &code.children[child].captures;
    let closure = if captures.is_empty() {
        Value::NONE
    } else {
        let mut cells = dx_object::thread::RootVec::new(thread);
        for &register in captures {
            cells.push(regs.get(register.into()));
        }
        thread.tuple(&cells)
    };
    let outer = super::names::function(regs);
    let globals = super::names::globals(regs);
    let module = globals.get_name(thread, thread.names().__name__).unwrap_or(Value::NONE);
    Ok(of_code(thread, target, globals.value(), outer.builtins.get(), closure, module))
}

/// A function of this code.
pub fn of_code(
    thread: &Thread,
    code: &'static Code,
    globals: Value,
    builtins: Value,
    closure: Value,
    module: Value,
) -> Value {
    let parts = FunctionParts {
        code: code.value.get(),
        globals,
        builtins,
        defaults: Value::NONE,
        kwdefaults: Value::NONE,
        closure,
        name: code.name,
        qualname: code.qualname,
        module,
        doc: code.docstring.unwrap_or(Value::NONE),
        annotate: Value::NONE,
    };
    let made = function::new(thread, parts);
    made.entry.set(entry_word(code));
    made.value()
}

/// SET_FUNCTION.
pub fn set(thread: &Thread, function: Value, part: usize, value: Value) -> PyResult<()> {
    let Some(function) = super::exactly::<FunctionObject>(function, ids::FUNCTION) else {
        return Err(thread.system_error("SET_FUNCTION without a function"));
    };
    match FunctionPart::from_code(part as u32) {
        Some(FunctionPart::Defaults) => function.store(thread, &function.defaults, value),
        Some(FunctionPart::KeywordDefaults) => function.store(thread, &function.kwdefaults, value),
        Some(FunctionPart::Annotate) => function.store(thread, &function.annotate, value),
        Some(FunctionPart::TypeParams) => function.store(thread, &function.type_params, value),
        Some(FunctionPart::Annotations) => {
            let dict = thread.dict();
            for pair in value.tuple_items().unwrap_or_default().chunks_exact(2) {
                dict.set(thread, pair[0], pair[1])?;
            }
            function.store(thread, &function.annotations, dict.value());
        }
        None => return Err(thread.system_error("no such part of a function")),
    }
    Ok(())
}

fn set_code(thread: &Thread, function: Value, code: Option<Value>) -> PyResult<()> {
    let Some(code) = code.and_then(crate::code::object::code_from_value) else {
        return Err(thread.type_error("__code__ must be set to a code object"));
    };
    let Some(function) = super::exactly::<FunctionObject>(function, ids::FUNCTION) else { return Ok(()) };
    let cells = function.closure.get().tuple_items().map_or(0, <[Value]>::len);
    if cells != code.free_count {
        let name = crate::text(function.name.get());
        return Err(thread.value_error(format_args!(
            "{name}() requires a code object with {cells} free vars, not {}",
            code.free_count
        )));
    }
    function.store(thread, &function.code, code.value.get());
    function.entry.set(entry_word(code));
    Ok(())
}

/// `__annotations__`: evaluated by `__annotate__` at the first look (PEP 649).
fn annotations(thread: &Thread, function: Value) -> PyResult<Value> {
    let Some(function) = function.downcast::<FunctionObject>() else { return Ok(Value::NONE) };
    if !function.annotations.get().is_unbound() && !function.annotations.get().is_none() {
        return Ok(function.annotations.get());
    }
    let annotate = function.annotate.get();
    let dict = if annotate.is_none() || annotate.is_unbound() {
        thread.dict().value()
    } else {
        // 1 is the format VALUE.
        let dict = thread.call(annotate, &[Value::ONE])?;
        if dict.as_dict().is_none() {
            let kind = thread.type_of(dict).name_str();
            return Err(thread.type_error(format_args!("__annotate__() must return a dict, not {kind}")));
        }
        dict
    };
    function.store(thread, &function.annotations, dict);
    Ok(dict)
}

fn set_annotations(thread: &Thread, function: Value, value: Option<Value>) -> PyResult<()> {
    let Some(function) = function.downcast::<FunctionObject>() else { return Ok(()) };
    let value = value.unwrap_or(Value::NONE);
    if !value.is_none() && value.as_dict().is_none() {
        return Err(thread.type_error("__annotations__ must be set to a dict object"));
    }
    let value = if value.is_none() { thread.dict().value() } else { value };
    function.store(thread, &function.annotations, value);
    function.store(thread, &function.annotate, Value::NONE);
    Ok(())
}

/// Added to the type `function`.
pub static EXTENSION: dx_object::TypeSpec = dx_object::TypeSpec {
    getset: &[
        dx_object::GetSetDef::new(
            "__code__",
            |_, function| Ok(function.downcast::<FunctionObject>().map_or(Value::NONE, |f| f.code.get())),
            Some(set_code),
        ),
        dx_object::GetSetDef::new("__annotations__", annotations, Some(set_annotations)),
        dx_object::GetSetDef::new(
            "__doc__",
            |_, function| Ok(function.downcast::<FunctionObject>().map_or(Value::NONE, |f| f.doc.get())),
            Some(|thread, function, doc| {
                if let Some(function) = function.downcast::<FunctionObject>() {
                    function.store(thread, &function.doc, doc.unwrap_or(Value::NONE));
                }
                Ok(())
            }),
        ),
    ],
    ..dx_object::TypeSpec::new("function")
};
