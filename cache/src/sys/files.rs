//! Files that appear whole or not at all, random names, and what kind of file system they are on.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// 128 bits from the system.
pub(crate) fn random() -> io::Result<[u8; 16]> {
    let mut out = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut out)?;
    Ok(out)
}

/// Writes `bytes` to a new file in `scratch` and renames it to `target`: readers see the old file or the new one.
/// There is no fsync; what a power failure tears is caught by checksums.
pub(crate) fn publish(scratch: &Path, target: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = write_scratch(scratch, bytes)?;
    // Best effort below: gc removes what is left.
    fs::rename(&temporary, target).inspect_err(|_| drop(fs::remove_file(&temporary)))
}

/// As `publish`, but an existing `target` stays.
pub(crate) fn publish_new(scratch: &Path, target: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = write_scratch(scratch, bytes)?;
    match fs::hard_link(&temporary, target) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::remove_file(&temporary),
        Ok(()) => fs::remove_file(&temporary),
        // A file system without hard links.
        Err(_) => fs::rename(&temporary, target),
    }
}

fn write_scratch(scratch: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let temporary = scratch.join(format!("{}", dx_schemas::digest::Hex(&random()?)));
    let written = File::create_new(&temporary).and_then(|mut file| file.write_all(bytes));
    match written {
        Ok(()) => Ok(temporary),
        Err(error) => {
            let _ = fs::remove_file(&temporary);
            Err(error)
        }
    }
}

/// Whether another machine may change this file system's files behind our back, so that mapping them is not safe.
pub(crate) fn is_network(path: &Path) -> bool {
    const NETWORK: [u32; 8] = [
        0x6969,      // NFS
        0x517b,      // SMB
        0xff53_4d42, // CIFS
        0xfe53_4d42, // SMB2
        0x0102_1997, // 9P
        0x00c3_6400, // Ceph
        0x5346_414f, // AFS
        0x0bd0_0bd0, // Lustre
    ];
    let mut name = path.as_os_str().as_bytes().to_vec();
    name.push(0);
    let mut out = std::mem::MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: `name` ends in NUL, and `out` is room for one statfs, read only when the call says that it filled it.
    let kind = unsafe {
        if libc::statfs(name.as_ptr().cast(), out.as_mut_ptr()) != 0 {
            return false;
        }
        out.assume_init().f_type
    };
    // The field's width differs between systems; the magic numbers are 32 bits in all of them.
    NETWORK.contains(&(kind as u32))
}
