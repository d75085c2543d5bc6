//! The register stack and the bounds of native stacks.

use std::cell::Cell;

use dx_heap::Reservation;

use crate::value::Value;

/// Address space for registers: `setrecursionlimit(10**6)` with windows of ordinary size fits.
const REGISTER_BYTES: usize = 1 << 31;
/// Native stack that builtin code may use after the check at a call succeeded.
const RESERVE_BYTES: usize = 256 << 10;

/// One large reservation of values whose addresses never move. Everything below `top` is scanned
/// (conservatively, so that frames may keep raw words among their registers).
pub struct RegisterStack {
    memory: Reservation,
    top: Cell<*mut Value>,
}

impl RegisterStack {
    pub(crate) fn new() -> RegisterStack {
        let Some(memory) = Reservation::new(REGISTER_BYTES, 1 << 20, 4096) else {
            eprintln!("fatal: no address space for the register stack");
            std::process::abort();
        };
        RegisterStack { top: Cell::new(memory.base().cast()), memory }
    }

    #[inline(always)]
    pub fn base(&self) -> *mut Value {
        self.memory.base().cast()
    }

    /// First word that is not in use.
    #[inline(always)]
    pub fn top(&self) -> *mut Value {
        self.top.get()
    }

    #[inline(always)]
    pub fn set_top(&self, top: *mut Value) {
        debug_assert!(top >= self.base() && top <= self.limit());
        self.top.set(top);
    }

    /// End of the reservation.
    #[inline(always)]
    pub fn limit(&self) -> *mut Value {
        self.base().wrapping_byte_add(self.memory.bytes())
    }

    pub(crate) fn used(&self) -> (usize, usize) {
        (self.base() as usize, self.top.get() as usize)
    }
}

/// Bounds of a native stack.
#[derive(Clone, Copy, Debug)]
pub struct NativeStack {
    /// Lowest mapped address.
    pub low: usize,
    /// One past the highest address.
    pub high: usize,
    /// Below this address no new call is begun.
    pub limit: usize,
}

impl NativeStack {
    pub fn new(low: usize, high: usize) -> NativeStack {
        let reserve = RESERVE_BYTES.min((high - low) / 4);
        NativeStack { low, high, limit: low + reserve }
    }

    /// The calling thread's own stack.
    pub fn current() -> NativeStack {
        // SAFETY: the attribute object is initialised by the first call and destroyed after its last use.
        unsafe {
            let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
            let mut low = std::ptr::null_mut();
            let mut bytes = 0;
            if libc::pthread_getattr_np(libc::pthread_self(), &raw mut attributes) == 0 {
                libc::pthread_attr_getstack(&raw const attributes, &raw mut low, &raw mut bytes);
                libc::pthread_attr_destroy(&raw mut attributes);
                return NativeStack::new(low as usize, low as usize + bytes);
            }
        }
        let here = dx_heap::stack_pointer();
        NativeStack::new(here.saturating_sub(1 << 20), here + (16 << 10))
    }
}
