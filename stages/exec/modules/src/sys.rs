//! Module `sys`.

use std::ffi::OsString;

use dx_interp::frame::ThreadState;
use dx_interp::frame_object;
use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::types::{module, native};
use dx_object::value::Value;

/// What the program around tells of itself.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Bytes that are no UTF-8 become single surrogates.
    pub argv: Vec<OsString>,
    pub path: Vec<String>,
    pub executable: String,
    /// Whether the process began with standard input, output and error; what was closed then is None.
    pub open_streams: [bool; 3],
}

static FUNCTIONS: &[MethodDef] =
    &[
        MethodDef::new("exit", Arity::Positional(0, 1), exit),
        MethodDef::new("getrecursionlimit", Arity::None, |thread, _| {
            Ok(thread.int_usize(ThreadState::of(thread).frames.limit()))
        }),
        MethodDef::new("setrecursionlimit", Arity::One, set_recursion_limit),
        MethodDef::new("_getframe", Arity::Positional(0, 1), getframe),
        MethodDef::new("exception", Arity::None, |thread, _| Ok(thread.handled.get())),
        MethodDef::new("exc_info", Arity::None, exc_info),
        MethodDef::new("intern", Arity::One, intern),
        MethodDef::new("getsizeof", Arity::Positional(1, 2), getsizeof),
        MethodDef::new("getrefcount", Arity::One, |_, _| Ok(Value::small(2))),
        MethodDef::new("getdefaultencoding", Arity::None, |thread, _| Ok(thread.intern("utf-8"))),
        MethodDef::new("getfilesystemencoding", Arity::None, |thread, _| Ok(thread.intern("utf-8"))),
        MethodDef::new("getfilesystemencodeerrors", Arity::None, |thread, _| {
            Ok(thread.intern("surrogateescape"))
        }),
        MethodDef::new("get_int_max_str_digits", Arity::None, |thread, _| {
            Ok(thread.int_usize(thread.max_int_digits()))
        }),
        MethodDef::new("set_int_max_str_digits", Arity::One, set_max_digits),
        MethodDef::new("is_finalizing", Arity::None, |_, _| Ok(Value::FALSE)),
        MethodDef::new("displayhook", Arity::One, displayhook),
        MethodDef::new("excepthook", Arity::Positional(3, 3), excepthook),
        MethodDef::new("audit", Arity::Any, |_, _| Ok(Value::NONE)),
    ];

/// Makes the module. It shares `sys.modules` with the interpreter.
pub fn make(thread: &Thread, settings: &Settings) -> PyResult<Value> {
    let module = module::new(thread, "sys", Value::NONE)?;
    let Some(dict) = module.dict() else { return Ok(module.value()) };
    let name = thread.intern("sys");
    for def in FUNCTIONS {
        let function = native::function(thread, def, name);
        dict.set_text(thread, def.name, function)?;
    }
    let texts = |texts: &[String]| -> PyResult<Value> {
        let list = thread.list(&[])?;
        for text in texts {
            if let Some(list) = list.as_list() {
                list.push(thread, thread.str(text))?;
            }
        }
        Ok(list)
    };
    let argv = thread.list(&[])?;
    for argument in &settings.argv {
        let bytes = argument.as_encoded_bytes();
        let text = dx_object::types::text::decode(thread, bytes, "utf-8", "surrogateescape")?;
        if let Some(argv) = argv.as_list() {
            argv.push(thread, text)?;
        }
    }
    dict.set_text(thread, "argv", argv)?;
    dict.set_text(thread, "path", texts(&settings.path)?)?;
    for empty in ["meta_path", "path_hooks", "warnoptions"] {
        dict.set_text(thread, empty, thread.list(&[])?)?;
    }
    dict.set_text(thread, "path_importer_cache", thread.dict().value())?;
    dict.set_text(thread, "modules", thread.modules.get())?;
    dict.set_text(thread, "executable", thread.str(&settings.executable))?;
    let constants = [
        ("platform", "linux"),
        ("byteorder", "little"),
        ("version", "3.14.0 (dx)"),
        ("copyright", ""),
        ("prefix", "/usr"),
        ("base_prefix", "/usr"),
        ("exec_prefix", "/usr"),
        ("base_exec_prefix", "/usr"),
        ("platlibdir", "lib"),
        ("float_repr_style", "short"),
    ];
    for (key, text) in constants {
        dict.set_text(thread, key, thread.str(text))?;
    }
    dict.set_text(thread, "maxsize", thread.int(i64::MAX))?;
    dict.set_text(thread, "maxunicode", Value::small(0x0010_ffff))?;
    dict.set_text(thread, "hash_info", crate::struct_sequence::hash_info(thread)?)?;
    dict.set_text(thread, "hexversion", Value::small(0x030e_00f0))?;
    dict.set_text(thread, "dont_write_bytecode", Value::TRUE)?;
    let version = [Value::small(3), Value::small(14), Value::ZERO, thread.str("final"), Value::ZERO];
    dict.set_text(thread, "version_info", thread.tuple(&version))?;
    let names: Vec<&str> = crate::NATIVE.iter().map(|(name, _)| *name).chain(["builtins", "sys"]).collect();
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let names = texts(&names)?;
    let names = names.as_list().map_or(Value::NONE, |list| thread.tuple(list.items()));
    dict.set_text(thread, "builtin_module_names", names)?;
    dict.set_text(thread, "flags", thread.tuple(&[Value::ZERO; 18]))?;
    dict.set_text(thread, "implementation", implementation(thread)?)?;
    for ((key, fd), is_open) in
        [("stdin", 0), ("stdout", 1), ("stderr", 2)].into_iter().zip(settings.open_streams)
    {
        let stream = if is_open { crate::io::standard_stream(thread, fd)? } else { Value::NONE };
        dict.set_text(thread, key, stream)?;
        dict.set_text(thread, &format!("__{key}__"), stream)?;
    }
    thread
        .modules
        .get()
        .as_dict()
        .map_or(Ok(()), |modules| modules.set_name(thread, name, module.value()))?;
    Ok(module.value())
}

fn implementation(thread: &Thread) -> PyResult<Value> {
    let made = module::new(thread, "dx", Value::NONE)?;
    if let Some(dict) = made.dict() {
        dict.set_text(thread, "name", thread.str("dx"))?;
        dict.set_text(thread, "cache_tag", Value::NONE)?;
    }
    Ok(made.value())
}

fn exit(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Err(thread.raise_args(dx_object::ids::SYSTEM_EXIT, args.positional()))
}

fn set_recursion_limit(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let limit = thread.index_isize(args.positional()[0], dx_object::ids::OVERFLOW_ERROR)?;
    let frames = &ThreadState::of(thread).frames;
    match usize::try_from(limit) {
        Ok(limit) if limit > frames.depth() => frames.set_limit(limit),
        Ok(limit) if limit > 0 => {
            return Err(thread.recursion_error(format_args!(
                "cannot set the recursion limit to {limit} at the recursion depth {}: the limit is too low",
                frames.depth()
            )));
        }
        _ => return Err(thread.value_error("recursion limit must be greater or equal than 1")),
    }
    Ok(Value::NONE)
}

fn getframe(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let level = match args.get(0) {
        Some(level) => thread.index_isize(level, dx_object::ids::OVERFLOW_ERROR)?.max(0),
        None => 0,
    };
    match frame_object::of_level(thread, level as usize)? {
        Some(frame) => Ok(frame),
        None => Err(thread.value_error("call stack is not deep enough")),
    }
}

fn exc_info(thread: &Thread, _: Args<'_>) -> PyResult<Value> {
    let handled = thread.handled.get();
    if handled.is_none() {
        return Ok(thread.tuple(&[Value::NONE; 3]));
    }
    let class = thread.type_of(handled).value();
    Ok(thread.tuple(&[class, handled, dx_interp::exception::traceback(handled)]))
}

fn intern(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let text = args.positional()[0];
    match text.as_str() {
        Some(string) => Ok(thread.intern_str(string)),
        None => {
            let kind = thread.type_of(text).name_str();
            Err(thread.type_error(format_args!("intern() argument must be str, not {kind}")))
        }
    }
}

fn getsizeof(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let object = args.positional()[0];
    match thread.call_special(object, thread.names().__sizeof__, &[])? {
        Some(size) => Ok(size),
        None => Ok(Value::small(16)),
    }
}

fn set_max_digits(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let digits = thread.index_isize(args.positional()[0], dx_object::ids::OVERFLOW_ERROR)?;
    if digits != 0 && digits < 640 {
        return Err(thread.value_error("maxdigits must be 0 or larger than 640"));
    }
    thread.set_max_int_digits(digits as usize);
    Ok(Value::NONE)
}

/// Shows the value of an interactive statement and binds it to `_`.
fn displayhook(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    if value.is_none() {
        return Ok(Value::NONE);
    }
    let text = thread.repr(value)?;
    let line = thread.str(&format!("{}\n", dx_interp::text(text)));
    write(thread, "stdout", line)?;
    if let Some(builtins) = thread.builtins.get().as_dict() {
        builtins.set_text(thread, "_", value)?;
    }
    Ok(Value::NONE)
}

fn excepthook(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let text = dx_interp::exception::print::render(thread, args.positional()[1]);
    let text = thread.str(&text);
    write(thread, "stderr", text)?;
    Ok(Value::NONE)
}

/// Writes to a stream of `sys`.
pub fn write(thread: &Thread, stream: &str, text: Value) -> PyResult<()> {
    if let Some(stream) = attribute(thread, stream).filter(|stream| !stream.is_none()) {
        let method = thread.get_attr(stream, thread.names().write)?;
        thread.call(method, &[text])?;
    }
    Ok(())
}

/// An attribute of module `sys`, if it is there.
pub fn attribute(thread: &Thread, name: &str) -> Option<Value> {
    let modules = thread.modules.get().as_dict()?;
    let sys = modules.get_text(thread, "sys")?;
    sys.downcast::<module::ModuleObject>()?.dict()?.get_text(thread, name)
}
