//! Where an exception goes: handlers by table, frames given up one by one, a traceback entry for each.
//!
//! Native code raises without knowing what is being handled, so the context of a new exception is set here, when it
//! first meets a frame.

use dx_object::error::Raised;
use dx_object::thread::Thread;
use dx_object::types::traceback::TracebackObject;
use dx_object::value::Value;

use crate::call::restore_top;
use crate::code::Code;
use crate::code::word::Pc;
use crate::exception;
use crate::frame::{Policy, ThreadState, Window};
use crate::generator;

/// How it ended.
pub enum Unwound {
    /// The innermost frame goes on at its handler.
    Handler,
    /// The exception leaves the loop.
    Exit(Raised),
}

/// Finds the handler of the thread's exception. `fresh` says that it was raised here, not passed on by a RERAISE.
#[cold]
#[inline(never)]
pub fn unwind(thread: &Thread, ts: &ThreadState, pc: Pc, mut fresh: bool) -> Unwound {
    let mut pc = pc;
    if fresh {
        exception::chain_context(thread, thread.exception());
    }
    loop {
        let frame = ts.frames.innermost();
        let code = frame.code();
        let offset = code.offset(pc.0).saturating_sub(1);
        let exception = thread.exception();
        if fresh {
            add_traceback(thread, exception, code, frame.registers, offset);
        }
        if let Some(handler) = handler_at(code, offset) {
            frame.registers.set(handler.register.into(), exception);
            frame.pc.set(code.entry().wrapping_add(handler.target as usize));
            thread.take_exception();
            // A call that failed while it was being made may have raised the top.
            restore_top(thread, ts);
            return Unwound::Handler;
        }
        if frame.generator {
            generator::failed(thread, frame);
        }
        let (policy, regs) = (frame.policy, frame.registers);
        ts.frames.pop();
        if policy == Policy::Entry {
            thread.registers.set_top(regs.base().wrapping_sub(2));
            return Unwound::Exit(thread.raised());
        }
        restore_top(thread, ts);
        pc = ts.frames.innermost().pc();
        fresh = true;
    }
}

/// Entries are sorted and do not overlap.
fn handler_at(code: &Code, offset: u32) -> Option<&dx_schemas::code::ExceptionEntry> {
    let after = code.handlers.partition_point(|handler| handler.start <= offset);
    code.handlers[..after].last().filter(|handler| offset < handler.end)
}

fn add_traceback(thread: &Thread, exception: Value, code: &Code, regs: Window, offset: u32) {
    let Some(object) = exception::object(exception) else { return };
    let entry = TracebackObject::make(
        thread,
        dx_object::ids::TRACEBACK.0,
        exception::or_none(object.traceback.get()),
        regs.function(),
        code.value.get(),
        Value::small(offset.into()),
        Value::UNBOUND,
    );
    object.store(thread, &object.traceback, entry.value());
}
