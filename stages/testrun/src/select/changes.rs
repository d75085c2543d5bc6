//! What of a record is not any more as it was.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::record::{Record, names};
use super::since::Since;
use super::sources::Sources;

/// Why importing a module means something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Numbers as in the record.
    Unit(u32),
    Input(u32),
    Spawns,
    Unsteady,
    Imports,
}

pub(crate) struct Changes {
    pub(crate) units: Vec<bool>,
    pub(crate) inputs: Vec<bool>,
    /// Files whose import now means something else, directly or by what they import; with the file where it began.
    pub(crate) modules: HashMap<u32, u32>,
    /// What is behind it, for the files where it began.
    pub(crate) origins: HashMap<u32, Origin>,
    /// Source files that are new or have other content.
    pub(crate) sources: BTreeSet<String>,
}

impl Changes {
    pub(crate) fn between(record: &Record, sources: &Sources, since: Option<&Since>) -> Changes {
        let now = sources.contents();
        let same = |name: &str| match (record.sources.get(name), now.get(name)) {
            (Some(before), Some(now)) => before == now,
            _ => false,
        };
        let is_steady = |(name, state): (&String, &[u8; 16])| now.get(name) == Some(state);
        let steady: Vec<bool> = record.files.iter().zip(&record.states).map(is_steady).collect();
        let is_steady = |file: u32| steady.get(file as usize).copied().unwrap_or(false);
        let units = record.units.iter().map(|unit| {
            if unit.current && is_steady(unit.file) && since.is_none() {
                return false;
            }
            let file = record.file(unit.file);
            let now = sources.get(file).and_then(|source| source.digest(&unit.fragment));
            now != Some(unit.digest)
                || since.is_some_and(|since| since.fragment(file, &unit.fragment, sources))
        });
        let units: Vec<bool> = units.collect();
        let is_other = |input| since.is_some_and(|since: &Since| since.input(input));
        let inputs =
            record.inputs.iter().map(|(input, before)| !before.holds(input) || is_other(input)).collect();
        let mut changes = Changes {
            units,
            inputs,
            modules: HashMap::new(),
            origins: HashMap::new(),
            sources: now
                .keys()
                .filter(|name| !same(name) || since.is_some_and(|since| since.source(&sources.path(name))))
                .cloned()
                .collect(),
        };
        // What imports mean depends on which files there are.
        let same_files = names(&now) == record.names;
        changes.spread(record, sources, &|file| same_files && is_steady(file));
        changes
    }

    /// Follows imports backwards from every module that means something else by itself.
    fn spread(&mut self, record: &Record, sources: &Sources, is_steady: &dyn Fn(u32) -> bool) {
        let numbers: HashMap<&str, u32> =
            record.files.iter().enumerate().map(|(number, name)| (name.as_str(), number as u32)).collect();
        let mut importers: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let mut open: Vec<u32> = Vec::new();
        for (file, module) in &record.modules {
            let known = module.current && is_steady(*file) || !sources.has_outline();
            let source = if known { None } else { sources.get(record.file(*file)) };
            let imports = source.as_ref().map(|source| source.imports.as_slice()).unwrap_or_default();
            let imports = if known { module.imports.as_slice() } else { imports };
            let targets =
                imports.iter().filter_map(|name| numbers.get(name.as_str())).chain(&module.used.imports);
            // What stands above in the same package is imported before it.
            let above = Path::new(record.file(*file)).ancestors().skip(1);
            let above = above.filter_map(|folder| numbers.get(folder.join("__init__.py").to_str()?));
            for target in targets.chain(above).filter(|target| *target != file) {
                importers.entry(*target).or_default().insert(*file);
            }
            let used = &module.used;
            let unit = used.units.iter().find(|unit| self.units[**unit as usize]);
            let input = used.inputs.iter().find(|input| self.inputs[**input as usize]);
            let origin = unit
                .map(|unit| Origin::Unit(*unit))
                .or(input.map(|input| Origin::Input(*input)))
                .or(used.unsteady.then_some(Origin::Unsteady))
                .or(used.spawned.then_some(Origin::Spawns))
                .or((imports != module.imports.as_slice()).then_some(Origin::Imports));
            if let Some(origin) = origin {
                self.origins.insert(*file, origin);
                self.modules.insert(*file, *file);
                open.push(*file);
            }
        }
        while let Some(file) = open.pop() {
            let origin = self.modules[&file];
            for importer in importers.get(&file).into_iter().flatten() {
                if !self.modules.contains_key(importer) {
                    self.modules.insert(*importer, origin);
                    open.push(*importer);
                }
            }
        }
    }
}
