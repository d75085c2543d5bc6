//! Which standard streams the process was started with.
//!
//! Before `main` Rust's runtime opens `/dev/null` in the place of each standard descriptor that is closed, so that no
//! file opened later becomes standard output by accident. We keep that, but a Python program must see what was closed
//! (`sys.stdin` is None then), so we look earlier: what stands in `.init_array` is called before the runtime starts.

use std::sync::atomic::{AtomicU8, Ordering};

/// One bit a descriptor.
static CLOSED: AtomicU8 = AtomicU8::new(0);

// SAFETY: the section holds addresses of C functions, which may ignore their arguments; `look` needs nothing of the
// runtime that is not there yet.
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

extern "C" fn look() {
    for descriptor in 0..3 {
        // SAFETY: `fcntl` with F_GETFD only looks at the number.
        if unsafe { libc::fcntl(descriptor, libc::F_GETFD) } < 0 {
            CLOSED.fetch_or(1 << descriptor, Ordering::Relaxed);
        }
    }
}

/// Whether standard input, output and error were open when the process began.
pub(crate) fn were_open() -> [bool; 3] {
    let closed = CLOSED.load(Ordering::Relaxed);
    [0, 1, 2].map(|descriptor| closed & 1 << descriptor == 0)
}
