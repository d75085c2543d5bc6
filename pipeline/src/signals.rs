//! The one signal that must not end the driver: a file that reaches its size limit.
//!
//! With it ignored the write fails instead, and the cache goes on in memory and says why. CPython ignores it too, so a
//! program that replaces this process sees what it would see there.

pub(crate) fn prepare() {
    // SAFETY: setting a signal to "ignore" installs no handler, and no other thread exists yet.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}
