//! Code and frame objects as Python sees them.

use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::spec::{GetSetDef, MethodDef, TypeSpec};
use dx_object::thread::Thread;
use dx_object::types::code::CodeObject;
use dx_object::types::function::FunctionObject;
use dx_object::value::Value;
use dx_schemas::code::flag;

use super::Code;
use crate::exception::source;

/// Tag of an address that is no traced word.
const RAW: u64 = 4;

/// The word by which functions and code objects name their code.
pub fn entry_word(code: &'static Code) -> Value {
    Value::from_word(std::ptr::from_ref(code) as u64 | RAW)
}

fn from_entry(word: Value) -> Option<&'static Code> {
    let address = word.word();
    // SAFETY: only `entry_word` makes words with this tag, of code that lives as long as the interpreter.
    (address & 7 == RAW).then(|| unsafe { &*((address & !7) as *const Code) })
}

/// The code of a function.
#[inline(always)]
pub fn code_of(function: Gc<FunctionObject>) -> &'static Code {
    let word = function.entry.get().word();
    debug_assert!(word & 7 == RAW);
    // SAFETY: every function is made with its entry set, and assignments to `__code__` keep it so.
    unsafe { &*((word & !7) as *const Code) }
}

/// The code of a code object.
pub fn code_from_value(value: Value) -> Option<&'static Code> {
    from_entry(value.downcast::<CodeObject>()?.payload.get())
}

/// The code object of code.
pub fn make(thread: &Thread, code: &'static Code) -> Value {
    let path = code.fragment().module().path;
    let name = code.name;
    let line = Value::small(source::first_line(code).into());
    let object =
        CodeObject::make(thread, ids::CODE.0, entry_word(code), name, code.qualname, path, line, Value::NONE);
    object.value()
}

fn code(thread: &Thread, value: Value) -> PyResult<&'static Code> {
    code_from_value(value).ok_or_else(|| thread.type_error("descriptor requires a 'code' object"))
}

macro_rules! getters {
    ($($name:literal = |$thread:ident, $code:ident| $value:expr;)*) => {
        static GETSET: &[GetSetDef] = &[
            $(GetSetDef::new($name, |$thread, value| {
                let $code = code($thread, value)?;
                let _ = $code;
                Ok($value)
            }, None)),*
        ];
    };
}

getters! {
    "co_name" = |thread, code| code.name;
    "co_qualname" = |thread, code| code.qualname;
    "co_filename" = |thread, code| code.fragment().module().path;
    "co_firstlineno" = |thread, code| Value::small(source::first_line(code).into());
    "co_flags" = |thread, code| Value::small(i64::from(code.flags & 0x0fff_ffff & !flag::MODULE & !flag::CLASS));
    "co_argcount" = |thread, code| Value::small(code.positional_count as i64);
    "co_posonlyargcount" = |thread, code| Value::small(code.positional_only_count as i64);
    "co_kwonlyargcount" = |thread, code| Value::small(code.keyword_only_count as i64);
    "co_varnames" = |thread, code| thread.tuple(&code.varnames());
    "co_nlocals" = |thread, code| Value::small(code.varnames().len() as i64);
    "co_cellvars" = |thread, code| thread.tuple(&code.cellvars());
    "co_freevars" = |thread, code| thread.tuple(code.freevars());
    "co_names" = |thread, code| thread.tuple(&code.fragment().names);
    "co_consts" = |thread, code| thread.tuple(&consts(code));
    "co_stacksize" = |thread, code| Value::small(code.register_count as i64);
    "co_code" = |thread, code| thread.bytes(&bytes(code))?;
}

fn consts(code: &Code) -> Vec<Value> {
    let mut all = vec![code.docstring.unwrap_or(Value::NONE)];
    all.extend(code.fragment().constants.iter().filter(|value| Some(**value) != code.docstring));
    all.extend(code.children.iter().filter_map(|child| child.code.get()).map(|code| code.value.get()));
    all
}

fn bytes(code: &Code) -> Vec<u8> {
    code.fragment().view().map_or(Vec::new(), |view| view.object(code.index).instruction_bytes().to_vec())
}

fn positions(thread: &Thread, args: dx_object::args::Args<'_>) -> PyResult<Value> {
    let code = code(thread, args.get(0).unwrap_or(Value::NONE))?;
    let rows = thread.list(&[])?;
    let Some(list) = rows.as_list() else { return Ok(rows) };
    for offset in 0..code.words().len() as u32 {
        let row = match source::place(code, offset) {
            Some(place) => {
                [place.line, place.end_line, place.col, place.end_col].map(|n| Value::small(n.into()))
            }
            None => [Value::NONE; 4],
        };
        list.push(thread, thread.tuple(&row))?;
    }
    thread.iter(rows)
}

fn replace(thread: &Thread, args: dx_object::args::Args<'_>) -> PyResult<Value> {
    let value = args.get(0).unwrap_or(Value::NONE);
    let code = code(thread, value)?;
    // What names a code can be replaced; its instructions are what its fragment says.
    let mut copy = code.duplicate(thread)?;
    for (name, value) in args.keywords() {
        match crate::text(name).as_str() {
            "co_name" => copy.name = thread.keep(value),
            "co_qualname" => copy.qualname = thread.keep(value),
            "co_firstlineno" | "co_filename" | "co_consts" | "co_flags" | "co_names" | "co_varnames" => {}
            other => {
                return Err(
                    thread.type_error(format_args!("replace() got an unexpected keyword argument '{other}'"))
                );
            }
        }
    }
    let code = crate::frame::ThreadState::of(thread).state.keep_code(copy);
    code.value.set(thread.keep(make(thread, code)));
    Ok(code.value.get())
}

static METHODS: &[MethodDef] = &[
    MethodDef::new("co_positions", dx_object::spec::Arity::None, positions),
    MethodDef::new("replace", dx_object::spec::Arity::Any, replace),
];

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let code = code(thread, value)?;
    Ok(thread.str_format(format_args!(
        "<code object {} at {:#x}, file \"{}\", line {}>",
        crate::text(code.name),
        value.id(),
        code.fragment().module().input.path,
        source::first_line(code)
    )))
}

/// Added to the type `code`.
pub static EXTENSION: TypeSpec = TypeSpec {
    slots: dx_object::slots::Slots { repr: Some(repr), ..dx_object::slots::Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeSpec::new("code")
};
