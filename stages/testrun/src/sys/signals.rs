//! Ctrl-C, termination and job control: counted by handlers, read by loops.

use std::sync::atomic::{AtomicU32, Ordering};

/// A signal handler can reach nothing but a static.
static INTERRUPTS: AtomicU32 = AtomicU32::new(0);
/// Those of them that do not come from a keyboard.
static TERMINATIONS: AtomicU32 = AtomicU32::new(0);
/// Ctrl-Z, and what follows it.
static STOPS: AtomicU32 = AtomicU32::new(0);
static CONTINUES: AtomicU32 = AtomicU32::new(0);

extern "C" fn count(signal: libc::c_int) {
    match signal {
        libc::SIGTSTP => STOPS.fetch_add(1, Ordering::Relaxed),
        libc::SIGCONT => CONTINUES.fetch_add(1, Ordering::Relaxed),
        _ => {
            if signal != libc::SIGINT {
                TERMINATIONS.fetch_add(1, Ordering::Relaxed);
            }
            INTERRUPTS.fetch_add(1, Ordering::Relaxed)
        }
    };
}

/// # Safety
/// `handler` must be a disposition or a function that may run at any time.
unsafe fn set(signal: libc::c_int, handler: libc::sighandler_t) {
    // SAFETY: the action is fully initialised; the caller vouches for the handler.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        libc::sigemptyset(&mut action.sa_mask);
        libc::sigaction(signal, &action, std::ptr::null_mut());
    }
}

/// From now on SIGINT, SIGTERM and SIGHUP are counted instead of ending the process.
pub(crate) fn listen() {
    // SAFETY: the handler only adds to atomics.
    unsafe {
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
            set(signal, count as extern "C" fn(libc::c_int) as usize);
        }
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        libc::signal(libc::SIGTTOU, libc::SIG_IGN);
    }
}

/// How often the user asked to stop.
pub(crate) fn interrupts() -> u32 {
    INTERRUPTS.load(Ordering::Relaxed)
}

/// How often another program asked to.
pub(crate) fn terminations() -> u32 {
    TERMINATIONS.load(Ordering::Relaxed)
}

/// Another run begins: Ctrl-C of the last one is nothing to it.
pub(crate) fn forget_interrupts() {
    INTERRUPTS.store(0, Ordering::Relaxed);
}

/// While a program has changed the terminal's mode: Ctrl-Z, and Ctrl-\ with it, must not end or stop it before the mode
/// is as it was.
pub(crate) fn listen_to_job_control() {
    // SAFETY: the handler only adds to atomics.
    unsafe {
        for signal in [libc::SIGTSTP, libc::SIGCONT, libc::SIGQUIT] {
            set(signal, count as extern "C" fn(libc::c_int) as usize);
        }
    }
}

/// Undoes [`listen_to_job_control`].
pub(crate) fn leave_job_control() {
    // SAFETY: resetting a signal to its default installs no handler.
    unsafe {
        for signal in [libc::SIGTSTP, libc::SIGCONT, libc::SIGQUIT] {
            set(signal, libc::SIG_DFL);
        }
    }
}

/// Whether this process is to stop; the answer is given once.
pub(crate) fn is_to_stop() -> bool {
    STOPS.swap(0, Ordering::Relaxed) > 0
}

/// Whether this process went on after a stop; the answer is given once.
pub(crate) fn has_continued() -> bool {
    CONTINUES.swap(0, Ordering::Relaxed) > 0
}

/// Stops as Ctrl-Z would; returns when the process goes on.
pub(crate) fn stop() {
    leave_job_control();
    // SAFETY: raise takes a number.
    unsafe {
        libc::raise(libc::SIGTSTP);
    }
    listen_to_job_control();
}

/// In a child between fork and exec: the signals that [`listen`] ignores are the child's own affair again.
pub(crate) fn restore() {
    // SAFETY: resetting a signal to its default installs no handler.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        libc::signal(libc::SIGTTOU, libc::SIG_DFL);
    }
}
