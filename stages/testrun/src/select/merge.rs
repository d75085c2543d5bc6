//! Records of several runs become one: shards of a job, other machines.
//!
//! What they say of a test or a module is never mixed so that something could look unchanged that is not: where two
//! records know different states of the same thing, both are kept, and one of them differs from what is there.

use std::fs;
use std::path::PathBuf;

use super::numbering::Numbering;
use super::record::{Module, Record, Test, Used, sort};
use crate::failure::Failure;
use crate::state::State;

/// Takes over what the named files know into the record of the same name, and says what became of each.
pub(crate) fn take_over(state: &State, files: &[PathBuf]) -> Result<(), Failure> {
    for path in files {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = name.split('.').next().unwrap_or_default().to_owned();
        if !name.starts_with("record-") {
            let why = format!("'{}' is not called as a record is, record-…", path.display());
            return Err(Failure::Usage(why));
        }
        let bytes = fs::read(path)
            .map_err(|error| Failure::Usage(format!("cannot read '{}': {error}", path.display())))?;
        let Some(other) = Record::open(&bytes) else {
            println!("'{}' is damaged or of another version: nothing is taken over", path.display());
            continue;
        };
        let _alone = state.lock(&name)?;
        match merged(Record::load(state, &name), other) {
            Ok((record, tests)) => {
                record.save(state, &name);
                println!("'{}': {tests} tests are taken over", path.display());
            }
            Err(why) => println!("'{}' is of {why}: nothing is taken over", path.display()),
        }
    }
    Ok(())
}

/// Both in one, and how many tests are the other's; or why they do not go together.
fn merged(own: Option<Record>, other: Record) -> Result<(Record, usize), &'static str> {
    let Some(own) = own else {
        let tests = other.tests.len();
        // States of files may be those of another machine's.
        let other = Record { states: Vec::new(), ..other };
        return Ok((other, tests));
    };
    if own.setting.python != other.setting.python {
        return Err("another Python, or other variables of it");
    }
    if own.setting.site != other.setting.site || own.setting.distributions != other.setting.distributions {
        return Err("other installed distributions");
    }
    if own.setting.configuration != other.setting.configuration || own.patterns != other.patterns {
        return Err("another configuration");
    }
    if own.rootdir != other.rootdir {
        return Err("another folder");
    }
    let mut record = Record {
        setting: own.setting.clone(),
        rootdir: own.rootdir.clone(),
        patterns: own.patterns.clone(),
        coverage: own.coverage | other.coverage,
        ..Record::empty()
    };
    // A file that only one of them has seen in full, or in another state, is looked at again.
    let same = own.sources.iter().filter(|(name, content)| other.sources.get(*name) == Some(content));
    record.sources = same.map(|(name, content)| (name.clone(), *content)).collect();
    record.others = match (own.others.is_empty(), other.others.is_empty()) {
        (false, false) => own.others.intersection(&other.others).cloned().collect(),
        (true, _) => other.others.clone(),
        (_, true) => own.others.clone(),
    };
    let mut numbering = Numbering::default();
    let mut taken = 0;
    for (of_other, from) in [(false, &own), (true, &other)] {
        let session = numbering.again(&mut record, from, &from.session, false);
        join(&mut record.session, session);
        for (number, module) in &from.modules {
            let number = numbering.file(&mut record, from.file(*number));
            let used = numbering.again(&mut record, from, &module.used, false);
            let entry = record
                .modules
                .entry(number)
                .or_insert_with(|| Module { imports: module.imports.clone(), ..Module::default() });
            join(&mut entry.used, used);
            if entry.imports != module.imports {
                entry.used.unsteady = true;
            }
        }
        for (id, test) in &from.tests {
            let worse = test.used.is_none() || test.failed;
            if worse && record.tests.contains_key(id) {
                continue;
            }
            let file = numbering.file(&mut record, from.file(test.file));
            let used = test.used.as_ref().map(|used| numbering.again(&mut record, from, used, false));
            record.tests.insert(id.clone(), Test { file, used, ..test.clone() });
            taken += usize::from(of_other);
        }
    }
    Ok((record, taken))
}

fn join(into: &mut Used, other: Used) {
    into.units.extend(other.units);
    into.inputs.extend(other.inputs);
    into.imports.extend(other.imports);
    into.spawned |= other.spawned;
    into.unsteady |= other.unsteady;
    sort(into);
}

#[cfg(test)]
mod tests {
    use super::super::digest::Digest;
    use super::super::record::Unit;
    use super::super::setting::Setting;
    use super::*;

    fn record(unit: u8, tests: &[(&str, bool)]) -> Record {
        let used = Used { units: vec![0], ..Used::default() };
        let test = |known: bool| Test {
            file: 0,
            outcome: 0,
            failed: false,
            micros: 1,
            together: false,
            used: known.then(|| used.clone()),
        };
        Record {
            files: vec!["m.py".to_owned()],
            units: vec![Unit {
                file: 0,
                fragment: String::new(),
                digest: Digest::from([unit; 16]),
                current: true,
            }],
            modules: [(0, Module { used: used.clone(), imports: Vec::new(), current: true })].into(),
            tests: tests.iter().map(|(id, known)| ((*id).to_owned(), test(*known))).collect(),
            ..Record::empty()
        }
    }

    #[test]
    fn shards_complete_each_other() {
        let own = record(1, &[("a", true), ("b", false)]);
        let other = record(1, &[("a", false), ("b", true)]);
        let (both, taken) = merged(Some(own), other).unwrap();
        assert_eq!(taken, 1);
        assert!(both.tests.values().all(|test| test.used.is_some()));
        assert_eq!((both.units.len(), both.modules.len()), (1, 1));
    }

    #[test]
    fn of_two_states_of_a_module_one_is_always_another_than_the_present_one() {
        let (both, _) = merged(Some(record(1, &[("a", true)])), record(2, &[("b", true)])).unwrap();
        let module = both.modules.values().next().unwrap();
        assert_eq!(module.used.units.len(), 2);
        assert_ne!(both.tests["a"].used, both.tests["b"].used);
    }

    #[test]
    fn what_is_of_another_setting_is_left_out() {
        let own = record(1, &[("a", true)]);
        let mut other = record(1, &[("b", true)]);
        other.setting = Setting { distributions: Digest::from([9; 16]), ..own.setting.clone() };
        assert_eq!(merged(Some(own), other).unwrap_err(), "other installed distributions");
    }
}
