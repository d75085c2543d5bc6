//! Module `_thread`, as long as an interpreter has one thread: locks that can only be taken by it.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, MethodDef, TypeSpec, flags};
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::convert::real;
use crate::library::ModuleSpec;
use crate::record::{self, LAYOUT};

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[&[
        MethodDef::new("allocate_lock", Arity::None, |thread, _| allocate(thread)),
        MethodDef::new("allocate", Arity::None, |thread, _| allocate(thread)),
        MethodDef::new("get_ident", Arity::None, |thread, _| Ok(ident(thread))),
        MethodDef::new("_get_main_thread_ident", Arity::None, |thread, _| Ok(ident(thread))),
        MethodDef::new("get_native_id", Arity::None, |_, _| Ok(Value::small(i64::from(std::process::id())))),
        MethodDef::new("_count", Arity::None, |_, _| Ok(Value::ZERO)),
        MethodDef::new("_is_main_interpreter", Arity::None, |_, _| Ok(Value::TRUE)),
        MethodDef::new("daemon_threads_allowed", Arity::None, |_, _| Ok(Value::TRUE)),
        MethodDef::new("stack_size", Arity::Positional(0, 1), |_, _| Ok(Value::ZERO)),
        MethodDef::new("exit", Arity::None, |thread, _| Err(thread.raise_args(ids::SYSTEM_EXIT, &[]))),
    ]],
    types: &[&LOCK, &RLOCK],
    fill: Some(|thread, dict| {
        dict.set_text(thread, "LockType", thread.spec_type(&LOCK, thread).value())?;
        dict.set_text(thread, "error", thread.builtin_type(ids::RUNTIME_ERROR).value())?;
        dict.set_text(thread, "TIMEOUT_MAX", thread.float(TIMEOUT_MAX))
    }),
    ..ModuleSpec::new(
        "_thread",
        "This module provides primitive operations to write multi-threaded programs.",
    )
};

/// Seconds; nanoseconds have to fit 63 bits.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// `first` is whether it is taken.
static LOCK: TypeSpec = TypeSpec {
    module: "_thread",
    layout: LAYOUT,
    flags: flags::WEAKREF,
    slots: Slots { new: Some(new_lock), repr: Some(repr_lock), ..Slots::EMPTY },
    methods: &[
        MethodDef::new("acquire", Arity::Any, acquire_lock),
        MethodDef::new("acquire_lock", Arity::Any, acquire_lock),
        MethodDef::new("__enter__", Arity::None, acquire_lock),
        MethodDef::new("release", Arity::None, release_lock),
        MethodDef::new("release_lock", Arity::None, release_lock),
        MethodDef::new("__exit__", Arity::Any, release_lock),
        MethodDef::new("locked", Arity::None, |_, args| Ok(Value::bool(taken(args.positional()[0]) != 0))),
        MethodDef::new("locked_lock", Arity::None, |_, args| {
            Ok(Value::bool(taken(args.positional()[0]) != 0))
        }),
    ],
    ..TypeSpec::new("lock")
};

/// `first` is how often it is taken.
static RLOCK: TypeSpec = TypeSpec {
    module: "_thread",
    layout: LAYOUT,
    flags: flags::BASE | flags::WEAKREF,
    slots: Slots { new: Some(new_lock), repr: Some(repr_rlock), ..Slots::EMPTY },
    methods: &[
        MethodDef::new("acquire", Arity::Any, acquire_rlock),
        MethodDef::new("__enter__", Arity::None, acquire_rlock),
        MethodDef::new("release", Arity::None, release_rlock),
        MethodDef::new("__exit__", Arity::Any, release_rlock),
        MethodDef::new("locked", Arity::None, |_, args| Ok(Value::bool(taken(args.positional()[0]) != 0))),
        MethodDef::new("_is_owned", Arity::None, |_, args| Ok(Value::bool(taken(args.positional()[0]) != 0))),
        MethodDef::new("_recursion_count", Arity::None, |_, args| {
            Ok(Value::small(taken(args.positional()[0])))
        }),
    ],
    ..TypeSpec::new("RLock")
};

fn new_lock(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    args.expect(thread, "lock", 0, 0)?;
    record::make(thread, class, [Value::ZERO, Value::NONE, Value::NONE, Value::NONE])
}

fn allocate(thread: &Thread) -> PyResult<Value> {
    new_lock(thread, thread.spec_type(&LOCK, thread).value(), Args::NONE)
}

/// The address of the thread's state: never zero, and different for threads that live at the same time.
fn ident(thread: &Thread) -> Value {
    thread.int_usize(std::ptr::from_ref(thread) as usize)
}

fn taken(value: Value) -> i64 {
    record::of(value).and_then(|this| this.first.get().as_small()).unwrap_or(0)
}

fn set_taken(value: Value, count: i64) {
    if let Some(this) = record::of(value) {
        this.first.set(Value::small(count));
    }
}

/// Whether to wait, and for how long at most.
fn waiting(thread: &Thread, args: Args<'_>) -> PyResult<(bool, Option<f64>)> {
    static SIGNATURE: Signature = Signature {
        function: "acquire",
        parameters: &["blocking", "timeout"],
        positional_only: 0,
        positional: 2,
        required: 0,
    };
    let [blocking, timeout] = SIGNATURE.bind(thread, args.rest())?;
    let blocking = blocking.bound().map_or(Ok(true), |blocking| thread.truth(blocking))?;
    let timeout = timeout.bound().map_or(Ok(-1.0), |timeout| real(thread, timeout))?;
    if !blocking && timeout != -1.0 {
        return Err(thread.value_error("can't specify a timeout for a non-blocking call"));
    }
    if timeout < 0.0 && timeout != -1.0 {
        return Err(thread.value_error("timeout value must be a non-negative number"));
    }
    if timeout > TIMEOUT_MAX {
        return Err(thread.overflow_error("timeout value is too large"));
    }
    Ok((blocking, (timeout >= 0.0).then_some(timeout)))
}

fn acquire_lock(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (blocking, timeout) = waiting(thread, args)?;
    let value = args.positional()[0];
    if taken(value) == 0 {
        set_taken(value, 1);
        return Ok(Value::TRUE);
    }
    match (blocking, timeout) {
        (false, _) => Ok(Value::FALSE),
        (true, Some(seconds)) => {
            std::thread::sleep(std::time::Duration::from_secs_f64(seconds));
            Ok(Value::FALSE)
        }
        // Nobody else could ever release it.
        (true, None) => Err(thread.runtime_error("deadlock: the only thread waits for a lock that it holds")),
    }
}

fn release_lock(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    if taken(value) == 0 {
        return Err(thread.runtime_error("release unlocked lock"));
    }
    set_taken(value, 0);
    Ok(Value::NONE)
}

fn acquire_rlock(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    waiting(thread, args)?;
    let value = args.positional()[0];
    set_taken(value, taken(value) + 1);
    Ok(Value::TRUE)
}

fn release_rlock(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    if taken(value) == 0 {
        return Err(thread.runtime_error("cannot release un-acquired lock"));
    }
    set_taken(value, taken(value) - 1);
    Ok(Value::NONE)
}

fn repr_lock(thread: &Thread, value: Value) -> PyResult<Value> {
    let (state, address) = (if taken(value) == 0 { "unlocked" } else { "locked" }, value.word());
    Ok(thread.str_format(format_args!("<{state} _thread.lock object at {address:#x}>")))
}

fn repr_rlock(thread: &Thread, value: Value) -> PyResult<Value> {
    let (count, address) = (taken(value), value.word());
    let state = if count == 0 { "unlocked" } else { "locked" };
    let owner = if count == 0 { 0 } else { std::ptr::from_ref(thread) as usize };
    Ok(thread.str_format(format_args!(
        "<{state} _thread.RLock object owner={owner} count={count} at {address:#x}>"
    )))
}
