//! Standard input without a buffer of ours: what is not asked for stays for the tests.

use std::io;

/// Reads what there is, at least one byte; 0 at the end.
pub(crate) fn read(bytes: &mut [u8]) -> io::Result<usize> {
    // SAFETY: `bytes` is writable for as long as is said.
    let count = unsafe { libc::read(0, bytes.as_mut_ptr().cast(), bytes.len()) };
    if count < 0 { Err(io::Error::last_os_error()) } else { Ok(count as usize) }
}
