//! Module `_codecs`: the registry of codecs and error handlers, and the codecs that strings have themselves.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::types::module::ModuleObject;
use dx_object::types::{dict, text};
use dx_object::value::Value;

use crate::convert::{bytes_like, type_name};
use crate::library::ModuleSpec;

macro_rules! own {
    ($($encode:literal $decode:literal $name:literal),*) => {
        &[$(
            MethodDef::new($encode, Arity::Positional(1, 2), |thread, args| encode_as(thread, args, $name)),
            MethodDef::new($decode, Arity::Positional(1, 3), |thread, args| decode_as(thread, args, $name)),
        )*]
    };
}

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[
        own! {
            "utf_8_encode" "utf_8_decode" "utf-8", "ascii_encode" "ascii_decode" "ascii",
            "latin_1_encode" "latin_1_decode" "latin-1", "utf_16_encode" "utf_16_decode" "utf-16",
            "utf_32_encode" "utf_32_decode" "utf-32"
        },
        &[
            MethodDef::new("register", Arity::One, register),
            MethodDef::new("lookup", Arity::One, |thread, args| lookup(thread, args.positional()[0])),
            MethodDef::new("encode", Arity::Any, |thread, args| coded(thread, args, "encode", 0)),
            MethodDef::new("decode", Arity::Any, |thread, args| coded(thread, args, "decode", 1)),
            MethodDef::new("register_error", Arity::Positional(2, 2), register_error),
            MethodDef::new("lookup_error", Arity::One, lookup_error),
        ],
    ],
    fill: Some(|thread, module| {
        module.set_text(thread, "_search_functions", thread.list(&[])?)?;
        module.set_text(thread, "_found", dict::new(thread).value())?;
        let handlers = dict::new(thread);
        let name = thread.intern("_codecs");
        for def in HANDLERS {
            let function = dx_object::types::native::function(thread, def, name);
            handlers.set_text(thread, def.name.trim_end_matches("_errors"), function)?;
        }
        module.set_text(thread, "_error_handlers", handlers.value())
    }),
    ..ModuleSpec::new("_codecs", "")
};

static HANDLERS: &[MethodDef] = &[
    MethodDef::new("strict_errors", Arity::One, |thread, args| {
        let error = args.positional()[0];
        if error.as_exception().is_none() {
            return Err(thread.type_error("codec must pass exception instance"));
        }
        Err(thread.raise(error))
    }),
    MethodDef::new("ignore_errors", Arity::One, |thread, args| resume(thread, args.positional()[0], "")),
    MethodDef::new("replace_errors", Arity::One, |thread, args| {
        let error = args.positional()[0];
        let encoding = thread.type_of(error).is_subtype(thread.builtin_type(ids::UNICODE_ENCODE_ERROR));
        resume(thread, error, if encoding { "?" } else { "\u{fffd}" })
    }),
    MethodDef::new("xmlcharrefreplace_errors", Arity::One, |thread, args| {
        by_codec(thread, args.positional()[0], "xmlcharrefreplace")
    }),
    MethodDef::new("backslashreplace_errors", Arity::One, |thread, args| {
        by_codec(thread, args.positional()[0], "backslashreplace")
    }),
    MethodDef::new("namereplace_errors", Arity::One, |thread, args| {
        by_codec(thread, args.positional()[0], "namereplace")
    }),
];

/// The characters that cannot be encoded, as the ASCII codec writes them under this treatment of errors.
fn by_codec(thread: &Thread, error: Value, errors: &str) -> PyResult<Value> {
    if !thread.type_of(error).is_subtype(thread.builtin_type(ids::UNICODE_ENCODE_ERROR)) {
        let given = type_name(thread, error);
        return Err(thread.type_error(format_args!("don't know how to handle {given} in error callback")));
    }
    let names = thread.names();
    let (start, end) = (thread.get_attr(error, names.start)?, thread.get_attr(error, names.end)?);
    let object = thread.get_attr(error, names.object)?;
    let (Some(string), Some(from), Some(to)) = (object.as_str(), start.as_small(), end.as_small()) else {
        return Err(thread.type_error("object attribute must be str"));
    };
    let length = thread.len(object)? as i64;
    let (from, to) = (from.clamp(0, length), to.clamp(0, length));
    let piece = string.substring(thread, from as usize, to.max(from) as usize);
    let Some(piece) = piece.as_str() else { return Err(thread.type_error("object attribute must be str")) };
    let encoded = text::encode(thread, piece, "ascii", errors)?;
    let replacement = text::decode(thread, encoded.bytes_like().unwrap_or_default(), "ascii", "strict")?;
    thread.try_tuple(&[replacement, end])
}

/// What a handler answers: a replacement and where to go on.
fn resume(thread: &Thread, error: Value, replacement: &str) -> PyResult<Value> {
    let names = thread.names();
    if !thread.type_of(error).is_subtype(thread.builtin_type(ids::UNICODE_ERROR)) {
        let given = type_name(thread, error);
        return Err(thread.type_error(format_args!("don't know how to handle {given} in error callback")));
    }
    let end = thread.get_attr(error, names.end)?;
    let start = thread.get_attr(error, names.start)?;
    let count = end.as_small().unwrap_or(0) - start.as_small().unwrap_or(0);
    let text =
        if replacement == "?" { replacement.repeat(count.max(0) as usize) } else { replacement.to_owned() };
    thread.try_tuple(&[thread.str(&text), end])
}

/// A table of the module.
fn table(thread: &Thread, name: &str) -> PyResult<Value> {
    let module = thread.modules.get().as_dict().and_then(|modules| modules.get_text(thread, "_codecs"));
    let module = module.and_then(|module| module.downcast::<ModuleObject>());
    match module.and_then(|module| module.dict()?.get_text(thread, name)) {
        Some(table) => Ok(table),
        None => Err(thread.runtime_error("module _codecs is gone")),
    }
}

fn register(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let function = args.positional()[0];
    if !thread.is_callable(function) {
        return Err(thread.type_error("argument must be callable"));
    }
    if let Some(list) = table(thread, "_search_functions")?.as_list() {
        list.push(thread, function)?;
    }
    Ok(Value::NONE)
}

/// The codec of an encoding: a tuple of four, from the first search function that knows it.
fn lookup(thread: &Thread, encoding: Value) -> PyResult<Value> {
    if encoding.as_str().is_none() {
        let given = type_name(thread, encoding);
        return Err(thread.type_error(format_args!("lookup() argument must be str, not {given}")));
    }
    let given = thread.to_text(encoding)?;
    let name = thread.str(&given.to_lowercase().replace(' ', "_"));
    let found = table(thread, "_found")?;
    if let Some(known) = found.as_dict().map_or(Ok(None), |found| found.get(thread, name))? {
        return Ok(known);
    }
    let functions = table(thread, "_search_functions")?;
    if functions.as_list().is_some_and(|list| list.is_empty()) {
        (thread.hooks.import.get())(thread, Args::new(&[thread.intern("encodings")]))?;
    }
    for &function in thread.sequence(functions)?.iter() {
        let codec = thread.call(function, &[name])?;
        if codec.is_none() {
            continue;
        }
        if codec.tuple_items().is_none_or(|items| items.len() != 4) {
            return Err(thread.type_error("codec search functions must return 4-tuples"));
        }
        if let Some(found) = found.as_dict() {
            found.set(thread, name, codec)?;
        }
        return Ok(codec);
    }
    Err(thread.lookup_error(format_args!("unknown encoding: {given}")))
}

/// `encode(obj, encoding, errors)` and `decode`, by the codec's function at `which`.
fn coded(thread: &Thread, args: Args<'_>, function: &'static str, which: usize) -> PyResult<Value> {
    let signature = Signature {
        function,
        parameters: &["obj", "encoding", "errors"],
        positional_only: 0,
        positional: 3,
        required: 1,
    };
    let [object, encoding, errors] = signature.bind(thread, args)?;
    let codec = lookup(thread, encoding.bound().unwrap_or_else(|| thread.intern("utf-8")))?;
    let action = codec.tuple_items().and_then(|items| items.get(which).copied()).unwrap_or(Value::NONE);
    let result = match errors.bound() {
        Some(errors) => thread.call(action, &[object, errors])?,
        None => thread.call(action, &[object])?,
    };
    match result.tuple_items() {
        Some(&[result, _]) => Ok(result),
        _ => Err(thread.type_error(format_args!("{function}r must return a tuple (object, integer)"))),
    }
}

fn register_error(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (name, handler) = (args.positional()[0], args.positional()[1]);
    if !thread.is_callable(handler) {
        return Err(thread.type_error("handler must be callable"));
    }
    if let Some(handlers) = table(thread, "_error_handlers")?.as_dict() {
        handlers.set(thread, name, handler)?;
    }
    Ok(Value::NONE)
}

fn lookup_error(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let name = args.positional()[0];
    let handlers =
        match thread.modules.get().as_dict().and_then(|modules| modules.get_text(thread, "_codecs")) {
            Some(_) => table(thread, "_error_handlers")?,
            None => Value::NONE,
        };
    match handlers.as_dict().map_or(Ok(None), |handlers| handlers.get(thread, name))? {
        Some(handler) => Ok(handler),
        None => {
            let name = thread.to_text(name)?;
            Err(thread.lookup_error(format_args!("unknown error handler name '{name}'")))
        }
    }
}

/// How errors are treated: the argument, or strictly.
fn errors_of(thread: &Thread, args: Args<'_>) -> PyResult<String> {
    match args.get(1).filter(|errors| !errors.is_none()) {
        Some(errors) => thread.to_text(errors),
        None => Ok("strict".to_owned()),
    }
}

fn encode_as(thread: &Thread, args: Args<'_>, encoding: &str) -> PyResult<Value> {
    let value = args.positional()[0];
    let Some(string) = value.as_str() else {
        let given = type_name(thread, value);
        return Err(thread.type_error(format_args!("encoder argument 1 must be str, not {given}")));
    };
    let encoded = text::encode(thread, string, encoding, &errors_of(thread, args)?)?;
    thread.try_tuple(&[encoded, thread.int_usize(thread.len(value)?)])
}

fn decode_as(thread: &Thread, args: Args<'_>, encoding: &str) -> PyResult<Value> {
    let data = bytes_like(thread, args.positional()[0])?;
    let decoded = text::decode(thread, &data, encoding, &errors_of(thread, args)?)?;
    thread.try_tuple(&[decoded, thread.int_usize(data.len())])
}
