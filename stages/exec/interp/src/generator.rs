//! Generators, coroutines and async generators: a suspended frame in a heap cell.
//!
//! While suspended the registers lie in the cell; a resume copies them to the end of the register stack and runs them
//! there, a yield copies them back, with one write barrier. The prologue of such code clears its whole window, so
//! every saved word is a value.

pub mod asyncgen;
pub mod awaitable;
pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, KindInfo, Marker};
use dx_object::error::PyResult;
use dx_object::gc::{Gc, Object};
use dx_object::hooks::{Resume, Resumed};
use dx_object::ids::{self, TypeId};
use dx_object::kinds::FIRST_FOREIGN;
use dx_object::thread::Thread;
use dx_object::value::Value;
use dx_schemas::code::flag;

use crate::call::{has_room, no_room, restore_top};
use crate::code::Code;
use crate::code::word::{Pc, Word};
use crate::frame::{Frame, Policy, ThreadState, Window};
use crate::run::{self, Next};

/// Kind of the cells.
pub const KIND: Kind = Kind(FIRST_FOREIGN);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Phase {
    Created,
    /// At a YIELD; what is sent goes to its register.
    Suspended,
    /// At a YIELD_FROM, which runs again.
    Delegating,
    Running,
    Finished,
}

#[repr(C)]
pub struct GeneratorObject {
    header: Header,
    pub function: Cell<Value>,
    pub name: Cell<Value>,
    pub qualname: Cell<Value>,
    /// The exception being handled inside, unbound if none.
    handled: Cell<Value>,
    code: Cell<*const Code>,
    pc: Cell<*const Word>,
    pub phase: Cell<Phase>,
    /// Async generators: hooks were called, `aclose` ran, `anext` runs.
    pub flags: Cell<u8>,
}

// SAFETY: `repr(C)`, header first, no drop; only this module makes cells of the kind.
unsafe impl Object for GeneratorObject {
    const KIND: Kind = KIND;
}

/// Tells the heap about the cells.
pub fn register(thread: &Thread) {
    thread.heap.set_kind(KIND, KindInfo::custom(trace));
    asyncgen::register(thread);
}

unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for generators only, whose registers follow the fixed part.
    unsafe {
        let object = &*cell.cast::<GeneratorObject>();
        for value in [&object.function, &object.name, &object.qualname, &object.handled] {
            marker.word(value.get().word());
        }
        if matches!(object.phase.get(), Phase::Created | Phase::Suspended | Phase::Delegating) {
            let count = (*object.code.get()).register_count;
            marker.words(cell.cast::<GeneratorObject>().add(1).cast(), count);
        }
    }
}

impl GeneratorObject {
    pub fn code(&self) -> &'static Code {
        // SAFETY: code lives as long as the interpreter.
        unsafe { &*self.code.get() }
    }

    /// Registers while suspended.
    fn saved(&self) -> Window {
        Window::new(std::ptr::from_ref(self).wrapping_add(1).cast::<Value>().cast_mut())
    }

    /// Offset of the instruction where it stands.
    pub fn offset(&self) -> u32 {
        let at = u32::from(self.phase.get() == Phase::Delegating);
        (self.code().offset(self.pc.get()) + at).saturating_sub(1)
    }

    /// The saved registers, while there are some.
    pub fn registers(&self) -> Option<Window> {
        let saved = matches!(self.phase.get(), Phase::Created | Phase::Suspended | Phase::Delegating);
        saved.then(|| self.saved())
    }

    /// What YIELD_FROM waits for.
    pub fn awaited(&self) -> Option<Value> {
        (self.phase.get() == Phase::Delegating).then(|| {
            // SAFETY: it stands at a YIELD_FROM.
            let word = unsafe { *self.pc.get() };
            self.saved().get(word.b())
        })
    }

    pub fn is_coroutine(&self) -> bool {
        self.code().has(flag::COROUTINE)
    }

    pub fn is_async(&self) -> bool {
        self.code().has(flag::ASYNC_GENERATOR)
    }

    /// How messages call it.
    pub fn noun(&self) -> &'static str {
        match (self.is_async(), self.is_coroutine()) {
            (true, _) => "async generator",
            (_, true) => "coroutine",
            _ => "generator",
        }
    }
}

/// RETURN_GENERATOR: the generator of a frame whose prologue has run.
pub fn make(thread: &Thread, frame: &Frame) -> Value {
    let code = frame.code();
    let class: TypeId = if code.has(flag::ASYNC_GENERATOR) {
        ids::ASYNC_GENERATOR
    } else if code.has(flag::COROUTINE) {
        ids::COROUTINE
    } else {
        ids::GENERATOR
    };
    let bytes = size_of::<GeneratorObject>() + 8 * code.register_count;
    let cell = thread.heap.alloc(bytes, Header::word(KIND, class.0, 0)).cast::<GeneratorObject>();
    // SAFETY: a new cell with room for the registers, nothing collects before it is filled.
    let object: Gc<GeneratorObject> = unsafe {
        (*cell).code.set(code);
        Gc::from_raw(cell)
    };
    let function = crate::ops::names::function(frame.registers);
    object.function.set(function.value());
    object.name.set(function.name.get());
    object.qualname.set(function.qualname.get());
    object.handled.set(Value::UNBOUND);
    object.pc.set(frame.pc.get());
    object.phase.set(Phase::Created);
    save(object, frame.registers);
    thread.heap.barrier(object.header());
    if class == ids::COROUTINE {
        awaitable::track(thread, object);
    }
    object.value()
}

fn save(object: Gc<GeneratorObject>, regs: Window) {
    let count = object.code().register_count;
    // SAFETY: both areas hold that many words and do not overlap.
    unsafe { regs.base().copy_to_nonoverlapping(object.saved().base(), count) };
}

/// The generator of a generator's frame.
pub fn of_frame(frame: &Frame) -> Gc<GeneratorObject> {
    debug_assert!(frame.generator);
    // SAFETY: frames flagged as generators are pushed with theirs as owner.
    unsafe { Gc::from_raw(frame.registers.owner().cell().cast()) }
}

pub fn object(value: Value) -> Option<Gc<GeneratorObject>> {
    value.downcast::<GeneratorObject>()
}

/// Whether the loop may enter it.
#[inline(always)]
pub fn can_enter(object: Gc<GeneratorObject>) -> bool {
    matches!(object.phase.get(), Phase::Created | Phase::Suspended | Phase::Delegating)
}

/// Pushes the frame of a suspended generator; what is sent is the result of its yield.
pub fn enter(
    thread: &Thread,
    ts: &ThreadState,
    generator: Value,
    sent: Value,
    policy: Policy,
) -> PyResult<()> {
    let Some(object) = object(generator) else { return Err(thread.type_error("not a generator")) };
    let code = object.code();
    if !has_room(thread, ts, code) {
        return Err(no_room(thread));
    }
    if object.phase.get() == Phase::Created && !sent.is_none() {
        return Err(
            thread.type_error(format_args!("can't send non-None value to a just-started {}", object.noun()))
        );
    }
    let top = thread.registers.top();
    let before = Window::new(top);
    before.set(0, generator);
    before.set(1, object.function.get());
    let regs = Window::new(top.wrapping_add(2));
    // SAFETY: the register stack has room (checked) and the cell holds that many words.
    unsafe { object.saved().base().copy_to_nonoverlapping(regs.base(), code.register_count) };
    thread.registers.set_top(regs.at(code.register_count));
    // A suspended one stands behind a YIELD, a delegating one at a YIELD_FROM.
    let pc = Pc(object.pc.get());
    match object.phase.get() {
        Phase::Suspended => regs.set(pc.last().a(), sent),
        Phase::Delegating => regs.set(pc.peek().a(), sent),
        _ => {}
    }
    ts.frames.push(code, regs, policy, true);
    let frame = ts.frames.innermost();
    frame.pc.set(object.pc.get());
    object.phase.set(Phase::Running);
    frame.outer_handled.set(thread.handled.get());
    if !object.handled.get().is_unbound() {
        thread.handled.set(object.handled.get());
    }
    Ok(())
}

/// YIELD: the innermost frame goes to sleep and its resumer gets `value`.
pub(crate) fn suspend(thread: &Thread, ts: &ThreadState, value: Value, mut phase: Phase) -> Next {
    loop {
        let frame = ts.frames.innermost();
        let object = of_frame(frame);
        save(object, frame.registers);
        object.pc.set(frame.pc.get());
        object.phase.set(phase);
        let (outer, handled) = (frame.outer_handled.get(), thread.handled.get());
        object.handled.set(if handled == outer { Value::UNBOUND } else { handled });
        thread.handled.set(outer);
        thread.heap.barrier(object.header());
        let (policy, regs) = (frame.policy, frame.registers);
        ts.frames.pop();
        if policy == Policy::Entry {
            thread.registers.set_top(regs.base().wrapping_sub(2));
            ts.yielded.set(true);
            return Next::Exit(value);
        }
        restore_top(thread, ts);
        let caller = ts.frames.innermost();
        let mut pc = caller.pc();
        if policy == Policy::ForIter {
            caller.registers.set(pc.last().a(), value);
            pc.skip();
            caller.pc.set(pc.0);
            return Next::Frame;
        }
        // The one that delegates sleeps at its YIELD_FROM and passes the value on.
        pc.jump(-1);
        caller.pc.set(pc.0);
        phase = Phase::Delegating;
    }
}

/// The innermost frame, a generator's, returns.
pub fn finished(thread: &Thread, frame: &Frame) {
    of_frame(frame).phase.set(Phase::Finished);
    thread.handled.set(frame.outer_handled.get());
}

/// The innermost frame, a generator's, is left by the thread's exception.
pub fn failed(thread: &Thread, frame: &Frame) {
    let object = of_frame(frame);
    object.phase.set(Phase::Finished);
    let stop = thread.raised_is(ids::STOP_ITERATION);
    if stop || object.is_async() && thread.raised_is(ids::STOP_ASYNC_ITERATION) {
        let cause = thread.take_exception();
        let name = if stop { "StopIteration" } else { "StopAsyncIteration" };
        let _ = thread.runtime_error(format_args!("{} raised {name}", object.noun()));
        crate::exception::set_cause_and_context(thread, thread.exception(), cause);
    }
    thread.handled.set(frame.outer_handled.get());
}

/// Resumes a generator from native code.
pub fn resume(thread: &Thread, generator: Value, how: Resume) -> PyResult<Resumed> {
    let ts = ThreadState::of(thread);
    let Some(object) = object(generator) else { return Err(thread.type_error("not a generator")) };
    match (object.phase.get(), how) {
        (Phase::Running, _) => {
            return Err(thread.value_error(format_args!("{} already executing", object.noun())));
        }
        (Phase::Finished, Resume::Send(_)) => {
            if object.is_coroutine() {
                return Err(thread.runtime_error("cannot reuse already awaited coroutine"));
            }
            return Ok(Resumed::Returned(Value::NONE));
        }
        (Phase::Finished, Resume::Throw(exception)) => {
            if object.is_coroutine() {
                return Err(thread.runtime_error("cannot reuse already awaited coroutine"));
            }
            return Err(thread.raise(exception));
        }
        (Phase::Delegating, Resume::Throw(exception)) => {
            match methods::throw_into_delegate(thread, object, exception)? {
                methods::Thrown::Yielded(value) => return Ok(Resumed::Yielded(value)),
                methods::Thrown::Returned(value) => {
                    // The delegate is done: go on behind the YIELD_FROM with its result.
                    let mut pc = Pc(object.pc.get());
                    pc.skip();
                    object.pc.set(pc.0);
                    object.phase.set(Phase::Suspended);
                    return run_entered(thread, ts, generator, Resume::Send(value));
                }
                methods::Thrown::Raise(exception) => {
                    let mut pc = Pc(object.pc.get());
                    pc.skip();
                    object.pc.set(pc.0);
                    object.phase.set(Phase::Suspended);
                    return run_entered(thread, ts, generator, Resume::Throw(exception));
                }
            }
        }
        _ => {}
    }
    run_entered(thread, ts, generator, how)
}

fn run_entered(thread: &Thread, ts: &ThreadState, generator: Value, how: Resume) -> PyResult<Resumed> {
    thread.check_stack()?;
    match how {
        Resume::Send(value) => enter(thread, ts, generator, value, Policy::Entry)?,
        Resume::Throw(exception) => {
            enter(thread, ts, generator, Value::NONE, Policy::Entry)?;
            thread.raise(exception);
            ts.throwing.set(true);
        }
    }
    ts.yielded.set(false);
    let value = run::run(thread)?;
    Ok(if ts.yielded.take() { Resumed::Yielded(value) } else { Resumed::Returned(value) })
}

/// What YIELD_FROM does next.
pub enum Delegated {
    /// A frame of the delegate was pushed.
    Frame,
    Yielded(Value),
    Returned(Value),
}

/// Sends into the iterator of a YIELD_FROM.
pub fn delegate(thread: &Thread, ts: &ThreadState, iterator: Value, sent: Value) -> PyResult<Delegated> {
    if let Some(object) = object(iterator)
        && can_enter(object)
        && !object.is_async()
    {
        enter(thread, ts, iterator, sent, Policy::Delegate)?;
        return Ok(Delegated::Frame);
    }
    Ok(match methods::send(thread, iterator, sent)? {
        Resumed::Yielded(value) => Delegated::Yielded(value),
        Resumed::Returned(value) => Delegated::Returned(value),
    })
}

/// What a YIELD gives to its resumer: values of async generators are wrapped, so that they differ from what an
/// `await` inside passes up.
pub fn wrap_yield(thread: &Thread, value: Value, code: usize) -> Value {
    if code == 1 { asyncgen::wrap(thread, value) } else { value }
}

/// GET_YIELD_FROM_ITER.
pub fn yield_from_iter(thread: &Thread, code: &Code, value: Value) -> PyResult<Value> {
    if let Some(object) = object(value) {
        if !object.is_coroutine() && !object.is_async() {
            return Ok(value);
        }
        if object.is_coroutine() {
            if code.has(flag::COROUTINE | flag::ASYNC_GENERATOR) {
                return Ok(value);
            }
            return Err(
                thread.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator")
            );
        }
    }
    thread.iter(value)
}
