//! Each stage by itself over a whole tree, as in a shell pipe: CPU time, without the driver and the cache.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::timing;

/// Prints lines and megabytes of source a second of CPU time, stage by stage.
pub fn bench(bin: &Path, source: &Path, lines: usize, bytes: u64) -> io::Result<()> {
    let work = tempfile::tempdir()?;
    let mut input = None;
    for stage in ["dx-parse", "dx-index", "dx-codegen"] {
        let mut command = Command::new(fs::canonicalize(bin.join(stage))?);
        match &input {
            None => command.args(sources(source)?).stdin(Stdio::null()),
            Some(bundle) => command.stdin(File::open(bundle)?),
        };
        let bundle = work.path().join(stage);
        command.stdout(File::create(&bundle)?).stderr(Stdio::null());
        let before = timing::children_cpu();
        // Files with errors give status 1 and a bundle all the same.
        if command.status()?.code().is_none_or(|code| code > 1) {
            return Err(io::Error::other(format!("{stage} failed")));
        }
        let seconds = (timing::children_cpu() - before).as_secs_f64();
        println!(
            "  {stage:<12}{seconds:.2} s of CPU, {:.0} lines/s, {:.1} MB/s",
            lines as f64 / seconds,
            bytes as f64 / 1e6 / seconds
        );
        input = Some(bundle);
    }
    Ok(())
}

fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            // compileall has left its own files beside them.
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
