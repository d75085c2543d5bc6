//! Waiting for several descriptors at once.

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

/// Which of `fds` can be read or are closed; a signal ends the wait early with none.
pub(crate) fn readable(fds: &[RawFd], timeout: Duration) -> io::Result<Vec<bool>> {
    let mut polled: Vec<libc::pollfd> =
        fds.iter().map(|fd| libc::pollfd { fd: *fd, events: libc::POLLIN, revents: 0 }).collect();
    let spec = libc::timespec {
        tv_sec: timeout.as_secs() as libc::time_t,
        tv_nsec: libc::c_long::from(timeout.subsec_nanos() as i32),
    };
    // SAFETY: `polled` is an array of as many entries as given; no signal mask is passed.
    let count =
        unsafe { libc::ppoll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, &spec, std::ptr::null()) };
    if count < 0 {
        let error = io::Error::last_os_error();
        return if error.kind() == io::ErrorKind::Interrupted {
            Ok(vec![false; fds.len()])
        } else {
            Err(error)
        };
    }
    Ok(polled.iter().map(|entry| entry.revents != 0).collect())
}

/// Whether this one can be read now.
pub(crate) fn is_readable(fd: &impl AsRawFd) -> bool {
    readable(&[fd.as_raw_fd()], Duration::ZERO).is_ok_and(|ready| ready[0])
}
