//! `stat` and its kin.

use std::fs::{self, Metadata};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::types::module::ModuleObject;
use dx_object::value::Value;

use super::{checked, path};
use crate::convert::c_int;
use crate::struct_sequence;

pub(super) static FUNCTIONS: &[MethodDef] = &[
    MethodDef::new("stat", Arity::Any, stat),
    MethodDef::new("lstat", Arity::One, |thread, args| {
        let given = args.positional()[0];
        let (path, _) = path(thread, given, "lstat")?;
        let found = checked(thread, fs::symlink_metadata(path), Some(given))?;
        make(thread, &found)
    }),
    MethodDef::new("fstat", Arity::One, |thread, args| of_descriptor(thread, args.positional()[0])),
];

const FIELDS: &[&str] = &[
    "st_mode",
    "st_ino",
    "st_dev",
    "st_nlink",
    "st_uid",
    "st_gid",
    "st_size",
    "_st_atime",
    "_st_mtime",
    "_st_ctime",
];

/// `stat_result`, made once per interpreter and found in the module afterwards.
pub(super) fn class(thread: &Thread) -> PyResult<Value> {
    let known = thread.modules.get().as_dict().and_then(|modules| modules.get_text(thread, "posix"));
    let known = known.and_then(|module| module.downcast::<ModuleObject>());
    if let Some(class) = known.and_then(|module| module.dict()?.get_text(thread, "stat_result")) {
        return Ok(class);
    }
    struct_sequence::make_class(thread, "os", "stat_result", FIELDS, 9)
}

fn make(thread: &Thread, found: &Metadata) -> PyResult<Value> {
    let number = |number: u64| thread.int_u64(number);
    let items = [
        number(u64::from(found.mode())),
        number(found.ino()),
        number(found.dev()),
        number(found.nlink()),
        number(u64::from(found.uid())),
        number(u64::from(found.gid())),
        number(found.size()),
        thread.int(found.atime()),
        thread.int(found.mtime()),
        thread.int(found.ctime()),
    ];
    let made = struct_sequence::make(thread, class(thread)?, &items)?;
    let times = [
        ("st_atime", found.atime(), found.atime_nsec()),
        ("st_mtime", found.mtime(), found.mtime_nsec()),
        ("st_ctime", found.ctime(), found.ctime_nsec()),
    ];
    for (name, seconds, part) in times {
        let nanoseconds = i128::from(seconds) * 1_000_000_000 + i128::from(part);
        thread.set_attr(made, thread.intern(name), thread.float(seconds as f64 + part as f64 * 1e-9))?;
        thread.set_attr(made, thread.intern(&format!("{name}_ns")), thread.int_i128(nanoseconds))?;
    }
    let more = [("st_blksize", found.blksize()), ("st_blocks", found.blocks()), ("st_rdev", found.rdev())];
    for (name, value) in more {
        thread.set_attr(made, thread.intern(name), number(value))?;
    }
    Ok(made)
}

fn of_descriptor(thread: &Thread, given: Value) -> PyResult<Value> {
    let descriptor = c_int(thread, given)?;
    if descriptor < 0 {
        return Err(thread.io_error(&std::io::Error::from_raw_os_error(libc::EBADF), None));
    }
    // SAFETY: the descriptor is used for this one call, in which nothing else runs; a closed one gives an error.
    let borrowed = unsafe { BorrowedFd::borrow_raw(descriptor) };
    let file = borrowed.as_fd().try_clone_to_owned().map(fs::File::from);
    let found = checked(thread, file.and_then(|file| file.metadata()), None)?;
    make(thread, &found)
}

fn stat(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "stat",
        parameters: &["path", "dir_fd", "follow_symlinks"],
        positional_only: 0,
        positional: 1,
        required: 1,
    };
    let [given, folder, follow] = SIGNATURE.bind(thread, args)?;
    if folder.bound().is_some_and(|folder| !folder.is_none()) {
        return Err(thread.not_implemented_error("dir_fd unavailable on this platform"));
    }
    if given.as_int().is_some() {
        return of_descriptor(thread, given);
    }
    let follow = follow.bound().map_or(Ok(true), |follow| thread.truth(follow))?;
    let (path, _) = path(thread, given, "stat")?;
    let found = if follow { fs::metadata(path) } else { fs::symlink_metadata(path) };
    make(thread, &checked(thread, found, Some(given))?)
}
