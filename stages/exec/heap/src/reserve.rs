//! Large reservations of address space that the system backs with zeroed pages on first touch.
//!
//! The heap, its side tables and the register stack must never move, so each takes its address range once.
//! When a limit on address space refuses the wanted size, smaller ones are tried.

use std::ptr;

/// An anonymous private mapping, unmapped on drop.
pub struct Reservation {
    base: *mut u8,
    bytes: usize,
}

impl Reservation {
    /// Reserves `wanted` bytes, or the largest halving of it that the system grants, not under `least`.
    pub fn new(wanted: usize, least: usize, align: usize) -> Option<Reservation> {
        let mut bytes = wanted;
        while bytes >= least {
            // SAFETY: an anonymous mapping at an address of the system's choice touches nothing of ours.
            let base = unsafe {
                libc::mmap(
                    ptr::null_mut(),
                    bytes + align,
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                    -1,
                    0,
                )
            };
            if base != libc::MAP_FAILED {
                let start = base as usize;
                let aligned = start.next_multiple_of(align);
                // SAFETY: both ranges lie in the mapping made above and outside the part that is kept.
                unsafe {
                    if aligned > start {
                        libc::munmap(base, aligned - start);
                    }
                    let tail = start + align - aligned;
                    if tail > 0 {
                        libc::munmap((aligned + bytes) as *mut libc::c_void, tail);
                    }
                }
                return Some(Reservation { base: aligned as *mut u8, bytes });
            }
            bytes /= 2;
        }
        None
    }

    pub fn base(&self) -> *mut u8 {
        self.base
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Gives the pages of a range back; they read as zero afterwards.
    ///
    /// # Safety
    /// The range lies in the reservation, is page aligned and holds nothing that is needed.
    pub unsafe fn discard(&self, start: *mut u8, bytes: usize) {
        debug_assert!(start as usize >= self.base as usize);
        // SAFETY: the caller promises that the range is ours and unused.
        unsafe {
            libc::madvise(start.cast(), bytes, libc::MADV_DONTNEED);
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: the range is the mapping that `new` kept.
        unsafe {
            libc::munmap(self.base.cast(), self.bytes);
        }
    }
}
