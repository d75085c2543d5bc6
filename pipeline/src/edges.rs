//! The graph: which files import which, and which fragments refer to which.
//!
//! File edges are the driver's own resolutions. Fragment edges come from the references of the index, joined with the
//! imports of the module; a name that is computed, or an attribute of something unknown, has no edge.

use std::collections::{BTreeMap, BTreeSet};

use dx_schemas::index::{IndexTable, ReferenceKind};
use dx_schemas::syntax::decode;
use dx_schemas::{Artifact, Kind, SectionKind};

use crate::module_name::fragment_unit;
use crate::result::FileResult;
use crate::store::Store;

/// From -> to, both sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Graph {
    pub(crate) edges: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn node(&mut self, name: String) -> &mut BTreeSet<String> {
        self.edges.entry(name).or_default()
    }

    pub(crate) fn reversed(&self) -> Graph {
        let mut out = Graph::default();
        for (from, targets) in &self.edges {
            out.node(from.clone());
            for to in targets {
                out.node(to.clone()).insert(from.clone());
            }
        }
        out
    }

    /// What can be reached from one node, with the edges on the way.
    pub(crate) fn reachable(&self, from: &str) -> Graph {
        let mut out = Graph::default();
        let mut open = vec![from.to_owned()];
        while let Some(node) = open.pop() {
            if out.edges.contains_key(&node) {
                continue;
            }
            let targets = self.edges.get(&node).cloned().unwrap_or_default();
            open.extend(targets.iter().cloned());
            out.edges.insert(node, targets);
        }
        out
    }
}

/// Modules and the modules that they import.
pub(crate) fn of_files(files: &[FileResult]) -> Graph {
    let by_path: BTreeMap<&str, &str> =
        files.iter().map(|file| (file.path.as_str(), file.module.as_str())).collect();
    let mut graph = Graph::default();
    for file in files {
        let targets = graph.node(file.module.clone());
        for import in &file.imports {
            if let Some(module) = import.target.as_deref().and_then(|path| by_path.get(path))
                && *module != file.module
            {
                targets.insert((*module).to_owned());
            }
        }
    }
    graph
}

/// Fragments and the fragments whose names they use; files whose index is gone have no edges.
pub(crate) fn of_fragments(store: &Store, files: &[FileResult]) -> Graph {
    let names: BTreeMap<&str, BTreeSet<&str>> = files
        .iter()
        .map(|file| {
            let fragments = file.fragments.iter().map(|fragment| fragment.name.as_str());
            (file.module.as_str(), fragments.collect())
        })
        .collect();
    let mut graph = Graph::default();
    for file in files {
        let Some(index) = index_of(store, file) else { continue };
        let imported = imported_names(file, &index);
        for entry in &index.fragments {
            let unit = fragment_unit(&file.module, &entry.id);
            let mut targets = BTreeSet::new();
            for reference in &entry.references {
                let found = match reference.kind {
                    ReferenceKind::Global => global(&names, file, &imported, &reference.path),
                    ReferenceKind::Member => member(&names, file, &entry.id, &reference.path),
                    ReferenceKind::Attribute => None,
                };
                targets.extend(found.filter(|target| *target != unit));
            }
            graph.node(unit).extend(targets);
        }
    }
    graph
}

fn index_of(store: &Store, file: &FileResult) -> Option<IndexTable> {
    let bytes = store.content(&file.index?.1).ok()?;
    let artifact = Artifact::open_as(&bytes, Kind::Index).ok()?;
    decode(artifact.section(SectionKind::IndexTable, 0).ok()?).ok()
}

/// Local name -> dotted name, as imports without `as` bind it.
fn imported_names(file: &FileResult, index: &IndexTable) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for import in &index.imports {
        let base = match import.level {
            0 => import.module.clone(),
            level => {
                let mut parts: Vec<&str> = file.module.split('.').collect();
                let keep = parts.len().saturating_sub(level as usize - usize::from(file.package));
                parts.truncate(keep);
                parts.extend(Some(import.module.as_str()).filter(|module| !module.is_empty()));
                parts.join(".")
            }
        };
        for name in &import.names {
            let dotted = if base.is_empty() { name.clone() } else { format!("{base}.{name}") };
            out.insert(name.clone(), dotted);
        }
        if import.names.is_empty() {
            let top = base.split('.').next().unwrap_or_default().to_owned();
            out.insert(top.clone(), top);
        }
    }
    out
}

/// The fragment behind a global name: of this module, or of the module that an import names.
fn global(
    names: &BTreeMap<&str, BTreeSet<&str>>,
    file: &FileResult,
    imported: &BTreeMap<String, String>,
    path: &str,
) -> Option<String> {
    let own = names.get(file.module.as_str())?;
    if let Some(fragment) = longest(own, path) {
        return Some(fragment_unit(&file.module, fragment));
    }
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let dotted = imported.get(first)?;
    let full = if rest.is_empty() { dotted.clone() } else { format!("{dotted}.{rest}") };
    // The longest module that is a prefix, then the longest fragment in it; the module's body where there is none.
    let ends: Vec<usize> = full.match_indices('.').map(|(at, _)| at).chain([full.len()]).collect();
    let end = *ends.iter().rev().find(|end| names.contains_key(&full[..**end]))?;
    let (module, inside) = (&full[..end], full[end..].trim_start_matches('.'));
    let fragment = longest(names.get(module)?, inside).unwrap_or_default();
    Some(fragment_unit(module, fragment))
}

fn member(
    names: &BTreeMap<&str, BTreeSet<&str>>,
    file: &FileResult,
    fragment: &str,
    path: &str,
) -> Option<String> {
    let class = fragment.rsplit_once('.')?.0;
    let attribute = path.split('.').nth(1)?;
    let wanted = format!("{class}.{attribute}");
    let own = names.get(file.module.as_str())?;
    own.contains(wanted.as_str()).then(|| fragment_unit(&file.module, &wanted))
}

/// The longest dotted prefix of `path` that is a fragment.
fn longest<'a>(fragments: &BTreeSet<&'a str>, path: &str) -> Option<&'a str> {
    let mut part = path;
    loop {
        if let Some(found) = fragments.get(part).filter(|found| !found.is_empty()) {
            return Some(found);
        }
        part = part.rsplit_once('.')?.0;
    }
}
