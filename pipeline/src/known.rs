//! What the last builds of a workspace left: for the commands that look back.

use std::fs;
use std::path::Path;

use dx_cache::manifest::Manifest;
use dx_cache::{Lookup, RecordKey, Used};

use crate::result::FileResult;
use crate::state::State;
use crate::tell::tell;
use crate::workspace::Workspace;

/// The results of one set of paths (or one program).
pub(crate) struct Known {
    /// Name of the state file.
    pub(crate) name: String,
    pub(crate) files: Vec<FileResult>,
    /// The build did not come to every file.
    pub(crate) incomplete: bool,
}

impl Known {
    /// Everything that a later build of the same tree would look up.
    pub(crate) fn used(&self) -> Used {
        let mut used = Used::default();
        for file in &self.files {
            used.contents.extend(file.contents());
            let keys = [&file.syntax, &file.index].into_iter().flatten().map(|(key, _)| key);
            let codes = file.fragments.iter().filter_map(|fragment| fragment.code.as_ref());
            let keys = keys.chain(codes.map(|(key, _)| key));
            used.records.extend(keys.map(|key| RecordKey::result(*key)));
        }
        used
    }
}

/// All states of a workspace, the most recent first.
pub(crate) fn all(workspace: &Workspace) -> Vec<Known> {
    let folder = workspace.dx().join("state");
    let mut found: Vec<_> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| !entry.file_name().to_string_lossy().ends_with(".tmp"))
        .map(|entry| (entry.metadata().and_then(|meta| meta.modified()).ok(), entry.path()))
        .collect();
    found.sort();
    let known = |path: &Path| {
        let known = read(path, &workspace.root);
        if known.is_none() {
            // Gone, it cannot tell the next build that there is nothing to do.
            tell!("dx-pipe: the state `{}` was damaged and is removed; build again", path.display());
            let _ = fs::remove_file(path);
        }
        known
    };
    found.iter().rev().filter_map(|(_, path)| known(path)).collect()
}

fn read(path: &Path, root: &Path) -> Option<Known> {
    let Lookup::Hit(manifest) = Manifest::load(path, root) else { return None };
    let Lookup::Hit(payload) = manifest.payload() else { return None };
    let state = State::open(payload).ok()?;
    let name = path.file_name()?.to_string_lossy().into_owned();
    Some(Known { name, files: state.files().collect(), incomplete: state.summary.incomplete })
}

/// A unit that the user named: `pkg.mod`, `pkg.mod:`, `pkg.mod:Class.method`, or the path of a file.
pub(crate) struct Named {
    pub(crate) file: FileResult,
    /// Row of the fragment, where one was named.
    pub(crate) fragment: Option<usize>,
}

pub(crate) fn find(known: &[Known], unit: &str) -> Option<Named> {
    let (module, fragment) = match unit.split_once(':') {
        Some((module, fragment)) => (module, Some(fragment)),
        None => (unit, None),
    };
    let path = module.strip_prefix("./").unwrap_or(module);
    let file = known
        .iter()
        .flat_map(|known| &known.files)
        .find(|file| file.module == module || file.path == path)?
        .clone();
    let fragment = match fragment {
        None => None,
        Some(name) => Some(file.fragments.iter().position(|fragment| fragment.name == name)?),
    };
    Some(Named { file, fragment })
}
