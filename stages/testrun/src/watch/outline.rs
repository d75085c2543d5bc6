//! The sources' outline, made anew by the driver before each run.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::sys::process;

/// Where the outline lies, and when the driver was asked.
pub(super) struct Outlined {
    pub(super) path: Option<PathBuf>,
    pub(super) began: i64,
}

/// Asks the driver. Without its answer, changes are known by file and not by function.
pub(super) fn outline(driver: Option<&Path>, folder: &Path) -> Outlined {
    let began = process::real_time_ns();
    let path = driver.and_then(|driver| match ask(driver, folder) {
        Ok(path) => Some(path),
        Err(why) => {
            eprintln!("dx-testrun: warning: changes are known by file, not by function: {why}");
            None
        }
    });
    Outlined { path, began }
}

fn ask(driver: &Path, folder: &Path) -> Result<PathBuf, String> {
    let failed = |error: std::io::Error| format!("cannot run '{}': {error}", driver.display());
    let mut command = Command::new(driver);
    command.arg("outline").current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let mut said = Vec::new();
    if let Some(out) = &mut child.stdout {
        out.read_to_end(&mut said).map_err(failed)?;
    }
    let status = child.wait().map_err(failed)?;
    let path = said.strip_suffix(b"\n").unwrap_or(&said);
    if status.success() && !path.is_empty() {
        Ok(PathBuf::from(OsStr::from_bytes(path)))
    } else {
        Err(format!("'{} outline' failed ({status})", driver.display()))
    }
}
