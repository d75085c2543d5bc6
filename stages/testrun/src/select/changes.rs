//! What of a record is not any more as it was.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::digest::Digest;
use super::record::Record;
use super::since::Since;
use super::sources::{Sources, names};

/// Why importing a module means something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Numbers as in the record.
    Unit(u32),
    Input(u32),
    Spawns,
    Unsteady,
    Imports,
    /// One of its names holds something else.
    Held,
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
        let is_steady = |(name, state): (&String, &Digest)| now.get(name) == Some(state);
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
        let same_files = names(now.keys()) == record.names;
        changes.spread(record, sources, &|file| same_files && is_steady(file));
        changes
    }

    /// Nothing changed but what this module holds while it runs.
    pub(crate) fn in_module(record: &Record, sources: &Sources, file: u32) -> Changes {
        let mut changes = Changes {
            units: vec![false; record.units.len()],
            inputs: vec![false; record.inputs.len()],
            modules: HashMap::from([(file, file)]),
            origins: HashMap::from([(file, Origin::Held)]),
            sources: BTreeSet::new(),
        };
        changes.spread(record, sources, &|_| true);
        changes
    }

    /// Follows imports backwards from every module that means something else by itself.
    fn spread(&mut self, record: &Record, sources: &Sources, is_steady: &dyn Fn(u32) -> bool) {
        let numbers: HashMap<&str, u32> =
            record.files.iter().enumerate().map(|(number, name)| (name.as_str(), number as u32)).collect();
        let mut importers: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let mut open: Vec<u32> = self.modules.keys().copied().collect();
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
            if let Some(origin) = origin.filter(|_| !self.modules.contains_key(file)) {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::record::{Module, Unit, Used};
    use super::*;

    /// Who imports whom, and how it is known: from the source, or because it was seen.
    type Edge = (u32, u32, bool);

    const FILES: u32 = 12;

    /// Every third file is the `__init__.py` of the folder in which the two after it lie.
    fn name(file: u32) -> String {
        match file % 3 {
            0 => format!("p{}/__init__.py", file / 3),
            rest => format!("p{}/m{rest}.py", file / 3),
        }
    }

    fn record(edges: &[Edge]) -> Record {
        let files: Vec<String> = (0..FILES).map(name).collect();
        let unit = |file| Unit { file, fragment: String::new(), digest: Digest::default(), current: true };
        let module = |file| {
            let of =
                |seen| edges.iter().filter(move |edge| (edge.0, edge.2) == (file, seen)).map(|edge| edge.1);
            let used = Used { units: vec![file], imports: of(true).collect(), ..Used::default() };
            (file, Module { used, imports: of(false).map(name).collect(), current: true })
        };
        Record {
            units: (0..FILES).map(unit).collect(),
            modules: (0..FILES).map(module).collect(),
            files,
            ..Record::default()
        }
    }

    /// What is reached when these files change, with the file where it began.
    fn reached(edges: &[Edge], changed: &BTreeSet<u32>) -> HashMap<u32, u32> {
        let mut changes = Changes {
            units: (0..FILES).map(|file| changed.contains(&file)).collect(),
            inputs: Vec::new(),
            modules: HashMap::new(),
            origins: HashMap::new(),
            sources: BTreeSet::new(),
        };
        let nowhere = tempfile::tempdir().unwrap();
        changes.spread(&record(edges), &Sources::new(nowhere.path(), None), &|_| true);
        changes.modules
    }

    /// The edges that the names of files make: each imports the packages above it.
    fn above() -> impl Iterator<Item = (u32, u32)> {
        (0..FILES).filter(|file| file % 3 != 0).map(|file| (file, file - file % 3))
    }

    fn edges() -> impl Strategy<Value = Vec<Edge>> {
        prop::collection::vec((0..FILES, 0..FILES, any::<bool>()), 0..30)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Exactly those that import a changed file, by however many others, are reached, and each from a file that
        /// changed and that it reaches.
        #[test]
        fn transitive_dependents(
            edges in edges(),
            changed in prop::collection::btree_set(0..FILES, 0..4),
        ) {
            let imports: BTreeSet<(u32, u32)> = edges.iter().map(|edge| (edge.0, edge.1)).chain(above()).collect();
            let dependents = |of: u32| {
                let mut found = BTreeSet::from([of]);
                for _ in 0..FILES {
                    let next = imports.iter().filter(|edge| found.contains(&edge.1)).map(|edge| edge.0);
                    found = next.chain(found.iter().copied()).collect();
                }
                found
            };
            let found = reached(&edges, &changed);
            let expected: BTreeSet<u32> = changed.iter().flat_map(|file| dependents(*file)).collect();
            prop_assert_eq!(found.keys().copied().collect::<BTreeSet<_>>(), expected);
            for (file, origin) in found {
                prop_assert!(changed.contains(&origin) && dependents(origin).contains(&file));
            }
        }

        /// It makes no difference how an import is known, nor in which order or how often it is told.
        #[test]
        fn import_graph(edges in edges(), changed in 0..FILES) {
            let changed = BTreeSet::from([changed]);
            let found: BTreeSet<u32> = reached(&edges, &changed).into_keys().collect();
            let turned: Vec<Edge> = edges.iter().rev().map(|(from, to, seen)| (*from, *to, !seen)).collect();
            let twice: Vec<Edge> = edges.iter().chain(&turned).copied().collect();
            for other in [turned, twice] {
                prop_assert_eq!(&reached(&other, &changed).into_keys().collect::<BTreeSet<_>>(), &found);
            }
        }
    }
}
