//! The sources' outline, made anew by the driver before each run.
//!
//! It is begun as soon as a saved file is whole, and goes on while the wait for more does. When more comes, it is made
//! once again: an outline never says less than what was known to be saved when it was begun.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::sys::process;

/// Where the outline lies, and when it was begun.
#[derive(Debug, Default)]
pub(super) struct Outlined {
    pub(super) path: Option<PathBuf>,
    pub(super) began: i64,
}

/// The driver, if there is one.
pub(super) struct Outliner {
    driver: Option<PathBuf>,
    folder: PathBuf,
    going: Option<Going>,
}

struct Going {
    child: Child,
    began: i64,
    /// Something changed since.
    stale: bool,
}

impl Outliner {
    pub(super) fn new(driver: Option<PathBuf>, folder: PathBuf) -> Outliner {
        Outliner { driver, folder, going: None }
    }

    /// Something changed: what is being made lacks it.
    pub(super) fn invalidate(&mut self) {
        if let Some(going) = &mut self.going {
            going.stale = true;
        }
    }

    /// Begins, if that was not done yet.
    pub(super) fn begin(&mut self) {
        if self.going.is_none() {
            // The run itself will try again, and tell.
            let _ = self.start();
        }
    }

    fn start(&mut self) -> Result<(), String> {
        let Some(driver) = &self.driver else { return Ok(()) };
        let began = process::real_time_ns();
        let mut command = Command::new(driver);
        command.arg("outline").current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::piped());
        let child = command.spawn().map_err(|error| format!("cannot run '{}': {error}", driver.display()))?;
        self.going = Some(Going { child, began, stale: false });
        Ok(())
    }

    /// Waits for an outline of everything that is saved by now. Without one, changes are known by file and not by
    /// function.
    pub(super) fn finish(&mut self) -> Outlined {
        if self.driver.is_none() {
            return Outlined { path: None, began: process::real_time_ns() };
        }
        if self.going.as_ref().is_some_and(|going| going.stale) {
            let _ = self.end();
        }
        let started = if self.going.is_some() { Ok(()) } else { self.start() };
        match started.and_then(|()| self.end()) {
            Ok(outlined) => outlined,
            Err(why) => {
                eprintln!("dx-testrun: warning: changes are known by file, not by function: {why}");
                Outlined { path: None, began: process::real_time_ns() }
            }
        }
    }

    /// The answer of the process that was begun.
    fn end(&mut self) -> Result<Outlined, String> {
        let Some(Going { mut child, began, .. }) = self.going.take() else { return Ok(Outlined::default()) };
        let failed = |error: std::io::Error| format!("the driver says nothing: {error}");
        let mut said = Vec::new();
        if let Some(out) = &mut child.stdout {
            out.read_to_end(&mut said).map_err(failed)?;
        }
        let status = child.wait().map_err(failed)?;
        let path = said.strip_suffix(b"\n").unwrap_or(&said);
        if status.success() && !path.is_empty() {
            return Ok(Outlined { path: Some(PathBuf::from(OsStr::from_bytes(path))), began });
        }
        Err(format!("the driver cannot outline the sources ({status})"))
    }
}

impl Drop for Outliner {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
