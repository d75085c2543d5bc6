//! Files that are not what they were.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use super::check::files_below;
use super::numbers::Numbers;

/// Damages up to three files below a folder, or takes all of it away.
pub(crate) fn damage(folder: &Path, numbers: &mut Numbers) {
    if numbers.once_in(12) {
        let _ = fs::remove_dir_all(folder);
        return;
    }
    let files = files_below(folder);
    if files.is_empty() {
        return;
    }
    for _ in 0..1 + numbers.below(3) {
        damage_file(&files[numbers.below(files.len())], numbers);
    }
}

/// Another run may do something with the same file, so nothing here need succeed.
fn damage_file(path: &Path, numbers: &mut Numbers) {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_socket());
    let Ok(mut bytes) = fs::read(path).or_else(|error| if is_socket { Ok(Vec::new()) } else { Err(error) })
    else {
        return;
    };
    match numbers.below(5) {
        0 => bytes.truncate(numbers.below(bytes.len())),
        1 => {
            let _ = fs::remove_file(path);
            return;
        }
        2 => bytes = (0..numbers.below(300)).map(|_| numbers.next() as u8).collect(),
        _ => {
            for _ in 0..1 + numbers.below(3) {
                let at = numbers.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
        }
    }
    if is_socket {
        let _ = fs::remove_file(path);
    }
    let _ = fs::write(path, bytes);
}
