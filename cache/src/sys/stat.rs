//! `openat` and `fstatat`: a file is looked up in an open directory, which spares the kernel the whole path each time.

use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// What the kernel says of a file without reading it. Equal values are a *hint* of equal content (see `manifest`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct FileStat {
    pub size_bytes: u64,
    pub inode: u64,
    /// Nanoseconds since 1970 by the file system's clock.
    pub mtime_ns: i64,
    pub ctime_ns: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    File,
    Directory,
    Other,
}

/// Opens a directory to look up names in it; an absolute `path` ignores `base`.
pub(crate) fn open_directory(base: BorrowedFd<'_>, path: &CStr) -> io::Result<OwnedFd> {
    let flags = libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC;
    // SAFETY: `path` ends in NUL, `base` is open; the result is checked before it is owned.
    unsafe {
        let fd = libc::openat(base.as_raw_fd(), path.as_ptr(), flags);
        if fd < 0 { Err(io::Error::last_os_error()) } else { Ok(OwnedFd::from_raw_fd(fd)) }
    }
}

/// Stats `name` in `directory`, through symbolic links; an empty name is the directory itself.
pub(crate) fn stat_at(directory: BorrowedFd<'_>, name: &CStr) -> io::Result<(FileStat, Form)> {
    let mut out = MaybeUninit::<libc::stat>::uninit();
    let flags = if name.is_empty() { libc::AT_EMPTY_PATH } else { 0 };
    // SAFETY: `name` ends in NUL, `directory` is open, and `out` is read only when the call says that it filled it.
    let raw = unsafe {
        if libc::fstatat(directory.as_raw_fd(), name.as_ptr(), out.as_mut_ptr(), flags) != 0 {
            return Err(io::Error::last_os_error());
        }
        out.assume_init()
    };
    let form = match raw.st_mode & libc::S_IFMT {
        libc::S_IFREG => Form::File,
        libc::S_IFDIR => Form::Directory,
        _ => Form::Other,
    };
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    let stat = FileStat {
        size_bytes: u64::try_from(raw.st_size).unwrap_or(0),
        inode: raw.st_ino,
        mtime_ns: nanoseconds(raw.st_mtime, raw.st_mtime_nsec),
        ctime_ns: nanoseconds(raw.st_ctime, raw.st_ctime_nsec),
    };
    Ok((stat, form))
}
