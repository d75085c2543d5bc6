//! Puts the callee-saved registers where a conservative scan of the stack sees them.

/// Calls `action` with the lowest stack address that the scan must cover; every register of the caller that
/// may hold a pointer lies above it.
#[inline(never)]
pub(crate) fn with_spilled_registers(action: &mut dyn FnMut(usize)) {
    let mut saved = [0u64; 16];
    arch::spill(&mut saved);
    let lowest = saved.as_ptr() as usize;
    action(lowest.min(stack_pointer()));
    std::hint::black_box(&mut saved);
}

/// An address inside the caller's stack frame.
#[inline(never)]
pub fn stack_pointer() -> usize {
    let marker = 0u64;
    std::hint::black_box(&raw const marker) as usize
}

#[cfg(target_arch = "x86_64")]
mod arch {
    //! The System V set: rbx, rbp, r12-r15.
    pub(super) fn spill(saved: &mut [u64; 16]) {
        // SAFETY: the assembly only stores registers into the array it is given.
        unsafe {
            std::arch::asm!(
                "mov [{0}], rbx", "mov [{0} + 8], rbp", "mov [{0} + 16], r12", "mov [{0} + 24], r13",
                "mov [{0} + 32], r14", "mov [{0} + 40], r15",
                in(reg) saved.as_mut_ptr(), options(nostack, preserves_flags)
            );
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod arch {
    //! The AAPCS64 set: x19-x29.
    pub(super) fn spill(saved: &mut [u64; 16]) {
        // SAFETY: the assembly only stores registers into the array it is given.
        unsafe {
            std::arch::asm!(
                "stp x19, x20, [{0}]", "stp x21, x22, [{0}, #16]", "stp x23, x24, [{0}, #32]",
                "stp x25, x26, [{0}, #48]", "stp x27, x28, [{0}, #64]", "str x29, [{0}, #80]",
                in(reg) saved.as_mut_ptr(), options(nostack, preserves_flags)
            );
        }
    }
}
