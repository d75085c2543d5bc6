//! Frames: a window on the thread's register stack, and a record beside it.
//!
//! ```text
//!   register stack                         record stack
//!   ... caller's registers ...             caller's record (pc saved here while it calls)
//!   [owner]     namespace or generator     callee's record
//!   function    <- registers[-1]
//!   registers[0] ... parameters, locals, cells, temporaries
//!                                          <- top of the register stack
//! ```
//! A plain Python-to-Python call finds function and arguments already in place at the end of the caller's window, so
//! it copies nothing; its result goes to `registers[-1]`. Everything that a frame refers to lies in its window, where
//! the collector looks; the record holds addresses only.

use std::cell::Cell;

use dx_heap::Reservation;
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::code::Code;
use crate::code::word::{Pc, Word};
use crate::seen::Seen;
use crate::state::State;

/// What happens to a frame's result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Policy {
    /// It goes to `registers[-1]`, which is a register of the caller.
    Plain,
    /// `__init__`: it must be None; the instance is `registers[-2]`, a register of the caller.
    Init,
    /// The loop ends with it and gives it to native code.
    Entry,
    /// A generator resumed by FOR_ITER of the caller.
    ForIter,
    /// A generator resumed by YIELD_FROM of the caller.
    Delegate,
}

/// The record of a frame.
#[repr(C)]
pub struct Frame {
    pub code: *const Code,
    pub registers: Window,
    /// Where it goes on, valid while it calls; otherwise the instruction of its last call.
    pub pc: Cell<*const Word>,
    pub policy: Policy,
    /// `registers[-2]` is the generator.
    pub generator: bool,
    /// The policy is `Plain`.
    pub plain: bool,
    /// The handled exception of the resumer, for generators.
    pub outer_handled: Cell<Value>,
}

impl Frame {
    #[inline(always)]
    pub fn code(&self) -> &'static Code {
        // SAFETY: code lives as long as the interpreter.
        unsafe { &*self.code }
    }

    #[inline(always)]
    pub fn pc(&self) -> Pc {
        Pc(self.pc.get())
    }

    /// Offset of the instruction that is under way.
    pub fn offset(&self) -> u32 {
        self.code().offset(self.pc.get()).saturating_sub(1)
    }
}

/// The registers of a frame. Indices come from verified code, which proves that they lie in the window.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Window(*mut Value);

impl Window {
    #[inline(always)]
    pub fn new(base: *mut Value) -> Window {
        Window(base)
    }

    #[inline(always)]
    pub fn base(self) -> *mut Value {
        self.0
    }

    #[inline(always)]
    pub fn at(self, index: usize) -> *mut Value {
        self.0.wrapping_add(index)
    }

    #[inline(always)]
    pub fn get(self, index: usize) -> Value {
        // SAFETY: verified code names registers of its own window only, which lies on the register stack.
        unsafe { *self.0.add(index) }
    }

    #[inline(always)]
    pub fn set(self, index: usize, value: Value) {
        // SAFETY: as in `get`.
        unsafe { *self.0.add(index) = value }
    }

    /// The running function.
    #[inline(always)]
    pub fn function(self) -> Value {
        // SAFETY: every frame is pushed with its function before its registers.
        unsafe { *self.0.sub(1) }
    }

    /// Namespace of a class or module body, generator of a generator's frame, instance of an `__init__`.
    #[inline(always)]
    pub fn owner(self) -> Value {
        // SAFETY: the frame kinds that have an owner are pushed with it.
        unsafe { *self.0.sub(2) }
    }

    /// A run of registers. Not to be held while Python code runs.
    #[inline(always)]
    pub fn slice<'a>(self, first: usize, count: usize) -> &'a [Value] {
        // SAFETY: as in `get`; the register stack outlives every frame.
        unsafe { std::slice::from_raw_parts(self.0.add(first), count) }
    }

    /// Sets registers `first..end` to `value`.
    #[inline(always)]
    pub fn fill(self, first: usize, end: usize, value: Value) {
        let mut index = first;
        while index < end {
            self.set(index, value);
            index += 1;
        }
    }
}

/// The frames of one thread.
pub struct Frames {
    memory: Reservation,
    /// Innermost record; at `base` there is a record of no frame.
    top: Cell<*mut Frame>,
    /// Records from here on are beyond the recursion limit.
    limit: Cell<*mut Frame>,
    depth_max: Cell<usize>,
}

/// Records that the reservation holds at most.
const RECORDS_MAX: usize = 1 << 23;
/// What error handling may use beyond the limit.
const HEADROOM: usize = 64;

impl Frames {
    fn new() -> Option<Frames> {
        let memory = Reservation::new(RECORDS_MAX * size_of::<Frame>(), 1 << 20, 4096)?;
        let frames = Frames {
            top: Cell::new(memory.base().cast()),
            limit: Cell::new(std::ptr::null_mut()),
            depth_max: Cell::new(0),
            memory,
        };
        frames.set_limit(1000);
        Some(frames)
    }

    pub fn limit(&self) -> usize {
        self.depth_max.get()
    }

    /// `sys.setrecursionlimit`.
    pub fn set_limit(&self, depth: usize) {
        let most = self.memory.bytes() / size_of::<Frame>() - HEADROOM - 2;
        self.depth_max.set(depth);
        self.limit.set(self.base().wrapping_add(depth.min(most) + 1));
    }

    fn base(&self) -> *mut Frame {
        self.memory.base().cast()
    }

    #[inline(always)]
    pub fn top(&self) -> *mut Frame {
        self.top.get()
    }

    #[inline(always)]
    pub fn depth(&self) -> usize {
        (self.top.get() as usize - self.base() as usize) / size_of::<Frame>()
    }

    /// The innermost frame, when there is one.
    #[inline(always)]
    pub fn innermost(&self) -> &Frame {
        debug_assert!(self.top.get() > self.base());
        // SAFETY: the loop runs only while it has a frame.
        unsafe { &*self.top.get() }
    }

    /// The innermost frame.
    pub fn current(&self) -> Option<&Frame> {
        // SAFETY: records above the base up to the top are initialised.
        (self.top.get() > self.base()).then(|| unsafe { &*self.top.get() })
    }

    /// The frame `level` calls out from the innermost one.
    pub fn outer(&self, level: usize) -> Option<&Frame> {
        // SAFETY: as in `current`.
        (level < self.depth()).then(|| unsafe { &*self.top.get().sub(level) })
    }

    /// Whether another frame would exceed the recursion limit.
    #[inline(always)]
    pub fn is_full(&self) -> bool {
        self.top.get().wrapping_add(1) >= self.limit.get()
    }

    /// Pushes a record. The caller has checked [`Frames::is_full`] and the register stack.
    #[inline(always)]
    pub fn push(&self, code: &Code, registers: Window, policy: Policy, generator: bool) -> *mut Frame {
        let record = self.top.get().wrapping_add(1);
        // SAFETY: the reservation reaches beyond the limit that was checked.
        unsafe {
            (&raw mut (*record).code).write(code);
            (&raw mut (*record).registers).write(registers);
            (&raw mut (*record).pc).write(Cell::new(code.entry()));
            (&raw mut (*record).policy).write(policy);
            (&raw mut (*record).generator).write(generator);
            (&raw mut (*record).plain).write(matches!(policy, Policy::Plain));
        }
        self.top.set(record);
        record
    }

    #[inline(always)]
    pub fn pop(&self) -> *mut Frame {
        let below = self.top.get().wrapping_sub(1);
        debug_assert!(below >= self.base());
        self.top.set(below);
        below
    }
}

/// The interpreter's part of a thread; the thread's opaque frame word points to it.
pub struct ThreadState {
    pub frames: Frames,
    pub state: std::rc::Rc<State>,
    /// The last entry of the loop ended with a yield, not a return.
    pub yielded: Cell<bool>,
    /// The frame that is about to run begins with the exception that is set in the thread (`throw`).
    pub throwing: Cell<bool>,
    /// Opcodes that ran, where the build notes them.
    pub seen: Seen,
}

impl ThreadState {
    pub fn attach(thread: &Thread, state: std::rc::Rc<State>) -> bool {
        let Some(frames) = Frames::new() else { return false };
        let this = ThreadState {
            frames,
            state,
            yielded: Cell::new(false),
            throwing: Cell::new(false),
            seen: Seen::default(),
        };
        thread.frame.set(Box::into_raw(Box::new(this)).cast());
        true
    }

    /// The state of a thread that was attached.
    #[inline(always)]
    pub fn of(thread: &Thread) -> &ThreadState {
        debug_assert!(!thread.frame.get().is_null());
        // SAFETY: set once in `attach`, never freed while the thread lives.
        unsafe { &*thread.frame.get().cast::<ThreadState>() }
    }
}
