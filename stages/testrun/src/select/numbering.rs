//! The numbers by which a record that is being made names files, units and inputs.

use rustc_hash::{FxHashMap, FxHashSet};

use super::digest::Digest;
use super::evidence::Input;
use super::fingerprint::Fingerprint;
use super::record::{Record, Unit, Used, sort};

#[derive(Default)]
pub(super) struct Numbering {
    files: FxHashMap<String, u32>,
    /// By file, then by fragment.
    units: FxHashMap<u32, FxHashMap<String, u32>>,
    inputs: FxHashMap<(Input, Digest), u32>,
}

impl Numbering {
    /// That of a record which is there. Units of other files than `files` get new numbers if they come again.
    pub(super) fn of<'a>(record: &Record, files: impl IntoIterator<Item = &'a str>) -> Numbering {
        let mut numbering = Numbering::default();
        let named = record.files.iter().enumerate();
        numbering.files = named.map(|(number, name)| (name.clone(), number as u32)).collect();
        let wanted: FxHashSet<u32> =
            files.into_iter().filter_map(|name| numbering.files.get(name).copied()).collect();
        for (number, unit) in record.units.iter().enumerate().filter(|(_, unit)| wanted.contains(&unit.file))
        {
            numbering.units.entry(unit.file).or_default().insert(unit.fragment.clone(), number as u32);
        }
        for (number, (input, print)) in record.inputs.iter().enumerate() {
            numbering.inputs.insert((input.clone(), print.digest), number as u32);
        }
        numbering
    }

    pub(super) fn file(&mut self, record: &mut Record, name: &str) -> u32 {
        if let Some(number) = self.files.get(name) {
            return *number;
        }
        let number = record.files.len() as u32;
        record.files.push(name.to_owned());
        self.files.insert(name.to_owned(), number);
        number
    }

    pub(super) fn unit(
        &mut self,
        record: &mut Record,
        file: u32,
        fragment: &str,
        digest: Digest,
        current: bool,
    ) -> u32 {
        let known = self.units.entry(file).or_default();
        if let Some(number) = known.get(fragment)
            && let unit = &mut record.units[*number as usize]
            && unit.digest == digest
        {
            unit.current |= current;
            return *number;
        }
        let number = record.units.len() as u32;
        known.insert(fragment.to_owned(), number);
        record.units.push(Unit { file, fragment: fragment.to_owned(), digest, current });
        number
    }

    pub(super) fn input(&mut self, record: &mut Record, input: &Input, print: &Fingerprint) -> u32 {
        let next = record.inputs.len() as u32;
        let number = *self.inputs.entry((input.clone(), print.digest)).or_insert(next);
        if number == next {
            record.inputs.push((input.clone(), print.clone()));
        }
        number
    }

    /// What another record knows, in this record's numbers; digests stay as they were, so that what was not run again
    /// stays changed. `same` says whether all files are in the states that the other record names.
    pub(super) fn again(&mut self, record: &mut Record, old: &Record, used: &Used, same: bool) -> Used {
        let mut out = Used { spawned: used.spawned, unsteady: used.unsteady, ..Used::default() };
        for unit in used.units.iter().filter_map(|unit| old.units.get(*unit as usize)) {
            let file = self.file(record, old.file(unit.file));
            let current = unit.current && same;
            out.units.push(self.unit(record, file, &unit.fragment, unit.digest, current));
        }
        for (input, before) in used.inputs.iter().filter_map(|input| old.inputs.get(*input as usize)) {
            // An input that this run looked at anew counts as it was for those who did not.
            out.inputs.push(self.input(record, input, before));
        }
        out.imports = used.imports.iter().map(|file| self.file(record, old.file(*file))).collect();
        sort(&mut out);
        out
    }
}
