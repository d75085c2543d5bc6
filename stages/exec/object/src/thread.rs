//! The state of one thread of execution, passed as `&Thread` to everything; no thread-local storage.

mod stack;
mod words;

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::PyResult;
use crate::interpreter::Interpreter;
use crate::value::Value;

pub use stack::{NativeStack, RegisterStack};
pub use words::RootVec;

/// Bits of the poll word, read at function entry and loop back edges.
pub mod poll {
    /// Weak reference callbacks or finalisers wait.
    pub const FINALIZE: u32 = 1;
    /// A signal arrived.
    pub const SIGNAL: u32 = 1 << 1;
    /// Another thread wants the lock.
    pub const YIELD: u32 = 1 << 2;
    /// A live patch waits.
    pub const PATCH: u32 = 1 << 3;
    /// Tracing was switched on or off.
    pub const TRACE: u32 = 1 << 4;
}

/// One thread of an interpreter. Dereferences to the [`Interpreter`], whose methods are thereby the thread's.
pub struct Thread {
    interpreter: Rc<Interpreter>,
    /// Where the interpreter keeps its frames' windows.
    pub registers: RegisterStack,
    native: Cell<NativeStack>,
    /// Parts of other native stacks that are suspended below the running one.
    suspended: RefCell<Vec<(usize, usize)>>,
    exception: Cell<Value>,
    /// The exception being handled (`sys.exception()`), managed by the interpreter.
    pub handled: Cell<Value>,
    /// See [`poll`]; other threads and signal handlers set bits.
    pub poll: AtomicU32,
    /// The interpreter's innermost frame; opaque here.
    pub frame: Cell<*mut u8>,
    /// Values of the interpreter that are roots as long as the thread lives.
    pub extra_roots: RefCell<Vec<Value>>,
    /// Objects whose `repr` is under way.
    pub(crate) repr_stack: RefCell<Vec<u64>>,
}

impl Deref for Thread {
    type Target = Interpreter;

    #[inline(always)]
    fn deref(&self) -> &Interpreter {
        &self.interpreter
    }
}

impl Thread {
    /// A thread that runs on the calling native thread.
    pub fn new(interpreter: Rc<Interpreter>) -> Box<Thread> {
        let thread = Box::new(Thread {
            registers: RegisterStack::new(),
            native: Cell::new(NativeStack::current()),
            suspended: RefCell::default(),
            exception: Cell::new(Value::UNBOUND),
            handled: Cell::new(Value::NONE),
            poll: AtomicU32::new(0),
            frame: Cell::new(std::ptr::null_mut()),
            extra_roots: RefCell::default(),
            repr_stack: RefCell::default(),
            interpreter,
        });
        thread.interpreter.attach(&thread);
        thread
    }

    #[inline(always)]
    pub fn interpreter(&self) -> &Rc<Interpreter> {
        &self.interpreter
    }

    /// The exception being raised, or [`Value::UNBOUND`].
    #[inline(always)]
    pub fn exception(&self) -> Value {
        self.exception.get()
    }

    #[inline(always)]
    pub fn set_exception(&self, exception: Value) {
        self.exception.set(exception);
    }

    /// The exception being raised, which is cleared.
    #[inline(always)]
    pub fn take_exception(&self) -> Value {
        self.exception.replace(Value::UNBOUND)
    }

    /// RecursionError when little native stack is left.
    #[inline(always)]
    pub fn check_stack(&self) -> PyResult<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.native.get().limit {
            return Err(self.recursion_error("maximum recursion depth exceeded"));
        }
        Ok(())
    }

    /// Lowest address native frames may reach before [`Thread::check_stack`] refuses.
    pub fn native_stack(&self) -> NativeStack {
        self.native.get()
    }

    /// Runs `action`, which executes on another native stack of these bounds.
    pub fn on_stack<R>(&self, stack: NativeStack, action: impl FnOnce() -> R) -> R {
        let outer = self.native.replace(stack);
        self.suspended.borrow_mut().push((dx_heap::stack_pointer(), outer.high));
        let result = action();
        self.suspended.borrow_mut().pop();
        self.native.set(outer);
        result
    }

    pub fn request_poll(&self, bits: u32) {
        self.poll.fetch_or(bits, Ordering::Relaxed);
    }

    pub(crate) fn ranges(&self, lowest: usize, range: &mut dyn FnMut(usize, usize)) {
        let native = self.native.get();
        let low = if lowest >= native.low && lowest < native.high { lowest } else { native.low };
        range(low, native.high);
        for &(low, high) in self.suspended.borrow().iter() {
            range(low, high);
        }
        let (low, high) = self.registers.used();
        range(low, high);
    }

    pub(crate) fn roots(&self, root: &mut dyn FnMut(Value)) {
        root(self.exception.get());
        root(self.handled.get());
        self.extra_roots.borrow().iter().for_each(|&value| root(value));
    }

    /// Marks `value` as being repr'd; `None` when it already is (a cycle).
    pub fn enter_repr(&self, value: Value) -> Option<ReprGuard<'_>> {
        let mut stack = self.repr_stack.borrow_mut();
        if stack.contains(&value.word()) {
            return None;
        }
        stack.push(value.word());
        Some(ReprGuard(self))
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.interpreter.detach(self);
    }
}

/// Leaves the repr of a container on drop.
pub struct ReprGuard<'t>(&'t Thread);

impl Drop for ReprGuard<'_> {
    fn drop(&mut self) {
        self.0.repr_stack.borrow_mut().pop();
    }
}
