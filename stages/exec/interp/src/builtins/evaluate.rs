//! `exec`, `eval` and `compile`.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_object::types::code::CodeObject;
use dx_object::value::Value;
use dx_schemas::code::flag;

use super::{running_globals, running_locals, source_signature};
use crate::code::object::code_from_value;
use crate::code::{Code, load_module};
use crate::frame::ThreadState;
use crate::import::run_code;
use crate::state::Mode;

fn compile_text(
    thread: &Thread,
    source: Value,
    filename: &str,
    mode: Mode,
    flags: u32,
) -> PyResult<&'static Code> {
    let text = match (source.str_bytes(), source.bytes_like()) {
        (Some(text), _) => text.to_vec(),
        (None, Some(bytes)) => bytes.to_vec(),
        (None, None) => {
            let what = if mode == Mode::Eval { "eval" } else { "exec" };
            return Err(
                thread.type_error(format_args!("{what}() arg 1 must be a string, bytes or code object"))
            );
        }
    };
    if text.contains(&0) {
        return Err(thread.syntax_error("source code string cannot contain null bytes"));
    }
    let Some(compile) = ThreadState::of(thread).state.compile.get() else {
        return Err(thread.runtime_error("no compiler is attached"));
    };
    let text = if mode == Mode::Eval { text.trim_ascii_start() } else { &text[..] };
    let input = compile(thread, text, filename, mode, flags)?;
    load_module(thread, input).code(thread, 0, 0)
}

/// The future features of the running Python code, which source compiled by it has too.
fn inherited_flags(thread: &Thread) -> u32 {
    let frame = ThreadState::of(thread).frames.current();
    frame.map_or(0, |frame| frame.code().flags & flag::FUTURE_ANNOTATIONS)
}

fn run(thread: &Thread, args: Args<'_>, mode: Mode) -> PyResult<Value> {
    let name = if mode == Mode::Eval { "eval" } else { "exec" };
    let signature: Signature = source_signature(name);
    let [source, globals, locals] = signature.bind::<3>(thread, args)?;
    let given = |value: Value| if value.is_unbound() { Value::NONE } else { value };
    let (mut globals, mut locals) = (given(globals), given(locals));
    if globals.is_none() {
        globals = running_globals(thread);
        if locals.is_none() {
            locals = running_locals(thread)?;
        }
    } else if globals.as_dict().is_none() {
        let kind = thread.type_of(globals).name_str();
        return Err(thread.type_error(format_args!("{name}() globals must be a dict, not {kind}")));
    }
    if locals.is_none() {
        locals = globals;
    }
    if let Some(dict) = globals.as_dict() {
        let builtins = thread.names().__builtins__;
        if dict.get_name(thread, builtins).is_none() {
            dict.set_name(thread, builtins, thread.builtins.get())?;
        }
    }
    let code = match source.downcast::<CodeObject>().and_then(|_| code_from_value(source)) {
        Some(code) => {
            if code.free_count > 0 {
                return Err(thread.type_error(format_args!(
                    "code object passed to {name}() may not contain free variables"
                )));
            }
            code
        }
        None => compile_text(thread, source, "<string>", mode, inherited_flags(thread))?,
    };
    run_code(thread, code, globals, locals)
}

pub(super) fn exec(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    run(thread, args, Mode::Exec)?;
    Ok(Value::NONE)
}

pub(super) fn eval(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    run(thread, args, Mode::Eval)
}

pub(super) fn compile(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    const SIGNATURE: Signature = Signature {
        function: "compile",
        parameters: &["source", "filename", "mode", "flags", "dont_inherit", "optimize", "_feature_version"],
        positional_only: 0,
        positional: 6,
        required: 3,
    };
    let [source, filename, mode, flags, dont_inherit, ..] = SIGNATURE.bind::<7>(thread, args)?;
    let mode = match mode.str_bytes() {
        Some(b"exec") => Mode::Exec,
        Some(b"eval") => Mode::Eval,
        Some(b"single") => Mode::Single,
        _ => return Err(thread.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    if source.downcast::<CodeObject>().is_some() {
        return Ok(source);
    }
    let filename = match (filename.str_bytes(), filename.bytes_like()) {
        (Some(text), _) | (None, Some(text)) => String::from_utf8_lossy(text).into_owned(),
        (None, None) => crate::text_of(thread, filename),
    };
    let mut flags = flags.as_small().unwrap_or(0) as u32;
    let inherits = dont_inherit.is_unbound() || !thread.truth(dont_inherit)?;
    if inherits {
        flags |= inherited_flags(thread);
    }
    let code = compile_text(thread, source, &filename, mode, flags)?;
    Ok(code.value.get())
}
