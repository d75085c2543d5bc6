//! Calls: Python functions become frames of the running loop, everything else is called natively.
//!
//! The caller built callee and arguments at the end of its window, so a frame begins where they lie. A bound method
//! or a class puts its function and receiver in front of the arguments, which move up by a word or two; nothing
//! above them is alive.

pub mod bind;
mod construct;
mod unpacked;

use dx_object::args::Args;
use dx_object::error::{PyResult, Raised};
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::thread::Thread;
use dx_object::types::function::FunctionObject;
use dx_object::types::method::MethodObject;
use dx_object::types::tuple::TupleObject;
use dx_object::value::Value;
use dx_schemas::code::flag;

pub use unpacked::{begin_ex, function_text};

use crate::code::{self, Code};
use crate::frame::{Policy, ThreadState, Window};
use crate::generator;
use crate::ops::exactly;
use crate::run::{self, Next};

/// How a call goes on.
pub enum Begun {
    /// It is done.
    Value(Value),
    /// A frame was pushed.
    Frame,
}

/// The code of a function.
#[inline(always)]
pub fn code_of(function: Gc<FunctionObject>) -> &'static Code {
    code::object::code_of(function)
}

/// Whether neither the recursion limit nor the end of the register stack is near.
#[inline(always)]
pub fn has_room(thread: &Thread, ts: &ThreadState, code: &Code) -> bool {
    // Arguments of calls that are yet to be built need a little more than the window.
    !ts.frames.is_full()
        && thread.registers.top().wrapping_add(code.register_count + 64) < thread.registers.limit()
}

/// Begins a frame over arguments that fit the parameters one by one.
#[inline(always)]
pub fn push_in_place(
    thread: &Thread,
    ts: &ThreadState,
    code: &Code,
    base: *mut Value,
    given: usize,
) -> Window {
    let regs = Window::new(base);
    regs.fill(given, code.named_count, Value::UNBOUND);
    ts.frames.push(code, regs, Policy::Plain, false);
    thread.registers.set_top(regs.at(code.register_count));
    regs
}

/// Ends a frame whose result goes to its caller's register.
#[inline(always)]
pub fn pop_plain(thread: &Thread, ts: &ThreadState, regs: Window, value: Value) {
    Window::new(regs.base().wrapping_sub(1)).set(0, value);
    ts.frames.pop();
    let caller = ts.frames.innermost();
    thread.registers.set_top(caller.registers.at(caller.code().register_count));
}

#[cold]
#[inline(never)]
pub fn no_room(thread: &Thread) -> Raised {
    thread.recursion_error("maximum recursion depth exceeded")
}

/// CALL: `at[0]` called with `count` arguments behind it, the last ones named by the tuple `names`.
#[inline(never)]
pub fn begin(
    thread: &Thread,
    ts: &ThreadState,
    at: *mut Value,
    count: usize,
    names: Value,
) -> PyResult<Begun> {
    let window = Window::new(at);
    let callee = window.get(0);
    let shape = callee.header().map_or(0, dx_heap::Header::shape);
    if shape == ids::FUNCTION.0 {
        return enter(thread, ts, Window::new(at.wrapping_add(1)), count, names, Policy::Plain);
    }
    if let Some(method) = exactly::<MethodObject>(callee, ids::METHOD) {
        if method.function.get().has_kind::<FunctionObject>() {
            shift(thread, at.wrapping_add(1), count, 1);
            window.set(0, method.function.get());
            window.set(1, method.instance.get());
            return enter(thread, ts, Window::new(at.wrapping_add(1)), count + 1, names, Policy::Plain);
        }
        // The receiver takes the callee's place, so that receiver and arguments are one run.
        window.set(0, method.instance.get());
        let function = method.function.get();
        return native(thread, function, window, count + 1, names);
    }
    if shape == ids::TYPE.0
        && let Some(begun) = construct::begin(thread, ts, at, count, names)?
    {
        return Ok(begun);
    }
    native(thread, callee, Window::new(at.wrapping_add(1)), count, names)
}

/// CALL_METHOD: `at[0]`, `at[1]` are function and receiver (or callee and unbound), arguments follow.
#[inline(never)]
pub fn begin_method(
    thread: &Thread,
    ts: &ThreadState,
    at: *mut Value,
    count: usize,
    names: Value,
) -> PyResult<Begun> {
    let window = Window::new(at);
    let callee = window.get(0);
    if window.get(1).is_unbound() {
        // An ordinary call: the arguments move down to the callee.
        for index in 1..=count {
            window.set(index, window.get(index + 1));
        }
        return begin(thread, ts, at, count, names);
    }
    if callee.header().is_some_and(|header| header.shape() == ids::FUNCTION.0) {
        return enter(thread, ts, Window::new(at.wrapping_add(1)), count + 1, names, Policy::Plain);
    }
    native(thread, callee, Window::new(at.wrapping_add(1)), count + 1, names)
}

fn native(thread: &Thread, callee: Value, args: Window, count: usize, names: Value) -> PyResult<Begun> {
    let args = args.slice(0, count);
    let args = if names.is_none() { Args::new(args) } else { Args::with_names(args, names) };
    thread.call_args(callee, args).map(Begun::Value)
}

/// Moves `count` words at `from` up by `by` words.
fn shift(thread: &Thread, from: *mut Value, count: usize, by: usize) {
    let end = from.wrapping_add(count + by);
    if end > thread.registers.top() {
        thread.registers.set_top(end);
    }
    // SAFETY: the words lie on the register stack, which has room beyond every window (see `has_room`).
    unsafe { from.copy_to(from.add(by), count) };
}

/// Begins the frame of the function at `regs[-1]` with the arguments in `regs`.
pub fn enter(
    thread: &Thread,
    ts: &ThreadState,
    regs: Window,
    count: usize,
    names: Value,
    policy: Policy,
) -> PyResult<Begun> {
    let function = crate::ops::names::function(regs);
    let code = code_of(function);
    if !has_room(thread, ts, code) || regs.at(count + code.register_count) >= thread.registers.limit() {
        return Err(no_room(thread));
    }
    let top = regs.at(code.register_count.max(count));
    if code.simple && names.is_none() && count <= code.positional_count {
        if count < code.positional_count && !bind::defaults_in_place(function, code, regs, count) {
            regs.fill(count, code.positional_count, Value::UNBOUND);
            return Err(bind::missing(thread, function, code, regs, count));
        }
    } else {
        let before = thread.registers.top();
        thread.registers.set_top(top.max(before));
        bind::bind(thread, function, code, regs, count, names)?;
    }
    regs.fill(code.parameter_count, code.named_count, Value::UNBOUND);
    ts.frames.push(code, regs, policy, false);
    thread.registers.set_top(regs.at(code.register_count));
    Ok(Begun::Frame)
}

/// Ends a frame that is not plain.
#[inline(never)]
pub(crate) fn finish(thread: &Thread, ts: &ThreadState, value: Value) -> PyResult<Next> {
    let frame = ts.frames.innermost();
    let regs = frame.registers;
    let policy = frame.policy;
    if frame.generator {
        generator::finished(thread, frame);
    }
    ts.frames.pop();
    match policy {
        Policy::Plain => {
            Window::new(regs.base().wrapping_sub(1)).set(0, value);
            restore_top(thread, ts);
        }
        Policy::Init => {
            restore_top(thread, ts);
            if !value.is_none() {
                let kind = thread.type_of(value).name_str();
                return Err(thread.type_error(format_args!("__init__() should return None, not '{kind}'")));
            }
        }
        Policy::Entry => {
            thread.registers.set_top(regs.base().wrapping_sub(2));
            return Ok(Next::Exit(value));
        }
        Policy::ForIter => {
            let caller = ts.frames.innermost();
            restore_top(thread, ts);
            let mut pc = caller.pc();
            let offset = pc.fetch().jump();
            pc.jump(offset);
            caller.pc.set(pc.0);
        }
        Policy::Delegate => {
            let caller = ts.frames.innermost();
            restore_top(thread, ts);
            caller.registers.set(caller.pc().last().a(), value);
        }
    }
    Ok(Next::Frame)
}

/// Makes the innermost frame's window the end of the register stack.
pub fn restore_top(thread: &Thread, ts: &ThreadState) {
    let caller = ts.frames.innermost();
    thread.registers.set_top(caller.registers.at(caller.code().register_count));
}

/// Calls a Python function from native code.
pub fn call_function(thread: &Thread, function: Value, args: Args<'_>) -> PyResult<Value> {
    let words = args.all();
    call_with_owner(thread, function, Value::NONE, words, args.names())
}

/// Runs a function's code once with a namespace (class and module bodies) or without.
pub fn call_with_owner(
    thread: &Thread,
    function: Value,
    owner: Value,
    words: &[Value],
    names: Value,
) -> PyResult<Value> {
    thread.check_stack()?;
    let ts = ThreadState::of(thread);
    let top = thread.registers.top();
    if top.wrapping_add(words.len() + 64) >= thread.registers.limit() {
        return Err(no_room(thread));
    }
    let regs = Window::new(top.wrapping_add(2));
    let before = Window::new(top);
    before.set(0, owner);
    before.set(1, function);
    for (index, &word) in words.iter().enumerate() {
        regs.set(index, word);
    }
    thread.registers.set_top(regs.at(words.len()));
    let code = code_of(crate::ops::names::function(regs));
    if owner.is_none() && code.has(flag::CLASS | flag::MODULE) {
        before.set(0, thread.dict().value());
    }
    if let Err(raised) = enter(thread, ts, regs, words.len(), names, Policy::Entry) {
        thread.registers.set_top(top);
        return Err(raised);
    }
    run::run(thread)
}

/// The names of a keyword tuple.
pub fn keyword_names(names: Value) -> &'static [Value] {
    match exactly::<TupleObject>(names, ids::TUPLE) {
        // SAFETY: the tuple is a constant of the running code or lies in the caller's window.
        Some(tuple) => unsafe { std::slice::from_raw_parts(tuple.items().as_ptr(), tuple.items().len()) },
        None => &[],
    }
}
