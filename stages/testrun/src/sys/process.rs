//! Processes: watching any, ending whole groups, collecting orphans.

use std::io;
use std::os::fd::{FromRawFd, OwnedFd};

/// A descriptor that becomes readable when the process ends.
pub(crate) fn watch(pid: u32) -> io::Result<OwnedFd> {
    // SAFETY: the call takes a number and flags.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid as libc::pid_t, 0) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just made and belongs to nobody else.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Sends a signal to a process and to the group that it leads. A process that is gone is no error.
pub(crate) fn signal(pid: u32, signal: i32) {
    let pid = pid as libc::pid_t;
    if pid <= 1 {
        return;
    }
    // SAFETY: kill takes numbers.
    unsafe {
        libc::kill(-pid, signal);
        libc::kill(pid, signal);
    }
}

/// Sends a signal to one process.
pub(crate) fn signal_one(pid: u32, signal: i32) {
    if pid > 1 {
        // SAFETY: kill takes numbers.
        unsafe {
            libc::kill(pid as libc::pid_t, signal);
        }
    }
}

/// The signal on which a worker writes the stacks of all its threads.
pub(crate) fn stacks_signal() -> i32 {
    libc::SIGRTMIN() + 5
}

/// Orphans below this process become its children instead of init's, so that none stays behind unseen.
pub(crate) fn adopt_orphans() {
    set_adoption(1);
}

/// They are init's again: what detaches itself from now on stays.
pub(crate) fn leave_orphans() {
    set_adoption(0);
}

fn set_adoption(on: libc::c_ulong) {
    // SAFETY: prctl with this option takes numbers.
    unsafe {
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, on, 0, 0, 0);
    }
}

/// For a child between fork and exec: it becomes nobody's child, with a session of its own, and orphans below it are
/// its own. The process that was forked first ends at once, with status 0.
pub(crate) fn detach() -> std::io::Result<()> {
    // SAFETY: between fork and exec there is one thread, and fork, _exit and setsid may be called.
    unsafe {
        match libc::fork() {
            -1 => return Err(io::Error::last_os_error()),
            0 => {}
            _ => libc::_exit(0),
        }
        if libc::setsid() < 0 {
            return Err(io::Error::last_os_error());
        }
        // Nothing of the caller's stays open in a process that outlives it.
        libc::close_range(3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC as libc::c_int);
    }
    adopt_orphans();
    Ok(())
}

pub(crate) fn user() -> u32 {
    // SAFETY: the call takes nothing and cannot fail.
    unsafe { libc::getuid() }
}

/// Kills and collects every process below this one, however deep. Returns how many there were.
pub(crate) fn end_descendants() -> usize {
    let mut ended = 0;
    for _ in 0..64 {
        let children = children_of(std::process::id());
        if children.is_empty() {
            break;
        }
        for pid in &children {
            signal(*pid, libc::SIGKILL);
        }
        ended += children.len();
        reap_all(children.len());
    }
    ended
}

fn reap_all(count: usize) {
    for _ in 0..count {
        // SAFETY: a null status is allowed.
        if unsafe { libc::waitpid(-1, std::ptr::null_mut(), 0) } < 0 {
            break;
        }
    }
}

fn children_of(pid: u32) -> Vec<u32> {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let lists = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// Nanoseconds of the clock that workers stamp their tests with.
pub(crate) fn monotonic_ns() -> u64 {
    clock_ns(libc::CLOCK_MONOTONIC) as u64
}

/// Nanoseconds since the epoch. Files may be stamped with a tick's beginning, some milliseconds before.
pub(crate) fn real_time_ns() -> i64 {
    clock_ns(libc::CLOCK_REALTIME)
}

fn clock_ns(clock: libc::clockid_t) -> i64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is writable.
    unsafe {
        libc::clock_gettime(clock, &mut now);
    }
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

pub(crate) fn process_group() -> i32 {
    // SAFETY: the call takes nothing and cannot fail.
    unsafe { libc::getpgrp() }
}
