//! What the imports of a build's files mean, and which of them now mean another file.

use std::collections::BTreeMap;

use dx_schemas::events::Event;
use dx_schemas::index::{Import, IndexTable};
use dx_schemas::syntax::decode;
use dx_schemas::{Artifact, Kind, SectionKind};

use super::Site;
use super::plan::Plan;
use crate::engine::{Observer, Product};
use crate::resolve::{Resolver, Target};
use crate::result::{FileResult, Resolved};
use crate::snapshot::Snapshot;

/// Gives every import its meaning: of files that changed always, of all when a file came or went. Returns kept files
/// whose imports now mean something else.
pub(super) fn resolve_all(
    site: &Site,
    snapshot: &Snapshot,
    plan: &mut Plan,
    product: &mut Product,
    resolver: &mut Resolver,
    observer: &mut dyn Observer,
) -> Vec<FileResult> {
    let state = snapshot.state();
    let known = |path: &str| state.as_ref().and_then(|state| state.file(state.find(path)?));
    for result in product.files.iter_mut().filter_map(|file| file.result.as_mut()) {
        result.imports = resolved(site, resolver, result);
        if let Some(old) = known(&result.path) {
            tell_differences(&old, result, observer);
        }
    }
    let mut moved = Vec::new();
    if let Some(state) = state.filter(|_| plan.reshaped) {
        plan.kept.retain(|index| {
            let Some(old) = state.file(*index) else { return true };
            let mut new = old.clone();
            new.imports = resolved(site, resolver, &new);
            if new.imports == old.imports {
                return true;
            }
            tell_differences(&old, &new, observer);
            moved.push(new);
            false
        });
    }
    moved
}

/// The meaning of a file's imports, from its index.
fn resolved(site: &Site, resolver: &mut Resolver, result: &FileResult) -> Vec<Resolved> {
    let Some(imports) = imports_of(site, result) else { return result.imports.clone() };
    let mut roots = vec![site.located(&result.root)];
    roots.extend(site.roots());
    roots.dedup();
    let found = resolver.imports(&roots, &result.module, result.package, &imports);
    found
        .into_iter()
        .map(|(import, target)| {
            let target = match target {
                Some(Target::Module { file, .. }) => Some(site.shown(&file)),
                Some(Target::Namespace(folders)) => folders.first().map(|folder| site.shown(folder)),
                None => None,
            };
            Resolved { import, target }
        })
        .collect()
}

pub(crate) fn imports_of(site: &Site, result: &FileResult) -> Option<Vec<Import>> {
    let bytes = site.store.content(&result.index?.1).ok()?;
    let artifact = Artifact::open_as(&bytes, Kind::Index).ok()?;
    let table: IndexTable = decode(artifact.section(SectionKind::IndexTable, 0).ok()?).ok()?;
    Some(table.imports)
}

/// Tells which imports now mean another file.
fn tell_differences(old: &FileResult, new: &FileResult, observer: &mut dyn Observer) {
    let before: BTreeMap<&str, &Option<String>> =
        old.imports.iter().map(|one| (one.import.as_str(), &one.target)).collect();
    for import in &new.imports {
        if let Some(target) = before.get(import.import.as_str())
            && **target != import.target
        {
            observer.event(Event::Resolve {
                unit: new.module.clone(),
                import: import.import.clone(),
                old: (*target).clone(),
                new: import.target.clone(),
            });
        }
    }
}
