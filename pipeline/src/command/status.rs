//! `dx-pipe status` and `dx-pipe clean`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clap::Args;
use dx_schemas::{ContentId, stages};

use super::print;
use crate::failure::Failure;
use crate::known;
use crate::store::Store;
use crate::tool;
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct StatusArguments {}

#[derive(Args)]
pub(crate) struct CleanArguments {}

pub(crate) fn status() -> Result<u8, Failure> {
    let workspace = Workspace::find(Path::new("."))?;
    let store = Store::open(&workspace);
    let mut out = String::new();
    let _ = writeln!(out, "workspace  {}", workspace.root.display());
    let config = workspace.config_file.as_ref().map_or("none".to_owned(), |file| file.display().to_string());
    let _ = writeln!(out, "config     {config}");
    let state = store.complaint.as_ref().map_or(String::new(), |why| format!(" (not usable: {why})"));
    let _ = writeln!(out, "cache      {}{state}", workspace.cache_dir().display());
    for spec in stages::ALL {
        let _ = match tool::find(spec) {
            Ok(tool) => writeln!(out, "{:<10} {} {}", spec.name, tool.id, tool.path.display()),
            Err(error) => writeln!(out, "{:<10} {error}", spec.name),
        };
    }
    for known in known::all(&workspace) {
        let changed: Vec<&str> = known
            .files
            .iter()
            .filter(|file| {
                let now = fs::read(workspace.root.join(&file.path)).map(|bytes| ContentId::of(&bytes));
                now.ok() != Some(file.source)
            })
            .map(|file| file.path.as_str())
            .collect();
        let broken = known.files.iter().filter(|file| file.errors).count();
        let fragments: usize = known.files.iter().map(|file| file.fragments.len()).sum();
        let _ = writeln!(
            out,
            "state {}: {} files, {fragments} fragments, {broken} with errors, {} changed since{}",
            known.name,
            known.files.len(),
            changed.len(),
            if known.incomplete { ", not complete" } else { "" }
        );
        for path in changed.iter().take(20) {
            let _ = writeln!(out, "  changed: {path}");
        }
    }
    print(&out)
}

/// Removes what can be thrown away; the cache stays.
pub(crate) fn clean() -> Result<u8, Failure> {
    let workspace = Workspace::find(Path::new("."))?;
    let folder = workspace.dx();
    match fs::remove_dir_all(&folder) {
        Ok(()) => print(&format!("removed {}\n", folder.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => print("nothing to remove\n"),
        Err(error) => Err(Failure::write(folder)(error)),
    }
}
