//! Files and folders.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::{RootVec, Thread};
use dx_object::value::Value;

use super::{checked, constant, name, path};
use crate::convert::{c_int, type_name};

pub(super) static FUNCTIONS: &[MethodDef] = &[
    MethodDef::new("fspath", Arity::One, fspath),
    constant("getcwd", |thread, _| {
        let folder = checked(thread, std::env::current_dir(), None)?;
        name(thread, folder.as_os_str(), false)
    }),
    constant("getcwdb", |thread, _| {
        let folder = checked(thread, std::env::current_dir(), None)?;
        name(thread, folder.as_os_str(), true)
    }),
    MethodDef::new("chdir", Arity::One, |thread, args| {
        let given = args.positional()[0];
        let (path, _) = path(thread, given, "chdir")?;
        checked(thread, std::env::set_current_dir(path), Some(given)).map(|()| Value::NONE)
    }),
    MethodDef::new("listdir", Arity::Positional(0, 1), listdir),
    MethodDef::new("mkdir", Arity::Any, mkdir),
    MethodDef::new("rmdir", Arity::One, |thread, args| {
        on_path(thread, args, "rmdir", |path| fs::remove_dir(path))
    }),
    MethodDef::new("unlink", Arity::One, |thread, args| {
        on_path(thread, args, "unlink", |path| fs::remove_file(path))
    }),
    MethodDef::new("remove", Arity::One, |thread, args| {
        on_path(thread, args, "remove", |path| fs::remove_file(path))
    }),
    MethodDef::new("rename", Arity::Positional(2, 2), |thread, args| rename(thread, args, "rename")),
    MethodDef::new("replace", Arity::Positional(2, 2), |thread, args| rename(thread, args, "replace")),
    MethodDef::new("link", Arity::Positional(2, 2), |thread, args| {
        let (from, _) = path(thread, args.positional()[0], "link")?;
        let (to, _) = path(thread, args.positional()[1], "link")?;
        checked(thread, fs::hard_link(from, to), args.get(0)).map(|()| Value::NONE)
    }),
    MethodDef::new("symlink", Arity::Positional(2, 3), |thread, args| {
        let (from, _) = path(thread, args.positional()[0], "symlink")?;
        let (to, _) = path(thread, args.positional()[1], "symlink")?;
        checked(thread, std::os::unix::fs::symlink(from, to), args.get(0)).map(|()| Value::NONE)
    }),
    MethodDef::new("readlink", Arity::One, |thread, args| {
        let given = args.positional()[0];
        let (path, is_bytes) = path(thread, given, "readlink")?;
        let target = checked(thread, fs::read_link(path), Some(given))?;
        name(thread, target.as_os_str(), is_bytes)
    }),
    MethodDef::new("chmod", Arity::Positional(2, 2), |thread, args| {
        let given = args.positional()[0];
        let (path, _) = path(thread, given, "chmod")?;
        let mode = c_int(thread, args.positional()[1])? as u32;
        checked(thread, fs::set_permissions(path, fs::Permissions::from_mode(mode)), Some(given))
            .map(|()| Value::NONE)
    }),
    MethodDef::new("_path_normpath", Arity::One, normpath),
];

fn fspath(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    if value.as_str().is_some() || value.as_bytes().is_some() {
        return Ok(value);
    }
    let given = type_name(thread, value);
    match thread.call_special(value, thread.names().__fspath__, &[])? {
        Some(path) if path.as_str().is_some() || path.as_bytes().is_some() => Ok(path),
        Some(path) => {
            let answered = type_name(thread, path);
            Err(thread.type_error(format_args!(
                "expected {given}.__fspath__() to return str or bytes, not {answered}"
            )))
        }
        None => {
            Err(thread.type_error(format_args!("expected str, bytes or os.PathLike object, not {given}")))
        }
    }
}

fn on_path(
    thread: &Thread,
    args: Args<'_>,
    function: &str,
    action: fn(&std::path::Path) -> std::io::Result<()>,
) -> PyResult<Value> {
    let given = args.positional()[0];
    let (path, _) = path(thread, given, function)?;
    checked(thread, action(&path), Some(given)).map(|()| Value::NONE)
}

fn rename(thread: &Thread, args: Args<'_>, function: &str) -> PyResult<Value> {
    let (from, _) = path(thread, args.positional()[0], function)?;
    let (to, _) = path(thread, args.positional()[1], function)?;
    checked(thread, fs::rename(from, to), args.get(0)).map(|()| Value::NONE)
}

fn listdir(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let given = args.get(0).filter(|given| !given.is_none());
    let (folder, is_bytes) = match given {
        Some(given) => path(thread, given, "listdir")?,
        None => (".".into(), false),
    };
    let mut names = RootVec::new(thread);
    for entry in checked(thread, fs::read_dir(folder), given)? {
        let entry = checked(thread, entry, given)?;
        names.push(name(thread, &entry.file_name(), is_bytes)?);
    }
    thread.list(&names)
}

fn mkdir(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "mkdir",
        parameters: &["path", "mode"],
        positional_only: 0,
        positional: 2,
        required: 1,
    };
    let [given, mode] = SIGNATURE.bind(thread, args)?;
    let mode = mode.bound().map_or(Ok(0o777), |mode| c_int(thread, mode))? as u32;
    let (path, _) = path(thread, given, "mkdir")?;
    checked(thread, fs::DirBuilder::new().mode(mode).create(path), Some(given)).map(|()| Value::NONE)
}

/// The path without `.`, `..` and doubled slashes, where that needs no look at the file system.
fn normpath(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let (path, is_bytes) = path(thread, args.positional()[0], "normpath")?;
    let bytes = path.as_os_str().as_bytes();
    let slashes = bytes.iter().take_while(|&&byte| byte == b'/').count();
    let root: &[u8] = match slashes {
        0 => b"",
        2 => b"//",
        _ => b"/",
    };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in bytes.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if parts.last().is_some_and(|&last| last != b"..") => {
                parts.pop();
            }
            b".." if slashes > 0 => {}
            part => parts.push(part),
        }
    }
    let mut out = root.to_vec();
    out.extend(parts.join(&b'/'));
    if out.is_empty() {
        out.push(b'.');
    }
    name(thread, &std::ffi::OsString::from_vec(out), is_bytes)
}
