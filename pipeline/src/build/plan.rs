//! What a build has to look at: the files that there are, and what the last build knew of each.
//!
//! Where no folder changed the last state says which files there are, and nothing is searched.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::{Options, Site};
use crate::engine::{Planned, Previous, Proof};
use crate::failure::Failure;
use crate::module_name;
use crate::result::{FileResult, peek};
use crate::search::search;
use crate::snapshot::Snapshot;

/// The files that there are, each with what the last build knew of it.
#[derive(Default)]
pub(super) struct Plan {
    /// Up to date: index into the old state.
    pub(super) kept: Vec<usize>,
    pub(super) changed: Vec<Planned>,
    /// Paths of the old state that are gone.
    pub(super) gone: Vec<String>,
    /// Names came or went: imports of all files may mean something else.
    pub(super) reshaped: bool,
    /// Folders and ignore files to watch, where there was a search.
    pub(super) folders: Vec<PathBuf>,
    pub(super) ignores: Vec<PathBuf>,
    pub(super) warnings: Vec<String>,
}

pub(super) fn plan(site: &Site, snapshot: &Snapshot, options: &Options) -> Result<Plan, Failure> {
    let state = snapshot.state();
    let mut plan = Plan::default();
    let files = match &state {
        Some(state) if !snapshot.needs_search() => {
            (0..state.len()).map(|index| site.located(state.path(index))).collect()
        }
        _ => {
            let found = search(&site.workspace.root, &options.paths, &site.workspace.cache_dir())?;
            (plan.folders, plan.ignores, plan.warnings) = (found.folders, found.ignores, found.warnings);
            plan.reshaped = true;
            found.files
        }
    };
    let trusted = snapshot.is_trusted();
    let mut namer = Namer::new(site.roots());
    let mut seen = HashSet::new();
    for file in files {
        let path = site.shown(&file);
        let old = state.as_ref().and_then(|state| Some((state.find(&path)?, state)));
        if let Some((index, state)) = old {
            seen.insert(index);
            let same = trusted
                && options.proof == Proof::None
                && matches!(peek(state.block(index)), Ok((_, _, source))
                    if snapshot.is_unchanged(Path::new(&path), source));
            // A new `__init__.py` (or one that is gone) gives the files beside it another name.
            if same && (!plan.reshaped || namer.names(site, &file, state.file(index).as_ref())) {
                plan.kept.push(index);
                continue;
            }
        }
        let previous = old.and_then(|(index, state)| Some(Previous { result: state.file(index)?, trusted }));
        plan.changed.push(namer.planned(site, file, previous));
    }
    if let Some(state) = &state {
        let gone = (0..state.len()).filter(|index| !seen.contains(index));
        plan.gone = gone.map(|index| state.path(index).to_owned()).collect();
    }
    Ok(plan)
}

/// Names modules, asking the file system once for each folder.
pub(crate) struct Namer {
    roots: Vec<PathBuf>,
    inits: HashMap<PathBuf, bool>,
}

impl Namer {
    pub(crate) fn new(roots: Vec<PathBuf>) -> Namer {
        Namer { roots, inits: HashMap::new() }
    }

    /// Whether `file` still has the name that it had.
    fn names(&mut self, site: &Site, file: &Path, old: Option<&FileResult>) -> bool {
        let planned = self.planned(site, file.to_path_buf(), None);
        old.is_some_and(|old| old.module == planned.module.name && old.root == planned.root)
    }

    pub(crate) fn planned(&mut self, site: &Site, file: PathBuf, previous: Option<Previous>) -> Planned {
        let inits = &mut self.inits;
        let module = module_name::of_file(&file, &self.roots, |folder| {
            if let Some(known) = inits.get(folder) {
                return *known;
            }
            let there = folder.join("__init__.py").is_file();
            inits.insert(folder.to_path_buf(), there);
            there
        });
        Planned { path: site.shown(&file), root: site.shown(&module.root), file, module, previous }
    }
}
