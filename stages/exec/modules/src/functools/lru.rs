//! The wrapper of `lru_cache`: a dict in order of use, from results by arguments.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, GetSetDef, MethodDef, TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::types::object::DICT_GETSET;
use dx_object::types::{dict, method};
use dx_object::value::Value;

use crate::wide::{self, Store, Wide};

// Fields: the function, the cache, the size (None without bound), whether types count, hits and misses as a list,
// and the class of the statistics.
const FUNCTION: usize = 0;
const CACHE: usize = 1;
const SIZE: usize = 2;
const TYPED: usize = 3;
const COUNTS: usize = 4;
const INFO: usize = 5;

pub(super) static WRAPPER: TypeSpec = TypeSpec {
    module: "functools",
    layout: wide::LAYOUT,
    flags: flags::BASE | flags::DICT | flags::WEAKREF | flags::METHOD,
    slots: Slots { new: Some(new), call: Some(call), descr_get: Some(bind), ..Slots::EMPTY },
    methods: &[
        MethodDef::new("cache_info", Arity::None, info),
        MethodDef::new("cache_clear", Arity::None, clear),
        MethodDef::new("__copy__", Arity::None, |_, args| Ok(args.positional()[0])),
        MethodDef::new("__deepcopy__", Arity::One, |_, args| Ok(args.positional()[0])),
        MethodDef::new("__reduce__", Arity::None, |thread, args| {
            thread.get_attr(args.positional()[0], thread.names().__qualname__)
        }),
    ],
    getset: &[GetSetDef::new("__dict__", DICT_GETSET.get, DICT_GETSET.set)],
    ..TypeSpec::new("_lru_cache_wrapper")
};

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "lru_cache",
        parameters: &["user_function", "maxsize", "typed", "cache_info_type"],
        positional_only: 0,
        positional: 4,
        required: 4,
    };
    let [function, size, typed, info] = SIGNATURE.bind(thread, args)?;
    if !thread.is_callable(function) {
        return Err(thread.type_error("the first argument must be callable"));
    }
    let size = match size {
        size if size.is_none() => size,
        size if size.as_int().is_some() => {
            thread.int(thread.index_isize(size, ids::OVERFLOW_ERROR)?.max(0) as i64)
        }
        _ => return Err(thread.type_error("maxsize should be integer or None")),
    };
    let typed = Value::bool(thread.truth(typed)?);
    let counts = thread.list(&[Value::ZERO, Value::ZERO])?;
    wide::make(thread, class, [function, dict::new(thread).value(), size, typed, counts, info])
}

/// The arguments as a key: a lone str or int itself, else a tuple of all, the marker between the two sorts.
fn key(thread: &Thread, this: Gc<Wide>, args: Args<'_>) -> PyResult<Value> {
    let typed = this.get(TYPED) == Value::TRUE;
    let given = args.positional();
    if !typed && !args.has_keywords() {
        return match given {
            &[only]
                if only.is_exact_int()
                    || only.header().is_some_and(|header| header.shape() == ids::STR.0) =>
            {
                Ok(only)
            }
            _ => thread.try_tuple(given),
        };
    }
    let mut words = RootVec::from_slice(thread, given);
    if args.has_keywords() {
        words.push(thread.spec_type(&WRAPPER, thread).value());
        for (name, value) in args.keywords() {
            words.push(name);
            words.push(value);
        }
    }
    if typed {
        for &value in args.all() {
            words.push(thread.type_of(value).value());
        }
    }
    thread.try_tuple(&words)
}

fn count(thread: &Thread, this: Gc<Wide>, which: usize) {
    if let Some(counts) = this.get(COUNTS).as_list() {
        let count = counts.get(which).and_then(Value::as_small).unwrap_or(0);
        counts.set(thread, which, Value::small(count + 1));
    }
}

fn call(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(this) = wide::of(value) else { return Ok(Value::NONE) };
    let (function, size) = (this.get(FUNCTION), this.get(SIZE));
    let Some(cache) = this.get(CACHE).as_dict() else { return Ok(Value::NONE) };
    if size == Value::ZERO {
        count(thread, this, 1);
        return thread.call_args(function, args);
    }
    let key = key(thread, this, args)?;
    let hash = thread.hash(key)?;
    if let Some(found) = cache.get_hashed(thread, key, hash)? {
        count(thread, this, 0);
        if !size.is_none()
            && cache.last_position().and_then(|at| cache.entry(at)).is_none_or(|last| last.key != key)
        {
            cache.remove(thread, key)?;
            cache.set_hashed(thread, key, hash, found)?;
        }
        return Ok(found);
    }
    count(thread, this, 1);
    let result = thread.call_args(function, args)?;
    // The call may have cleared the cache or stored the key itself.
    let Some(cache) = this.get(CACHE).as_dict() else { return Ok(result) };
    if let Some(size) = size.as_small()
        && cache.len() as i64 >= size
        && cache.get_hashed(thread, key, hash)?.is_none()
        && let Some((at, _)) = cache.next_entry(0)
    {
        cache.remove_entry(at);
    }
    cache.set_hashed(thread, key, hash, result)?;
    Ok(result)
}

fn bind(thread: &Thread, value: Value, object: Option<Value>, _: Value) -> PyResult<Value> {
    Ok(match object {
        Some(object) if !object.is_none() => method::new(thread, value, object).value(),
        _ => value,
    })
}

fn info(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let Some(this) = wide::of(args.positional()[0]) else { return Ok(Value::NONE) };
    let counts = this.get(COUNTS).as_list();
    let count = |which| counts.and_then(|counts| counts.get(which)).unwrap_or(Value::ZERO);
    let len = this.get(CACHE).as_dict().map_or(0, |cache| cache.len());
    thread.call(this.get(INFO), &[count(0), count(1), this.get(SIZE), thread.int_usize(len)])
}

fn clear(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    if let Some(this) = wide::of(args.positional()[0]) {
        let counts = thread.list(&[Value::ZERO, Value::ZERO])?;
        this.set(thread, COUNTS, counts);
        this.set(thread, CACHE, dict::new(thread).value());
    }
    Ok(Value::NONE)
}
