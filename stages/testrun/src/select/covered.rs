//! Which tests run while coverage is measured, so that what is kept of the others makes the totals of a full run.
//!
//! Lines are kept for all tests of a file together, and are those of sources as they were: where a test of a file runs, or
//! one executed anything in a source of another content, the whole file runs. What is executed outside of tests is kept,
//! too, and is measured anew only where it is executed anew; so where that could be different now, everything runs.

use std::collections::BTreeSet;

use super::choice::{Choice, Reason, file_of};
use super::record::{Record, Used};
use super::sources::Sources;

/// Adds the tests whose lines are not known any more; the files of another content, or why everything has to run.
pub(crate) fn widen(
    choice: &mut Choice,
    record: &Record,
    sources: &Sources,
) -> Result<Vec<String>, &'static str> {
    let is_outside =
        |reason: &Reason| matches!(reason, Reason::Module(..) | Reason::Conftest(_) | Reason::Session(_));
    if choice.chosen.values().any(is_outside) {
        return Err("what happens outside of tests changed");
    }
    let now = sources.contents();
    if record.sources.keys().any(|name| !now.contains_key(name)) {
        return Err("files are gone");
    }
    let mut changed = Vec::new();
    for (name, content) in &now {
        match record.sources.get(name) {
            Some(before) if before == content => {}
            Some(_) => changed.push(name.as_str()),
            None => return Err("files are new"),
        }
    }
    changed.sort_unstable();
    for name in &changed {
        let Some(file) = record.files.iter().position(|known| known == name) else { continue };
        let file = file as u32;
        let uses = |used: &Used| used.units.iter().any(|unit| record.units[*unit as usize].file == file);
        let source = sources.get(name).ok_or("a file cannot be read")?;
        let others = record.modules.iter().filter(|(module, _)| **module != file);
        if uses(&record.session) || others.map(|(_, module)| &module.used).any(uses) {
            return Err("functions that run outside of tests may have changed");
        }
        let own = record.modules.get(&file);
        let mut units =
            own.iter().flat_map(|module| &module.used.units).map(|unit| &record.units[*unit as usize]);
        if units.any(|unit| unit.file == file && source.digest(&unit.fragment) != Some(unit.digest)) {
            return Err("what modules do when they are imported changed");
        }
        let tests = record.tests.iter().filter(|(_, test)| test.used.as_ref().is_some_and(uses));
        let tests: BTreeSet<&String> = tests.map(|(id, _)| id).collect();
        if tests.is_empty() && own.is_some() {
            return Err("no test would measure a file that changed");
        }
        for id in tests {
            if choice.cached.remove(id) {
                choice.chosen.insert(id.clone(), Reason::Covered((*name).to_owned()));
            }
        }
    }
    let files: BTreeSet<String> = choice.chosen.keys().map(|id| file_of(id).to_owned()).collect();
    for id in choice.cached.extract_if(.., |id| files.contains(file_of(id))) {
        let reason = Reason::Covered(file_of(&id).to_owned());
        choice.chosen.insert(id, reason);
    }
    Ok(changed.into_iter().map(|name| sources.path(name).to_string_lossy().into_owned()).collect())
}
